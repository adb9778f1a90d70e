"""Berth plans: made, seen, tried otherwise and changed. A process of its own reckons, so that nobody waits for it."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from cabria.console.api.endpoint import Asked, tagged
from cabria.console.desks.wire import Outcome
from cabria.console.http.answers import JSON, Encoded, wants_msgpack
from cabria.console.messages import berths, parts
from cabria.console.people.roles import Action

SLOW_S = 180.0


class BerthName(parts.Message):
    """The name of the new folder."""

    name: Annotated[str, Meta(min_length=1, max_length=60)]


async def rows(asked: Asked) -> berths.Berths:
    return berths.Berths(berths=await asyncio.to_thread(asked.office.berths.rows))


async def page(asked: Asked) -> Encoded:
    return (await _at_desk(asked, "berths")).answer


async def attempt(asked: Asked) -> Encoded:
    return (await _at_desk(asked, "try_berths", said=_packed(asked))).answer


async def take(asked: Asked) -> Encoded:
    return _noted(asked, await _at_desk(asked, "take_berths", said=_packed(asked), by=asked.person.name))


async def undo(asked: Asked) -> Encoded:
    return _noted(asked, await _at_desk(asked, "step_berths", what="undo", said=_packed(asked)))


async def redo(asked: Asked) -> Encoded:
    return _noted(asked, await _at_desk(asked, "step_berths", what="redo", said=_packed(asked)))


async def plan(asked: Asked) -> berths.BerthRow:
    """The case's folder stays as it is; its plan is in the folder of the answer."""
    office, said = asked.office, asked.of(berths.PlanBerths)
    folder = await asyncio.to_thread(office.berths.folder, asked.path["berth"])
    out = await asyncio.to_thread(office.berths.plan_folder, asked.path["berth"])
    await office.berth_desk.ask(
        "plan_berths", limit_s=said.seconds + 60, folder=str(folder), out=str(out), said=_packed(asked)
    )
    return await _row(asked, out.name)


async def make(asked: Asked) -> berths.BerthRow:
    office, said = asked.office, asked.of(berths.MakeBerths)
    folder = await asyncio.to_thread(office.berths.new_folder, said.name)
    await office.berth_desk.ask("make_berths", limit_s=SLOW_S, folder=str(folder), said=_packed(asked))
    return await _row(asked, said.name)


async def upload(asked: Asked) -> berths.BerthRow:
    """The body is a berth case as `berth-case.json`; it is read before it gets its name among the others."""
    office = asked.office
    folder = await asyncio.to_thread(office.berths.new_folder, asked.query.name)
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        async for chunk in asked.request.stream():
            await asyncio.to_thread(file.write, chunk)
        file.flush()
        await office.berth_desk.ask("take_case", limit_s=SLOW_S, file=file.name, folder=str(folder))
    return await _row(asked, folder.name)


async def _row(asked: Asked, name: str) -> berths.BerthRow:
    found = await asyncio.to_thread(asked.office.berths.rows)
    return next(row for row in found if row.id == name)


async def _at_desk(asked: Asked, verb: str, **arguments: Any) -> Outcome:
    office = asked.office
    folder: Path = await asyncio.to_thread(office.berths.folder, asked.path["berth"])
    return await office.berth_desk.ask(
        verb, limit_s=SLOW_S, folder=str(folder), msgpack=wants_msgpack(asked.request), **arguments
    )


def _packed(asked: Asked) -> bytes:
    return msgspec.msgpack.encode(asked.body)


def _noted(asked: Asked, outcome: Outcome) -> Encoded:
    if outcome.code:
        asked.act, asked.values = outcome.code, dict(outcome.values)
    return outcome.answer


_one = tagged("berths")
BERTH = "/berths/{berth}"
ENDPOINTS = (
    _one("GET", "/berths", Action.SEE, "Every berth case and plan.", rows, answer=berths.Berths),
    _one(
        "POST",
        "/berths",
        Action.PLAN_UPLOAD,
        "Make a week at a quay like Chancay's.",
        make,
        body=berths.MakeBerths,
        answer=berths.BerthRow,
        status=201,
        limit_s=SLOW_S,
    ),
    _one(
        "POST",
        "/berth-uploads",
        Action.PLAN_UPLOAD,
        "A berth case as a file.",
        upload,
        query=BerthName,
        takes=JSON,
        answer=berths.BerthRow,
        status=201,
        limit_s=SLOW_S,
    ),
    _one(
        "GET",
        BERTH,
        Action.SEE,
        "A berth plan: the quay, the ships, their stays, findings and costs.",
        page,
        answer=berths.BerthPlanPage,
        limit_s=SLOW_S,
    ),
    _one(
        "POST",
        BERTH + "/try",
        Action.SEE,
        "What would follow if ships lay elsewhere or came at another time; nothing is changed.",
        attempt,
        body=berths.TryBerths,
        answer=berths.BerthTrial,
        is_act=False,
        limit_s=SLOW_S,
    ),
    _one(
        "POST",
        BERTH + "/take",
        Action.PLAN_EDIT,
        "Make a trial the plan; refused where the referee forbids it.",
        take,
        body=berths.TakeBerthTrial,
        answer=berths.BerthPlanPage,
        limit_s=SLOW_S,
    ),
    _one(
        "POST",
        BERTH + "/undo",
        Action.PLAN_EDIT,
        "Take the last change back.",
        undo,
        body=berths.StepBerths,
        answer=berths.BerthPlanPage,
        limit_s=SLOW_S,
    ),
    _one(
        "POST",
        BERTH + "/redo",
        Action.PLAN_EDIT,
        "Do the change again that was taken back last.",
        redo,
        body=berths.StepBerths,
        answer=berths.BerthPlanPage,
        limit_s=SLOW_S,
    ),
    _one(
        "POST",
        BERTH + "/plan",
        Action.PLAN_MAKE,
        "Plan a case that has no plan.",
        plan,
        body=berths.PlanBerths,
        answer=berths.BerthRow,
        status=201,
        limit_s=SLOW_S,
    ),
)
