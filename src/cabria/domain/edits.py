"""What a planner changes in a finished plan by hand, and the log from which any state of the plan can be made again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.plan import Waiver
from cabria.domain.positions import StowPosition


@dataclass(frozen=True, slots=True)
class Exchange:
    """Two loads change places; one of them may be ashore."""

    one: ContainerId
    other: ContainerId

    def __str__(self) -> str:
        return f"exchange {self.one} and {self.other}"


@dataclass(frozen=True, slots=True)
class MoveTo:
    """A load goes to another slot, or comes aboard if it was left ashore."""

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


Edit = Exchange | MoveTo | LeaveAshore | Waive


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
