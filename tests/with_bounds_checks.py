"""Runs the compiled engine with numba's bounds checks, whose places must be asked for before anything is compiled.

Every run is done twice: as usual, and with tables that have hardly any room and grow all the time.
"""

import sys
from pathlib import Path

import numpy as np

sys.path[:0] = [str(Path(__file__).parents[1])]

from sim.engines import compiled, world  # noqa: E402 # only found on the path just added
from sim.engines.log import Records  # noqa: E402
from sim.jit import kernel_from_the_front  # noqa: E402
from sim.parameters import Timeline, timeline  # noqa: E402
from sim.population import Population, populate  # noqa: E402
from sim.scenario import load  # noqa: E402
from sim.strategy import schedule  # noqa: E402
from sim.tables import columns, in_order  # noqa: E402
from sim.tally import tally  # noqa: E402

SCENARIOS = Path(__file__).parents[1] / "scenarios"
RUNS = (
    ("shoe_retailer", "siloed"),
    ("shoe_retailer", "step_by_step"),  # levers one after another
    ("telecom_provider", "today"),
    ("electronics_retailer", "today"),
    ("siloed_wins", "joined_up"),
)
CUSTOMERS = 300


def crowded(plan: Timeline, people: Population) -> Records:
    """A run that begins with as little room as one turn needs."""
    usual = world.new_tables(plan, people)
    log = world.Tables(*(rows[: world.ROOM].copy() for rows in usual[:4]), usual.filled)
    there = world.new_world(plan, people)
    there = there._replace(journeys=there.journeys[:1], places=there.places[:1], words=there.words[: there.most_words])
    grown = 0
    while not compiled._run(there, log):
        grown += 1
        there, log = world.with_room(there, log)
    assert grown > 10
    tables = (rows[:count] for rows, count in zip(log[:4], log.filled[:4], strict=True))
    return Records(*tables, there.customers)


def main() -> None:
    try:
        kernel_from_the_front(lambda rows, at: rows[at])(np.zeros(3), -1)
    except IndexError:
        pass
    else:
        sys.exit("an index below 0 was let through: these are no bounds checks")
    for name, strategy in RUNS:
        case = load(SCENARIOS / f"{name}.yaml")
        size = sum(float(segment.customers) for segment in case.document.segments.values())
        case = case.scaled(CUSTOMERS / size)
        plan, people = timeline(schedule(case, strategy)), populate(case.document, 1, 0)
        records, others = compiled.simulate(plan, people), crowded(plan, people)
        usual, grown = (in_order(columns(each, plan)) for each in (records, others))
        for table in ("contacts", "frustrations", "journeys", "messages"):
            assert len(usual[table]) > world.ROOM, (name, table)
            for field in usual[table].dtype.names:
                np.testing.assert_array_equal(usual[table][field], grown[table][field], f"{name}, {table}, {field}")
        tally(usual, case.document)
    print(f"{len(RUNS)} runs")


if __name__ == "__main__":
    main()
