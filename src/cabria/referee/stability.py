"""How the ship floats with her cargo: displacement, centre of mass, GM, draught, trim, list, shear and bending.

Everything is recomputed from the profile. What the profile does not say is left out by name, never guessed.
Straight lines join the hydrostatic points; a weight between two stations rests on both, so that its moment is kept;
free surfaces of tanks are not known and not taken off GM.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Self

from cabria.domain.stowage import Stowed
from cabria.domain.told import Told, told
from cabria.domain.vessel import HydrostaticPoint, Station, VesselProfile
from cabria.referee.judgement import Stability


class Weight(NamedTuple):
    """A mass and where its centre is; None is not known."""

    mass_kg: int
    lcg_mm: int | None
    tcg_mm: int | None
    vcg_mm: int | None

    @property
    def unknown(self) -> tuple[str, ...]:
        """Axes along which it is not known where it is."""
        return tuple(axis for axis, value in zip(self._fields, self, strict=True) if value is None)


@dataclass
class Cargo:
    """The weights of containers summed up, in whole numbers, so that they may be added and taken away in any order."""

    mass_kg: int = 0
    moment_lcg: int = 0
    moment_tcg: int = 0
    moment_vcg: int = 0
    unknown: Counter[str] = field(default_factory=Counter)
    """Of how many containers with a mass it is not known where along an axis they are."""
    at_lcg_kg: Counter[int] = field(default_factory=Counter)

    @classmethod
    def of(cls, profile: VesselProfile, bay_plan: Iterable[Stowed]) -> Self:
        """Containers outside the profile count in the mass, at no known place."""
        cargo = cls()
        for stowed in bay_plan:
            cargo.add(weight_of(profile, stowed))
        return cargo

    def add(self, weight: Weight, times: int = 1) -> None:
        """`times` -1 takes it away again."""
        mass = times * weight.mass_kg
        self.mass_kg += mass
        self.moment_lcg += mass * (weight.lcg_mm or 0)
        self.moment_tcg += mass * (weight.tcg_mm or 0)
        self.moment_vcg += mass * (weight.vcg_mm or 0)
        if weight.lcg_mm is not None:
            self.at_lcg_kg[weight.lcg_mm] += mass
        if mass and None in weight:
            self.unknown.update(dict.fromkeys(weight.unknown, times))

    def copy(self) -> Self:
        return replace(self, unknown=self.unknown.copy(), at_lcg_kg=self.at_lcg_kg.copy())


def stability(profile: VesselProfile, bay_plan: Iterable[Stowed], tank_contents_kg: Mapping[str, int]) -> Stability:
    """The ship afloat. Containers outside the profile count in the mass, at no known place."""
    return afloat(profile, Cargo.of(profile, bay_plan), tank_contents_kg)


def afloat(profile: VesselProfile, cargo: Cargo, tank_contents_kg: Mapping[str, int]) -> Stability:
    """The ship afloat with her containers summed up."""
    loaded = cargo.copy()
    for tank in _tank_weights(profile, tank_contents_kg):
        loaded.add(tank)
    weights = loaded.copy()
    for station in profile.stations:
        weights.add(Weight(station.lightship_kg, station.lcg_mm, 0, station.lightship_vcg_mm))
    missing: list[Told] = []
    if not profile.stations:
        missing.append(
            told(
                "The profile does not know the light ship, so only cargo and tanks are weighed.",
                "no-light-ship",
            )
        )
    displacement = weights.mass_kg

    def centre(axis: str, moment: int, what: str) -> float | None:
        """Centre of mass along one axis, None where a weight's is not known."""
        if not profile.stations or displacement == 0:
            return None
        if weights.unknown[axis]:
            missing.append(
                told(
                    "The profile does not say {what} all containers stand, so no centre of mass there.",
                    "no-centre",
                    what=what,
                )
            )
            return None
        return moment / displacement

    lcg = centre("lcg_mm", weights.moment_lcg, "how far fore or aft")
    tcg = centre("tcg_mm", weights.moment_tcg, "how far to starboard")
    vcg = centre("vcg_mm", weights.moment_vcg, "how high")
    at = _Hydrostatics(profile.hydrostatics, displacement, missing) if profile.stations else None
    km = at.value("KM", lambda point: point.km_mm) if at else None
    draught = at.value("draught", lambda point: point.draught_mm) if at else None
    lcb = at.value("the centre of buoyancy", lambda point: point.lcb_mm) if at else None
    trim_moment = at.value("the trim moment", lambda point: point.trim_moment_kg_m_per_cm) if at else None
    gm = None if km is None or vcg is None else km - vcg
    trim = None
    if lcg is not None and lcb is not None and trim_moment:
        trim = 10 * displacement * (lcb - lcg) / 1_000 / trim_moment
    heel = None
    if gm is not None and tcg is not None and gm > 0:
        heel = 1_000 * math.degrees(math.atan(tcg / gm))
    shear, bending = _strength(profile.stations, at, loaded, missing, may_trim=trim is not None)
    return Stability(
        cargo_kg=cargo.mass_kg,
        displacement_kg=displacement,
        lcg_mm=_rounded(lcg),
        tcg_mm=_rounded(tcg),
        vcg_mm=_rounded(vcg),
        gm_mm=_rounded(gm),
        draught_mm=_rounded(draught),
        trim_mm=_rounded(trim),
        list_mdeg=_rounded(heel),
        shear_kg=shear,
        bending_kg_m=bending,
        not_judged=tuple({why.text: why for why in missing}.values()),
    )


