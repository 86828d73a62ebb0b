"""Pattern-oriented validation: hold a case against what is known from real call logs, shops and surveys."""

from sim.patterns.catalogue import Measure, catalogue
from sim.patterns.report import PatternReport, PatternVerdict, measure

__all__ = ["Measure", "PatternReport", "PatternVerdict", "catalogue", "measure"]
