"""LCG, shear and bending as rows, within one range of displacement, where they are linear in what each bay holds."""

from __future__ import annotations

from dataclasses import dataclass

from cabria.domain.whole_ship import Afloat, WholeShip
from cabria.planning.stowage.whole_ship.bound_cargo import Cargo
from cabria.planning.stowage.whole_ship.bound_model import Model, Terms

T, T_M = 1e3, 1e8
"""Rows are in t and in 100 t m, so that their numbers are of one size."""


@dataclass(frozen=True)
class Waters:
    """A range of displacement. `upper` is the hydrostatic point it ends at, None where nothing is known of the hull."""

    least_kg: int
    most_kg: int
    upper: int | None


def waters_of(given: WholeShip) -> list[Waters]:
    """From the deepest up: together all displacements a plan can have. The last has all that is lighter."""
    loads, points = given.containers, given.ship.points
    empty = given.ship.lightship_kg + sum(loads[box].mass_kg for box in given.release)
    full = min(empty + sum(loads[box].mass_kg for box in given.to_load), points[-1].displacement_kg)
    found = []
    for upper in range(len(points) - 1, 0, -1):
        below, above = points[upper - 1].displacement_kg, points[upper].displacement_kg
        if below <= full and empty <= above:
            found.append(Waters(max(below, empty), min(above, full), upper))
    if empty <= points[0].displacement_kg:
        found.append(Waters(empty, min(full, points[0].displacement_kg), None))
    return found


def keep_afloat(given: WholeShip, model: Model, cargo: Cargo, waters: Waters) -> None:
    """Rows for plans that float within these waters."""
    base = [section.lightship_kg for section in given.ship.sections]
    for box, spot in given.release.items():
        base[spot.bay] += given.containers[box].mass_kg
    bays = {variable: bay for (bay, _), variable in cargo.kinds.items()}
    hull = _Hull(base, [(variable, bays[variable], kg) for variable, kg in cargo.masses.items()], cargo.excess)
    everywhere = [1.0] * len(base)
    hull.between(model, everywhere, waters.least_kg, waters.most_kg, T)
    if waters.upper is not None:
        _keep(given, model, hull, waters.upper)


@dataclass(frozen=True)
class _Hull:
    base_kg: list[int]
    loaded: list[tuple[int, int, float]]
    """Variable, bay, kg of one."""
    excess: int

    def between(self, model: Model, arms: list[float], low: float, high: float, unit: float) -> None:
        """The sum over bays of mass times arm is within these."""
        base = sum(kg * arm for kg, arm in zip(self.base_kg, arms, strict=True))
        terms: Terms = {variable: kg * arms[bay] / unit for variable, bay, kg in self.loaded}
        if high < float("inf"):
            model.at_most(terms | {self.excess: -1.0}, (high - base) / unit)
        if low > -float("inf"):
            model.at_least(terms | {self.excess: 1.0}, (low - base) / unit)


def _keep(given: WholeShip, model: Model, hull: _Hull, upper: int) -> None:
    ship = given.ship
    below, above = ship.points[upper - 1 : upper + 1]
    lcg = [float(section.lcg_mm) for section in ship.sections]
    hull.between(model, [x - above.min_lcg_mm for x in lcg], 0.0, float("inf"), T_M)
    hull.between(model, [x - above.max_lcg_mm for x in lcg], -float("inf"), 0.0, T_M)
    slopes = [_slope(section.buoyancy_kg, upper, below, above) for section in ship.sections]
    bare = [
        section.buoyancy_kg[upper] - slope * above.displacement_kg
        for section, slope in zip(ship.sections, slopes, strict=True)
    ]
    for bay, section in enumerate(ship.sections):
        slope, rest = sum(slopes[: bay + 1]), sum(bare[: bay + 1])
        arms = [float(other <= bay) - slope for other in range(len(lcg))]
        hull.between(model, arms, section.min_shear_kg + rest, section.max_shear_kg + rest, T)
        lever = [lcg[other] - lcg[bay] if other <= bay else 0.0 for other in range(len(lcg))]
        slope = sum(arm * slopes[other] for other, arm in enumerate(lever))
        rest = sum(arm * bare[other] for other, arm in enumerate(lever))
        hull.between(model, [arm - slope for arm in lever], -float("inf"), section.max_bending_kg_mm + rest, T_M)


def _slope(buoyancy_kg: tuple[int, ...], upper: int, below: Afloat, above: Afloat) -> float:
    return (buoyancy_kg[upper] - buoyancy_kg[upper - 1]) / (above.displacement_kg - below.displacement_kg)
