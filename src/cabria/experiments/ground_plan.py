"""A ground plan around the blocks of a terminal, in the way explained in docs/reference/layout.md.

Every street is one-way and keeps to the right. Under the quay cranes two passing lanes lead east, with three lanes of
stands beside them; behind the cranes a road leads east and another one west. Links cross these every thirty metres, by
turns leading in (to the quay) and out of the portal, so that a truck enters one or two columns before its crane and
leaves one or two behind it. Avenues between the columns of blocks lead both ways, and so do the aisles between the
rows: their eastern lane serves the block before it, their western lane the one behind. Each meeting of two streets is a
junction of its own, with room for a waiting truck between it and the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from cabria.domain.errors import DataError
from cabria.domain.layout import (
    LEAST_SEGMENT_MM,
    BerthRange,
    CranePlace,
    Junction,
    JunctionId,
    LaneKind,
    Layout,
    Node,
    NodeId,
    QuayRail,
    Runway,
    Segment,
    SegmentId,
    footprint,
)
from cabria.domain.stands import Side, Stand, StandKind
from cabria.domain.terminal import Terminal
from cabria.domain.yard import YardBlock
from cabria.experiments.streets import Ground, Heading, Pocket, Street, build, fan

LANE_MM = 4_000
NECK_MM = 4_000
HALF_JUNCTION_MM = 3_000
PORTAL_LANES_MM = (11_000, 19_000)
"""The passing lanes under the cranes; stands lie a lane before, between and behind them."""
QUAY_ROAD_EAST_MM, QUAY_ROAD_WEST_MM = 45_000, 71_000
BESIDE_BLOCK_MM = 7_000
"""From the stacks to the passing lane; the stands lie half way."""
STAND_BESIDE_BLOCK_MM = 3_500
OVERHANG_MM = 3_750
"""Rails beyond the stacks, so that a crane's middle comes over the outermost bays."""
AVENUE_HALF_MM = 13_000
"""From the middle of an avenue to its northern and its southern lane."""
AVENUE_MARGIN_MM = 20_000
"""From the outermost blocks to the middle of the avenues that go round them."""
AISLE_MM = 29_500
"""Between the eastern and the western lane of an aisle that no block bounds on one side."""
COLUMN_MM = 30_000
HALF_TRUCK_MM = 9_000
"""How far beyond its column a quay stand serves: the bed of a truck that has pulled up to the end of it."""
PORTAL_SPEED, TRANSFER_SPEED = 5_500, 5_500
GATE_ROAD_MM = 22_000
"""From the street behind the yard to where the gate's lanes spread."""
END_INNER_MM = STAND_BESIDE_BLOCK_MM + LANE_MM
END_OUTER_MM = END_INNER_MM + 26_000
"""From the end of a block to the two streets that serve it there."""
END_RAILS_MM = END_OUTER_MM - LANE_MM + 7_000
"""Rails beyond the stacks of an end-loaded block: the middle of a crane comes over the farthest stands."""
SOURCE = "Cabria's own proposal; not a survey."


@dataclass(frozen=True, slots=True)
class Plan:
    """What is chosen about a ground plan besides its terminal."""

    bays_per_stand: int = 6
    """Twenty-foot bays along a block that one stand serves; end-loaded blocks have theirs at the ends."""
    chargers: int = 12
    charge_kw: int = 150
    parking: int = 24
    """Stands behind the yard; there is also one a column at the quay road."""
    gate_lanes: int = 8


@dataclass(frozen=True)
class _Yard:
    """The streets among the blocks. `back` is the last one, which goes round behind all of them."""

    avenues: Sequence[int]
    """The middles of the streets away from the quay, in pairs of lanes."""
    streets: Sequence[Street]
    pockets: Sequence[Pocket]
    back: Street
    runways: Sequence[Runway]


