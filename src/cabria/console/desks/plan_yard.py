"""The yard of a call folder, as columns: what stands there before the plan's first lift."""

from __future__ import annotations

from cabria.console.messages import ground, yard
from cabria.console.yard.outlook import leaving_planned, outlook, tasks_planned
from cabria.console.yard.stock import BoxFacts, Standing, yard_message
from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.plan import LoadingPlan


def planned_yard(call: VesselCall) -> ground.Yard:
    facts = BoxFacts([call])
    facts.take_plugs(box.id for box in call.yard if box.needs_plug)
    standing = [
        Standing(
            box.id, box.position.block, box.position.bay, box.position.row, box.position.tier, box.length_ft,
            box.gross_mass_kg,
        )
        for box in call.yard
    ]  # fmt: skip
    return yard_message(call.terminal.blocks, standing, facts, number=0, now_ms=0)


def planned_outlook(call: VesselCall, plan: LoadingPlan) -> yard.YardOutlook:
    stacks = {name: tuple(box.id for box in stack) for name, stack in call.yard.stacks.items()}
    came_ms: dict[ContainerId, int] = {}
    return outlook(stacks, leaving_planned(call, plan), came_ms, 0)


def planned_tasks(call: VesselCall, plan: LoadingPlan, block: str) -> yard.YardTasks:
    """Raises DataError for a block that the terminal does not have."""
    if block not in {one.id for one in call.terminal.blocks}:
        raise DataError(
            f"{call.terminal.name} has no block {block[:60]}.",
            place="block",
            code="no-such-block",
            values={"block": block[:60]},
        )
    return tasks_planned(call, plan, block)
