"""What is given: a bay whose boxes leave window by window, in an order inside each window that nobody knows yet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from cabria.domain.yard_bay import YardBay

Order = tuple[int, ...]
"""Boxes in the order in which they leave, counted from 0 stack by stack and bottom first."""


@dataclass(frozen=True)
class StochasticProblem:
    """A bay in which the priority of a box is its time window.

    When the last box of a window has left, the order of the whole next window is revealed, each order as likely as any
    other (the batch model of Galle, Barnhart and Jaillet 2018). Only boxes above the one that is wanted may be moved.
    """

    bay: YardBay

    @cached_property
    def window_of(self) -> tuple[int, ...]:
        """The window of each box, counted from 0 without gaps."""
        number = {window: n for n, window in enumerate(sorted(set(self.bay.priorities)))}
        return tuple(number[priority] for stack in self.bay.stacks for priority in stack)

    @cached_property
    def window_from(self) -> tuple[int, ...]:
        """How many boxes leave before each window, and last how many there are."""
        windows = max(self.window_of, default=-1) + 1
        return tuple(sum(window < first for window in self.window_of) for first in range(windows + 1))

    @cached_property
    def bound(self) -> float:
        """Boxes expected to stand above one that leaves earlier; each must be moved at least once."""
        return sum(
            1.0 if any(below < window for below in stack[:tier]) else _share_in_the_way(stack[:tier].count(window))
            for stack in self.bay.stacks
            for tier, window in enumerate(stack)
        )


@dataclass(frozen=True)
class SampledRetrieval:
    """What the policy did in orders drawn at random: for each order its moves (origin, target), from 1, target 0 = out.

    `relocations` has the count of each order; `half_width` is that of a 95 % confidence interval of their mean.
    """

    orders: tuple[Order, ...]
    moves: tuple[tuple[tuple[int, int], ...], ...]
    relocations: tuple[int, ...]

    @property
    def mean(self) -> float:
        return sum(self.relocations) / len(self.relocations) if self.relocations else 0.0

    @property
    def half_width(self) -> float:
        count, mean = len(self.relocations), self.mean
        if count < 2:
            return 0.0
        variance = sum((made - mean) ** 2 for made in self.relocations) / (count - 1)
        return float(1.96 * (variance / count) ** 0.5)


def _share_in_the_way(same_window_below: int) -> float:
    return same_window_below / (same_window_below + 1)
