"""Port calls over HTTP, each object as it goes in and comes out judged by the published form of DCSA Port Call 2.0.0.

`dcsa_port_call_2_0_0.json` holds the keys, types and limits of that document (JIT_v2.0.0.yaml of DCSA-OpenAPI, which is
under the Apache licence 2.0), without its texts.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.testclient import TestClient

from cabria.adapters.exchange.port_call_file import PortCallFile
from cabria.adapters.gate.port_call_routes import LISTS, PREFIX, port_call_routes

PUBLISHED = json.loads(Path(__file__).with_name("dcsa_port_call_2_0_0.json").read_text())
LOCATION = {"UNLocationCode": "PECHY", "facility": {"facilityCode": "CHY01", "facilityCodeListProvider": "SMDG"}}
IDS = [str(UUID(int=n, version=4)) for n in range(1, 9)]
CALL = {
    "portCallID": IDS[0],
    "UNLocationCode": "PECHY",
    "vessel": {"vesselIMONumber": "9811000", "name": "QUIPU EXPRESS"},
}
TERMINAL_CALL = {
    "terminalCallID": IDS[1],
    "portCallID": IDS[0],
    "carrierServiceName": "Pacific North",
    "carrierServiceCode": "PN1",
    "carrierExportVoyageNumber": "001W",
}
SERVICE = {
    "portCallServiceID": IDS[2],
    "terminalCallID": IDS[1],
    "portCallServiceTypeCode": "BERTH",
    "portCallServiceEventTypeCode": "ARRI",
    "portCallPhaseTypeCode": "INBD",
    "facilityTypeCode": "BRTH",
    "portCallServiceLocation": LOCATION,
}
TIMESTAMP = {
    "timestampID": IDS[3],
    "portCallServiceID": IDS[2],
    "classifierCode": "EST",
    "dateTime": "2026-11-23T06:00:00-05:00",
}
OBJECTS = {
    "port-calls": (CALL, "PortCall"),
    "terminal-calls": (TERMINAL_CALL, "TerminalCall"),
    "port-call-services": (SERVICE, "PortCallService"),
    "timestamps": (TIMESTAMP, "Timestamp"),
}


def refuse_unpublished(value: Any, name: str) -> None:
    schema = {"$ref": f"#/$defs/{name}", "$defs": PUBLISHED["$defs"]}
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(value)


async def anybody(request: Request, action: str) -> str:
    return "carrier"


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    return TestClient(Starlette(routes=port_call_routes(PortCallFile(tmp_path / "port-calls.json"), anybody)))


def put_all(client: TestClient) -> None:
    for name, (part, _) in OBJECTS.items():
        answer = client.put(f"{PREFIX}/{name}/{part[LISTS[name][1]]}", json=part)
        assert (answer.status_code, answer.content) == (204, b""), answer.text


def test_what_is_put_is_given_back_in_the_published_form(client: TestClient) -> None:
    for part, form in OBJECTS.values():
        refuse_unpublished(part, form)
    for _ in range(2):
        put_all(client)
    for name, (part, form) in OBJECTS.items():
        found = client.get(f"{PREFIX}/{name}").json()
        refuse_unpublished(found, f"{form}s")
        [one] = found
        assert {key: one[key] for key in part if key != "dateTime"} == {
            k: v for k, v in part.items() if k != "dateTime"
        }
    at = datetime.fromisoformat(client.get(f"{PREFIX}/timestamps").json()[0]["dateTime"])
    assert at == datetime(2026, 11, 23, 11, tzinfo=UTC)


def test_a_query_names_what_is_wanted(client: TestClient) -> None:
    put_all(client)
    for query, count in (
        ("vesselIMONumber=9811000", 1),
        ("vesselName=quipu%20express", 1),
        ("UNLocationCode=CNSHA", 0),
    ):
        assert len(client.get(f"{PREFIX}/port-calls?{query}").json()) == count


@pytest.mark.parametrize(
    ("path", "where", "mark"),
    [
        ("port-calls/{0}/omit", "port-calls", "omitted"),
        ("terminal-calls/{1}/omit", "terminal-calls", "omitted"),
        ("port-call-services/{2}/cancel", "port-call-services", "cancelled"),
        ("port-call-services/{2}/decline", "port-call-services", "declined"),
    ],
)
def test_calls_are_omitted_and_services_cancelled(client: TestClient, path: str, where: str, mark: str) -> None:
    put_all(client)
    assert client.post(f"{PREFIX}/{path.format(*IDS)}", json={"reason": "storm"}).status_code == 204
    [one] = client.get(f"{PREFIX}/{where}").json()
    assert one[mark] is True
    lost = client.post(f"{PREFIX}/{path.format(*IDS[4:])}", json={})
    assert lost.status_code == 404
    refuse_unpublished(lost.json(), "ErrorResponse")


def test_a_link_that_leads_nowhere_is_a_conflict(client: TestClient) -> None:
    answer = client.put(f"{PREFIX}/timestamps/{IDS[3]}", json=TIMESTAMP)
    assert answer.status_code == 409
    refuse_unpublished(answer.json(), "ErrorResponse")
    assert client.get(f"{PREFIX}/timestamps").json() == []


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(sorted(OBJECTS)),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
        max_leaves=8,
    ),
    st.data(),
)
def test_nonsense_is_answered_in_the_published_form_of_errors(
    client: TestClient, name: str, value: object, data: st.DataObject
) -> None:
    part = dict(OBJECTS[name][0])
    part[data.draw(st.sampled_from(sorted(part)))] = value  # type: ignore[assignment]
    answer = client.put(f"{PREFIX}/{name}/{OBJECTS[name][0][LISTS[name][1]]}", json=part)
    assert answer.status_code in (204, 400, 409)
    if answer.status_code != 204:
        refuse_unpublished(answer.json(), "ErrorResponse")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b'{"a": "\xff"}', b"[" * 9_999, b"{}" * 200_000])
def test_what_is_no_object_is_refused(client: TestClient, body: bytes) -> None:
    answer = client.put(f"{PREFIX}/port-calls/{IDS[0]}", content=body)
    assert answer.status_code == 400
    refuse_unpublished(answer.json(), "ErrorResponse")
