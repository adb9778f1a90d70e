"""Batteries: which trucks go to a charger when, and which take no work until they have been charged.

A truck takes no more work when what is left may not last for one move and the way to a charger. Well before that it
goes to charge as soon as it has nothing to do, though never more than a part of the fleet at a time, so that cranes
are never left without trucks. Who has nothing to do, and no move that waits for a truck, charges meanwhile and can be
called away at any time. A truck with a box, or with a move, is never sent. While ships are worked nobody charges for
more than what is left of them: afterwards there is time.
"""

from __future__ import annotations

from cabria.domain.run_events import BatteryRead, EnergyUsed, WorkRefused
from cabria.domain.said import said
from cabria.operations.board import Truck
from cabria.operations.desk import Desk
from cabria.operations.truck_work import drive, is_idle

LITTLE = 0.05
"""Share of its battery that a truck takes in at least once it has gone to charge."""
LATER = 1.15
"""How much longer than planned what is left of a call may take."""
DRIVES, CARRIES_KG = 0.45, 13_000
"""Share of its time for which a truck at work drives at full speed, and what is on it in the mean: 17.7 kW in all. Runs
come to 16 to 21 kW."""


def hear_battery(desk: Desk, event: EnergyUsed | BatteryRead) -> bool:
    """A truck used, or was charged with, so much; or says what its battery holds. Whether that may change who works."""
    if isinstance(event, BatteryRead):
        desk.board.trucks[event.truck].charge_wh = event.wh
        return True
    truck = desk.board.trucks.get(event.machine)
    if truck is None or truck.charge_wh is None:
        return False
    truck.charge_wh -= event.wh
    return truck.is_low and _share(desk, truck) >= _enough(desk, _lasts(desk))


def send_low_batteries_to_charge(desk: Desk) -> None:
    """Those that must, and of those that should as many as others can do without, lowest first."""
    fleet, lasts = _fleet(desk), _lasts(desk)
    for truck in fleet:
        _refuse_or_take_work(desk, truck, fleet, lasts)
    _plug_in(desk, fleet)
    for truck in fleet:
        if truck.is_low and _is_free(truck) and truck.stand not in desk.board.chargers:
            _send(desk, truck) or (_make_room(desk, fleet) and _send(desk, truck))


def charge_idle_trucks(desk: Desk) -> None:
    """Trucks for which no move waits charge meanwhile."""
    board, most = desk.board, desk.settings.idle_charge
    idle = [truck for truck in _fleet(desk) if is_idle(truck)]
    wanted = sum(not move.truck for move in board.moves.values())
    for truck in idle[: max(0, len(idle) - wanted)]:
        if truck.stand not in board.chargers and _share(desk, truck) < most:
            _send(desk, truck)


def _fleet(desk: Desk) -> list[Truck]:
    """Trucks whose batteries are known, the lowest first; none on a layout without chargers."""
    board = desk.board
    known = [(truck.charge_wh, truck.number, truck) for truck in board.trucks.values() if truck.charge_wh is not None]
    return [truck for *_, truck in sorted(known)] if board.chargers else []


def _refuse_or_take_work(desk: Desk, truck: Truck, fleet: list[Truck], lasts: float) -> None:
    settings, left = desk.settings, _share(desk, truck)
    least, percent = _least(desk), round(100 * left)
    if truck.is_low:
        truck.is_low = left < _enough(desk, lasts)
        return
    if left < least:
        reason = said("battery-low", left_percent=percent, least_percent=round(100 * least))
    elif left < min(settings.low_charge, lasts) and is_idle(truck) and _may_go(desk, fleet):
        reason = said("battery-spare", left_percent=percent)
    else:
        return
    truck.is_low = True
    desk.record(WorkRefused(desk.now_ms, truck.id, reason))


def _least(desk: Desk) -> float:
    return max(desk.settings.least_charge, desk.board.reserve_wh / desk.board.truck.battery_wh)


def _lasts(desk: Desk) -> float:
    """The share of its battery with which a truck comes to the end of what the ships at the quay still have to be done,
    and to a charger; over 1 where no battery lasts so long."""
    board, truck = desk.board, desk.board.truck
    left_s = max(
        (
            crane.steps[-1].end_s - crane.steps[crane.next].start_s
            for crane in board.quay_cranes.values()
            if crane.next < len(crane.steps)
        ),
        default=0,
    )
    hour_wh = truck.on_board_wh(3_600_000) + DRIVES * truck.drive_wh(3_600 * truck.drive.speed_mm_per_s, CARRIES_KG)
    return _least(desk) + LATER * left_s / 3_600 * hour_wh / truck.battery_wh


def _enough(desk: Desk, lasts: float) -> float:
    """At least half way from empty to full, as far as a truck takes work, or what lasts for the work in hand if that is
    less."""
    return min(max(desk.settings.enough_charge, (1 + _least(desk)) / 2), max(_least(desk) + LITTLE, lasts))


def _may_go(desk: Desk, fleet: list[Truck]) -> bool:
    """Whether there are few enough that take no work."""
    return sum(truck.is_low for truck in fleet) < desk.settings.most_charging * len(fleet)


def _plug_in(desk: Desk, fleet: list[Truck]) -> None:
    for truck in fleet:
        at_charger = _is_free(truck) and truck.stand in desk.board.chargers
        if at_charger and not truck.is_charging and _share(desk, truck) < desk.settings.full_charge:
            reason = said("charges", left_percent=round(100 * _share(desk, truck)))
            job = desk.give(truck.id, "", reason, charged, truck.id)
            truck.is_charging = True
            desk.out.trucks.charge(truck.id, job)


def charged(desk: Desk, name: str) -> None:
    """A battery is full, or its truck was unplugged."""
    desk.board.trucks[name].is_charging = False


def _send(desk: Desk, truck: Truck) -> bool:
    free = [stand for stand in desk.board.chargers if desk.board.lanes.owner(stand) is None]
    return drive(desk, truck, free, said("goes-to-charge", left_percent=round(100 * _share(desk, truck))))


def _make_room(desk: Desk, fleet: list[Truck]) -> bool:
    """The fullest truck with nothing to do leaves its charger to one that takes no work without."""
    board = desk.board
    rests = [stand for stand in board.rests if board.lanes.owner(stand) is None]
    full = [truck for truck in fleet if is_idle(truck) and truck.stand in board.chargers]
    return bool(full) and drive(desk, full[-1], rests, said("makes-room"))


def _is_free(truck: Truck) -> bool:
    return not (truck.move or truck.is_driving or truck.failed)


def _share(desk: Desk, truck: Truck) -> float:
    return (truck.charge_wh or 0) / desk.board.truck.battery_wh
