"""Alerts as rows, seen one by one and together; and what cranes are at."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page, expect
from starlette.testclient import TestClient

from cabria.console.api.live_api import in_runs
from cabria.console.live.alerts import alert_rows
from cabria.console.live.rows import quay_crane_row, yard_crane_row
from cabria.console.messages.live import Lift
from cabria.console.people.roles import Role
from cabria.domain.said import Reason, said
from cabria.operations.records import Command
from cabria.operations.running import Picture, RunningTerminal

from .conftest import Office, Pictures, barriers, enter, log_in

LIVE = "/api/v1/live/"
UNDONE = said("order-undone", minutes=30)
Found = TypeVar("Found")


def until(terminal: RunningTerminal, find: Callable[[Picture], Found]) -> Found:
    for _ in range(3_000):
        if found := find(terminal.standing()):
            return found
        time.sleep(0.01)
    raise AssertionError("it did not come about")


def told(terminal: RunningTerminal, *alerts: tuple[str, Reason]) -> list[int]:
    """The numbers of alerts that were raised."""
    for machine, problem in alerts:
        terminal.ask(Command("raise_alert", (machine, 0, problem)), by="test").result()
    return sorted(until(terminal, lambda picture: picture.alerts if len(picture.alerts) == len(alerts) else None))


def test_an_alert_is_told_by_its_word_and_values_and_a_text_as_it_is(terminal: RunningTerminal) -> None:
    told(terminal, ("T01", UNDONE), ("", "smells of smoke"))
    undone, smoke = [row for row in alert_rows(terminal.standing(), [], "") if row.code == "operations"]
    assert (undone.said, undone.values, undone.text) == ("order-undone", {"minutes": 30}, f"T01: {UNDONE}")
    assert (smoke.said, smoke.values, smoke.text) == ("", {}, "smells of smoke")
    ended = next(alert_rows(terminal.standing(), [], "The disk is full."))
    assert (ended.said, ended.values) == ("operations-ended", {"why": "The disk is full."})


def test_alerts_are_seen_together_by_one_act_that_the_trail_counts(
    running: TestClient, terminal: RunningTerminal
) -> None:
    client = log_in(running, Role.DISPATCHER)
    numbers = told(terminal, ("T01", UNDONE), ("T02", UNDONE), ("QC1", "smells of smoke"))
    alike = {"alerts": [str(number) for number in numbers[:2]]}
    one = client.post(LIVE + "see-alert", json={"alert": str(numbers[0])})
    assert one.status_code == 200
    assert client.post(LIVE + "see-alerts", json=alike).status_code == 200, "the other was not seen yet"
    seen = until(terminal, lambda picture: picture.alerts if picture.alerts[numbers[1]].seen_by else None)
    assert [seen[number].seen_by for number in numbers] == [Role.DISPATCHER, Role.DISPATCHER, ""]
    again = client.post(LIVE + "see-alerts", json=alike)
    assert (again.status_code, again.json()["code"]) == (409, "alerts-all-seen")
    assert client.post(LIVE + "see-alerts", json={"alerts": ["out/QC1"]}).json()["code"] == "alert-ends-by-itself"
    assert client.post(LIVE + "see-alerts", json={"alerts": []}).status_code == 422
    rows = log_in(running, Role.ADMINISTRATOR).get("/api/v1/audit?action=live.alert").json()["rows"]
    together = [row for row in rows if "see" in row["target"] and row["did"]["code"] == "alerts-seen"]
    assert together[-1]["did"]["values"] == {"count": 2, "alerts": in_runs(numbers[:2])}
    assert together[-1]["outcome"] == "done"


@given(st.sets(st.integers(0, 40)))
def test_numbers_in_runs_are_all_of_them(numbers: set[int]) -> None:
    parts = [list(map(int, part.split("-"))) for part in in_runs(sorted(numbers)).split(", ") if part]
    assert {number for part in parts for number in range(part[0], part[-1] + 1)} == numbers
    assert all(one[-1] + 1 < other[0] for one, other in pairwise(parts))


def test_what_a_crane_is_at_is_told_from_where_to_where(terminal: RunningTerminal) -> None:
    terminal.go_at(50)
    quay: list[Lift | None] = until(
        terminal, lambda p: [quay_crane_row(crane).lift for crane in p.quay_cranes.values() if crane.containers]
    )
    yard: list[Lift | None] = until(
        terminal, lambda p: [yard_crane_row(crane).lift for crane in p.yard_cranes.values() if crane.container]
    )
    for lift in (*quay, *yard):
        assert lift is not None
        assert lift.kind in ("discharge", "load", "rehandle")
        for place in (*lift.sources, *lift.targets):
            assert re.fullmatch(r"\d{7}|T\d+|[A-Z]\w*-\d+-\d+-\d+", place), place


def test_a_dispatcher_opens_alike_alerts_by_keyboard_and_has_seen_all_of_them(
    page: Page, office: Office, pictures: Pictures, repository: Path
) -> None:
    for machine in ("T01", "T02", "QC1"):
        office.terminal.ask(Command("raise_alert", (machine, 0, UNDONE)), by="test").result()
    enter(page, office, Role.DISPATCHER)
    group = page.locator("li > details").filter(has_text="and 2 alike")
    group.locator("summary").press("Enter")
    expect(group.get_by_role("button", name="Seen", exact=True)).to_have_count(3)
    pictures.take(page, "alerts-alike")
    assert barriers(page, repository) == []
    page.get_by_role("button", name="Seen: all 3").press("Enter")
    expect(group).to_have_count(0)
    by = [one.seen_by for one in office.terminal.standing().alerts.values() if one.problem == UNDONE]
    assert by == 3 * [Role.DISPATCHER]
