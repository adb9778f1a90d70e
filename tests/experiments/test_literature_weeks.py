from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cabria.experiments.berth_instances import CLASSES, HORIZON_H, made_week


@given(st.integers(1, 80), st.integers(0, 1_000))
def test_a_made_week_is_as_the_paper_describes_it(count: int, seed: int) -> None:
    week = made_week(count, seed)
    assert week == made_week(count, seed)
    assert len(week.ships) == count
    for ship in week.ships:
        kind = next(kind for kind in CLASSES if ship.name.startswith(kind.name))
        assert kind.segments[0] <= ship.length_mm // 10_000 <= kind.segments[1]
        assert kind.crane_hours[0] <= ship.work_crane_min // 60 <= kind.crane_hours[1]
        assert 60 <= ship.eta.planned_min <= 168 * 60
        assert 0.9 * ship.eta.planned_min <= ship.eta.earliest_min <= ship.eta.planned_min
        assert ship.wanted_finish_min is not None
        assert ship.last_finish_min is not None
        assert ship.eta.planned_min < ship.wanted_finish_min < ship.last_finish_min <= HORIZON_H * 60


def test_six_in_ten_are_feeders_three_medium_and_one_a_jumbo() -> None:
    names = [ship.name.split()[0] for ship in made_week(40, 5).ships]
    assert [names.count(kind.name) for kind in CLASSES] == [24, 12, 4]
