"""Tables as people send them: CSV with any of the usual separators, perhaps gzipped, and Excel.

A table becomes rows of text by column name. Header cells are compared without case, accents and punctuation, and each
reader says which names it takes for which column.
"""

from __future__ import annotations

import csv
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from cabria.adapters.files.source_file import read_bytes, unzipped
from cabria.domain.errors import DataError
from cabria.domain.told import Told, told

MAX_BYTES = 48 * 1024 * 1024
MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_CELL_CHARS = 4_000
MAX_EXCEL_BYTES = 16 * 1024 * 1024
MAX_UNPACKED_EXCEL_BYTES = 64 * 1024 * 1024
SAVE_AGAIN = "Save it from Excel as .xlsx or CSV again."
_HEADER_SEARCH = 20
"""Titles and blank lines may stand above the header of a list; beyond this nobody looks."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its number in the file, its cells by column, and where each column stands."""

    file: str
    number: int
    cells: Mapping[str, str]
    columns: Mapping[str, str]

    def get(self, column: str) -> str:
        """The cell's text, "" where the table has no such column."""
        return self.cells.get(column, "")

    def place(self, column: str = "") -> str:
        named = f", column {self.columns[column]}" if column in self.columns else ""
        return f"line {self.number}{named}"

    def refusal(self, problem: str | Told, column: str = "", remedy: str = "") -> DataError:
        return DataError(problem, file=self.file, place=self.place(column), remedy=remedy)

    def number_in(self, column: str, *, low: float, high: float, likely: float | None = None) -> Decimal | None:
        """The cell as a number, None when it is empty. Raises DataError.

        Of two readings (12.500) the one counts that lies above `likely`, by default above `low`.
        """
        text = self.get(column)
        if not text:
            return None
        readings = parsed_numbers(text)
        if not readings:
            raise self.refusal(told("{given} is not a number.", "no-number", given=repr(text[:40])), column)
        possible = [reading for reading in readings if low <= reading <= high]
        probable = [reading for reading in possible if likely is None or reading >= likely]
        value = next(iter(probable or possible), None)
        if value is None:
            raise self.refusal(
                told(
                    "{given} is not between {low} and {high}.",
                    "number-out-of-range",
                    given=text[:40],
                    low=f"{low:,.15g}",
                    high=f"{high:,.15g}",
                ),
                column,
            )
        return value

    def whole_in(self, column: str, *, low: int, high: int, likely: int | None = None) -> int | None:
        value = self.number_in(column, low=low, high=high, likely=likely)
        return None if value is None else round(value)


def read_rows(path: Path, columns: Mapping[str, Sequence[str]], *, needed: Sequence[str]) -> Iterator[Row]:
    """The rows of a CSV, gzipped CSV or Excel file under its header. Raises DataError.

    `columns` maps our names to the header names accepted for them, `needed` must all be there. Unknown columns
    are passed over; empty lines too.
    """
    file = str(path)
    lines = _excel_lines(path) if path.suffix.lower() in (".xlsx", ".xlsm", ".xls") else _csv_lines(path)
    aliases = {plain(name): column for column, names in columns.items() for name in (column, *names)}
    header: dict[int, str] = {}
    titles: dict[str, str] = {}
    above: list[str] = []
    found_any = False
    for number, cells in lines:
        if not header:
            header = _header(cells, aliases, needed)
            if header:
                titles = {column: _title(index, cells[index]) for index, column in header.items()}
                _refuse_twice(cells, aliases, file, number)
            else:
                above += [cell for cell in cells if cell.strip()][:MAX_COLUMNS]
                if number > _HEADER_SEARCH:
                    break
            continue
        row = {column: cells[index].strip() for index, column in header.items() if index < len(cells)}
        if any(row.values()):
            found_any = True
            yield Row(file, number, row, titles)
    if not header:
        raise _no_header(file, above, aliases, needed)
    if not found_any:
        raise DataError(told("The table has a header and nothing under it.", "table-empty"), file=file)


def plain(text: str) -> str:
    """A header name for comparison: no case, accents, blanks or punctuation."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return re.sub(r"[^a-z0-9]", "", bare.lower())


def parsed_numbers(text: str) -> tuple[Decimal, ...]:
    """What a number may mean, the likeliest first; nothing when it is none.

    A mark before exactly three digits is read as thousands (24,500 kg) or else as decimals (24,500 t), a point the
    other way round; which of them it was, the range of the column decides.
    """
    bare = re.sub(r"[\s'\u00a0\u202f]", "", text)
    if not re.fullmatch(r"[+-]?\d{1,15}([.,]\d{1,15})*", bare):
        return ()
    marks = re.findall(r"[.,]", bare)
    as_decimal = bare.replace(",", ".")
    as_whole = bare.replace(",", "").replace(".", "")
    if not marks:
        return (Decimal(bare),)
    if len(set(marks)) == 2:
        *whole, fraction = re.split(r"[.,]", bare)
        return (Decimal(f"{''.join(whole)}.{fraction}"),) if marks.count(marks[-1]) == 1 else ()
    if len(marks) > 1:
        return (Decimal(as_whole),) if re.fullmatch(r"[+-]?\d{1,3}([.,]\d{3})+", bare) else ()
    if not re.fullmatch(r"[+-]?\d{1,3}[.,]\d{3}", bare):
        return (Decimal(as_decimal),)
    readings = (Decimal(as_whole), Decimal(as_decimal))
    return readings if marks == [","] else readings[::-1]


def _header(cells: Sequence[str], aliases: Mapping[str, str], needed: Sequence[str]) -> dict[int, str]:
    """Index to column if this line is the header: every needed column is named."""
    found: dict[int, str] = {}
    for index, cell in enumerate(cells):
        column = aliases.get(plain(cell))
        if column and column not in found.values():
            found[index] = column
    return found if all(column in found.values() for column in needed) else {}


def _title(index: int, name: str) -> str:
    return f"{_letters(index)} ({name.strip()})"


def _letters(index: int) -> str:
    """Column names of a spreadsheet: A ... Z, AA ..."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def _refuse_twice(cells: Sequence[str], aliases: Mapping[str, str], file: str, number: int) -> None:
    seen: dict[str, str] = {}
    for cell in cells:
        column = aliases.get(plain(cell))
        if column in seen:
            raise DataError(
                told(
                    "Columns {one} and {other} both mean {column}.",
                    "columns-mean-the-same",
                    one=repr(seen[column]),
                    other=repr(cell.strip()),
                    column=column,
                ),
                file=file,
                place=f"line {number}",
            )
        if column:
            seen[column] = cell.strip()


