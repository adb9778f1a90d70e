"""Ask a history in SQL: every table a view with its `day`; what is broken is said, the rest answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cabria.adapters.history.folder import HistoryFolder, columns_in, connected, parquet_source
from cabria.adapters.history.ledger import Part
from cabria.adapters.history.tables import TABLES, HistoryTable
from cabria.domain.errors import DataError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FORMS = {".csv": "FORMAT csv, HEADER true", ".parquet": "FORMAT parquet, COMPRESSION zstd", ".json": "FORMAT json"}


class Answer(NamedTuple):
    """Rows under their columns; `notes` say what is missing from them and why."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    notes: tuple[str, ...]


def ask(folder: HistoryFolder, sql: str, *, memory: str = "1GB") -> Answer:
    """One SELECT over the tables. Nothing can be written or read elsewhere by it.

    Raises DataError for SQL that DuckDB refuses, with its words.
    """

    one_select(sql)

    def fetch(connection: DuckDBPyConnection) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        found = connection.execute(sql)
        return tuple(column[0] for column in found.description or ()), found.fetchall()

    (columns, rows), notes = _asked(folder, fetch, memory, None)
    return Answer(columns, rows, notes)


def export(folder: HistoryFolder, sql: str, to: Path, *, memory: str = "1GB") -> tuple[str, ...]:
    """Write what a SELECT gives into a CSV, Parquet or JSON file, by the file's ending. Returns notes.

    Raises DataError, also for a file that is there.
    """
    one_select(sql)
    form = FORMS.get(to.suffix)
    if form is None:
        raise DataError("The file's ending tells its form.", file=str(to), remedy=f"One of {', '.join(FORMS)}.")
    if to.exists():
        raise DataError("This file is there already.", file=str(to), remedy="Name another.")
    if not to.parent.is_dir():
        raise DataError("There is no such folder.", file=str(to.parent), remedy="Make it, or name another.")
    target = to.resolve()
    draft = target.with_name(f".{target.name}.part")
    words = str(draft).replace("'", "''")

    def write(connection: DuckDBPyConnection) -> None:
        connection.execute(f"COPY ({sql.strip().rstrip(';')}) TO '{words}' ({form})")

    try:
        _, notes = _asked(folder, write, memory, draft)
        draft.replace(target)
    except OSError as error:
        raise DataError(f"The file cannot be written: {error.strerror or error}.", file=str(to)) from None
    finally:
        draft.unlink(missing_ok=True)
    return notes


def one_select(sql: str) -> None:
    """Raises DataError for anything else than one SELECT, which could write into the history."""
    import duckdb

    with connected() as connection:
        try:
            statements = connection.extract_statements(sql)
        except duckdb.Error as error:
            raise DataError(_words(error)) from None
    if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
        raise DataError("This is not one SELECT.", remedy="Ask one question at a time; nothing can be changed by SQL.")


def _asked(folder: HistoryFolder, work: Any, memory: str, draft: Path | None) -> tuple[Any, tuple[str, ...]]:
    """Do it over the parts that look whole; when it fails, over those that are, byte by byte."""
    import duckdb

    for is_thorough in (False, True):
        parts, notes = _whole_parts(folder, is_thorough=is_thorough)
        with connected() as connection:
            try:
                _open_views(connection, folder.root, parts)
                _shut_in(connection, folder.root, memory, draft)
                return work(connection), notes
            except duckdb.OutOfMemoryException:
                raise DataError(
                    f"The answer needs more memory than the {memory} that it may use.",
                    remedy="Ask for fewer rows or columns, or let it use more: `--memory-mb`.",
                ) from None
            except duckdb.PermissionException:
                raise DataError(
                    "This reads something else than the history.", remedy="`cabria history tables` lists its tables."
                ) from None
            except duckdb.Error as error:
                if is_thorough or not _is_of_a_file(error):
                    raise DataError(_words(error), remedy="`cabria history tables` lists the columns.") from None
    raise AssertionError("the second round either answers or says why not")


def _is_of_a_file(error: Exception) -> bool:
    """Whether a file may be at fault: every other mistake is in the question."""
    import duckdb

    return isinstance(error, (duckdb.IOException, duckdb.InvalidInputException, duckdb.SerializationException)) or (
        type(error) is duckdb.Error
    )


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:500]


def _whole_parts(folder: HistoryFolder, *, is_thorough: bool) -> tuple[list[Part], tuple[str, ...]]:
    whole, notes = [], []
    for part in folder.ledger.parts:
        trouble = folder.trouble_with(part, is_thorough=is_thorough)
        if trouble is None:
            whole.append(part)
        else:
            notes.append(f"Left out {trouble} {part.rows:,} rows of {part.table} of {part.day}.")
    missing = folder.missing_days()
    if missing:
        shown = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        notes.append(f"Nothing was recorded on {shown}.")
    notes += [str(note) for note in folder.ledger.notes]
    return whole, tuple(notes)


def _open_views(connection: DuckDBPyConnection, root: Path, parts: Sequence[Part]) -> None:
    for table in TABLES:
        files = [part.path for part in parts if part.table == table.name]
        connection.execute(f"CREATE VIEW {table.name} AS {_view(connection, table, root, files)}")


def _view(connection: DuckDBPyConnection, table: HistoryTable, root: Path, files: Sequence[str]) -> str:
    if not files:
        return f"SELECT {table.select(())}, NULL::DATE AS day WHERE false"
    source = parquet_source(root, files)
    return f"SELECT {table.select(columns_in(connection, source))}, day FROM {source}"


def _shut_in(connection: DuckDBPyConnection, root: Path, memory: str, draft: Path | None) -> None:
    """From here on nothing but the history can be read, and nothing but the draft written."""
    folder = str(root.resolve()).replace("'", "''") + "/"
    connection.execute(f"SET memory_limit = '{memory}'")
    connection.execute(f"SET allowed_directories = ['{folder}']")
    if draft is not None:
        connection.execute("SET allowed_paths = ['" + str(draft).replace("'", "''") + "']")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
