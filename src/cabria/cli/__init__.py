"""The command line: `cabria run | plan | check | why | serve`, and the tools `edi`, `profile` and `scenario`.

Only the standard library, typer and the domain's errors are imported here at start; each command imports its own room.
"""

from __future__ import annotations

import re
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from cabria import __version__
from cabria.domain.errors import DataError, TerminalError

if TYPE_CHECKING:
    from cabria.domain.calls import VesselCall
    from cabria.domain.containers import Port
    from cabria.planning.loading.result import PlannedCall

app = typer.Typer(
    name="cabria",
    help="The open brain of an automated container terminal: plans, judges and explains the work of the quay.",
    epilog="Start with `cabria run`, or with `cabria scenario make tiny my-call` and `cabria plan my-call`.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # importing rich would double the time of `cabria --help`
    context_settings={"help_option_names": ["-h", "--help"]},
)
edi_app = typer.Typer(help="Carriers' messages.", epilog="Example: cabria edi check arrival.edi", no_args_is_help=True)
profile_app = typer.Typer(
    help="Vessel profiles.", epilog="Example: cabria profile show ship.json", no_args_is_help=True
)
scenario_app = typer.Typer(
    help="Calls to plan, small and full size.",
    epilog="Example: cabria scenario make tiny my-call",
    no_args_is_help=True,
)
app.add_typer(edi_app, name="edi")
app.add_typer(profile_app, name="profile")
app.add_typer(scenario_app, name="scenario")


class Effort(StrEnum):
    QUICK = "quick"
    NORMAL = "normal"
    THOROUGH = "thorough"


SeedOption = Annotated[int, typer.Option(help="Same seed, same result.", min=0, max=2**32 - 1)]
EffortOption = Annotated[Effort, typer.Option(help="How long to search.")]
PortOption = Annotated[int, typer.Option(help="Port of the report's server on this machine.", min=0, max=65535)]

EXIT_FAULT = 1
"""Something is wrong with the input; one sentence on stderr says what."""
EXIT_NOT_LEGAL = 2
"""The plan was judged and breaks a HARD rule, or the message cannot be used as it is."""
EXIT_STOPPED = 130
STOPPED = "stopped; nothing was left half written."


def main() -> None:
    """Entry point of the program: every error on purpose becomes one sentence and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a screen without the sign for degrees shows the rest
    try:
        with _ending_as_by_ctrl_c():
            try:
                app(prog_name=app.info.name)
            finally:
                sys.stdout.flush()
    except TerminalError as error:
        _complain(str(error))
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(EXIT_FAULT)
    except OSError as error:
        _complain(f"{error.filename or 'The output'}: {error.strerror or error}.")
    except KeyboardInterrupt:
        _complain(STOPPED, EXIT_STOPPED)
    except SystemExit as end:
        if end.code == EXIT_STOPPED:  # typer makes this of Ctrl-C, and says nothing
            _complain(STOPPED, EXIT_STOPPED)
        raise


def _complain(sentence: str, code: int = EXIT_FAULT) -> NoReturn:
    print("cabria:", " ".join(_printable(sentence).split("\n")), file=sys.stderr)
    sys.exit(code)


def _say(text: str) -> None:
    print(_printable(text), flush=True)


def _printable(text: str) -> str:
    """What strangers wrote into files must not steer the screen on which it is shown."""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)


@contextmanager
def _ending_as_by_ctrl_c() -> Iterator[None]:
    """Who ends the program from outside (SIGTERM) finds as little left over as who presses Ctrl-C."""

    def end(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"cabria {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Say which.")
    ] = False,
) -> None: ...


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
        print(f"Making the call {scenario} in {call_folder}", flush=True)
        _make_scenario(scenario, call_folder)
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
    judged = _plan(call, out or _plan_folder(call), seed, effort, seconds)
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
    judgement = judge(the_call, read_plan(_plan_file(plan), the_call))
    _say(verdict_text(judgement, limit=limit))
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
    the_plan = read_plan(_plan_file(plan), the_call)
    with _told_of(call):
        _say(explain_text(the_call, the_plan, container.strip().upper()))


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


@edi_app.command("check", epilog="Example: cabria edi check arrival.edi --profile ship.json")
def edi_check(
    file: Annotated[Path, typer.Argument(help="BAPLIE, MOVINS, COPRAR, COARRI, VERMAS and others; .xz too.")],
    profile: Annotated[Path | None, typer.Option(help="The ship's profile, to check positions against.")] = None,
    tables: Annotated[Path | None, typer.Option(help="Folder with the site's own code tables.")] = None,
    first: Annotated[int, typer.Option(help="How many findings of each kind to name.", min=1)] = 5,
) -> None:
    """Write the letter to the carrier about a message.

    Everything that was odd, by gravity. Exit code 2 when the message cannot be used as it is.
    """
    from cabria.adapters.edi import check_file, letter
    from cabria.adapters.edi.check import summary
    from cabria.adapters.files.profiles import load_profile

    checked = check_file(file, tables=tables, profile=load_profile(profile) if profile else None)
    for message in checked.messages:
        print(_printable(summary(message)), file=sys.stderr)
        _say(letter(message, message.findings, first=first))
    if not checked.is_usable:
        raise typer.Exit(EXIT_NOT_LEGAL)


@profile_app.command("import", epilog="Example: cabria profile import SHIP_STAF.txt ship.json")
def profile_import(
    source: Annotated[Path, typer.Argument(help="STAF text, a Larsen-Pacino vessel file or our own JSON.")],
    target: Annotated[Path, typer.Argument(help="The JSON file to write.")],
) -> None:
    """Turn a ship's profile from another format into ours."""
    from cabria.adapters.files.profile_json import write_profile
    from cabria.adapters.files.profiles import load_profile

    profile = load_profile(source)
    write_profile(profile, target)
    _say(f"{profile.name}: {profile.capacity_teu:,} TEU, {profile.plugs:,} plugs, written to {target}")


