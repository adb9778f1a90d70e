"""What goes wrong, as facts: attributes for whoever catches it, a sentence for whoever reads it."""

from __future__ import annotations

from cabria.domain.told import Told
from cabria.domain.verdict import Values


class TerminalError(Exception):
    """Base of every error Cabria raises on purpose; `str()` is one sentence for a person."""


class DataError(TerminalError):
    """Data from outside that cannot be used, and where it stands.

    `problem` is a sentence, `file` a path or name, `place` a line, segment, cell or field, `remedy` what to do. `code`
    and `values` say the sentence for other languages; what is `told` brings its own.
    """

    def __init__(
        self,
        problem: str | Told,
        *,
        file: str = "",
        place: str = "",
        remedy: str = "",
        code: str = "",
        values: Values | None = None,
    ) -> None:
        if isinstance(problem, Told):
            problem, code, values = problem
        self.problem = problem
        self.file = file
        self.place = place
        self.remedy = remedy
        self.code = code
        self.values = dict(values or {})
        super().__init__(problem)

    @property
    def told(self) -> Told:
        """The sentence alone, for whoever knows better where it stands and what to do."""
        return Told(self.problem, self.code, self.values)

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.file, self.place) if part)
        sentence = f"{where}: {self.problem}" if where else self.problem
        return f"{sentence} {self.remedy}".strip()

    def inside(self, file: str) -> DataError:
        """The same error, told from outside the file in which it happened."""
        return DataError(self.told, file=self.file or file, place=self.place, remedy=self.remedy)
