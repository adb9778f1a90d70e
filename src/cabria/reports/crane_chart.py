"""The crane split of a call as a picture of its own: by bay above, by crane below, with what the colours mean."""

from __future__ import annotations

from collections.abc import Sequence

from cabria.domain.calls import VesselCall
from cabria.domain.terminal import Outage
from cabria.domain.work import WorkQueue
from cabria.reports import svg
from cabria.reports.crane_picture import WIDTH, bay_time_picture, crane_time_picture
from cabria.reports.wording import Clock, duration
from cabria.reports.work_blocks import work_blocks

KEYS = (
    ("k-discharge", "discharge"),
    ("k-load", "load"),
    ("k-dual", "dual cycles"),
    ("k-restow", "restow"),
    ("k-lid", "lids"),
    ("out", "crane out"),
)
TITLE, KEY, GAP = 22, 20, 12
KEY_WIDTH = 96


def crane_chart(call: VesselCall, queues: Sequence[WorkQueue], bound_s: float | None, *, offset_s: int = 0) -> str:
    """An SVG of the queues; `bound_s` is drawn where no plan can end sooner.

    `offset_s` is when the queues' clock begins on that of the cranes' outages, for a ship that comes later.
    """
    clock = Clock(call.start)
    blocks = [block for queue in queues for block in work_blocks(queue, call.vessel)]
    makespan_s = max((queue.end_s for queue in queues), default=0)
    worked = {block.bay for block in blocks}
    bays = [bay.number for bay in call.vessel.bays if bay.number in worked]
    outages = {
        crane.id: [
            Outage(max(0, outage.from_s - offset_s), outage.until_s - offset_s)
            for outage in crane.outages
            if outage.until_s > offset_s
        ]
        for crane in call.terminal.quay_cranes
    }
    top = TITLE + KEY
    parts = [svg.text(2, 15, _title(call, makespan_s, bound_s), class_="crane"), *_keys()]
    for picture in (
        bay_time_picture(bays, blocks, clock, makespan_s, bound_s),
        crane_time_picture([queue.crane for queue in queues], blocks, clock, makespan_s, bound_s, outages),
    ):
        parts.append(svg.moved(picture, 0, top))
        top += svg.height_of(picture) + GAP
    return svg.picture(WIDTH, top, parts, label=f"Crane split of {call.id}", class_="chart")


def _title(call: VesselCall, makespan_s: int, bound_s: float | None) -> str:
    bound = f", no plan can be shorter than {duration(bound_s)}" if bound_s else ""
    return f"{call.vessel.name} {call.voyage}, {call.port}: crane split of {duration(makespan_s)}{bound}"


def _keys() -> list[str]:
    parts = []
    for number, (class_, words) in enumerate(KEYS):
        x = 2 + number * KEY_WIDTH
        parts.append(svg.element("rect", x=x, y=TITLE + 2, width=12, height=10, class_=class_))
        parts.append(svg.text(x + 17, TITLE + 11, words))
    return parts
