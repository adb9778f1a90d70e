"""`cabria plan | check | why | serve`: one call, from its folder to the report."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cabria.cli.folders import folder_beside, plan_file
from cabria.cli.options import EXIT_NOT_LEGAL, Effort, PortOption, SeedOption
from cabria.cli.screen import keeping_the_best, on_screen, say
from cabria.domain.errors import DataError

if TYPE_CHECKING:
    from cabria.domain.calls import VesselCall
    from cabria.experiments.portfolio import Maker
    from cabria.planning.loading.result import PlannedCall

app = typer.Typer()

START_UP_S = 0.8
"""What the program takes before a command begins, and after it has ended."""
LEAST_S = 0.5
"""What is left for planning where reading has used up the wall time that was asked for."""

WishesOption = Annotated[
    Path | None, typer.Option(help="A wishes.toml: boxes pinned, places forbidden; beside those of the call folder.")
]


def make_and_plan(folder: Path, scenario: str, seed: int, effort: Effort) -> Path:
    """Make the call of a scenario where it is missing, and plan it; returns the folder of the plan."""
    call_folder = folder / scenario
    if not (call_folder / "call.toml").is_file():
        from cabria.experiments.calls import make_scenario

        print(f"Making the call {scenario} in {call_folder}", flush=True)
        make_scenario(scenario, call_folder)
    plan_folder = folder / f"{scenario}-plan"
    _plan(call_folder, plan_folder, seed, effort)
    return plan_folder


@app.command(epilog="Example: cabria plan my-call --out my-plan --effort quick --weights calm-yard")
def plan(
    call: Annotated[Path, typer.Argument(help="A call folder; docs/reference/call-folder.md says what is in it.")],
    out: Annotated[Path | None, typer.Option(help="Folder for the plan; the default is CALL-plan.")] = None,
    seed: SeedOption = 0,
    effort: Annotated[
        Effort | None, typer.Option(help="How long to search: normal, or thorough where --seconds ends it.")
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(help="Wall time from start to last paper; with it two runs may differ.", min=1)
    ] = None,
    keep: Annotated[
        Path | None, typer.Option(help="An earlier plan.json, or its folder: its boxes keep their slots.")
    ] = None,
    changes: Annotated[
        int, typer.Option(help="How many boxes of the plan to keep may get another slot.", min=0, max=1_000_000)
    ] = 0,
    weights: Annotated[
        str, typer.Option(help="What counts: balanced, fast-ship, calm-yard, least-energy, or a FILE.toml.")
    ] = "",
    jobs: Annotated[
        int, typer.Option(help="So many searches from SEED on, side by side; the best is kept.", min=1, max=64)
    ] = 1,
    dask: Annotated[
        str, typer.Option(help="The scheduler of a dask cluster that makes them, as tcp://10.0.0.1:8786.")
    ] = "",
    wishes: WishesOption = None,
    drop_impossible_wishes: Annotated[
        bool, typer.Option("--drop-impossible-wishes", help="Plan without wishes that cannot be met, and name them.")
    ] = False,
) -> None:
    """Make the loading plan of a call.

    Bay plan, crane queues, yard retrieval list, papers and report. Ctrl-C keeps the best plan so far. A first plan.json
    lies in the folder after seconds and is replaced by better ones.
    """
    if changes and keep is None:
        raise DataError(
            "Changes are counted against an earlier plan.", place="--changes", remedy="Name it with --keep."
        )
    asked = Asked(wishes, keep, changes, drop_impossible_wishes, weights, jobs, dask)
    effort = effort or (Effort.THOROUGH if seconds else Effort.NORMAL)
    judged = _plan(call, out or folder_beside(call, "plan"), seed, effort, seconds, asked)
    if judged.judgement.hard_by_plan:
        raise typer.Exit(EXIT_NOT_LEGAL)


@app.command(epilog="Example: cabria check my-call my-plan/plan.json")
def check(
    call: Annotated[Path, typer.Argument(help="The call folder.")],
    plan: Annotated[Path, typer.Argument(help="The plan.json, by whomever it was made.")],
    limit: Annotated[int, typer.Option(help="Show at most so many findings a rule.", min=0)] = 5,
    wishes: WishesOption = None,
) -> None:
    """Let the referee judge a plan.

    Exit code 2 when it breaks a HARD rule.
    """
    from cabria.adapters.files.plan_json import read_plan
    from cabria.bootstrap.plans import read_call_of_plan
    from cabria.referee.judge import judge
    from cabria.reports.text import verdict_text

    the_call = read_call_of_plan(call, plan_file(plan), wishes=wishes)
    the_plan = read_plan(plan_file(plan), the_call)
    judgement = judge(the_call, the_plan)
    say(verdict_text(judgement, limit=limit, waivers=the_plan.waivers))
    if judgement.hard_by_plan:
        raise typer.Exit(EXIT_NOT_LEGAL)


@app.command(epilog="Example: cabria why my-call my-plan/plan.json BOLU1234567")
def why(
    call: Annotated[Path, typer.Argument(help="The call folder.")],
    plan: Annotated[Path, typer.Argument(help="Its plan.json, or the folder it lies in.")],
    container: Annotated[str, typer.Argument(help="A container number.")],
    wishes: WishesOption = None,
) -> None:
    """Say why a box stands where it stands.

    And what it would cost in the next best slots.
    """
    from cabria.adapters.files.plan_json import read_plan
    from cabria.bootstrap.plans import read_call_of_plan
    from cabria.domain.containers import ContainerId
    from cabria.planning.loading.editing.alternatives import alternatives
    from cabria.planning.loading.editing.desk import Desk
    from cabria.planning.loading.explain import explain_text
    from cabria.reports.edits import alternatives_text

    the_call = read_call_of_plan(call, plan_file(plan), wishes=wishes)
    the_plan = read_plan(plan_file(plan), the_call)
    box = ContainerId(container.strip().upper())
    with told_of(call):
        is_planned = box in the_plan.loads or box in the_plan.refused
        found = alternatives(Desk.of(the_call, the_plan), box) if is_planned else ()
        say(explain_text(the_call, the_plan, box, alternatives_text(found)))


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


@dataclass(frozen=True)
class Asked:
    """What the planner asks beside what the call folder says."""

    wishes: Path | None = None
    keep: Path | None = None
    changes: int = 0
    drops_impossible: bool = False
    weights: str = ""
    jobs: int = 1
    dask: str = ""


def _plan(
    call_folder: Path,
    out: Path,
    seed: int,
    effort: Effort,
    seconds: float | None = None,
    asked: Asked = Asked(),
) -> PlannedCall:
    from cabria.adapters.files.weights_toml import weights_of
    from cabria.bootstrap import (
        read_call_to_plan,
        read_earlier,
        refuse_output,
        write_output,
        write_plan_so_far,
    )
    from cabria.planning.loading.problem import EFFORTS
    from cabria.planning.search.stopping import Interrupted
    from cabria.reports.changes import wishes_text
    from cabria.reports.text import summary

    began = time.perf_counter() - START_UP_S
    keep = plan_file(asked.keep) if asked.keep else None
    weights = weights_of(asked.weights) if asked.weights else None

    def read() -> VesselCall:
        call = read_call_to_plan(call_folder, wishes=asked.wishes, keep=keep, changes=asked.changes)
        return replace(call, settings=weights) if weights else call

    with on_screen() as screen, keeping_the_best() as interrupted:
        call = screen.step("Reading the call", read)
        refuse_output(out)
        left_s = None if seconds is None else max(LEAST_S, seconds - (time.perf_counter() - began))
        params = replace(EFFORTS[effort], seconds=left_s, drops_impossible_wishes=asked.drops_impossible)
        with told_of(call_folder):
            planned = _maker(asked)(
                call,
                seed=seed,
                params=params,
                listen=screen.listen,
                stop=Interrupted(interrupted.is_set),
                earlier=read_earlier(keep, call) if keep else None,
                keep=lambda better: write_plan_so_far(better, out),
            )
        screen.step("Writing plan and report", lambda: write_output(planned, out))
    say(f"{summary(planned)}\n{wishes_text(planned)}\nWritten to {out}. Look at it with `cabria serve {out}`.")
    return planned


def _maker(asked: Asked) -> Maker:
    """One search in this process, or several elsewhere."""
    from cabria.bootstrap import plan_call

    if asked.jobs == 1 and not asked.dask:
        return plan_call
    from cabria.experiments.portfolio import portfolio_of

    return portfolio_of(asked.jobs, asked.dask)


@contextmanager
def told_of(folder: Path) -> Iterator[None]:
    """Where data fit file by file but not together, the folder of them is named."""
    try:
        yield
    except DataError as error:
        raise error.inside(str(folder)) from None
