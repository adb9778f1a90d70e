"""What is given, as the flat arrays that the kernels work on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np

from cabria.domain.rail_work import LEFT, RIGHT, RailCase
from cabria.planning.yard.rail.kernels import NO_HURRY, Array


@dataclass(frozen=True)
class JobOrder:
    """An order of all jobs and the crane of each (by job)."""

    order: tuple[int, ...]
    crane_of: tuple[int, ...]


@dataclass(frozen=True)
class RailProblem:
    case: RailCase

    @cached_property
    def before(self) -> tuple[tuple[int, ...], ...]:
        """Jobs that must be done before each job."""
        found: list[list[int]] = [[] for _ in self.case.jobs]
        for first, then in self.case.before:
            found[then].append(first)
        return tuple(map(tuple, found))

    @cached_property
    def given(self) -> tuple[Array, ...]:
        """See `kernels`."""
        case = self.case
        jobs = [
            (j.source, j.target, j.lift_s, j.set_down_s, j.ready_s, NO_HURRY if j.due_s is None else j.due_s)
            for j in case.jobs
        ]
        return (
            np.array(jobs, np.int64).reshape(-1, 6),
            _ints(list(accumulate(map(len, self.before), initial=0))),
            _ints([first for firsts in self.before for first in firsts]),
            _ints([case.bays, case.gap_bays, case.bay_travel_s, *case.starts]),
            _ints([case.prices.late, case.prices.makespan, case.prices.travel]),
        )

    @cached_property
    def may_do(self) -> Array:
        rows = [[int(self.case.may_do(crane, job)) for job in self.case.jobs] for crane in (LEFT, RIGHT)]
        return np.array(rows, np.int64).reshape(2, -1)


def _ints(values: Sequence[int]) -> Array:
    return np.array(values, np.int64)
