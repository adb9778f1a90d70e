"""How high deck stacks may stand: the stack's own limit, and the line of sight from the bridge."""

from __future__ import annotations

from collections.abc import Iterable

from cabria.domain.containers import Container
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import Stowed
from cabria.domain.vessel import Level, StackId, VesselProfile
from cabria.planning.stowage.problem import StowageProblem
from cabria.referee import visibility
from cabria.referee.stability import stability

DRAUGHT_MARGIN_MM, TRIM_MARGIN_MM = 300, 300
"""How much lighter and further by the stern than foreseen she may float before the sea is hidden."""


def least_draught_mm(problem: StowageProblem, boxes: Iterable[Container]) -> int | None:
    """With these boxes aboard, less a margin for what stays ashore or in the tanks; None where there is no bridge."""
    if problem.call.vessel.bridge is None:
        return None
    cargo = [Stowed(box, StowPosition(0, 0, 0)) for box in boxes]
    ship = stability(problem.call.vessel, [*problem.staying, *cargo], problem.call.tank_contents_kg)
    return None if ship.draught_mm is None else ship.draught_mm - DRAUGHT_MARGIN_MM


def height_limit_mm(profile: VesselProfile, stack_id: StackId, draught_mm: int | None) -> int | None:
    """Of what stands in a stack; None where nothing limits it."""
    stack = profile.stack_by_id[stack_id]
    bridge, lowest = profile.bridge, stack.cells[0].vcg_mm
    edges = [at for at in (stack.lcg_mm, stack.lcg_fore_mm) if at is not None]
    if stack_id.level is Level.HOLD or bridge is None or lowest is None or not edges or draught_mm is None:
        return stack.max_height_mm
    x = max(edges) + visibility.HALF_LENGTH_MM[False]
    if not visibility.is_in_sight(bridge, x, stack.tcg_mm or 0):
        return stack.max_height_mm
    line = visibility.line_of_sight_mm(profile, bridge, x, draught_mm, TRIM_MARGIN_MM)
    seen = max(0, line - lowest + visibility.HALF_HEIGHT_MM)
    return seen if stack.max_height_mm is None else min(seen, stack.max_height_mm)
