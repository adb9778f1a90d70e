"""Water in the tanks for a departure: trim, list, GM, shear and bending by linear programming.

The hydrostatic table is read at the displacement of the step before, so the programme is solved a few times. Fuel and
fresh water stay as they are. What the profile does not say is left out.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import linprog

from cabria.domain.calls import VesselCall
from cabria.domain.stowage import Stowed
from cabria.domain.vessel import HydrostaticPoint, Tank, VesselProfile

Array = np.ndarray[Any, np.dtype[Any]]

STEPS = 3
MARGIN = 0.97
"""Share of a limit of shear or bending that may be used; rounding and the cargo's own moves need the rest."""
FIXED_TANKS = ("FO", "HFO", "LFO", "LSFO", "MDO", "MGO", "DO", "LO", "FW")
"""How names of tanks begin that hold fuel, oil or fresh water."""
MOVED_PRICE, VIOLATION_PRICE, TRIM_PRICE, LIST_PRICE = 1e-4, 1.0, 2e-3, 2e-2
"""Per tonne of water moved; per tonne of shear and 32 tonne-metres of bending beyond; per tonne-metre."""


def may_be_filled(tank: Tank) -> bool:
    return not tank.id.upper().startswith(FIXED_TANKS)


@dataclass(frozen=True)
class Afloat:
    """A ship that can be asked how full her tanks should be; tonnes and metres."""

    profile: VesselProfile
    tanks: tuple[Tank, ...]
    station_x: Array
    shares: Array
    """How much of each tank's weight rests on each station (tank by station)."""

    @classmethod
    def of(cls, profile: VesselProfile) -> Afloat | None:
        """None when the profile does not say how the ship floats."""
        tanks = tuple(tank for tank in profile.tanks if may_be_filled(tank))
        complete = all(point.lcb_mm is not None and point.km_mm is not None for point in profile.hydrostatics)
        if len(profile.stations) < 2 or len(profile.hydrostatics) < 2 or not complete:
            return None
        x = np.array([station.lcg_mm / 1_000 for station in profile.stations])
        shares = np.array([station_shares(x, tank.lcg_mm / 1_000) for tank in tanks]).reshape(len(tanks), len(x))
        return cls(profile, tanks, x, shares)

    def fill(self, call: VesselCall, cargo: Iterable[Stowed]) -> dict[str, int] | None:
        """Contents of all tanks in kg with which the ship floats best; None when there are no tanks to fill or
        no contents can be found.
        """
        if not self.tanks:
            return None
        content = {tank.id: call.tank_contents_kg.get(tank.id, 0) for tank in self.profile.tanks}
        now = np.array([content[tank.id] / 1_000 for tank in self.tanks])
        fixed = _Fixed.of(self, content, cargo)
        for _ in range(STEPS):
            found = self._step(fixed, now, np.array([content[tank.id] / 1_000 for tank in self.tanks]))
            if found is None:
                return None
            now = found
        filled = {tank.id: min(tank.capacity_kg, round(1_000 * t)) for tank, t in zip(self.tanks, now, strict=True)}
        return {**content, **filled}

    def strain(self, cargo: Iterable[Stowed], content_kg: Mapping[str, int]) -> Strain | None:
        """How hard the hull is strained with these contents; None when the profile gives no buoyancy along the ship."""
        stations = self.profile.stations
        if not all(station.buoyancy_kg for station in stations):
            return None
        full = {tank.id: content_kg.get(tank.id, 0) for tank in self.profile.tanks}
        water = np.array([full[tank.id] / 1_000 for tank in self.tanks])
        fixed = _Fixed.of(self, full, cargo)
        at = _Table(self.profile.hydrostatics, (fixed.t + water.sum()) * 1_000)
        low, high = (np.array([s.buoyancy_kg[i] / 1_000 for s in stations]) for i in (at.upper - 1, at.upper))
        surplus = fixed.by_station + water @ self.shares - (low + at.weight * (high - low))
        limits = np.array(
            [
                [_limit(s.min_shear_kg, -1), _limit(s.max_shear_kg, 1), _limit(s.min_bending_kg_m, -1),
                 _limit(s.max_bending_kg_m, 1)]
                for s in stations
            ],
            np.int64,
        )  # fmt: skip
        gaps = np.abs(np.diff(self.station_x, prepend=self.station_x[0]))
        force = 1_000 * surplus.cumsum()
        moment = _bending(force, gaps)
        beyond = [force - limits[:, 1], limits[:, 0] - force, moment - limits[:, 3], limits[:, 2] - moment]
        return Strain(np.rint(1_000 * surplus).astype(np.int64), limits, max(0, int(np.max(beyond))))

    def _step(self, fixed: _Fixed, now: Array, before: Array) -> Array | None:
        """One linear programme around the contents `now`; `before` is what the tanks hold on arrival."""
        at = _Table(self.profile.hydrostatics, (fixed.t + now.sum()) * 1_000)
        programme = _Programme(len(self.tanks))
        x_m = np.array([tank.lcg_mm / 1_000 for tank in self.tanks])
        y_m = np.array([tank.tcg_mm / 1_000 for tank in self.tanks])
        z_m = np.array([tank.vcg_mm(round(1_000 * t)) / 1_000 for tank, t in zip(self.tanks, now, strict=True)])
        lcb, km = at.value(lambda p: p.lcb_mm) / 1_000, at.value(lambda p: p.km_mm) / 1_000
        programme.keep_near(x_m - lcb, fixed.x_t_m - lcb * fixed.t, TRIM_PRICE)
        programme.keep_near(y_m, fixed.y_t_m, LIST_PRICE)
        for tank in range(len(self.tanks)):
            unit = np.zeros(len(self.tanks))
            unit[tank] = 1
            programme.keep_near(unit, -before[tank], MOVED_PRICE)
        limits = self.profile.limits
        lever = km - (limits.min_gm_mm or 0) / 1_000 - 0.05
        programme.keep_below(z_m - lever, lever * fixed.t - fixed.z_t_m, VIOLATION_PRICE)
        heaviest = [limits.max_displacement_kg, self.profile.hydrostatics[-1].displacement_kg]
        cap = min(kg for kg in heaviest if kg is not None) / 1_000
        programme.keep_below(np.ones(len(self.tanks)), cap - fixed.t, 10 * VIOLATION_PRICE)
        self._bound_strength(programme, fixed, at)
        return programme.solve(np.array([tank.capacity_kg / 1_000 for tank in self.tanks]))

    def _bound_strength(self, programme: _Programme, fixed: _Fixed, at: _Table) -> None:
        stations = self.profile.stations
        if not all(station.buoyancy_kg for station in stations):
            return
        low, high = (np.array([s.buoyancy_kg[i] / 1_000 for s in stations]) for i in (at.upper - 1, at.upper))
        span = at.high_t - at.low_t
        slope = (high - low) / span
        # Surplus of station i: fixed weight + shares of water - (low + slope * (displacement - low_t)).
        by_water = self.shares - slope
        surplus = fixed.by_station - low - slope * (fixed.t - at.low_t)
        gaps = np.abs(np.diff(self.station_x, prepend=self.station_x[0]))
        force, forces = surplus.cumsum(), by_water.cumsum(axis=1)
        moment, moments = _bending(force, gaps), np.array([_bending(row, gaps) for row in forces])
        for i, station in enumerate(stations):
            programme.keep_between(forces[:, i], force[i], station.min_shear_kg, station.max_shear_kg, 1.0)
            programme.keep_between(moments[:, i], moment[i], station.min_bending_kg_m, station.max_bending_kg_m, 1 / 32)


