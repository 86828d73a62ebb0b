"""The workshop as widgets: controls on the left, both worlds on the right."""

from __future__ import annotations

import asyncio
import gc
import json
import os
from collections.abc import Sequence
from contextlib import AbstractContextManager
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets as ipw

from sim.figures.style import sentence
from sim.labels import Language, label, language, number, unit_label
from sim.messages import say
from sim.scenario import Scenario, load
from sim.scenario.own_names import own_names
from sim.store import Place
from sim.workshop import cards
from sim.workshop.chart import Chart
from sim.workshop.figures import VIEWS, picture
from sim.workshop.refining import STAGES, Answer, Refiner
from sim.workshop.session import Session
from sim.workshop.widgets import ControlPanel

if TYPE_CHECKING:
    from sim.comparison import Comparison

__all__ = ["SETTINGS_VARIABLE", "Workshop", "open_workshop"]

SETTINGS_VARIABLE = "JOURNEYSIM_WORKSHOP"
"""Environment variable by which the command line tells a notebook what to open: JSON with the arguments of
`open_workshop`."""
_STALE = "jsw-stale"
"""Class of numbers that answer a question before the present one."""
_TABLE, _UNSOURCED = "table", "unsourced"
_AGAIN_SECONDS = 4.0
"""After the last answer it is sent once more: what comes while a page is being connected is lost."""


