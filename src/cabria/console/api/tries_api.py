"""What could be from here on: tries on a copy of the terminal, beside how it goes as it is, taken over or dropped."""

from __future__ import annotations

from typing import Any

from cabria.console.api.endpoint import Asked, Endpoint
from cabria.console.api.plans_api import journalled
from cabria.console.http.problems import refusal
from cabria.console.messages import live
from cabria.console.messages import past as m
from cabria.console.past.attempts import DONE, MOST_HOURS, commands_of
from cabria.console.people.roles import Action
from cabria.domain.errors import DataError
from cabria.operations.policies import POLICIES, policy


async def tries(asked: Asked) -> m.Tries:
    return m.Tries(tries=asked.office.attempts.tries(), policies=list(POLICIES), most_hours=MOST_HOURS)


async def one(asked: Asked) -> m.Try:
    return asked.office.attempts.one(asked.path["try"])


async def begin(asked: Asked) -> m.Try:
    office, said = asked.office, asked.of(m.AskTry)
    asked.values = _changed(said)
    terminal = office.running
    if said.policy:
        policy(said.policy)
    if said.crane and said.crane not in terminal.standing().quay_cranes:
        raise DataError(
            f"There is no quay crane {said.crane[:60]!r}.",
            place="body.crane",
            code="no-such-quay-crane",
            values={"crane": said.crane[:60]},
        )
    if not (said.crane or said.trucks or said.policy or said.ship):
        raise DataError("Nothing is another than now.", place="body", remedy="Change something.", code="nothing-to-try")
    ship = (await office.at_desk("work", said.ship, revision="")).content if said.ship else b""
    return office.attempts.begin(said, terminal, ship, asked.person.name)


async def drop(asked: Asked) -> m.Try:
    return await asked.office.attempts.drop(asked.path["try"])


async def take_over(asked: Asked) -> live.Journalled:
    """Each order is a command of the journal; the first that is refused ends it."""
    office, said = asked.office, asked.of(m.TakeOver)
    told = office.attempts.one(asked.path["try"])
    if told.taken_by:
        why = f"It was taken over by {told.taken_by}."
        raise refusal(409, "not-now", why, code="taken-over", values={"by": told.taken_by})
    if told.state != DONE:
        raise refusal(409, "not-now", "It has not come to its end.", code="try-not-over")
    if not told.orders:
        raise refusal(409, "nothing-to-order", "Nothing of this try can be ordered of the terminal.")
    now_ms, standing = office.running.now_ms, office.running.standing()
    for order in told.orders:
        crane = standing.quay_cranes.get(order.name)
        if order.what == "out" and crane is not None and crane.out is not None:
            continue  # it is out of service already; what is new is when it comes back
        verb, arguments = commands_of(order, said.cause, now_ms)
        asked.entry = (await office.order(verb, *arguments, by=asked.person.name)).entry
    office.attempts.taken(told.id, asked.person.name)
    asked.values = _changed(told.asked)
    return journalled(asked.entry, asked.sentence)


def _changed(said: m.AskTry) -> dict[str, str | int]:
    """What is another than now, for the audit trail; what stays as it is is ""."""
    return {
        "crane": said.crane,
        "crane_h": f"{said.crane_h:g}" if said.crane else "",
        "trucks": f"{said.trucks:+d}" if said.trucks else "",
        "policy": said.policy,
        "ship": said.ship,
        "ship_late_h": f"{said.ship_late_h:g}" if said.ship else "",
    }


def _one(method: str, path: str, summary: str, handler: Any, **more: Any) -> Endpoint:
    more.setdefault("action", Action.TRY)
    return Endpoint(method=method, path=path, summary=summary, handler=handler, tags=("past",), **more)


ENDPOINTS = (
    _one("GET", "/tries", "Tries under way and lately ended.", tries, action=Action.SEE, answer=m.Tries),
    _one("GET", "/tries/{try}", "How far a try is, and what came of it.", one, action=Action.SEE, answer=m.Try),
    _one(
        "POST",
        "/tries",
        "Let a copy of the terminal go on with a change, beside one without.",
        begin,
        body=m.AskTry,
        answer=m.Try,
        status=202,
        limit_s=120.0,
    ),
    _one("DELETE", "/tries/{try}", "End a try and forget it.", drop, answer=m.Try),
    _one(
        "POST",
        "/tries/{try}/take-over",
        "Order of the terminal what was tried, as far as it can be ordered.",
        take_over,
        action=Action.TRY_TAKE_OVER,
        body=m.TakeOver,
        answer=live.Journalled,
    ),
)
