"""The gate's HTTP routes over a running terminal, to be mounted by whoever serves.

Everything is known by the id of the visit and asked with PUT, so that asking again changes nothing. A refusal is
answered 409 with the reason of operations, what cannot be read is a DataError; `allowed` says who asks, or raises.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from cabria.adapters.files.documents import decoded
from cabria.adapters.gate.bodies import (
    VISIT_FORM,
    AppointmentBody,
    GateInBody,
    VisitsAnswer,
    utc,
    visit_answer,
)
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.verdict import Verdict
from cabria.operations.gateways import JournalStoppedError
from cabria.operations.records import Command
from cabria.operations.running import Accepted, Refused, RunningTerminal

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

Allowed = Callable[["Request", str], Awaitable[str]]
"""Who asks for an action; raises an HTTPException for who may not."""
Body = TypeVar("Body", bound=msgspec.Struct)
READ, BOOK, PASS = "gate.read", "gate.book", "gate.pass"
ENTRY = "X-Cabria-Entry"
MOST_BYTES = 64 * 1024
ANSWER_S = 10.0


def gate_routes(terminal: RunningTerminal, allowed: Allowed) -> list[Route]:
    """Paths under `/gate`: docs/reference/gate.md."""
    from starlette.routing import Route

    gate = Gate(terminal, allowed)
    return [
        Route("/gate/visits", gate.visits, methods=["GET"]),
        Route("/gate/visits/{id}", gate.visit, methods=["GET"]),
        Route("/gate/appointments/{id}", gate.book, methods=["PUT"]),
        Route("/gate/appointments/{id}", gate.cancel, methods=["DELETE"]),
        Route("/gate/visits/{id}/in", gate.come_in, methods=["PUT"]),
        Route("/gate/visits/{id}/stands", gate.stands, methods=["PUT"]),
        Route("/gate/visits/{id}/out", gate.go_out, methods=["PUT"]),
    ]


class Gate:
    """One method a route."""

    def __init__(self, terminal: RunningTerminal, allowed: Allowed) -> None:
        self._terminal, self._allowed = terminal, allowed

    async def visits(self, request: Request) -> Response:
        await self._allowed(request, READ)
        found = self._terminal.standing().visits.values()
        return _json(VisitsAnswer([visit_answer(visit, self._terminal.zero_utc_ms) for visit in found]))

    async def visit(self, request: Request) -> Response:
        from starlette.exceptions import HTTPException

        await self._allowed(request, READ)
        name = _id(request)
        visit = self._terminal.standing().visits.get(name)
        if visit is None:
            raise HTTPException(404, f"There is no visit {name}.")
        return _json(visit_answer(visit, self._terminal.zero_utc_ms))

    async def book(self, request: Request) -> Response:
        by, name = await self._allowed(request, BOOK), _id(request)
        body = await _body(request, AppointmentBody, "An appointment")
        return await self._ask("book", name, by, body.appointment(name, self._terminal.zero_utc_ms))

    async def cancel(self, request: Request) -> Response:
        by, name = await self._allowed(request, BOOK), _id(request)
        return await self._ask("cancel_booking", name, by, name)

    async def come_in(self, request: Request) -> Response:
        by, name = await self._allowed(request, PASS), _id(request)
        body = await _body(request, GateInBody, "A road truck at the gate")
        brings = body.brings.brought() if body.brings else None
        return await self._ask("gate_in", name, by, name, brings, ContainerId(body.takes) if body.takes else None)

    async def stands(self, request: Request) -> Response:
        by, name = await self._allowed(request, PASS), _id(request)
        return await self._ask("visitor_stands", name, by, name)

    async def go_out(self, request: Request) -> Response:
        by, name = await self._allowed(request, PASS), _id(request)
        return await self._ask("gate_out", name, by, name)

    async def _ask(self, verb: str, visit: str, by: str, *arguments: Any) -> Response:
        from starlette.exceptions import HTTPException

        answer = await _answered(self._terminal.ask(Command(verb, arguments), by=by, correlation=visit))
        verdict = answer.answer if isinstance(answer, Accepted) else None
        refused = answer.reason if isinstance(answer, Refused) else ""
        if isinstance(verdict, Verdict) and not verdict:
            refused = verdict.reason
        if refused:
            raise HTTPException(409, refused[:1].upper() + refused[1:] + ".", headers={ENTRY: str(answer.entry)})
        return _json({"id": visit, "entry": answer.entry, "at": utc(self._now_utc_ms)}, {ENTRY: str(answer.entry)})

    @property
    def _now_utc_ms(self) -> int:
        return self._terminal.zero_utc_ms + self._terminal.now_ms


async def _answered(asked: Future[Accepted | Refused]) -> Accepted | Refused:
    from starlette.exceptions import HTTPException

    try:
        return await asyncio.wait_for(asyncio.wrap_future(asked), ANSWER_S)
    except TimeoutError:
        raise HTTPException(503, "The terminal did not answer in time; ask again.") from None
    except JournalStoppedError:
        raise HTTPException(503, "The journal has stopped; nothing can be accepted now.") from None


def _id(request: Request) -> str:
    name = str(request.path_params["id"])
    if not re.fullmatch(VISIT_FORM, name):
        raise DataError("An id has 1 to 40 letters, digits, points and hyphens.", place="id")
    return name


async def _body(request: Request, form: type[Body], what: str) -> Body:
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > MOST_BYTES:
            raise DataError(f"{what} is longer than {MOST_BYTES // 1024} kB.")
    return decoded(bytes(content) or b"{}", form, file="", what=what)


def _json(answer: Any, headers: dict[str, str] | None = None) -> Response:
    from starlette.responses import Response

    return Response(msgspec.json.encode(answer), media_type="application/json", headers=headers)
