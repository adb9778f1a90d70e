"""How likely each box that stands is to be in the way: a box beneath it is wanted first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from cabria.domain.containers import ContainerId
from cabria.planning.yard.arriving import expected_departure
from cabria.planning.yard.slots.departures import POINTS, Departure
from cabria.planning.yard.slots.kernels import survivals


def chances_in_the_way(
    stacks: Iterable[Sequence[ContainerId]], leaves_in_h: Mapping[ContainerId, float], error_h: float
) -> dict[ContainerId, float]:
    """For each box of each stack (bottom first) the chance that one beneath it leaves before it, from 0 to 1.

    Departures are as in the choice of slots: within `error_h` of what is known, else as boxes usually stay, each
    independent of the others. The sum over a stack is its expected rehandles while nothing is put back above.
    """
    usual = expected_departure(None, error_h)
    known: dict[float, Departure] = {}
    alike: dict[tuple[float | None, ...], float] = {}
    chances: dict[ContainerId, float] = {}
    for stack in stacks:
        times = tuple(leaves_in_h.get(box) for box in stack)
        for tier, box in enumerate(stack):
            piled = times[: tier + 1]
            if piled not in alike:
                departures = [usual if time is None else _known(known, time, error_h) for time in piled]
                alike[piled] = _chance(departures)
            chances[box] = alike[piled]
    return chances


def _known(made: dict[float, Departure], leaves_in_h: float, error_h: float) -> Departure:
    if leaves_in_h not in made:
        made[leaves_in_h] = expected_departure(leaves_in_h, error_h)
    return made[leaves_in_h]


def _chance(pile: Sequence[Departure]) -> float:
    """That the box on top does not leave first, at the points of its own departure."""
    *below, own = pile
    undisturbed, survival = np.ones(POINTS), np.empty(POINTS)
    for box in below:
        survivals(box.points_s, box.tail_s, own.points_s, survival)
        undisturbed *= survival
    return float(1 - undisturbed.mean())
