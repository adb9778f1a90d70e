"""Everything that one server holds: settings, people, plans, worker processes, and the terminal, if one runs."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from argon2 import PasswordHasher

from cabria.console.desks.berth_folders import BerthFolders
from cabria.console.desks.folders import PlanFolders
from cabria.console.desks.process import WorkerProcess
from cabria.console.desks.tasks import PlanningTasks
from cabria.console.desks.wire import Outcome
from cabria.console.http.problems import ProblemError, refusal, refused
from cabria.console.live.feed import Feed
from cabria.console.live.stream import Stream
from cabria.console.metrics import Metrics
from cabria.console.past.attempts import Attempts
from cabria.console.past.keeper import FinishedLog, Keeper
from cabria.console.people.entrance import Entrance
from cabria.console.people.passwords import Allowance, Throttle
from cabria.console.people.store import PeopleStore
from cabria.console.settings import ConsoleSettings
from cabria.domain.calls import VesselCall
from cabria.domain.layout import Layout
from cabria.operations.records import Command
from cabria.operations.running import Accepted, RunningTerminal

if TYPE_CHECKING:
    from cabria.console.training.academy import Academy, Room

CHANGES_AT_ONCE, A_CHANGE_EACH_S = 30, 5.0
"""Of users: a token that was found somewhere makes no thousand of them."""


class Office:
    """Made once an application; `open` and `close` are called in its event loop."""

    def __init__(
        self,
        terminal: RunningTerminal | None,
        plans: Path,
        settings: ConsoleSettings,
        log: FinishedLog | None = None,
    ) -> None:
        """`log` is of a run that is over, where no terminal runs."""
        self.terminal, self.settings = terminal, settings
        self.past = Keeper(terminal, log)
        self._attempts: Attempts | None = None
        self.store = PeopleStore(settings.store)
        self.entrance, self.throttle = Entrance(settings, self.store), Throttle()
        self.hasher = PasswordHasher()
        self.changes_of_users = Allowance(CHANGES_AT_ONCE, A_CHANGE_EACH_S)
        """By who makes them."""
        self.folders, self.metrics = PlanFolders(plans), Metrics()
        self.desk = WorkerProcess()
        self.berths, self.berth_desk = BerthFolders(plans), WorkerProcess()
        self.log: Any = structlog.get_logger("cabria.console")
        self.worked: dict[str, str] = {}
        """By call: the plan that was given to the terminal here."""
        self.academy: Academy | None = None
        """Of training sessions; None inside one."""
        self.room: Room | None = None
        """The training session that this office is of."""
        self._tasks: PlanningTasks | None = None
        self.stream: Stream | None = None
        self._readying: asyncio.Task[None] | None = None

    async def open(self) -> None:
        self._attempts = Attempts()
        self._tasks = PlanningTasks(self.settings.planners, self.settings.planning_s)
        if self.academy is not None:
            self.academy.open()
        if self.terminal is not None:
            feed = await asyncio.to_thread(Feed, self.terminal, self.plan_of, self._tasks.tasks)
            self.stream = Stream(feed, self.settings.stream_ms, self.settings.clients)
            self.stream.start()
        if self.settings.has_desk_ready:
            self.past.start()
            self._readying = asyncio.create_task(self._ready_desk(), name="desk made ready")

    async def _ready_desk(self) -> None:
        """The first who opens a plan need not wait for the planner to be loaded."""
        with suppress(ProblemError):
            await self.desk.ask("be_ready", limit_s=self.settings.planning_s)

    async def close(self) -> None:
        if self.stream is not None:
            await self.stream.end()
        if self._readying is not None:
            self._readying.cancel()
            await asyncio.gather(self._readying, return_exceptions=True)
        if self.academy is not None:
            await self.academy.end()
        await self.tasks.end()
        await self.attempts.end()
        await self.past.end()
        await self.desk.kill()
        await self.berth_desk.kill()
        self.store.close()

    @property
    def tasks(self) -> PlanningTasks:
        assert self._tasks is not None
        return self._tasks

    @property
    def attempts(self) -> Attempts:
        assert self._attempts is not None
        return self._attempts

    @property
    def running(self) -> RunningTerminal:
        """Raises ProblemError 409 where no terminal runs."""
        if self.terminal is None:
            raise nothing_runs()
        return self.terminal

    @property
    def layout(self) -> Layout:
        """The ground of the terminal that runs, or ran. Raises ProblemError 409 where there is none."""
        if self.terminal is None and self.past.log is not None:
            return self.past.log.layout
        return self.running.layout

    @property
    def watched(self) -> Stream:
        """Raises ProblemError 409 where no terminal runs."""
        if self.stream is None:
            raise nothing_runs()
        return self.stream

    def plan_of(self, call: VesselCall) -> str:
        """The id of the plan by which a call is worked, "" where it is none of the folder's."""
        if call.id not in self.worked:
            rows = [row.id for row in self.folders.rows() if row.call == call.id and row.has_plan]
            self.worked[call.id] = rows[0] if rows else ""
        return self.worked[call.id]

    async def at_desk(self, verb: str, plan: str, **arguments: Any) -> Outcome:
        """Have the desk's process do something with a plan. Raises ProblemError and DataError."""
        call, folder = await asyncio.to_thread(self.folders.folders, plan)
        return await self.desk.ask(verb, limit_s=self.settings.desk_s, call=str(call), folder=str(folder), **arguments)

    async def order(self, verb: str, *arguments: Any, by: str) -> Accepted:
        """Ask the terminal. Raises ProblemError 409 with the reason where it is refused."""
        reply = await asyncio.wrap_future(self.running.ask(Command(verb, arguments), by=by))
        if isinstance(reply, Accepted):
            return reply
        raise refused(reply)


def nothing_runs() -> ProblemError:
    return refusal(409, "nothing-runs", "No terminal runs here: plans only.", remedy="Start it with `cabria run`.")
