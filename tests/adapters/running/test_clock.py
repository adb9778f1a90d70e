"""The clock of a site: alarms in order, each once, and one that fails stops no other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cabria.adapters.running.clock import SiteClock


@given(st.lists(st.integers(-5, 50), max_size=20), st.lists(st.integers(0, 20), max_size=10))
def test_alarms_ring_once_in_the_order_of_their_times_whenever_somebody_looks(
    delays: list[int], steps: list[int]
) -> None:
    clock, rang = SiteClock(100, failed=lambda error: None), list[tuple[int, int]]()
    for number, delay_ms in enumerate(delays):
        clock.after(delay_ms, lambda n: rang.append((clock.now_ms, n)), number)
    for step_ms in [*steps, 100]:
        before_ms = clock.now_ms
        clock.run(before_ms + step_ms)
        assert clock.now_ms == before_ms + step_ms
    wanted = sorted((100 + max(0, delay_ms), number) for number, delay_ms in enumerate(delays))
    assert rang == wanted
    assert clock.next_ms() is None


def test_an_alarm_that_fails_is_told_and_the_next_one_rings() -> None:
    told, rang = list[str](), list[int]()
    clock = SiteClock(0, failed=lambda error: told.append(str(error)), between=lambda: rang.append(0))

    def fail(argument: object) -> None:
        raise ValueError("no such crane")

    clock.after(5, fail)
    clock.after(6, rang.append, 6)
    assert clock.run(10) == 2
    assert told == ["no such crane"]
    assert rang == [0, 6, 0]


def test_an_alarm_may_set_itself_again_and_time_never_goes_back() -> None:
    clock, rang = SiteClock(0, failed=lambda error: None), list[int]()

    def again(argument: object) -> int | None:
        rang.append(clock.now_ms)
        return 10 if len(rang) < 3 else None

    clock.after(0, again)
    clock.run(100)
    assert rang == [0, 10, 20]
    clock.run(50)
    assert clock.now_ms == 100
