"""Trips that meet nobody."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.planning.dispatch.traffic.kernels import ENDLESS
from cabria.planning.dispatch.traffic.lane_book import LaneBook, Passage, Window
from cabria.planning.dispatch.traffic.lanes import NO_WAY, Lanes


def ring(stands: int, pass_ms: int = 1_000, clear_ms: int = 300) -> Lanes:
    """A one-way ring, a stand beside each of its segments. Stand n is segment n, the lane beside it n + `stands`."""
    exits = [[stands + (n + 1) % stands, (n + 1) % stands] for n in range(stands)] * 2
    return Lanes.of(exits, [pass_ms] * len(exits), [clear_ms] * len(exits), stands=range(stands))


def two_way_lane() -> Lanes:
    """Two yards of two stands each (0, 1 and 2, 3) at the ends of a lane, there (4) and back (5), for one at a time."""
    exits = [[4], [4], [5], [5], [2, 3], [0, 1]]
    return Lanes.of(exits, [1_000] * 6, [200] * 6, stands=range(4), junctions=[-1] * 4 + [0, 0])


def crossing_ring() -> Lanes:
    """A ring of five stands whose lanes are short pieces in pairs, the second ones two and two in a junction."""
    first, second = [5 + 2 * n for n in range(5)], [6 + 2 * n for n in range(5)]
    exits = [[first[(n + 1) % 5], (n + 1) % 5] for n in range(5)]
    for n in range(5):
        exits += [[second[n]], [first[(n + 1) % 5], (n + 1) % 5]]
    junctions = [-1] * 5 + [-1, 0, -1, 1, -1, 0, -1, 1, -1, -1]
    return Lanes.of(exits, [1_000] * 15, [1_500] * 15, stands=range(5), junctions=junctions, too_short=range(5, 15))


def meetings(lanes: Lanes, passages: dict[int, list[Passage]]) -> list[str]:
    """Every two trucks that own a segment or junction at one time."""
    windows = [
        (truck, window, int(lanes.junctions[window.segment]))
        for truck, passed in passages.items()
        for passage in passed
        for window in passage
    ]
    return [
        f"{one} and {other} in {a.segment} and {b.segment}"
        for (one, a, here), (other, b, there) in combinations(windows, 2)
        if one != other
        and (a.segment == b.segment or (here >= 0 and here == there))
        and a.enter_ms < b.leave_ms
        and b.enter_ms < a.leave_ms
    ]


def test_an_empty_ring_is_driven_round_without_a_halt() -> None:
    book = LaneBook(ring(5))
    book.put(7, 0, 0)
    passage = book.drive(7, 3, 2_500)
    assert passage is not None
    assert [window.segment for window in passage] == [0, 6, 7, 3]
    assert [window.enter_ms for window in passage] == [0, 3_500, 4_500, 5_500]
    assert [window.leave_ms for window in passage] == [3_800, 4_800, 5_800, ENDLESS]
    assert book.least_ms(0, 3) == 4_000


def test_a_taken_stand_is_refused_until_its_truck_is_on_the_way() -> None:
    book = LaneBook(ring(5))
    book.put(1, 0, 0)
    book.put(2, 3, 0)
    assert book.drive(1, 3, 0) is None
    assert book.drive(2, 4, 10_000) is not None
    passage = book.drive(1, 3, 0)
    assert passage is not None
    assert passage[-1].enter_ms == 11_300


def test_trucks_against_each_other_take_turns_on_a_two_way_lane() -> None:
    book = LaneBook(two_way_lane())
    book.put(1, 0, 0)
    book.put(2, 2, 0)
    there, back = book.drive(1, 3, 0), book.drive(2, 1, 0)
    assert there is not None
    assert back is not None
    assert meetings(book.lanes, {1: [there], 2: [back]}) == []
    assert back[1].enter_ms == there[1].leave_ms


def test_a_truck_on_the_way_cannot_be_sent_elsewhere() -> None:
    book = LaneBook(ring(5))
    book.put(1, 0, 0)
    book.drive(1, 3, 0)
    with pytest.raises(ValueError, match="comes to rest"):
        book.drive(1, 2, 100)


def test_a_segment_that_leads_nowhere_has_no_way() -> None:
    lanes = Lanes.of([[1], []], [1, 1], [0, 0], stands=[0, 1])
    assert list(lanes.togo_ms(0)) == [0, NO_WAY]
    book = LaneBook(lanes)
    book.put(1, 1, 0)
    assert book.drive(1, 0, 0) is None
    assert book.least_ms(1, 0) is None


@settings(deadline=None, max_examples=60)
@given(
    lanes=st.sampled_from([ring(6), two_way_lane()]),
    trucks=st.integers(1, 3),
    orders=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 5), st.integers(0, 2_000)), max_size=25),
)
def test_no_two_trucks_ever_own_one_segment(lanes: Lanes, trucks: int, orders: list[tuple[int, int, int]]) -> None:
    book = LaneBook(lanes)
    stands = int(lanes.is_stand.sum())
    driven: dict[int, list[Passage]] = {}
    for truck in range(trucks):
        book.put(truck, truck, 0)
        driven[truck] = []
    now_ms = 0
    for truck, stand, later_ms in orders:
        now_ms += later_ms
        if truck >= trucks or book.passages[truck][-1].enter_ms > now_ms:
            continue
        before = book.passages[truck][-1]
        passage = book.drive(truck, stand % stands, now_ms)
        assert book.passages[truck][-1] == (passage[-1] if passage else before)
        if passage:
            driven[truck].append(passage)
            assert passage[0].segment == before.segment
            assert passage[1].enter_ms >= now_ms + lanes.pass_ms[before.segment]
            for a, b in pairwise(passage[1:]):
                assert b.enter_ms >= a.enter_ms + lanes.pass_ms[a.segment]
                assert b.segment in lanes.exits[lanes.first_exit[a.segment] : lanes.first_exit[a.segment + 1]]
                assert a.leave_ms == b.enter_ms + lanes.clear_ms[a.segment]
    assert meetings(lanes, {truck: _apart(passed) for truck, passed in driven.items()}) == []


def test_a_truck_behind_one_that_stands_still_waits_and_keeps_its_turn() -> None:
    book = LaneBook(ring(8))
    book.put(1, 1, 0)
    book.put(2, 0, 0)
    first, second = book.drive(1, 5, 0), book.drive(2, 4, 0)
    assert first is not None
    assert second is not None
    changed = book.hold(1, 1_500, 61_500)
    assert sorted(changed) == [1, 2]
    assert [w.enter_ms for w in changed[1][2:]] == [w.enter_ms + 60_000 for w in first[2:]]
    assert meetings(book.lanes, {name: [passage] for name, passage in changed.items()}) == []
    assert changed[2][-1].enter_ms > 60_000
    assert book.hold(1, 1_600, 1_600) == {}


@settings(deadline=None, max_examples=40)
@given(
    lanes=st.sampled_from([ring(6), two_way_lane()]),
    sent=st.permutations(range(3)),
    held=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4_000), st.integers(0, 30_000)), min_size=1, max_size=4),
)
def test_whoever_stands_still_nobody_meets_and_the_order_is_kept(
    lanes: Lanes, sent: list[int], held: list[tuple[int, int, int]]
) -> None:
    book = LaneBook(lanes)
    stands = int(lanes.is_stand.sum())
    for truck in range(3):
        book.put(truck, truck, 0)
    for truck in sent:
        book.drive(truck, (truck + 3) % stands, 0)
    before, now_ms = dict(book.passages), 0
    for truck, later_ms, stood_ms in held:
        now_ms += later_ms
        book.hold(truck, now_ms, now_ms + stood_ms)
        assert meetings(lanes, {name: [passage] for name, passage in book.passages.items()}) == []
        assert _order(book.passages) == _order(before)


def slow_hold(book: LaneBook, truck: int, now_ms: int, until_ms: int) -> dict[int, Passage]:
    """`LaneBook.hold` in plain Python, window by window in the order of entry; all passages, changed or not."""
    lanes, late_ms = book.lanes, until_ms - now_ms
    if late_ms <= 0 or book.passages[truck][-1].enter_ms <= now_ms:
        return dict(book.passages)
    entries = [(w.enter_ms, name, n) for name, passage in book.passages.items() for n, w in enumerate(passage)]
    new: dict[int, list[Window]] = {name: [] for name in book.passages}
    last: dict[int, tuple[int, int]] = {}
    names = list(book.passages)
    for enter_ms, name, n in sorted(entries, key=lambda entry: (entry[0], names.index(entry[1]), entry[2])):
        passage, mine = book.passages[name], new[name]
        window = passage[n]
        junction = int(lanes.junctions[window.segment])
        resources = [window.segment] if junction < 0 else [window.segment, len(lanes) + junction]
        if enter_ms <= now_ms:
            stands = name == truck and window.leave_ms > now_ms
            mine.append(window._replace(leave_ms=window.leave_ms + (late_ms if stands else 0)))
        else:
            before = passage[n - 1]
            at_ms = enter_ms
            if before.enter_ms <= now_ms:
                at_ms += late_ms if name == truck else 0
            else:
                at_ms = max(at_ms, mine[-1].enter_ms + min(lanes.pass_ms[before.segment], enter_ms - before.enter_ms))
            for resource in resources:
                other, number = last.get(resource, (name, 0))
                for part in new[other][: number + 1] if other != name else ():
                    is_there = part.segment == window.segment or (
                        junction >= 0 and lanes.junctions[part.segment] == junction
                    )
                    if is_there and part.leave_ms < ENDLESS:
                        at_ms = max(at_ms, part.leave_ms)
            at_ms = int(at_ms)
            mine[-1] = mine[-1]._replace(leave_ms=at_ms + int(lanes.clear_ms[before.segment]))
            passed_ms = 0
            for back in range(n - 2, -1, -1):
                after, tail_ms = mine[back + 1], int(lanes.clear_ms[mine[back].segment])
                passed_ms += int(lanes.pass_ms[after.segment])
                if passed_ms >= tail_ms or lanes.fits[after.segment]:
                    break
                out_ms = after.enter_ms + tail_ms + max(0, at_ms - after.enter_ms - passed_ms)
                mine[back] = mine[back]._replace(leave_ms=max(mine[back].leave_ms, out_ms))
            mine.append(window._replace(enter_ms=at_ms))
        for resource in resources:
            last[resource] = (name, n)
    return {name: tuple(windows) for name, windows in new.items()}


def _order(passages: Mapping[int, Passage]) -> dict[int, list[int]]:
    """Trucks by segment in the order in which they enter."""
    windows = sorted((w.enter_ms, truck, w.segment) for truck, passage in passages.items() for w in passage)
    return {segment: [truck for _, truck, s in windows if s == segment] for segment in {s for *_, s in windows}}


def _apart(passed: list[Passage]) -> list[Passage]:
    """Passages without the stay at their end, which the next one begins with, but for the last."""
    return [passage[:-1] for passage in passed[:-1]] + passed[-1:]


def test_a_truck_goes_round_one_that_stands_still() -> None:
    """Two ways from stand 0 to stand 1: by segment 2, and by 3 and 4, which is longer."""
    lanes = Lanes.of([[2, 3], [], [5], [4], [5], [1, 6], []], [1_000] * 7, [200] * 7, stands=[0, 1, 6])
    book = LaneBook(lanes)
    book.put(1, 0, 0)
    book.drive(1, 6, 0)
    book.put(2, 0, 1_500)
    second = book.drive(2, 1, 1_500)
    assert second is not None
    assert [window.segment for window in second] == [0, 2, 5, 1]
    book.hold(1, 1_600, 61_600)
    assert book.passages[2][-1].enter_ms > 60_000
    assert book.redirect(2, 1, 1_700, before_ms=4_000) is None
    passage = book.redirect(2, 1, 1_700)
    assert passage is not None
    assert [window.segment for window in passage] == [0, 3, 4, 5, 1]
    assert passage[-1].enter_ms < 10_000
    assert meetings(lanes, {name: [p] for name, p in book.passages.items()}) == []


@settings(deadline=None, max_examples=120)
@given(
    lanes=st.sampled_from([ring(7), two_way_lane(), crossing_ring()]),
    orders=st.lists(
        st.tuples(st.sampled_from("dhr"), st.integers(0, 2), st.integers(0, 6), st.integers(0, 3_000)), max_size=40
    ),
)
def test_whoever_is_sent_stands_still_or_goes_another_way_nobody_meets(
    lanes: Lanes, orders: list[tuple[str, int, int, int]]
) -> None:
    book = LaneBook(lanes)
    stands = int(lanes.is_stand.sum())
    for truck in range(3):
        book.put(truck, truck, 0)
    now_ms = 0
    for what, truck, stand, later_ms in orders:
        now_ms += later_ms
        before = book.passages[truck]
        if what == "h":
            slow = slow_hold(book, truck, now_ms, now_ms + 3 * later_ms)
            book.hold(truck, now_ms, now_ms + 3 * later_ms)
            assert dict(book.passages) == slow
        elif before[-1].enter_ms <= now_ms:
            book.drive(truck, stand % stands, now_ms)
        elif what == "r":
            passage = book.redirect(truck, stand % stands, now_ms)
            if passage is not None:
                driven = [window for window in before if window.enter_ms <= now_ms]
                assert [(w.segment, w.enter_ms) for w in passage[: len(driven)]] == [
                    (w.segment, w.enter_ms) for w in driven
                ]
                assert passage[len(driven)].enter_ms >= now_ms
        assert meetings(lanes, {name: [passage] for name, passage in book.passages.items()}) == []
        for passage in book.passages.values():
            for a, b in pairwise(passage[1:]):
                assert b.enter_ms >= a.enter_ms + lanes.pass_ms[a.segment]
                assert a.leave_ms >= min(b.enter_ms + lanes.clear_ms[a.segment], ENDLESS)


def test_whoever_has_not_driven_by_now_drives_from_now_on_and_others_behind_it() -> None:
    book = LaneBook(ring(6))
    book.put(1, 0, 0)
    book.put(2, 5, 0)
    book.tells(1)
    book.tells(2)
    assert book.drive(1, 3, 0) is not None
    before = book.drive(2, 2, 0)
    assert before is not None
    assert book.catch_up(0) == {}
    book.lease(1, 2, 0)
    changed = book.catch_up(30_000)
    assert set(changed) == {1, 2}
    assert changed[1][1].enter_ms == 0
    assert changed[1][2].enter_ms >= 30_000
    assert meetings(book.lanes, {name: [passage] for name, passage in book.passages.items()}) == []
    book.drove(1, 4, 3, 31_000)
    assert book.passages[1][2].leave_ms == 31_000


@settings(deadline=None, max_examples=120)
@given(
    lanes=st.sampled_from([ring(7), two_way_lane(), crossing_ring()]),
    steps=st.lists(
        st.tuples(st.sampled_from("bdl"), st.integers(0, 2), st.integers(0, 6), st.integers(0, 9_000)), max_size=40
    ),
)
def test_trucks_that_drive_as_late_as_they_like_in_the_order_of_the_book_all_arrive_and_nobody_meets(
    lanes: Lanes, steps: list[tuple[str, int, int, int]]
) -> None:
    """b: is sent. l: is leased what is next, if nobody is before it. d: drives a segment on, if that is leased."""
    book, now_ms = LaneBook(lanes), 0
    stands = int(lanes.is_stand.sum())
    for truck in range(3):
        book.put(truck, truck, 0)
        book.tells(truck)
    for what, truck, stand, later_ms in steps:
        now_ms += later_ms
        order = _next_owners(book)
        book.catch_up(now_ms)
        assert _next_owners(book) == order
        if what == "b" and book.progress[truck].entered == len(book.passages[truck]):
            book.drive(truck, stand % stands, now_ms)
        else:
            _goes_on(book, truck, now_ms, leases=what == "l")
    while any(book.progress[truck].entered < len(book.passages[truck]) for truck in range(3)):
        now_ms += 1_000
        book.catch_up(now_ms)
        went_on = [_goes_on(book, truck, now_ms, leases=leases) for truck in range(3) for leases in (True, False)]
        assert any(went_on)


def _goes_on(book: LaneBook, truck: int, now_ms: int, *, leases: bool) -> bool:
    """A truck is leased its next segment, or drives into it and leaves what is behind; whether it could."""
    state, passage = book.progress[truck], book.passages[truck]
    if not leases:
        if state.entered < state.leased:
            book.drove(truck, state.entered + 1, state.entered, now_ms)
        return state.entered < state.leased
    if state.leased == len(passage):
        return False
    mine = passage[state.leased]
    for other, way in book.passages.items():
        there = book.progress[other]
        for number, window in enumerate(way[there.left :], there.left):
            comes_first = number < there.leased or (window.enter_ms, other) < (mine.enter_ms, truck)
            if other != truck and comes_first and _is_one_place(book.lanes, window.segment, mine.segment):
                return False
    book.lease(truck, state.leased + 1, now_ms)
    return True


def _is_one_place(lanes: Lanes, one: int, other: int) -> bool:
    junction = int(lanes.junctions[one])
    return one == other or (junction >= 0 and junction == lanes.junctions[other])


def _next_owners(book: LaneBook) -> dict[int, list[int]]:
    """Of each segment the trucks that are still to be leased it, in the order in which they are booked."""
    waiting = sorted(
        (window.enter_ms, truck, window.segment)
        for truck, passage in book.passages.items()
        for window in passage[book.progress[truck].leased :]
    )
    return {segment: [truck for _, truck, s in waiting if s == segment] for segment in {s for *_, s in waiting}}
