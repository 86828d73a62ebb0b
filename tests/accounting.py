"""What became of every need: the reference engine is watched while it decides, and its log is held against that."""

import math
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from witness import Tables, simulate

from sim.engines import steps
from sim.engines.log import NOWHERE
from sim.population import populate
from sim.rules import clock
from sim.scenario import Scenario

__all__ = ["ENDS", "ends"]

ENDS = ("before joining", "thinned", "begun", "waiting at the end", "after leaving")


class Need(NamedTuple):
    """A need of a customer; `threshold` is that of a candidate for a base need, NaN for all others."""

    customer: int
    need: int
    arose_min: float
    parent: int
    threshold: float


class Watched:
    """Needs that arose beside the candidates of the population, and candidates that were thinned."""

    def __init__(self) -> None:
        self.thinned: Counter[tuple[int, float]] = Counter()
        self.arose: list[Need] = []
        self.at_hand = NOWHERE


def ends(case: Scenario, strategy: str, seed: int) -> tuple[Tables, pd.DataFrame]:
    """Tables of a run, and one row for every need with one column of truth for each of `ENDS`."""
    with _watching() as watched:
        tables = simulate(case, strategy, seed)
    people = populate(case.document, seed, 0)
    owner = np.repeat(np.arange(len(people)), np.diff(people.need_of))
    columns = (people.candidates[name].tolist() for name in ("need", "arises_min", "threshold"))
    base = zip(owner.tolist(), *columns, strict=True)
    needs = [Need(who, need, at, 0, threshold) for who, need, at, threshold in base] + watched.arose
    journeys = tables["journeys"].assign(need=tables["journeys"]["need"].cat.codes)
    begun = Counter(
        journeys[["customer", "need", "arose_min"]].assign(parent=journeys["parent"].fillna(0).astype(int))
        .itertuples(index=False, name=None)
    )  # fmt: skip
    lives = {row.customer: (row.joined_min, row.left_min) for row in tables["customers"].itertuples()}
    of_customer = dict(list(journeys.groupby("customer")))
    end_min = float(case.document.run.warm_up) + float(case.document.run.measured)
    rows = []
    for need in needs:
        joined, left = lives[need.customer]
        due = need.arose_min
        if need.customer in of_customer:  # needs are seen to in the order in which they arose
            theirs = of_customer[need.customer]
            before = theirs["ended_min"][theirs["arose_min"] < need.arose_min]
            due = max([due, *before.fillna(end_min)])  # behind an unfinished journey until the run ends
        is_thinned = watched.thinned[need.customer, need.threshold] > 0
        has_begun = begun[need[:4]] > 0
        begun[need[:4]] -= has_begun
        rows.append(
            (
                not need.arose_min >= joined,  # NaN: never joined
                is_thinned,
                has_begun,
                due >= end_min,
                left <= due < end_min and not is_thinned,  # thinned before they are seen to have left
            )
        )
    assert not +begun, "a journey without a need"
    return tables, pd.DataFrame(rows, columns=ENDS)


@contextmanager
def _watching() -> Iterator[Watched]:
    watched = Watched()
    finish, follow_up_min, receive = steps.finish, steps.follow_up_min, steps.receive

    def thinning(rule: Any) -> Any:
        def watched_rule(p: Any, customer: Any, threshold: float, at_min: float) -> bool:
            wanted: bool = rule(p, customer, threshold, at_min)
            watched.thinned[customer.number, threshold] += not wanted
            return wanted

        return watched_rule

    def watched_finish(log: Any, p: Any, customer: Any, *rest: Any) -> bool:
        watched.at_hand = customer.number
        return finish(log, p, customer, *rest)

    def watched_follow_up_min(p: Any, journey: Any, which: int, *rest: Any) -> float:
        arises = follow_up_min(p, journey, which, *rest)
        if arises == arises:  # not NaN
            need = p.follow_need[journey.need][which]
            watched.arose.append(Need(watched.at_hand, need, arises, journey.number, math.nan))
        return arises

    def watched_receive(log: Any, p: Any, customer: Any) -> bool:
        at = clock.on_grid(customer.message_min)
        brings = receive(log, p, customer)
        if brings:
            watched.arose.append(Need(customer.number, p.brings, at, 0, math.nan))
        return brings

    with pytest.MonkeyPatch.context() as patch:
        for name, instead in (
            ("may_want", thinning(steps.may_want)),
            ("wants", thinning(steps.wants)),
            ("finish", watched_finish),
            ("follow_up_min", watched_follow_up_min),
            ("receive", watched_receive),
        ):
            patch.setattr(steps, name, instead)
        yield watched
