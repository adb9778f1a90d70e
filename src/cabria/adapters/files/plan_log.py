"""plan-log.jsonl: what was done to a plan by hand, a line each; `docs/reference/plan-log.md` explains it.

The first line names the format and the call. Times are UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from cabria.adapters.files.documents import decoded
from cabria.adapters.files.edit_parts import Crane, KnownPart, WishPart, known_of, known_part, wish_of, wish_part
from cabria.adapters.files.plan_json import (
    Number,
    Seconds,
    Slot,
    StepPart,
    WaiverPart,
    step_of,
    step_part,
    waiver_of,
    waiver_part,
)
from cabria.adapters.files.source_file import read_bytes, write_whole
from cabria.domain.containers import ContainerId
from cabria.domain.edits import (
    MOST_TOGETHER,
    Ask,
    Edit,
    Exchange,
    HandOver,
    LeaveAshore,
    MoveTo,
    PlanLog,
    PlanLogEntry,
    Redo,
    Reorder,
    Replan,
    Several,
    SlotEdit,
    StayPut,
    Undo,
    Waive,
    Withdraw,
)
from cabria.domain.errors import DataError
from cabria.domain.plan_diff import PlanDiff, QueueTail, WorkDone
from cabria.domain.positions import StowPosition

FORMAT: Literal["cabria.plan-log/1"] = "cabria.plan-log/1"
MAX_BYTES = 64 * 1024 * 1024
Words = Annotated[str, Meta(min_length=1, max_length=300)]
Count = Annotated[int, Meta(ge=1, le=1_000_000)]


PROPOSAL_FORMAT: Literal["cabria.plan-proposal/1"] = "cabria.plan-proposal/1"


class ProposalHead(msgspec.Struct, forbid_unknown_fields=True):
    format: Literal["cabria.plan-proposal/1"]
    call: Annotated[str, Meta(min_length=1, max_length=100)]
    after: Annotated[int, Meta(ge=0)]


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


class StayLine(_Line, tag="stay"):
    container: Number


class _Part(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, tag_field="what"):
    pass


class ExchangePart(_Part, tag="exchange"):
    one: Number
    other: Number


class MovePart(_Part, tag="move"):
    container: Number
    to: Slot


class AshorePart(_Part, tag="ashore"):
    container: Number
    reason: Words


class StayPart(_Part, tag="stay"):
    container: Number


class SeveralLine(_Line, tag="several"):
    """Each as it would be written alone, but for who did it when."""

    edits: Annotated[
        list[ExchangePart | MovePart | AshorePart | StayPart], Meta(min_length=1, max_length=MOST_TOGETHER)
    ]


class AskLine(_Line, tag="ask"):
    wish: WishPart


class WithdrawLine(_Line, tag="withdraw"):
    wish: WishPart


class HandOverLine(_Line, tag="hand over"):
    crane: Crane
    block: Count
    to: Crane


class ReorderLine(_Line, tag="reorder"):
    crane: Crane
    block: Count
    before: Count


class TailPart(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The steps of a crane's queue that come after so many."""

    crane: Crane
    after: Annotated[int, Meta(ge=0, le=1_000_000)]
    steps: list[StepPart] = []


class ReplanLine(_Line, tag="replan"):
    title: Words
    known: list[KnownPart] = []
    """What had become known of the call."""
    now_s: Seconds = 0
    begun: dict[str, Annotated[int, Meta(ge=0, le=1_000_000)]] = {}
    fetched: list[Number] = []
    loads: dict[Number, Slot | None] = {}
    restows: dict[Number, Slot | None] = {}
    refused: dict[Number, str | None] = {}
    tails: list[TailPart] = []


class UndoLine(_Line, tag="undo"):
    pass


class RedoLine(_Line, tag="redo"):
    pass


Line = (
    ExchangeLine
    | MoveLine
    | AshoreLine
    | StayLine
    | SeveralLine
    | AskLine
    | WithdrawLine
    | HandOverLine
    | ReorderLine
    | WaiveLine
    | ReplanLine
    | UndoLine
    | RedoLine
)


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


def write_proposal(entry: PlanLogEntry, path: Path | str, *, call_id: str, after: int) -> None:
    """An entry that nobody has signed yet, to come after so many of the log. Raises DataError."""
    lines = [ProposalHead(PROPOSAL_FORMAT, call_id, after), _line(entry)]
    write_whole(path, b"".join(msgspec.json.encode(line) + b"\n" for line in lines))


def read_proposal(path: Path | str, *, call_id: str, after: int) -> PlanLogEntry:
    """Raises DataError for what is no proposal for this call and a log of so many entries."""
    file = str(path)
    lines = read_bytes(path, limit_bytes=MAX_BYTES).splitlines()
    head = decoded(lines[0] if lines else b"", ProposalHead, file=file, what="A proposal", form=PROPOSAL_FORMAT)
    if head.call != call_id or len(lines) != 2:
        raise DataError(f"This is no proposal for call {call_id}.", file=file)
    if head.after != after:
        raise DataError("The plan was changed since this was proposed.", file=file, remedy="Have it made again.")
    return _entry(decoded(lines[1], Line, file=file, what="A line of a plan log"))  # type: ignore[arg-type]


