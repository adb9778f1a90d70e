"""Water in the tanks, so that the ship of a made call floats upright, nearly level and with a sound GM.

A rough search over tanks filled by quarters on the profile's own hydrostatics; the referee has the exact say.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

from cabria.domain.stowage import BayPlan
from cabria.domain.vessel import HydrostaticPoint, Tank, VesselProfile

FULL = 4
"""Tanks are filled by quarters."""
PASSES = 4
FUEL_SHARE = 0.6
WANTED_TRIM_M = 0.5
"""By the stern, give or take as much."""
WANTED_GM_M = 1.6
WANTED_STRENGTH = 0.85
"""Share of the limits of shear and bending that may be used."""


@dataclass(frozen=True, slots=True)
class Load:
    """A weight and where its centre lies, in tonnes and metres."""

    t: float
    x: float
    y: float
    z: float


def ballast(profile: VesselProfile, plan: BayPlan) -> dict[str, int]:
    """What the tanks should hold, in kg by tank id; fuel tanks (FO...) are 60 % full. Empty without hydrostatics."""
    if not profile.tanks or not profile.hydrostatics or not profile.stations:
        return {}
    ship = _Ship(profile, plan)
    groups = _mirrored([tank for tank in profile.tanks if not _is_fuel(tank)])
    fuel = {tank.id: round(FUEL_SHARE * tank.capacity_kg) for tank in profile.tanks if _is_fuel(tank)}
    levels = [0] * len(groups)

    def content(levels: Sequence[int]) -> dict[str, int]:
        water = {
            tank.id: level * tank.capacity_kg // FULL
            for group, level in zip(groups, levels, strict=True)
            for tank in group
        }
        return {**fuel, **water}

    best = ship.badness(content(levels))
    for _ in range(PASSES):
        before = best
        for tried in _changes(levels):
            if (badness := ship.badness(content(tried))) < best - 1e-9:
                levels[:], best = tried, badness
        if best == before:
            break
    return ship.upright(content(levels))


def _changes(levels: list[int]) -> Iterator[list[int]]:
    """The levels with one tank filled or emptied at a time, then with water moved from one to another.

    Each change is made from what the list holds when it is asked for.
    """
    for index in range(len(levels)):
        for level in range(FULL + 1):
            if level != levels[index]:
                yield [*levels[:index], level, *levels[index + 1 :]]
    for source, target in permutations(range(len(levels)), 2):
        for step in (1, 2):
            if levels[source] >= step and levels[target] <= FULL - step:
                tried = list(levels)
                tried[source] -= step
                tried[target] += step
                yield tried


def _is_fuel(tank: Tank) -> bool:
    return tank.id.startswith("FO")


def _mirrored(tanks: Iterable[Tank]) -> list[list[Tank]]:
    """Tanks that lie alike to port and starboard, together."""
    groups: dict[tuple[int, int, int], list[Tank]] = {}
    for tank in tanks:
        groups.setdefault((tank.lcg_mm, abs(tank.tcg_mm), tank.vcg_empty_mm), []).append(tank)
    return list(groups.values())


class _Ship:
    """The ship with her cargo, ready to be asked about tank contents."""

    def __init__(self, profile: VesselProfile, plan: BayPlan) -> None:
        self.profile = profile
        self.points = profile.hydrostatics
        self.tanks = {tank.id: tank for tank in profile.tanks}
        self.centres = [station.lcg_mm / 1000 for station in profile.stations]
        loads = [Load(s.lightship_kg / 1000, s.lcg_mm / 1000, 0.0, s.lightship_vcg_mm / 1000) for s in profile.stations]
        loads += _cargo(profile, plan)
        self.fixed = _sum(loads)
        self.weights = [0.0] * len(self.centres)
        for load in loads:
            self.weights[self._station(load.x)] += load.t
        self.tank_station = {tank.id: self._station(tank.lcg_mm / 1000) for tank in profile.tanks}

    def _station(self, x: float) -> int:
        """The nearest station; they are listed from the bow."""
        after = bisect_left(self.centres, -x, key=lambda centre: -centre)
        near = [index for index in (after - 1, after) if 0 <= index < len(self.centres)]
        return min(near, key=lambda index: abs(self.centres[index] - x))

    def badness(self, content: Mapping[str, int]) -> float:
        total = _sum([self.fixed, *(_tank_load(self.tanks[key], kg) for key, kg in content.items())])
        km, lcb, mct = (self._at(total.t, name) for name in ("km_mm", "lcb_mm", "trim_moment_kg_m_per_cm"))
        trim_m = (lcb / 1000 - total.x) * total.t / (mct / 1000) / 100 if mct else 0.0
        gm_m = km / 1000 - total.z
        strength = max(0.0, self._bending_use(content, total.t) - WANTED_STRENGTH)
        over = max(0.0, total.t - 0.97 * (self.profile.limits.max_displacement_kg or 10**12) / 1000) / 1000
        water = sum(content.values()) / 1e9
        return (
            3 * max(0.0, abs(trim_m - WANTED_TRIM_M) - WANTED_TRIM_M)
            + 8 * max(0.0, WANTED_GM_M - gm_m)
            + 40 * strength
            + 50 * over
            + water
        )

    def upright(self, content: dict[str, int]) -> dict[str, int]:
        """Take water off the heavy side, or put it in on the light side, until the ship stands upright."""
        heel = sum(
            load.t * load.y for load in (self.fixed, *(_tank_load(self.tanks[key], kg) for key, kg in content.items()))
        )
        for group in sorted(_mirrored(tank for tank in self.tanks.values() if not _is_fuel(tank)), key=_by_lever):
            for tank in group:
                lever = tank.tcg_mm / 1000
                if not lever:
                    continue
                wanted = content[tank.id] - 1000 * heel / lever
                new = round(min(max(wanted, 0), tank.capacity_kg))
                heel += (new - content[tank.id]) / 1000 * lever
                content = {**content, tank.id: new}
        return content

    def _bending_use(self, content: Mapping[str, int], displacement_t: float) -> float:
        """Largest share of a bending or shear limit that is used, buoyancy on even keel."""
        weights = list(self.weights)
        for key, kg in content.items():
            weights[self.tank_station[key]] += kg / 1000
        low, high, share = self._bracket(displacement_t)
        shear = moment = use = 0.0
        at = self.centres[0]
        for weight, x, station in zip(weights, self.centres, self.profile.stations, strict=True):
            moment += shear * (at - x)
            at = x
            if station.buoyancy_kg:
                a, b = station.buoyancy_kg[low] / 1000, station.buoyancy_kg[high] / 1000
                shear += weight - (a + share * (b - a))
            use = max(use, _use(shear, station.min_shear_kg, station.max_shear_kg))
            use = max(use, _use(moment, station.min_bending_kg_m, station.max_bending_kg_m))
        return use

    def _bracket(self, t: float) -> tuple[int, int, float]:
        masses = [point.displacement_kg / 1000 for point in self.points]
        high = min(max(bisect_left(masses, t), 1), len(masses) - 1) if len(masses) > 1 else 0
        low = max(0, high - 1)
        gap = masses[high] - masses[low]
        return low, high, min(max((t - masses[low]) / gap, 0.0), 1.0) if gap else 0.0

    def _at(self, t: float, name: str) -> float:
        low, high, share = self._bracket(t)
        a, b = (_value(self.points[index], name) for index in (low, high))
        return a + share * (b - a)


def _by_lever(group: Sequence[Tank]) -> tuple[bool, int]:
    """Heeling tanks first, then the outermost."""
    return not group[0].id.startswith("HEEL"), -abs(group[0].tcg_mm)


def _value(point: HydrostaticPoint, name: str) -> float:
    return float(getattr(point, name) or 0)


def _use(value_t: float, low_kg: int | None, high_kg: int | None) -> float:
    limit = high_kg if value_t > 0 else low_kg
    return abs(value_t * 1000 / limit) if limit else 0.0


def _tank_load(tank: Tank, content_kg: int) -> Load:
    return Load(content_kg / 1000, tank.lcg_mm / 1000, tank.tcg_mm / 1000, tank.vcg_mm(content_kg) / 1000)


def _cargo(profile: VesselProfile, plan: BayPlan) -> list[Load]:
    loads = []
    for box, position in plan:
        place = profile.place(position)
        assert place is not None, position
        x, y, z = place.stack.lcg_at_mm(place.end), place.stack.tcg_mm, place.cell.vcg_mm
        loads.append(Load(box.gross_mass_kg / 1000, (x or 0) / 1000, (y or 0) / 1000, (z or 0) / 1000))
    return loads


def _sum(loads: Iterable[Load]) -> Load:
    t = x = y = z = 0.0
    for load in loads:
        t += load.t
        x += load.t * load.x
        y += load.t * load.y
        z += load.t * load.z
    return Load(t, x / t, y / t, z / t) if t else Load(0.0, 0.0, 0.0, 0.0)