def _no_header(file: str, above: Sequence[str], aliases: Mapping[str, str], needed: Sequence[str]) -> DataError:
    named = {aliases[plain(cell)] for cell in above if plain(cell) in aliases}
    missing = [column for column in needed if column not in named]
    close = get_close_matches(missing[0], [cell.strip().lower() for cell in above], n=1) if missing else []
    columns = ", ".join(missing)
    return DataError(
        told(
            "The table has no column {columns}. Is it the one called {close}?",
            "no-column-but-near",
            columns=columns,
            close=repr(close[0]),
        )
        if close
        else told("The table has no column {columns}.", "no-column", columns=columns),
        file=file,
        place="header",
        remedy="docs/reference/call-folder.md names the columns.",
    )


def _csv_lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    file = str(path)
    content = read_bytes(path, limit_bytes=MAX_BYTES)
    if path.suffix.lower() == ".gz":
        content = unzipped(content, file=file, limit_bytes=MAX_BYTES)
    text = _decoded(content, file)
    reader = csv.reader(StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    try:
        for cells in reader:
            if len(cells) > MAX_COLUMNS:
                raise DataError(
                    told("There are {count:,} columns.", "too-many-columns", count=len(cells)),
                    file=file,
                    place=f"line {reader.line_num}",
                )
            if reader.line_num > MAX_ROWS:
                raise DataError(
                    told("The table has more than {most:,} lines.", "table-too-long", most=MAX_ROWS), file=file
                )
            yield reader.line_num, cells
    except csv.Error as error:
        raise DataError(
            told("The line cannot be read: {error}.", "line-unreadable", error=error),
            file=file,
            place=f"line {reader.line_num}",
        ) from None


def _decoded(content: bytes, file: str) -> str:
    if content[:4] == b"PK\x03\x04":
        raise DataError(told("This is a zip archive, or an Excel file under another name.", "zip-not-table"), file=file)
    if b"\0" in content[:4096] and content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError:
            raise DataError(told("The file begins as UTF-16 text but is none.", "not-utf-sixteen"), file=file) from None
    if b"\0" in content:
        raise DataError(told("The file is not text; it holds binary data.", "not-text"), file=file)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _separator(text: str) -> str:
    """The separator that stands most often in the first lines."""
    head = text[:4096].splitlines()[:_HEADER_SEARCH]
    return max(",;\t|", key=lambda mark: max((line.count(mark) for line in head), default=0))


def _excel_lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The first sheet that has cells."""
    file = str(path)
    content = read_bytes(path, limit_bytes=MAX_EXCEL_BYTES)
    _refuse_bomb(content, file)
    from openpyxl import load_workbook

    try:
        book: Any = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = next(iter(book.worksheets), None)
        if sheet is None:
            raise DataError(told("The workbook has no sheet.", "workbook-without-sheet"), file=file)
        for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS), 1):
            if number > MAX_ROWS:
                raise DataError(
                    told("The sheet has more than {most:,} rows.", "sheet-too-long", most=MAX_ROWS), file=file
                )
            yield number, [_excel_text(cell) for cell in cells]
    except DataError:
        raise
    except Exception:  # noqa: BLE001 - a damaged workbook makes openpyxl raise almost anything
        raise DataError(
            told("This is no Excel workbook (.xlsx), or it is damaged.", "no-workbook"), file=file, remedy=SAVE_AGAIN
        ) from None


def _refuse_bomb(content: bytes, file: str) -> None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile:
        raise DataError(
            told("This is no Excel workbook (.xlsx), or it is damaged.", "no-workbook"), file=file, remedy=SAVE_AGAIN
        ) from None
    if unpacked > MAX_UNPACKED_EXCEL_BYTES:
        raise DataError(
            told(
                "Unpacked, the workbook has {size_mb} MB, which no load list needs.",
                "workbook-unpacks-large",
                size_mb=f"{unpacked / 1000000.0:,.0f}",
            ),
            file=file,
        )


def _excel_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)[:MAX_CELL_CHARS]
