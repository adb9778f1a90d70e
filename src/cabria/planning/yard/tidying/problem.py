"""What is given: a block tonight, what is known of tomorrow, and the idle crane time; and what is found."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from cabria.domain.errors import DataError
from cabria.domain.yard_forecast import BlockForecast
from cabria.referee.yard_replay import FIRMINO, BlockMove, CraneTimes

MAX_BUDGET_MS = 24 * 3_600_000
MAX_TIERS = 16
MAX_BOXES = 30_000


@dataclass(frozen=True)
class TidyingProblem:
    """A block, its forecast, the idle crane time in milliseconds and the crane's speeds.

    The crane starts over bay 1, stack 1. Raises DataError on a negative budget or one above a day, on stacks
    higher than 16 tiers and on more boxes than any block holds.
    """

    block: BlockForecast
    budget_ms: int
    times: CraneTimes = FIRMINO

    def __post_init__(self) -> None:
        if not 0 <= self.budget_ms <= MAX_BUDGET_MS:
            raise DataError("Idle crane time must be from 0 to 24 hours.")
        if max(bay.max_tier for bay in self.block.bays) > MAX_TIERS:
            raise DataError(f"Tidying knows stacks of at most {MAX_TIERS} tiers.")
        if sum(bay.boxes for bay in self.block.bays) > MAX_BOXES:
            raise DataError(f"Tidying knows blocks of at most {MAX_BOXES:,} boxes.")


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """What tomorrow is expected to cost when tonight's work ends after `crane_ms`."""

    crane_ms: int
    expected_rehandles: float


@dataclass(frozen=True)
class TidyingPlan:
    """The moves in their order, what they take and are worth, and what less time would have been worth.

    `frontier` falls strictly with time; its first point is the block as it stands, its last is this plan.
    """

    moves: tuple[BlockMove, ...]
    crane_ms: int
    before: float
    after: float
    frontier: tuple[FrontierPoint, ...]

    def __post_init__(self) -> None:
        if any(later.expected_rehandles >= sooner.expected_rehandles for sooner, later in pairwise(self.frontier)):
            raise ValueError("A frontier falls with time.")
