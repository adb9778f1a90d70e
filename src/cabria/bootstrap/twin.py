"""A twin beside a clock: the operations of a terminal, with machines that are simulated in the same program."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from cabria.domain.calls import VesselCall
from cabria.domain.layout import Layout
from cabria.domain.plan import LoadingPlan
from cabria.domain.yard import YardInventory
from cabria.operations.running import Mode, RunningTerminal

if TYPE_CHECKING:
    from cabria.operations.settings import Settings
    from cabria.twin.twin import Fleet

SLICE_MS = 2_000
"""Simulated time is taken on at most so far before somebody else has his turn."""


def twin_running(
    layout: Layout,
    calls: Iterable[tuple[VesselCall, LoadingPlan]] = (),
    *,
    fleet: Fleet | None = None,
    settings: Settings | None = None,
    speed: float = 1.0,
    seed: int = 0,
    yard: YardInventory | None = None,
) -> RunningTerminal:
    """Ships berth at once, each with its plan; the yard is that of the first call where none is given.

    At a speed that the machine cannot keep up with, time goes as fast as it can. Nothing survives the program.
    """
    from cabria.adapters.running.kept_journal import KeptJournal
    from cabria.adapters.running.operations_thread import OperationsThread, ToldJournal
    from cabria.operations.berthing import standing_ready
    from cabria.operations.journaling import JournaledControl
    from cabria.operations.settings import Settings
    from cabria.twin.pace import Pace
    from cabria.twin.twin import Fleet, Twin

    kept, berthing = KeptJournal(), list(calls)
    if berthing:
        layout = standing_ready(layout, *berthing[0])
    journal = ToldJournal(kept)
    twin = Twin(layout, settings or Settings(), fleet or Fleet(), seed, log=_Nowhere(), journal=journal)
    control = twin.control
    assert isinstance(control, JournaledControl)
    stock = yard if yard is not None else berthing[0][0].yard if berthing else None
    if stock is not None:
        control.take_stock(stock)
    for call, plan in berthing:
        control.berth(call, plan)
    terminal = OperationsThread(
        Mode.TWIN,
        layout,
        journal,
        twin,
        Pace(time.monotonic, twin.now_ms, speed),
        read=kept.read,
        zero_utc_ms=time.time_ns() // 1_000_000,
        may_change_speed=True,
        slice_ms=SLICE_MS,
    )
    terminal.start(control)
    return terminal


class _Nowhere:
    """Keeps no log: the journal has it all."""

    def record(self, event: object) -> None: ...
