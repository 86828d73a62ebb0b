"""The patterns, their measures and bands: what real data show, and how it is looked for in a run.

A band is a judgement: the value in the data, widened for another firm and country. It was declared before the first
measurement. Cases are calibrated to the patterns that speak of them (see `sim.patterns.reach`); bands stay.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sim.patterns import calls, measures
from sim.patterns.observed import Observed
from sim.scenario import PatternId

__all__ = ["CATALOGUE", "Measure"]


@dataclass(frozen=True)
class Measure:
    """One number that a pattern is recognised by.

    Parameters
    ----------
    id : PatternId
        A pattern can have several measures.
    pattern : str
        What the data show.
    measure : str
        What is computed from a run.
    unit : str
    band_low, band_high : float
        Where the number should lie; infinite where the pattern sets no bound, NaN if it is not measured.
    evidence : str
        Source of the band.
    formula : callable, optional
        From the `Observed` tables of one replication to the number; None if the model does not hold what it takes.
    reason : str
        What a run lacks when there is no number.
    """

    id: PatternId
    pattern: str
    measure: str
    unit: str
    band_low: float
    band_high: float
    evidence: str
    formula: Callable[[Observed], float] | None
    reason: str


# --- the rows: texts first ---

_LOGNORMAL = "service times are lognormal"
_LINEAR = "abandonment rises linearly with the mean wait"
_PATIENCE = "patience depends on the type of customer"
_REDIAL = "who gives up in line calls again"
_ERLANG = "agreement with Erlang-A"
_RESOLUTION = "one channel alone seems to settle more at first contact than all together"
_FALLING = "satisfaction falls with every further contact"
_LADDER = "the worse a case went, the more leave"
_OBSTACLES = "obstacles are common where touchpoints are not joined up"
_ASYMMETRY = "falling short weighs more than exceeding"
_BEHAVIOUR = "feeling reacts far more than behaviour"
_COMPOUND = "hand-overs compound"
_COMPLAINTS = "who complains leaves far more often"
_SEVERAL = "buyers on several channels are worth more, partly by selection"
_HEAVY = "some buyers buy often, many once"

_BANK = "call log of an Israeli bank, January and February 1999"
_BROWN = "Brown, Gans, Mandelbaum, Sakov, Shen, Zeltyn & Zhao 2005, JASA 100(469):36-50"
_SQM = "SQM Group, North American call centres, vendor survey"
_DIXON = "Dixon, Freeman & Toman 2010, Harvard Business Review July-August, survey"
_OLIST = "Olist marketplace, Brazil 2016-2018, published aggregates"
_TICKETS = "incident log of an IT service desk, UCI Machine Learning Repository no. 498"
_HBR = "Sopadjieva, Dholakia & Benjamin, Harvard Business Review, 3 January 2017, survey"
_CDNOW = "CDNOW, first-time buyers of early 1997 (Fader & Hardie)"
_FEW = f"fewer than {calls.LEAST}"

CATALOGUE = (
    Measure(
        PatternId.P01,
        _LOGNORMAL,
        "mean of ln(service seconds), from 10 s on",
        "ln s",
        4.6,
        5.0,
        f"4.83 and 4.78: {_BANK}",
        partial(measures.service_time, which="ln_mean"),
        f"{_FEW} calls were served",
    ),
    Measure(
        PatternId.P01,
        _LOGNORMAL,
        "standard deviation of ln(service seconds)",
        "ln s",
        0.83,
        1.03,
        f"0.93 and 0.95: {_BANK}",
        partial(measures.service_time, which="ln_sd"),
        f"{_FEW} calls were served",
    ),
    Measure(
        PatternId.P01,
        _LOGNORMAL,
        "variability of service, (1 + C²) / 2",
        "factor",
        1.2,
        1.4,
        f"1.26: {_BROWN}",
        partial(measures.service_time, which="variability"),
        f"{_FEW} calls were served",
    ),
    Measure(
        PatternId.P02,
        _LINEAR,
        "R² of abandonment on mean wait, over hours of the week",
        "share",
        0.8,
        1.0,
        f"0.875 over 3,867 hours: {_BROWN}",
        measures.abandonment_r_squared,
        f"no three hours of the week with different waits, or {_FEW} calls in them",
    ),
    Measure(
        PatternId.P02,
        _LINEAR,
        "slope of that line times mean patience of the callers",
        "factor",
        0.8,
        1.2,
        f"slope 1 / mean patience: {_BROWN}",
        measures.abandonment_slope,
        f"no three hours of the week with different waits, or {_FEW} calls in them",
    ),
    Measure(
        PatternId.P03,
        _PATIENCE,
        "served per abandoned call that waited, most urgent need",
        "ratio",
        7.0,
        10.0,
        f"stock traders 8.71: {_BROWN}",
        partial(measures.patience_index, kind="urgent"),
        f"{_FEW} urgent calls were served after a wait, or abandoned",
    ),
    Measure(
        PatternId.P03,
        _PATIENCE,
        "the same, regular callers",
        "ratio",
        4.5,
        7.0,
        f"regular customers 5.34: {_BROWN}",
        partial(measures.patience_index, kind="regular"),
        f"{_FEW} regular calls were served after a wait, or abandoned",
    ),
    Measure(
        PatternId.P03,
        _PATIENCE,
        "the same, callers of the least patient segment",
        "ratio",
        1.3,
        2.0,
        f"prospects 1.61: {_BROWN}",
        partial(measures.patience_index, kind="prospects"),
        f"{_FEW} calls of prospects were served after a wait, or abandoned",
    ),
    Measure(
        PatternId.P04,
        _REDIAL,
        "calls again within 1 h after giving up",
        "share",
        0.30,
        0.55,
        f"46 and 48 % of identified callers: {_BANK}",
        measures.redial,
        f"{_FEW} calls were abandoned",
    ),
    Measure(
        PatternId.P04,
        _REDIAL,
        "the same relative to calls that were served",
        "ratio",
        2.5,
        math.inf,
        f"46 against 13 %, 48 against 14 %: {_BANK}",
        measures.redial_ratio,
        f"{_FEW} calls were abandoned, or none that was served is followed by another",
    ),
    Measure(
        PatternId.P05,
        _ERLANG,
        "abandonment and waiting of a line with exponential times",
        "",
        math.nan,
        math.nan,
        "exact: stationary distribution of M/M/c+M",
        None,
        "holds in degenerate scenarios only, which tests/test_queueing.py compares with exact tables",
    ),
    Measure(
        PatternId.P06,
        _RESOLUTION,
        "issues with an answered call that the first of these calls settled",
        "share",
        0.60,
        0.75,
        f"70 %: {_SQM}",
        measures.first_call_resolution,
        f"{_FEW} issues came to the hotline",
    ),
    Measure(
        PatternId.P06,
        _RESOLUTION,
        "the same, less those that took a contact elsewhere before",
        "share",
        0.08,
        0.15,
        f"70 against 59 %: {_SQM}",
        measures.resolution_gap,
        f"{_FEW} issues came to the hotline",
    ),
    Measure(
        PatternId.P07,
        _FALLING,
        "points lost per further contact, 1 to 4, resolved issues",
        "points",
        10.0,
        20.0,
        f"14 to 20 %: {_SQM}",
        measures.lost_per_contact,
        f"{_FEW} resolved issues took 1, 2, 3 or 4 contacts",
    ),
    Measure(
        PatternId.P07,
        _FALLING,
        "satisfaction after four contacts relative to one",
        "ratio",
        0.4,
        0.6,
        f"44 against 86 % satisfied: {_SQM}",
        measures.fourth_to_first,
        f"{_FEW} resolved issues took 1 or 4 contacts",
    ),
    Measure(
        PatternId.P08,
        _LADDER,
        "rate of leaving in 90 days after several contacts, relative to one",
        "ratio",
        1.5,
        2.5,
        f"intentions 9 against 5 %: {_SQM}",
        partial(measures.leaving_ratio, group="several_contacts"),
        f"{_FEW} issues of either kind ended, or nobody left",
    ),
    Measure(
        PatternId.P08,
        _LADDER,
        "rate of leaving in 90 days after an issue given up, relative to one contact",
        "ratio",
        4.0,
        6.0,
        f"intentions 25 against 5 %: {_SQM}",
        partial(measures.leaving_ratio, group="unresolved"),
        f"{_FEW} issues of either kind ended, or nobody left",
    ),
    Measure(
        PatternId.P09,
        _OBSTACLES,
        "issues with an answered call in which the story was told again",
        "share",
        0.50,
        0.65,
        f"56 %: {_DIXON}",
        partial(measures.obstacle, event="repeated_story"),
        f"{_FEW} issues came to the hotline",
    ),
    Measure(
        PatternId.P09,
        _OBSTACLES,
        "such issues that came from self-service to the hotline",
        "share",
        0.50,
        0.65,
        f"57 %: {_DIXON}",
        measures.switched,
        f"{_FEW} issues came to the hotline",
    ),
    Measure(
        PatternId.P09,
        _OBSTACLES,
        "such issues put through or handed on to somebody else",
        "share",
        0.50,
        0.65,
        f"59 %: {_DIXON}",
        partial(measures.obstacle, event="passed_on"),
        f"{_FEW} issues came to the hotline",
    ),
    Measure(
        PatternId.P09,
        _OBSTACLES,
        "such issues with more than one contact",
        "share",
        0.50,
        0.65,
        f"62 %: {_DIXON}",
        measures.repeated,
        f"{_FEW} issues came to the hotline",
    ),
    Measure(
        PatternId.P10,
        _ASYMMETRY,
        "slope of satisfaction below expectation relative to above",
        "ratio",
        2.0,
        6.0,
        f"direction: Anderson & Sullivan 1993, Marketing Science 12(2); size: {_OLIST}",
        measures.asymmetry,
        f"{_FEW} journeys fell short of expectation, or exceeded it",
    ),
    Measure(
        PatternId.P11,
        _BEHAVIOUR,
        "change of the score (1 to 5) after an issue given up, against one resolved at first contact",
        "share",
        -0.5,
        -0.4,
        f"late delivery, 4.29 to 2.23: {_OLIST}",
        partial(measures.failure_effect, which=0),
        f"{_FEW} issues of either kind had their 90 days",
    ),
    Measure(
        PatternId.P11,
        _BEHAVIOUR,
        "change of buying within 90 days, after the same",
        "share",
        -0.2,
        -0.1,
        f"late delivery, 2.36 to 2.04 %: {_OLIST}",
        partial(measures.failure_effect, which=1),
        f"{_FEW} issues of either kind had their 90 days",
    ),
    Measure(
        PatternId.P12,
        _COMPOUND,
        "median time to resolve with one hand-over relative to none",
        "ratio",
        15.0,
        60.0,
        f"42 against 0.7 h: {_TICKETS}",
        measures.hand_over_factor,
        f"{_FEW} resolved issues had no or one hand-over",
    ),
    Measure(
        PatternId.P12,
        _COMPOUND,
        "least growth of that time per further hand-over, up to 4",
        "ratio",
        1.0,
        math.inf,
        f"0.7, 42, 103, 146, 239 h: {_TICKETS}",
        measures.hand_over_least_growth,
        f"{_FEW} resolved issues had no or one hand-over",
    ),
    Measure(
        PatternId.P12,
        _COMPOUND,
        "cases opened again with one hand-over relative to none",
        "ratio",
        1.5,
        3.0,
        f"1.0 against 0.5 %: {_TICKETS}",
        measures.reopened,
        f"{_FEW} resolved issues had no or one hand-over, or none of them came back",
    ),
    Measure(
        PatternId.P13,
        _COMPLAINTS,
        "leaving in the last quarter, with against without an earlier complaint",
        "ratio",
        4.0,
        9.0,
        "83 against 10 %: Iranian telecom, UCI Machine Learning Repository no. 563",
        measures.complaint_risk,
        f"{_FEW} customers with a complaint, or none without left",
    ),
    Measure(
        PatternId.P14,
        _SEVERAL,
        "revenue of buyers on several touchpoints relative to one",
        "ratio",
        2.0,
        2.6,
        "521 against 204 USD: Hillstrom 2008, 64,000 customers of a US retailer",
        measures.spend,
        f"{_FEW} buyers bought at several touchpoints, or at one",
    ),
    Measure(
        PatternId.P14,
        _SEVERAL,
        "the same per purchase, for the same need at the same touchpoint",
        "ratio",
        1.04,
        1.10,
        f"4 % in the store, 10 % online: {_HBR}",
        measures.basket,
        f"{_FEW} buyers bought at several touchpoints, or at one",
    ),
    Measure(
        PatternId.P14,
        _SEVERAL,
        "purchases in the next half-year, of buyers who bought equally often before",
        "ratio",
        1.2,
        1.3,
        f"23 % more trips within six months: {_HBR}",
        measures.frequency,
        f"{_FEW} buyers bought equally often at several touchpoints, or at one",
    ),
    Measure(
        PatternId.P15,
        _HEAVY,
        "customers on file who buy within 39 weeks",
        "share",
        0.35,
        0.50,
        f"40 % in 39 weeks, 49 % in 78: {_CDNOW}",
        measures.buys_again,
        f"{_FEW} customers, or less than 39 weeks are measured",
    ),
    Measure(
        PatternId.P15,
        _HEAVY,
        "purchases by the top 20 % of buyers",
        "share",
        0.5,
        1.0,
        f"more than half: {_CDNOW}",
        measures.top_fifth,
        f"{_FEW} buyers",
    ),
)
