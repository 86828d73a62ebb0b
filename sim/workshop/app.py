"""The workshop as an app: its notebook, served by Voila on this machine only."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sim.errors import ArgumentError
from sim.labels import Language, language
from sim.messages import say
from sim.scenario import load
from sim.workshop.session import Session

__all__ = ["ADDRESS", "CASE", "NOTEBOOK", "free_port", "serve"]

ADDRESS = "127.0.0.1"
NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "05_workshop.ipynb"
CASE = Path(__file__).parents[2] / "scenarios" / "shoe_retailer.yaml"
"""What is shown where no case is named."""
_PORT = 8866
_TRIES = 50


def serve(
    case: Path = CASE,
    strategy: str | None = None,
    *,
    folder: Path = Path(),
    port: int | None = None,
    scale: float | None = None,
    spoken: Language = "en",
    ready: Callable[[str], None],
) -> None:
    """Serve the workshop until Ctrl-C; it makes and answers connections on this machine only.

    Parameters
    ----------
    case : Path
    strategy, folder, scale, spoken
        As in `sim.workshop.panel.open_workshop`.
    port : int, optional
        By default the first free one from 8866 on.
    ready : callable
        Called with the address as soon as it answers.

    Raises
    ------
    ArgumentError
        The app cannot be started; nothing runs.
    ScenarioError
        The case is not valid.
    """
    try:
        from traitlets.config import Config
        from voila.app import Voila
    except ImportError:
        raise ArgumentError("the workshop app needs Voila; install it with: pip install 'journeysim[lab]'") from None
    if not NOTEBOOK.is_file():
        raise ArgumentError(f"there is no {NOTEBOOK}; the workshop app runs from a checkout of the project")
    scenario = load(case)
    Session(scenario, strategy, scale=scale)  # says what is wrong before a browser opens
    chosen = free_port(port)
    settings = {
        "case": os.fspath(case.resolve()),
        "strategy": strategy,
        "folder": os.fspath(folder.resolve()),
        "scale": scale,
        "spoken": spoken,
    }
    os.environ["JOURNEYSIM_WORKSHOP"] = json.dumps(settings)
    templates = os.fspath(Path(__file__).parent / "jupyter")
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [templates, os.environ.get("JUPYTER_PATH")]))

    class App(Voila):  # type: ignore[misc]  # has no types
        """Says when it is ready, in place of opening a browser by way of a temporary file."""

        def launch_browser(self) -> None:
            ready(self.connection_url)

    app = {
        "ip": ADDRESS,
        "port": chosen,
        "port_retries": 0,
        "open_browser": True,
        "notebook_path": os.fspath(NOTEBOOK),
        "config_file_paths": [],
        "log_level": "ERROR",
        "tornado_settings": {
            "headers": {"Content-Security-Policy": _policy(chosen)},
            # a page that closes ends its kernel without a token; what other origins ask is refused all the same
            "disable_check_xsrf": True,
        },
    }
    look = {
        "template": "workshop",
        "theme": "light",
        "prelaunch_hook": partial(_panel_alone, spoken, scenario.document.name),
    }
    App.launch_instance(argv=[], config=Config({"Voila": app, "VoilaConfiguration": look}))


def _panel_alone(spoken: Language, name: str, request: Any, notebook: Any, cwd: str) -> Any:
    """Leave of a notebook its first text and code: the app is the panel, what follows in the notebook is its story."""
    head, panel = (next(cell for cell in notebook.cells if cell.cell_type == kind) for kind in ("markdown", "code"))
    with language(spoken):
        head.source = f"# {say('workshop.heading')}\n\n{say('workshop.lead')}"
        notebook.metadata["title"] = f"{say('workshop.heading')} {name}"
        notebook.metadata["opening"] = say("workshop.opening")
    notebook.metadata["spoken"] = spoken  # for the page, see the template
    notebook.cells = [head, panel]
    return notebook


def free_port(port: int | None) -> int:
    """Find a port to listen on: the one that is asked for, else the first free one.

    Raises
    ------
    ArgumentError
        The port is in use, or not a port.

    Examples
    --------
    >>> free_port(70000)
    Traceback (most recent call last):
        ...
    sim.errors.ArgumentError: port must be from 1 to 65535, got 70000
    """
    if port is not None and not 1 <= port <= 65535:
        raise ArgumentError(f"port must be from 1 to 65535, got {port}")
    for candidate in [port] if port is not None else range(_PORT, _PORT + _TRIES):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((ADDRESS, candidate))
            except OSError:
                continue
            return candidate
    what = f"port {port} is" if port is not None else f"ports {_PORT} to {_PORT + _TRIES - 1} are"
    raise ArgumentError(f"{what} in use; name another one with --port, or leave it out")


def _policy(port: int) -> str:
    """What the page may fetch: from this app, and from nowhere else."""
    return "; ".join(
        [
            "default-src 'self' data: blob:",
            "script-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:",
            "style-src 'self' 'unsafe-inline'",
            f"connect-src 'self' ws://{ADDRESS}:{port} data: blob:",
        ]
    )
