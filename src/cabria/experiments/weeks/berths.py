"""Which ship lies where, when and under which cranes: the berth planner's answer, and one crew of cranes a stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cabria.domain.berthing import (
    BerthCase,
    BerthRules,
    CostRates,
    Eta,
    Quay,
    QuaySection,
    RailCrane,
    ShipCall,
    ShipId,
    Stay,
    crane_minutes,
)
from cabria.domain.calls import BAY_NUMBER_MM
from cabria.domain.errors import DataError
from cabria.domain.layout import Layout
from cabria.domain.vessel import VesselProfile
from cabria.operations.crane_order import gap_mm
from cabria.planning.berth.problem import EFFORTS, BerthProblem
from cabria.planning.berth.solve import solve
from cabria.planning.search.stopping import MaxIterations

DAY_MIN = 1_440
STEP_MIN, STEP_MM = 30, 10_000
MOORING_MIN, UNMOORING_MIN = 60, 30
MOORING_GAP_MM = 20_000
SHIP_MM_A_CRANE = 70_000
"""Length of ship for which one crane is counted at most."""
SPARE_DAYS = 14
"""After the run, so that every ship finds a place in the plan."""
WAITING_PER_H, LATE_PER_H, CRANE_HOUR, UNSERVED = 1_500, 3_000, 100, 100_000_000
FEEDER_SHARE = 3
"""An hour of a feeder counts so many times less."""
CLASH = 1_000_000
KEPT = 60
"""Rows of crews that are gone on with from ship to ship."""


@dataclass(frozen=True, slots=True)
class ShipDue:
    """A ship that will call: when she is there, and what she brings and takes in all."""

    id: str
    vessel: VesselProfile
    is_feeder: bool
    there_s: int
    moves: int


@dataclass(frozen=True, slots=True)
class Berth:
    """A stay as it is to be: from line fast to line off in seconds of the run, and the cranes by name."""

    ship: str
    from_mm: int
    until_mm: int
    starts_s: int
    ends_s: int
    cranes: tuple[int, ...]
    """Numbers along the rail, neighbours."""

    @property
    def work_s(self) -> tuple[int, int]:
        """From when until when the cranes are hers by the plan."""
        return self.starts_s + 60 * MOORING_MIN, self.ends_s - 60 * UNMOORING_MIN

    def lies_beside(self, other: Berth) -> bool:
        """Whether the quay has room for both at once."""
        left, right = sorted((self, other), key=lambda berth: berth.from_mm)
        return left.until_mm + MOORING_GAP_MM <= right.from_mm

    def is_worked_beside(self, other: Berth) -> bool:
        """Whether both can be worked at once: no crane is wanted twice, and they are in the order of the ships."""
        left, right = sorted((self, other), key=lambda berth: berth.from_mm)
        return left.cranes[-1] < right.cranes[0]


def berths_of(ships: Sequence[ShipDue], layout: Layout, days: int, moves_a_crane_hour: int, seed: int) -> list[Berth]:
    """A place, a time and a crew for every ship, by start. Raises DataError naming a ship that finds none."""
    for ship in ships:
        length_mm, quay_mm = ship.vessel.length_mm or 0, layout.terminal.quay_length_mm
        if length_mm > quay_mm:
            raise DataError(
                f"{ship.vessel.name} is {length_mm / 1_000:.0f} m long; the quay has {quay_mm / 1_000:.0f} m.",
                place=ship.id,
            )
    case = berth_case(ships, layout, days, moves_a_crane_hour)
    plan = solve(BerthProblem.of(case), MaxIterations(1 << 40), seed=seed, params=EFFORTS["quick"]).plan
    for left in plan.unserved:
        raise DataError(f"There is no berth for her: {left.text}", place=left.ship)
    return with_crews(sorted(plan.stays, key=lambda stay: (stay.start_min, stay.position_mm)), ships, layout)


def berth_case(ships: Sequence[ShipDue], layout: Layout, days: int, moves_a_crane_hour: int) -> BerthCase:
    """The ships as the berth planner sees them: a continuous quay, and one number of cranes a stay."""
    terminal = layout.terminal
    last_min = max((ship.there_s // 60 for ship in ships), default=0)
    horizon_min = DAY_MIN * (max(days, last_min // DAY_MIN + 1) + SPARE_DAYS)
    length_mm = terminal.quay_length_mm
    section = QuaySection("quay", 0, length_mm, 30_000)
    cranes = tuple(RailCrane(crane.id, 0, length_mm, crane.outreach_rows) for crane in terminal.quay_cranes)
    rules = BerthRules(
        horizon_min,
        STEP_MIN,
        STEP_MM,
        mooring_gap_mm=MOORING_GAP_MM,
        mooring_min=MOORING_MIN,
        unmooring_min=UNMOORING_MIN,
        interference_exponent=1.0,  # In the twin cranes of one ship hardly wait for each other.
        crane_hour=CRANE_HOUR,
    )
    calls = tuple(_ship_call(ship, len(cranes), length_mm, moves_a_crane_hour) for ship in ships)
    return BerthCase(Quay(terminal.name, (section,), cranes), calls, rules)


def _ship_call(ship: ShipDue, cranes: int, quay_mm: int, moves_a_crane_hour: int) -> ShipCall:
    there_min = -(-ship.there_s // 60 // STEP_MIN) * STEP_MIN
    length_mm = ship.vessel.length_mm or 0
    share = FEEDER_SHARE if ship.is_feeder else 1
    work_min = crane_minutes(max(1, ship.moves), moves_a_crane_hour)
    most = max(1, min(cranes, length_mm // SHIP_MM_A_CRANE))
    return ShipCall(
        ShipId(ship.id),
        length_mm,
        Eta(there_min, there_min),
        work_min,
        most,
        wanted_position_mm=(quay_mm - length_mm) // 2 // STEP_MM * STEP_MM,
        wanted_finish_min=there_min + MOORING_MIN + UNMOORING_MIN + work_min // most,
        rates=CostRates(
            waiting_per_h=WAITING_PER_H // share, late_per_h=LATE_PER_H // share, distance_per_m=1, unserved=UNSERVED
        ),
    )


def with_crews(stays: Sequence[Stay], ships: Sequence[ShipDue], layout: Layout) -> list[Berth]:
    """A row of neighbouring cranes for each whole stay, in the order of the ships along the quay as far as that goes:
    ships whose crews would cross come one after the other. Raises DataError for a ship that no crew reaches whole."""
    vessel_of = {ship.id: ship.vessel for ship in ships}
    rows: list[tuple[int, tuple[Berth, ...]]] = [(0, ())]
    for stay in stays:
        possible = list(_possible(stay, vessel_of[stay.ship], layout))
        if not possible:
            raise DataError(
                f"No {_cranes(stay)} cranes reach {vessel_of[stay.ship].name} at {stay.position_mm / 1_000:.0f} m.",
                place=stay.ship,
            )
        longer = [
            (cost + away_mm // 1_000 + sum(_clash(berth, other) for other in row), (*row, berth))
            for cost, row in rows
            for away_mm, berth in possible
        ]
        rows = sorted(longer, key=lambda pair: (pair[0], [berth.cranes for berth in pair[1]]))[:KEPT]
    return list(rows[0][1])


def rail_limits(layout: Layout) -> list[tuple[int, int]]:
    """How far each quay crane can go along the rail, all others having room beside it."""
    rail, least_mm = layout.rail, gap_mm(layout.terminal)
    count = len(layout.terminal.quay_cranes)
    return [(rail.from_mm + n * least_mm, rail.until_mm - (count - 1 - n) * least_mm) for n in range(count)]


def _cranes(stay: Stay) -> int:
    return max((part.cranes for part in stay.work), default=1)


def _possible(stay: Stay, vessel: VesselProfile, layout: Layout) -> Iterator[tuple[int, Berth]]:
    """Crews that reach all bays of a ship, and how far each one's rank is from the ship's place."""
    limits = rail_limits(layout)
    bays = [stay.position_mm + BAY_NUMBER_MM * bay.number for bay in vessel.bays]
    length_mm = vessel.length_mm or 0
    count, middle_mm = _cranes(stay), stay.position_mm + length_mm // 2
    for first in range(len(limits) - count + 1):
        crew = tuple(range(first, first + count))
        if limits[first][0] <= min(bays) and max(bays) <= limits[crew[-1]][1]:
            rank_mm = (2 * first + count) * layout.terminal.quay_length_mm // (2 * len(limits))
            until_mm = stay.position_mm + length_mm
            berth = Berth(stay.ship, stay.position_mm, until_mm, 60 * stay.start_min, 60 * stay.end_min, crew)
            yield abs(middle_mm - rank_mm), berth


def _clash(one: Berth, other: Berth) -> int:
    """What it counts that two ships that were to be worked together cannot be."""
    (from_s, until_s), (other_from_s, other_until_s) = one.work_s, other.work_s
    together_s = min(until_s, other_until_s) - max(from_s, other_from_s)
    return 0 if together_s <= 0 or one.is_worked_beside(other) else CLASH + together_s


@dataclass(frozen=True, slots=True)
class Before:
    """Ships that come before one by the plan: those in whose place she is to lie must have sailed before she berths,
    those whose cranes she is to have must be done before her work begins."""

    sailed: tuple[str, ...]
    done: tuple[str, ...]


def turns(berths: Sequence[Berth]) -> Mapping[str, Before]:
    """Whom each ship waits for, whatever becomes of the planned times. Nobody waits in a circle, as each waits for
    ships with earlier starts only."""
    by_start = sorted(berths, key=lambda berth: (berth.starts_s, berth.from_mm))
    return {
        berth.ship: Before(
            tuple(other.ship for other in by_start[:n] if not berth.lies_beside(other)),
            tuple(other.ship for other in by_start[:n] if not berth.is_worked_beside(other)),
        )
        for n, berth in enumerate(by_start)
    }
