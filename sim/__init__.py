"""Compare omnichannel strategies by simulating the customers who live through them.

Examples
--------
>>> import sim
>>> case = sim.load("scenarios/shoe_retailer.yaml")
>>> case.strategies[:4]
['siloed', 'training', 'customer_id', 'integrated']
"""

from sim.ballots import Ballots, load_ballots
from sim.comparison import Comparison
from sim.economics import BusinessCase, ProfitAndLoss, business_case, profit_and_loss
from sim.errors import ArgumentError, JourneysimError, Problem, ScenarioError
from sim.event_log import event_log
from sim.expectations import Expected, check
from sim.experiment import RunResult, compare, run
from sim.kpis import Kpi, catalogue
from sim.scenario import Scenario, json_schema, load
from sim.store import Store, StoreWarning
from sim.sweep import Sweep, sweep
from sim.twins import Twins

__all__ = [
    "ArgumentError",
    "Ballots",
    "BusinessCase",
    "Comparison",
    "Expected",
    "JourneysimError",
    "Kpi",
    "Problem",
    "ProfitAndLoss",
    "RunResult",
    "Scenario",
    "ScenarioError",
    "Store",
    "StoreWarning",
    "Sweep",
    "Twins",
    "business_case",
    "catalogue",
    "check",
    "compare",
    "event_log",
    "json_schema",
    "load",
    "load_ballots",
    "profit_and_loss",
    "run",
    "sweep",
]
__version__ = "0.1.0"
