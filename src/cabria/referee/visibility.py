"""The view from the bridge over the deck stacks (SOLAS V/22).

The sea must be seen from two ship lengths or 500 m ahead of the bow on, whichever is less, from dead ahead to 10
degrees on either side. The ship's length is the profile's; she floats as on departure, with her mean draught amidships.
The blind sectors that SOLAS leaves to cargo are not used, so a finding here may still be allowed on board.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from cabria.domain.findings import Severity
from cabria.domain.told import Told, told
from cabria.domain.vessel import Bridge, End, VesselProfile
from cabria.referee.condition import HALVES, Condition, StackState
from cabria.referee.judgement import Stability
from cabria.referee.rule import Offence, Rule

VISIBILITY = Rule(
    "SHIP-VISIBILITY",
    Severity.SAFETY,
    "From the bridge the sea is seen over the deck stacks from two ship lengths or 500 m ahead of the bow on, to 10 "
    "degrees on either side (SOLAS V/22).",
)
FARTHEST_MM = 500_000
SECTOR = math.radians(10)
HALF_LENGTH_MM = {True: 3_029, False: 6_096}
"""Half of a 20 ft and of a 40 ft; one of 45 ft hangs over the lashing gap by no more than the eye forgives."""
HALF_HEIGHT_MM = 1_296
"""Of a standard container: so far below the centre of the lowest tier a stack begins."""


def sea_is_seen(profile: VesselProfile, condition: Condition, ship: Stability) -> Iterator[Offence]:
    """Stacks that rise above the line of sight. Nothing where the profile or the condition does not say enough."""
    if profile.bridge is None or ship.draught_mm is None:
        return
    for state in condition.on_deck():
        base = state.stack.cells[0].vcg_mm
        x = _fore_edge_mm(state)
        if base is None or x is None or not is_in_sight(profile.bridge, x, state.stack.tcg_mm or 0):
            continue
        top = base - HALF_HEIGHT_MM + height_mm(state)
        line = line_of_sight_mm(profile, profile.bridge, x, ship.draught_mm, ship.trim_mm or 0)
        if top > line:
            text = told(
                "The stack is {excess_mm:,} mm higher than the line of sight from the bridge.",
                "sea-hidden",
                excess_mm=top - line,
            )
            yield Offence(VISIBILITY, text, str(state), amount=top - line)


def _fore_edge_mm(state: StackState) -> int | None:
    """Where the foremost container of a stack ends."""
    edges = [
        lcg + HALF_LENGTH_MM[box.place.end is not End.BOTH]
        for box in state.boxes
        if (lcg := state.stack.lcg_at_mm(box.place.end)) is not None
    ]
    return max(edges, default=None)


def height_mm(state: StackState) -> int:
    ends = ([box for box in state.boxes if half in box.halves] for half in HALVES[End.BOTH])
    return max(
        sum(box.container.height_mm for box in boxes)
        + max(
            (box.container.out_of_gauge.over_height_mm for box in boxes[-1:] if box.container.out_of_gauge), default=0
        )
        for boxes in ends
    )


def is_in_sight(bridge: Bridge, x_mm: int, tcg_mm: int) -> bool:
    """Whether something lies ahead of the bridge, within the sector in which the sea must be seen."""
    ahead = x_mm - bridge.lcg_mm
    return ahead > 0 and abs(tcg_mm) <= math.tan(SECTOR) * ahead


def line_of_sight_mm(profile: VesselProfile, bridge: Bridge, x_mm: int, draught_mm: int, trim_mm: int) -> int:
    """How high above the keel the line from the eye to the nearest sea that must be seen passes a place."""
    length = profile.length_mm or FARTHEST_MM
    sea = bridge.bow_lcg_mm + min(2 * length, FARTHEST_MM)
    midship = bridge.bow_lcg_mm - length / 2

    def waterline(at: float) -> float:
        return draught_mm - trim_mm * (at - midship) / length

    eye = bridge.eye_vcg_mm - waterline(bridge.lcg_mm)
    return math.floor(eye * (sea - x_mm) / (sea - bridge.lcg_mm) + waterline(x_mm))


def not_judged(profile: VesselProfile, ship: Stability) -> dict[str, tuple[Told, ...]]:
    if profile.bridge is None:
        return {VISIBILITY.id: (told("The profile does not say where the bridge is and how high.", "no-bridge"),)}
    if ship.draught_mm is None:
        return {VISIBILITY.id: ship.not_judged or (told("The draught is not known.", "no-draught"),)}
    return {}
