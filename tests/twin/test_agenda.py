"""The agenda of the twin."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.twin.agenda import Agenda, fork
from cabria.twin.pace import Pace, run_paced


class Diary:
    """Writes down what happened when, and enters what it is told to."""

    def __init__(self) -> None:
        self.agenda = Agenda()
        self.lines: list[tuple[int, object]] = []

    def note(self, what: object) -> None:
        self.lines.append((self.agenda.now_ms, what))

    def chain(self, left: int) -> None:
        self.note(left)
        if left:
            self.agenda.after(left % 3, self.chain, left - 1)

    def countdown(self, steps: list[int]) -> int | None:
        self.note(len(steps))
        return steps.pop() if steps else None


@given(st.lists(st.integers(0, 50), max_size=40))
def test_entries_happen_by_time_and_at_one_time_in_the_order_entered(times: list[int]) -> None:
    diary = Diary()
    for number, at_ms in enumerate(times):
        diary.agenda.at(at_ms, diary.note, number)
    assert diary.agenda.run(50) == len(times)
    assert diary.lines == sorted((at_ms, number) for number, at_ms in enumerate(times))


@given(st.lists(st.integers(0, 50), max_size=40), st.sets(st.integers(0, 39)))
def test_what_is_cancelled_does_not_happen(times: list[int], struck: set[int]) -> None:
    diary = Diary()
    numbers = [diary.agenda.at(at_ms, diary.note, n) for n, at_ms in enumerate(times)]
    for n in struck & set(range(len(times))):
        diary.agenda.cancel(numbers[n])
    left = [n for n in range(len(times)) if n not in struck]
    assert len(diary.agenda) == len(left)
    assert diary.agenda.next_ms() == min((times[n] for n in left), default=None)
    diary.agenda.run(50)
    assert sorted(n for _, n in diary.lines) == left


@given(st.integers(0, 60), st.integers(0, 60))
def test_stopping_on_the_way_changes_nothing(length: int, stop_ms: int) -> None:
    straight, halting = Diary(), Diary()
    for diary in (straight, halting):
        diary.agenda.at(1, diary.chain, length)
    straight.agenda.run(200)
    halting.agenda.run(stop_ms)
    assert halting.agenda.now_ms == stop_ms
    halting.agenda.run(200)
    assert straight.lines == halting.lines


@given(st.lists(st.integers(0, 9), max_size=30), st.lists(st.integers(0, 90), max_size=20))
def test_a_handler_that_returns_a_time_happens_again_in_its_turn(steps: list[int], others: list[int]) -> None:
    diary = Diary()
    diary.agenda.at(0, diary.countdown, list(steps))
    for at_ms in others:
        diary.agenda.at(at_ms, diary.note, "other")
    diary.agenda.run(400)
    times = [sum(steps[::-1][:n]) for n in range(len(steps) + 1)]
    assert [at_ms for at_ms, what in diary.lines if what != "other"] == times
    assert [at_ms for at_ms, what in diary.lines if what == "other"] == sorted(others)
    assert [at_ms for at_ms, _ in diary.lines] == sorted([*times, *others])


def test_a_fork_goes_its_own_way() -> None:
    diary = Diary()
    diary.agenda.at(1, diary.chain, 10)
    diary.agenda.run(4)
    other = fork(diary)
    before = list(diary.lines)
    other.agenda.run(100)
    assert diary.lines == before
    assert len(other.lines) > len(before)
    diary.agenda.run(100)
    assert diary.lines == other.lines


def test_the_past_takes_no_entries() -> None:
    agenda = Agenda()
    agenda.run(10)
    with pytest.raises(ValueError, match="10 ms"):
        agenda.at(9, print)


@given(st.integers(0, 10_000), st.floats(0.0, 100.0))
def test_who_is_behind_owes_nothing_after_a_change_of_pace(reached_ms: int, factor: float) -> None:
    clock_s = 0.0
    pace = Pace(lambda: clock_s, 0, factor=1_000.0)
    clock_s = 10.0
    pace.go_on(reached_ms, factor)
    assert pace.due_ms() == reached_ms
    clock_s = 11.0
    assert pace.due_ms() == reached_ms + int(1_000 * factor)


def test_a_pace_follows_its_clock_and_may_be_changed_and_paused() -> None:
    diary = Diary()
    diary.agenda.at(5_000, diary.note, "five")
    clock_s = 100.0

    def wait(seconds: float) -> None:
        nonlocal clock_s
        clock_s += seconds
        if clock_s > 104:
            pace.factor = 1.0

    pace = Pace(lambda: clock_s, diary.agenda.now_ms, factor=2.0)
    clock_s = 101.0
    assert pace.due_ms() == 2_000
    pace.factor = 0
    clock_s = 103.0
    assert pace.due_ms() == 2_000
    run_paced(diary.agenda, pace, 5_000, wait, step_s=0.5)
    assert diary.lines == [(5_000, "five")]
    assert clock_s == pytest.approx(107.5, abs=0.6)
    with pytest.raises(ValueError, match="backwards"):
        pace.factor = -1
