"""`cabria run`: a terminal that works a call, live, with everything it needs started beside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from cabria.cli.call import make_and_plan
from cabria.cli.options import EXIT_NOT_LEGAL, Effort, EffortOption, PortOption, SeedOption, TimeZoneOption
from cabria.cli.screen import say
from cabria.domain.errors import DataError, TerminalError

if TYPE_CHECKING:
    from cabria.adapters.exchange.port_call_file import PortCallFile
    from cabria.adapters.files.terminal_toml import TerminalSettings
    from cabria.console.settings import ConsoleSettings
    from cabria.domain.calls import VesselCall
    from cabria.domain.layout import Layout
    from cabria.domain.plan import LoadingPlan
    from cabria.operations.running import Picture, RunningTerminal

app = typer.Typer()

TELL_S = 5.0
LOOK_S = 0.25
ASKED_S = 60.0
LOG = "server.jsonl"
"""In the run's folder."""
SPEED = 20.0
"""Of a run with emulated machines that nobody has said anything about."""
TRUCKS = 40


@app.command(epilog="Example: cabria run --scenario small --speed 30")
def run(
    folder: Annotated[Path, typer.Option(help="Where the call, its plan and the run are kept.")] = Path("out"),
    scenario: Annotated[str, typer.Option(help="Which scenario; see `cabria scenario list`.")] = "chancay",
    settings: Annotated[
        Path | None, typer.Option(help="A terminal.toml: call, journal, broker and machines of a site.")
    ] = None,
    speed: Annotated[float, typer.Option(help="Times as fast as in reality, emulated.", min=1, max=100)] = SPEED,
    trucks: Annotated[int | None, typer.Option(help="Emulated trucks; else the terminal's.", min=1, max=1_000)] = None,
    report: Annotated[bool, typer.Option("--report", help="Plan only, and serve the report.")] = False,
    seed: SeedOption = 0,
    effort: EffortOption = Effort.NORMAL,
    port: PortOption = 8765,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = False,
    serve: Annotated[bool, typer.Option(help="Serve pages, and go on when the work is done.")] = True,
    time_zone: TimeZoneOption = "",
) -> None:
    """Run a terminal live: plan a call and work it.

    Without settings all is on this machine: a journal in a file, and broker and emulated machines beside this program.
    Ctrl-C ends it; the next time it goes on from where it was. The referee judges what came of it.
    """
    if report:
        plan_folder = make_and_plan(folder, scenario, seed, effort)
        if serve:
            from cabria.console.server import serve_report

            serve_report(plan_folder, port=port, open_browser=browser)
        return
    chosen = _read(settings) if settings else _embedded(folder, scenario, seed, effort, speed, trucks)
    pages = Pages(port, browser, time_zone) if serve else None
    if not _worked(chosen, pages):
        raise typer.Exit(EXIT_NOT_LEGAL)


class Pages(NamedTuple):
    """Where the control room is shown."""

    port: int
    opens_browser: bool
    time_zone: str = ""
    """"" is what the settings say."""


def _read(path: Path) -> TerminalSettings:
    from cabria.adapters.files.terminal_toml import read_terminal

    return read_terminal(path)


def _embedded(
    folder: Path, scenario: str, seed: int, effort: Effort, speed: float, trucks: int | None
) -> TerminalSettings:
    """The call is planned once; a run that was begun goes on with that plan."""
    from cabria.adapters.files.terminal_toml import TerminalSettings

    call, plan = folder / scenario, folder / f"{scenario}-plan"
    if not (plan / "plan.json").is_file():
        make_and_plan(folder, scenario, seed, effort)
    return TerminalSettings(
        folder / f"{scenario}-run", call=call, plan=plan, trucks=trucks, speed=speed, emulates=("trucks", "cranes")
    )


