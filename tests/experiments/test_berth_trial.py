from __future__ import annotations

import pytest

from cabria.domain.berthing import BerthPlan, ShipId, Stay
from cabria.experiments.berth_trial import FROZEN_MIN, NOW_MIN, Event, events, tried
from cabria.experiments.berth_weeks import make_berth_week

WEEK = make_berth_week(calls=4, seed=1)
PLAN = BerthPlan(
    tuple(
        Stay(ShipId(ship.id), ship.wanted_position_mm or 0, ship.eta.planned_min, ship.eta.planned_min + 600, ())
        for ship in WEEK.ships
    )
)


def test_every_ship_to_come_every_crane_and_an_emergency_is_an_event_of_its_own() -> None:
    told = list(events(WEEK, PLAN))
    coming = [ship for ship in WEEK.ships if ship.eta.planned_min >= NOW_MIN]
    assert 0 < len(coming) < len(WEEK.ships)
    assert len(told) == len(coming) + len(WEEK.quay.cranes) + 2
    for event in told:
        assert (event.case.last_plan, event.case.now_min) == (PLAN, NOW_MIN)
        assert event.case.frozen_until_min == NOW_MIN + FROZEN_MIN
    changed = [sum(a != b for a, b in zip(event.case.ships, WEEK.ships, strict=False)) for event in told]
    assert changed == [1] * len(coming) + [0] * (len(WEEK.quay.cranes) + 2)
    assert told[-1].case.ships[-1].id == "SOS"


@pytest.mark.parametrize("which", [0, -1])
def test_a_trial_is_judged_by_the_referee(which: int) -> None:
    event: Event = list(events(WEEK, BerthPlan(())))[which]
    trial = tried(event.case, 0.1, 0)
    assert trial.offences == 0
    assert trial.cost > 0
    assert trial.moved == 0
