"""Ground plans from a few figures. Nothing here is a survey of a real terminal.

How the traffic goes: every street is one-way and keeps to the right. Under the quay cranes two passing lanes lead
east, with three lanes of stands beside them; behind the cranes a road leads east and another one west. Links cross
these every thirty metres, by turns leading in (to the quay) and out of the portal, so that a truck enters one or two
columns before its crane and leaves one or two behind it. Avenues between the block columns lead both ways, and so do
the aisles between the block rows: their eastern lane serves the block before it, their western lane the one behind.
Each meeting of two streets is a junction of its own with room for a waiting truck between it and the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from cabria.domain.layout import (
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
from cabria.domain.terminal import QuayCrane, Terminal, YardCrane
from cabria.domain.yard import YardBlock
from cabria.experiments.streets import Ground, Heading, Pocket, Street, build, fan
from cabria.experiments.terminals import make_terminal

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
PORTAL_SPEED, TRANSFER_SPEED = 5_500, 5_500
SOURCE = "Cabria's own proposal; not a survey."


@dataclass(frozen=True, slots=True)
class Plan:
    """What is chosen about a ground plan besides its terminal."""

    bays_per_stand: int = 6
    """Twenty-foot bays along a block that one stand serves."""
    chargers: int = 12
    charge_kw: int = 150
    parking: int = 24
    """Stands behind the yard; there is also one a column at the quay road."""
    gate_lanes: int = 8


def chancay_layout(*, plan: Plan = Plan()) -> Layout:
    """The reference terminal: six quay cranes on 1,500 m, fifteen blocks parallel to the quay, served on both sides."""
    return parallel_layout(make_terminal(), name="Chancay", plan=plan, berths=CHANCAY_BERTHS)


CHANCAY_BERTHS = tuple(
    BerthRange(name, 1000 * from_m, 1000 * until_m)
    for name, from_m, until_m in (("A1", 0, 350), ("A2", 350, 700), ("A3", 700, 1100), ("A4", 1100, 1500))
)


def small_layout() -> Layout:
    """One quay crane, two blocks: to be checked by hand."""
    blocks = tuple(YardBlock(f"B0{n}", 12, 6, 4, 40_000, y_mm) for n, y_mm in ((1, 104_000), (2, 164_000)))
    terminal = Terminal(
        name="Small",
        port="PECHY",
        quay_length_mm=160_000,
        blocks=blocks,
        quay_cranes=(QuayCrane("QC1", x_mm=80_000),),
        yard_cranes=tuple(YardCrane(f"YC0{n}", f"B0{n}") for n in (1, 2)),
        trucks=4,
    )
    plan = Plan(chargers=1, parking=2, gate_lanes=1)
    return parallel_layout(terminal, name="Small", plan=plan, berths=(BerthRange("A1", 0, 160_000),))


def large_layout() -> Layout:
    """Twelve quay cranes on 2,300 m and forty blocks in eight rows, for 120 trucks and more."""
    blocks = tuple(
        YardBlock(f"B{1 + 5 * row + column:02}", 60, 10, 5, 1000 * (70 + 430 * column), 1000 * (104 + 72 * row))
        for row in range(8)
        for column in range(5)
    )
    terminal = Terminal(
        name="Large",
        port="PECHY",
        quay_length_mm=2_300_000,
        blocks=blocks,
        quay_cranes=tuple(QuayCrane(f"QC{n:02}", x_mm=1000 * (300 + 150 * (n - 1))) for n in range(1, 13)),
        yard_cranes=tuple(YardCrane(f"YC{block.id[1:]}", block.id) for block in blocks),
        trucks=120,
    )
    berths = tuple(BerthRange(f"A{n + 1}", 383_000 * n, min(2_300_000, 383_000 * (n + 1))) for n in range(6))
    return parallel_layout(terminal, name="Large", plan=Plan(chargers=30, parking=50, gate_lanes=12), berths=berths)


def chancay_end_loaded_layout() -> Layout:
    """The reference terminal's machines with fifteen blocks at right angles to the quay, served at their ends."""
    model = make_terminal()
    blocks = tuple(
        replace(
            block,
            x_mm=1000 * (290 + 215 * (n // 3)) + 36_000 * (n % 3),
            y_mm=140_000,
            bays_along_quay=False,
        )
        for n, block in enumerate(model.blocks)
    )
    terminal = replace(model, name="Chancay end-loaded", blocks=blocks)
    return end_loaded_layout(terminal, name="Chancay end-loaded", berths=CHANCAY_BERTHS)


LAYOUTS = {
    "small": small_layout,
    "chancay": chancay_layout,
    "chancay-end-loaded": chancay_end_loaded_layout,
    "large": large_layout,
}


def parallel_layout(terminal: Terminal, *, name: str, plan: Plan = Plan(), berths: Sequence[BerthRange] = ()) -> Layout:
    """Blocks along the quay in columns and rows, each served by trucks on both long sides under cantilevers."""
    avenues = _avenues(terminal.blocks)
    west, east = avenues[0] - AVENUE_HALF_MM, avenues[-1] + AVENUE_HALF_MM
    streets: list[Street] = []
    pockets: list[Pocket] = []
    rows = groupby(sorted(terminal.blocks, key=lambda block: (block.y_mm, block.x_mm)), key=lambda block: block.y_mm)
    lane = QUAY_ROAD_WEST_MM
    number = 0
    for number, (y_mm, row) in enumerate(rows, start=1):
        blocks = list(row)
        water = Street(
            f"R{number}W", Heading.WEST, y_mm - BESIDE_BLOCK_MM, west, east, TRANSFER_SPEED, LaneKind.TRANSFER
        )
        lane = footprint(blocks[0]).y_until_mm + BESIDE_BLOCK_MM
        land = Street(f"R{number}E", Heading.EAST, lane, west, east, TRANSFER_SPEED, LaneKind.TRANSFER)
        streets += [water, land]
        for block in blocks:
            pockets += _stands_along(block, water, Side.WATER, plan.bays_per_stand)
            pockets += _stands_along(block, land, Side.LAND, plan.bays_per_stand)
    back = Street(f"R{number + 1}W", Heading.WEST, lane + AISLE_MM, west, east)
    streets.append(back)
    pockets += _service(back, avenues, plan)
    return _layout(
        terminal,
        name,
        plan,
        berths,
        avenues,
        streets,
        pockets,
        back,
        [_runway(terminal, b, OVERHANG_MM, BESIDE_BLOCK_MM) for b in terminal.blocks],
    )


def end_loaded_layout(
    terminal: Terminal, *, name: str, plan: Plan = Plan(), berths: Sequence[BerthRange] = ()
) -> Layout:
    """Blocks at right angles to the quay, one row of them in groups, served at their water and their land ends."""
    avenues = _avenues(terminal.blocks)
    west, east = avenues[0] - AVENUE_HALF_MM, avenues[-1] + AVENUE_HALF_MM
    first = min(block.y_mm for block in terminal.blocks)
    last = max(footprint(block).y_until_mm for block in terminal.blocks)
    inner, outer = STAND_BESIDE_BLOCK_MM + LANE_MM, STAND_BESIDE_BLOCK_MM + LANE_MM + 26_000
    kind = LaneKind.TRANSFER
    streets = [
        Street("WE", Heading.EAST, first - outer, west, east, TRANSFER_SPEED, kind),
        Street("WW", Heading.WEST, first - inner, west, east, TRANSFER_SPEED, kind),
        Street("LE", Heading.EAST, last + inner, west, east, TRANSFER_SPEED, kind),
        Street("LW", Heading.WEST, last + outer, west, east, TRANSFER_SPEED, kind),
    ]
    back_east = Street("BE", Heading.EAST, last + outer + 30_000, west, east)
    back = Street("BW", Heading.WEST, last + outer + 30_000 + AISLE_MM, west, east)
    pockets: list[Pocket] = []
    for block in terminal.blocks:
        for street, side, lanes in (
            (streets[0], Side.WATER, (LANE_MM,)),
            (streets[1], Side.WATER, (-LANE_MM, LANE_MM)),
            (streets[2], Side.LAND, (-LANE_MM, LANE_MM)),
            (streets[3], Side.LAND, (-LANE_MM,)),
        ):
            pockets += _stands_across(block, street, side, lanes)
    pockets += _service(back, avenues, plan)
    runways = [_runway(terminal, block, outer, 1_000) for block in terminal.blocks]
    return _layout(terminal, name, plan, berths, avenues, [*streets, back_east, back], pockets, back, runways)


def _avenues(blocks: Sequence[YardBlock]) -> list[int]:
    """The middles of the avenues: in the gaps wide enough between the columns of blocks, and around the outermost."""
    spans = sorted({(footprint(block).x_from_mm, footprint(block).x_until_mm) for block in blocks})
    gaps = [
        (a_until, b_from) for (_, a_until), (b_from, _) in pairwise(spans) if b_from - a_until >= 2 * AVENUE_MARGIN_MM
    ]
    middles = [(until + start) // 2 for until, start in gaps]
    return [spans[0][0] - AVENUE_MARGIN_MM, *middles, spans[-1][1] + AVENUE_MARGIN_MM]


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


def _layout(
    terminal: Terminal,
    name: str,
    plan: Plan,
    berths: Sequence[BerthRange],
    avenues: Sequence[int],
    yard: Sequence[Street],
    pockets: Sequence[Pocket],
    back: Street,
    runways: Sequence[Runway],
) -> Layout:
    """The yard's streets with avenues, quay and gate around them."""
    gate_mm = back.at_mm + HALF_JUNCTION_MM + 22_000
    links = _links(avenues, terminal.quay_length_mm)
    west, east = links[0][0], links[-1][0]
    lanes = [
        Street("P1", Heading.EAST, PORTAL_LANES_MM[0], west, east, PORTAL_SPEED, LaneKind.PORTAL),
        Street("P2", Heading.EAST, PORTAL_LANES_MM[1], west, east, PORTAL_SPEED, LaneKind.PORTAL),
        Street("QE", Heading.EAST, QUAY_ROAD_EAST_MM, west, east),
        Street("QW", Heading.WEST, QUAY_ROAD_WEST_MM, west, east),
    ]
    names = {x_mm: f"A{n}" for n, middle in enumerate(avenues, start=1) for x_mm in _lanes_of(middle)}
    for number, (x_mm, heading) in enumerate(links, start=1):
        until = QUAY_ROAD_WEST_MM if x_mm not in names else back.at_mm
        if x_mm in _lanes_of(avenues[-1]):
            until = gate_mm
        lanes.append(
            Street(f"{names.get(x_mm, f'L{number:02}')}{heading.value}", heading, x_mm, PORTAL_LANES_MM[0], until)
        )
    quay = list(_quay_stands([x_mm for x_mm, _ in links], terminal.quay_length_mm))
    ground = build([*lanes, *yard], [*quay, *pockets], half_mm=HALF_JUNCTION_MM)
    nodes, segments, junctions = _gates(ground, f"A{len(avenues)}", plan.gate_lanes)
    return Layout(
        name=name,
        terminal=terminal,
        nodes=(*ground.nodes, *nodes),
        segments=(*ground.segments, *segments),
        rail=QuayRail(0, terminal.quay_length_mm),
        junctions=(*ground.junctions, *junctions),
        berths=tuple(berths),
        runways=tuple(runways),
        source=SOURCE,
    )


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
        reach = (0 if number == 1 else from_mm, quay_length_mm + 1 if number == len(links) - 1 else until_mm)
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
