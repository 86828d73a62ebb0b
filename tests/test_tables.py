import numpy as np
import pandas as pd
import pytest
from cases import company
from witness import ENGINES, simulate

from sim.parameters import names
from sim.tables import TABLES, columns_of, frames

TODAY = simulate(company())
NOBODY = simulate(
    company(
        {
            f"segments.{name}.needs_per_year.{need}": "0 per year"
            for name in ("private", "business")
            for need in ("purchase", "question")
        }
    )
)


@pytest.mark.parametrize("tables", [TODAY, NOBODY], ids=["with rows", "without contacts"])
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_columns_and_types_are_the_documented_ones(table, tables):
    frame = tables[table.name]
    assert list(frame.columns) == [column.name for column in table.columns]
    assert [str(dtype) for dtype in frame.dtypes] == [column.dtype for column in table.columns]
    assert isinstance(frame.index, pd.RangeIndex)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_says_what_it_means_and_measures(table):
    assert table.row
    names = [column.name for column in table.columns]
    assert len(set(names)) == len(names)
    assert set(table.key) <= set(names)
    for column in table.columns:
        assert column.meaning
        for ending, unit in (("_min", "min"), ("_eur", "EUR")):
            assert (column.unit == unit) == column.name.endswith(ending), column.name


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_rows_are_sorted_by_their_key_and_unique(table):
    key = TODAY[table.name][list(table.key)]
    codes = key.apply(lambda column: column.cat.codes if isinstance(column.dtype, pd.CategoricalDtype) else column)
    if table.name != "frustrations":  # several can happen in one instant
        assert not codes.duplicated().any()
    assert codes.sort_values(list(table.key), kind="stable").index.tolist() == codes.index.tolist()


def test_frustrations_of_a_contact_are_unique_by_type():
    assert not TODAY["frustrations"].duplicated(["customer", "journey", "contact", "type"]).any()


def test_a_run_without_needs_has_customers_and_staffing_alone():
    assert [len(NOBODY[table.name]) for table in TABLES] == [0, 0, 0, 0, 60, 3 * 6]
    assert (NOBODY["customers"][["purchases", "revenue_eur", "frustrations"]] == 0).all(axis=None)
    assert (NOBODY["staffing"]["busy_min"] == 0.0).all()


def test_missing_is_missing():
    """Never -1, 0 or an infinity in the place of a value that does not exist."""
    for name, frame in TODAY.items():
        numbers = frame.select_dtypes("number").astype("float64")
        assert not np.isinf(numbers.to_numpy(na_value=0.0)).any(), name
        for column in numbers.columns.difference(["difficulty"]):
            assert not (numbers[column] < 0.0).any(), (name, column)
    contacts, journeys = TODAY["contacts"], TODAY["journeys"]
    assert contacts["started_min"].isna().any()
    assert journeys["resolved_at"].isna().tolist() == (journeys["outcome"] != "resolved").tolist()
    assert journeys["parent"].isna().any()
    assert journeys["parent"].notna().any()
    events = TODAY["frustrations"]
    events = events[events["cause"] != "assortment"]  # what nobody carries is known nowhere
    facts = {"identity", "orders", "case", "price"}
    assert events["source_touchpoint"].notna().tolist() == events["cause"].isin(facts).tolist()


def test_measured_journeys_are_those_whose_need_arose_after_the_warm_up():
    journeys = TODAY["journeys"]
    assert journeys["measured"].tolist() == (journeys["arose_min"] >= 2 * 10080.0).tolist()
    assert 0.1 < journeys["measured"].mean() < 0.9
    of_journey = journeys.set_index(["customer", "journey"])["measured"]
    for name in ("contacts", "frustrations"):
        part = TODAY[name]
        expected = of_journey.reindex(pd.MultiIndex.from_frame(part[["customer", "journey"]]))
        assert part["measured"].tolist() == expected.tolist()


@pytest.mark.parametrize("engine", ENGINES)
def test_staffing_by_hand(engine):
    """Warm-up 2 weeks, measured 6. Hotline: 5 days of 8 h and 3 h; store: 5 days of 8 h, 4 h by two and 4 h by one."""
    tables = simulate(company(), engine=engine)
    weekly = tables["staffing"]
    assert weekly[["touchpoint", "week"]].to_numpy().tolist() == [
        [name, week] for name in ("web", "hotline", "store") for week in range(2, 8)
    ]
    rostered = {"web": 0.0, "hotline": 43 * 60.0, "store": 52 * 60.0}
    assert weekly["rostered_min"].tolist() == [rostered[name] for name in weekly["touchpoint"]]
    staffing = weekly.groupby("touchpoint", observed=False)[["busy_min"]].sum()
    contacts = tables["contacts"].dropna(subset="started_min")
    start, end = 2 * 10080.0, 8 * 10080.0
    busy = contacts["ended_min"].fillna(end).clip(start, end) - contacts["started_min"].clip(start, end)
    expected = busy.groupby(contacts["touchpoint"], observed=False).sum()
    assert staffing["busy_min"].to_dict() == pytest.approx(expected.to_dict(), rel=1e-12)


def test_customers_and_segments_keep_the_order_of_the_file():
    customers = TODAY["customers"]
    assert customers["customer"].tolist() == list(range(60))
    assert customers["segment"].tolist() == ["private"] * 45 + ["business"] * 15
    assert TODAY["contacts"]["touchpoint"].cat.categories.tolist() == ["web", "hotline", "store"]


def test_frames_become_arrays_and_frames_again():
    again = frames(columns_of(TODAY), names(company().document), 0)
    for name, frame in TODAY.items():
        pd.testing.assert_frame_equal(again[name], frame, check_exact=True)
