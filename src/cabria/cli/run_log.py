"""`cabria run-log` and `cabria replay`: what a run's log says, whether it can be so, and the same run once more."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from cabria.cli.folders import plan_file
from cabria.cli.options import EXIT_NOT_LEGAL
from cabria.cli.screen import say
from cabria.domain.errors import DataError

if TYPE_CHECKING:
    from cabria.domain.calls import VesselCall
    from cabria.domain.layout import Layout
    from cabria.domain.plan import LoadingPlan
    from cabria.experiments.sweep.recipes import Again
    from cabria.referee.run import RunJudgement
    from cabria.referee.run_figures import RunFigures

app = typer.Typer(
    help="Logs of runs: judged, their figures, a map.",
    epilog="Example: cabria run-log check my-runs/run.jsonl.gz",
    no_args_is_help=True,
)
replay_app = typer.Typer()

LogArgument = Annotated[Path, typer.Argument(help="A run log (.jsonl.gz), as `cabria simulate` writes it.")]
CallOption = Annotated[Path | None, typer.Option(help="The call, where the log does not name it.")]
PlanOption = Annotated[Path | None, typer.Option(help="Its plan.json, where the log does not name it.")]
LayoutOption = Annotated[Path | None, typer.Option(help="The layout.json, where the log does not name it.")]
FromOption = Annotated[float, typer.Option("--from", help="Hour of the run at which the map begins.", min=0)]
HoursOption = Annotated[float, typer.Option(help="How many hours the map shows.", min=0.1, max=24 * 366)]
MORE_LOG = "The first line of a log by `cabria simulate` names what it ran; for others say --call, --plan or --layout."


class Ground(NamedTuple):
    """What a log is judged against: where, and calls with their plans; the run itself where it makes the plans."""

    layout: Layout
    calls: Sequence[tuple[VesselCall, LoadingPlan]]
    again: Again | None = None


@app.command(epilog="Example: cabria run-log check my-runs/run.jsonl.gz --limit 20")
def check(
    log: LogArgument,
    call: CallOption = None,
    plan: PlanOption = None,
    layout: LayoutOption = None,
    limit: Annotated[int, typer.Option(help="Show at most so many findings.", min=0)] = 20,
) -> None:
    """Judge any run log by its events alone, and tell its figures.

    Exit code 2 when a rule is broken.
    """
    from cabria.reports.simulation.text import figures_text

    judgement, figures = _judged(log, ground_of(log, call, plan, layout))
    say(f"{log}: {judgement.events:,} events, {_verdict(len(judgement.broken))}")
    for finding in judgement.findings[:limit]:
        say(f"  {finding}")
    if len(judgement.findings) > limit:
        say(f"  and {len(judgement.findings) - limit:,} more")
    say("\n" + figures_text(figures))
    if not judgement.is_good:
        raise typer.Exit(EXIT_NOT_LEGAL)


def _judged(log: Path, ground: Ground) -> tuple[RunJudgement, RunFigures]:
    """By the events alone. Plans of weeks are made on the way: such a run is done again to know them, and must be the
    same; raises DataError when it is not.
    """
    from cabria.adapters.files.run_log import read_run_log
    from cabria.referee.run import RunReferee
    from cabria.referee.run_figures import RunCounter

    if ground.again is not None:
        from cabria.experiments.sweep.comparing import done_again

        say("The plans of its ships are not in the log: the run is done again to know them.")
        repeated = done_again(ground.again, log)
        if repeated.difference is not None:
            raise DataError(
                f"The run cannot be done again: the log says {repeated.difference.was}, now it is "
                f"{repeated.difference.now}.",
                file=str(log),
                place=f"line {repeated.difference.line}",
                remedy="Judge it with the version that wrote it.",
            )
        return repeated.outcome.judgement, repeated.outcome.figures
    referee, counter = RunReferee(ground.layout, ground.calls), RunCounter(ground.layout, ground.calls)
    for event in read_run_log(log):
        referee.hear(event)
        counter.hear(event)
    return referee.over(), counter.figures()


@app.command("map", epilog="Example: cabria run-log map my-runs/run.jsonl.gz --from 24 --hours 12 --out map.html")
def draw_map(
    log: LogArgument,
    out: Annotated[Path | None, typer.Option(help="The page to write; else beside the log.")] = None,
    call: CallOption = None,
    plan: PlanOption = None,
    layout: LayoutOption = None,
    begin: FromOption = 0.0,
    hours: HoursOption = 168.0,
) -> None:
    """Draw a run on a map that plays in the browser."""
    ground = ground_of(log, call, plan, layout)
    _write_map(log, ground.layout, _page_beside(log, out), begin, hours)


@replay_app.command(epilog="Example: cabria replay my-runs/run.jsonl.gz --out map.html")
def replay(
    log: LogArgument,
    out: Annotated[Path | None, typer.Option(help="The page of the map to write; else beside the log.")] = None,
    begin: FromOption = 0.0,
    hours: HoursOption = 168.0,
    show: Annotated[bool, typer.Option("--show/--no-show", help="Open the map in the browser.")] = True,
) -> None:
    """Do a run again from its log, and show it on a map.

    The two are compared event by event. Exit code 2 when they differ.
    """
    from cabria.adapters.files.run_log import read_head
    from cabria.experiments.sweep.comparing import done_again
    from cabria.experiments.sweep.recipes import again

    run = again(read_head(log), log)
    _, events, difference = done_again(run, log)
    if difference is None:
        say(f"{log}: done again with seed {run.seed}; all {events:,} events are the same, bit for bit.")
    else:
        say(f"{log}: done again with seed {run.seed}; line {difference.line} differs.")
        say(f"  the log: {difference.was}\n  now:     {difference.now}")
    page = _page_beside(log, out)
    _write_map(log, run.trial.layout({}), page, begin, hours)
    if show:
        import webbrowser

        webbrowser.open(page.resolve().as_uri())
    if difference is not None:
        raise typer.Exit(EXIT_NOT_LEGAL)


def _verdict(broken: int) -> str:
    return f"{broken:,} rules broken" if broken else "no rule broken"


def ground_of(log: Path, call: Path | None, plan: Path | None, layout: Path | None) -> Ground:
    """From what was named, else from the log's first line. Raises DataError where neither says enough."""
    from cabria.adapters.files.layout_json import read_layout
    from cabria.adapters.files.run_log import read_head

    head = read_head(log)
    if plan is not None and call is None:
        raise DataError("A plan is of a call.", place="--plan", remedy="Name its call with --call.")
    if call is not None:
        return _named(call, plan, layout)
    if layout is not None:
        return Ground(read_layout(layout), ())
    if not head:
        raise DataError(
            "The log does not say on which ground the run was.", file=str(log), place="line 1", remedy=MORE_LOG
        )
    from cabria.experiments.sweep.recipes import again

    run = again(head, log)
    return Ground(run.trial.layout({}), run.trial.calls, None if run.trial.calls else run)


