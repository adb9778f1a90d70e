"""The terminal at coarse fidelity: nothing is lost, nobody works faster than machines can, and a run repeats itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.domain.errors import DataError
from cabria.twin.coarse import kernels as k
from cabria.twin.coarse.ground import Ground
from cabria.twin.coarse.problem import NONE, Boxes, CoarseProblem, Rates, RoadTrucks, Ships
from cabria.twin.coarse.run import CoarseRun, run

HOUR_MS = 3_600_000
DRIVE_MS = 100_000
QUIET = Rates(
    quay_cycle=100_000,
    beside_lifts=0.0,
    in_the_way=0.0,
    variation=0.0,
    digs_for_ships=0.0,
    digs_for_road=0.0,
    drive_factor=1.0,
    lane_wait=0,
    drive_variation=0.0,
    boxes_a_lift=1.0,
    mooring=0,
    unmooring=0,
    fetch_before=60_000,
    fetch_at_truck=22_000,
    stack_before=26_000,
    stack_at_truck=24_000,
    stack_after=45_000,
)


def ground(quay_places: int = 3, blocks: int = 2) -> Ground:
    """Every place is as far from every other."""
    count = quay_places + blocks + 1
    apart = np.full((count, count), 1, np.int64) - np.eye(count, dtype=np.int64)
    return Ground(quay_places, blocks, DRIVE_MS * apart, 500 * apart)


def problem(
    *,
    off: list[int] = [],  # noqa: B006 - only read
    on: list[int] = [],  # noqa: B006
    there_h: list[int] = [0],  # noqa: B006
    road: list[tuple[int, int, int]] = [],  # noqa: B006
    trucks: int = 4,
    cranes: int = 2,
    hours: int = 48,
    rates: Rates = QUIET,
    room: int = 400,
) -> CoarseProblem:
    """Boxes of two TEU: `off` come with the ships named, `on` stand there and leave with the ships named; `road` are
    trucks with when they come (in minutes) and how many boxes they bring and take, of the yard's own."""
    boxes = len(off) + len(on)
    brings, takes, inbound, outbound, stands = [], [], [*off], [NONE] * len(off), [NONE] * len(off)
    inbound += [NONE] * len(on)
    outbound += on
    stands += [n % 2 for n in range(len(on))]
    for _, does_bring, does_take in road:
        brings.append(boxes if does_bring else NONE)
        boxes += does_bring
        takes.append(boxes if does_take else NONE)
        boxes += does_take
        inbound += [NONE] * (does_bring + does_take)
        outbound += [NONE] * (does_bring + does_take)
        stands += [NONE] * does_bring + [0] * does_take
    count = len(there_h)
    return CoarseProblem(
        ground=ground(),
        room_teu=np.array([room, room]),
        tiers=np.array([5, 5]),
        quay_mm=300_000,
        quay_cranes=cranes,
        trucks=trucks,
        look_ahead=4,
        most_visitors=3,
        hours=hours,
        ships=Ships(
            np.array(sorted(there_h)) * HOUR_MS,
            np.full(count, 140_000),
            np.full(count, 2),
            np.array([*range(1, count), NONE]),
        ),
        boxes=Boxes(np.full(boxes, 2), np.array(inbound, np.int64), np.array(outbound, np.int64)),
        road=RoadTrucks(
            np.array(sorted(minute for minute, _, _ in road), np.int64) * 60_000,
            np.array(brings, np.int64),
            np.array(takes, np.int64),
        ),
        stands_in=np.array(stands, np.int64),
        rates=rates,
    )


@st.composite
def problems(draw: st.DrawFn) -> CoarseProblem:
    ships = draw(st.integers(1, 5))
    visits = st.tuples(st.integers(0, 600), st.integers(0, 1), st.integers(0, 1))
    return problem(
        off=draw(st.lists(st.integers(0, ships - 1), max_size=40)),
        on=draw(st.lists(st.integers(0, ships - 1), max_size=40)),
        there_h=draw(st.lists(st.integers(0, 10), min_size=ships, max_size=ships)),
        road=draw(st.lists(visits, max_size=30)),
        trucks=draw(st.integers(1, 8)),
        cranes=draw(st.integers(1, 4)),
        rates=replace(
            QUIET,
            variation=0.2,
            digs_for_road=1.0,
            digs_for_ships=0.5,
            beside_lifts=0.1,
            boxes_a_lift=draw(st.sampled_from([1.0, 1.3, 2.0])),
            passes=draw(st.sampled_from([0.0, 0.5, 1.0])),
        ),
    )


