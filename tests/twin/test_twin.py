"""A call worked in the twin: everything ends where the plan says, and the same twice."""

from __future__ import annotations

from functools import cache

import pytest

from cabria.domain.calls import VesselCall
from cabria.domain.layout import Layout
from cabria.domain.plan import LoadingPlan, departure
from cabria.domain.positions import YardPosition
from cabria.domain.run_events import Aboard, BoxesLanded, MachineStopped, RunEvent, TripBooked
from cabria.experiments.calls import make_call
from cabria.experiments.ground_plan import lay_out
from cabria.operations.settings import Settings, TruckChoice
from cabria.planning.loading.problem import LoadingProblem, Params
from cabria.planning.loading.solve import solve
from cabria.twin.agenda import fork
from cabria.twin.failures import Reliability
from cabria.twin.quay_cranes import Spread
from cabria.twin.twin import Fleet, Twin

LONGEST_MS = 48 * 3_600_000


@cache
def planned() -> tuple[VesselCall, LoadingPlan]:
    call = make_call(moves=60, teu=1_200, seed=3, blocks=3, quay_cranes=2, yard_fill=0.3)
    params = Params(
        stowage_iterations_a_load=200, crane_iterations=2_000, yard_iterations_a_load=50, with_baselines=False
    )
    return call, solve(LoadingProblem(call), params=params, wall=lambda: 0.0, cpu=lambda: 0.0).plan


@cache
def its_layout() -> Layout:
    return lay_out(planned()[0].terminal)


def twin_at_work(settings: Settings | None = None, trucks: int = 8, spread: float = 0.0, seed: int = 0) -> Twin:
    return begun(Twin(its_layout(), settings or Settings(), Fleet(trucks=trucks, spread=Spread(spread)), seed))


def begun(twin: Twin) -> Twin:
    call, plan = planned()
    twin.control.take_stock(call.yard)
    twin.control.berth(call, plan)
    return twin


def run_to_end(twin: Twin) -> list[RunEvent]:
    while not twin.is_idle and twin.now_ms < LONGEST_MS:
        twin.run(twin.now_ms + 3_600_000)
    assert twin.is_idle
    twin.run(twin.now_ms + 3_600_000)
    return twin.log.events


@pytest.mark.parametrize(
    ("look_ahead", "choice", "trucks"),
    [(1, TruckChoice.NEAREST, 1), (4, TruckChoice.EXACT, 3), (12, TruckChoice.IN_TIME, 8)],
)
def test_every_box_ends_where_the_plan_puts_it(look_ahead: int, choice: TruckChoice, trucks: int) -> None:
    call, plan = planned()
    twin = twin_at_work(Settings(look_ahead=look_ahead, truck_choice=choice), trucks)
    run_to_end(twin)
    board = twin.control.desk.board
    aboard = {box: place.position for box, place in board.boxes.items() if isinstance(place, Aboard)}
    assert aboard == {stowed.container.id: stowed.position for stowed in departure(call, plan)}
    assert len(board.boxes) == len(call.yard) + len(call.arrival)
    assert all(isinstance(place, YardPosition) for box, place in board.boxes.items() if box not in aboard)
    assert not board.moves
    assert not board.goes_to


def test_with_breakdowns_it_takes_longer_and_ends_the_same() -> None:
    call, plan = planned()
    often = Reliability(between_h=0.5, repair_min=4)
    fleet = Fleet(8, truck_reliability=often, quay_crane_reliability=often, yard_crane_reliability=often)
    twin = begun(Twin(its_layout(), Settings(), fleet, seed=4))
    events = run_to_end(twin)
    stops = {event.machine[:1] for event in events if isinstance(event, MachineStopped)}
    assert stops == {"T", "Q", "Y"}
    aboard = {b: place.position for b, place in twin.control.desk.board.boxes.items() if isinstance(place, Aboard)}
    assert aboard == {stowed.container.id: stowed.position for stowed in departure(call, plan)}
    last = max(event.at_ms for event in events if isinstance(event, BoxesLanded))
    assert last > max(event.at_ms for event in run_to_end(twin_at_work()) if isinstance(event, BoxesLanded))


def test_the_same_seed_gives_the_same_log_and_another_seed_another() -> None:
    first, again, other = (run_to_end(twin_at_work(spread=0.2, seed=seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_a_fork_half_way_ends_as_the_run_itself() -> None:
    twin = twin_at_work(spread=0.2)
    twin.run(1_800_000)
    copy = fork(twin)
    before = list(twin.log.events)
    assert run_to_end(copy)[: len(before)] == before
    assert run_to_end(twin) == copy.log.events


def test_events_stand_in_the_log_by_time_and_say_why_each_truck_drove() -> None:
    events = run_to_end(twin_at_work())
    assert [event.at_ms for event in events] == sorted(event.at_ms for event in events)
    assert all(event.reason for event in events if isinstance(event, TripBooked))
    assert sum(isinstance(event, BoxesLanded) for event in events) > 60
