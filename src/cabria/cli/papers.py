"""`cabria papers` and `cabria compare`: what follows from a plan.json, and two of them side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cabria.cli.folders import plan_file
from cabria.cli.screen import on_screen, say

app = typer.Typer()


@app.command(epilog="Example: cabria papers my-call my-call-plan")
def papers(
    call: Annotated[Path, typer.Argument(help="The call folder.")],
    plan: Annotated[Path, typer.Argument(help="The folder that holds a plan.json of ours.")],
) -> None:
    """Make the papers of a plan anew.

    Tables, messages and report, as after `cabria edit`.
    """
    from cabria.adapters.files.plan_json import read_planned
    from cabria.bootstrap import MARK, write_papers
    from cabria.bootstrap.plans import read_call_of_plan

    folder = plan.parent if plan.name == MARK else plan
    with on_screen() as screen:
        the_call = screen.step("Reading the call", lambda: read_call_of_plan(call, folder / MARK))
        planned = screen.step("Judging the plan", lambda: read_planned(folder / MARK, the_call))
        screen.step("Writing papers and report", lambda: write_papers(planned, folder))
    say(f"Written to {folder}. Look at it with `cabria serve {folder}`.")


@app.command(epilog="Example: cabria compare my-call plan-a plan-b")
def compare(
    call: Annotated[Path, typer.Argument(help="The call folder.")],
    one: Annotated[Path, typer.Argument(help="A plan.json, or the folder it lies in.")],
    other: Annotated[Path, typer.Argument(help="Another one of the same call.")],
    limit: Annotated[int, typer.Option(help="Name at most so many boxes.", min=0)] = 20,
) -> None:
    """Set two plans of a call side by side.

    Figures of the referee, findings, and boxes that stand elsewhere.
    """
    from cabria.adapters.files.plan_json import read_plan
    from cabria.bootstrap.plans import read_call_of_plan
    from cabria.referee.judge import judge
    from cabria.reports.comparison import comparison_text

    files = [plan_file(path) for path in (one, other)]
    calls = [read_call_of_plan(call, file) for file in files]
    plans = [read_plan(file, the_call) for file, the_call in zip(files, calls, strict=True)]
    judged = [(plan, judge(the_call, plan)) for plan, the_call in zip(plans, calls, strict=True)]
    say(comparison_text(calls[0], judged[0], judged[1], names=(str(one), str(other)), limit=limit))
