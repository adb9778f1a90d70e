"""The door: a slot for every box of a bay section at the least cost, with proof."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from cabria.domain.slot_planning import SlotAssignment, SlotPlace
from cabria.planning.search.result import Result
from cabria.planning.search.stopping import StoppingCriterion
from cabria.planning.stowage.slot_planning.choice import Choice, Choices
from cabria.planning.stowage.slot_planning.masses import Load, cuts, share
from cabria.planning.stowage.slot_planning.piles import ENOUGH, piles
from cabria.planning.stowage.slot_planning.problem import SlotPlan, SlotProblem
from cabria.referee.slot_planning import judge_slots


@dataclass(frozen=True, slots=True)
class Params:
    """Where a stack can be piled to a tier in more than `most_ways`, nothing is proven. A program looks at `columns`
    piles and gives up after `nodes`. Where the cheapest piles cannot share the masses, at most `cut_rounds` times a
    reason is added; then piles are tried whose mean masses fill their stacks up to one of the `balances`. What is still
    open CP-SAT ends, choosing piles and boxes at once, within `effort` of its own, unless stacks times piles are more
    than `most_at_once`.
    """

    most_ways: int = ENOUGH
    nodes: int = 2_000
    columns: int = 3_000
    most_at_once: int = 50_000
    cut_rounds: int = 20
    balances: tuple[float, ...] = (1.1, 1.0, 0.9)
    effort: float = 0.3


def solve(
    problem: SlotProblem, stop: StoppingCriterion, *, seed: int = 0, params: Params = Params()
) -> Result[SlotPlan]:
    """The stopping criterion is asked between programs, which are counted. Nothing is drawn: the seed changes nothing.

    Without a plan costs are empty; the bound is infinite when there is proven to be none, and None when piles were left
    out.
    """
    began = time.process_time()
    search = _Search(problem, stop, params)
    search.run()
    bound, plan, costs = search.bound, SlotPlan(None, search.bound == float("inf")), {}
    if search.loads is not None:
        assignments = tuple(sorted(each for load in search.loads for each in _placed(load)))
        judged = judge_slots(problem.section, assignments)
        costs = {name: float(cost) for name, cost in judged.costs(problem.prices).items()}
        plan = SlotPlan(assignments, bound is not None and judged.cost(problem.prices) <= bound)
    cpu_s = time.process_time() - began
    return Result(plan, costs, bound, seed, cpu_s, search.choices.programs, search.stopped)


@dataclass
class _Search:
    problem: SlotProblem
    stop: StoppingCriterion
    params: Params
    loads: list[Load] | None = None
    stopped: str = ""
    choices: Choices = field(init=False)
    is_complete: bool = field(init=False)

    def __post_init__(self) -> None:
        found = [piles(self.problem, group, self.params.most_ways) for group in self.problem.groups]
        self.is_complete = all(is_complete for _, is_complete in found)
        self.choices = Choices(self.problem, [own for own, _ in found], self.params.nodes, self.params.columns)

    @property
    def bound(self) -> float | None:
        return self.choices.bound if self.is_complete else None

    def run(self) -> None:
        for find in (self._by_choice, self._by_balance, self._at_once):
            if self._is_open() and self._may_go_on():
                find()
        if self.loads is None and self.bound == float("inf"):
            self.stopped = "no plan keeps the rules"
        elif not self.stopped:
            self.stopped = "searched to the end" if self.is_complete else "searched the cheapest piles only"

    def _is_open(self) -> bool:
        return self.choices.bound < (float("inf") if self.loads is None else _cost(self.loads))

    def _by_choice(self) -> None:
        for _ in range(self.params.cut_rounds):
            self.choices.relax()
            choice = self.choices.cheapest(self._may_go_on)
            if choice is None or self._take(choice):
                return
            broken = list(cuts(self.problem, choice))
            for cut in broken:
                self.choices.cut(cut)
            if not broken:
                return

    def _by_balance(self) -> None:
        for balance in self.params.balances:
            choice = self.choices.cheapest_balanced(balance)
            if choice is not None and self._take(choice):
                return

    def _at_once(self) -> None:
        if (
            sum(
                len(own) * len(group.stacks) for own, group in zip(self.choices.piles, self.problem.groups, strict=True)
            )
            > self.params.most_at_once
        ):
            return
        # Most sections never need it, and it takes long to load.
        from cabria.planning.stowage.slot_planning.exact import cheapest

        self.choices.programs += 1
        found = cheapest(self.problem, self.choices.piles, self.choices.bound, self.params.effort)
        if found.loads is not None and (self.loads is None or _cost(found.loads) < _cost(self.loads)):
            self.loads = found.loads
        self.choices.bound = found.bound

    def _take(self, choice: Choice) -> bool:
        """Make it the plan, unless the boxes of its piles are too heavy for their stacks."""
        loads = share(self.problem, choice)
        self.loads = loads or self.loads
        return loads is not None

    def _may_go_on(self) -> bool:
        self.stopped = self.stop(self.choices.programs, float("inf"))
        return not self.stopped


def _cost(loads: list[Load]) -> int:
    return sum(load.pile.cost for load in loads)


def _placed(load: Load) -> Iterator[SlotAssignment]:
    """The boxes of a stack in their slots: of each kind the heaviest lowest."""
    left = [iter(own) for own in load.boxes]
    for put in load.pile.puts:
        yield SlotAssignment(next(left[put.kind]), SlotPlace(load.stack, put.tier, put.slot))
