"""Figures show the numbers of the tables, say what was found and no more, and look alike."""

import dataclasses
import itertools
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from sim.errors import ArgumentError
from sim.experiment import compare, run
from sim.figures import ComparisonFigures, RunFigures, lives, page, twin_lines
from sim.figures.staffing import busy_agents
from sim.figures.style import (
    BAD,
    GOOD,
    STRATEGY_COLOURS,
    TOUCHPOINT_COLOURS,
    VERDICT_COLOURS,
    ZONE,
    colours,
    rounded,
    shown_value,
)
from sim.kpis import catalogue
from sim.labels import language, signed
from sim.output_analysis import Verdict, mean
from sim.scenario import MINUTES_PER_WEEK, FrustrationType, load

CASE = Path(__file__).parent / "cases" / "two_touchpoints.yaml"
QUIET = {"executor": "serial", "progress": False}


@pytest.fixture(scope="module")
def undecided():
    return load(CASE)


@pytest.fixture(scope="module")
def case(undecided):
    zones = {"frustrations_per_100_journeys": 5, "fcr_customer_share": 0.02, "contribution_eur_per_customer": 1}
    return undecided.change({"decision": {"primary": zones}})


@pytest.fixture(scope="module")
def result(case):
    return compare(case, replications=4, seed=2, **QUIET)


@pytest.fixture(scope="module")
def figures(result):
    return ComparisonFigures(result)


@pytest.fixture(scope="module")
def twins(result):
    return result.twins(2)


@pytest.fixture(scope="module")
def year(case):
    return run(case, "today", replications=2, seed=2, **QUIET)


@pytest.fixture(scope="module")
def drawn(figures, twins, year):
    return {
        "differences": figures.differences(),
        "frustrations": figures.frustrations(),
        "flows": figures.flows(),
        "replications": figures.replications(),
        "twins": twin_lines(twins),
        "load": RunFigures(year).load(),
        "waiting": RunFigures(year).waiting(),
    }


def title(figure):
    return re.sub("<br>", " ", figure.layout.title.text).removeprefix("<b>").removesuffix("</b>")


def subtitle(figure):
    return figure.layout.title.subtitle.text.replace("<br>", " ")


def traces(figure, kind=go.Scatter):
    return [trace for trace in figure.data if isinstance(trace, kind) and trace.x and trace.x[0] is not None]


def numbers(node):
    """All fractional numbers somewhere in a figure."""
    if isinstance(node, dict | list | tuple):
        return [number for part in (node.values() if isinstance(node, dict) else node) for number in numbers(part)]
    return [node] if isinstance(node, float) else []


def changed(result, effects):
    """The same comparison with made-up values: baseline 100 in every KPI, strategies further by these effects."""
    names = [kpi.name for kpi in catalogue(result.scenario)]
    noise = [-0.01, 0.0, 0.01, 0.0, 0.01, -0.01]
    rows = [
        (strategy, replication, kpi, 100.0 + shift + wobble * luck)
        for strategy, (shift, wobble) in {result.baseline: (0.0, 0.0), **effects}.items()
        for replication, luck in enumerate(noise)
        for kpi in names
    ]
    replications = pd.DataFrame(rows, columns=["strategy", "replication", "kpi", "value"])
    strategies = (result.baseline, *effects)
    return dataclasses.replace(result, strategies=strategies, replications=replications)


# --- what all have in common -----------------------------------------------------------------------------------------


def test_all_share_one_look_and_store_plain_rounded_numbers(drawn):
    looks = {figure.layout.template.to_plotly_json()["layout"]["font"]["family"] for figure in drawn.values()}
    assert len(looks) == 1
    for name, figure in drawn.items():
        text = figure.to_json()
        assert "bdata" not in text, name
        assert len(text) < 60_000, name
        for number in numbers([trace.to_plotly_json() for trace in figure.data]):
            assert number == float(f"{number:.5g}"), (name, number)


def test_figures_are_the_same_every_time(result, drawn):
    again = ComparisonFigures(result)
    assert again.differences().to_json() == drawn["differences"].to_json()
    assert again.flows().to_json() == drawn["flows"].to_json()


