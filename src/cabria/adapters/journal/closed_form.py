"""Nouns of the domain and of operations as JSON, and back: a closed list of rooms, so that a file brings nothing else.

Tuples are arrays; whatever else is no plain value is an object that says its type under "$": a dataclass or named tuple
(`module.Name`) with the fields that differ from their defaults, an enumeration with its value, a list, a mapping or a
set with what is in it, a function of operations by name. New fields with defaults need no new version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import FunctionType, ModuleType
from typing import Any

import msgspec

from cabria.domain.errors import DataError

TYPE, IS, OF = "$", "is", "of"
ROOMS = ("cabria.domain", "cabria.operations")
"""Every dataclass, named tuple and enumeration of their modules may stand in a journal."""
BESIDES = ("cabria.planning.dispatch.traffic.lane_book",)
FUNCTIONS_OF = "cabria.operations."
"""Every function of its modules may be what follows when a job is done."""
LARGE = frozenset({"calls.VesselCall", "layout.Layout", "plan.LoadingPlan"})
"""What makes nine tenths of how everything stands, and never changes."""
MOST_LARGE = 32
_encoded: dict[int, tuple[Any, msgspec.Raw]] = {}
_FIELDS: dict[type, Mapping[str, Any]] = {}
_PLAIN_TYPES = frozenset({str, int, float, bool, type(None)})


def encode(value: Any) -> bytes:
    """Raises TypeError for a type that is not on the list."""
    return msgspec.json.encode(_out(value))


def decode(text: bytes) -> Any:
    """What `encode` wrote. Raises DataError for anything else."""
    try:
        return _in(msgspec.json.decode(text))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(f"This is nothing that a journal holds: {str(error).rstrip('.')}.") from None


def _out(value: Any) -> Any:
    kind = type(value)
    if kind in _PLAIN_TYPES:
        return value
    if kind is tuple:
        return [_out(part) for part in value]
    if kind is list:
        return {TYPE: "list", OF: [_out(part) for part in value]}
    if kind in (set, frozenset):
        return {TYPE: "set", OF: [_out(part) for part in sorted(value)]}
    if isinstance(value, Mapping):
        if _PLAIN_TYPES.issuperset(map(type, value)) and _PLAIN_TYPES.issuperset(map(type, value.values())):
            return {TYPE: "map", OF: list(value.items())}
        return {TYPE: "map", OF: [[_out(key), _out(held)] for key, held in value.items()]}
    if kind is FunctionType:
        return {TYPE: "function", IS: _function_name(value)}
    name = _names().get(kind)
    if name is None:
        raise TypeError(f"A {kind.__module__}.{kind.__name__} cannot stand in a journal.")
    if name in LARGE:
        return _large(value, name)
    if isinstance(value, Enum):
        return {TYPE: name, IS: value.value}
    return {TYPE: name} | {field: _out(held) for field, held in _differing(kind, value)}


def _large(value: Any, name: str) -> msgspec.Raw:
    """Encoded once, as it never changes. It is kept with its encoding, so that nothing else gets its identity."""
    known = _encoded.get(id(value))
    if known is None:
        text = msgspec.json.encode({TYPE: name} | {field: _out(held) for field, held in _differing(type(value), value)})
        known = value, msgspec.Raw(text)
        while len(_encoded) >= MOST_LARGE:
            _encoded.pop(next(iter(_encoded)), None)
        _encoded[id(value)] = known
    return known[1]


def _differing(kind: type, value: Any) -> Iterator[tuple[str, Any]]:
    """Fields that are not at their defaults."""
    for field, default in _fields(kind).items():
        held = getattr(value, field)
        if default is MISSING or held != default or type(held) is not type(default):
            yield field, held


def _in(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_in(part) for part in value)
    if not isinstance(value, dict):
        return value
    name = value.pop(TYPE, None)
    if not isinstance(name, str):
        raise DataError(f"Nothing in a journal is called {name!r:.60}.")
    if name in _BUILT_IN:
        return _BUILT_IN[name](value)
    kind = _types().get(name)
    if kind is None:
        raise DataError(f"Nothing in a journal is called {name!r:.60}.")
    try:
        if issubclass(kind, Enum):
            return kind(value[IS])
        if unknown := value.keys() - _fields(kind).keys():
            raise DataError(f"{name} has no field {min(unknown)!r:.60}.")
        return kind(**{field: _in(held) for field, held in value.items()})
    except (TypeError, ValueError, KeyError) as error:
        raise DataError(f"This is no {name}: {str(error).rstrip('.')}.") from None


def _parts(value: dict[str, Any]) -> Iterable[Any]:
    parts = value.get(OF)
    if not isinstance(parts, list):
        raise DataError("A list, set or map does not say what is in it.")
    return parts


def _set_in(value: dict[str, Any]) -> set[Any]:
    try:
        return {_in(part) for part in _parts(value)}
    except TypeError:
        raise DataError("A set holds what no set can hold.") from None


def _map_in(value: dict[str, Any]) -> dict[Any, Any]:
    try:
        return {_in(key): _in(held) for key, held in _parts(value)}
    except (TypeError, ValueError):
        raise DataError("A map is not made of keys and what they stand for.") from None


def _function_in(value: dict[str, Any]) -> Any:
    found = _functions().get(str(value.get(IS)))
    if found is None:
        raise DataError(f"Operations have no function {value.get(IS)!r:.80}.")
    return found


_BUILT_IN: Mapping[str, Callable[[dict[str, Any]], Any]] = {
    "list": lambda value: [_in(part) for part in _parts(value)],
    "set": _set_in,
    "map": _map_in,
    "function": _function_in,
}


def _function_name(function: FunctionType) -> str:
    name = _short(function)
    if _functions().get(name) is not function:
        raise TypeError(f"The function {name} cannot stand in a journal.")
    return name


@cache
def _names() -> Mapping[type, str]:
    return {kind: name for name, kind in _types().items()}


def _short(thing: type | FunctionType) -> str:
    return f"{thing.__module__.rpartition('.')[2]}.{thing.__name__}"


@cache
def _modules() -> tuple[ModuleType, ...]:
    names = [*BESIDES]
    for room in ROOMS:
        names += [f"{room}.{module.name}" for module in iter_modules(import_module(room).__path__)]
    return tuple(import_module(name) for name in names)


@cache
def _types() -> Mapping[str, type]:
    found: dict[str, type] = {}
    for module in _modules():
        for thing in vars(module).values():
            if isinstance(thing, type) and thing.__module__ == module.__name__ and _is_noun(thing):
                if _short(thing) in found:
                    raise TypeError(f"Two types are called {_short(thing)}.")
                found[_short(thing)] = thing
    return found


@cache
def _functions() -> Mapping[str, FunctionType]:
    return {
        _short(thing): thing
        for module in _modules()
        if module.__name__.startswith(FUNCTIONS_OF)
        for thing in vars(module).values()
        if isinstance(thing, FunctionType) and thing.__module__ == module.__name__
    }


def _is_noun(kind: type) -> bool:
    return is_dataclass(kind) or issubclass(kind, Enum) or hasattr(kind, "_fields")


def _fields(kind: type) -> Mapping[str, Any]:
    """Names of fields and their defaults; MISSING for those without, and for made ones."""
    if kind not in _FIELDS:
        _FIELDS[kind] = _fields_of(kind)
    return _FIELDS[kind]


def _fields_of(kind: type) -> Mapping[str, Any]:
    if is_dataclass(kind):
        return {field.name: field.default for field in fields(kind) if field.init}
    names: tuple[str, ...] = kind._fields  # type: ignore[attr-defined]
    defaults: Mapping[str, Any] = kind._field_defaults  # type: ignore[attr-defined]
    return {name: defaults.get(name, MISSING) for name in names}
