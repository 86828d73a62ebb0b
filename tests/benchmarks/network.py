"""The two networks that every competitor runs, and what queueing theory says about them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

__all__ = ["MMCM", "PLAIN", "Desk", "Network", "Theory", "stationary"]


@dataclass(frozen=True)
class Desk:
    """A touchpoint: `agents` serve first come, first served; None stands for self-service without a line."""

    name: str
    agents: int | None
    service_min: float  # mean, exponential
    share: float  # of the customers who choose where to go
    resolves: float  # share of served contacts


@dataclass(frozen=True)
class Network:
    """Needs arrive in a Poisson stream; each leads to contacts until it is resolved or given up.

    Who was served in vain comes back after a pause and chooses anew. Of those who abandon, the share `redials` tries
    the same desk again, the share `comes_back` behaves as if served in vain, and the rest gives up.
    """

    name: str
    title: str
    needs_per_min: float
    desks: tuple[Desk, ...]
    patience_min: float  # mean, exponential
    redials: float = 0.0
    redial_after_min: float = 0.0  # mean, exponential
    comes_back: float = 0.0
    pause_min: float = 0.0  # mean, exponential
    warm_up_min: float = 60.0  # left out of waiting and abandonment
    allowance: float = 0.0  # relative error of the theory below for this network

    @property
    def staffed(self) -> tuple[int, ...]:
        """Positions of the desks with a line."""
        return tuple(j for j, desk in enumerate(self.desks) if desk.agents is not None)


@dataclass(frozen=True)
class Theory:
    """Expected contacts per minute and, of those, mean wait in line (all who arrive) and share abandoned."""

    contacts_per_min: float
    wait_min: float
    abandoned: float


def stationary(network: Network) -> tuple[Theory, ...]:
    """Each desk of a network in the long run.

    A line alone is exact: birth and death (Erlang-A). In a network the streams between desks are taken for Poisson
    streams, and their rates solve the traffic equations; returns after a failure make that an approximation, good to
    `Network.allowance`.
    """
    rates = [network.needs_per_min * desk.share for desk in network.desks]
    for _ in range(200):
        lines = [_erlang_a(rate, desk, network.patience_min) for rate, desk in zip(rates, network.desks, strict=True)]
        choosing = network.needs_per_min + sum(
            rate * ((1.0 - abandoned) * (1.0 - desk.resolves) + abandoned * network.comes_back)
            for rate, desk, (_, abandoned) in zip(rates, network.desks, lines, strict=True)
        )
        rates = [
            choosing * desk.share + rate * abandoned * network.redials
            for rate, desk, (_, abandoned) in zip(rates, network.desks, lines, strict=True)
        ]
    return tuple(Theory(rate, *line) for rate, line in zip(rates, lines, strict=True))


def _erlang_a(rate: float, desk: Desk, patience_min: float) -> tuple[float, float]:
    """Mean wait of all who arrive, and share abandoned, of M/M/c+M."""
    if desk.agents is None:
        return 0.0, 0.0
    present = np.arange(5_000)
    leaving = np.minimum(present[1:], desk.agents) / desk.service_min
    leaving = leaving + np.maximum(present[1:] - desk.agents, 0) / patience_min
    log_weight = np.concatenate([[0.0], np.cumsum(math.log(rate) - np.log(leaving))])
    weight = np.exp(log_weight - log_weight.max())
    in_line = float(weight @ np.maximum(present - desk.agents, 0) / weight.sum())
    return in_line / rate, in_line / patience_min / rate


MMCM = Network(
    name="mmcm",
    title="M/M/20+M, load 0.95, mean patience = mean service",
    needs_per_min=3.8,
    desks=(Desk("hotline", agents=20, service_min=5.0, share=1.0, resolves=1.0),),
    patience_min=5.0,
    allowance=0.01,  # the theory is exact, but a customer of journeysim never has two calls at a time
)

PLAIN = Network(
    name="plain",
    title="Plain network: web, hotline, store; abandonment, redial, re-contact after failure",
    needs_per_min=4.0,
    desks=(
        Desk("web", agents=None, service_min=4.0, share=0.5, resolves=0.7),
        Desk("hotline", agents=9, service_min=5.0, share=0.3, resolves=0.8),
        Desk("store", agents=9, service_min=7.0, share=0.2, resolves=0.9),
    ),
    patience_min=6.0,
    redials=0.5,
    redial_after_min=60.0,
    comes_back=0.2,
    pause_min=120.0,
    warm_up_min=600.0,
    allowance=0.04,
)
