"""JSON Schema of every message, from which the pages' types and the OpenAPI document are made."""

from __future__ import annotations

from inspect import isclass
from types import ModuleType
from typing import Any

import msgspec

from cabria.console.messages import (
    berths,
    ground,
    live,
    machines,
    parts,
    past,
    people,
    queues,
    replanning,
    ship,
    training,
    yard,
)

MODULES: tuple[ModuleType, ...] = (
    parts,
    people,
    ship,
    ground,
    live,
    queues,
    yard,
    machines,
    berths,
    past,
    replanning,
    training,
)
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def message_types() -> tuple[type[parts.Message], ...]:
    """Every message there is, in the order of the modules."""
    return tuple(
        thing
        for module in MODULES
        for thing in vars(module).values()
        if isclass(thing) and issubclass(thing, parts.Message) and thing is not parts.Message
        if thing.__module__ == module.__name__
    )


def definitions(place: str, *others: type[msgspec.Struct]) -> dict[str, Any]:
    """The schema of each message, and of some others, by its name; they point at each other under `place`."""
    _, found = msgspec.json.schema_components((*message_types(), *others), ref_template=f"#/{place}/{{name}}")
    return dict(sorted(found.items()))


def json_schema() -> dict[str, Any]:
    """One document with all messages under `$defs`."""
    return {
        "$schema": DIALECT,
        "title": f"Messages of Cabria's control room, version {parts.VERSION}",
        "$defs": definitions("$defs"),
    }
