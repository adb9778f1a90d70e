"""Requests made from the API's own document: whatever comes, it is answered, and never as a fault of ours."""

from __future__ import annotations

from random import Random

import jsonschema
from starlette.testclient import TestClient

from benchmarks.fuzz_http import Nonsense, fault_of
from cabria.console.api.endpoint import PREFIX
from cabria.console.api.endpoints import ENDPOINTS
from cabria.console.api.openapi import document
from cabria.console.api.outside_told import GATE, PORT_CALLS
from cabria.console.people.roles import Role
from cabria.console.schemas import json_schema, message_types

from .conftest import log_in

IN_ANOTHER_PROCESS = ("/plans/", "/uploads", "/live/commit", "/berths", "/past")


def test_nonsense_is_answered_and_never_our_fault(running: TestClient) -> None:
    client = log_in(running, Role.ADMINISTRATOR)
    nonsense = Nonsense(client.get(PREFIX + "/openapi.json").json(), Random(7))
    nonsense.operations = [one for one in nonsense.operations if not any(p in one[1] for p in IN_ANOTHER_PROCESS)]
    refused = 0
    for _ in range(250):
        asked = nonsense.next()
        answer = client.request(asked.method, asked.path, headers=asked.headers, content=asked.content)
        assert fault_of(answer) == "", f"{asked} -> {answer.status_code} {answer.text[:200]}"
        refused += answer.status_code >= 400
    assert 40 < refused < 250
    assert client.get("/readyz").json()["ok"] is True


def test_a_body_that_is_too_long_is_refused_before_it_is_read(running: TestClient) -> None:
    client = log_in(running, Role.SUPERVISOR)
    answer = client.post(PREFIX + "/live/speed", content=b" " * 2_000_000)
    assert answer.status_code == 413
    said = client.post(PREFIX + "/live/speed", content=iter([b" " * 600_000] * 3))  # a length that nobody tells
    assert said.status_code == 413


def test_the_document_names_every_endpoint_and_every_message() -> None:
    outside = (*GATE, *PORT_CALLS)
    said = document(outside)
    told = {(method.upper(), path) for path, methods in said["paths"].items() for method in methods}
    assert told == {(endpoint.method, PREFIX + endpoint.path) for endpoint in (*ENDPOINTS, *outside)}
    ids = [operation["operationId"] for methods in said["paths"].values() for operation in methods.values()]
    assert len(ids) == len(set(ids))
    assert {message.__name__ for message in message_types()} <= set(said["components"]["schemas"])


def test_what_is_told_fits_the_schema_it_is_told_by(running: TestClient) -> None:
    client = log_in(running, Role.VIEWER)
    defs = json_schema()["$defs"]
    for path, name in (("/session", "Session"), ("/plans", "Plans"), ("/ground", "Ground"), ("/live/yard", "Yard"),
                       ("/live/snapshot", "Snapshot"), ("/live/events", "Events"), ("/tasks", "Tasks")):  # fmt: skip
        answer = client.get(PREFIX + path).json()
        jsonschema.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": defs}).validate(answer)


def test_every_answer_carries_the_headers_that_keep_pages_to_themselves(running: TestClient) -> None:
    for path in ("/", "/healthz", PREFIX + "/plans", PREFIX + "/nothing"):
        headers = running.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in headers


def test_a_number_larger_than_any_row_is_refused(running: TestClient) -> None:
    client = log_in(running, Role.SUPERVISOR)
    assert client.get(PREFIX + f"/audit?before={2**63}").status_code == 422
    assert client.get(PREFIX + f"/live/events?after={2**80}").status_code == 422