def test_titles_are_sentences_and_axes_carry_units(drawn):
    for name, figure in drawn.items():
        assert title(figure)[0].isupper() or title(figure)[0].isdigit(), name
        assert len(title(figure).split()) >= 5, name
        assert subtitle(figure), name
        for line in figure.layout.title.text.split("<br>"):
            assert len(line) < 100, "a longer line would be cut off in a notebook"
    for name in set(drawn) - {"flows", "load"}:
        axes = [axis for axis in drawn[name].select_xaxes() if axis.title.text]
        assert axes, name


def test_room_for_title_and_legend_grows_with_the_text(drawn):
    for figure in drawn.values():
        lines = figure.layout.title.text.count("<br>") + 1
        below = figure.layout.title.subtitle.text.count("<br>") + 1
        assert figure.layout.margin.t >= 26 * lines + 20 * below
        assert figure.layout.height > figure.layout.margin.t + figure.layout.margin.b + 90


def test_a_colour_means_one_thing():
    groups = [set(STRATEGY_COLOURS), set(TOUCHPOINT_COLOURS), {BAD, GOOD}]
    assert not any(first & second for at, first in enumerate(groups) for second in groups[at + 1 :])
    assert len(set(STRATEGY_COLOURS)) == len(STRATEGY_COLOURS)
    assert len(set(VERDICT_COLOURS.values())) == len(Verdict)


def test_a_strategy_keeps_its_colour_whatever_it_is_compared_with(case, figures):
    fewer = compare(case, ["today", "shared"], replications=2, seed=2, **QUIET)
    everywhere = {bar.name: bar.marker.color for bar in figures.frustrations().data}
    assert {bar.name: bar.marker.color for bar in ComparisonFigures(fewer).frustrations().data}.items() <= (
        everywhere.items()
    )
    lines = {line.name: line.line.color for line in figures.replications().data if line.name}
    assert lines == everywhere


def test_any_number_of_touchpoints_and_strategies(case):
    booth = {"kind": "staffed", "open": "Mon-Sat 9:00-18:00", "agents": 1, "wage": "20 EUR per hour"}
    service = {"service_time": {"distribution": "exponential", "mean": "4 min"}, "resolves": 0.5}
    many = case.change(
        {f"touchpoints.booth_{i}": booth for i in range(9)}
        | {f"needs.question.served_at.booth_{i}": service for i in range(9)}
        | {f"strategies.plan_{i}": {"levers": {}} for i in range(7)}
    )
    wide = compare(many, replications=2, seed=2, **QUIET)
    wide_figures = ComparisonFigures(wide)
    for figure in (wide_figures.differences(), wide_figures.frustrations(), wide_figures.replications()):
        assert figure.layout.height > 600
    wide_figures.flows("plan_3")
    assert len(traces(RunFigures(run(many, replications=1, seed=2, **QUIET)).load(), go.Bar)) == 10


# --- differences -----------------------------------------------------------------------------------------------------


def test_differences_are_those_of_the_table(result, figures):
    figure = figures.differences(["fcr_customer_share", "waiting_min"])
    shown = {(trace.xaxis, trace.y[0]): trace for trace in traces(figure)}
    strategies = result.strategies[1:]
    for axis, kpi in (("x", "fcr_customer_share"), ("x2", "waiting_min")):
        for row in result.table[result.table["kpi"] == kpi].to_dict("records"):
            trace = shown[axis, strategies.index(row["strategy"])]
            middle, high, low = (shown_value(row[key], row["unit"]) for key in ("difference", "ci_high", "ci_low"))
            assert trace.x[0] == pytest.approx(middle, rel=1e-3)
            assert trace.error_x.array[0] == pytest.approx(high - middle, rel=1e-3)
            assert trace.error_x.arrayminus[0] == pytest.approx(middle - low, rel=1e-3)
    assert len(shown) == 2 * len(strategies)


def test_differences_say_the_interval_in_words_and_within_their_panel(result, figures):
    figure = figures.differences(["fcr_customer_share", "waiting_min"])
    for axis, kpi in (("x", "fcr_customer_share"), ("x2", "waiting_min")):
        low, high = figure.layout["xaxis" + axis[1:]].range
        notes = [note for note in figure.layout.annotations if note.xref == axis]
        rows = result.table[result.table["kpi"] == kpi].to_dict("records")
        for note, row in zip(notes, rows, strict=True):
            ends = [signed(row[end], row["unit"]) for end in ("ci_low", "ci_high")]
            assert f"({ends[0]} to {ends[1]})" in note.text
            assert note.text.startswith(signed(row["difference"], row["unit"]))
            along = (note.x - low) / (high - low)
            assert note.xanchor == ("left" if along < 0.3 else "right" if along > 0.7 else note.xanchor)


