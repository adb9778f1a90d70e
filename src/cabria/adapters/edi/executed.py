"""What really happened, as messages: COARRI of a call, CODECO of the gate, the departure BAPLIE of what is aboard.

`Executed` hears the events of a run, one by one, and follows boxes itself: a plan is never asked where a box is, only
what kind of box it is (its call knows its type, ports and cargo).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from cabria.adapters.edi.carried import Dialect
from cabria.adapters.edi.departure import departure_header
from cabria.adapters.edi.writing import GateEntry, write_bay_plan, write_gate_report, write_move_report
from cabria.domain.calls import VesselCall
from cabria.domain.containers import Container, ContainerId
from cabria.domain.messages import Direction, MessageEntry, MessageHeader
from cabria.domain.positions import StowPosition
from cabria.domain.run_events import (
    Aboard,
    BoxesLanded,
    BoxesLifted,
    OnTruck,
    RunEvent,
    ShipBerthed,
    ShipSailed,
    StockTaken,
    TruckLeft,
    TruckStood,
)
from cabria.domain.stowage import BayPlan

Clock = Callable[[int], str]
"""From milliseconds of the run to ISO 8601, exact to the second, as `messages` writes times."""


def run_clock(start: str) -> Clock:
    """Local times of a run that began at `start`, such as the call's; without one from the year 2000 on."""
    begin = datetime.fromisoformat(start or "2000-01-01T00:00").replace(tzinfo=None)
    return lambda at_ms: (begin + timedelta(milliseconds=at_ms)).isoformat(timespec="seconds")


def utc_clock(zero_utc_ms: int) -> Clock:
    """Times in UTC of a run that began then, in milliseconds since 1970."""
    return lambda at_ms: datetime.fromtimestamp((zero_utc_ms + at_ms) / 1_000, UTC).strftime("%Y-%m-%dT%H:%MZ")


class GateMove(NamedTuple):
    """A box that came in or went out on a road truck."""

    at_ms: int
    container: ContainerId
    truck: str
    is_in: bool
    length_ft: int
    gross_mass_kg: int


@dataclass
class ShipMoves:
    """One call: what came aboard, where boxes stand now, and when each was last set down."""

    call: VesselCall
    berthed_ms: int | None = None
    sailed_ms: int | None = None
    first_ms: int | None = None
    last_ms: int | None = None
    """Of the work between ship and shore."""
    arrival: dict[ContainerId, StowPosition] = field(default_factory=dict)
    aboard: dict[ContainerId, StowPosition] = field(default_factory=dict)
    landed_ms: dict[ContainerId, int] = field(default_factory=dict)

    @property
    def discharged(self) -> Iterator[tuple[ContainerId, StowPosition]]:
        """Boxes that came and are ashore, with the slots they stood in."""
        return ((box, slot) for box, slot in self.arrival.items() if box not in self.aboard and box in self.landed_ms)

    @property
    def loaded(self) -> Iterator[tuple[ContainerId, StowPosition]]:
        return ((box, slot) for box, slot in self.aboard.items() if box not in self.arrival)

    def touched(self, at_ms: int) -> None:
        self.first_ms = at_ms if self.first_ms is None else self.first_ms
        self.last_ms = at_ms


class Executed:
    """`calls` has every ship that was told of, `gate_moves` what passed the gate so far."""

    def __init__(self) -> None:
        self.calls: dict[str, ShipMoves] = {}
        self.gate_moves: list[GateMove] = []
        self._stock: dict[ContainerId, tuple[int, int]] = {}
        self._came_with: dict[ContainerId, ShipMoves] = {}
        self._on_bed: dict[str, dict[ContainerId, None]] = {}
        self._visitors: set[str] = set()

    def expect(self, call: VesselCall) -> None:
        """A call that will be heard of; before her events."""
        self.calls.setdefault(call.id, ShipMoves(call))

    def hear(self, event: RunEvent) -> None:
        """The next event of the log."""
        if isinstance(event, BoxesLanded):
            self._landed(event)
        elif isinstance(event, BoxesLifted):
            self._lifted(event)
        elif isinstance(event, StockTaken):
            self._stocked(event)
        elif isinstance(event, TruckStood):
            if event.is_visitor:
                self._visitors.add(event.truck)
        elif isinstance(event, TruckLeft):
            self._left(event)
        elif isinstance(event, ShipBerthed | ShipSailed) and event.call in self.calls:
            ship = self.calls[event.call]
            if isinstance(event, ShipBerthed):
                ship.berthed_ms = event.at_ms
            else:
                ship.sailed_ms = event.at_ms

    def _stocked(self, event: StockTaken) -> None:
        for box, length_ft, mass_kg, place, _ in event.boxes:
            self._stock[box] = (length_ft, mass_kg)
            if isinstance(place, Aboard) and place.call in self.calls:
                ship = self.calls[place.call]
                ship.arrival[box] = ship.aboard[box] = place.position
                self._came_with[box] = ship
            elif isinstance(place, OnTruck) and place.truck in self._visitors:
                self.gate_moves.append(GateMove(event.at_ms, box, place.truck, True, length_ft, mass_kg))
                self._on_bed.setdefault(place.truck, {})[box] = None

    def _lifted(self, event: BoxesLifted) -> None:
        for box, place in zip(event.containers, event.places, strict=True):
            if isinstance(place, Aboard) and place.call in self.calls:
                ship = self.calls[place.call]
                ship.aboard.pop(box, None)
                ship.touched(event.at_ms)
            elif isinstance(place, OnTruck):
                self._on_bed.get(place.truck, {}).pop(box, None)

    def _landed(self, event: BoxesLanded) -> None:
        for box, place in zip(event.containers, event.places, strict=True):
            if isinstance(place, Aboard):
                if place.call in self.calls:
                    ship = self.calls[place.call]
                    ship.aboard[box] = place.position
                    ship.landed_ms[box] = event.at_ms
                    ship.touched(event.at_ms)
                continue
            if isinstance(place, OnTruck) and place.truck in self._visitors:
                self._on_bed.setdefault(place.truck, {})[box] = None
            came = self._came_with.get(box)
            if came is not None and box not in came.aboard:
                came.landed_ms.setdefault(box, event.at_ms)

    def _left(self, event: TruckLeft) -> None:
        self._visitors.discard(event.truck)
        for box in self._on_bed.pop(event.truck, {}):
            length_ft, mass_kg = self._stock.get(box, (0, 0))
            self.gate_moves.append(GateMove(event.at_ms, box, event.truck, False, length_ft, mass_kg))

    def facts(self, box: ContainerId) -> Container | None:
        """What a call says of a box, the last one first."""
        for ship in reversed(self.calls.values()):
            if (found := ship.call.load_by_id.get(box)) is not None:
                return found
            if (stowed := ship.call.arrival.by_container.get(box)) is not None:
                return stowed.container
        return None


