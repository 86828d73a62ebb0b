"""Which companies each pattern speaks of, from its evidence alone.

A number from one trade says little about another, so a scenario names the patterns it is held against (`patterns`),
each with the reason. These texts were written from the evidence, whatever a case shows; a pattern is never dropped
because a number lies outside its band.
"""

from __future__ import annotations

from sim.scenario import PatternId

__all__ = ["REACH"]

REACH: dict[PatternId, str] = {
    PatternId.P01: (
        "a bank's call log: hotlines whose calls are taken from it; all that an agent does during a call is in the "
        "log's times, so the searching and asking of today's set-up is part of what is compared"
    ),
    PatternId.P02: ("a bank's call log, and queueing theory: every line in which customers wait and may give up"),
    PatternId.P03: "a bank's call log: hotlines whose callers and their patience are taken from it",
    PatternId.P04: "a bank's call log: hotlines whose callers are taken from it",
    PatternId.P05: (
        "queueing theory: no company, but the engines, in scenarios so simple that exact results exist (see "
        "tests/test_queueing.py)"
    ),
    PatternId.P06: (
        "a survey of callers of 500 call centres of many trades: companies with a hotline. Web, stores and mail "
        "were not surveyed, so what they settle has no band"
    ),
    PatternId.P07: "surveys of callers of many trades: companies with a hotline",
    PatternId.P08: (
        "a survey of callers of many trades: companies with a hotline. It asked for intentions; that the same "
        "ratios hold for leaving is the judgement behind the band"
    ),
    PatternId.P09: (
        "a survey of customers who had contacted a company's service, in many trades: companies with a hotline, "
        "before they join their channels up"
    ),
    PatternId.P10: "surveys of many trades, and reviews of a marketplace: customers anywhere",
    PatternId.P11: (
        "reviews and repeated orders at a marketplace: companies whose customers order again and again, that is "
        "retail; a contract runs on whatever was felt"
    ),
    PatternId.P12: (
        "incidents at a service desk: companies in which departments hand cases on. The desk serves its own "
        "company's staff, so the ratios are taken over, not the hours"
    ),
    PatternId.P13: (
        "customers of a telecom provider: companies with contracts, where leaving is an act that somebody notices; "
        "a retailer's customers just stay away"
    ),
    PatternId.P14: "customers of two retailers: retail, where one basket can be bought on several channels",
    PatternId.P15: "buyers of a web shop: retail, where buying again needs no contract",
}
"""By pattern, what its evidence is and whom it therefore speaks of."""
