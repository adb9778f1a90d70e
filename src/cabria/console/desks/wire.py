"""What the server and its worker processes tell each other over pipes: frames of msgpack, each after its length."""

from __future__ import annotations

import gzip
import struct
from typing import Any, BinaryIO

import msgspec

from cabria.console.http.answers import Encoded

HEAD = struct.Struct(">I")
STOP = "stop"
"""The verb that ends planning with the best plan so far; it is not answered."""
MOST_BYTES = 512 * 1024 * 1024


class Order(msgspec.Struct, array_like=True):
    """Do `verb` with these arguments."""

    id: int
    verb: str
    arguments: dict[str, Any]


class News(msgspec.Struct, array_like=True):
    """How far an order is: a phase, its share done if that is known, and a line about the best so far, which `code` and
    `values` say in other languages."""

    id: int
    phase: str
    share: float | None
    text: str
    code: str = ""
    values: dict[str, str | int] = {}  # msgspec copies it


class Outcome(msgspec.Struct, array_like=True):
    """An order's end. Where `is_done`, `content` is its answer, `note` a line about it, and `code` with `values` the
    act that it was, where the audit trail has a finer word for that than the request; else it is a
    `messages.parts.Problem` in msgpack."""

    id: int
    is_done: bool
    note: str
    content: bytes
    is_packed: bool = False
    is_msgpack: bool = False
    mark: str = ""
    code: str = ""
    values: dict[str, str | int] = {}  # msgspec copies it

    @property
    def answer(self) -> Encoded:
        return Encoded(self.content, self.is_msgpack, self.is_packed, self.mark)

    @property
    def unpacked(self) -> bytes:
        return gzip.decompress(self.content) if self.is_packed else self.content


class Reply(msgspec.Struct, array_like=True):
    """One of both."""

    news: News | None = None
    outcome: Outcome | None = None


def frame(message: msgspec.Struct) -> bytes:
    content = msgspec.msgpack.encode(message)
    return HEAD.pack(len(content)) + content


def read_order(stream: BinaryIO) -> Order | None:
    """None when the server has ended."""
    head = stream.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    (length,) = HEAD.unpack(head)
    content = stream.read(length)
    return msgspec.msgpack.decode(content, type=Order) if len(content) == length else None
