"""Port calls over HTTP as DCSA Port Call (JIT) 2.0.0 has them: the four objects put, asked for, omitted, cancelled.

Vessel statuses are not kept. An error is answered in the standard's own form. Paths stand under `/port-call-api`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from cabria.adapters.exchange.port_call_file import PortCallFile
from cabria.domain.errors import DataError
from cabria.domain.port_calls import PortCallBook

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

Allowed = Callable[["Request", str], Awaitable[str]]
READ, WRITE = "port-calls.read", "port-calls.write"
PREFIX = "/port-call-api"
VERSION = {"API-Version": "2.0.0"}
MOST_BYTES = 256 * 1024
LISTS: Mapping[str, tuple[str, str]] = {
    "port-calls": ("portCalls", "portCallID"),
    "terminal-calls": ("terminalCalls", "terminalCallID"),
    "port-call-services": ("portCallServices", "portCallServiceID"),
    "timestamps": ("timestamps", "timestampID"),
}
"""Of each path: its list in a file of port calls, and the key of the id."""
MARKS = {
    ("port-calls", "omit"): "omitted",
    ("terminal-calls", "omit"): "omitted",
    ("port-call-services", "cancel"): "cancelled",
    ("port-call-services", "decline"): "declined",
}


class MissingError(DataError):
    """There is no object of that id."""


def port_call_routes(book: PortCallFile, allowed: Allowed) -> list[Route]:
    from starlette.routing import Route

    calls = PortCallDesk(book, allowed)
    return [
        *(Route(f"{PREFIX}/{name}", calls.find(name), methods=["GET"]) for name in LISTS),
        *(Route(f"{PREFIX}/{name}/{{id}}", calls.put(name), methods=["PUT"]) for name in LISTS),
        *(Route(f"{PREFIX}/{name}/{{id}}/{act}", calls.mark(name, act), methods=["POST"]) for name, act in MARKS),
    ]


Endpoint = Callable[["Request"], Awaitable["Response"]]


class PortCallDesk:
    """Makes the routes' functions. A write is done in a thread, one at a time."""

    def __init__(self, book: PortCallFile, allowed: Allowed) -> None:
        self._book, self._allowed = book, allowed

    def find(self, name: str) -> Endpoint:
        """GET: objects whose keys are as the query says, as far as it names keys of theirs."""

        async def endpoint(request: Request) -> Response:
            await self._allowed(request, READ)
            lists = await asyncio.to_thread(self._book.lists)
            wanted = dict(request.query_params)
            found = [part for part in lists[LISTS[name][0]] if _fits(part, wanted)]
            return _answer(200, found)

        return endpoint

    def put(self, name: str) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            await self._allowed(request, WRITE)
            try:
                content = await _content(request)
                await asyncio.to_thread(self._put, name, str(request.path_params["id"]), content)
            except DataError as error:
                return _refusal(request, error)
            return _answer(204)

        return endpoint

    def mark(self, name: str, act: str) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            await self._allowed(request, WRITE)
            try:
                await _content(request)  # a reason for people, which nobody keeps
                await asyncio.to_thread(self._mark, name, str(request.path_params["id"]), MARKS[name, act])
            except DataError as error:
                return _refusal(request, error)
            return _answer(204)

        return endpoint

    def _put(self, name: str, wanted: str, content: bytes) -> None:
        where, key = LISTS[name]
        try:
            part = msgspec.json.decode(content, type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise DataError(f"The body is no JSON object: {str(error).rstrip('.')}.") from None
        if str(part.get(key, "")).lower() != wanted.lower():
            raise DataError(f"The body says {key} {str(part.get(key))[:60]!r}, the path says another.", place=key)
        lists = {each: [part] if each == where else [] for each, _ in LISTS.values()}
        self._book.add(msgspec.json.encode(lists), file="")

    def _mark(self, name: str, wanted: str, mark: str) -> None:
        where, key = LISTS[name]
        try:
            id_ = UUID(wanted)
        except ValueError:
            raise DataError("The id is no UUID.", place=key) from None

        def marked(book: PortCallBook) -> PortCallBook:
            field = {"portCalls": "port_calls", "terminalCalls": "terminal_calls"}.get(where, "services")
            parts: tuple[Any, ...] = getattr(book, field)
            if all(part.id != id_ for part in parts):
                raise MissingError(f"There is no object {id_} here.", place=key)
            now = tuple(replace(part, **{mark: True}) if part.id == id_ else part for part in parts)
            changed: dict[str, Any] = {field: now}
            return replace(book, **changed)

        self._book.change(marked)


def _fits(part: Mapping[str, Any], wanted: Mapping[str, str]) -> bool:
    flat = {**part, **part.get("vessel", {})}
    aliases = {"vesselName": flat.get("name")}
    for key, value in wanted.items():
        has = flat.get(key, aliases.get(key))
        if has is not None and str(has).lower() != value.lower():
            return False
    return True


async def _content(request: Request) -> bytes:
    content = bytearray()
    async for block in request.stream():
        content += block
        if len(content) > MOST_BYTES:
            raise DataError(f"The body is longer than {MOST_BYTES // 1024} kB.")
    return bytes(content)


def _answer(status: int, body: Any = None) -> Response:
    from starlette.responses import Response

    content = b"" if body is None else msgspec.json.encode(body)
    return Response(content, status, media_type="application/json" if body is not None else None, headers=VERSION)


def _refusal(request: Request, error: DataError) -> Response:
    """400 for what is not in the standard's form, 404 for what is not there, 409 for a link that leads nowhere."""
    status = HTTPStatus.BAD_REQUEST
    if isinstance(error, MissingError):
        status = HTTPStatus.NOT_FOUND
    elif error.problem.startswith("There is no "):
        status = HTTPStatus.CONFLICT
    detail: dict[str, Any] = {"errorCodeText": status.phrase, "errorCodeMessage": str(error)[:5_000]}
    if error.place:
        detail["property"] = error.place[:100]
    body = {
        "httpMethod": request.method,
        "requestUri": request.url.path,
        "statusCode": int(status),
        "statusCodeText": status.phrase,
        "statusCodeMessage": error.problem[:200],
        "errorDateTime": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "errors": [detail],
    }
    return _answer(int(status), body)