def _worked(chosen: TerminalSettings, pages: Pages | None) -> bool:
    """Start everything, work the call, end everything; whether it came out as planned. With pages it goes on until
    Ctrl-C."""
    from cabria.bootstrap.beside import Beside
    from cabria.bootstrap.live import Site, live
    from cabria.bootstrap.parts import Parts

    call, plan, layout = _given(chosen)
    trucks = chosen.trucks or layout.terminal.trucks or TRUCKS
    with Parts(chosen.folder) as parts:
        broker = chosen.broker or parts.broker()
        say(f"Broker {broker}")
        journal = chosen.journal or str(chosen.folder / "terminal.journal")
        terminal = live(Site(layout, journal, broker, trucks, chosen.speed))
        with ExitStack() as until_the_end:
            until_the_end.callback(terminal.end)
            # Sped up, time stands still for a terminal that begins or ends, and so for its machines.
            parts.emulators(chosen.emulates, broker, layout, trucks, chosen.speed, faults=chosen.faults)
            until_the_end.callback(parts.freeze)
            base = Path(chosen.file).resolve().parent
            beside = until_the_end.enter_context(Beside(chosen.tables or {}, base, terminal, file=chosen.file))
            if beside.history is not None:
                from cabria.experiments.learning.running import Foreteller

                until_the_end.enter_context(Foreteller(beside.history, terminal))
            if pages is not None:
                until_the_end.enter_context(_served(terminal, chosen, pages, beside.port_calls))
            _begin(terminal, call, plan)
            alerts = Alerts(terminal)

            def look() -> None:
                parts.refuse_ended()
                alerts.tell()

            _follow(terminal, call, look)
            is_good = _judge(terminal)
            if pages is not None:
                say("All work is done; the terminal runs on. Ctrl-C ends it.")
                _wait(terminal, look)
            return is_good


@contextmanager
def _served(
    terminal: RunningTerminal, chosen: TerminalSettings, pages: Pages, port_calls: PortCallFile | None
) -> Iterator[None]:
    """The control room beside the terminal. Without an [http] table people need no login, and only this machine may
    come in."""
    import webbrowser
    from dataclasses import replace

    from cabria.console.api.outside import port_calls as told_of
    from cabria.console.app import app as application
    from cabria.console.logs import set_up
    from cabria.console.serving import serve_beside
    from cabria.console.settings import ConsoleSettings

    log = chosen.folder / LOG
    set_up("info", file=log)
    plans = chosen.call.parent if chosen.call else chosen.folder
    store = chosen.folder / "console.sqlite"
    settings = _console(chosen) or ConsoleSettings(port=pages.port, store=store, needs_login=False)
    settings = replace(settings, time_zone=pages.time_zone or settings.time_zone)
    more = [] if port_calls is None else [told_of(port_calls)]
    beside = serve_beside(lambda found: application(terminal, plans, found, more), settings)
    say(f"The control room is at {beside.url}; what it is asked stands in {log}")
    if pages.opens_browser:
        webbrowser.open(beside.url)
    try:
        yield
    finally:
        beside.stop()


def _console(chosen: TerminalSettings) -> ConsoleSettings | None:
    """What the [http] table says. Raises DataError."""
    from cabria.console.settings import settings_of

    table = (chosen.tables or {}).get("http")
    return None if table is None else settings_of(table, file=chosen.file, store=chosen.folder / "console.sqlite")


class Alerts:
    """What a person should look at, told once."""

    def __init__(self, terminal: RunningTerminal) -> None:
        self._terminal, self._told = terminal, 0

    def tell(self) -> None:
        for number, alert in sorted(self._terminal.standing().alerts.items()):
            if number > self._told and not alert.seen_by:
                say(f"{_clock(alert.at_ms)}  Look at {alert.machine or 'this'}: {alert.problem}")
            self._told = max(self._told, number)


def _wait(terminal: RunningTerminal, look: Callable[[], None]) -> None:
    while not terminal.problem:
        look()
        time.sleep(LOOK_S)
    raise TerminalError(terminal.problem)


def _given(chosen: TerminalSettings) -> tuple[VesselCall, LoadingPlan, Layout]:
    """The call, its plan, and the ground they are worked on. Raises DataError."""
    from cabria.adapters.files.layout_json import read_layout
    from cabria.adapters.files.plan_json import read_plan
    from cabria.bootstrap import read_call
    from cabria.cli.folders import folder_beside, plan_file
    from cabria.experiments.ground_plan import lay_out
    from cabria.experiments.sound_runs import refuse_nonsense
    from cabria.operations.berthing import standing_ready

    if chosen.call is None:
        raise DataError(
            "No call is named.", file=chosen.file, place="call", remedy='Write call = "FOLDER" of a planned call.'
        )
    call = read_call(chosen.call)
    plan = read_plan(plan_file(chosen.plan or folder_beside(chosen.call, "plan")), call)
    layout = read_layout(chosen.layout) if chosen.layout else lay_out(call.terminal)
    refuse_nonsense(call, plan, layout)
    return call, plan, standing_ready(layout, call, plan)