def test_ticks_of_neighbouring_panels_do_not_meet(figures):
    figure = figures.differences()
    domains = sorted({axis.domain for axis in figure.select_xaxes() if axis.domain})
    assert min(after[0] - before[1] for before, after in itertools.pairwise(domains)) >= 0.04
    assert all(axis.nticks <= 4 for axis in figure.select_xaxes() if axis.nticks)


def test_differences_show_primary_kpis_first_with_zone_and_verdict(result, figures):
    figure = figures.differences()
    primary = result.scenario.document.decision.primary
    zones = [shape for shape in figure.layout.shapes if shape.fillcolor == ZONE]
    assert len(zones) == len(primary)
    first = result.table[result.table["kpi"] == next(iter(primary))].iloc[0]
    width = shown_value(first["indifference"], first["unit"])
    assert (zones[0].x0, zones[0].x1) == pytest.approx((-width, width))
    points = traces(figure)[: len(result.strategies) - 1]
    verdicts = result.table[result.table["kpi"] == first["kpi"]]["verdict"]
    assert [point.marker.color for point in points] == [VERDICT_COLOURS[Verdict(verdict)] for verdict in verdicts]


def test_differences_say_better_worse_nothing_or_not_enough(result):
    lower_is_better = result.scenario.change(
        {"decision.primary": None, "decision": {"primary": {"frustrations_per_100_journeys": 2, "waiting_min": 2}}}
    )

    def said(**effects):
        made_up = dataclasses.replace(changed(result, effects), scenario=lower_is_better)
        return title(ComparisonFigures(made_up).differences())

    assert said(shared=(-10.0, 1.0)) == "Shared: better on frustration events per 100 journeys and waiting time"
    assert said(shared=(10.0, 1.0)) == "Shared: worse on frustration events per 100 journeys and waiting time"
    assert said(shared=(0.1, 1.0)) == "Shared: no relevant difference on any primary KPI"
    assert said(shared=(2.0, 900.0)) == "Shared: not enough evidence on any primary KPI"
    both = said(trained=(0.0, 1.0), shared=(-10.0, 1.0))
    assert both.startswith("Trained: no relevant difference on any primary KPI; shared: better on")


def test_differences_of_many_strategies_have_a_short_title(result):
    names = [f"a_strategy_with_quite_a_long_name_{number}" for number in range(5)]
    scenario = result.scenario.change(
        {f"strategies.{name}": {} for name in names}
        | {"decision.primary": None, "decision": {"primary": {"frustrations_per_100_journeys": 2, "waiting_min": 2}}}
    )

    def said(*shifts):
        effects = {name: (shift, 0.1) for name, shift in zip(names, shifts, strict=True)}
        made_up = dataclasses.replace(changed(result, effects), scenario=scenario)
        return title(ComparisonFigures(made_up).differences())

    assert said(0, -10, -10, 10, 10) == (
        "Of 5 strategies, better on most primary KPIs: a strategy with quite a long name 1 (2 of 2) and a strategy "
        "with quite a long name 2 (2 of 2)"
    )
    assert said(0, 10, 10, 10, 10) == "None of 5 strategies is better on any primary KPI"


def test_a_legend_of_many_names_has_rows_of_its_own(result):
    names = [f"a_strategy_with_quite_a_long_name_{number}" for number in range(7)]
    scenario = result.scenario.change({f"strategies.{name}": {} for name in names})
    many = dataclasses.replace(changed(result, dict.fromkeys(names, (0.0, 0.1))), scenario=scenario)
    few = dataclasses.replace(changed(result, {names[0]: (0.0, 0.1)}), scenario=scenario)
    heads = [ComparisonFigures(each).frustrations().layout.margin.t for each in (many, few)]
    assert heads[0] - heads[1] >= 2 * 20


def test_no_two_of_eleven_strategies_share_a_colour_and_none_has_that_of_the_baseline():
    assert len(set(STRATEGY_COLOURS)) == len(STRATEGY_COLOURS) == 11
    many = list(colours([f"s{number}" for number in range(30)], STRATEGY_COLOURS).values())
    assert many.count(STRATEGY_COLOURS[0]) == 1
    assert not set(STRATEGY_COLOURS) & {GOOD, BAD}


