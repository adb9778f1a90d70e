"""The moves of one block as the jobs of its two cranes: what goes out, what comes in, what is tidied, in one case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cabria.domain.errors import DataError
from cabria.domain.positions import YardPosition
from cabria.domain.rail_work import USUAL_PRICES, RailCase, RailJob, RailPrices
from cabria.domain.yard import YardBlock

LIFT_S = SET_DOWN_S = 45


@dataclass(frozen=True, slots=True)
class BlockLift:
    """A box from `source` to `target`; no source is a truck that brings it, no target one that takes it.

    A truck stands beside the block at the bay of the other place.
    """

    source: YardPosition | None
    target: YardPosition | None
    ready_s: int = 0
    due_s: int | None = None

    def __post_init__(self) -> None:
        if self.source is None and self.target is None:
            raise DataError("A lift has a source or a target in the block.")

    @property
    def places(self) -> tuple[YardPosition, ...]:
        return tuple(place for place in (self.source, self.target) if place is not None)


def rail_case(
    name: str,
    block: YardBlock,
    lifts: Sequence[BlockLift],
    starts: tuple[int, int],
    *,
    gap_bays: int = 6,
    bay_travel_s: int = 2,
    prices: RailPrices = USUAL_PRICES,
) -> RailCase:
    """`lifts` in an order in which they can be done; lifts of one stack keep it. Bays of the rail are bay numbers.

    Raises DataError for a place outside the block and for what no two cranes could do.
    """
    for lift in lifts:
        for place in lift.places:
            if not block.has(place):
                raise DataError(f"Block {block.id} has no place {place}.")
    return RailCase(
        name, 2 * block.bays - 1, starts, tuple(map(_job, lifts)), tuple(_before(lifts)), gap_bays, bay_travel_s, prices
    )


def _job(lift: BlockLift) -> RailJob:
    bays = [place.bay for place in lift.places]
    return RailJob(bays[0], bays[-1], LIFT_S, SET_DOWN_S, lift.ready_s, lift.due_s)


def _before(lifts: Sequence[BlockLift]) -> Iterable[tuple[int, int]]:
    """Each lift waits for the last one before it that touched one of its stacks, or ground under them."""
    last: dict[tuple[int, int], set[int]] = {}
    for number, lift in enumerate(lifts):
        grounds = {(odd, place.row) for place in lift.places for odd in place.odd_bays}
        waits = {first for ground in grounds for first in last.get(ground, ())}
        yield from ((first, number) for first in sorted(waits))
        for ground in grounds:
            last[ground] = {number}
