"""Small scenarios for tests, as the text of a file, and the strategy that draws the text of random ones."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
from hypothesis import Phase, settings
from hypothesis import strategies as st

from sim.scenario import Scenario, load

FACTS = ("identity", "orders", "case", "assortment", "price", "profile", "knowledge", "promise")
FRUSTRATIONS = (
    "not_recognised",
    "repeated_data",
    "asked_for_order_number",
    "repeated_story",
    "product_unknown",
    "system_slow",
    "sees_less_than_web",
    "price_not_honoured",
    "offered_what_was_bought",
    "wrong_offer",
    "too_many_messages",
    "waited_too_long",
    "request_unanswered",
    "passed_on",
    "conflicting_advice",
    "promise_not_kept",
    "service_not_offered",
    "touchpoint_taken_away",
    "other_talked_down",
)


def scenario(text: str | dict[str, Any]) -> Scenario:
    """The scenario that a file with this text (or this content) would give."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "case.yaml"
        file.write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")  # JSON is YAML
        return load(file)


COMPANY = """
name: A small company with every mechanism
run: {warm_up: 2 weeks, measured: 6 weeks}
profiles:
  office:
    Mon-Fri: [0, 0, 0, 0, 0, 0, 0, 1, 3, 5, 5, 4, 3, 4, 5, 5, 4, 3, 1, 1, 1, 0, 0, 0]
    Sat: [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
segments:
  private:
    customers: 45
    needs_per_year: {purchase: 12 per year, question: 14 per year}
    rate_shape: 1.5
    taste: {web: 0.3, hotline: 0, store: 0.2}
    research_first: {purchase: 0.5}
    bought_before: {web: 0.4, store: 0.5}
    patience: 4 min
    patience_shape: 1.2
    wait_tolerated: 2 min
    tolerance: 40
    tolerance_spread: 0.4
    sensitivity_spread: 0.3
    opening_delay_cost: 0.1
    loyalty_level: 55
    leaving_per_year: 0.4 per year
  business:
    customers: 15
    needs_per_year: {purchase: 20 per year, question: 30 per year}
    taste: {web: -0.5, hotline: 0.8, store: -0.5}
    research_first: {purchase: 0.2}
    bought_before: {web: 0.5, hotline: 0.6}
    patience: 3 min
    wait_tolerated: 1 min
    tolerance: 55
    tolerance_spread: 0.2
    sensitivity_spread: 0.5
    opening_delay_cost: 0.3
    loyalty_level: 60
    leaving_per_year: 0.3 per year
touchpoints:
  web: {kind: self_service, identifies: 0.8, carries: 0.9, promotes: 0.3, cost_per_contact: 0.1 EUR}
  hotline: {kind: staffed, open: "Mon-Fri 9:00-17:00, Sat 9:00-12:00", agents: 1, wage: 30 EUR per hour,
    identifies: 0.7, carries: 0.9, promotes: 0.1, personal_service: 3}
  store: {kind: staffed, open: "Mon-Sat 10:00-18:00", wage: 20 EUR per hour,
    agents: {"Mon-Fri 10:00-18:00": 1, "Sat 10:00-14:00": 2, "Sat 14:00-18:00": 1},
    identifies: 0.4, carries: 0.6, promotes: 0.2, personal_service: 6}
facts: {identity: {handling: 1 min}, orders: {handling: 2 min}, case: {handling: 3 min}, assortment: {handling: 1 min},
  price: {handling: 1 min}}
visibility:
  identity: {web: {web: 1, hotline: 0.3}, hotline: {hotline: 0.9, web: 0.1}, store: {store: 0.8}}
  orders: {web: {web: 1, hotline: 0.4}, hotline: {hotline: 0.9}, store: {store: 0.6}}
  case: {web: {web: 0.5}, hotline: {hotline: 0.7}, store: {store: 0.5}}
  assortment: {web: {web: 1, hotline: 0.8}, hotline: {hotline: 1, web: 0.8}, store: {store: 1}}
  price: {web: {web: 1, hotline: 0.8}, hotline: {hotline: 1}, store: {store: 1}}
needs:
  purchase:
    buys: true
    value: 60 EUR
    value_spread: 0.4
    margin: 0.35
    difficulty_spread: 0.5
    requires: {identity: 0.2, assortment: 0.5, price: 0.5}
    served_at:
      web: {service_time: {distribution: lognormal, mean: 10 min, spread: 0.6}, fit: 0.4, resolves: 0.8}
      hotline:
        {service_time: {distribution: lognormal, mean: 6 min, spread: 0.9}, fit: -0.5, resolves: 0.8, passes_on: 0.3}
      store: {service_time: {distribution: exponential, mean: 9 min}, fit: 0.6, resolves: 0.9, passes_on: 0.1}
    follow_ups:
      - {need: status, after: resolved, share: 0.4, delay: 2 days, resolved_at: [web, hotline]}
      - {need: complaint, after: dissatisfied, share: 0.3, delay: 1 day}
  question:
    profile: office
    urgency: 1.5
    difficulty_spread: 1
    requires: {identity: 0.4, case: 0.8}
    served_at:
      web: {service_time: {distribution: exponential, mean: 5 min}, resolves: 0.5}
      hotline:
        {service_time: {distribution: lognormal, mean: 12 min, spread: 0.8}, fit: 1, resolves: 0.75, passes_on: 0.5}
    follow_ups:
      - {need: complaint, after: given_up, share: 0.5, delay: 6 h}
  status:
    urgency: 2
    requires: {identity: 0.3, orders: 1, case: 0.5}
    served_at:
      web: {service_time: {distribution: constant, mean: 3 min}, resolves: 0.7}
      hotline: {service_time: {distribution: constant, mean: 4 min}, fit: 0.8, resolves: 0.9, passes_on: 0.5}
  complaint:
    difficulty_spread: 1.2
    requires: {identity: 0.3, orders: 0.5, case: 1}
    served_at:
      hotline: {service_time: {distribution: lognormal, mean: 8 min, spread: 1}, resolves: 0.7, passes_on: 0.6}
      store: {service_time: {distribution: lognormal, mean: 9 min, spread: 0.6}, resolves: 0.8, passes_on: 0.2}
behaviour: {taste_spread: 0.8, choice_spread: 1, experience_weight: 0.8, failed_penalty: 0.7, research_at: web,
  research_time: 6 h, after_opening: 60 min, redials: 0.4, redial_after: 10 min, switches: 0.2, comes_back: 0.2,
  pause: 8 h, hand_over_median: 5 h,
  hand_over_spread: 1, max_contacts: 8, regular_from: 1}
frustrations: {not_recognised: {severity: 6}, repeated_data: {severity: 5}, asked_for_order_number: {severity: 4},
  repeated_story: {severity: 9}, product_unknown: {severity: 8}, price_not_honoured: {severity: 9},
  waited_too_long: {severity: 8},
  passed_on: {severity: 7}}
experience: {base: 80, repeat_decay: 0.7, unresolved: 6, delay: 2, start_expectation: 72, learning: 0.25,
  market_drift_per_year: 2,
  satisfaction_base: 75, expectation_weight: 0, gain: 0.4, shortfall: 1.3}
loyalty: {gain: 0.2, loss: 0.5, half_life: 10 weeks, leaving_sensitivity: 1, repurchase_sensitivity: 0.6,
  leaving_after_several_contacts: 2, leaving_after_given_up: 5, memory: 3 weeks}
levers:
  joined_up:
    changes:
      - {path: visibility.identity.*.*, to: 1}
      - {path: visibility.orders.*.*, to: 1}
      - {path: visibility.case.*.*, to: 1}
      - {path: visibility.assortment.*.*, to: 1}
      - {path: visibility.price.*.*, to: 1}
      - {path: touchpoints.*.identifies, to: 0.95}
    one_off: 5000 EUR
    running: 100 EUR per month
    ramp: 3 weeks
  training:
    changes:
      - {path: needs.question.served_at.hotline.resolves, to: 0.9}
      - {path: needs.question.served_at.hotline.service_time.mean, factor: 0.8}
      - {path: frustrations.*.severity, factor: 0.7}
    running: 50 EUR per month
    lead_time: 1 week
    ramp: 2 weeks
strategies:
  today: {}
  trained: {levers: {training: {coverage: 0.8, start: -1 weeks}}}
  joined: {levers: {joined_up: {coverage: 0.9, start: -2 weeks}, training: {coverage: 1}}}
"""
"""The everyday mechanisms happen here often, in a tenth of a second; `companies` draws all of them."""