def lay_out(terminal: Terminal, *, name: str = "", plan: Plan = Plan(), berths: Sequence[BerthRange] = ()) -> Layout:
    """Lanes, stands and rails around a terminal's blocks, which lie all along the quay or all at right angles to it.

    Blocks along the quay, in columns and rows, are served by trucks on both long sides; blocks at right angles, in one
    row, at both ends. Raises DataError where they leave no room for the lanes.
    """
    if not terminal.blocks:
        raise DataError(f"Terminal {terminal.name} has no block to lay lanes around.")
    along = {block.bays_along_quay for block in terminal.blocks}
    if len(along) > 1:
        raise DataError(f"Some blocks of {terminal.name} lie along the quay and some at right angles to it.")
    yard = _parallel(terminal, plan) if along == {True} else _end_loaded(terminal, plan)
    if yard.avenues[0] < AVENUE_HALF_MM:
        raise DataError(
            f"The blocks begin {(yard.avenues[0] + AVENUE_MARGIN_MM) / 1000:g} m along the quay; the avenue beside "
            f"them needs {(AVENUE_HALF_MM + AVENUE_MARGIN_MM) / 1000:g} m."
        )
    needed_mm = yard.avenues[-1]
    if needed_mm > terminal.quay_length_mm:
        raise DataError(
            f"The blocks of {terminal.name} and the avenue beside them reach {needed_mm / 1000:g} m along the quay, "
            f"which is {terminal.quay_length_mm / 1000:g} m long.",
            place="quay",
            remedy="Lanes are laid for blocks behind the quay only.",
        )
    return _with_quay_and_gate(terminal, name or terminal.name, plan, berths, yard)


def _parallel(terminal: Terminal, plan: Plan) -> _Yard:
    avenues = _avenues(terminal.blocks)
    west, east = avenues[0] - AVENUE_HALF_MM, avenues[-1] + AVENUE_HALF_MM
    streets: list[Street] = []
    pockets: list[Pocket] = []
    lane = QUAY_ROAD_WEST_MM
    by_row = sorted(terminal.blocks, key=lambda block: (block.y_mm, block.x_mm))
    for number, (y_mm, row) in enumerate(groupby(by_row, key=lambda block: block.y_mm), start=1):
        blocks = list(row)
        water_mm = y_mm - BESIDE_BLOCK_MM
        _refuse_too_near(water_mm - lane, blocks[0])
        lane = footprint(blocks[0]).y_until_mm + BESIDE_BLOCK_MM
        water = Street(f"R{number}W", Heading.WEST, water_mm, west, east, TRANSFER_SPEED, LaneKind.TRANSFER)
        land = Street(f"R{number}E", Heading.EAST, lane, west, east, TRANSFER_SPEED, LaneKind.TRANSFER)
        streets += [water, land]
        for block in blocks:
            pockets += _stands_along(block, water, Side.WATER, plan.bays_per_stand)
            pockets += _stands_along(block, land, Side.LAND, plan.bays_per_stand)
    back = Street(f"R{len(streets) // 2 + 1}W", Heading.WEST, lane + AISLE_MM, west, east)
    pockets += _service(back, avenues, plan)
    runways = [_runway(terminal, block, OVERHANG_MM, BESIDE_BLOCK_MM) for block in terminal.blocks]
    return _Yard(avenues, [*streets, back], pockets, back, runways)


