"""What cost quay cranes most time, ranked: the three things worth changing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cabria.referee.run_figures import RunFigures
from cabria.reports.morning.progress import OUT, OWN_WORK, STANDS_STILL, WIND, CraneHour

MINUTE_MS = 60_000
LEAST_MIN = 5.0
"""Of all cranes together; less is not worth a sentence."""


@dataclass(frozen=True, slots=True)
class Loss:
    """Minutes of quay cranes that went into one cause; `crane` lost most of them, `by_crane` says how many each."""

    cause: str
    minutes: float
    crane: str
    by_crane: Mapping[str, float]


def losses_of(figures: RunFigures, hours: Sequence[CraneHour]) -> list[Loss]:
    """The dearest first. Waiting is cut by what became of the box meanwhile, as the referee cuts it; that of a crane
    out of service is its stop, which the hours have with its reason."""
    lost_ms: dict[str, Counter[str]] = {}
    with_hours = {hour.crane for hour in hours}
    for crane in figures.quay_cranes:
        for leg, ms in crane.leg_ms.items():
            if leg != STANDS_STILL:
                _add(lost_ms, str(leg), crane.crane, ms)
            elif crane.crane not in with_hours:
                _add(lost_ms, OUT, crane.crane, ms)
    for hour in hours:
        for cause in (OUT, WIND):
            _add(lost_ms, cause, hour.crane, hour.why.get(cause, 0))
    for crane_name, ms in _own_work_ms(hours).items():
        _add(lost_ms, OWN_WORK, crane_name, ms)
    found = [
        Loss(
            cause,
            sum(by.values()) / MINUTE_MS,
            by.most_common(1)[0][0],
            {crane: ms / MINUTE_MS for crane, ms in by.most_common()},
        )
        for cause, by in lost_ms.items()
    ]
    return sorted((loss for loss in found if loss.minutes >= LEAST_MIN), key=lambda loss: (-loss.minutes, loss.cause))


def _add(lost_ms: dict[str, Counter[str]], cause: str, crane: str, ms: int) -> None:
    if ms > 0:
        lost_ms.setdefault(cause, Counter())[crane] += ms


def _own_work_ms(hours: Sequence[CraneHour]) -> Counter[str]:
    """By how much each crane is later than by waiting and repair alone; what it caught up is taken off."""
    own: Counter[str] = Counter()
    for hour in hours:
        own[hour.crane] += hour.late_ms - sum(ms for cause, ms in hour.why.items() if cause != OWN_WORK)
    return own
