"""Whether a plan's cranes have room on the rail: a call whose work would stand still is refused before it begins."""

from __future__ import annotations

from dataclasses import replace

from cabria.domain.calls import VesselCall
from cabria.domain.errors import DataError
from cabria.domain.layout import Layout
from cabria.domain.plan import LoadingPlan
from cabria.operations.board import Board, CallState
from cabria.operations.rails import Rail, Stretch, quay_rail


def refuse_without_room(board: Board, call: VesselCall, plan: LoadingPlan) -> None:
    """Raise DataError for a call that is under way, for a box aboard that is ashore already, and for a crane that
    is not there, is at another ship, or cannot stand over one of its bays.

    All cranes of the quay share its rail, those without work too: they give way, but need room to stand.
    """
    if call.id in board.calls:
        raise DataError(f"Call {call.id} is under way.", place=call.id, code="call-under-way", values={"call": call.id})
    for box, slot in call.arrival:
        if box.id in board.boxes:
            stands = str(board.boxes[box.id])
            raise DataError(
                f"{box.id} comes aboard in slot {slot} and stands at {stands}.",
                place=box.id,
                code="box-ashore",
                values={"box": box.id, "slot": str(slot), "place": stands},
            )
    rail, state = board.quay_rail, CallState(call, plan)
    for queue in plan.queues:
        if queue.crane not in rail.cranes:
            raise DataError(
                f"The plan of call {call.id} has work for quay crane {queue.crane}, which the terminal does not have.",
                place=queue.crane,
                code="no-such-crane-of-plan",
                values={"call": call.id, "crane": queue.crane},
            )
        other = board.quay_cranes[queue.crane]
        if queue.steps and other.next < len(other.steps):
            raise DataError(
                f"{queue.crane} still works call {other.call}.",
                place=queue.crane,
                code="crane-at-another-call",
                values={"crane": queue.crane, "call": other.call},
            )
        number = rail.cranes.index(queue.crane)
        for bay in sorted({step.bay for step in queue.steps}):
            if not rail.reach[number].holds(Stretch.over(state.x_mm(bay))):
                raise no_room(board, rail, number, call, bay, state.x_mm(bay))


def no_room(board: Board, rail: Rail, number: int, call: VesselCall, bay: int, x_mm: int) -> DataError:
    crane, reach, whole = rail.cranes[number], rail.reach[number], board.layout.rail
    beside = rail.cranes[:number] if x_mm < reach.from_mm else rail.cranes[number + 1 :]
    if not whole.from_mm <= x_mm <= whole.until_mm or not beside:
        why = f"its rail leads from {whole.from_mm / 1_000:,.1f} to {whole.until_mm / 1_000:,.1f} m"
    else:
        names = ", ".join(beside)
        why = f"with {names} beside it on the rail it comes from {reach.from_mm / 1_000:,.1f} to " \
              f"{reach.until_mm / 1_000:,.1f} m only"  # fmt: skip
    return DataError(
        f"{crane} cannot stand over bay {bay:02} of {call.vessel.name}, {x_mm / 1_000:,.1f} m along the quay: {why}.",
        place=f"bay {bay:02}",
        remedy="Berth her elsewhere (berth_x_mm in call.toml), or give the bay to another crane.",
        code="no-room-on-rail",
        values={"crane": crane, "bay": bay, "vessel": call.vessel.name, "at_mm": x_mm},
    )


def standing_ready(layout: Layout, call: VesselCall, plan: LoadingPlan) -> Layout:
    """The layout with each quay crane of the plan at its first bay, as before a ship berths; others as near to where
    they stood as these leave them room. Where two would be too near, the one that begins first has the place."""
    state, rail = CallState(call, plan), quay_rail(layout)
    x_mm = {crane.id: crane.x_mm for crane in layout.terminal.quay_cranes}
    fixed = {crane.id for crane in layout.terminal.quay_cranes if crane.travels_from_x}
    begins = {queue.crane: queue.steps[0] for queue in plan.queues if queue.steps and queue.crane not in fixed}
    x_mm |= {name: state.x_mm(step.bay) for name, step in begins.items()}
    placed: list[Stretch | None] = [Stretch.over(x_mm[name]) if name in fixed else None for name in rail.cranes]
    order = sorted(begins, key=lambda name: (begins[name].start_s, rail.cranes.index(name)))
    for name in (*order, *(name for name in rail.cranes if name not in begins and name not in fixed)):
        number = rail.cranes.index(name)
        room = rail.reach_beside(placed)[number]
        x_mm[name] = min(max(x_mm[name], room.from_mm), room.until_mm)
        placed[number] = Stretch.over(x_mm[name])
    cranes = tuple(replace(crane, x_mm=x_mm[crane.id]) for crane in layout.terminal.quay_cranes)
    return replace(layout, terminal=replace(layout.terminal, quay_cranes=cranes))
