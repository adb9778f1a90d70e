"""`cabria cranes`: which crane works which bay when, for slots that are planned already."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cabria import __version__
from cabria.cli.folders import folder_beside, plan_file
from cabria.cli.options import EXIT_NOT_LEGAL, SeedOption
from cabria.cli.screen import keeping_the_best, on_screen, say
from cabria.domain.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cabria.domain.calls import VesselCall
    from cabria.domain.plan import LoadingPlan
    from cabria.domain.terminal import Outage, Terminal
    from cabria.planning.cranes.problem import BlockFeed, CraneProblem, CraneSolution
    from cabria.planning.search.result import Result

app = typer.Typer()

MARK = "cranes.json"
PARTS = (
    MARK, "work-queues.csv", "crane-chart.svg", "crane-chart.png",
    "work-queues-2.csv", "crane-chart-2.svg", "crane-chart-2.png",
)  # fmt: skip


@app.command(epilog="Example: cabria cranes my-call my-call-plan --out-of-work QC3=5:30-11:00 --dual-cycle 180")
def cranes(
    call: Annotated[Path, typer.Argument(help="The call folder.")],
    plan: Annotated[Path, typer.Argument(help="Its plan.json, or the folder it lies in: which box in which slot.")],
    out: Annotated[Path | None, typer.Option(help="Folder for the split; the default is CALL-cranes.")] = None,
    out_of_work: Annotated[
        list[str] | None,
        typer.Option(help="A crane and when it is out, from the call's start, as QC3=5:30-11:00; may be repeated."),
    ] = None,
    dual_cycle: Annotated[
        int,
        typer.Option(
            help="Seconds in which a crane sets a box and brings another back; 0: as the call says.", min=0, max=100_000
        ),
    ] = 0,
    calm_yard: Annotated[
        bool, typer.Option(help="Ask yard blocks for no more boxes at a time than their cranes manage, if it can be.")
    ] = False,
    beside: Annotated[Path | None, typer.Option(help="Another call, worked by the same cranes.")] = None,
    beside_plan: Annotated[Path | None, typer.Option(help="Its plan; the default is the folder BESIDE-plan.")] = None,
    later: Annotated[
        str | None, typer.Option(help="How much later the other ship may begin; else as their calls say.")
    ] = None,
    iterations: Annotated[int, typer.Option(help="How long to search.", min=1, max=10**9)] = 1_000_000,
    seed: SeedOption = 0,
) -> None:
    """Split a planned call, or two, among the cranes.

    The slots are those of the plan; the queues are made anew, judged and drawn. Late boxes of the call folders are
    waited for where there is no other work. Exit code 2 when a HARD rule is broken.
    """
    from cabria.adapters.files.whole_folder import refuse_taken
    from cabria.planning.cranes.problem import CraneProblem, ShipWork
    from cabria.planning.cranes.solve import solve
    from cabria.planning.search.stopping import FirstOf, Interrupted, MaxIterations

    if beside is None and (later is not None or beside_plan is not None):
        option = "--later" if later is not None else "--beside-plan"
        raise DataError("There is no other ship.", place=option, remedy="Name her call folder: --beside FOLDER.")
    folder = out or folder_beside(call, "cranes")
    refuse_taken(folder, mark=MARK, parts=PARTS)
    with on_screen() as screen, keeping_the_best() as interrupted:
        given = [(call, plan), *([(beside, beside_plan or folder_beside(beside, "plan"))] if beside else [])]
        ships = screen.step("Reading", lambda: [_read(*paths) for paths in given])
        ships = _changed(ships, out_of_work or [], dual_cycle)
        offsets = [0, *(_later_s([call for call, _ in ships], later) if beside else ())]
        problem = CraneProblem.side_by_side(
            [
                ShipWork(c, p.loads, p.restows, offset, c.available_s)
                for (c, p), offset in zip(ships, offsets, strict=True)
            ],
            feed=_feed(ships) if calm_yard else None,
        )
        stop = FirstOf((Interrupted(interrupted.is_set), MaxIterations(iterations)))
        result = solve(problem, stop, seed=seed, listen=screen.listen)
        broken = screen.step("Judging", lambda: _broken(ships, problem, result.plan))
        screen.step("Writing", lambda: _write(ships, problem, result, folder))
    _tell(ships, result, _not_worth_it(ships, problem, result.plan), broken, folder)
    if broken:
        raise typer.Exit(EXIT_NOT_LEGAL)


Ship = tuple["VesselCall", "LoadingPlan"]


def _read(call: Path, plan: Path) -> Ship:
    from cabria.adapters.files.plan_json import read_plan
    from cabria.bootstrap import read_call

    the_call = read_call(call)
    return the_call, read_plan(plan_file(plan), the_call)


def _changed(ships: Sequence[Ship], out_of_work: Sequence[str], dual_cycle_s: int) -> list[Ship]:
    """The calls with the outages and dual cycles that were asked for."""
    from cabria.domain.terminal import Outage

    outages: dict[str, list[Outage]] = {}
    for text in out_of_work:
        found = re.fullmatch(r"(.+)=(\d+:\d\d)-(\d+:\d\d)", text)
        if not found:
            raise DataError(f"{text!r} is no crane and span of time, such as QC3=5:30-11:00.", place="--out-of-work")
        from_s, until_s = (_seconds(part, "--out-of-work") for part in found.groups()[1:])
        if from_s >= until_s:
            raise DataError(f"{text!r} ends before it begins.", place="--out-of-work")
        outages.setdefault(found[1], []).append(Outage(from_s, until_s))
    changed = []
    for call, plan in ships:
        settings = replace(call.settings, may_dual_cycle=call.settings.may_dual_cycle or dual_cycle_s > 0)
        terminal = _with(call.terminal, outages, dual_cycle_s)
        changed.append((replace(call, settings=settings, terminal=terminal), plan))
    return changed


def _with(terminal: Terminal, outages: dict[str, list[Outage]], dual_cycle_s: int) -> Terminal:
    known = [crane.id for crane in terminal.quay_cranes]
    if strangers := sorted(set(outages) - set(known)):
        remedy = f"It has {', '.join(known)}."
        raise DataError(f"{terminal.name} has no crane {strangers[0]}.", place="--out-of-work", remedy=remedy)
    if dual_cycle_s and (slower := [crane for crane in terminal.quay_cranes if crane.cycle_s > dual_cycle_s]):
        text = (
            f"A dual cycle of {dual_cycle_s} s is shorter than a single one of {slower[0].id}, {slower[0].cycle_s} s."
        )
        raise DataError(text, place="--dual-cycle")
    return replace(
        terminal,
        quay_cranes=tuple(
            replace(
                crane,
                outages=_united((*crane.outages, *outages.get(crane.id, ()))),
                dual_cycle_s=dual_cycle_s or crane.dual_cycle_s,
            )
            for crane in terminal.quay_cranes
        ),
    )


def _united(outages: Iterable[Outage]) -> tuple[Outage, ...]:
    """Rising and apart, as a crane's must be: spans that overlap become one."""
    apart: list[Outage] = []
    for outage in sorted(outages):
        if apart and outage.from_s <= apart[-1].until_s:
            apart[-1] = replace(apart[-1], until_s=max(apart[-1].until_s, outage.until_s))
        else:
            apart.append(outage)
    return tuple(apart)


