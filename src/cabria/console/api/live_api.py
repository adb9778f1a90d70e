"""The running terminal: how it stands, and what a dispatcher or supervisor may ask of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from msgspec import Meta

from cabria.console.api.endpoint import Asked, Endpoint, looking
from cabria.console.api.plans_api import journalled
from cabria.console.http.answers import Encoded, encode_whole, wants_msgpack
from cabria.console.http.problems import refusal, refused
from cabria.console.live import ground_picture as draw
from cabria.console.live.queue_picture import queues_picture
from cabria.console.messages import ground, live, parts
from cabria.console.messages import queues as queues_of
from cabria.console.people.roles import Action
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.positions import YardPosition


class EventsQuery(parts.Message):
    """Those after an entry of the journal, of one machine where it is named."""

    after: Annotated[int, Meta(ge=0, le=2**62)] = 0
    machine: Annotated[str, Meta(max_length=100)] = ""
    limit: Annotated[int, Meta(ge=1, le=500)] = 100


async def the_ground(asked: Asked) -> Encoded:
    layout = asked.office.layout
    return await _drawn(asked, lambda: draw.ground_picture(layout))


async def yard(asked: Asked) -> Encoded:
    office, number = asked.office, asked.office.watched.feed.snapshot.number
    picture = office.running.standing()
    return await _drawn(asked, lambda: draw.yard_picture(office.running.layout, picture, number))


async def ship(asked: Asked) -> Encoded:
    office, number = asked.office, asked.office.watched.feed.snapshot.number
    picture = office.running.standing()
    one = picture.calls.get(asked.path["call"])
    if one is None:
        raise DataError(
            f"No call {asked.path['call'][:60]} is under way.",
            place="call",
            code="no-such-call",
            values={"call": asked.path["call"][:60]},
        )
    plan = await asyncio.to_thread(office.plan_of, one.call)
    return await _drawn(asked, lambda: draw.ship_picture(one.call, plan, picture, number))


async def queues(asked: Asked) -> Encoded:
    office, number = asked.office, asked.office.watched.feed.snapshot.number
    picture = office.running.standing()
    return await _drawn(asked, lambda: queues_picture(office.running.layout.terminal, picture, number))


async def box(asked: Asked) -> ground.BoxPage:
    office, picture = asked.office, asked.office.running.standing()
    number = ContainerId(asked.path["box"].strip().upper())
    page = draw.box_page(number, picture, office.worked)
    if page is None:
        raise refusal(404, "no-such-box", f"{number} is not on the terminal.", place="box", values={"box": number})
    return page


async def events(asked: Asked) -> live.Events:
    query = asked.query
    found = [
        event
        for event in list(asked.office.watched.feed.tally.last)
        if event.number > query.after and query.machine in ("", event.machine)
    ]
    return live.Events(events=found[-query.limit :])


async def snapshot(asked: Asked) -> live.Snapshot:
    return asked.office.watched.feed.snapshot


async def speed(asked: Asked) -> live.Journalled:
    verdict = asked.office.running.go_at(asked.of(live.GoAt).speed)
    if not verdict.ok:
        raise refused(verdict)
    return journalled(0, asked.sentence)


async def _drawn(asked: Asked, make: Callable[[], Any]) -> Encoded:
    """A large picture, made and packed in a thread."""
    msgpack = wants_msgpack(asked.request)
    return await asyncio.to_thread(lambda: encode_whole(make(), msgpack=msgpack))


def _order(
    verb: str, arguments: Callable[[Asked, Any], tuple[Any, ...]]
) -> Callable[[Asked], Awaitable[live.Journalled]]:
    """An act that is a command of the journal."""

    async def ask(asked: Asked) -> live.Journalled:
        accepted = await asked.office.order(verb, *arguments(asked, asked.body), by=asked.person.name)
        asked.entry = accepted.entry
        return journalled(accepted.entry, asked.sentence)

    return ask


def _act(name: str, action: Action, summary: str, body: type[parts.Message], handler: Any) -> Endpoint:
    return Endpoint(
        method="POST",
        path=f"/live/{name}",
        action=action,
        summary=summary,
        handler=handler,
        body=body,
        answer=live.Journalled,
        tags=("live",),
    )


def _alert_number(asked: Asked, body: live.SeeAlert) -> tuple[Any, ...]:
    return _number_of(body.alert, "body.alert"), asked.person.name


def _alert_numbers(asked: Asked, body: live.SeeAlerts) -> tuple[Any, ...]:
    numbers = sorted({_number_of(one, f"body.alerts[{at}]") for at, one in enumerate(body.alerts)})
    asked.values |= {"count": len(numbers), "alerts": in_runs(numbers)}
    return tuple(numbers), asked.person.name


def _number_of(alert: str, place: str) -> int:
    if not (alert.isascii() and alert.isdigit() and len(alert) < 16):
        raise DataError("This alert ends by itself, when its cause does.", place=place, code="alert-ends-by-itself")
    return int(alert)


def in_runs(numbers: Sequence[int]) -> str:
    """Rising numbers, those that follow each other as the first and the last: 3, 7-9."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1] = [runs[-1][0], number]
        else:
            runs.append([number])
    return ", ".join("-".join(map(str, run)) for run in runs)


