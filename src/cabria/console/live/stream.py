"""The stream: one look at the terminal for all who watch, encoded once, and a short line of frames for each of them.

A client whose line is full has lost what is in it and gets a snapshot when it can take one again; so it costs no more
memory than its line, and holds up nobody.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

import msgspec
import structlog

from cabria.console.live.feed import Feed
from cabria.console.messages import live as m

LINE = 25
"""Frames that may wait for one client: five seconds' worth."""
REMEMBERED = 150
"""Frames kept for who comes back: half a minute's worth."""
log = structlog.get_logger("cabria.console.stream")


class Frame:
    """A message, encoded when the first client wants it in that form."""

    __slots__ = ("_json", "_msgpack", "message", "number")

    def __init__(self, message: m.StreamMessage) -> None:
        self.message, self.number = message, message.number
        self._json: str | None = None
        self._msgpack: bytes | None = None

    @property
    def json(self) -> str:
        if self._json is None:
            self._json = msgspec.json.encode(self.message).decode()
        return self._json

    @property
    def msgpack(self) -> bytes:
        if self._msgpack is None:
            self._msgpack = msgspec.msgpack.encode(self.message)
        return self._msgpack


@dataclass(eq=False)
class Client:
    """One who watches."""

    line: deque[Frame] = field(default_factory=deque)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    lost: int = 0
    """Frames that it was too slow for."""
    needs_snapshot: bool = False


class Stream:
    """Looks at the terminal every so often, while anybody watches, and hands each client its frames."""

    def __init__(self, feed: Feed, every_ms: int, most_clients: int) -> None:
        self.feed, self._every_s, self._most = feed, every_ms / 1_000, most_clients
        self.clients: set[Client] = set()
        self.frames_lost = 0
        self.looks = 0
        self._recent: deque[Frame] = deque(maxlen=REMEMBERED)
        self._snapshot = Frame(feed.snapshot)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="stream")

    async def end(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self.feed.end()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        next_s = loop.time()
        while True:
            next_s = max(next_s + self._every_s, loop.time())
            await asyncio.sleep(next_s - loop.time())
            try:
                self.look()
            except Exception:
                log.exception("the stream could not look at the terminal")

    def look(self) -> None:
        """Once. Whoever was away too long is told by a snapshot, made when it is needed."""
        frame = Frame(self.feed.look())
        self.looks += 1
        self._recent.append(frame)
        for client in self.clients:
            if len(client.line) >= LINE:
                client.lost += len(client.line)
                self.frames_lost += len(client.line)
                client.line.clear()
                client.needs_snapshot = True
            if not client.needs_snapshot:
                client.line.append(frame)
            client.wake.set()

    def come(self, after: int | None) -> Client:
        """A new client, which has seen all up to message `after`. Raises OverflowError when there are too many."""
        if len(self.clients) >= self._most:
            raise OverflowError
        client = Client()
        missed = [frame for frame in self._recent if after is not None and frame.number > after]
        knows_all = after is not None and after == self.feed.snapshot.number
        if knows_all or (missed and after is not None and missed[0].number == after + 1):
            client.needs_snapshot = len(missed) > LINE
            client.line.extend(() if client.needs_snapshot else missed)
        else:
            client.needs_snapshot = True
        client.wake.set()
        self.clients.add(client)
        return client

    def go(self, client: Client) -> None:
        self.clients.discard(client)

    async def next(self, client: Client) -> Frame:
        """The next frame of a client, as soon as there is one."""
        while True:
            if client.needs_snapshot:
                client.needs_snapshot = False
                client.line.clear()
                return self._snapshot_now()
            if client.line:
                return client.line.popleft()
            client.wake.clear()
            await client.wake.wait()

    def _snapshot_now(self) -> Frame:
        if self._snapshot.message is not self.feed.snapshot:
            self._snapshot = Frame(self.feed.snapshot)
        return self._snapshot
