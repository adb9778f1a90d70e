"""Windows leased to trucks that cannot be called back: they begin now, and nobody is booked before them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cabria.planning.dispatch.traffic.kernels import ENDLESS
from cabria.planning.dispatch.traffic.lane_book import LaneBook
from cabria.planning.dispatch.traffic.lanes import Lanes

STANDS = 4


def ring() -> Lanes:
    """Lane pieces in a ring, a stand beside each: stand s leads to lane s + 1, lane s to lane s + 1 and stand s + 1."""
    lanes = [[(n + 1) % STANDS, STANDS + (n + 1) % STANDS] for n in range(STANDS)]
    stands = [[(n + 1) % STANDS] for n in range(STANDS)]
    return Lanes.of([*lanes, *stands], [1_000] * 2 * STANDS, [300] * 2 * STANDS, stands=range(STANDS, 2 * STANDS))


@given(windows=st.integers(0, 6), now_ms=st.integers(0, 5_000))
def test_a_lease_brings_windows_forward_and_leaves_the_rest(windows: int, now_ms: int) -> None:
    book = LaneBook(ring())
    book.put(1, STANDS, 0)
    passage = book.drive(1, STANDS + 3, 0)
    assert passage is not None
    book.lease(1, windows, now_ms)
    after = book.passages[1]
    for number, (before, window) in enumerate(zip(passage, after, strict=True)):
        expected = min(before.enter_ms, now_ms) if number < windows else before.enter_ms
        assert (window.segment, window.enter_ms, window.leave_ms) == (before.segment, expected, before.leave_ms)


@given(at_ms=st.integers(0, 3_000))
def test_nobody_is_booked_in_front_of_a_leased_window(at_ms: int) -> None:
    book = LaneBook(ring())
    book.put(1, STANDS, 0)
    book.put(2, STANDS + 1, 0)
    first = book.drive(1, STANDS + 3, 0)
    assert first is not None
    book.lease(1, len(first), 0)
    second = book.drive(2, STANDS + 2, at_ms)
    assert second is not None
    owned = {window.segment: window for window in book.passages[1]}
    for window in second[1:]:
        mine = owned.get(window.segment)
        if mine is not None and mine.leave_ms < ENDLESS:
            assert window.enter_ms >= mine.leave_ms


def test_a_lease_does_not_begin_before_those_in_front_have_left() -> None:
    book = LaneBook(ring())
    book.put(1, STANDS, 0)
    book.put(2, STANDS + 1, 0)
    assert book.drive(1, STANDS + 3, 0) is not None
    passage = book.drive(2, STANDS, 0)
    assert passage is not None
    book.lease(2, len(passage), 0)
    others = {window.segment: window for window in book.passages[1]}
    for window in book.passages[2]:
        other = others.get(window.segment)
        if other is not None:
            assert window.enter_ms >= other.leave_ms or window.leave_ms <= other.enter_ms
