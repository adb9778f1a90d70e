"""Users, passwords, sessions, tokens and the audit trail."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
import structlog
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from starlette.testclient import TestClient

from cabria.console.api.endpoint import PREFIX
from cabria.console.app import app
from cabria.console.logs import STRUCK_OUT, set_up, strike_out_secrets
from cabria.console.office import A_CHANGE_EACH_S, CHANGES_AT_ONCE
from cabria.console.people.acts import Deed
from cabria.console.people.passwords import FREE_TRIES, Allowance, Throttle, check_password
from cabria.console.people.roles import Role
from cabria.console.people.store import PeopleStore
from cabria.console.settings import ConsoleSettings, settings_of
from cabria.domain.errors import DataError

from .conftest import CHEAP, PASSWORD, log_in


class Calendar:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 6, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_only_the_right_password_lets_in(people: PeopleStore) -> None:
    assert check_password(people, "planner", PASSWORD, CHEAP) is not None
    assert check_password(people, "planner", PASSWORD + " ", CHEAP) is None
    assert check_password(people, "nobody", PASSWORD, CHEAP) is None


def test_the_file_holds_no_secret_and_is_the_owners_alone(people: PeopleStore, settings: ConsoleSettings) -> None:
    session, _ = people.open_session("planner", 1)
    _, token = people.make_token("planner", "reports", 1)
    content = b"".join(path.read_bytes() for path in settings.store.parent.glob("console.sqlite*"))
    assert PASSWORD.encode() not in content
    assert session.encode() not in content
    assert token.split("_", 2)[2].encode() not in content
    assert settings.store.stat().st_mode & 0o077 == 0


def test_sessions_and_tokens_run_out(tmp_path: Path) -> None:
    calendar = Calendar()
    store = PeopleStore(tmp_path / "people.sqlite", calendar)
    store.add_user("ana", Role.PLANNER, CHEAP.hash(PASSWORD))
    session, _ = store.open_session("ana", 12)
    _, token = store.make_token("ana", "reports", 30)
    calendar.now += timedelta(hours=11)
    assert store.session(session) is not None
    calendar.now += timedelta(hours=2)
    assert store.session(session) is None
    assert store.holder(token) is not None
    calendar.now += timedelta(days=30)
    assert store.holder(token) is None
    store.close()


def test_who_is_removed_is_out_at_once(running: TestClient, people: PeopleStore) -> None:
    client = log_in(running, Role.PLANNER)
    _, token = people.make_token("planner", "reports", 30)
    people.remove_user("planner")
    assert client.get(PREFIX + "/plans").status_code == 401
    assert client.get(PREFIX + "/plans", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_changed_role_counts_at_once(running: TestClient, people: PeopleStore) -> None:
    client = log_in(running, Role.PLANNER)
    assert client.get(PREFIX + "/audit").status_code == 403
    people.set_role("planner", Role.SUPERVISOR)
    assert client.get(PREFIX + "/audit").status_code == 200


def test_a_password_is_changed_and_other_sessions_end(running: TestClient, people: PeopleStore) -> None:
    other, _ = people.open_session("planner", 1)
    client = log_in(running, Role.PLANNER)
    body = {"old": PASSWORD, "new": "another long password"}
    assert client.post(PREFIX + "/password", json=body | {"old": "wrong"}).status_code == 403
    assert client.post(PREFIX + "/password", json=body).status_code == 200
    assert people.session(other) is None
    assert client.get(PREFIX + "/plans").status_code == 200


def test_an_administrator_lets_somebody_in_and_no_more_and_the_trail_tells(
    running: TestClient, people: PeopleStore
) -> None:
    client = log_in(running, Role.ADMINISTRATOR)
    ana = {"name": "ana", "role": "planner", "password": PASSWORD}
    made = client.post(PREFIX + "/users", json=ana)
    assert (made.status_code, made.json()["role"]) == (201, "planner")
    assert client.post(PREFIX + "/users", json=ana).status_code == 422
    assert client.post(PREFIX + "/users/ana/role", json={"role": "dispatcher"}).status_code == 200
    assert client.post(PREFIX + "/users/ana/role", json={"role": "king"}).status_code == 422
    session, _ = people.open_session("ana", 1)
    new = {"password": "another long password"}
    assert client.post(PREFIX + "/users/ana/password", json=new).status_code == 200
    assert people.session(session) is None
    assert check_password(people, "ana", new["password"], CHEAP) is not None
    rows = {row["name"]: row["role"] for row in client.get(PREFIX + "/users").json()["users"]}
    assert rows["ana"] == "dispatcher"
    assert client.delete(PREFIX + "/users/ana").status_code == 200
    assert client.delete(PREFIX + "/users/ana").status_code == 422
    last = client.delete(PREFIX + "/users/administrator")
    assert (last.status_code, "last administrator" in last.json()["detail"]) == (422, True)
    told = client.get(PREFIX + "/audit?action=users.change").json()["rows"]
    assert [row["did"]["text"] for row in reversed(told) if row["outcome"] == "done"] == [
        "let ana in as planner",
        "gave ana the role dispatcher",
        "gave ana a new password",
        "removed ana",
    ]
    refused = [(row["did"]["code"], row["why"]["code"]) for row in reversed(told) if row["outcome"] == "refused"]
    assert refused == [
        ("user-added", "user-taken"),
        ("role-given", "no-such-role"),
        ("user-removed", "no-such-user"),
        ("user-removed", "last-administrator"),
    ]


def test_a_user_comes_in_by_one_way_and_a_subject_is_one_users(running: TestClient) -> None:
    client = log_in(running, Role.ADMINISTRATOR)
    both = {"name": "bob", "role": "viewer", "password": PASSWORD, "subject": "bob@id"}
    assert client.post(PREFIX + "/users", json=both).status_code == 422
    assert client.post(PREFIX + "/users", json={"name": "bob", "role": "viewer"}).status_code == 422
    bob = {"name": "bob", "role": "viewer", "subject": "bob@id"}
    assert client.post(PREFIX + "/users", json=bob).json()["is_oidc"]
    assert client.post(PREFIX + "/users", json=bob | {"name": "rob"}).status_code == 422
    assert client.post(PREFIX + "/users/bob/password", json={"password": PASSWORD}).status_code == 422


def test_changes_of_users_are_counted_and_one_too_many_must_wait(running: TestClient) -> None:
    client = log_in(running, Role.ADMINISTRATOR)
    for _ in range(CHANGES_AT_ONCE):
        assert client.delete(PREFIX + "/users/nobody").status_code == 422
    refused = client.delete(PREFIX + "/users/nobody")
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= A_CHANGE_EACH_S


@given(st.lists(st.floats(0, 20), min_size=1, max_size=60), st.integers(1, 5))
def test_no_more_is_granted_than_the_allowance_says(pauses_s: list[float], at_once: int) -> None:
    now = [0.0]
    allowance, granted = Allowance(at_once, 5.0, lambda: now[0]), list[float]()
    for pause_s in pauses_s:
        now[0] += pause_s
        if wait_s := allowance.take("ana"):
            now[0] += wait_s + 0.001
            assert allowance.take("ana") == 0
        granted.append(now[0])
    for first, beyond in zip(granted, granted[at_once:], strict=False):
        assert beyond - first >= 5.0 - 0.001


def test_who_logs_out_is_out(running: TestClient) -> None:
    client = log_in(running, Role.VIEWER)
    cookie = client.cookies["cabria"]
    assert client.post(PREFIX + "/logout").status_code == 200
    assert client.get(PREFIX + "/plans", headers={"Cookie": f"cabria={cookie}"}).status_code == 401


def test_the_cookie_is_kept_from_scripts_and_other_sites(running: TestClient) -> None:
    answer = running.post(PREFIX + "/login", json={"name": "viewer", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_a_token_is_told_once_and_can_be_ended(running: TestClient) -> None:
    client = log_in(running, Role.PLANNER)
    made = client.post(PREFIX + "/tokens", json={"name": "reports", "days": 30, "only": ["see"]}).json()
    listed = client.get(PREFIX + "/tokens")
    assert [row["name"] for row in listed.json()["tokens"]] == ["reports"]
    assert made["token"] not in listed.text
    assert client.delete(PREFIX + f"/tokens/{made['id']}").status_code == 200
    assert client.get(PREFIX + "/plans", headers={"Authorization": f"Bearer {made['token']}"}).status_code == 401


def test_a_token_of_another_is_not_ended(running: TestClient, people: PeopleStore) -> None:
    token, _ = people.make_token("supervisor", "reports", 30)
    client = log_in(running, Role.PLANNER)
    assert client.delete(PREFIX + f"/tokens/{token.id}").status_code == 422
    assert client.get(PREFIX + "/tokens?user=supervisor").status_code == 403


def test_wrong_passwords_must_wait(running: TestClient) -> None:
    for _ in range(FREE_TRIES):
        answer = running.post(PREFIX + "/login", json={"name": "planner", "password": "wrong"})
        assert answer.status_code == 401
    refused = running.post(PREFIX + "/login", json={"name": "planner", "password": PASSWORD})
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1


def test_of_many_guesses_at_once_no_more_are_tried_than_one_after_the_other(
    settings: ConsoleSettings, people: PeopleStore, tmp_path: Path
) -> None:
    made = app(None, tmp_path, settings)
    made.state.office.hasher = CHEAP

    async def guessed() -> list[int]:
        transport = httpx2.ASGITransport(made, client=("192.0.2.1", 1))
        async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as client:
            guesses = ({"name": "planner", "password": f"guess number {number}"} for number in range(40))
            return [one.status_code for one in await asyncio.gather(*(_login(client, guess) for guess in guesses))]

    assert sorted(asyncio.run(guessed())) == [401] * FREE_TRIES + [429] * (40 - FREE_TRIES)


async def _login(client: httpx2.AsyncClient, guess: dict[str, str]) -> httpx2.Response:
    return await client.post(PREFIX + "/login", json=guess)


@given(st.integers(0, 40))
def test_each_wrong_password_makes_the_wait_no_shorter(failures: int) -> None:
    now = [0.0]
    throttle = Throttle(lambda: now[0])
    for _ in range(failures):
        throttle.failed("name ana")
    before = throttle.wait_s("name ana")
    throttle.failed("name ana")
    after = throttle.wait_s("name ana")
    assert after >= before
    assert (after > 0) == (failures + 1 >= FREE_TRIES)
    now[0] = after
    assert throttle.wait_s("name ana") == 0
    throttle.came_in("name ana")
    assert throttle.wait_s("name ana") == 0


def test_the_last_administrator_stays(people: PeopleStore) -> None:
    with pytest.raises(DataError, match="last administrator"):
        people.remove_user("administrator")
    with pytest.raises(DataError, match="last administrator"):
        people.set_role("administrator", Role.VIEWER)


def test_every_act_is_in_the_trail_with_who_what_and_how_it_ended(running: TestClient, people: PeopleStore) -> None:
    client = log_in(running, Role.SUPERVISOR)
    entry = client.post(PREFIX + "/live/take-out", json={"machine": "T01", "cause": "tyre"}).json()["entry"]
    client.post(PREFIX + "/live/take-out", json={"machine": "T99", "cause": "tyre"})
    rows = client.get(PREFIX + "/audit").json()["rows"]
    assert [(row["action"], row["outcome"]) for row in rows] == [
        ("live.machine", "refused"),
        ("live.machine", "done"),
        ("login", "done"),
    ]
    assert rows[1]["user"] == "supervisor"
    assert rows[1]["entry"] == entry > 0
    assert rows[1]["did"]["text"] == "took T01 out of service: tyre"
    assert rows[0]["did"]["values"] == {"machine": "T99", "cause": "tyre"}
    assert (rows[0]["why"]["code"], rows[0]["why"]["text"]) == ("no-such-machine", rows[0]["reason"])
    assert people.verify_trail() == 3


def test_a_time_of_an_act_is_told_as_a_time_of_the_day(running: TestClient) -> None:
    client = log_in(running, Role.SUPERVISOR)
    client.post(PREFIX + "/live/expect-back", json={"machine": "QC1", "back_ms": 3_600_000})
    (row,) = client.get(PREFIX + "/audit?action=live.machine").json()["rows"]
    assert row["did"]["code"] == "back-expected"
    assert datetime.fromisoformat(row["did"]["values"]["back_at"]).utcoffset() == timedelta()
    assert "ms" not in row["did"]["text"]


def test_what_was_refused_before_it_was_read_says_what_its_path_says(running: TestClient) -> None:
    client = log_in(running, Role.ADMINISTRATOR)
    client.post(PREFIX + "/users/ana/role", content=b"{", headers={"Content-Type": "application/json"})
    (row,) = client.get(PREFIX + "/audit?action=users.change").json()["rows"]
    assert row["did"]["text"] == "gave ana the role …"
    assert row["why"]["code"] == "unreadable"


def test_an_act_of_another_room_is_in_the_trail_with_what_refused_it(running: TestClient) -> None:
    client = log_in(running, Role.SUPERVISOR)
    refused = client.put(
        PREFIX + "/port-call-api/port-calls/P1", content=b"{", headers={"Content-Type": "application/json"}
    )
    assert refused.status_code >= 400
    (row,) = client.get(PREFIX + "/audit?action=port-calls.write").json()["rows"]
    assert (row["did"]["code"], row["did"]["values"]) == ("port-call-written", {"id": "P1"})
    assert (row["outcome"], row["reason"]) == ("refused", refused.json().get("detail", f"answer {refused.status_code}"))


def test_a_trail_of_the_form_before_is_read_verified_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "people.sqlite"
    PeopleStore(path).close()
    values = ["2026-01-01T00:00:00.000+00:00", "ana", "planner", "session", "", "login", "/login", "done", "old", 0]
    with sqlite3.connect(path) as file:
        file.execute("ALTER TABLE audit DROP COLUMN told")
        file.execute("PRAGMA user_version = 1")
        file.execute(
            "INSERT INTO audit (at, user, role, way, address, action, target, outcome, reason, entry, chain) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [*values, hashlib.sha256("\x1f".join(["", *map(str, values)]).encode()).hexdigest()],
        )
    store = PeopleStore(path)
    assert store.verify_trail() == 1
    store.trace("ana", "planner", "session", "", "live.queue", "/live/hold-queue", "done", deed=Deed("queue-held"))
    assert store.verify_trail() == 2
    new, old = store.traces()
    assert (new.deed.act, old.deed.act, old.reason) == ("queue-held", "", "old")
    store.close()


def test_what_an_act_was_cannot_be_changed_or_taken_away(people: PeopleStore, settings: ConsoleSettings) -> None:
    for _ in range(3):
        people.trace(
            "ana", "planner", "session", "", "live.queue", "", "done", deed=Deed("queue-held", {"crane": "QC1"})
        )
    for number, told in ((2, '{"act":"queue-held","values":{"crane":"QC2"}}'), (3, "")):
        with sqlite3.connect(settings.store) as file:
            file.execute("DROP TRIGGER IF EXISTS audit_is_not_changed")
            (before,) = file.execute("SELECT told FROM audit WHERE number = ?", [number]).fetchone()
            file.execute("UPDATE audit SET told = ? WHERE number = ?", [told, number])
        with pytest.raises(DataError, match=f"Row {number}"):
            people.verify_trail()
        with sqlite3.connect(settings.store) as file:
            file.execute("UPDATE audit SET told = ? WHERE number = ?", [before, number])
    assert people.verify_trail() == 3


def test_a_trail_that_was_tampered_with_is_found(people: PeopleStore, settings: ConsoleSettings) -> None:
    for number in range(3):
        people.trace("ana", "planner", "session", "", "plan.edit", f"/{number}", "done")
    with sqlite3.connect(settings.store) as file:
        with pytest.raises(sqlite3.IntegrityError, match="stays"):
            file.execute("UPDATE audit SET user = 'bob' WHERE number = 2")
        file.execute("DROP TRIGGER audit_is_not_changed")
        file.execute("UPDATE audit SET user = 'bob' WHERE number = 2")
    with pytest.raises(DataError, match="Row 2"):
        people.verify_trail()


@examples(max_examples=20)
@given(st.lists(st.sampled_from(["ana", "bob", "eve"]), max_size=12), st.integers(1, 5))
def test_pages_of_the_trail_are_the_trail(
    tmp_path_factory: pytest.TempPathFactory, users: list[str], size: int
) -> None:
    store = PeopleStore(tmp_path_factory.mktemp("trail") / "people.sqlite")
    for user in users:
        store.trace(user, "viewer", "session", "", "login", "", "done")
    seen, before = [], 0
    while page := store.traces(before=before, limit=size):
        seen += [row.user for row in page]
        before = page[-1].number
    assert seen == users[::-1]
    store.close()


def test_a_file_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE theirs (x)")
    with pytest.raises(DataError, match="somebody else"):
        PeopleStore(path)


def test_logs_hold_no_secrets() -> None:
    said = strike_out_secrets(None, "", {"event": "x", "new_password": "a", "Authorization": "b", "path": "/"})
    assert said == {"event": "x", "new_password": STRUCK_OUT, "Authorization": STRUCK_OUT, "path": "/"}


def test_a_log_in_a_file_has_a_line_for_each_answer_and_the_screen_none(
    tmp_path: Path, running: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "run" / "server.jsonl"
    ours = logging.getLogger("cabria")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("handlers", []), ("propagate", True), ("level", ours.level)):
            patch.setattr(ours, name, value)
        set_up("info", file=file)
        running.get("/healthz")
        ours.handlers[0].close()
        structlog.reset_defaults()
    (line,) = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert (line["event"], line["path"], line["status"], line["level"]) == ("answered", "/healthz", 200, "info")
    said = capsys.readouterr()
    assert "healthz" not in said.out + said.err


def test_without_a_login_only_this_machine_may_come_in() -> None:
    with pytest.raises(DataError, match="Without a login"):
        ConsoleSettings(host="0.0.0.0", needs_login=False)
    with pytest.raises(DataError, match="in the clear"):
        ConsoleSettings(host="0.0.0.0")


def test_a_time_zone_that_is_none_is_refused_with_the_file(tmp_path: Path) -> None:
    with pytest.raises(DataError) as refused:
        settings_of({"time_zone": "Peru/Lima"}, file=str(tmp_path / "terminal.toml"))
    assert str(refused.value).endswith(
        "terminal.toml, time_zone: There is no time zone 'Peru/Lima'. Write America/Lima."
    )


def test_the_table_of_a_settings_file_is_read_with_paths_from_where_it_lies(tmp_path: Path) -> None:
    file = str(tmp_path / "terminal.toml")
    table = {
        "port": 9000,
        "tls_certificate": "site.pem",
        "tls_key": "keys/site.key",
        "oidc": {"issuer": "https://id.example", "client_id": "cabria", "roles": [["chiefs", "supervisor"]]},
    }
    read = settings_of(table, file=file, store=tmp_path / "run" / "console.sqlite")
    assert (read.port, read.store) == (9000, tmp_path / "run" / "console.sqlite")
    assert read.tls_key == tmp_path / "keys" / "site.key"
    assert read.oidc is not None
    assert read.oidc.roles == (("chiefs", "supervisor"),)


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ({"prot": 9000}, "There is no 'prot'"),
        ({"port": "9000"}, "Expected `int`"),
        ({"store": 7}, "Expected a path"),
        ({"host": "0.0.0.0"}, "in the clear"),
        ({"oidc": {"issuer": "https://id.example", "client": "x"}}, "There is no 'client'"),
        ({"oidc": {"issuer": "http://id.example", "client_id": "x"}}, "reached by https"),
    ],
)
def test_a_table_that_cannot_be_is_refused_with_its_place(
    tmp_path: Path, table: dict[str, object], problem: str
) -> None:
    with pytest.raises(DataError, match=problem) as refused:
        settings_of(table, file=str(tmp_path / "terminal.toml"))
    assert refused.value.file