def _rounded(value: float | None) -> int | None:
    return None if value is None else round(value)


def weight_of(profile: VesselProfile, stowed: Stowed) -> Weight:
    place = profile.place(stowed.position)
    mass = stowed.container.gross_mass_kg
    if place is None:
        return Weight(mass, None, None, None)
    return Weight(mass, place.stack.lcg_at_mm(place.end), place.stack.tcg_mm, place.cell.vcg_mm)


def _tank_weights(profile: VesselProfile, contents: Mapping[str, int]) -> list[Weight]:
    return [
        Weight(content, tank.lcg_mm, tank.tcg_mm, tank.vcg_mm(content))
        for tank in profile.tanks
        if (content := contents.get(tank.id, 0))
    ]


class _Hydrostatics:
    """The hydrostatic table read at one displacement; adds to `missing` what it does not say."""

    def __init__(self, points: Sequence[HydrostaticPoint], displacement_kg: int, missing: list[Told]) -> None:
        self.points = points
        self.missing = missing
        self.upper: int | None = None
        self.weight = 0.0
        masses = [point.displacement_kg for point in points]
        if len(points) < 2:
            missing.append(
                told(
                    "The profile has no hydrostatic table, so GM, draught and trim are not known.",
                    "no-hydrostatics",
                )
            )
        elif not masses[0] <= displacement_kg <= masses[-1]:
            missing.append(
                told(
                    "The displacement of {displacement_t:,} t is outside the hydrostatic table ({low_t:,} to "
                    "{high_t:,} t).",
                    "beyond-hydrostatics",
                    displacement_t=round(displacement_kg / 1_000),
                    low_t=round(masses[0] / 1_000),
                    high_t=round(masses[-1] / 1_000),
                )
            )
        else:
            self.upper = min(bisect_right(masses, displacement_kg), len(points) - 1)
            low, high = masses[self.upper - 1], masses[self.upper]
            self.weight = (displacement_kg - low) / (high - low)

    def between(self, low: float, high: float) -> float:
        return low + self.weight * (high - low)

    def value(self, name: str, of: Callable[[HydrostaticPoint], int | None]) -> float | None:
        if self.upper is None:
            return None
        low, high = of(self.points[self.upper - 1]), of(self.points[self.upper])
        if low is None or high is None:
            self.missing.append(told("The hydrostatic table does not give {what}.", "hydrostatics-lack", what=name))
            return None
        return self.between(low, high)


