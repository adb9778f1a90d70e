"""How a made ship floats and what she bears: hydrostatic points and stations, in metres and tonnes inside.

Displacement, waterplane and KB follow textbook approximations (Schneekluth and Bertram, Ship Design for Efficiency and
Economy, 1998); metacentre, buoyancy along the hull and strength are scaled from ship M of Larsen and Pacino (CC0, DOI
10.11583/DTU.9916760): BM with B^2/T, KB with T, shear with the displacement, bending with Cb B L^2 as class rules do.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence

from cabria.domain.vessel import HydrostaticPoint, Station
from cabria.experiments.arrangements import Arrangement, Size, to_kg, to_mm

# Ship M of Larsen and Pacino at a scantling displacement of 140,403 t (13.8 m draught at 42.8 m beam):
# displacement as a share of that, metacentre above the keel, and thousandths of the buoyancy in each twelfth of the
# ship's length from the bow.
HULL = (
    (0.233, 34.37, (12, 27, 53, 91, 124, 147, 155, 154, 135, 68, 26, 8)),
    (0.376, 26.71, (15, 29, 57, 93, 122, 141, 148, 147, 135, 79, 28, 6)),
    (0.530, 22.91, (16, 31, 59, 94, 121, 136, 141, 141, 133, 87, 34, 7)),
    (0.693, 20.94, (17, 32, 62, 95, 119, 132, 136, 135, 131, 92, 43, 6)),
    (0.865, 19.96, (16, 34, 64, 96, 117, 128, 131, 131, 128, 95, 53, 7)),
    (1.046, 19.58, (15, 35, 66, 96, 115, 125, 127, 127, 125, 96, 60, 13)),
    (1.238, 19.59, (15, 37, 68, 96, 113, 121, 123, 123, 122, 96, 66, 20)),
)
HULL_BEAM, HULL_DRAUGHT, HULL_LPP, HULL_BLOCK = 42.8, 13.8, 345.0, 0.65
HULL_DISPLACEMENT = 140_403.0
# Share of the largest permitted still-water bending moment at shares of the length, as the IACS Common Structural
# Rules distribute it; the ends keep the 9 % that ship M has there.
BENDING_SHARE = ((0.0, 0.09), (0.06, 0.09), (0.1, 0.15), (0.3, 1.0), (0.7, 1.0), (0.9, 0.15), (0.94, 0.09), (1.0, 0.09))
# Of ship M, in tonne-metres and tonnes.
HULL_BENDING, HULL_SHEAR = 625_000.0, 8_450.0

# Empty ship: share of its weight, and height of its centre as a share of the depth.
STEEL, MACHINERY, HOUSE = (0.74, 0.50), (0.16, 0.42), (0.10, 1.25)
WATER = 1.025


def hydrostatics(plan: Arrangement) -> tuple[tuple[HydrostaticPoint, ...], tuple[Station, ...]]:
    """Points from light ship to a tenth above scantling draught, and the stations with their buoyancy at each.

    The buoyancies of a point add up to its displacement exactly, and their moment gives its LCB.
    """
    size, bounds = plan.size, _station_bounds(plan)
    centres = [to_mm(centre) for _, centre, _ in bounds]
    points: list[HydrostaticPoint] = []
    columns: list[list[int]] = []
    for step in range(16):
        draught = size.draught * (0.26 + 0.84 * step / 15)
        displaced = displacement_t(size, draught)
        shares = _buoyancy_shares(plan, displaced / displacement_t(size, size.draught))
        column = [to_kg(displaced * share) for share in shares]
        total = sum(column)
        lcb = sum(kg * x for kg, x in zip(column, centres, strict=True)) / total
        lcf = lcb - 0.022 * size.lpp * (draught / size.draught) ** 2
        trim_moment = _trim_moment(size, draught)
        reach_mm = 100 * trim_moment / displaced * 1_000
        trim_by_stern, trim_by_head = trim_limits(size)
        columns.append(column)
        points.append(
            HydrostaticPoint(
                displacement_kg=total,
                km_mm=to_mm(_metacentre(size, draught)),
                draught_mm=to_mm(draught),
                lcb_mm=round(lcb),
                lcf_mm=round(lcf),
                trim_moment_kg_m_per_cm=to_kg(trim_moment),
                min_lcg_mm=round(lcb - reach_mm * trim_by_stern),
                max_lcg_mm=round(lcb + reach_mm * trim_by_head),
            )
        )
    return tuple(points), _stations(plan, centres, columns)


def displacement_t(size: Size, draught: float) -> float:
    """Tonnes at a draught: block coefficient grows a little as the hull sinks in."""
    share = draught / size.draught
    return WATER * size.lpp * size.beam * size.draught * size.block * math.pow(share, 1.12)


def _waterplane(size: Size, draught: float) -> float:
    """Waterplane coefficient; wide modern transoms add to the textbook's (1 + 2 Cb) / 3."""
    block = size.block * math.pow(draught / size.draught, 0.12)
    return min(0.95, (1 + 2 * block) / 3 + 0.06 * draught / size.draught)


