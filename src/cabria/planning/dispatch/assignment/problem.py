"""What is given: vehicles, jobs, what each pair costs and which pairs may not be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cabria.domain.errors import DataError
from cabria.domain.verdict import YES, Verdict, refuse

Array = np.ndarray[Any, np.dtype[Any]]
MOST_COST = 1_000_000_000
MOST_SIDE = 20_000


@dataclass(frozen=True)
class AssignmentProblem:
    """Each vehicle does one job at most, each job is done once at most, as many as pay are done, at least total cost.

    `costs[vehicle, job]` are whole numbers from 0 to 1,000,000,000, for example milliseconds until the box is reached.
    `refused` names the pairs that may not be and says why. `leave_cost` is what it costs to leave one of the scarcer
    side (the vehicles, or the jobs where these are fewer) without a partner: high, and nobody is left who can be
    matched; low, and a vehicle rather waits than drives that far. Names are unique; they tie one tick to the next.
    Raises DataError.
    """

    vehicles: tuple[str, ...]
    jobs: tuple[str, ...]
    costs: Array
    refused: Mapping[tuple[int, int], str] = field(default_factory=dict)
    leave_cost: int = 100 * MOST_COST

    def __post_init__(self) -> None:
        shape = (len(self.vehicles), len(self.jobs))
        if max(shape) > MOST_SIDE:
            raise DataError(f"At most {MOST_SIDE:,} vehicles and jobs can be matched at once.")
        for kind, names in (("vehicle", self.vehicles), ("job", self.jobs)):
            if len(set(names)) != len(names):
                raise DataError(f"A {kind} is named twice.")
        if self.costs.shape != shape or not np.issubdtype(self.costs.dtype, np.integer):
            raise DataError(f"Costs are whole numbers, one for each of {shape[0]} vehicles and {shape[1]} jobs.")
        if self.costs.size and not (self.costs.min() >= 0 and self.costs.max() <= MOST_COST):
            raise DataError(f"A cost is from 0 to {MOST_COST:,}.")
        if not 0 <= self.leave_cost <= 100 * MOST_COST:
            raise DataError(f"Leaving one out costs from 0 to {100 * MOST_COST:,}.")
        for vehicle, job in self.refused:
            if not (0 <= vehicle < shape[0] and 0 <= job < shape[1]):
                raise DataError(f"Vehicle {vehicle} and job {job} are refused, but there is no such pair.")

    def may(self, vehicle: int, job: int) -> Verdict:
        """Whether a vehicle may do a job, and why not."""
        reason = self.refused.get((vehicle, job))
        return YES if reason is None else refuse(reason)


@dataclass(frozen=True, slots=True)
class Kept:
    """What one tick hands to the next: who had what, and the prices of the jobs and vehicles (both at most 0)."""

    pairs: Mapping[str, str]
    prices: Mapping[str, int]
    vehicles_are_scarce: bool


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who does what: pairs of vehicle and job by number, in the vehicles' order, and who is left of the scarcer side.

    `bound` is proved by prices over all pairs: no assignment costs less. `paths` counts the searches it took; few when
    little changed since the tick before.
    """

    pairs: tuple[tuple[int, int], ...]
    cost: int
    left: int
    bound: int
    paths: int
    kept: Kept

    @property
    def is_proven(self) -> bool:
        return self.cost == self.bound
