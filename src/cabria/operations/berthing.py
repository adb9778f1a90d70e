"""Whether a plan's cranes have room on the rail: a call whose work would stand still is refused before it begins."""

from __future__ import annotations

from cabria.domain.calls import VesselCall
from cabria.domain.errors import DataError
from cabria.domain.plan import LoadingPlan
from cabria.operations.board import Board, CallState
from cabria.operations.rails import Rail, Stretch


def refuse_without_room(board: Board, call: VesselCall, plan: LoadingPlan) -> None:
    """Raise DataError for a crane that is not there, is at another ship, or cannot stand over one of its bays.

    All cranes of the quay share its rail, those without work too: they give way, but need room to stand.
    """
    rail, state = board.quay_rail, CallState(call, plan)
    for queue in plan.queues:
        if queue.crane not in rail.cranes:
            raise DataError(
                f"The plan of call {call.id} has work for quay crane {queue.crane}, which the terminal does not have.",
                place=queue.crane,
            )
        other = board.quay_cranes[queue.crane]
        if queue.steps and other.next < len(other.steps):
            raise DataError(f"{queue.crane} still works call {other.call}.", place=queue.crane)
        number = rail.cranes.index(queue.crane)
        for bay in sorted({step.bay for step in queue.steps}):
            if not rail.reach[number].holds(Stretch.over(state.x_mm(bay))):
                raise _no_room(board, rail, number, call, bay, state.x_mm(bay))


def _no_room(board: Board, rail: Rail, number: int, call: VesselCall, bay: int, x_mm: int) -> DataError:
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
    )