def _metacentre(size: Size, draught: float) -> float:
    """Ship M's KM with its BM scaled by B^2/T and its KB by T."""
    share = displacement_t(size, draught) / displacement_t(size, size.draught)
    hull_km = _interpolate(share, [(row[0], row[1]) for row in HULL])
    hull_draught = HULL_DRAUGHT * draught / size.draught
    block = size.block * math.pow(draught / size.draught, 0.12)
    kb_per_draught = 5 / 6 - block / (3 * _waterplane(size, draught))  # Morrish
    hull_bm = hull_km - kb_per_draught * hull_draught
    return kb_per_draught * draught + hull_bm * (size.beam / HULL_BEAM) ** 2 * hull_draught / draught


def _trim_moment(size: Size, draught: float) -> float:
    """Tonne-metres to trim 1 cm: waterplane inertia I = Cwp^2 B L^3 / 13 over the length."""
    inertia = _waterplane(size, draught) ** 2 * size.beam * size.lpp**3 / 13
    return WATER * inertia / (100 * size.lpp)


def _station_bounds(plan: Arrangement) -> tuple[tuple[float, float, float], ...]:
    """Fore end, centre and aft end of each station from the bow: forecastle, each bay, each house, mooring deck."""
    half = plan.bay_pitch / 2
    spans: list[tuple[float, float]] = [(plan.bow_x, plan.bay_x[0] + half)]
    for x in plan.bay_x:
        if spans[-1][1] > x + half + 0.1:
            spans.append((spans[-1][1], x + half))
        spans.append((x + half, x - half))
    spans.append((spans[-1][1], plan.stern_x))
    return tuple((fore, (fore + aft) / 2, aft) for fore, aft in spans)


def _buoyancy_shares(plan: Arrangement, share: float) -> list[float]:
    """Share of the buoyancy at each station when the ship displaces `share` of its scantling displacement."""
    upper = min(max(1, bisect_right([row[0] for row in HULL], share)), len(HULL) - 1)
    low, high = HULL[upper - 1], HULL[upper]
    weight = min(1.0, max(0.0, (share - low[0]) / (high[0] - low[0])))
    fullness = HULL_BLOCK / plan.size.block
    parts = [math.pow(a + weight * (b - a), fullness**2) for a, b in zip(low[2], high[2], strict=True)]
    running = [sum(parts[:k]) / sum(parts) for k in range(len(parts) + 1)]
    cumulative = [(k / len(parts), value) for k, value in enumerate(running)]

    def ahead_of(x: float) -> float:
        return _interpolate((plan.bow_x - x) / plan.size.loa, cumulative)

    return [ahead_of(aft) - ahead_of(fore) for fore, _, aft in _station_bounds(plan)]


def _lightship(plan: Arrangement) -> list[tuple[int, int]]:
    """Mass in kg and height of its centre in mm at each station: steel along the hull, machinery, house."""
    size, bounds = plan.size, _station_bounds(plan)
    total = size.lightship * plan.random.uniform(0.985, 1.015)
    steel_by_length = [
        (fore - aft) * (0.62 if centre > plan.bow_x - 0.12 * size.loa or centre < plan.stern_x + 0.08 * size.loa else 1)
        for fore, centre, aft in bounds
    ]
    weights = []
    for (fore, _, aft), steel in zip(bounds, steel_by_length, strict=True):
        parts = [
            (STEEL[0] * steel / sum(steel_by_length), STEEL[1]),
            (MACHINERY[0] * (fore >= plan.funnel_x > aft), MACHINERY[1]),
            (HOUSE[0] * (fore >= plan.bridge_x > aft), HOUSE[1]),
        ]
        mass = sum(part for part, _ in parts)
        vcg = sum(part * height for part, height in parts) / mass
        weights.append((to_kg(total * mass), to_mm(vcg * size.depth)))
    return weights


def _stations(plan: Arrangement, centres: list[int], columns: list[list[int]]) -> tuple[Station, ...]:
    size = plan.size
    scale = size.lpp / HULL_LPP * size.beam / HULL_BEAM * size.block / HULL_BLOCK
    bending = to_kg(HULL_BENDING * scale * size.lpp / HULL_LPP)
    shear = to_kg(HULL_SHEAR * displacement_t(size, size.draught) / HULL_DISPLACEMENT)
    stations = []
    for index, ((mass, vcg), x) in enumerate(zip(_lightship(plan), centres, strict=True)):
        share = (plan.bow_x - x / 1_000) / size.loa
        near_end = 0.7 if share < 0.1 or share > 0.92 else 1.0
        limit = round(bending * _interpolate(share, BENDING_SHARE))
        stations.append(
            Station(
                lcg_mm=x,
                lightship_kg=mass,
                lightship_vcg_mm=vcg,
                buoyancy_kg=tuple(column[index] for column in columns),
                min_shear_kg=-round(shear * near_end),
                max_shear_kg=round(shear * near_end),
                min_bending_kg_m=-limit // 2,
                max_bending_kg_m=limit,
            )
        )
    return tuple(stations)


def trim_limits(size: Size) -> tuple[float, float]:
    """Largest trim by the stern and by the head, metres."""
    return round(0.006 * size.lpp, 1), round(0.003 * size.lpp, 1)


def _interpolate(x: float, table: Sequence[tuple[float, float]]) -> float:
    """Linear between the points of a table that rises in x, constant beyond its ends."""
    upper = bisect_right([point[0] for point in table], x)
    if upper in (0, len(table)):
        return table[min(upper, len(table) - 1)][1]
    (x0, y0), (x1, y1) = table[upper - 1], table[upper]
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
