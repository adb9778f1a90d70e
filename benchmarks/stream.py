"""`stream`: pages that look on while trucks drive, and what that costs the server.

An instance `CLIENTSxTRUCKS` is a server of its own process over a terminal whose trucks all move all the time, and so
many WebSocket clients here; one more client never reads. `cost` is the share of a core that the server took (its looks
at the terminal included, the terminal itself not). `lost` counts numbers that a reading client missed, `slow_mib` by
how much the server grew while the other one did not read.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from cabria.domain.layout import Layout
from cabria.domain.verdict import YES, Verdict
from cabria.operations.records import Command
from cabria.operations.running import Accepted, Batch, Mode, Picture, Refused, Told, TruckPicture, Whereabouts

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

ANCHORS = """
Goal: 50 pages and 300 moving trucks for less than a quarter of a core, nothing lost by who reads, and a client that
does not read costs no more memory than its line of frames.
"""
DEFAULT_SECONDS = 15.0
Row = dict[str, object]
SHARE = 0.25
MOST_MIB = 8.0
EVERY_MS = 200
MIB = 1024 * 1024


def default_paths() -> list[str]:
    return ["50x300"]


def run(paths: Sequence[str | Path], *, seconds: float, seed: int, jobs: int, solutions: Path | None) -> Iterator[Row]:
    """One row an instance; `seconds` is the wall time that is measured, `jobs` changes nothing."""
    for path in map(str, paths):
        clients, _, trucks = path.partition("x")
        if not (clients.isdigit() and trucks.isdigit() and 0 < int(clients) <= 500 and 0 < int(trucks) <= 2_000):
            yield {"instance": path, "error": f"{path}: write CLIENTSxTRUCKS, as 50x300."}
            continue
        yield asyncio.run(_trial(path, int(clients), int(trucks), seconds))


async def _trial(name: str, clients: int, trucks: int, seconds: float) -> Row:
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs, trucks), daemon=True)
    server.start()
    try:
        port = await asyncio.to_thread(ours.recv)
        assert server.pid is not None
        return await _measured(name, clients, trucks, seconds, port, server.pid)
    finally:
        server.terminate()
        server.join()


async def _measured(name: str, clients: int, trucks: int, seconds: float, port: int, pid: int) -> Row:
    from websockets.asyncio.client import connect

    address = f"ws://127.0.0.1:{port}/api/v1/stream?format=msgpack"
    async with connect(address, compression=None, max_queue=1) as deaf:
        await deaf.recv()
        readers = [_Reader(address) for _ in range(clients)]
        jobs = [asyncio.create_task(reader.read()) for reader in readers]
        while not all(reader.frames for reader in readers):
            await asyncio.sleep(0.05)
        before_s, before_mib, began_s = _cpu_s(pid), _mib(pid), time.perf_counter()
        frames_before = sum(reader.frames for reader in readers)
        await asyncio.sleep(seconds)
        wall_s, cpu_s, grown_mib = time.perf_counter() - began_s, _cpu_s(pid) - before_s, _mib(pid) - before_mib
        frames = sum(reader.frames for reader in readers) - frames_before
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)
    lost = sum(reader.lost for reader in readers)
    share = cpu_s / wall_s
    return {
        "instance": name,
        "cost": round(share, 4),
        "bound": "",
        "proven": False,
        "cpu_s": round(cpu_s, 3),
        "wall_s": round(wall_s, 3),
        "frames": frames,
        "frame_bytes": readers[0].last_bytes,
        "trucks_moved": readers[0].moved,
        "lost": lost,
        "slow_mib": round(grown_mib, 2),
        "valid": share < SHARE and lost == 0 and grown_mib < MOST_MIB and readers[0].moved >= trucks,
    }


@dataclass
class _Reader:
    """A page that takes every frame, and looks into some of them."""

    address: str
    frames: int = 0
    lost: int = 0
    last_bytes: int = 0
    moved: int = 0
    """Machines in the frame looked into last."""

    async def read(self) -> None:
        from websockets.asyncio.client import connect

        seen = None
        async with connect(self.address, compression=None) as socket:
            async for content in socket:
                self.frames += 1
                if self.frames % 25 != 2 and seen is not None:
                    seen += 1
                    continue
                message = msgspec.msgpack.decode(content)
                if seen is not None and message["number"] != seen + 1:
                    self.lost += 1
                seen = message["number"]
                self.last_bytes = len(content)
                self.moved = len((message.get("positions") or {"id": ()})["id"])


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _mib(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MIB


def _serve(told: Connection, trucks: int) -> None:
    """A server over a busy terminal, until it is ended."""
    from cabria.console.app import app
    from cabria.console.serving import serve_beside
    from cabria.console.settings import ConsoleSettings
    from cabria.experiments.layouts import chancay_layout

    folder = Path(tempfile.mkdtemp(prefix="stream-"))
    settings = ConsoleSettings(
        port=0,
        store=folder / "console.sqlite",
        needs_login=False,
        has_desk_ready=False,
        stream_ms=EVERY_MS,
        clients=600,
    )
    terminal = BusyTerminal(chancay_layout(), trucks)
    beside = serve_beside(lambda chosen: app(terminal, folder, chosen), settings)
    told.send(beside.settings.port)
    time.sleep(3_600)


@dataclass
class BusyTerminal:
    """A `RunningTerminal` in which every truck drives round and round, a third of them to another stand each second."""

    layout: Layout
    trucks: int
    mode: Mode = Mode.TWIN
    zero_utc_ms: int = 0
    speed: float = 1.0
    problem: str = ""
    _began_s: float = field(default_factory=time.monotonic)
    _drawn: tuple[int, Picture | None] = (-1, None)

    @property
    def now_ms(self) -> int:
        return int(1_000 * (time.monotonic() - self._began_s))

    def whereabouts(self) -> Mapping[str, Whereabouts]:
        now_ms = self.now_ms
        found = {}
        for n in range(self.trucks):
            angle = n + now_ms / 10_000
            x_mm, y_mm = int(500_000 + 400_000 * math.cos(angle)), int(300_000 + 200_000 * math.sin(angle))
            found[f"T{n:03}"] = Whereabouts(x_mm, y_mm, int(1_000 * (angle % math.tau)), 5_000, now_ms)
        return found

    def standing(self) -> Picture:
        second = self.now_ms // 1_000
        if self._drawn[0] != second or self._drawn[1] is None:
            self._drawn = second, self._draw(second)
        picture = self._drawn[1]
        assert picture is not None
        return picture

    def _draw(self, second: int) -> Picture:
        stands = [segment.id for segment in self.layout.stands]
        nothing: dict[Any, Any] = {}
        trucks = {
            f"T{n:03}": TruckPicture(
                f"T{n:03}",
                stands[(n + (second + n) // 3) % len(stands)],
                True,
                1_000 * (second + 20),
                f"CALL/QC{n % 6}/{(second + n) // 3}",
                (),
                200_000 - second,
                280_000,
                False,
                False,
                False,
                False,
                None,
            )
            for n in range(self.trucks)
        }
        fields = dict.fromkeys(Picture._fields, nothing) | {"jobs": (), "at_gate": ()}
        return Picture(**fields | {"number": second, "now_ms": 1_000 * second, "trucks": trucks})

    def subscribe(self, hear: Callable[[Batch], None]) -> Callable[[], None]:
        return lambda: None

    def entries(self, after: int, until: int | None = None) -> Iterator[Told]:
        return itertools.chain()

    def ask(self, command: Command, *, by: str, correlation: str = "") -> Future[Accepted | Refused]:
        future: Future[Accepted | Refused] = Future()
        future.set_result(Accepted(1))
        return future

    def go_at(self, speed: float) -> Verdict:
        return YES

    def end(self) -> None: ...
