"""One bay of the yard as the retrieval problems see it: stacks of boxes known by when they leave, and moves of one box.

Block relocation, pre-marshalling and stochastic retrieval share these nouns. Boxes here have no numbers of their own:
two boxes of one priority stand for each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from cabria.domain.errors import DataError

OUT = 0
"""The target of a move that takes a box out of the bay."""
MAX_STACKS = 1_000
MAX_TIERS = 100
MAX_PRIORITY = 1_000_000_000


class BayMove(NamedTuple):
    """One box from the top of stack `origin` to the top of stack `target`, counted from 1; `OUT` leaves the bay."""

    origin: int
    target: int

    @property
    def is_retrieval(self) -> bool:
        return self.target == OUT


@dataclass(frozen=True, slots=True)
class YardBay:
    """Stacks side by side, each bottom first, of retrieval priorities: 1 leaves first, equal priorities are one group.

    No stack may rise above `max_tier`. Raises DataError on a bay without stacks, an overfull stack, a priority that is
    no whole number from 1 on, and sizes beyond any yard.
    """

    stacks: tuple[tuple[int, ...], ...]
    max_tier: int

    def __post_init__(self) -> None:
        if not _is_whole(self.max_tier, MAX_TIERS):
            raise DataError(f"The highest tier must be a whole number from 1 to {MAX_TIERS}.")
        if not 1 <= len(self.stacks) <= MAX_STACKS:
            raise DataError(f"A bay has 1 to {MAX_STACKS} stacks, not {len(self.stacks)}.")
        for number, stack in enumerate(self.stacks, 1):
            if len(stack) > self.max_tier:
                raise DataError(f"{len(stack)} boxes exceed tier {self.max_tier}.", place=f"stack {number}")
            for tier, priority in enumerate(stack, 1):
                if not _is_whole(priority, MAX_PRIORITY):
                    raise DataError(
                        "The priority of a box must be a whole number from 1 on.", place=f"stack {number}, tier {tier}"
                    )

    @property
    def boxes(self) -> int:
        return sum(map(len, self.stacks))

    @property
    def slots(self) -> int:
        return len(self.stacks) * self.max_tier

    @property
    def priorities(self) -> tuple[int, ...]:
        """Of all boxes, ascending."""
        return tuple(sorted(priority for stack in self.stacks for priority in stack))

    @property
    def badly_placed(self) -> int:
        """Boxes that stand above one that leaves earlier: each must be moved at least once."""
        return sum(
            any(below < priority for below in stack[:tier])
            for stack in self.stacks
            for tier, priority in enumerate(stack)
        )


def _is_whole(value: object, highest: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= highest
