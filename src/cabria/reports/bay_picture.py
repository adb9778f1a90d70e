"""One bay as planners draw it, with all four views in one picture: the page's style shows one of them at a time.

Boxes lie in one group per `Part`; remaining weights in one group per condition. A 20 ft box takes half a cell: fore
on the left, aft on the right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set

from cabria.domain.containers import ContainerId, Port
from cabria.domain.vessel import End, Level, VesselBay, VesselStack
from cabria.reports import svg
from cabria.reports.aboard import SHOWN, Aboard, Part, View
from cabria.reports.bay_layout import CELL_HEIGHT, CELL_WIDTH, SIDE, BayLayout, Rect
from cabria.reports.cell_marks import CellMarks, cell_marks
from cabria.reports.palette import PortMark

WEIGHTS: Mapping[str, tuple[Part, ...]] = {
    "arrival": SHOWN[View.ARRIVAL],
    "discharge": (Part.STAYS,),
    "departure": SHOWN[View.DEPARTURE],
}
"""What weighs on the stacks when the remaining weight is printed: before, in the middle and at the end of the call."""


def bay_picture(
    layout: BayLayout,
    boxes: Iterable[Aboard],
    ports: Mapping[Port, PortMark],
    words: Callable[[Aboard], str],
    flagged: Set[ContainerId] = frozenset(),
) -> str:
    """The bay as SVG. `words` is what hovering over a box says, `flagged` boxes get a warning border."""
    boxes = tuple(boxes)
    parts = [
        _grid(layout),
        _lids(layout),
        *(_part(layout, part, boxes, ports, words, flagged) for part in Part),
        *_rows_and_tiers(layout),
        *(_weights(layout, name, boxes, shown) for name, shown in WEIGHTS.items()),
    ]
    label = f"Bay {layout.bay.number:02} seen from aft, port on the left"
    return svg.picture(layout.width, layout.height, parts, label=label, class_="bay-picture", largest=1.5)


def _grid(layout: BayLayout) -> str:
    cells: list[str] = []
    plugs: list[str] = []
    short: list[str] = []
    for stack in layout.bay.stacks:
        for cell in stack.cells:
            at = layout.room(stack, cell)
            cells.append(svg.box_path(at.x, at.y, at.width, at.height))
            if not cell.takes_40 and at.width == CELL_WIDTH and layout.bay.number % 2 == 0:
                short.append(f"M{svg.number(at.x + at.width / 2)} {svg.number(at.y)}v{CELL_HEIGHT}")
            for end, has_plug in ((End.FORE, cell.has_plug_fore), (End.AFT, cell.has_plug_aft)):
                if has_plug:
                    half = layout.cell(stack, cell, end)
                    plugs.append(f"M{svg.number(half.x + 2)} {svg.number(half.y + CELL_HEIGHT - 2)}h{half.width - 4:g}")
    return "".join(
        svg.element("path", d="".join(lines), class_=name)
        for name, lines in (("cells", cells), ("split", short), ("plugs", plugs))
        if lines
    )


def _lids(layout: BayLayout) -> str:
    return svg.group(
        (
            svg.element(
                "rect",
                svg.title(f"hatch cover {lid.id}"),
                x=bar.x,
                y=bar.y,
                width=bar.width,
                height=bar.height,
                rx=2,
                class_="lid",
            )
            for lid, bar in layout.lid_bars()
        ),
        class_="lids",
    )


def _part(
    layout: BayLayout,
    part: Part,
    boxes: tuple[Aboard, ...],
    ports: Mapping[Port, PortMark],
    words: Callable[[Aboard], str],
    flagged: Set[ContainerId],
) -> str:
    drawn: list[str] = []
    ticks: list[str] = []
    for box in boxes:
        if box.part is not part:
            continue
        at = layout.cell(box.place.stack, box.place.cell, box.place.end)
        marks = cell_marks(box.container, part)
        mark = ports.get(box.container.pod)
        drawn.append(_box(at, marks, mark, words(box), is_flagged=box.container.id in flagged))
        if marks.is_high_cube:
            ticks.append(f"M{svg.number(at.x + 1)} {svg.number(at.y + 1)}h5l-5 5z")
    if ticks:
        drawn.append(svg.element("path", d="".join(ticks), class_="tick"))
    return svg.group(drawn, class_=part.value) if drawn else ""


def _box(at: Rect, marks: CellMarks, port: PortMark | None, words: str, *, is_flagged: bool) -> str:
    is_half = at.width < CELL_WIDTH
    middle = at.x + at.width / 2
    letter = port.letter if port else "?"
    parts = [
        svg.title(words),
        svg.element("rect", x=at.x + 0.5, y=at.y + 0.5, width=at.width - 1, height=at.height - 1),
        svg.text(middle, at.y + 9, letter) if is_half else svg.text(at.x + 9, at.y + 15, letter),
    ]
    if marks.signs:
        is_long = len(marks.signs) > 2  # such signs end at the right edge instead of standing in the middle
        x, y = (
            (middle, at.y + 18)
            if is_half
            else (at.x + (at.width - 1.5 if is_long else 19), at.y + (7 if is_long else 8))
        )
        parts.append(svg.text(x, y, marks.signs, class_="m s" if is_long else "m"))
    if marks.imdg_class:
        x, y = (middle, at.y + 14) if is_half else (at.x + 19, at.y + 13.5)
        diamond = f"M{svg.number(x)} {svg.number(y - 5.5)}l5.5 5.5l-5.5 5.5l-5.5 -5.5z"
        parts.append(svg.element("path", d=diamond, class_="dg"))
        parts.append(svg.text(x, y + 2.4, marks.imdg_class, class_="n"))
    name = f"b p{port.index if port else 'x'}{' h' if is_half else ''}{' bad' if is_flagged else ''}"
    return svg.group(parts, class_=name)


def _rows_and_tiers(layout: BayLayout) -> Iterator[str]:
    names = []
    for stack in layout.bay.stacks:
        x = layout.column_x(stack.row, stack.level) + CELL_WIDTH / 2
        y = layout.edge(stack.level) + (-4 if stack.level is Level.DECK else 11)
        names.append(svg.text(x, y, f"{stack.row:02}"))
    yield svg.group(names, class_="rows")
    names = []
    for level, tiers in layout.tiers.items():
        for tier in tiers:
            middle = layout.tier_y(tier, level) + 14
            sides = SIDE / 2, layout.width - SIDE / 2
            names += [svg.text(x, middle, f"{tier:02}") for x in sides]
    yield svg.group(names, class_="tiers")


def _weights(layout: BayLayout, name: str, boxes: Iterable[Aboard], shown: tuple[Part, ...]) -> str:
    texts = []
    for stack, left_kg in remaining_weights_kg(layout.bay, boxes, shown):
        x = layout.column_x(stack.row, stack.level) + CELL_WIDTH / 2
        y = layout.edge(stack.level) + (-16 if stack.level is Level.DECK else 22)
        texts.append(svg.text(x, y, str(left_kg // 1000), class_="over" if left_kg < 0 else None))
    return svg.group(texts, class_=f"weights w-{name}") if texts else ""


def remaining_weights_kg(
    bay: VesselBay, boxes: Iterable[Aboard], shown: tuple[Part, ...]
) -> Iterator[tuple[VesselStack, int]]:
    """What may still be put on each stack that states a limit, with the boxes of the parts shown standing on it."""
    loads: dict[tuple[int, Level], list[tuple[int, End]]] = {}
    for box in boxes:
        if box.part in shown:
            key = (box.place.stack.row, box.place.stack.level)
            loads.setdefault(key, []).append((box.container.gross_mass_kg, box.place.end))
    for stack in bay.stacks:
        left_kg = remaining_weight_kg(stack, loads.get((stack.row, stack.level), []))
        if left_kg is not None:
            yield stack, left_kg


def remaining_weight_kg(stack: VesselStack, loads: Iterable[tuple[int, End]]) -> int | None:
    """What the tightest of the stack's stated limits leaves, below 0 when passed; None when none is stated.

    Each end carries its 20 ft boxes and half of each longer one; the whole carries the longer ones and half of all
    20 ft (see `VesselStack`).
    """
    doubled = {End.FORE: 0, End.AFT: 0, End.BOTH: 0}
    for mass_kg, end in loads:
        doubled[end] += 2 * mass_kg
    left = []
    if stack.max_weight_20_kg is not None:
        heavier = max(doubled[End.FORE], doubled[End.AFT])
        left.append(2 * stack.max_weight_20_kg - heavier - doubled[End.BOTH] // 2)
    if stack.max_weight_40_kg is not None:
        left.append(2 * stack.max_weight_40_kg - doubled[End.BOTH] - (doubled[End.FORE] + doubled[End.AFT]) // 2)
    return min(left) // 2 if left else None
