"""The chart of two cranes: both ways, two bars a job, red for late ones, everything within the picture."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.experiments.rail_shifts import make_rail_shift
from cabria.planning.yard.rail.baselines import nearest_first
from cabria.planning.yard.rail.problem import RailProblem
from cabria.planning.yard.rail.solve import planned
from cabria.referee.rail_work import judge_rail
from cabria.reports.png import png
from cabria.reports.rail_chart import rail_chart
from cabria.reports.stylesheet import Scheme

SVG = "{http://www.w3.org/2000/svg}"


@settings(max_examples=20)
@given(st.integers(0, 10**6), st.integers(0, 15))
def test_both_ways_and_every_stop_are_drawn(seed: int, jobs: int) -> None:
    case = make_rail_shift(jobs=jobs, seed=seed, load=1.2)
    plan = planned(RailProblem(case), nearest_first(RailProblem(case))).plan
    root = ET.fromstring(rail_chart(case, plan, "<b>"))
    stops = [
        e for e in root.iter(f"{SVG}path") if "stop" in (e.get("class") or "") and e.find(f"{SVG}title") is not None
    ]
    assert len(stops) == 2 * jobs
    assert len(list(root.iter(f"{SVG}polyline"))) == 2
    is_late = any("late" in (stop.get("class") or "") for stop in stops)
    assert is_late is (judge_rail(case, plan).late_s > 0)


@pytest.mark.parametrize("scheme", list(Scheme))
def test_it_becomes_a_png(scheme: Scheme) -> None:
    case = make_rail_shift(jobs=4, seed=1)
    plan = planned(RailProblem(case), nearest_first(RailProblem(case))).plan
    assert png(rail_chart(case, plan, "Four jobs"), scheme, zoom=0.5).startswith(b"\x89PNG")
