"""From the events of a run to rows of a history, one event at a time.

What is begun and not over (a box that hangs, a stay, a stop) is kept in `Standing`, so that reading can end anywhere
and go on later, in another process.
"""

from __future__ import annotations

from typing import Any

import msgspec

from cabria.adapters.history.tables import TABLE_BY_NAME, Columns, columns_of
from cabria.domain.calls import VesselCall
from cabria.domain.containers import Container
from cabria.domain.positions import YardPosition
from cabria.domain.run_events import (
    Aboard,
    BoxesLanded,
    BoxesLifted,
    EnergyUsed,
    LoadBroughtForward,
    MachineResumed,
    MachineStopped,
    MoveDone,
    MoveDropped,
    MoveHandedOver,
    MoveReleased,
    OnTruck,
    Place,
    PlanChanged,
    QueuesChanged,
    RunEvent,
    ShipBerthed,
    ShipSailed,
    StepSkipped,
    StockTaken,
    TripBooked,
    TruckAssigned,
    TruckLeft,
    TruckStood,
    TruckTowed,
    VisitorRefused,
    Waited,
    WorkRefused,
)
from cabria.domain.said import Reason

Row = tuple[Any, ...]
BACK_MS = 1_000
"""A clock that goes back by more has jumped."""
AHEAD_MS = 6 * 3_600_000
"""A terminal that tells nothing for longer, and then goes on, has not been asleep: its clock has jumped, or a part of
the log is missing."""


class Facts(msgspec.Struct, frozen=True):
    """What is known of a box, and when it is expected to leave; times as in the log."""

    length_ft: int = 0
    mass_kg: int = 0
    kind: str = ""
    line: str = ""
    service: str = ""
    port: str = ""
    due_ms: int | None = None
    appointment_ms: int | None = None
    goes_on: bool = False
    """By another ship."""


UNKNOWN = Facts()


class Stay(msgspec.Struct):
    """A box in the yard; `came_ms` None where it stood there when the log began. `facts` are what was known then:
    what became known later must not be learned from."""

    came_ms: int | None
    comes_by: str
    block: str
    facts: Facts = UNKNOWN
    digs: int = 0


class OpenMove(msgspec.Struct):
    """A move on its way."""

    released_ms: int
    kind: str
    call: str
    queue: str
    containers: int
    truck: str = ""
    assigned_ms: int | None = None


class Standing(msgspec.Struct):
    """What is begun; times as in the log. `at_ms` is that of the last event, -1 before the first."""

    at_ms: int = -1
    hanging: dict[str, tuple[int, str, str]] = {}
    """Container: lifted when, kind and name of the place."""
    stays: dict[str, Stay] = {}
    facts: dict[str, Facts] = {}
    """Of boxes that are to come."""
    moves: dict[str, OpenMove] = {}
    stopped: dict[str, tuple[int, str]] = {}
    berthed: dict[str, tuple[int, int]] = {}
    visitors: set[str] = set()