STRATEGIES = ("today", "trained", "joined")


def company(changes: dict[str, Any] | None = None) -> Scenario:
    return scenario(COMPANY).change(changes or {})


def queue(
    agents: int,
    service_min: float,
    patience_min: float | None,
    calls_per_week: float,
    customers: int,
    weeks: tuple[int, int],
) -> Scenario:
    """One hotline that never closes, and customers who rarely call, once per need.

    Parameters
    ----------
    weeks : tuple of int
        Warm-up, and measured.
    """
    segment: dict[str, Any] = {
        "customers": customers,
        "needs_per_year": {"question": f"{52 * calls_per_week / customers:.12g} per year"},
    }
    if patience_min is not None:
        segment["patience"] = f"{patience_min:.12g} min"
    service = {"service_time": {"distribution": "exponential", "mean": f"{service_min:.12g} min"}, "resolves": 1}
    return scenario(
        {
            "name": "Queue",
            "run": {"warm_up": f"{weeks[0]} weeks", "measured": f"{weeks[1]} weeks"},
            "segments": {"callers": segment},
            "touchpoints": {"hotline": {"kind": "staffed", "agents": agents}},
            "needs": {"question": {"served_at": {"hotline": service}}},
            "strategies": {"today": {}},
        }
    )


_HOURS = (
    "always",
    "Mon-Fri 9:00-17:00",
    "Mon-Sun 9:00-9:30, 15:00-15:15",
    "Mon 0:00-24:00, Wed 12:00-12:15",
    "Sun 0:00-24:00",
)
_MINUTES = ("0 min", "15 min", "30 min", "2 h", "1 day")


