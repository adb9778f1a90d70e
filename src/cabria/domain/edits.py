"""What a planner changes in a finished plan by hand, and the log from which any state of the plan can be made again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cabria.domain.call_changes import CallChange
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.plan import Waiver
from cabria.domain.plan_diff import NOTHING_DONE, PlanDiff, WorkDone
from cabria.domain.positions import StowPosition
from cabria.domain.wishes import StandingWish


@dataclass(frozen=True, slots=True)
class Exchange:
    """Two loads change places; one of them may be ashore."""

    one: ContainerId
    other: ContainerId

    def __str__(self) -> str:
        return f"exchange {self.one} and {self.other}"


@dataclass(frozen=True, slots=True)
class MoveTo:
    """A load goes to another slot, or comes aboard if it was left ashore; a box aboard is restowed there."""

    container: ContainerId
    to: StowPosition

    def __str__(self) -> str:
        return f"move {self.container} to {self.to}"


@dataclass(frozen=True, slots=True)
class LeaveAshore:
    """A load is not taken after all."""

    container: ContainerId
    reason: str

    def __str__(self) -> str:
        return f"leave {self.container} ashore ({self.reason})"


@dataclass(frozen=True, slots=True)
class Waive:
    """A planner answers for findings that stay."""

    waiver: Waiver

    def __str__(self) -> str:
        return f"waive {self.waiver}"


@dataclass(frozen=True, slots=True)
class StayPut:
    """A box aboard is not restowed after all."""

    container: ContainerId

    def __str__(self) -> str:
        return f"leave {self.container} where it stands"


SlotEdit = Exchange | MoveTo | LeaveAshore | StayPut
MOST_TOGETHER = 500


@dataclass(frozen=True, slots=True)
class Several:
    """Slots of several boxes changed together, as one edit. All leave their slots before any is set, so that a box may
    go where another of them stood. Raises DataError for none, too many, and a box that is named twice."""

    edits: tuple[SlotEdit, ...]

    def __post_init__(self) -> None:
        if not 0 < len(self.edits) <= MOST_TOGETHER:
            raise DataError(f"{len(self.edits):,} edits are not 1 to {MOST_TOGETHER} together.")
        seen: set[ContainerId] = set()
        for box in (box for edit in self.edits for box in boxes_of(edit)):
            if box in seen:
                raise DataError(
                    f"{box} is named twice.",
                    place=f"container {box}",
                    remedy="Move each box to its slot instead of exchanging it; where another of them stood is free.",
                )
            seen.add(box)

    def __str__(self) -> str:
        told = "; ".join(map(str, self.edits[:2]))
        return told if len(self.edits) <= 2 else f"{told}; and {len(self.edits) - 2} more together"


def boxes_of(edit: SlotEdit | Several) -> tuple[ContainerId, ...]:
    """Whose slots an edit changes."""
    match edit:
        case Several(edits):
            return tuple(box for each in edits for box in boxes_of(each))
        case Exchange(one, other):
            return one, other
        case MoveTo() | LeaveAshore() | StayPut():
            return (edit.container,)


@dataclass(frozen=True, slots=True)
class Ask:
    """A planner asks for something that the plan is held to from now on."""

    wish: StandingWish

    def __str__(self) -> str:
        return f"ask: {self.wish}"


@dataclass(frozen=True, slots=True)
class Withdraw:
    """What was asked is asked no more."""

    wish: StandingWish

    def __str__(self) -> str:
        return f"ask no more: {self.wish}"


@dataclass(frozen=True, slots=True)
class HandOver:
    """A block of a crane's work goes to another crane. Blocks are the stretches of its queue in one bay, from 1."""

    crane: str
    block: int
    to: str

    def __str__(self) -> str:
        return f"hand block {self.block} of {self.crane} to {self.to}"


@dataclass(frozen=True, slots=True)
class Reorder:
    """A block of a crane's work is done before another of its blocks; one more than it has is the end."""

    crane: str
    block: int
    before: int

    def __str__(self) -> str:
        return f"do block {self.block} of {self.crane} before its block {self.before}"


@dataclass(frozen=True)
class Replan:
    """Another plan was made and accepted: what had become known of the call, what was done then, and what differs."""

    title: str
    diff: PlanDiff
    changes: tuple[CallChange, ...] = ()
    done: WorkDone = NOTHING_DONE

    def __str__(self) -> str:
        return f"replan: {self.title}"


Edit = SlotEdit | Several | Ask | Withdraw | HandOver | Reorder | Waive | Replan


@dataclass(frozen=True, slots=True)
class Undo:
    """The last edit that counts is taken back."""

    def __str__(self) -> str:
        return "undo"


@dataclass(frozen=True, slots=True)
class Redo:
    """The edit that was taken back last counts again."""

    def __str__(self) -> str:
        return "redo"


@dataclass(frozen=True, slots=True)
class PlanLogEntry:
    """Something done to a plan: by whom, when (UTC), and for an edit what it cost in minutes."""

    what: Edit | Undo | Redo
    by: str
    at: datetime
    minutes: float | None = None


@dataclass(frozen=True)
class PlanLog:
    """All that was done to a plan, in order. Raises DataError for an undo or redo of nothing."""

    entries: tuple[PlanLogEntry, ...] = ()

    def __post_init__(self) -> None:
        self._folded()

    def and_then(self, entry: PlanLogEntry) -> PlanLog:
        return PlanLog((*self.entries, entry))

    def up_to(self, count: int) -> PlanLog:
        """The log as it was after so many entries."""
        return PlanLog(self.entries[:count])

    @property
    def edits(self) -> tuple[Edit, ...]:
        """Those that count, in order: the plan is what was planned with these on top."""
        return tuple(self._folded()[0])

    @property
    def undone(self) -> tuple[Edit, ...]:
        """What redo would bring back, the next one last."""
        return tuple(self._folded()[1])

    def _folded(self) -> tuple[list[Edit], list[Edit]]:
        done: list[Edit] = []
        undone: list[Edit] = []
        for number, entry in enumerate(self.entries, 1):
            if isinstance(entry.what, Undo):
                _move(done, undone, number, "undo")
            elif isinstance(entry.what, Redo):
                _move(undone, done, number, "redo")
            else:
                done.append(entry.what)
                undone.clear()
        return done, undone

    def __iter__(self) -> Iterator[PlanLogEntry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)


def _move(source: list[Edit], target: list[Edit], number: int, verb: str) -> None:
    if not source:
        raise DataError(f"There is nothing to {verb}.", place=f"entry {number}")
    target.append(source.pop())
