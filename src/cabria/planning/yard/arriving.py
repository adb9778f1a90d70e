"""An arriving box and a yard as a table knows it, in the nouns of slot choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import NormalDist

import numpy as np

from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.yard import YardBlock, YardInventory
from cabria.planning.yard.slots.departures import POINTS, Departure, DepartureSkill
from cabria.planning.yard.slots.places import Places
from cabria.planning.yard.slots.problem import YardGuest, YardRules
from cabria.planning.yard.slots.solve import SlotChoice, choose

S_AN_HOUR = 3_600.0
USUAL_STAY_H = 120.0
LEAST_ERROR_H = 0.1
_LEVELS = tuple((n + 0.5) / POINTS for n in range(POINTS))


def slot_for(
    box: ContainerId,
    length_ft: int,
    gross_mass_kg: int,
    blocks: Sequence[YardBlock],
    yard: YardInventory,
    leaves_in_h: Mapping[ContainerId, float],
    error_h: float,
) -> SlotChoice:
    """The best slots for an arriving box. `leaves_in_h` may know it and the boxes that stand, each to within `error_h`.

    Raises DataError for a box that stands in the yard already, and for lengths no yard takes.
    """
    if box in yard.by_container:
        raise DataError(f"Container {box} stands in the yard already.", place=str(yard.by_container[box].position))
    places = Places(blocks, YardRules())

    def guest(container: ContainerId, length: int, mass_kg: int) -> YardGuest:
        return YardGuest(container, length, mass_kg, expected_departure(leaves_in_h.get(container), error_h))

    places.fill(yard, {one.id: guest(one.id, one.length_ft, one.gross_mass_kg) for one in yard}, 0.0)
    skill = DepartureSkill(USUAL_STAY_H * S_AN_HOUR)
    return choose(places, guest(box, length_ft, gross_mass_kg), 0.0, skill=skill)


def expected_departure(leaves_in_h: float | None, error_h: float) -> Departure:
    """Around the forecast, normally spread; without one as boxes usually stay, exponentially."""
    if leaves_in_h is None:
        points_h = [-USUAL_STAY_H * float(np.log(1 - level)) for level in _LEVELS]
        return Departure(np.array(points_h) * S_AN_HOUR, USUAL_STAY_H * S_AN_HOUR)
    spread = NormalDist(leaves_in_h, max(error_h, LEAST_ERROR_H))
    points_h = [spread.inv_cdf(level) for level in _LEVELS]
    return Departure(np.array(points_h) * S_AN_HOUR, max(error_h, LEAST_ERROR_H) * S_AN_HOUR)
