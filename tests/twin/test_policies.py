"""Trucks by policy: all work is done, by the rules, and the log says who was chosen and why."""

from __future__ import annotations

from functools import cache

import pytest
from tests.twin.test_twin import its_layout, planned, run_to_end, twin_at_work

from cabria.domain.errors import DataError
from cabria.domain.positions import YardPosition
from cabria.domain.run_events import (
    Aboard,
    BoxesLifted,
    JobDone,
    JobGiven,
    MoveDone,
    MoveKind,
    MoveReleased,
    OnTruck,
    RunEvent,
    TruckAssigned,
    Waited,
)
from cabria.operations.policies import policy
from cabria.referee.run import judge_run
from cabria.referee.run_figures import figures_of
from cabria.twin.twin import Twin


@cache
def twin_by(name: str) -> Twin:
    twin = twin_at_work(policy(name), trucks=5, spread=0.1)
    run_to_end(twin)
    return twin


def run_by(name: str) -> list[RunEvent]:
    return twin_by(name).log.events


@pytest.mark.parametrize("name", ["nearest-now", "ours"])
def test_every_policy_does_all_the_work_by_the_rules(name: str) -> None:
    verdict = judge_run(run_by(name), its_layout(), [planned()])
    assert [str(finding) for finding in verdict.broken] == []
    assert figures_of(run_by(name), its_layout(), [planned()]).calls[0].is_done


def test_looking_ahead_is_quicker_than_not() -> None:
    far, now = (figures_of(run_by(name), its_layout(), [planned()]).calls[0] for name in ("ours", "nearest-now"))
    assert far.makespan_s < now.makespan_s


def test_no_truck_drives_for_a_move_it_was_not_given_with_a_reason() -> None:
    given: dict[str, str] = {}
    for event in run_by("ours"):
        if isinstance(event, TruckAssigned):
            given[event.move] = event.truck
            assert event.reason
        elif isinstance(event, JobGiven) and event.machine.startswith("T") and event.move:
            assert given[event.move] == event.machine


def test_cranes_begin_while_their_truck_is_on_its_way_and_wait_over_its_place() -> None:
    driving: dict[str, str] = {}
    at_work: set[str] = set()
    early = waits = 0
    for event in run_by("ours"):
        if isinstance(event, JobGiven):
            early += bool(event.move) and event.move in driving.values() and not event.machine.startswith("T")
            if event.machine.startswith("T"):
                driving[event.job] = event.move
            elif event.machine.startswith("QC"):
                at_work.add(event.machine)
        elif isinstance(event, JobDone):
            driving.pop(event.job, None)
            at_work.discard(event.job.split("/")[0])
        elif isinstance(event, Waited):
            waits += event.crane in at_work
    assert early > 0
    assert waits > 0
    assert not any(event.crane in at_work for event in run_by("nearest-now") if isinstance(event, Waited))


def test_a_truck_is_free_as_soon_as_its_box_hangs_and_the_move_is_done_when_it_stands() -> None:
    events = run_by("ours")
    kinds = {event.move: event.kind for event in events if isinstance(event, MoveReleased)}
    lifted: dict[str, int] = {}
    truck_of: dict[str, str] = {}
    gaps = []
    for event in events:
        if isinstance(event, TruckAssigned):
            truck_of[event.truck] = event.move
        elif isinstance(event, BoxesLifted) and isinstance(event.places[0], OnTruck):
            lifted[truck_of[event.places[0].truck]] = event.at_ms
        elif isinstance(event, MoveDone) and kinds[event.move] is MoveKind.DISCHARGE:
            gaps.append(event.at_ms - lifted[event.move])
    assert gaps
    assert min(gaps) > 0


def test_boxes_end_aboard_in_the_same_places_whatever_the_policy() -> None:
    boards = [twin_by(name).control.desk.board for name in ("nearest-now", "ours")]
    now, ours = ({b: place for b, place in board.boxes.items() if isinstance(place, Aboard)} for board in boards)
    assert now == ours
    for board in boards:
        assert not board.hanging
        assert not board.moves
        assert all(isinstance(place, Aboard | YardPosition) for place in board.boxes.values())


def test_a_policy_that_is_none_is_refused_with_those_there_are() -> None:
    with pytest.raises(DataError, match=r"'fastest'.*nearest-now"):
        policy("fastest")
