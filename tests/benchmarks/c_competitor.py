"""The network in C, compiled on the spot."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from .competitor import Competitor, Visits
from .journeysim_competitor import CUSTOMERS
from .network import Network, stationary

__all__ = ["available"]

_SOURCE = Path(__file__).parent / "c_network.c"
_FLAGS = ("-O3", "-march=native", "-fno-math-errno", "-shared", "-fPIC", "-std=c11")
_MOST_DESKS = 8
_ABANDONED = 2

_Contact = np.dtype(
    {
        "names": ["arrived", "started", "ended", "customer", "journey", "contact", "desk", "outcome"],
        "formats": ["f8", "f8", "f8", "i4", "i4", "i4", "i1", "i1"],
        "offsets": [0, 8, 16, 24, 28, 32, 36, 37],
        "itemsize": 40,
    }
)
_Journey = np.dtype(
    [(name, "f8") for name in ("arose", "ended")]
    + [(name, "i4") for name in ("customer", "journey", "contacts", "resolved_at")]
)


class _Network(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int32) for name in ("desks", "customers")),
        *(
            (name, ctypes.c_double)
            for name in (
                *("needs_per_min", "patience_min", "redials", "redial_after_min", "comes_back", "pause_min", "minutes"),
            )
        ),
        ("agents", ctypes.c_int32 * _MOST_DESKS),
        *((name, ctypes.c_double * _MOST_DESKS) for name in ("service_min", "share_until", "resolves")),
    )


def available() -> list[Competitor]:
    """Both forms of the C program, if a compiler is there."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return []
    folder = tempfile.mkdtemp(prefix="journeysim-benchmark-")
    try:
        library = Path(folder) / "network.so"
        subprocess.run([compiler, *_FLAGS, str(_SOURCE), "-o", str(library), "-lm"], check=True)
        simulate = ctypes.CDLL(str(library)).simulate
    finally:
        shutil.rmtree(folder)
    simulate.restype = ctypes.c_int64
    about = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    return [
        Competitor(
            "C", f"{about}, -O3; customers with needs of their own", partial(_prepare, simulate, CUSTOMERS), _read
        ),
        Competitor("C, one stream", f"{about}, -O3; no customers", partial(_prepare, simulate, 0), _read),
    ]


def _prepare(simulate: Any, customers: int, network: Network, minutes: float) -> Callable[[int], Any]:
    desks = network.desks
    described = _Network(
        desks=len(desks),
        customers=customers,
        minutes=minutes,
        **{name: getattr(network, name) for name in ("needs_per_min", "patience_min", "redials")},
        **{name: getattr(network, name) for name in ("redial_after_min", "comes_back", "pause_min")},
    )
    for j, desk in enumerate(desks):
        described.agents[j] = desk.agents or 0
        described.service_min[j] = desk.service_min
        described.resolves[j] = desk.resolves
        described.share_until[j] = sum(each.share for each in desks[: j + 1])
    expected = minutes * sum(theory.contacts_per_min for theory in stationary(network))
    room = int(1.1 * expected + 10.0 * expected**0.5 + 1_000)

    def run(seed: int) -> Any:
        contacts, journeys = np.empty(room, _Contact), np.empty(room, _Journey)
        count = simulate(
            ctypes.byref(described),
            ctypes.c_uint64(seed),
            contacts.ctypes.data_as(ctypes.c_void_p),
            ctypes.c_int64(room),
            journeys.ctypes.data_as(ctypes.c_void_p),
            ctypes.c_int64(room),
        )
        if count < 0:
            raise RuntimeError("the C program ran out of room")
        return contacts[:count]

    return run


def _read(contacts: Any) -> Visits:
    left = np.where(np.isnan(contacts["started"]), contacts["ended"], contacts["started"])
    return Visits(
        contacts["desk"].astype(np.int64),
        contacts["arrived"],
        left - contacts["arrived"],
        contacts["outcome"] == _ABANDONED,
    )
