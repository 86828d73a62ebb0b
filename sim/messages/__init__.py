"""The sentences stakeholders read, in English and German side by side; the words they are made of are in labels."""

from __future__ import annotations

import string
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sim.labels import LANGUAGES, spoken
from sim.messages import ballots, business_case, comparison, figures, film, kpis, measured, report, story, workshop
from sim.messages.keys import key_label, kpi_name, path_label

__all__ = ["TEXTS", "definition", "key_label", "kpi_name", "path_label", "say"]

TEXTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        **comparison.TEXTS,
        **figures.TEXTS,
        **measured.TEXTS,
        **business_case.TEXTS,
        **film.TEXTS,
        **story.TEXTS,
        **report.TEXTS,
        **ballots.TEXTS,
        **workshop.TEXTS,
    }
)
"""English and German by key; braces name what is filled in, or count it: ``{pairs} replication{pairs:|s}``."""


class _Counting(string.Formatter):
    """Fills in values; one with ``one|many`` behind it stands for the word that goes with so many."""

    def format_field(self, value: Any, format_spec: str) -> str:
        one, divided, many = format_spec.partition("|")
        if not divided:
            return str(super().format_field(value, format_spec))
        return one if str(value).lstrip("+\u2212") == "1" else many


_COUNTING = _Counting()


def say(key: str, **values: object) -> str:
    """Say a sentence in the language that is spoken now.

    Parameters
    ----------
    key : str
        One of `TEXTS`.
    **values
        What is filled in, as it shall read: numbers are written by `sim.labels.number` before.

    Examples
    --------
    >>> say("interval", low="-1.2", high="+0.4")
    '-1.2 to +0.4'
    >>> [say("replications", count=count) for count in (1, 20)]
    ['1 replication', '20 replications']
    """
    return _COUNTING.format(TEXTS[key][LANGUAGES.index(spoken())], **values)


def definition(kpi: str, english: str) -> str:
    """Define a KPI in the language that is spoken now.

    Parameters
    ----------
    kpi : str
        Name; one for a touchpoint or a frustration type has the general definition with its place or type.
    english : str
        Its definition in `sim.kpis.catalogue`, which also stands in where no other language has one.

    Examples
    --------
    >>> definition("waiting_min", "Mean waiting time in line.")
    'Mean waiting time in line.'
    """
    return english if spoken() == "en" else kpis.german(kpi) or english
