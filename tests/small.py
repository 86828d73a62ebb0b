"""A company in which nothing goes wrong, and what it takes for one thing after the other to go wrong."""

from dataclasses import dataclass, field
from typing import Any

from cases import FRUSTRATIONS, scenario

from sim.scenario import Scenario

WEEK_MIN = 10080.0

SMALL = """
name: Nothing goes wrong here
run: {measured: 12 weeks}
segments:
  people: {customers: 60, needs_per_year: {question: 30 per year}}
touchpoints:
  web: {kind: self_service}
  hotline: {kind: staffed, agents: 60}
  store: {kind: staffed, agents: 60}
  letter: {kind: deferred, answer_time: 2 days}
facts: {identity: {handling: 3 min}, orders: {handling: 3 min}, case: {handling: 3 min}, assortment: {handling: 3 min},
  price: {handling: 3 min}, profile: {handling: 3 min}, knowledge: {handling: 3 min}, promise: {handling: 3 min}}
needs:
  question:
    served_at:
      hotline: {service_time: {distribution: constant, mean: 10 min}, resolves: 1}
behaviour: {research_at: web, showroom_at: store, pause: 1 h, max_contacts: 3}
marketing: {at: web, annoys: 0.1}
levers: {}
strategies: {today: {}}
"""
"""Every mechanism is switched off: agents for everybody, no required facts, no messages."""

SERVICE = {"service_time": {"distribution": "constant", "mean": "10 min"}, "resolves": 1}
HURTS = {f"frustrations.{kind}.severity": 10 for kind in FRUSTRATIONS}
HURTS_NOBODY = {f"frustrations.{kind}.severity": 0 for kind in FRUSTRATIONS}


def small(*changes: dict[str, Any]) -> Scenario:
    """The company with changes, the later ones over the earlier ones."""
    return scenario(SMALL).change({path: value for part in (HURTS, *changes) for path, value in part.items()})


@dataclass(frozen=True)
class Cause:
    """A frustration event, what brings it about, and what takes that away again.

    Parameters
    ----------
    id : str
        In the mechanism catalogue, with the variant.
    type, cause, source : str
        What the event says; an empty source stands for none.
    cost_min : float or None
        What it costs; None where every event costs something else, but something.
    happens : dict
        Changes of the company after which it happens.
    removals : tuple of dict
        Further changes, after each of which alone it does not happen at all.
    """

    id: str
    type: str
    cause: str
    source: str
    cost_min: float | None
    happens: dict[str, Any]
    removals: tuple[dict[str, Any], ...]
    is_message: bool = field(default=False)


def by_message(
    name: str, kind: str, cause: str, source: str, happens: dict[str, Any], *removals: dict[str, Any]
) -> Cause:
    """An event that a message brings, between journeys."""
    messages = {"marketing.messages": "60 per year"}
    none = {"marketing.messages": "0 per year"}
    return Cause(name, kind, cause, source, 0.0, messages | happens, (*removals, none), is_message=True)


KNOWN_ON_THE_WEB = {"segments.people.bought_before": {"web": 1}}
LOOKS_FIRST = {"segments.people.research_first": {"question": 1}}
BUYS = {"needs.question.buys": True, "needs.question.value": "50 EUR", "needs.question.margin": 0.4}
AT_THE_STORE_TOO = {"needs.question.served_at.store": SERVICE, "segments.people.taste": {"hotline": 9}}
# first the hotline, which leaves the need open, then the store
HOTLINE_THEN_STORE = AT_THE_STORE_TOO | {"needs.question.served_at.hotline.resolves": 0, "behaviour.failed_penalty": 20}
BY_LETTER = {"needs.question.served_at": {"letter": SERVICE}}
CROWDED = {"segments.people.needs_per_year.question": "150 per year", "touchpoints.hotline.agents": 1}
NOBODY_THERE = {"touchpoints.hotline.agents": 0, "behaviour.max_contacts": 1}
CARRIED_NOWHERE = {f"touchpoints.{name}.carries": 0 for name in ("web", "hotline", "store", "letter")}
ORDERS_ONLINE = {
    "needs.order": {"served_at": {"web": SERVICE}, "buys": True, "value": "50 EUR",
                    "follow_ups": [{"need": "question", "after": "resolved", "share": 1, "delay": "0 min"}]},
    "segments.people.needs_per_year": {"order": "30 per year"},
}  # fmt: skip


def requires(fact: str) -> dict[str, Any]:
    return {"needs.question.requires": {fact: 0}}


