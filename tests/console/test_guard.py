"""What every request passes, whatever lies behind it."""

from __future__ import annotations

from typing import Any

import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from cabria.console.http.guard import ALWAYS, Guard
from cabria.console.metrics import Metrics
from cabria.console.settings import ConsoleSettings


async def _well(_: Request) -> PlainTextResponse:
    return PlainTextResponse("well")


async def _broken(_: Request) -> PlainTextResponse:
    raise KeyError("a word of the inside")


async def _breaks_off(_: Request) -> StreamingResponse:
    async def parts() -> Any:
        yield b"it began"
        raise KeyError("a word of the inside")

    return StreamingResponse(parts())


def guarded() -> tuple[TestClient, Metrics]:
    metrics = Metrics()
    routes = [Route("/well", _well), Route("/broken", _broken), Route("/breaks-off", _breaks_off)]
    settings, log = ConsoleSettings(names=("testserver",)), structlog.get_logger()
    guard = Middleware(Guard, settings=settings, metrics=metrics, log=log)
    return TestClient(Starlette(routes=routes, middleware=[guard]), raise_server_exceptions=False), metrics


def test_a_fault_that_nobody_expected_is_logged_counted_and_told_without_its_words() -> None:
    client, metrics = guarded()
    with capture_logs() as log:
        answer = client.get("/broken")
    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/fault")
    assert "inside" not in answer.text
    assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS
    assert [line["event"] for line in log] == ["fault", "answered"]
    assert 'cabria_http_requests_total{method="GET",status="500"} 1.0' in metrics.text().decode()


def test_an_answer_that_breaks_off_is_logged_and_counted_too() -> None:
    client, metrics = guarded()
    with capture_logs() as log:
        client.get("/breaks-off")
    assert [line["event"] for line in log] == ["fault", "answered"]
    assert 'cabria_http_requests_total{method="GET",status="200"} 1.0' in metrics.text().decode()


def test_methods_that_a_stranger_makes_up_are_counted_as_one() -> None:
    client, metrics = guarded()
    for number in range(3):
        client.request(f"MADE{number}", "/well")
    assert "MADE" not in metrics.text().decode()
    assert 'cabria_http_requests_total{method="other",status="405"} 3.0' in metrics.text().decode()
