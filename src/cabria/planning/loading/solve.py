"""The door: one call from load list to work queues, through the sister planners and past the referee."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from cabria import __version__
from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.plan import LoadingPlan
from cabria.planning.cranes.problem import CraneProblem, CraneSolution
from cabria.planning.cranes.solve import solve as split_cranes
from cabria.planning.loading.explain import reasons
from cabria.planning.loading.problem import FEWEST_LOADS, LoadingProblem, Params
from cabria.planning.loading.result import Bound, Phase, PlannedCall
from cabria.planning.search.result import Listener, Progress, Result, silent
from cabria.planning.search.stopping import FirstOf, MaxIterations, MaxSeconds, StoppingCriterion
from cabria.planning.stowage.problem import StowageProblem, StowageSolution
from cabria.planning.stowage.solve import solve as stow
from cabria.planning.yard.baselines import exact_planned_weights, incumbent_greedy
from cabria.planning.yard.problem import YardProblem, YardSolution
from cabria.planning.yard.solve import solve as choose_boxes
from cabria.referee.judge import judge
from cabria.referee.judgement import Judgement

Clock = Callable[[], float]

BASELINES = {"incumbent's greedy": incumbent_greedy, "exact planned weights": exact_planned_weights}


DEADLINES = {"stowage": 0.5, "cranes": 0.65, "yard": 0.75}
"""By which share of a budget of seconds each part must end; the rest is for the referee, reasons and papers."""


def never(iterations: int, best_cost: float) -> str:
    """The stopping criterion of somebody with time; the iteration counts of the parameters still end each part."""
    return ""


def solve(
    problem: LoadingProblem,
    stop: StoppingCriterion = never,
    *,
    seed: int = 0,
    params: Params | None = None,
    listen: Listener = silent,
    wall: Clock,
    cpu: Clock,
) -> PlannedCall:
    """Plan the whole call. `stop` may end any part early; the plan is then the best so far, complete and judged.

    Deterministic for a seed as long as `stop` does not look at a clock. `wall` and `cpu` only tell where time went.
    Boxes that the referee forbids are refused with its sentence and the rest is planned again.
    """
    work = _Work(problem.call, stop, seed, params or Params(), listen, _Stopwatch(wall, cpu))
    draft = work.draft({})
    for _ in range(work.params.repairs):
        forbidden = _forbidden_loads(problem.call, draft.judgement)
        if not forbidden:
            break
        draft = work.draft({**draft.forbidden, **forbidden})
    return work.finish(draft)


@dataclass(frozen=True)
class _Draft:
    """One pass through the sister planners. `forbidden` are the loads the referee had thrown out before it."""

    plan: LoadingPlan
    judgement: Judgement
    stowage: Result[StowageSolution]
    cranes: Result[CraneSolution]
    yard: Result[YardSolution]
    forbidden: Mapping[ContainerId, str]


@dataclass
class _Work:
    call: VesselCall
    stop: StoppingCriterion
    seed: int
    params: Params
    listen: Listener
    watch: _Stopwatch

    def draft(self, forbidden: Mapping[ContainerId, str]) -> _Draft:
        call = replace(self.call, loads=tuple(load for load in self.call.loads if load.id not in forbidden))
        with self.watch("stowage"):
            stowed = stow(
                StowageProblem.of(call),
                self._until(self.params.stowage_iterations_a_load * self._loads, "stowage"),
                seed=self.seed,
                listen=self.listen,
            )
        with self.watch("cranes"):
            split = split_cranes(
                CraneProblem.of(call, loads=stowed.plan.loads, restows=stowed.plan.restows),
                self._until(self.params.crane_iterations, "cranes"),
                seed=self.seed,
                listen=self.listen,
            )
        with self.watch("yard"):
            chosen = choose_boxes(
                YardProblem.of(call, stowed.plan.loads, split.plan.queues),
                self._until(self.params.yard_iterations_a_load * self._loads, "yard"),
                seed=self.seed,
                listen=self.listen,
            )
        plan = LoadingPlan(
            call_id=call.id,
            loads=chosen.plan.loads,
            refused={**stowed.plan.refused, **forbidden},
            restows=stowed.plan.restows,
            queues=chosen.plan.queues,
            yard_moves=chosen.plan.yard_moves,
            tank_contents_kg=stowed.plan.tank_contents_kg,
        )
        with self.watch("referee"):
            self.listen(Progress("referee", 0.0, float("inf"), 0))
            judgement = judge(self.call, plan)
        return _Draft(plan, judgement, stowed, split, chosen, forbidden)

    def finish(self, draft: _Draft) -> PlannedCall:
        with self.watch("reasons"):
            self.listen(Progress("reasons", 0.0, float("inf"), 0))
            plan = replace(draft.plan, reasons=reasons(self.call, draft.plan))
        return PlannedCall(
            call=self.call,
            plan=plan,
            judgement=draft.judgement,
            costs_min=_costs(draft),
            bounds=_bounds(draft),
            baselines=self._baselines(draft) if self.params.with_baselines else {},
            phases=self.watch.phases(),
            seed=self.seed,
            stopped=draft.stowage.stopped,
            version=__version__,
        )

    @property
    def _loads(self) -> int:
        return max(FEWEST_LOADS, len(self.call.loads))

    def _until(self, iterations: int, part: str) -> StoppingCriterion:
        criteria = (self.stop, MaxIterations(iterations))
        if self.params.seconds is None:
            return FirstOf(criteria)
        deadline = MaxSeconds(self.params.seconds * DEADLINES[part], self.watch.wall, self.watch.started)
        return FirstOf((*criteria, deadline))

    def _baselines(self, draft: _Draft) -> Mapping[str, Mapping[str, float]]:
        """The same slots and the same order of cranes, with the boxes chosen as others choose them."""
        with self.watch("baselines"):
            self.listen(Progress("baselines", 0.0, float("inf"), 0))
            problem = YardProblem.of(self.call, draft.stowage.plan.loads, draft.cranes.plan.queues)
            return {name: {"digs per load": method(problem).digs_per_load} for name, method in BASELINES.items()}


def _forbidden_loads(call: VesselCall, judgement: Judgement) -> dict[ContainerId, str]:
    return {
        finding.container: f"the referee forbids it ({finding.rule}): {finding.text}"
        for finding in judgement.hard_by_plan
        if finding.container is not None and finding.container in call.load_by_id
    }


def _costs(draft: _Draft) -> Mapping[str, float]:
    """By component, in minutes; inversions are those after the yard has exchanged boxes."""
    stowage = {name: cost for name, cost in draft.stowage.costs.items() if name != "inversions"}
    others = {**draft.cranes.costs, **draft.yard.costs}
    return stowage | {name.removesuffix("_min").replace("_", " "): cost for name, cost in others.items()}


def _bounds(draft: _Draft) -> Mapping[str, Bound]:
    figures = draft.judgement.figures
    return {
        "crane makespan": Bound(figures.crane_makespan_s / 60, draft.cranes.bound, "min"),
        "stowage": Bound(draft.stowage.cost, draft.stowage.bound, "min"),
        "digs": Bound(figures.digs, draft.yard.plan.digs_bound, "digs"),
    }


@dataclass
class _Stopwatch:
    """Adds up wall and CPU seconds by name."""

    wall: Clock
    cpu: Clock
    started: float = field(init=False)
    _spent: dict[str, tuple[float, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.started = self.wall()

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        wall, cpu = self.wall(), self.cpu()
        yield
        before_wall, before_cpu = self._spent.get(name, (0.0, 0.0))
        self._spent[name] = (before_wall + self.wall() - wall, before_cpu + self.cpu() - cpu)

    def phases(self) -> tuple[Phase, ...]:
        return tuple(Phase(name, wall, cpu) for name, (wall, cpu) in self._spent.items())
