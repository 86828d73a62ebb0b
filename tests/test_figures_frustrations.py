"""The frustration ledger's figures show the numbers of the tables and say what was found in them."""

import dataclasses
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.errors import ArgumentError
from sim.experiment import compare
from sim.figures.heat import in_cell
from sim.figures.roll_out import roll_out
from sim.figures.style import INK
from sim.figures.who_sees_what import visibility, who_sees_what
from sim.labels import label, language
from sim.scenario import load

SCENARIOS = Path(__file__).parents[1] / "scenarios"
QUIET = {"executor": "serial", "progress": False}
METHODS = (
    "frustrations_by_segment",
    "frustrations_by_pair",
    "lost_sales",
    "first_contact_resolution",
    "against_expectation",
    "who_sees_what",
    "roll_out",
)


@pytest.fixture(scope="module")
def case():
    return load(SCENARIOS / "electronics_retailer.yaml")


@pytest.fixture(scope="module")
def result(case):
    return compare(case, ["today", "training", "integrated"], replications=3, scale=0.03, seed=4, **QUIET)


def title(figure):
    return re.sub("<br>", " ", figure.layout.title.text).removeprefix("<b>").removesuffix("</b>")


def made_up(result, aggregate, rows):
    """The same comparison with another small table."""
    frame = pd.DataFrame(rows)
    return dataclasses.replace(result, aggregates={**result.aggregates, aggregate: frame})


def with_kpi(result, name, values):
    """The same comparison with made-up values of one KPI by strategy."""
    table = result.replications.copy()
    for strategy, numbers in values.items():
        table.loc[(table["strategy"] == strategy) & (table["kpi"] == name), "value"] = numbers
    return dataclasses.replace(result, replications=table)


# --- what all have in common -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_stores_plain_numbers_and_says_a_finding_in_both_languages(result, method):
    figure = getattr(result.figures, method)()
    assert "bdata" not in figure.to_json()
    assert len(figure.data) > 0
    english = title(figure)
    with language("de"):
        german = title(getattr(result.figures, method)())
    assert english != german
    assert "{" not in english + german


@pytest.mark.parametrize("method", ["frustrations_by_segment", "frustrations_by_pair", "who_sees_what", "roll_out"])
def test_an_unknown_strategy_is_named_with_the_closest_one(result, method):
    with pytest.raises(ArgumentError, match="unknown strategy 'integratd', did you mean 'integrated'"):
        getattr(result.figures, method)("integratd")


# --- by segment ------------------------------------------------------------------------------------------------------


def test_a_cell_is_the_mean_over_replications_of_events_per_100_journeys_of_the_segment(result):
    figure = result.figures.frustrations_by_segment()
    events, journeys = (result.aggregates[name] for name in ("events", "journeys"))
    segments = list(result.scenario.document.segments)
    for strategy, panel in zip(("today", "integrated"), figure.data, strict=True):
        kinds = [name.strip() for name in panel.y]
        for segment, kind in ((segments[0], "waited_too_long"), (segments[2], "repeated_data")):
            rates = []
            for replication in range(3):
                mine = [
                    frame[(frame["strategy"] == strategy) & (frame["replication"] == replication)]
                    for frame in (events, journeys)
                ]
                count = mine[0].query("segment == @segment and type == @kind")["count"].sum()
                rates.append(100.0 * count / mine[1].query("segment == @segment")["count"].sum())
            cell = panel.z[kinds.index(label(kind))][segments.index(segment)]
            assert cell == pytest.approx(np.mean(rates), rel=1e-3)


def test_both_panels_share_one_scale_and_the_baseline_stands_alone(result):
    first, second = result.figures.frustrations_by_segment().data
    assert (first.zmin, first.zmax) == (second.zmin, second.zmax)
    assert first.zmax == pytest.approx(max(max(row) for panel in (first, second) for row in panel.z), rel=1e-3)
    assert len(result.figures.frustrations_by_segment("today").data) == 1


