"""All training sessions of a server. Each is an application of its own under `/training/ID/`, with its own office over
its own terminal; nothing of the server's terminal is handed to it."""

from __future__ import annotations

import asyncio
import pickle
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec
import structlog
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from cabria.console.desks.process import WorkerProcess
from cabria.console.desks.wire import Outcome
from cabria.console.http.problems import ProblemError, problem_of, refusal
from cabria.console.messages import training as m
from cabria.console.past.keeper import FinishedLog
from cabria.console.training import shelf
from cabria.console.training.orders import POLICY_LOG
from cabria.console.training.telling import texts, view
from cabria.domain.errors import DataError
from cabria.training.diary import Diary
from cabria.training.files import scenario_named
from cabria.training.run import TrainingRun
from cabria.training.scenario import JournalStart, Scenario
from cabria.training.terminal import TrainingTerminal

PREPARING, OPEN, FAILED = "preparing", "open", "failed"
NONE, MAKING, READY = "none", "making", "ready"
PROGRAM = "cabria.console.training.worker"
POLICY = ".policy"
"""Behind a session's id: where the policy's run of it is replayed."""
MOST_SESSIONS, MOST_SNAPSHOTS = 8, 20
PREPARE_S, SCORE_S, ASK_S = 600.0, 600.0, 30.0
KEEP_S = 10.0
"""How much of a session's time may go back when the server is killed; what people did meanwhile is in its diary."""
COMMAND_LINE = "the command line"
T = TypeVar("T")
log: Any = structlog.get_logger("cabria.console.training")


class MakeApp(Protocol):
    """Makes the application of a session, or of a run that is over."""

    def __call__(self, room: Room | None, plans: Path, log: FinishedLog | None) -> Starlette: ...


@dataclass
class Snapshot:
    told: m.TrainingSnapshot
    content: bytes = field(repr=False)


