"""A block as the bays that relocation, pre-marshalling and tidying know: boxes of one length, stacks side by side.

Bays of 40 ft lie over bays of 20 ft, so not every stack of a block can be used at once: an empty stack belongs to these
bays only where nobody stands on its ground and no stack before it has taken that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import erf, sqrt

from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.positions import YardPosition
from cabria.domain.retrieval_order import RetrievalMove
from cabria.domain.yard import YardBlock, YardBox
from cabria.domain.yard_bay import OUT, BayMove, YardBay
from cabria.domain.yard_forecast import Departure
from cabria.referee.yard_replay import BlockMove

Stacks = Mapping[tuple[str, int, int], Sequence[YardBox]]


@dataclass(frozen=True)
class BlockBays:
    """`rows` has for each of `numbers` the rows whose stacks take part, in their order."""

    block: YardBlock
    stacks: Stacks
    numbers: tuple[int, ...]
    rows: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, block: YardBlock, stacks: Stacks, numbers: Iterable[int]) -> BlockBays:
        """These bays of a block. Raises DataError for one that the block does not have."""
        found, rows = tuple(numbers), []
        taken = {
            (odd, row)
            for (where, bay, row), boxes in stacks.items()
            if where == block.id and boxes
            for odd in YardPosition(where, bay, row, 1).odd_bays
        }
        for bay in found:
            ground = YardPosition(block.id, bay, 1, 1)
            if not block.has(ground):
                raise DataError(f"Block {block.id} has no bay {bay:02}; its last is {2 * block.bays - 1:02}.")
            free = []
            for row in range(1, block.rows + 1):
                slots = {(odd, row) for odd in ground.odd_bays}
                if stacks.get((block.id, bay, row)):
                    free.append(row)
                elif not slots & taken:
                    free.append(row)
                    taken |= slots
            rows.append(tuple(free))
        if not all(rows):
            raise DataError(f"Boxes of other bays stand on all the ground of bay {found[rows.index(())]:02}.")
        return cls(block, stacks, found, tuple(rows))

    def boxes(self) -> Iterator[YardBox]:
        for bay, rows in zip(self.numbers, self.rows, strict=True):
            for row in rows:
                yield from self.stacks.get((self.block.id, bay, row), ())

    def bays(self, number_of: Mapping[ContainerId, int]) -> tuple[YardBay, ...]:
        """With a number for each box: its priority, or its own."""
        return tuple(
            YardBay(
                tuple(
                    tuple(number_of[box.id] for box in self.stacks.get((self.block.id, bay, row), ())) for row in rows
                ),
                self.block.tiers,
            )
            for bay, rows in zip(self.numbers, self.rows, strict=True)
        )

    def moves(self, moves: Iterable[BlockMove | BayMove]) -> tuple[RetrievalMove, ...]:
        """The same moves with containers and yard positions; boxes that leave are numbered as they go."""
        standing = {
            (bay, row): [box.id for box in self.stacks.get((self.block.id, bay, row), ())]
            for bay, rows in zip(self.numbers, self.rows, strict=True)
            for row in rows
        }
        told: list[RetrievalMove] = []
        left = 0
        for move in moves:
            from_bay, to_bay = (move.origin_bay, move.target_bay) if isinstance(move, BlockMove) else (1, 1)
            origin = self._stack(from_bay, move.origin)
            source = YardPosition(self.block.id, *origin, len(standing[origin]))
            container = standing[origin].pop()
            if move.target == OUT:
                left += 1
                told.append(RetrievalMove(container, source, None, left))
                continue
            aim = self._stack(to_bay, move.target)
            standing[aim].append(container)
            told.append(RetrievalMove(container, source, YardPosition(self.block.id, *aim, len(standing[aim]))))
        return tuple(told)

    def _stack(self, bay: int, stack: int) -> tuple[int, int]:
        return self.numbers[bay - 1], self.rows[bay - 1][stack - 1]


def bays_with_boxes(block: YardBlock, stacks: Stacks, *, is_40: bool) -> tuple[int, ...]:
    """The bays of a block in which boxes of 20 ft, or longer ones, stand."""
    parity = 0 if is_40 else 1
    return tuple(sorted({bay for (where, bay, _), boxes in stacks.items() if where == block.id and boxes
                         and bay % 2 == parity}))  # fmt: skip


def departure(leaves_in_h: float | None, error_h: float, periods: int) -> Departure:
    """Chances by hour from now on when the forecast errs by `error_h` (one standard deviation); None: it stays."""
    if leaves_in_h is None:
        return Departure((0.0,) * periods)

    def gone_by(hour: float) -> float:
        if error_h <= 0:
            return float(leaves_in_h <= hour)
        return 0.5 * (1 + erf((hour - leaves_in_h) / (error_h * sqrt(2))))

    passed = [0.0, *(gone_by(hour) for hour in range(1, periods + 1))]
    return Departure(tuple(after - before for before, after in pairwise(passed)))
