"""The gate over HTTP, in front of a twin that runs faster: a road truck from its appointment to the exit."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.testclient import TestClient

from cabria.adapters.gate.routes import ENTRY, gate_routes
from cabria.bootstrap.twin import twin_running
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.positions import YardPosition
from cabria.domain.yard import YardBox, YardInventory
from cabria.experiments.layouts import small_layout
from cabria.operations.running import RunningTerminal
from cabria.twin.twin import Fleet

HERE, NEW = "CBRU1234560", "CBRU2000009"
BROUGHT = {"container": NEW, "length_ft": 40, "gross_mass_kg": 20_000}


async def by_header(request: Request, action: str) -> str:
    who = request.headers.get("x-who", "")
    if not who:
        raise HTTPException(401, "Say who you are.")
    if who == "viewer" and not action.endswith("read"):
        raise HTTPException(403, f"A viewer may not {action}.")
    return who


def told(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DataError)
    return JSONResponse({"detail": error.problem, "place": error.place}, 422)


@pytest.fixture(scope="module")
def terminal() -> Iterator[RunningTerminal]:
    layout = small_layout()
    block = layout.terminal.blocks[0].id
    yard = YardInventory((YardBox(ContainerId(HERE), YardPosition(block, 2, 1, 1), 40, 2591, 12_000),))
    running = twin_running(layout, fleet=Fleet(trucks=1), yard=yard, speed=120)
    yield running
    running.end()


@pytest.fixture(scope="module")
def client(terminal: RunningTerminal) -> Iterator[TestClient]:
    app = Starlette(routes=gate_routes(terminal, by_header), exception_handlers={DataError: told})
    with TestClient(app, headers={"x-who": "gate"}) as made:
        yield made


def at(terminal: RunningTerminal, minutes: float) -> str:
    now = datetime.fromtimestamp((terminal.zero_utc_ms + terminal.now_ms) / 1_000, UTC)
    return (now + timedelta(minutes=minutes)).isoformat()


def window(terminal: RunningTerminal, start: float = -10, end: float = 120, **facts: Any) -> dict[str, Any]:
    return {"from": at(terminal, start), "until": at(terminal, end), **facts}


def state_of(client: TestClient, visit: str, *wanted: str) -> str:
    """Pictures are half a second old at most."""
    until = time.monotonic() + 60
    state = ""
    while time.monotonic() < until:
        answer = client.get(f"/gate/visits/{visit}")
        state = answer.json()["state"] if answer.status_code == 200 else "unknown"
        if not wanted or state in wanted:
            break
        time.sleep(0.05)
    return state


def test_a_road_truck_brings_a_box_fetches_another_and_leaves(client: TestClient, terminal: RunningTerminal) -> None:
    booking = window(terminal, brings=BROUGHT, takes=HERE, haulier="Andes", plate="ABC-123")
    first = client.put("/gate/appointments/V1", json=booking)
    assert first.status_code == 200, first.text
    assert client.put("/gate/appointments/V1", json=booking).status_code == 200
    assert client.put("/gate/appointments/V2", json=window(terminal, takes=HERE)).status_code == 409
    assert client.put("/gate/visits/V1/out").status_code == 409
    came = client.put("/gate/visits/V1/in")
    assert came.status_code == 200
    entry = int(came.headers[ENTRY])
    assert entry > int(first.headers[ENTRY])
    [told_entry] = list(terminal.entries(entry - 1, entry))
    assert told_entry.record.content.verb == "gate_in"
    assert told_entry.record.correlation == "gate/V1"
    assert client.put("/gate/visits/V1/in").status_code == 200
    early = client.put("/gate/visits/V1/out")
    assert early.status_code == 409
    assert state_of(client, "V1", "left") == "left"
    assert client.put("/gate/visits/V1/out").status_code == 200
    assert client.put("/gate/visits/V1/in").status_code == 200
    boxes = terminal.standing().boxes
    assert isinstance(boxes[ContainerId(NEW)], YardPosition)
    assert ContainerId(HERE) not in boxes
    again = client.put("/gate/visits/V9/in", json={"takes": HERE})
    assert again.status_code == 409
    assert "is not at the terminal" in again.text


@pytest.mark.parametrize(
    ("start", "end", "why"),
    [(90, 120, "too early"), (-300, -100, "in the past"), (10, 10, "ends before it begins")],
)
def test_an_appointment_is_kept_to(
    client: TestClient, terminal: RunningTerminal, start: float, end: float, why: str
) -> None:
    name = f"T{start}"
    body = window(terminal, start, end, brings={**BROUGHT, "container": "CBRU3000005"})
    booked = client.put(f"/gate/appointments/{name}", json=body)
    answer = client.put(f"/gate/visits/{name}/in") if booked.status_code == 200 else booked
    assert answer.status_code in (409, 422)
    assert why in answer.text
    client.delete(f"/gate/appointments/{name}")


def test_a_cancelled_appointment_is_none(client: TestClient, terminal: RunningTerminal) -> None:
    client.put("/gate/appointments/C1", json=window(terminal, brings={**BROUGHT, "container": "CBRU4000001"}))
    assert client.delete("/gate/appointments/C1").status_code == 200
    assert client.delete("/gate/appointments/C1").status_code == 200
    assert "cancelled" in client.put("/gate/visits/C1/in").text
    assert client.delete("/gate/appointments/C0").status_code == 409


def test_whoever_may_not_gets_no_further(client: TestClient, terminal: RunningTerminal) -> None:
    body = window(terminal, brings=BROUGHT)
    for who, status in (("", 401), ("viewer", 403)):
        for method, path in (
            ("PUT", "/gate/appointments/X1"), ("DELETE", "/gate/appointments/X1"),
            ("PUT", "/gate/visits/X1/in"), ("PUT", "/gate/visits/X1/out"), ("PUT", "/gate/visits/X1/stands"),
        ):  # fmt: skip
            answer = client.request(method, path, json=body, headers={"x-who": who})
            assert answer.status_code == status
    assert client.get("/gate/visits", headers={"x-who": "viewer"}).status_code == 200
    assert client.get("/gate/visits/X1").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {}, {"from": "soon", "until": "later"}, {"from": "2026-01-01T00:00", "until": "2026-01-02T00:00"},
        {"from": "0001-01-01T00:00:00+14:00", "until": "9999-12-31T23:59:59-14:00", "takes": HERE},
        {"brings": {**BROUGHT, "length_ft": -1}}, {"brings": {**BROUGHT, "gross_mass_kg": 10**30}},
        {"takes": "../../etc/passwd"}, {"takes": 7}, {"what": 1}, [], "text", None, {"takes": "x" * 100_000},
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_the_place(client: TestClient, terminal: RunningTerminal, body: Any) -> None:
    if isinstance(body, dict) and "from" not in body and body:
        body = {**window(terminal), **body}
    assert client.put("/gate/appointments/N1", json=body).status_code in (409, 422)
    assert client.get("/gate/visits/N1").status_code == 404


@pytest.mark.parametrize("name", ["T001", "QC1", "..", "a b", "x" * 41, "é", "-", "%00"])
def test_names_that_are_none_are_refused(client: TestClient, terminal: RunningTerminal, name: str) -> None:
    machine = next(iter(terminal.standing().trucks)) if name == "T001" else name
    if name == "QC1":
        machine = next(iter(terminal.standing().quay_cranes))
    body = window(terminal, brings={**BROUGHT, "container": "CBRU5000008"})
    assert client.put(f"/gate/appointments/{machine}", json=body).status_code in (404, 405, 409, 422)
