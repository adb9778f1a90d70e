"""The thread of operations: who asked and went away, and who asked as it ended."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from threading import Event

import pytest

from cabria.adapters.running.operations_thread import OperationsThread
from cabria.bootstrap.twin import twin_running
from cabria.experiments.layouts import small_layout
from cabria.operations.gateways import JournalStoppedError
from cabria.operations.order_desk import OpenOrder
from cabria.operations.records import Command
from cabria.operations.running import Accepted, LinkPicture, Whereabouts
from cabria.twin.twin import Fleet

PATIENCE_S = 60.0
POLICY = Command("run_by", ("ours",))


@pytest.fixture
def operations() -> Iterator[OperationsThread]:
    running = twin_running(small_layout(), fleet=Fleet(trucks=2), speed=0.0)
    assert isinstance(running, OperationsThread)
    yield running
    running.end()


def test_whoever_asked_and_did_not_wait_for_the_answer_stops_nothing(operations: OperationsThread) -> None:
    may_go_on = Event()
    operations.post(lambda: assert_was_set(may_go_on))
    left = operations.ask(POLICY, by="somebody")

    async def give_up() -> None:
        await asyncio.wait_for(asyncio.wrap_future(left), 0)

    with pytest.raises(TimeoutError):
        asyncio.run(give_up())
    may_go_on.set()
    assert isinstance(operations.ask(POLICY, by="another").result(PATIENCE_S), Accepted)
    assert isinstance(left.result(PATIENCE_S), Accepted)
    assert operations.problem == ""


def test_who_asked_when_the_journal_stopped_is_told_so(operations: OperationsThread) -> None:
    may_stop = Event()

    def stop() -> None:
        assert_was_set(may_stop)
        raise JournalStoppedError("the disk is full")

    operations.post(stop)
    asked = operations.ask(POLICY, by="somebody")
    may_stop.set()
    with pytest.raises(JournalStoppedError, match="the disk is full"):
        asked.result(PATIENCE_S)
    with pytest.raises(JournalStoppedError, match="the disk is full"):
        operations.ask(POLICY, by="somebody").result(PATIENCE_S)


class _Broken:
    """A part on which nothing works."""

    orders: Mapping[int, OpenOrder] = {}
    links: Mapping[str, LinkPicture] = {}

    def __init__(self) -> None:
        self.asked = Event()

    def tick(self) -> None:
        self.asked.set()
        raise ValueError("a machine says what cannot be")

    def flushed(self, durable: int) -> None:
        raise LookupError("nobody knows that machine")

    def ended(self) -> None: ...

    def whereabouts(self) -> Mapping[str, Whereabouts]:
        return {}


def test_a_part_that_fails_is_in_the_log_and_operations_go_on(
    operations: OperationsThread, caplog: pytest.LogCaptureFixture
) -> None:
    part = _Broken()
    operations.post(lambda: setattr(operations, "_parts", [part]))
    assert_was_set(part.asked)
    assert isinstance(operations.ask(POLICY, by="somebody").result(PATIENCE_S), Accepted)
    assert operations.problem == ""
    assert "ValueError: a machine says what cannot be" in caplog.text
    assert "nobody knows that machine" in caplog.text


def assert_was_set(event: Event) -> None:
    assert event.wait(PATIENCE_S)