def _end_loaded(terminal: Terminal, plan: Plan) -> _Yard:
    """Two streets across each end; the nearer has stands on both sides, the farther on the side of the blocks."""
    avenues = _avenues(terminal.blocks)
    west, east = avenues[0] - AVENUE_HALF_MM, avenues[-1] + AVENUE_HALF_MM
    first = min(block.y_mm for block in terminal.blocks)
    last = max(footprint(block).y_until_mm for block in terminal.blocks)
    _refuse_too_near(first - END_OUTER_MM - QUAY_ROAD_WEST_MM, terminal.blocks[0])
    both, before, behind = (-LANE_MM, LANE_MM), (LANE_MM,), (-LANE_MM,)
    ends = tuple(
        (Street(name, heading, y_mm, west, east, TRANSFER_SPEED, LaneKind.TRANSFER), side, beside)
        for name, heading, y_mm, side, beside in (
            ("WE", Heading.EAST, first - END_OUTER_MM, Side.WATER, before),
            ("WW", Heading.WEST, first - END_INNER_MM, Side.WATER, both),
            ("LE", Heading.EAST, last + END_INNER_MM, Side.LAND, both),
            ("LW", Heading.WEST, last + END_OUTER_MM, Side.LAND, behind),
        )
    )
    round_east = Street("BE", Heading.EAST, last + END_OUTER_MM + AISLE_MM, west, east)
    back = Street("BW", Heading.WEST, last + END_OUTER_MM + 2 * AISLE_MM, west, east)
    pockets = [
        pocket
        for block in terminal.blocks
        for street, side, beside in ends
        for pocket in _stands_across(block, street, side, beside)
    ]
    pockets += _service(back, avenues, plan)
    runways = [_runway(terminal, block, END_RAILS_MM, 0) for block in terminal.blocks]
    return _Yard(avenues, [*(street for street, _, _ in ends), round_east, back], pockets, back, runways)


def _refuse_too_near(room_mm: int, block: YardBlock) -> None:
    """Between two streets, measured from middle to middle, a truck waits clear of both."""
    least = LEAST_SEGMENT_MM + 2 * HALF_JUNCTION_MM
    if room_mm < least:
        raise DataError(
            f"Block {block.id} lies {(least - room_mm) / 1000:g} m too near to what lies between it and the ships: "
            "lanes have no room there.",
            place=block.id,
        )


