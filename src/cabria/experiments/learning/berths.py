"""Learned delays of services where berths are planned: tried on the last ships, used while ships wait less.

Berths are planned anew each day. A ship's coming is known a day before; until then she counts as due when her first ETA
says, or by as much later as all but one in twenty of her service's ships come (`at_least_s`). Starts of the next two
days have been promised and stay, unless she cannot be there. Both rules plan the same ships on the same quay; what is
compared is how long ships wait from their coming to their start, by the day on which they came.

A berth held too early costs nothing but that others are planned behind her; one promised too late makes her wait
herself. So it is the end of the interval that is planned with, and not the mean (`README.md` has both).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from statistics import mean
from typing import NamedTuple

import msgspec

from cabria.adapters.files.berth_json import MAX_BYTES, read_case, write_case
from cabria.adapters.history.arrivals import Arrival, read_arrivals
from cabria.adapters.history.folder import HistoryFolder
from cabria.domain.berthing import BerthCase, BerthPlan, Eta, ShipCall, ShipId, Spell, Stay
from cabria.domain.errors import DataError
from cabria.experiments.learning import cards, times
from cabria.experiments.learning.etas import ETAS
from cabria.experiments.learning.times import LEARNED, PLAIN, TimesCard
from cabria.experiments.learning.worth import Interval
from cabria.planning.berth.problem import BerthProblem, Params
from cabria.planning.berth.solve import solve
from cabria.planning.search.stopping import MaxIterations

SUBJECT = "berths"
DAY_MIN = 1_440
NOTICE_MIN, PROMISED_MIN, AHEAD_MIN, HORIZON_MIN = DAY_MIN, 2 * DAY_MIN, 7 * DAY_MIN, 14 * DAY_MIN
"""Before she comes; starts that stay; ships that are planned; how far plans reach. All assumed, as terminals differ."""
SPARE_DAYS = 14
"""After the last ship has come, until she must have had a berth."""
STEP_MIN, STEP_MM = 60, 50_000
EFFORT = Params(rounds=1, pricing_steps=200, iterations=4_000, few_options=0, exact_options=0)
"""Of the trial, which makes a plan for each day: as fine as waiting hours need."""
FEWEST_DAYS = 5
NOT_LEARNED = "Nothing was learned of ships' delays yet: berths are planned on the ETAs as told."


class BerthsCard(msgspec.Struct, frozen=True):
    """One trial, of delays as they were learned before the judged days. Hours that a ship waited by rule, and the mean
    and 95 % interval of what was saved over days; None where nothing was tried. `later_s` is by how much later ships
    are planned now, by service."""

    day: str
    version: str
    is_used: bool
    reason: str
    ships: int = 0
    waited_h: dict[str, float] = {}
    saved_h: tuple[float, float, float] | None = None
    later_s: dict[str, float] = {}
    has_drifted: bool = False
    notes: tuple[str, ...] = ()


class Coming(NamedTuple):
    """A ship that came, in minutes of the trial: when she was told first, and when she was there."""

    ship: ShipCall
    told_min: int
    came_min: int


def later_s(card: TimesCard) -> dict[str, float]:
    """By service; nothing where nearly surely none of its ships is late."""
    return {service: seconds for service, seconds in card.at_least_s.items() if card.is_used and seconds > 0}


def try_berths(
    folder: HistoryFolder,
    case: BerthCase,
    today: date,
    *,
    days: int = 150,
    judged: int = 30,
    seed: int = 0,
) -> BerthsCard:
    """Plan the ships of the judged days at the quay of a case, each like the case's ship of her service, and keep a
    card of that. What is tried was learned from the `days` before; what is used then is the last card's.

    Raises DataError.
    """
    cut = today - timedelta(judged)
    before = times.learn(ETAS, folder, cut, days=max(1, days - judged), judged=judged, seed=seed)
    now = cards.last(folder.root, ETAS.name, TimesCard)
    told = BerthsCard(today.isoformat(), before.version, False, NOT_LEARNED if now is None else now.reason)
    if now is not None and now.is_used:
        arrivals, notes = read_arrivals(folder, cut, today)
        coming = comings(coarse(case), arrivals, datetime.combine(cut, time(), UTC))
        told = msgspec.structs.replace(_judged(told, before, now, coming, case, seed), notes=notes)
    cards.keep(folder.root, SUBJECT, told)
    return told


def _judged(
    told: BerthsCard, before: TimesCard, now: TimesCard, coming: Sequence[Coming], case: BerthCase, seed: int
) -> BerthsCard:
    if len({each.came_min // DAY_MIN for each in coming}) < FEWEST_DAYS:
        reason = f"Ships of the case's services came on fewer than {FEWEST_DAYS} of the days judged: ETAs as told."
        return msgspec.structs.replace(told, reason=reason)
    if not later_s(before):
        return msgspec.structs.replace(
            told, reason=f"Before the days judged no service was surely late: ETAs as told. {before.reason}"
        )
    quay = coarse(case)
    waited = {rule: waits_h(quay, coming, by, seed=seed) for rule, by in ((PLAIN, {}), (LEARNED, later_s(before)))}
    by_day: dict[int, list[float]] = defaultdict(list)
    for each in coming:
        by_day[each.came_min // DAY_MIN].append(waited[PLAIN][each.ship.id] - waited[LEARNED][each.ship.id])
    saved = Interval.of([mean(hours) for hours in by_day.values()])
    waited_h = {rule: mean(hours.values()) for rule, hours in waited.items()}
    figures = (
        f"Of {len(coming)} ships of the days judged each waits {waited_h[LEARNED]:.2f} h with it instead of "
        f"{waited_h[PLAIN]:.2f} h, berths planned daily: {saved.mean:.2f} h less ({saved.low:.2f} to {saved.high:.2f})."
    )
    is_used = saved.low > 0
    return msgspec.structs.replace(
        told,
        is_used=is_used,
        reason=f"{figures} {'It is used.' if is_used else 'That is not sure; ETAs as told.'}",
        ships=len(coming),
        waited_h=waited_h,
        saved_h=(saved.mean, saved.low, saved.high),
        later_s=later_s(now) if is_used else {},
    )


def own_case(file: Path) -> Path:
    """The case as it was told, whether or not delays were written into it."""
    own = cards.own_file(file)
    return own if own.exists() else file


def write_etas(card: BerthsCard, file: Path) -> list[str]:
    """Ships of a case become due later as learned while that is used, else as they were told. Returns what was done.
    Raises DataError."""

    def learned(told: BerthCase) -> BerthCase:
        return replace(told, ships=tuple(_later(told, ship, card.later_s) for ship in told.ships))

    before, after = cards.rewritten(
        file, learned if card.is_used else None, read_case, write_case, limit_bytes=MAX_BYTES
    )
    changes = [
        f"{new.id}: due in minute {new.eta.planned_min}, {old.eta.planned_min} before."
        for old, new in zip(before.ships, after.ships, strict=True)
        if new.eta != old.eta
    ]
    return [card.reason, *(changes or ["The case's ETAs stay as they are."])]


def _later(case: BerthCase, ship: ShipCall, later_s: Mapping[str, float]) -> ShipCall:
    """One that is there, or due within the notice, is as she told."""
    if case.is_begun(ship.id) or ship.eta.planned_min <= case.now_min + NOTICE_MIN:
        return ship
    late_min = round(later_s.get(ship.service, 0.0) / 60)
    eta = Eta(ship.eta.planned_min + late_min, ship.eta.earliest_min + late_min, ship.eta.spread_min)
    return replace(ship, eta=eta)


def coarse(case: BerthCase) -> BerthCase:
    """The quay and prices of a case on wide steps, all cranes in order, no wind, water enough, no windows."""
    ships = tuple(
        replace(
            ship,
            window=None,
            latest_departure_min=None,
            arrival_draught_mm=0,
            departure_draught_mm=0,
            wanted_position_mm=None if (at_mm := ship.wanted_position_mm) is None else at_mm // STEP_MM * STEP_MM,
        )
        for ship in case.ships
    )
    quay = replace(case.quay, cranes=tuple(replace(crane, outages=()) for crane in case.quay.cranes))
    shifts = replace(case.rules.shifts, first_start_min=0, length_min=8 * STEP_MIN)
    rules = replace(case.rules, horizon_min=HORIZON_MIN, step_min=STEP_MIN, position_step_mm=STEP_MM, shifts=shifts)
    return BerthCase(quay, ships, rules)


def comings(case: BerthCase, arrivals: Sequence[Arrival], beginning: datetime) -> list[Coming]:
    """Of services of which the case has a ship, each like that; the others are left out."""
    like = {ship.service: ship for ship in reversed(case.ships)}
    return [
        Coming(
            replace(like[each.service], id=ShipId(each.call)),
            (each.eta - beginning) // timedelta(minutes=1),
            (each.came - beginning) // timedelta(minutes=1),
        )
        for each in arrivals
        if each.service in like
    ]


def waits_h(
    case: BerthCase, coming: Sequence[Coming], delays_s: Mapping[str, float], *, seed: int = 0
) -> dict[ShipId, float]:
    """How long each waited, berths planned day by day. Raises DataError for a ship that found no berth."""
    waited: dict[ShipId, float] = {}
    plan = BerthPlan(())
    for now_min in range(0, max(each.came_min for each in coming) + SPARE_DAYS * DAY_MIN, DAY_MIN):
        for each in coming:
            if (stay := plan.stay_of.get(each.ship.id)) is not None and stay.start_min < now_min:
                waited[each.ship.id] = (stay.start_min - each.came_min) / 60
        if len(waited) == len(coming):
            return waited
        here = {stay.ship for stay in plan.stays if stay.end_min > now_min}
        left = [each for each in coming if each.ship.id in here or each.ship.id not in waited]
        plan = _planned(case, left, delays_s, plan, now_min, seed)
    missing = next(each.ship.id for each in coming if each.ship.id not in waited)
    raise DataError("She found no berth in the trial.", place=f"ship {missing}")


def _planned(
    case: BerthCase, coming: Sequence[Coming], delays_s: Mapping[str, float], plan: BerthPlan, now_min: int, seed: int
) -> BerthPlan:
    """The next plan, of ships that have not left; made on a clock that begins with the day of the first stay."""
    here = [stay for stay in plan.stays if stay.end_min > now_min]
    zero_min = min([now_min, *(stay.start_min // DAY_MIN * DAY_MIN for stay in here)])
    due = []
    for each in coming:
        eta_min = _expected_min(each, delays_s.get(each.ship.service, 0.0), now_min)
        if eta_min <= now_min + AHEAD_MIN:
            due.append(_due(each.ship, max(0, eta_min - zero_min)))
    ids = {ship.id for ship in due}
    stays = tuple(_moved(stay, -zero_min) for stay in here if stay.ship in ids)
    now = replace(
        case,
        ships=tuple(due),
        rules=replace(case.rules, horizon_min=now_min - zero_min + HORIZON_MIN),
        last_plan=BerthPlan(stays) if stays else None,
        now_min=now_min - zero_min,
        frozen_until_min=now_min - zero_min + PROMISED_MIN,
    )
    found = solve(BerthProblem.of(now), MaxIterations(1 << 40), seed=seed, params=EFFORT).plan
    return BerthPlan(tuple(_moved(stay, zero_min) for stay in found.stays))


def _expected_min(coming: Coming, late_s: float, now_min: int) -> int:
    """On the step. Who has not written is not there within the notice."""
    if coming.came_min <= now_min + NOTICE_MIN:
        at_min = coming.came_min
    else:
        at_min = max(coming.told_min + round(late_s / 60), now_min + NOTICE_MIN)
    return -(-at_min // STEP_MIN) * STEP_MIN


def _due(ship: ShipCall, eta_min: int) -> ShipCall:
    """What she wants to be done by moves with her."""
    by_min = eta_min - ship.eta.planned_min
    return replace(
        ship,
        eta=Eta(eta_min, eta_min),
        wanted_finish_min=None if ship.wanted_finish_min is None else ship.wanted_finish_min + by_min,
        last_finish_min=None if ship.last_finish_min is None else ship.last_finish_min + by_min,
    )


def _moved(stay: Stay, by_min: int) -> Stay:
    work = tuple(
        replace(part, spell=Spell(part.spell.start_min + by_min, part.spell.end_min + by_min)) for part in stay.work
    )
    return replace(stay, start_min=stay.start_min + by_min, end_min=stay.end_min + by_min, work=work)
