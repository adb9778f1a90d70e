"""A ground plan from above, water below: quay and cranes, blocks, lanes with their directions, stands, junctions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import hypot

from cabria.domain.findings import Finding, Severity
from cabria.domain.layout import LaneKind, Layout, Point, Rectangle, Segment, along_block, footprint
from cabria.domain.stands import Stand, StandKind
from cabria.domain.yard import YardBlock
from cabria.reports import svg

WIDTH = 2600
LEAST_SCALE, MOST_SCALE = 1.5, 6.0
"""Pixels a metre. Below the least, lanes four metres apart run into one."""
MARGIN_M, WATER_M = 30, 60
HEAD, FOOT, LEFT = 64, 40, 24
LEGEND_ROW, LETTER_WIDTH = 24, 8.2
LETTER_M = 7
"""Height of the letters on the ground, within bounds that a reader of the whole picture can read."""
ARROW = 3.4
LEAST_ARROW_MM = 15_000
BOOM_MM = 45_000
STAND_LOOKS = {
    StandKind.QUAY: ("stand-quay", "stand under a quay crane"),
    StandKind.YARD: ("stand-yard", "stand at a block"),
    StandKind.PARKING: ("stand-parking", "parking"),
    StandKind.CHARGER: ("stand-charger", "charger"),
    StandKind.GATE_IN: ("stand-gate", "lane of the gate"),
    StandKind.GATE_OUT: ("stand-gate", "lane of the gate"),
}
LANE_LOOKS = {
    LaneKind.ROAD: "road",
    LaneKind.PORTAL: "portal",
    LaneKind.TRANSFER: "transfer",
    LaneKind.CROSSING: "crossing",
    LaneKind.GATE: "road",
}


class _Ground:
    """From millimetres on the ground to pixels on the sheet."""

    def __init__(self, layout: Layout) -> None:
        grounds = [footprint(block) for block in layout.terminal.blocks]
        xs = [0, layout.terminal.quay_length_mm, *(node.x_mm for node in layout.nodes)]
        ys = [0, *(node.y_mm for node in layout.nodes), *(ground.y_until_mm for ground in grounds)]
        xs += [x_mm for ground in grounds for x_mm in (ground.x_from_mm, ground.x_until_mm)]
        self.x_from_mm, self.x_until_mm = min(xs) - 1000 * MARGIN_M, max(xs) + 1000 * MARGIN_M
        self.y_from_mm, self.y_until_mm = min(*ys, -1000 * WATER_M), max(ys) + 1000 * MARGIN_M
        width_m = (self.x_until_mm - self.x_from_mm) / 1000
        self.scale = min(MOST_SCALE, max(LEAST_SCALE, WIDTH / width_m))
        self.letter = min(22.0, max(10.0, LETTER_M * self.scale))

    @property
    def width(self) -> float:
        return self.length(self.x_until_mm - self.x_from_mm)

    @property
    def height(self) -> float:
        return self.length(self.y_until_mm - self.y_from_mm)

    def length(self, mm: int) -> float:
        return mm / 1000 * self.scale

    def point(self, point: Point) -> tuple[float, float]:
        return self.length(point[0] - self.x_from_mm), HEAD + self.length(self.y_until_mm - point[1])

    def line(self, points: Sequence[Point]) -> str:
        """Path data of a line through the points."""
        return "M" + "L".join(f"{svg.number(x)} {svg.number(y)}" for x, y in map(self.point, points))

    def box(self, ground: Rectangle) -> str:
        """Path data of a rectangle."""
        x, y = self.point((ground.x_from_mm, ground.y_until_mm))
        width, height = (
            self.length(ground.x_until_mm - ground.x_from_mm),
            self.length(ground.y_until_mm - ground.y_from_mm),
        )
        return svg.box_path(x, y, width, height)

    def words(self, at: Point, words: str, class_: str, size: float = 1.0) -> str:
        x, y = self.point(at)
        letter = self.letter * size
        return svg.text(x, y + 0.36 * letter, words, class_=class_, style=f"font-size:{svg.number(letter)}px")


def layout_picture(layout: Layout, findings: Iterable[Finding] = ()) -> str:
    """The plan as SVG; what the referee's HARD `findings` name as their place is marked red."""
    ground = _Ground(layout)
    legend = _legend(layout, ground)
    bad = {finding.place for finding in findings if finding.severity is Severity.HARD}
    parts = [
        *_water(layout, ground),
        *_blocks(layout, ground, bad),
        *_junctions(layout, ground),
        *_lanes(layout, ground),
        *_stands(layout, ground),
        *_quay_cranes(layout, ground, bad),
        *_yard_cranes(layout, ground, bad),
        *_gates(layout, ground),
        *_marks(layout, ground, bad),
        *_head(layout, len(bad)),
        *_foot(ground, legend),
    ]
    height = HEAD + ground.height + FOOT + LEGEND_ROW + max(down for _, down, _ in legend)
    return svg.picture(
        round(ground.width), round(height), parts, label=f"Ground plan of {layout.name}", class_="layout-plan"
    )


