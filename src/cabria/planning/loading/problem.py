"""What is given: a vessel call, validated at birth, and how much search each part of it is worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cabria.domain.calls import VesselCall
from cabria.domain.plan import LoadingPlan
from cabria.planning.loading.joint.problem import FREE, Freedom


@dataclass(frozen=True, slots=True)
class LoadingProblem:
    """One call. `earlier` is the whole plan whose slots its change budget keeps, where that still fits the call."""

    call: VesselCall
    earlier: LoadingPlan | None = None


@dataclass(frozen=True, slots=True)
class Params:
    """Search effort of each part, counted in iterations so that two runs of one seed agree.

    Stowage and yard get theirs for each box of the load list, the crane split for the call. `with_baselines` also
    plans the box choice as the incumbent and as exact planned weights would, for comparison. `repairs` is how often
    the plan is mended when the referee forbids something. `seconds` is a budget of wall time for the searches; with
    one, two runs may differ. With `drops_impossible_wishes` the planner's wishes that cannot be met are left aside and
    named; else they are an error.
    """

    stowage_iterations_a_load: int = 8_000
    crane_iterations: int = 1_000_000
    yard_iterations_a_load: int = 3_000
    with_baselines: bool = True
    repairs: int = 3
    seconds: float | None = None
    drops_impossible_wishes: bool = False
    rounds: int = 2
    """How often cranes and boxes are planned in turn, each time knowing what the other came to."""
    freedom: Freedom = FREE
    """What the choice of boxes may change."""
    may_open_lids: bool = True
    """Whether lids may be opened for the sake of room alone; that stows everything twice."""

    def passes(self) -> Iterator[Params]:
        """Ever longer efforts up to this one: a whole plan is there early, and a better one from time to time.

        With a budget of seconds there is only the shortest before this one.
        """
        effort = FIRST_ITERATIONS_A_LOAD
        while self.stowage_iterations_a_load >= LEAST_GROWTH * effort:
            share = effort / self.stowage_iterations_a_load
            yield replace(
                self,
                stowage_iterations_a_load=effort,
                crane_iterations=max(FIRST_CRANE_ITERATIONS, round(share * self.crane_iterations)),
                yard_iterations_a_load=max(FIRST_ITERATIONS_A_LOAD, round(share * self.yard_iterations_a_load)),
                with_baselines=False,
                rounds=1 if effort == FIRST_ITERATIONS_A_LOAD else self.rounds,
                may_open_lids=effort > FIRST_ITERATIONS_A_LOAD,
            )
            if self.seconds is not None:
                break
            effort *= GROWTH
        yield self


FIRST_ITERATIONS_A_LOAD = 40
FIRST_CRANE_ITERATIONS = 20_000
GROWTH, LEAST_GROWTH = 10, 5
"""How much longer each pass is than the one before it, and how much the last one must be at least."""

EFFORTS = {
    "quick": Params(stowage_iterations_a_load=400, crane_iterations=200_000, yard_iterations_a_load=400),
    "normal": Params(),
    "thorough": Params(stowage_iterations_a_load=40_000, crane_iterations=5_000_000, yard_iterations_a_load=10_000),
}

FEWEST_LOADS = 250
"""Calls with fewer loads are searched as long as one of so many."""
