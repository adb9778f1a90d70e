"""Training: the course and its sessions, and inside a session what trainee and instructor do with it."""

from __future__ import annotations

from typing import Any

from cabria.console.api.endpoint import Asked, Endpoint
from cabria.console.http.problems import refusal
from cabria.console.messages import training as m
from cabria.console.messages.people import Done
from cabria.console.people.roles import Action
from cabria.console.training.academy import MAKING, READY, Academy, Room
from cabria.console.training.telling import scenario_row
from cabria.domain.errors import DataError
from cabria.training.files import course
from cabria.training.scenario import Fault, Injection


def _academy(asked: Asked) -> Academy:
    if asked.office.academy is None:
        raise refusal(409, "no-course", "Sessions are begun at the server itself, not inside a session.")
    return asked.office.academy


def _room(asked: Asked) -> Room:
    if asked.office.room is None:
        raise refusal(409, "no-training", "This is no training session.", remedy="Begin one on the page Training.")
    return asked.office.room


async def scenarios(asked: Asked) -> m.Course:
    return m.Course(scenarios=[scenario_row(scenario) for scenario in course()])


async def sessions(asked: Asked) -> m.TrainingSessions:
    return m.TrainingSessions(sessions=_academy(asked).rows())


async def begin(asked: Asked) -> m.TrainingSession:
    said = asked.of(m.BeginTraining)
    terminal = asked.office.terminal
    return _academy(asked).begin(said, asked.person.name, terminal.journal if terminal is not None else "")


async def close(asked: Asked) -> m.TrainingSession:
    return await _academy(asked).close(asked.path["id"])


async def here(asked: Asked) -> m.TrainingView:
    return await _room(asked).view(tells_all=Action.TRAIN_INSTRUCT in asked.person.may)


async def inject(asked: Asked) -> Done:
    room, said = _room(asked), asked.of(m.InjectFault)
    if said.fault not in set(Fault):
        remedy = f"There are {', '.join(Fault)}."
        raise DataError(f"There is no fault {said.fault[:40]!r}.", place="body.fault", remedy=remedy)
    injection = Injection(
        Fault(said.fault), 0.0, said.machine, minutes=said.minutes, count=said.count, answer_min=said.answer_min
    )
    await room.deed("inject", injection)
    return Done(text=asked.sentence)


async def note(asked: Asked) -> Done:
    said, by = asked.of(m.AddNote), asked.person.name
    await _room(asked).deed("note", said.text, by)
    return Done(text="Noted.")


async def keep(asked: Asked) -> m.TrainingSnapshot:
    return await _room(asked).keep(asked.of(m.KeepSnapshot).name, asked.person.name)


async def branch(asked: Asked) -> m.TrainingSession:
    room = _room(asked)
    return await room.academy.branch(room, asked.of(m.BranchOff).snapshot, asked.person.name)


async def finish(asked: Asked) -> Done:
    await _room(asked).finish()
    return Done(text="The session is over and is being scored.")


async def report(asked: Asked) -> m.TrainingReport:
    room = _room(asked)
    if room.report is None or room.report_state != READY:
        why = "The session is being scored." if room.report_state == MAKING else room.text or "The session goes on."
        raise refusal(409, "not-yet", why, remedy="End the session, and wait a moment.")
    return room.report


def _one(method: str, path: str, summary: str, handler: Any, **more: Any) -> Endpoint:
    more.setdefault("action", Action.TRAIN)
    return Endpoint(
        method=method, path=f"/training/{path}", summary=summary, handler=handler, tags=("training",), **more
    )


ENDPOINTS = (
    _one("GET", "scenarios", "The course: twelve scenarios.", scenarios, action=Action.SEE, answer=m.Course),
    _one("GET", "sessions", "Sessions of this server.", sessions, action=Action.SEE, answer=m.TrainingSessions),
    _one("POST", "sessions", "Begin a session.", begin, body=m.BeginTraining, answer=m.TrainingSession, status=202),
    _one("DELETE", "sessions/{id}", "End a session and forget it.", close, answer=m.TrainingSession),
    _one("GET", "here", "Of a session: how it stands.", here, action=Action.SEE, answer=m.TrainingView),
    _one(
        "POST",
        "inject",
        "Of a session: let something go wrong now.",
        inject,
        action=Action.TRAIN_INSTRUCT,
        body=m.InjectFault,
        answer=Done,
    ),
    _one(
        "POST",
        "notes",
        "Of a session: write something beside it.",
        note,
        action=Action.TRAIN_INSTRUCT,
        body=m.AddNote,
        answer=Done,
    ),
    _one(
        "POST", "snapshots", "Of a session: keep how it stands.", keep, body=m.KeepSnapshot, answer=m.TrainingSnapshot
    ),
    _one(
        "POST",
        "branches",
        "Of a session: begin another from a snapshot.",
        branch,
        body=m.BranchOff,
        answer=m.TrainingSession,
        status=202,
    ),
    _one("POST", "finish", "Of a session: end it and have it scored.", finish, answer=Done, status=202),
    _one("GET", "report", "Of a session that is over: its score.", report, action=Action.SEE, answer=m.TrainingReport),
)
