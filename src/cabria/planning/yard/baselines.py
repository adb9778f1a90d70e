"""How others choose boxes for the same slots and the same order of cranes, named for comparison.

`incumbent_greedy` follows what the market leader's public help says of its automatic stow: walk slot by slot in time
order and take the box with the lowest sum of penalties (rehandle, weight inversion, clash in a block), looking some
seven slots ahead. `exact_planned_weights` gives each slot the box whose mass is nearest to the planned one.
"""

from __future__ import annotations

from cabria.domain.containers import ContainerId
from cabria.planning.yard.plans import solution_of
from cabria.planning.yard.problem import Slot, YardProblem, YardSolution, neighbours_below

LOOK_AHEAD = 7
CLASH_MIN = 0.5
"""Penalty for each of the last seven boxes that came from the same block."""
OPENS_MIN = 0.25
"""Bonus when the box beneath could serve one of the next seven slots."""


def exact_planned_weights(problem: YardProblem) -> YardSolution:
    """Each slot in time order takes the box of its group whose mass is nearest to the planned one."""
    choice = list(range(len(problem.slots)))
    for group in problem.groups:
        left = list(group)
        for number in group:
            slot = problem.slots[number]
            box = min(
                (box for box in left if _may_take(problem, slot, box)),
                key=lambda b: (abs(problem.boxes[b].gross_mass_kg - slot.planned_mass_kg), b),
                default=left[0],
            )
            left.remove(box)
            choice[number] = box
    return solution_of(problem, choice)


def incumbent_greedy(problem: YardProblem) -> YardSolution:
    """The box with the lowest sum of penalties for each slot in time order, among those of its group."""
    return solution_of(problem, _Greedy(problem).choose())


def _may_take(problem: YardProblem, slot: Slot, box: int) -> bool:
    container = problem.boxes[box]
    is_asked_for = "" in (slot.operator, container.operator) or slot.operator == container.operator
    return is_asked_for and slot.min_mass_kg <= container.gross_mass_kg <= slot.max_mass_kg


class _Greedy:
    def __init__(self, problem: YardProblem) -> None:
        self.problem = problem
        self.stacks = {key: list(stack) for key, stack in problem.touched_stacks.items()}
        self.stack_of = {box: stack for stack in self.stacks.values() for box in stack}
        self.group_of = {slot: n for n, group in enumerate(problem.groups) for slot in group}
        self.left = [list(group) for group in problem.groups]
        self.below = neighbours_below(problem)
        self.choice = [-1] * len(problem.slots)
        self.last_blocks: list[str] = []

    def choose(self) -> list[int]:
        for number in range(len(self.choice)):
            group = self.group_of.get(number)
            box = number if group is None else self._best(number, group)
            self.choice[number] = box
            self._take(box)
        return self.choice

    def _best(self, number: int, group: int) -> int:
        slot = self.problem.slots[number]
        ahead = {self.group_of.get(n, -1) for n in range(number + 1, min(number + 1 + LOOK_AHEAD, len(self.choice)))}
        allowed = [box for box in self.left[group] if _may_take(self.problem, slot, box)] or self.left[group]
        box = min(allowed, key=lambda b: (self._penalty(number, b, ahead), b))
        self.left[group].remove(box)
        return box

    def _penalty(self, number: int, box: int, ahead: set[int]) -> float:
        settings, boxes = self.problem.call.settings, self.problem.boxes
        below = [boxes[self.choice[other]].gross_mass_kg for other in self.below[number] if self.choice[other] >= 0]
        is_heavy = bool(below) and boxes[box].gross_mass_kg - sum(below) > settings.max_inversion_kg
        penalty = settings.inversion_min * is_heavy
        stack = self.stack_of.get(boxes[box].id)
        if stack is not None:
            level = stack.index(boxes[box].id)
            penalty += settings.dig_min * (len(stack) - 1 - level)
            penalty += CLASH_MIN * self.last_blocks.count(self._block(box))
            penalty -= OPENS_MIN * (level > 0 and self._group(stack[level - 1]) in ahead)
        return penalty

    def _group(self, container: ContainerId) -> int:
        number = self.problem.number_of.get(container)
        return -2 if number is None else self.group_of.get(number, -2)

    def _block(self, box: int) -> str:
        standing = self.problem.yard_boxes[box]
        return standing.position.block if standing else ""

    def _take(self, box: int) -> None:
        container = self.problem.boxes[box].id
        stack = self.stack_of.get(container)
        if stack is not None:
            level = stack.index(container)
            for gone in stack[level:]:  # boxes above go elsewhere and are in nobody's way from then on
                del self.stack_of[gone]
            del stack[level:]
            self.last_blocks = [*self.last_blocks, self._block(box)][-LOOK_AHEAD:]
