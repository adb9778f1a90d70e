"""Users, tokens, the audit trail and the schema from the command line."""

from __future__ import annotations

import io
import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cabria.console.people.roles import Action, Role
from cabria.console.people.store import PeopleStore

from .conftest import Run


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "console.sqlite"


@pytest.fixture
def ana(cabria: Run, store: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A planner."""
    monkeypatch.setattr("sys.stdin", io.StringIO("a long enough password\n"))
    assert cabria("users", "add", "ana", "--role", "planner", "--store", store).code == 0
    return "ana"


def test_a_user_is_added_listed_given_another_role_and_removed(cabria: Run, store: Path, ana: str) -> None:
    assert "ana  planner" in cabria("users", "list", "--store", store).out
    assert cabria("users", "role", ana, "supervisor", "--store", store).code == 0
    people = PeopleStore(store)
    found = people.user(ana)
    assert found is not None
    assert found.role is Role.SUPERVISOR
    people.close()
    assert cabria("users", "remove", ana, "--store", store).code == 0
    assert "0 users." in cabria("users", "list", "--store", store).out


def test_a_short_password_and_a_role_that_is_none_are_refused(
    cabria: Run, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    outcome = cabria("users", "add", "bob", "--store", store)
    assert (outcome.code, "10 to 500 characters" in outcome.err) == (1, True)
    outcome = cabria("users", "add", "bob", "--role", "king", "--store", store)
    assert (outcome.code, "There are viewer, planner" in outcome.err) == (1, True)


def test_a_token_is_printed_once_counts_and_is_ended(cabria: Run, store: Path, ana: str) -> None:
    text = cabria("users", "token", ana, "reports", "--only", "see", "--store", store).out.strip()
    people = PeopleStore(store)
    holder = people.holder(text)
    assert holder is not None
    assert holder[1].only == (Action.SEE,)
    assert cabria("users", "token", ana, "reports", "--end", "--store", store).code == 0
    assert people.holder(text) is None
    people.close()


def test_what_is_done_here_is_in_the_trail_too(cabria: Run, store: Path, ana: str) -> None:
    told = cabria("audit", "--store", store).out
    assert "let ana in as planner" in told
    assert "/api" not in told
    assert "1 acts in all; the trail is whole." in told


def test_the_trail_is_told_by_the_clock_of_the_terminal(cabria: Run, store: Path, ana: str) -> None:
    def told_at(zone: str) -> datetime:
        told = re.match(r"\S+ \S+", cabria("audit", "--store", store, "--time-zone", zone).out)
        assert told is not None
        return datetime.fromisoformat(told[0])

    assert told_at("Asia/Shanghai") - told_at("America/Lima") == timedelta(hours=13)


@pytest.mark.parametrize("command", [("console",), ("run",), ("train", "run"), ("audit",), ("morning", "none.journal")])
def test_a_time_zone_that_is_none_is_refused_with_a_near_one(cabria: Run, command: tuple[str, ...]) -> None:
    outcome = cabria(*command, "--time-zone", "America/Limaa")
    assert (outcome.code, outcome.out) == (1, "")
    assert "--time-zone: There is no time zone 'America/Limaa'. Write America/Lima." in outcome.err


def test_the_schema_is_written(cabria: Run, tmp_path: Path) -> None:
    assert cabria("schema", "--out", tmp_path / "messages.json").code == 0
    written = json.loads((tmp_path / "messages.json").read_text())
    assert {"Plan", "Snapshot", "Problem"} <= set(written["$defs"])


def test_without_a_login_other_machines_are_kept_out(cabria: Run, store: Path) -> None:
    outcome = cabria("console", "--host", "0.0.0.0", "--no-login", "--store", store)
    assert outcome.code == 1
    assert "Without a login" in outcome.err
