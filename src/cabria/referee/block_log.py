"""What happened to a block, replayed from its moves alone: who stood where, and whether everybody left in time."""

from __future__ import annotations

from collections.abc import Sequence

from cabria.domain.verdict import YES, Verdict, refuse


def judge_block_log(
    stacks: int, tiers: int, visits: Sequence[tuple[int, int]], moves: Sequence[tuple[int, int, int, int]]
) -> Verdict:
    """Whether moves (time, box, origin, target; stacks from 1, 0 outside) are possible and keep the boxes' own times.

    `visits` has when each box comes and leaves; a box may be missing altogether, when there was no room. Each box that
    leaves must do so at its time, and boxes may be put aside only off a box that leaves at that very time.
    """
    standing: list[list[int]] = [[] for _ in range(stacks)]
    seen: set[int] = set()
    aside: tuple[int, int] | None = None
    last_s = 0
    for number, (at_s, box, origin, target) in enumerate(moves, 1):
        if at_s < last_s or not 0 <= box < len(visits):
            return refuse(f"move {number} is out of its time or of an unknown box")
        last_s = at_s
        if not (0 <= origin <= stacks and 0 <= target <= stacks) or origin == target:
            return refuse(f"move {number} names no two places")
        if aside is not None and (origin, at_s) != aside:
            return refuse(f"move {number} comes between a box put aside and the one it was put aside for")
        if origin == 0:
            if box in seen or at_s != visits[box][0]:
                return refuse(f"box {box} comes twice or not at its time (move {number})")
            seen.add(box)
        elif not standing[origin - 1] or standing[origin - 1].pop() != box:
            return refuse(f"box {box} does not stand on top of stack {origin} (move {number})")
        if target == 0:
            if at_s != visits[box][1]:
                return refuse(f"box {box} leaves at {at_s} s, its time is {visits[box][1]} s (move {number})")
            aside = None
            continue
        standing[target - 1].append(box)
        if len(standing[target - 1]) > tiers:
            return refuse(f"move {number} rises above tier {tiers}")
        if origin:
            aside = (origin, at_s)
    late = next((box for stack in standing for box in stack if visits[box][1] < last_s), None)
    if aside is not None or late is not None:
        return refuse("a box was put aside for nobody" if aside else f"box {late} still stands after its time")
    return YES
