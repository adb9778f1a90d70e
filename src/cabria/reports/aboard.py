"""What stands where in the ship's pictures, and the part each box plays in the call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cabria.domain.containers import Container
from cabria.domain.positions import StowPosition
from cabria.domain.vessel import Place, VesselProfile
from cabria.planning.loading.result import PlannedCall


class Part(StrEnum):
    """The part a box plays in the call. The values are class names in the pictures."""

    STAYS = "stays"
    DISCHARGED = "discharged"
    LIFTED = "lifted"
    """A restow, where it stood on arrival."""
    PUT_BACK = "put-back"
    """A restow, where it stands on departure."""
    LOADED = "loaded"


class View(StrEnum):
    """The four conditions a planner looks at."""

    ARRIVAL = "arrival"
    DISCHARGE = "discharge"
    LOAD = "load"
    DEPARTURE = "departure"


SHOWN: Mapping[View, tuple[Part, ...]] = {
    View.ARRIVAL: (Part.STAYS, Part.DISCHARGED, Part.LIFTED),
    View.DISCHARGE: (Part.STAYS, Part.DISCHARGED, Part.LIFTED),
    View.LOAD: (Part.STAYS, Part.PUT_BACK, Part.LOADED),
    View.DEPARTURE: (Part.STAYS, Part.PUT_BACK, Part.LOADED),
}
"""Discharge and load show the same boxes as arrival and departure, with those that stay in grey."""


@dataclass(frozen=True, slots=True)
class Aboard:
    """One box in one slot, in the part it plays there. A restow occurs twice: where it was and where it goes."""

    container: Container
    position: StowPosition
    part: Part
    place: Place


@dataclass(frozen=True)
class BoxesAboard:
    """Every box that is aboard at some time of the call, by number of its vessel bay; `outside` fit in no bay."""

    by_bay: Mapping[int, tuple[Aboard, ...]]
    outside: tuple[tuple[Container, StowPosition, Part], ...]

    def of(self, bay: int) -> tuple[Aboard, ...]:
        return self.by_bay.get(bay, ())


def boxes_aboard(planned: PlannedCall) -> BoxesAboard:
    call, plan = planned.call, planned.plan
    found: list[tuple[Container, StowPosition, Part]] = []
    for container, position in call.remaining:
        target = plan.restows.get(container.id)
        if target is None:
            found.append((container, position, Part.STAYS))
        else:
            found += [(container, position, Part.LIFTED), (container, target, Part.PUT_BACK)]
    found += [(container, position, Part.DISCHARGED) for container, position in call.discharges]
    loads = call.load_by_id
    # A load that is on no list has no facts to draw; the referee names it.
    found += [(loads[name], position, Part.LOADED) for name, position in plan.loads.items() if name in loads]
    return by_bays(call.vessel, found)


def by_bays(vessel: VesselProfile, found: Iterable[tuple[Container, StowPosition, Part]]) -> BoxesAboard:
    """Boxes in their slots and parts, sorted by the vessel's bays."""
    by_bay: dict[int, list[Aboard]] = {}
    outside = []
    for container, position, part in sorted(found, key=lambda box: (box[1], box[2])):
        place = vessel.place(position)
        if place is None:
            outside.append((container, position, part))
        else:
            by_bay.setdefault(place.bay.number, []).append(Aboard(container, position, part, place))
    return BoxesAboard({bay: tuple(boxes) for bay, boxes in by_bay.items()}, tuple(outside))
