"""Every number of the tally, counted again naively in pandas from the tables as people read them."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from cases import RANDOM, STRATEGIES, companies, company, parsed, scenario
from hypothesis import given, settings
from small import CAUSES, small
from witness import FASTEST, Tables, simulate

from sim import tally as under_test
from sim.parameters import FRUSTRATION_TYPES
from sim.scenario import Document, Scenario
from sim.simulation import replicate
from sim.tables import JOURNEY_OUTCOMES, Columns, columns_of
from sim.tally import PEOPLE, Tally, tally

FEW = settings(RANDOM, max_examples=12)
TWO_POWER_20 = 1_048_576
WEEK_MIN = 7 * 24 * 60
YEAR_MIN = 52 * WEEK_MIN
NONE = "none"
JOURNEY = ["customer", "journey"]
OF_POINTS = ("gap_points", "loyalty_points")
"""All else is a count, or a sum of minutes on the grid of instants, and has to be equal to the last bit."""


# --- the recount -----------------------------------------------------------------------------------------------------


def spread(rows: pd.DataFrame, axes: Mapping[str, Sequence[Any]], value: str | None = None) -> np.ndarray:
    """Number of rows, or the sum of a column, for every combination of values of other columns."""
    dtype = np.int64 if value is None else rows[value].dtype
    shape = tuple(len(axis) for axis in axes.values())
    if rows.empty:
        return np.zeros(shape, dtype)
    groups = rows.groupby(list(axes), observed=True, dropna=False)
    found = groups.size() if value is None else groups[value].sum()
    places = pd.MultiIndex.from_product(axes.values(), names=list(axes)) if len(axes) > 1 else pd.Index(*axes.values())
    lost = found.index.difference(places)
    assert lost.empty, f"counted at no place: {list(lost)}"
    return found.reindex(places, fill_value=0).to_numpy(dtype).reshape(shape)


def plain(table: pd.DataFrame) -> pd.DataFrame:
    """Texts for categories, a word for what is missing."""
    categories = [name for name in table if isinstance(table[name].dtype, pd.CategoricalDtype)]
    return table.assign(**{name: table[name].astype(object).where(table[name].notna(), NONE) for name in categories})


def month_begins(document: Document) -> list[float]:
    start, end = float(document.run.warm_up), float(document.run.warm_up) + float(document.run.measured)
    return [start + number * YEAR_MIN / 12 for number in range(100) if start + number * YEAR_MIN / 12 < end]


def months_of(instants: pd.Series, begins: list[float]) -> pd.Series:
    """Number of the month that each instant lies in."""
    return sum(((instants >= begin).astype(int) for begin in begins[1:]), pd.Series(0, instants.index, dtype=int))


def overlaps(since: pd.Series, until: pd.Series, begins: list[float], end: float) -> list[pd.Series]:
    """Minutes that lie in each month."""
    ends = [*begins[1:], end]
    return [
        (until.clip(upper=last) - since.clip(lower=first)).clip(lower=0.0)
        for first, last in zip(begins, ends, strict=True)
    ]


def cents(eur: pd.Series) -> pd.Series:
    return (100.0 * eur).round().astype("int64")


def parts(points: pd.Series) -> pd.Series:
    return (TWO_POWER_20 * points).round().astype("int64")


def recount(tables: Tables, document: Document) -> dict[str, np.ndarray]:
    """Every field of the tally of tables of frames."""
    frames = {name: plain(table) for name, table in tables.items()}
    start, end = float(document.run.warm_up), float(document.run.warm_up) + float(document.run.measured)
    begins = month_begins(document)
    axes = {
        "touchpoint": list(document.touchpoints),
        "segment": list(document.segments),
        "need": list(document.needs),
        "month": range(len(begins)),
    }
    found = (
        of_service(frames, axes, begins, end)
        | of_first_contacts(frames, axes, document, end)
        | of_paths(frames, axes)
        | of_journeys(frames, axes, begins)
        | of_people(frames, document, begins, start, end)
    )

    events = frames["frustrations"]
    events = events[events["measured"]].assign(parts=lambda rows: parts(rows["severity"]))
    kinds = {"type": [kind.value for kind in FRUSTRATION_TYPES]}
    places = {name: [NONE, *axes["touchpoint"]] for name in ("touchpoint", "source_touchpoint")}
    found["events"] = spread(events, kinds | places | {"segment": axes["segment"]})
    found["severity"] = spread(events, kinds, "parts")
    messages = frames["messages"][frames["messages"]["measured"]]
    found["messages"] = spread(messages.assign(month=months_of(messages["at_min"], begins)), {"month": axes["month"]})
    weeks = {"touchpoint": axes["touchpoint"], "week": range(round(start / WEEK_MIN), round(end / WEEK_MIN))}
    for name in ("rostered_min", "busy_min"):
        found[name] = spread(frames["staffing"], weeks, name)
    return found


def of_service(frames: Tables, axes: Mapping[str, Any], begins: list[float], end: float) -> dict[str, np.ndarray]:
    every = frames["contacts"][frames["contacts"]["purpose"] == "service"]
    service = every[every["measured"]].assign(month=lambda rows: months_of(rows["arrived_min"], begins))
    ended = service[service["outcome"] != "unfinished"].assign(
        gap=lambda rows: rows["experience"] - rows["expectation"],
        waited=lambda rows: rows["started_min"].fillna(rows["ended_min"]) - rows["arrived_min"],
        handled=lambda rows: rows["ended_min"] - rows["started_min"],
    )
    served = ended[ended["started_min"].notna()]
    at = {"touchpoint": axes["touchpoint"]}
    begun = every[every["started_min"].notna()]
    worked = overlaps(begun["started_min"], begun["ended_min"].fillna(end), begins, end)
    return {
        "contacts": spread(service, at | {"month": axes["month"]}),
        "ended": spread(ended, at),
        "abandoned": spread(ended[ended["outcome"] == "abandoned"], at),
        "waiting_min": spread(ended, at, "waited"),
        "served": spread(served, at),
        "handling_min": spread(served, at, "handled"),
        "gap_points": spread(ended, at, "gap"),
        "workload_min": np.stack([spread(begun.assign(minutes=minutes), at, "minutes") for minutes in worked], axis=1),
    }


def of_first_contacts(frames: Tables, axes: Mapping[str, Any], document: Document, end: float) -> dict[str, np.ndarray]:
    """First contacts, as customers and as silos see them, if the week after it lies in the run."""
    contacts, journeys = frames["contacts"], frames["journeys"]
    service = contacts[contacts["measured"] & (contacts["purpose"] == "service")].sort_values([*JOURNEY, "contact"])
    complaints = {}
    for row in journeys.itertuples():
        if not pd.isna(row.parent) and document.needs[row.need].complaint:
            complaints.setdefault((row.customer, row.parent), []).append(row.arose_min)
    first, once = [0, 0], np.zeros((len(axes["touchpoint"]), 2), int)
    for about, visits in service.groupby(JOURNEY):
        until = visits["ended_min"].iloc[0] + WEEK_MIN
        if until <= end:
            complained = any(arose <= until for arose in complaints.get(about, []))
            first[0] += 1
            first[1] += visits["outcome"].iloc[0] == "resolved" and not complained
        for name, here in visits[visits["started_min"].notna()].groupby("touchpoint"):
            until = here["ended_min"].iloc[0] + WEEK_MIN
            if until <= end:
                once[axes["touchpoint"].index(name)] += [1, not (here["arrived_min"].iloc[1:] <= until).any()]
    return {"first_contacts": np.array(first), "first_at_silo": once}


def of_paths(frames: Tables, axes: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """What follows what, and which touchpoints had a part in what another one resolved."""
    every = frames["contacts"].merge(
        frames["journeys"][[*JOURNEY, "outcome", "resolved_at", "revenue_eur", "margin_eur"]],
        on=JOURNEY,
        suffixes=("_of_contact", ""),
    )
    contacts = every[every["measured"]].sort_values([*JOURNEY, "contact"])
    here = contacts["touchpoint"].where(contacts["purpose"] == "service", "research")
    following = here.groupby([contacts[name] for name in JOURNEY]).shift(-1)
    steps = contacts.assign(here=here, after=following.where(following.notna(), contacts["outcome"]))
    origins = [*axes["touchpoint"], "research"]
    most = int(frames["contacts"]["contact"].max()) if len(frames["contacts"]) else 0
    visited = contacts[contacts["outcome"] == "resolved"].drop_duplicates([*JOURNEY, "touchpoint"])
    helped = visited[visited["touchpoint"] != visited["resolved_at"]].assign(
        bought=lambda rows: (rows["revenue_eur"] > 0.0).astype(int), cents=lambda rows: cents(rows["margin_eur"])
    )
    at = {"touchpoint": axes["touchpoint"]}
    return {
        "flows": spread(steps, {"contact": range(most + 1), "here": origins, "after": [*origins, *JOURNEY_OUTCOMES]}),
        "assists": np.stack([spread(helped, at, column) for column in (None, "bought", "cents")], axis=1),
    }


def of_journeys(frames: Tables, axes: Mapping[str, Any], begins: list[float]) -> dict[str, np.ndarray]:
    journeys = frames["journeys"][frames["journeys"]["measured"]]
    ended = journeys[journeys["outcome"] != "unfinished"]
    resolved = ended[ended["outcome"] == "resolved"]
    money = journeys.assign(
        month=months_of(journeys["ended_min"], begins),
        **{name: cents(journeys[name]) for name in ("revenue_eur", "margin_eur", "lost_eur", "goodwill_eur")},
    )
    bought, lost = money[journeys["revenue_eur"] > 0.0], money[journeys["lost_eur"] > 0.0]
    at = {"resolved_at": axes["touchpoint"]}
    monthly = at | {"month": axes["month"]}
    reasons = {"lost_to": [NONE, *(kind.value for kind in FRUSTRATION_TYPES)], "segment": axes["segment"]}
    people = {"segment": axes["segment"], "need": axes["need"]}
    return {
        "journeys": spread(journeys, people | {"outcome": JOURNEY_OUTCOMES}),
        "journey_contacts": np.array([ended["contacts"].sum()]),
        "satisfaction": np.array([parts(ended["satisfaction"]).sum()]),
        "resolved": spread(resolved, at),
        "purchases": spread(bought, monthly),
        "revenue_cents": spread(bought, monthly, "revenue_eur"),
        "margin_cents": spread(bought, monthly, "margin_eur"),
        "goodwill_cents": spread(money[journeys["goodwill_eur"] > 0.0], monthly, "goodwill_eur"),
        "lost": spread(lost, reasons),
        "lost_cents": spread(lost, reasons, "lost_eur"),
    }


def of_people(
    frames: Tables, document: Document, begins: list[float], start: float, end: float
) -> dict[str, np.ndarray]:
    everybody, journeys = frames["customers"], frames["journeys"]
    prospects = sum(round(float(segment.prospects)) for segment in document.segments.values())
    # customers stand before prospects
    won = everybody.iloc[len(everybody) - prospects :]["joined_min"] >= start
    customers = everybody[everybody["joined_min"].notna()]
    there = customers[(customers["joined_min"] <= start) & ~(customers["left_min"] < start)]
    still = customers[customers["left_min"].isna()]
    sales = journeys[journeys["measured"] & (journeys["revenue_eur"] > 0.0)]["customer"].value_counts()
    people = {
        "customers": len(customers),
        "promoters": (customers["loyalty"] >= float(document.loyalty.promoter_from)).sum(),
        "detractors": (customers["loyalty"] < float(document.loyalty.detractor_below)).sum(),
        "there": len(there),
        "left": there["left_min"].notna().sum(),
        "still_there": len(still),
        "sharing": still["shares"].sum(),
        "won": won.sum(),
        "bought": (sales >= 1).sum(),
        "bought_again": (sales >= 2).sum(),
    }
    left = customers[customers["left_min"].between(start, end)]
    times = overlaps(customers["joined_min"], customers["left_min"].fillna(end), begins, end)
    return {
        "people": np.array([people[name] for name in PEOPLE]),
        "loyalty_points": np.array([customers["loyalty"].sum()]),
        "there_min": np.array([minutes.sum() for minutes in times]),
        "left": spread(left.assign(month=months_of(left["left_min"], begins)), {"month": range(len(begins))}),
    }


# --- comparing -------------------------------------------------------------------------------------------------------


def assert_counted(counted: Tally, tables: Tables, document: Document) -> None:
    """A tally says what the naive recount says."""
    naive = recount(tables, document)
    assert set(naive) == set(Tally._fields)
    for name, numbers in counted._asdict().items():
        assert numbers.shape == naive[name].shape, name
        # a sum of points cancels, so that only its rounding errors, and not its size, say how exact it is
        tolerance = {"rtol": 1e-9, "atol": 1e-6} if name in OF_POINTS else {"rtol": 0.0, "atol": 0.0}
        np.testing.assert_allclose(numbers, naive[name], err_msg=name, **tolerance)


def assert_equal(one: Tally, other: Tally) -> None:
    """Two tallies do not differ in a single bit."""
    for name, numbers in one._asdict().items():
        np.testing.assert_array_equal(numbers, getattr(other, name), err_msg=name, strict=True)


def counted_again(case: Scenario, strategy: str, seed: int = 1) -> tuple[Tally, Tables]:
    """Tally and tables of a run, after the tally was held to the recount, sorted and as the engine wrote it."""
    tables = simulate(case, strategy, seed, engine=FASTEST)
    counted = tally(columns_of(tables), case.document)
    assert_counted(counted, tables, case.document)
    assert_equal(tally(replicate(case, strategy, seed, 0), case.document), counted)
    return counted, tables


def mixed(tables: Columns, seed: int) -> Columns:
    """Rows of different customers in any order, those of one customer in theirs."""
    random, found = np.random.default_rng(seed), dict(tables)
    for name in ("contacts", "frustrations", "journeys", "messages"):
        rows = tables[name]
        to = np.argsort(random.permutation(rows["customer"]), kind="stable")
        found[name] = np.empty_like(rows)
        found[name][to] = rows[np.argsort(rows["customer"], kind="stable")]
    return found


@pytest.fixture
def in_plain_python(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_count_customers", "_count_rows", "by_customer"):
        kernel = getattr(under_test, name)
        monkeypatch.setattr(under_test, name, getattr(kernel, "py_func", kernel))


# --- real runs -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_number_of_a_company_with_every_mechanism(strategy):
    counted_again(company(), strategy, seed=4)


def test_every_number_where_all_of_them_are_more_than_nothing():
    changes = {
        "needs.complaint.complaint": True,
        "needs.question.follow_ups.0.share": 1,
        "needs.purchase.follow_ups.1.share": 1,
        "experience.dissatisfied_below": 90,
        "touchpoints.hotline.goodwill": 1,
        "touchpoints.store.goodwill": 1,
        "behaviour.goodwill_cost": "9.99 EUR",
        "marketing": {"at": "web", "messages": "50 per year", "annoys": 0.1},
        "segments.private.prospects": 30,
        "segments.private.tolerance": 5,
        "word_of_mouth.joins": "5 per year",
        "loyalty.promoter_from": 53,
    }
    counted, tables = counted_again(company(changes), "today")
    assert [name for name, numbers in counted._asdict().items() if not numbers.any()] == []
    assert counted.people.all()
    silent = company(changes | {"needs.complaint.complaint": False}).document
    resolved = tally(columns_of(tables), silent).first_contacts[1]
    assert resolved > counted.first_contacts[1] + 5, "complaints should take some first contacts away"


def test_every_number_of_random_companies():
    runs = 0

    @given(companies())
    @FEW
    def counts(text: str) -> None:
        nonlocal runs
        case = parsed(text)
        for strategy in case.strategies:
            counted_again(case, strategy, seed=3)
            runs += 1

    counts()
    assert runs >= 20


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.id)
def test_every_number_where_one_thing_goes_wrong(cause):
    counted, _ = counted_again(small(cause.happens), "today")
    assert counted.events.any()


@pytest.mark.parametrize("seed", range(3))
def test_rows_of_different_customers_may_stand_in_any_order(seed):
    tables, document = columns_of(simulate(company(), "joined", 2)), company().document
    shuffled = mixed(tables, seed)
    assert (shuffled["contacts"]["customer"] != tables["contacts"]["customer"]).any()
    again = shuffled["contacts"][np.argsort(shuffled["contacts"]["customer"], kind="stable")]
    assert again.tobytes() == tables["contacts"].tobytes()
    assert_equal(tally(shuffled, document), tally(tables, document))


def test_rows_of_random_companies_may_stand_in_any_order():
    @given(companies())
    @FEW
    def same(text: str) -> None:
        case = parsed(text)
        tables = replicate(case, case.strategies[0], 6, 0)
        assert_equal(tally(mixed(tables, 0), case.document), tally(tables, case.document))

    same()


# --- plain Python ----------------------------------------------------------------------------------------------------


def many_touchpoints(count: int = 12) -> Scenario:
    """A question that every touchpoint may answer and hardly one does, so that journeys visit many of them."""
    names = [f"place{number}" for number in range(count)]
    service = {"service_time": {"distribution": "exponential", "mean": "10 min"}, "resolves": 0.2}
    return scenario(
        {
            "name": "Many touchpoints",
            "run": {"warm_up": "1 week", "measured": "8 weeks"},
            "segments": {
                "people": {
                    "customers": 40,
                    "needs_per_year": {"question": "20 per year"},
                    "research_first": {"question": 0.3},
                }
            },
            "touchpoints": {
                name: {"kind": "staffed", "agents": 1} if number else {"kind": "self_service"}
                for number, name in enumerate(names)
            },
            "needs": {
                "question": {
                    "buys": True,
                    "value": "50 EUR",
                    "margin": 0.3,
                    "served_at": dict.fromkeys(names, service),
                }
            },
            "behaviour": {
                "research_at": names[0],
                "choice_spread": 2,
                "failed_penalty": 3,
                "pause": "4 h",
                "comes_back": 1,
                "redials": 0,
                "switches": 0,
                "max_contacts": 10,
            },
            "strategies": {"today": {}},
        }
    )


def test_every_number_with_many_touchpoints():
    counted, _ = counted_again(many_touchpoints(), "today")
    for name in ("contacts", "first_at_silo", "assists", "resolved"):
        assert getattr(counted, name)[8:].any(), name
    assert (counted.first_at_silo[:, 0] > counted.first_at_silo[:, 1]).sum() > 6


@pytest.mark.parametrize("case", [company(), many_touchpoints()], ids=["company", "12 touchpoints"])
def test_kernels_count_the_same_in_plain_python(case, request):
    tables = replicate(case, "today", 2, 0)
    compiled = tally(tables, case.document)
    request.getfixturevalue("in_plain_python")
    assert_equal(tally(tables, case.document), compiled)


def test_the_highest_touchpoint_there_can_be(request):
    case = many_touchpoints(31)
    counted, tables = counted_again(case, "today")
    assert counted.assists[30, 0] > 0
    request.getfixturevalue("in_plain_python")
    assert_counted(tally(columns_of(tables), case.document), tables, case.document)


# --- edges -----------------------------------------------------------------------------------------------------------


def without(tables: Tables, **kept: Any) -> Tables:
    """Only those rows of some tables for which a function of the table says so."""
    return tables | {name: tables[name][choose(tables[name])].reset_index(drop=True) for name, choose in kept.items()}


def nothing(table: pd.DataFrame) -> Any:
    return np.zeros(len(table), bool)


def test_nobody_needs_anything():
    counted, tables = counted_again(small({"segments.people.needs_per_year.question": "0 per year"}), "today")
    assert tables["journeys"].empty
    assert tables["contacts"].empty
    assert counted.people[PEOPLE.index("there")] == 60
    assert {name for name, numbers in counted._asdict().items() if numbers.any()} == {
        "rostered_min",
        "people",
        "loyalty_points",
        "there_min",
    }


@pytest.mark.parametrize(
    "kept",
    [
        {"contacts": nothing},
        {"contacts": nothing, "journeys": nothing},
        {"contacts": nothing, "journeys": nothing, "frustrations": nothing, "messages": nothing},
        {"contacts": lambda table: table["purpose"] == "research"},
        {"contacts": lambda table: table["purpose"] == "service"},
        {"contacts": lambda table: ~table["measured"], "journeys": lambda table: ~table["measured"]},
        {"contacts": lambda table: table["measured"], "journeys": lambda table: table["measured"]},
        {"contacts": lambda table: table["customer"] % 2 == 1, "journeys": lambda table: table["customer"] % 2 == 1},
        {"contacts": lambda table: table["journey"] % 2 == 0},
    ],
    ids=[
        "no contacts",
        "no journeys",
        "nothing happened",
        "research only",
        "no research",
        "nothing measured",
        "all measured",
        "customers without journeys",
        "journeys without contacts",
    ],
)
@pytest.mark.parametrize("form", ["compiled", "plain"])
def test_some_rows_are_missing(kept, form, request):
    if form == "plain":
        request.getfixturevalue("in_plain_python")
    tables = without(simulate(company(), engine=FASTEST), **kept)
    assert_counted(tally(columns_of(tables), company().document), tables, company().document)


def test_a_journey_that_got_no_further_than_research():
    looks = {"segments.people.research_first": {"question": 1}, "behaviour.research_time": "2 weeks"}
    counted, tables = counted_again(small(looks), "today")
    only = tables["contacts"].groupby(JOURNEY)["purpose"].agg(lambda purposes: (purposes == "research").all())
    assert only.sum() > 10
    unfinished = counted.flows.shape[2] - 1
    assert counted.flows[1, -1, unfinished] == only.sum()


@pytest.mark.parametrize("weeks", [1, 4, 5, 13, 26])
@pytest.mark.parametrize("warm_up", [0, 3])
def test_months_that_are_cut_short_and_runs_without_warm_up(weeks, warm_up):
    case = company({"run.measured": f"{weeks} weeks", "run.warm_up": f"{warm_up} weeks"})
    counted, tables = counted_again(case, "today")
    assert len(counted.left) == math.ceil(weeks / (52 / 12))
    assert tables["journeys"]["measured"].all() == (warm_up == 0)


def test_customers_who_left_before_measuring_began():
    case = company({"segments.private.leaving_per_year": "4 per year", "run.warm_up": "8 weeks"})
    counted, tables = counted_again(case, "today")
    early = tables["customers"]["left_min"] < 8 * WEEK_MIN
    assert early.sum() > 3
    assert counted.people[PEOPLE.index("there")] == 60 - early.sum()


def test_prospects_who_join_before_and_while_measuring():
    told = {"word_of_mouth": {"joins": "5 per year"}, "segments.private.prospects": 30}
    counted, tables = counted_again(company(told), "today")
    joined = tables["customers"]["joined_min"]
    assert ((joined > 0.0) & (joined < 2 * WEEK_MIN)).any()
    assert counted.people[PEOPLE.index("won")] > 0
    assert joined.isna().any()


@pytest.mark.parametrize("instant", ["start", "second month", "end"])
def test_instants_at_the_edge_of_a_month(instant):
    case = company()
    begins = month_begins(case.document)
    at = {"start": begins[0], "second month": begins[1], "end": 8.0 * WEEK_MIN}[instant]
    tables = {name: table.copy() for name, table in simulate(case, engine=FASTEST).items()}
    for name, column in (("journeys", "ended_min"), ("messages", "at_min"), ("customers", "left_min")):
        table = tables[name]
        table.loc[table.get("measured", True) & table[column].notna() & (table.index % 3 == 0), column] = at
    contacts = tables["contacts"]
    alone = contacts["measured"] & (contacts.groupby(JOURNEY)["contact"].transform("size") == 1)
    columns = ["arrived_min", "started_min", "ended_min"]
    for number in range(3):  # all three, the later two, or the last one, where time still does not run backwards
        possible = contacts[columns[number - 1]] <= at if number else True
        moved = alone & possible & contacts[columns].notna().all(axis=1) & (contacts.index % 3 == number)
        contacts.loc[moved, columns[number:]] = at
        assert moved.any() or (number and instant == "start")
    assert_counted(tally(columns_of(tables), case.document), tables, case.document)


# --- tables that the next run overwrites -----------------------------------------------------------------------------


def test_tables_that_are_overwritten_hold_the_same_as_those_that_last():
    fewer, more = company(), company({"segments.private.customers": 150, "segments.business.prospects": 20})
    other = many_touchpoints()
    turns = [(case, seed) for case in (more, fewer, more, fewer, other, fewer, more) for seed in (1, 2)]
    expected = [replicate(case, "today", seed, 0) for case, seed in turns]
    reused, previous = 0, None
    for (case, seed), lasting in zip(turns, expected, strict=True):
        spare = replicate(case, "today", seed, 0, lasting=False)
        reused += previous is not None and np.shares_memory(spare["contacts"], previous)
        for name, rows in lasting.items():
            for column in rows.dtype.names:
                np.testing.assert_array_equal(spare[name][column], rows[column], err_msg=f"{name}.{column}")
        assert_equal(tally(spare, case.document), tally(lasting, case.document))
        for name in ("contacts", "frustrations", "journeys", "messages"):
            spare[name].view("u1")[:] = 0x55  # a field that the next run does not write anew will be found out
        if FASTEST == "compiled":
            from sim.engines import compiled  # needs numba

            compiled._SPARE.kept[1].view("u1")[:] = 0x55
        previous = spare["contacts"]
    assert reused > 6 or FASTEST == "reference"
