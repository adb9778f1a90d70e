import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.planning.search.stopping import (
    FirstOf,
    Interrupted,
    MaxIterations,
    MaxSeconds,
    StoppingCriterion,
    clocks,
    horizon,
    knows_its_end,
    share_used,
)

NEVER = Interrupted(lambda: False)
COUNTED = st.integers(0, 1_000).map(MaxIterations)
CLOCKED = st.floats(0.1, 100.0).map(lambda seconds: MaxSeconds(seconds, lambda: 4.0, 0.0))
CRITERIA = st.recursive(COUNTED | CLOCKED | st.just(NEVER), lambda c: st.lists(c, max_size=3).map(tuple).map(FirstOf))


def test_a_search_cools_by_whatever_will_end_it() -> None:
    clock = MaxSeconds(10.0, lambda: 4.0, 0.0)
    assert share_used(FirstOf((MaxIterations(100), clock)), 10, 7) == pytest.approx(0.4)
    assert share_used(NEVER, 10, 40) == pytest.approx(0.25)


def test_only_counts_and_clocks_know_their_end() -> None:
    assert knows_its_end(FirstOf((NEVER, FirstOf((MaxIterations(3),)))))
    assert not knows_its_end(FirstOf((NEVER,)))


def test_the_smallest_count_is_the_horizon() -> None:
    assert horizon(FirstOf((MaxIterations(9), FirstOf((MaxIterations(4), NEVER)))), 1) == 4
    assert horizon(NEVER, 7) == 7


@given(CRITERIA, st.integers(0, 2_000), st.integers(0, 2_000))
def test_the_share_used_never_falls_and_ends_at_one(stop: StoppingCriterion, some: int, more: int) -> None:
    before, after = share_used(stop, some, 500), share_used(stop, some + more, 500)
    assert 0.0 <= before <= after <= 1.0


@given(CRITERIA, st.integers(0, 2_000))
def test_a_search_whose_share_is_used_up_is_stopped(stop: StoppingCriterion, iterations: int) -> None:
    if knows_its_end(stop) and share_used(stop, iterations, 1) >= 1.0:
        assert stop(iterations, 0.0)


def test_every_clock_within_a_criterion_is_known() -> None:
    sooner, later = MaxSeconds(5.0, lambda: 4.0, 0.0), MaxSeconds(8.0, lambda: 4.0, 0.0)
    assert list(clocks(FirstOf((MaxIterations(3), later, FirstOf((NEVER, sooner)))))) == [later, sooner]
    assert [clock.left_s for clock in (sooner, later)] == [1.0, 4.0]
    assert list(clocks(NEVER)) == []
