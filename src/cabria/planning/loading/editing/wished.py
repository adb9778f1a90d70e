"""What a planner may ask of a plan that is there: whether ship, call and terminal have what he names."""

from __future__ import annotations

from collections.abc import Iterable

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import StowPosition
from cabria.domain.vessel import VesselProfile
from cabria.domain.wishes import CraneWish, Forbid, Keep, Pin, ShipPart, StandingWish, Worked


def kept_as_it_is(call: VesselCall, plan: LoadingPlan, part: ShipPart, reason: str = "", by: str = "") -> Keep:
    """The wish that what the plan puts into a part of the ship stays there. Raises DataError for a part she has not."""
    _refuse_no_part(call.vessel, part)

    def is_there(slot: StowPosition) -> bool:
        place = call.vessel.place(slot)
        return place is not None and part.touches(call.vessel, place)

    put = {**plan.loads, **plan.restows}
    return Keep(part, tuple(sorted((box, slot) for box, slot in put.items() if is_there(slot))), reason, by)


def refuse_unknown(call: VesselCall, wish: StandingWish) -> None:
    """Raise DataError for a wish about a box, a part of the ship or a crane that there is not."""
    match wish:
        case Pin(container, to):
            _refuse_no_box(call, container)
            _refuse_no_part(call.vessel, to)
        case Forbid(part) | Keep(part):
            _refuse_no_part(call.vessel, part)
        case CraneWish(crane, work):
            if all(each.id != crane for each in call.terminal.quay_cranes):
                raise DataError(f"There is no quay crane {crane}.", remedy=f"There are {_cranes(call)}.")
            _refuse_no_work(call, (work,))
        case other:
            _refuse_no_work(call, (other.first, other.then))


def _cranes(call: VesselCall) -> str:
    return ", ".join(crane.id for crane in call.terminal.quay_cranes)


def _refuse_no_work(call: VesselCall, works: Iterable[Worked]) -> None:
    for work in works:
        if work.part is not None:
            _refuse_no_part(call.vessel, work.part)
        elif work.container is not None:
            _refuse_no_box(call, work.container)


def _refuse_no_box(call: VesselCall, container: ContainerId) -> None:
    if container not in call.load_by_id and container not in call.arrival.by_container:
        text = f"{container} is neither aboard on arrival nor on the load list."
        raise DataError(text, place=f"container {container}")


def _refuse_no_part(profile: VesselProfile, part: ShipPart) -> None:
    if not part.is_of(profile):
        raise DataError(f"{profile.name} has no {'slot ' if part.slot else ''}{part}.", place=str(part))
