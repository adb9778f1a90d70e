"""`cabria exchange`: carriers' message files in and out, without a running terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cabria.cli.screen import say
from cabria.domain.errors import DataError

if TYPE_CHECKING:
    from cabria.adapters.exchange.exchange import Look
    from cabria.adapters.exchange.settings import ExchangeSettings

app = typer.Typer()


@app.command(epilog="Example: cabria exchange terminal.toml --once")
def exchange(
    settings: Annotated[Path, typer.Argument(help="A terminal.toml with a table [exchange].")],
    once: Annotated[bool, typer.Option("--once", help="Work on what is there, and end.")] = False,
) -> None:
    """Take in carriers' files and answer them.

    Call folders are kept up to date. Partners put files into `in` and find letters and reports in `out`; what is no
    message lies in `aside` with the reason. Beside a running terminal `cabria run` does the same.
    """
    import threading

    from cabria.adapters.exchange.exchange import keep_looking
    from cabria.bootstrap.exchange import CALLS, made_exchange, port_call_file

    chosen = read_exchange(settings)
    running = made_exchange(chosen, port_call_file(chosen))
    say(f"{len(chosen.partners)} partners; calls in {chosen.folder / CALLS}")
    ended = threading.Event()
    looks = 0

    def hear(look: Look) -> None:
        nonlocal looks
        _tell(look)
        looks += 1
        # The second look after a file has settled finds it unchanged, and takes it.
        if once and looks >= 2 and not (look.taken or look.finished or look.sent):
            ended.set()

    every_s = chosen.rules.settle_s + 0.1 if once else chosen.every_s
    try:
        keep_looking(running, every_s, ended, hear=hear)
    finally:
        say(_counted(running.ledger.counts()))
        running.close()


def read_exchange(path: Path) -> ExchangeSettings:
    """Raises DataError, also for a file without the table."""
    from cabria.adapters.exchange.settings import exchange_settings
    from cabria.adapters.files.documents import read_toml

    table = read_toml(path, limit_bytes=1024 * 1024).get("exchange")
    if table is None:
        remedy = "docs/how-to/exchange-messages.md has one."
        raise DataError("There is no table [exchange].", file=str(path), remedy=remedy)
    chosen = exchange_settings(table, path.resolve().parent, file=str(path))
    if not chosen.partners:
        raise DataError("No partner is named.", file=str(path), place="exchange", remedy="Write [[exchange.partners]].")
    return chosen


def _tell(look: Look) -> None:
    if look.taken or look.finished or look.sent:
        say(f"{look.taken:,} files taken, {look.finished:,} worked on, {look.sent:,} written")
    for reason in look.lost:
        say(f"out of reach: {reason}")


def _counted(counts: dict[str, int]) -> str:
    return "In all: " + ", ".join(f"{count:,} {state}" for state, count in counts.items() if count) + "."
