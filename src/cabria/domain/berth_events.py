"""What happens after a berth plan was made: each event gives the case as it then is, ready to be planned again."""

from __future__ import annotations

from dataclasses import replace

from cabria.domain.berthing import BerthCase, BerthPlan, Eta, ShipCall, ShipId, Spell, WindSpell
from cabria.domain.errors import DataError


def later(case: BerthCase, plan: BerthPlan, now_min: int, frozen_min: int = 0) -> BerthCase:
    """The case at `now_min` (brought down to the step), when `plan` holds and its next `frozen_min` are fixed."""
    if not 0 <= now_min < case.rules.horizon_min:
        raise DataError(f"Minute {now_min} is not within the {case.rules.horizon_min} minutes of the plan.")
    if frozen_min < 0:
        raise DataError("The frozen time is negative.")
    now_min -= now_min % case.rules.step_min
    return replace(case, last_plan=plan, now_min=now_min, frozen_until_min=now_min + frozen_min)


def with_delay(case: BerthCase, ship_id: ShipId, delay_min: int) -> BerthCase:
    """A ship expected later, or earlier by a negative delay; one that has begun is there and cannot be."""
    ship = _ship(case, ship_id)
    if case.is_begun(ship_id):
        raise DataError(f"Ship {ship_id} is at the quay already, so she cannot be late.")
    eta = Eta(ship.eta.planned_min + delay_min, ship.eta.earliest_min + delay_min, ship.eta.spread_min)
    return _with_ship(case, replace(ship, eta=eta))


def with_outage(case: BerthCase, crane_id: str, spell: Spell) -> BerthCase:
    """A quay crane that is broken or being mended."""
    if crane_id not in [crane.id for crane in case.quay.cranes]:
        known = ", ".join(crane.id for crane in case.quay.cranes)
        raise DataError(f"The quay has no crane {crane_id!r:.60}; it has {known or 'none'}.")
    cranes = tuple(
        replace(crane, outages=tuple(sorted({*crane.outages, spell}))) if crane.id == crane_id else crane
        for crane in case.quay.cranes
    )
    return replace(case, quay=replace(case.quay, cranes=cranes))


def with_wind(case: BerthCase, wind: WindSpell) -> BerthCase:
    """Gusts newly forecast; where forecasts overlap the strongest counts."""
    return replace(case, wind=(*case.wind, wind))


def with_ship(case: BerthCase, ship: ShipCall) -> BerthCase:
    """A ship nobody expected. Raises DataError for one whose id is taken."""
    return replace(case, ships=(*case.ships, ship))


def without_ship(case: BerthCase, ship_id: ShipId) -> BerthCase:
    """A ship that will not come; one that has begun is there and stays in the case."""
    _ship(case, ship_id)
    if case.is_begun(ship_id):
        raise DataError(f"Ship {ship_id} is at the quay already, so her call cannot be left out.")
    return replace(case, ships=tuple(ship for ship in case.ships if ship.id != ship_id))


def _ship(case: BerthCase, ship_id: ShipId) -> ShipCall:
    if ship_id not in case.ship_of:
        raise DataError(f"The case has no ship {ship_id!r:.60}; it has {', '.join(sorted(case.ship_of)[:20])}.")
    return case.ship_of[ship_id]


def _with_ship(case: BerthCase, changed: ShipCall) -> BerthCase:
    return replace(case, ships=tuple(changed if ship.id == changed.id else ship for ship in case.ships))
