"""The file format as a JSON Schema, for completion and checks while typing in an editor."""

from __future__ import annotations

from typing import Any

from sim.scenario.schema import Document

__all__ = ["json_schema"]


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a scenario file.

    Editors use it while a file is written; `load` checks far more. As a file may extend another and then says
    only what differs, no key is required here, and an entry may be null, which deletes it.

    Returns
    -------
    dict

    Examples
    --------
    >>> sorted(json_schema()["$defs"]["Severity"]["properties"])
    ['severity']
    """
    schema = Document.model_json_schema()
    _loosen(schema)
    for definition in schema["$defs"].values():
        _loosen(definition)
    schema["properties"]["extends"] = {
        "description": "File or files, relative to this one, that this file changes; later ones win.",
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}],
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "journeysim scenario"}


def _loosen(model: dict[str, Any]) -> None:
    """Require nothing, allow null, and leave out what only makes sense inside Python."""
    model.pop("required", None)
    for name, value in model.get("properties", {}).items():
        value.pop("title", None)
        if isinstance(value.get("default"), dict):
            del value["default"]
        value.pop("minProperties", None)
        for key in ("additionalProperties", "patternProperties"):
            _allow_null_entries(value, key)
        model["properties"][name] = _nullable(value)


def _allow_null_entries(value: dict[str, Any], key: str) -> None:
    entries = value.get(key)
    if not isinstance(entries, dict):
        return
    if key == "patternProperties":
        value[key] = {pattern: _nullable(entry) for pattern, entry in entries.items()}
        value["additionalProperties"] = False
    else:
        value[key] = _nullable(entries)


def _nullable(value: dict[str, Any]) -> dict[str, Any]:
    about = {key: item for key, item in value.items() if key in ("description", "default")}
    options = value.get("anyOf") or [{key: item for key, item in value.items() if key not in about}]
    if {"type": "null"} in options:
        return value
    return {**about, "anyOf": [*options, {"type": "null"}]}
