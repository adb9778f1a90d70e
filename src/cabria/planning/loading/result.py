"""A planned call: the plan, the referee's word on it, what is known about its quality, and where the time went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cabria.domain.calls import VesselCall
from cabria.domain.plan import LoadingPlan
from cabria.domain.told import Told
from cabria.domain.wishes import ImpossibleWish
from cabria.referee.judgement import Judgement


@dataclass(frozen=True, slots=True)
class Bound:
    """What was reached in one part of the plan and a proven limit no plan can pass, or None.

    `note` says why it is what it is.
    """

    reached: float
    bound: float | None
    unit: str
    note: Told


@dataclass(frozen=True, slots=True)
class Phase:
    """Where the time went."""

    name: str
    wall_s: float
    cpu_s: float


@dataclass(frozen=True)
class PlannedCall:
    call: VesselCall
    plan: LoadingPlan
    judgement: Judgement
    costs_min: Mapping[str, float]
    """Cost of the plan by component, in minutes."""
    bounds: Mapping[str, Bound]
    baselines: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Named simple methods on the same call: figure name -> value, for example digs per load."""
    phases: tuple[Phase, ...] = ()
    seed: int = 0
    stopped: str = ""
    version: str = ""
    estimates: Mapping[str, float] = field(default_factory=dict)
    """What no rule judges: kilometres, kWh and how long quay cranes will wait, by the planner's own estimate."""
    dropped: tuple[ImpossibleWish, ...] = ()
    """Wishes of the planner without which the call was planned; they are not in `call` any more."""

    @property
    def rank(self) -> tuple[float, ...]:
        """Less is better: what is illegal, wishes broken, boxes left ashore, minutes."""
        judgement = self.judgement
        broken = (len(judgement.hard_by_plan), len(judgement.broken_wishes), len(self.plan.refused))
        return (*broken, sum(self.costs_min.values()))
