"""The state of a workshop, without any widget: a case, what was moved in it, the way back, and what is kept."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import pandas as pd

from sim.errors import ArgumentError
from sim.labels import spoken
from sim.messages import say
from sim.scenario import Scenario, load
from sim.scenario.paths import unknown
from sim.workshop.controls import Control, Value, changes, controls
from sim.workshop.keeping import same_numbers, settings_of, strategy_name, with_strategy, write

__all__ = ["FIRST_LOOK_CUSTOMERS", "MOST_CUSTOMERS", "Position", "Question", "Session"]

MOST_CUSTOMERS = 100_000
"""A larger case is shown as a copy of this size."""
FIRST_LOOK_CUSTOMERS = 8_000
"""The first answer comes from a copy of this size, so that it comes at once."""


@dataclass(frozen=True)
class Position:
    """Where the controls stand.

    Parameters
    ----------
    strategy : str
        The strategy that is compared with the baseline.
    settings : tuple of (str, float or str)
        Controls that stand elsewhere than in the case, sorted by name.
    """

    strategy: str
    settings: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True)
class Question:
    """What is to be compared, the same for everybody who asks it.

    Parameters
    ----------
    scenario : Scenario
        At full size.
    strategies : tuple of str
        Baseline and chosen strategy.
    seed : int
    scale : float
        Factor on customers and rosters.
    first_look : float
        The same for the first answer; not above `scale`.
    base : Question or None
        The same with nothing moved, of which one answer of each size is wanted, too.
    """

    scenario: Scenario
    strategies: tuple[str, str]
    seed: int
    scale: float
    first_look: float
    base: Question | None = None


def _copy(scenario: Scenario, most_customers: int) -> float:
    """Scale of a copy with so many customers; 1 where the case has no more."""
    customers = sum(float(segment.customers) for segment in scenario.document.segments.values())
    return float(f"{most_customers / customers:.2g}") if customers > most_customers else 1.0


@dataclass
class Session:
    """A case under discussion.

    Parameters
    ----------
    case : Scenario
        The base; it never changes.
    strategy : str, optional
        The one to begin with; by default the one with most levers.
    seed : int
    scale : float, optional
        Factor on customers and rosters; by default 1, or less for a case of more than `MOST_CUSTOMERS` customers.

    Raises
    ------
    ArgumentError
        The case has no such strategy, or nothing to compare with its baseline.

    Examples
    --------
    >>> session = Session(load("scenarios/shoe_retailer.yaml"), "integrated")
    >>> session.set("coverage.customer_id", 0.5)
    >>> session.set("agents.hotline", 1.0)
    >>> for line in session.differences():
    ...     print(line)
    Hotline: people more or fewer: as in the case → +1 person
    One digital customer ID: 85 % → 50 %
    >>> session.undo()
    >>> session.settings
    {'coverage.customer_id': 0.5}
    """

    case: Scenario
    strategy: str | None = None
    seed: int = 1
    scale: float | None = None
    position: Position = field(init=False)
    _past: list[Position] = field(init=False, default_factory=list, repr=False)

    def __post_init__(self) -> None:
        if len(self.case.strategies) < 2:
            raise ArgumentError(f"{self.case.file} has one strategy only; a workshop compares one with the baseline")
        chosen = self.case.fullest if self.strategy is None else self.strategy
        self._check_strategy(chosen)
        if self.scale is None:
            self.scale = _copy(self.case, MOST_CUSTOMERS)
        self.strategy = chosen
        self.position = Position(chosen)
        self._in_words = lru_cache(maxsize=None)(lambda strategy, _: controls(self.case, strategy))
        self._scenario = lru_cache(maxsize=64)(self._changed)

    # --- where we are ------------------------------------------------------------------------------------------------

    @property
    def baseline(self) -> str:
        """The strategy that others are compared with."""
        return self.case.strategies[0]

    @property
    def controls(self) -> dict[str, Control]:
        """What can be set under the present strategy, by name."""
        return self._controls(self.position.strategy)

    @property
    def settings(self) -> dict[str, Value]:
        """Controls that stand elsewhere than in the case."""
        return dict(self.position.settings)

    def _controls(self, strategy: str) -> dict[str, Control]:
        return self._in_words(strategy, spoken())

    def value(self, name: str) -> Value:
        """Where a control stands."""
        return self.settings.get(name, self._control(name).base)

    @property
    def scenario(self) -> Scenario:
        """The case with everything as it is set now; the case itself while nothing is."""
        return self._scenario(self.position)

    @property
    def question(self) -> Question:
        """What the controls ask for now."""
        assert self.scale is not None
        look = min(self.scale, _copy(self.case, FIRST_LOOK_CUSTOMERS))
        base = Question(self.case, (self.baseline, self.position.strategy), self.seed, self.scale, look)
        return replace(base, scenario=self.scenario, base=base) if self.settings else base

    def differences(self) -> list[str]:
        """What differs from the case, one line each, in words."""
        lines = []
        for name, value in self.position.settings:
            control = self.controls[name]
            lines.append(
                say(
                    "workshop.differs_row",
                    title=control.title,
                    base=control.shown(control.base),
                    value=control.shown(value),
                )
            )
        return lines

    def unsourced(self) -> pd.DataFrame:
        """Numbers of the case without a source: path, value, unit, low, high, and what the file says of them."""
        register = self.scenario.assumptions()
        found = register[register["assumption"]].drop(columns="assumption").reset_index(drop=True)
        sources = self.case.document.sources
        found["source"] = [sources.get(source, source) if source else None for source in found["source"]]
        return found

    # --- moving ------------------------------------------------------------------------------------------------------

    def set(self, name: str, value: Value) -> None:
        """Set a control; the value of the case takes the setting back.

        Raises
        ------
        ArgumentError
            There is no such control, or it cannot have this value.
        """
        control = self._control(name)
        value = value if isinstance(value, str) else float(value)
        if control.options and value not in control.options:
            offered = ", ".join(map(str, control.options))
            raise ArgumentError(f"{name}: got {value!r}, expected one of: {offered}")
        if not control.options and not (isinstance(value, float) and 0.0 <= value <= 1.0):
            raise ArgumentError(f"{name}: got {value!r}, expected a share from 0 to 1")
        settings = {**self.settings, name: value}
        if value == control.base:
            del settings[name]
        self._go(Position(self.position.strategy, tuple(sorted(settings.items()))))

    def choose(self, strategy: str) -> None:
        """Compare another strategy; its levers stand as in the case, everything else stays as it is set.

        Raises
        ------
        ArgumentError
            The case has no such strategy, or it is the baseline.
        """
        self._check_strategy(strategy)
        stays = tuple((name, value) for name, value in self.position.settings if self.controls[name].group != "levers")
        self._go(Position(strategy, stays))

    def reset(self) -> None:
        """Bring everything back to the case; `undo` takes this back, too."""
        self._go(Position(self.position.strategy))

    @property
    def can_undo(self) -> bool:
        """Tell whether there is a step to take back."""
        return bool(self._past)

    def undo(self) -> None:
        """Take the last step back; nothing happens where there is none."""
        if self._past:
            self.position = self._past.pop()

    def _go(self, position: Position) -> None:
        if position != self.position:
            self._past.append(self.position)
            self.position = position

    def _check_strategy(self, strategy: str) -> None:
        if strategy not in self.case.strategies[1:]:
            if strategy in self.case.strategies:
                raise ArgumentError(f"strategy {strategy!r} is the baseline, with which the others are compared")
            raise ArgumentError(unknown("strategy", strategy, self.case.strategies[1:]))

    def _control(self, name: str) -> Control:
        if name not in self.controls:
            raise ArgumentError(unknown("control", name, self.controls))
        return self.controls[name]

    def _changed(self, position: Position) -> Scenario:
        known = self._controls(position.strategy)
        found = changes(self.case, position.strategy, known, dict(position.settings))
        return self.case.change(found) if found else self.case

    # --- keeping -----------------------------------------------------------------------------------------------------

    def keep(self, name: str, folder: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Write what is set now as a strategy of its own, in a scenario file that extends the case.

        The file is loaded again before it gets its name, and must give the same numbers.

        Parameters
        ----------
        name : str
            What people call it; file and strategy are named after it.
        folder : str or path-like
            Made where it does not exist.
        overwrite : bool
            Replace a file of this name.

        Returns
        -------
        Path

        Raises
        ------
        ArgumentError
            The name cannot be used, the file exists, or the case itself is not a file that says the same.
        OSError
            The folder cannot be written to. Nothing is left behind.
        """
        strategy = strategy_name(name, self.case)
        shared = [key for key in self.settings if self.controls[key].group != "levers"]
        paths = changes(self.case, self.position.strategy, self.controls, {key: self.value(key) for key in shared})
        kept = with_strategy(self.scenario, self.position.strategy, strategy, name.strip())
        return write(self.case, kept, strategy, list(paths), Path(folder), overwrite)

    def restore(self, file: str | os.PathLike[str]) -> None:
        """Bring all controls to where they stood when a file was kept; `undo` leads back.

        Raises
        ------
        ScenarioError
            The file is not valid.
        ArgumentError
            The file was not kept from this case, or was changed by hand.
        """
        kept = load(file)
        name = Path(file).stem
        for strategy in self.case.strategies[1:] if name in kept.strategies else []:
            settings = settings_of(self.case, self._controls(strategy), kept, name)
            position = Position(strategy, tuple(sorted(settings.items())))
            candidate = with_strategy(self._scenario(position), strategy, name, name)
            if same_numbers(candidate, kept, (self.baseline, name)):
                self._go(position)
                return
        raise ArgumentError(say("workshop.not_kept_from_here", file=os.fspath(file), case=self.case.file))
