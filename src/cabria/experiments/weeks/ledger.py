"""The log of a run as it is written: judged and counted line by line, passed on, and not kept."""

from __future__ import annotations

import time

from cabria.domain.calls import VesselCall
from cabria.domain.layout import Layout
from cabria.domain.plan import LoadingPlan
from cabria.domain.run_events import RunEvent, TruckStood
from cabria.operations.gateways import Journal
from cabria.referee.run import RunReferee
from cabria.referee.run_figures import RunCounter

BATCH = 20_000
"""Events that are held before they are judged."""


class Ledger:
    """A journal for the twin. `judging_cpu_s` is what the referee and the figures took."""

    def __init__(self, layout: Layout, further: Journal | None = None) -> None:
        self.referee, self.counter = RunReferee(layout), RunCounter(layout)
        self.judging_cpu_s = 0.0
        self.events = 0
        self.came_in_ms: dict[str, int] = {}
        """When each road truck that is still to be asked about came into the gate."""
        self._further = further
        self._held: list[RunEvent] = []

    def record(self, event: RunEvent) -> None:
        self._held.append(event)
        if isinstance(event, TruckStood) and event.is_visitor:
            self.came_in_ms[event.truck] = event.at_ms
        if len(self._held) >= BATCH:
            self.judge()

    def expect(self, call: VesselCall, plan: LoadingPlan) -> None:
        """A ship will berth with this plan."""
        self.referee.expect(call, plan)
        self.counter.expect(call, plan)

    def judge(self) -> None:
        """Hear what is held, in order, and let it go."""
        began = time.process_time()
        held, self._held = self._held, []
        self.events += len(held)
        for event in held:
            self.referee.hear(event)
            self.counter.hear(event)
        self.judging_cpu_s += time.process_time() - began
        if self._further is not None:
            for event in held:
                self._further.record(event)
