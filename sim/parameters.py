"""The flat form that rules and engines read: numbers at fixed positions, no names, no files.

Positions follow the order of the file. Names survive only as keys of luck, so that a position never matters.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from sim.layout import record
from sim.luck import name_key
from sim.rules.choice import AFTER_DISSATISFACTION, AFTER_GIVEN_UP, AFTER_RESOLVED
from sim.rules.experience import felt
from sim.rules.service import CONSTANT, EXPONENTIAL, LOGNORMAL, logit
from sim.scenario import MINUTES_PER_YEAR, Document, Fact, FollowUp, FrustrationType, Need, Segment, Service
from sim.strategy import Schedule

__all__ = ["FACTS", "FRUSTRATION_TYPES", "Names", "Parameters", "Timeline", "names", "timeline"]

FACTS = tuple(Fact)
FRUSTRATION_TYPES = tuple(FrustrationType)
_AFTER = {"resolved": AFTER_RESOLVED, "given_up": AFTER_GIVEN_UP, "dissatisfied": AFTER_DISSATISFACTION}
_DISTRIBUTIONS = {"constant": CONSTANT, "exponential": EXPONENTIAL, "lognormal": LOGNORMAL}


def _typed(dtype: str) -> Any:
    """A field with a NumPy type of its own in the record that the compiled engine reads."""
    return field(metadata={"dtype": dtype})


Row = tuple[float, ...]
Matrix = tuple[Row, ...]
Cube = tuple[Matrix, ...]
Flags = tuple[tuple[int, ...], ...]
Roster = tuple[tuple[float, int, bool], ...]


@dataclass(frozen=True)
class Names:
    """Names behind the positions."""

    segments: tuple[str, ...]
    touchpoints: tuple[str, ...]
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """All numbers of a scenario at one time.

    Shapes in brackets: s segments, j touchpoints, k needs, f facts, e frustration types. Times are in minutes.
    """

    touchpoints: int
    warm_up_min: float  # measures start then
    # keys of luck
    touchpoint_key: tuple[int, ...] = _typed("u8")  # [j]
    need_key: tuple[int, ...] = _typed("u8")  # [k]
    fact_key: tuple[int, ...] = _typed("u8")  # [f]
    # segments
    patience_min: Row  # [s]
    patience_shape: Row  # [s]
    wait_tolerated_min: Row  # [s]
    opening_delay_cost: Row  # [s]
    loyalty_level: Row  # [s]
    leaving_per_min: Row  # [s]
    research_share: Matrix  # [s][k]
    showroom_share: Matrix  # [s][k]
    answer_tolerated_min: Row  # [s]
    messages_tolerated: Row  # [s], a month
    attraction: Cube  # [s][k][j]
    # touchpoints
    staffed: tuple[int, ...]  # [j]
    slots_until_open: Flags = _typed("i2")  # [j][672]
    identifies: Row  # [j]
    carries: Row  # [j]
    promotes: Row  # [j]
    personal_service: Row  # [j]
    untroubled: Row  # [j], experience of a service contact in which nothing is lost
    deferred: tuple[int, ...]  # [j]
    self_service: tuple[int, ...]  # [j]
    system_delay_min: Row  # [j]
    answer_median_min: Row  # [j]
    answer_spread: Row  # [j]
    tracked: Row  # [j]
    deadline_min: Row  # [j]
    closed: Row  # [j]
    accompanied: Row  # [j]
    steers: Row  # [j]
    competes: Row  # [j]
    goodwill: Row  # [j]
    sting: Matrix  # [j][e], factor on the severity of an event that happens there
    saves: Row  # [j]
    # facts
    coverage: Cube  # [f][i][j]
    handling_min: Row  # [f]
    # needs
    offers: Flags  # [k][j]
    buys: tuple[int, ...]  # [k]
    value_eur: Row  # [k]
    value_spread: Row  # [k]
    margin: Row  # [k]
    urgency: Row  # [k]
    difficulty_spread: Row  # [k]
    requires: Flags  # [k][f]
    facts: tuple[int, ...]  # [k], how many it requires
    fact: Flags  # [k][r], which, r from 0 up to facts[k]
    weight: Matrix  # [k][f]
    distribution: Flags  # [k][j], a code of sim.rules.service
    service_min: Matrix  # [k][j]
    service_spread: Matrix  # [k][j]
    resolves_logit: Matrix  # [k][j]
    passes_on: Matrix  # [k][j]
    transfers_logit: Matrix  # [k][j]
    offered: Matrix  # [k][j]
    promises: Matrix  # [k][j]
    promise_at: Flags  # [k][j], a touchpoint
    promise_after_min: Matrix  # [k][j]
    advice_varies: Row  # [k]
    stakes: Row  # [k]
    complaint: tuple[int, ...]  # [k]
    promised_at_purchase: tuple[int, ...]  # [k]
    # follow-up needs of a need, in the order of the file; r from 0 up to follow_ups[k]
    follow_ups: tuple[int, ...]  # [k]
    follow_need: Flags  # [k][r]
    follow_after: Flags  # [k][r], a code of sim.rules.choice
    follow_share: Matrix  # [k][r]
    follow_per_hand_over: Matrix  # [k][r]
    follow_delay_min: Matrix  # [k][r]
    follow_resolved_at: Flags  # [k][r], bit j: also when resolved at touchpoint j
    follow_key: Flags = _typed("u8")  # [k][r]
    # behaviour
    taste_spread: float
    choice_spread: float
    experience_weight: float
    failed_penalty: float
    research_at: int
    showroom_at: int
    research_min: float
    self_service_difficulty: float
    system_delay_tolerated_min: float
    refusal_min: float
    steering_min: float
    unhelpful: float
    unaccustomed: float
    accustomed_after: int
    goodwill_eur: float
    after_opening_min: float
    redials: float
    redial_after_min: float
    switches: float
    comes_back: float
    pause_min: float
    hand_over_mean_min: float
    hand_over_spread: float
    specialist: float
    transfer_min: float
    max_contacts: int
    regular_from: int
    # frustration and experience
    severity: Row  # [e]
    base: float
    repeat_decay: float
    unresolved: float
    delay: float
    learning: float
    market_drift_per_year: float
    satisfaction_base: float
    expectation_weight: float
    gain: float
    shortfall: float
    dissatisfied_below: float
    recovery: float
    # loyalty
    loyalty_gain: float
    loyalty_loss: float
    half_life_min: float
    leaving_sensitivity: float
    repurchase_sensitivity: float
    several_touchpoints_log_rate: float
    several_touchpoints_value: float
    several_touchpoints_min: float
    leaving_after_several_contacts: float
    leaving_after_given_up: float
    leaving_after_complaint: float
    memory_min: float
    # marketing, data sharing, word of mouth
    marketing_at: int
    messages_per_min: float
    advertises_min: float
    wrong_offer: float
    moves_per_min: float
    message_cap: float
    frequency_care: float
    address_care: float
    ignores_opt_out: float
    opts_out: float
    pleases: float
    annoys: float
    response: float
    brings: int
    shares_at_start: float
    gives_above: float
    withdraws_below: float
    sharing_spread: float
    sharing_identifies: float
    tells_good: float
    tells_bad: float
    joins_per_min: float
    persuades: float
    deters: float
    persuasion_at_most: float


@dataclass(frozen=True)
class Timeline:
    """Parameters over the weeks of a run, and what never changes in it.

    Parameters
    ----------
    states : tuple of Parameters
    state_of_week : tuple of int
    warm_up_min, end_min : float
        Measures start at `warm_up_min`; the run ends at `end_min`.
    rosters : tuple, one per state, of tuples, one per touchpoint
        ``(minute of week, agents, is open)`` where something changes; empty without staff.
    start_expectation : float
        Points 0 to 100.
    """

    names: Names
    states: tuple[Parameters, ...]
    state_of_week: tuple[int, ...]
    warm_up_min: float
    end_min: float
    rosters: tuple[tuple[Roster, ...], ...]
    start_expectation: float

    @cached_property
    def records(self) -> np.ndarray[Any, np.dtype[Any]]:
        """The states as one record array."""
        return np.concatenate([record(state) for state in self.states])


def names(document: Document) -> Names:
    """Names in the order of their positions."""
    return Names(tuple(document.segments), tuple(document.touchpoints), tuple(document.needs))


def timeline(plan: Schedule) -> Timeline:
    """Flatten a schedule.

    Parameters
    ----------
    plan : Schedule

    Returns
    -------
    Timeline
    """
    first = plan.documents[0]
    warm_up = float(first.run.warm_up)
    return Timeline(
        names=names(first),
        states=tuple(_flat(document) for document in plan.documents),
        state_of_week=plan.state_of_week,
        warm_up_min=warm_up,
        end_min=warm_up + float(first.run.measured),
        rosters=tuple(
            tuple(touchpoint.shifts for touchpoint in document.touchpoints.values()) for document in plan.documents
        ),
        start_expectation=float(first.experience.start_expectation),
    )


def _flat(document: Document) -> Parameters:
    segments, touchpoints = document.segments.values(), document.touchpoints
    needs, behaviour = document.needs.values(), document.behaviour
    experience, loyalty = document.experience, document.loyalty
    marketing, sharing, words = document.marketing, document.sharing, document.word_of_mouth
    position = {name: index for index, name in enumerate(touchpoints)}

    def by_touchpoint(attribute: str) -> Row:
        return tuple(float(getattr(touchpoint, attribute)) for touchpoint in touchpoints.values())

    def at(name: str | None) -> int:
        return -1 if name is None else position[name]

    def of_kind(kind: str) -> tuple[int, ...]:
        return tuple(int(touchpoint.kind == kind) for touchpoint in touchpoints.values())

    def by_segment(attribute: str) -> Row:
        return tuple(float(getattr(segment, attribute)) for segment in segments)

    def by_need(attribute: str) -> Row:
        return tuple(float(getattr(need, attribute)) for need in needs)

    def by_taste(segment: Segment) -> Row:
        return tuple(float(segment.taste.get(name, 0.0)) for name in position)

    def by_service(value: Callable[[Service], Any]) -> tuple[tuple[Any, ...], ...]:
        return tuple(
            tuple(value(need.served_at[name]) if name in need.served_at else 0 for name in position) for need in needs
        )

    most = max(1, *(len(need.follow_ups) for need in needs))

    def by_follow_up(value: Callable[[FollowUp], Any]) -> tuple[tuple[Any, ...], ...]:
        return tuple(_padded([value(rule) for rule in need.follow_ups], most) for need in needs)

    return Parameters(
        touchpoints=len(touchpoints),
        warm_up_min=float(document.run.warm_up),
        touchpoint_key=tuple(map(name_key, touchpoints)),
        need_key=tuple(map(name_key, document.needs)),
        fact_key=tuple(map(name_key, FACTS)),
        patience_min=by_segment("patience"),
        patience_shape=by_segment("patience_shape"),
        wait_tolerated_min=by_segment("wait_tolerated"),
        opening_delay_cost=by_segment("opening_delay_cost"),
        loyalty_level=by_segment("loyalty_level"),
        leaving_per_min=tuple(float(segment.leaving_per_year) / MINUTES_PER_YEAR for segment in segments),
        research_share=tuple(
            tuple(float(segment.research_first.get(name, 0.0)) for name in document.needs) for segment in segments
        ),
        showroom_share=tuple(
            tuple(float(segment.showroom_first.get(name, 0.0)) for name in document.needs) for segment in segments
        ),
        answer_tolerated_min=by_segment("answer_tolerated"),
        messages_tolerated=by_segment("messages_tolerated"),
        attraction=tuple(
            tuple(
                tuple(taste + fit for taste, fit in zip(by_taste(segment), fits, strict=True))
                for fits in by_service(lambda service: float(service.fit))
            )
            for segment in segments
        ),
        staffed=of_kind("staffed"),
        deferred=of_kind("deferred"),
        self_service=of_kind("self_service"),
        system_delay_min=by_touchpoint("system_delay"),
        answer_median_min=by_touchpoint("answer_time"),
        answer_spread=by_touchpoint("answer_spread"),
        tracked=by_touchpoint("tracked"),
        deadline_min=by_touchpoint("deadline"),
        closed=by_touchpoint("closed"),
        accompanied=by_touchpoint("accompanied"),
        steers=by_touchpoint("steers"),
        competes=by_touchpoint("competes"),
        goodwill=by_touchpoint("goodwill"),
        sting=tuple(touchpoint.sting for touchpoint in touchpoints.values()),
        saves=by_touchpoint("saved"),
        slots_until_open=tuple(touchpoint.hours.slots_until_open for touchpoint in touchpoints.values()),
        identifies=by_touchpoint("identifies"),
        carries=by_touchpoint("carries"),
        promotes=by_touchpoint("promotes"),
        personal_service=by_touchpoint("personal_service"),
        untroubled=tuple(felt(float(experience.base), 0.0, extra) for extra in by_touchpoint("personal_service")),
        coverage=tuple(
            tuple(tuple(float(document.visibility[fact][i][j]) for j in position) for i in position) for fact in FACTS
        ),
        handling_min=tuple(float(document.facts[fact].handling) if fact in document.facts else 0.0 for fact in FACTS),
        offers=tuple(tuple(int(name in need.served_at) for name in position) for need in needs),
        buys=tuple(int(need.buys) for need in needs),
        value_eur=by_need("value"),
        value_spread=by_need("value_spread"),
        margin=by_need("margin"),
        urgency=by_need("urgency"),
        difficulty_spread=by_need("difficulty_spread"),
        requires=tuple(tuple(int(fact in need.requires) for fact in FACTS) for need in needs),
        facts=tuple(len(need.requires) for need in needs),
        fact=tuple(_padded([f for f, fact in enumerate(FACTS) if fact in need.requires], len(FACTS)) for need in needs),
        weight=tuple(tuple(float(need.requires.get(fact, 0.0)) for fact in FACTS) for need in needs),
        distribution=by_service(lambda service: _DISTRIBUTIONS[service.service_time.distribution]),
        service_min=by_service(lambda service: float(service.service_time.mean)),
        service_spread=by_service(lambda service: float(service.service_time.spread)),
        resolves_logit=by_service(lambda service: logit(float(service.resolves))),
        passes_on=by_service(lambda service: float(service.passes_on)),
        transfers_logit=by_service(lambda service: logit(float(service.transfers))),
        offered=by_service(lambda service: float(service.offered)),
        promises=by_service(lambda service: float(service.promises)),
        promise_at=by_service(lambda service: at(service.promise_at)),
        promise_after_min=by_service(lambda service: float(service.promise_after)),
        advice_varies=by_need("advice_varies"),
        stakes=by_need("stakes"),
        complaint=tuple(int(need.complaint) for need in needs),
        promised_at_purchase=tuple(int(need.promised_at_purchase) for need in needs),
        follow_ups=tuple(len(need.follow_ups) for need in needs),
        follow_need=by_follow_up(lambda rule: list(document.needs).index(rule.need)),
        follow_after=by_follow_up(lambda rule: _AFTER[rule.after]),
        follow_share=by_follow_up(lambda rule: float(rule.share)),
        follow_per_hand_over=by_follow_up(lambda rule: float(rule.per_hand_over)),
        follow_delay_min=by_follow_up(lambda rule: float(rule.delay)),
        follow_resolved_at=by_follow_up(lambda rule: sum(1 << position[name] for name in rule.resolved_at or position)),
        follow_key=tuple(_padded(_follow_keys(need), most) for need in needs),
        taste_spread=float(behaviour.taste_spread),
        choice_spread=float(behaviour.choice_spread),
        experience_weight=float(behaviour.experience_weight),
        failed_penalty=float(behaviour.failed_penalty),
        research_at=at(behaviour.research_at),
        showroom_at=at(behaviour.showroom_at),
        research_min=float(behaviour.research_time),
        self_service_difficulty=float(behaviour.self_service_difficulty),
        system_delay_tolerated_min=float(behaviour.system_delay_tolerated),
        refusal_min=float(behaviour.refusal_time),
        steering_min=float(behaviour.steering_time),
        unhelpful=float(behaviour.unhelpful),
        unaccustomed=float(behaviour.unaccustomed),
        accustomed_after=int(float(behaviour.accustomed_after)),
        goodwill_eur=float(behaviour.goodwill_cost),
        after_opening_min=float(behaviour.after_opening),
        redials=float(behaviour.redials),
        redial_after_min=float(behaviour.redial_after),
        switches=float(behaviour.switches),
        comes_back=float(behaviour.comes_back),
        pause_min=float(behaviour.pause),
        hand_over_mean_min=_mean_of_lognormal(float(behaviour.hand_over_median), float(behaviour.hand_over_spread)),
        hand_over_spread=float(behaviour.hand_over_spread),
        specialist=float(behaviour.specialist),
        transfer_min=float(behaviour.transfer_time),
        max_contacts=int(float(behaviour.max_contacts)),
        regular_from=int(float(behaviour.regular_from)),
        severity=tuple(
            float(document.frustrations[kind].severity) if kind in document.frustrations else 0.0
            for kind in FRUSTRATION_TYPES
        ),
        base=float(experience.base),
        repeat_decay=float(experience.repeat_decay),
        unresolved=float(experience.unresolved),
        delay=float(experience.delay),
        learning=float(experience.learning),
        market_drift_per_year=float(experience.market_drift_per_year),
        satisfaction_base=float(experience.satisfaction_base),
        expectation_weight=float(experience.expectation_weight),
        gain=float(experience.gain),
        shortfall=float(experience.shortfall),
        dissatisfied_below=float(experience.dissatisfied_below),
        recovery=float(experience.recovery),
        loyalty_gain=float(loyalty.gain),
        loyalty_loss=float(loyalty.loss),
        half_life_min=float(loyalty.half_life),
        leaving_sensitivity=float(loyalty.leaving_sensitivity),
        repurchase_sensitivity=float(loyalty.repurchase_sensitivity),
        several_touchpoints_log_rate=math.log1p(float(loyalty.several_touchpoints_rate)),
        several_touchpoints_value=float(loyalty.several_touchpoints_value),
        several_touchpoints_min=float(loyalty.several_touchpoints_for),
        leaving_after_several_contacts=float(loyalty.leaving_after_several_contacts),
        leaving_after_given_up=float(loyalty.leaving_after_given_up),
        leaving_after_complaint=float(loyalty.leaving_after_complaint),
        memory_min=float(loyalty.memory),
        marketing_at=at(marketing.at),
        messages_per_min=float(marketing.messages) / MINUTES_PER_YEAR,
        advertises_min=float(marketing.advertises_for),
        wrong_offer=float(marketing.wrong_offer),
        moves_per_min=float(marketing.moves) / MINUTES_PER_YEAR,
        message_cap=float(marketing.cap),
        frequency_care=float(marketing.frequency_care),
        address_care=float(marketing.address_care),
        ignores_opt_out=float(marketing.ignores_opt_out),
        opts_out=float(marketing.opts_out),
        pleases=float(marketing.pleases),
        annoys=float(marketing.annoys),
        response=float(marketing.response),
        brings=-1 if marketing.brings is None else list(document.needs).index(marketing.brings),
        shares_at_start=float(sharing.start),
        gives_above=float(sharing.gives_above),
        withdraws_below=float(sharing.withdraws_below),
        sharing_spread=float(sharing.spread),
        sharing_identifies=float(sharing.identifies),
        tells_good=float(words.tells_good),
        tells_bad=float(words.tells_bad),
        joins_per_min=float(words.joins) / MINUTES_PER_YEAR,
        persuades=float(words.persuades),
        deters=float(words.deters),
        persuasion_at_most=float(words.at_most),
    )


def _follow_keys(need: Need) -> list[int]:
    """Keys of follow-up rules: the need they cause, and how many rules for the same one stand before."""
    caused = [rule.need for rule in need.follow_ups]
    return [name_key(f"{name}/{caused[:index].count(name)}") for index, name in enumerate(caused)]


def _padded(values: list[Any], length: int) -> tuple[Any, ...]:
    return (*values, *[0] * (length - len(values)))


def _mean_of_lognormal(median: float, spread: float) -> float:
    return median * math.exp(0.5 * spread * spread)
