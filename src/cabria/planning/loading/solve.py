"""The door: one call from load list to work queues, through the sister planners and past the referee."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from cabria import __version__
from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.plan import LoadingPlan
from cabria.domain.wishes import ChangeBudget, ImpossibleWish, ImpossibleWishes
from cabria.planning.cranes.problem import CraneProblem, CraneSolution
from cabria.planning.loading.certificates import NONE_KNOWN, baselines, bounds, costs_min, estimates
from cabria.planning.loading.explain import reasons
from cabria.planning.loading.joint.plans import as_worked
from cabria.planning.loading.joint.problem import JointProblem
from cabria.planning.loading.problem import FEWEST_LOADS, LoadingProblem, Params
from cabria.planning.loading.result import Phase, PlannedCall
from cabria.planning.loading.rounds import Rounds, Worked, without_substitute
from cabria.planning.loading.wishes import changes_of, fixed_by_wishes, unmet_wishes, without_impossible
from cabria.planning.search.result import Listener, Progress, Result, silent
from cabria.planning.search.stopping import FirstOf, MaxIterations, MaxSeconds, StoppingCriterion
from cabria.planning.stowage.price import bound, priced
from cabria.planning.stowage.problem import StowageProblem, StowageSolution
from cabria.planning.stowage.solve import Params as StowageParams
from cabria.planning.stowage.solve import solve as stow
from cabria.planning.stowage.wished import changed, loosened
from cabria.referee.judge import judge
from cabria.referee.judgement import Judgement

Clock = Callable[[], float]

STOWED_SHARE = 0.68
"""How much of the time for searches is for slots; the rest is for cranes and boxes, in all their rounds, with twice as
much for the last choice of boxes as for any other."""
LEAST_SHARE = 0.02
"""What each part gets of a budget even when nothing is left of it, for example when a plan is mended."""
PAPERS_SHARE, PAPERS_S, PAPERS_JUDGEMENTS = 0.35, 0.3, 8.5
"""What is left of a budget of seconds for the referee, reasons, baselines and papers: as long as so many judgements of
the plan take, for both grow with the call and with what else the machine does; but no larger share than this."""
PAPERS_S_A_LOAD = 0.002
"""The same before anything was judged."""


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
    keep: Callable[[PlannedCall], None] | None = None,
    wall: Clock,
    cpu: Clock,
) -> PlannedCall:
    """Plan the whole call. `stop` may end any part early; the plan is then the best so far, complete and judged.

    Deterministic for a seed as long as `stop` does not look at a clock. `wall` and `cpu` only tell where time went.
    Boxes that the referee forbids are refused with its sentence and the rest is planned again. With `keep` the call is
    first planned with less effort, and `keep` gets each legal plan that is better than those before, without reasons;
    the first of all says slots only.
    Raises ImpossibleWishes for wishes of the planner that cannot be met, unless the parameters let them be dropped.
    """
    params = params or Params()
    watch = _Stopwatch(wall, cpu)
    with watch("wishes"):
        call, dropped = without_impossible(problem.call, drop=params.drops_impossible_wishes)
    work = _Work(call, stop, seed, params, listen, watch, dropped)
    if problem.earlier is not None and (kept := work.unchanged(problem.earlier)) is not None:
        return work.finish(kept)
    best: _Draft | None = None
    for effort in params.passes() if keep else (params,):
        at_work = replace(work, params=effort, keep_slots=keep if best is None else None)
        draft = at_work.legal_draft()
        if best is None or draft.rank <= best.rank:
            best = draft
            if keep and effort is not params and draft.is_sound:
                keep(at_work.planned(draft, draft.plan))
        if stop(0, best.rank[-1]):
            break
    assert best is not None
    return work.with_all_wishes(best)


@dataclass(frozen=True)
class _Draft:
    """One pass through the sister planners. `forbidden` are the loads the referee had thrown out before it."""

    plan: LoadingPlan
    judgement: Judgement
    stowage: Result[StowageSolution]
    worked: Worked
    forbidden: Mapping[ContainerId, str]

    @property
    def is_sound(self) -> bool:
        """Legal, and as the planner wished."""
        return not self.judgement.hard_by_plan and not self.judgement.broken_wishes

    @property
    def rank(self) -> tuple[float, ...]:
        """Less is better: what is illegal, wishes broken, boxes left ashore, minutes."""
        judgement = self.judgement
        broken = (len(judgement.hard_by_plan), len(judgement.broken_wishes), len(self.plan.refused))
        return (*broken, sum(self.costs_min.values()))

    @property
    def costs_min(self) -> Mapping[str, float]:
        return costs_min(self.stowage, self.worked.split, self.worked.chosen)


@dataclass
class _Work:
    call: VesselCall
    stop: StoppingCriterion
    seed: int
    params: Params
    listen: Listener
    watch: _Stopwatch
    dropped: tuple[ImpossibleWish, ...] = ()
    keep_slots: Callable[[PlannedCall], None] | None = None
    """Gets the very first slots, judged, before anybody thinks of cranes and yard."""

    def legal_draft(self) -> _Draft:
        """A draft from which loads are left out that the referee forbids."""
        draft = self.draft({})
        for _ in range(self.params.repairs):
            forbidden = _forbidden_loads(self.call, draft.judgement)
            if not forbidden:
                break
            draft = self.draft({**draft.forbidden, **forbidden}, draft.stowage.plan)
        return draft

    def with_all_wishes(self, draft: _Draft) -> PlannedCall:
        """The finished plan. Wishes that the search did not meet are impossible ones, to be told or dropped."""
        unmet = unmet_wishes(self.call, draft.plan, draft.judgement)
        if not unmet:
            return self.finish(draft)
        dropped = (*self.dropped, *unmet)
        if not self.params.drops_impossible_wishes:
            raise ImpossibleWishes(dropped)
        call = replace(self.call, wishes=self.call.wishes.without(tuple(one.wish for one in dropped)))
        without = replace(self, call=call, dropped=dropped)
        return without.with_all_wishes(without.legal_draft())

    def unchanged(self, earlier: LoadingPlan) -> _Draft | None:
        """The earlier plan itself where nothing has changed: it still answers the list, is legal and as wished."""
        if set(earlier.loads) | set(earlier.refused) != set(self.call.load_by_id) or not _is_worked(earlier):
            return None
        with self.watch("referee"):
            judgement = judge(self.call, earlier)
        if judgement.hard_by_plan or judgement.broken_wishes:
            return None
        return self.judged(replace(earlier, changes=(), reasons={}), judgement)

    def judged(self, plan: LoadingPlan, judgement: Judgement) -> _Draft:
        """A plan that is finished, as a draft; its costs are those of its slots, its cranes and its yard moves."""
        solution = StowageSolution(plan.loads, plan.refused, plan.restows, plan.tank_contents_kg)
        problem = StowageProblem.of(self.call)
        stopped = "nothing has changed since the earlier plan"
        stowed = Result(solution, priced(problem, solution, {}), bound(problem), self.seed, 0.0, 0, stopped)
        figures = judgement.figures
        cranes = CraneSolution((plan.queues,), (), figures.crane_makespan_s, figures.crane_idle_s, 0, NONE_KNOWN, "")
        crane_cost = {"crane makespan": figures.crane_makespan_s / 60}
        fixed = fixed_by_wishes(self.call, plan.loads)
        joint = as_worked(JointProblem.of(self.call, plan.loads, plan.queues, fixed), plan.yard_moves)
        worked = Worked(
            Result(cranes, crane_cost, None, self.seed, 0.0, 0, stopped),
            Result(joint, joint.costs_min, None, self.seed, 0.0, 0, stopped),
            plan.loads,
            plan.queues,
        )
        return _Draft(plan, judgement, stowed, worked, {})

    def _stowed(self, call: VesselCall) -> Result[StowageSolution]:
        """Slots; where new boxes find no room and the change budget has some left, once more with boxes let go."""
        problem = StowageProblem.of(call)
        until = self._until(self.params.stowage_iterations_a_load * self._loads, "stowage")
        params = StowageParams(may_open_lids=self.params.may_open_lids)
        first = stow(problem, until, seed=self.seed, params=params, listen=self.listen)
        budget = call.wishes.budget
        if budget is None:
            return first
        changes = changed(call, {**first.plan.loads, **first.plan.restows}, first.plan.refused)
        ashore = [load for load in problem.loads if load.id in first.plan.refused and load.id not in budget.earlier]
        if not ashore or len(changes) >= budget.at_most:
            return first
        looser = loosened(problem, ashore, budget.at_most - len(changes))
        second = stow(looser, until, seed=self.seed, params=params, listen=self.listen)
        moved = changed(call, {**second.plan.loads, **second.plan.restows}, second.plan.refused)
        is_better = len(moved) <= budget.at_most and len(second.plan.refused) < len(first.plan.refused)
        return second if is_better else first

    def draft(self, forbidden: Mapping[ContainerId, str], mends: StowageSolution | None = None) -> _Draft:
        """One pass without some loads. With a budget of seconds, which is used up then, slots that it `mends` stay."""
        call = replace(self.call, loads=tuple(load for load in self.call.loads if load.id not in forbidden))
        with self.watch("stowage"):
            is_kept = mends is not None and self.params.seconds is not None and call.wishes.budget is None
            stowed = self._stowed(_keeping(call, mends) if mends is not None and is_kept else call)
        # Before anything is told: work that no crane can do is an error of the call, and leaves no plan behind.
        fixed = fixed_by_wishes(call, stowed.plan.loads)
        slots, ready_s = stowed.plan, without_substitute(call, fixed)
        work = CraneProblem.of(call, loads=slots.loads, restows=slots.restows, ready_s=ready_s)
        self._tell_slots(stowed, forbidden)
        rounds = Rounds(self.params, self.seed, self.listen, self._until, self.watch, fixed)
        worked = rounds.best(call, stowed.plan, work, self.params.yard_iterations_a_load * self._loads)
        chosen = worked.chosen.plan
        plan = LoadingPlan(
            call_id=call.id,
            loads=chosen.loads,
            refused={**stowed.plan.refused, **forbidden},
            restows=stowed.plan.restows,
            queues=chosen.queues,
            yard_moves=chosen.yard_moves,
            tank_contents_kg=stowed.plan.tank_contents_kg,
        )
        with self.watch("referee"):
            self.listen(Progress("referee", 0.0, float("inf"), 0))
            judgement = judge(self.call, plan)
        return _Draft(plan, judgement, stowed, worked, forbidden)

    def _tell_slots(self, stowed: Result[StowageSolution], forbidden: Mapping[ContainerId, str]) -> None:
        if self.keep_slots is None:
            return
        slots = stowed.plan
        refused = {**slots.refused, **forbidden}
        plan = LoadingPlan(self.call.id, slots.loads, refused, slots.restows, tank_contents_kg=slots.tank_contents_kg)
        with self.watch("referee"):
            judgement = judge(self.call, plan)
        if not judgement.hard_by_plan and not judgement.broken_wishes:
            self.keep_slots(
                PlannedCall(
                    self.call,
                    plan,
                    judgement,
                    stowed.costs,
                    {},
                    phases=self.watch.phases(),
                    seed=self.seed,
                    stopped="slots only; cranes and yard are not planned yet",
                    version=__version__,
                    dropped=self.dropped,
                )
            )

    def finish(self, draft: _Draft) -> PlannedCall:
        with self.watch("reasons"):
            self.listen(Progress("reasons", 0.0, float("inf"), 0))
            changes = changes_of(self.call, draft.plan)
            plan = replace(draft.plan, reasons=reasons(self.call, draft.plan), changes=changes)
        return self.planned(draft, plan)

    def planned(self, draft: _Draft, plan: LoadingPlan) -> PlannedCall:
        return PlannedCall(
            call=self.call,
            plan=plan,
            judgement=draft.judgement,
            costs_min=draft.costs_min,
            bounds=bounds(self.call, draft.judgement.figures, draft.stowage, draft.worked.split, draft.worked.chosen),
            estimates=estimates(draft.worked.chosen.plan),
            baselines=self._baselines(draft) if self.params.with_baselines else {},
            phases=self.watch.phases(),
            seed=self.seed,
            stopped=draft.stowage.stopped,
            version=__version__,
            dropped=self.dropped,
        )

    @property
    def _loads(self) -> int:
        return max(FEWEST_LOADS, len(self.call.loads))

    def _until(self, iterations: int, part: str, number: int = 0) -> StoppingCriterion:
        criteria = (self.stop, MaxIterations(iterations))
        if self.params.seconds is None:
            return FirstOf(criteria)
        share = STOWED_SHARE
        if part != "stowage":
            parts, place = 2 * max(1, self.params.rounds), 2 * number + 1 + (part == "yard")
            share += (1 - STOWED_SHARE) * (place + (place == parts)) / (parts + 1)
        # What cools by the clock begins hot: its time counts from now, not from the beginning of the whole.
        now = self.watch.wall()
        left_s = self.watch.started + share * (self.params.seconds - self._papers_s()) - now
        least_s = LEAST_SHARE * self.params.seconds
        return FirstOf((*criteria, MaxSeconds(max(least_s, left_s), self.watch.wall, now)))

    def _papers_s(self) -> float:
        assert self.params.seconds is not None
        judged_s = self.watch.longest_s("referee")
        needed_s = PAPERS_JUDGEMENTS * judged_s if judged_s else PAPERS_S_A_LOAD * len(self.call.loads)
        return min(PAPERS_SHARE * self.params.seconds, PAPERS_S + needed_s)

    def _baselines(self, draft: _Draft) -> Mapping[str, Mapping[str, float]]:
        with self.watch("baselines"):
            self.listen(Progress("baselines", 0.0, float("inf"), 0))
            loads, queues = draft.worked.loads_at_first, draft.worked.queues_at_first
            return baselines(self.call, loads, queues, fixed_by_wishes(self.call, loads))


def _is_worked(plan: LoadingPlan) -> bool:
    """Whether a plan says how its loads come aboard."""
    return bool(plan.queues) or not plan.loads


def _keeping(call: VesselCall, slots: StowageSolution) -> VesselCall:
    """The call with the wish that what has a slot keeps it, but for boxes that must fill holes."""
    earlier = {**slots.loads, **slots.restows}
    return replace(call, wishes=replace(call.wishes, budget=ChangeBudget(earlier, len(earlier))))


def _forbidden_loads(call: VesselCall, judgement: Judgement) -> dict[ContainerId, str]:
    return {
        finding.container: f"the referee forbids it ({finding.rule}): {finding.text}"
        for finding in judgement.hard_by_plan
        if finding.container is not None and finding.container in call.load_by_id
    }


@dataclass
class _Stopwatch:
    """Adds up wall and CPU seconds by name."""

    wall: Clock
    cpu: Clock
    started: float = field(init=False)
    _spent: dict[str, tuple[float, float]] = field(default_factory=dict)
    _longest_s: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.started = self.wall()

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        wall, cpu = self.wall(), self.cpu()
        yield
        before_wall, before_cpu = self._spent.get(name, (0.0, 0.0))
        wall = self.wall() - wall
        self._spent[name] = (before_wall + wall, before_cpu + self.cpu() - cpu)
        self._longest_s[name] = max(wall, self.longest_s(name))

    def longest_s(self, name: str) -> float:
        """Wall time of the longest piece of a name, 0 before the first."""
        return self._longest_s.get(name, 0.0)

    def phases(self) -> tuple[Phase, ...]:
        return tuple(Phase(name, wall, cpu) for name, (wall, cpu) in self._spent.items())
