"""Plans: seen, priced, edited, made, compared, uploaded, and given to the terminal."""

from __future__ import annotations

import asyncio
import pickle
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.responses import Response

from cabria.console.api.endpoint import Asked, tagged
from cabria.console.desks.uploads import unpacked
from cabria.console.desks.wire import Outcome
from cabria.console.http.answers import Encoded, wants_msgpack
from cabria.console.messages import live, parts, people, replanning, ship
from cabria.console.people.roles import Action
from cabria.domain.calls import PRESETS
from cabria.domain.errors import DataError
from cabria.domain.run_events import BoxesLanded, BoxesLifted, LidLanded, LidLifted, ShipBerthed
from cabria.operations.running import RunningTerminal
from cabria.planning.loading.problem import EFFORTS

ZIP, PDF = "application/zip", "application/pdf"
OF_LIFTS = (ShipBerthed, BoxesLifted, BoxesLanded, LidLifted, LidLanded)
"""Events that say how far the work of a ship is."""


class UploadQuery(parts.Message):
    """The name of the new call folder."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]


async def plans(asked: Asked) -> ship.Plans:
    office = asked.office
    rows = await asyncio.to_thread(office.folders.rows)
    live_calls = set(office.terminal.standing().calls) if office.terminal is not None else set()
    for row in rows:
        row.is_live = row.call in live_calls
    return ship.Plans(plans=rows, presets=list(PRESETS), efforts=list(EFFORTS))


async def vessel(asked: Asked) -> Encoded:
    return (await _at_desk(asked, "vessel")).answer


async def plan(asked: Asked) -> Encoded:
    return (await _at_desk(asked, "plan")).answer


async def why(asked: Asked) -> Encoded:
    return (await _at_desk(asked, "why", box=asked.path["box"])).answer


async def price(asked: Asked) -> Encoded:
    edit = msgspec.msgpack.encode(asked.of(ship.AskPrice))
    return (await _at_desk(asked, "price", edit=edit, by=asked.person.name)).answer


async def edit(asked: Asked) -> Encoded:
    said = asked.of(ship.AskEdit)
    content = msgspec.msgpack.encode(ship.AskPrice(edit=said.edit))
    return _noted(asked, await _at_desk(asked, "edit", edit=content, by=asked.person.name, revision=said.revision))


async def undo(asked: Asked) -> Encoded:
    return await _step(asked, "undo")


async def redo(asked: Asked) -> Encoded:
    return await _step(asked, "redo")


async def _step(asked: Asked, what: str) -> Encoded:
    revision = asked.of(ship.AskStep).revision
    return _noted(asked, await _at_desk(asked, "step", what=what, by=asked.person.name, revision=revision))


async def compare(asked: Asked) -> Encoded:
    office = asked.office
    call, one = await asyncio.to_thread(office.folders.folders, asked.path["plan"])
    other_call, other = await asyncio.to_thread(office.folders.folders, asked.path["other"])
    if call != other_call:
        raise DataError(
            "These plans are of two calls.",
            place="other",
            remedy="Compare plans of one call.",
            code="plans-of-two-calls",
        )
    outcome = await office.desk.ask(
        "compare",
        limit_s=office.settings.desk_s,
        call=str(call),
        one=str(one),
        other=str(other),
        msgpack=wants_msgpack(asked.request),
    )
    return outcome.answer


async def make(asked: Asked) -> ship.Task:
    office, said = asked.office, asked.of(ship.AskPlan)
    call, folder = await asyncio.to_thread(office.folders.folders, asked.path["plan"])
    if said.name:
        folder = folder.with_name(f"{call.name}-plan-{said.name}")
    keep = None
    if said.keep:
        keep_call, keep = await asyncio.to_thread(office.folders.folders, said.keep)
        if keep_call != call:
            raise DataError("The plan to keep is of another call.", place="body.keep", code="kept-plan-of-another-call")
    asked.values["plan"] = folder.name
    return office.tasks.begin(
        folder.name,
        f"{said.effort}, seed {said.seed}",
        asked.person.name,
        "make",
        {"call": str(call), "folder": str(folder), "keep": str(keep or ""), "asked": msgspec.msgpack.encode(said)},
    )


async def replan(asked: Asked) -> ship.Task:
    office, said = asked.office, asked.of(replanning.AskReplan)
    call, folder = await asyncio.to_thread(office.folders.folders, asked.path["plan"])
    what = "re-planned" if said.selection is None else "a selection chosen anew"
    asked.act = "plan-made-again" if said.selection is None else "plan-selection-chosen"
    lifts = await asyncio.to_thread(_lifts, office.running) if said.from_work else b""
    return office.tasks.begin(
        folder.name,
        what,
        asked.person.name,
        "replan",
        {
            "call": str(call),
            "folder": str(folder),
            "asked": msgspec.msgpack.encode(said),
            "by": asked.person.name,
            "lifts": lifts,
        },
    )


def _lifts(terminal: RunningTerminal) -> bytes:
    told = (entry.record.content for entry in terminal.entries(0))
    return pickle.dumps([event for event in told if isinstance(event, OF_LIFTS)], protocol=5)


async def proposal(asked: Asked) -> Encoded:
    return (await _at_desk(asked, "proposal")).answer


async def take_proposal(asked: Asked) -> Encoded:
    revision = asked.of(replanning.TakeProposal).revision
    return _noted(asked, await _at_desk(asked, "take_proposal", by=asked.person.name, revision=revision))


async def drop_proposal(asked: Asked) -> people.Done:
    await asked.office.at_desk("drop_proposal", asked.path["plan"])
    return people.Done(text="Dropped; the plan stays as it is.")


async def tasks(asked: Asked) -> ship.Tasks:
    return ship.Tasks(tasks=asked.office.tasks.tasks())


async def task(asked: Asked) -> ship.Task:
    return asked.office.tasks.task(asked.path["task"])


async def stop_task(asked: Asked) -> ship.Task:
    return await asked.office.tasks.stop(asked.path["task"])


async def upload(asked: Asked) -> ship.Uploaded:
    """The body is a zip; it is read before it gets its name among the others."""
    office = asked.office
    target = office.folders.call_folder(asked.query.name)
    with tempfile.NamedTemporaryFile(suffix=".zip") as archive:
        async for chunk in asked.request.stream():
            await asyncio.to_thread(archive.write, chunk)
        archive.flush()
        unpacking = unpacked(Path(archive.name), office.folders.root, office.settings.max_unpacked_bytes)
        folder = await asyncio.to_thread(unpacking.__enter__)
        try:
            outcome = await office.desk.ask(
                "check_call", limit_s=office.settings.desk_s, folder=str(folder), msgpack=True
            )
            await asyncio.to_thread(folder.rename, target)
        finally:
            await asyncio.to_thread(unpacking.__exit__, None, None, None)
    found = msgspec.msgpack.decode(outcome.unpacked, type=ship.Uploaded)
    asked.values["name"] = found.call
    return msgspec.structs.replace(found, id=f"{target.name}-plan")


async def commit(asked: Asked) -> live.Journalled:
    """The terminal works the call by the plan from now on; what is left of it, where she is at work already."""
    office, said = asked.office, asked.of(live.Commit)
    standing = office.running.standing()
    outcome = await office.at_desk("work", said.plan, revision=said.revision)
    call, loading_plan = await asyncio.to_thread(pickle.loads, outcome.content)  # made by our own process
    if call.id in standing.calls:
        accepted = await office.order("work_by", call.id, loading_plan, said.plan, by=asked.person.name)
    else:
        accepted = await office.order("berth", call, loading_plan, by=asked.person.name)
    office.worked[call.id] = said.plan
    asked.entry, asked.values["revision"] = accepted.entry, outcome.note
    return journalled(accepted.entry, f"{call.vessel.name} is worked by {said.plan}.")


async def paper(asked: Asked) -> Response:
    """Made of the plan as it is now; the folder's own papers are those of the plan as it was made."""
    name = asked.path["paper"]
    outcome = await asked.office.at_desk("paper", asked.path["plan"], name=name)
    headers = {"Content-Disposition": f'inline; filename="{asked.path["plan"]}-{name}"', "Cache-Control": "no-store"}
    return Response(outcome.content, media_type=PDF, headers=headers)


