"""All ballots of a workshop: as a table, as a scenario, as draws, and as the input of a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim import experiment
from sim.ballots.compared import BallotComparison, DrawnComparison
from sim.ballots.pools import HIGH, LOW, MIDDLE, Pool
from sim.labels import number, value
from sim.luck import derive, name_key, run_key, uniform
from sim.messages import say
from sim.replication import Unit
from sim.scenario import Scenario
from sim.simulation import Engine
from sim.store import Place, opened
from sim.workers import Workers

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = ["Ballots"]

_DIGITS = 4


@dataclass(frozen=True, repr=False)
class Ballots:
    """All ballots of a workshop about one case.

    Parameters
    ----------
    scenario : Scenario
        The case as it was before the workshop.
    pools : tuple of Pool
        One per parameter, in the order of the file.
    """

    scenario: Scenario
    pools: tuple[Pool, ...]

    @property
    def participants(self) -> list[str]:
        """Everybody who filled in a ballot, in alphabetical order."""
        return sorted({vote.participant for pool in self.pools for vote in pool.votes})

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per parameter.

        Columns: parameter, unit, ballots (how many), today (the case's value), low, value, high (quantiles 10 %, 50 %,
        90 % of the pool), disagreement (see `Pool.disagreement`).
        """
        rows = [
            {
                "parameter": pool.parameter,
                "unit": pool.kind.unit,
                "ballots": len(pool.votes),
                "today": self.scenario.quantity(pool.parameter).value,
                **dict(zip(("low", "value", "high"), map(pool.quantile, (LOW, MIDDLE, HIGH)), strict=True)),
                "disagreement": pool.disagreement,
            }
            for pool in self.pools
        ]
        return pd.DataFrame(rows)

    def case(self) -> Scenario:
        """Copy of the case in which every number that was voted on carries the room's range.

        Its value is the median of the pool, low and high its quantiles of 10 % and 90 %, all with four significant
        digits; its source says that it comes from a workshop, and how many voted.

        Raises
        ------
        ScenarioError
            The values, each allowed, do not fit together.
        """
        changes = {}
        for pool in self.pools:
            low, middle, high = (
                pool.written(float(f"{pool.quantile(share):.{_DIGITS}g}")) for share in (LOW, MIDDLE, HIGH)
            )
            source = f"workshop ballots, n={len(pool.votes)}"
            changes[pool.parameter] = {"value": middle, "low": low, "high": high, "source": source}
        return self.scenario.change(changes)

    def draws(self, replications: int, seed: int) -> pd.DataFrame:
        """One set of values per replication, in canonical units.

        The draw of a parameter depends on seed, replication and its path alone, so a further parameter leaves the
        others' draws as they are, and all strategies of a replication meet the same values.

        Returns
        -------
        pandas.DataFrame
            Indexed by replication, a column per parameter.
        """
        rows = []
        for replication in range(replications):
            root = derive(run_key(seed, replication), name_key("ballots"))
            rows.append([pool.draw(float(uniform(derive(root, name_key(pool.parameter))))) for pool in self.pools])
        index = pd.RangeIndex(replications, name="replication")
        return pd.DataFrame(rows, columns=[pool.parameter for pool in self.pools], index=index)

    def compare(
        self,
        strategies: Sequence[str] | None = None,
        *,
        replications: int = 20,
        seed: int = 1,
        scale: float = 1.0,
        engine: Engine | None = None,
        executor: Workers = None,
        store: Place = None,
        progress: bool = True,
    ) -> BallotComparison:
        """Compare strategies twice: at the room's middle values, and with values drawn from its ballots.

        Of the second, every replication draws one value for each parameter, the same for all strategies. Its intervals
        so cover what the room does not know together with luck.

        Parameters
        ----------
        strategies, replications, seed, scale, engine, executor, store, progress
            As in `sim.compare`.

        Returns
        -------
        BallotComparison
        """
        middle = self.case()
        at_middle = experiment.compare(
            middle,
            strategies,
            replications=replications,
            seed=seed,
            scale=scale,
            engine=engine,
            executor=executor,
            store=store,
            progress=progress,
        )
        drawn = self.draws(replications, seed)
        worlds = tuple(self._world(values) for values in drawn.to_dict("records"))
        sized = [world.scaled(scale) for world in worlds]
        # the strategies of a replication one after the other, since they share its population
        units = [
            Unit(world, strategy, int(seed), replication, "a draw from the ballots")
            for replication, world in enumerate(sized)
            for strategy in at_middle.strategies
        ]
        found = experiment.obtained(units, engine, executor, opened(store), progress)
        results = [each for strategy in at_middle.strategies for each in found if each.strategy == strategy]
        return BallotComparison(
            ballots=self,
            at_middle=at_middle,
            under_ballots=DrawnComparison(
                scenario=middle,
                strategies=at_middle.strategies,
                seed=int(seed),
                scale=scale,
                replications=experiment.tidy(results),
                aggregates=experiment.aggregates(results, [sized[each.replication] for each in results]),
                worlds=worlds,
            ),
            draws=drawn,
        )

    def _world(self, values: dict[Any, float]) -> Scenario:
        return self.scenario.change({pool.parameter: pool.written(values[pool.parameter]) for pool in self.pools})

    def figure(self) -> go.Figure:
        """Draw every ballot and the pools; the title says where the room disagrees most."""
        from sim.figures.ballots import spread  # figures come after measures in the order of imports

        return spread(self)

    @property
    def _headline(self) -> str:
        count = sum(len(pool.votes) for pool in self.pools)
        name, people = self.scenario.document.name, len(self.participants)
        return say("ballots.headline", name=name, count=count, people=people, parameters=len(self.pools))

    @property
    def _readable(self) -> pd.DataFrame:
        amounts = ["today", "low", "value", "high"]
        shown = self.table.assign(
            **{
                column: [value(float(each[0]), str(each[1])) for each in self.table[[column, "unit"]].to_numpy()]
                for column in amounts
            },
            disagreement=[number(100.0 * share, 2) for share in self.table["disagreement"]],
            unit=["%" if unit == "share" else unit for unit in self.table["unit"]],
        )
        names = {"low": "10 %", "value": "50 %", "high": "90 %"}
        names |= {column: say(f"ballots.table {column}") for column in shown.columns if column not in names}
        return shown.rename(columns=names)

    def __repr__(self) -> str:
        return f"{self._headline}\n\n{self._readable.to_string(index=False)}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self._headline)}</p>{self._readable.to_html(index=False, border=0)}"
