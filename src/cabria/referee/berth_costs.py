"""What a berth plan costs, recomputed from the case and the plan: in money and in hours, by component."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cabria.domain.berthing import BerthCase, BerthPlan, ChangeKind, ShipCall, Stay, berth_changes

COMPONENTS = (
    "speed_up",
    "waiting",
    "late",
    "overrun",
    "window",
    "distance",
    "held_berth",
    "crane_hours",
    "changes",
    "unserved",
)


def berth_costs(case: BerthCase, plan: BerthPlan) -> Mapping[str, float]:
    """Money by component; every component is there."""
    costs = dict.fromkeys(COMPONENTS, 0.0)
    for stay in plan.stays:
        if stay.ship in case.ship_of:
            for component, money in _costs_of_stay(case, case.ship_of[stay.ship], stay):
                costs[component] += money
    served = plan.stay_of
    costs["unserved"] += sum(ship.rates.unserved for ship in case.ships if ship.id not in served)
    costs["changes"] += _change_costs(case, plan)
    return costs


def berth_hours(case: BerthCase, plan: BerthPlan) -> Mapping[str, float]:
    """The same in hours, where a component is time; and the hours the ships lie at the quay."""
    minutes = {"speed_up": 0, "waiting": 0, "late": 0, "window": 0, "held_berth": 0, "crane_hours": 0, "at_quay": 0}
    for stay in plan.stays:
        ship = case.ship_of.get(stay.ship)
        if ship is None:
            continue
        minutes["speed_up"] += max(0, ship.eta.planned_min - stay.start_min)
        minutes["waiting"] += max(0, stay.start_min - ship.eta.planned_min)
        minutes["late"] += _late_min(ship, stay)
        minutes["window"] += _outside_window_min(ship, stay)
        minutes["held_berth"] += ship.eta.expected_late_min(stay.start_min)
        minutes["crane_hours"] += stay.crane_minutes
        minutes["at_quay"] += stay.end_min - stay.start_min
    return {name: amount / 60 for name, amount in minutes.items()}


def _costs_of_stay(case: BerthCase, ship: ShipCall, stay: Stay) -> Iterator[tuple[str, float]]:
    rates = ship.rates
    yield "speed_up", rates.speed_up_per_h * max(0, ship.eta.planned_min - stay.start_min) / 60
    yield "waiting", ship.priority * rates.waiting_per_h * max(0, stay.start_min - ship.eta.planned_min) / 60
    yield "late", ship.priority * rates.late_per_h * _late_min(ship, stay) / 60
    if ship.last_finish_min is not None and stay.end_min > ship.last_finish_min:
        yield "overrun", float(ship.priority * rates.overrun)
    yield "window", ship.priority * rates.window_per_h * _outside_window_min(ship, stay) / 60
    yield "distance", float(rates.distance_per_m * ship.distance_m(stay.position_mm))
    yield "held_berth", rates.held_berth_per_h * ship.eta.expected_late_min(stay.start_min) / 60
    yield "crane_hours", case.rules.crane_hour * stay.crane_minutes / 60


def _late_min(ship: ShipCall, stay: Stay) -> int:
    return 0 if ship.wanted_finish_min is None else max(0, stay.end_min - ship.wanted_finish_min)


def _outside_window_min(ship: ShipCall, stay: Stay) -> int:
    if ship.window is None:
        return 0
    return max(0, ship.window.start_min - stay.start_min, stay.start_min - ship.window.end_min)


def _change_costs(case: BerthCase, plan: BerthPlan) -> float:
    if case.last_plan is None:
        return 0.0
    rates = case.rules.changes
    total = 0.0
    for change in berth_changes(case.last_plan, plan):
        if change.kind is ChangeKind.MOVED and change.ship in case.ship_of:
            metres = -(-abs(change.position_shift_mm) // 1000)
            total += rates.moved_ship + rates.position_per_m * metres
            total += rates.start_per_h * abs(change.start_shift_min) / 60
    return total
