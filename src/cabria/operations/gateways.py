"""The Protocols everything outside is reached through. The twin and the live adapters both fulfil them.

Commands go out here; what machines report comes back as run events to `control.Control.hear`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from cabria.domain.containers import ContainerId
from cabria.domain.errors import TerminalError
from cabria.domain.run_events import Place, RunEvent
from cabria.domain.work import StepKind
from cabria.operations.handover import Handover

if TYPE_CHECKING:  # whoever only reads a journal loads no kernels
    from cabria.planning.dispatch.traffic.lane_book import Passage


class Alarms(Protocol):
    """The injected clock: what time it is, and to be woken."""

    @property
    def now_ms(self) -> int: ...

    def after(self, delay_ms: int, handler: Callable[[Any], int | None], argument: Any = None) -> int: ...


class Journal(Protocol):
    """Where every event goes before anything else happens."""

    def record(self, event: RunEvent) -> None: ...


class EntryKind(StrEnum):
    """What an entry of the journal is: something that came in, or something that followed from it."""

    COMMAND = "command"
    """What a person or another system asks for, accepted."""
    REPORT = "report"
    """What a machine reports."""
    ANSWER = "answer"
    """What a machine reports while it is still being given the order before."""
    ALARM = "alarm"
    """The clock woke us as it was asked to."""
    DECISION = "decision"
    """An event that followed."""
    ORDER = "order"
    """What a machine is told."""
    FAILURE = "failure"
    """The input could not be handled to its end."""


class Record(NamedTuple):
    """One entry before it is in the journal. `content` is a noun of `records.py`, or a run event.

    What followed from an entry carries its correlation, or `#` and its number when it came without.
    """

    kind: EntryKind
    at_ms: int
    correlation: str
    content: Any


class DurableJournal(Protocol):
    """The journal that survives: append-only, in one order, each entry chained to the one before.

    An entry is acknowledged, and what it says is sent, only when `durable` has reached its number.
    """

    @property
    def written(self) -> int:
        """The number of the last entry appended; the first is 1."""

    @property
    def durable(self) -> int:
        """Entries up to this one survive the death of this program and of the machine."""

    def append(self, record: Record) -> int:
        """The entry's number, in the order of calls. Raises JournalStoppedError when nothing can be written now."""

    def wait(self, number: int) -> None:
        """Until the entry is durable. Raises JournalStoppedError when it never will be."""


class JournalStoppedError(TerminalError):
    """Nothing can be written any more. What was not acknowledged may be lost; operations must not go on."""


class QuayWork(NamedTuple):
    """One step of a quay crane: stand at `x_mm`, take what it says from the places and set it down at the others.

    `duration_ms` is what it is planned to take once the crane stands there.
    """

    job: str
    kind: StepKind
    x_mm: int
    duration_ms: int
    call: str
    containers: tuple[ContainerId, ...]
    sources: tuple[Place, ...]
    targets: tuple[Place, ...]
    lid: str


class YardWork(NamedTuple):
    """One lift of a yard crane. A place that is a truck's is met where `handover` says."""

    job: str
    container: ContainerId
    source: Place
    target: Place
    block: str
    handover: Handover | None = None


class QuayCranes(Protocol):
    """Reports: CraneTravelled, LidLifted, LidLanded, BoxesLifted, BoxesLanded, then JobDone; and Waited, when its truck
    came later than it was over the truck's place. Work may be given before the truck is there: nothing is let down on
    it, or taken up from it, until it stands still."""

    def work(self, crane: str, work: QuayWork) -> None: ...

    def make_way(self, crane: str, job: str, x_mm: int) -> None:
        """Drive aside; it has no work there."""

    def take_back(self, crane: str, job: str) -> None:
        """Not to be begun any more: the crane is out of service and has not lifted anything for it."""


class YardCranes(Protocol):
    """Reports: CraneTravelled, BoxesLifted, BoxesLanded, then JobDone. Work may be given before its truck is there, as
    to quay cranes; a truck may drive once its box is reported lifted or landed."""

    def work(self, crane: str, work: YardWork) -> None: ...

    def make_way(self, crane: str, job: str, at_mm: int) -> None:
        """Drive aside along the block; it has no work there."""

    def take_back(self, crane: str, job: str) -> None:
        """Not to be begun any more: the crane is out of service and has not lifted the box."""


class Trucks(Protocol):
    """Reports EnergyUsed and JobDone when the truck stands where its passage ends, on empty lanes at `arrives_ms`."""

    def drive(self, truck: str, job: str, passage: Passage, arrives_ms: int, cargo_kg: int) -> None: ...

    def delay(self, truck: str, passage: Passage, arrives_ms: int) -> None:
        """The trip it is on takes these times instead, and this way."""

    def charge(self, truck: str, job: str) -> None:
        """At the charger where it stands. Reports BatteryRead, EnergyUsed below zero, and JobDone when it is full or
        unplugged."""

    def unplug(self, truck: str) -> None: ...

    def halt(self, truck: str) -> None:
        """A person has taken it out of service: one that drives by itself stops where it is, and keeps its trip."""

    def go_on(self, truck: str) -> None:
        """A person has put it back into service."""

    def tow(self, truck: str, stand: int) -> None:
        """A person says that it was towed there: whatever trip it was on is over."""
