"""`cabria train`: scenarios, sessions in the browser, and automated trainees with their scores."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cabria.cli.options import PortOption, TimeZoneOption
from cabria.cli.screen import say
from cabria.domain.errors import DataError

if TYPE_CHECKING:
    from cabria.training.run import TrainingRun
    from cabria.training.scenario import Scenario
    from cabria.training.scoring import Score
    from cabria.training.start import Prepared

app = typer.Typer(
    help="Training: scenarios, sessions, scores.",
    epilog="Example: cabria train play crane-down --trainee policy",
    no_args_is_help=True,
)

ScenarioArgument = Annotated[str, typer.Argument(help="A scenario of the course, or a scenario file (.toml).")]
LanguageOption = Annotated[str, typer.Option(help="es, en or zh.")]
SeedOption = Annotated[int | None, typer.Option(help="Another seed than the scenario's.", min=0, max=2**32 - 1)]


@app.command("list", epilog="Example: cabria train list --language es")
def list_scenarios(language: LanguageOption = "en") -> None:
    """Name the scenarios of the course, each with what it teaches."""
    from cabria.training.files import course

    _refuse_language(language)
    for scenario in course():
        say(f"{scenario.level:>2}  {scenario.id:<14} {scenario.role}: {scenario.title.in_(language)}")
        say(f"    {scenario.teaches.in_(language)}")


@app.command("check", epilog="Example: cabria train check my-night.toml")
def check(scenario: ScenarioArgument) -> None:
    """Read a scenario and make its start.

    What is wrong with it is told with place and remedy.
    """
    from cabria.training.files import scenario_named
    from cabria.training.start import prepared

    found = scenario_named(scenario)
    start = prepared(found.start)
    ships = ", ".join(call.vessel.name for call, _ in (*start.ships, *(one.ship for one in start.coming)))
    say(f"{found.id}: {found.role}, {len(found.injections)} injections in {found.lasts_min:g} min; ships: {ships}.")


@app.command("play", epilog="Example: cabria train play bad-night --trainee erring --log night.jsonl.gz")
def play(
    scenario: ScenarioArgument,
    trainee: Annotated[str, typer.Option(help="policy, idle or erring.")] = "policy",
    seed: SeedOption = None,
    log: Annotated[Path | None, typer.Option(help="Write the trainee's run log here.")] = None,
    policy_log: Annotated[Path | None, typer.Option(help="Write the policy's run log here.")] = None,
) -> None:
    """Let an automated trainee play a scenario to its end, and score it.

    Logs are looked at side by side with `cabria console --run-log FILE`.
    """
    from cabria.adapters.files.run_log import write_run_log
    from cabria.training import playing
    from cabria.training.scoring import measured, scored
    from cabria.training.start import prepared
    from cabria.training.trainees import TraineeKind

    if trainee not in set(TraineeKind):
        raise DataError(f"There is no trainee {trainee[:20]!r}.", place="--trainee", remedy="policy, idle or erring.")
    found, kind = _seeded(scenario, seed), TraineeKind(trainee)
    start = prepared(found.start)
    run = playing.play(found, kind, start=start)
    policy = run if kind is TraineeKind.POLICY else playing.play(found, TraineeKind.POLICY, start=start)
    for path, played in ((log, run), (policy_log, policy)):
        if path is not None:
            write_run_log(path, playing.events_of(played, start))
            say(f"Written to {path}.")
    _tell(found, scored(found, measured(run, start), measured(policy, start), start), run, start)


@app.command("run", epilog="Example: cabria train run first-steps --browser")
def run_session(
    scenario: Annotated[str, typer.Argument(help="A scenario of the course or a file; none: choose it there.")] = "",
    port: PortOption = 8765,
    folder: Annotated[Path, typer.Option(help="Where users and the audit trail are kept.")] = Path("out/training"),
    login: Annotated[bool, typer.Option(help="Whether people must log in.")] = False,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = False,
    time_zone: TimeZoneOption = "",
) -> None:
    """Serve the training room on this machine, beside no terminal.

    It takes no settings of a site: there is no way from it to a machine.
    """
    import threading
    import webbrowser

    from cabria.console.app import app as application
    from cabria.console.logs import set_up
    from cabria.console.server import free_port
    from cabria.console.serving import address, serve
    from cabria.console.settings import LOOPBACK, ConsoleSettings
    from cabria.training.files import scenario_named

    wanted = [scenario_named(scenario)] if scenario else []
    set_up("warning")
    settings = ConsoleSettings(
        port=free_port(LOOPBACK, port),
        store=folder / "console.sqlite",
        needs_login=login,
        has_desk_ready=False,
        time_zone=time_zone,
    )
    made = application(None, folder, settings)
    made.state.office.academy.wanted += wanted
    url = f"{address(settings)}#training"
    say(f"The training room is at {url}  (Ctrl-C ends)")
    if browser:
        threading.Timer(0.5, webbrowser.open, [url]).start()
    serve(made, settings)


def _seeded(name: str, seed: int | None) -> Scenario:
    from dataclasses import replace

    from cabria.training.files import scenario_named

    found = scenario_named(name)
    return found if seed is None else replace(found, seed=seed)


def _refuse_language(language: str) -> None:
    from cabria.training.scenario import LANGUAGES

    if language not in LANGUAGES:
        raise DataError(f"There is no language {language[:10]!r}.", place="--language", remedy="es, en or zh.")


def _tell(scenario: Scenario, score: Score, run: TrainingRun, start: Prepared) -> None:
    minutes = (run.now_ms - start.begins_ms) / 60_000
    say(f"{scenario.id}, seed {scenario.seed}, {minutes:.0f} min: {score.total:.0f} of 100 (policy {score.policy:.0f})")
    say(f"{'':<12}{'trainee':>9}{'policy':>9}{'bound':>9}{'weight':>8}{'points':>8}")
    for line in score.lines:
        say(
            f"{line.measure:<12}{line.trainee:>9.2f}{line.policy:>9.2f}{line.bound:>9.2f}{line.weight:>8.0f}"
            f"{line.points:>8.1f}"
        )
    for one in score.session.answers:
        state = "in time" if one.in_time else "late" if one.answered_ms is not None else "not answered"
        say(f"alarm at {(one.alarm.at_ms - start.begins_ms) / 60_000:.0f} min, {state}: {one.alarm.text}")
    for sentence in score.session.undone:
        say(f"taken back: {sentence}")
    for sentence in score.session.broken:
        say(f"broken: {sentence}")
