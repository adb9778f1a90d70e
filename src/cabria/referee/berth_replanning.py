"""Judges a plan for a disrupted week from scratch, hour by hour and section by section."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cabria.domain.berth_replanning import BerthWeek, BlockKind, QuayShip, Stay


@dataclass(frozen=True, slots=True)
class WeekJudgement:
    """`late` counts sections x weight x hours after due, `deadlines` missed berthing deadlines, `moves` the price of
    ships in another section than planned.
    """

    late: int
    deadlines: int
    moves: int
    problems: tuple[str, ...]

    @property
    def cost(self) -> int:
        return self.late + self.deadlines + self.moves

    @property
    def valid(self) -> bool:
        return not self.problems


def judge_week(week: BerthWeek, plan: Sequence[Stay]) -> WeekJudgement:
    """The plan's cost and every rule it breaks; stays that cannot be worked at all are told and not priced."""
    ships = {ship.id: ship for ship in week.ships}
    problems = [f"there is no ship {stay.ship}" for stay in plan if stay.ship not in ships]
    seen = Counter(stay.ship for stay in plan)
    problems += [f"ship {ship} is planned {seen[ship]} times" for ship in ships if seen[ship] != 1]
    hopeless = [s for s in plan if s.ship in ships and not _may_be_worked(week, ships[s.ship], s)]
    problems += [f"ship {stay.ship} cannot be worked at {stay.section} by {stay.cranes} cranes" for stay in hopeless]
    known = [stay for stay in plan if stay.ship in ships and stay not in hopeless]
    ends = {id(stay): _departure(week, ships[stay.ship], stay) for stay in known}
    for stay in known:
        if stay.start < ships[stay.ship].arrival:
            problems.append(f"ship {stay.ship} berths at hour {stay.start} and arrives at {ships[stay.ship].arrival}")
        if _may_not_move(week, ships[stay.ship], stay.start):
            problems.append(f"ship {stay.ship} berths at hour {stay.start}, when it may not move")
    problems += _shared_sections(week, ships, known, ends)
    problems += _cranes_and_movements(week, ships, known, ends)
    late = deadlines = moves = 0
    for stay in known:
        ship = ships[stay.ship]
        late += ship.sections * ship.weight * max(0, ends[id(stay)] - ship.due)
        if ship.berth_deadline is not None and stay.start > ship.berth_deadline:
            deadlines += ship.deadline_penalty * (stay.start - ship.berth_deadline)
        if ship.planned_section is not None and ship.planned_section != stay.section:
            moves += week.move_penalty
    return WeekJudgement(late, deadlines, moves, tuple(problems))


def _may_be_worked(week: BerthWeek, ship: QuayShip, stay: Stay) -> bool:
    on_quay = week.first_section <= stay.section <= week.last_section - ship.sections + 1
    return on_quay and ship.min_cranes <= stay.cranes <= ship.max_cranes


def _may_not_move(week: BerthWeek, ship: QuayShip, hour: int) -> bool:
    return any(w.start <= hour < w.end and ship.length_cm >= w.min_length_cm for w in week.no_moves)


def _work_ends(ship: QuayShip, stay: Stay) -> int:
    hours, rest = divmod(ship.workload, stay.cranes)
    return stay.start + max(1, hours + (rest > 0))


def _departure(week: BerthWeek, ship: QuayShip, stay: Stay) -> int:
    hour = _work_ends(ship, stay)
    while _may_not_move(week, ship, hour):
        hour += 1
    return hour


def _shared_sections(
    week: BerthWeek, ships: dict[int, QuayShip], plan: Sequence[Stay], ends: dict[int, int]
) -> Iterator[str]:
    taken: dict[tuple[int, int], str] = {}
    for block in week.blocks:
        for hour in range(block.start, block.end):
            for section in range(block.first, block.last + 1):
                taken[hour, section] = f"what is {block.kind}"
    for stay in plan:
        sections = range(stay.section, stay.section + ships[stay.ship].sections)
        cells = [(hour, section) for hour in range(stay.start, ends[id(stay)]) for section in sections]
        for other in dict.fromkeys(taken[cell] for cell in cells if cell in taken):
            yield f"ship {stay.ship} lies over {other}"
        for cell in cells:
            taken[cell] = f"ship {stay.ship}"


def _cranes_and_movements(
    week: BerthWeek, ships: dict[int, QuayShip], plan: Sequence[Stay], ends: dict[int, int]
) -> Iterator[str]:
    cranes: Counter[int] = Counter()
    movements: Counter[int] = Counter()
    own_hours: set[int] = set()
    for block in week.blocks:
        if block.kind is BlockKind.ALONGSIDE:
            movements[block.end] += 1
            for hour in range(block.start, block.end):
                cranes[hour] += block.cranes
    for stay in plan:
        movements[stay.start] += 1
        movements[ends[id(stay)]] += 1
        own_hours |= {stay.start, ends[id(stay)]}
        for hour in range(stay.start, _work_ends(ships[stay.ship], stay)):
            cranes[hour] += stay.cranes
    worked = {hour for stay in plan for hour in range(stay.start, _work_ends(ships[stay.ship], stay))}
    for hour in sorted(worked):
        there = week.crane_pool - sum(o.cranes for o in week.crane_outages if o.start <= hour < o.end)
        if cranes[hour] > there:
            yield f"{cranes[hour]} cranes work in hour {hour}, when there are {there}"
    for hour in sorted(own_hours):
        if movements[hour] > week.max_moves_per_hour:
            yield f"{movements[hour]} ships move in hour {hour}; {week.max_moves_per_hour} may"
