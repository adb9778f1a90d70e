"""What fits into one stack part, as rows that hold for every stack the judge would let pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import gcd

from cabria.domain.whole_ship import HIGH_CUBE_MM, STANDARD_MM
from cabria.planning.stowage.whole_ship.bound_parts import Group, Size, Weight, room_of

SHORT, LONG, LONG_HIGH = Size(False, False), Size(True, False), Size(True, True)
SIZES = (SHORT, LONG, LONG_HIGH)
Row = tuple[dict[Size, float], float]
WeightRow = tuple[dict[Weight, float], float]


def size_rows(group: Group) -> Iterator[Row]:
    """Height and cells: the hull of the whole numbers of standard and high cells that fit into one stack."""
    for low, high, limit in height_cuts(group.height_mm_2, group.cells):
        yield {size: size.cells * (high if size.is_high else low) for size in SIZES}, limit


def height_cuts(height_mm_2: int, cells: int) -> list[tuple[float, float, float]]:
    """Rows `low * standard + high * high cubes <= limit` that hold for all whole numbers of cells in one stack."""
    corners = []
    for high in range(cells + 1):
        room = height_mm_2 - 2 * HIGH_CUBE_MM * high
        if room >= 0:
            corners.append((high, min(cells - high, room // (2 * STANDARD_MM))))
    if not corners:
        return [(1.0, 1.0, 0.0)]
    hull: list[tuple[int, int]] = []
    for corner in corners:  # the upper hull, Andrew's way
        while len(hull) > 1 and _turn(hull[-2], hull[-1], corner) >= 0:
            hull.pop()
        hull.append(corner)
    cuts = [(1.0, 0.0, float(hull[0][1])), (0.0, 1.0, float(hull[-1][0]))]
    for (h0, l0), (h1, l1) in pairwise(hull):
        cuts.append((float(h1 - h0), float(l0 - l1), float((h1 - h0) * l0 + (l0 - l1) * h0)))
    return cuts


def _turn(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]) -> int:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def weight_rows(group: Group, weights: Sequence[Weight]) -> Iterator[WeightRow]:
    """What a stack and its ends bear, as sums and as counts of all boxes from some mass upwards."""
    halves = {weight: weight.mass_kg * (2 if weight.size.is_long else 1) for weight in weights}
    yield {weight: kg / 2_000 for weight, kg in halves.items()}, _reached(group.whole_kg_2, halves, group.cells) / 2_000
    both = group.light_end_kg_2 + group.heavy_end_kg_2
    yield {weight: weight.mass_kg / 1_000 for weight in weights}, both / 2_000
    for least in sorted({weight.mass_kg for weight in weights}):
        heavy = [weight for weight in weights if weight.mass_kg >= least]
        yield from _counts(group, heavy, least)


def _reached(limit: int, masses: Mapping[Weight, int], cells: int) -> int:
    """The greatest sum of whole boxes within the limit; the limit itself where that would take long to find."""
    step = gcd(*masses.values())
    if not step or limit // step > 4_000:
        return limit
    steps, reach = {kg // step for kg in masses.values()}, {0}
    for _ in range(2 * cells):
        reach |= {total + more for total in reach for more in steps if total + more <= limit // step}
    return max(reach) * step


def _counts(group: Group, heavy: Sequence[Weight], least_kg: int) -> Iterator[WeightRow]:
    """No stack holds more cells of these than if all were as light as the lightest."""
    long_fit = _cells_of(group, least_kg, long=group.cells, short=False)
    for sizes, height in (((LONG, LONG_HIGH), STANDARD_MM), ((LONG_HIGH,), HIGH_CUBE_MM)):
        counted = [weight for weight in heavy if weight.size in sizes]
        if counted:
            yield dict.fromkeys(counted, 1.0), min(long_fit, group.height_mm_2 // (2 * height))
    if any(not weight.size.is_long for weight in heavy):
        yield (
            {weight: 0.5 for weight in heavy if not weight.size.is_long},
            _cells_of(group, least_kg, long=0, short=True),
        )
        if long_fit:
            yield (
                {weight: weight.size.cells for weight in heavy},
                _cells_of(group, least_kg, long=group.cells, short=True),
            )


def _cells_of(group: Group, kg: int, *, long: int, short: bool) -> float:
    """The most cells that can be filled with boxes of one mass, 20 ft as halves."""
    most = 0.0
    for count in range(min(long, room_of(group), group.light_end_kg_2 // kg, group.whole_kg_2 // (2 * kg)) + 1):
        ends = (group.light_end_kg_2, group.heavy_end_kg_2)
        pieces = sum(min(room_of(group) - count, max(0, end_kg_2 - count * kg) // (2 * kg)) for end_kg_2 in ends)
        most = max(most, count + 0.5 * short * min(pieces, group.whole_kg_2 // kg - 2 * count))
    return most