@profile_app.command("show", epilog="Example: cabria profile show ship.json")
def profile_show(source: Annotated[Path, typer.Argument(help="Any profile Cabria can read.")]) -> None:
    """Say what a profile holds and what it does not say."""
    from cabria.adapters.files.profiles import describe, load_profile

    _say(describe(load_profile(source)))


@profile_app.command("make", epilog="Example: cabria profile make 18000 big.json")
def profile_make(
    teu: Annotated[int, typer.Argument(min=1_000, max=24_000, help="Size of the ship.")],
    target: Annotated[Path, typer.Argument(help="The JSON file to write.")],
    seed: SeedOption = 0,
) -> None:
    """Make a credible ship of a given size."""
    from cabria.adapters.files.profile_json import write_profile
    from cabria.experiments.ships import make_ship

    profile = make_ship(teu, seed=seed)
    write_profile(profile, target)
    _say(f"{profile.name}: {profile.capacity_teu:,} TEU, {profile.plugs:,} plugs, written to {target}")


@scenario_app.command("list", epilog="Example: cabria scenario list")
def scenario_list() -> None:
    """Name the scenarios."""
    from cabria.experiments.calls import SCENARIOS

    for name, text in SCENARIOS.items():
        print(f"{name:<12} {text}")


@scenario_app.command("make", epilog="Example: cabria scenario make made my-call --moves 2500 --teu 8000 --seed 7")
def scenario_make(
    name: Annotated[str, typer.Argument(help="tiny, chancay, or made for one from a seed.")],
    folder: Annotated[Path, typer.Argument(help="The call folder to write; it must not exist.")],
    moves: Annotated[int, typer.Option(min=800, max=9_000, help="Moves of a made call.")] = 2_500,
    teu: Annotated[int, typer.Option(min=1_000, max=24_000, help="Size of a made call's ship.")] = 8_000,
    seed: SeedOption = 0,
) -> None:
    """Write a call folder as a terminal would deliver it."""
    _make_scenario(name, folder, moves=moves, teu=teu, seed=seed)
    _say(f"Written to {folder}. Plan it with `cabria plan {folder}`.")


@scenario_app.command(
    "around", epilog="Example: cabria scenario around ship.json arrival.edi my-call --discharge TWKHH --loads 900"
)
def scenario_around(
    profile: Annotated[Path, typer.Argument(help="The ship's profile.")],
    arrival: Annotated[Path, typer.Argument(help="Her bay plan on arrival (BAPLIE).")],
    folder: Annotated[Path, typer.Argument(help="The call folder to write; it must not exist.")],
    discharge: Annotated[str, typer.Option(help="Ports whose boxes are discharged, the call's own first: A,B.")],
    loads: Annotated[int, typer.Option(min=1, max=9_000, help="How many boxes to load; they are made.")] = 900,
    rotation: Annotated[str, typer.Option(help="Coming ports in order: A,B,C; else guessed from the bay plan.")] = "",
    seed: SeedOption = 0,
) -> None:
    """Make a call around your own ship and bay plan.

    Load list, yard and terminal are invented.
    """
    from cabria.adapters.edi import load, read_bay_plan
    from cabria.adapters.files.call_checks import refuse_bad_slots
    from cabria.adapters.files.call_folder import write_call
    from cabria.adapters.files.profiles import load_profile
    from cabria.experiments.real_calls import call_of_ship

    leaving, coming = _ports(discharge, "--discharge"), _ports(rotation, "--rotation")
    if not leaving:
        raise DataError("No port is named.", place="--discharge")
    ship = load_profile(profile)
    message = read_bay_plan(load(arrival), file=str(arrival))
    aboard = message.bay_plan()
    refuse_bad_slots(aboard, ship, str(arrival), {entry.container.id: entry.segment for entry in message.entries})
    write_call(call_of_ship(ship, aboard, discharged=leaving, loads=loads, seed=seed, rotation=coming), folder)
    _say(f"Written to {folder}. Plan it with `cabria plan {folder}`.")


