"""Judges a plan of moves against a retrieval order, stack by stack, from the order and the moves alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cabria.domain.containers import ContainerId
from cabria.domain.positions import YardPosition
from cabria.domain.retrieval_order import RetrievalMove, RetrievalOrder


@dataclass(frozen=True)
class RetrievalVerdict:
    """`findings` are sentences that begin with the number of the move; digs are counted whether legal or not."""

    findings: tuple[str, ...]
    digs: int
    retrieved: int

    @property
    def ok(self) -> bool:
        return not self.findings


def judge_retrieval(order: RetrievalOrder, moves: Iterable[RetrievalMove]) -> RetrievalVerdict:
    """Every box is lifted from where it stands with nothing on it, set down where it may stand, and each place of the
    order is served once, by its class and within its turns."""
    ground = _Ground(order)
    findings: list[str] = []
    served: set[int] = set()
    digs = 0
    for number, move in enumerate(moves, 1):
        said = list(ground.lift(move))
        if not said and move.target is not None:
            said += ground.set_down(move, move.target)
        if move.target is None:
            said += _serves(order, move, served, turn=len(served) + 1)
            served.add(move.serves)
        digs += move.is_dig
        findings += [f"move {number}: {text}" for text in said]
    missing = [place for place in range(1, len(order.wanted) + 1) if place not in served]
    if missing:
        findings.append(f"{len(missing)} places of the order are not served, first {missing[0]}")
    return RetrievalVerdict(tuple(findings), digs, len(served))


def _serves(order: RetrievalOrder, move: RetrievalMove, served: set[int], turn: int) -> Iterator[str]:
    if not 1 <= move.serves <= len(order.wanted):
        yield f"{move.container} leaves the yard for place {move.serves}, which the order does not have"
        return
    if move.serves in served:
        yield f"place {move.serves} is served a second time"
    wanted = order.wanted[move.serves - 1].box_class
    if order.class_of.get(move.container) != wanted:
        yield f"{move.container} is not of class {wanted!r}, which place {move.serves} wants"
    first, last = order.windows[move.serves - 1]
    if not first <= turn <= last:
        yield f"place {move.serves} is served at turn {turn}, allowed are {first} to {last}"


@dataclass
class _Ground:
    order: RetrievalOrder
    stacks: dict[tuple[str, int, int], list[ContainerId]] = field(default_factory=dict)
    length_ft: dict[ContainerId, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for box in sorted(self.order.yard, key=lambda box: box.position.tier):
            at = box.position
            self.stacks.setdefault((at.block, at.bay, at.row), []).append(box.id)
            self.length_ft[box.id] = box.length_ft

    def lift(self, move: RetrievalMove) -> Iterator[str]:
        stack = self.stacks.get((move.source.block, move.source.bay, move.source.row), [])
        tier = move.source.tier
        if not 1 <= tier <= len(stack) or stack[tier - 1] != move.container:
            yield f"{move.container} does not stand at {move.source}"
        elif tier < len(stack):
            yield f"{move.container} is lifted with {len(stack) - tier} boxes on it"
        else:
            stack.pop()

    def set_down(self, move: RetrievalMove, target: YardPosition) -> Iterator[str]:
        """A box that may not stand there is gone, so that what follows is judged without it."""
        block = next((block for block in self.order.blocks if block.id == target.block), None)
        length_ft = self.length_ft[move.container]
        if block is None or not block.has(target):
            yield f"{move.container} is set down at {target}, which does not exist"
            return
        if (length_ft > 20) is (target.bay % 2 == 1):
            yield f"{move.container} of {length_ft} ft cannot stand in bay {target.bay}"
            return
        for bay in _on_same_ground(target.bay):
            if self.stacks.get((target.block, bay, target.row)):
                yield f"{move.container} is set down at {target} over the ground of bay {bay}"
                return
        stack = self.stacks.setdefault((target.block, target.bay, target.row), [])
        if target.tier != len(stack) + 1:
            yield f"{move.container} is set down at {target} on a stack of {len(stack)}"
            return
        stack.append(move.container)


def _on_same_ground(bay: int) -> tuple[int, ...]:
    """Other bays whose stacks stand on some of the ground of this one."""
    return (bay - 1, bay + 1) if bay % 2 else (bay - 2, bay - 1, bay + 1, bay + 2)
