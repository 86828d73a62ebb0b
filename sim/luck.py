"""Keyed luck: every random draw is a function of who draws it and for what, never of when it is drawn.

A key is a 64-bit number. `derive` makes the key of a part from the key of the whole, so that the path
(seed, replication, customer, journey, contact, purpose) leads to one draw, whatever else happens in the run.
The mixing function is the finaliser of SplitMix64 (Steele, Lea & Flood 2014, "Fast splittable pseudorandom
number generators", OOPSLA). All functions take whole numbers below 2**64 or NumPy arrays of uint64.
"""

from __future__ import annotations

import hashlib
from enum import IntEnum
from typing import Any

from sim.jit import rule, unsigned

__all__ = ["Purpose", "derive", "draw", "name_key", "run_key", "uniform"]

_MASK = 0xFFFFFFFFFFFFFFFF
_GOLDEN = 0x9E3779B97F4A7C15
_MIX_1 = 0xBF58476D1CE4E5B9
_MIX_2 = 0x94D049BB133111EB
_HALF_ULP = 2.0**-52


class Purpose(IntEnum):
    """What a draw is for. A number, once given, never changes its meaning: old results stay repeatable."""

    # persistent traits of a customer
    NEED_RATE = 1
    TOLERANCE = 2
    SENSITIVITY = 3
    WILLING_TO_IDENTIFY = 4
    LEAVING = 5
    TASTE = 6
    BOUGHT_BEFORE = 7
    LINK = 8
    # base needs
    BASE_NEED = 9
    NEED_GAP = 10
    NEED_ACCEPTED = 11
    # a journey
    DIFFICULTY = 12
    VALUE = 13
    PRODUCT = 14
    PROMOTION = 15
    RESEARCH = 16
    RESEARCH_TIME = 17
    FOLLOW_UP = 18
    FOLLOW_UP_DELAY = 19
    # a contact
    CHOICE = 20
    AFTER_OPENING = 21
    PATIENCE = 22
    SERVICE_TIME = 23
    RESOLVED = 24
    PASSED_ON = 25
    AFTER_ABANDONING = 27
    PAUSE = 28
    CONTACT = 29
    # later additions, each to one of the above; 26, 30 and 46 are used up
    PROMISED = 53
    SYSTEM = 54
    ANSWER = 31
    TRACKED = 32
    TARGETS = 33
    STEERED = 34
    OFFERED = 35
    ADVICE = 36
    CLOSED = 37
    ACCOMPANIED = 38
    GOODWILL = 39
    SHARES = 40
    GIVES = 41
    MESSAGE = 42
    MESSAGE_GAP = 43
    MESSAGE_SUITS = 44
    MESSAGE_ANSWERED = 45
    OPTS_OUT = 47
    OPT_OUT_IGNORED = 48
    MOVES = 49
    TELLS = 50
    TOLD = 51
    JOINS = 52
    TRANSFERRED = 55
    FREQUENCY_CARE = 60
    ADDRESS_CARE = 61


@rule
def derive(key: Any, part: Any) -> Any:
    """Key of a part, from the key of the whole.

    Parameters
    ----------
    key : int or uint64 array
    part : int or uint64 array
        Number of the part: an ordinal, a `Purpose`, or a `name_key`.

    Returns
    -------
    int or uint64 array

    Examples
    --------
    >>> derive(1, 2) == derive(1, 2), derive(1, 2) == derive(2, 1)
    (True, False)
    """
    x = (key + ((unsigned(part) * _GOLDEN) & _MASK)) & _MASK
    x = ((x ^ (x >> 30)) * _MIX_1) & _MASK
    x = ((x ^ (x >> 27)) * _MIX_2) & _MASK
    return x ^ (x >> 31)


@rule
def uniform(key: Any) -> Any:
    """Uniform draw in the open interval (0, 1) that belongs to a key.

    Examples
    --------
    >>> 0.0 < uniform(derive(7, 1)) < 1.0
    True
    """
    return ((key >> 12) + 0.5) * _HALF_ULP


@rule
def draw(key: Any, purpose: Any) -> float:
    """Uniform draw of a key for a purpose.

    Examples
    --------
    >>> draw(7, Purpose.PATIENCE) == uniform(derive(7, 22))
    True
    """
    u: float = uniform(derive(key, purpose))
    return u


def name_key(name: str) -> int:
    """Number of a name, so that luck does not depend on a position in a file.

    Examples
    --------
    >>> name_key("web") != name_key("store")
    True
    """
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def run_key(seed: int, replication: int) -> int:
    """Key of one replication: the root of all its luck."""
    return int(derive(derive(0, seed), replication))