@scenario_app.command("instructed", epilog="Example: cabria scenario instructed movins.edi my-call")
def scenario_instructed(
    instruction: Annotated[Path, typer.Argument(help="A carrier's instruction (MOVINS).")],
    folder: Annotated[Path, typer.Argument(help="The call folder to write; it must not exist.")],
    seed: SeedOption = 0,
) -> None:
    """Make a call around a carrier's instruction.

    A ship that has the slots it names, boxes under those that would hang, and one box made for each slot.
    """
    from cabria.adapters.edi import load, read_instruction
    from cabria.adapters.files.call_folder import write_call
    from cabria.experiments.real_calls import call_of_instruction

    message = read_instruction(load(instruction), file=str(instruction))
    if message.header.port is None:
        raise DataError("The instruction does not say for which port it is (LOC+5).", file=str(instruction))
    write_call(call_of_instruction(message.instructions, port=message.header.port, seed=seed), folder)
    _say(f"Written to {folder}. Plan it with `cabria plan {folder}`.")


def _ports(text: str, option: str) -> list[Port]:
    """Ports as UN/LOCODE between commas. Raises DataError."""
    from cabria.domain.containers import Port

    ports = [Port(port.strip()) for port in text.upper().split(",") if port.strip()]
    for port in ports:
        if not re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}", port):
            raise DataError(f"{port[:40]!r} is no port as UN/LOCODE, such as CNSHA.", place=option)
    return ports


def _make_scenario(name: str, folder: Path, *, moves: int = 2_500, teu: int = 8_000, seed: int = 0) -> None:
    from cabria.experiments.calls import make_scenario

    make_scenario(name, folder, moves=moves, teu=teu, seed=seed)


def _plan(call_folder: Path, out: Path, seed: int, effort: Effort, seconds: float | None = None) -> PlannedCall:
    from dataclasses import replace

    from cabria.bootstrap import plan_call, read_call, refuse_output, write_output
    from cabria.cli.screen import on_screen
    from cabria.planning.loading.problem import EFFORTS
    from cabria.planning.search.stopping import Interrupted
    from cabria.reports.text import summary

    with on_screen() as screen, _keeping_the_best() as interrupted:
        call: VesselCall = screen.step("Reading the call", lambda: read_call(call_folder))
        refuse_output(out)
        params = replace(EFFORTS[effort], seconds=seconds)
        stop = Interrupted(interrupted.is_set)
        with _told_of(call_folder):
            planned = plan_call(call, seed=seed, params=params, listen=screen.listen, stop=stop)
        screen.step("Writing plan and report", lambda: write_output(planned, out))
    _say(f"{summary(planned)}\n\nWritten to {out}. Look at it with `cabria serve {out}`.")
    return planned


@contextmanager
def _told_of(folder: Path) -> Iterator[None]:
    """Where data fit file by file but not together, the folder of them is named."""
    try:
        yield
    except DataError as error:
        raise error.inside(str(folder)) from None


def _plan_folder(call: Path) -> Path:
    """`my-call-plan` beside `my-call`, however the call was named: by a path, as `.` or by its call.toml."""
    folder = call.parent if call.name == "call.toml" else call
    if folder.name in ("", ".."):
        folder = folder.resolve()
    return folder.parent / f"{folder.name}-plan"


def _plan_file(path: Path) -> Path:
    return path / "plan.json" if path.is_dir() else path


@contextmanager
def _keeping_the_best() -> Iterator[threading.Event]:
    """The first Ctrl-C asks the search to end with its best plan, the second one ends the program."""
    asked = threading.Event()

    def ask(number: int, frame: object) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        print("\nEnding with the best plan so far (Ctrl-C again to leave without).", file=sys.stderr, flush=True)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)