def test_equal_segments_are_not_ranked(result):
    keys = {"strategy": "today", "type": "passed_on", "touchpoint": "web", "source_touchpoint": ""}
    every = [(segment, r) for segment in result.scenario.document.segments for r in range(3)]
    events = [{**keys, "segment": segment, "replication": r, "count": 5} for segment, r in every]
    journeys = [{"strategy": "today", "segment": segment, "replication": r, "count": 100} for segment, r in every]
    same = made_up(made_up(result, "events", events), "journeys", journeys)
    assert title(same.figures.frustrations_by_segment("today")) == (
        "Under As today, no segment clearly meets more frustrations than the others"
    )
    (panel,) = same.figures.frustrations_by_segment("today").data
    assert [list(row) for row in panel.z] == [[5.0] * len(result.scenario.document.segments)]


def test_the_segment_for_whom_most_changes_is_named(result):
    first, second, *others = result.scenario.document.segments
    keys = {"type": "passed_on", "touchpoint": "web", "source_touchpoint": ""}
    counts = {("today", first): 5, ("integrated", first): 6, ("today", second): 5, ("integrated", second): 30}
    events = [
        {**keys, "strategy": strategy, "segment": segment, "replication": r, "count": count}
        for (strategy, segment), count in counts.items()
        for r in range(3)
    ]
    journeys = [
        {"strategy": strategy, "segment": segment, "replication": r, "count": 100}
        for strategy in ("today", "integrated")
        for segment in (first, second, *others)
        for r in range(3)
    ]
    made = made_up(made_up(result, "events", events), "journeys", journeys)
    told = title(made.figures.frustrations_by_segment("integrated"))
    name = result.scenario.document.segments[second].label
    assert told.endswith(f"under Integrated, most changes for “{name}”, from 5 to 30")


def test_figures_call_things_what_the_file_labels_them(result):
    labels = {name: each.label for name, each in result.scenario.document.strategies.items()}
    figure = result.figures.frustrations()
    assert [trace.name for trace in figure.data if trace.name] == [labels[name] for name in result.strategies]
    with language("de"):
        assert "zu lange gewartet" in str(result.figures.frustrations().data[0].y)
        assert label("waited_too_long") == "zu lange gewartet"
    assert label(result.baseline) == "today", "names of the file end with the figure"


def test_figures_take_their_arguments_by_name(case):
    figure = roll_out(scenario=case, strategy="integrated")
    assert title(figure) == title(roll_out(case, "integrated"))


# --- by pair ---------------------------------------------------------------------------------------------------------


def test_pairs_are_counted_by_where_met_and_where_known(result):
    keys = {"strategy": "today", "segment": "family"}
    events = [
        {**keys, "replication": r, "type": kind, "touchpoint": here, "source_touchpoint": known, "count": count}
        for r in range(3)
        for kind, here, known, count in (
            ("repeated_story", "hotline", "store", 30),
            ("repeated_data", "hotline", "store", 10),
            ("repeated_data", "store", "web", 20),
            ("waited_too_long", "hotline", "", 40),
        )
    ]
    journeys = [{**keys, "replication": r, "count": 200} for r in range(3)]
    counted = made_up(made_up(result, "events", events), "journeys", journeys)
    figure = counted.figures.frustrations_by_pair("today")
    missing, other = figure.data
    places = list(result.scenario.document.touchpoints)
    assert missing.z[places.index("hotline")][places.index("store")] == 20.0
    assert missing.z[places.index("store")][places.index("web")] == 10.0
    assert sum(map(sum, missing.z)) == 30.0
    assert [row[0] for row in other.z] == [20.0 if place == "hotline" else 0.0 for place in places]
    assert title(figure) == (
        "Under As today, 30 of 50 frustrations per 100 journeys arise because a place does not see what the company "
        "knows; most at Hotline, known at Stores (20)"
    )
    said = missing.customdata[places.index("hotline")][places.index("store")]
    assert (
        said == "As today: at Hotline, known at Stores<br>had to tell the story again: 15<br>had to give data again: 5"
    )


def test_all_pairs_together_are_the_frustrations_kpi(result):
    figure = result.figures.frustrations_by_pair("training")
    shown = sum(cell for panel in figure.data[:2] for row in panel.z for cell in row)
    kpi = result.replications.query("strategy == 'today' and kpi == 'frustrations_per_100_journeys'")["value"].mean()
    assert shown == pytest.approx(kpi, rel=1e-2)


