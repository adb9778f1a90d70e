"""The ship from her starboard side, bow on the right: which ports' boxes lie in each tier, and each bay's moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cabria.domain.containers import Port
from cabria.domain.vessel import Level, VesselBay, VesselProfile
from cabria.reports import svg
from cabria.reports.aboard import SHOWN, Aboard, BoxesAboard, Part, View
from cabria.reports.palette import PortMark

WIDTH = 1200
TIER_HEIGHT = 9
LID_GAP = 6
HEAD = 26
FOOT = 58
MARGIN = 62
MOVES = (
    ("discharge", (Part.DISCHARGED,)),
    ("load", (Part.LOADED,)),
    ("restow", (Part.PUT_BACK,)),
)


@dataclass(frozen=True)
class ShipLayout:
    """Left side and width of each bay, and how far up each level's tiers begin."""

    columns: Mapping[int, tuple[float, float]]
    deck_tiers: tuple[int, ...]
    hold_tiers: tuple[int, ...]

    @property
    def deck_bottom(self) -> int:
        return HEAD + len(self.deck_tiers) * TIER_HEIGHT

    @property
    def hold_top(self) -> int:
        return self.deck_bottom + LID_GAP

    @property
    def keel(self) -> int:
        return self.hold_top + len(self.hold_tiers) * TIER_HEIGHT

    def tier_y(self, tier: int, level: Level) -> int:
        if level is Level.DECK:
            return self.deck_bottom - (self.deck_tiers.index(tier) + 1) * TIER_HEIGHT
        return self.keel - (self.hold_tiers.index(tier) + 1) * TIER_HEIGHT


def ship_layout(profile: VesselProfile) -> ShipLayout:
    """Bays by their centres along the ship where the profile gives them all, else by their numbers."""
    centres = {bay.number: bay_lcg_mm(bay) for bay in profile.bays}
    by_length = all(centre is not None for centre in centres.values()) and len(set(centres.values())) == len(centres)
    spans: dict[int, tuple[float, float]] = {}
    for bay in profile.bays:
        is_pair = bay.number % 2 == 0
        if by_length:
            centre, half = float(centres[bay.number] or 0), 6_500.0 if is_pair else 3_200.0
        else:
            centre, half = -float(bay.number), 1.8 if is_pair else 0.9
        spans[bay.number] = (centre - half, centre + half)
    left, right = min(low for low, _ in spans.values()), max(high for _, high in spans.values())
    scale = (WIDTH - 2 * MARGIN) / (right - left)
    columns = {number: (MARGIN + (low - left) * scale, (high - low) * scale) for number, (low, high) in spans.items()}
    tiers: dict[Level, set[int]] = {Level.DECK: set(), Level.HOLD: set()}
    for bay in profile.bays:
        for stack in bay.stacks:
            tiers[stack.level].update(cell.tier for cell in stack.cells)
    return ShipLayout(columns, tuple(sorted(tiers[Level.DECK])), tuple(sorted(tiers[Level.HOLD])))


def bay_lcg_mm(bay: VesselBay) -> int | None:
    """Middle of the bay along the ship, from the first stack that knows it."""
    end = next(end for number, end in bay.ends() if number == bay.number)
    known = (stack.lcg_at_mm(end) for stack in bay.stacks)
    return next((lcg_mm for lcg_mm in known if lcg_mm is not None), None)


def ship_picture(profile: VesselProfile, boxes: BoxesAboard, ports: Mapping[Port, PortMark]) -> str:
    layout = ship_layout(profile)
    parts = [_hull(layout)]
    parts += [_bay_outline(layout, bay) for bay in profile.bays]
    parts += [_view(layout, profile, boxes, ports, view) for view in (View.ARRIVAL, View.DEPARTURE)]
    parts += _labels(layout, profile, boxes)
    label = "Ship seen from starboard, bow on the right"
    return svg.picture(WIDTH, layout.keel + FOOT, parts, label=label, class_="ship-picture")


