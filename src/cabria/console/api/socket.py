"""`/api/v1/stream`: the WebSocket on which pages look on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from urllib.parse import urlsplit

import anyio
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from cabria.console.api.endpoint import PREFIX
from cabria.console.live.stream import Client, Stream
from cabria.console.office import Office
from cabria.console.people.roles import Action

POLICY_VIOLATION, TRY_LATER, GOING_AWAY = 1008, 1013, 1001
LOOK_AGAIN_S = 30.0
"""How often a session is asked for again: one that has ended sees no more."""


def stream_route(office: Office) -> WebSocketRoute:
    async def watch(socket: WebSocket) -> None:
        person = office.entrance.who(socket)
        if Action.SEE not in person.may or not is_same_origin(socket):
            await socket.close(POLICY_VIOLATION, "log in first")
            return
        if office.stream is None:
            await socket.close(TRY_LATER, "no terminal runs here")
            return
        after = socket.query_params.get("after", "")
        try:
            client = office.stream.come(int(after) if after.isascii() and after.isdigit() and len(after) < 16 else None)
        except OverflowError:
            await socket.close(TRY_LATER, "too many pages look on")
            return
        await socket.accept()
        await _tell(office, office.stream, client, socket)

    return WebSocketRoute(PREFIX + "/stream", watch)


def is_same_origin(socket: WebSocket) -> bool:
    """Browsers send cookies to other sites' sockets too, and say from where; programs say nothing."""
    origin = socket.headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == socket.headers.get("host", "").lower()


async def _tell(office: Office, stream: Stream, client: Client, socket: WebSocket) -> None:
    """Until either side has enough. What a client sends is not read, but its end is."""
    is_binary = socket.query_params.get("format") == "msgpack"
    try:
        async with anyio.create_task_group() as group:

            async def until_over(job: Awaitable[None]) -> None:
                with suppress(RuntimeError, WebSocketDisconnect, OSError):  # the client has gone meanwhile
                    await job
                group.cancel_scope.cancel()

            for job in (_send(stream, client, socket, is_binary), _listen(socket), _look_again(office, socket)):
                group.start_soon(until_over, job)
    finally:
        stream.go(client)
    with suppress(RuntimeError, WebSocketDisconnect, OSError):
        await socket.close(GOING_AWAY)


async def _send(stream: Stream, client: Client, socket: WebSocket, is_binary: bool) -> None:
    while True:
        frame = await stream.next(client)
        if is_binary:
            await socket.send_bytes(frame.msgpack)
        else:
            await socket.send_text(frame.json)


async def _listen(socket: WebSocket) -> None:
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


async def _look_again(office: Office, socket: WebSocket) -> None:
    while True:
        await asyncio.sleep(LOOK_AGAIN_S)
        if Action.SEE not in office.entrance.who(socket).may:
            return
