"""A terminal that runs, as everything above sees it: what it is asked, how it stands, what has happened.

The same for the living terminal, a twin beside a clock, and a shadow. One thread owns the control; this is the way in
from every other. Nothing is told, and no picture shown, that is not durable where there is a durable journal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.gate_visits import Visit
from cabria.domain.layout import Layout
from cabria.domain.message_notes import MessageNote
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import YardPosition
from cabria.domain.run_events import MoveKind, Place, RunEvent
from cabria.domain.said import Reason
from cabria.domain.verdict import Verdict, refuse
from cabria.domain.work import CraneStep
from cabria.operations.board import StackId
from cabria.operations.gateways import EntryKind, Record
from cabria.operations.records import Command
from cabria.planning.dispatch.traffic.lane_book import Passage


class Mode(StrEnum):
    """What stands behind the gateways."""

    LIVE = "live"
    """Machines on the wire, real or emulated."""
    TWIN = "twin"
    """Simulated machines beside a clock."""
    TRAINING = "training"
    """Simulated machines of a scenario; no gateway to a real one is there."""
    SHADOW = "shadow"
    """Another system's machines; nothing is ordered."""


class Accepted(NamedTuple):
    """A command is entry `entry` of the journal, durable, and was carried out; `answer` is what it returned."""

    entry: int
    answer: Any = None


class Refused(NamedTuple):
    """A command was not carried out. Where it got so far, `entry` is its number, else 0. `code` and `values` as in
    `domain.verdict`."""

    reason: str
    entry: int = 0
    code: str = ""
    values: Mapping[str, str | int] = {}

    @classmethod
    def of(cls, why: Verdict | Exception, entry: int) -> Refused:
        """A no, or what a command raised."""
        if isinstance(why, Verdict):
            return cls(why.reason, entry, why.code, why.values)
        if isinstance(why, DataError):
            return cls(str(why), entry, why.code, why.values)
        if isinstance(why, KeyError) and why.args:
            verdict = refuse("There is no {name}.", "no-such-thing", name=str(why.args[0]))
            return cls(verdict.reason, entry, verdict.code, verdict.values)
        return cls(str(why), entry)


class Told(NamedTuple):
    """An entry of the journal."""

    number: int
    record: Record


class Batch(NamedTuple):
    """Entries in order, without a gap from one batch to the next; the last is `number`, told at `now_ms`."""

    number: int
    now_ms: int
    entries: tuple[Told, ...]

    @property
    def events(self) -> tuple[RunEvent, ...]:
        """Those of the run log."""
        return tuple(told.record.content for told in self.entries if told.record.kind in OF_THE_LOG)


OF_THE_LOG = frozenset({EntryKind.REPORT, EntryKind.ANSWER, EntryKind.DECISION})


class Service(NamedTuple):
    """Why a machine is out of service and since when; `back_ms` is when somebody expects it back, 0 for nobody."""

    since_ms: int
    cause: str
    back_ms: int = 0


class TruckPicture(NamedTuple):
    """A truck stands at `stand` (a segment's id), or is on the way there. `charge_wh` None is that nobody counts.

    `way` is what is booked for it, segments by number. Of one that tells its way the first `leased` windows are granted
    to it, and nobody else gets them until it has left them, as it has the first `left`. `leased` None: it drives by
    time.
    """

    id: str
    stand: str
    is_driving: bool
    arrives_ms: int
    move: str
    boxes: tuple[ContainerId, ...]
    charge_wh: int | None
    battery_wh: int
    is_low: bool
    is_charging: bool
    is_visitor: bool
    is_towed: bool
    out: Service | None
    way: Passage = ()
    left: int = 0
    leased: int | None = None


class LiftPicture(NamedTuple):
    """What a crane is at: `kind` as of a step or a move, "" where it is for no move; where each box comes from and is
    set down; or the lid."""

    kind: str
    sources: tuple[Place, ...]
    targets: tuple[Place, ...]
    lid: str = ""


class QuayCranePicture(NamedTuple):
    """Of a queue of `steps` steps `done` are done, and trucks are sent for up to `released`; `containers` are those of
    the step it is at. `waits_for` is what it lacks since `waits_since_ms`, "" while it works or has nothing to do."""

    id: str
    x_mm: int
    call: str
    done: int
    released: int
    steps: int
    job: str
    containers: tuple[ContainerId, ...]
    waits_for: str
    waits_since_ms: int
    out: Service | None
    queue: tuple[CraneStep, ...] = ()
    """The steps as they are now; they are not the plan's where work was divided anew."""
    started_ms: int = 0
    """When the queue's seconds began to count."""
    held: str = ""
    """Why a person holds its queue, "" while it goes on."""
    lift: LiftPicture | None = None


class YardCranePicture(NamedTuple):
    """Its middle stands `at_mm` from the outer edge of bay 1."""

    id: str
    block: str
    at_mm: int
    job: str
    container: str
    out: Service | None
    lift: LiftPicture | None = None


