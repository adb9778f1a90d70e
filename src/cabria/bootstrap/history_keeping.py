"""A running terminal into its history: what its journal says every few minutes, where its machines are every second."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from cabria.adapters.history.folder import HistoryFolder
from cabria.adapters.history.taking_in import add_told
from cabria.adapters.history.telemetry import Positions
from cabria.domain.errors import TerminalError
from cabria.operations.running import RunningTerminal

log = logging.getLogger(__name__)
LOOK_S = 1.0


class HistoryTable(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`[history]` of a terminal's settings."""

    folder: Annotated[str, Meta(max_length=500)] = "history"
    every_min: Annotated[float, Meta(gt=0, le=1_440)] = 10.0
    positions: bool = True


@dataclass(frozen=True, slots=True)
class HistorySettings:
    folder: Path
    every_min: float = 10.0
    has_positions: bool = True


def history_settings(table: object, base: Path, *, file: str) -> HistorySettings:
    """Raises DataError with the place in the file."""
    from cabria.adapters.files.documents import converted

    said = converted(table, HistoryTable, file, table="history")
    return HistorySettings(base / said.folder, said.every_min, said.positions)


class HistoryKeeper:
    """In a thread of its own. What cannot be written is logged and tried again the next time: events wait in the
    journal, positions in memory until they are many. Raises DataError for a folder that is no history.
    """

    def __init__(self, settings: HistorySettings, terminal: RunningTerminal) -> None:
        self._settings, self._terminal = settings, terminal
        self._folder = HistoryFolder.made(settings.folder)
        since = datetime.fromtimestamp(terminal.zero_utc_ms / 1_000, UTC)
        self._source = f"terminal since {since:%Y-%m-%d %H:%M:%S}"
        self._positions = Positions(self._folder, f"positions, {self._source}", terminal.zero_utc_ms)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="history", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def _run(self) -> None:
        looks = max(1, round(60 * self._settings.every_min / LOOK_S))
        number = 0
        while not self._ended.wait(LOOK_S):
            number += 1
            self._keep(is_due=number % looks == 0)

    def _keep(self, *, is_due: bool) -> None:
        try:
            if self._settings.has_positions:
                self._positions.look(self._terminal.now_ms, self._terminal.whereabouts())
            if is_due:
                add_told(self._folder, self._source, self._terminal.zero_utc_ms, self._terminal.entries)
                self._positions.write()
        except (TerminalError, OSError, ValueError, LookupError):
            log.exception("The history could not be written; it is tried again.")

    def end(self) -> None:
        """With what is left."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(60)
        self._keep(is_due=True)