RANDOM = settings(derandomize=True, deadline=None, max_examples=40, phases=[Phase.generate])
"""One seed makes a company, so there is nothing to shrink and nothing to explain."""

_BLANK = scenario("""
name: Blank
run: {measured: 1 week}
segments: {private: {customers: 1}}
touchpoints: {web: {kind: self_service}}
needs: {question: {served_at: {web: {service_time: {distribution: constant, mean: 1 min}, resolves: 1}}}}
strategies: {today: {}}
""")


def parsed(text: str) -> Scenario:
    """The scenario of one of `companies`; three times as fast as through a file."""
    return _BLANK.change(json.loads(text))


@st.composite
def companies(draw: st.DrawFn) -> str:
    """Texts of random companies, full of ties: constant services, equal patience, everybody at the opening instant."""

    # One seed decides everything: choice by choice, Hypothesis would propose mostly small and repeated companies.
    random = draw(st.randoms(use_true_random=True))

    def any_of(*values: Any) -> Any:
        return random.choice(values)

    def share() -> float:
        return any_of(0.3, 0.7, 0, 1)

    touchpoints = ["web", "hotline", "store", "letter", "kiosk"][: any_of(5, 5, 4, 4, 3, 2, 1)]
    needs = ["question", "purchase", "complaint"][: any_of(3, 3, 2, 1)]
    segments = ["private", "business"][: any_of(2, 1)]
    ties = any_of(True, False)

    def touchpoint(name: str) -> dict[str, Any]:
        shares = {
            "identifies": share(),
            "carries": share(),
            "promotes": share(),
            "personal_service": any_of(0, 5),
            "system_delay": any_of("0 min", "5 min"),
            "closed": any_of(0, 0, 0, 0, 0.3, 1),
            "accompanied": share(),
            "steers": share(),
            "stays_open": any_of("0 min", "0 min", "30 min"),
        }
        if name == "web":
            return {"kind": "self_service", "open": any_of("always", *_HOURS), **shares}
        if name == "letter":
            answers = {"answer_time": any_of("15 min", "1 day"), "answer_spread": any_of(0, 1), "tracked": share()}
            said = {"softens": share(), "saves": share()}
            return {"kind": "deferred", "open": any_of("always", *_HOURS), **shares, **answers, **said}
        shares |= {"staffing": any_of(1, 1, 0.5, 2), "competes": share(), "goodwill": share()}
        shares |= {"softens": share(), "saves": share()}
        agents = any_of(
            1, 2, 0, {"Mon-Fri 0:00-9:15": 2, "Mon-Fri 9:15-12:00": 1, "Mon-Fri 13:00-17:00": 3, "Wed 12:00-13:00": 1}
        )
        return {"kind": "staffed", "open": any_of(*_HOURS), "agents": agents, **shares}

    def service(name: str) -> dict[str, Any]:
        distribution = "constant" if ties else any_of("constant", "exponential", "lognormal")
        time = {"distribution": distribution, "mean": any_of("15 min", "30 min", "7 min")}
        if distribution == "lognormal":
            time["spread"] = any_of(0, 1)
        return {
            "service_time": time,
            "resolves": share(),
            "fit": any_of(-1, 0, 1),
            "offered": any_of(1, 1, 1, 0.5, 0),
            "promises": share(),
            "promise_after": any_of("0 min", "1 h", "1 day"),
            "passes_on": 0 if name == "web" else share(),
        }

    def need(name: str) -> dict[str, Any]:
        most = len(touchpoints)
        served_at = random.sample(touchpoints, any_of(most, most, random.randint(1, most)))
        follow_up = {"need": any_of(*needs), "share": any_of(0.3, 0), "delay": any_of(*_MINUTES)}
        return {
            "buys": name == "purchase",
            "value": "50 EUR",
            "value_spread": any_of(0, 0.5),
            "margin": 0.3,
            "advice_varies": share(),
            "stakes": any_of(1, 2),
            "complaint": name == "complaint",
            "difficulty_spread": any_of(0, 1),
            "urgency": any_of(1, 2),
            "served_at": {place: service(place) for place in touchpoints if place in served_at},
            "requires": {fact: any_of(0, 1) for fact in FACTS if any_of(True, True, False)},
            "follow_ups": [follow_up | {"after": any_of("resolved", "given_up", "dissatisfied")}],
        }

    def segment() -> dict[str, Any]:
        return {
            "customers": any_of(20, 5, 1),
            "needs_per_year": {
                name: f"{any_of(100, 300, 0 if name != 'question' else 20, 1000)} per year" for name in needs
            },
            "rate_shape": any_of(0.5, 1e6),
            "prospects": any_of(0, 0, 10),
            "messages_tolerated": any_of(1e9, 2),
            "answer_tolerated": any_of("1000 years", "1 day"),
            "research_first": {name: any_of(0, 0.7, 0.7) for name in needs},
            "showroom_first": {name: any_of(0, 0.3) for name in needs},
            "bought_before": {name: share() for name in touchpoints},
            "patience": any_of("15 min", "30 min", "1 min"),
            "patience_shape": 1e9 if ties else any_of(0.8, 1),
            "wait_tolerated": any_of("0 min", "15 min", "1000 years"),
            "tolerance": any_of(20, 1e9),
            "opening_delay_cost": any_of(0, 0.5),
            "leaving_per_year": any_of("0 per year", "10 per year"),
        }

    wanted = {name: need(name) for name in needs}
    if "purchase" in wanted:
        after_purchase = wanted[wanted["purchase"]["follow_ups"][0]["need"]]
        if "promise" in after_purchase["requires"]:
            after_purchase["promised_at_purchase"] = any_of(True, False)
    redials, switches, comes_back = any_of((0.4, 0.3, 0.2), (1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 0, 0))
    visibility = {
        fact: {origin: {target: share() for target in touchpoints} for origin in touchpoints} for fact in FACTS
    }
    lever = {
        "changes": [
            {"path": f"visibility.{any_of(*FACTS)}.*.*", "to": 1},
            {"path": "frustrations.waited_too_long.severity", "factor": 0.5},
            {"path": f"touchpoints.{any_of(*touchpoints)}.{any_of('staffing', 'system_delay')}", "factor": 0.5},
            {"path": f"touchpoints.{any_of(*touchpoints)}.closed", "to": any_of(0, 1)},
            {"path": "marketing.messages", "factor": any_of(0, 1, 2)},
            {"path": "touchpoints.*.steers", "closes": any_of(0.5, 1)},
        ],
        "lead_time": any_of("0 weeks", "1 week"),
        "ramp": any_of("0 weeks", "2 weeks"),
    }
    shock = 0 if ties else 1
    return json.dumps(
        {
            "name": "Random",
            "run": {"warm_up": any_of("0 weeks", "1 week"), "measured": any_of("1 week", "2 weeks")},
            "segments": {name: segment() for name in segments},
            "touchpoints": {name: touchpoint(name) for name in touchpoints},
            "facts": {fact: {"handling": any_of("0 min", "15 min")} for fact in FACTS},
            "visibility": visibility,
            "needs": wanted,
            "behaviour": {
                "taste_spread": shock,
                "choice_spread": shock,
                "experience_weight": any_of(0, 1),
                "failed_penalty": any_of(0, 1),
                "research_at": "web",
                "showroom_at": any_of("web", "hotline") if len(touchpoints) > 1 else "web",
                "self_service_difficulty": any_of(0, 1),
                "system_delay_tolerated": "5 min",
                "refusal_time": any_of("0 min", "5 min"),
                "steering_time": any_of("0 min", "5 min"),
                "unhelpful": any_of(0, 1),
                "unaccustomed": any_of(0, 1),
                "accustomed_after": any_of(1, 3),
                "goodwill_cost": "10 EUR",
                "research_time": any_of(*_MINUTES),
                "after_opening": "0 min" if ties else any_of("0 min", "30 min"),
                "redials": redials,
                "redial_after": any_of("5 min", "1 h"),
                "switches": switches,
                "comes_back": comes_back,
                "pause": any_of(*_MINUTES),
                "hand_over_median": any_of(*_MINUTES),
                "hand_over_spread": 0 if ties else any_of(0, 1),
                "max_contacts": any_of(1, 4, 10),
            },
            "frustrations": {kind: {"severity": any_of(0, 10)} for kind in FRUSTRATIONS},
            "experience": {
                "unresolved": any_of(0, 10),
                "delay": any_of(0, 5),
                "learning": 0.3,
                "recovery": any_of(0, 20),
                "market_drift_per_year": any_of(0, 50),
            },
            "loyalty": {
                "gain": 0.2,
                "loss": 0.5,
                "half_life": any_of("1 week", "1000 years"),
                "leaving_sensitivity": any_of(0, 2),
                "repurchase_sensitivity": any_of(0, 1),
                "leaving_after_several_contacts": any_of(1, 3),
                "leaving_after_given_up": any_of(1, 5),
                "memory": any_of("0 weeks", "1 week"),
            },
            "marketing": {
                "at": any_of(*touchpoints),
                "messages": any_of("0 per year", "500 per year", "500 per year"),
                "advertises_for": any_of("0 min", "4 weeks", "4 weeks"),
                "wrong_offer": share(),
                "moves": any_of("0 per year", "20 per year"),
                "cap": any_of(1e9, 5),
                "frequency_care": any_of(0, 0.5),
                "address_care": any_of(0, 0.5),
                "ignores_opt_out": share(),
                "opts_out": any_of(0, 0.1),
                "pleases": any_of(0, 1),
                "annoys": any_of(0, 0.5),
                "response": any_of(0, 0.1),
                "brings": any_of(*needs),
            },
            "sharing": {
                "start": share(),
                "gives_above": any_of(60, 100),
                "withdraws_below": any_of(0, 40),
                "spread": any_of(0, 10),
                "identifies": share(),
            },
            "word_of_mouth": {
                "tells_good": any_of(0, 3),
                "tells_bad": any_of(0, 9),
                "joins": any_of("0 per year", "20 per year"),
                "persuades": 0.3,
                "deters": 0.5,
            },
            "levers": {"better": lever},
            "strategies": {"today": {}, "better": {"levers": {"better": {"coverage": any_of(0, 0.5, 1)}}}},
        }
    )