class MovePicture(NamedTuple):
    """`next_stop` is what its truck halts for next; `queue` "" and `step` -1 where no quay crane waits for it."""

    id: str
    kind: MoveKind
    containers: tuple[ContainerId, ...]
    truck: str
    queue: str
    step: int
    next_stop: str
    due_ms: int
    note: Reason


class OrderPicture(NamedTuple):
    """An order on its way or in work; `number` is that of its entry, `state` as in `order_desk.OrderState`."""

    number: int
    machine: str
    verb: str
    job: str
    state: str
    attempts: int
    is_leased: bool


BROKER = "broker"
"""The link by which all machines are heard."""


class LinkPicture(NamedTuple):
    """Whether a machine, or a broker, or a database, is heard; `seen_ms` is when it was last."""

    name: str
    is_connected: bool
    seen_ms: int


class AlertPicture(NamedTuple):
    """Something that a person should look at; `order` is 0 where it is about none, `seen_by` "" until somebody did."""

    number: int
    at_ms: int
    machine: str
    order: int
    problem: Reason
    seen_by: str


class CallPicture(NamedTuple):
    """A ship at the quay and the plan that is worked; `splits` is how often its queues were divided anew."""

    call: VesselCall
    plan: LoadingPlan
    splits: int


class Picture(NamedTuple):
    """How everything stands after entry `number`. Nobody changes what is in it."""

    number: int
    now_ms: int
    boxes: Mapping[ContainerId, Place]
    length_ft: Mapping[ContainerId, int]
    mass_kg: Mapping[ContainerId, int]
    stacks: Mapping[StackId, tuple[ContainerId, ...]]
    trucks: Mapping[str, TruckPicture]
    quay_cranes: Mapping[str, QuayCranePicture]
    yard_cranes: Mapping[str, YardCranePicture]
    moves: Mapping[str, MovePicture]
    orders: Mapping[int, OrderPicture]
    jobs: tuple[str, ...]
    """Names of jobs that are out: machine, stroke, number."""
    links: Mapping[str, LinkPicture]
    alerts: Mapping[int, AlertPicture]
    calls: Mapping[str, CallPicture]
    at_gate: tuple[str, ...]
    """Road trucks in the queue outside, the first first."""
    visits: Mapping[str, Visit] = {}
    """The gate's book."""
    messages: Mapping[str, MessageNote] = {}
    """Messages that came in."""
    goes_to: Mapping[ContainerId, YardPosition] = {}
    """The place kept for a box on its way into the yard."""
    needs_plug: frozenset[ContainerId] = frozenset()
    sailed: frozenset[str] = frozenset()
    """Calls whose ships have left."""


class Whereabouts(NamedTuple):
    """A crane's middle, or the middle of a truck's front, on the ground plan; `heading_mrad` from the x axis to the y
    axis."""

    x_mm: int
    y_mm: int
    heading_mrad: int
    speed_mm_per_s: int
    at_ms: int


class RunningTerminal(Protocol):
    """Every method may be called from any thread, and none waits for the terminal."""

    @property
    def mode(self) -> Mode: ...

    @property
    def layout(self) -> Layout: ...

    @property
    def zero_utc_ms(self) -> int:
        """When the run began, in milliseconds since 1970. With a speed of 1 it is `zero_utc_ms + now_ms` now."""

    @property
    def now_ms(self) -> int:
        """Milliseconds since the run began, as in the log."""

    @property
    def speed(self) -> float:
        """Times as fast as in reality; 0 is a pause."""

    @property
    def journal(self) -> str:
        """The address of its journal, which other programs may read too; "" for one that is kept in memory."""

    @property
    def problem(self) -> str:
        """Why operations have ended, as the journal did; "" while they run."""

    def go_at(self, speed: float) -> Verdict:
        """From now on; refused, with the reason, where machines are real."""

    def ask(self, command: Command, *, by: str, correlation: str = "") -> Future[Accepted | Refused]:
        """Have a method of `JournaledControl` called, with its name in the journal's entry: `by`, or `by/correlation`.

        The future is done when the entry is durable. It raises JournalStoppedError when that never will be.
        """

    def standing(self) -> Picture:
        """The last picture, at most a second old. For one and all that follows: `subscribe` first, take a picture, and
        leave out entries up to its number."""

    def subscribe(self, hear: Callable[[Batch], None]) -> Callable[[], None]:
        """From now on `hear(batch)` is called in the thread of operations, so it only hands on. Returns how to end it.
        What it raises is logged, and ends the subscription."""

    def entries(self, after: int, until: int | None = None) -> Iterator[Told]:
        """Those of the journal behind entry `after`, up to the last durable one; read in the caller's thread. With
        `subscribe` before: nothing is missed. A terminal without a durable journal remembers as far back as it can."""

    def whereabouts(self) -> Mapping[str, Whereabouts]:
        """Of trucks, quay cranes and yard cranes, as they last told or as their trips say, a few times a second."""

    def end(self) -> None:
        """Write what is left and stop. Machines keep their orders. The one method that waits."""
