"""Days of a call in the fine twin whose quay cranes are not as quick as the terminal's table says: a history of their
times, and what it is worth to plan with these."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from cabria.domain.calls import VesselCall
from cabria.domain.layout import Layout
from cabria.domain.plan import LoadingPlan
from cabria.domain.run_events import BoxesLanded, RunEvent, Waited
from cabria.experiments.calls import make_call
from cabria.experiments.ground_plan import lay_out
from cabria.experiments.learning.crane_times import with_cycles
from cabria.operations.berthing import standing_ready
from cabria.operations.settings import Settings
from cabria.planning.loading.problem import LoadingProblem, Params
from cabria.planning.loading.solve import solve
from cabria.twin.quay_cranes import Spread
from cabria.twin.twin import Fleet, Twin

PACES = (0.8, 1.0, 1.3)
"""What a cycle takes of what the table says, crane by crane."""
VARIATION = 0.15
HOUR_MS = 3_600_000
MOST_HOURS = 48
EFFORT = Params(
    stowage_iterations_a_load=100, crane_iterations=50_000, yard_iterations_a_load=100, with_baselines=False, rounds=1
)


@dataclass(frozen=True, slots=True)
class CraneDay:
    """A day's work: hours that cranes waited, and hours until the last box was down."""

    events: tuple[RunEvent, ...]
    waited_h: float
    took_h: float


@dataclass(frozen=True)
class Worked:
    """A call with the plan that is made of its terminal's times."""

    call: VesselCall
    seed: int = 0

    @classmethod
    def made(cls, moves: int = 600, seed: int = 0) -> Worked:
        """Three quay cranes and four blocks; the same for the same arguments."""
        return cls(make_call(moves=moves, teu=4_000, seed=seed, blocks=4, quay_cranes=len(PACES)), seed)

    def knowing(self, cycles_s: Mapping[str, float]) -> Worked:
        """The same call, planned with other cycle times."""
        return Worked(replace(self.call, terminal=with_cycles(self.call.terminal, cycles_s)), self.seed)

    @cached_property
    def plan(self) -> LoadingPlan:
        problem = LoadingProblem(self.call)
        return solve(problem, params=EFFORT, seed=self.seed, wall=time.perf_counter, cpu=time.process_time).plan

    @cached_property
    def layout(self) -> Layout:
        return standing_ready(lay_out(self.call.terminal), self.call, self.plan)

    def day(
        self,
        true_cycles_s: Mapping[str, float],
        trucks: int,
        seed: int,
        *,
        yard_paces: Mapping[str, float] | None = None,
        busy_ms: Mapping[str, int] | None = None,
    ) -> CraneDay:
        """Worked with cranes whose cycles take what they take, whatever the plan counts; yard cranes by paces of their
        own. `busy_ms` is what the terminal is told that a box waiting at each block counts."""
        counted = {crane.id: crane.cycle_s for crane in self.call.terminal.quay_cranes}
        spread = Spread(VARIATION, {name: true_s / counted[name] for name, true_s in true_cycles_s.items()})
        twin = Twin(self.layout, Settings(), Fleet(trucks, yard_paces=yard_paces or {}, spread=spread), seed)
        twin.control.take_stock(self.call.yard)
        if busy_ms:
            twin.control.weigh_blocks(busy_ms, "learned")
        twin.control.berth(self.call, self.plan)
        while not twin.is_idle and twin.now_ms < MOST_HOURS * HOUR_MS:
            twin.run(twin.now_ms + HOUR_MS)
        events = tuple(twin.log.events)
        waited_ms = sum(event.at_ms - event.since_ms for event in events if isinstance(event, Waited))
        landed = (event.at_ms for event in events if isinstance(event, BoxesLanded) and event.crane in counted)
        last_ms = max(landed, default=0)
        return CraneDay(events, waited_ms / HOUR_MS, last_ms / HOUR_MS)


def planned_cycles_s(call: VesselCall) -> dict[str, float]:
    """What cycles take by the terminal's table, crane by crane."""
    return {crane.id: float(crane.cycle_s) for crane in call.terminal.quay_cranes}


def true_cycles_s(call: VesselCall) -> dict[str, float]:
    """What cycles really take, crane by crane."""
    cranes = call.terminal.quay_cranes
    return {crane.id: crane.cycle_s * pace for crane, pace in zip(cranes, PACES, strict=True)}


def held_out(
    plain: Worked, learned: Worked, true_s: Mapping[str, float], trucks: int, seeds: range
) -> Iterator[tuple[CraneDay, CraneDay]]:
    """Days by the plain table and by what was learned, both on the same seed."""
    for seed in seeds:
        yield plain.day(true_s, trucks, seed), learned.day(true_s, trucks, seed)
