"""What is still to happen, in simulated time: the kernel of the twin.

Time is an integer number of milliseconds since the run began. Entries of one millisecond happen in the order in which
they were entered, so the same entries give the same run. The agenda knows nothing about terminals.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from heapq import heappop, heappush, heapreplace
from typing import Any, TypeVar

Handler = Callable[[Any], int | None]
"""What an entry calls, with the entry's one argument; the milliseconds it returns enter it again, None does not.
Bound methods let an agenda be forked with what it drives."""
World = TypeVar("World")


class Agenda:
    """Entries by time. `now_ms` is the time of the entry that happens, or that the run was last taken to."""

    __slots__ = ("_cancelled", "_entered", "_entries", "now_ms")

    def __init__(self) -> None:
        self.now_ms = 0
        self._entered = 0
        self._entries: list[tuple[int, int, Handler, Any]] = []
        self._cancelled: set[int] = set()

    def __len__(self) -> int:
        return len(self._entries) - len(self._cancelled)

    def at(self, at_ms: int, handler: Handler, argument: Any = None) -> int:
        """Enter `handler(argument)` for a time not in the past. The number returned is good for `cancel`."""
        if at_ms < self.now_ms:
            raise ValueError(f"It is {self.now_ms} ms; nothing can be entered for {at_ms} ms.")
        self._entered = number = self._entered + 1
        heappush(self._entries, (at_ms, number, handler, argument))
        return number

    def after(self, delay_ms: int, handler: Handler, argument: Any = None) -> int:
        """Enter `handler(argument)` for so many milliseconds from now."""
        if delay_ms < 0:
            raise ValueError(f"Nothing can be entered for {-delay_ms} ms ago.")
        self._entered = number = self._entered + 1
        heappush(self._entries, (self.now_ms + delay_ms, number, handler, argument))
        return number

    def cancel(self, number: int) -> None:
        """Strike out an entry that has not happened. One that has is no longer there to be cancelled: do not."""
        self._cancelled.add(number)

    def run(self, until_ms: int) -> int:
        """Let everything up to and including `until_ms` happen; it is then `until_ms`. Returns how many entries did."""
        entries, cancelled, happened = self._entries, self._cancelled, 0
        while entries:
            # What a handler enters comes after its own entry, which therefore stays first until it is replaced.
            at_ms, number, handler, argument = entries[0]
            if at_ms > until_ms:
                break
            if cancelled and number in cancelled:
                heappop(entries)
                cancelled.remove(number)
                continue
            self.now_ms = at_ms
            again_ms = handler(argument)
            if again_ms is None:
                heappop(entries)
            else:
                self._entered = number = self._entered + 1
                heapreplace(entries, (at_ms + again_ms, number, handler, argument))
            happened += 1
        self.now_ms = max(self.now_ms, until_ms)
        return happened

    def next_ms(self) -> int | None:
        """When the next entry happens; None when there is none left."""
        while self._entries and self._entries[0][1] in self._cancelled:
            self._cancelled.remove(heappop(self._entries)[1])
        return self._entries[0][0] if self._entries else None


def fork(world: World) -> World:
    """A copy of a run, agenda and all, that goes its own way from here. Everything in it must be picklable.

    Between two calls of `Agenda.run`, not inside a handler: the entry that happens would happen again in the copy.
    """
    copy: World = pickle.loads(pickle.dumps(world, pickle.HIGHEST_PROTOCOL))
    return copy
