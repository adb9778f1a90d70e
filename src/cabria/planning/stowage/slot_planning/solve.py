"""The door: a slot for every box of a bay section at the least cost, with proof."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from cabria.domain.slot_planning import SlotAssignment, SlotPlace
from cabria.planning.search.result import Result
from cabria.planning.search.stopping import StoppingCriterion
from cabria.planning.stowage.slot_planning.choice import Choice, Choices
from cabria.planning.stowage.slot_planning.masses import Boxes, cuts, share
from cabria.planning.stowage.slot_planning.piles import Pile, piles
from cabria.planning.stowage.slot_planning.problem import SlotPlan, SlotProblem
from cabria.referee.slot_planning import judge_slots


@dataclass(frozen=True, slots=True)
class Params:
    """A program gives up after `nodes`. Where the cheapest piles cannot share the masses, at most `cut_rounds` times
    a reason is added; then piles are tried whose mean masses fill their stacks up to one of the `balances`.
    """

    nodes: int = 2_000
    cut_rounds: int = 20
    balances: tuple[float, ...] = (1.1, 1.0, 0.9)


def solve(
    problem: SlotProblem, stop: StoppingCriterion, *, seed: int = 0, params: Params = Params()
) -> Result[SlotPlan]:
    """The stopping criterion is asked between programs, which are counted. Nothing is drawn: the seed changes nothing.

    Without a plan costs are empty, and the bound is infinite when there is none.
    """
    began = time.process_time()
    search = _Search(problem, stop, params)
    search.run()
    costs, is_proven = {}, search.choices.bound == float("inf")
    if search.assignments is not None:
        judged = judge_slots(problem.section, search.assignments)
        costs = {name: float(cost) for name, cost in judged.costs(problem.prices).items()}
        is_proven = sum(costs.values()) <= search.choices.bound
    plan = SlotPlan(search.assignments, is_proven)
    cpu_s = time.process_time() - began
    return Result(plan, costs, search.choices.bound, seed, cpu_s, search.choices.programs, search.stopped)


@dataclass
class _Search:
    problem: SlotProblem
    stop: StoppingCriterion
    params: Params
    assignments: tuple[SlotAssignment, ...] | None = None
    stopped: str = ""
    choices: Choices = field(init=False)

    def __post_init__(self) -> None:
        found = [piles(self.problem, group) for group in self.problem.groups]
        self.choices = Choices(self.problem, found, self.params.nodes)

    def run(self) -> None:
        for _ in range(self.params.cut_rounds):
            self.choices.relax()
            choice = self.choices.cheapest(self._may_go_on)
            if choice is None or self._take(choice):
                break
            broken = list(cuts(self.problem, choice))
            for cut in broken:
                self.choices.cut(cut)
            if not broken:
                break
        for balance in self.params.balances if self.assignments is None else ():
            if self.choices.bound < float("inf") and self._may_go_on():
                balanced = self.choices.cheapest_balanced(balance)
                if balanced is not None and self._take(balanced):
                    break
        if not self.stopped:
            self.stopped = "searched to the end"

    def _may_go_on(self) -> bool:
        self.stopped = self.stop(self.choices.programs, float("inf"))
        return not self.stopped

    def _take(self, choice: Choice) -> bool:
        """Make it a plan, unless the boxes of its piles are too heavy for their stacks."""
        stacks = [
            (stack, pile, group.mass_limit_kg)
            for group, own in zip(self.problem.groups, choice.piles, strict=True)
            for stack, pile in zip(group.stacks, own, strict=True)
            if pile.trail is not None
        ]
        shares = share(self.problem, [limit for *_, limit in stacks], [pile.counts for _, pile, _ in stacks])
        if shares is None:
            return False
        placed = [_placed(stack, pile, boxes) for (stack, pile, _), boxes in zip(stacks, shares, strict=True)]
        self.assignments = tuple(sorted(each for own in placed for each in own))
        return True


def _placed(stack: int, pile: Pile, boxes: Boxes) -> Iterator[SlotAssignment]:
    """The boxes of a stack in their slots: of each kind the heaviest lowest."""
    left = [iter(own) for own in boxes]
    for put in pile.puts:
        yield SlotAssignment(next(left[put.kind]), SlotPlace(stack, put.tier, put.slot))
