"""Two cranes at a ship, in a real browser: steps skipped, hurried and given away, cranes that come too near, and one
that breaks, in the plan and on the quay. Then who did it: users, tokens and the audit trail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from playwright.sync_api import Locator, Page, expect

from cabria.adapters.files.call_folder import write_call
from cabria.adapters.files.plan_json import write_plan
from cabria.bootstrap.twin import twin_running
from cabria.domain.work import StepKind
from cabria.experiments.calls import make_call
from cabria.experiments.ground_plan import lay_out
from cabria.operations.running import QuayCranePicture
from cabria.planning.loading.problem import LoadingProblem, Params
from cabria.planning.loading.solve import solve
from cabria.twin.twin import Fleet

from .conftest import WAIT_MS, Office, Pictures, barriers, enter, office_in

CALL = "pair"
PLAN = f"{CALL}-plan"
WORKED_MS = 120_000
LONG_MS = 3 * WAIT_MS
"""A plan is made anew in the meantime."""
FRESH = "a fresh password"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A ship under two cranes that has been worked for some minutes and stands still; and her plan once more as that of
    a call that is not at the quay."""
    call = make_call(moves=60, teu=1_200, seed=3, blocks=3, quay_cranes=2, yard_fill=0.3)
    params = Params(
        stowage_iterations_a_load=200, crane_iterations=2_000, yard_iterations_a_load=50, with_baselines=False
    )
    planned = solve(LoadingProblem(call), params=params, wall=lambda: 0.0, cpu=lambda: 0.0)
    folder = tmp_path_factory.mktemp("pair")
    write_call(call, folder / "plans" / CALL)
    (folder / "plans" / PLAN).mkdir()
    write_plan(planned, folder / "plans" / PLAN / "plan.json")
    under_way = replace(call, id="UNDER-WAY"), planned.plan
    terminal = twin_running(lay_out(call.terminal), [under_way], fleet=Fleet(trucks=8), speed=300.0)
    has_worked = Event()
    end = terminal.subscribe(lambda batch: has_worked.set() if batch.now_ms >= WORKED_MS else None)
    assert has_worked.wait(WAIT_MS / 1_000)
    end()
    terminal.go_at(0.0)
    made = office_in(folder, terminal, folder / "plans")
    made.open()
    yield made
    made.server.stop()
    terminal.end()


def test_a_planned_crane_that_breaks_brings_a_proposal_that_is_accepted_and_taken_back(
    page: Page, pair: Office, pictures: Pictures
) -> None:
    enter(page, pair, "planner", f"#vessel/{PLAN}")
    before = plan_bytes(pair)
    page.get_by_role("tab", name="Cranes").click(timeout=WAIT_MS)
    page.get_by_label("Without").select_option("QC1")
    page.get_by_label("for hours").fill("1")
    page.get_by_role("button", name="Plan again", exact=True).click()
    accept = page.get_by_role("button", name="Accept", exact=True)
    expect(accept).to_be_visible(timeout=LONG_MS)
    pictures.take(page, "crane-out-proposal")
    accept.click()
    expect(accept).to_have_count(0, timeout=LONG_MS)
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_enabled(timeout=LONG_MS)
    assert plan_bytes(pair) != before
    undo.click()
    expect(undo).to_be_disabled(timeout=LONG_MS)


def plan_bytes(pair: Office) -> bytes:
    return (pair.plans / PLAN / "plan.json").read_bytes()


def test_two_cranes_that_would_come_too_near_are_shown_in_red(page: Page, pair: Office, pictures: Pictures) -> None:
    enter(page, pair, "supervisor", "#queues")
    show(page, "QC1")
    expect(page.locator("[data-clashes='0']").first).to_be_visible(timeout=WAIT_MS)
    hold(page, "the agent is asked")
    page.get_by_label("Speed").select_option("60")
    red = page.locator("svg .clash rect").first
    expect(red).to_be_visible(timeout=LONG_MS)
    page.get_by_label("Speed").select_option("0")
    expect(page.get_by_text(re.compile("^Cranes come too near"))).to_be_visible()
    pictures.take(page, "cranes-too-near")
    assert red.evaluate("rect => getComputedStyle(rect).stroke") == "rgb(179, 32, 26)"
    page.get_by_role("button", name="Let go on").click()
    expect(page.get_by_role("button", name="Hold …")).to_be_visible(timeout=WAIT_MS)