def _avenues(blocks: Sequence[YardBlock]) -> list[int]:
    """The middles of the avenues: in the gaps wide enough between the columns of blocks, and around the outermost."""
    spans = sorted((ground.x_from_mm, ground.x_until_mm) for ground in map(footprint, blocks))
    until = spans[0][1]
    middles = [spans[0][0] - AVENUE_MARGIN_MM]
    for from_mm, until_mm in spans:
        if from_mm - until >= 2 * AVENUE_MARGIN_MM:
            middles.append((until + from_mm) // 2)
        until = max(until, until_mm)
    return [*middles, until + AVENUE_MARGIN_MM]


def _stands_along(block: YardBlock, street: Street, side: Side, bays_per_stand: int) -> Iterator[Pocket]:
    """A row of stands along the long side of a block; a last one that would be short is part of the one before."""
    firsts = list(range(0, max(1, block.bays - bays_per_stand // 2), bays_per_stand))
    beside = STAND_BESIDE_BLOCK_MM * (1 if side is Side.WATER else -1)
    for number, (first, until) in enumerate(pairwise([*firsts, block.bays]), start=1):
        stand = Stand(StandKind.YARD, block.id, 2 * first + 1, 2 * until - 1, side)
        start = block.x_mm + first * block.bay_pitch_mm + NECK_MM // 2
        end = block.x_mm + until * block.bay_pitch_mm - NECK_MM // 2
        yield Pocket(f"{block.id}{side[0]}{number:02}", street.name, start, end, beside, stand)


def _stands_across(block: YardBlock, street: Street, side: Side, lanes: Sequence[int]) -> Iterator[Pocket]:
    """Stands at one end of a block, one behind the other as seen along the block."""
    ground = footprint(block)
    for beside in lanes:
        stand = Stand(StandKind.YARD, block.id, 1, 2 * block.bays - 1, side)
        letter = "p" if beside > 0 else "m"
        yield Pocket(
            f"{block.id}{street.name}{letter}", street.name, ground.x_from_mm, ground.x_until_mm, beside, stand
        )


def _runway(terminal: Terminal, block: YardBlock, overhang_mm: int, reach_mm: int) -> Runway:
    length = block.bays * block.bay_pitch_mm
    cranes = [crane.id for crane in terminal.yard_cranes if crane.block == block.id]
    places = tuple(CranePlace(c, length * (2 * n + 1) // (2 * len(cranes))) for n, c in enumerate(cranes))
    return Runway(block.id, -overhang_mm, length + overhang_mm, places, reach_mm=reach_mm)


def _service(street: Street, avenues: Sequence[int], plan: Plan) -> Iterator[Pocket]:
    """Chargers, then parking, on both sides of the street behind the yard, spread over its stretches from the east."""
    pitch, clear = 36_000, AVENUE_HALF_MM + HALF_JUNCTION_MM
    starts = [
        start
        for a, b in reversed(list(pairwise(avenues)))
        for start in range(a + clear + NECK_MM, b - clear - pitch, pitch)
    ]
    places = [(start, beside) for start in starts for beside in (LANE_MM, -LANE_MM)]
    kinds = [StandKind.CHARGER] * plan.chargers + [StandKind.PARKING] * plan.parking
    for number, ((start, beside), kind) in enumerate(zip(places, kinds, strict=False), start=1):
        is_charger = kind is StandKind.CHARGER
        stand = Stand(kind, power_kw=plan.charge_kw if is_charger else 0)
        name = f"C{number:02}" if is_charger else f"K{number - plan.chargers:02}"
        yield Pocket(name, street.name, start, start + pitch - NECK_MM, beside, stand)


def _with_quay_and_gate(terminal: Terminal, name: str, plan: Plan, berths: Sequence[BerthRange], yard: _Yard) -> Layout:
    """The yard's streets with avenues, quay and gate around them."""
    links = _links(yard.avenues, terminal.quay_length_mm)
    quay_stands = _quay_stands([x_mm for x_mm, _ in links], terminal.quay_length_mm)
    ground = build(
        [*_quay_streets(links[0][0], links[-1][0]), *_streets_inland(links, yard), *yard.streets],
        [*quay_stands, *yard.pockets],
        half_mm=HALF_JUNCTION_MM,
    )
    nodes, segments, junctions = _gates(ground, f"A{len(yard.avenues)}", plan.gate_lanes)
    return Layout(
        name=name,
        terminal=terminal,
        nodes=(*ground.nodes, *nodes),
        segments=(*ground.segments, *segments),
        rail=QuayRail(0, terminal.quay_length_mm),
        junctions=(*ground.junctions, *junctions),
        berths=tuple(berths),
        runways=tuple(yard.runways),
        source=SOURCE,
    )


def _quay_streets(west: int, east: int) -> list[Street]:
    return [
        Street("P1", Heading.EAST, PORTAL_LANES_MM[0], west, east, PORTAL_SPEED, LaneKind.PORTAL),
        Street("P2", Heading.EAST, PORTAL_LANES_MM[1], west, east, PORTAL_SPEED, LaneKind.PORTAL),
        Street("QE", Heading.EAST, QUAY_ROAD_EAST_MM, west, east),
        Street("QW", Heading.WEST, QUAY_ROAD_WEST_MM, west, east),
    ]


def _streets_inland(links: Sequence[tuple[int, Heading]], yard: _Yard) -> Iterator[Street]:
    """Links end at the quay road, avenues behind the yard, the easternmost one at the gate."""
    avenue_at = {x_mm: n for n, middle in enumerate(yard.avenues, start=1) for x_mm in _lanes_of(middle)}
    for number, (x_mm, heading) in enumerate(links, start=1):
        avenue = avenue_at.get(x_mm)
        until = yard.back.at_mm if avenue else QUAY_ROAD_WEST_MM
        if avenue == len(yard.avenues):
            until += HALF_JUNCTION_MM + GATE_ROAD_MM
        name = f"A{avenue}" if avenue else f"L{number:02}"
        yield Street(f"{name}{heading.value}", heading, x_mm, PORTAL_LANES_MM[0], until)


def _lanes_of(avenue_mm: int) -> tuple[int, int]:
    """The southern and the northern lane of an avenue."""
    return avenue_mm - AVENUE_HALF_MM, avenue_mm + AVENUE_HALF_MM


def _links(avenues: Sequence[int], quay_length_mm: int) -> list[tuple[int, Heading]]:
    """Where streets lead into the portal (SOUTH) and out of it (NORTH), by turns; the avenues' lanes among them.

    The first leads in and the last leads out, so that every passing lane has a beginning and an end.
    """
    cuts = [0, *(lane for avenue in avenues for lane in _lanes_of(avenue)), quay_length_mm]
    places: list[int] = []
    for number, (from_mm, until_mm) in enumerate(pairwise(cuts)):
        # Between a northern lane and the next southern one lies an odd number of columns, beyond the last an even one.
        is_outer = number in (0, len(cuts) - 2)
        columns = _columns(until_mm - from_mm, is_odd=not is_outer)
        if columns:
            places += [from_mm + (until_mm - from_mm) * n // columns for n in range(columns + 1)]
    kept = sorted({*places, *cuts[1:-1]})
    return [(x_mm, (Heading.SOUTH, Heading.NORTH)[number % 2]) for number, x_mm in enumerate(kept)]


def _columns(length_mm: int, *, is_odd: bool) -> int:
    least = 20_000 + 2 * HALF_JUNCTION_MM
    if is_odd:
        columns = 2 * max(0, round((length_mm / COLUMN_MM - 1) / 2)) + 1
    else:
        columns = 2 * max(0, round(length_mm / COLUMN_MM / 2))
    while columns > 1 and length_mm // columns < least:
        columns -= 2
    return columns


def _quay_stands(links: Sequence[int], quay_length_mm: int) -> Iterator[Pocket]:
    """Three stands a column under the cranes, and one to wait for them at the road behind."""
    for number, (from_mm, until_mm) in enumerate(pairwise(links), start=1):
        start, end = from_mm + HALF_JUNCTION_MM, until_mm - HALF_JUNCTION_MM
        reach = (
            0 if number == 1 else from_mm - HALF_TRUCK_MM,
            quay_length_mm + 1 if number == len(links) - 1 else until_mm + HALF_TRUCK_MM,
        )
        for lane, (street, beside) in enumerate((("P1", -LANE_MM), ("P1", LANE_MM), ("P2", LANE_MM)), start=1):
            stand = Stand(StandKind.QUAY, from_mm=reach[0], until_mm=reach[1], lane=lane)
            yield Pocket(f"Q{lane}{number:02}", street, start, end, beside, stand)
        yield Pocket(f"H{number:02}", "QW", start, end, LANE_MM, Stand(StandKind.PARKING))


def _gates(ground: Ground, avenue: str, lanes: int) -> tuple[list[Node], list[Segment], list[Junction]]:
    """Lanes of the gate at the end of the easternmost avenue: in to the west of it, out to the east."""
    nodes: list[Node] = []
    segments: list[Segment] = []
    junctions: list[Junction] = []
    by_id: Mapping[NodeId, Node] = {node.id: node for node in ground.nodes}
    for kind, hub, sign in (
        (StandKind.GATE_IN, by_id[ground.begins[f"{avenue}S"]], -1),
        (StandKind.GATE_OUT, by_id[ground.ends[f"{avenue}N"]], 1),
    ):
        inward = kind is StandKind.GATE_IN
        letter = "I" if inward else "O"
        ends = [(hub.x_mm + sign * 4_500 * n, hub.y_mm + 25_000) for n in range(lanes)]
        inner = list(fan(f"G{letter}", hub, ends, inward=inward, speed_mm_per_s=3_000))
        junctions.append(Junction(JunctionId(f"G{letter}"), tuple(segment.id for _, segment in inner)))
        for number, (node, segment) in enumerate(inner, start=1):
            outside = Node(NodeId(f"{node.id}o"), node.x_mm, node.y_mm + 25_000)
            start, end = (outside, node) if inward else (node, outside)
            stand = Segment(
                SegmentId(f"G{letter}{number:02}"), start.id, end.id, 25_000, 3_000, LaneKind.GATE, Stand(kind)
            )
            nodes += [node, outside]
            segments += [segment, stand]
    return nodes, segments, junctions
