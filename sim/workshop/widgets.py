"""The controls of the workshop as widgets: sliders, lists and buttons on the left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as ipw

from sim.labels import label
from sim.messages import say
from sim.workshop.controls import Control, Value
from sim.workshop.keeping import kept_files
from sim.workshop.session import Session

__all__ = ["ControlPanel"]

_FULL = "auto"
_GROUPS = ("levers", "people", "assumptions")


class ControlPanel:
    """All that can be moved.

    Parameters
    ----------
    session : Session
    folder : Path
        Where strategies are kept.
    moved : callable
        Called after the session has changed.
    speaking : callable
        Makes the context in which words come out in the language of the workshop.
    """

    def __init__(
        self,
        session: Session,
        folder: Path,
        moved: Callable[[], None],
        speaking: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self.session = session
        self.folder = folder
        self._moved = moved
        self._speaking = speaking
        self._is_quiet = False
        self._widgets: dict[str, Any] = {}
        strategies = [(label(name), name) for name in session.case.strategies[1:]]
        self.strategy = ipw.Dropdown(options=strategies, value=session.position.strategy, layout={"width": _FULL})
        self.undo = ipw.Button(description=say("workshop.undo"), icon="", disabled=True, layout={"width": "50%"})
        self.reset = ipw.Button(description=say("workshop.reset"), disabled=True, layout={"width": "50%"})
        self.name = ipw.Text(
            placeholder=say("workshop.name_placeholder"), layout={"width": _FULL}, continuous_update=False
        )
        self.keep = ipw.Button(description=say("workshop.keep_button"), button_style="primary", layout={"width": _FULL})
        self.kept = ipw.Dropdown(options=[(say("workshop.nothing_kept"), "")], layout={"width": _FULL})
        self.open = ipw.Button(description=say("workshop.open_kept"), layout={"width": _FULL})
        self.message = ipw.HTML()
        self._groups = {group: ipw.VBox() for group in _GROUPS}
        sections = [*self._groups.values(), self._keep_section()]
        self.accordion = ipw.Accordion(children=sections, selected_index=0)
        for at, name in enumerate((*_GROUPS, "keep")):
            self.accordion.set_title(at, say(f"workshop.{name}"))
        self.widget = ipw.VBox(
            [
                _titled(say("strategy"), self.strategy),
                ipw.HBox([self.undo, self.reset]),
                self.message,
                self.accordion,
            ],
            layout={"width": "370px", "min_width": "370px", "overflow": "hidden"},
        )
        self.widget.add_class("jsw-left")
        self.strategy.observe(self._on_strategy, "value")
        self.undo.on_click(lambda _: self._do(session.undo))
        self.reset.on_click(lambda _: self._do(session.reset))
        self.keep.on_click(lambda _: self._keep())
        self.open.on_click(lambda _: self._open())
        self.refresh()

    def slider(self, name: str) -> Any:
        """Widget of a control."""
        return self._widgets[name]

    def refresh(self) -> None:
        """Let all widgets stand where the session stands."""
        with self._quietly():
            self.strategy.value = self.session.position.strategy
            known = self.session.controls
            if self._widgets.keys() != known.keys() or self._shown_for != self.session.position.strategy:
                self._shown_for = self.session.position.strategy
                self._widgets = {name: self._made(control) for name, control in known.items()}
                for group in _GROUPS:
                    self._groups[group].children = tuple(self._rows(group))
            for name, widget in self._widgets.items():
                value = self.session.value(name)
                widget.value = 100.0 * float(value) if known[name].kind == "coverage" else value
            self.undo.disabled = not self.session.can_undo
            self.reset.disabled = not self.session.settings
            files = [(file.stem.replace("_", " "), str(file)) for file in kept_files(self.folder)]
            offered = tuple(files or [(say("workshop.nothing_kept"), "")])
            if self.kept.options != offered:
                self.kept.options = offered
            self.open.disabled = not files

    _shown_for: str = ""

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        """Set widgets without taking it for a user's doing."""
        before, self._is_quiet = self._is_quiet, True
        try:
            yield
        finally:
            self._is_quiet = before

    def _made(self, control: Control) -> Any:
        common: dict[str, Any] = {"tooltip": f"{control.title}. {control.hint}", "layout": {"width": _FULL}}
        if control.kind == "coverage":
            widget = ipw.FloatSlider(min=0, max=100, step=5, continuous_update=False, readout_format=".0f", **common)
        else:
            options = [(control.shown(option), option) for option in control.options]
            if control.kind in ("start", "hours"):
                widget = ipw.Dropdown(options=options, value=control.base, **common)
            else:
                widget = ipw.SelectionSlider(options=options, value=control.base, continuous_update=False, **common)
        widget.observe(lambda change: self._on_value(control, change["new"]), "value")
        widget.add_class(f"jsw-control-{control.kind}")
        return widget

    def _rows(self, group: str) -> Iterator[Any]:
        yield ipw.HTML(f'<div class="jsw-hint">{escape(say(f"workshop.{group}_hint"))}</div>')
        for name, control in self.session.controls.items():
            if control.group != group or control.kind == "start":
                continue
            if control.kind == "coverage":
                start = self._widgets[f"start.{control.target}"]
                start.layout.width, self._widgets[name].layout.width = "118px", "auto"
                self._widgets[name].layout.flex = "1 1 auto"
                yield _titled(control.title, ipw.HBox([self._widgets[name], start]))
            else:
                hint = control.hint if group == "assumptions" else ""
                yield _titled(control.title, self._widgets[name], hint)

    def _keep_section(self) -> Any:
        return ipw.VBox(
            [
                ipw.HTML(f'<div class="jsw-hint">{escape(say("workshop.keep_hint"))}</div>'),
                _titled(say("workshop.name"), self.name),
                self.keep,
                _titled(say("workshop.kept"), self.kept),
                self.open,
            ]
        )

    def _on_value(self, control: Control, value: Value) -> None:
        if self._is_quiet:
            return
        if control.kind == "coverage":
            share = round(float(value) / 100.0, 6)
            value = control.base if abs(share - float(control.base)) < 1e-9 else share
        self._do(lambda: self.session.set(control.name, value))

    def _on_strategy(self, change: Any) -> None:
        if not self._is_quiet:
            self._do(lambda: self.session.choose(change["new"]))

    def _do(self, action: Callable[[], Any], said: Callable[[Any], str] = lambda result: "") -> None:
        """Carry out what somebody asked for, and say what went wrong."""
        with self._speaking():
            try:
                result = action()
            except Exception as error:  # whoever clicked has to hear of it
                self.message.value = f'<div class="jsw-error" role="alert">{escape(str(error))}</div>'
                self.refresh()
                return
            told = said(result)
            self.message.value = f'<div class="jsw-note" role="status">{escape(told)}</div>' if told else ""
            self.refresh()
            self._moved()

    def _keep(self) -> None:
        self._do(
            lambda: self.session.keep(self.name.value, self.folder),
            lambda file: say("workshop.was_kept", file=file.name),
        )

    def _open(self) -> None:
        file = self.kept.value
        if file:
            self._do(lambda: self.session.restore(file), lambda _: say("workshop.was_opened", file=Path(file).name))


def _titled(title: str, widget: Any, hint: str = "") -> Any:
    below = [ipw.HTML(f'<div class="jsw-hint">{escape(hint)}</div>')] if hint else []
    return ipw.VBox([ipw.HTML(f'<div class="jsw-title">{escape(title)}</div>'), widget, *below])
