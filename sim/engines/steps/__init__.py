"""What happens in one instant of a customer's story. Both engines take these steps; they differ in how time passes.

A step reads parameters `p`, changes the state of a customer and of the journey under way, and writes to the log.
It runs as plain Python on the objects of `sim.engines.state`, and compiled on records of the same layout.
"""

from sim.engines.steps.between import hears, join, joins, message_key, number_told, receive, told_prospect
from sim.engines.steps.contacts import (
    answer_min,
    answer_patience_min,
    arrive,
    begin_research,
    begin_service,
    end_service,
    finish_research,
    leave_unserved,
    patience_min,
    waited,
)
from sim.engines.steps.journeys import (
    begin_journey,
    choose,
    close,
    finish,
    follow_up_key,
    follow_up_min,
    is_closed,
    leaves,
    may_want,
    next_step,
    opening_wait_min,
    research_pause_min,
    researches_at,
    wants,
)

__all__ = [
    "answer_min",
    "answer_patience_min",
    "arrive",
    "begin_journey",
    "begin_research",
    "begin_service",
    "choose",
    "close",
    "end_service",
    "finish",
    "finish_research",
    "follow_up_key",
    "follow_up_min",
    "hears",
    "is_closed",
    "join",
    "joins",
    "leave_unserved",
    "leaves",
    "may_want",
    "message_key",
    "next_step",
    "number_told",
    "opening_wait_min",
    "patience_min",
    "receive",
    "research_pause_min",
    "researches_at",
    "told_prospect",
    "waited",
    "wants",
]
