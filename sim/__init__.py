"""Compare omnichannel strategies by simulating the customers who live through them.

Examples
--------
>>> import sim
>>> case = sim.load("scenarios/shoe_retailer.yaml")
>>> case.strategies[:4]
['siloed', 'training', 'customer_id', 'integrated']
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what each name is; it is imported when it is asked for, see _MODULES
    from sim.ballots import Ballots, load_ballots
    from sim.comparison import Comparison
    from sim.economics.business_case import BusinessCase, business_case
    from sim.economics.profit_and_loss import ProfitAndLoss, profit_and_loss
    from sim.errors import ArgumentError, JourneysimError, Problem, ScenarioError
    from sim.expectations import Expected, check
    from sim.experiment import RunResult, compare, run
    from sim.kpis import Kpi, catalogue
    from sim.process_log import event_log
    from sim.scenario import Scenario, json_schema, load
    from sim.store import Store, StoreWarning
    from sim.sweeping import Sweep, sweep
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

_MODULES = {
    "ballots": ("Ballots", "load_ballots"),
    "comparison": ("Comparison",),
    "economics.business_case": ("BusinessCase", "business_case"),
    "economics.profit_and_loss": ("ProfitAndLoss", "profit_and_loss"),
    "errors": ("ArgumentError", "JourneysimError", "Problem", "ScenarioError"),
    "expectations": ("Expected", "check"),
    "experiment": ("RunResult", "compare", "run"),
    "kpis": ("Kpi", "catalogue"),
    "process_log": ("event_log",),
    "scenario": ("Scenario", "json_schema", "load"),
    "store": ("Store", "StoreWarning"),
    "sweeping": ("Sweep", "sweep"),
    "twins": ("Twins",),
}
"""Names by the module that has them, so that ``journeysim --help`` need not load them all.

No name may be that of a module: once it is imported, the module would stand for it.
"""


def __getattr__(name: str) -> Any:
    for module, names in _MODULES.items():
        if name in names:
            found = globals()[name] = getattr(import_module(f"sim.{module}"), name)
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
