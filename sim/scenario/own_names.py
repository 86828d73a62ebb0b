"""What a scenario file calls its own things, for people who never see the file."""

from __future__ import annotations

from sim.messages import say
from sim.scenario.scenario import Scenario

__all__ = ["own_names"]


def own_names(scenario: Scenario) -> dict[str, str]:
    """What a scenario calls its strategies, touchpoints, segments, needs and levers.

    Where two have the same name, the one that stands first in this list counts. One with a comma is quoted, so that
    it can stand in a sentence.

    Examples
    --------
    >>> from sim.scenario import load
    >>> own_names(load("scenarios/shoe_retailer.yaml"))["complaint"]
    'Complaint'
    """
    document = scenario.document
    found: dict[str, str] = {}
    for section in ("levers", "needs", "segments", "touchpoints", "strategies"):
        labels = {name: entry.label for name, entry in getattr(document, section).items() if entry.label}
        found |= labels | {f"{section}.{name}": text for name, text in labels.items()}
    return {name: say("quoted", text=text) if "," in text else text for name, text in found.items()}
