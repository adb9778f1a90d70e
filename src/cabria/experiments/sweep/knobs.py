"""What may be varied: every plain field of what is run, and every field of its `settings`, by its name.

Values are written as people write them: `40`, `20,30,45`, `20..60` (in steps of ten), `20..60:5`, `yes,no`,
`nearest truck,in time`.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from difflib import get_close_matches
from enum import StrEnum
from itertools import product
from typing import Any, TypeVar

from cabria.domain.errors import DataError
from cabria.operations.settings import Settings
from cabria.referee.run_record import Value, Variant

Subject = TypeVar("Subject")

MOST_VALUES = 100
MOST_VARIANTS = 200
USUAL_STEP = 10
"""Of a range of whole numbers that does not say its own."""
HIGHEST = 10**9
LEAST = {"trucks": 1, "look_ahead": 1, "most_visitors": 1}
"""Of settings that cannot be nothing; others may be 0."""
NOT_VARIED = frozenset({"seed"})
YES, NO = ("yes", "true", "on", "1"), ("no", "false", "off", "0")


@dataclass(frozen=True, slots=True)
class Knob:
    """A setting: its name, its value when nobody says another, and what it does."""

    name: str
    usual: Value
    words: str
    is_of_settings: bool


def knobs_of(subject: object) -> Mapping[str, Knob]:
    """All settings of what is run, by name: first its own, then those of how the terminal is run."""
    found = {knob.name: knob for knob in _plain_fields(subject, is_of_settings=False)}
    settings = getattr(subject, "settings", None)
    if isinstance(settings, Settings):
        found |= {knob.name: knob for knob in _plain_fields(settings, is_of_settings=True) if knob.name not in found}
    return found


def _plain_fields(subject: Any, *, is_of_settings: bool) -> Iterator[Knob]:
    words = _docstrings(type(subject))
    for field in fields(subject):
        value = getattr(subject, field.name)
        if isinstance(value, (bool, int, float, str)) and field.name not in NOT_VARIED:
            yield Knob(field.name, value, words.get(field.name, ""), is_of_settings)


def _docstrings(kind: type) -> Mapping[str, str]:
    """The strings that stand under the fields of a class, on one line each."""
    if not is_dataclass(kind):
        return {}
    body = ast.parse(inspect.cleandoc(inspect.getsource(kind))).body[0]
    assert isinstance(body, ast.ClassDef)
    return {
        field.target.id: " ".join(text.value.value.split())
        for field, text in zip(body.body, body.body[1:], strict=False)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }


def varied(text: str, knobs: Mapping[str, Knob]) -> tuple[str, tuple[Value, ...]]:
    """`trucks=20..60:10` as the setting's name and its values. Raises DataError."""
    name, equals, values = text.partition("=")
    name = name.strip().replace("-", "_")
    if not equals or not values.strip():
        raise DataError(f"{text[:60]!r} varies nothing.", place="--vary", remedy="Write name=values: trucks=20..60:10.")
    if name not in knobs:
        close = get_close_matches(name, knobs, n=1)
        hint = f"Do you mean {close[0]}?" if close else f"There are {', '.join(knobs)}."
        raise DataError(f"There is no setting {name[:40]!r}.", place="--vary", remedy=hint)
    found = tuple(dict.fromkeys(_values(values, knobs[name])))
    if len(found) > MOST_VALUES:
        raise DataError(f"These are {len(found):,} values.", place=f"--vary {name}", remedy=f"At most {MOST_VALUES}.")
    return name, found


def _values(text: str, knob: Knob) -> Iterator[Value]:
    for part in text.split(","):
        first, dots, rest = part.strip().partition("..")
        if dots and not isinstance(knob.usual, (bool, str)):
            last, _, step = rest.partition(":")
            yield from _range(knob, _number(first, knob), _number(last, knob), _number(step, knob) if step else None)
        else:
            yield _value(part.strip(), knob)


def _range(knob: Knob, first: float, last: float, step: float | None) -> Iterator[Value]:
    """Both ends included; without a step in steps of ten, or in ten steps where the setting is no whole number."""
    place, is_whole = f"--vary {knob.name}", isinstance(knob.usual, int)
    if step is None:
        step = USUAL_STEP if is_whole else (last - first) / 10
    if first > last or step <= 0:
        raise DataError(f"{first:g}..{last:g}:{step:g} does not rise.", place=place, remedy="Write 20..60:10.")
    count = int((last - first) / step + 1e-9) + 1
    if count > MOST_VALUES:
        raise DataError(f"These are {count:,} values.", place=place, remedy=f"At most {MOST_VALUES}.")
    for number in range(count):
        value = first + number * step
        yield round(value) if is_whole else round(value, 9)


def _number(text: str, knob: Knob) -> float:
    return float(_value(text.strip(), knob))


def _value(text: str, knob: Knob) -> Value:
    """A value as the setting's own kind. Raises DataError."""
    usual, place = knob.usual, f"--vary {knob.name}"
    if isinstance(usual, bool):
        if text.lower() not in (*YES, *NO):
            raise DataError(f"{text[:40]!r} is neither yes nor no.", place=place, remedy="Write yes, no or yes,no.")
        return text.lower() in YES
    if isinstance(usual, StrEnum):
        kind = type(usual)
        if text not in list(kind):
            raise DataError(f"There is no {text[:40]!r}.", place=place, remedy=f"Choose among {', '.join(kind)}.")
        return kind(text)
    if isinstance(usual, str):
        return text
    try:
        value = int(text) if isinstance(usual, int) else float(text)
    except ValueError:
        kind_words = "whole number" if isinstance(usual, int) else "number"
        raise DataError(f"{text[:40]!r} is no {kind_words}.", place=place) from None
    least = LEAST.get(knob.name, 0)
    if not least <= value <= HIGHEST:
        raise DataError(f"{text[:40]} is not between {least:,} and {HIGHEST:,}.", place=place)
    return value


def variants_of(settings: Sequence[tuple[str, Sequence[Value]]]) -> tuple[Variant, ...]:
    """Every choice of one value a setting, the last setting changing first. Raises DataError."""
    names = [name for name, _ in settings]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise DataError(
            f"{twice} is varied twice.", place="--vary", remedy=f"Write all its values at once: {twice}=A,B."
        )
    count = 1
    for _, values in settings:
        count *= len(values)
    if count > MOST_VARIANTS:
        raise DataError(f"These are {count:,} variants.", place="--vary", remedy=f"At most {MOST_VARIANTS}.")
    choices = product(*(values for _, values in settings))
    return tuple(Variant(number, dict(zip(names, choice, strict=True))) for number, choice in enumerate(choices, 1))


def with_values(subject: Subject, values: Mapping[str, Value]) -> Subject:
    """What is run with other settings. Raises DataError for values that it refuses."""
    knobs = knobs_of(subject)
    own = {name: value for name, value in values.items() if not knobs[name].is_of_settings}
    inner = {name: value for name, value in values.items() if knobs[name].is_of_settings}
    thing: Any = subject
    if inner:
        own["settings"] = replace(thing.settings, **inner)
    changed: Subject = replace(thing, **own)
    return changed
