"""Re-planning at the desk: asked, proposed, looked at, taken or dropped. A proposal lies in the plan's folder, as
`cabria replan` leaves it, and is gone when the plan is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from cabria.adapters.files.plan_log import read_proposal, write_proposal
from cabria.bootstrap.plans import PROPOSAL
from cabria.console.desks.asked_edits import box_named
from cabria.console.desks.made import Hear
from cabria.console.desks.open_plan import OpenPlan, price_message
from cabria.console.desks.plan_picture import slot_number
from cabria.console.http.problems import refusal
from cabria.console.messages import replanning as m
from cabria.console.messages.ship import Difference, PlanNews
from cabria.domain import told as words
from cabria.domain.call_changes import BoxLate, CallChange, CraneDown, FoundAt, ShutOut
from cabria.domain.containers import Port
from cabria.domain.edits import PlanLogEntry, Replan
from cabria.domain.errors import DataError
from cabria.domain.positions import YardPosition
from cabria.domain.run_events import RunEvent, ShipBerthed
from cabria.domain.wishes import Cargo, Forbid, ShipPart
from cabria.planning.loading.replanning.problem import ReplanProblem
from cabria.planning.loading.replanning.selection import Selection, replan_selection
from cabria.planning.loading.replanning.solve import Proposal, solve
from cabria.planning.loading.replanning.standing import (
    Standing,
    as_known,
    by_plan,
    by_run,
    on_plans_clock,
)
from cabria.planning.search.stopping import StoppingCriterion
from cabria.referee.replanning import Budget, changed_boxes, changed_moves
from cabria.reports.edits import proposal_text

STAYS = "Nothing changes: the plan stays as it is."


def propose(
    plan: OpenPlan, asked: m.AskReplan, by: str, stop: StoppingCriterion, lifts: Sequence[RunEvent] = ()
) -> str:
    """Make another plan and keep it as a proposal; returns it in a line. `lifts` are what a terminal's log says of
    ships and lifts, where the plan is worked. Raises DataError where none may be taken."""
    plan.refuse_unplanned()
    proposal = _made(plan, asked, stop, lifts)
    if proposal.is_empty:
        _file(plan.folder).unlink(missing_ok=True)
        return STAYS
    if proposal.wrong:
        raise DataError(f"No plan was found that may be taken. {proposal.wrong[0]}", code="no-plan-found")
    entry = plan.entry(proposal.edit, by, proposal.price.minutes)
    write_proposal(entry, _file(plan.folder), call_id=plan.planned.call.id, after=len(plan.log))
    return proposal_text(proposal).partition("\n")[0]


def _made(plan: OpenPlan, asked: m.AskReplan, stop: StoppingCriterion, lifts: Sequence[RunEvent]) -> Proposal:
    desk = plan.desk
    known = tuple(_known(asked))
    if asked.selection is not None:
        if known or asked.now_s is not None or asked.from_work:
            raise DataError(
                "A selection is chosen anew by itself, with nothing else.",
                place="body.selection",
                code="selection-by-itself",
            )
        said = asked.selection
        selection = Selection(
            tuple(map(ShipPart.parse, said.parts)),
            tuple(Port(pod.strip().upper()) for pod in said.pods),
            tuple(said.cranes),
            tuple(map(box_named, said.boxes)),
        )
        return replan_selection(desk, selection, stop, seed=asked.seed)
    standing = _as_worked(plan, lifts) if asked.from_work else _as_planned(plan, asked.now_s)
    down = tuple(_down(out, standing.now_s) for out in asked.cranes_out)
    problem = ReplanProblem(desk, (*known, *down), standing, Budget(asked.changes, asked.moves))
    return solve(problem, stop, seed=asked.seed)


def _as_planned(plan: OpenPlan, now_s: int | None) -> Standing:
    desk = plan.desk
    return as_known(desk.plan, desk.done) if now_s is None else by_plan(desk.plan, now_s)


def _as_worked(plan: OpenPlan, lifts: Sequence[RunEvent]) -> Standing:
    call = plan.desk.call
    if not any(isinstance(event, ShipBerthed) and event.call == call.id for event in lifts):
        raise DataError(f"call {call.id} is not at the quay", code="call-not-worked", values={"call": call.id})
    found = on_plans_clock(plan.desk.plan, by_run(call, plan.desk.plan, lifts))
    return replace(found, now_s=max(found.now_s, plan.desk.done.now_s))


def _known(asked: m.AskReplan) -> Iterator[CallChange]:
    yield from (BoxLate(box_named(late.box), late.ready_s) for late in asked.late)
    yield from (ShutOut(box_named(box)) for box in asked.shut_out)
    yield from (FoundAt(box_named(found.box), YardPosition.parse(found.place)) for found in asked.found)
    for refused in asked.refused:
        yield Forbid(ShipPart.parse(refused.slot), Cargo(container=box_named(refused.box)), "refused on board")


def _down(out: m.CraneOut, now_s: int) -> CraneDown:
    if out.until_s is not None and out.until_s <= now_s:
        raise DataError(
            f"{out.crane} would be back before it is out.",
            place="body.cranes_out",
            code="back-before-out",
            values={"crane": out.crane},
        )
    return CraneDown(out.crane, now_s, out.until_s)


def proposal(plan: OpenPlan) -> m.Proposal:
    """What is proposed for the plan as it is now. Raises ProblemError 404 where nothing is."""
    entry, edit = _read(plan)
    before, after = plan.desk, plan.desk.with_edits((edit,))
    price = before.difference(after)
    moves = Counter(changed_moves(before.plan, after.plan).values())
    return m.Proposal(
        plan=plan.folder.name,
        revision=plan.revision,
        title=edit.title,
        by=entry.by,
        at=entry.at.isoformat(),
        minutes=price.minutes,
        boxes=[
            Difference(box=box, one=slot_number(before.plan.loads.get(box)), other=slot_number(slot))
            for box, slot in sorted(changed_boxes(after.call, before.plan, after.plan).items())
        ],
        lifted_by=dict(sorted(moves.items())),
        price=price_message(price),
    )


def take(plan: OpenPlan, by: str, revision: str) -> PlanNews:
    """A person signs: it becomes the plan."""
    plan.refuse_other(revision)
    return plan.taken(plan.folder.name, _read(plan)[1], by)


def drop(plan: OpenPlan) -> None:
    """Throw it away. Raises ProblemError 404 where nothing is proposed."""
    if not _file(plan.folder).exists():
        raise refusal(404, "no-proposal", "Nothing is proposed for this plan.")
    _file(plan.folder).unlink()


def told(stop: Callable[[], bool], hear: Hear) -> StoppingCriterion:
    """Ends a search when a person says so, and tells how good it is."""

    def criterion(iterations: int, best_cost: float) -> str:
        hear("re-planning", None, words.told("{tries:,} tries", "tries", tries=iterations))
        return "stopped" if stop() else ""

    return criterion


def _read(plan: OpenPlan) -> tuple[PlanLogEntry, Replan]:
    file = _file(plan.folder)
    if not file.exists():
        raise refusal(404, "no-proposal", "Nothing is proposed for this plan.")
    entry = read_proposal(file, call_id=plan.planned.call.id, after=len(plan.log))
    if not isinstance(entry.what, Replan):
        raise DataError("This proposes no other plan.", file=str(file))
    return entry, entry.what


def _file(folder: Path) -> Path:
    return folder / PROPOSAL