# --- lost sales ------------------------------------------------------------------------------------------------------


def test_bars_of_lost_sales_add_up_to_the_kpi_but_for_small_causes(result):
    figure = result.figures.lost_sales()
    kpi = result.replications[result.replications["kpi"] == "lost_sales_eur_per_customer"]
    for strategy, bars in zip(result.strategies, figure.data, strict=True):
        whole = kpi[kpi["strategy"] == strategy]["value"].mean()
        assert len(bars.x) > 0
        assert 0.9 * whole <= sum(bars.x) <= whole * 1.001


def test_a_cause_has_its_share_of_the_kpi_and_small_ones_are_summed_up(result):
    rows = [
        {"strategy": strategy, "replication": r, "segment": "family", "cause": cause, "count": 1, "eur": eur}
        for strategy in result.strategies
        for r in range(3)
        for cause, eur in (("waited_too_long", 695.0), ("none", 300.0), ("passed_on", 5.0))
    ]
    counted = with_kpi(
        made_up(result, "lost_sales", rows), "lost_sales_eur_per_customer", dict.fromkeys(result.strategies, 10.0)
    )
    figure = counted.figures.lost_sales()
    assert [name.strip() for name in figure.data[0].y] == ["waited too long", "no frustration before"]
    assert list(figure.data[0].x) == [6.95, 3.0]
    assert "1 rarer cause is left out: at most 0.05 EUR" in figure.layout.title.subtitle.text.replace("<br>", " ")
    assert title(figure) == (
        "Under As today, customers give up purchases of 10 EUR per head and year, 6.95 EUR of it after “waited too "
        "long”; not enough evidence that the sum changes"
    )


def test_no_lost_sale_is_said_so(result):
    none = made_up(result, "lost_sales", result.aggregates["lost_sales"].iloc[:0])
    assert title(none.figures.lost_sales()) == "Under As today, no sale is lost"


# --- by touchpoint ---------------------------------------------------------------------------------------------------


def test_both_first_contact_resolutions_stand_in_per_cent(result):
    figure = result.figures.first_contact_resolution()
    kpis = ["fcr_customer_share", "fcr_silo_share"]
    kpis += [f"fcr_silo_share_{place}" for place in result.scenario.document.touchpoints]
    for strategy, dots in zip(result.strategies, figure.data, strict=True):
        rows = result.replications[result.replications["strategy"] == strategy]
        means = [100 * rows[rows["kpi"] == kpi]["value"].mean() for kpi in kpis]
        assert list(dots.x) == pytest.approx(means, rel=1e-3)
    assert len(figure.layout.shapes) == len(result.strategies)


def test_a_gap_that_is_not_there_is_not_claimed(result):
    made = with_kpi(result, "fcr_customer_share", {"today": 0.9})
    made = with_kpi(made, "fcr_silo_share", {"today": 0.8})
    assert "no more settled at the first contact (80 %) than customers find (90 %)" in title(
        made.figures.first_contact_resolution()
    )


def test_experience_below_expectation_is_named_where_the_interval_is_clear(result):
    made = result
    for place in result.scenario.document.touchpoints:
        made = with_kpi(made, f"experience_gap_points_{place}", {"today": [1.0, 1.1, 0.9]})
    assert title(made.figures.against_expectation()) == (
        "Under As today, no touchpoint clearly falls short of what its customers expect"
    )
    made = with_kpi(made, "experience_gap_points_mail", {"today": [-3.0, -3.1, -2.9], "integrated": [-1.0, -1.1, -0.9]})
    assert title(made.figures.against_expectation()) == (
        "Under As today, 1 of 5 touchpoints falls short of what customers expect, most of all E-mail and form "
        "(−3 points); most changes at E-mail and form under Integrated, from −3 to −1"
    )


def test_the_zero_line_of_expectation_stands_out_from_the_grid(result):
    zero = result.figures.against_expectation().layout.shapes[0]
    assert (zero.layer, zero.line.color) == (None, INK), "below, the grid is drawn over it"


def test_a_touchpoint_nobody_visits_has_no_dot(result):
    made = with_kpi(result, "experience_gap_points_mail", dict.fromkeys(result.strategies, np.nan))
    assert all(len(dots.x) == 4 for dots in made.figures.against_expectation().data)


