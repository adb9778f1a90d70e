"""Where machines are, once a second of the terminal's own time, into a history."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import numpy as np

from cabria.adapters.history.folder import HistoryFolder
from cabria.adapters.history.ledger import Source
from cabria.adapters.history.tables import Columns
from cabria.operations.running import Whereabouts

ROWS_AT_ONCE = 200_000
MOST_TIMES = 10
"""As many times the rows of a write are kept in memory while nothing can be written."""
BACK_MS = 1_000


class Positions:
    """Looks at the terminal's whereabouts, written when there are many or when asked for; what could not be written is
    kept for the next time, as long as it is not many times as much.

    `source` names who recorded. A clock that jumped back is noted with the time at which it was seen.
    """

    def __init__(
        self, folder: HistoryFolder, source: str, zero_utc_ms: int, *, rows_at_once: int = ROWS_AT_ONCE
    ) -> None:
        self._folder = folder
        self._source = source
        self._zero_ms = zero_utc_ms
        self._rows_at_once = rows_at_once
        self._names: list[str] = []
        self._numbers: list[tuple[int, int, int, int]] = []
        self._latest_ms = -1_000
        self._notes: list[tuple[str, str]] = []
        self._lock = threading.Lock()

    def look(self, now_ms: int, machines: Mapping[str, Whereabouts]) -> None:
        """One look; less than a second after the last it is passed over. Raises DataError when it cannot write."""
        with self._lock:
            if 0 <= now_ms - self._latest_ms < 1_000:
                return
            if now_ms < self._latest_ms - BACK_MS:
                seconds = (self._latest_ms - now_ms) / 1_000
                self._notes.append((f"at {now_ms} ms", f"The clock jumped back by {seconds:,.0f} s."))
            self._latest_ms = now_ms
            at_ms = self._zero_ms + now_ms
            if len(self._names) >= MOST_TIMES * self._rows_at_once:
                self._notes.append((f"at {now_ms} ms", f"{len(self._names):,} positions could not be written."))
                self._names, self._numbers = [], []
            for name, at in machines.items():
                self._names.append(name)
                self._numbers.append((at_ms, at.x_mm, at.y_mm, at.speed_mm_per_s))
            if len(self._names) >= self._rows_at_once:
                self._write()

    def write(self) -> None:
        """What was seen since the last time. Raises DataError."""
        with self._lock:
            self._write()

    def _write(self) -> None:
        if not self._names:
            return
        numbers = np.array(self._numbers, np.int64)
        columns: Columns = {
            "at_utc": numbers[:, 0].copy().view("datetime64[ms]"),
            "machine": np.array(self._names, object),
            "x_mm": numbers[:, 1],
            "y_mm": numbers[:, 2],
            "speed_mm_per_s": np.abs(numbers[:, 3]),
        }
        with self._folder.writing():
            known = self._folder.ledger.sources.get(self._source)
            state = Source((known.number if known else 0) + len(self._names), self._zero_ms)
            self._folder.append({"telemetry": columns}, self._source, state, None, self._notes)
        self._names, self._numbers, self._notes = [], [], []
