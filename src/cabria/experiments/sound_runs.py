"""What is refused before a planned call is run: a layout nobody can work on, a ship and a yard that do not fit."""

from __future__ import annotations

from collections.abc import Iterator

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.findings import Severity
from cabria.domain.layout import Layout
from cabria.domain.plan import LoadingPlan
from cabria.domain.work import OFF_SHIP
from cabria.referee.layout import judge_layout


def refuse_nonsense(call: VesselCall, plan: LoadingPlan, layout: Layout) -> None:
    """Raise DataError that names the place: cranes and blocks the layout lacks, a rule of layouts that is broken, a
    ship longer than the quay, and more boxes in the yard than it has slots."""
    refuse_strangers(call, plan, layout)
    refuse_ground(call, layout)
    _refuse_full_yard(call, plan, layout)


def refuse_ground(call: VesselCall, layout: Layout) -> None:
    """The part of it that can be told before there is a plan. Raises DataError that names the place."""
    _refuse_unsound(layout)
    _refuse_too_long(call, layout)


def refuse_strangers(call: VesselCall, plan: LoadingPlan, layout: Layout) -> None:
    """Raise DataError for cranes and blocks that the layout does not have."""
    cranes = {crane.id for crane in layout.terminal.quay_cranes}
    blocks = {block.id for block in layout.terminal.blocks}
    strangers = [
        *(f"quay crane {queue.crane}" for queue in plan.queues if queue.crane not in cranes),
        *(f"block {name}" for name in sorted({box.position.block for box in call.yard} - blocks)),
    ]
    if strangers:
        raise DataError(
            f"Layout {layout.name} has no {strangers[0]}, which the call and its plan name.",
            remedy="Take the layout of the call's terminal, as `cabria layout around` makes it.",
        )


def _refuse_unsound(layout: Layout) -> None:
    broken = [finding for finding in judge_layout(layout) if finding.severity is Severity.HARD]
    if broken:
        more = f", and {len(broken) - 1} more" if len(broken) > 1 else ""
        raise DataError(
            f"Layout {layout.name} breaks {broken[0].rule}: {broken[0].text}",
            place=broken[0].place,
            remedy=f"`cabria layout check` names this{more}.",
        )


def _refuse_too_long(call: VesselCall, layout: Layout) -> None:
    length_mm, quay_mm = call.vessel.length_mm or 0, layout.terminal.quay_length_mm
    if length_mm > quay_mm:
        raise DataError(
            f"{call.vessel.name} is {length_mm / 1_000:,.1f} m long, the quay of {layout.name} "
            f"{quay_mm / 1_000:,.1f} m.",
            place="quay",
        )


def _refuse_full_yard(call: VesselCall, plan: LoadingPlan, layout: Layout) -> None:
    """By the plan's times, and as if every slot could be used."""
    slots = sum(block.slots for block in layout.terminal.blocks)
    standing = sum(_teu(box.length_ft) for box in call.yard)
    most = standing
    for change in _changes(call, plan):
        standing += change
        most = max(most, standing)
    if most > slots:
        raise DataError(
            f"The yard has {slots:,} slots of 20 ft and should hold boxes of {most:,} TEU while {call.vessel.name} is "
            f"worked: {sum(_teu(box.length_ft) for box in call.yard):,} stand there before.",
            place="yard",
            remedy="Boxes must leave the yard before she comes.",
        )


def _changes(call: VesselCall, plan: LoadingPlan) -> Iterator[int]:
    """TEU that each step of the cranes brings into the yard or takes out of it, in the order of time."""
    length_ft = {box.id: box.length_ft for box in call.loads}
    length_ft |= {stowed.container.id: stowed.container.length_ft for stowed in call.arrival}
    steps = sorted(((step.start_s, step) for queue in plan.queues for step in queue.steps), key=lambda entry: entry[0])
    for _, step in steps:
        teu = sum(_teu(length_ft[ContainerId(box)]) for box in step.containers)
        yield teu if step.kind in OFF_SHIP else -teu


def _teu(length_ft: int) -> int:
    return 1 if length_ft <= 20 else 2
