"""A made history of a yard, and what a forecast learned from it is worth: log loss, calibration, rehandles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from cabria.experiments.slot_choice import BlockWeeks, Visit, stack_up
from cabria.planning.yard.forecast.problem import ForecastProblem, YardVisit
from cabria.planning.yard.forecast.solve import USUAL, Forecaster, Params, solve
from cabria.planning.yard.slots.departures import Departure
from cabria.planning.yard.slots.stacking import LeastRehandles

HOUR_S, DAY_S = 3_600, 86_400
LINES = {"SLOW": 6.0, "USUAL": 4.0, "FAST": 2.5}
"""Lines and the days their import boxes usually stand."""
SERVICES = {"NORTH": 2, "SOUTH": 4, "COAST": 6}
"""Services and the weekday of their vessel."""


def make_history(boxes: int, seed: int, *, is_noise: bool = False) -> tuple[YardVisit, ...]:
    """Imports fetched by truck on working days, some by appointment, some held; exports that wait for their vessel.

    With `is_noise` nothing known on arrival has to do with the stay.
    """
    random = Random(seed)
    visits: list[YardVisit] = []
    now_s = 0.0
    for _ in range(boxes):
        now_s += random.expovariate(boxes / (60 * DAY_S))
        visit = _export(int(now_s), random) if random.random() < 0.5 else _import(int(now_s), random)
        visits.append(visit)
    if is_noise:
        stays = [visit.stay_s for visit in visits]
        random.shuffle(stays)
        visits = [
            YardVisit(v.arrived_s, v.arrived_s + stay, v.length_ft, v.mass_kg, v.kind, v.comes_by, v.leaves_by, v.line)
            for v, stay in zip(visits, stays, strict=True)
        ]
    return tuple(visits)


def _export(arrived_s: int, random: Random) -> YardVisit:
    service = random.choice(list(SERVICES))
    week_s = arrived_s - arrived_s % (7 * DAY_S) + SERVICES[service] * DAY_S
    while week_s < arrived_s + 12 * HOUR_S:
        week_s += 7 * DAY_S
    left_s = max(arrived_s, round(week_s + random.gauss(6, 10) * HOUR_S))
    return YardVisit(
        arrived_s, left_s, random.choice((20, 40)), random.randrange(4_000, 30_000), "dry", "truck", "vessel",
        random.choice(list(LINES)), service, random.choice(("CNSHA", "MXZLO")), vessel_due_s=week_s,
    )  # fmt: skip


def _import(arrived_s: int, random: Random) -> YardVisit:
    line = random.choice(list(LINES))
    has_hold = random.random() < 0.1
    stay_days = random.lognormvariate(0, 0.5) * LINES[line] + (random.uniform(2, 6) if has_hold else 0)
    left_s = _working_time(arrived_s + round(stay_days * DAY_S), random)
    is_booked = random.random() < 0.3
    booked_s = round(left_s + random.gauss(0, 3) * HOUR_S) if is_booked else None
    kind = random.choices(("dry", "reefer"), (9, 1))[0]
    return YardVisit(
        arrived_s, left_s, random.choice((20, 40)), random.randrange(4_000, 30_000), kind, "vessel", "truck", line,
        appointment_s=booked_s, has_customs_hold=has_hold,
    )  # fmt: skip


def _working_time(at_s: int, random: Random) -> int:
    """The same or the next working day, between seven and seven."""
    day = at_s // DAY_S
    while day % 7 >= 6:
        day += 1
    return max(at_s, day * DAY_S + round(random.uniform(7, 19) * HOUR_S))


@dataclass(frozen=True)
class ForecastTrial:
    """What a forecast was worth on visits it had not seen. Log losses are nats, of densities a day.

    `tenths` has the share of boxes that left within each tenth of what was foretold: a tenth each when calibrated.
    """

    knows_nothing: bool
    log_loss: float
    log_loss_of_base_rate: float
    tenths: tuple[float, ...]
    rehandles_with: float
    rehandles_without: float


def try_forecast(
    visits: Sequence[YardVisit], *, seed: int = 0, params: Params = USUAL, fill: float = 0.85, share: float = 0.7
) -> ForecastTrial:
    """Learn from the first `share` of a history, judge on the rest, and stack the rest in one block."""
    history = ForecastProblem.of(visits).visits
    cut = int(share * len(history))
    before_s = history[cut].arrived_s
    known = [visit for visit in history[:cut] if visit.arrived_s + visit.stay_s <= before_s]
    unseen = history[cut:]
    forecaster = solve(ForecastProblem.of(known), seed=seed, params=params)
    blind = Forecaster(forecaster.features, forecaster.base, forecaster.with_plan, forecaster.without_plan, 0.0, True)
    ranks = forecaster.ranks(unseen)
    tenths = tuple(float(((ranks >= n / 10) & (ranks < (n + 1) / 10 + (n == 9))).mean()) for n in range(10))
    return ForecastTrial(
        forecaster.knows_nothing,
        float(forecaster.log_losses(unseen).mean()),
        float(blind.log_losses(unseen).mean()),
        tenths,
        _rehandles(unseen, forecaster.distributions(unseen), fill),
        _rehandles(unseen, None, fill),
    )


def _rehandles(visits: Sequence[YardVisit], told: Sequence[Departure] | None, fill: float) -> float:
    """Rehandles a retrieval in a block just so large that these visits fill it to `fill` when most of them stand."""
    changes = sorted([(v.arrived_s, 1) for v in visits] + [(v.arrived_s + v.stay_s, -1) for v in visits])
    stacks = max(2, math.ceil(max(accumulate(change for _, change in changes)) / (5 * fill)))
    weeks = BlockWeeks(stacks, 5, tuple(Visit(v.arrived_s, v.arrived_s + v.stay_s, None) for v in visits))
    return stack_up(weeks, _Told(stacks, told)).rehandles_per_retrieval


class _Told(LeastRehandles):
    """Slot choice that is handed the distribution of each box as it comes."""

    def __init__(self, stacks: int, told: Sequence[Departure] | None) -> None:
        super().__init__(stacks, 5)
        self._told = told

    def arrives(self, box: int, now_s: float, forecast_s: float | Departure | None) -> int:
        return super().arrives(box, now_s, self._told[box] if self._told else None)
