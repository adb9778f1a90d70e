"""`cabria replan`: another plan from where work stands, as near to the one agreed as may be, to be signed."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cabria.cli.edit import box_of, pair_of, propose
from cabria.cli.options import SeedOption
from cabria.domain.errors import DataError

if TYPE_CHECKING:
    from cabria.domain.call_changes import CallChange
    from cabria.domain.calls import VesselCall
    from cabria.planning.loading.editing.desk import Desk
    from cabria.planning.loading.replanning.standing import Standing

app = typer.Typer()
MOST_HOURS = 1_000
_HOURS = re.compile(r"(\d{1,4}):([0-5]\d)")


@app.command(epilog="Example: cabria replan my-call my-call-plan --now 10:00 --crane-down QC3")
def replan(
    call: Annotated[Path, typer.Argument(help="The call folder.")],
    plan: Annotated[Path, typer.Argument(help="The folder that `cabria plan` wrote.")],
    now: Annotated[
        str, typer.Option(help="Hours and minutes after the start of the call (26:30), or a time of day in ISO 8601.")
    ] = "",
    done: Annotated[Path | None, typer.Option(help="A run log of what was done; else all went as planned.")] = None,
    late: Annotated[
        Path | None, typer.Option(help="CSV with a container and when it is there (as --now) a line.")
    ] = None,
    shut_out: Annotated[list[str] | None, typer.Option(help="A load that is not taken.")] = None,
    found: Annotated[list[str] | None, typer.Option(help="BOX=BLOCK-BAY-ROW-TIER: it stands there.")] = None,
    crane_down: Annotated[list[str] | None, typer.Option(help="CRANE or CRANE:HH:MM, until when it is out.")] = None,
    load_list: Annotated[Path | None, typer.Option(help="Another load list: COPRAR, CSV or Excel.")] = None,
    refuse: Annotated[list[str] | None, typer.Option(help="BOX=SLOT: the chief officer refuses it there.")] = None,
    changes: Annotated[int | None, typer.Option(help="At most so many boxes change their slot.", min=0)] = None,
    moves: Annotated[int | None, typer.Option(help="At most so many boxes change their crane.", min=0)] = None,
    seed: SeedOption = 0,
    by: Annotated[str, typer.Option(help="Who asks; the default is who is logged in.")] = "",
) -> None:
    """Plan anew from where work stands; little changes.

    What would change is told and kept as a proposal: `cabria edit accept` signs
    it, `cabria edit drop` throws it away. Boxes under way keep their slots.
    """
    from cabria.bootstrap.plans import open_plan
    from cabria.planning.loading.replanning.problem import ReplanProblem
    from cabria.planning.loading.replanning.solve import solve
    from cabria.referee.replanning import Budget

    opened = open_plan(call, plan)
    desk = opened.desk
    standing = _standing(desk, now, done)
    known: list[CallChange] = [
        *_late(desk.call, late),
        *_shut_out(shut_out or ()),
        *_found(found or ()),
        *_cranes(desk.call, crane_down or (), standing.now_s),
        *_listed(call, desk.call, load_list),
        *_refused(refuse or ()),
    ]
    problem = ReplanProblem(desk, tuple(known), standing, Budget(changes, moves))
    propose(opened, solve(problem, seed=seed), by)


def seconds_of(text: str, call: VesselCall, place: str) -> int:
    """A moment as seconds after the call's start. Raises DataError."""
    if match := _HOURS.fullmatch(text.strip()):
        return 3_600 * int(match[1]) + 60 * int(match[2])
    try:
        moment = datetime.fromisoformat(text.strip())
        started = datetime.fromisoformat(call.start)
        seconds = int((moment.replace(tzinfo=None) - started.replace(tzinfo=None)).total_seconds())
    except ValueError:
        remedy = "Write hours and minutes after the start, such as 26:30."
        raise DataError(f"{text[:40]!r} is no moment of the call.", place=place, remedy=remedy) from None
    if not 0 <= seconds <= 3_600 * MOST_HOURS:
        raise DataError(f"{text[:40]} lies outside the call, which starts at {call.start}.", place=place)
    return seconds


def _standing(desk: Desk, now: str, done: Path | None) -> Standing:
    from cabria.planning.loading.replanning.standing import as_known, by_plan, by_run

    now_s = seconds_of(now, desk.call, "--now") if now else None
    if done is not None:
        from cabria.adapters.files.run_log import read_run_log

        return by_run(desk.call, desk.plan, read_run_log(done), until_s=now_s)
    return as_known(desk.plan, desk.done) if now_s is None else by_plan(desk.plan, now_s)


def _late(call: VesselCall, file: Path | None) -> Iterator[CallChange]:
    from cabria.domain.call_changes import BoxLate

    if file is None:
        return
    from cabria.adapters.files.source_file import read_text

    rows = list(csv.reader(read_text(file, limit_bytes=4 * 1024 * 1024).splitlines()))
    for number, row in enumerate(rows, 1):
        if not any(row) or (number == 1 and row[0].strip().lower() == "container"):
            continue
        if len(row) < 2:
            raise DataError("A line has a container and a time.", file=str(file), place=f"line {number}")
        yield BoxLate(box_of(row[0]), seconds_of(row[1], call, f"{file}, line {number}"))


def _shut_out(boxes: Sequence[str]) -> Iterator[CallChange]:
    from cabria.domain.call_changes import ShutOut

    return (ShutOut(box_of(box)) for box in boxes)


def _found(pairs: Sequence[str]) -> Iterator[CallChange]:
    from cabria.domain.call_changes import FoundAt
    from cabria.domain.positions import YardPosition

    return (FoundAt(box_of(box), YardPosition.parse(place)) for box, place in map(pair_of, pairs))


def _refused(pairs: Sequence[str]) -> Iterator[CallChange]:
    from cabria.domain.wishes import Cargo, Forbid, ShipPart

    for box, slot in map(pair_of, pairs):
        yield Forbid(ShipPart.parse(slot), Cargo(container=box_of(box)), "refused on board")


def _cranes(call: VesselCall, said: Sequence[str], now_s: int) -> Iterator[CallChange]:
    from cabria.domain.call_changes import CraneDown

    for text in said:
        crane, _, until = text.partition(":")
        until_s = seconds_of(until, call, "--crane-down") if until else None
        if until_s is not None and until_s <= now_s:
            raise DataError(f"{crane} would be back before it is out.", place="--crane-down")
        yield CraneDown(crane, now_s, until_s)


def _listed(folder: Path, call: VesselCall, file: Path | None) -> Iterator[CallChange]:
    from cabria.adapters.files.call_folder import read_call
    from cabria.domain.call_changes import ListChanged, difference_of_lists

    if file is not None:
        difference = difference_of_lists(call, read_call(folder, loads=file).loads)
        if difference != ListChanged():
            yield difference
