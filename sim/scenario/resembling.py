"""Names that an extending file probably misspelt: half an entry, called almost like one of an extended file."""

from __future__ import annotations

from collections.abc import Iterator

from sim.scenario.draft import Finding
from sim.scenario.paths import closest
from sim.scenario.reading import CHANGED, Content

__all__ = ["resembling"]

_SECTIONS = ("segments", "touchpoints", "needs")
_ALIKE = 0.8
"""Who misspells a name keeps more of it than who names something new."""


def resembling(content: Content) -> Iterator[Finding]:
    """Find entries that say less than one of another file whose name is almost theirs.

    Parameters
    ----------
    content : Content

    Yields
    ------
    Finding
    """
    for section in _SECTIONS:
        entries = content.raw.get(section)
        mappings = entries.items() if isinstance(entries, dict) else ()
        keys = {name: set(entry) for name, entry in mappings if isinstance(entry, dict)}
        files = {name: content.position(f"{section}.{name}")[0] for name in keys}
        for name, file in files.items():
            fuller = [other for other in keys if keys[name] < keys[other] and files[other] not in (file, CHANGED)]
            close = closest(name, fuller, _ALIKE)
            if close and file != CHANGED:
                yield f"{section}.{name}", f"a new name, and less said than of {close!r}; did you mean {close!r}?"
