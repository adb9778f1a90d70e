"""Two ships at one quay, worked by the same cranes."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from tests.builders import box, call, load, queue, terminal

from cabria.domain.calls import BAY_NUMBER_MM
from cabria.domain.terminal import QuayCrane
from cabria.referee.side_by_side import Worked, judge_side_by_side

QUAY = terminal(quay_cranes=(QuayCrane("QC1", 0), QuayCrane("QC2", 100_000)))
SHIP = call(loads=[box("A")], terminal=QUAY)
AT_BAY_2 = load(("A", "0020082"))
NEXT_SHIP = replace(SHIP, berth_x_mm=100 * BAY_NUMBER_MM)


def rules(*ships: Worked) -> list[str]:
    return [finding.rule for finding in judge_side_by_side(ships)]


def test_each_crane_at_its_own_ship_is_no_trouble() -> None:
    assert rules(Worked(SHIP, (queue("QC1", AT_BAY_2),)), Worked(NEXT_SHIP, (queue("QC2", AT_BAY_2),))) == []


def test_cranes_do_not_change_sides_between_the_ships() -> None:
    assert rules(Worked(SHIP, (queue("QC2", AT_BAY_2),)), Worked(NEXT_SHIP, (queue("QC1", AT_BAY_2),))) == ["CRANE-GAP"]


def test_a_crane_is_not_at_two_ships_at_once() -> None:
    assert rules(Worked(SHIP, (queue("QC1", AT_BAY_2),)), Worked(NEXT_SHIP, (queue("QC1", AT_BAY_2),))) == [
        "CRANE-TIME"
    ]


@given(st.integers(0, 3_000))
def test_a_crane_needs_its_time_from_ship_to_ship(later_s: int) -> None:
    """A hundred bay numbers take 25 minutes after the first cycle of two; the clock of the second ship may differ."""
    second = Worked(NEXT_SHIP, (queue("QC1", AT_BAY_2),), offset_s=later_s)
    found = rules(Worked(SHIP, (queue("QC1", AT_BAY_2),)), second)
    assert found == (["CRANE-TIME"] if later_s < 120 else ["CRANE-TRAVEL"] if later_s < 1_620 else [])


def test_one_number_too_near_at_the_ends_of_two_ships_is_a_clash() -> None:
    """One bay is kept between cranes: two bays of four numbers from middle to middle."""
    for numbers, expected in ((7, ["CRANE-GAP"]), (8, [])):
        close = replace(SHIP, berth_x_mm=numbers * BAY_NUMBER_MM, terminal=replace(QUAY, crane_gap_bays=1))
        first = replace(SHIP, terminal=close.terminal)
        both = (Worked(first, (queue("QC1", AT_BAY_2),)), Worked(close, (queue("QC2", AT_BAY_2),)))
        assert rules(*both) == expected
