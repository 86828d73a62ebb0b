"""What the workshop says, in one place; names of strategies, touchpoints and KPIs come from `sim.labels`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sim.labels import spoken

__all__ = ["ENGLISH", "TEXTS", "text"]

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        # headings of the controls
        "levers": "Levers",
        "people": "People and hours",
        "assumptions": "Assumptions",
        "keep": "Keep",
        "strategy": "Strategy",
        "levers_hint": "Coverage and start. They act under the chosen strategy only.",
        "people_hint": "They hold in both worlds.",
        "assumptions_hint": "Those with the widest ranges relative to their value. They hold in both worlds.",
        "keep_hint": "Writes a scenario file that extends the case.",
        # controls
        "coverage": "coverage",
        "start": "start",
        "start_option": "week {weeks}",
        "start_hint": "Week in which the lever starts, counted from the beginning of the measured time.",
        "agents": "{touchpoint}: people more or fewer",
        "agents_value": "{value} people",
        "agents_none": "as in the case",
        "agents_hint": "Added in every hour that is staffed; at least one stays.",
        "hours": "{touchpoint}: opening hours",
        "hours_hint": "Where it opens longer, as many people serve as in the nearest staffed hour.",
        "as_in_case": "as in the case",
        "evening_longer": "2 h longer in the evening",
        "evening_shorter": "2 h shorter in the evening",
        "morning_earlier": "2 h earlier in the morning",
        "saturday_open": "Saturday open like Friday",
        "saturday_closed": "Saturday closed",
        "sunday_open": "Sunday open like Saturday",
        "sunday_closed": "Sunday closed",
        "always_open": "around the clock",
        "at_low": "low",
        "towards_low": "lower",
        "as_assumed": "as in the case",
        "towards_high": "higher",
        "at_high": "high",
        "several": "{count} numbers together",
        "one_value": "{value} (range {low} to {high})",
        # actions
        "undo": "Undo",
        "reset": "Reset",
        "name": "Name",
        "name_placeholder": "e.g. Half the customers",
        "keep_button": "Keep",
        "kept": "Kept",
        "open_kept": "Open",
        "nothing_kept": "nothing kept yet",
        "was_kept": "Kept in {file}. It loads with journeysim like any scenario file.",
        "was_opened": "Opened {file}.",
        # what differs
        "differs": "Changed against the case",
        "differs_nothing": "Nothing is changed: this is the case as it is.",
        "differs_row": "{title}: {base} → {value}",
        # the answer
        "better": "better",
        "worse": "worse",
        "no_relevant_difference": "no relevant difference",
        "not_enough_evidence": "not yet clear",
        "no_threshold": "no threshold set",
        "on": "{verdict} on {count}",
        "finding": "{strategy} against {baseline}: {found}",
        "no_verdict": "{strategy} against {baseline}: the case declares no primary KPIs, so there is no verdict",
        "matters_from": "matters from {zone}",
        "interval": "{low} to {high}",
        "interval_heading": "{confidence} % interval",
        "difference": "difference",
        "before": "was {value}",
        "state_working": "{done} of {goal} paired replications, refining",
        "state_done": "{done} paired replications",
        "state_first": "first answer on its way",
        "state_failed": "No answer: {error}",
        "sure": "{confidence} % intervals of this number alone; all verdicts hold together.",
        "scaled": (
            "Shown is a copy of {scale} times the size of the case. A small pool waits longer at the same load, and a "
            "roster of few people cannot shrink in proportion: compare directions here, and take waiting times and "
            "money per customer from the full size. People more or fewer are asked about at full size, which takes "
            "longer."
        ),
        "full": "Full size of the case: {customers} customers.",
        # views
        "sees": "Who sees what",
        "goes": "Where customers go",
        "frustrations": "Frustrations",
        "table": "All as text",
        "unsourced": "Assumptions",
        "numbers_too": "Numbers of the picture as a table",
        # who sees what
        "sees_title_all": "Under {strategy}, touchpoints see {after} % of what others know, instead of {before} %",
        "sees_title_same": "Both worlds alike: touchpoints see {before} % of what others know",
        "sees_subtitle": (
            "How much of what arose at one touchpoint (row) is seen at another (column), in %, once all levers act."
        ),
        "arose_at": "arose at",
        "seen_at": "seen at",
        "fact": "fact",
        "world": "world",
        # where customers go
        "goes_title": "Under {strategy}, “{place}” changes most: {difference} per 100 journeys",
        "goes_title_open": "Not yet clear whether customers go elsewhere under {strategy}",
        "goes_subtitle": (
            "Visits per 100 journeys, then how 100 journeys end. Mean of {pairs} replications; lines are {confidence} "
            "% intervals of each mean."
        ),
        "per_100": "per 100 journeys",
        "place": "where",
        "visits": "visits: {place}",
        "ends": "end: {outcome}",
        "kind": "frustration",
        # the text
        "kpi": "KPI",
        "state": "state",
        # assumptions without a source
        "unsourced_title": "{count} of {all} numbers of the case have no source",
        "path": "number",
        "value": "value",
        "unit": "unit",
        "low": "low",
        "high": "high",
        "said": "what the file says of it",
    }
)

TEXTS: Mapping[str, Mapping[str, str]] = MappingProxyType({"en": ENGLISH})
"""By language; what a language does not say is said in English."""


def text(key: str, **values: object) -> str:
    """Text of the workshop in the language that is spoken, see `sim.labels.language`.

    Examples
    --------
    >>> text("differs_row", title="coverage", base="85 %", value="50 %")
    'coverage: 85 % → 50 %'
    """
    words = TEXTS.get(spoken(), ENGLISH)
    return words.get(key, ENGLISH[key]).format(**values)
