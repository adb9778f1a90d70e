"""Judges a ground plan: whether trucks can drive on it, and whether cranes and lanes have room for each other.

What one truck at a time may own is taken from the layout itself; what must not meet is measured on the ground, in
whole millimetres. Ways are looked for as trucks go: forward, and through no stand but the last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from cabria.domain.findings import Finding, Severity
from cabria.domain.layout import (
    LEAST_SEGMENT_MM,
    CranePlace,
    Layout,
    Runway,
    Segment,
    along_block,
    footprint,
)
from cabria.domain.stands import Stand, StandKind
from cabria.domain.terminal import QuayCrane
from cabria.domain.yard import YardBlock
from cabria.referee.layout_ground import crossings, distance_mm, middle, runs_through
from cabria.referee.layout_ways import Ways
from cabria.referee.rule import Rule

DEAD_END = Rule("LAYOUT-END", Severity.HARD, "Every lane comes from somewhere and leads somewhere.")
REACH = Rule("LAYOUT-REACH", Severity.HARD, "From every stand there is a way to every other stand.")
TRAP = Rule("LAYOUT-TRAP", Severity.HARD, "Wherever a truck can get to, it can get out of again.")
LENGTH = Rule("LAYOUT-LENGTH", Severity.HARD, "A truck fits in every segment that lies in no junction.")
TWO_WAY = Rule("LAYOUT-TWO-WAY", Severity.HARD, "The two directions of a two-way lane lie in one junction.")
CROSSING = Rule("LAYOUT-CROSSING", Severity.HARD, "Lanes that cross lie in one junction.")
NODE = Rule("LAYOUT-NODE", Severity.HARD, "Where several ways come and several go, a junction guards the node.")
BLOCKED = Rule("LAYOUT-BLOCKED", Severity.HARD, "No stand lies in a junction: who rests there would block it.")
OVERLAP = Rule("LAYOUT-OVERLAP", Severity.HARD, "Blocks do not overlap, nor do the runways of their cranes.")
THROUGH = Rule("LAYOUT-THROUGH", Severity.HARD, "No lane runs through a block or in the water.")
RAIL = Rule("LAYOUT-RAIL", Severity.HARD, "Every crane stands on its rail.")
CRANES = Rule("LAYOUT-CRANES", Severity.HARD, "No two cranes stand in one place.")
NO_STAND = Rule("LAYOUT-NO-STAND", Severity.HARD, "Every crane has a stand in its reach.")
RAIL_GAP = Rule("LAYOUT-RAIL-GAP", Severity.COMMERCIAL, "A quay crane has stands in reach wherever its rail takes it.")
BAY = Rule("LAYOUT-BAY", Severity.HARD, "Every bay of every block is served by a stand.")
STAND = Rule("LAYOUT-STAND", Severity.HARD, "A stand lies where the crane that it serves can reach it.")

RULES = (
    DEAD_END, REACH, TRAP, LENGTH, TWO_WAY, CROSSING, NODE, BLOCKED, OVERLAP, THROUGH, RAIL, CRANES, NO_STAND, RAIL_GAP,
    BAY, STAND,
)  # fmt: skip


def judge_layout(layout: Layout) -> tuple[Finding, ...]:
    """Every rule that the layout breaks, with the segment, node, block or crane as the place. HARD refuses."""
    return tuple(
        finding
        for judge in (
            _ends,
            _reach,
            _lengths,
            _two_way_lanes,
            _crossings,
            _guarded_nodes,
            _blocked_junctions,
            _overlaps,
            _lanes_through,
            _quay_cranes,
            _yard_cranes,
            _bays,
            _stands,
        )
        for finding in judge(layout)
    )


def _ends(layout: Layout) -> Iterator[Finding]:
    for node in layout.nodes:
        arriving, leaving = layout.arriving[node.id], layout.leaving[node.id]
        if not arriving and not leaving:
            yield DEAD_END.finding("No segment touches this node.", node.id)
        elif not arriving and not all(_is_gate(segment, StandKind.GATE_IN) for segment in leaving):
            yield DEAD_END.finding(f"Segment {leaving[0].id} starts nowhere: no way comes to node {node.id}.", node.id)
        elif not leaving and not all(_is_gate(segment, StandKind.GATE_OUT) for segment in arriving):
            yield DEAD_END.finding(f"Segment {arriving[0].id} leads nowhere: no way goes on from {node.id}.", node.id)


def _is_gate(segment: Segment, kind: StandKind) -> bool:
    return segment.stand is not None and segment.stand.kind is kind


def _reach(layout: Layout) -> Iterator[Finding]:
    """All are within reach of each other when all can get to the largest round of lanes and be got to from it."""
    ways = Ways(layout)
    if not ways.hub:
        if len(layout.stands) > 1:
            yield REACH.finding("No lanes make a round: from no stand is there a way back to it.")
        return
    for segment in layout.stands:
        if not _is_gate(segment, StandKind.GATE_IN) and not ways.is_reached(segment.start):
            yield REACH.finding(f"{_told(layout, segment)} cannot be reached from the other stands.", segment.id)
        if not _is_gate(segment, StandKind.GATE_OUT) and not ways.is_left(segment.end):
            yield REACH.finding(f"From {_told(layout, segment)} there is no way to the other stands.", segment.id)
    for block in layout.terminal.blocks:
        served = [s for s in layout.stands if s.stand is not None and s.stand.block == block.id]
        if served and not any(ways.is_reached(s.start) and ways.is_left(s.end) for s in served):
            yield REACH.finding(f"Block {block.id} cannot be reached: none of its {len(served)} stands can.", block.id)
    for trap in ways.traps():
        more = f" and {len(trap) - 1} more" if len(trap) > 1 else ""
        yield TRAP.finding(f"Whoever drives to segment {trap[0].id}{more} never gets out: a one-way trap.", trap[0].id)


def _told(layout: Layout, segment: Segment) -> str:
    stand = segment.stand
    return f"stand {segment.id} ({stand.kind}{f' of block {stand.block}' if stand.block else ''})" if stand else ""


def _lengths(layout: Layout) -> Iterator[Finding]:
    for segment in layout.segments:
        if segment.length_mm < LEAST_SEGMENT_MM and segment.id not in layout.junction_of:
            yield LENGTH.finding(
                f"It is {segment.length_mm / 1000:g} m long; a waiting truck takes {LEAST_SEGMENT_MM // 1000} m.",
                segment.id,
            )


def _together(layout: Layout, one: Segment, other: Segment) -> bool:
    junction = layout.junction_of.get(one.id)
    return junction is not None and junction is layout.junction_of.get(other.id)


def _two_way_lanes(layout: Layout) -> Iterator[Finding]:
    by_ends: dict[tuple[str, str], list[Segment]] = {}
    for segment in layout.segments:
        by_ends.setdefault((segment.start, segment.end), []).append(segment)
    for (start, end), segments in by_ends.items():
        if start > end:
            continue
        for one in segments:
            for other in by_ends.get((end, start), ()):
                same_ground = {*layout.points(one)} == {*layout.points(other)}
                if same_ground and not _together(layout, one, other):
                    yield TWO_WAY.finding(
                        f"{one.id} and {other.id} are one lane both ways, and in no junction.", one.id
                    )


def _crossings(layout: Layout) -> Iterator[Finding]:
    for one, other, (x, y) in crossings(layout):
        if not _together(layout, one, other):
            yield CROSSING.finding(
                f"{one.id} and {other.id} cross at x {x / 1000:g} m, y {y / 1000:g} m, and in no junction.", one.id
            )


def _guarded_nodes(layout: Layout) -> Iterator[Finding]:
    """Two trucks that pass a node at once are kept apart by what they come from or by what they go to."""
    for node in layout.nodes:
        sides = (layout.arriving[node.id], layout.leaving[node.id])
        if min(map(len, sides)) > 1 and not any(_in_one_junction(layout, side) for side in sides):
            comes, goes = (", ".join(segment.id for segment in side[:4]) for side in sides)
            yield NODE.finding(f"{comes} meet {goes} here, and neither side lies in one junction.", node.id)


def _in_one_junction(layout: Layout, segments: Sequence[Segment]) -> bool:
    return all(_together(layout, segments[0], other) for other in segments)


def _blocked_junctions(layout: Layout) -> Iterator[Finding]:
    for segment in layout.stands:
        if segment.id in layout.junction_of:
            yield BLOCKED.finding(f"It lies in junction {layout.junction_of[segment.id].id}.", segment.id)


def _overlaps(layout: Layout) -> Iterator[Finding]:
    blocks = layout.terminal.blocks
    grounds = {block.id: footprint(block) for block in blocks}
    rails = {
        block.id: along_block(block, runway.from_mm, runway.until_mm)
        for block in blocks
        if (runway := layout.runway_of.get(block.id))
    }
    for number, one in enumerate(blocks):
        for other in blocks[number + 1 :]:
            if grounds[one.id].overlaps(grounds[other.id]):
                yield OVERLAP.finding(f"Blocks {one.id} and {other.id} stand on the same ground.", one.id)
            elif one.id in rails and other.id in rails and rails[one.id].overlaps(rails[other.id]):
                yield OVERLAP.finding(f"The runways of {one.id} and {other.id} overlap.", one.id)


def _lanes_through(layout: Layout) -> Iterator[Finding]:
    for node in layout.nodes:
        if node.y_mm < 0:
            yield THROUGH.finding(f"Node {node.id} lies {-node.y_mm / 1000:g} m out in the water.", node.id)
    grounds = [(block.id, footprint(block)) for block in layout.terminal.blocks]
    for segment in layout.segments:
        points = layout.points(segment)
        for name, ground in grounds:
            if any(runs_through(a, b, ground) for a, b in pairwise(points)):
                yield THROUGH.finding(f"Segment {segment.id} runs through block {name}.", segment.id)


def _quay_cranes(layout: Layout) -> Iterator[Finding]:
    rail, cranes = layout.rail, sorted(layout.terminal.quay_cranes, key=lambda crane: (crane.x_mm, crane.id))
    if rail.from_mm < 0 or rail.until_mm > layout.terminal.quay_length_mm:
        length = layout.terminal.quay_length_mm
        yield RAIL.finding(f"The rail runs from {rail.from_mm} to {rail.until_mm} mm, the quay to {length} mm.")
    for crane in cranes:
        if not rail.from_mm <= crane.x_mm <= rail.until_mm:
            yield RAIL.finding(f"Quay crane {crane.id} stands at {crane.x_mm / 1000:g} m, off its rail.", crane.id)
        elif not layout.stands_at_quay(crane.x_mm):
            yield NO_STAND.finding(f"Quay crane {crane.id} at {crane.x_mm / 1000:g} m has none.", crane.id)
    for one, other in pairwise(cranes):
        if other.x_mm - one.x_mm < rail.crane_width_mm:
            yield CRANES.finding(
                f"Quay cranes {one.id} and {other.id} stand {(other.x_mm - one.x_mm) / 1000:g} m apart; "
                f"they are {rail.crane_width_mm / 1000:g} m wide.",
                one.id,
            )
    yield from _rail_gaps(layout, cranes)


def _rail_gaps(layout: Layout, cranes: Sequence[QuayCrane]) -> Iterator[Finding]:
    if not cranes:
        return
    # Where a crane may go: every one on the whole rail, unless it says itself how far it comes.
    first = min(layout.rail.from_mm if crane.rail_from_mm is None else crane.rail_from_mm for crane in cranes)
    last = max(layout.rail.until_mm if crane.rail_until_mm is None else crane.rail_until_mm for crane in cranes)
    served = sorted(
        (s.stand.from_mm, s.stand.until_mm) for s in layout.stands_of(StandKind.QUAY) if s.stand is not None
    )
    at = first
    for from_mm, until_mm in (*served, (last, last)):
        if (until := min(from_mm, last)) > at:
            yield RAIL_GAP.finding(f"From {at / 1000:g} to {until / 1000:g} m no stand is in reach.", "quay rail")
        at = max(at, until_mm)


def _yard_cranes(layout: Layout) -> Iterator[Finding]:
    placed = {place.crane for runway in layout.runways for place in runway.cranes}
    for crane in layout.terminal.yard_cranes:
        if crane.id not in placed:
            yield RAIL.finding(f"Yard crane {crane.id} of block {crane.block} stands on no runway.", crane.id)
        elif not any(s.stand is not None and s.stand.block == crane.block for s in layout.stands):
            yield NO_STAND.finding(f"Yard crane {crane.id} has none: no stand serves block {crane.block}.", crane.id)
    for runway in layout.runways:
        half = runway.crane_length_mm // 2
        for place in runway.cranes:
            if not runway.from_mm + half <= place.at_mm <= runway.until_mm - half:
                yield RAIL.finding(
                    f"Yard crane {place.crane} at {place.at_mm / 1000:g} m is off its rail.", place.crane
                )
        yield from _too_near(runway, sorted(runway.cranes, key=lambda place: (place.at_mm, place.crane)))


def _too_near(runway: Runway, places: Sequence[CranePlace]) -> Iterator[Finding]:
    least = runway.crane_length_mm + runway.gap_mm
    for one, other in pairwise(places):
        if other.at_mm - one.at_mm < least:
            yield CRANES.finding(
                f"Yard cranes {one.crane} and {other.crane} of block {runway.block} stand "
                f"{(other.at_mm - one.at_mm) / 1000:g} m apart; {least / 1000:g} m is the least.",
                one.crane,
            )


def _bays(layout: Layout) -> Iterator[Finding]:
    for block in layout.terminal.blocks:
        served = {
            bay
            for segment in layout.stands
            if segment.stand is not None and segment.stand.block == block.id
            for bay in range(segment.stand.first_bay, min(segment.stand.last_bay, 2 * block.bays - 1) + 1, 2)
        }
        for first, last in _runs(bay for bay in range(1, 2 * block.bays, 2) if bay not in served):
            bays = f"Bay {first:02}" if first == last else f"Bays {first:02} to {last:02}"
            yield BAY.finding(f"{bays} of block {block.id}: no stand serves them.", f"{block.id}-{first:02}")


def _runs(odd_bays: Iterable[int]) -> Iterator[tuple[int, int]]:
    first = last = None
    for bay in odd_bays:
        if first is not None and last is not None and bay > last + 2:
            yield first, last
            first = bay
        first, last = first or bay, bay
    if first is not None and last is not None:
        yield first, last


def _stands(layout: Layout) -> Iterator[Finding]:
    for segment in layout.stands:
        stand = segment.stand
        if stand is None:
            continue
        if stand.kind is StandKind.YARD:
            yield from _stand_beside_block(layout, segment, stand, layout.terminal.block(stand.block))
        elif stand.kind is StandKind.QUAY:
            yield from _stand_under_crane(layout, segment, stand)


def _stand_beside_block(layout: Layout, segment: Segment, stand: Stand, block: YardBlock | None) -> Iterator[Finding]:
    if block is None:
        yield STAND.finding(f"It serves block {stand.block!r:.60}, which does not exist.", segment.id)
        return
    if stand.last_bay > 2 * block.bays - 1:
        yield STAND.finding(
            f"It serves bay {stand.last_bay}; block {block.id} ends with bay {2 * block.bays - 1}.", segment.id
        )
    runway = layout.runway_of.get(block.id)
    if runway is None:
        yield STAND.finding(f"It serves block {block.id}, which has no runway and no crane.", segment.id)
        return
    from_mm = (stand.first_bay - 1) // 2 * block.bay_pitch_mm if stand.first_bay > 1 else runway.from_mm
    until_mm = (
        (stand.last_bay + 1) // 2 * block.bay_pitch_mm if stand.last_bay < 2 * block.bays - 1 else runway.until_mm
    )
    distance = distance_mm(middle(layout.points(segment)), along_block(block, from_mm, until_mm))
    if distance > runway.reach_mm:
        yield STAND.finding(
            f"Its middle lies {distance / 1000:g} m from bays {stand.first_bay:02} to {stand.last_bay:02} of block "
            f"{block.id}; the crane reaches {runway.reach_mm / 1000:g} m.",
            segment.id,
        )


def _stand_under_crane(layout: Layout, segment: Segment, stand: Stand) -> Iterator[Finding]:
    rail = layout.rail
    x_mm, y_mm = middle(layout.points(segment))
    if not stand.from_mm <= x_mm <= stand.until_mm:
        yield STAND.finding(
            f"Its middle lies at {x_mm / 1000:g} m along the quay; it serves {stand.from_mm / 1000:g} to "
            f"{stand.until_mm / 1000:g} m.",
            segment.id,
        )
    if not rail.waterside_mm <= y_mm <= rail.waterside_mm + rail.gauge_mm + rail.back_reach_mm:
        yield STAND.finding(f"It lies {y_mm / 1000:g} m behind the quay's edge, where no crane sets down.", segment.id)
