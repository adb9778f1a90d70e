"""Answers as bytes: JSON or msgpack, packed when the client can unpack, with a mark by which it may keep them."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from typing import Any, NamedTuple

import msgspec
from starlette.requests import Request
from starlette.responses import Response

JSON, MSGPACK = "application/json", "application/msgpack"
PACK_FROM_BYTES = 1_500
"""Shorter ones fit into one packet anyway."""
LONG_BYTES = 100_000
"""From here on packing is done in a thread."""
LEVEL = 4
"""Of gzip: three quarters of what is to be gained, in a third of the time of level 6."""


class Encoded(NamedTuple):
    """An answer that was made elsewhere. `mark` is the same if and only if the content is; "" is not known."""

    content: bytes
    is_msgpack: bool
    is_packed: bool
    mark: str = ""


def encode(message: Any, *, msgpack: bool) -> bytes:
    return msgspec.msgpack.encode(message) if msgpack else msgspec.json.encode(message)


def pack(content: bytes) -> bytes:
    return gzip.compress(content, LEVEL, mtime=0)


def mark_of(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=12).hexdigest()


def encode_whole(message: Any, *, msgpack: bool) -> Encoded:
    """A message with its mark, packed where that pays; large ones are made in a thread or another process."""
    content = encode(message, msgpack=msgpack)
    is_packed = len(content) >= PACK_FROM_BYTES
    return Encoded(pack(content) if is_packed else content, msgpack, is_packed, mark_of(content))


def wants_msgpack(request: Request) -> bool:
    asked = request.query_params.get("format", "")
    return asked == "msgpack" or (not asked and MSGPACK in request.headers.get("accept", ""))


def may_pack(request: Request) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "")


async def respond(request: Request, answer: Any, status: int = 200) -> Response:
    """The answer in the form that the client asked for; 304 for one it has."""
    if not isinstance(answer, Encoded):
        answer = Encoded(encode(answer, msgpack=(msgpack := wants_msgpack(request))), msgpack, False)
    headers = {"Vary": "Accept, Accept-Encoding", "Cache-Control": "private, no-cache" if answer.mark else "no-store"}
    if answer.mark:
        headers["ETag"] = f'"{answer.mark}"'
        if f'"{answer.mark}"' in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
    content = answer.content
    if answer.is_packed and not may_pack(request):
        content = await asyncio.to_thread(gzip.decompress, content)
    elif answer.is_packed or (may_pack(request) and len(content) >= PACK_FROM_BYTES):
        headers["Content-Encoding"] = "gzip"
        if not answer.is_packed:
            content = await asyncio.to_thread(pack, content) if len(content) > LONG_BYTES else pack(content)
    return Response(content, status, headers, MSGPACK if answer.is_msgpack else JSON)
