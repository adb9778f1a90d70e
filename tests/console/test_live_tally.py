"""Figures of the running terminal, counted from what the journal tells."""

from __future__ import annotations

from cabria.console.live.tally import Tally
from cabria.domain.containers import ContainerId
from cabria.domain.positions import StowPosition
from cabria.domain.run_events import (
    Aboard,
    BoxesLanded,
    BoxesLifted,
    MoveKind,
    MoveReleased,
    OnTruck,
    QueuesChanged,
    RunEvent,
    ShipBerthed,
    Waited,
)
from cabria.domain.work import CraneStep, StepKind
from cabria.experiments.layouts import small_layout
from cabria.operations.gateways import EntryKind, Record
from cabria.operations.running import RunningTerminal, Told

CALL, CRANE = "TINY", "QC1"
BOX, LATER = ContainerId("TINU0000010"), ContainerId("TINU0000020")
AT_SHIP = Aboard(CALL, StowPosition.parse("0020082"))


def told(*events: RunEvent) -> Tally:
    tally = Tally.at(small_layout())
    tally.hear(
        Told(number, Record(EntryKind.DECISION, event.at_ms, "", event)) for number, event in enumerate(events, 1)
    )
    return tally


def test_a_crane_that_waited_long_for_its_first_truck_has_not_waited_longer_than_it_was_there(
    terminal: RunningTerminal,
) -> None:
    tally = told(
        ShipBerthed(0, CALL, 0, False),
        MoveReleased(0, "M1", MoveKind.DISCHARGE, (BOX,), CALL, CRANE, ""),
        Waited(90_000, CRANE, 0, "no truck"),
        BoxesLifted(100_000, CRANE, (BOX,), (AT_SHIP,)),
        BoxesLanded(120_000, CRANE, (BOX,), (OnTruck("T01"),)),
    )
    assert tally.figures(terminal.standing(), 100, None).crane_waiting_share == 0.75


def test_a_call_has_the_boxes_done_and_those_to_come_when_its_work_is_divided_anew() -> None:
    step = CraneStep(StepKind.DISCHARGE, 2, 0, 60, (LATER,), (AT_SHIP.position,))
    tally = told(
        ShipBerthed(0, CALL, 0, False),
        BoxesLifted(100_000, CRANE, (BOX,), (AT_SHIP,)),
        QueuesChanged(200_000, CALL, ((CRANE, (step,)),), "QC2 is out"),
    )
    assert tally.divisions[CALL].boxes == 2
