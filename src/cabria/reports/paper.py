"""A4 sheets: pages with a heading and a foot, tables that flow over them. Same content, same bytes.

Built on reportlab's canvas, with one text object per page: its table classes need minutes for ten thousand rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

A4 = (595.28, 841.89)
MARGIN = 36
LINE = 11
FONT, BOLD = "Helvetica", "Helvetica-Bold"
CHINESE = "STSong-Light"
"""One of the fonts that every reader of PDF brings along or finds on its machine, so that none lies in the file."""


def printable(words: str) -> str:
    """Text that the PDF's own Latin fonts can show; anything else becomes a question mark."""
    words = words.replace("→", ">").replace("\u21bb", "restow")
    return "".join(char if char.isprintable() else "?" for char in words.encode("cp1252", "replace").decode("cp1252"))


@dataclass(frozen=True, slots=True)
class Column:
    """Title, width in points, and whether it is flush right (numbers)."""

    title: str
    width: float
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    cells: tuple[str, ...]
    is_strong: bool = False


class Paper:
    """One PDF document. `subject` stands at the foot of every page beside the page number, which `foot` words. A
    Chinese one is set in the reader's own Chinese font."""

    def __init__(
        self, path: Path, title: str, subject: str, *, is_chinese: bool = False, foot: str = "page {number}"
    ) -> None:
        from reportlab.pdfgen.canvas import Canvas

        self._font, self._bold = (_chinese(),) * 2 if is_chinese else (FONT, BOLD)
        self._printable = str if is_chinese else printable
        self.canvas: Any = Canvas(str(path), pagesize=A4, invariant=1, pageCompression=1)
        self.canvas.setTitle(self._printable(title))
        self.canvas.setAuthor("Cabria")
        self.title = self._printable(title)
        self._subject, self._foot = self._printable(subject), foot
        self._number = 0

    def page(self, heading: str, note: str = "") -> None:
        """Begin a page; the one before is finished."""
        if self._number:
            self.canvas.showPage()
        self._number += 1
        width, height = A4
        self.canvas.setFont(self._bold, 13)
        self.canvas.drawString(MARGIN, height - MARGIN - 4, self._printable(heading))
        self.canvas.setFont(self._font, 8.5)
        self.canvas.drawRightString(width - MARGIN, height - MARGIN - 4, self._printable(note))
        self.canvas.drawString(MARGIN, MARGIN - 16, f"{self.title} - {self._subject}")
        self.canvas.drawRightString(
            width - MARGIN, MARGIN - 16, self._printable(self._foot.format(number=self._number))
        )
        self.canvas.setLineWidth(0.5)
        self.canvas.setStrokeGray(0)
        self.canvas.setFillGray(0)
        self.canvas.line(MARGIN, height - MARGIN - 10, width - MARGIN, height - MARGIN - 10)

    def table(
        self, heading: str, note: str, columns: Sequence[Column], rows: Iterable[Row], *, has_rules: bool = True
    ) -> None:
        """A table from the top of a new page over as many pages as it takes, its column titles on each. Rules lead the
        eye through rows of one line each."""
        rows = list(rows)
        per_page = int((A4[1] - 2 * MARGIN - 34) // LINE)
        pages = [rows[start : start + per_page] for start in range(0, len(rows), per_page)] or [[]]
        for number, part in enumerate(pages, 1):
            self.page(heading if len(pages) == 1 else f"{heading} ({number} of {len(pages)})", note)
            self._rows(columns, part, has_rules)

    def _rows(self, columns: Sequence[Column], rows: Sequence[Row], has_rules: bool) -> None:
        top = A4[1] - MARGIN - 24
        lefts = [MARGIN + sum(column.width for column in columns[:index]) for index in range(len(columns))]
        titles = Row(tuple(column.title for column in columns), is_strong=True)
        words = self.canvas.beginText()
        for index, row in enumerate((titles, *rows)):
            y = top - index * LINE
            font = self._bold if row.is_strong else self._font
            words.setFont(font, 8)
            for column, left, cell in zip(columns, lefts, row.cells, strict=True):
                if cell:
                    cell = self._printable(cell)
                    shift = column.width - 6 - self._width(cell, font) if column.is_number else 0.0
                    words.setTextOrigin(left + shift, y)
                    words.textOut(cell)
        self.canvas.drawText(words)
        self.canvas.setLineWidth(0.25)
        self.canvas.setStrokeGray(0.6)
        bottom = top - (len(rows) * LINE if has_rules else 0) - 3
        self.canvas.lines([(MARGIN, y, A4[0] - MARGIN, y) for y in _rules(top - 3, bottom)])

    def _width(self, words: str, font: str) -> float:
        return float(self.canvas.stringWidth(words, font, 8))

    def save(self) -> None:
        if not self._number:
            self.page(self.title)
        self.canvas.save()


def _chinese() -> str:
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.pdfmetrics import registerFont

    registerFont(UnicodeCIDFont(CHINESE))
    return CHINESE


def _rules(top: float, bottom: float) -> Iterable[float]:
    """A thin line under the titles and under every fifth row, to lead the eye."""
    step = 5 * LINE
    return [top - index * step for index in range(int((top - bottom + 0.01) // step) + 1)]
