from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.cli.berth_times import delay_of, minute_of, outage_of, spell_of, wind_of
from cabria.domain.berthing import Spell, WindSpell
from cabria.domain.errors import DataError
from cabria.experiments.berth_weeks import make_berth_week

CASE = make_berth_week(calls=1)
BEGINNING = datetime.fromisoformat(CASE.beginning)


@given(st.integers(-5_000, 20_000))
def test_a_minute_is_understood_as_hours_and_as_a_time_with_or_without_its_offset(minute: int) -> None:
    at = BEGINNING + timedelta(minutes=minute)
    abroad = at.astimezone(None)
    for text in (str(minute / 60), at.isoformat(), at.replace(tzinfo=None).isoformat(), abroad.isoformat()):
        assert minute_of(CASE, text, "--now") == minute


@pytest.mark.parametrize("text", ["", "tomorrow", "nan", "inf", "1e300", "25:00", "2026-13-01T00:00"])
def test_what_is_no_time_is_refused_with_the_option_and_what_to_write(text: str) -> None:
    with pytest.raises(DataError, match="is no time") as refused:
        minute_of(CASE, text, "--now")
    assert refused.value.place == "--now"
    assert "2026-11-24T06:00" in refused.value.remedy


def test_without_a_beginning_only_hours_are_understood() -> None:
    timeless = replace(CASE, beginning="")
    assert minute_of(timeless, "1.5", "--now") == 90
    with pytest.raises(DataError, match="only hours"):
        minute_of(timeless, "2026-11-24T06:00", "--now")


def test_events_are_understood() -> None:
    assert delay_of("PAC-1=-2.5") == ("PAC-1", -150)
    assert outage_of(CASE, "QC3=36/2026-11-24T14:00") == ("QC3", Spell(2_160, 2_280))
    assert wind_of(CASE, "45=60/72") == WindSpell(Spell(3_600, 4_320), 45)


@pytest.mark.parametrize("text", ["5", "5/", "/5", "7/5", "5/5"])
def test_what_is_no_stretch_of_time_is_refused(text: str) -> None:
    with pytest.raises(DataError) as refused:
        spell_of(CASE, text, "--wind")
    assert refused.value.place == "--wind"


@pytest.mark.parametrize("text", ["PAC-1", "PAC-1=", "=5", "PAC-1=many", "PAC-1=inf"])
def test_what_is_no_delay_is_refused(text: str) -> None:
    with pytest.raises(DataError, match=r"cannot be understood|no number of hours"):
        delay_of(text)


def test_what_is_no_wind_is_refused() -> None:
    with pytest.raises(DataError, match="speed of gusts"):
        wind_of(CASE, "-3=1/2")
