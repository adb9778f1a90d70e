"""Re-planning at the desk: what may be asked, what is proposed, and what becomes of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.adapters.files.plan_json import read_plan
from cabria.console.desks import replanning
from cabria.console.desks.open_plan import OpenPlan
from cabria.console.http.problems import ProblemError
from cabria.console.messages import replanning as m
from cabria.domain.errors import DataError

from .conftest import TINY


@pytest.fixture
def plan(plans: Path) -> OpenPlan:
    return OpenPlan.of(plans / "tiny", plans / TINY)


def proposed(plan: OpenPlan, asked: m.AskReplan) -> str:
    return replanning.propose(plan, asked, "ana", lambda iterations, best_cost: "")


def test_what_changes_nothing_is_no_proposal(plan: OpenPlan) -> None:
    assert proposed(plan, m.AskReplan(now_s=0)) == replanning.STAYS
    with pytest.raises(ProblemError):
        replanning.proposal(plan)


def test_a_proposal_tells_what_changes_and_is_dropped_or_signed(plan: OpenPlan, plans: Path) -> None:
    box = max(plan.desk.plan.loads, key=lambda box: (plan.desk.plan.loads[box].tier, box))
    asked = m.AskReplan(shut_out=[box])
    assert proposed(plan, asked).startswith("Proposed: ")
    told = replanning.proposal(plan)
    assert (told.by, told.plan, told.revision) == ("ana", TINY, plan.revision)
    replanning.drop(plan)
    with pytest.raises(ProblemError):
        replanning.drop(plan)
    proposed(plan, asked)
    with pytest.raises(ProblemError):
        replanning.take(plan, "ana", "another state")
    replanning.take(plan, "ana", told.revision)
    kept = read_plan(plans / TINY / "plan.json", plan.desk.call)
    assert box in kept.refused
    with pytest.raises(ProblemError):
        replanning.proposal(plan)


def test_a_selection_that_could_not_stand_better_is_no_proposal(plan: OpenPlan) -> None:
    """Boxes change places within their class, and the two of the tiny call that have one in common cost the same."""
    chosen = sorted(plan.desk.plan.loads)[:2]
    assert proposed(plan, m.AskReplan(selection=m.ChosenAnew(boxes=chosen))) == replanning.STAYS
    with pytest.raises(ProblemError):
        replanning.proposal(plan)
    with pytest.raises(DataError, match="No load"):
        proposed(plan, m.AskReplan(selection=m.ChosenAnew(boxes=["NOPE0000000"])))


@given(st.booleans(), st.integers(0, 10**6))
def test_a_search_goes_on_until_a_person_ends_it_and_is_heard(is_stopped: bool, iterations: int) -> None:
    heard: list[str] = []
    stop = replanning.told(lambda: is_stopped, lambda phase, share, said: heard.append(said.text))
    assert bool(stop(iterations, 1.5)) is is_stopped
    assert heard == [f"{iterations:,} tries"]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (m.AskReplan(shut_out=["NOBODY"]), "is not on the load list"),
        (m.AskReplan(now_s=100, cranes_out=[m.CraneOut("QC1", 50)]), "would be back before it is out"),
        (m.AskReplan(cranes_out=[m.CraneOut("QC9")]), "no quay crane QC9"),
        (m.AskReplan(found=[m.FoundBox("TINU0000033", "nowhere")]), "nowhere"),
        (m.AskReplan(now_s=0, selection=m.ChosenAnew(pods=["CNSHA"])), "by itself"),
        (m.AskReplan(selection=m.ChosenAnew(boxes=["NOBODY"])), "No load that is still to come"),
    ],
)
def test_what_means_nothing_is_refused_with_the_reason(plan: OpenPlan, asked: m.AskReplan, why: str) -> None:
    with pytest.raises(DataError, match=why):
        proposed(plan, asked)
