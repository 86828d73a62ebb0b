"""What a scenario file may say. Read it as the reference of the file format.

Every number that switches a mechanism on defaults to the neutral value, so a scenario that says little
simulates little; nothing about behaviour is hidden in a default.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sim.scenario.calendar import WeekProfile
from sim.scenario.company import FactHandling, FollowUp, Need, Service, ServiceTime, Touchpoint
from sim.scenario.named import Fact, FrustrationType, PatternId
from sim.scenario.part import Name, Part, default
from sim.scenario.people import Behaviour, Experience, Loyalty, Marketing, Segment, Severity, Sharing, WordOfMouth
from sim.scenario.plans import Decision, Lever, LeverChange, LeverUse, Strategy
from sim.scenario.quantities import Length, Share
from sim.scenario.schema_decisions import Economics, Expectation

__all__ = [
    "Behaviour",
    "Decision",
    "Document",
    "Experience",
    "Fact",
    "FactHandling",
    "FollowUp",
    "FrustrationType",
    "Lever",
    "LeverChange",
    "LeverUse",
    "Loyalty",
    "Marketing",
    "Need",
    "PatternId",
    "Run",
    "Segment",
    "Service",
    "ServiceTime",
    "Severity",
    "Sharing",
    "Strategy",
    "Touchpoint",
    "WordOfMouth",
]


class Run(Part):
    """How long customers are simulated; measures start after the warm-up."""

    warm_up: Length = default("0 min")
    measured: Length


class Document(Part):
    """A whole scenario file, after `extends` was merged in."""

    name: str
    question: str = ""
    description: str = ""
    sources: dict[str, str] = {}
    run: Run
    profiles: dict[Name, WeekProfile] = {}
    segments: Annotated[dict[Name, Segment], Field(min_length=1)]
    touchpoints: Annotated[dict[Name, Touchpoint], Field(min_length=1)]
    facts: dict[Fact, FactHandling] = {}
    visibility: dict[Fact, dict[Name, dict[Name, Share]]] = {}
    """Coverage per fact, from the touchpoint where it arose, to the touchpoint that needs it."""
    needs: Annotated[dict[Name, Need], Field(min_length=1)]
    behaviour: Behaviour = Behaviour()
    frustrations: dict[FrustrationType, Severity] = {}
    experience: Experience = Experience()
    loyalty: Loyalty = Loyalty()
    marketing: Marketing = Marketing()
    sharing: Sharing = Sharing()
    word_of_mouth: WordOfMouth = WordOfMouth()
    levers: dict[Name, Lever] = {}
    strategies: Annotated[dict[Name, Strategy], Field(min_length=1)]
    """The first one is the baseline."""
    decision: Decision = Decision()
    economics: Economics = Economics()
    patterns: dict[PatternId, str] = {}
    """Known patterns that speak of a company like this one, each with the reason; ``journeysim patterns`` holds the
    case against these. Without any it is held against all."""
    expect: list[Expectation] = []
    """What should come out; ``journeysim check --run`` and pytest hold the scenario to it."""
