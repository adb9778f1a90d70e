"""Queues of quay cranes as messages."""

from __future__ import annotations

from cabria.console.desks.plan_picture import crane_apart, slot_number
from cabria.console.messages import queues as m
from cabria.domain.terminal import Terminal
from cabria.operations.running import Picture, QuayCranePicture


def queues_picture(terminal: Terminal, picture: Picture, number: int) -> m.LiveQueues:
    """Those that have steps."""
    return m.LiveQueues(
        number=number,
        now_ms=picture.now_ms,
        crane_apart=crane_apart(terminal),
        queues=[_queue(crane) for crane in picture.quay_cranes.values() if crane.queue],
    )


def _queue(crane: QuayCranePicture) -> m.CraneQueue:
    steps = crane.queue
    return m.CraneQueue(
        crane=crane.id,
        call=crane.call,
        held=crane.held,
        started_ms=crane.started_ms,
        done=crane.done,
        released=crane.released,
        kind=[step.kind for step in steps],
        bay=[step.bay for step in steps],
        start_s=[step.start_s for step in steps],
        end_s=[step.end_s for step in steps],
        boxes=[list(step.containers) for step in steps],
        slot=[list(map(slot_number, step.positions)) for step in steps],
        lid=[step.lid for step in steps],
    )