def _line(entry: PlanLogEntry) -> Line:
    said: dict[str, Any] = {"at": entry.at.astimezone(UTC), "by": entry.by, "minutes": entry.minutes}
    match entry.what:
        case Exchange(one, other):
            return ExchangeLine(**said, one=one, other=other)
        case MoveTo(container, to):
            return MoveLine(**said, container=container, to=str(to))
        case LeaveAshore(container, reason):
            return AshoreLine(**said, container=container, reason=reason)
        case StayPut(container):
            return StayLine(**said, container=container)
        case Several(edits):
            return SeveralLine(**said, edits=list(map(_part, edits)))
        case Ask(wish):
            return AskLine(**said, wish=wish_part(wish))
        case Withdraw(wish):
            return WithdrawLine(**said, wish=wish_part(wish))
        case HandOver(crane, block, to_crane):
            return HandOverLine(**said, crane=crane, block=block, to=to_crane)
        case Reorder(crane, block, before):
            return ReorderLine(**said, crane=crane, block=block, before=before)
        case Waive(waiver):
            return WaiveLine(**said, waiver=waiver_part(waiver))
        case Replan():
            return _replan_line(entry.what, said)
        case Undo():
            return UndoLine(**said)
        case Redo():
            return RedoLine(**said)


def _part(edit: SlotEdit) -> ExchangePart | MovePart | AshorePart | StayPart:
    match edit:
        case Exchange(one, other):
            return ExchangePart(one=one, other=other)
        case MoveTo(container, to):
            return MovePart(container=container, to=str(to))
        case LeaveAshore(container, reason):
            return AshorePart(container=container, reason=reason)
        case StayPut(container):
            return StayPart(container=container)


def _slot_edit(
    said: ExchangeLine | MoveLine | AshoreLine | StayLine | ExchangePart | MovePart | AshorePart | StayPart,
) -> SlotEdit:
    match said:
        case ExchangeLine() | ExchangePart():
            return Exchange(ContainerId(said.one), ContainerId(said.other))
        case MoveLine() | MovePart():
            return MoveTo(ContainerId(said.container), StowPosition.parse(said.to))
        case AshoreLine() | AshorePart():
            return LeaveAshore(ContainerId(said.container), said.reason)
        case StayLine() | StayPart():
            return StayPut(ContainerId(said.container))


def _entry(line: Line) -> PlanLogEntry:
    return PlanLogEntry(_what(line), line.by, line.at.astimezone(UTC), line.minutes)


def _what(line: Line) -> Edit | Undo | Redo:
    match line:
        case ExchangeLine() | MoveLine() | AshoreLine() | StayLine():
            return _slot_edit(line)
        case SeveralLine():
            return Several(tuple(map(_slot_edit, line.edits)))
        case AskLine():
            return Ask(wish_of(line.wish))
        case WithdrawLine():
            return Withdraw(wish_of(line.wish))
        case HandOverLine():
            return HandOver(line.crane, line.block, line.to)
        case ReorderLine():
            return Reorder(line.crane, line.block, line.before)
        case WaiveLine():
            return Waive(waiver_of(line.waiver))
        case ReplanLine():
            return _replan(line)
        case UndoLine():
            return Undo()
        case RedoLine():
            return Redo()


def _replan_line(replan: Replan, said: dict[str, Any]) -> ReplanLine:
    diff, done = replan.diff, replan.done
    return ReplanLine(
        **said,
        title=replan.title,
        known=list(map(known_part, replan.changes)),
        now_s=done.now_s,
        begun=dict(done.begun),
        fetched=sorted(done.fetched),
        loads=_spelled(diff.loads),
        restows=_spelled(diff.restows),
        refused={str(box): why for box, why in diff.refused.items()},
        tails=[TailPart(crane=t.crane, after=t.after, steps=list(map(step_part, t.steps))) for t in diff.tails],
    )


def _replan(line: ReplanLine) -> Replan:
    diff = PlanDiff(
        _slots(line.loads),
        _slots(line.restows),
        {ContainerId(box): why for box, why in line.refused.items()},
        tuple(QueueTail(tail.crane, tail.after, tuple(map(step_of, tail.steps))) for tail in line.tails),
    )
    done = WorkDone(line.now_s, line.begun, frozenset(map(ContainerId, line.fetched)))
    return Replan(line.title, diff, tuple(map(known_of, line.known)), done)


def _spelled(slots: Mapping[ContainerId, StowPosition | None]) -> dict[str, str | None]:
    return {str(box): None if slot is None else str(slot) for box, slot in slots.items()}


def _slots(spelled: Mapping[str, str | None]) -> dict[ContainerId, StowPosition | None]:
    return {ContainerId(box): None if slot is None else StowPosition.parse(slot) for box, slot in spelled.items()}
