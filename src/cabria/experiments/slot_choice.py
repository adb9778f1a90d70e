"""A block of the yard over weeks: boxes come, stand some days and leave, and whoever stands above them is rehandled.

Made from a seed. Boxes come at random (Poisson) at the rate that fills the block on average to `fill`; stays are
lognormal; a forecast is the true departure with a normal error, told once when the box comes, or nothing at all.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from cabria.domain.errors import DataError
from cabria.planning.yard.slots.stacking import FULL, StackingRule

DAY_S = 86_400
BAYS, ROWS, TIERS = 20, 8, 5
MEAN_STAY_DAYS = 4.5
SPREAD = 1.0
"""Standard deviation of the logarithm of the stay."""


class Visit(NamedTuple):
    """One box: when it comes and leaves, in seconds, and what was said of it when it came."""

    arrives_s: int
    leaves_s: int
    forecast_s: int | None


class LoggedMove(NamedTuple):
    """A box (its number among the visits) from stack to stack, counted from 1; 0 is outside the block."""

    at_s: int
    box: int
    origin: int
    target: int


@dataclass(frozen=True)
class BlockWeeks:
    """What happens to a block of `stacks` like stacks, whoever stacks them."""

    stacks: int
    tiers: int
    visits: tuple[Visit, ...]

    def __post_init__(self) -> None:
        if self.stacks < 2 or self.tiers < 1 or any(visit.leaves_s < visit.arrives_s for visit in self.visits):
            raise DataError("A block has two stacks or more, and no box leaves before it comes.")


@dataclass(frozen=True)
class Stacked:
    """Every move a rule made, and the figures counted once the block had filled: after a third of the visits."""

    moves: tuple[LoggedMove, ...]
    retrievals: int
    rehandles: int
    refused: int
    """Boxes that found no room, in the whole time."""

    @property
    def rehandles_per_retrieval(self) -> float:
        return self.rehandles / self.retrievals if self.retrievals else 0.0


def make_block_weeks(
    fill: float,
    error_days: float | None,
    seed: int,
    *,
    boxes: int = 9_000,
    spread: float = SPREAD,
    bays: int = BAYS,
    rows: int = ROWS,
    tiers: int = TIERS,
) -> BlockWeeks:
    """Raises DataError for a fill outside 0 to 1 or an error below 0; `error_days` None makes no forecasts."""
    if not 0 < fill < 1 or (error_days is not None and not 0 <= error_days <= 1_000) or not 1 <= boxes <= 10**7:
        raise DataError("The fill lies between 0 and 1, an error is none or 0 to 1,000 days.")
    random = Random(seed)
    gap_s = MEAN_STAY_DAYS * DAY_S / (fill * bays * rows * tiers)
    middle = math.log(MEAN_STAY_DAYS * DAY_S) - spread**2 / 2
    visits: list[Visit] = []
    now_s = 0.0
    for _ in range(boxes):
        now_s += random.expovariate(1 / gap_s)
        leaves_s = round(now_s + random.lognormvariate(middle, spread))
        error_s = random.gauss(0, 1) * DAY_S
        forecast_s = None if error_days is None else round(leaves_s + error_days * error_s)
        visits.append(Visit(round(now_s), max(leaves_s, round(now_s)), forecast_s))
    return BlockWeeks(bays * rows, tiers, tuple(visits))


def stack_up(weeks: BlockWeeks, rule: StackingRule) -> Stacked:
    """Let a rule stack the boxes of some weeks. Raises DataError when it names a stack that has no room."""
    stacks: list[list[int]] = [[] for _ in range(weeks.stacks)]
    stack_of: dict[int, int] = {}
    moves: list[LoggedMove] = []
    counted_from_s = weeks.visits[len(weeks.visits) // 3].arrives_s if weeks.visits else 0
    retrievals = rehandles = refused = 0

    def set_down(box: int, origin: int, target: int, at_s: int) -> None:
        if not 0 <= target < len(stacks) or target + 1 == origin or len(stacks[target]) >= weeks.tiers:
            raise DataError(f"The rule put box {box} on stack {target}, which has no room.")
        stacks[target].append(box)
        stack_of[box] = target
        moves.append(LoggedMove(at_s, box, origin, target + 1))

    for at_s, is_arrival, box in _happenings(weeks):
        if is_arrival:
            target = rule.arrives(box, at_s, weeks.visits[box].forecast_s)
            if target == FULL:
                refused += 1
            else:
                set_down(box, 0, target, at_s)
        elif box in stack_of:
            origin = stack_of.pop(box)
            while stacks[origin][-1] != box:
                target = rule.put_aside(origin, at_s)
                set_down(stacks[origin].pop(), origin + 1, target, at_s)
                rehandles += at_s >= counted_from_s
            stacks[origin].pop()
            rule.leaves(origin, at_s)
            moves.append(LoggedMove(at_s, box, origin + 1, 0))
            retrievals += at_s >= counted_from_s
    return Stacked(tuple(moves), retrievals, rehandles, refused)


def _happenings(weeks: BlockWeeks) -> Iterator[tuple[int, bool, int]]:
    """Arrivals and departures in their order, up to the last arrival."""
    last_s = max((visit.arrives_s for visit in weeks.visits), default=0)
    happenings = [(visit.arrives_s, True, box) for box, visit in enumerate(weeks.visits)]
    happenings += [(visit.leaves_s, False, box) for box, visit in enumerate(weeks.visits) if visit.leaves_s <= last_s]
    yield from sorted(happenings, key=lambda entry: (entry[0], not entry[1], entry[2]))
