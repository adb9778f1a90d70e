"""What goes wrong, as facts: attributes for whoever catches it, a sentence for whoever reads it."""

from __future__ import annotations

from collections.abc import Mapping


class TerminalError(Exception):
    """Base of every error Cabria raises on purpose; `str()` is one sentence for a person."""


class DataError(TerminalError):
    """Data from outside that cannot be used, and where it stands.

    `problem` is a sentence, `file` a path or name, `place` a line, segment, cell or field, `remedy` what to do. `code`
    and `values` say the sentence for other languages, as those of a `domain.verdict.Verdict`.
    """

    def __init__(
        self,
        problem: str,
        *,
        file: str = "",
        place: str = "",
        remedy: str = "",
        code: str = "",
        values: Mapping[str, str | int] | None = None,
    ) -> None:
        self.problem = problem
        self.file = file
        self.place = place
        self.remedy = remedy
        self.code = code
        self.values = dict(values or {})
        super().__init__(problem)

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.file, self.place) if part)
        sentence = f"{where}: {self.problem}" if where else self.problem
        return f"{sentence} {self.remedy}".strip()

    def inside(self, file: str) -> DataError:
        """The same error, told from outside the file in which it happened."""
        return DataError(
            self.problem,
            file=self.file or file,
            place=self.place,
            remedy=self.remedy,
            code=self.code,
            values=self.values,
        )
