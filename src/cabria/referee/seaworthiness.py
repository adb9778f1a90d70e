"""The ship as a whole against her limits, on departure and, to see who is to blame, on arrival."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cabria.domain.findings import Finding, Severity
from cabria.domain.told import Told, told
from cabria.domain.vessel import VesselProfile
from cabria.referee.judgement import Stability
from cabria.referee.rule import Offence, Rule, attribute
from cabria.referee.stability import limits_of_lcg

DISPLACEMENT = Rule("SHIP-DISPLACEMENT", Severity.SAFETY, "The ship weighs no more than her greatest displacement.")
GM = Rule(
    "SHIP-GM",
    Severity.SAFETY,
    "GM, without correction for free surfaces, is at least the profile's limit and positive.",
)
TRIM = Rule("SHIP-TRIM", Severity.SAFETY, "Trim by the stern and by the head stay within limits.")
LCG = Rule("SHIP-LCG", Severity.SAFETY, "The centre of mass along the ship lies where the hydrostatic table allows it.")
LIST = Rule("SHIP-LIST", Severity.SAFETY, "The list is within its limit.")
TCG = Rule("SHIP-TCG", Severity.SAFETY, "The centre of mass across the ship is within its limit.")
DRAUGHT = Rule("SHIP-DRAUGHT", Severity.SAFETY, "The mean draught is within its limit.")
SHEAR = Rule("SHIP-SHEAR", Severity.SAFETY, "The shear force at every station is within the station's limits.")
BENDING = Rule("SHIP-BENDING", Severity.SAFETY, "The bending moment at every station is within the station's limits.")
TANK = Rule("SHIP-TANK", Severity.HARD, "Tanks hold what the plan says: the tank exists and is large enough.")


def ship_within_limits(profile: VesselProfile, arrival: Stability, departure: Stability) -> Iterator[Finding]:
    yield from attribute(_offences(profile, departure), list(_offences(profile, arrival)))


def _offences(profile: VesselProfile, ship: Stability) -> Iterator[Offence]:
    limits = profile.limits
    yield from _above(DISPLACEMENT, ship.displacement_kg, limits.max_displacement_kg, "kg of displacement")
    yield from _above(DRAUGHT, ship.draught_mm, limits.max_draught_mm, "mm of mean draught")
    yield from _below(GM, ship.gm_mm, limits.min_gm_mm if limits.min_gm_mm is not None else 0, "mm of GM")
    yield from _above(TRIM, ship.trim_mm, limits.max_trim_by_stern_mm, "mm of trim by the stern", "stern")
    yield from _above(TRIM, _negative(ship.trim_mm), limits.max_trim_by_head_mm, "mm of trim by the head", "head")
    yield from _above(LIST, _size(ship.list_mdeg), limits.max_list_mdeg, "thousandths of a degree of list")
    yield from _above(TCG, _size(ship.tcg_mm), limits.max_tcg_mm, "mm of the centre of mass off the centre line")
    if ship.lcg_mm is not None:
        least, greatest = limits_of_lcg(profile, ship.displacement_kg)
        yield from _below(LCG, ship.lcg_mm, least, "mm of LCG", "aft")
        yield from _above(LCG, ship.lcg_mm, greatest, "mm of LCG", "fore")
    for number, (station, shear) in enumerate(zip(profile.stations, ship.shear_kg, strict=False), 1):
        yield from _above(SHEAR, shear, station.max_shear_kg, "kg of shear", f"station {number}")
        yield from _below(SHEAR, shear, station.min_shear_kg, "kg of shear", f"station {number}")
    for number, (station, bending) in enumerate(zip(profile.stations, ship.bending_kg_m, strict=False), 1):
        yield from _above(BENDING, bending, station.max_bending_kg_m, "kg m of bending", f"station {number}")
        yield from _below(BENDING, bending, station.min_bending_kg_m, "kg m of bending", f"station {number}")


def _size(value: int | None) -> int | None:
    return None if value is None else abs(value)


def _negative(value: int | None) -> int | None:
    return None if value is None else -value


def _above(rule: Rule, value: int | None, limit: float | None, what: str, place: str = "") -> Iterator[Offence]:
    if value is not None and limit is not None and value > limit:
        text = told(
            "{value:,} {what} where {limit:,} are allowed.",
            "ship-above-limit",
            value=value,
            what=what,
            limit=round(limit),
        )
        yield Offence(rule, text, place, other="above", amount=value)


def _below(rule: Rule, value: int | None, limit: float | None, what: str, place: str = "") -> Iterator[Offence]:
    if value is not None and limit is not None and value < limit:
        text = told(
            "{value:,} {what} where at least {limit:,} are asked.",
            "ship-below-limit",
            value=value,
            what=what,
            limit=round(limit),
        )
        yield Offence(rule, text, place, other="below", amount=-value)


def tanks_hold_it(profile: VesselProfile, contents_kg: Mapping[str, int]) -> Iterator[Finding]:
    capacity = {tank.id: tank.capacity_kg for tank in profile.tanks}
    for tank, content in sorted(contents_kg.items()):
        if tank not in capacity:
            yield TANK.finding(told("The profile has no tank {tank}.", "no-such-tank", tank=tank), f"tank {tank}")
        elif not 0 <= content <= capacity[tank]:
            text = told(
                "{mass_kg:,} kg do not fit into {limit_kg:,} kg.",
                "tank-overfull",
                mass_kg=content,
                limit_kg=capacity[tank],
            )
            yield TANK.finding(text, f"tank {tank}")


def not_judged(profile: VesselProfile, ship: Stability) -> dict[str, tuple[Told, ...]]:
    """Why rules of this family could not be judged, by rule id."""
    limits = profile.limits
    unknown = {
        GM: (ship.gm_mm, 0),
        TRIM: (ship.trim_mm, _either(limits.max_trim_by_stern_mm, limits.max_trim_by_head_mm)),
        LIST: (ship.list_mdeg, limits.max_list_mdeg),
        TCG: (ship.tcg_mm, limits.max_tcg_mm),
        DRAUGHT: (ship.draught_mm, limits.max_draught_mm),
        DISPLACEMENT: (ship.displacement_kg if profile.stations else None, limits.max_displacement_kg),
        LCG: (ship.lcg_mm, _either(*limits_of_lcg(profile, ship.displacement_kg))),
        SHEAR: (_either(*ship.shear_kg), _either(*(s.max_shear_kg for s in profile.stations))),
        BENDING: (_either(*ship.bending_kg_m), _either(*(s.max_bending_kg_m for s in profile.stations))),
    }
    reasons: dict[str, tuple[Told, ...]] = {}
    for rule, (value, limit) in unknown.items():
        if value is None:
            reasons[rule.id] = ship.not_judged or (told("The profile does not say enough.", "profile-says-little"),)
        elif limit is None:
            reasons[rule.id] = (told("The profile states no limit.", "no-limit"),)
    return reasons


def _either(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)
