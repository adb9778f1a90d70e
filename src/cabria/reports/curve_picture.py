"""Weight and buoyancy, shear and bending along the ship against the limits, bow on the right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cabria.domain.vessel import HydrostaticPoint, Station, VesselProfile
from cabria.referee.judgement import Stability
from cabria.reports import svg
from cabria.reports.chart import Axis

WIDTH, HEIGHT = 600, 210
LEFT, RIGHT, TOP, BOTTOM = 52, 10, 24, 24


@dataclass(frozen=True, slots=True)
class Curve:
    name: str
    """Class of its line in the page's style."""
    values: Sequence[float | None]


def stability_pictures(profile: VesselProfile, stability: Stability) -> Iterator[tuple[str, str]]:
    """Name and picture of each curve the profile and the referee allow; none when stations are missing."""
    stations = profile.stations
    if len(stability.shear_kg) == len(stations) > 1:
        buoyancy = buoyancies_kg(profile, stability.displacement_kg)
        if buoyancy:
            weight = [
                after - before + floating
                for (before, after), floating in zip(pairwise((0, *stability.shear_kg)), buoyancy, strict=True)
            ]
            curves = [Curve("weight", in_tonnes(weight)), Curve("buoyancy", in_tonnes(buoyancy))]
            yield "Weight and buoyancy per station, t", curve_picture(stations, curves)
        curves = [
            Curve("limit", in_tonnes([s.min_shear_kg for s in stations])),
            Curve("limit", in_tonnes([s.max_shear_kg for s in stations])),
            Curve("value", in_tonnes(stability.shear_kg)),
        ]
        yield "Shear force, t", curve_picture(stations, curves)
    if len(stability.bending_kg_m) == len(stations) > 1:
        curves = [
            Curve("limit", in_kilotonnes([s.min_bending_kg_m for s in stations])),
            Curve("limit", in_kilotonnes([s.max_bending_kg_m for s in stations])),
            Curve("value", in_kilotonnes(stability.bending_kg_m)),
        ]
        yield "Bending moment, 1000 t·m", curve_picture(stations, curves)


def in_tonnes(values: Sequence[int | None]) -> list[float | None]:
    return [None if value is None else value / 1e3 for value in values]


def in_kilotonnes(values: Sequence[int | None]) -> list[float | None]:
    return [None if value is None else value / 1e6 for value in values]


def buoyancies_kg(profile: VesselProfile, displacement_kg: int) -> list[int]:
    """Buoyancy of each station at the displacement, between the two nearest points; [] when the profile has none."""
    points: Sequence[HydrostaticPoint] = profile.hydrostatics
    if not points or not all(station.buoyancy_kg for station in profile.stations):
        return []
    if not points[0].displacement_kg <= displacement_kg <= points[-1].displacement_kg:
        return []
    if len(points) == 1:
        return [station.buoyancy_kg[0] for station in profile.stations]
    upper = next(i for i in range(1, len(points)) if displacement_kg <= points[i].displacement_kg)
    low, high = points[upper - 1].displacement_kg, points[upper].displacement_kg
    share = (displacement_kg - low) / (high - low)
    return [
        round(s.buoyancy_kg[upper - 1] + (s.buoyancy_kg[upper] - s.buoyancy_kg[upper - 1]) * share)
        for s in profile.stations
    ]


def curve_picture(stations: Sequence[Station], curves: Sequence[Curve]) -> str:
    places_m = [station.lcg_mm / 1000 for station in stations]
    known = [value for curve in curves for value in curve.values if value is not None]
    x = Axis(min(places_m), max(places_m), LEFT, WIDTH - RIGHT)
    y = Axis(min(0.0, *known), max(0.0, *known), HEIGHT - BOTTOM, TOP)
    parts = [*_frame(x, y)]
    for curve in curves:
        points = [(x(m), y(v)) for m, v in zip(places_m, curve.values, strict=True) if v is not None]
        if len(points) > 1:
            parts.append(svg.polyline(points, class_=f"line {curve.name}"))
    names = " and ".join(dict.fromkeys(curve.name for curve in curves))
    return svg.picture(WIDTH, HEIGHT, parts, label=f"{names} along the ship, bow on the right", class_="chart")


def _frame(x: Axis, y: Axis) -> Iterator[str]:
    for tick in y.ticks(5):
        at = y(tick)
        yield svg.element("path", d=f"M{LEFT} {at:.1f}H{WIDTH - RIGHT}", class_="zero" if tick == 0 else "grid")
        yield svg.text(LEFT - 5, at + 3.5, f"{tick:,.10g}", class_="end")
    for tick in x.ticks(8):
        yield svg.text(x(tick), HEIGHT - 9, f"{tick:g}", class_="mid")
    yield svg.text(LEFT, TOP - 10, "aft")
    yield svg.text(WIDTH - RIGHT, TOP - 10, "fore (m along the ship)", class_="end")
