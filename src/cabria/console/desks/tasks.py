"""Planning as tasks: each in a process of its own with a time limit, some at a time, the others waiting.

Every better plan is written as it is found, so that a planner which is killed leaves its last one to be executed.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec

from cabria.console.desks.process import WorkerProcess
from cabria.console.desks.wire import News
from cabria.console.http.problems import ProblemError, refusal
from cabria.console.messages.ship import Task
from cabria.domain.errors import DataError

WAITING, RUNNING, DONE, STOPPED, FAILED = "waiting", "running", "done", "stopped", "failed"
MOST_KEPT = 50
MOST_WAITING = 20


@dataclass(eq=False)
class _Planning:
    task: Task
    worker: WorkerProcess = field(default_factory=WorkerProcess)
    job: asyncio.Task[None] | None = None
    asked_to_stop: bool = False


class PlanningTasks:
    """At most `planners` at a time, each for at most `limit_s`."""

    def __init__(self, planners: int, limit_s: float, finished: Callable[[Task], None] = lambda task: None) -> None:
        self._limit_s, self._finished = limit_s, finished
        self._free = asyncio.Semaphore(planners)
        self._all: dict[str, _Planning] = {}

    def tasks(self) -> list[Task]:
        """The latest first."""
        return [one.task for one in reversed(self._all.values())]

    def task(self, task_id: str) -> Task:
        """Raises DataError for one that is not known any more."""
        return self._planning(task_id).task

    def begin(self, plan: str, what: str, by: str, verb: str, arguments: Mapping[str, object]) -> Task:
        """Have a process do something that makes or changes a plan. Raises ProblemError where that is under way
        already, or too much is waiting."""
        under_way = [one.task for one in self._all.values() if one.task.state in (WAITING, RUNNING)]
        if any(task.plan == plan for task in under_way):
            raise refusal(
                409,
                "under-way",
                f"{plan} is being planned already.",
                remedy="Wait for it, or stop it.",
                code="planning-under-way",
                values={"plan": plan},
            )
        if len(under_way) >= MOST_WAITING:
            raise refusal(
                429,
                "too-many",
                "Too much planning is waiting.",
                code="too-much-planning",
                headers={"Retry-After": "60"},
            )
        now = datetime.now(UTC)
        task = Task(
            id=secrets.token_hex(6),
            plan=plan,
            what=what,
            state=WAITING,
            phase="",
            share=None,
            text="",
            by=by,
            since=now.isoformat(timespec="seconds"),
            until=(now + timedelta(seconds=self._limit_s)).isoformat(timespec="seconds"),
            pid=0,
        )
        planning = self._all[task.id] = _Planning(task)
        planning.job = asyncio.create_task(self._run(planning, verb, arguments), name=f"planning {plan}")
        self._forget_old()
        return task

    async def stop(self, task_id: str) -> Task:
        """The first time it ends with its best plan so far, the second time it is ended at once."""
        planning = self._planning(task_id)
        if planning.task.state == WAITING or planning.asked_to_stop:
            if planning.job is not None:
                planning.job.cancel()
                with suppress(asyncio.CancelledError):
                    await planning.job
        elif planning.task.state == RUNNING:
            planning.asked_to_stop = True
            await planning.worker.stop_planning()
            self._tell(planning, text="ending with the best plan so far", code="ending", values={})
        return planning.task

    async def end(self) -> None:
        """All of it, now."""
        jobs = [one.job for one in self._all.values() if one.job is not None and not one.job.done()]
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)

    def _planning(self, task_id: str) -> _Planning:
        if task_id not in self._all:
            raise DataError(f"There is no task {task_id[:20]}.", place="task", code="no-such-task")
        return self._all[task_id]

    async def _run(self, planning: _Planning, verb: str, arguments: Mapping[str, object]) -> None:
        def hear(news: News) -> None:
            said = {} if planning.asked_to_stop else {"text": news.text, "code": news.code, "values": news.values}
            self._tell(planning, phase=news.phase, share=news.share, pid=planning.worker.pid, **said)

        try:
            async with self._free:
                until = datetime.now(UTC) + timedelta(seconds=self._limit_s)
                self._tell(planning, state=RUNNING, until=until.isoformat(timespec="seconds"))
                outcome = await planning.worker.ask(verb, limit_s=self._limit_s, hear=hear, **arguments)
                state = STOPPED if planning.asked_to_stop else DONE
                self._tell(planning, state=state, share=1.0, text=outcome.note, code="", pid=0)
        except ProblemError as error:
            kept = " The best plan so far is kept." if error.problem.status >= 500 else ""
            self._tell(planning, state=FAILED, text=error.problem.detail + kept, problem=error.problem, pid=0)
        except asyncio.CancelledError:
            self._tell(planning, state=STOPPED, text="stopped", code="stopped", pid=0)
        finally:
            await planning.worker.kill()
            self._finished(planning.task)

    def _tell(self, planning: _Planning, **news: object) -> None:
        """Tasks are told as they were when they were told: each news makes another."""
        planning.task = msgspec.structs.replace(planning.task, **news)

    def _forget_old(self) -> None:
        over = [name for name, one in self._all.items() if one.task.state not in (WAITING, RUNNING)]
        for name in over[: max(0, len(self._all) - MOST_KEPT)]:
            del self._all[name]
