"""Water in the tanks, so that the ship of a made call floats upright, nearly level and with a sound GM.

A rough search over tanks filled by quarters on the profile's own hydrostatics; the referee has the exact say.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

from cabria.domain.stowage import BayPlan
from cabria.domain.vessel import HydrostaticPoint, Tank, VesselProfile

FULL = 4
"""Tanks are filled by quarters."""
PASSES = 4
FUEL_SHARE = 0.6
LEAST_T = 2.0
"""Less water than this is not worth a pump."""
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
    return ship.level(content(levels))


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
        total = self.afloat(content)
        km_m = self._at(total.t, "km_mm") / 1000
        strength = max(0.0, self._strength_use(content, total) - WANTED_STRENGTH)
        over = max(0.0, total.t - 0.97 * (self.profile.limits.max_displacement_kg or 10**12) / 1000) / 1000
        water = sum(content.values()) / 1e9
        gm_m = km_m - total.z
        return 5 * abs(self.trim_m(total)) + 8 * max(0.0, WANTED_GM_M - gm_m) + 40 * strength + 50 * over + water

    def afloat(self, content: Mapping[str, int]) -> Load:
        return _sum([self.fixed, *(_tank_load(self.tanks[key], kg) for key, kg in content.items())])

    def trim_m(self, total: Load) -> float:
        """By the stern."""
        mct = self._at(total.t, "trim_moment_kg_m_per_cm") / 1000
        return (self._at(total.t, "lcb_mm") / 1000 - total.x) * total.t / mct / 100 if mct else 0.0

    def level(self, content: dict[str, int]) -> dict[str, int]:
        """Upright and on even keel: water in or out of the tanks that do most for it."""
        groups = _mirrored(tank for tank in self.tanks.values() if not _is_fuel(tank))
        for group in sorted(groups, key=lambda group: -abs(group[0].lcg_mm - self.fixed.x * 1000)):
            for _ in range(4):  # the water's own weight moves the centre of buoyancy a little
                total = self.afloat(content)
                excess = (total.x - self._at(total.t, "lcb_mm") / 1000) * total.t
                content = _exchanged(content, group, excess, _lever_from(total.x))
        for group in sorted(groups, key=_by_lever):
            for tank in group:
                total = self.afloat(content)
                content = _exchanged(content, [tank], total.y * total.t, lambda tank: tank.tcg_mm / 1000)
        return content

    def _strength_use(self, content: Mapping[str, int], total: Load) -> float:
        """Largest share of a limit of shear or bending that is used, the buoyancy shifted to lie under the weight."""
        weights = list(self.weights)
        for key, kg in content.items():
            weights[self.tank_station[key]] += kg / 1000
        buoyancies = self._buoyancies(total)
        shear = moment = use = 0.0
        at = self.centres[0]
        for weight, buoyancy, x, station in zip(weights, buoyancies, self.centres, self.profile.stations, strict=True):
            moment += shear * (at - x)
            at = x
            shear += weight - buoyancy
            use = max(use, _use(shear, station.min_shear_kg, station.max_shear_kg))
            use = max(use, _use(moment, station.min_bending_kg_m, station.max_bending_kg_m))
        return use

    def _buoyancies(self, total: Load) -> list[float]:
        """Of each station, tonnes; those of an even keel tilted about the centre of flotation to fit the trim."""
        low, high, share = self._bracket(total.t)
        even = [
            (s.buoyancy_kg[low] * (1 - share) + s.buoyancy_kg[high] * share) / 1000 if s.buoyancy_kg else 0.0
            for s in self.profile.stations
        ]
        mass = sum(even)
        if not mass:
            return even
        centre = sum(b * x for b, x in zip(even, self.centres, strict=True)) / mass
        inertia = sum(b * (x - centre) ** 2 for b, x in zip(even, self.centres, strict=True))
        tilt = (total.x - centre) * total.t / inertia if inertia else 0.0
        return [b * (total.t / mass + tilt * (x - centre)) for b, x in zip(even, self.centres, strict=True)]

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


def _lever_from(x: float) -> Callable[[Tank], float]:
    return lambda tank: tank.lcg_mm / 1000 - x


def _exchanged(
    content: Mapping[str, int], tanks: Sequence[Tank], excess_tm: float, lever_m: Callable[[Tank], float]
) -> dict[str, int]:
    """The contents with as much water let in or out of these tanks as takes the excess moment away."""
    changed = dict(content)
    share = excess_tm / len(tanks)
    for tank in tanks:
        if (lever := lever_m(tank)) and abs(share / lever) > LEAST_T:
            changed[tank.id] = round(min(max(content[tank.id] - 1000 * share / lever, 0), tank.capacity_kg))
    return changed


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
