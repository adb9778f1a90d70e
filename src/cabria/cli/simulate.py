"""`cabria simulate`: a plan worked in the twin before the ship comes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cabria.cli.folders import plan_file
from cabria.cli.options import EXIT_NOT_LEGAL, SeedOption
from cabria.cli.screen import say
from cabria.domain.errors import DataError

if TYPE_CHECKING:
    from cabria.experiments.call_runs import CallRun, RunSetting

app = typer.Typer()

MOST_RUNS = 1_000
WORDS = {
    "makespan_h": ("crane makespan", "h"),
    "of_plan": ("of the planned makespan", "%"),
    "gmph": ("gross moves per crane hour", ""),
    "crane_waiting": ("crane waiting share", "%"),
    "empty_drive": ("empty-drive share", "%"),
    "truck_use": ("truck utilisation", "%"),
    "rehandles": ("rehandles per move", ""),
    "kwh_per_move": ("kWh per move", ""),
}


@app.command(epilog="Example: cabria simulate my-call my-call-plan --trucks 20..60 --replications 5")
def simulate(
    call: Annotated[Path, typer.Argument(help="A call folder.")],
    plan: Annotated[Path, typer.Argument(help="Its plan.json, or the folder it lies in.")],
    layout: Annotated[
        Path | None, typer.Option(help="A layout.json; else lanes are laid around the call's terminal.")
    ] = None,
    trucks: Annotated[str, typer.Option(help="How many: 40, or 20..60 in steps of ten, or 20,25,30.")] = "40",
    look_ahead: Annotated[int, typer.Option(help="Steps of a crane under way at a time.", min=1, max=100)] = 9,
    truck_choice: Annotated[
        str, typer.Option(help="Which truck goes: 'in time', 'exact assignment' or 'nearest truck'.")
    ] = "in time",
    variation: Annotated[float, typer.Option(help="How much crane cycles differ.", min=0, max=0.5)] = 0.1,
    breakdowns: Annotated[bool, typer.Option("--breakdowns", help="Machines break down and are repaired.")] = False,
    replications: Annotated[int, typer.Option(help="Runs of each, with seeds of their own.", min=1, max=MOST_RUNS)] = 1,
    seed: SeedOption = 0,
    jobs: Annotated[int, typer.Option(help="Processes at a time.", min=1, max=256)] = 1,
    log: Annotated[Path | None, typer.Option(help="Write the log of the first run here (gzip).")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write a row a run here.")] = None,
) -> None:
    """Work a plan in the twin and tell what came of it.

    Trucks drive on lanes and wait for each other, cranes wait for trucks. A referee judges every log; exit code 2 when
    it finds a rule broken, or when the work stood still.
    """
    from cabria.adapters.files.layout_json import read_layout
    from cabria.adapters.files.plan_json import read_plan
    from cabria.adapters.files.run_log import write_run_log
    from cabria.bootstrap import read_call
    from cabria.experiments.call_runs import RunSetting, run_all
    from cabria.experiments.ground_plan import lay_out
    from cabria.operations.settings import TruckChoice

    if truck_choice not in list(TruckChoice):
        raise DataError(f"There is no choice {truck_choice[:40]!r}.", remedy=f"Choose among {', '.join(TruckChoice)}.")
    the_call = read_call(call)
    the_plan = read_plan(plan_file(plan), the_call)
    ground = read_layout(layout) if layout else lay_out(the_call.terminal)
    first = RunSetting(40, look_ahead, TruckChoice(truck_choice), variation, breakdowns, seed)
    settings = [replace(first, trucks=number, seed=seed + n) for number in numbers(trucks) for n in range(replications)]
    if len(settings) > MOST_RUNS:
        raise DataError(f"These are {len(settings):,} runs.", remedy=f"At most {MOST_RUNS:,} at a time.")
    runs: list[CallRun] = []
    for run in run_all(the_call, the_plan, ground, settings, jobs):
        if log is not None and not runs:
            write_run_log(log, run.events)
        runs.append(replace(run, events=()))
        say(f"{_name(run.setting)}: {run.measures['gmph']:.1f} moves per crane hour, {_verdict(run)}")
    if csv is not None:
        csv.write_text("\n".join(_rows(runs)) + "\n", encoding="utf-8")
    say("\n".join(["", *_table(runs)]))
    if any(run.stood_still or not run.judgement.is_good for run in runs):
        raise typer.Exit(EXIT_NOT_LEGAL)


def numbers(text: str) -> list[int]:
    """`40`, `20,25,30` or `20..60` (in steps of ten). Raises DataError."""
    first, dots, last = text.partition("..")
    parts = [first, last] if dots else text.split(",")
    if not all(part.strip().isdigit() for part in parts):
        raise DataError(f"Trucks {text[:40]!r} are no numbers.", remedy="Write 40, or 20,25,30, or 20..60.")
    values = [int(part) for part in parts]
    if dots:
        values = list(range(values[0], values[1] + 1, 10))
    if not values or not all(0 < value <= 1_000 for value in values):
        raise DataError(f"Trucks {text[:40]!r} are none, or too many.", remedy="From 1 to 1,000.")
    return values


def _name(setting: RunSetting) -> str:
    return f"{setting.trucks} trucks, seed {setting.seed}"


def _verdict(run: CallRun) -> str:
    if run.stood_still:
        return "the work stood still"
    broken = run.judgement.broken
    return f"{len(broken):,} rules broken: {broken[0]}" if broken else "no rule broken"


def _rows(runs: list[CallRun]) -> Iterator[str]:
    yield ",".join(["trucks", "seed", "stood_still", "broken", "cpu_s", *runs[0].measures])
    for run in runs:
        facts = [run.setting.trucks, run.setting.seed, int(run.stood_still), len(run.judgement.broken)]
        yield ",".join([*map(str, facts), f"{run.cpu_s:.2f}", *(f"{value:.5f}" for value in run.measures.values())])


def _table(runs: list[CallRun]) -> Iterator[str]:
    """Means by number of trucks, with 95 % confidence where there are several runs, and what the cranes waited for."""
    from cabria.experiments.call_runs import spread_of

    fleets = sorted({run.setting.trucks for run in runs})
    yield f"{'trucks':30}" + "".join(f"{trucks:>16}" for trucks in fleets)
    for name, (words, unit) in WORDS.items():
        cells = ""
        for trucks in fleets:
            scale = 100 if unit == "%" else 1
            middle, half = spread_of([scale * run.measures[name] for run in runs if run.setting.trucks == trucks])
            cells += f"{f'{middle:.2f}' + (f' ± {half:.2f}' if half else ''):>16}"
        yield f"{words + (f', {unit}' if unit else ''):30}{cells}"
    yield ""
    yield "What the cranes waited for, share of their time (first run):"
    for cause, share in runs[0].figures.waiting_share_by_cause.items():
        yield f"  {cause:34}{100 * share:6.2f} %"
