"""A choice of boxes priced slowly and plainly, by which the kernel is judged, and a bound no choice passes.

A choice is a list: the number of the box in each slot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cabria.planning.yard.ground import NEVER
from cabria.planning.yard.problem import PEAK_MIN, WINDOW_S, YardProblem, neighbours_below


@dataclass(frozen=True, slots=True)
class Price:
    """What a choice costs: digs as an estimate (a box dug away once never comes back in the way)."""

    digs: int
    inversions: int
    peak_squares: int
    """Sum over blocks and windows of the square of the boxes they give."""
    changes: int = 0
    """Slots with another box than planned."""

    def minutes(self, problem: YardProblem) -> float:
        settings = problem.call.settings
        on_board = self.inversions * settings.inversion_min + self.changes * problem.change_min
        return self.digs * settings.dig_min + on_board + self.peak_squares * PEAK_MIN


def price(problem: YardProblem, choice: Sequence[int]) -> Price:
    changes = sum(slot != box for slot, box in enumerate(choice))
    peak_squares = sum(n * n for n in _peaks(problem, choice))
    return Price(digs(problem, choice), inversions(problem, choice), peak_squares, changes)


def digs(problem: YardProblem, choice: Sequence[int]) -> int:
    """Boxes that stand above one that leaves earlier."""
    due_s = {problem.boxes[box].id: problem.slots[slot].due_s for slot, box in enumerate(choice)}
    return sum(_in_the_way([due_s.get(box, NEVER) for box in stack]) for stack in problem.touched_stacks.values())


def _in_the_way(leaves: Sequence[int]) -> int:
    return sum(bool(leaves[:n]) and min(leaves[:n]) < leaves[n] for n in range(len(leaves)))


def inversions(problem: YardProblem, choice: Sequence[int]) -> int:
    """Loads too much heavier than the loads they stand on."""
    mass = [problem.boxes[box].gross_mass_kg for box in choice]
    tolerance_kg = problem.call.settings.max_inversion_kg
    return sum(
        bool(below) and mass[slot] - sum(mass[other] for other in below) > tolerance_kg
        for slot, below in enumerate(neighbours_below(problem))
    )


def peak(problem: YardProblem, choice: Sequence[int]) -> int:
    """Most boxes that one block gives in one window."""
    return max(_peaks(problem, choice), default=0)


def _peaks(problem: YardProblem, choice: Sequence[int]) -> list[int]:
    counts: dict[tuple[str, int], int] = {}
    for slot, box in enumerate(choice):
        standing = problem.yard_boxes[box]
        if standing is not None:
            key = (standing.position.block, problem.slots[slot].due_s // WINDOW_S)
            counts[key] = counts.get(key, 0) + 1
    return list(counts.values())


def digs_bound(problem: YardProblem) -> int:
    """Boxes that stand above one that leaves earlier whatever is chosen: its latest slot before their earliest."""
    earliest = {box.id: slot.due_s for box, slot in zip(problem.boxes, problem.slots, strict=True)}
    latest = dict(earliest)
    for group in problem.groups:
        dues = [problem.slots[n].due_s for n in group]
        for n in group:
            earliest[problem.boxes[n].id], latest[problem.boxes[n].id] = min(dues), max(dues)
    found = 0
    for stack in problem.touched_stacks.values():
        for n, box in enumerate(stack):
            below = [latest.get(other, NEVER) for other in stack[:n]]
            found += bool(below) and min(below) < earliest.get(box, NEVER)
    return found
