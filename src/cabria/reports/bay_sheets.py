"""Bay sheets on paper: a page per bay, what is discharged above, what she sails with below.

The same layout as on the screen, drawn with the canvas: colour and letter of the port, mass in tonnes, marks.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cabria.domain.calls import VesselCall
from cabria.domain.containers import Port
from cabria.domain.vessel import End, Level
from cabria.planning.loading.result import PlannedCall
from cabria.reports.aboard import SHOWN, Aboard, BoxesAboard, Part, View, boxes_aboard
from cabria.reports.bay_layout import CELL_WIDTH, BayLayout, Rect, bay_layout
from cabria.reports.bay_picture import WEIGHTS, remaining_weights_kg
from cabria.reports.cell_marks import cell_marks
from cabria.reports.palette import PortMark, port_marks
from cabria.reports.paper import A4, BOLD, FONT, MARGIN, Paper, printable

GAP = 22
LEGEND = 30
LARGEST_SCALE = 1.15
SIGNS = (
    "R reefer on plug, O out of gauge, E empty, 45 long, diamond IMO class, corner high cube, * restow; halves are 20' "
    "fore | aft; small figure mass, t; over and under the stacks weight remaining, t"
)
PALE = 0.72
"""How far towards white a box goes that this picture's work does not touch."""


TITLES = ("Arrival, discharge solid", "Departure, load solid")


def write_bay_sheets(planned: PlannedCall, path: Path) -> None:
    call = planned.call
    paper = Paper(path, f"Bay sheets: {call.vessel.name} {call.voyage} {call.port}", f"{call.id}, seed {planned.seed}")
    bay_pages(paper, call, boxes_aboard(planned), TITLES)
    paper.save()


def bay_pages(paper: Paper, call: VesselCall, boxes: BoxesAboard, titles: tuple[str, str]) -> None:
    """A page for each bay; `titles` are those of its upper and its lower picture."""
    ports = port_marks(call)
    for bay in call.vessel.bays:
        inside = boxes.of(bay.number)
        odd = " + ".join(f"{number:02}" for number in (bay.fore, bay.aft) if number and bay.number % 2 == 0)
        moves = [sum(box.part is part for box in inside) for part in (Part.DISCHARGED, Part.LOADED, Part.PUT_BACK)]
        counts = f"discharge {moves[0]}, load {moves[1]}, restow {moves[2]}"
        paper.page(f"Bay {bay.number:02}{f' ({odd})' if odd else ''}", f"{counts}; seen from aft, port on the left")
        _legend(paper.canvas, inside, ports)
        paper.canvas.setFont(FONT, 6)
        paper.canvas.drawString(MARGIN, MARGIN - 5, SIGNS)
        layout = bay_layout(call.vessel, bay)
        room = (A4[1] - 2 * MARGIN - LEGEND - 2 * GAP) / 2
        scale = min(LARGEST_SCALE, (A4[0] - 2 * MARGIN) / layout.width, room / layout.height)
        top = A4[1] - MARGIN - LEGEND
        _picture(paper.canvas, layout, inside, ports, View.DISCHARGE, titles[0], top, scale)
        _picture(paper.canvas, layout, inside, ports, View.LOAD, titles[1], top - room - GAP, scale)


def _legend(canvas: Any, boxes: tuple[Aboard, ...], ports: Mapping[Port, PortMark]) -> None:
    here = {box.container.pod for box in boxes}
    x, y = float(MARGIN), A4[1] - MARGIN - 24
    for mark in ports.values():
        if mark.port not in here or x > A4[0] - MARGIN - 50:
            continue
        canvas.setFillColor(_colour(mark.colour))
        canvas.rect(x, y - 2, 13, 10, stroke=0, fill=1)
        canvas.setFillColor(_colour(mark.ink))
        canvas.setFont(BOLD, 8)
        canvas.drawCentredString(x + 6.5, y, mark.letter)
        canvas.setFillGray(0)
        canvas.setFont(FONT, 8)
        canvas.drawString(x + 16, y, printable(mark.port))
        x += 52


def _picture(
    canvas: Any,
    layout: BayLayout,
    boxes: tuple[Aboard, ...],
    ports: Mapping[Port, PortMark],
    view: View,
    title: str,
    top: float,
    scale: float,
) -> None:
    """The layout's y runs down, the paper's up: the picture is drawn with -y under one transformation."""
    canvas.saveState()
    canvas.setFont(BOLD, 9)
    canvas.drawString(MARGIN, top - 8, title)
    canvas.translate(MARGIN + (A4[0] - 2 * MARGIN - layout.width * scale) / 2, top - 8)
    canvas.scale(scale, scale)
    _grid(canvas, layout)
    shown = [box for box in boxes if box.part in SHOWN[view]]
    words = canvas.beginText()
    for box in shown:
        _box(canvas, words, layout.cell(box.place.stack, box.place.cell, box.place.end), box, ports)
    _labels(words, layout, boxes, "arrival" if view is View.DISCHARGE else "departure")
    canvas.drawText(words)
    canvas.restoreState()


