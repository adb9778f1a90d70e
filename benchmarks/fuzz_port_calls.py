"""Fuzzing of port calls (DCSA JIT 2.0.0): as files of the message exchange, over HTTP, and on into a berth plan.

The port calls of a made week are broken as JSON and as bytes. Between them carriers write honestly of ships nobody else
writes of: their words must be kept as they were said. The file of port calls must be readable after each look, and the
berth planner must read it or say why it does not.
"""

from __future__ import annotations

import json
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.testclient import TestClient

from benchmarks.broken_json import IN_BYTES, NONSENSE, broken_bytes, broken_document, written
from benchmarks.fuzz import Row, memory_mb
from cabria.adapters.exchange.port_call_file import PortCallFile
from cabria.adapters.files.berth_port_calls import with_answers, with_arrivals
from cabria.adapters.files.port_calls import written_port_calls
from cabria.adapters.gate.port_call_routes import LISTS, MARKS, PREFIX, port_call_routes
from cabria.domain.berthing import BerthPlan
from cabria.domain.errors import DataError
from cabria.experiments.berth_weeks import make_berth_week, make_port_calls

AT_A_TIME = 60
"""Broken messages between two looks."""
ANEW = 10
"""Looks after which the file begins anew: what was broken and can still be read is kept."""
HONEST = "HONEST SHIP"
VERBS = ("GET", "PUT", "POST", "PATCH", "DELETE")


class _Book:
    """A file of port calls and its two doors, message files and HTTP."""

    def __init__(self, folder: Path, chance: Random) -> None:
        self.case = make_berth_week(calls=8)
        self.chance = chance
        self.honest: bytes = written_port_calls(make_port_calls(self.case))
        self.file = PortCallFile(folder / "port-calls.json")
        self.client = TestClient(Starlette(routes=port_call_routes(self.file, _anybody)), raise_server_exceptions=True)
        self.sent = self.refused = 0
        self.crashes: Counter[str] = Counter()
        self._try("file", lambda: self.file.add(self.honest, file="week.json"))

    def _try(self, what: str, does: Callable[[], object]) -> None:
        """A refusal is counted, whatever else is raised is a crash."""
        try:
            does()
        except DataError:
            self.refused += 1
        except Exception as error:  # noqa: BLE001 - whatever comes out is what is looked for
            place = traceback.extract_tb(error.__traceback__)[-1]
            self.crashes[f"{what}: {type(error).__name__} at {place.name}, line {place.lineno}: {error!s:.80}"] += 1

    # Broken

    def break_one(self) -> None:
        self.sent += 1
        if self.chance.random() < 0.5:
            self._try("file", lambda: self.file.add(self._broken(self.honest), file="broken.json"))
        else:
            self._try("http", self._ask)

    def _broken(self, content: bytes) -> bytes:
        if self.chance.random() < IN_BYTES:
            return broken_bytes(content, self.chance)
        return written(broken_document(content, self.chance))

    def _ask(self) -> None:
        """One object put, marked or asked for, with something wrong about it."""
        chance = self.chance
        name = chance.choice(sorted(LISTS))
        where, key = LISTS[name]
        part: dict[str, Any] = chance.choice(json.loads(self.honest)[where])
        path, verb, content = f"{PREFIX}/{name}", chance.choice(VERBS), self._broken(written(part))
        way = chance.random()
        if way < 0.6:
            path, verb = f"{path}/{part[key]}", "PUT"
        elif way < 0.8:
            act = chance.choice([act for _, act in MARKS])
            path, verb = f"{path}/{chance.choice((part[key], 'x' * 200, '0', '%00'))}/{act}", "POST"
        query = {chance.choice(sorted(part)): str(chance.choice(NONSENSE))[:500]} if verb == "GET" else None
        answer = self.client.request(verb, path, content=content, params=query)
        if answer.status_code >= 500:
            self.crashes[f"http: {verb} {name} answered {answer.status_code}"] += 1
        self.refused += answer.status_code >= 400

    # Honest

    def goes_on(self, number: int) -> bool:
        """Whether what a carrier says of a ship of its own is kept as it was said, by both doors."""
        ids = [str(UUID(int=(number << 8) + part + 1, version=4)) for part in range(5)]
        objects = _honest_objects(ids, number)
        *added, (_, put) = objects
        self.file.add(written({where: [part] for where, part in added}), file="")
        answer = self.client.put(f"{PREFIX}/timestamps/{ids[4]}", content=written(put))
        kept = self.file.lists()
        return answer.status_code == 204 and all(
            any(part.items() >= said.items() for part in kept[where]) for where, said in objects
        )

    def look(self) -> None:
        """The file as a berth planner finds it."""
        self._try("berths", lambda: with_arrivals(self.case, self.file.read()))
        self._try("berths", lambda: with_answers(self.case, BerthPlan(()), self.file.read()))


def _honest_objects(ids: list[str], number: int) -> list[tuple[str, dict[str, Any]]]:
    """A port call, its terminal call and service, a timestamp and the one that follows it, each with its list."""
    call, terminal_call, service, first, second = ids
    vessel = {"vesselIMONumber": f"{8_000_000 + number % 1_000_000}", "name": f"{HONEST} {number}"}
    said = {"portCallServiceID": service, "classifierCode": "EST"}
    return [
        ("portCalls", {"portCallID": call, "UNLocationCode": "PECHY", "vessel": vessel}),
        ("terminalCalls", {"terminalCallID": terminal_call, "portCallID": call, "carrierServiceName": "Honest",
                           "carrierServiceCode": "HON"}),
        ("portCallServices", {"portCallServiceID": service, "terminalCallID": terminal_call,
                              "portCallServiceTypeCode": "BERTH", "portCallServiceEventTypeCode": "ARRI",
                              "portCallServiceLocation": {"UNLocationCode": "PECHY"}}),
        ("timestamps", said | {"timestampID": first, "dateTime": "2026-11-23T06:00:00-05:00"}),
        ("timestamps", said | {"timestampID": second, "dateTime": "2026-11-23T07:00:00-05:00",
                               "replyToTimestampID": first}),
    ]  # fmt: skip


async def _anybody(request: Request, action: str) -> str:
    return "carrier"


def run_part(seconds: float, seed: int) -> Row:
    """So long; the row says what crashed, and whether memory grew in the second half."""
    chance, crashes = Random(seed), Counter[str]()
    began, cpu = time.monotonic(), time.process_time()
    looks = sent = refused = honest_lost = 0
    half_mb = 0.0
    while (passed := time.monotonic() - began) < seconds or not looks:
        with tempfile.TemporaryDirectory() as folder:
            book = _Book(Path(folder), chance)
            for _ in range(ANEW):
                for _ in range(AT_A_TIME):
                    book.break_one()
                looks += 1
                book.look()
                honest_lost += not book.goes_on(looks)
                if time.monotonic() - began >= seconds:
                    break
            sent, refused = sent + book.sent, refused + book.refused
            crashes += book.crashes
        if not half_mb and passed > seconds / 2:
            half_mb = memory_mb()
    for what, times in crashes.most_common(10):
        print(f"{times} times {what}")
    end_mb = memory_mb()
    return {
        "cost": sum(crashes.values()),
        "cpu_s": round(time.process_time() - cpu, 1),
        "wall_s": round(time.monotonic() - began, 1),
        "valid": not crashes and not honest_lost and end_mb < 1.1 * (half_mb or end_mb) + 5,
        "messages": sent,
        "told": refused,
        "looks": looks,
        "honest_lost": honest_lost,
        "mb_half": round(half_mb, 1),
        "mb_end": round(end_mb, 1),
    }