@dataclass(frozen=True)
class Strain:
    """Weight less buoyancy by station, limits (least and greatest shear, bending), and the worst excess of any."""

    surplus_kg: Array
    limits: Array
    excess_kg: int


def _limit(stated: int | None, sign: int) -> int:
    return sign << 50 if stated is None else round(MARGIN * stated)


def station_shares(station_x: Array, x_m: float) -> Array:
    """What a weight at x puts on each station: on the two beside it, beyond the ends on the last."""
    shares = np.zeros(len(station_x))
    aft = int(np.searchsorted(-station_x, -x_m, side="right"))
    if aft in (0, len(station_x)):
        shares[min(aft, len(station_x) - 1)] = 1
        return shares
    share = (station_x[aft - 1] - x_m) / (station_x[aft - 1] - station_x[aft])
    shares[aft - 1], shares[aft] = 1 - share, share
    return shares


def _bending(force: Array, gaps: Array) -> Array:
    """Moment at each station: sum of the forces ahead of it times the distances to the next."""
    return np.concatenate(([0.0], (force[:-1] * gaps[1:]).cumsum()))


@dataclass(frozen=True)
class _Fixed:
    """Everything but the tanks that may be filled: mass, moments and weight by station, tonnes and metres."""

    t: float
    x_t_m: float
    y_t_m: float
    z_t_m: float
    by_station: Array

    @classmethod
    def of(cls, afloat: Afloat, content_kg: Mapping[str, int], cargo: Iterable[Stowed]) -> _Fixed:
        profile = afloat.profile
        weights = [(s.lightship_kg, s.lcg_mm, 0, s.lightship_vcg_mm) for s in profile.stations]
        weights += [
            (content_kg[tank.id], tank.lcg_mm, tank.tcg_mm, tank.vcg_mm(content_kg[tank.id]))
            for tank in profile.tanks
            if tank not in afloat.tanks
        ]
        for container, position in cargo:
            if place := profile.place(position):
                x, y, z = place.stack.lcg_at_mm(place.end), place.stack.tcg_mm, place.cell.vcg_mm
                weights.append((container.gross_mass_kg, x or 0, y or 0, z or 0))
        table = np.array(weights, np.float64) / 1_000
        by_station = np.zeros(len(profile.stations))
        by_station += table[: len(profile.stations), 0]
        by_x: dict[float, float] = {}
        for mass_t, x_m, _, _ in table[len(profile.stations) :].tolist():
            by_x[x_m] = by_x.get(x_m, 0.0) + mass_t
        for x_m, mass_t in by_x.items():
            by_station += mass_t * station_shares(afloat.station_x, x_m)
        mass = table[:, 0]
        return cls(
            float(mass.sum()),
            float(mass @ table[:, 1]),
            float(mass @ table[:, 2]),
            float(mass @ table[:, 3]),
            by_station,
        )


