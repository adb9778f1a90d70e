"""Retrievals in random orders, replayed from scratch: whether each can be done, and whether none looked ahead."""

from __future__ import annotations

from collections.abc import Sequence

from cabria.domain.verdict import YES, Verdict, refuse
from cabria.domain.yard_bay import OUT, YardBay

Moves = Sequence[tuple[int, int]]


def judge_orders(bay: YardBay, orders: Sequence[Sequence[int]], moves: Sequence[Moves]) -> tuple[Verdict, float]:
    """Replay every order; the mean of relocations, which counts only with a yes.

    A priority of the bay is a time window, boxes are counted from 0 stack by stack, bottom first. Boxes must leave
    window by window in the order given, and only boxes above the wanted one may be moved. As long as two orders agree
    in all windows begun so far their moves must be the same: the order of a later window is not known yet.
    """
    if len(orders) != len(moves):
        return refuse(f"there are {len(orders)} orders and {len(moves)} lists of moves"), 0.0
    window_of = [priority for stack in bay.stacks for priority in stack]
    done_after: dict[tuple[int, ...], list[tuple[int, int]]] = {}
    relocations = 0
    for number, (order, made) in enumerate(zip(orders, moves, strict=True), 1):
        if sorted(order) != list(range(bay.boxes)):
            return refuse(f"order {number} does not name every box once"), 0.0
        windows = [window_of[box] for box in order]
        if windows != sorted(windows):
            return refuse(f"in order {number} a box leaves before an earlier window is done"), 0.0
        verdict, ends = _replay(bay, order, made)
        if not verdict:
            return refuse(f"order {number}: {verdict.reason}"), 0.0
        for rank, end in enumerate(ends, 1):
            if rank == len(order) or windows[rank] != windows[rank - 1]:
                known = tuple(order[:rank])
                if done_after.setdefault(known, list(made[:end])) != list(made[:end]):
                    return refuse(f"order {number} was moved by what only a later window reveals"), 0.0
        relocations += len(made) - len(order)
    return YES, relocations / max(1, len(orders))


def _replay(bay: YardBay, order: Sequence[int], moves: Moves) -> tuple[Verdict, list[int]]:
    """Whether the moves empty the bay in the order, and after how many moves each box has left."""
    numbers = iter(range(bay.boxes))
    stacks = [[next(numbers) for _ in stack] for stack in bay.stacks]
    ends: list[int] = []
    for number, (origin, target) in enumerate(moves, 1):
        if not 1 <= origin <= len(stacks) or not OUT <= target <= len(stacks) or origin == target:
            return refuse(f"move {number} names no two places"), ends
        source = stacks[origin - 1]
        if len(ends) == len(order):
            return refuse(f"move {number} comes after the last box has left"), ends
        wanted = order[len(ends)]
        if wanted not in source:
            return refuse(f"move {number} lifts from a stack in which the wanted box does not stand"), ends
        box = source.pop()
        if target == OUT:
            if box != wanted:
                return refuse(f"move {number} takes another box out than the wanted one"), ends
            ends.append(number)
        elif box == wanted:
            return refuse(f"move {number} puts the wanted box aside"), ends
        else:
            stacks[target - 1].append(box)
            if len(stacks[target - 1]) > bay.max_tier:
                return refuse(f"move {number} rises above tier {bay.max_tier}"), ends
    if len(ends) != len(order):
        return refuse(f"{len(order) - len(ends)} boxes still stand"), ends
    return YES, ends