class RunReader:
    """`tell` it every event with its number; `take` what became rows; `standing` is what to go on from.

    `zero_utc_ms` is when the log's milliseconds began to count. `notes` are (place, problem): where the clock jumped.
    """

    def __init__(self, zero_utc_ms: int, standing: Standing | None = None) -> None:
        self.standing = standing or Standing()
        self.notes: list[tuple[str, str]] = []
        self._zero_ms = zero_utc_ms
        self._rows: dict[str, list[Row]] = {}

    @property
    def rows(self) -> int:
        """How many wait to be taken."""
        return sum(map(len, self._rows.values()))

    def take(self) -> dict[str, Columns]:
        """Rows by table since the last time."""
        rows, self._rows = self._rows, {}
        return {name: columns_of(TABLE_BY_NAME[name], found) for name, found in rows.items()}

    def know(self, call: VesselCall) -> None:
        """A ship's call, as its plan is taken up: what its boxes are. Those in the yard came before it was known."""
        self.standing.facts |= facts_of_discharges(call)

    def tell(self, number: int, event: RunEvent) -> None:
        """The next event."""
        self._mind_the_clock(number, event.at_ms)
        match event:
            case BoxesLifted():
                self._lifted(event)
            case BoxesLanded():
                self._landed(event)
            case StockTaken():
                self._stock(event)
            case TripBooked():
                self._trip(event)
            case MoveReleased() | TruckAssigned() | MoveDone():
                self._move(event)
            case MachineStopped() | MachineResumed():
                self._service(event)
            case ShipBerthed() | ShipSailed():
                self._ship(event)
            case TruckStood() | TruckLeft():
                self._visitor(event)
            case Waited():
                self._add("waits", event.at_ms, self._utc(event.since_ms), event.crane, event.cause)
            case EnergyUsed():
                self._add("energy", event.at_ms, event.machine, event.wh)
            case WorkRefused() | VisitorRefused() | TruckTowed():
                self._decided(event, event.truck, event.reason)
            case MoveHandedOver():
                self._decided(event, event.move, event.reason)
            case MoveDropped():
                self.standing.moves.pop(event.move, None)
                self._decided(event, event.move, event.reason)
            case QueuesChanged() | PlanChanged():
                self._decided(event, event.call, event.reason)
            case LoadBroughtForward() | StepSkipped():
                self._decided(event, event.crane, event.reason)
            case _:
                pass  # jobs and travels: what came of them is in the lifts

    def _mind_the_clock(self, number: int, at_ms: int) -> None:
        before_ms = self.standing.at_ms
        if at_ms < before_ms - BACK_MS:
            seconds = (before_ms - at_ms) / 1_000
            self._note(number, f"The clock jumped back by {seconds:,.0f} s; rows lie as they were told.")
        elif before_ms >= 0 and at_ms > before_ms + AHEAD_MS:
            hours = (at_ms - before_ms) / 3_600_000
            self._note(number, f"Nothing was told for {hours:,.1f} h: the clock jumped, or events are missing.")
        self.standing.at_ms = at_ms

    def _note(self, number: int, problem: str) -> None:
        self.notes.append((f"event {number}", problem))

    def _utc(self, at_ms: int) -> int:
        return self._zero_ms + at_ms

    def _utc_of(self, at_ms: int | None) -> int | None:
        return None if at_ms is None else self._utc(at_ms)

    def _add(self, table: str, at_ms: int, *cells: Any) -> None:
        self._rows.setdefault(table, []).append((self._utc(at_ms), *cells))

    def _decided(self, event: RunEvent, subject: str, reason: Reason) -> None:
        self._add("decisions", event.at_ms, type(event).__name__, subject, str(reason))

    def _stock(self, event: StockTaken) -> None:
        for box in event.boxes:
            if isinstance(box.place, YardPosition):
                facts = Facts(box.length_ft, box.gross_mass_kg)
                self.standing.stays[box.container] = Stay(None, "", box.place.block, facts)

    def _lifted(self, event: BoxesLifted) -> None:
        for container, place in zip(event.containers, event.places, strict=True):
            self.standing.hanging[container] = (event.at_ms, *_named(place))

    def _landed(self, event: BoxesLanded) -> None:
        for container, place in zip(event.containers, event.places, strict=True):
            lifted_ms, from_kind, from_place = self.standing.hanging.pop(container, (event.at_ms, "", ""))
            to_kind, to_place = _named(place)
            lifted_utc_ms = self._utc(lifted_ms)
            row = (event.crane, container, from_kind, from_place, to_kind, to_place)
            self._add("lifts", event.at_ms, lifted_utc_ms, *row)
            if isinstance(place, YardPosition):
                self._stands(container, event.at_ms, from_kind, from_place, place)
            elif from_kind == "yard" and isinstance(place, OnTruck):
                self._leaves(container, event.at_ms, place)

    def _stands(self, container: str, at_ms: int, from_kind: str, from_place: str, place: YardPosition) -> None:
        stay = self.standing.stays.get(container)
        if stay is not None and from_kind == "yard":
            stay.block = place.block
            stay.digs += 1
            return
        comes_by = self._carrier(from_place) if from_kind == "truck" else ""
        facts = self.standing.facts.pop(container, UNKNOWN)
        self.standing.stays[container] = Stay(at_ms, comes_by, place.block, facts)

    def _leaves(self, container: str, at_ms: int, truck: OnTruck) -> None:
        stay = self.standing.stays.pop(container, None)
        if stay is None:
            return
        facts, leaves_by = stay.facts, self._carrier(truck.truck)
        self._add(
            "stays", at_ms, self._utc_of(stay.came_ms), container, stay.block, stay.comes_by, leaves_by, stay.digs,
            facts.length_ft, facts.mass_kg, facts.kind, facts.line, facts.service, facts.port,
            self._utc_of(facts.due_ms), self._utc_of(facts.appointment_ms), False,
        )  # fmt: skip

    def _carrier(self, truck: str) -> str:
        return "truck" if truck in self.standing.visitors else "vessel"

    def _trip(self, event: TripBooked) -> None:
        if event.windows:
            first, last = event.windows[0], event.windows[-1]
            cells = (event.truck, first[0], last[0], len(event.windows), str(event.reason))
            self._add("trips", event.at_ms, self._utc(last[1]), *cells)

    def _move(self, event: MoveReleased | TruckAssigned | MoveDone) -> None:
        moves = self.standing.moves
        if isinstance(event, MoveReleased):
            boxes = len(event.containers)
            moves[event.move] = OpenMove(event.at_ms, event.kind.value, event.call, event.queue, boxes)
            return
        move = moves.get(event.move)
        if isinstance(event, TruckAssigned):
            self._decided(event, event.move, event.reason)
            if move is not None:
                move.truck, move.assigned_ms = event.truck, event.at_ms
        elif move is not None:
            del moves[event.move]
            cells = (event.move, move.kind, move.call, move.queue, move.truck, move.containers)
            self._add("moves", event.at_ms, self._utc(move.released_ms), self._utc_of(move.assigned_ms), *cells)

    def _service(self, event: MachineStopped | MachineResumed) -> None:
        if isinstance(event, MachineStopped):
            self.standing.stopped.setdefault(event.machine, (event.at_ms, event.cause))
        elif event.machine in self.standing.stopped:
            since_ms, cause = self.standing.stopped.pop(event.machine)
            self._add("stops", event.at_ms, self._utc(since_ms), event.machine, cause)

    def _ship(self, event: ShipBerthed | ShipSailed) -> None:
        if isinstance(event, ShipBerthed):
            self.standing.berthed[event.call] = (event.at_ms, event.berth_x_mm)
        elif event.call in self.standing.berthed:
            berthed_ms, x_mm = self.standing.berthed.pop(event.call)
            self._add("calls", event.at_ms, self._utc(berthed_ms), event.call, x_mm)

    def _visitor(self, event: TruckStood | TruckLeft) -> None:
        if isinstance(event, TruckStood) and event.is_visitor:
            self.standing.visitors.add(event.truck)
        elif isinstance(event, TruckLeft):
            self.standing.visitors.discard(event.truck)


def facts_of_discharges(call: VesselCall) -> dict[str, Facts]:
    """What is known of the boxes that a ship brings, as she comes."""
    return {
        box.id: Facts(
            box.size_type.length_ft,
            box.gross_mass_kg,
            _kind(box),
            box.operator,
            call.vessel.name,
            str(box.onward_port or box.pod),
            goes_on=box.onward_port is not None,
        )
        for box in (stowed.container for stowed in call.discharges)
    }


def _kind(container: Container) -> str:
    if container.dangerous:
        return "dangerous"
    return "reefer" if container.needs_plug else "dry" if container.is_full else "empty"


def _named(place: Place) -> tuple[str, str]:
    """Kind and name of a place."""
    if isinstance(place, YardPosition):
        return "yard", str(place)
    if isinstance(place, Aboard):
        return "ship", f"{place.call} {place.position}"
    return "truck", place.truck
