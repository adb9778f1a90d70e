"""Papers to go on by hand: what stands where, what is under way, what each crane does next, as of one moment.

A set is made from a picture of operations alone, so that any standing state will do: of a running terminal, or of a
journal that was read again after everything else failed.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cabria.domain.containers import Container, ContainerId
from cabria.domain.layout import Layout
from cabria.domain.positions import StowPosition, YardPosition
from cabria.domain.run_events import Aboard, Place
from cabria.domain.work import LID_STEPS, OFF_SHIP, ONTO_SHIP, CraneStep, StepKind
from cabria.operations.running import CallPicture, MovePicture, Picture, QuayCranePicture
from cabria.reports.aboard import BoxesAboard, Part, by_bays
from cabria.reports.bay_sheets import bay_pages
from cabria.reports.paper import A4, BOLD, FONT, MARGIN, Column, Paper, Row, printable

READ_FIRST = "00-read-me-first.pdf"
QUEUE_COLUMNS = (
    Column("done", 34), Column("no.", 30), Column("what", 62), Column("bay", 30), Column("box", 84),
    Column("from", 108), Column("to", 108), Column("kg", 44, True),
)  # fmt: skip
MOVE_COLUMNS = (
    Column("what for", 62), Column("box", 76), Column("is now", 118), Column("goes to", 118), Column("truck", 52),
    Column("crane", 40), Column("move", 60),
)  # fmt: skip
TITLES = ("Aboard now; still to come off: solid", "When all is done; still to come aboard: solid")
LAST_DONE = 5
"""Steps that are done and still shown, so that the place in the queue is found."""
HOW = (
    "How to go on by hand",
    "1. Stop every machine of the automatic system and set it to local control before anybody goes near it.",
    "2. Go round with the sheets of moves under way first: these boxes are on trucks, in cranes or just set down,",
    "    and may have been set down after this moment. Write down where each one really is.",
    "3. Each quay crane goes on with its queue (10-crane-queues): the first line without a cross is next.",
    "    Tick what is done. Lids off before hold work, deck before hold on the way out, the reverse on the way in.",
    "4. The yard sheets say where every box stands, by stack (bottom first) and by number. A box comes out only",
    "    after those over it; write down where these are set.",
    "5. The bay sheets show each bay as it stands now, and as it will be. Mark what changes.",
    "6. When the system is back, tell it where boxes really are before it orders anything.",
)


@dataclass(frozen=True, slots=True)
class Moment:
    """When a picture was taken: `utc` for people, `now_ms` and `entry` for the journal."""

    utc: datetime
    now_ms: int
    entry: int

    @classmethod
    def of(cls, picture: Picture, zero_utc_ms: int) -> Moment:
        at = datetime.fromtimestamp(zero_utc_ms / 1_000, UTC) + timedelta(milliseconds=picture.now_ms)
        return cls(at, picture.now_ms, picture.number)

    def __str__(self) -> str:
        return f"{self.utc:%Y-%m-%d %H:%M:%S} UTC"


def write_papers(picture: Picture, layout: Layout, zero_utc_ms: int, folder: Path) -> None:
    """A whole set of papers into an empty folder. The same picture gives the same bytes."""
    moment = Moment.of(picture, zero_utc_ms)
    made: list[tuple[str, str]] = []
    for name, call in sorted(picture.calls.items()):
        short = "".join(char if char.isalnum() else "-" for char in name)
        file = f"10-crane-queues-{short}"
        _queue_sheets(picture, name, call, moment, folder / f"{file}.pdf")
        _queue_table(picture, name, folder / f"{file}.csv")
        made.append((f"{file}.pdf, .csv", f"{call.call.vessel.name}: every crane's queue, what is done, what is next"))
        file = f"20-bay-sheets-{short}.pdf"
        _bay_sheets(picture, name, call, moment, folder / file)
        made.append((file, f"{call.call.vessel.name}: each bay as it stands and as it will be"))
    _moves(picture, moment, folder)
    made.append(("30-moves-under-way.pdf, .csv", f"{len(picture.moves):,} moves: boxes on trucks and on their way"))
    _yard(picture, moment, folder)
    in_yard = sum(isinstance(place, YardPosition) for place in picture.boxes.values())
    made.append(("40-yard-by-stack.pdf, 41-yard-by-number.pdf, yard.csv", f"{in_yard:,} boxes in the yard"))
    _read_first(picture, layout, moment, made, folder / READ_FIRST)


def _paper(path: Path, title: str, moment: Moment) -> Paper:
    return Paper(path, title, f"AS OF {moment}, entry {moment.entry:,}")


def _read_first(picture: Picture, layout: Layout, moment: Moment, made: Sequence[tuple[str, str]], path: Path) -> None:
    paper = _paper(path, f"{layout.terminal.name}: papers to go on by hand", moment)
    paper.page(f"{layout.terminal.name}: papers to go on by hand")
    canvas, y = paper.canvas, A4[1] - MARGIN - 40
    canvas.setFont(BOLD, 20)
    canvas.drawString(MARGIN, y, f"AS OF {moment}")
    canvas.setFont(FONT, 9)
    y -= 16
    canvas.drawString(MARGIN, y, f"after entry {moment.entry:,} of the journal; what happened since is on no sheet")
    for line in _lines(picture, made):
        is_title = not line.startswith(" ")
        y -= 17 if is_title else 12
        if y < MARGIN + 20:
            paper.page(f"{layout.terminal.name}: papers to go on by hand, more")
            y = A4[1] - MARGIN - 30
        canvas.setFont(BOLD if is_title else FONT, 10 if is_title else 9)
        canvas.drawString(MARGIN, y, printable(line.strip() if is_title else line))
    paper.save()


def _lines(picture: Picture, made: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield "In this set"
    for name, what in made:
        yield f"  {name}: {what}"
    yield "Ships"
    for name, call in sorted(picture.calls.items()):
        cranes = [crane for crane in picture.quay_cranes.values() if crane.call == name]
        done, steps = sum(crane.done for crane in cranes), sum(crane.steps for crane in cranes)
        told = f"{call.call.vessel.name}, voyage {call.call.voyage}: {done:,} of {steps:,} crane steps done"
        yield f"  {told}, cranes {', '.join(crane.id for crane in cranes) or 'none'}"
    if not picture.calls:
        yield "  none at the quay"
    out = [
        (machine.id, machine.out)
        for machines in (picture.quay_cranes, picture.yard_cranes, picture.trucks)
        for machine in machines.values()
        if machine.out is not None
    ]
    yield "Machines out of service"
    for name, service in out:
        yield f"  {name}: {service.cause}"
    if not out:
        yield "  none"
    unseen = [alert for alert in picture.alerts.values() if not alert.seen_by]
    if unseen:
        yield "Alerts nobody has looked at"
        for alert in unseen[:20]:
            yield f"  {alert.machine} {alert.problem}"
    carrying = [truck for truck in picture.trucks.values() if truck.boxes]
    yield "Trucks with boxes"
    for truck in carrying:
        where = f"on the way to {truck.stand}" if truck.is_driving else f"at {truck.stand}"
        yield f"  {truck.id} {where}: {', '.join(truck.boxes)}"
    if not carrying:
        yield "  none"
    yield from (line if number == 0 else f"  {line}" for number, line in enumerate(HOW))


def _queue_sheets(picture: Picture, name: str, call: CallPicture, moment: Moment, path: Path) -> None:
    paper = _paper(path, f"Crane queues: {call.call.vessel.name} {call.call.voyage}", moment)
    for crane in _cranes_of(picture, name):
        first = max(0, crane.done - LAST_DONE)
        rows = [
            row
            for number, step in enumerate(crane.queue[first:], first)
            for row in _step_rows(picture, crane, number, step)
        ]
        left = crane.steps - crane.done
        waits = f", waits for {crane.waits_for}" if crane.waits_for else ""
        out = f", OUT OF SERVICE: {crane.out.cause}" if crane.out else ""
        note = f"{crane.done:,} of {crane.steps:,} done, {left:,} left{waits}{out}"
        paper.table(f"Crane {crane.id}", note, QUEUE_COLUMNS, rows)
    paper.save()


def _cranes_of(picture: Picture, call: str) -> list[QuayCranePicture]:
    return [crane for _, crane in sorted(picture.quay_cranes.items()) if crane.call == call]


def _step_rows(picture: Picture, crane: QuayCranePicture, number: int, step: CraneStep) -> Iterator[Row]:
    """One line a box; a cross for what is done, an arrow for what the crane is at."""
    is_next = number == crane.done
    mark = "X" if number < crane.done else "at it" if is_next and crane.job else "[   ]"
    if step.kind in LID_STEPS:
        cells = (mark, str(number + 1), step.kind, f"{step.bay:02}", f"lid {step.lid}", "", "", "")
        yield Row(cells, is_strong=is_next)
    for box, slot in zip(step.containers, step.positions, strict=True):
        place = picture.boxes.get(box)
        slot_text, now = f"slot {slot}", _place(place)
        came, goes = (slot_text, _goes(picture, box, step.kind)) if step.kind in OFF_SHIP else (now, slot_text)
        if number < crane.done:
            came, goes = "", now
        mass = str(picture.mass_kg.get(box, ""))
        yield Row((mark, str(number + 1), step.kind, f"{step.bay:02}", box, came, goes, mass), is_strong=is_next)


def _goes(picture: Picture, box: ContainerId, kind: StepKind) -> str:
    if (kept := picture.goes_to.get(box)) is not None:
        return f"yard {kept}"
    return "yard" if kind is StepKind.DISCHARGE else "back aboard later"


def _place(place: Place | None) -> str:
    if place is None:
        return "not at the terminal"
    if isinstance(place, YardPosition):
        return f"yard {place}"
    if isinstance(place, Aboard):
        return f"slot {place.position}"
    return f"truck {place.truck} {place.end}"


def _queue_table(picture: Picture, name: str, path: Path) -> None:
    rows = (
        (
            crane.id, number + 1, number < crane.done, step.kind.value, step.bay, step.lid,
            " ".join(step.containers), " ".join(map(str, step.positions)),
            " ".join(_place(picture.boxes.get(box)).replace(" ", "_") for box in step.containers),
        )
        for crane in _cranes_of(picture, name)
        for number, step in enumerate(crane.queue)
    )  # fmt: skip
    titles = ("crane", "step", "is_done", "kind", "bay", "lid", "containers", "positions", "are_now")
    _table(path, titles, rows)


def _bay_sheets(picture: Picture, name: str, call: CallPicture, moment: Moment, path: Path) -> None:
    ship = call.call.vessel
    paper = _paper(path, f"Bay sheets: {ship.name} {call.call.voyage}", moment)
    bay_pages(paper, call.call, _aboard(picture, name, call), TITLES)
    paper.save()


def _aboard(picture: Picture, name: str, call: CallPicture) -> BoxesAboard:
    """Every box as it stands now, and those still to come aboard where the queues want them."""
    aboard = {
        box: place.position for box, place in picture.boxes.items() if isinstance(place, Aboard) and place.call == name
    }
    off, onto = _still_to_do(picture, name)
    found: list[tuple[Container, StowPosition, Part]] = []
    for box, slot in aboard.items():
        known = _known(call, box)
        if known is not None:
            found.append((known, slot, off.get(box, Part.STAYS)))
    for box, (slot, part) in onto.items():
        known = _known(call, box)
        if known is not None and aboard.get(box) != slot:
            found.append((known, slot, part))
    return by_bays(call.call.vessel, found)


def _still_to_do(
    picture: Picture, name: str
) -> tuple[dict[ContainerId, Part], dict[ContainerId, tuple[StowPosition, Part]]]:
    off: dict[ContainerId, Part] = {}
    onto: dict[ContainerId, tuple[StowPosition, Part]] = {}
    for crane in _cranes_of(picture, name):
        for step in crane.queue[crane.done :]:
            for box, slot in zip(step.containers, step.positions, strict=True):
                if step.kind in OFF_SHIP:
                    off[box] = Part.DISCHARGED if step.kind is StepKind.DISCHARGE else Part.LIFTED
                elif step.kind in ONTO_SHIP:
                    onto[box] = (slot, Part.LOADED if step.kind is StepKind.LOAD else Part.PUT_BACK)
    return off, onto


def _known(call: CallPicture, box: ContainerId) -> Container | None:
    if (load := call.call.load_by_id.get(box)) is not None:
        return load
    stowed = call.call.arrival.by_container.get(box)
    return stowed.container if stowed else None


def _moves(picture: Picture, moment: Moment, folder: Path) -> None:
    rows = []
    for _, move in sorted(picture.moves.items()):
        for box in dict.fromkeys(move.containers):
            now, bound_for = _place(picture.boxes.get(box)), _bound_for(picture, move, box)
            rows.append((move.kind.value, str(box), now, bound_for, move.truck, move.queue, move.id))
    paper = _paper(folder / "30-moves-under-way.pdf", "Moves under way", moment)
    note = f"{len(picture.moves):,} moves; these boxes first, they may have been set down since"
    paper.table("Moves under way", note, MOVE_COLUMNS, (Row(_cut(row)) for row in rows))
    paper.save()
    titles = ("what_for", "container", "is_now", "goes_to", "truck", "crane", "move")
    _table(folder / "30-moves-under-way.csv", titles, rows)


def _bound_for(picture: Picture, move: MovePicture, box: ContainerId) -> str:
    if (kept := picture.goes_to.get(box)) is not None:
        return f"yard {kept}"
    crane = picture.quay_cranes.get(move.queue)
    step = crane.queue[move.step] if crane is not None and 0 <= move.step < len(crane.queue) else None
    if step is not None and step.kind in ONTO_SHIP and box in step.containers:
        return f"slot {step.positions[step.containers.index(box)]}"
    return move.next_stop


def _cut(cells: Sequence[str]) -> tuple[str, ...]:
    """Each as long as its column has room for."""
    return tuple(
        cell if len(cell) <= (most := int(column.width / 4.3)) else f"{cell[: most - 1]}~"
        for cell, column in zip(cells, MOVE_COLUMNS, strict=True)
    )


def _yard(picture: Picture, moment: Moment, folder: Path) -> None:
    stacks = sorted((stack, boxes) for stack, boxes in picture.stacks.items() if boxes)
    tallest = max((len(boxes) for _, boxes in stacks), default=1)
    width = (A4[0] - 2 * MARGIN - 108) / max(tallest, 5)
    columns = (
        Column("block", 40), Column("bay", 30), Column("row", 38),
        *(Column(f"tier {tier}", width) for tier in range(1, tallest + 1)),
    )  # fmt: skip
    paper = _paper(folder / "40-yard-by-stack.pdf", "Yard by stack", moment)
    by_block: dict[str, list[Row]] = {}
    for (block, bay, row), boxes in stacks:
        cells = (block, f"{bay:02}", f"{row:02}", *boxes, *([""] * (tallest - len(boxes))))
        by_block.setdefault(block, []).append(Row(cells))
    for block, rows in by_block.items():
        paper.table(f"Block {block}", "each line a stack, the lowest box first; even bays are 40 ft", columns, rows)
    paper.save()
    places = sorted((box, place) for box, place in picture.boxes.items() if isinstance(place, YardPosition))
    _by_number(places, moment, folder / "41-yard-by-number.pdf")
    facts = (
        (
            box, place.block, place.bay, place.row, place.tier, picture.length_ft.get(box, ""),
            picture.mass_kg.get(box, ""), box in picture.needs_plug,
        )
        for box, place in places
    )  # fmt: skip
    titles = ("container", "block", "bay", "row", "tier", "length_ft", "gross_mass_kg", "plug")
    _table(folder / "yard.csv", titles, facts)


ABREAST = 3


def _by_number(places: Sequence[tuple[ContainerId, YardPosition]], moment: Moment, path: Path) -> None:
    """Three abreast, read down and then across: the index of a person who looks for one box."""
    paper = _paper(path, "Yard by number", moment)
    per_page = int((A4[1] - 2 * MARGIN - 34) // 11)
    width = (A4[0] - 2 * MARGIN) / ABREAST
    columns = tuple(column for _ in range(ABREAST) for column in (Column("box", 80), Column("place", width - 80)))
    for start in range(0, len(places) or 1, ABREAST * per_page):
        page = places[start : start + ABREAST * per_page]
        lines = []
        for row in range(min(per_page, len(page))):
            cells: list[str] = []
            for part in range(ABREAST):
                at = part * per_page + row
                cells += [page[at][0], str(page[at][1])] if at < len(page) else ["", ""]
            lines.append(Row(tuple(cells)))
        note = f"{page[0][0]} to {page[-1][0]}" if page else "no box"
        paper.table("Yard by number", note, columns, lines)
    paper.save()


def _table(path: Path, titles: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(titles)
        writer.writerows(rows)
