"""Each role is tried against each action: who may not is told so, and nobody comes in without a login or a token."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from cabria.console.api.endpoint import PREFIX
from cabria.console.api.endpoints import ENDPOINTS
from cabria.console.api.outside_told import GATE, PORT_CALLS
from cabria.console.people.roles import MAY, Action, Role
from cabria.console.people.store import PeopleStore

from .conftest import log_in

GUARDED = [endpoint for endpoint in ENDPOINTS if endpoint.action is not Action.ENTER]
NOT_ALLOWED = "/problems/not-allowed"
PARTS = {
    "{plan}": "no-such-plan",
    "{other}": "none",
    "{box}": "NONE",
    "{call}": "NONE",
    "{task}": "0",
    "{token}": "0",
    "{paper}": "bay-sheets.pdf",
    "{block}": "NONE",
    "{machine}": "NONE",
    "{try}": "none",
    "{berth}": "none",
    "{user}": "nobody",
    "{id}": "V1",
}


def every_request() -> list[tuple[str, str, Action]]:
    found = []
    for endpoint in (*GUARDED, *GATE, *PORT_CALLS):
        path = endpoint.path
        for part, value in PARTS.items():
            path = path.replace(part, value)
        if "past" in endpoint.tags:
            path += "?nothing=of-this"  # refused before a worker process would be started for it
        found.append((endpoint.method, path, endpoint.action))
    return found


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_do_what_its_row_of_the_table_says_and_nothing_else(running: TestClient, role: Role) -> None:
    client = log_in(running, role)
    for method, path, action in every_request():
        if path == "/logout":
            continue
        answer = client.request(method, PREFIX + path, content=b"{")
        was_let_in = not (answer.status_code == 403 and answer.json()["type"] == NOT_ALLOWED)
        assert was_let_in == (action in MAY[role]), f"{role}: {method} {path} -> {answer.status_code} {answer.text}"
        assert answer.status_code != 401
        assert answer.status_code < 500


def test_nobody_comes_in_without_a_login_or_a_token(running: TestClient) -> None:
    paths = [*every_request(), ("GET", "/openapi.json", Action.SEE)]
    for method, path, _ in paths:
        for headers in ({}, {"Authorization": "Bearer cabria_0_0"}, {"Cookie": "cabria=forged"}):
            answer = running.request(method, PREFIX + path, content=b"{", headers=headers)
            assert answer.status_code == 401, f"{method} {path} {headers}"
    assert running.get("/metrics").status_code == 401


def test_who_is_not_logged_in_sees_no_stream(running: TestClient) -> None:
    from starlette.websockets import WebSocketDisconnect

    with pytest.raises(WebSocketDisconnect), running.websocket_connect(PREFIX + "/stream"):
        pass


def test_a_token_that_is_for_one_action_does_no_other(running: TestClient, people: PeopleStore) -> None:
    _, token = people.make_token("supervisor", "reports", 30, frozenset({Action.SEE}))
    bearer = {"Authorization": f"Bearer {token}"}
    assert running.get(PREFIX + "/live/snapshot", headers=bearer).status_code == 200
    refused = running.post(PREFIX + "/live/speed", json={"speed": 1}, headers=bearer)
    assert refused.status_code == 403
    assert running.get(PREFIX + "/tokens", headers=bearer).status_code == 403


def test_a_viewer_cannot_act_and_a_planner_cannot_dispatch() -> None:
    assert not any(action.startswith(("plan.", "live.")) for action in MAY[Role.VIEWER])
    assert not any(action.startswith("live.") for action in MAY[Role.PLANNER])
    assert not any(action.startswith("plan.") for action in MAY[Role.DISPATCHER])


def test_an_act_that_the_pages_did_not_send_is_refused(running: TestClient) -> None:
    client = log_in(running, Role.SUPERVISOR)
    del client.headers["X-Cabria-Csrf"]
    answer = client.post(PREFIX + "/live/speed", json={"speed": 1})
    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/forged"


def test_another_site_does_not_see_the_stream(running: TestClient) -> None:
    from starlette.websockets import WebSocketDisconnect

    client = log_in(running, Role.VIEWER)
    origin = {"Origin": "https://elsewhere.example"}
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(PREFIX + "/stream", headers=origin):
        pass


def test_a_name_that_is_not_ours_is_refused(running: TestClient) -> None:
    answer = running.get("/healthz", headers={"Host": "rebound.example"})
    assert answer.status_code == 421