def move_reports(ship: ShipMoves, clock: Clock, *, recipient: str = "") -> dict[Direction, bytes]:
    """COARRI of what was discharged and of what was loaded so far; none where there is nothing to tell."""
    reports: dict[Direction, bytes] = {}
    for direction, moved in ((Direction.DISCHARGE, ship.discharged), (Direction.LOAD, ship.loaded)):
        entries = [entry for box, slot in moved if (entry := _entry(ship, box, slot, direction, clock))]
        if entries:
            letter = "D" if direction is Direction.DISCHARGE else "L"
            header = _header(ship, clock, "COARRI", f"{ship.call.id[:12]}{letter}", recipient)
            reports[direction] = write_move_report(header, entries, direction)
    return reports


def _entry(
    ship: ShipMoves, box: ContainerId, slot: StowPosition, direction: Direction, clock: Clock
) -> MessageEntry | None:
    call = ship.call
    if direction is Direction.LOAD:
        container = call.load_by_id.get(box)
    else:
        stowed = call.arrival.by_container.get(box)
        container = stowed.container if stowed else None
    if container is None:
        return None
    return MessageEntry(container, slot, at=clock(ship.landed_ms[box]))


def departure_plan(ship: ShipMoves) -> BayPlan:
    """What stands aboard now, box by box. Raises DataError for two boxes in one slot, KeyError for a stranger."""
    call = ship.call
    known = {stowed.container.id: stowed.container for stowed in call.arrival} | dict(call.load_by_id)
    return BayPlan.of((known[box], slot) for box, slot in sorted(ship.aboard.items(), key=lambda item: item[1]))


def departure_baplie(ship: ShipMoves, clock: Clock, dialect: Dialect = Dialect.SMDG31, *, recipient: str = "") -> bytes:
    """BAPLIE of what stands aboard now. Raises as `departure_plan`."""
    return write_bay_plan(
        _header(ship, clock, "BAPLIE", f"{ship.call.id[:12]}B", recipient), departure_plan(ship), dialect
    )


def gate_report(
    moves: Iterable[GateMove], executed: Executed, clock: Clock, header: MessageHeader, *, is_in: bool
) -> bytes:
    """CODECO of boxes that came in, or of boxes that went out."""
    entries = []
    for move in moves:
        known = executed.facts(move.container)
        box = replace(known, gross_mass_kg=known.gross_mass_kg or move.gross_mass_kg) if known else None
        entries.append(GateEntry(move.container, clock(move.at_ms), move.truck, move.gross_mass_kg, box))
    return write_gate_report(header, entries, is_in=is_in)


def _header(ship: ShipMoves, clock: Clock, kind: str, reference: str, recipient: str) -> MessageHeader:
    """Prepared when the last thing happened that it tells of: the same log gives the same file."""
    times = (ship.sailed_ms, ship.last_ms, ship.berthed_ms)
    at_ms = next((at for at in times if at is not None), 0)
    header = departure_header(ship.call)
    return replace(
        header,
        kind=kind,
        recipient=recipient or header.recipient,
        prepared_at=clock(at_ms),
        etd=clock(ship.sailed_ms) if ship.sailed_ms is not None else "",
        interchange_reference=reference[:14],
        message_reference="1",
    )