def _water(layout: Layout, ground: _Ground) -> Iterator[str]:
    sea = Rectangle(ground.x_from_mm, ground.y_from_mm, ground.x_until_mm, 0)
    yield svg.element("path", d=ground.box(sea), class_="sea")
    quay = layout.terminal.quay_length_mm
    yield svg.element("path", d=ground.line([(0, 0), (quay, 0)]), class_="quay-edge")
    for berth in layout.berths:
        for x_mm in (berth.from_mm, berth.until_mm):
            yield svg.element("path", d=ground.line([(x_mm, 0), (x_mm, -8_000)]), class_="quay-edge")
        yield ground.words(((berth.from_mm + berth.until_mm) // 2, -52_000), f"berth {berth.id}", "mid soft")
    rail = layout.rail
    for y_mm in (rail.waterside_mm, rail.waterside_mm + rail.gauge_mm):
        yield svg.element("path", d=ground.line([(rail.from_mm, y_mm), (rail.until_mm, y_mm)]), class_="rail")


def _blocks(layout: Layout, ground: _Ground, bad: set[str]) -> Iterator[str]:
    for block in layout.terminal.blocks:
        whole = footprint(block)
        lines = [ground.line(ends) for ends in _bay_lines(block)]
        words = f"{block.id}: {block.bays} bays x {block.rows} rows x {block.tiers} tiers"
        yield svg.element(
            "path", svg.title(words), d=ground.box(whole), class_="block bad" if block.id in bad else "block"
        )
        yield svg.element("path", d="".join(lines), class_="bays")
        quarter = along_block(block, *(2 * [block.bays * block.bay_pitch_mm // 4]))  # cranes begin in the middle
        at = (quarter.x_from_mm + quarter.x_until_mm) // 2, (quarter.y_from_mm + quarter.y_until_mm) // 2
        yield ground.words(at, block.id, "mid name", 1.3)


def _bay_lines(block: YardBlock) -> Iterator[tuple[Point, Point]]:
    """Between bays of 40 ft."""
    for bay in range(2, block.bays, 2):
        cut = along_block(block, bay * block.bay_pitch_mm, bay * block.bay_pitch_mm)
        yield (cut.x_from_mm, cut.y_from_mm), (cut.x_until_mm, cut.y_until_mm)


def _junctions(layout: Layout, ground: _Ground) -> Iterator[str]:
    boxes = []
    for junction in layout.junctions:
        points = [p for name in junction.segments for p in layout.points(layout.segment_by_id[name])]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        boxes.append(ground.box(Rectangle(min(xs), min(ys), max(xs), max(ys)).grown(1_000, 1_000)))
    yield svg.element("path", d="".join(boxes), class_="junction")


def _lanes(layout: Layout, ground: _Ground) -> Iterator[str]:
    lines: dict[str, list[str]] = {}
    arrows: list[str] = []
    for segment in layout.segments:
        if segment.stand is None:
            points = layout.points(segment)
            lines.setdefault(LANE_LOOKS[segment.kind], []).append(ground.line(points))
            if segment.length_mm >= LEAST_ARROW_MM and segment.kind is not LaneKind.CROSSING:
                arrows.append(_arrow(ground, points))
    for look, parts in lines.items():
        yield svg.element("path", d="".join(parts), class_=f"lane {look}")
    yield svg.element("path", d="".join(arrows), class_="arrow")


def _arrow(ground: _Ground, points: Sequence[Point]) -> str:
    """A triangle half way along the longest piece."""
    a, b = max(pairwise(points), key=lambda piece: hypot(piece[1][0] - piece[0][0], piece[1][1] - piece[0][1]))
    (x, y), (u, v) = ground.point(a), ground.point(b)
    length = hypot(u - x, v - y) or 1.0
    along = (u - x) / length * ARROW, (v - y) / length * ARROW
    middle = (x + u) / 2, (y + v) / 2
    tip = middle[0] + along[0], middle[1] + along[1]
    tail = middle[0] - along[0], middle[1] - along[1]
    beside = -along[1] * 0.7, along[0] * 0.7
    corners = (tip, (tail[0] + beside[0], tail[1] + beside[1]), (tail[0] - beside[0], tail[1] - beside[1]))
    return "M" + "L".join(f"{svg.number(px)} {svg.number(py)}" for px, py in corners) + "z"


def _stands(layout: Layout, ground: _Ground) -> Iterator[str]:
    """The ways in and out thin, the place of the truck broad."""
    thin = [ground.line(layout.points(segment)) for segment in layout.stands]
    yield svg.element("path", d="".join(thin), class_="lane pocket")
    for segment in layout.stands:
        if segment.stand is not None:
            look, _ = STAND_LOOKS[segment.stand.kind]
            words = svg.title(f"{segment.id}: {_serves(segment.stand)}")
            rest = segment.via if len(segment.via) > 1 else layout.points(segment)
            yield svg.element("path", words, d=ground.line(rest), class_=f"stand {look}")


def _serves(stand: Stand) -> str:
    if stand.kind is StandKind.YARD:
        return f"bays {stand.first_bay:02} to {stand.last_bay:02} of block {stand.block}, {stand.side}side"
    if stand.kind is StandKind.QUAY:
        return f"quay {stand.from_mm / 1000:g} to {stand.until_mm / 1000:g} m, lane {stand.lane}"
    if stand.kind is StandKind.CHARGER:
        return f"charger, {stand.power_kw} kW"
    return stand.kind.replace("-", " ")


def _quay_cranes(layout: Layout, ground: _Ground, bad: set[str]) -> Iterator[str]:
    rail = layout.rail
    half, back = rail.crane_width_mm // 2, rail.waterside_mm + rail.gauge_mm
    for crane in layout.terminal.quay_cranes:
        legs = Rectangle(crane.x_mm - half, rail.waterside_mm, crane.x_mm + half, back)
        look = "crane bad" if crane.id in bad else "crane"
        boom = ground.line([(crane.x_mm, -BOOM_MM), (crane.x_mm, back + rail.back_reach_mm)])
        yield svg.element("path", d=boom, class_=f"{look} boom")
        yield svg.element("path", svg.title(f"{crane.id} at {crane.x_mm / 1000:g} m"), d=ground.box(legs), class_=look)
        yield ground.words((crane.x_mm + 4_000, -20_000), crane.id, "name")


def _yard_cranes(layout: Layout, ground: _Ground, bad: set[str]) -> Iterator[str]:
    for runway in layout.runways:
        block = layout.terminal.block(runway.block)
        if block is None:
            continue
        half, reach = runway.crane_length_mm // 2, runway.reach_mm * 3 // 4
        for place in runway.cranes:
            under = along_block(block, place.at_mm - half, place.at_mm + half)
            wide = under.grown(0, reach) if block.bays_along_quay else under.grown(reach, 0)
            look = "crane bad" if place.crane in bad else "crane"
            words = svg.title(f"{place.crane} of block {runway.block}")
            yield svg.element("path", words, d=ground.box(wide), class_=look)


def _gates(layout: Layout, ground: _Ground) -> Iterator[str]:
    for kind, words in ((StandKind.GATE_IN, "gate in"), (StandKind.GATE_OUT, "gate out")):
        points = [point for segment in layout.stands_of(kind) for point in layout.points(segment)]
        if points:
            xs, ys = [x for x, _ in points], [y for _, y in points]
            yield ground.words(((min(xs) + max(xs)) // 2, max(ys) + 9_000), words, "mid name", 0.8)


def _marks(layout: Layout, ground: _Ground, bad: set[str]) -> Iterator[str]:
    """Red over the segments, and red rings around the nodes, that broke a rule."""
    segments: list[Segment] = [segment for segment in layout.segments if segment.id in bad]
    if segments:
        lines = "".join(ground.line(layout.points(segment)) for segment in segments)
        yield svg.element("path", d=lines, class_="lane bad")
    for node in layout.nodes:
        if node.id in bad:
            x, y = ground.point(node.point)
            yield svg.element("circle", svg.title(f"node {node.id}"), cx=x, cy=y, r=9, class_="ring")


def _head(layout: Layout, bad: int) -> Iterator[str]:
    terminal = layout.terminal
    counts = Counter(STAND_LOOKS[segment.stand.kind][1] for segment in layout.stands if segment.stand is not None)
    said = (
        f"quay: {terminal.quay_length_mm / 1000:,.0f} m",
        f"quay cranes: {len(terminal.quay_cranes)}",
        f"blocks: {len(terminal.blocks)}",
        f"segments: {len(layout.segments):,}",
        f"junctions: {len(layout.junctions):,}",
        *(f"{words}: {count:,}" for words, count in counts.items()),
    )
    yield svg.text(LEFT, 30, layout.name, class_="headline")
    yield svg.text(LEFT, 52, "; ".join(said), class_="legend")
    if bad:
        yield svg.text(LEFT + 16 * len(layout.name) + 30, 30, f"{bad} places break a rule: red", class_="legend wrong")


def _foot(ground: _Ground, legend: Sequence[tuple[float, float, str]]) -> Iterator[str]:
    y = HEAD + ground.height + 30
    long_m = _scale_m(ground)
    for part in range(4):
        width = long_m / 4 * ground.scale
        ink = "scale-ink" if part % 2 == 0 else "scale-paper"
        yield svg.element("rect", x=LEFT + part * width, y=y - 8, width=width, height=8, class_=ink)
    for metres in (0, long_m // 2, long_m):
        x = LEFT + metres * ground.scale
        yield svg.text(x, y + 18, f"{metres} m", class_="legend mid" if metres else "legend")
    for x, down, drawn in legend:
        yield svg.group([drawn], transform=f"translate({svg.number(x)} {svg.number(y + down)})")


def _scale_m(ground: _Ground) -> int:
    return next((metres for metres in (200, 100, 50, 20) if metres * ground.scale <= 0.25 * ground.width), 10)


def _legend(layout: Layout, ground: _Ground) -> list[tuple[float, float, str]]:
    """Entries with their places beside the scale, from left to right and then down."""
    left = LEFT + _scale_m(ground) * ground.scale + 60
    x, y = left, 0.0
    placed = []
    for sign, words in _entries(layout):
        width = 60 + LETTER_WIDTH * len(words)
        if x + width > ground.width and x > left:
            x, y = left, y + LEGEND_ROW
        look = "legend" if sign else "legend soft"
        placed.append((x, y, sign + svg.text(42 if sign else 0, 0, words, class_=look)))
        x += width + 12
    return placed


def _entries(layout: Layout) -> Iterator[tuple[str, str]]:
    kinds = {segment.stand.kind for segment in layout.stands if segment.stand is not None}
    lanes = (
        ("lane road", "road"),
        ("lane portal", "lane under the quay cranes"),
        ("lane transfer", "lane along a block"),
    )
    stands = dict.fromkeys(looks for kind, looks in STAND_LOOKS.items() if kind in kinds)
    for look, words in (*lanes, *((f"stand {look}", words) for look, words in stands)):
        yield svg.element("path", d="M0 -5h34", class_=look), words
    yield svg.element("path", d="M12 -10l10 5l-10 5z", class_="arrow"), "direction"
    yield svg.element("rect", x=10, y=-12, width=14, height=14, class_="junction"), "junction: one truck at a time"
    yield svg.element("rect", x=3, y=-12, width=28, height=14, class_="crane"), "crane at the start"
    if layout.source:
        yield "", layout.source