def sees(fact: str, origin: str, target: str) -> dict[str, Any]:
    return {f"visibility.{fact}": {origin: {target: 1}}}


CAUSES = (
    Cause("F1", "not_recognised", "identity", "web", 0.0,  # the time is spent once, on giving the data again
          KNOWN_ON_THE_WEB | requires("identity"),
          (sees("identity", "web", "hotline"), {"segments.people.bought_before": {}}, {"behaviour.regular_from": 2})),
    Cause("F2 data", "repeated_data", "identity", "web", 3.0,
          KNOWN_ON_THE_WEB | requires("identity"), (sees("identity", "web", "hotline"),)),
    Cause("F2 again", "repeated_data", "identity", "hotline", 3.0,
          HOTLINE_THEN_STORE | requires("identity"),
          (sees("identity", "hotline", "store"), sees("case", "hotline", "store"))),
    Cause("F2 order", "repeated_data", "orders", "web", 3.0,
          KNOWN_ON_THE_WEB | requires("orders"), (sees("orders", "web", "hotline"),)),
    Cause("F3", "asked_for_order_number", "orders", "web", 0.0,
          KNOWN_ON_THE_WEB | requires("orders"),
          (sees("orders", "web", "hotline"), {"segments.people.bought_before": {}})),
    Cause("F4", "repeated_story", "case", "hotline", 3.0,
          HOTLINE_THEN_STORE | requires("case"),
          (sees("case", "hotline", "store"), {"needs.question.served_at.hotline.resolves": 1})),
    Cause("F5", "product_unknown", "assortment", "web", 3.0,
          LOOKS_FIRST | requires("assortment") | {f"touchpoints.{name}.carries": 0 for name in ("hotline", "store",
                                                                                                "letter")},
          (sees("assortment", "web", "hotline"), {"touchpoints.hotline.carries": 1})),
    Cause("F5 unseen", "product_unknown", "assortment", "web", 3.0,
          requires("assortment") | {f"touchpoints.{name}.carries": 0 for name in ("hotline", "store", "letter")},
          (sees("assortment", "web", "hotline"), {"touchpoints.hotline.carries": 1})),
    Cause("F5 nowhere", "product_unknown", "assortment", "", 3.0,
          requires("assortment") | CARRIED_NOWHERE, ({"touchpoints.hotline.carries": 1},)),
    Cause("F6", "system_slow", "system", "", None,
          {"touchpoints.hotline.system_delay": "5 min", "behaviour.system_delay_tolerated": "2 min"},
          ({"touchpoints.hotline.system_delay": "0 min"}, {"behaviour.system_delay_tolerated": "1000 years"})),
    Cause("F7", "sees_less_than_web", "orders", "web", 0.0,
          KNOWN_ON_THE_WEB | LOOKS_FIRST | requires("orders"),
          (sees("orders", "web", "hotline"), {"segments.people.research_first": {}})),
    Cause("F8", "price_not_honoured", "price", "web", 3.0,
          LOOKS_FIRST | requires("price") | {"touchpoints.web.promotes": 1},
          (sees("price", "web", "hotline"), {"touchpoints.web.promotes": 0},
           {"touchpoints.hotline.promotes": 1}, {"segments.people.research_first": {}})),
    by_message("F9", "offered_what_was_bought", "orders", "hotline",
               BUYS | {"marketing.advertises_for": "4 weeks"},
               sees("orders", "hotline", "web"), {"marketing.advertises_for": "0 min"}),
    by_message("F10 message", "wrong_offer", "profile", "",
               {"segments.people.bought_before": {"hotline": 1}, "marketing.wrong_offer": 1},
               sees("profile", "hotline", "web"), {"marketing.wrong_offer": 0}),
    Cause("F10 service", "wrong_offer", "profile", "web", 3.0,
          KNOWN_ON_THE_WEB | requires("profile"),
          (sees("profile", "web", "hotline"), {"sharing.start": 0})),
    by_message("F11 frequency", "too_many_messages", "frequency", "",
               {"segments.people.messages_tolerated": 3},
               {"segments.people.messages_tolerated": 1e9}, {"marketing.cap": 3}, {"marketing.frequency_care": 1}),
    by_message("F11 address", "too_many_messages", "stale_address", "",
               {"marketing.moves": "5 per year"}, {"marketing.moves": "0 per year"}, {"marketing.address_care": 1}),
    by_message("F11 opted out", "too_many_messages", "no_consent", "",
               {"sharing.start": 0, "marketing.ignores_opt_out": 1},
               {"marketing.ignores_opt_out": 0}, {"sharing.start": 1}),
    Cause("F12 waits", "waited_too_long", "waiting", "", None,
          CROWDED | {"segments.people.wait_tolerated": "2 min"},
          ({"touchpoints.hotline.agents": 60}, {"segments.people.wait_tolerated": "1000 years"})),
    Cause("F12 hangs up", "waited_too_long", "gave_up_waiting", "", 7.0,
          NOBODY_THERE | {"segments.people.patience": "7 min", "segments.people.patience_shape": 1e9},
          ({"touchpoints.hotline.agents": 60}, {"segments.people.patience": "1000 years"})),
    Cause("F12 closing", "waited_too_long", "closing", "", None,
          NOBODY_THERE | {"touchpoints.hotline.open": "Mon-Sun 8:00-20:00"},
          ({"touchpoints.hotline.agents": 60},)),
    Cause("F13 vanishes", "request_unanswered", "no_answer", "", None,
          BY_LETTER | {"segments.people.answer_tolerated": "1 day", "behaviour.max_contacts": 1},
          ({"touchpoints.letter.tracked": 1, "touchpoints.letter.deadline": "0 min"},
           {"touchpoints.letter.answer_time": "0 min"})),
    Cause("F13 stock reply", "request_unanswered", "stock_reply", "", 0.0,
          BY_LETTER | {"needs.question.served_at.letter.resolves": 0},
          ({"touchpoints.letter.tracked": 1}, {"needs.question.served_at.letter.resolves": 1})),
    Cause("F14", "passed_on", "competence", "", 0.0,
          {"needs.question.served_at.hotline.resolves": 0, "needs.question.served_at.hotline.passes_on": 1},
          ({"needs.question.served_at.hotline.passes_on": 0}, {"needs.question.served_at.hotline.resolves": 1})),
    Cause("F14 put through", "passed_on", "competence", "", 2.0,
          {"needs.question.served_at.hotline.transfers": 1, "behaviour.transfer_time": "2 min"},
          ({"needs.question.served_at.hotline.transfers": 0},)),
    Cause("F15", "conflicting_advice", "knowledge", "hotline", 3.0,
          HOTLINE_THEN_STORE | requires("knowledge"),
          (sees("knowledge", "hotline", "store"), {"needs.question.advice_varies": 0},
           {"needs.question.served_at.hotline.resolves": 1})),
    Cause("F16 call-back", "promise_not_kept", "promise", "hotline", 3.0,
          HOTLINE_THEN_STORE | requires("promise")
          | {"needs.question.served_at.hotline.promises": 1, "needs.question.served_at.hotline.promise_at": "store"},
          (sees("promise", "hotline", "store"), {"needs.question.served_at.hotline.promises": 0},
           {"needs.question.served_at.hotline.promise_at": "hotline"})),
    Cause("F16 delivery", "promise_not_kept", "promise", "web", 3.0,
          ORDERS_ONLINE | requires("promise") | {"needs.question.promised_at_purchase": True},
          (sees("promise", "web", "hotline"), {"needs.question.promised_at_purchase": False})),
    Cause("F17", "service_not_offered", "not_offered", "", 4.0,
          AT_THE_STORE_TOO | {"needs.question.served_at.hotline.offered": 0, "behaviour.refusal_time": "4 min"},
          ({"needs.question.served_at.hotline.offered": 1}, {"touchpoints.hotline.steers": 1})),
    Cause("F18", "touchpoint_taken_away", "closed", "hotline", 0.0,
          AT_THE_STORE_TOO | {"touchpoints.hotline.closed": 1, "behaviour.accustomed_after": 3,
                              "behaviour.unaccustomed": 1},
          ({"touchpoints.hotline.closed": 0}, {"touchpoints.hotline.accompanied": 1})),
    Cause("F19 sale", "other_talked_down", "targets", "web", 0.0,
          LOOKS_FIRST | BUYS | {"touchpoints.hotline.competes": 1},
          ({"touchpoints.hotline.competes": 0}, {"segments.people.research_first": {}})),
    Cause("F19 help", "other_talked_down", "targets", "web", 0.0,
          ORDERS_ONLINE | {"touchpoints.hotline.competes": 1},
          ({"touchpoints.hotline.competes": 0}, {"needs.order.follow_ups": []})),
)  # fmt: skip
"""Every frustration type of the catalogue, with every cause it can have."""
