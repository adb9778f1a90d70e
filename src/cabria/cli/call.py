"""`cabria run | plan | check | why | serve`: one call, from its folder to the report."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cabria.cli.folders import folder_beside, plan_file
from cabria.cli.options import EXIT_NOT_LEGAL, Effort, EffortOption, PortOption, SeedOption
from cabria.cli.screen import keeping_the_best, on_screen, say
from cabria.domain.errors import DataError

if TYPE_CHECKING:
    from cabria.domain.calls import VesselCall
    from cabria.planning.loading.result import PlannedCall

app = typer.Typer()


@app.command(epilog="Example: cabria run --port 9000")
def run(
    folder: Annotated[Path, typer.Option(help="Where the call and its plan are kept.")] = Path("out"),
    scenario: Annotated[str, typer.Option(help="Which scenario; see `cabria scenario list`.")] = "chancay",
    seed: SeedOption = 0,
    effort: EffortOption = Effort.NORMAL,
    port: PortOption = 8765,
    browser: Annotated[bool, typer.Option(help="Open the report in the browser.")] = False,
    serve: Annotated[bool, typer.Option(help="Serve the report when the plan is made.")] = True,
) -> None:
    """Plan the reference call and show its report.

    An 18,000-TEU ship at a terminal like Chancay's: 4,000 boxes off, 5,000 on.
    """
    call_folder = folder / scenario
    if not (call_folder / "call.toml").is_file():
        from cabria.experiments.calls import make_scenario

        print(f"Making the call {scenario} in {call_folder}", flush=True)
        make_scenario(scenario, call_folder)
    plan_folder = folder / f"{scenario}-plan"
    _plan(call_folder, plan_folder, seed, effort)
    if serve:
        from cabria.console.server import serve_report

        serve_report(plan_folder, port=port, open_browser=browser)


@app.command(epilog="Example: cabria plan my-call --out my-plan --effort quick")
def plan(
    call: Annotated[Path, typer.Argument(help="A call folder; docs/reference/call-folder.md says what is in it.")],
    out: Annotated[Path | None, typer.Option(help="Folder for the plan; the default is CALL-plan.")] = None,
    seed: SeedOption = 0,
    effort: EffortOption = Effort.NORMAL,
    seconds: Annotated[
        float | None, typer.Option(help="Wall time for the search; with it two runs may differ.", min=1)
    ] = None,
) -> None:
    """Make the loading plan of a call.

    Bay plan, crane queues, yard retrieval list, papers and report. Ctrl-C keeps the best plan so far.
    """
    judged = _plan(call, out or folder_beside(call, "plan"), seed, effort, seconds)
    if judged.judgement.hard_by_plan:
        raise typer.Exit(EXIT_NOT_LEGAL)


@app.command(epilog="Example: cabria check my-call my-plan/plan.json")
def check(
    call: Annotated[Path, typer.Argument(help="The call folder.")],
    plan: Annotated[Path, typer.Argument(help="The plan.json, by whomever it was made.")],
    limit: Annotated[int, typer.Option(help="Show at most so many findings a rule.", min=0)] = 5,
) -> None:
    """Let the referee judge a plan.

    Exit code 2 when it breaks a HARD rule.
    """
    from cabria.adapters.files.plan_json import read_plan
    from cabria.bootstrap import read_call
    from cabria.referee.judge import judge
    from cabria.reports.text import verdict_text

    the_call = read_call(call)
    judgement = judge(the_call, read_plan(plan_file(plan), the_call))
    say(verdict_text(judgement, limit=limit))
    if judgement.hard_by_plan:
        raise typer.Exit(EXIT_NOT_LEGAL)


@app.command(epilog="Example: cabria why my-call my-plan/plan.json BOLU1234567")
def why(
    call: Annotated[Path, typer.Argument(help="The call folder.")],
    plan: Annotated[Path, typer.Argument(help="Its plan.json, or the folder it lies in.")],
    container: Annotated[str, typer.Argument(help="A container number.")],
) -> None:
    """Say why a box stands where it stands.

    And what it would cost in the next best slots.
    """
    from cabria.adapters.files.plan_json import read_plan
    from cabria.bootstrap import read_call
    from cabria.planning.loading.explain import explain_text

    the_call = read_call(call)
    the_plan = read_plan(plan_file(plan), the_call)
    with told_of(call):
        say(explain_text(the_call, the_plan, container.strip().upper()))


@app.command(epilog="Example: cabria serve out/chancay-plan")
def serve(
    folder: Annotated[Path, typer.Argument(help="A folder that `cabria plan` wrote.")],
    port: PortOption = 8765,
    host: Annotated[str, typer.Option(help="Address to listen on; the default is this machine only.")] = "127.0.0.1",
    browser: Annotated[bool, typer.Option(help="Open the report in the browser.")] = False,
) -> None:
    """Show a finished report in the browser."""
    from cabria.console.server import serve_report

    serve_report(folder, host=host, port=port, open_browser=browser)


def _plan(call_folder: Path, out: Path, seed: int, effort: Effort, seconds: float | None = None) -> PlannedCall:
    from dataclasses import replace

    from cabria.bootstrap import plan_call, read_call, refuse_output, write_output
    from cabria.planning.loading.problem import EFFORTS
    from cabria.planning.search.stopping import Interrupted
    from cabria.reports.text import summary

    with on_screen() as screen, keeping_the_best() as interrupted:
        call: VesselCall = screen.step("Reading the call", lambda: read_call(call_folder))
        refuse_output(out)
        params = replace(EFFORTS[effort], seconds=seconds)
        stop = Interrupted(interrupted.is_set)
        with told_of(call_folder):
            planned = plan_call(call, seed=seed, params=params, listen=screen.listen, stop=stop)
        screen.step("Writing plan and report", lambda: write_output(planned, out))
    say(f"{summary(planned)}\n\nWritten to {out}. Look at it with `cabria serve {out}`.")
    return planned


@contextmanager
def told_of(folder: Path) -> Iterator[None]:
    """Where data fit file by file but not together, the folder of them is named."""
    try:
        yield
    except DataError as error:
        raise error.inside(str(folder)) from None
