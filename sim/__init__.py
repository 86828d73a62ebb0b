"""Compare omnichannel strategies by simulating the customers who live through them.

Examples
--------
>>> import sim
>>> case = sim.load("scenarios/shoe_retailer.yaml")
>>> case.strategies
['siloed', 'training', 'customer_id', 'integrated']
"""

from sim.comparison import Comparison
from sim.errors import ArgumentError, JourneysimError, Problem, ScenarioError
from sim.experiment import RunResult, compare, run
from sim.kpis import Kpi, catalogue
from sim.scenario import Scenario, json_schema, load
from sim.store import Store, StoreWarning
from sim.sweep import Sweep, sweep
from sim.twins import Twins

__all__ = [
    "ArgumentError",
    "Comparison",
    "JourneysimError",
    "Kpi",
    "Problem",
    "RunResult",
    "Scenario",
    "ScenarioError",
    "Store",
    "StoreWarning",
    "Sweep",
    "Twins",
    "catalogue",
    "compare",
    "json_schema",
    "load",
    "run",
    "sweep",
]
__version__ = "0.1.0"
