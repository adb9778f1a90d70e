"""A choice counted slowly and plainly, by which the kernel is judged, and the first choice."""

from __future__ import annotations

from cabria.planning.yard.whole_yard.problem import Choice, WholeYardProblem

NEVER = 1 << 40
"""The turn of a box that stays."""


def in_the_way(problem: WholeYardProblem, choice: Choice) -> int:
    """Boxes that stand above one that leaves earlier; each must be dug away at least once."""
    leaves = dict(zip(choice.box_of, choice.turn_of, strict=True))
    found = 0
    for stack in problem.stacks:
        turns = [leaves.get(box, NEVER) for box in stack]
        found += sum(min(turns[:n]) < turns[n] for n in range(1, len(turns)))
    return found


def first_choice(problem: WholeYardProblem) -> Choice:
    """Boxes of a class as they stand in the yard, top ones first, each at its own turn."""
    box_of = [-1] * len(problem.class_of_item)
    for boxes, items in zip(problem.boxes_of, problem.items_of, strict=True):
        from_top = sorted(boxes, key=lambda box: (-problem.boxes[box].position.tier, box))
        for item, box in zip(items, from_top, strict=False):
            box_of[item] = box
    return Choice(tuple(box_of), tuple(range(len(box_of))))