# What can happen to customers at all: causes of frustration, outcomes, messages, people who come and go.
_FACTS_MISSED = {
    "identity": ("not_recognised", "repeated_data"),
    "orders": ("asked_for_order_number", "repeated_data", "sees_less_than_web", "offered_what_was_bought"),
    "case": ("repeated_story",),
    "assortment": ("product_unknown",),
    "price": ("price_not_honoured",),
    "profile": ("wrong_offer",),
    "knowledge": ("conflicting_advice",),
    "promise": ("promise_not_kept",),
}
_OTHER_CAUSES = {
    "waited_too_long": ("waiting", "gave_up_waiting", "closing"),
    "passed_on": ("competence",),
    "system_slow": ("system",),
    "request_unanswered": ("no_answer", "stock_reply"),
    "service_not_offered": ("not_offered",),
    "touchpoint_taken_away": ("closed",),
    "other_talked_down": ("targets",),
    "too_many_messages": ("frequency", "stale_address", "no_consent"),
}
EVERYTHING = (
    {(kind, fact) for fact, kinds in _FACTS_MISSED.items() for kind in kinds}
    | {(kind, cause) for kind, causes in _OTHER_CAUSES.items() for cause in causes}
    | {("contact", outcome) for outcome in ("resolved", "unresolved", "passed_on", "abandoned", "turned_away")}
    | {("journey", outcome) for outcome in ("resolved", "given_up", "unfinished")}
    | {("message", outcome) for outcome in ("suits", "unwelcome", "brings a need")}
    | {("customer", what) for what in ("joins", "leaves", "stops sharing data", "is lost as a sale", "is recovered")}
    | {("look around", place) for place in ("web", "hotline")}
)