# --- who sees what, and when -----------------------------------------------------------------------------------------


def test_cells_are_the_visibility_of_the_file_and_of_the_levers_at_the_end(case):
    seen = visibility(case, "today").set_index(["fact", "from", "to"])["share"]
    document = case.document
    for fact, matrix in document.visibility.items():
        for origin, row in matrix.items():
            for target, share in row.items():
                assert seen[fact.value, origin, target] == float(share)
    figure = who_sees_what(case)
    panel = dict(zip(dict.fromkeys(fact for fact, _, _ in seen.index), figure.data, strict=True))["identity"]
    places = list(document.touchpoints)
    hotline, web = places.index("hotline"), places.index("web")
    assert panel.z[hotline][web] == pytest.approx(100 * seen["identity", "hotline", "web"])
    after = visibility(case, "integrated").set_index(["fact", "from", "to"])["share"]
    assert after["identity", "hotline", "web"] > seen["identity", "hotline", "web"]


def test_a_roll_out_shows_lead_time_ramp_and_coverage_by_week(case):
    lever = {
        "training": {"coverage": 0.5, "start": "0 weeks"},
    }
    calm = {"lead_time": "2 weeks", "ramp": "4 weeks", "dip": 0, "one_off": "1000 EUR", "running": "100 EUR per month"}
    changes = {f"levers.training.{name}": value for name, value in calm.items()}
    planned = case.change({"strategies.plan": {"label": "Plan", "levers": lever}, **changes})
    figure = roll_out(planned, "plan")
    (heat,) = figure.data
    of_week = {x - 0.5: percent for x, percent in zip(heat.x, heat.z[0], strict=True)}  # a cell begins at its week
    assert [week for _, week in heat.customdata[0]] == list(of_week)
    assert [of_week[week] for week in (-1, 0, 1, 2, 3, 4, 5, 51)] == [0.0, 0.0, 0.0, 12.5, 25.0, 37.5, 50.0, 50.0]
    assert (
        title(figure)
        == "Plan works fully from 5 weeks after measuring begins; it takes 500 EUR once and 50 EUR a month"
    )
    (line,) = figure.layout.shapes
    (said,) = [note for note in figure.layout.annotations if note.text == "measuring begins"]
    assert line.x0 == line.x1 == said.x == 0


def test_a_roll_out_says_whether_all_is_ready_before_measuring_begins(case):
    def said(start):
        calm = {f"levers.training.{name}": "0 weeks" for name in ("lead_time", "ramp")}
        lever = {"training": {"coverage": 1, "start": start}}
        return title(roll_out(case.change({"strategies.plan": {"label": "Plan", "levers": lever}, **calm}), "plan"))

    assert said("-5 weeks").startswith("Plan works fully from 5 weeks before measuring begins; ")
    assert said("-1 week").startswith("Plan works fully from 1 week before measuring begins; ")
    assert said("0 weeks").startswith("Plan works fully from the start of measuring; ")
    with language("de"):
        assert said("-1 week").startswith("Plan wirkt voll ab 1 Woche vor Beginn der Messung; ")


def test_the_least_loss_while_people_learn_is_seen(case):
    (heat,) = roll_out(case, "integrated").data
    scale = heat.colorscale
    white = next(at for at, colour in scale if colour.upper() == "#FFFFFF")
    assert (heat.zmin, heat.zmax, white) == (-100, 100, 0.5)
    at, colour = scale[1]
    assert 100 * (at - 0.5) > -0.1
    red, green, blue = (int(colour[each : each + 2], 16) for each in (1, 3, 5))
    assert red > green > blue
    assert blue < 0xA0, "orange, not nearly white"


def test_a_strategy_without_levers_has_no_roll_out(case):
    with pytest.raises(ArgumentError, match="'today' has no levers"):
        roll_out(case, "today")


@pytest.mark.parametrize(
    ("amount", "written"), [(0.0, "–"), (0.04, "<0.1"), (0.1, "0.1"), (9.94, "9.9"), (10.4, "10"), (float("nan"), "")]
)
def test_cells_are_as_short_as_can_be(amount, written):
    assert in_cell(amount) == written