def _hull(layout: ShipLayout) -> str:
    top, keel = layout.deck_bottom + LID_GAP / 2, layout.keel + 7.0
    depth = keel - top
    d = (
        f"M6 {top:.1f}H{WIDTH - 2}C{WIDTH - 10} {top + 0.4 * depth:.1f} {WIDTH - 34} {keel - 0.2 * depth:.1f} "
        f"{WIDTH - 52} {keel:.1f}H34C16 {keel:.1f} 22 {keel - 0.4 * depth:.1f} 6 {keel - 0.5 * depth:.1f}Z"
    )
    return svg.element("path", d=d, class_="hull")


def _bay_outline(layout: ShipLayout, bay: VesselBay) -> str:
    x, width = layout.columns[bay.number]
    d = []
    for level in Level:
        tiers = sorted({cell.tier for stack in bay.stacks if stack.level is level for cell in stack.cells})
        if tiers:
            top = layout.tier_y(tiers[-1], level)
            bottom = layout.tier_y(tiers[0], level) + TIER_HEIGHT
            d.append(svg.box_path(x, top, width, bottom - top))
    return svg.element("path", d="".join(d), class_="cells")


def _view(
    layout: ShipLayout,
    profile: VesselProfile,
    boxes: BoxesAboard,
    ports: Mapping[Port, PortMark],
    view: View,
) -> str:
    """Each tier of each bay as a strip: its width is the tier's room in TEU, its colours what lies there."""
    paths: dict[Port, list[str]] = {}
    for bay in profile.bays:
        shown = [box for box in boxes.of(bay.number) if box.part in SHOWN[view]]
        rooms = _rooms(bay)
        x, width = layout.columns[bay.number]
        for (level, tier), mix in _mixes(shown).items():
            left, y = x, layout.tier_y(tier, level)
            for port in sorted(mix, key=lambda port: ports[port].index):
                share = width * mix[port] / max(rooms[level, tier], mix.total())
                paths.setdefault(port, []).append(svg.box_path(left, y + 0.5, share, TIER_HEIGHT - 1))
                left += share
    drawn = (
        svg.element("path", svg.title(port), d="".join(d), class_=f"p{ports[port].index}") for port, d in paths.items()
    )
    return svg.group(drawn, class_=f"v-{view.value}")


def _mixes(boxes: list[Aboard]) -> Mapping[tuple[Level, int], Counter[Port]]:
    mixes: dict[tuple[Level, int], Counter[Port]] = {}
    for box in boxes:
        key = (box.place.stack.level, box.place.cell.tier)
        mixes.setdefault(key, Counter())[box.container.pod] += box.container.size_type.teu
    return mixes


def _rooms(bay: VesselBay) -> Counter[tuple[Level, int]]:
    """TEU that fit in each tier."""
    rooms: Counter[tuple[Level, int]] = Counter()
    for stack in bay.stacks:
        for cell in stack.cells:
            room = max(2 * cell.takes_40, cell.takes_20_fore + cell.takes_20_aft)
            rooms[stack.level, cell.tier] += room
    return rooms


def _labels(layout: ShipLayout, profile: VesselProfile, boxes: BoxesAboard) -> Iterator[str]:
    names, sums = [], []
    for bay in profile.bays:
        x, width = layout.columns[bay.number]
        middle = x + width / 2
        name = svg.text(middle, HEAD - 8, f"{bay.number:02}")
        names.append(svg.element("a", name, href=f"#bay-{bay.number}"))
        parts = Counter(box.part for box in boxes.of(bay.number))
        for line, (_, counted) in enumerate(MOVES):
            moves = sum(parts[part] for part in counted)
            if moves:
                sums.append(svg.text(middle, layout.keel + 24 + 13 * line, str(moves), class_=MOVES[line][0]))
    yield svg.group(names, class_="bay-names")
    yield svg.group(sums, class_="moves")
    yield svg.group(
        (svg.text(2, layout.keel + 24 + 13 * line, name) for line, (name, _) in enumerate(MOVES)), class_="keys"
    )
    yield svg.group(
        (
            svg.text(2, HEAD - 8, "stern"),
            svg.text(WIDTH - 2, HEAD - 8, "bow", text_anchor="end"),
        ),
        class_="keys",
    )
