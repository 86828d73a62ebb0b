"""What all parts of a scenario file share."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["NAME", "Name", "Part", "default"]

NAME = r"^[a-z][a-z0-9_]*$"
Name = Annotated[str, Field(pattern=NAME)]


def default(raw: str | float) -> Any:
    """Declare a default as a file would write it; validation turns it into a number."""
    return Field(default=raw)


class Part(BaseModel):
    """A part of a scenario file: frozen, and without unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True, use_attribute_docstrings=True)
