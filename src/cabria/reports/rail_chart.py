"""Two cranes on one rail: time to the right, bays upwards, each crane's way a line and each stop a bar on it."""

from __future__ import annotations

from collections.abc import Iterator

from cabria.domain.rail_work import LEFT, RIGHT, RailCase, RailPlan
from cabria.reports import svg
from cabria.reports.chart import Axis, time_ticks

WIDTH, HEIGHT = 1300, 420
LEFT_MARGIN, RIGHT_MARGIN, TOP, FOOT = 44, 16, 64, 30
LOOKS = ("left-crane", "right-crane")
NAMES = ("left crane", "right crane")


def rail_chart(case: RailCase, plan: RailPlan, headline: str) -> str:
    """Hovering over a stop says what is done there; late jobs are red."""
    ends = [task.set_down_at_s + case.jobs[task.job].set_down_s for task in plan.tasks]
    end_s = max(ends, default=60)
    time = Axis(0, end_s, LEFT_MARGIN, WIDTH - RIGHT_MARGIN)
    place = Axis(1, case.bays, TOP + HEIGHT, TOP)
    parts = [svg.text(LEFT_MARGIN, 22, headline, class_="headline"), *_legend(), *_grid(time, place, end_s)]
    for crane in (LEFT, RIGHT):
        points = [(time(point.time_s), place(point.bay)) for point in plan.paths[crane]]
        points.append((time(end_s), points[-1][1]))
        parts.append(svg.polyline(points, class_=f"way {LOOKS[crane]}"))
    parts += _stops(case, plan, time, place)
    label = "Ways of two cranes on one rail"
    return svg.picture(WIDTH, TOP + HEIGHT + FOOT, parts, label=label, class_="rail-chart")


def _legend() -> Iterator[str]:
    for number, (look, name) in enumerate(zip(LOOKS, NAMES, strict=True)):
        x = LEFT_MARGIN + 130 * number
        yield svg.element("path", d=f"M{x} 40h24", class_=f"way {look}")
        yield svg.text(x + 30, 44, name)
    yield svg.element("path", d=f"M{LEFT_MARGIN + 260} 40h24", class_="stop late")
    yield svg.text(LEFT_MARGIN + 290, 44, "late")


def _grid(time: Axis, place: Axis, end_s: int) -> Iterator[str]:
    bottom = TOP + HEIGHT
    for tick in time_ticks(end_s):
        x = time(tick)
        yield svg.element("path", d=f"M{svg.number(x)} {TOP}V{bottom}", class_="hour")
        yield svg.text(x, bottom + 16, f"{tick // 3600}:{tick // 60 % 60:02}", class_="mid soft")
    for bay in place.ticks(8):
        y = place(bay)
        yield svg.element("path", d=f"M{LEFT_MARGIN} {svg.number(y)}H{WIDTH - RIGHT_MARGIN}", class_="hour")
        yield svg.text(LEFT_MARGIN - 6, y + 4, f"{bay:g}", class_="end soft")


def _stops(case: RailCase, plan: RailPlan, time: Axis, place: Axis) -> Iterator[str]:
    for task in plan.tasks:
        job = case.jobs[task.job]
        done_s = task.set_down_at_s + job.set_down_s
        late = " late" if job.due_s is not None and done_s > job.due_s else ""
        for what, bay, start_s, length_s in (
            ("lift", job.source, task.lift_at_s, job.lift_s),
            ("set down", job.target, task.set_down_at_s, job.set_down_s),
        ):
            said = f"job {task.job + 1}: {what} over bay {bay:02} from {start_s} s to {start_s + length_s} s"
            said += f", due {job.due_s} s" if job.due_s is not None else ""
            x, y = time(start_s), place(bay)
            bar = f"M{svg.number(x)} {svg.number(y)}H{svg.number(time(start_s + length_s))}"
            yield svg.element("path", svg.title(said), d=bar, class_=f"stop {LOOKS[task.crane]}{late}")