class Workshop:
    """Sliders and answers; shows itself in a notebook and as an app.

    Parameters
    ----------
    session : Session
    folder : str or path-like
        Where strategies are kept; made when the first one is.
    store : Store, str, Path, bool or None
        As in `sim.compare`.
    stages : sequence of int
        Replications of the first answer and of those that follow.
    spoken : {"en", "de"}
        Language of all that people read.
    """

    def __init__(
        self,
        session: Session,
        folder: str | os.PathLike[str] = "kept",
        *,
        store: Place = None,
        stages: Sequence[int] = STAGES,
        spoken: Language = "en",
    ) -> None:
        self.session = session
        self._spoken = spoken
        with language(spoken):
            self._names = own_names(session.case)
        self._answer: Answer | None = None
        self._drawn: tuple[object, ...] | None = None
        try:
            self._loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None
        self.refiner = Refiner(self._tell, store, stages)
        with self.speaking():
            self.controls = ControlPanel(session, Path(folder), self._ask, self.speaking)
            self._build()
        self._ask()

    @property
    def answer(self) -> Answer | None:
        """What is shown now; None before the first answer."""
        return self._answer

    def close(self) -> None:
        """Stop the work in the background."""
        self.refiner.close()

    def __repr__(self) -> str:
        document = self.session.case.document
        baseline, strategy = self.session.baseline, self.session.position.strategy
        return f"workshop: {document.name}, {label(baseline)} and {label(strategy)}, seed {self.session.seed}"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = self.widget._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return {**data, "text/plain": repr(self)}, metadata

    # --- layout ------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        style = (Path(__file__).parent / "panel.css").read_text(encoding="utf-8")
        full = {"width": "auto"}
        self._style = ipw.HTML(f"<style>{style}</style>", layout={"display": "none"})
        self._head = ipw.HTML(layout=full)
        self._cards = ipw.HTML(layout=full)
        self._differs = ipw.HTML(layout=full)
        self._note = ipw.HTML(layout=full)
        self._views = ipw.ToggleButtons(
            options=[(say(f"workshop.{name}"), name) for name in (*VIEWS, _TABLE, _UNSOURCED)],
            style={"button_width": "auto"},
            tooltips=[say(f"workshop.{name}") for name in (*VIEWS, _TABLE, _UNSOURCED)],
        )
        self._as_table = ipw.Checkbox(description=say("workshop.numbers_too"), indent=False, layout={"width": "auto"})
        self._picture = Chart()
        self._text = ipw.HTML(layout=full)
        self._views.observe(lambda _: self._speak(self._draw), "value")
        self._as_table.observe(lambda _: self._speak(self._draw), "value")
        right = ipw.VBox(
            [
                self._head,
                self._cards,
                self._differs,
                self._views,
                self._picture,
                self._as_table,
                self._text,
                self._note,
            ],
            layout={"flex": "1 1 auto", "min_width": "0", "padding": "0 0 0 14px", "overflow": "hidden"},
        )
        self.widget = ipw.VBox(
            [
                self._style,
                ipw.HBox([self.controls.widget, right], layout={"width": "100%", "align_items": "flex-start"}),
            ]
        )
        self.widget.add_class("jsw")

    def _size_note(self, shown: Comparison) -> str:
        confidence = number(100 * float(self.session.case.document.decision.confidence))
        customers = sum(float(segment.customers) for segment in self.session.case.document.segments.values())
        size = " ".join(shown.caveats) or say("workshop.full", customers=number(customers, 7))
        return f'<div class="jsw-note">{escape(size)} {escape(say("workshop.sure", confidence=confidence))}</div>'

    # --- asking and answering ----------------------------------------------------------------------------------------

    def speaking(self) -> AbstractContextManager[None]:
        """Let words come out in the language of the workshop; whoever answers to a click begins in another one."""
        return language(self._spoken, self._names)

    def _speak(self, action: Any, *arguments: Any) -> None:
        with self.speaking():
            action(*arguments)

    def _ask(self) -> None:
        known = self.refiner.ask(self.session.question)
        if known is not None:
            self._speak(self._show, known)
        else:
            self._speak(self._show_head, None)
            self._cards.add_class(_STALE)
        self._speak(self._show_differences)

    def _tell(self, answer: Answer) -> None:
        """Called by the refiner's thread: widgets are moved where they live."""
        if self._loop is None:
            self._speak(self._show, answer)
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._speak, self._show, answer)
            if answer.is_final:
                self._loop.call_soon_threadsafe(self._loop.call_later, _AGAIN_SECONDS, self._send_again)

    def _send_again(self) -> None:
        for widget in (self._head, self._cards, self._note, self._picture, self._text):
            widget.send_state()

    def _show(self, answer: Answer) -> None:
        if answer.question != self.session.question:
            return
        self._answer = answer
        if answer.comparison is not None:
            asked = answer.question.base
            base = None if asked is None else self.refiner.known(asked, answer.is_first_look)
            self._note.value = self._size_note(answer.comparison)
            self._cards.remove_class(_STALE)
            self._cards.value = cards.cards(answer.comparison, None if base is None else base.comparison)
        self._show_head(answer)  # says how sure the numbers are, so it comes after them
        if answer.comparison is not None:
            self._draw()

    def _show_head(self, answer: Answer | None) -> None:
        if answer is None or answer.comparison is None:
            worlds = [label(name) for name in self.session.question.strategies]
            title = f"{sentence(worlds[1])} / {worlds[0]}"
            state = say("workshop.state_first") if answer is None else say("workshop.state_failed", error=answer.error)
            done = 0
        else:
            title, done = cards.finding(answer.comparison), answer.replications
            state = (
                say("workshop.state_look", scale=number(answer.comparison.scale))
                if answer.is_first_look
                else say(
                    "workshop.state_done" if answer.is_final else "workshop.state_working", done=done, goal=answer.goal
                )
            )
        position = escape(str(abs(hash(self.session.position))))
        self._head.value = (
            f'<h2>{escape(title)}</h2><div class="jsw-state-line" role="status" aria-live="polite" '
            f'data-replications="{done}" data-position="{position}">{escape(state)}</div>'
        )

    def _show_differences(self) -> None:
        found = self.session.differences()
        listed = "".join(f"<li>{escape(line)}</li>" for line in found)
        told = (
            f"<b>{escape(say('workshop.differs'))}:</b> <ul>{listed}</ul>"
            if found
            else escape(say("workshop.differs_nothing"))
        )
        self._differs.value = f'<div class="jsw-note jsw-differs">{told}</div>'

    def _draw(self) -> None:
        """Show the chosen view of the present answer."""
        view = self._views.value
        comparison = self._answer.comparison if self._answer is not None else None
        is_picture = view in VIEWS
        self._picture.layout.display = "" if is_picture else "none"
        self._as_table.layout.display = "" if is_picture else "none"
        if not is_picture:
            self._drawn = None
        if view == _UNSOURCED:
            self._text.value = self._unsourced()
            return
        if comparison is None:
            self._text.value = ""
            return
        if view == _TABLE:
            words = f"<pre style='white-space:pre-wrap;font-size:15px'>{escape(str(comparison.verdict))}</pre>"
            self._text.value = cards.table_html(cards.table(comparison), cards.finding(comparison)) + words
            return
        assert self._answer is not None
        shows = self._answer.question if view == "sees" else self._answer  # who sees what needs no replications
        wanted = (view, shows, self._as_table.value)
        if wanted == self._drawn:
            return
        self._drawn = wanted
        drawn = picture(view, comparison)
        self._picture.show(drawn.figure)
        title = drawn.figure.layout.title.text.replace("<b>", "").replace("</b>", "").replace("<br>", " ")
        self._text.value = cards.table_html(drawn.table, title) if self._as_table.value else ""

    def _unsourced(self) -> str:
        found = self.session.unsourced()
        every = len(self.session.scenario.assumptions())
        for column in ("value", "low", "high"):
            found[column] = ["" if amount != amount else number(amount) for amount in found[column]]
        found["unit"] = ["%" if unit == "share" else unit_label(unit) for unit in found["unit"]]
        heads = {name: say(name) for name in ("path", "value", "unit", "low", "high")}
        found = found.rename(columns={**heads, "source": say("workshop.said")})
        caption = say("workshop.unsourced_title", count=len(found), all=every)
        return f'<div class="jsw-scroll" tabindex="0">{cards.table_html(found, caption)}</div>'


def open_workshop(
    case: str | os.PathLike[str] | Scenario,
    strategy: str | None = None,
    *,
    folder: str | os.PathLike[str] = "kept",
    seed: int = 1,
    scale: float | None = None,
    spoken: Language = "en",
) -> Workshop:
    """Open a workshop in a notebook; what the command line asked for goes before the arguments.

    Parameters
    ----------
    case : path or Scenario
    strategy : str, optional
        Compared with the baseline at first; by default the one with most levers.
    folder : str or path-like
        Where strategies are kept.
    seed : int
    scale : float, optional
        See `Session`.
    spoken : {"en", "de"}
        Language of all that people read.

    Raises
    ------
    ScenarioError, ArgumentError
        The case is not valid, or has no such strategy.
    """
    asked: dict[str, Any] = {"case": case, "strategy": strategy, "folder": folder, "scale": scale, "spoken": spoken}
    asked |= json.loads(os.environ.get(SETTINGS_VARIABLE, "{}"))
    scenario = asked["case"] if isinstance(asked["case"], Scenario) else load(asked["case"])
    session = Session(scenario, asked["strategy"], seed, asked["scale"])
    gc.freeze()  # else Python stops for a tenth of a second now and then to look through all that is loaded
    return Workshop(session, asked["folder"], spoken=asked["spoken"])
