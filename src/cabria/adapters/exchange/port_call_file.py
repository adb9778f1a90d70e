"""The port calls a terminal knows of, in one file that messages add to (DCSA Port Call 2.0.0)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec

from cabria.adapters.files.port_calls import read_port_calls, with_news, write_port_calls, written_port_calls
from cabria.domain.port_calls import PortCallBook


class PortCallFile:
    """Several threads may use one; two programs may not write the same file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()

    def read(self) -> PortCallBook:
        """Raises DataError for a file that is none."""
        return read_port_calls(self.path) if self.path.exists() else PortCallBook()

    def lists(self) -> dict[str, list[dict[str, Any]]]:
        """As the standard writes them."""
        found: dict[str, list[dict[str, Any]]] = msgspec.json.decode(written_port_calls(self.read()))
        return found

    def change(self, how: Callable[[PortCallBook], PortCallBook]) -> tuple[PortCallBook, PortCallBook]:
        """The book before and after; nothing is written where `how` raises or changes nothing."""
        with self._lock:
            before = self.read()
            after = how(before)
            if after != before:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                write_port_calls(after, self.path)
        return before, after

    def add(self, content: bytes, *, file: str) -> str:
        """Put what a message tells behind what is known; an object of the same id replaces it. Doing it again changes
        nothing. Returns a sentence; raises DataError, and changes nothing, where it does not fit."""
        before, after = self.change(lambda book: with_news(book, content, file=file))
        if after == before:
            return "Port calls: nothing new."
        new = len(after.timestamps) - len(before.timestamps)
        return f"Port calls: {len(after.port_calls):,} calls, {new:,} new timestamps."
