"""The report's server shows one folder on this machine and nothing beside it."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from cabria.console.server import LOOPBACK, free_port, report_app, serve_report
from cabria.domain.errors import DataError, TerminalError


@pytest.fixture
def report(tmp_path: Path) -> Path:
    folder = tmp_path / "report"
    folder.mkdir()
    (folder / "index.html").write_text("<h1>Plan</h1>")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


def test_the_report_is_shown(report: Path) -> None:
    answer = TestClient(report_app(report)).get("/")
    assert answer.status_code == 200
    assert "Plan" in answer.text


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/nothing.html"])
def test_nothing_outside_the_folder_is_shown(report: Path, path: str) -> None:
    assert TestClient(report_app(report)).get(path).status_code == 404


def test_a_page_may_not_reach_for_the_network(report: Path) -> None:
    policy = TestClient(report_app(report)).get("/").headers["content-security-policy"]
    assert "default-src 'self'" in policy


def test_a_folder_without_a_report_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no report"):
        serve_report(tmp_path)


def test_a_taken_port_gives_way_to_the_next() -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert port < free_port(LOOPBACK, port) < port + 10


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(TerminalError, match="not an address"):
        free_port("203.0.113.1", 8765)
