"""Where the metres of a quay and the minutes of a berth plan are on paper, and how their times are told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor

from cabria.domain.berthing import BerthCase, BerthPlan
from cabria.reports.chart import Axis

LEFT, TOP = 96, 74
PX_PER_M = 0.62
QUAY_WIDTH = (900, 2_800)
PX_PER_HOUR = (3.6, 8.0)
HEIGHT_OF_WIDTH = 0.42
"""A wide quay gets a higher chart, within `PX_PER_HOUR`."""
MOST_HEIGHT = 9_000
"""More days than fit are drawn closer."""
DAY_MIN = 1_440


@dataclass(frozen=True, slots=True)
class Frame:
    """`quay` maps metres to pixels from the left, `time` minutes to pixels from the top."""

    quay: Axis
    time: Axis

    def box(
        self, left_mm: float, right_mm: float, start_min: float, end_min: float
    ) -> tuple[float, float, float, float]:
        """Left, top, width and height, cut to the frame."""
        x = [_within(self.quay, self.quay(mm / 1000)) for mm in (left_mm, right_mm)]
        y = [_within(self.time, self.time(minute)) for minute in (start_min, end_min)]
        return x[0], y[0], x[1] - x[0], y[1] - y[0]

    def shows(self, start_min: int, end_min: int) -> bool:
        return start_min < self.time.high and self.time.low < end_min


def _within(axis: Axis, at: float) -> float:
    return max(axis.start, min(axis.end, at))


def frame_of(case: BerthCase, plan: BerthPlan) -> Frame:
    """The whole quay, and more where a ship lies beyond its ends; the days from the first to the last event."""
    etas = [ship.eta.planned_min for ship in case.ships]
    first = min([0, *etas, *(stay.start_min for stay in plan.stays)])
    last = max([DAY_MIN, *etas, *(stay.end_min for stay in plan.stays)])
    low, high = DAY_MIN * floor(first / DAY_MIN), DAY_MIN * ceil(last / DAY_MIN)
    ends = [
        end / 1000
        for stay in plan.stays
        if (ship := case.ship_of.get(stay.ship))
        for end in (stay.position_mm, stay.position_mm + ship.length_mm)
    ]
    left_m, right_m = min([0.0, *ends]), max([case.quay.length_mm / 1000, *ends])
    width = min(max(QUAY_WIDTH[0], (right_m - left_m) * PX_PER_M), QUAY_WIDTH[1])
    hours = (high - low) / 60
    height = hours * min(max(PX_PER_HOUR[0], HEIGHT_OF_WIDTH * width / hours), PX_PER_HOUR[1])
    return Frame(Axis(left_m, right_m, LEFT, LEFT + width), Axis(low, high, TOP, TOP + min(height, MOST_HEIGHT)))


def moment(case: BerthCase, at_min: int) -> datetime | None:
    """The plan's time as a date, when the case says when it begins."""
    try:
        return datetime.fromisoformat(case.beginning) + timedelta(minutes=at_min)
    except (ValueError, OverflowError):
        return None


def clock(case: BerthCase, at_min: int) -> str:
    """A time of the plan as day and local time, or as hours from minute 0 when the case does not say when that is."""
    date = moment(case, at_min)
    if date is not None:
        return f"{date:%a %d %H:%M}"
    hours, minutes = divmod(at_min, 60)
    return f"{hours} h" if not minutes else f"{hours}:{minutes:02} h"


def span(case: BerthCase, start_min: int, end_min: int) -> str:
    """From when to when, as `clock` tells times."""
    return f"{clock(case, start_min)} to {clock(case, end_min)}"
