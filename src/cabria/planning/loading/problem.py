"""What is given: a vessel call, validated at birth, and how much search each part of it is worth."""

from __future__ import annotations

from dataclasses import dataclass

from cabria.domain.calls import VesselCall


@dataclass(frozen=True, slots=True)
class LoadingProblem:
    call: VesselCall


@dataclass(frozen=True, slots=True)
class Params:
    """Search effort of each part, counted in iterations so that two runs of one seed agree.

    Stowage and yard get theirs for each box of the load list, the crane split for the call. `with_baselines` also
    plans the box choice as the incumbent and as exact planned weights would, for comparison. `repairs` is how often
    the plan is mended when the referee forbids something. `seconds` is a budget of wall time for the searches; with
    one, two runs may differ.
    """

    stowage_iterations_a_load: int = 8_000
    crane_iterations: int = 1_000_000
    yard_iterations_a_load: int = 3_000
    with_baselines: bool = True
    repairs: int = 3
    seconds: float | None = None


EFFORTS = {
    "quick": Params(stowage_iterations_a_load=400, crane_iterations=200_000, yard_iterations_a_load=400),
    "normal": Params(),
    "thorough": Params(stowage_iterations_a_load=40_000, crane_iterations=5_000_000, yard_iterations_a_load=10_000),
}

FEWEST_LOADS = 250
"""Calls with fewer loads are searched as long as one of so many."""
