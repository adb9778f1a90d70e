"""What stands beside the quay in a berth chart, on the same time axis: tide, cranes in use, each crane's lane."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil

from cabria.domain.berthing import BerthCase, BerthPlan
from cabria.reports import svg
from cabria.reports.berth_frame import TOP, Frame, span
from cabria.reports.chart import Axis

TIDE_WIDTH, USE_WIDTH, LANE = 64, 96, 13
MOST_BARS = 4_000
"""Cranes in use are counted at no more times than this."""


def tide_column(case: BerthCase, frame: Frame, left: float) -> Iterator[str]:
    yield from _column(frame, left, TIDE_WIDTH, "tide")
    if not case.tide.times_min:
        yield svg.text(left + TIDE_WIDTH / 2, frame.time.start + 14, "none", class_="mid soft")
        return
    x = Axis(min(0, *case.tide.heights_mm), max(case.tide.heights_mm) or 1, left + 4, left + TIDE_WIDTH - 4)
    low, high = round(frame.time.low), round(frame.time.high)
    times = [low, *(time for time in case.tide.times_min if low < time < high), high]
    points = [(left, frame.time.start), *((x(case.tide.height_mm(t)), frame.time(t)) for t in times)]
    points.append((left, frame.time.end))
    words = svg.title(f"{x.low / 1000:.1f} to {x.high / 1000:.1f} m above chart datum")
    joined = " ".join(f"{svg.number(px)},{svg.number(py)}" for px, py in points)
    yield svg.element("polygon", words, points=joined, class_="tide")
    yield svg.text(left + TIDE_WIDTH / 2, frame.time.start - 10, f"to {x.high / 1000:.1f} m", class_="mid soft small")


def _column(frame: Frame, left: float, width: float, name: str) -> Iterator[str]:
    height = frame.time.end - frame.time.start
    yield svg.text(left + width / 2, frame.time.start - 34, name, class_="mid")
    yield svg.element("rect", x=left, y=frame.time.start, width=width, height=height, class_="frame")


def crane_use_column(case: BerthCase, plan: BerthPlan, frame: Frame, left: float) -> Iterator[str]:
    """Cranes at work in each step as a bar, cranes that could work as a line."""
    yield from _column(frame, left, USE_WIDTH, "cranes in use")
    step = case.rules.step_min
    step *= ceil((frame.time.high - frame.time.low) / step / MOST_BARS)
    times = range(round(frame.time.low), round(frame.time.high), step)
    use = _in_use(plan, times, step)
    able = {time: _able(case, time) for time in times}
    most = max([len(case.quay.cranes), 1, *use.values()])
    x = Axis(0, most, left, left + USE_WIDTH)
    yield svg.text(left, frame.time.start - 10, "0", class_="soft small")
    yield svg.text(left + USE_WIDTH, frame.time.start - 10, str(most), class_="end soft small")
    paths: dict[str, list[str]] = {"in-use": [], "too-many": []}
    for time in times:
        if use[time]:
            look = "too-many" if use[time] > able[time] else "in-use"
            height = frame.time(time + step) - frame.time(time)
            paths[look].append(svg.box_path(left, frame.time(time), x(use[time]) - left, height))
    for look, path in paths.items():
        if path:
            yield svg.element("path", d="".join(path), class_=look)
    line = [(x(able[time]), frame.time(at)) for time in times for at in (time, time + step)]
    yield svg.polyline(line, class_="available")


def _in_use(plan: BerthPlan, times: range, step: int) -> Mapping[int, int]:
    use = dict.fromkeys(times, 0)
    for stay in plan.stays:
        for part in stay.work:
            first = times.start + max(0, (part.spell.start_min - times.start) // step) * step
            for time in range(first, min(part.spell.end_min, times.stop), step):
                use[time] += part.cranes
    return use


def _able(case: BerthCase, time: int) -> int:
    if case.is_too_windy_for_cranes(time):
        return 0
    return sum(not crane.is_out(time, time + case.rules.step_min) for crane in case.quay.cranes)


def crane_lanes(case: BerthCase, plan: BerthPlan, frame: Frame, left: float) -> Iterator[str]:
    """A lane for each crane: when it is out, and where it works when the plan names cranes."""
    lanes = {crane.id: left + number * LANE for number, crane in enumerate(case.quay.cranes)}
    if not lanes:
        return
    yield svg.text(left + LANE * len(lanes) / 2, frame.time.start - 34, "each crane", class_="mid")
    for crane in case.quay.cranes:
        x = lanes[crane.id]
        yield svg.element("path", d=f"M{svg.number(x)} {TOP}V{svg.number(frame.time.end)}", class_="lane")
        yield svg.text(
            0, 0, crane.id, class_="small", transform=f"translate({svg.number(x + 9)} {TOP - 4}) rotate(-60)"
        )
        for outage in crane.outages:
            if frame.shows(outage.start_min, outage.end_min):
                _, y, _, height = frame.box(0, 1, outage.start_min, outage.end_min)
                words = svg.title(f"{crane.id} is out, {span(case, outage.start_min, outage.end_min)}")
                yield svg.element("rect", words, x=x + 1, y=y, width=LANE - 2, height=height, class_="outage")
    for stay in plan.stays:
        for part in stay.work:
            _, y, _, height = frame.box(0, 1, part.spell.start_min, part.spell.end_min)
            for name in part.crane_ids:
                if name in lanes:
                    words = svg.title(f"{name} at {stay.ship}")
                    yield svg.element(
                        "rect", words, x=lanes[name] + 3, y=y, width=LANE - 6, height=height, class_="in-use"
                    )