def limits_of_lcg(profile: VesselProfile, displacement_kg: int) -> tuple[float | None, float | None]:
    """Least and greatest centre of mass along the ship that the hydrostatic table allows at a displacement."""
    at = _Hydrostatics(profile.hydrostatics, displacement_kg, [])
    return (
        at.value("the least LCG", lambda point: point.min_lcg_mm),
        at.value("the greatest LCG", lambda point: point.max_lcg_mm),
    )


def _strength(
    stations: Sequence[Station],
    at: _Hydrostatics | None,
    cargo: Cargo,
    missing: list[Told],
    *,
    may_trim: bool,
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Shear force and bending moment at each station, from the bow (Larsen and Pacino 2021).

    Where the profile knows how the ship trims, buoyancy follows the trim; else it is that of an even keel.
    """
    if at is None or at.upper is None or not all(station.buoyancy_kg for station in stations):
        if stations and (at is None or at.upper is not None):
            missing.append(
                told(
                    "The profile does not give the buoyancy along the ship, so shear and bending are not known.",
                    "no-buoyancy",
                )
            )
        return (), ()
    if cargo.unknown["lcg_mm"]:
        return (), ()
    upper = at.upper
    tables = [station.buoyancy_kg for station in stations]
    surplus = [
        station.lightship_kg - at.between(table[upper - 1], table[upper])
        for station, table in zip(stations, tables, strict=True)
    ]
    for index, mass in _shares(stations, cargo.at_lcg_kg):
        surplus[index] += mass
    if may_trim:
        growth = [table[upper] - table[upper - 1] for table in tables]
        surplus = _trimmed(surplus, [station.lcg_mm for station in stations], growth)
    shear: list[int] = []
    bending: list[int] = []
    force = moment = 0.0
    for index, station in enumerate(stations):
        if index:
            moment += force * abs(station.lcg_mm - stations[index - 1].lcg_mm) / 1_000
        force += surplus[index]
        shear.append(round(force))
        bending.append(round(moment))
    return tuple(shear), tuple(bending)


def _trimmed(surplus: Sequence[float], lcg_mm: Sequence[int], growth: Sequence[float]) -> list[float]:
    """The surplus of a ship that has trimmed until her weight and her buoyancy lie over each other.

    A station gains buoyancy by its waterplane, which is how much it gains from one hydrostatic point to the next,
    times its distance from the centre of flotation.
    """
    flotation = sum(g * x for g, x in zip(growth, lcg_mm, strict=True)) / (sum(growth) or 1)
    gains = [g * (x - flotation) for g, x in zip(growth, lcg_mm, strict=True)]
    inertia = sum(gain * x for gain, x in zip(gains, lcg_mm, strict=True))
    if inertia <= 0:
        return list(surplus)
    moment = sum(value * x for value, x in zip(surplus, lcg_mm, strict=True))
    return [value - gain * moment / inertia for value, gain in zip(surplus, gains, strict=True)]


def _shares(stations: Sequence[Station], at_lcg_kg: Mapping[int, int]) -> Iterable[tuple[int, float]]:
    """What masses put on which station: on the two beside them, nearer takes more; beyond the ends on the last."""
    centres = [-station.lcg_mm for station in stations]  # rising, as stations are listed from the bow
    for lcg_mm, mass_kg in sorted(at_lcg_kg.items()):
        aft = bisect_right(centres, -lcg_mm)
        if aft == 0 or aft == len(centres):
            yield min(aft, len(centres) - 1), mass_kg
            continue
        share = (-lcg_mm - centres[aft - 1]) / (centres[aft] - centres[aft - 1])
        yield aft - 1, mass_kg * (1 - share)
        yield aft, mass_kg * share
