"""plan-log.jsonl: what was done to a plan by hand, a line each; `docs/reference/plan-log.md` explains it.

The first line names the format and the call. Times are UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from cabria.adapters.files.documents import decoded
from cabria.adapters.files.plan_json import Number, Slot, WaiverPart, waiver_of, waiver_part
from cabria.adapters.files.source_file import read_bytes, write_whole
from cabria.domain.containers import ContainerId
from cabria.domain.edits import Edit, Exchange, LeaveAshore, MoveTo, PlanLog, PlanLogEntry, Redo, Undo, Waive
from cabria.domain.errors import DataError
from cabria.domain.positions import StowPosition

FORMAT: Literal["cabria.plan-log/1"] = "cabria.plan-log/1"
MAX_BYTES = 64 * 1024 * 1024
Words = Annotated[str, Meta(min_length=1, max_length=300)]


class Head(msgspec.Struct, forbid_unknown_fields=True):
    format: Literal["cabria.plan-log/1"]
    call: Annotated[str, Meta(min_length=1, max_length=100)]


class _Line(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, tag_field="what"):
    at: Annotated[datetime, Meta(tz=True)]
    by: Annotated[str, Meta(min_length=1, max_length=100)]
    minutes: float | None = None
    """What it cost; null for what costs nothing to tell."""


class ExchangeLine(_Line, tag="exchange"):
    one: Number
    other: Number


class MoveLine(_Line, tag="move"):
    container: Number
    to: Slot


class AshoreLine(_Line, tag="ashore"):
    container: Number
    reason: Words


class WaiveLine(_Line, tag="waive"):
    waiver: WaiverPart


class UndoLine(_Line, tag="undo"):
    pass


class RedoLine(_Line, tag="redo"):
    pass


Line = ExchangeLine | MoveLine | AshoreLine | WaiveLine | UndoLine | RedoLine


def write_plan_log(log: PlanLog, path: Path | str, *, call_id: str) -> None:
    """Write it whole or not at all. Raises DataError."""
    lines = [Head(FORMAT, call_id), *map(_line, log)]
    write_whole(path, b"".join(msgspec.json.encode(line) + b"\n" for line in lines))


def read_plan_log(path: Path | str, *, call_id: str) -> PlanLog:
    """Raises DataError with file and line for what is no log of this call."""
    file = str(path)
    first, *rest = read_bytes(path, limit_bytes=MAX_BYTES).splitlines()
    head = decoded(first, Head, file=file, what="A plan log", form=FORMAT)
    if head.call != call_id:
        raise DataError(f"The log is of call {head.call!r:.60}, not of {call_id}.", file=file, place="line 1")
    entries = []
    for number, line in enumerate(rest, 2):
        try:
            entries.append(_entry(decoded(line, Line, file=file, what="A line of a plan log")))  # type: ignore[arg-type]
        except DataError as error:
            place = ", ".join(part for part in (f"line {number}", error.place) if part)
            raise DataError(error.problem, file=file, place=place, remedy=error.remedy) from None
    try:
        return PlanLog(tuple(entries))
    except DataError as error:
        raise error.inside(file) from None


def _line(entry: PlanLogEntry) -> Line:
    said: dict[str, Any] = {"at": entry.at.astimezone(UTC), "by": entry.by, "minutes": entry.minutes}
    match entry.what:
        case Exchange(one, other):
            return ExchangeLine(**said, one=one, other=other)
        case MoveTo(container, to):
            return MoveLine(**said, container=container, to=str(to))
        case LeaveAshore(container, reason):
            return AshoreLine(**said, container=container, reason=reason)
        case Waive(waiver):
            return WaiveLine(**said, waiver=waiver_part(waiver))
        case Undo():
            return UndoLine(**said)
        case Redo():
            return RedoLine(**said)


def _entry(line: Line) -> PlanLogEntry:
    return PlanLogEntry(_what(line), line.by, line.at.astimezone(UTC), line.minutes)


def _what(line: Line) -> Edit | Undo | Redo:
    match line:
        case ExchangeLine():
            return Exchange(ContainerId(line.one), ContainerId(line.other))
        case MoveLine():
            return MoveTo(ContainerId(line.container), StowPosition.parse(line.to))
        case AshoreLine():
            return LeaveAshore(ContainerId(line.container), line.reason)
        case WaiveLine():
            return Waive(waiver_of(line.waiver))
        case UndoLine():
            return Undo()
        case RedoLine():
            return Redo()
