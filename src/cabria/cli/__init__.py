"""The command line: a module for each group of commands, and here what is the same for all of them.

Only the standard library, typer and the domain's errors are imported at start; each command imports its own room.
"""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from io import TextIOWrapper
from typing import Annotated, NoReturn

import typer
import typer.main

from cabria import __version__
from cabria.cli import (
    berth,
    call,
    conformance,
    console,
    cranes,
    edi,
    edit,
    emulate,
    exchange,
    history,
    journal,
    layout,
    morning,
    paper_mode,
    papers,
    profile,
    replan,
    run,
    run_log,
    scenario,
    schema,
    shadow,
    simulate,
    training,
    yard,
)
from cabria.cli.options import EXIT_FAULT, EXIT_STOPPED
from cabria.cli.screen import printable
from cabria.domain.errors import TerminalError

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
app.add_typer(run.app)
app.add_typer(call.app)
app.add_typer(papers.app)
app.add_typer(replan.app)
app.add_typer(paper_mode.app)
app.add_typer(morning.app)
app.add_typer(cranes.app)
app.add_typer(simulate.app)
app.add_typer(shadow.app)
app.add_typer(run_log.replay_app)
app.add_typer(emulate.app)
app.add_typer(exchange.app)
app.add_typer(schema.app)
app.add_typer(console.app)
for name, group in (
    ("users", console.users_app),
    ("edit", edit.app),
    ("berth", berth.app),
    ("yard", yard.app),
    ("layout", layout.app),
    ("edi", edi.app),
    ("journal", journal.app),
    ("history", history.app),
    ("profile", profile.app),
    ("scenario", scenario.app),
    ("conformance", conformance.app),
    ("run-log", run_log.app),
    ("train", training.app),
):
    app.add_typer(group, name=name)

STOPPED = "stopped; nothing was left half written."


NEW_OBJECTS_A_COLLECTION = 50_000
"""Calls and plans are hundreds of thousands of objects that stay; looking through them often finds nothing."""


def main() -> None:
    """Entry point of the program: every error on purpose becomes one sentence and an exit code."""
    gc.set_threshold(NEW_OBJECTS_A_COLLECTION)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a screen without the sign for degrees shows the rest
    try:
        with _ending_as_by_ctrl_c():
            try:
                _command()(prog_name=app.info.name)
            finally:
                sys.stdout.flush()
                if "duckdb" not in sys.modules:  # it complains of whatever was not looked through
                    gc.freeze()  # the end of a program looks through all that is left, three times and for nothing
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


@cache
def _command() -> Callable[..., object]:
    """All commands as typer makes them of their functions: a fifteenth of a second, which who calls again saves."""
    return typer.main.get_command(app)


def _complain(sentence: str, code: int = EXIT_FAULT) -> NoReturn:
    print("cabria:", " ".join(printable(sentence).split("\n")), file=sys.stderr)
    sys.exit(code)


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