def test_a_dispatcher_hurries_skips_and_gives_a_bay_away(page: Page, pair: Office, pictures: Pictures) -> None:
    enter(page, pair, "dispatcher", "#queues")
    show(page, "QC2")
    hurried = next(box for box in boxes_to_come(pair, "QC2") if box in under_way(pair))
    ask(page, open_step(page, hurried), "Hurry …", "the reefer is warm")
    loads = {str(box) for step in crane_of(pair, "QC2").queue if step.kind is StepKind.LOAD for box in step.containers}
    skipped = next(box for box in reversed(boxes_to_come(pair, "QC2")) if box in loads - under_way(pair))
    ask(page, open_step(page, skipped), "Skip …", "damaged")
    expect(page.get_by_role("row", name=re.compile(skipped))).to_have_count(0, timeout=WAIT_MS)
    assert skipped not in boxes_to_come(pair, "QC2")
    last = crane_of(pair, "QC2").queue[-1]
    given = last.containers[0]
    ask(page, open_step(page, given), f"Give bay {last.bay:02} to QC1 …", "QC2 is needed elsewhere")
    expect(page.get_by_role("row", name=re.compile(given))).to_have_count(0, timeout=WAIT_MS)
    assert given in boxes_to_come(pair, "QC1")
    pictures.take(page, "bay-given-away")


def test_the_work_of_a_crane_that_breaks_is_shared_by_the_other(page: Page, pair: Office, pictures: Pictures) -> None:
    enter(page, pair, "supervisor", "#fleet")
    row = page.get_by_role("row", name=re.compile("^QC1"))
    row.get_by_role("button", name="Take out of service …").click()
    page.get_by_placeholder("Cause").fill("hoist brake")
    page.get_by_role("button", name="Take out of service", exact=True).click()
    page.get_by_role("link", name="Overview").click()
    before = splits_of(pair)
    page.get_by_role("button", name="Back in an hour: share its work").click(timeout=WAIT_MS)
    expect(page.get_by_role("button", name="Back in an hour: share its work")).to_have_count(0, timeout=LONG_MS)
    assert splits_of(pair) > before
    page.get_by_role("link", name="Cranes and queues").click()
    expect(page.locator("svg[data-runs]")).to_be_visible(timeout=WAIT_MS)
    pictures.take(page, "work-shared")


def test_a_dead_truck_that_was_towed_away_rests_where_a_person_says(
    page: Page, pair: Office, repository: Path, pictures: Pictures
) -> None:
    enter(page, pair, "dispatcher", "#fleet")
    truck = max(pair.terminal.standing().trucks)
    row = page.get_by_role("row", name=re.compile(f"^{truck}"))
    row.get_by_role("button", name="Take out of service …").click()
    page.get_by_placeholder("Cause").fill("no answer")
    page.get_by_role("button", name="Take out of service", exact=True).click()
    row.get_by_role("button", name="Towed away …").click(timeout=WAIT_MS)
    form = page.get_by_role("form", name=f"{truck} was towed away")
    stands = form.get_by_label("It rests at").locator("option")
    expect(stands.nth(1)).to_be_attached(timeout=WAIT_MS)
    taken = {one.stand for one in pair.terminal.standing().trucks.values()}
    stand = next(name for name in reversed(stands.all_inner_texts()) if name not in taken)
    form.get_by_label("It rests at").select_option(stand)
    form.get_by_label("Reason").fill("the tug has it")
    assert barriers(page, repository) == []
    pictures.take(page, "towed")
    form.get_by_role("button", name="Towed away").click()
    expect(form).to_have_count(0, timeout=WAIT_MS)
    expect(row).to_contain_text(stand, timeout=WAIT_MS)
    assert pair.terminal.standing().trucks[truck].stand == stand


def splits_of(pair: Office) -> int:
    """How often the ship's work was divided anew."""
    return sum(call.splits for call in pair.terminal.standing().calls.values())


def crane_of(pair: Office, name: str) -> QuayCranePicture:
    return pair.terminal.standing().quay_cranes[name]


def boxes_to_come(pair: Office, name: str) -> list[str]:
    crane = crane_of(pair, name)
    return [str(box) for step in crane.queue[crane.done + 1 :] for box in step.containers]


