"""Small frames behind the figures, of some runs at once: what their tallies count, under names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.ledger import books
from sim.parameters import FRUSTRATION_TYPES, names
from sim.scenario import Document
from sim.tables import JOURNEY_OUTCOMES
from sim.tally import Tally

__all__ = ["aggregate"]

_CENTS = 100.0


def aggregate(tallies: Sequence[Tally], documents: Sequence[Document]) -> dict[str, pd.DataFrame]:
    """Counts over the measured period; combinations that do not occur are left out.

    Parameters
    ----------
    tallies : sequence of Tally
        At least one.
    documents : sequence of Document
        What each belongs to; the same company, though perhaps with other numbers.

    Returns
    -------
    dict of str to DataFrame
        Each begins with ``run``, the position of the tally. ``events``: count of frustration events by type,
        touchpoint, touchpoint where the missing fact is known, segment. ``lost_sales``: count and EUR by ``lost_to``
        of the journey and segment. ``journeys``: count by segment, need, outcome. ``flows``: count of moves by step,
        from, to; the last move of a journey leads to its outcome. And what `sim.ledger.books` gives.
    """
    known = names(documents[0])
    types = [kind.value for kind in FRUSTRATION_TYPES]
    places = [*known.touchpoints, "research"]
    return {
        "events": _counted(
            np.stack([tally.events for tally in tallies]),
            {
                "type": types,
                "touchpoint": ["", *known.touchpoints],
                "source_touchpoint": ["", *known.touchpoints],
                "segment": known.segments,
            },
        ),
        "lost_sales": _counted(
            np.stack([tally.lost for tally in tallies]),
            {"cause": ["none", *types], "segment": known.segments},
            eur=np.stack([tally.lost_cents for tally in tallies]) / _CENTS,
        ),
        "journeys": _counted(
            np.stack([tally.journeys for tally in tallies]),
            {"segment": known.segments, "need": known.needs, "outcome": JOURNEY_OUTCOMES},
        ),
        "flows": _counted(
            _flows(tallies),
            {"step": None, "from": places, "to": [*places, *JOURNEY_OUTCOMES]},
        ),
        **books(tallies, documents),
    }


def _flows(tallies: Sequence[Tally]) -> npt.NDArray[np.int64]:
    """The moves of all runs, with room for the longest journey of any."""
    most = max(len(tally.flows) for tally in tallies)
    return np.stack([np.pad(tally.flows, ((0, most - len(tally.flows)), (0, 0), (0, 0))) for tally in tallies])


def _counted(
    counts: npt.NDArray[np.int64], axes: dict[str, Sequence[str] | None], **beside: npt.NDArray[Any]
) -> pd.DataFrame:
    """Counts as rows, with the names along their axes (None: the position itself) and other numbers of the cells."""
    found = np.nonzero(counts)
    columns: dict[str, Any] = {"run": found[0]}
    for (name, labels), position in zip(axes.items(), found[1:], strict=True):
        columns[name] = position if labels is None else np.array(labels)[position]
    columns |= {"count": counts[found], **{name: numbers[found] for name, numbers in beside.items()}}
    return pd.DataFrame(columns)
