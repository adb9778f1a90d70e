"""Where runs are done: here one after the other, in processes of this machine, or on the machines of a cluster.

A worker is handed what all tasks share once, and then a task at a time. One that dies takes its task with it and no
other.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from queue import Empty, SimpleQueue
from threading import Event
from typing import Any, Protocol, TypeVar

from cabria.domain.errors import TerminalError

S = TypeVar("S")
T = TypeVar("T")
R = TypeVar("R")

CLUSTER_MISSING = "Runs on a cluster need the library distributed: pip install 'cabria[cluster]'."


@dataclass(frozen=True, slots=True)
class Lost:
    """A task without a result, as its worker ended by itself."""

    reason: str


Question = Callable[[], bool]


def never() -> bool:
    return False


class Executor(Protocol):
    """Does tasks, in whatever order they come to an end. What `work` raises is raised here.

    Once `is_ending` says yes no task is begun any more, and those at work end early where they can be reached and
    look at `is_asked_to_end`.
    """

    def run(
        self, work: Callable[[S, T], R], shared: S, tasks: Sequence[T], is_ending: Question = never
    ) -> Iterator[tuple[T, R | Lost]]: ...


@dataclass(frozen=True, slots=True)
class InTurn:
    """In this process, one after the other."""

    def run(
        self, work: Callable[[S, T], R], shared: S, tasks: Sequence[T], is_ending: Question = never
    ) -> Iterator[tuple[T, R | Lost]]:
        for task in tasks:
            if is_ending():
                return
            yield task, work(shared, task)


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    task: Any = None


@dataclass(frozen=True, slots=True)
class Processes:
    """In so many processes of this machine. They end when this one does."""

    jobs: int

    def run(
        self, work: Callable[[S, T], R], shared: S, tasks: Sequence[T], is_ending: Question = never
    ) -> Iterator[tuple[T, R | Lost]]:
        waiting = deque(tasks)
        idle: list[_Worker] = []
        busy: dict[Connection, _Worker] = {}
        is_told = False
        try:
            while waiting or busy:
                if is_ending() and not is_told:
                    is_told = True
                    waiting.clear()
                    _tell_to_end(busy.values())
                while waiting and len(busy) < self.jobs:
                    worker = idle.pop() if idle else _started(work, shared)
                    worker.task = waiting.popleft()
                    worker.pipe.send(worker.task)
                    busy[worker.pipe] = worker
                for pipe in wait(list(busy), timeout=POLL_S):
                    assert isinstance(pipe, Connection)
                    worker = busy.pop(pipe)
                    try:
                        is_done, result = pipe.recv()
                    except (EOFError, OSError):
                        worker.process.join()
                        yield worker.task, Lost(f"its process ended with code {worker.process.exitcode}")
                        continue
                    if not is_done:
                        raise result
                    idle.append(worker)
                    yield worker.task, result
        finally:
            for worker in (*idle, *busy.values()):
                worker.process.terminate()
                worker.pipe.close()
                worker.process.join()


POLL_S = 0.2
"""How often is looked whether to end while tasks are at work."""

_asked_to_end = Event()


def is_asked_to_end() -> bool:
    """In a worker: whether its task should come to an end with what it has."""
    return _asked_to_end.is_set()


def _tell_to_end(workers: Iterable[_Worker]) -> None:
    for worker in workers:
        if worker.process.pid is not None and worker.process.is_alive():
            os.kill(worker.process.pid, signal.SIGINT)


def _started(work: Callable[..., Any], shared: Any) -> _Worker:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work_on, args=(theirs, work, shared), daemon=True)
    with _without_ctrl_c():
        process.start()
    theirs.close()
    return _Worker(process, ours)


@contextmanager
def _without_ctrl_c() -> Iterator[None]:
    """Ctrl-C goes to all processes of a terminal; one that has only begun would end by it with a traceback. It waits
    until the worker is ready for it."""
    resource_tracker.ensure_running()  # the first process would start it, and let the signal through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work_on(pipe: Connection, work: Callable[..., Any], shared: Any) -> None:
    """A worker's life: tasks until the other end of the pipe is gone."""
    signal.signal(signal.SIGINT, lambda number, frame: _asked_to_end.set())
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        try:
            answer = (True, work(shared, task))
        except Exception as error:  # noqa: BLE001 - raised where the results are waited for
            answer = (False, error)
        try:
            pipe.send(answer)
        except OSError:
            return


@dataclass(frozen=True, slots=True)
class Cluster:
    """On the workers of a dask.distributed scheduler, such as `tcp://10.0.0.1:8786`; they need Cabria installed."""

    address: str
    timeout_s: int = 10

    def run(
        self, work: Callable[[S, T], R], shared: S, tasks: Sequence[T], is_ending: Question = never
    ) -> Iterator[tuple[T, R | Lost]]:
        """Raises TerminalError when the library is missing or no scheduler answers.

        A task at work on another machine is not reached when `is_ending`: it is waited for no longer.
        """
        try:
            from distributed import Client, KilledWorker
        except ImportError:
            raise TerminalError(CLUSTER_MISSING) from None
        try:
            client: Any = Client(self.address, timeout=f"{self.timeout_s}s", set_as_default=False)  # type: ignore[no-untyped-call]
        except (OSError, ValueError) as error:
            raise TerminalError(
                f"No scheduler answers at {self.address[:100]!r}: {str(error)[:200]}. "
                "Start one with `dask scheduler`, workers with `dask worker ADDRESS`, and name its address."
            ) from None
        with client:
            handed_out = client.scatter(shared, broadcast=True, hash=False)
            submitted = {client.submit(work, handed_out, task, pure=False): task for task in tasks}
            done: SimpleQueue[Any] = SimpleQueue()
            for future in submitted:
                future.add_done_callback(done.put)
            while submitted and not is_ending():
                try:
                    future = done.get(timeout=POLL_S)
                except Empty:
                    continue
                task, failure = submitted.pop(future), future.exception()
                if isinstance(failure, KilledWorker):
                    yield task, Lost("its worker was lost, and so was every other it was given to")
                elif failure is not None:
                    raise failure
                else:
                    yield task, future.result()
