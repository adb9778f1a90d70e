"""`cabria history`: what a terminal did, kept for years, asked in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cabria.cli.options import EXIT_NOT_LEGAL, SeedOption
from cabria.cli.screen import say
from cabria.domain.errors import DataError

if TYPE_CHECKING:
    from cabria.adapters.history.folder import HistoryFolder
    from cabria.adapters.history.taking_in import TakenIn

app = typer.Typer(
    help="What the terminal did, kept for years and asked in SQL.",
    epilog="Example: cabria history ask my-history --question crane-rate",
    no_args_is_help=True,
)
TRUCKS = 40
"""Where a terminal says of none."""
WIDEST = 40
"""Characters of a cell that are shown."""


class Form(StrEnum):
    TABLE = "table"
    CSV = "csv"
    JSON = "json"


FolderArgument = Annotated[Path, typer.Argument(help="The history's folder.")]
SqlArgument = Annotated[str, typer.Argument(help="One SELECT over the tables; `cabria history tables` lists them.")]
QuestionOption = Annotated[str, typer.Option(help="A question by its name instead of SQL.")]
MemoryOption = Annotated[int, typer.Option(help="MB of memory that may be used.", min=64, max=1_000_000)]


@app.command(epilog="Example: cabria history add my-history my-runs/run.jsonl.gz --start 2026-11-02T06:00")
def add(
    folder: FolderArgument,
    log: Annotated[
        str,
        typer.Argument(help="A run log, port calls (.json), or a journal: a file or postgresql://user@host/database."),
    ],
    start: Annotated[
        datetime | None,
        typer.Option(
            help="When the log began, UTC; a live terminal's journal says it.", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"]
        ),
    ] = None,
    name: Annotated[str, typer.Option(help="What a run log is called in the history; else its file's name.")] = "",
) -> None:
    """Take a run log, journal or port calls into the history.

    A log is taken in once; of a journal and of port calls (DCSA, .json) what has come since the last time. The folder
    is made where it is missing.
    """
    from cabria.adapters.history.folder import HistoryFolder

    if log.endswith(".json"):
        _add_port_calls(HistoryFolder.made(folder), Path(log))
        return

    zero_ms = None if start is None else round(start.replace(tzinfo=UTC).timestamp() * 1_000)
    taken = _taken(HistoryFolder.made(folder), log, zero_ms, name)
    if not taken.events:
        say(f"{taken.source}: nothing new.")
    else:
        say(f"{taken.source}: {taken.events:,} events, {taken.rows:,} rows.")


def _add_port_calls(history: HistoryFolder, file: Path) -> None:
    from cabria.adapters.files.port_calls import read_port_calls
    from cabria.adapters.history.arrivals import add_port_calls

    ships = add_port_calls(history, read_port_calls(file))
    say(f"{file.name}: {ships:,} ships came since the last time." if ships else f"{file.name}: nothing new.")


def _taken(history: Any, log: str, zero_ms: int | None, name: str) -> TakenIn:
    from cabria.adapters.history.taking_in import add_journal, add_run_log
    from cabria.adapters.journal.opening import is_database

    if is_database(log) or not _is_run_log(Path(log)):
        return add_journal(history, log, zero_ms, _tell)
    if zero_ms is None:
        raise DataError(
            "A run log does not say on which day it began.", file=log, remedy="Say it: --start 2026-11-02T06:00"
        )
    return add_run_log(history, Path(log), zero_ms, name, _tell)


def _is_run_log(log: Path) -> bool:
    """By its first bytes, those of gzip."""
    try:
        with log.open("rb") as file:
            return file.read(2) == b"\x1f\x8b"
    except OSError as error:
        raise DataError(f"The log cannot be read: {error.strerror or error}.", file=str(log)) from None


def _tell(events: int) -> None:
    say(f"{events:,} events read")


@app.command(epilog="Example: cabria history ask my-history --question truck-use --form csv")
def ask(
    folder: FolderArgument,
    sql: SqlArgument = "",
    question: QuestionOption = "",
    form: Annotated[Form, typer.Option(help="How rows are printed.")] = Form.TABLE,
    memory_mb: MemoryOption = 1_000,
) -> None:
    """Ask the history a question, by its name or in SQL.

    Parts that are broken and days without rows are named on stderr; the rest answers.
    """
    from cabria.adapters.history.asking import ask as asked
    from cabria.adapters.history.folder import HistoryFolder

    answer = asked(HistoryFolder(folder), _sql(sql, question), memory=f"{memory_mb}MB")
    for note in answer.notes:
        typer.echo(f"Note: {note}", err=True)
    say(_printed(answer.columns, answer.rows, form))


@app.command(epilog="Example: cabria history export my-history lifts.parquet 'SELECT * FROM lifts'")
def export(
    folder: FolderArgument,
    to: Annotated[Path, typer.Argument(help="A file that ends in .csv, .parquet or .json and is not there yet.")],
    sql: SqlArgument = "",
    question: QuestionOption = "",
    memory_mb: MemoryOption = 1_000,
) -> None:
    """Write what a question gives into a file."""
    from cabria.adapters.history.asking import export as exported
    from cabria.adapters.history.folder import HistoryFolder

    for note in exported(HistoryFolder(folder), _sql(sql, question), to, memory=f"{memory_mb}MB"):
        typer.echo(f"Note: {note}", err=True)
    say(f"Written to {to}.")


def _sql(sql: str, question: str) -> str:
    from cabria.adapters.history.questions import QUESTION_BY_NAME

    if bool(sql) == bool(question):
        names = ", ".join(QUESTION_BY_NAME)
        raise DataError("Ask in SQL or by a question's name.", remedy=f"Questions: {names}.")
    if not question:
        return sql
    known = QUESTION_BY_NAME.get(question)
    if known is None:
        raise DataError(
            f"There is no question {question[:40]!r}.", remedy=f"Choose among {', '.join(QUESTION_BY_NAME)}."
        )
    return known.sql


@app.command(epilog="Example: cabria history tables")
def tables() -> None:
    """List tables, columns and questions."""
    from cabria.adapters.history.questions import QUESTIONS
    from cabria.adapters.history.tables import TABLES

    for table in TABLES:
        say(f"{table.name}: {table.meaning}")
        for column in table.columns:
            say(f"  {column.name:<16} {column.kind:<12} {column.meaning}")
    say("\nEvery table also has `day`, the day (UTC) of its at_utc. Questions:")
    for question in QUESTIONS:
        say(f"  {question.name:<18} {question.asks}")


@app.command(epilog="Example: cabria history check my-history")
def check(folder: FolderArgument) -> None:
    """Check every file byte by byte, and name what is missing.

    Exit code 2 when a file is not what was written.
    """
    from cabria.adapters.history.folder import HistoryFolder

    history = HistoryFolder(folder)
    ledger = history.ledger
    broken = [found for part in ledger.parts if (found := history.trouble_with(part, is_thorough=True))]
    rows = sum(part.rows for part in ledger.parts)
    size_mb = sum(part.bytes for part in ledger.parts) / 1e6
    say(f"{folder}: {rows:,} rows in {len(ledger.parts):,} files, {size_mb:,.1f} MB, {len(ledger.days()):,} days.")
    say("\n".join([*(f"Broken: {found}" for found in broken), *(f"Note: {note}" for note in ledger.notes)]))
    missing = history.missing_days()
    if missing:
        say(f"Nothing was recorded on {', '.join(missing)}.")
    if broken:
        raise typer.Exit(EXIT_NOT_LEGAL)


@app.command(epilog="Example: cabria history tidy my-history --keep telemetry=90")
def tidy(
    folder: FolderArgument,
    keep: Annotated[
        list[str] | None,
        typer.Option(help="TABLE=DAYS: how long its rows are kept from now on; TABLE=all for ever. Repeatable."),
    ] = None,
    today: Annotated[
        datetime | None, typer.Option(help="The day from which is counted; else today.", formats=["%Y-%m-%d"])
    ] = None,
) -> None:
    """Join small files, and remove what is older than is kept.

    Nothing is removed of tables for which --keep was never given.
    """
    from cabria.adapters.history.folder import HistoryFolder

    history = HistoryFolder(folder)
    wishes = _kept(keep or [])
    with history.writing():
        for table, days in wishes.items():
            history.ledger.keep_days.pop(table, None)
            if days is not None:
                history.ledger.keep_days[table] = days
        removed = history.keep((today or datetime.now(UTC)).date())
        fewer = history.compact()
    say("\n".join(f"{table}: {rows:,} rows removed." for table, rows in removed.items() if rows))
    say(f"{fewer:,} files fewer.")


@app.command(epilog="Example: cabria history learn my-history --days 150 --judge 30")
def learn(
    folder: FolderArgument,
    days: Annotated[
        int, typer.Option(help="Days to learn from, before those it is judged on.", min=1, max=5_000)
    ] = 150,
    judge: Annotated[int, typer.Option(help="The last days, on which it is judged.", min=1, max=1_000)] = 30,
    today: Annotated[
        datetime | None, typer.Option(help="The day after the last one; else today.", formats=["%Y-%m-%d"])
    ] = None,
    seed: SeedOption = 0,
) -> None:
    """Learn from the history; say what of it may be used.

    When containers leave, how long cranes and trucks take, how late ships come. Each is used only where it saved
    rehandles, or waiting of cranes, on days that it had not seen; its card with the reason is kept beside the history.
    Run it every night: what has drifted is switched off by the next one.
    """
    from cabria.adapters.history.folder import HistoryFolder
    from cabria.experiments.learning.nightly import learn_all

    day = (today or datetime.now(UTC)).date()
    notes: dict[str, None] = {}
    for told in learn_all(HistoryFolder(folder), day, days=days, judged=judge, seed=seed):
        for note in told.notes:
            if note not in notes:
                typer.echo(f"Note: {note}", err=True)
            notes[note] = None
        say("\n".join((told.title, *(f"  {sentence}" for sentence in told.sentences))))


@app.command(epilog="Example: cabria history models my-history")
def models(folder: FolderArgument) -> None:
    """List what was learned, and whether it is used and why."""
    from cabria.adapters.history.folder import HistoryFolder
    from cabria.experiments.learning.nightly import all_cards

    cards = all_cards(HistoryFolder(folder).root)
    if not cards:
        say("Nothing was learned from this history yet: the plain rules are used. See `cabria history learn`.")
    for subject, card in cards:
        used = "used" if card.is_used else "not used"
        say(f"{card.day}  {subject:<12} {card.version}  {used}{', drifted' if card.has_drifted else ''}  {card.reason}")


@app.command(epilog="Example: cabria history cranes my-history my-call")
def cranes(
    folder: FolderArgument,
    call: Annotated[Path, typer.Argument(help="A call folder; its next plan counts with what is written.")],
) -> None:
    """Write cycle times as learned into a call's terminal.

    Only where the last card says that they are used; else the terminal's own times are put back, and why is said.
    """
    from cabria.adapters.history.folder import HistoryFolder
    from cabria.experiments.learning.crane_times import write_crane_times

    say("\n".join(write_crane_times(HistoryFolder(folder).root, call)))


@app.command(epilog="Example: cabria history blocks my-history my-call --runs 8")
def blocks(
    folder: FolderArgument,
    call: Annotated[Path, typer.Argument(help="A call folder; it is worked in the twin.")],
    runs: Annotated[int, typer.Option(help="Runs by each rule, on the same seeds.", min=3, max=100)] = 8,
    trucks: Annotated[
        int | None, typer.Option(help="Driverless trucks; else as many as the terminal has.", min=1, max=300)
    ] = None,
    today: Annotated[
        datetime | None, typer.Option(help="The day of the trial; else today.", formats=["%Y-%m-%d"])
    ] = None,
    seed: SeedOption = 0,
) -> None:
    """Try learned times of yard cranes; use them if worth it.

    A call is worked in the twin, yard cranes as they were lately, with and without what the last card says of them. A
    running terminal chooses blocks by it while quay cranes surely waited less in the last trial, for 14 days at most.
    """
    from cabria.adapters.files.call_folder import read_call
    from cabria.adapters.history.folder import HistoryFolder
    from cabria.experiments.learning.blocks import try_blocks
    from cabria.experiments.learning.crane_days import Worked

    root, worked = HistoryFolder(folder).root, Worked(read_call(call), seed)
    day = (today or datetime.now(UTC)).date()
    fleet = trucks or worked.call.terminal.trucks or TRUCKS

    def tell(over: int) -> None:
        typer.echo(f"{over} of {2 * runs} runs", err=True)

    say(try_blocks(root, worked, day, trucks=fleet, runs=runs, seed=seed, tell=tell).reason)


@app.command(epilog="Example: cabria history berths my-history my-week/case.json")
def berths(
    folder: FolderArgument,
    case: Annotated[Path, typer.Argument(help="A berth case; its services are those of the history.")],
    days: Annotated[int, typer.Option(help="Days to learn from, before those judged.", min=1, max=5_000)] = 150,
    judge: Annotated[int, typer.Option(help="The last days, whose ships are planned.", min=1, max=1_000)] = 60,
    today: Annotated[
        datetime | None, typer.Option(help="The day after the last one; else today.", formats=["%Y-%m-%d"])
    ] = None,
    seed: SeedOption = 0,
) -> None:
    """Try learned delays of ships where berths are planned.

    The last ships are planned day by day at the case's quay, on ETAs as told and on ETAs as late as each service surely
    is. Where ships surely wait less, the case's ETAs become those; else its own are put back, and why is said.
    """
    from cabria.adapters.files.berth_json import read_case
    from cabria.adapters.history.folder import HistoryFolder
    from cabria.experiments.learning.berths import own_case, try_berths, write_etas

    day = (today or datetime.now(UTC)).date()
    tried = try_berths(HistoryFolder(folder), read_case(own_case(case)), day, days=days, judged=judge, seed=seed)
    for note in tried.notes:
        typer.echo(f"Note: {note}", err=True)
    say("\n".join(write_etas(tried, case)))


def _kept(wishes: Sequence[str]) -> dict[str, int | None]:
    from cabria.adapters.history.tables import TABLE_BY_NAME

    kept: dict[str, int | None] = {}
    for wish in wishes:
        table, _, days = wish.partition("=")
        if table not in TABLE_BY_NAME or not (days == "all" or (days.isdecimal() and 0 < int(days) <= 100_000)):
            raise DataError(f"{wish[:60]!r} is not TABLE=DAYS.", remedy="Such as --keep telemetry=90.")
        kept[table] = None if days == "all" else int(days)
    return kept


def _printed(columns: Sequence[str], rows: Iterable[Sequence[Any]], form: Form) -> str:
    if form is Form.JSON:
        import msgspec

        return msgspec.json.encode([dict(zip(columns, row, strict=True)) for row in rows], enc_hook=str).decode()
    if form is Form.CSV:
        import csv
        from io import StringIO

        text = StringIO()
        csv.writer(text, lineterminator="\n").writerows([columns, *rows])
        return text.getvalue().rstrip("\n")
    cells = [list(columns), *([_cell(value) for value in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells
    )


def _cell(value: object) -> str:
    text = "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"
