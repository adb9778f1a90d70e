"""Weeks at a continuous quay with a crane pool, made as Meisel and Bierwirth (2009) describe theirs.

A quay of 100 segments of 10 m and ten cranes that reach all of it; times in hours. 60 % of the ships are feeders, 30 %
medium, 10 % jumbos. Money is in thousandths of the papers' unit, so that rates are whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from cabria.domain.berthing import (
    BerthCase,
    BerthRules,
    CostRates,
    CraneRhythm,
    Eta,
    Quay,
    QuaySection,
    RailCrane,
    ShipCall,
    ShipId,
)

SEGMENTS, SEGMENT_MM, CRANES = 100, 10_000, 10
WEEK_H, HORIZON_H = 168, 240
"""Ships arrive within the week; the last of them are worked after it."""


@dataclass(frozen=True, slots=True)
class _Class:
    """A class of ships: from and to, both included, and the cost rates of the paper."""

    name: str
    share: float
    segments: tuple[int, int]
    crane_hours: tuple[int, int]
    cranes: tuple[int, int]
    speed_up: int
    late: int
    overrun: int


CLASSES = (
    _Class("feeder", 0.6, (8, 21), (5, 15), (1, 2), 1, 1, 3),
    _Class("medium", 0.3, (21, 30), (15, 50), (2, 4), 2, 2, 6),
    _Class("jumbo", 0.1, (30, 40), (50, 65), (4, 6), 3, 3, 9),
)

LITERATURE_RULES = BerthRules(
    horizon_min=HORIZON_H * 60,
    step_min=60,
    position_step_mm=SEGMENT_MM,
    crane_rhythm=CraneRhythm.STAY,
    interference_exponent=0.9,
    growth_ppm_per_m=1_000,
    crane_hour=100,
)


def made_week(ships: int, seed: int = 0) -> BerthCase:
    """The same week for the same number of ships and seed, on every machine."""
    draw = Random(f"berth:{ships}:{seed}")
    length_mm = SEGMENTS * SEGMENT_MM
    quay = Quay(
        name="made",
        sections=(QuaySection("quay", 0, length_mm, 20_000),),
        cranes=tuple(RailCrane(str(number), 0, length_mm) for number in range(1, CRANES + 1)),
    )
    small = [round(ships * kind.share) for kind in CLASSES[1:]]
    counts = (ships - sum(small), *small)
    kinds = [kind for kind, count in zip(CLASSES, counts, strict=True) for _ in range(count)]
    calls = tuple(_ship(str(number), kind, draw) for number, kind in enumerate(kinds, 1))
    return BerthCase(quay=quay, ships=calls, rules=LITERATURE_RULES, name=f"made-{ships}-{seed}")


def _ship(number: str, kind: _Class, draw: Random) -> ShipCall:
    segments = draw.randint(*kind.segments)
    work_h = draw.randint(*kind.crane_hours)
    eta_h = draw.randint(1, WEEK_H)
    wanted = draw.randint(0, SEGMENTS - segments)
    shortest_h = -(-work_h * 1_000_000 // LITERATURE_RULES.output_ppm(kind.cranes[1]))
    return ShipCall(
        id=ShipId(number),
        name=f"{kind.name} {number}",
        length_mm=segments * SEGMENT_MM,
        eta=Eta(planned_min=eta_h * 60, earliest_min=-(-eta_h * 9 // 10) * 60),
        work_crane_min=work_h * 60,
        min_cranes=kind.cranes[0],
        max_cranes=kind.cranes[1],
        wanted_position_mm=wanted * SEGMENT_MM,
        wanted_finish_min=(eta_h - (-shortest_h * 3 // 2)) * 60,
        last_finish_min=(eta_h + 3 * shortest_h) * 60,
        rates=CostRates(speed_up_per_h=1000 * kind.speed_up, late_per_h=1000 * kind.late, overrun=1000 * kind.overrun),
    )