def _named(call: Path, plan: Path | None, layout: Path | None) -> Ground:
    from cabria.cli.folders import folder_beside
    from cabria.experiments.call_runs import RunSetting
    from cabria.experiments.sweep.recipes import CALL, Recipe, trial_of

    file = plan_file(plan or folder_beside(call, "plan"))
    trial = trial_of(Recipe(CALL, str(call), str(file), str(layout or "")), RunSetting(trucks=1))
    return Ground(trial.layout({}), trial.calls)


def _page_beside(log: Path, out: Path | None) -> Path:
    return out or log.with_name(log.name.removesuffix(".gz").removesuffix(".jsonl") + "-map.html")


def _write_map(log: Path, layout: Layout, page: Path, begin_h: float, hours: float) -> None:
    from cabria import __version__
    from cabria.adapters.files.run_log import read_run_log
    from cabria.adapters.files.source_file import write_whole
    from cabria.reports.simulation.page import Told, simulation_page
    from cabria.reports.simulation.replay import replay_section

    from_ms, until_ms = round(3_600_000 * begin_h), round(3_600_000 * (begin_h + hours))
    section = replay_section(read_run_log(log), layout, log.name, from_ms=from_ms, until_ms=until_ms)
    write_whole(page, simulation_page(Told(log.name, {}, __version__), (), (), section).encode())
    say(f"The map is {page}: open it in a browser.")
