"""The papers of the quay: what each crane discharges and loads in which order, and where it stands when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from cabria.domain.containers import Container, ContainerId
from cabria.domain.positions import StowPosition
from cabria.domain.work import LID_STEPS, OFF_SHIP, ONTO_SHIP, CraneStep, StepKind
from cabria.planning.loading.result import PlannedCall
from cabria.reports.cell_marks import special_in_words
from cabria.reports.paper import Column, Paper, Row
from cabria.reports.wording import Clock, tonnes
from cabria.reports.work_blocks import work_blocks

OUT = (*OFF_SHIP, StepKind.LID_OFF)
IN = (*ONTO_SHIP, StepKind.LID_ON)

_COMMON = (
    Column("seq", 28, is_number=True),
    Column("time", 44),
    Column("slot", 42),
    Column("container", 70),
    Column("type", 30),
    Column("mass t", 36, is_number=True),
)
DISCHARGE_COLUMNS = (*_COMMON, Column("POL", 36), Column("onward", 40), Column("special", 130), Column("work", 67))
LOAD_COLUMNS = (*_COMMON, Column("POD", 36), Column("yard", 62), Column("special", 118), Column("work", 57))
CRANE_COLUMNS = (
    Column("block", 34, is_number=True), Column("bay", 34), Column("level", 40), Column("work", 70),
    Column("from", 52), Column("to", 52), Column("minutes", 48, is_number=True), Column("steps", 40, is_number=True),
    Column("boxes", 40, is_number=True), Column("twins", 34, is_number=True), Column("lids", 79),
)  # fmt: skip


def write_discharge_sequence(planned: PlannedCall, path: Path) -> None:
    paper = _paper(planned, path, "Discharge sequence")
    boxes = {stowed.container.id: stowed.container for stowed in planned.call.arrival}
    _cranes(paper, planned, OUT, DISCHARGE_COLUMNS, boxes)
    told = _told(planned, OUT)
    rest = [(s.container, s.position) for s in planned.call.discharges if s.container.id not in told]
    _without_crane(paper, planned, rest, DISCHARGE_COLUMNS)
    paper.save()


def write_load_sequence(planned: PlannedCall, path: Path) -> None:
    paper = _paper(planned, path, "Load sequence")
    boxes = {**{s.container.id: s.container for s in planned.call.remaining}, **planned.call.load_by_id}
    _cranes(paper, planned, IN, LOAD_COLUMNS, boxes)
    told = _told(planned, IN)
    rest = [
        (boxes[name], position) for name, position in planned.plan.loads.items() if name in boxes and name not in told
    ]
    _without_crane(paper, planned, rest, LOAD_COLUMNS)
    paper.save()


def write_crane_sequence(planned: PlannedCall, path: Path) -> None:
    paper = _paper(planned, path, "Crane sequence")
    clock = Clock(planned.call.start)
    for queue in planned.plan.queues:
        blocks = list(work_blocks(queue, planned.call.vessel))
        rows = [
            Row(
                (
                    str(number), f"{block.bay:02}", block.level or "", block.kind, clock(block.start_s),
                    clock(block.end_s), f"{(block.end_s - block.start_s) / 60:.0f}", str(block.steps),
                    str(block.containers or ""), str(block.twins or ""), _lids(block.lids),
                )
            )
            for number, block in enumerate(blocks, 1)
        ]  # fmt: skip
        boxes = sum(block.containers for block in blocks)
        paper.table(f"Crane {queue.crane}", f"{boxes:,} boxes, done {clock(queue.end_s)}", CRANE_COLUMNS, rows)
    paper.save()


def _lids(names: Sequence[str]) -> str:
    """All where the column has room for them, else the first and the last; load and discharge sheets name each."""
    every = ", ".join(names)
    return every if len(every) <= 16 else f"{names[0]} … {names[-1]}"


def _paper(planned: PlannedCall, path: Path, title: str) -> Paper:
    call = planned.call
    return Paper(path, f"{title}: {call.vessel.name} {call.voyage} {call.port}", f"{call.id}, seed {planned.seed}")


def _told(planned: PlannedCall, kinds: Sequence[StepKind]) -> set[ContainerId]:
    """Containers that stand on some crane's sheet."""
    return {
        name for queue in planned.plan.queues for step in queue.steps if step.kind in kinds for name in step.containers
    }


def _cranes(
    paper: Paper,
    planned: PlannedCall,
    kinds: Sequence[StepKind],
    columns: Sequence[Column],
    boxes: dict[ContainerId, Container],
) -> None:
    clock = Clock(planned.call.start)
    for queue in planned.plan.queues:
        steps = [(number, step) for number, step in enumerate(queue.steps, 1) if step.kind in kinds]
        rows = [row for number, step in steps for row in _step_rows(number, step, planned, clock, boxes)]
        moved = sum(len(step.containers) for _, step in steps)
        paper.table(f"{paper.title.split(':')[0]}, crane {queue.crane}", f"{moved:,} boxes", columns, rows)


def _step_rows(
    number: int, step: CraneStep, planned: PlannedCall, clock: Clock, boxes: dict[ContainerId, Container]
) -> Iterator[Row]:
    """One line per box, a lid one line of its own; the sequence number counts the crane's steps."""
    seq, time = str(number), clock(step.start_s)
    if step.kind in LID_STEPS:
        yield Row((seq, time, f"bay {step.bay:02}", f"lid {step.lid}", "", "", "", "", "", step.kind), is_strong=True)
    work = "" if step.kind in (StepKind.DISCHARGE, StepKind.LOAD) else "restow"
    if len(step.containers) > 1:
        work = f"{work} twin".strip()
    for name, position in zip(step.containers, step.positions, strict=True):
        yield _box_row(seq, time, name, position, boxes.get(name), work, planned, is_out=step.kind in OUT)


def _box_row(
    seq: str,
    time: str,
    name: ContainerId,
    position: StowPosition,
    box: Container | None,
    work: str,
    planned: PlannedCall,
    *,
    is_out: bool,
) -> Row:
    if box is None:
        return Row((seq, time, str(position), name, "", "", "", "", "not known to this call", work))
    stored = planned.call.yard.by_container.get(name)
    ports = (box.pol, box.onward_port or "") if is_out else (box.pod, str(stored.position) if stored else "")
    return Row(
        (seq, time, str(position), name, box.size_type.code, tonnes(box.gross_mass_kg), *ports, _short(box), work)
    )


def _short(box: Container) -> str:
    """What is special, short enough for its column."""
    special = special_in_words(box).replace("reefer ", "")
    return special if len(special) <= 30 else f"{special[:29]}…"


def _without_crane(
    paper: Paper, planned: PlannedCall, rest: list[tuple[Container, StowPosition]], columns: Sequence[Column]
) -> None:
    """Boxes no crane has in its queue yet, by position, so that the sheet is complete."""
    is_out = columns is DISCHARGE_COLUMNS
    rows = [
        _box_row("", "", box.id, position, box, "", planned, is_out=is_out)
        for box, position in sorted(rest, key=lambda item: item[1])
    ]
    if rows:
        heading = f"{paper.title.split(':')[0]}, no crane assigned"
        paper.table(heading, f"{len(rows):,} boxes", columns, rows)
