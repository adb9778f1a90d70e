"""Why a box stands where it stands: the sisters' cost terms for one box, told to a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from cabria.domain.calls import VesselCall
from cabria.domain.containers import Container, ContainerId
from cabria.domain.errors import DataError
from cabria.domain.plan import LoadingPlan, Reason
from cabria.domain.told import Told, told
from cabria.domain.work import YardMove
from cabria.planning.stowage.explain import explain, explain_all, said_of
from cabria.planning.stowage.problem import StowageProblem


def reasons(call: VesselCall, plan: LoadingPlan) -> Mapping[ContainerId, Reason]:
    """Cost terms of every load and restow in minutes, its digs in the yard included; no alternatives."""
    digs = Counter(move.needed_for for move in plan.yard_moves if move.is_dig)
    dig_min = call.settings.dig_min
    return {
        box: replace(reason, terms={**reason.terms, "digs": dig_min * digs[box]}) if digs[box] else reason
        for box, reason in explain_all(StowageProblem.of(call), plan).items()
    }


def explain_text(call: VesselCall, plan: LoadingPlan, number: str, others: Sequence[str] = ()) -> str:
    """Lines about one box: what happens to it, what that costs, and the best three other slots with theirs.

    `others` are lines about other places, instead of those that only the stowage is asked for.

    Raises DataError for a box that neither stands aboard nor is to be loaded.
    """
    box = ContainerId(number)
    aboard = call.arrival.by_container.get(box)
    if aboard is None and box not in call.load_by_id:
        raise DataError(f"Container {number} is neither aboard on arrival nor on the load list of call {call.id}.")
    heads = [one.text for one in happens(call, plan, box)]
    if box in plan.loads or box in plan.restows:
        return "\n".join((*heads, *_placed(call, plan, box, others)))
    return "\n".join(heads)


def happens(call: VesselCall, plan: LoadingPlan, box: ContainerId) -> Iterator[Told]:
    """What the plan does with a box, and where in the yard it stands."""
    aboard, worked = call.arrival.by_container.get(box), _by_crane(plan, box)
    if box in plan.loads:
        text = "{box} ({description}) is loaded to slot {slot}{worked}."
        does = _described(call.load_by_id.get(box) or call.arrival.by_container[box].container)
        yield told(text, "box-loaded", box=box, description=does, slot=plan.loads[box], worked=worked)
    elif box in plan.restows and aboard is not None:
        text, does = (
            "{box} ({description}) is restowed from slot {slot} to {now}{worked}.",
            _described(aboard.container),
        )
        old, new = aboard.position, plan.restows[box]
        yield told(text, "box-restowed", box=box, description=does, slot=old, now=new, worked=worked)
    elif box in plan.refused:
        yield told("{box} is refused: {why}.", "box-refused", box=box, why=plan.refused[box])
    elif aboard is None:
        yield told("{box} is on the load list, but the plan neither loads nor refuses it.", "box-unanswered", box=box)
    elif aboard.container.pod == call.port:
        text = "{box} is discharged from slot {slot}{worked}."
        yield told(text, "box-discharged", box=box, slot=aboard.position, worked=worked)
    else:
        text = "{box} stays aboard in slot {slot}; nothing had to move it."
        yield told(text, "box-stays", box=box, slot=aboard.position)
    standing = call.yard.by_container.get(box)
    if standing is None or box not in plan.loads:
        return
    digs = ", ".join(move.container for move in _digs(plan, box))
    if digs:
        text = "In the yard it stands at {place}; {boxes} must be moved away first."
        yield told(text, "in-yard-under", place=standing.position, boxes=digs)
    else:
        yield told("In the yard it stands at {place}.", "in-yard", place=standing.position)


def why_there(call: VesselCall, plan: LoadingPlan, box: ContainerId) -> tuple[Told, ...]:
    """What the plan does with a box, and what speaks for its slot."""
    is_placed = box in plan.loads or box in plan.restows
    return (*happens(call, plan, box), *(said_of(StowageProblem.of(call), plan, box) if is_placed else ()))


def _described(container: Container) -> str:
    return f"{container.size_type}, {container.gross_mass_kg / 1_000:.1f} t, to {container.pod}"


def _digs(plan: LoadingPlan, box: ContainerId) -> list[YardMove]:
    return [move for move in plan.yard_moves if move.is_dig and move.needed_for == box]


def _placed(call: VesselCall, plan: LoadingPlan, box: ContainerId, others: Sequence[str]) -> Iterator[str]:
    reason = explain(StowageProblem.of(call), plan, box)
    if reason.text:
        yield reason.text
    terms = {**reason.terms, "digs": call.settings.dig_min * len(_digs(plan, box))}
    told = [f"  {minutes:8.1f} min  {name}" for name, minutes in terms.items() if minutes]
    if told:
        yield "What it costs here:"
    yield from told
    if others:
        yield from others
        return
    if reason.alternatives:
        yield "The best other slots:"
    for slot, minutes, forbidden in reason.alternatives:
        yield f"  {slot}  forbidden: {forbidden}" if forbidden else f"  {slot}  {minutes:+8.1f} min"


def _by_crane(plan: LoadingPlan, box: ContainerId) -> str:
    for queue in plan.queues:
        for number, step in enumerate(queue.steps, 1):
            if box in step.containers:
                hours, rest = divmod(step.start_s, 3_600)
                return f" by {queue.crane}, step {number}, {hours}:{rest // 60:02} h after the start"
    return ""
