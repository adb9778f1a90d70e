"""Where a box goes in the yard: on coming in, and when it is in another's way."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence

from cabria.domain.containers import ContainerId
from cabria.domain.positions import YardPosition
from cabria.domain.yard import YardBlock
from cabria.operations.board import Board, StackId, stack_of
from cabria.operations.learned import sooner
from cabria.operations.rails import Stretch
from cabria.operations.settings import Settings

FAR_MS = 3_600_000
"""Of a way that cannot be driven."""
REEFER_TIERS = 4
"""Reefers are stacked no higher than the racks."""


def stacks_for(
    board: Board,
    box: ContainerId,
    block: YardBlock,
    bays: Container[int] | None = None,
    *,
    at_plugs: bool | None = None,
) -> Iterator[StackId]:
    """Stacks of a block with room for a box of its length: 40 ft over two odd bays, never beside 20 ft in one row.

    `at_plugs` is whether only stacks at racks for reefers will do; None asks what the box needs.
    """
    is_40 = board.length_ft[box] > 20
    at_plugs = box in board.needs_plug if at_plugs is None else at_plugs
    tiers = min(block.tiers, REEFER_TIERS) if at_plugs else block.tiers
    for first in range(1, 2 * block.bays, 4):
        pair = (first, first + 2)
        own = (first + 1,) if is_40 else pair
        others = pair if is_40 else (first + 1,)
        for bay in own:
            if at_plugs and not any(odd in block.plug_bays for odd in (pair if is_40 else (bay,))):
                continue
            if (bays is not None and bay not in bays) or bay + (1 if is_40 else 0) > 2 * block.bays - 1:
                continue
            for row in range(1, block.rows + 1):
                stack = (block.id, bay, row)
                if board.height(stack) < tiers and not any(board.height((block.id, b, row)) for b in others):
                    yield stack


def top_of(board: Board, stack: StackId) -> YardPosition:
    """The next free place on a stack."""
    return YardPosition(*stack, board.height(stack) + 1)


def aside(board: Board, box: ContainerId, settings: Settings, reach: Sequence[Stretch]) -> YardPosition | None:
    """Where a box in the way goes: near by, on nothing that is wanted sooner than it, low rather than high; farther off
    when there is no room near by. A reefer goes to another plug, and without one only where the block has none left.
    It goes on a box that a truck comes for only where the block has no other place: two such boxes would have it dug to
    and fro for ever.

    `reach` is how far along the block cranes come that may carry it.
    """
    here = board.boxes[box]
    if not isinstance(here, YardPosition):
        raise ValueError(f"Container {box} is not in the yard.")
    block = board.blocks[here.block]
    near = range(here.bay - settings.rehandle_bays, here.bay + settings.rehandle_bays + 1)
    everywhere, asked = range(1, 2 * block.bays), board.asked_for()
    for at_plugs in (True, False) if box in board.needs_plug else (False,):
        for bays, spared in ((near, asked), (everywhere, asked), (everywhere, frozenset[ContainerId]())):
            found = _beside(board, box, here, settings, _bays_within(block, bays, reach), spared, at_plugs=at_plugs)
            if found is not None:
                return found
    return None


def at_a_plug(
    board: Board, box: ContainerId, here: YardPosition, settings: Settings, reach: Sequence[Stretch]
) -> YardPosition | None:
    """Where in its block a reefer without a plug is given one, on no box that a truck comes for."""
    block = board.blocks[here.block]
    within = _bays_within(block, range(1, 2 * block.bays), reach)
    return _beside(board, box, here, settings, within, board.asked_for(), at_plugs=True)


def _beside(
    board: Board,
    box: ContainerId,
    here: YardPosition,
    settings: Settings,
    bays: Container[int],
    spared: frozenset[ContainerId],
    *,
    at_plugs: bool,
) -> YardPosition | None:
    """The best of the other stacks in some bays of its block that hold none of the boxes spared."""
    best = min(
        (
            (_aside_ms(board, box, here, stack, settings), stack)
            for stack in stacks_for(board, box, board.blocks[here.block], bays, at_plugs=at_plugs)
            if stack != stack_of(here) and spared.isdisjoint(board.stacks[stack])
        ),
        default=None,
    )
    return None if best is None else top_of(board, best[1])


def _aside_ms(board: Board, box: ContainerId, here: YardPosition, stack: StackId, settings: Settings) -> int:
    far = 1_500 * abs(stack[1] - here.bay)
    return _buried_ms(board, box, stack, settings) + far + 400 * board.height(stack)


def half_way(
    board: Board, box: ContainerId, block: str, common: Sequence[Stretch], settings: Settings
) -> YardPosition | None:
    """Where one crane of a block sets a box down for another to take it on; `common` is where both come. A reefer is
    set down without a plug where there is none.
    """
    ground = board.blocks[block]
    bays = _bays_within(ground, range(1, 2 * ground.bays), common)
    for at_plugs in (True, False) if box in board.needs_plug else (False,):
        found = min(
            (
                (_buried_ms(board, box, stack, settings) + 400 * board.height(stack), stack)
                for stack in stacks_for(board, box, ground, bays, at_plugs=at_plugs)
            ),
            default=None,
        )
        if found is not None:
            return top_of(board, found[1])
    return None


def _bays_within(block: YardBlock, bays: range, stretches: Sequence[Stretch]) -> frozenset[int]:
    """Those of some bays over which a crane comes within one of the stretches."""
    pitch_mm = block.bay_pitch_mm
    return frozenset(bay for bay in bays if any(s.from_mm <= bay * pitch_mm // 2 <= s.until_mm for s in stretches))


def _buried_ms(board: Board, box: ContainerId, stack: StackId, settings: Settings) -> int:
    """What it counts that the box would stand on boxes wanted before it, or likely to be."""
    return round(settings.bury_ms * sum(sooner(board, below, box) for below in board.stacks[stack]))


def incoming(
    board: Board,
    box: ContainerId,
    from_stand: int,
    waiting: Mapping[str, int],
    settings: Settings,
    onward: Sequence[int] = (),
) -> YardPosition | None:
    """Where a box that comes in goes: near by, where the truck then has not far to one of the stands `onward`, to a
    block whose crane is not busy, on a stack in which it buries nothing.

    Blocks without a crane in service are taken only when there is no room elsewhere. `waiting` is how many boxes wait
    for the yard crane of each block, or are on their way to it.
    """
    served = {block.id: board.served_bays(block.id) for block in board.blocks.values() if board.cranes_on(block.id)}
    ways = _Ways(board, from_stand, onward)
    best = _best_stack(board, box, ways, waiting, settings, served)
    if best is None and any(bays is not None for bays in served.values()):
        best = _best_stack(board, box, ways, waiting, settings, dict.fromkeys(served))
    return None if best is None else top_of(board, best)


def _best_stack(
    board: Board,
    box: ContainerId,
    ways: _Ways,
    waiting: Mapping[str, int],
    settings: Settings,
    served: Mapping[str, Container[int] | None],
) -> StackId | None:
    """Of some blocks, in some of their bays or in all."""
    best: tuple[int, StackId] | None = None
    first, step = (2, 4) if board.length_ft[box] > 20 else (1, 2)
    bays = sorted(
        (ways.ms(name, bay) + waiting.get(name, 0) * board.busy_ms.get(name, settings.busy_block_ms), name, bay)
        for name, within in served.items()
        for bay in range(first, 2 * board.blocks[name].bays, step)
        if within is None or bay in within
    )
    for bay_ms, name, bay in bays:
        if best is not None and bay_ms >= best[0]:
            break
        for stack in stacks_for(board, box, board.blocks[name], (bay,)):
            cost = bay_ms + _buried_ms(board, box, stack, settings) + 400 * board.height(stack)
            if best is None or (cost, stack) < best:
                best = (cost, stack)
    return None if best is None else best[1]


class _Ways:
    """Driving times of a truck from a stand by way of a bay to the nearest of some others."""

    def __init__(self, board: Board, from_stand: int, onward: Sequence[int]) -> None:
        self._board, self._from, self._onward = board, from_stand, onward
        self._by_stand: dict[int, int] = {}

    def ms(self, block: str, bay: int) -> int:
        stands = self._board.stands_for_yard(YardPosition(block, bay, 1, 1))
        return min(map(self._over_ms, stands), default=FAR_MS)

    def _over_ms(self, stand: int) -> int:
        known = self._by_stand.get(stand)
        if known is None:
            known = self._by_stand[stand] = self._least_ms(self._from, stand) + min(
                (self._least_ms(stand, on) for on in self._onward), default=0
            )
        return known

    def _least_ms(self, start: int, stand: int) -> int:
        ms = 0 if start == stand else self._board.lanes.least_ms(start, stand)
        return FAR_MS if ms is None else ms