@dataclass(eq=False)
class Room:
    """One session: its terminal and application as soon as they are there, its snapshots and its report."""

    told: m.TrainingSession
    academy: Academy = field(repr=False)
    folder: Path
    terminal: TrainingTerminal | None = None
    app: Starlette | None = None
    policy_app: Starlette | None = None
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    report: m.TrainingReport | None = None
    report_state: str = NONE
    text: str = ""
    job: asyncio.Task[None] | None = None
    keeper: asyncio.Task[None] | None = None
    _kept_at: tuple[int, ...] = ()
    _desk: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by who keeps a snapshot or ends the session."""
    _shelf: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by who writes what outlives the server."""

    def __post_init__(self) -> None:
        self.diary = Diary(self.folder / shelf.DIARY)

    @property
    def plans(self) -> Path:
        return self.folder / "plans"

    async def do(self, what: Callable[[TrainingRun], T]) -> T:
        """Something with the session, in its own thread. Raises DataError, and ProblemError while it is not open."""
        async with asyncio.timeout(ASK_S):
            return await asyncio.wrap_future(self._opened().between_inputs(what))

    async def deed(self, what: str, *arguments: object) -> None:
        """Something that a person does with the session, durable before it is done. Raises as `do`."""
        async with asyncio.timeout(ASK_S):
            await asyncio.wrap_future(self._opened().deed(what, *arguments))

    def _opened(self) -> TrainingTerminal:
        """Raises ProblemError while it is not open."""
        if self.terminal is None or self.terminal.problem:
            why = self.terminal.problem if self.terminal is not None else "The session is not open."
            raise refusal(409, "not-open", why)
        return self.terminal

    async def view(self, *, tells_all: bool) -> m.TrainingView:
        kept = [snapshot.told for snapshot in self.snapshots.values()]
        found = await self.do(lambda run: view(self.told.id, run, snapshots=kept, tells_all=tells_all))
        return msgspec.structs.replace(found, report=self.report_state, text=self.text)

    async def keep(self, name: str, by: str) -> m.TrainingSnapshot:
        """Raises ProblemError where there are too many, DataError for a name that is taken."""
        async with self._desk:
            return await self._keep_snapshot(name, by)

    async def _keep_snapshot(self, name: str, by: str) -> m.TrainingSnapshot:
        if name in self.snapshots:
            raise DataError(
                f"There is a snapshot {name[:40]!r} already.", place="body.name", remedy="Choose another name."
            )
        if len(self.snapshots) >= MOST_SNAPSHOTS:
            raise refusal(
                429,
                "too-many",
                f"A session keeps at most {MOST_SNAPSHOTS} snapshots.",
                code="too-many-snapshots",
                values={"most": MOST_SNAPSHOTS},
            )
        at_ms, content = await self.do(lambda run: (run.now_ms, run.snapshot()))
        await asyncio.to_thread(shelf.write, shelf.snapshot_of(self.folder, len(self.snapshots)), content)
        self.snapshots[name] = Snapshot(m.TrainingSnapshot(name, at_ms, by), content)
        await self._keep_told()
        return self.snapshots[name].told

    async def finish(self) -> None:
        """The session ends where it is, and is scored."""
        async with self._desk:
            if self.report_state in (MAKING, READY):
                return
            await self.deed("end")
            content = await self.do(TrainingRun.snapshot)
            self.report_state, self.text = MAKING, ""
            self.job = asyncio.create_task(self._score(content), name=f"score of {self.told.id}")

    async def _score(self, content: bytes) -> None:
        assert self.terminal is not None
        try:
            outcome = await _worked("score", SCORE_S, session=content, folder=str(self.folder))
            report = msgspec.msgpack.decode(outcome.unpacked, type=m.TrainingReport)
            mine = self.told.address
            theirs = f"training/{self.told.id}{POLICY}/"
            await self._show(msgspec.structs.replace(report, mine=mine, theirs=theirs))
            await self._keep()
            await self._keep_told()
        except Exception as error:  # noqa: BLE001 - nobody waits for this task: what ends it is told here
            self.report_state, self.text = FAILED, _told(error)

    async def _show(self, report: m.TrainingReport) -> None:
        assert self.terminal is not None
        layout, start = self.terminal.layout, self.terminal.training.start
        ships = (*start.ships, *(one.ship for one in start.coming))
        log = FinishedLog(str(self.folder / POLICY_LOG), layout, ships)
        self.policy_app = self.academy.make(None, self.plans, log)
        await self.policy_app.state.office.open()
        self.report, self.report_state = report, READY

    async def open(self, run: TrainingRun) -> None:
        """Paused, so that nothing is missed before somebody looks."""
        self.terminal = TrainingTerminal(run, diary=self.diary)  # known before it runs, so that `close` ends it
        await asyncio.to_thread(self.terminal.open)
        self.app = self.academy.make(self, self.plans, None)
        await self.app.state.office.open()
        await self._keep()
        self.told = msgspec.structs.replace(self.told, state=OPEN)
        await self._keep_told()
        self.keeper = asyncio.create_task(self._keep_on(), name=f"keeper of {self.told.id}")

    async def come_back(self, kept: shelf.Kept) -> None:
        """As it stood when it was kept last. What cannot be taken up is told as failed."""
        try:
            for number, told in enumerate(kept.snapshots):
                content = await asyncio.to_thread(shelf.read, shelf.snapshot_of(self.folder, number))
                self.snapshots[told.name] = Snapshot(told, content)
            content = await asyncio.to_thread(shelf.read, self.folder / shelf.SESSION)
            await self.open(await asyncio.to_thread(self._taken_up, content))
            if kept.report is not None:
                await self._show(kept.report)
                await self._keep_told()
        except Exception as error:  # noqa: BLE001 - a pickle of another program's life may raise anything
            text = (
                f"It cannot be taken up again: {self.folder / shelf.SESSION} was kept by another version of Cabria, or "
                f"is damaged ({error}). Take it up with the version that kept it, or end it here and begin it anew."
            )
            self.told = msgspec.structs.replace(self.told, state=FAILED, text=text)

    def _taken_up(self, content: bytes) -> TrainingRun:
        """As it was kept last, and what people did since done again."""
        run = TrainingRun.branch(content)
        for deed in self.diary.read(run.deeds):
            run.again(deed)
        return run

    async def _keep_on(self) -> None:
        while True:
            await asyncio.sleep(KEEP_S)
            with suppress(ProblemError, TimeoutError, OSError):
                await self._keep()

    async def _keep(self) -> None:
        """How it stands, if that is not kept already."""
        async with self._shelf:
            content = await self.do(self._unless_kept)
            if content:
                await asyncio.to_thread(shelf.write, self.folder / shelf.SESSION, content)

    def _unless_kept(self, run: TrainingRun) -> bytes:
        stands = (run.now_ms, run.journal.written, len(run.acts), len(run.notes), int(run.is_over))
        if stands == self._kept_at:
            return b""
        self._kept_at = stands
        return run.snapshot()

    async def _keep_told(self) -> None:
        async with self._shelf:
            kept = shelf.Kept(self.told, [one.told for one in self.snapshots.values()], self.report)
            await asyncio.to_thread(shelf.keep, self.folder, kept)

    async def close(self) -> None:
        for task in (self.job, self.keeper):
            if task is not None and not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        if self.told.state == OPEN:
            with suppress(ProblemError, TimeoutError, OSError):
                await self._keep()
        for app in (self.app, self.policy_app):
            if app is not None:
                await app.state.office.close()
        if self.terminal is not None:
            await asyncio.to_thread(self.terminal.end)
        self.diary.close()