class _Table:
    """The hydrostatic table at one displacement."""

    def __init__(self, points: tuple[HydrostaticPoint, ...], displacement_kg: float) -> None:
        masses = [point.displacement_kg for point in points]
        self.points = points
        self.upper = min(max(1, bisect_right(masses, displacement_kg)), len(points) - 1)
        self.low_t, self.high_t = masses[self.upper - 1] / 1_000, masses[self.upper] / 1_000
        self.weight = (displacement_kg / 1_000 - self.low_t) / (self.high_t - self.low_t)

    def value(self, of: Callable[[HydrostaticPoint], int | None]) -> float:
        low, high = of(self.points[self.upper - 1]) or 0, of(self.points[self.upper]) or 0
        return low + self.weight * (high - low)


class _Programme:
    """Rows of a linear programme over tank contents, each with a slack that costs."""

    def __init__(self, tanks: int) -> None:
        self.tanks = tanks
        self.rows: list[Array] = []
        self.bounds: list[float] = []
        self.owner: list[int] = []
        self.prices: list[float] = []

    def keep_below(self, row: Array, bound: float, price: float) -> None:
        """row @ contents <= bound, at a price per unit beyond."""
        self.rows.append(row)
        self.bounds.append(bound)
        self.owner.append(len(self.prices))
        self.prices.append(price)

    def keep_near(self, row: Array, constant: float, price: float) -> None:
        """row @ contents + constant near zero."""
        self.keep_below(row, -constant, price)
        self.keep_below(-row, constant, price)

    def keep_between(self, row: Array, constant: float, low_kg: int | None, high_kg: int | None, price: float) -> None:
        if high_kg is not None:
            self.keep_below(row, MARGIN * high_kg / 1_000 - constant, price)
        if low_kg is not None:
            self.keep_below(-row, constant - MARGIN * low_kg / 1_000, price)

    def solve(self, capacities: Array) -> Array | None:
        count, slacks = self.tanks, len(self.prices)
        matrix = np.zeros((len(self.rows), count + slacks))
        matrix[:, :count] = self.rows
        matrix[np.arange(len(self.rows)), count + np.array(self.owner)] = -1
        costs = np.concatenate((np.zeros(count), self.prices))
        bounds = [(0.0, float(capacity)) for capacity in capacities] + [(0.0, None)] * slacks
        found = linprog(costs, A_ub=matrix, b_ub=np.array(self.bounds), bounds=bounds, method="highs")
        return np.array(found.x[:count]) if found.status == 0 else None
