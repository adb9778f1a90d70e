"""Routes of other rooms (the gate, port calls) under our API: let in by our roles, told by our OpenAPI document, and
written into our audit trail."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cabria.console.api.acts import act_asked, values_of
from cabria.console.api.endpoint import PREFIX, Told, may_do, refuse_forgery
from cabria.console.api.outside_told import GATE, PORT_CALLS
from cabria.console.messages.parts import Problem
from cabria.console.office import Office
from cabria.console.people.acts import Deed
from cabria.console.people.entrance import CSRF_HEADER, Person
from cabria.console.people.roles import Action
from cabria.operations.running import RunningTerminal

if TYPE_CHECKING:
    from cabria.adapters.exchange.port_call_file import PortCallFile

Allowed = Callable[[Request, str], Awaitable[str]]
"""Who asks for an action; raises for who may not."""
MakeRoutes = Callable[[Allowed], Iterable[BaseRoute]]


class Outside(NamedTuple):
    """What makes the routes, and what they are."""

    routes: MakeRoutes
    told: Sequence[Told]


def gate(terminal: RunningTerminal) -> Outside:
    """docs/reference/gate.md."""
    from cabria.adapters.gate.routes import gate_routes

    return Outside(partial(gate_routes, terminal), GATE)


def port_calls(book: PortCallFile) -> Outside:
    """DCSA Port Call (JIT) 2.0.0."""
    from cabria.adapters.gate.port_call_routes import port_call_routes

    return Outside(partial(port_call_routes, book), PORT_CALLS)


ENTRY_HEADER = "x-cabria-entry"
READS = ("GET", "HEAD")
MOST_BYTES = 65_536
"""Of a refusal, to learn what it says."""


def mounted(office: Office, makers: Iterable[MakeRoutes]) -> Mount:
    """The routes that each of them makes, told who may."""
    allowed = partial(_allowed, office)
    routes = [route for make in makers for route in make(allowed)]
    return Mount(PREFIX, routes=routes, middleware=[Middleware(_Traced, office=office)])


async def _allowed(office: Office, request: Request, action: str) -> str:
    person = office.entrance.who(request)
    request.state.asker = person, action
    may_do(person, Action(action))
    if request.method not in READS and person.csrf:
        refuse_forgery(person, request.headers.get(CSRF_HEADER, ""))
    return person.name


class _Traced:
    """Acts that were let in are written down with how they ended."""

    def __init__(self, app: ASGIApp, office: Office) -> None:
        self._app, self._office = app, office

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in READS:
            await self._app(scope, receive, send)
            return
        status, entry, refused = 0, 0, b""

        async def send_heard(message: Message) -> None:
            nonlocal status, entry, refused
            if message["type"] == "http.response.start":
                status = message["status"]
                said = Headers(raw=message["headers"]).get(ENTRY_HEADER, "")
                entry = int(said) if said.isdigit() else 0
            elif status >= 400 and len(refused) < MOST_BYTES:
                refused += message.get("body", b"")
            await send(message)

        await self._app(scope, receive, send_heard)
        asker = scope.get("state", {}).get("asker")
        if asker is not None:
            person, action = asker
            await self._trace(person, action, scope, status, entry, _problem(refused))

    async def _trace(
        self, person: Person, action: str, scope: Scope, status: int, entry: int, why: Problem | None
    ) -> None:
        if person.role is None:  # strangers could fill the disk
            return
        outcome = "done" if status < 400 else "refused" if status < 500 else "failed"
        address = (scope.get("client") or ("", 0))[0]
        target = scope["path"].removeprefix(PREFIX)
        trace = partial(
            self._office.store.trace, person.name, person.role or "", person.way, address, action, target, outcome
        )
        act, named = act_asked(scope["method"], target)
        deed = Deed(act, dict(values_of(act, named)), why.code if why else "", why.values if why else {})
        reason = "" if outcome == "done" else why.detail if why else f"answer {status}"
        await asyncio.to_thread(trace, reason, entry, deed)


def _problem(content: bytes) -> Problem | None:
    """What a refusal says, where it is one of our form."""
    try:
        return msgspec.json.decode(content, type=Problem)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
