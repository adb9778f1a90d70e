"""Piles and masses at once, by CP-SAT: for sections in which the cheapest piles cannot share their boxes' masses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

from ortools.sat.python import cp_model

from cabria.planning.stowage.slot_planning.masses import Load
from cabria.planning.stowage.slot_planning.piles import Pile
from cabria.planning.stowage.slot_planning.problem import SlotProblem, StackGroup


class Found(NamedTuple):
    """`loads` is None when no plan was found; `bound` holds for every plan and is infinite when there is none."""

    loads: list[Load] | None
    bound: float


def cheapest(problem: SlotProblem, piles: Sequence[Sequence[Pile]], bound: float, effort: float) -> Found:
    """The cheapest plan out of these piles, as far as `effort` goes: CP-SAT's own seconds, which no clock measures."""
    model = _Model(problem, piles)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = effort
    if bound < float("inf"):
        model.model.add(model.cost >= round(bound))
    status = solver.solve(model.model)
    if status == cp_model.INFEASIBLE:
        return Found(None, float("inf"))
    least = max(bound, ceil(solver.best_objective_bound - 1e-6))
    return Found(model.read(solver) if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None, least)


class _Model:
    """A stack takes one of its group's piles; boxes of a kind and a mass are one number a stack. Stacks of a group take
    piles in the piles' order, so that no plan is looked at twice.
    """

    def __init__(self, problem: SlotProblem, piles: Sequence[Sequence[Pile]]) -> None:
        self.problem, self.piles, self.model = problem, piles, cp_model.CpModel()
        self.alike = [Counter(map(problem.mass_kg, boxes)) for boxes in problem.boxes_by_kind.values()]
        self.stacks = [(number, group) for number, group in enumerate(problem.groups) for _ in group.stacks]
        self.takes = [[self.model.new_bool_var("") for _ in piles[number]] for number, _ in self.stacks]
        self.shares = [self._share(stack, number, group) for stack, (number, group) in enumerate(self.stacks)]
        for kind, masses in enumerate(self.alike):
            for mass_kg, count in masses.items():
                self.model.add(sum(share[kind][mass_kg] for share in self.shares) == count)
        self.cost = sum(
            pile.cost * take
            for takes, (number, _) in zip(self.takes, self.stacks, strict=True)
            for take, pile in zip(takes, piles[number], strict=True)
        )
        self._in_order()
        self.model.minimize(self.cost)

    def _share(self, stack: int, number: int, group: StackGroup) -> list[dict[int, cp_model.IntVar]]:
        """How many boxes of each kind and mass the stack gets."""
        takes = self.takes[stack]
        self.model.add_exactly_one(takes)
        share = [
            {mass_kg: self.model.new_int_var(0, count, "") for mass_kg, count in masses.items()}
            for masses in self.alike
        ]
        for kind, own in enumerate(share):
            counted = sum(pile.counts[kind] * take for pile, take in zip(self.piles[number], takes, strict=True))
            self.model.add(sum(own.values()) == counted)
        total_kg = sum(mass_kg * times for own in share for mass_kg, times in own.items())
        self.model.add(total_kg <= max(0, group.mass_limit_kg))
        return share

    def _in_order(self) -> None:
        for stack in range(1, len(self.stacks)):
            if self.stacks[stack][0] == self.stacks[stack - 1][0]:
                before, after = (
                    sum(place * take for place, take in enumerate(self.takes[one])) for one in (stack - 1, stack)
                )
                self.model.add(before <= after)

    def read(self, solver: cp_model.CpSolver) -> list[Load]:
        left = [
            {mass_kg: [box for box in boxes if self.problem.mass_kg(box) == mass_kg] for mass_kg in masses}
            for boxes, masses in zip(self.problem.boxes_by_kind.values(), self.alike, strict=True)
        ]
        names = [stack for group in self.problem.groups for stack in group.stacks]
        loads = []
        for name, (number, _), takes, share in zip(names, self.stacks, self.takes, self.shares, strict=True):
            taken = next(place for place, take in enumerate(takes) if solver.value(take))
            boxes = [
                [left[kind][mass_kg].pop() for mass_kg, times in own.items() for _ in range(solver.value(times))]
                for kind, own in enumerate(share)
            ]
            loads.append(Load(name, self.piles[number][taken], boxes))
        return loads
