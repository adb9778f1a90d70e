"""`fuzz http`: requests made from the server's own OpenAPI document, mostly almost right, some not at all.

A fault is an answer of 500 or more, one that is no problem+json where it refuses, or none. The server has a running
twin, plans and a planner's process behind it, as in service.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote

import msgspec

from benchmarks.fuzz import Row, memory_mb

JUNK: tuple[Any, ...] = (
    None, True, -1, 0, 2**63, -(2**80), 1e308, "", " ", "\x00", "\u202e\ud7ff", "../../etc/passwd", "'; DROP TABLE x",
    "A" * 3_000, [], {}, [[[[[]]]]], {"kind": "move"}, {"": {"": {"": None}}}, "0" * 400, "２０", "-0", "1e9",
)  # fmt: skip
KNOWN = (
    "tiny-plan", "TINY", "TINU0000033", "TINU0000049", "0050182", "0020482", "bay 02 deck", "QC1", "YC01", "T01",
    "CNSHA", "lid 02P", "STACK-LASHING", "quick", "session", "see", "1", "V1", "QC2", "dispatcher", "nobody",
)  # fmt: skip
DEEPEST = 6
MOST_GROWTH_MB = 48.0
"""In the second half: kernels and plans are loaded by then."""


class Asked(NamedTuple):
    method: str
    path: str
    headers: Mapping[str, str]
    content: bytes


class Answered(Protocol):
    """As httpx tells it."""

    status_code: int
    headers: Mapping[str, str]


@dataclass
class Nonsense:
    """Requests from an OpenAPI document, the same for the same seed."""

    document: Mapping[str, Any]
    random: Random
    operations: list[tuple[str, str, Mapping[str, Any]]] = field(init=False)

    def __post_init__(self) -> None:
        self.operations = [
            (method.upper(), path, said)
            for path, methods in self.document["paths"].items()
            for method, said in methods.items()
            if not path.endswith(("/login", "/logout"))  # the one makes who errs wait, the other ends it all
        ]

    def next(self) -> Asked:
        random = self.random
        method, path, said = random.choice(self.operations)
        if random.random() < 0.01:
            method = random.choice(["PUT", "PATCH", "OPTIONS", "HEAD", "DELETE", "POST"])
        headers: dict[str, str] = {}
        query: list[str] = []
        for parameter in said.get("parameters", ()):
            name = parameter["name"]
            if parameter["in"] == "path":
                path = path.replace(f"{{{name}}}", quote(self._text(), safe="") or "x")
            elif parameter["in"] == "query" and random.random() < 0.6:
                query.append(f"{name}={quote(str(self._value(parameter['schema'])))}")
        content, headers["Content-Type"] = self._body(said.get("requestBody"))
        return Asked(method, path + ("?" + "&".join(query) if query else ""), headers, content)

    def _body(self, said: Mapping[str, Any] | None) -> tuple[bytes, str]:
        random = self.random
        if said is None or random.random() < 0.03:
            return random.randbytes(random.randrange(40)), random.choice(["application/json", "text/html", "x"])
        media_type, part = next(iter(said["content"].items()))
        if media_type != "application/json" or random.random() < 0.04:
            return random.randbytes(random.randrange(2_000)), media_type
        value = self._value(part["schema"])
        if random.random() < 0.05:
            return msgspec.msgpack.encode(_fitting(value)), "application/msgpack"
        text = json.dumps(value).encode()
        return (text[: random.randrange(len(text))] if random.random() < 0.03 else text), media_type

    def _value(self, schema: Mapping[str, Any], depth: int = 0) -> Any:
        random = self.random
        if random.random() < 0.04 or depth > DEEPEST:
            return random.choice(JUNK)
        if "$ref" in schema:
            return self._value(self.document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], depth)
        if "anyOf" in schema:
            return self._value(random.choice(schema["anyOf"]), depth + 1)
        if "enum" in schema:
            return random.choice(schema["enum"])
        match schema.get("type"):
            case "object":
                return self._object(schema, depth)
            case "array":
                return [self._value(schema.get("items", {}), depth + 1) for _ in range(random.randrange(4))]
            case "integer" | "number" as kind:
                least, most = schema.get("minimum", -5), schema.get("maximum", 10_000)
                number = random.choice([least, most, random.uniform(least, most), least - 1, most + 1])
                return int(number) if kind == "integer" else number
            case "boolean":
                return random.random() < 0.5
            case "null":
                return None
            case _:
                return self._text()

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        needed = schema.get("required", ())
        parts = schema.get("properties", {})
        made = {
            name: self._value(part, depth + 1)
            for name, part in parts.items()
            if (name in needed) != (self.random.random() < 0.03) or self.random.random() < 0.3
        }
        if self.random.random() < 0.02:
            made["unknown"] = 1
        return made

    def _text(self) -> str:
        return self.random.choice(KNOWN) if self.random.random() < 0.85 else str(self.random.choice(JUNK))


def _fitting(value: Any) -> Any:
    """Numbers that msgpack can carry."""
    match value:
        case bool() | None | float() | str():
            return value
        case int():
            return max(-(2**63), min(2**64 - 1, value))
        case list():
            return list(map(_fitting, value))
        case _:
            return {str(key): _fitting(part) for key, part in value.items()}


def fault_of(answer: Answered) -> str:
    """What is wrong with an answer, "" for nothing."""
    status, kind = answer.status_code, answer.headers.get("content-type", "")
    if status >= 500:
        return f"answered {status}"
    if status >= 400 and not kind.startswith(("application/problem+json", "application/json")):
        return f"a refusal of {status} as {kind}"
    return ""


def run_part(seconds: float, seed: int) -> Row:
    import httpx2

    faults: Counter[str] = Counter()
    statuses: Counter[int] = Counter()
    with _service() as (url, headers), httpx2.Client(base_url=url, headers=headers, timeout=120.0) as client:
        nonsense = Nonsense(client.get("/api/v1/openapi.json").json(), Random(seed))
        began, half_mb = time.monotonic(), 0.0
        while (used := time.monotonic() - began) < seconds:
            if not half_mb and 2 * used >= seconds:
                half_mb = memory_mb()
            asked = nonsense.next()
            try:
                answer = client.request(asked.method, asked.path, headers=asked.headers, content=asked.content)
            except httpx2.HTTPError as error:
                faults[f"{asked.method} {asked.path[:80]}: {type(error).__name__}"] += 1
                continue
            statuses[answer.status_code] += 1
            if fault := fault_of(answer):
                faults[f"{asked.method} {asked.path[:80]}: {fault} {answer.text[:120]}"] += 1
        is_alive = client.get("/healthz").status_code == 200 and client.get("/readyz").status_code == 200
    end_mb = memory_mb()
    for fault, count in faults.most_common(20):
        print(f"{count} x {fault!r}", flush=True)
    return {
        "cost": faults.total(),
        "bound": 0,
        "proven": not faults,
        "wall_s": round(seconds, 1),
        "requests": statuses.total(),
        "statuses": " ".join(f"{status}:{count}" for status, count in sorted(statuses.items())),
        "mb_half": round(half_mb, 1),
        "mb_end": round(end_mb, 1),
        "valid": not faults and is_alive and end_mb - half_mb < MOST_GROWTH_MB and statuses.total() > 0,
    }


@contextmanager
def _service() -> Iterator[tuple[str, Mapping[str, str]]]:
    """A server on a port of its own with plans and a running twin, and how its supervisor asks."""
    import httpx2
    from starlette.responses import Response

    from cabria.adapters.exchange.port_call_file import PortCallFile
    from cabria.adapters.files.call_folder import write_call
    from cabria.bootstrap import plan_call, write_output
    from cabria.bootstrap.twin import twin_running
    from cabria.console.api.outside import port_calls
    from cabria.console.app import app
    from cabria.console.logs import set_up
    from cabria.console.people.roles import Role
    from cabria.console.serving import serve_beside
    from cabria.console.settings import ConsoleSettings
    from cabria.experiments.layouts import small_layout
    from cabria.experiments.tiny import tiny_call
    from cabria.planning.loading.problem import EFFORTS
    from cabria.planning.search.stopping import Interrupted
    from cabria.twin.twin import Fleet

    set_up("error")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fuzz-", ignore_cleanup_errors=True)))
        call = replace(tiny_call(), terminal=small_layout().terminal, berth_x_mm=90_000)
        planned = plan_call(
            call, seed=0, params=EFFORTS["quick"], listen=lambda progress: None, stop=Interrupted(lambda: False)
        )
        write_call(call, folder / "plans" / "tiny")
        write_output(planned, folder / "plans" / "tiny-plan")
        terminal = twin_running(small_layout(), [(call, planned.plan)], fleet=Fleet(trucks=2), speed=1.0)
        stack.callback(terminal.end)
        settings = ConsoleSettings(port=0, store=folder / "console.sqlite", planning_s=5.0)
        made = app(terminal, folder / "plans", settings, [port_calls(PortCallFile(folder / "port-calls.json"))])
        store = made.state.office.store
        store.add_user("fuzz", Role.ADMINISTRATOR)
        door = Response()
        made.state.office.entrance.let_in(door, "fuzz")
        cookie = door.headers["set-cookie"].partition(";")[0]
        beside = serve_beside(lambda chosen: made, settings)
        stack.callback(beside.stop)
        with httpx2.Client(base_url=beside.url, headers={"Cookie": cookie}) as client:
            csrf = client.get("/api/v1/session").json()["csrf"]
        yield beside.url, {"Cookie": cookie, "X-Cabria-Csrf": csrf}


def short(document: Mapping[str, Any], seed: int, count: int) -> Iterable[Asked]:
    """The first requests of a seed, for tests."""
    nonsense = Nonsense(document, Random(seed))
    return (nonsense.next() for _ in range(count))
