"""What is given: one bay; and what is found: the moves that sort it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from cabria.domain.errors import DataError
from cabria.domain.yard_bay import BayMove, YardBay

MAX_PRIORITIES = 250
MAX_STACKS = 100
MAX_TIERS = 16


@dataclass(frozen=True)
class PremarshalProblem:
    """A bay to be sorted. Raises DataError on sizes no bay has, and when it is so full that nothing can be moved."""

    bay: YardBay

    def __post_init__(self) -> None:
        if len(self.bay.stacks) > MAX_STACKS or self.bay.max_tier > MAX_TIERS:
            raise DataError(f"Pre-marshalling knows bays of at most {MAX_STACKS} stacks and {MAX_TIERS} tiers.")
        if len(self.ranks) > MAX_PRIORITIES:
            raise DataError(f"Pre-marshalling knows at most {MAX_PRIORITIES} different priorities in a bay.")
        if self.bay.boxes == self.bay.slots and self.bay.badly_placed:
            raise DataError("The bay is full to its last slot: no box can be moved, so it cannot be sorted.")

    @cached_property
    def ranks(self) -> dict[int, int]:
        """Priorities as dense numbers from 1, in the same order: equal priorities are one group."""
        return {priority: rank for rank, priority in enumerate(sorted(set(self.bay.priorities)), 1)}


@dataclass(frozen=True)
class PremarshalPlan:
    """The moves in their order. `is_optimal` only when the number of moves meets a proven bound."""

    moves: tuple[BayMove, ...]
    is_optimal: bool
