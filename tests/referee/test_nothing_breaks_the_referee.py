"""Whatever a plan contains, the referee answers with findings and never with an error."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.builders import HERE, LAST, NEXT, box, box_20, call, terminal, yard

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId, DangerousGoods, OutOfGauge
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import StowPosition, YardPosition
from cabria.domain.work import CraneStep, StepKind, WorkQueue, YardMove
from cabria.referee.judge import RULES, judge

NAMES = st.sampled_from([ContainerId(name) for name in ("OUT", "STAY", "HIGH", "A", "B", "T", "G", "W", "?")])
SLOTS = st.builds(
    StowPosition,
    st.sampled_from([1, 2, 3, 5, 6, 7, 9, 10, 98]),
    st.integers(0, 5),
    st.sampled_from([2, 4, 6, 82, 84, 86, 99]),
)
YARD_SLOTS = st.builds(
    YardPosition, st.sampled_from(["A1", "A2", "Z9"]), st.integers(1, 6), st.integers(1, 2), st.integers(1, 3)
)
STEPS = st.builds(
    CraneStep,
    kind=st.sampled_from(StepKind),
    bay=st.sampled_from([2, 6, 9, 50]),
    start_s=st.integers(-10, 600),
    end_s=st.integers(-10, 900),
    containers=st.lists(NAMES, max_size=3).map(tuple),
    positions=st.lists(SLOTS, max_size=3).map(tuple),
    lid=st.sampled_from(["", "", "02P", "06S", "X"]),
)
QUEUES = st.builds(WorkQueue, st.sampled_from(["QC1", "QC2", "QC9"]), st.lists(STEPS, max_size=6).map(tuple))
MOVES = st.builds(YardMove, NAMES, YARD_SLOTS, st.none() | YARD_SLOTS, NAMES, st.integers(-5, 2_000))
PLANS = st.builds(
    LoadingPlan,
    call_id=st.sampled_from(["CALL-1", ""]),
    loads=st.dictionaries(NAMES, SLOTS),
    refused=st.dictionaries(NAMES, st.sampled_from(["", "why"])),
    restows=st.dictionaries(NAMES, SLOTS),
    queues=st.lists(QUEUES, max_size=3).map(tuple),
    yard_moves=st.lists(MOVES, max_size=6).map(tuple),
    tank_contents_kg=st.none() | st.dictionaries(st.sampled_from(["PORT", "X"]), st.integers(-1, 10**9)),
)


def busy_call() -> VesselCall:
    a, b, t = box("A"), box("B", pod=NEXT, code="45R1", set_point_tenth_c=-180), box_20("T")
    gas = box("G", dangerous=(DangerousGoods("2.1", 1978), DangerousGoods("?", 0)))
    wide = box("W", code="42P1", out_of_gauge=OutOfGauge(9, 9, 9, 9, 9))
    return call(
        arrival=[
            (box("OUT", pod=HERE), "0020002"),
            (box("STAY", pod=LAST, dangerous=(DangerousGoods("5.1", 1479),)), "0060082"),
            (box("HIGH", pod=NEXT), "0060084"),
        ],
        loads=[a, b, t, gas, wide],
        terminal=terminal(),
        yard=yard((a, "A1-02-1-1"), (b, "A1-02-1-2"), (t, "A1-05-1-1"), (gas, "A2-02-1-1")),
    )


CALL = busy_call()


@given(PLANS)
def test_any_plan_is_judged(plan: LoadingPlan) -> None:
    judgement = judge(CALL, plan)
    assert set(judgement.rules) == {rule.id for rule in RULES}
    assert {finding.rule for finding in judgement.findings} <= set(judgement.rules)
    assert judge(CALL, plan) == judgement
