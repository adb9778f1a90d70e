"""The door: another plan from where work stands, as near to the one agreed as may be, to be looked at and signed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial

from cabria.domain.call_changes import ListChanged, changed_call
from cabria.domain.calls import VesselCall
from cabria.domain.edits import Replan
from cabria.domain.errors import DataError
from cabria.domain.findings import Finding
from cabria.domain.plan_diff import PlanDiff
from cabria.domain.work import StepKind
from cabria.planning.cranes.problem import Block
from cabria.planning.loading.editing.blocks import ToDivide
from cabria.planning.loading.editing.desk import Desk, Price
from cabria.planning.loading.replanning.choice import chosen_anew
from cabria.planning.loading.replanning.problem import Params, ReplanProblem
from cabria.planning.loading.replanning.repair import NOT_PLANNED, Repair
from cabria.planning.loading.replanning.split import Division
from cabria.planning.loading.rounds import without_substitute
from cabria.planning.search.stopping import StoppingCriterion
from cabria.referee.replanning import Budget, ChangeJudgement, changed_boxes, changed_moves, judge_change
from cabria.referee.wishes import may_be_loaded


def never(iterations: int, best_cost: float) -> str:
    """The stopping criterion of somebody with time."""
    return ""


@dataclass(frozen=True)
class Proposal:
    """A plan that could take another's place, and the referee's word on what it changes. `after` says no reasons."""

    before: Desk
    after: Desk
    edit: Replan
    change: ChangeJudgement
    is_judged_whole: bool = True
    """Else the referee was asked only where the two plans differ."""

    @cached_property
    def price(self) -> Price:
        difference = self.before.difference if self.is_judged_whole else self.before.difference_in_part
        return difference(self.after)

    @cached_property
    def wrong(self) -> tuple[Finding, ...]:
        """Why it must not be taken: what is illegal now and was not, and what the change itself breaks."""
        return (*self.change.findings, *self.price.forbidden)

    @property
    def is_empty(self) -> bool:
        """Whether the plan stays as it is, bit for bit."""
        return not self.edit.diff and not self.edit.changes


def solve(
    problem: ReplanProblem,
    stop: StoppingCriterion = never,
    *,
    seed: int = 0,
    params: Params | None = None,
    keep: Callable[[Proposal], None] | None = None,
) -> Proposal:
    """The best plan found, judged as a whole. `keep` gets the first legal one as soon as it is there, judged where it
    differs.

    Deterministic for a seed as long as `stop` does not look at a clock; a plan to which nothing happened stays as it
    is, bit for bit. Raises DataError for changes that mean nothing here, and where the budget is too small.
    """
    params = params or Params()
    call = changed_call(problem.desk.call, problem.known)
    start = _as_it_stands(problem, _with_those_gone(problem, call))
    division = _division(problem, start)
    blocks: list[Block] = []
    if division:
        blocks = division.quickly(seed=seed)
        division = division.waiting_where_it_pays(blocks, round(60 * call.settings.refused_min))
    repair = _repaired(problem, _divided(start, division, blocks), params)
    first = proposed(problem, call, repair.desk, is_judged_whole=False)
    if keep is not None and not first.wrong:
        keep(first)
    others: Iterator[Proposal] = iter(())
    if division:
        better = _divided(start, division, division.improved(blocks, stop, iterations=params.iterations, seed=seed))
        better = _repaired(problem, better, params, weighs=True).desk
        chosen = _with_boxes_chosen(problem, better, stop, seed, params)
        others = (proposed(problem, call, desk) for desk in (chosen, better))
    elif first.wrong or repair.waited:
        priced = params.priced if first.wrong else 0
        second = _repaired(problem, start, params, priced=priced, weighs=True)
        others = iter([proposed(problem, call, second.desk)])
    return _within_budget(problem, _best(first, others))


def _with_boxes_chosen(problem: ReplanProblem, desk: Desk, stop: StoppingCriterion, seed: int, params: Params) -> Desk:
    """Among the slots of one crane only where more boxes would change their crane than may."""
    agreed, budget = problem.desk.plan, problem.budget
    left = budget.less(len(changed_boxes(desk.call, agreed, desk.plan)), 0)
    chosen = partial(chosen_anew, desk, stop, iterations=params.yard_iterations, seed=seed, most_changes=left.boxes)
    freely = chosen()
    if budget.moves is None or len(changed_moves(agreed, freely.plan)) <= budget.moves:
        return freely
    return chosen(within_cranes=True)


def proposed(problem: ReplanProblem, call: VesselCall, found: Desk, *, is_judged_whole: bool = True) -> Proposal:
    """The plan found, of the changed call, as a proposal."""
    before, standing = problem.desk, problem.standing
    plan = replace(
        found.plan,
        loads={box: slot for box, slot in found.plan.loads.items() if box in call.load_by_id},
        refused={box: why for box, why in found.plan.refused.items() if box in call.load_by_id},
    )
    diff = PlanDiff.between(before.plan, plan)
    edit = Replan(problem.words, diff, problem.known, standing.done)
    known = before.replanned(diff.applied_to(before.plan), call, standing.done, like=found)
    after = known if diff or problem.known else before
    change = judge_change(
        call,
        before.plan,
        after.plan,
        now_s=standing.now_s,
        begun=standing.begun,
        fetched=standing.fetched,
        budget=problem.budget,
    )
    return Proposal(before, after, edit, change, is_judged_whole)


def _best(first: Proposal, others: Iterator[Proposal]) -> Proposal:
    """The first of the others that is legal, else the first of all; one that is judged in part is judged whole."""
    tried: list[Proposal] = []
    for other in others:
        tried.append(other)
        if not other.wrong:
            if _rank(other) <= _rank(first):
                return other
            break
    whole = replace(first, is_judged_whole=True)
    return whole if not whole.wrong else min([whole, *tried, *others], key=_rank)


def _rank(proposal: Proposal) -> tuple[int, float, int]:
    """Less is better: what is wrong, minutes, boxes changed."""
    return len(proposal.wrong), proposal.price.minutes, len(proposal.change.boxes)


def _within_budget(problem: ReplanProblem, proposal: Proposal) -> Proposal:
    """Raises DataError where more changes than may, or so little may change that something stays wrong."""
    remedy = "Allow more with --changes or --moves."
    over = [finding for finding in proposal.change.findings if finding.rule in ("CHANGE-BOXES", "CHANGE-MOVES")]
    if over:
        raise DataError(f"The budget is too small: {over[0].text}", remedy=remedy)
    stuck = Repair(proposal.after).cannot_stay if problem.budget != Budget() else []
    if stuck:
        raise DataError(
            f"The budget is too small: {stuck[0]} cannot stay in slot {proposal.after.plan.loads[stuck[0]]}.",
            place=f"container {stuck[0]}",
            remedy=remedy,
        )
    return proposal


def _with_those_gone(problem: ReplanProblem, call: VesselCall) -> VesselCall:
    """The changed call with boxes that are gone from the list still on it, but stopped: their slots must be filled."""
    gone = {box for change in problem.known if isinstance(change, ListChanged) for box in change.gone}
    if not gone:
        return call
    loads = [
        replace(box, holds=(*box.holds, "gone from the list")) for box in problem.desk.call.loads if box.id in gone
    ]
    return replace(call, loads=(*call.loads, *loads))


def _as_it_stands(problem: ReplanProblem, call: VesselCall) -> Desk:
    """The plan with what is done as it was done, at times that are still to come, and new boxes ashore."""
    plan, standing = problem.desk.plan, problem.standing
    queues = standing.queues(plan)
    is_late = any(step.start_s < standing.now_s for queue in queues for step in standing.done.steps_to_come(queue))
    if queues != plan.queues or is_late:
        todo = ToDivide.of(call, queues, standing.done)
        queues = todo.queues_of(todo.blocks)
    lifted = {
        box: slot
        for queue in queues
        for step in standing.done.steps_begun(queue)
        if step.kind is StepKind.LOAD
        for box, slot in zip(step.containers, step.positions, strict=True)
    }
    loads = {box: lifted.get(box, slot) for box, slot in plan.loads.items()}
    new = [box for box in call.loads if box.id not in plan.loads and box.id not in plan.refused]
    refused = dict(plan.refused)
    for box in new:
        refused[box.id] = NOT_PLANNED if may_be_loaded(call, box) else ", ".join(box.holds) or "it may not be loaded"
    after = replace(plan, queues=queues, loads=loads, refused=refused)
    return problem.desk.replanned(after, call, standing.done)


def _is_in_outage(desk: Desk) -> bool:
    """Whether a crane has work to come in a time in which it is out."""
    out = {crane.id: crane.outages for crane in desk.call.terminal.quay_cranes if crane.outages}
    return any(
        step.start_s < outage.until_s and step.end_s > outage.from_s
        for queue in desk.plan.queues
        for outage in out.get(queue.crane, ())
        for step in desk.done.steps_to_come(queue)
    )


def _division(problem: ReplanProblem, desk: Desk) -> Division | None:
    """The work to be divided anew, where a crane cannot do its share. Cranes wait for late
    boxes that no other may stand for; slots of the others are mended once cranes have times."""
    if not _is_in_outage(desk):
        return None
    late = without_substitute(desk.call, Repair(desk).fixed)
    todo = ToDivide.of(desk.call, desk.plan.queues, desk.done, orders_bind=True, available_s=late)
    return Division(todo, problem.budget.moves)


def _divided(desk: Desk, division: Division | None, blocks: list[Block]) -> Desk:
    if division is None:
        return desk
    return Desk.of(desk.call, replace(desk.plan, queues=division.todo.queues_of(blocks)), desk.done)


def _repaired(problem: ReplanProblem, desk: Desk, params: Params, *, priced: int = 0, weighs: bool = False) -> Repair:
    repair = Repair(desk, priced, weighs, agreed=problem.desk.plan, budget=problem.budget)
    for _ in range(params.rounds):
        if not repair.is_needed:
            break
        repair = repair.done()
    return repair
