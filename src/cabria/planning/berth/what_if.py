"""What follows when a person wants a ship elsewhere or at another time: the others as they are, or planned anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cabria.domain.berthing import BerthCase, BerthPlan, CraneSpell, ShipId, Spell, Stay, joined_spells
from cabria.domain.errors import DataError
from cabria.planning.berth.crews import named
from cabria.planning.berth.options import CRANES, Pin
from cabria.planning.berth.problem import EFFORTS, BerthProblem, Params
from cabria.planning.berth.solve import solve, stay_of
from cabria.planning.search.result import Listener, Result, silent
from cabria.planning.search.stopping import StoppingCriterion


def on_the_grid(case: BerthCase, pin: Pin) -> Pin:
    """The nearest place and start on the steps of the rules."""
    step, position_step = case.rules.step_min, case.rules.position_step_mm
    return Pin(round(pin.position_mm / position_step) * position_step, round(pin.start_min / step) * step)


def with_ships_moved(case: BerthCase, plan: BerthPlan, pins: Mapping[ShipId, Pin]) -> BerthPlan:
    """The plan with these ships where they are pinned and every other as it was, for the referee to judge.

    A moved ship keeps her number of cranes where she can be worked so; her work takes as long as it takes there. Where
    no rule lets her lie, her stay is only shifted. Raises DataError for a ship that is not in the plan or has begun.
    """
    _refuse_unmovable(case, plan, pins)
    stays = {stay.ship: stay for stay in plan.stays}
    left = {out.ship: out for out in plan.unserved}
    for ship, pin in pins.items():
        moved = _moved(case, ship, stays.get(ship), pin)
        if moved is not None:
            stays[ship] = moved
            left.pop(ship, None)
    in_order = sorted(stays.values(), key=lambda stay: (stay.start_min, stay.position_mm))
    return BerthPlan(named(case, in_order), tuple(left.values()))


def replanned_around(
    case: BerthCase,
    plan: BerthPlan,
    pins: Mapping[ShipId, Pin],
    stop: StoppingCriterion,
    *,
    seed: int = 0,
    params: Params = EFFORTS["quick"],
    listen: Listener = silent,
) -> Result[BerthPlan]:
    """The plan made again with these ships held where they are pinned; others move only where that pays.

    Costs contain what changes against the plan cost. Raises DataError as `with_ships_moved` does.
    """
    _refuse_unmovable(case, plan, pins)
    return solve(
        BerthProblem.of(replace(case, last_plan=plan), pins=pins), stop, seed=seed, params=params, listen=listen
    )


def _refuse_unmovable(case: BerthCase, plan: BerthPlan, pins: Mapping[ShipId, Pin]) -> None:
    for ship in pins:
        if ship not in case.ship_of:
            name = ship[:60]
            raise DataError(
                f"The case has no ship {name}.", place="ship", code="no-such-ship-of-case", values={"ship": name}
            )
        stay = plan.stay_of.get(ship)
        if stay is not None and stay.start_min < case.now_min:
            raise DataError(
                f"Ship {ship} is at the quay already and stays where she lies.",
                place="ship",
                code="ship-at-quay-stays",
                values={"ship": ship},
            )


def _moved(case: BerthCase, ship: ShipId, before: Stay | None, pin: Pin) -> Stay | None:
    """None for a ship without a stay that no rule lets lie there."""
    alone = replace(case, ships=(case.ship_of[ship],), last_plan=None)
    problem = BerthProblem.of(alone, pins={ship: pin})
    wanted = max((part.cranes for part in before.work), default=0) if before else 0
    if problem.ships:
        columns = problem.options[0].T
        row = min(columns, key=lambda column: abs(int(column[CRANES]) - wanted)) if before else columns[0]
        return stay_of(problem, 0, row)
    return _shifted(before, pin) if before else None


def _shifted(before: Stay, pin: Pin) -> Stay:
    later = pin.start_min - before.start_min
    work = [
        CraneSpell(Spell(part.spell.start_min + later, part.spell.end_min + later), part.cranes) for part in before.work
    ]
    return Stay(before.ship, pin.position_mm, pin.start_min, before.end_min + later, joined_spells(work))
