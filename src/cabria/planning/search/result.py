"""A planner's answer with its certificate, and what it reports on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

Plan = TypeVar("Plan")


@dataclass(frozen=True)
class Result(Generic[Plan]):
    """A plan, its cost by component and what is known about how good it is.

    `bound` is a proven lower bound on the total of `costs` in the same unit, None when none is known.
    `stopped` says in words why the search ended.
    """

    plan: Plan
    costs: Mapping[str, float]
    bound: float | None
    seed: int
    cpu_s: float
    iterations: int
    stopped: str

    @property
    def cost(self) -> float:
        return sum(self.costs.values())


@dataclass(frozen=True, slots=True)
class Progress:
    """What a search tells while it works: `done` between 0 and 1, and the best cost so far."""

    phase: str
    done: float
    best_cost: float
    iterations: int


Listener = Callable[[Progress], None]


def silent(_: Progress) -> None:
    """The listener of a caller who does not look."""