def under_way(pair: Office) -> set[str]:
    return {str(box) for move in pair.terminal.standing().moves.values() for box in move.containers}


def show(page: Page, crane: str) -> None:
    page.get_by_role("tab", name=re.compile(crane)).click(timeout=WAIT_MS)
    expect(page.get_by_text(f"Queue of {crane}")).to_be_visible(timeout=WAIT_MS)


def hold(page: Page, reason: str) -> None:
    """Hold the crane that is shown."""
    page.get_by_role("button", name="Hold …").click()
    page.get_by_placeholder("Reason").fill(reason)
    page.get_by_role("button", name="Hold", exact=True).click()
    expect(page.get_by_text(f"held: {reason}")).to_be_visible(timeout=WAIT_MS)


def open_step(page: Page, box: str) -> Locator:
    """What may be done about the step with a box."""
    page.get_by_role("button", name=re.compile(box)).click(timeout=WAIT_MS)
    return page.locator("tr.acts")


def ask(page: Page, acts: Locator, name: str, reason: str) -> None:
    acts.get_by_role("button", name=name, exact=True).click()
    page.get_by_placeholder("Reason").fill(reason)
    page.keyboard.press("Enter")
    expect(page.locator(".said, [role=status]").filter(has_text="✓").filter(has_text=reason)).to_be_visible(
        timeout=WAIT_MS
    )


def test_an_administrator_lets_somebody_in_and_out_and_sees_who_did_what(
    page: Page, pair: Office, repository: Path, pictures: Pictures
) -> None:
    enter(page, pair, "dispatcher", "#queues")
    show(page, "QC2")
    hold(page, "a twistlock is stuck")
    page.get_by_role("button", name="Let go on").click()
    expect(page.get_by_role("button", name="Hold …")).to_be_visible(timeout=WAIT_MS)
    enter(page, pair, "administrator", "#people")
    users = page.get_by_role("region", name=re.compile("^Users"))
    form = users.get_by_role("form", name="Add a user")
    form.get_by_label("Name").fill("ana")
    form.get_by_label("Role").select_option("planner")
    form.get_by_label("Password").fill(FRESH)
    form.get_by_role("button", name="Add").click()
    row = users.get_by_role("row", name=re.compile("^ana"))
    expect(row).to_contain_text("never", timeout=WAIT_MS)
    page.get_by_label("Role of ana").select_option("dispatcher")
    expect(users.get_by_role("status")).to_contain_text("ana is dispatcher now.", timeout=WAIT_MS)
    row.get_by_role("button", name="New password …").click()
    page.get_by_label(re.compile("^New password for ana")).fill(FRESH + "er")
    users.get_by_role("button", name="New password", exact=True).click()
    expect(users.get_by_role("status")).to_contain_text("ana has a new password", timeout=WAIT_MS)
    assert page.request.post(f"{pair.server.url}api/v1/login", data={"name": "ana", "password": FRESH}).status == 401
    token = page.get_by_role("form", name="Make a token")
    token.get_by_label("Name").fill("crane counter")
    token.get_by_role("button", name="Make a token").click()
    expect(page.locator("code")).to_be_visible(timeout=WAIT_MS)
    assert barriers(page, repository) == []
    pictures.take(page, "people")
    page.get_by_role("button", name="End: crane counter").click()
    expect(page.get_by_text("There is no token.")).to_be_visible(timeout=WAIT_MS)
    row.get_by_role("button", name="Remove …").click()
    users.get_by_role("button", name="Remove ana").click()
    expect(row).to_have_count(0, timeout=WAIT_MS)
    trail = page.get_by_role("region", name="Audit trail")
    expect(trail.get_by_role("row", name=re.compile("administrator")).first).to_contain_text("ana", timeout=WAIT_MS)
    trail.get_by_label("Who").select_option("dispatcher")
    expect(trail.get_by_role("row", name=re.compile("QC2.*twistlock"))).to_be_visible(timeout=WAIT_MS)


def test_only_an_administrator_sees_users_and_a_viewer_no_trail(page: Page, pair: Office) -> None:
    enter(page, pair, "viewer", "#people")
    expect(page.get_by_role("heading", name="API tokens of viewer")).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_role("heading", name="Users")).to_have_count(0)
    expect(page.get_by_role("heading", name="Audit trail")).to_have_count(0)
    assert page.request.get(f"{pair.server.url}api/v1/users").status == 403
