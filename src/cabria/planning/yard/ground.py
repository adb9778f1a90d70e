"""The yard while it is worked: who stands on whom, and where a box in the way is put.

It goes on the nearest stack of its own length in which it is in nobody's way; where there is none, on the one whose
first wanted box leaves latest (the rule of Caserta, Schwarze and Voss 2012 for the restricted relocation problem, with
distance). A stack never mixes lengths, never grows above its block's tiers, and a 40 ft stack stands over two free
ground slots.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.positions import YardPosition
from cabria.domain.work import YardMove
from cabria.domain.yard import YardBlock, YardInventory

NEVER = 1 << 40
"""When a box leaves that nobody wants."""

StackKey = tuple[str, int, int]
"""Block, bay and row of a yard stack."""


@dataclass
class Ground:
    """The yard while it is worked."""

    blocks: Mapping[str, YardBlock]
    leaves: Mapping[ContainerId, int]
    """When each box that leaves does: seconds or turns, as the caller counts."""
    plugged: set[ContainerId]
    length_ft: dict[ContainerId, int] = field(default_factory=dict)
    stacks: dict[StackKey, list[ContainerId]] = field(default_factory=dict)
    stack_of: dict[ContainerId, StackKey] = field(default_factory=dict)
    taken: dict[StackKey, int] = field(default_factory=dict)
    """By ground slot (an odd bay): how many boxes stand on it."""

    @classmethod
    def of(
        cls,
        blocks: Mapping[str, YardBlock],
        yard: YardInventory,
        leaves: Mapping[ContainerId, int],
        plugged: set[ContainerId],
    ) -> Ground:
        ground = cls(blocks, leaves, plugged)
        for key, stack in yard.stacks.items():
            ground.stacks[key] = [box.id for box in stack]
            for box in stack:
                ground.stack_of[box.id] = key
                ground.length_ft[box.id] = box.length_ft
            for slot in _ground_slots(key):
                ground.taken[slot] = ground.taken.get(slot, 0) + len(stack)
        return ground

    def do(self, move: YardMove) -> None:
        """A lift as somebody did it."""
        self.lift(move.container)
        if move.target is not None:
            self._add(move.container, (move.target.block, move.target.bay, move.target.row))

    def _add(self, container: ContainerId, key: StackKey) -> None:
        self.stacks.setdefault(key, []).append(container)
        self.stack_of[container] = key
        for slot in _ground_slots(key):
            self.taken[slot] = self.taken.get(slot, 0) + 1

    def lift(self, container: ContainerId) -> None:
        key = self.stack_of.pop(container)
        self.stacks[key].remove(container)
        for slot in _ground_slots(key):
            self.taken[slot] -= 1

    def fetch(self, container: ContainerId) -> YardPosition:
        """Lift a top box; where it stood."""
        block, bay, row = key = self.stack_of.pop(container)
        stack = self.stacks[key]
        tier = len(stack)
        stack.pop()
        for slot in _ground_slots(key):
            self.taken[slot] -= 1
        return YardPosition(block, bay, row, tier)

    def above(self, container: ContainerId) -> list[ContainerId]:
        stack = self.stacks[self.stack_of[container]]
        return stack[stack.index(container) + 1 :]

    def position(self, container: ContainerId) -> YardPosition:
        block, bay, row = key = self.stack_of[container]
        return YardPosition(block, bay, row, self.stacks[key].index(container) + 1)

    def put_aside(self, container: ContainerId) -> YardPosition:
        """Move a top box to the best stack of its block, of another block when its own is full."""
        home = self.stack_of[container]
        blocks = [self.blocks[home[0]], *(block for block in self.blocks.values() if block.id != home[0])]
        for block in blocks:
            target = self._best_in(block, container, home)
            if target is not None:
                self.lift(container)
                self._add(container, target)
                return self.position(container)
        raise DataError(
            f"Container {container} must be moved aside, but no yard block has room for it.",
            place=str(self.position(container)),
            remedy="Take boxes out of the yard.",
        )

    def _best_in(self, block: YardBlock, container: ContainerId, home: StackKey) -> StackKey | None:
        """The nearest stack where it is in nobody's way, plugs for a live reefer first; else the least bad."""
        leaves = self.leaves.get(container, NEVER)
        length = self.length_ft[container]
        best: tuple[int, StackKey] | None = None
        for bay in _bays_by_distance(block.bays, length <= 20, home[1]):
            if container in self.plugged and not _has_plug(block, bay):
                continue
            fitting: tuple[int, int, StackKey] | None = None
            for row in range(1, block.rows + 1):
                key = (block.id, bay, row)
                if key == home or not self._has_room(key, block, length):
                    continue
                first = min((self.leaves.get(other, NEVER) for other in self.stacks.get(key, ())), default=NEVER)
                if first >= leaves:
                    offer = (first, -len(self.stacks.get(key, ())), key)
                    fitting = offer if fitting is None else min(fitting, offer)
                elif best is None or first > best[0]:
                    best = (first, key)
            if fitting is not None:
                return fitting[2]
        if best is None and container in self.plugged:
            self.plugged.remove(container)
            found = self._best_in(block, container, home)
            self.plugged.add(container)
            return found
        return best[1] if best else None

    def _has_room(self, key: StackKey, block: YardBlock, length_ft: int) -> bool:
        stack = self.stacks.get(key)
        if stack:
            return len(stack) < block.tiers and self.length_ft[stack[0]] == length_ft
        return all(not self.taken.get(slot) for slot in _ground_slots(key))


def _ground_slots(key: StackKey) -> tuple[StackKey, ...]:
    block, bay, row = key
    return (key,) if bay % 2 else ((block, bay - 1, row), (block, bay + 1, row))


def _has_plug(block: YardBlock, bay: int) -> bool:
    return any(slot in block.plug_bays for slot in ((bay,) if bay % 2 else (bay - 1, bay + 1)))


@lru_cache(maxsize=1_024)
def _bays_by_distance(bays: int, is_short: bool, bay: int) -> tuple[int, ...]:
    """Bays for boxes of a length, nearest first: odd ones for 20 ft, even ones between two for longer boxes."""
    last = 2 * bays - 1
    fitting = range(1, last + 1, 2) if is_short else range(2, last, 2)
    return tuple(sorted(fitting, key=lambda other: (abs(other - bay), other)))
