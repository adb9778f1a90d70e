"""What runs beside a terminal by its settings: the message exchange, paper mode and the history."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from cabria.operations.running import RunningTerminal

if TYPE_CHECKING:
    from cabria.adapters.exchange.port_call_file import PortCallFile
    from cabria.bootstrap.exchange import RunningExchange
    from cabria.bootstrap.history_keeping import HistoryKeeper
    from cabria.bootstrap.paper_mode import PaperMode


class Beside:
    """A context manager; leaving it ends the exchange, writes a last set of papers and what the history lacks, so leave
    it before the terminal ends. `port_calls` is the exchange's, for whoever serves them, `history` the folder of the
    terminal's; None without one."""

    def __init__(self, tables: Mapping[str, Any], base: Path, terminal: RunningTerminal, *, file: str = "") -> None:
        """`tables` are those of a terminal.toml, `base` where it lies. Raises DataError for what cannot be used."""
        from cabria.adapters.exchange.settings import exchange_settings
        from cabria.bootstrap.exchange import RunningExchange
        from cabria.bootstrap.history_keeping import HistoryKeeper, history_settings
        from cabria.bootstrap.paper_mode import PaperMode, paper_settings

        self._exchange: RunningExchange | None = None
        self._papers: PaperMode | None = None
        self._history: HistoryKeeper | None = None
        self.port_calls: PortCallFile | None = None
        self.history: Path | None = None
        if (table := tables.get("paper_mode")) is not None:
            self._papers = PaperMode(paper_settings(table, base, file=file), terminal)
        if (table := tables.get("history")) is not None:
            kept = history_settings(table, base, file=file)
            self._history, self.history = HistoryKeeper(kept, terminal), kept.folder
        if (table := tables.get("exchange")) is not None:
            self._exchange = RunningExchange(exchange_settings(table, base, file=file), terminal)
            self.port_calls = self._exchange.port_calls

    def __enter__(self) -> Self:
        for part in (self._exchange, self._papers, self._history):
            if part is not None:
                part.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for part in (self._exchange, self._papers, self._history):
            if part is not None:
                part.end()