def _later_s(calls: Sequence[VesselCall], asked: str | None) -> list[int]:
    """By how much the second ship may begin later: as asked, or as the starts of the calls say where both have one."""
    starts = [call.start for call in calls]
    apart = 0
    if all(starts):
        first, second = map(datetime.fromisoformat, starts)
        apart = round((second - first).total_seconds())
    later_s = apart if asked is None else _seconds(asked, "--later")
    if all(starts) and apart and later_s != apart:
        text = f"The calls start at {starts[0]} and {starts[1]}, which is another difference than {asked}."
        raise DataError(text, place="--later", remedy="Leave it out.")
    if later_s < 0:
        raise DataError("The second ship begins before the first.", place="--beside", remedy="Name her first.")
    return [later_s]


def _seconds(text: str, option: str) -> int:
    found = re.fullmatch(r"(\d{1,4}):([0-5]\d)", text)
    if not found:
        raise DataError(f"{text!r} is no time in hours and minutes, such as 5:30.", place=option)
    return 3600 * int(found[1]) + 60 * int(found[2])


def _feed(ships: Sequence[Ship]) -> BlockFeed:
    """From the yard as it stands: where each load is, and what the block's cranes manage in a quarter of an hour."""
    from cabria.planning.cranes.problem import QUARTER_HOUR_S, BlockFeed

    limits: dict[str, int] = {}
    for crane in ships[0][0].terminal.yard_cranes:
        limits[crane.block] = limits.get(crane.block, 0) + QUARTER_HOUR_S // crane.move_s
    blocks = {
        container: box.position.block
        for call, plan in ships
        for container in plan.loads
        if (box := call.yard.by_container.get(container))
    }
    return BlockFeed(blocks, limits)


