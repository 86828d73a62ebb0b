"""Tables written by hand, in the form in which engines write them."""

from collections.abc import Mapping
from dataclasses import fields

import numpy as np

from sim.engines.log import ContactRow, CustomerRow, FrustrationRow, JourneyRow, MessageRow
from sim.layout import dtype_of
from sim.scenario import Document
from sim.tables import Columns
from sim.tally import Tally, tally

__all__ = ["recorded", "tallied"]

ROWS = {
    "contacts": ContactRow,
    "frustrations": FrustrationRow,
    "journeys": JourneyRow,
    "messages": MessageRow,
    "customers": CustomerRow,
}
Parts = Mapping[str, Mapping[str, np.ndarray]]


def recorded(tables: Parts) -> Columns:
    """Record arrays with the given columns; what is not given is as in a new row."""
    found = {}
    for name, layout in ROWS.items():
        given = tables[name]
        found[name] = np.zeros(len(next(iter(given.values()))), dtype_of(layout))
        for part in fields(layout):
            found[name][part.name] = given.get(part.name, part.default)
    staffing = tables["staffing"]
    dtype = [(name, np.asarray(column).dtype) for name, column in staffing.items()]
    found["staffing"] = np.zeros(len(staffing["week"]), dtype)
    for name, column in staffing.items():
        found["staffing"][name] = column
    return found


def tallied(tables: Parts, document: Document) -> Tally:
    """The tally of tables written by hand."""
    return tally(recorded(tables), document)
