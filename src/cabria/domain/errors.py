"""What goes wrong, as facts: attributes for whoever catches it, a sentence for whoever reads it."""

from __future__ import annotations


class TerminalError(Exception):
    """Base of every error Cabria raises on purpose; `str()` is one sentence for a person."""


class DataError(TerminalError):
    """Data from outside that cannot be used, and where it stands.

    `problem` is a sentence, `file` a path or name, `place` a line, segment, cell or field, `remedy` what to do.
    """

    def __init__(self, problem: str, *, file: str = "", place: str = "", remedy: str = "") -> None:
        self.problem = problem
        self.file = file
        self.place = place
        self.remedy = remedy
        super().__init__(problem)

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.file, self.place) if part)
        sentence = f"{where}: {self.problem}" if where else self.problem
        return f"{sentence} {self.remedy}".strip()

    def inside(self, file: str) -> DataError:
        """The same error, told from outside the file in which it happened."""
        return DataError(self.problem, file=self.file or file, place=self.place, remedy=self.remedy)
