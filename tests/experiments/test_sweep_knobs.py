"""What can be varied, and how values are written."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.domain.errors import DataError
from cabria.experiments.call_runs import RunSetting
from cabria.experiments.sweep.knobs import knobs_of, variants_of, varied, with_values
from cabria.experiments.weeks.scenario import Scenario
from cabria.operations.settings import Settings, TruckChoice
from cabria.referee.run_record import told

KNOBS = knobs_of(RunSetting())


def values(text: str) -> tuple[object, ...]:
    return varied(text, KNOBS)[1]


def test_every_setting_of_calls_and_weeks_can_be_varied_and_says_what_it_does() -> None:
    names = {field.name for field in fields(Settings)}
    for subject in (RunSetting(), Scenario()):
        knobs = knobs_of(subject)
        assert names <= set(knobs)
        assert {"trucks", "variation", "has_breakdowns"} <= set(knobs)
        assert [knob.name for knob in knobs.values() if not knob.words] == []


def test_values_are_written_as_people_write_them() -> None:
    assert values("trucks=40") == (40,)
    assert values("trucks=20..60") == (20, 30, 40, 50, 60)
    assert values("trucks=20..60:20,45") == (20, 40, 60, 45)
    assert values("look-ahead=3,9,3") == (3, 9)
    assert values("variation=0..0.2:0.1") == (0.0, 0.1, 0.2)
    assert values("dig_ahead=yes,no") == (True, False)
    assert values("truck_choice=nearest truck, in time") == (TruckChoice.NEAREST, TruckChoice.IN_TIME)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("trucks", "varies nothing"),
        ("trucks=", "varies nothing"),
        ("truks=3", "Do you mean trucks"),
        ("trucks=0", "0 is not between 1"),
        ("trucks=many", "'many' is no whole number"),
        ("trucks=2.5", "'2.5' is no whole number"),
        ("trucks=60..20", "does not rise"),
        ("trucks=20..60:0", "is not between 1"),
        ("variation=0..1:0", "does not rise"),
        ("variation=nan", "is not between 0"),
        ("trucks=1..1000000:1", "values"),
        ("dig_ahead=perhaps", "neither yes nor no"),
        ("truck_choice=best", "Choose among"),
        ("seed=3", "There is no setting 'seed'"),
        ("trucks=99999999999999999999", "is not between"),
    ],
)
def test_nonsense_is_refused_with_what_would_be_right(text: str, said: str) -> None:
    with pytest.raises(DataError) as error:
        values(text)
    assert said in str(error.value)


@given(st.lists(st.integers(1, 900), min_size=1, max_size=20, unique=True))
def test_what_is_told_is_read_back(numbers: list[int]) -> None:
    assert values("trucks=" + ",".join(told(n).replace(",", "") for n in numbers)) == tuple(numbers)


@given(st.integers(1, 300), st.integers(0, 300), st.integers(1, 50))
def test_a_range_holds_its_beginning_and_rises_by_its_step(first: int, more: int, step: int) -> None:
    if more // step >= 100:
        return
    found = values(f"trucks={first}..{first + more}:{step}")
    assert found == tuple(range(first, first + more + 1, step))


def test_variants_are_every_choice_of_values() -> None:
    found = variants_of([("trucks", (20, 30)), ("dig_ahead", (True, False))])
    assert [str(variant) for variant in found] == [
        "trucks 20, dig_ahead yes",
        "trucks 20, dig_ahead no",
        "trucks 30, dig_ahead yes",
        "trucks 30, dig_ahead no",
    ]
    assert [variant.number for variant in found] == [1, 2, 3, 4]
    assert [str(variant) for variant in variants_of([])] == ["as it is"]
    with pytest.raises(DataError, match="trucks is varied twice"):
        variants_of([("trucks", (1,)), ("trucks", (2,))])
    with pytest.raises(DataError, match="variants"):
        variants_of([("trucks", range(1, 100)), ("look_ahead", range(1, 100))])


def test_a_setting_reaches_what_is_run() -> None:
    changed = with_values(RunSetting(), {"trucks": 7, "look_ahead": 3})
    assert changed == RunSetting(trucks=7, settings=Settings(look_ahead=3))
    with pytest.raises(DataError, match="variation is 3"):
        with_values(RunSetting(), {"variation": 3.0})
