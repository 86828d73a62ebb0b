"""What a scenario file expects to come out, held against simulations: for continuous integration."""

from sim.expectations.checking import Expected, Outcome, Status, check, check_kpis, names
from sim.expectations.junit import junit

__all__ = ["Expected", "Outcome", "Status", "check", "check_kpis", "junit", "names"]
