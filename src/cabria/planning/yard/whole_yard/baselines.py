"""How others choose boxes for the same order, named for comparison; see `planning.yard.baselines` for their sources.

`incumbent_greedy` walks place by place and takes the box of the class with the lowest sum of penalties (digs, clash in
a block), looking seven places ahead. `exact_planned_weights` takes the box whose mass is nearest to the planned one.
"""

from __future__ import annotations

from cabria.planning.yard.baselines import CLASH_MIN, LOOK_AHEAD, OPENS_MIN
from cabria.planning.yard.whole_yard.problem import Choice, WholeYardProblem

DIG_MIN = 2.5


def exact_planned_weights(problem: WholeYardProblem) -> Choice:
    """Each place in the order takes the box of its class whose mass is nearest to the planned one."""
    left = [list(boxes) for boxes in problem.boxes_of]
    mass_kg = [problem.order.mass_kg.get(box.id, 0) for box in problem.boxes]
    box_of = []
    for item, wanted in enumerate(problem.order.wanted):
        boxes = left[problem.class_of_item[item]]
        box_of.append(min(boxes, key=lambda box: (abs(mass_kg[box] - wanted.planned_mass_kg), box)))
        boxes.remove(box_of[-1])
    return Choice(tuple(box_of), tuple(range(len(box_of))))


def incumbent_greedy(problem: WholeYardProblem) -> Choice:
    """The box with the lowest sum of penalties for each place in the order."""
    return _Greedy(problem).choose()


class _Greedy:
    def __init__(self, problem: WholeYardProblem) -> None:
        self.problem = problem
        self.stacks = [list(stack) for stack in problem.stacks]
        self.stack_of = {box: stack for stack in self.stacks for box in stack if box >= 0}
        self.left = [list(boxes) for boxes in problem.boxes_of]
        self.last_blocks: list[str] = []

    def choose(self) -> Choice:
        classes = self.problem.class_of_item
        box_of = []
        for item, number in enumerate(classes):
            ahead = set(classes[item + 1 : item + 1 + LOOK_AHEAD])
            box = min(self.left[number], key=lambda box: (self._penalty_min(box, ahead), box))
            self.left[number].remove(box)
            self._take(box)
            box_of.append(box)
        return Choice(tuple(box_of), tuple(range(len(box_of))))

    def _penalty_min(self, box: int, ahead: set[int]) -> float:
        clash_min = CLASH_MIN * self.last_blocks.count(self.problem.boxes[box].position.block)
        stack = self.stack_of.get(box)
        if stack is None:  # it was put aside and is in nobody's way from then on
            return clash_min
        level = stack.index(box)
        below = stack[level - 1] if level else -1
        opens = below >= 0 and self.problem.class_of_box[below] in ahead
        return DIG_MIN * (len(stack) - 1 - level) + clash_min - OPENS_MIN * opens

    def _take(self, box: int) -> None:
        stack = self.stack_of.get(box)
        if stack is not None:
            level = stack.index(box)
            for gone in stack[level:]:
                self.stack_of.pop(gone, None)
            del stack[level:]
        self.last_blocks = [*self.last_blocks, self.problem.boxes[box].position.block][-LOOK_AHEAD:]