def _begin(terminal: RunningTerminal, call: VesselCall, plan: LoadingPlan) -> None:
    """A new journal is told what there is; one that has the ship already goes on."""
    from cabria.operations.records import Command
    from cabria.operations.running import Refused

    picture = terminal.standing()
    if call.id in picture.calls or call.id in picture.sailed:
        say(f"Going on after entry {picture.number:,}, {_clock(picture.now_ms)} of the run.")
        return
    commands = [Command("berth", (call, plan))]
    if not picture.boxes:
        commands.insert(0, Command("take_stock", (call.yard,)))
    for command in commands:
        answer = terminal.ask(command, by="cabria run").result(ASKED_S)
        if isinstance(answer, Refused):
            raise DataError(f"Call {call.id} cannot be worked: {answer.reason}")
    say(f"{call.vessel.name} is berthed; the work begins.")


def _follow(terminal: RunningTerminal, call: VesselCall, look: Callable[[], None]) -> None:
    """Tell how far it is until all queues are done and every truck is rid of its box; then the ship leaves."""
    told_s, has_left = 0.0, False
    while call.id not in (picture := terminal.standing()).sailed:
        if terminal.problem:
            raise TerminalError(terminal.problem)
        look()
        if is_done(picture) and not has_left:
            has_left = _let_sail(terminal, call)
        if time.monotonic() - told_s >= TELL_S:
            told_s = time.monotonic()
            say(_progress(picture))
        time.sleep(LOOK_S)
    say(_progress(picture))


def _let_sail(terminal: RunningTerminal, call: VesselCall) -> bool:
    """Whether she may; else she is asked once more with the next look."""
    from cabria.operations.records import Command
    from cabria.operations.running import Accepted

    may_leave = isinstance(terminal.ask(Command("sail", (call.id,)), by="cabria run").result(ASKED_S), Accepted)
    if may_leave:
        say(f"{call.vessel.name} leaves; her berth is free.")
    return may_leave


def is_done(picture: Picture) -> bool:
    """Whether nothing of any call is left to be done."""
    return (
        bool(picture.calls)
        and all(crane.done == crane.steps for crane in picture.quay_cranes.values())
        and not any(move.queue for move in picture.moves.values())
    )


def _progress(picture: Picture) -> str:
    cranes = picture.quay_cranes.values()
    done, steps = sum(crane.done for crane in cranes), sum(crane.steps for crane in cranes)
    linked = sum(link.is_connected for link in picture.links.values())
    alerts = sum(not alert.seen_by for alert in picture.alerts.values())
    return (
        f"{_clock(picture.now_ms)}  {done:,} of {steps:,} steps, {len(picture.moves):,} moves under way, "
        f"{len(picture.orders):,} orders out, {linked} of {len(picture.links)} links, {alerts} alerts, "
        f"entry {picture.number:,}"
    )


def _clock(at_ms: int) -> str:
    seconds = at_ms // 1_000
    return f"{seconds // 3_600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _judge(terminal: RunningTerminal) -> bool:
    """The referee does the log again."""
    from cabria.bootstrap.judging import judged

    picture = terminal.standing()
    found = judged(terminal.entries(0), picture, terminal.layout)
    say(f"{found.moves:,} boxes set down by cranes; {found.boxes:,} boxes in yard and ship.")
    for sentence in (*found.elsewhere[:5], *found.not_as_planned[:5]):
        say(f"  {sentence}")
    for rule, times in found.findings.items():
        say(f"  {times:,} times {found.first[rule]}")
    verdict = "as the referee's replay of the log has them, and the ship is as planned"
    say(f"Yard and ship are {'' if found.is_good else 'NOT '}{verdict}.")
    return found.is_good
