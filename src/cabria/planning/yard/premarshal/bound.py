"""How many moves a bay needs at least (Bortfeldt and Forster 2012, sharpened at both ends).

A bay needs one move for each badly placed box, one for each good box that must give way, and one more for each badly
placed box that must be put aside before the first can go where it belongs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cabria.domain.yard_bay import YardBay


@dataclass(frozen=True, slots=True)
class _Pile:
    """A stack split where its order breaks: above `good` every box is badly placed."""

    good: tuple[int, ...]
    bad: tuple[int, ...]

    @classmethod
    def of(cls, stack: Sequence[int]) -> _Pile:
        split = next((tier for tier in range(1, len(stack)) if stack[tier] > stack[tier - 1]), len(stack))
        return cls(tuple(stack[:split]), tuple(stack[split:]))

    def good_below(self, priority: int) -> int:
        """Good boxes that leave before one of this priority, so that it cannot stand on them."""
        return sum(box < priority for box in self.good)


def lower_bound(bay: YardBay) -> int:
    """A number of moves that no plan goes below; 0 for a sorted bay."""
    piles = [_Pile.of(stack) for stack in bay.stacks]
    bad = [box for pile in piles for box in pile.bad]
    if not bad:
        return 0
    giving_way = max(_giving_way(piles, bad, bay.max_tier, priority) for priority in set(bad))
    return len(bad) + min(_extra_before_first(piles, giving_way))


def _giving_way(piles: Sequence[_Pile], bad: Sequence[int], tiers: int, priority: int) -> int:
    """Good boxes that must be moved so that all badly placed ones of at least this priority find a place.

    They fit only where no earlier box stands below. A stack with such boxes on top helps when all of these are moved;
    the cheapest stacks that help enough are found as a knapsack.
    """
    missing = sum(box >= priority for box in bad)
    offers: list[tuple[int, int]] = []
    for pile in piles:
        in_between = pile.good_below(priority)
        room = tiers - len(pile.good) + in_between
        if in_between:
            offers.append((in_between, room))
        else:
            missing -= room
    if missing <= 0:
        return 0
    unreachable = sum(cost for cost, _ in offers) + 1
    cheapest = [0] + [unreachable] * missing
    for cost, room in offers:
        for need in range(missing, 0, -1):
            cheapest[need] = min(cheapest[need], cheapest[max(0, need - room)] + cost)
    return cheapest[missing]


def _extra_before_first(piles: Sequence[_Pile], giving_way: int) -> Iterator[int]:
    """Moves beyond one a badly placed box, for each way in which the first box can go where it belongs.

    Whatever is badly placed in its target stack, or above it, was put aside before and moves again; good boxes that
    leave before it were taken out of the target. A good box put aside and then moved back counts twice.
    """
    yield min(len(pile.bad) for pile in piles) + max(giving_way, 1) + 1
    for origin in piles:
        for place, box in enumerate(origin.bad):
            above = len(origin.bad) - 1 - place
            for target in piles:
                aside = len(target.bad) + (above if target is not origin else 0)
                yield aside + max(giving_way, target.good_below(box))
