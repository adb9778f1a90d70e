"""The crane split: bays against time, a coloured bar for each block of work, a name where a crane begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from cabria.domain.terminal import Outage
from cabria.domain.vessel import Level
from cabria.domain.work import StepKind
from cabria.reports import svg
from cabria.reports.chart import Axis, time_ticks
from cabria.reports.wording import Clock
from cabria.reports.work_blocks import Mixed, WorkBlock

WIDTH = 1200
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 26, 14
ROW = 22
LEVEL_BARS: Mapping[Level | None, tuple[int, int]] = {Level.DECK: (2, 9), Level.HOLD: (12, 9), None: (2, 19)}
"""Top and height of a bar within its bay's row; lids take the whole row."""
NAME_LINES: Mapping[Level | None, int] = {Level.DECK: 20, Level.HOLD: 9, None: 9}
"""A crane's name stands in the half of the row that its first bar leaves free."""
KIND_CLASS = {
    StepKind.DISCHARGE: "k-discharge",
    StepKind.LOAD: "k-load",
    StepKind.LID_OFF: "k-lid",
    StepKind.LID_ON: "k-lid",
    StepKind.RESTOW_OFF: "k-restow",
    StepKind.RESTOW_ON: "k-restow",
    Mixed.DUAL: "k-dual",
}


def in_words(block: WorkBlock, clock: Clock) -> str:
    where = f"bay {block.bay:02}{f' {block.level}' if block.level else ''}"
    what = f"{block.kind}, {block.containers} boxes" if block.containers else f"{block.kind} {', '.join(block.lids)}"
    return f"{block.crane}: {where}, {what}, {clock(block.start_s)} to {clock(block.end_s)}"


def bay_time_picture(
    bays: Sequence[int],
    blocks: Iterable[WorkBlock],
    clock: Clock,
    makespan_s: int,
    bound_s: float | None,
) -> str:
    """Bays from the bow down, deck above hold within each; time from left to right."""
    blocks = list(blocks)
    rows = {bay: TOP + index * ROW for index, bay in enumerate(bays)}
    parts = [svg.text(LEFT - 6, y + 15, f"{bay:02}", class_="end") for bay, y in rows.items()]
    parts += [svg.element("path", d=f"M{LEFT} {y}H{WIDTH - RIGHT}", class_="grid") for y in rows.values()]
    x, bottom = _time_axis(parts, TOP + len(bays) * ROW, makespan_s, clock)
    previous: dict[str, int] = {}
    names: list[str] = []
    for block in blocks:
        y = rows.get(block.bay)
        if y is None:
            continue
        upper, height = LEVEL_BARS[block.level]
        parts.append(_bar(x, block, y + upper, height, clock))
        if previous.get(block.crane) != block.bay:
            names.append(svg.text(x(block.start_s) + 2, y + NAME_LINES[block.level], block.crane, class_="crane"))
        previous[block.crane] = block.bay
    parts += names
    parts += _end_lines(x, bottom, makespan_s, bound_s)
    return svg.picture(WIDTH, bottom + BOTTOM, parts, label="Work of the quay cranes by bay and time", class_="chart")


def crane_time_picture(
    cranes: Sequence[str],
    blocks: Iterable[WorkBlock],
    clock: Clock,
    makespan_s: int,
    bound_s: float | None,
    outages: Mapping[str, Sequence[Outage]] = MappingProxyType({}),
) -> str:
    """One line per crane, the bay written where there is room; grey behind where the crane is out."""
    rows = {crane: TOP + index * 30 for index, crane in enumerate(cranes)}
    parts = [svg.text(2, y + 18, crane) for crane, y in rows.items()]
    x, bottom = _time_axis(parts, TOP + len(cranes) * 30, makespan_s, clock)
    parts += [
        _outage(x, crane, outage, y, makespan_s, clock)
        for crane, y in rows.items()
        for outage in outages.get(crane, ())
        if outage.from_s < makespan_s
    ]
    stint: dict[str, tuple[int, int]] = {}
    names: list[str] = []
    for block in blocks:
        y = rows[block.crane]
        parts.append(_bar(x, block, y + 8, 18, clock))
        bay, room_from = stint.get(block.crane, (-1, -1))
        if block.bay != bay:
            at = x(block.start_s)
            if at >= room_from:
                names.append(svg.text(at + 1, y + 6, f"{block.bay:02}", class_="small"))
                room_from = int(at) + 14
            stint[block.crane] = (block.bay, room_from)
    parts += names
    parts += _end_lines(x, bottom, makespan_s, bound_s)
    return svg.picture(WIDTH, bottom + BOTTOM, parts, label="Work of each quay crane over time", class_="chart")


def _time_axis(parts: list[str], bottom: int, makespan_s: int, clock: Clock) -> tuple[Axis, int]:
    ticks = time_ticks(makespan_s)
    x = Axis(0, max(1, makespan_s), LEFT, WIDTH - RIGHT)
    for tick in ticks:
        parts.append(svg.element("path", d=f"M{x(tick):.1f} {TOP - 4}V{bottom}", class_="grid"))
        parts.append(svg.text(x(tick), TOP - 10, clock(tick), class_="mid"))
    return x, bottom


def _bar(x: Axis, block: WorkBlock, y: float, height: float, clock: Clock) -> str:
    left = x(block.start_s)
    width = max(0.8, x(block.end_s) - left)
    words = svg.title(in_words(block, clock))
    return svg.element("rect", words, x=left, y=y, width=width, height=height, class_=KIND_CLASS[block.kind])


def _outage(x: Axis, crane: str, outage: Outage, y: float, makespan_s: int, clock: Clock) -> str:
    words = svg.title(f"{crane} is out, {clock(outage.from_s)} to {clock(outage.until_s)}")
    left = x(outage.from_s)
    width = x(min(outage.until_s, makespan_s)) - left
    return svg.element("rect", words, x=left, y=y + 2, width=width, height=26, class_="out")


def _end_lines(x: Axis, bottom: int, makespan_s: int, bound_s: float | None) -> list[str]:
    lines = [("makespan", makespan_s), *([("bound", bound_s)] if bound_s else [])]
    return [
        svg.element("path", svg.title(name), d=f"M{x(at):.1f} {TOP - 4}V{bottom + 4}", class_=f"end-{name}")
        for name, at in lines
    ]
