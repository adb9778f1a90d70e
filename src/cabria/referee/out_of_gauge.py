"""Cargo that sticks out of its container costs the neighbours' places.

"Front" of a container is taken as its end towards the bow, as bay plans do.
"""

from __future__ import annotations

from collections.abc import Iterator

from cabria.domain.containers import Container, Kind
from cabria.domain.findings import Severity
from cabria.domain.told import told
from cabria.domain.vessel import End, StackId, VesselBay, VesselProfile, VesselStack
from cabria.referee.condition import HALVES, Aboard, Condition
from cabria.referee.imdg import LENGTH_MM, athwart
from cabria.referee.rule import Offence, Rule

HEIGHT = Rule("OOG-HEIGHT", Severity.HARD, "Nothing stands on a container whose cargo is over-high.")
WIDTH = Rule(
    "OOG-WIDTH",
    Severity.HARD,
    "The next row is empty where cargo is over-wide towards it, at the same tier and, over-high, at the next.",
)
LENGTH = Rule(
    "OOG-LENGTH",
    Severity.HARD,
    "The place fore or aft is empty where cargo is over-long towards it, unless the profile shows gap enough.",
)
PLATFORM = Rule(
    "OOG-PLATFORM", Severity.HARD, "Nothing stands on a loaded platform, which has no end walls to bear it."
)

PLATFORM_CODES = ("P0", "PL", "60")


def is_loaded_platform(container: Container) -> bool:
    code = container.size_type.code
    return container.size_type.kind is Kind.PLATFORM and container.is_full and code[2:] in PLATFORM_CODES


def nothing_on_over_high(condition: Condition) -> Iterator[Offence]:
    for box in condition.boxes():
        gauge = box.container.out_of_gauge
        bears = not (gauge and gauge.over_height_mm) and not is_loaded_platform(box.container)
        if bears:
            continue
        rule = HEIGHT if gauge and gauge.over_height_mm else PLATFORM
        for above in _distinct(condition.at(box.place.stack_id, box.level_index + 1, half) for half in box.halves):
            what = "a loaded platform" if rule is PLATFORM else "over-high cargo"
            text = told(
                "It stands on {cargo}: {other} in slot {slot}.",
                "stands-on-over-high",
                cargo=what,
                other=box.container.id,
                slot=box.position,
            )
            yield Offence(rule, text, str(above.position), above.container.id, box.container.id)


def nothing_beside_over_wide(condition: Condition) -> Iterator[Offence]:
    for box in condition.boxes():
        gauge = box.container.out_of_gauge
        if not gauge:
            continue
        tiers = _tiers(box.place.stack, box.level_index, is_over_high=gauge.over_height_mm > 0)
        for side, over_mm in ((-1, gauge.port_mm), (1, gauge.starboard_mm)):
            neighbour = _next_row(box.place.bay, box.place.stack, side) if over_mm else None
            if neighbour is None:
                continue
            levels = [level for level, cell in enumerate(neighbour.cells) if cell.tier in tiers]
            stack_id = StackId(box.place.bay.number, neighbour.row, neighbour.level)
            beside = _distinct(condition.at(stack_id, level, half) for level in levels for half in box.halves)
            for other in beside:
                yield _lost(WIDTH, other, box, over_mm, "over-wide")


def nothing_before_over_long(condition: Condition) -> Iterator[Offence]:
    for box in condition.boxes():
        gauge = box.container.out_of_gauge
        if not gauge:
            continue
        for towards, over_mm in ((End.FORE, gauge.front_mm), (End.AFT, gauge.back_mm)):
            other = _next_along(condition, box, towards) if over_mm else None
            if other and _gap_mm(box, other) < over_mm:
                yield _lost(LENGTH, other, box, over_mm, "over-long")


def _lost(rule: Rule, other: Aboard, box: Aboard, over_mm: int, cargo: str) -> Offence:
    """Told of the container that stands where it may not, or of the cargo if that came later."""
    if box.is_new and not other.is_new:
        text = told(
            "Its cargo is {over_mm} mm {cargo} towards {other} in slot {slot}.",
            "reaches-over",
            over_mm=over_mm,
            cargo=cargo,
            other=other.container.id,
            slot=other.position,
        )
        return Offence(rule, text, str(box.position), box.container.id, other.container.id)
    text = told(
        "It stands in the way of {other} in slot {slot}, which is {over_mm} mm {cargo}.",
        "in-the-way-of-cargo",
        other=box.container.id,
        slot=box.position,
        over_mm=over_mm,
        cargo=cargo,
    )
    return Offence(rule, text, str(other.position), other.container.id, box.container.id)


def _distinct(found: Iterator[Aboard | None]) -> list[Aboard]:
    return list({box.container.id: box for box in found if box}.values())


def _tiers(stack: VesselStack, level_index: int, *, is_over_high: bool) -> set[int]:
    return {cell.tier for cell in stack.cells[level_index : level_index + (2 if is_over_high else 1)]}


def _next_row(bay: VesselBay, stack: VesselStack, side: int) -> VesselStack | None:
    """The stack beside, to port (-1) or starboard (1), at the same level."""
    here = athwart(bay, stack.row, stack.level)
    return next(
        (
            other
            for other in bay.stacks
            if other.level is stack.level and athwart(bay, other.row, other.level) == here + 2 * side
        ),
        None,
    )


def _next_along(condition: Condition, box: Aboard, towards: End) -> Aboard | None:
    """The container before the fore or aft end of this one, in the same row and tier."""
    bay, stack = box.place.bay, box.place.stack
    away = End.AFT if towards is End.FORE else End.FORE
    if box.place.end is away:  # a 20 ft container at the other end of the same cell
        return condition.at(box.place.stack_id, box.level_index, towards)
    neighbour = _next_bay(condition.profile, bay, towards)
    if neighbour is None:
        return None
    for other in neighbour.stacks:
        if (other.row, other.level) == (stack.row, stack.level):
            stack_id = StackId(neighbour.number, other.row, other.level)
            level = next((i for i, cell in enumerate(other.cells) if cell.tier == box.position.tier), -1)
            halves = HALVES[End.BOTH] if neighbour.number % 2 else (away,)
            return next((found for half in halves if (found := condition.at(stack_id, level, half))), None)
    return None


def _next_bay(profile: VesselProfile, bay: VesselBay, towards: End) -> VesselBay | None:
    numbers = [number for number, _ in bay.ends()]
    wanted = min(numbers) - 2 if towards is End.FORE else max(numbers) + 2
    return next((other for other in profile.bays if wanted in (other.fore, other.aft)), None)


def _gap_mm(a: Aboard, b: Aboard) -> int:
    """Room between two containers along the ship; none where the profile does not say."""
    lcg_a, lcg_b = a.place.stack.lcg_at_mm(a.place.end), b.place.stack.lcg_at_mm(b.place.end)
    if lcg_a is None or lcg_b is None:
        return 0
    return abs(lcg_a - lcg_b) - (LENGTH_MM[a.place.end] + LENGTH_MM[b.place.end]) // 2
