"""Long work on a screen: a bar a phase with the best cost so far, or plain lines where nobody can see a bar."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    import rich.progress

    from cabria.planning.search.result import Progress

T = TypeVar("T")


class Screen(Protocol):
    def listen(self, progress: Progress) -> None:
        """What a search tells while it works."""

    def step(self, name: str, work: Callable[[], T]) -> T:
        """Do a piece of work that cannot say how far it is."""


@contextmanager
def on_screen(unit: str = "min") -> Iterator[Screen]:
    """`unit` is that of the searches' costs."""
    if not sys.stderr.isatty():
        yield _Lines(unit)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    bars = Progress(
        TextColumn("{task.description:<28}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}"),
        console=Console(stderr=True),
    )
    with bars:
        yield _Bars(bars, unit)


class _Bars:
    def __init__(self, bars: rich.progress.Progress, unit: str) -> None:
        self._bars, self._unit = bars, unit
        self._tasks: dict[str, rich.progress.TaskID] = {}

    def listen(self, progress: Progress) -> None:
        if progress.phase not in self._tasks:
            self._end_all()
            self._tasks[progress.phase] = self._bars.add_task(progress.phase, total=1.0, note="")
        note = f"best {progress.best_cost:,.1f} {self._unit}" if progress.best_cost < float("inf") else ""
        self._bars.update(self._tasks[progress.phase], completed=progress.done, note=note)

    def step(self, name: str, work: Callable[[], T]) -> T:
        self._end_all()
        task = self._tasks[name] = self._bars.add_task(name, total=None, note="")
        result = work()
        self._bars.update(task, total=1.0, completed=1.0)
        return result

    def _end_all(self) -> None:
        for task in self._tasks.values():
            self._bars.update(task, total=1.0, completed=1.0)


class _Lines:
    """One line when a phase begins and one at each quarter of it."""

    def __init__(self, unit: str) -> None:
        self._unit = unit
        self._told: tuple[str, int] = ("", -1)

    def listen(self, progress: Progress) -> None:
        now = (progress.phase, int(progress.done * 4))
        if now == self._told:
            return
        self._told = now
        note = f", best {progress.best_cost:,.1f} {self._unit}" if progress.best_cost < float("inf") else ""
        print(f"{progress.phase}: {progress.done:.0%}{note}", file=sys.stderr, flush=True)

    def step(self, name: str, work: Callable[[], T]) -> T:
        print(name, file=sys.stderr, flush=True)
        return work()


def say(text: str) -> None:
    print(printable(text), flush=True)


def printable(text: str) -> str:
    """What strangers wrote into files must not steer the screen on which it is shown."""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)


@contextmanager
def keeping_the_best() -> Iterator[threading.Event]:
    """The first Ctrl-C asks the search to end with its best plan, the second one ends the program."""
    asked = threading.Event()

    def ask(number: int, frame: object) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        print("\nEnding with the best plan so far (Ctrl-C again to leave without).", file=sys.stderr, flush=True)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)
