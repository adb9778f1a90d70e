"""The program of a worker process over plans: orders come in on stdin, news and outcomes go out on stdout.

It ends when the server does, in whatever it is. What the planner prints goes to stderr.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, Protocol

import msgspec

from cabria.console.desks.made import Hear, Made
from cabria.console.desks.wire import STOP, News, Order, Outcome, Reply, frame, read_order
from cabria.console.http.problems import problem_of
from cabria.domain.told import Told

NICER_BY = 5
"""Operations come first when there is more to do than there are cores."""


class Doing(Protocol):
    """What a worker process is there for."""

    @property
    def is_stopped(self) -> threading.Event:
        """Set when what it does shall end with what it has."""

    def do(self, verb: str, arguments: Mapping[str, Any], hear: Hear) -> Made: ...

    def look_up(self) -> None:
        """While nobody asks."""


class Answers:
    """Where replies go, one at a time."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def say(self, reply: Reply) -> None:
        self._stream.write(frame(reply))
        self._stream.flush()


def work(make: Callable[[], Doing]) -> None:
    """Until stdin ends."""
    os.nice(NICER_BY)
    orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
    answers = Answers(os.fdopen(os.dup(1), "wb"))
    os.dup2(2, 1)
    desks = make()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, orders, desks), daemon=True).start()
    while True:
        order = orders.get()
        answers.say(Reply(outcome=_done(desks, order, answers)))
        if orders.empty():
            desks.look_up()


def _listen(stream: BinaryIO, orders: queue.SimpleQueue[Order], desks: Doing) -> None:
    while (order := read_order(stream)) is not None:
        if order.verb == STOP:
            desks.is_stopped.set()
        else:
            orders.put(order)
    os._exit(0)  # nobody is left to answer, and the planner may be far from its next look around


def _done(desks: Doing, order: Order, answers: Answers) -> Outcome:
    def hear(phase: str, share: float | None, said: Told) -> None:
        answers.say(Reply(news=News(order.id, phase, share, said.text, said.code, dict(said.values))))

    try:
        made = desks.do(order.verb, order.arguments, hear)
    except Exception as error:  # noqa: BLE001
        problem, _ = problem_of(error)
        if problem.status >= 500:
            import traceback

            traceback.print_exc()
        return Outcome(order.id, False, problem.detail, msgspec.msgpack.encode(problem))
    answer = made.answer
    return Outcome(
        order.id,
        True,
        made.note,
        answer.content,
        answer.is_packed,
        answer.is_msgpack,
        answer.mark,
        made.code,
        made.values,
    )


if __name__ == "__main__":
    from cabria.console.desks.orders import Desks

    work(Desks)