def same(one: CoarseRun, other: CoarseRun) -> bool:
    return bool(
        (one.count == other.count).all() and (one.series == other.series).all() and (one.boxes == other.boxes).all()
    )


@settings(max_examples=60)
@given(problems(), st.integers(0, 5))
def test_every_box_gets_where_it_is_to_go_and_none_is_lost(given_problem: CoarseProblem, seed: int) -> None:
    done = run(given_problem, seed)
    assert done.is_sound
    boxes = given_problem.boxes
    leaves = boxes.outbound != NONE
    leaves[given_problem.road.takes[given_problem.road.takes != NONE]] = True
    assert (done.boxes[leaves] == k.LEFT_AGAIN).all()
    assert (done.boxes[~leaves] == k.STANDING).all()
    assert int(done.count[k.OFF]) == int((boxes.inbound != NONE).sum())
    assert int(done.count[k.ON]) == int((boxes.outbound != NONE).sum())
    assert int(done.count[k.ROAD_DONE]) == len(given_problem.road)
    assert int(done.count[k.SHIPS_GONE]) == len(given_problem.ships)


@settings(max_examples=40)
@given(problems(), st.integers(0, 5))
def test_nobody_works_more_than_there_is_time_for(given_problem: CoarseProblem, seed: int) -> None:
    done = run(replace(given_problem, hours=3), seed)
    count = [int(value) for value in done.count]
    run_ms = 3 * HOUR_MS
    moves = count[k.OFF] + count[k.ON]
    least_cycle_ms = 0.3 * given_problem.rates.quay_cycle
    assert moves / 2 * least_cycle_ms <= count[k.CRANE_MS] + given_problem.quay_cranes * run_ms * 0.1
    assert count[k.CRANE_MS] <= given_problem.quay_cranes * run_ms
    assert count[k.TRUCK_MS] <= given_problem.trucks * run_ms
    assert count[k.WAIT_LOADED] + count[k.WAIT_EMPTY] <= given_problem.quay_cranes * run_ms
    assert (done.series[k.S_TEU] <= given_problem.room_teu.sum()).all()
    assert (done.series[k.S_TRUCKS] <= given_problem.trucks).all()
    assert (done.series[k.S_ROAD] <= given_problem.most_visitors).all()
    assert (np.diff(done.series[k.S_MOVES]) >= 0).all()


@settings(max_examples=20)
@given(problems(), st.integers(0, 5))
def test_the_same_seed_gives_the_same_run(given_problem: CoarseProblem, seed: int) -> None:
    assert same(run(given_problem, seed), run(given_problem, seed))


def test_the_seed_makes_a_difference() -> None:
    varied = problem(off=[0] * 60, rates=replace(QUIET, variation=0.2))
    assert not same(run(varied, 1), run(varied, 2))


def test_one_box_off_a_ship_takes_as_long_as_counted_by_hand() -> None:
    # The crane needs the truck after 65 s, but it drives up for 100 s; 10 s later the box is on it. It drives 100 s,
    # the yard crane takes it off 24 s later and sets it down. The crane's cycle is over 35 s after they met.
    done = run(problem(off=[0], trucks=1, cranes=1))
    assert int(done.count[k.WAIT_EMPTY]) == 35_000
    assert int(done.count[k.CRANE_MS]) == 135_000
    assert int(done.count[k.TRUCK_MS]) == 100_000 + 10_000 + 100_000 + 24_000
    assert int(done.count[k.LOADED_M]) == 500


def test_one_box_on_to_a_ship_takes_as_long_as_counted_by_hand() -> None:
    # 100 s to the block, where the crane began 75 s before and waits; 22 s to set it down; 100 s to the quay. The
    # quay crane stood ready after 25 s.
    done = run(problem(on=[0], trucks=1, cranes=1))
    at_quay_ms = 100_000 + 22_000 + 100_000
    assert int(done.count[k.WAIT_LOADED]) == at_quay_ms - 25_000
    assert int(done.count[k.CRANE_MS]) == at_quay_ms + 75_000
    assert int(done.count[k.TRUCK_MS]) == at_quay_ms + 10_000


