"""Why a box stands where it stands: the sisters' cost terms for one box, told to a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.plan import LoadingPlan, Reason
from cabria.planning.stowage.explain import explain, explain_all
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
    if box in plan.loads or box in plan.restows:
        return "\n".join(_placed(call, plan, box, others))
    if box in plan.refused:
        return f"{box} is refused: {plan.refused[box]}."
    if aboard is None:
        return f"{box} is on the load list, but the plan neither loads nor refuses it."
    if aboard.container.pod == call.port:
        return f"{box} is discharged from slot {aboard.position}{_by_crane(plan, box)}."
    return f"{box} stays aboard in slot {aboard.position}; nothing had to move it."


def _placed(call: VesselCall, plan: LoadingPlan, box: ContainerId, others: Sequence[str]) -> Iterator[str]:
    container = call.load_by_id.get(box) or call.arrival.by_container[box].container
    kind = f"{container.size_type}, {container.gross_mass_kg / 1_000:.1f} t, to {container.pod}"
    if box in plan.loads:
        yield f"{box} ({kind}) is loaded to slot {plan.loads[box]}{_by_crane(plan, box)}."
    else:
        old = call.arrival.by_container[box].position
        yield f"{box} ({kind}) is restowed from slot {old} to {plan.restows[box]}{_by_crane(plan, box)}."
    digs = [move for move in plan.yard_moves if move.is_dig and move.needed_for == box]
    if standing := call.yard.by_container.get(box):
        away = f"; {', '.join(move.container for move in digs)} must be moved away first" if digs else ""
        yield f"In the yard it stands at {standing.position}{away}."
    reason = explain(StowageProblem.of(call), plan, box)
    if reason.text:
        yield reason.text
    terms = {**reason.terms, "digs": call.settings.dig_min * len(digs)}
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
