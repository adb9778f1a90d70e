"""Alarms on a clock that goes by itself, as fast as in reality or faster."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

from cabria.operations.gateways import JournalStoppedError
from cabria.operations.journaling import FAILURES

Handler = Callable[[Any], int | None]


class SiteClock:
    """`run` takes it on and rings what is due; between two times it stands still. One thread uses it.

    What an alarm raises goes to `failed` and stops no other; `between` is called after each.
    """

    def __init__(
        self,
        now_ms: int,
        failed: Callable[[Exception], None],
        between: Callable[[], None] = lambda: None,
    ) -> None:
        self.now_ms = now_ms
        self._failed, self._between = failed, between
        self._set = 0
        self._alarms: list[tuple[int, int, Handler, Any]] = []

    def after(self, delay_ms: int, handler: Handler, argument: Any = None) -> int:
        self._set += 1
        heappush(self._alarms, (self.now_ms + max(0, delay_ms), self._set, handler, argument))
        return self._set

    def run(self, until_ms: int) -> int:
        """Ring what is due up to a time; returns how many rang. It never goes back."""
        rang = 0
        while self._alarms and self._alarms[0][0] <= until_ms:
            at_ms, _, handler, argument = heappop(self._alarms)
            self.now_ms = max(self.now_ms, at_ms)
            self._ring(handler, argument)
            self._between()
            rang += 1
        self.now_ms = max(self.now_ms, until_ms)
        return rang

    def next_ms(self) -> int | None:
        """When the next alarm rings."""
        return self._alarms[0][0] if self._alarms else None

    def _ring(self, handler: Handler, argument: Any) -> None:
        try:
            again_ms = handler(argument)
        except JournalStoppedError:
            raise
        except FAILURES as error:
            self._failed(error)
        else:
            if again_ms is not None:
                self.after(again_ms, handler, argument)
