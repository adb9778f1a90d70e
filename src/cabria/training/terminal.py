"""A session behind the control room: the running terminal that a scenario is. It takes nothing but the session, so that
there is no way from it to a machine, a broker, a database or a partner."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import partial
from typing import TypeVar

from cabria.adapters.running.operations_thread import OperationsThread
from cabria.domain.verdict import Verdict, refuse
from cabria.operations.order_desk import OpenOrder
from cabria.operations.records import Command
from cabria.operations.running import BROKER, Accepted, LinkPicture, Mode, Refused, Whereabouts
from cabria.training.diary import Deed, Diary
from cabria.training.run import DEEDS, TrainingRun
from cabria.twin.pace import Pace

SLICE_MS = 2_000
FASTEST = 100
OVER = "the session is over"
T = TypeVar("T")


class TrainingTerminal(OperationsThread):
    """The `RunningTerminal` over one session. It stands still when the session is over."""

    def __init__(self, run: TrainingRun, speed: float = 0.0, diary: Diary | None = None) -> None:
        """What people do is written in `diary` before it is done."""
        self.training, self._diary = run, diary
        super().__init__(
            Mode.TRAINING,
            run.start.layout,
            run.journal,
            run,
            Pace(time.monotonic, run.now_ms, speed),
            read=run.kept.read,
            zero_utc_ms=time.time_ns() // 1_000_000 - run.now_ms,
            may_change_speed=True,
            slice_ms=SLICE_MS,
        )

    def open(self) -> TrainingTerminal:
        self.start(self.training.control, [_Links(self)])
        return self

    def go_at(self, speed: float) -> Verdict:
        if self.training.is_over:
            return refuse(OVER, "session-over")
        if speed > FASTEST:
            return refuse("a session goes at most {most} times as fast as in reality", "session-too-fast", most=FASTEST)
        return super().go_at(speed)

    def ask(self, command: Command, *, by: str, correlation: str = "") -> Future[Accepted | Refused]:
        if self.training.is_over:
            over: Future[Accepted | Refused] = Future()
            over.set_result(Refused(OVER, 0, "session-over"))
            return over
        asked = super().ask(command, by=by, correlation=correlation)
        asked.add_done_callback(partial(self._was_asked, command, by))
        return asked

    def _was_asked(self, command: Command, by: str, asked: Future[Accepted | Refused]) -> None:
        if not asked.cancelled() and asked.exception() is None:
            self.training.acted(command, by, asked.result())

    def _asked(self, command: Command, correlation: str, future: Future[Accepted | Refused]) -> None:
        self._write("do", command, correlation)
        super()._asked(command, correlation, future)

    def _write(self, what: str, *arguments: object) -> None:
        run = self.training
        run.deeds += 1
        if self._diary is not None:
            self._diary.write(Deed(run.deeds, run.now_ms, what, arguments))

    def deed(self, what: str, *arguments: object) -> Future[object]:
        """What somebody does with the session besides commands: one of `DEEDS`."""

        def do(run: TrainingRun) -> object:
            self._write(what, *arguments)
            return DEEDS[what](run, *arguments)

        return self.between_inputs(do)

    def between_inputs(self, do: Callable[[TrainingRun], T]) -> Future[T]:
        """What the instructor's desk does with the session, in the thread that owns it."""
        done: Future[T] = Future()
        done.set_running_or_notify_cancel()  # as in `ask`

        def work() -> None:
            try:
                done.set_result(do(self.training))
            except Exception as error:  # noqa: BLE001 - it is told to who asked
                done.set_exception(error)

        self.post(work)
        return done

    def stand_still(self) -> None:
        """In its own thread: time that would have gone by is not made up for."""
        self._pace = Pace(time.monotonic, self.training.now_ms, 0.0)


class _Links:
    """What a terminal has on the wire, as far as a session pretends: a broker, which may be lost, and its machines."""

    def __init__(self, terminal: TrainingTerminal) -> None:
        self._terminal = terminal

    def tick(self) -> None:
        if self._terminal.training.is_over and self._terminal.speed:
            self._terminal.stand_still()

    def flushed(self, durable: int) -> None: ...

    def ended(self) -> None: ...

    @property
    def orders(self) -> Mapping[int, OpenOrder]:
        """Of a lost broker's time; with a broker each is acknowledged as it is given."""
        return self._terminal.training.script.open_orders()

    @property
    def links(self) -> Mapping[str, LinkPicture]:
        run = self._terminal.training
        lost, board = run.script.lost, run.control.desk.board
        seen_ms = run.now_ms if lost is None else lost.from_ms
        trucks = (name for name, truck in board.trucks.items() if not truck.is_visitor)
        names = (BROKER, *trucks, *board.quay_cranes, *board.yard_cranes)
        return {name: LinkPicture(name, lost is None, seen_ms) for name in names}

    def whereabouts(self) -> Mapping[str, Whereabouts]:
        return {}
