"""Documents of a known form, JSON or TOML: what does not fit is told in the words of somebody who writes such files."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Meta

from cabria.adapters.files.source_file import read_text
from cabria.domain.errors import DataError
from cabria.domain.told import Told, told

Document = TypeVar("Document")

_WORDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "bool": "true or false",
    "array": "a list",
    "object": "a table of named values",
    "null": "null",
    "datetime": "a time",
    "uuid": "a UUID",
}
_FORMS: dict[str, str] = {}


def text_like(pattern: str, words: str, **facts: Any) -> Meta:
    """A text that matches a regular expression, and what a refusal says it should be; `facts` as for `Meta`."""
    _FORMS[pattern] = words
    return Meta(pattern=pattern, **facts)


def decoded(content: bytes, type_of: type[Document], *, file: str, what: str, form: str = "") -> Document:
    """A JSON document of a known form. Raises DataError with the place where it departs from the form.

    `what` is a noun for such a document, `form` the format that it must name itself; a standard's documents name none.
    """
    content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        if form:
            _refuse_other_form(content, file, what, form)
        document = msgspec.json.decode(content, type=type_of)
        # A key that stands twice would silently count with its last value.
        json.loads(content, object_pairs_hook=_refuse_twice, parse_int=str, parse_float=str)
    except msgspec.ValidationError as error:
        refusal = misfit(error, file)
        refusal.place = _with_its_key(refusal.place, content, type_of)
        raise refusal from None
    except RecursionError:
        raise DataError(told("The file is not JSON: it is nested too deeply.", "json-too-deep"), file=file) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataError(told("The file is not JSON: {error}.", "no-json", error=error), file=file) from None
    except DataError as error:
        raise error.inside(file) from None
    return document


def from_toml(path: Path, type_of: type[Document], *, what: str, form: str, limit_bytes: int) -> Document:
    """A TOML document of a known form, as `decoded` reads JSON. Raises DataError."""
    file = str(path)
    parsed = read_toml(path, limit_bytes=limit_bytes)
    if parsed.get("format") != form:
        said = parsed.get("format")
        raise DataError(
            told(
                "{what} begins with format = {wanted}; this file says {there}.",
                "other-format",
                what=what,
                wanted=repr(form),
                there=f"{said!r:.60}",
            ),
            file=file,
        )
    return converted(parsed, type_of, file)


def converted(parsed: object, type_of: type[Document], file: str, *, table: str = "") -> Document:
    """Parsed TOML as what it should be: a whole file, or its table of that name. Raises DataError with the place."""
    try:
        return msgspec.convert(parsed, type_of)
    except msgspec.ValidationError as error:
        refusal = misfit(error, file)
        refusal.place = (table + refusal.place.removeprefix("$")).removeprefix(".")
        raise refusal from None


def read_toml(path: Path, *, limit_bytes: int) -> dict[str, Any]:
    """A TOML file, whatever it says. Raises DataError."""
    file = str(path)
    try:
        return tomllib.loads(read_text(path, limit_bytes=limit_bytes))
    except tomllib.TOMLDecodeError as error:
        raise DataError(told("The file is not TOML: {error}.", "no-toml", error=error), file=file) from None
    except RecursionError:
        raise DataError(told("The file is not TOML: it is nested too deeply.", "toml-too-deep"), file=file) from None
    except ValueError:
        raise DataError(
            told("The file is not TOML: a number has thousands of digits.", "toml-number-too-long"), file=file
        ) from None


def misfit(error: msgspec.ValidationError, file: str) -> DataError:
    """What msgspec found, in plain words and with the place in the document."""
    problem, _, place = str(error).partition(" - at ")
    return DataError(_in_words(problem), file=file, place=place.replace("`", "") or "$")


def _with_its_key(place: str, content: bytes, type_of: type[Any]) -> str:
    """The place with the key of a table of the document where msgspec writes but `[...]`: found by halves."""
    name, is_in_table, rest = place.removeprefix("$.").partition("[...]")
    if not is_in_table or not name.isidentifier():
        return place
    try:
        document = json.loads(content, parse_int=_kept, parse_float=_kept)
    except (ValueError, RecursionError):  # What comes after the misfit may be no JSON at all.
        return place
    table = document[name]
    if not isinstance(table, dict) or not table:  # It stands there twice, and the other one does not fit.
        return place
    keys = sorted(table)

    def is_misfit(some: list[str]) -> bool:
        part = {**document, name: {key: table[key] for key in some}}
        try:
            msgspec.json.decode(msgspec.json.encode(part), type=type_of)
        except msgspec.ValidationError as error:
            return misfit(error, "").place == place
        return False

    while len(keys) > 1:
        half = keys[: len(keys) // 2]
        keys = half if is_misfit(half) else keys[len(half) :]
    return f"$.{name}.{keys[0]:.60}{rest}"


def _kept(number: str) -> msgspec.Raw:
    """A number as it is written, however long."""
    return msgspec.Raw(number.encode())


class _AnyForm(msgspec.Struct):
    format: str | None = None


def _refuse_other_form(content: bytes, file: str, what: str, form: str) -> None:
    try:
        found = msgspec.json.decode(content, type=_AnyForm).format
    except msgspec.ValidationError:
        found = None
    if found != form:
        wanted, there = repr(form), f"{found!r:.60}"
        raise DataError(
            told("{what} begins with format {wanted}; this file says no format.", "no-format", what=what, wanted=wanted)
            if found is None
            else told(
                "{what} begins with format {wanted}; this file says {there}.",
                "other-json-format",
                what=what,
                wanted=wanted,
                there=there,
            ),
            file=file,
            place="$.format",
        )


def _refuse_twice(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise DataError(
            told("{key} is named twice in one table.", "named-twice", key=repr(twice[:60])), place=f"key {twice[:60]}"
        )
    return table


def _in_words(problem: str) -> Told:
    """Plain words for a message of msgspec; one that is not known here stays as it is."""
    for pattern, says in _MESSAGES:
        if found := re.fullmatch(pattern, problem, re.DOTALL):
            return says(*found.groups())
    return told("{error}.", "of-other-sort", error=problem)


def _kinds(types: str, words: Mapping[str, str]) -> str:
    return " or ".join(words.get(name, name) for name in types.split(" | "))


def _told_kind(expected: str, got: str) -> Told:
    there = _kinds(got, {**_WORDS, "float": "a fraction"})
    return told("This should be {wanted}, not {there}.", "of-other-kind", wanted=_kinds(expected, _WORDS), there=there)


def _told_form(pattern: str) -> Told:
    words = next((words for known, words in _FORMS.items() if repr(known) == pattern), f"of the form {pattern}")
    return told("This should be {wanted}.", "of-other-form", wanted=words)


def _told_limit(sign: str, limit: str) -> Told:
    bound = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}[sign]
    number = f"{float(limit):,.0f}" if float(limit).is_integer() else limit
    return told("This should be {wanted}.", "of-other-form", wanted=f"{bound} {number}")


def _told_length(kind: str, bound: str | None, sign: str | None, length: str) -> Told:
    bound = bound or {">=": "at least", "<=": "at most"}.get(sign or "", "exactly")
    if (bound, length) == ("at least", "1"):
        return told("This should not be empty.", "empty")
    noun = "characters" if kind == "str" else "entries"
    return told("This should have {wanted}.", "of-other-size", wanted=f"{bound} {length} {noun}")


_MESSAGES: tuple[tuple[str, Callable[..., Told]], ...] = (
    (r"Expected `([^`]*)`, got `([^`]*)`", _told_kind),
    (r"Expected `str` matching regex (.*)", _told_form),
    (r"Expected `(?:int|float)` ([<>]=?) (\S*)", _told_limit),
    (r"Expected `(str|array)` of (?:(at least|at most) )?length (?:([<>]=) )?(\d+).*", _told_length),
    (
        r"Object missing required field `(.*)`",
        lambda key: told("The key {given} is missing.", "key-missing", given=repr(key)),
    ),
    (
        r"Object contains unknown field `(.{,60}).*`",
        lambda key: told("There is no key {given}.", "key-not-known", given=repr(key)),
    ),
    (
        r"Invalid RFC3339 encoded datetime",
        lambda: told("This should be a time such as 2026-11-23T06:00:00-05:00.", "no-time"),
    ),
    (
        r"Expected `datetime` with a timezone component",
        lambda: told("This time does not say its offset, such as -05:00.", "time-without-offset"),
    ),
    (
        r"Invalid UUID",
        lambda: told("This should be a UUID, such as 0342254a-5927-4856-b9c9-aa12e7c00563.", "no-uuid"),
    ),
    (
        r"Invalid enum value (.{,60}).*",
        lambda given: told("{given} is none of the words that may stand here.", "no-such-word", given=given),
    ),
)
