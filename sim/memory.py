"""How much memory a simulation takes, estimated before it is begun, so that it is refused and does not fail midway."""

from __future__ import annotations

import math
import os

from sim.population import log_most_needs
from sim.scenario import MINUTES_PER_YEAR, Document

__all__ = ["available_bytes", "needed_bytes"]

_PERSON_BYTES = 600.0
_CANDIDATE_BYTES = 60.0
_CONTACT_BYTES = 150.0
_MESSAGE_BYTES = 30.0
_UNKNOWN_BYTES = 64e9


def needed_bytes(document: Document, scale: float = 1.0, kept: int = 1) -> float:
    """Least memory for one replication, and for the tables of those that are kept.

    Persons with their state, candidates for base needs, one contact per base need, messages. Follow-ups and further
    contacts come on top, so that what is refused by this measure would not have run.

    Parameters
    ----------
    document : Document
    scale : float
        Factor on customers and prospects.
    kept : int
        Replications whose contacts and messages are in memory at the same time.

    Examples
    --------
    >>> from sim import load
    >>> 1e7 < needed_bytes(load("scenarios/shoe_retailer.yaml").document) < 1e9
    True
    """
    years = (float(document.run.warm_up) + float(document.run.measured)) / MINUTES_PER_YEAR
    people = candidates = contacts = messages = 0.0
    for segment in document.segments.values():
        customers, persons = float(segment.customers), float(segment.customers) + float(segment.prospects)
        people += persons
        for name, log_most in zip(document.needs, log_most_needs(document, segment), strict=True):
            rate = float(segment.needs_per_year.get(name, 0.0))
            candidates += persons * rate * years * math.exp(max(log_most, 0.0))
            contacts += customers * rate * years
        messages += customers * float(document.marketing.messages) * years * float(document.sharing.start)
    fixed = people * _PERSON_BYTES + candidates * _CANDIDATE_BYTES
    growing = contacts * _CONTACT_BYTES + messages * _MESSAGE_BYTES
    return scale * (fixed + kept * growing)


def available_bytes() -> float:
    """Memory of this machine, as far as it tells."""
    try:
        size = float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, OSError, ValueError):
        return _UNKNOWN_BYTES
    return size if size > 0 and math.isfinite(size) else _UNKNOWN_BYTES