def _grid(canvas: Any, layout: BayLayout) -> None:
    canvas.setLineWidth(0.4)
    canvas.setStrokeGray(0.6)
    path = canvas.beginPath()
    plugs = canvas.beginPath()
    for stack in layout.bay.stacks:
        for cell in stack.cells:
            at = layout.room(stack, cell)
            path.rect(at.x, -at.y - at.height, at.width, at.height)
            for end, has_plug in ((End.FORE, cell.has_plug_fore), (End.AFT, cell.has_plug_aft)):
                if has_plug:
                    half = layout.cell(stack, cell, end)
                    plugs.moveTo(half.x + 2, -half.y - half.height + 2)
                    plugs.lineTo(half.x + half.width - 2, -half.y - half.height + 2)
    canvas.drawPath(path)
    canvas.setStrokeColor(_colour("#0072b2"))
    canvas.setLineWidth(1)
    canvas.drawPath(plugs)
    canvas.setFillGray(0.35)
    for _, bar in layout.lid_bars():
        canvas.rect(bar.x, -bar.y - bar.height, bar.width, bar.height, stroke=0, fill=1)


def _box(canvas: Any, words: Any, at: Rect, box: Aboard, ports: Mapping[Port, PortMark]) -> None:
    mark = ports.get(box.container.pod)
    is_pale = box.part is Part.STAYS
    is_restow = box.part in (Part.LIFTED, Part.PUT_BACK)
    canvas.setFillColor(_colour(mark.colour if mark else "#ffffff", PALE if is_pale else 0.0))
    canvas.setStrokeGray(0 if is_restow else 0.35)
    canvas.setLineWidth(1.8 if is_restow else 0.4)
    canvas.rect(at.x + 0.6, -at.y - at.height + 0.6, at.width - 1.2, at.height - 1.2, stroke=1, fill=1)
    marks = cell_marks(box.container, box.part, restow_sign="*")
    if marks.is_high_cube:
        canvas.setFillGray(0.2)
        tick = canvas.beginPath()
        tick.moveTo(at.x + 1, -at.y - 1)
        tick.lineTo(at.x + 5, -at.y - 1)
        tick.lineTo(at.x + 1, -at.y - 5)
        tick.close()
        canvas.drawPath(tick, stroke=0, fill=1)
    is_half = at.width < CELL_WIDTH
    ink = "#000000" if is_pale or mark is None else mark.ink
    words.setFillColor(_colour(ink))
    words.setFont(BOLD, 8 if is_half else 10)
    _say(words, at.x + (3.5 if is_half else 5), -at.y - (8.5 if is_half else 11), mark.letter if mark else "?")
    words.setFont(FONT, 4.8 if is_half else 5.5)
    _say(
        words,
        at.x + (2 if is_half else 13),
        -at.y - (18 if is_half else 17.5),
        f"{box.container.gross_mass_kg / 1000:.0f}",
    )
    if marks.signs:
        words.setFont(BOLD, 4.8 if is_half else 6)
        _say(words, at.x + (2 if is_half else 13), -at.y - (13.2 if is_half else 8), marks.signs)
    if marks.imdg_class:
        _diamond(canvas, words, at, marks.imdg_class)


def _diamond(canvas: Any, words: Any, at: Rect, imdg_class: str) -> None:
    """The placard of dangerous goods: top right in a cell, lower right in half a cell."""
    is_half = at.width < CELL_WIDTH
    size = 4.2 if is_half else 5.6
    x, y = at.x + at.width - size - 0.6, -at.y - (12.6 if is_half else size + 0.8)
    path = canvas.beginPath()
    path.moveTo(x, y + size)
    for across, up in ((size, 0), (0, -size), (-size, 0)):
        path.lineTo(x + across, y + up)
    path.close()
    canvas.setFillGray(1)
    canvas.setStrokeColor(_colour("#b3261e"))
    canvas.setLineWidth(0.7)
    canvas.drawPath(path, stroke=1, fill=1)
    words.setFillGray(0)
    words.setFont(BOLD, 1.4 * size)
    _say(words, x - 0.4 * size, y - 0.5 * size, imdg_class)


def _say(words: Any, x: float, y: float, text: str) -> None:
    words.setTextOrigin(x, y)
    words.textOut(printable(text))


def _labels(words: Any, layout: BayLayout, boxes: tuple[Aboard, ...], condition: str) -> None:
    words.setFillGray(0)
    words.setFont(FONT, 7)
    for stack in layout.bay.stacks:
        x = layout.column_x(stack.row, stack.level) + CELL_WIDTH / 2 - 4
        _say(words, x, -layout.edge(stack.level) + (4 if stack.level is Level.DECK else -10), f"{stack.row:02}")
    for level, tiers in layout.tiers.items():
        for tier in tiers:
            y = -layout.tier_y(tier, level) - 13
            _say(words, 7, y, f"{tier:02}")
            _say(words, layout.width - 15, y, f"{tier:02}")
    words.setFont(FONT, 6)
    for stack, left_kg in remaining_weights_kg(layout.bay, boxes, WEIGHTS[condition]):
        x = layout.column_x(stack.row, stack.level) + CELL_WIDTH / 2 - 4
        _say(words, x, -layout.edge(stack.level) + (14 if stack.level is Level.DECK else -20), str(left_kg // 1000))


_COLOURS: dict[tuple[str, float], Any] = {}


def _colour(code: str, towards_white: float = 0.0) -> Any:
    key = (code, towards_white)
    if key not in _COLOURS:
        from reportlab.lib.colors import Color

        channels = [int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        _COLOURS[key] = Color(*(channel + (1 - channel) * towards_white for channel in channels))
    return _COLOURS[key]