def journalled(entry: int, text: str = "") -> live.Journalled:
    return live.Journalled(entry=entry, at=datetime.now(UTC).isoformat(timespec="milliseconds"), text=text)


async def _at_desk(asked: Asked, verb: str, **arguments: Any) -> Outcome:
    return await asked.office.at_desk(verb, asked.path["plan"], msgpack=wants_msgpack(asked.request), **arguments)


def _noted(asked: Asked, outcome: Outcome) -> Encoded:
    asked.values["what"] = outcome.note
    return outcome.answer


_one = tagged("plans")
PLAN = "/plans/{plan}"
ENDPOINTS = (
    _one("GET", "/plans", Action.SEE, "Every plan, and every call without one.", plans, answer=ship.Plans),
    _one(
        "GET",
        PLAN,
        Action.SEE,
        "A call and its plan: boxes, slots, queues, findings, figures.",
        plan,
        answer=ship.Plan,
        limit_s=120.0,
    ),
    _one(
        "GET",
        PLAN + "/vessel",
        Action.SEE,
        "The ship's profile; the same digest, the same ship.",
        vessel,
        answer=ship.Vessel,
        limit_s=120.0,
    ),
    _one(
        "GET",
        PLAN + "/why/{box}",
        Action.SEE,
        "Why a box stands where it stands, and what other places would cost.",
        why,
        answer=ship.Why,
        limit_s=120.0,
    ),
    _one(
        "GET",
        PLAN + "/compare/{other}",
        Action.SEE,
        "Two plans of one call side by side.",
        compare,
        answer=ship.Comparison,
        limit_s=120.0,
    ),
    _one(
        "GET",
        PLAN + "/papers/{paper}",
        Action.SEE,
        "Bay sheets or a sequence sheet of the plan as it is now, a PDF.",
        paper,
        gives=PDF,
        limit_s=120.0,
    ),
    _one(
        "POST",
        PLAN + "/price",
        Action.SEE,
        "What an edit would cost; nothing is changed.",
        price,
        body=ship.AskPrice,
        answer=ship.Price,
        is_act=False,
        limit_s=120.0,
    ),
    _one(
        "POST",
        PLAN + "/edits",
        Action.PLAN_EDIT,
        "Take an edit; refused where the referee forbids it.",
        edit,
        body=ship.AskEdit,
        answer=ship.PlanNews,
        limit_s=120.0,
    ),
    _one(
        "POST",
        PLAN + "/undo",
        Action.PLAN_EDIT,
        "Take the last edit back.",
        undo,
        body=ship.AskStep,
        answer=ship.PlanNews,
        limit_s=120.0,
    ),
    _one(
        "POST",
        PLAN + "/redo",
        Action.PLAN_EDIT,
        "Do the edit again that was taken back last.",
        redo,
        body=ship.AskStep,
        answer=ship.PlanNews,
        limit_s=120.0,
    ),
    _one(
        "POST",
        PLAN + "/plan",
        Action.PLAN_MAKE,
        "Plan the call in a process of its own; the answer is its task.",
        make,
        body=ship.AskPlan,
        answer=ship.Task,
        status=202,
    ),
    _one(
        "POST",
        PLAN + "/replan",
        Action.PLAN_MAKE,
        "Plan anew from where work stands, in a process of its own; the answer is its task, what comes a proposal.",
        replan,
        body=replanning.AskReplan,
        answer=ship.Task,
        status=202,
    ),
    _one(
        "GET",
        PLAN + "/proposal",
        Action.SEE,
        "What is proposed, and what it would change.",
        proposal,
        answer=replanning.Proposal,
        limit_s=120.0,
    ),
    _one(
        "POST",
        PLAN + "/proposal",
        Action.PLAN_EDIT,
        "Sign what is proposed; it becomes the plan.",
        take_proposal,
        body=replanning.TakeProposal,
        answer=ship.PlanNews,
        limit_s=120.0,
    ),
    _one(
        "DELETE",
        PLAN + "/proposal",
        Action.PLAN_EDIT,
        "Throw away what is proposed.",
        drop_proposal,
        answer=people.Done,
        limit_s=120.0,
    ),
    _one("GET", "/tasks", Action.SEE, "Planning under way and lately ended.", tasks, answer=ship.Tasks),
    _one("GET", "/tasks/{task}", Action.SEE, "How far a task is.", task, answer=ship.Task),
    _one(
        "DELETE",
        "/tasks/{task}",
        Action.PLAN_MAKE,
        "End a task with its best plan so far; asked twice, at once.",
        stop_task,
        answer=ship.Task,
    ),
    _one(
        "POST",
        "/uploads",
        Action.PLAN_UPLOAD,
        "A call folder as a zip.",
        upload,
        query=UploadQuery,
        takes=ZIP,
        answer=ship.Uploaded,
        status=201,
        limit_s=180.0,
    ),
    _one(
        "POST",
        "/live/commit",
        Action.PLAN_COMMIT,
        "Give a plan to the terminal to be worked.",
        commit,
        body=live.Commit,
        answer=live.Journalled,
        limit_s=120.0,
    ),
)