def happenings(tables: dict[str, pd.DataFrame]) -> set[tuple[str, str]]:
    """Which entries of `EVERYTHING` happen in the tables of one replication."""
    contacts, journeys, messages = tables["contacts"], tables["journeys"], tables["messages"]
    customers, events = tables["customers"], tables["frustrations"]
    found = set(events[["type", "cause"]].astype(str).drop_duplicates().itertuples(index=False, name=None))
    found |= {("contact", outcome) for outcome in contacts["outcome"].unique() if outcome != "unfinished"}
    found |= {("journey", outcome) for outcome in journeys["outcome"].unique()}
    found |= {("message", outcome) for outcome in messages["outcome"].unique()}
    found |= {("look around", place) for place in contacts["touchpoint"][contacts["purpose"] == "research"].unique()}
    for kind, what, happens in (
        ("message", "brings a need", messages["brings"].any()),
        ("customer", "joins", (customers["joined_min"] > 0.0).any()),
        ("customer", "leaves", customers["left_min"].notna().any()),
        ("customer", "stops sharing data", (~customers["shares"]).any() and customers["shares"].any()),
        ("customer", "is lost as a sale", (journeys["lost_eur"] > 0.0).any()),
        ("customer", "is recovered", (journeys["goodwill_eur"] > 0.0).any()),
    ):
        if happens:
            found.add((kind, what))
    return found
