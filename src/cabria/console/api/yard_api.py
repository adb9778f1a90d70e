"""The yard, of a running terminal and of a call folder; and who drives where."""

from __future__ import annotations

import asyncio
from typing import Any

from cabria.console.api.endpoint import Asked, looking
from cabria.console.http.answers import Encoded, encode_whole, wants_msgpack
from cabria.console.http.problems import refusal
from cabria.console.live import lane_use
from cabria.console.live.ground_picture import ground_picture
from cabria.console.messages import ground, machines, yard
from cabria.console.yard import outlook as yards
from cabria.domain.errors import DataError

PLAN_S = 120.0
"""A plan may have to be read first."""


async def outlook(asked: Asked) -> Encoded:
    picture, msgpack = asked.office.running.standing(), wants_msgpack(asked.request)
    came_ms = asked.office.watched.feed.memory.of_boxes(picture.boxes.keys())

    def made() -> Encoded:
        leaving = yards.leaving_live(picture)
        return encode_whole(yards.outlook(picture.stacks, leaving, came_ms, picture.now_ms), msgpack=msgpack)

    return await asyncio.to_thread(made)


async def tasks(asked: Asked) -> yard.YardTasks:
    office, block = asked.office, asked.path["block"]
    if block not in {one.id for one in office.running.layout.terminal.blocks}:
        raise DataError(
            f"There is no block {block[:60]}.",
            place="block",
            remedy="GET /api/v1/ground tells which.",
            code="no-such-block",
            values={"block": block[:60]},
        )
    return await asyncio.to_thread(yards.tasks_live, office.running.standing(), block)


async def lanes(asked: Asked) -> machines.LaneUse:
    office = asked.office
    layout, picture, now_ms = office.running.layout, office.running.standing(), office.running.now_ms
    return await asyncio.to_thread(lambda: lane_use.lane_use(picture, ground_picture(layout).digest, now_ms))


async def machine(asked: Asked) -> machines.MachinePage:
    office, name = asked.office, asked.path["machine"]
    trips = office.watched.feed.memory.trips
    page = lane_use.machine_page(name, office.running.layout, office.running.standing(), trips)
    if page is None:
        raise refusal(
            404, "no-such-machine", f"There is no machine {name[:60]}.", place="machine", values={"machine": name[:60]}
        )
    return page


async def planned_yard(asked: Asked) -> Encoded:
    return await _at_desk(asked, "yard")


async def planned_outlook(asked: Asked) -> Encoded:
    return await _at_desk(asked, "yard_outlook")


async def planned_tasks(asked: Asked) -> Encoded:
    return await _at_desk(asked, "yard_tasks", block=asked.path["block"])


async def _at_desk(asked: Asked, verb: str, **arguments: Any) -> Encoded:
    msgpack = wants_msgpack(asked.request)
    return (await asked.office.at_desk(verb, asked.path["plan"], msgpack=msgpack, **arguments)).answer


_live, _plan = looking("live"), looking("plans", limit_s=PLAN_S)
ENDPOINTS = (
    _live(
        "/live/yard/outlook",
        "When boxes are expected to leave, and how likely each is in the way.",
        outlook,
        yard.YardOutlook,
    ),
    _live("/live/yard/tasks/{block}", "The next moves of a block.", tasks, yard.YardTasks),
    _live("/live/lanes", "Which segments are booked for which trucks.", lanes, machines.LaneUse),
    _live(
        "/live/machines/{machine}",
        "A machine's orders, and a truck's booked way.",
        machine,
        machines.MachinePage,
    ),
    _plan("/plans/{plan}/yard", "Every box in the yard of the call.", planned_yard, ground.Yard),
    _plan(
        "/plans/{plan}/yard/outlook",
        "When boxes leave by the plan, and how likely each is in the way.",
        planned_outlook,
        yard.YardOutlook,
    ),
    _plan("/plans/{plan}/yard/tasks/{block}", "The plan's lifts in a block.", planned_tasks, yard.YardTasks),
)