class Academy:
    """Used in the server's event loop; an ASGI application over all of its sessions, which are kept in `folder`."""

    def __init__(self, make: MakeApp, folder: Path) -> None:
        self.make, self._shelf = make, shelf.Shelf(folder)
        self.wanted: list[Scenario] = []
        """Begun with the server."""
        self.rooms: dict[str, Room] = {}

    def open(self) -> None:
        """Sessions that were kept go on where they stood."""
        self._shelf.open()
        for place, kept in self._shelf.sessions():
            told = msgspec.structs.replace(kept.session, state=PREPARING, text="", is_back=True)
            room = self.rooms[told.id] = Room(told, self, place)
            room.job = asyncio.create_task(room.come_back(kept), name=f"training {told.id} comes back")
        begun = {room.told.scenario for room in self.rooms.values() if room.told.by == COMMAND_LINE}
        for scenario in self.wanted:
            if scenario.id not in begun:
                self.begin_with(scenario, COMMAND_LINE)

    def rows(self) -> list[m.TrainingSession]:
        return [room.told for room in reversed(self.rooms.values())]

    def room(self, name: str) -> Room:
        """Raises DataError for a session that there is not."""
        if name not in self.rooms:
            raise DataError(f"There is no session {name[:20]}.", place="session")
        return self.rooms[name]

    def begin(self, asked: m.BeginTraining, by: str, journal: str = "") -> m.TrainingSession:
        """Made ready in a worker process. `journal` is that of the server's terminal, for a session that begins from
        one of its hours. Raises DataError for a scenario that is not of the course, and where no file has the hour."""
        if "/" in asked.scenario or "\\" in asked.scenario or asked.scenario.endswith(".toml"):
            raise DataError("A session is begun with a scenario of the course.", place="body.scenario")
        scenario = scenario_named(asked.scenario)
        if asked.from_h is not None:
            scenario = replace(scenario, start=_hour_of(journal, asked.from_h))
        return self.begin_with(scenario if asked.seed is None else replace(scenario, seed=asked.seed), by)

    def begin_with(self, scenario: Scenario, by: str) -> m.TrainingSession:
        """Raises ProblemError where too many are open."""
        room = self._new(scenario, by)
        room.job = asyncio.create_task(self._prepare(room, scenario), name=f"training {room.told.id}")
        return room.told

    async def branch(self, room: Room, name: str, by: str) -> m.TrainingSession:
        """Another session from a snapshot. Raises DataError and ProblemError."""
        if name not in room.snapshots:
            raise DataError(f"There is no snapshot {name[:40]!r}.", place="body.snapshot")
        run = await asyncio.to_thread(TrainingRun.branch, room.snapshots[name].content)
        other = self._new(run.scenario, by, parent=room.told.id)
        try:
            await asyncio.to_thread(shutil.copytree, room.plans, other.plans, dirs_exist_ok=True)
            await other.open(run)
        except BaseException:
            await self.close(other.told.id)
            raise
        return other.told

    async def close(self, name: str) -> m.TrainingSession:
        room = self.room(name)
        del self.rooms[name]
        await room.close()
        await asyncio.to_thread(shutil.rmtree, room.folder, True)
        return room.told

    async def end(self) -> None:
        """The server goes; its sessions are kept."""
        for room in self.rooms.values():
            await room.close()
        self.rooms.clear()
        self._shelf.close()

    def _new(self, scenario: Scenario, by: str, parent: str = "") -> Room:
        if len(self.rooms) >= MOST_SESSIONS:
            raise refusal(
                429,
                "too-many",
                f"{MOST_SESSIONS} sessions are open.",
                remedy="End one.",
                code="too-many-sessions",
                values={"most": MOST_SESSIONS},
                headers={"Retry-After": "60"},
            )
        name = secrets.token_hex(6)
        told = m.TrainingSession(
            id=name,
            scenario=scenario.id,
            title=texts(scenario.title),
            by=by,
            since=datetime.now(UTC).isoformat(timespec="seconds"),
            state=PREPARING,
            text="",
            address=f"training/{name}/",
            parent=parent,
        )
        room = Room(told, self, self._shelf.folder / name)
        room.plans.mkdir(parents=True)
        self.rooms[name] = room
        return room

    async def _prepare(self, room: Room, scenario: Scenario) -> None:
        try:
            packed, plans = pickle.dumps(scenario), str(room.plans)
            outcome = await _worked("prepare", PREPARE_S, scenario=packed, plans=plans)
            await room.open(await asyncio.to_thread(TrainingRun.branch, outcome.unpacked))
        except Exception as error:  # noqa: BLE001 - as in `Room._score`
            room.told = msgspec.structs.replace(room.told, state=FAILED, text=_told(error))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = str(scope["path_params"].get("id", ""))
        room = self.rooms.get(name.removesuffix(POLICY))
        app = None if room is None else room.policy_app if name.endswith(POLICY) else room.app
        if app is not None:
            await app({**scope, "path_params": {}}, receive, send)
        elif scope["type"] == "websocket":
            with suppress(RuntimeError):
                await receive()
                await send({"type": "websocket.close", "code": 1013, "reason": "no such session"})
        else:
            text = "There is no such training session here, or it is not open yet.\n"
            await PlainTextResponse(text, status_code=404)(scope, receive, send)


def _told(error: Exception) -> str:
    """For who looks at the session; what nobody expected is in the log."""
    problem, _ = problem_of(error)
    if problem.status >= 500:
        log.error("fault", exc_info=error)
    return f"{problem.detail} {problem.remedy}".strip()


def _hour_of(journal: str, at_h: float) -> JournalStart:
    if not journal or "://" in journal:
        raise DataError(
            "No file keeps this terminal's journal, so no session begins from it.",
            place="body.from_h",
            remedy="Make a copy of a database with `cabria journal backup`, and name that file in a scenario.",
            code="no-journal-file",
        )
    return JournalStart(journal, at_h)


async def _worked(verb: str, limit_s: float, **arguments: Any) -> Outcome:
    """By a process of its own, which has ended when this does. Raises ProblemError."""
    worker = WorkerProcess(PROGRAM)
    try:
        return await worker.ask(verb, limit_s=limit_s, **arguments)
    finally:
        await worker.kill()