def test_differences_refuse_kpis_that_do_not_exist(figures):
    with pytest.raises(ArgumentError, match=r"unknown KPIs \['happiness'\]; known are "):
        figures.differences(["happiness"])
    with pytest.raises(ArgumentError, match="no KPI"):
        figures.differences([])


def test_differences_without_interval_or_primary_kpis_still_show_the_means(undecided):
    single = compare(undecided, replications=1, seed=2, **QUIET)
    figure = ComparisonFigures(single).differences()
    assert title(figure).endswith("the scenario declares no primary KPI")
    assert not [shape for shape in figure.layout.shapes if shape.fillcolor == ZONE]
    assert traces(figure)[0].error_x.array == (None,)


# --- frustrations ----------------------------------------------------------------------------------------------------


def test_frustration_bars_are_the_means_most_frequent_first(result, figures):
    bars = figures.frustrations().data
    values = result.replications.set_index(["strategy", "kpi"])["value"]
    assert len(bars) == len(result.strategies)
    kinds = [kind.value for kind in FrustrationType]
    means = {kind: values[result.baseline, f"{kind}_per_100_journeys"].mean() for kind in kinds}
    assert list(bars[0].x) == rounded(sorted((m for m in means.values() if m > 0.0), reverse=True))
    first = max(means, key=means.get)
    interval = mean(values["shared", f"{first}_per_100_journeys"].to_numpy())
    shared = next(bar for bar in bars if bar.name == "shared")
    assert shared.x[0] == pytest.approx(interval.mean, rel=1e-3)
    assert shared.error_x.array[0] == pytest.approx(interval.half_width, rel=1e-3)


def test_frustrations_name_a_change_only_with_evidence(result):
    unsure = ComparisonFigures(changed(result, {"shared": (1.0, 900.0)})).frustrations()
    assert title(unsure).endswith("not enough evidence that any type changes")
    sure = ComparisonFigures(changed(result, {"shared": (-20.0, 1.0)})).frustrations()
    assert title(sure).endswith("and changes most, under shared (−20)")
    nobody = ComparisonFigures(changed(result, {"shared": (0.0, 0.0)}))
    none = dataclasses.replace(nobody.comparison, replications=nobody.comparison.replications.assign(value=0.0))
    assert title(ComparisonFigures(none).frustrations()) == "Nobody is frustrated in any strategy"


