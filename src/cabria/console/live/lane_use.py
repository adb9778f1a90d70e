"""Which segments are booked for which trucks, and what one machine was ordered to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cabria.console.live.sentences import reason_row
from cabria.console.messages import machines as m
from cabria.domain.layout import Layout
from cabria.domain.run_events import TripBooked
from cabria.operations.running import Picture, TruckPicture
from cabria.planning.dispatch.traffic.kernels import ENDLESS

NO_END = -1


def lane_use(picture: Picture, digest: str, now_ms: int) -> m.LaneUse:
    """What is still to come of every trip; a window without an end is where a truck stays."""
    rows = [(truck.id, *row) for truck in picture.trucks.values() for row in _to_come(truck, now_ms)]
    return m.LaneUse(
        now_ms=now_ms,
        digest=digest,
        truck=[row[0] for row in rows],
        segment=[row[1] for row in rows],
        enter_ms=[row[2] for row in rows],
        leave_ms=[row[3] for row in rows],
        is_leased=[row[4] for row in rows],
    )


def machine_page(
    machine: str, layout: Layout, picture: Picture, trips: Mapping[str, TripBooked]
) -> m.MachinePage | None:
    """None for a machine that is not there."""
    if not any(machine in machines for machines in (picture.trucks, picture.quay_cranes, picture.yard_cranes)):
        return None
    truck = picture.trucks.get(machine)
    trip = trips.get(machine)
    return m.MachinePage(
        id=machine,
        now_ms=picture.now_ms,
        orders=[
            m.MachineOrder(
                number=order.number,
                verb=order.verb,
                job=order.job,
                state=order.state,
                attempts=order.attempts,
                is_leased=order.is_leased,
            )
            for order in picture.orders.values()
            if order.machine == machine
        ],
        way=[
            m.BookedSegment(
                segment=layout.segments[number].id,
                kind=str(layout.segments[number].kind),
                enter_ms=enter_ms,
                leave_ms=leave_ms,
                is_leased=is_leased,
            )
            for number, enter_ms, leave_ms, is_leased in (_to_come(truck, picture.now_ms) if truck else ())
        ],
        reason=reason_row(trip.reason) if trip else None,
    )


def _to_come(truck: TruckPicture, now_ms: int) -> Iterator[tuple[int, int, int, bool]]:
    """Of a truck that does not tell its way what it is in by now counts as granted."""
    for number, (segment, enter_ms, leave_ms) in enumerate(truck.way):
        if truck.leased is None:
            is_over, is_leased = leave_ms <= now_ms, enter_ms <= now_ms
        else:
            is_over, is_leased = number < truck.left, number < truck.leased
        if not is_over:
            yield segment, enter_ms, NO_END if leave_ms >= ENDLESS else leave_ms, is_leased
