"""Where runs are done: here one after the other, in processes of this machine, or on the machines of a cluster.

A worker is handed what all tasks share once, and then a task at a time. One that dies takes its task with it and no
other.
"""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
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


class Executor(Protocol):
    """Does tasks, in whatever order they come to an end. What `work` raises is raised here."""

    def run(self, work: Callable[[S, T], R], shared: S, tasks: Sequence[T]) -> Iterator[tuple[T, R | Lost]]: ...


@dataclass(frozen=True, slots=True)
class InTurn:
    """In this process, one after the other."""

    def run(self, work: Callable[[S, T], R], shared: S, tasks: Sequence[T]) -> Iterator[tuple[T, R | Lost]]:
        for task in tasks:
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

    def run(self, work: Callable[[S, T], R], shared: S, tasks: Sequence[T]) -> Iterator[tuple[T, R | Lost]]:
        waiting = deque(tasks)
        idle: list[_Worker] = []
        busy: dict[Connection, _Worker] = {}
        try:
            while waiting or busy:
                while waiting and len(busy) < self.jobs:
                    worker = idle.pop() if idle else _started(work, shared)
                    worker.task = waiting.popleft()
                    worker.pipe.send(worker.task)
                    busy[worker.pipe] = worker
                for pipe in wait(list(busy)):
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


def _started(work: Callable[..., Any], shared: Any) -> _Worker:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work_on, args=(theirs, work, shared), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _work_on(pipe: Connection, work: Callable[..., Any], shared: Any) -> None:
    """A worker's life: tasks until the other end of the pipe is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that waits, which ends this one
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

    def run(self, work: Callable[[S, T], R], shared: S, tasks: Sequence[T]) -> Iterator[tuple[T, R | Lost]]:
        """Raises TerminalError when the library is missing or no scheduler answers."""
        try:
            from distributed import Client, KilledWorker, as_completed
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
            for future in as_completed(list(submitted), loop=client.loop):  # type: ignore[no-untyped-call]
                task, failure = submitted.pop(future), future.exception()
                if isinstance(failure, KilledWorker):
                    yield task, Lost("its worker was lost, and so was every other it was given to")
                elif failure is not None:
                    raise failure
                else:
                    yield task, future.result()
