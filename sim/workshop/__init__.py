"""The workshop: a case, sliders, and two worlds side by side.

`Session` needs no widgets; `Workshop` and `open_workshop` need the extra ``lab``.
"""

from sim.workshop.session import Position, Question, Session

__all__ = ["Position", "Question", "Session"]