def luminance(channels):
    """Relative luminance as WCAG 2 defines it, of channels from 0 to 1."""
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def contrast(on, mark):
    lighter, darker = sorted((luminance(on), luminance(mark)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_intervals_are_readable_on_bars_of_any_colour(figures):
    def channels(colour):
        return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255

    bar = traces(figures.frustrations(), go.Bar)[0]
    ink = channels(bar.error_x.color)
    for colour in STRATEGY_COLOURS:
        drawn_as = bar.marker.opacity * channels(colour) + (1 - bar.marker.opacity) * np.ones(3)
        assert contrast(drawn_as, ink) > 3.0, colour


def test_intervals_of_frequencies_do_not_go_below_zero(result):
    rare = result.replications.copy()
    kpi = "passed_on_per_100_journeys"
    rare.loc[rare["kpi"] == kpi, "value"] = [0.0, 0.0, 0.0, 4.0] * len(result.strategies)
    figure = ComparisonFigures(dataclasses.replace(result, replications=rare)).frustrations()
    for bar in traces(figure, go.Bar):
        assert min(bar.error_x.array) >= 0.0
        assert min(np.subtract(bar.x, bar.error_x.arrayminus)) >= -1e-9
        assert max(np.subtract(bar.error_x.array, bar.error_x.arrayminus)) > 1.0


def test_of_many_strategies_the_largest_types_are_shown_and_the_rest_is_one(result):
    names = [f"plan_{number}" for number in range(4)]
    scenario = result.scenario.change({f"strategies.{name}": {} for name in names})
    many = dataclasses.replace(changed(result, dict.fromkeys(names, (1.0, 0.1))), scenario=scenario)
    figure = ComparisonFigures(many).frustrations()
    bars = traces(figure, go.Bar)
    kinds = len(FrustrationType)
    assert len(bars) == 5
    for bar in bars:
        assert len(bar.x) == 9
        assert bar.y[-1].strip() == f"all {kinds - 8} other types"
        assert bar.x[-1] == pytest.approx((kinds - 8) * bar.x[0], rel=1e-3), "all types are equally frequent here"
    three = ComparisonFigures(changed(result, dict.fromkeys(["trained", "shared"], (1.0, 0.1)))).frustrations()
    assert len(traces(three, go.Bar)[0].x) == kinds


def test_bars_of_more_than_a_screen_have_their_axis_above_as_well(result):
    tall = ComparisonFigures(changed(result, {"shared": (1.0, 0.1)})).frustrations()
    assert (tall.layout.xaxis2.side, tall.layout.xaxis2.matches) == ("top", "x")
    assert any(trace.xaxis == "x2" for trace in tall.data), "an axis without a trace is not drawn"


# --- flows -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("strategy", ["today", "shared"])
def test_flows_lose_nobody(result, figures, strategy):
    sankey = figures.flows(strategy).data[0]
    names = sankey.node.label
    into, out = np.zeros(len(names)), np.zeros(len(names))
    np.add.at(into, list(sankey.link.target), list(sankey.link.value))
    np.add.at(out, list(sankey.link.source), list(sankey.link.value))
    outcomes = [at for at, name in enumerate(names) if name.split()[0] in {"resolved", "given", "unfinished"}]
    first = [at for at in range(len(names)) if into[at] == 0.0]
    assert out[first].sum() == pytest.approx(100.0, abs=1.5)
    assert into[outcomes].sum() == pytest.approx(100.0, abs=2.5)
    between = [at for at in range(len(names)) if at not in {*outcomes, *first}]
    assert into[between] == pytest.approx(out[between], abs=1.0)
    journeys, moves = (
        table[table["strategy"] == strategy] for table in (result.aggregates["journeys"], result.aggregates["flows"])
    )
    begun = moves.loc[moves["step"] == 1, "count"].sum()
    share = journeys.loc[journeys["outcome"] == "resolved", "count"].sum() / begun
    said = next(name for name in names if name.startswith("resolved"))
    assert float(said.split()[-1]) == pytest.approx(100.0 * share, abs=0.51)


def test_flows_say_whether_switching_differs(result, figures):
    assert title(figures.flows("shared")).startswith("Of 100 journeys under shared, ")
    same = dict(result.aggregates)
    flows = same["flows"]
    today = flows[flows["strategy"] == "today"]
    same["flows"] = pd.concat([today, today.assign(strategy="shared"), today.assign(strategy="trained")])
    copied = dataclasses.replace(result, aggregates=same)
    assert subtitle(ComparisonFigures(copied).flows("shared")).endswith("not enough evidence of a difference.")
    assert "Difference to" not in subtitle(figures.flows())


def test_flows_have_their_nodes_in_the_order_of_the_scenario_under_every_strategy(result, figures):
    order = ["research", *result.scenario.document.touchpoints, "later", "other", "resolved", "given", "unfinished"]
    for strategy in result.strategies:
        sankey = figures.flows(strategy).data[0]
        assert sankey.arrangement == "fixed"
        by_step = {}
        for x, y, name in zip(sankey.node.x, sankey.node.y, sankey.node.label, strict=True):
            by_step.setdefault(x, []).append((y, order.index(name.split()[0])))
            assert 0.0 < x < 1.0, "plotly takes 0 for no place"
            assert 0.0 < y < 1.0
        for column in by_step.values():
            ranks = [rank for _, rank in sorted(column)]
            assert ranks == sorted(ranks)


def test_flows_refuse_a_strategy_that_was_not_compared(figures):
    with pytest.raises(ArgumentError, match="'siloed'"):
        figures.flows("siloed")


# --- replications ----------------------------------------------------------------------------------------------------


def test_replications_show_the_measured_variance_reduction(result, figures):
    figure = figures.replications("waiting_min")
    rows = result.table[result.table["kpi"] == "waiting_min"]
    intervals = [trace.error_x.array[0] for trace in figure.data if trace.error_x.array is not None]
    ratios = [(alone / paired) ** 2 for paired, alone in zip(intervals[::2], intervals[1::2], strict=True)]
    assert ratios == pytest.approx(rows["variance_reduction"].tolist(), rel=1e-2)
    assert intervals[::2] == pytest.approx(((rows["ci_high"] - rows["ci_low"]) / 2).tolist(), rel=1e-3)
    lines = [trace for trace in figure.data if trace.mode == "lines+markers"]
    assert len(lines) == len(result.strategies)
    assert sum(lines[0].y) == pytest.approx(0.0, abs=1e-2)


def test_replications_do_not_claim_what_was_not_measured(case, result, figures):
    one = compare(case, replications=1, seed=2, **QUIET)
    assert title(ComparisonFigures(one).replications()).startswith("How much pairing helps cannot be measured")
    rows = result.table[result.table["kpi"] == "loyalty_mean_points"]
    sure = bool((rows["variance_reduction_low"] > 1.0).all())
    assert title(figures.replications("loyalty_mean_points")).startswith("Pairing helps") is sure
    with pytest.raises(ArgumentError, match="unknown KPI 'happiness'"):
        figures.replications("happiness")


# --- one customer, two lives -----------------------------------------------------------------------------------------


def test_twin_lines_show_every_contact_and_every_frustration_of_one_customer(twins):
    for customer in twins.customers["customer"]:
        figure = twin_lines(twins, int(customer))
        table = twins.table[twins.table["customer"] == customer]
        for axis, world in (("y", "baseline"), ("y2", "strategy")):
            lane = table[table["world"] == world]
            marks = [trace for trace in traces(figure) if trace.yaxis == axis and trace.mode == "markers"]
            contacts = [trace for trace in marks if trace.text is not None]
            symbols = [trace for trace in marks if trace.text is None]
            assert sum(len(trace.x) for trace in contacts) == (lane["event"] == "contact").sum()
            assert sum(len(trace.x) for trace in symbols) == (lane["event"] == "frustration").sum()


def test_twin_lines_add_up_to_the_points_lost(twins):
    figure = twin_lines(twins)
    who = twins.customers.iloc[0]
    lines = [trace for trace in figure.data if trace.line.shape == "hv"]
    assert [line.y[-1] for line in lines] == pytest.approx(
        [who["severity_baseline"], who["severity_strategy"]], rel=1e-2
    )
    assert str(who["customer"]) in title(figure)
    assert "not what is typical" in subtitle(figure)


def test_twin_lines_keep_no_room_for_a_legend_that_stands_beside_them(twins):
    figure = twin_lines(twins)
    lines = figure.layout.title.text.count("<br>") + 1, figure.layout.title.subtitle.text.count("<br>") + 1
    assert figure.layout.legend.orientation == "v"
    assert figure.layout.showlegend
    assert figure.layout.margin.t <= 26 * lines[0] + 20 * lines[1] + 70


def test_contacts_of_one_day_stand_below_each_other(twins):
    day = MINUTES_PER_WEEK / 7
    minutes = pd.Series([0.0, 1.0, 2.0, day, 3 * MINUTES_PER_WEEK, 3.1 * MINUTES_PER_WEEK])
    assert lives._rows(minutes) == [0, 1, 2, 3, 0, 1]
    assert lives._rows(pd.Series(np.arange(8.0))) == [0, 1, 2, 3, 4, 5, 0, 1]
    for customer in twins.customers["customer"]:
        contacts = [trace for trace in traces(twin_lines(twins, int(customer))) if trace.text is not None]
        for trace in contacts:
            spots = list(zip(trace.x, trace.y, strict=True))
            assert len(set(spots)) == len(spots)
            assert max(trace.y) <= 0.0
            assert trace.marker.opacity < 1.0


def test_twin_lines_say_when_the_customer_left(twins):
    gone = dataclasses.replace(
        twins, customers=twins.customers.assign(left_min_baseline=3.5 * 10080, left_min_strategy=float("nan"))
    )
    told = [note.text for note in twin_lines(gone).layout.annotations]
    assert [text for text in told if "leaving the company in week 3" in text] == [told[0]]
    assert told.count("left the company") == 1
    (mark,) = twin_lines(gone).layout.shapes
    assert (mark.x0, mark.xref) == (3.5, "x")
    with language("de"):
        assert "beim Abwandern in Woche 3" in twin_lines(gone).layout.annotations[0].text


def test_twin_lines_use_the_scenarios_colours(result, twins, figures):
    figure = figures.twins(1, strategy=twins.strategy)
    position = result.scenario.strategies.index(twins.strategy)
    lines = [trace for trace in figure.data if trace.line.shape == "hv"]
    assert [line.line.color for line in lines] == [STRATEGY_COLOURS[0], STRATEGY_COLOURS[position]]
    with pytest.raises(ArgumentError, match="customer 99999 is not one of"):
        twin_lines(twins, 99999)


# --- load and waiting ------------------------------------------------------------------------------------------------


def test_busy_agents_are_the_service_minutes_of_the_run(year):
    weeks = float(year.scenario.document.run.measured) / MINUTES_PER_WEEK
    busy = busy_agents(year, "hotline")
    hotline = year.staffing.query("touchpoint == 'hotline'")
    measured = hotline.groupby("replication")["busy_min"].sum().mean()
    assert busy.shape == (168,)
    assert busy.sum() * 60.0 * weeks == pytest.approx(measured)


def test_load_compares_with_the_roster_of_the_scaled_company(case):
    large = run(case, "today", replications=1, seed=2, scale=3.0, **QUIET)
    figure = RunFigures(large).load()
    roster = next(trace for trace in figure.data if trace.name == "on the roster")
    assert max(roster.y) == 3.0
    assert "hotline is busiest on" in title(figure).lower()


def test_waiting_is_the_share_who_waited_longer(year):
    figure = RunFigures(year).waiting()
    calls = year.contacts.query("touchpoint == 'hotline' and measured and ended_min == ended_min")
    waited = calls["started_min"].fillna(calls["ended_min"]) - calls["arrived_min"]
    line = figure.data[0]
    assert line.y[0] == pytest.approx(100.0 * (waited > 0.0).mean(), rel=1e-2)
    assert list(line.y) == sorted(line.y, reverse=True)
    small = dataclasses.replace(year, scale=0.5)
    assert "a copy of 0.5 times the size" in subtitle(RunFigures(small).waiting())


def test_runs_without_staffed_touchpoints_have_no_load(case, year):
    online = dataclasses.replace(
        year,
        scenario=case.change({"touchpoints.hotline": {"kind": "self_service"}}),
    )
    with pytest.raises(ArgumentError, match="no staffed touchpoint"):
        RunFigures(online).load()


# --- the page --------------------------------------------------------------------------------------------------------


class _Page(HTMLParser):
    """Collects ids and addresses, and checks that tags close in order."""

    VOID = frozenset({"meta", "link", "br", "hr", "img", "input"})

    def __init__(self, text):
        super().__init__()
        self.ids, self.addresses, self.open, self.wrong = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.ids += [text for name, text in attrs if name == "id"]
        self.addresses += [text for name, text in attrs if name in {"src", "href", "action", "data"}]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.fixture(scope="module")
def html(result):
    return page(result)


def test_page_is_whole_and_sends_no_request(html):
    found = _Page(html)
    assert html.startswith("<!DOCTYPE html>")
    assert not found.open
    assert not found.wrong
    assert len(found.ids) == len(set(found.ids)) >= 5
    assert found.addresses == ["data:,"]
    assert html.count("plotly.js v") == 1
    assert "cdn.plot.ly/plotly" not in re.sub(r"<script>/\*\*.*?</script>", "", html, count=1, flags=re.DOTALL)


def test_page_says_question_verdict_numbers_and_how_to_repeat(result, html):
    assert result.scenario.document.question in html
    assert result.scenario.digest in html
    assert f"seed {result.seed}" in html
    verdict = " ".join(str(result.verdict).split())
    plain = " ".join(re.sub(r"<[^>]+>", " ", html.split("<h2>Verdict</h2>")[1].split("</div>")[0]).split())
    assert plain.replace("&#x27;", "'") == re.sub(r" - (?=[a-z])", " ", verdict)
    table = html.split("<h2>All KPIs</h2>")[1]
    assert table.count("<tr>") == 1 + len(result.table)


def test_figures_and_tables_of_a_page_scroll_where_the_screen_is_narrow(html):
    style = html.split("<style>")[1].split("</style>")[0]
    assert re.search(r"figure\{[^}]*overflow-x:auto", style)
    assert "figure>div{min-width:900px}" in style
    assert ".wide{overflow-x:auto}" in style
    assert html.count('<div class="wide"><table>') == html.count("<table>") == 1


def test_page_is_the_same_every_time(result, html):
    assert page(result) == html


def test_page_escapes_what_the_file_says(case):
    sly = case.change({"name": "<script>alert(1)</script>", "question": "a < b & c?"})
    text = page(compare(sly, replications=2, seed=2, **QUIET))
    assert "<script>alert(1)" not in text
    assert "a &lt; b &amp; c?" in text