def test_two_boxes_of_one_lift_are_on_one_truck() -> None:
    # Both stand in one block or another: 100 s to the first, 22 s, then as long as that again where the second stands
    # in the other block; 100 s to the quay, and one cycle there.
    pairs = replace(QUIET, boxes_a_lift=2.0)
    done = run(problem(on=[0, 0], trucks=1, cranes=1, rates=pairs))
    assert int(done.count[k.ON]) == 2
    assert int(done.count[k.TRUCK_MS]) == 2 * (100_000 + 22_000) + 100_000 + 10_000
    assert int(done.count[k.EMPTY_M]) == 500
    assert int(done.count[k.LOADED_M]) == 1_000
    off = run(problem(off=[0, 0], trucks=1, cranes=1, rates=pairs))
    assert int(off.count[k.OFF]) == 2
    assert int(off.count[k.CRANE_MS]) == int(run(problem(off=[0], trucks=1, cranes=1)).count[k.CRANE_MS])


def test_loads_that_may_go_before_their_turn_spare_the_crane_some_waiting() -> None:
    long = problem(on=[0] * 300, trucks=6, cranes=2, hours=12, rates=replace(QUIET, drive_variation=0.5, variation=0.2))
    strict, free = (run(replace(long, rates=replace(long.rates, passes=share)), 1) for share in (0.0, 1.0))
    none = run(replace(long, rates=replace(long.rates, passes=1.0, out_of_turn=0)), 1)
    assert free.measures["crane_waiting"] < strict.measures["crane_waiting"]
    assert none.measures["crane_waiting"] > free.measures["crane_waiting"]


def test_a_road_truck_turns_round_as_fast_as_counted_by_hand() -> None:
    # 100 s to the block, 24 s till the box is off, and 100 s out.
    done = run(problem(road=[(5, 1, 0)]))
    assert int(done.count[k.TURN_MS]) == 100_000 + 24_000 + 100_000


def test_more_trucks_make_more_moves_of_a_long_call_until_the_cranes_are_busy() -> None:
    long = [run(problem(off=[0] * 300, on=[0] * 50, trucks=trucks, hours=6)) for trucks in (1, 2, 4, 8)]
    moves = [done.measures["quay_moves"] for done in long]
    assert moves == sorted(moves)
    assert moves[0] < 0.5 * moves[-1]
    waiting = [done.measures["crane_waiting"] for done in long]
    assert waiting == sorted(waiting, reverse=True)


def test_ships_that_find_no_room_wait_in_the_order_they_came() -> None:
    done = run(problem(off=[0] * 40 + [1] * 40 + [2] * 40, there_h=[0, 0, 0], cranes=4))
    assert int(done.count[k.SHIP_WAIT_MS]) > 0
    assert int(done.series[k.S_LINE].max()) == 1
    assert int(done.series[k.S_QUAY].max()) == 2


def test_a_box_that_is_not_ashore_when_its_ship_loads_goes_with_the_next() -> None:
    base = problem(off=[1], there_h=[0, 5, 20])
    onward = replace(base, boxes=replace(base.boxes, outbound=np.array([0])))
    done = run(onward)
    assert int(done.count[k.MISSED]) == 2
    assert int(done.boxes[0]) == k.LEFT_AGAIN
    assert int(done.count[k.SHIPS_GONE]) == 3


def test_a_road_truck_whose_box_is_still_aboard_comes_again() -> None:
    base = problem(off=[0], there_h=[2], road=[(0, 0, 0)])
    early = replace(base, road=replace(base.road, takes=np.array([0])))
    done = run(early)
    assert int(done.count[k.PUT_OFF]) == 1
    assert int(done.boxes[0]) == k.LEFT_AGAIN


def test_a_full_yard_is_told() -> None:
    done = run(problem(off=[0] * 20, room=10))
    assert not done.is_sound
    assert int(done.count[k.NO_ROOM]) > 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"trucks": 0}, "trucks is 0"),
        ({"hours": 0}, "hours is 0"),
        ({"room_teu": np.array([1])}, "Every block"),
        ({"quay_mm": 100_000}, "longer than the quay"),
        ({"stands_in": np.array([7, 0])}, "does not exist"),
        ({"stands_in": np.array([0, 0])}, "comes or leaves twice"),
    ],
    ids=["no trucks", "no time", "a block too few", "a short quay", "an unknown block", "a box from two sides"],
)
def test_nonsense_is_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(DataError, match=words):
        replace(problem(off=[0], on=[0]), **change)


@pytest.mark.parametrize(
    "change", [{"quay_cycle": 0}, {"variation": 2.0}, {"drive_factor": 0.0}, {"dig": -1}], ids=lambda c: next(iter(c))
)
def test_impossible_rates_are_refused(change: dict[str, float]) -> None:
    with pytest.raises(DataError):
        replace(QUIET, **change)
