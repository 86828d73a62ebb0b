"""Pattern-oriented validation: hold a case against what is known from real call logs, shops and surveys."""

from sim.patterns.catalogue import CATALOGUE, Measure
from sim.patterns.reach import REACH
from sim.patterns.report import PatternReport, PatternVerdict, measure

__all__ = ["CATALOGUE", "REACH", "Measure", "PatternReport", "PatternVerdict", "measure"]