def _broken(ships: Sequence[Ship], problem: CraneProblem, split: CraneSolution) -> list[str]:
    """What the referee has against the queues, in sentences."""
    from cabria.referee.condition import Case
    from cabria.referee.crane_travel import cranes_keep_time_and_distance
    from cabria.referee.crane_work import work_is_possible
    from cabria.referee.load_list import late_boxes_are_there
    from cabria.referee.side_by_side import Worked, judge_side_by_side

    worked = [
        Worked(call, queues, offset)
        for (call, _), queues, offset in zip(ships, split.by_ship, problem.offsets_s, strict=True)
    ]
    findings = list(judge_side_by_side(worked))
    for (call, plan), ship in zip(ships, worked, strict=True):
        case = Case.of(call, replace(plan, queues=ship.on_shared_clock))
        findings += work_is_possible(case)
        findings += cranes_keep_time_and_distance(case)
        findings += late_boxes_are_there(Case.of(call, replace(plan, queues=tuple(ship.queues))))
    return sorted({f"{finding.rule}: {finding.text}" for finding in findings})


def _write(ships: Sequence[Ship], problem: CraneProblem, result: Result[CraneSolution], folder: Path) -> None:
    from cabria.adapters.files.crane_plan_json import write_cranes
    from cabria.adapters.files.plan_tables import write_queues
    from cabria.adapters.files.whole_folder import whole_folder
    from cabria.reports.crane_chart import crane_chart
    from cabria.reports.png import png, standalone

    with whole_folder(folder, mark=MARK, parts=PARTS) as draft:
        write_cranes(result, [call for call, _ in ships], __version__, draft / MARK)
        shown = zip(("", "-2"), ships, result.plan.by_ship, problem.offsets_s, strict=False)
        for suffix, (call, _), queues, offset_s in shown:
            write_queues(queues, draft / f"work-queues{suffix}.csv")
            chart = crane_chart(call, queues, result.plan.bound_s if len(ships) == 1 else None, offset_s=offset_s)
            (draft / f"crane-chart{suffix}.svg").write_text(standalone(chart), encoding="utf-8")
            (draft / f"crane-chart{suffix}.png").write_bytes(png(chart))


def _not_worth_it(ships: Sequence[Ship], problem: CraneProblem, split: CraneSolution) -> list[str]:
    """Late boxes that cost more to wait for than to leave ashore; a refusal costs what the dearer call says."""
    from cabria.planning.cranes.lateness import not_waited_for

    refused_s = round(60 * max(call.settings.refused_min for call, _ in ships))
    return sorted(not_waited_for(problem, split.blocks, refused_s)) if problem.ready_s else []


def _tell(
    ships: Sequence[Ship],
    result: Result[CraneSolution],
    not_worth_it: Sequence[str],
    broken: Sequence[str],
    folder: Path,
) -> None:
    split = result.plan
    for (call, plan), queues in zip(ships, split.by_ship, strict=True):
        say(f"{call.vessel.name} {call.voyage}: {_hours(max((q.end_s for q in queues), default=0))} of work")
        if plan.queues:
            say(f"  the plan as given: {_hours(plan.makespan_s)}")
        for queue in queues:
            moves = sum(len(step.containers) for step in queue.steps)
            ends = f"until {_hours(queue.end_s)}" if queue.steps else "no work"
            say(f"  {queue.crane:<8} {moves:>6,} moves  {ends}")
    gap = 100 * (split.makespan_s / max(1, split.bound_s) - 1)
    say(f"Together {_hours(split.makespan_s)}, {gap:.1f} % above the bound; waiting {split.waiting_s / 60:.0f} min.")
    say(split.why_longest)
    if not_worth_it:
        shown = ", ".join(not_worth_it[:5]) + (" ..." if len(not_worth_it) > 5 else "")
        say(f"Late boxes cheaper to sail without than to wait for: {len(not_worth_it)} ({shown}).")
    for sentence in broken:
        say(f"BROKEN {sentence}")
    say(f"Written to {folder}.")


def _hours(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds % 3600 // 60:02} h"