def _expected(asked: Asked, body: live.ExpectBack) -> tuple[Any, ...]:
    back = datetime.fromtimestamp((asked.office.running.zero_utc_ms + body.back_ms) / 1000, UTC)
    asked.values["back_at"] = back.isoformat(timespec="seconds")
    return body.machine, body.back_ms


def _towed(_: Asked, body: live.Tow) -> tuple[Any, ...]:
    set_down = {ContainerId(box): YardPosition.parse(place) for box, place in body.set_down.items()}
    return body.truck, body.stand, set_down, body.reason


_look = looking("live")
ENDPOINTS = (
    _look("/ground", "Lanes, blocks, rails and berths.", the_ground, ground.Ground),
    _look("/live/snapshot", "How everything stands, as the stream tells it.", snapshot, live.Snapshot),
    _look("/live/yard", "Every box in the yard.", yard, ground.Yard),
    _look("/live/ship/{call}", "What is aboard a ship at the quay.", ship, ground.LiveShip),
    _look("/live/queues", "The steps of each quay crane, done and to come.", queues, queues_of.LiveQueues),
    _look("/live/boxes/{box}", "Where a box is and what is to happen to it.", box, ground.BoxPage),
    _look("/live/events", "What happened last, in sentences.", events, live.Events, query=EventsQuery),
    _act("speed", Action.LIVE_SPEED, "Let a twin's time go faster or slower.", live.GoAt, speed),
    _act(
        "take-out",
        Action.LIVE_MACHINE,
        "Take a machine out of service.",
        live.TakeOut,
        _order("take_out", lambda _, body: (body.machine, body.cause)),
    ),
    _act(
        "put-back",
        Action.LIVE_MACHINE,
        "Put a machine back into service.",
        live.Machine,
        _order("put_back", lambda _, body: (body.machine,)),
    ),
    _act(
        "tow",
        Action.LIVE_MACHINE,
        "Say that a truck out of service was towed to a stand, and where its boxes were set down.",
        live.Tow,
        _order("tow", _towed),
    ),
    _act(
        "expect-back",
        Action.LIVE_MACHINE,
        "Say when a quay crane that is out of service will be back; its work is divided till then.",
        live.ExpectBack,
        _order("expect_back", _expected),
    ),
    _act(
        "hold-queue",
        Action.LIVE_QUEUE,
        "Hold a quay crane's queue: what is under way is ended, nothing more is begun.",
        live.HoldQueue,
        _order("hold_queue", lambda _, body: (body.crane, body.reason)),
    ),
    _act(
        "release-queue",
        Action.LIVE_QUEUE,
        "Let a queue that was held go on.",
        live.Crane,
        _order("release_queue", lambda _, body: (body.crane,)),
    ),
    _act(
        "skip-step",
        Action.LIVE_QUEUE,
        "Leave out a step of a queue: its box stays where it is. Refused where what is left could not be done.",
        live.SkipStep,
        _order("skip_step", lambda _, body: (body.crane, body.what, body.reason)),
    ),
    _act(
        "give-bay",
        Action.LIVE_QUEUE,
        "Give what a quay crane has still to do over a bay to another.",
        live.GiveBay,
        _order(
            "give_bay",
            lambda _, body: (body.crane, body.bay, body.to, body.reason),
        ),
    ),
    _act(
        "hurry",
        Action.LIVE_MOVE,
        "Let the move with a box go before others.",
        live.Hurry,
        _order("hurry", lambda _, body: (body.box, body.reason)),
    ),
    _act(
        "see-alert",
        Action.LIVE_ALERT,
        "Say that somebody has looked at an alert.",
        live.SeeAlert,
        _order("acknowledge_alert", _alert_number),
    ),
    _act(
        "see-alerts",
        Action.LIVE_ALERT,
        "Say that somebody has looked at alerts that are alike.",
        live.SeeAlerts,
        _order("acknowledge_alerts", _alert_numbers),
    ),
    _act(
        "sail",
        Action.LIVE_SAIL,
        "A ship leaves.",
        live.Sail,
        _order("sail", lambda _, body: (body.call,)),
    ),
)
