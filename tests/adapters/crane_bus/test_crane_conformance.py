"""The numbered checks: our own crane and terminal pass them, and each wrong one fails what it does wrong."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from tests.adapters.crane_bus.quay_in_memory import Quay, discharge, make_way, take_back

from cabria.adapters.conformance_check import Going, Outcome, Result, is_conformant
from cabria.adapters.crane_bus.conformance.crane_checks import CraneProbe, crane_checks
from cabria.adapters.crane_bus.conformance.terminal_checks import TerminalWatch
from cabria.adapters.crane_bus.topics import TO_CRANES, Topic, TopicName

Bend = Callable[[Topic, bytes], list[bytes]]


class Bench(Quay):
    """A crane that is tried in the place of its terminal; `bend` changes what it says."""

    def __init__(self, bend: Bend = lambda topic, payload: [payload]) -> None:
        self.probe: CraneProbe | None = None
        self._bend = bend
        super().__init__()

    def tried(self, drive_mm: int = 0) -> dict[str, Result]:
        self.probe = CraneProbe("YC01", "crane", self.put_on_wire, lambda: self.now_ms)
        self.cranes["YC01"].come_online(self.now_ms)
        going = Going(crane_checks(self.probe, drive_mm))
        while not going.is_over:
            self.run(100)
            going.advance(self.now_ms)
        return {result.title: result for result in going.results}

    def _deliver(self) -> None:
        if self.probe is None:
            super()._deliver()
            return
        for _ in range(len(self._wire)):
            topic, payload = self._wire.pop(0)
            if topic.crane != "YC01":
                continue
            if topic.name in TO_CRANES:
                self.cranes["YC01"].hear(topic.name, payload, self.now_ms)
            else:
                for bent in self._bend(topic, payload):
                    self.probe.receive(str(topic), bent)


def test_our_crane_passes_every_check() -> None:
    results = Bench().tried(drive_mm=2_000)
    assert [result for result in results.values() if result.outcome is not Outcome.PASSED] == []


def test_without_leave_to_drive_the_gantry_stands_still() -> None:
    bench = Bench()
    results = bench.tried()
    assert is_conformant(list(results.values()))
    assert sum(result.outcome is Outcome.NOT_TRIED for result in results.values()) == 1
    assert b"TRAVELLING" not in b"".join(payload for _, payload in bench.sent)


def changed(name: TopicName, **fields: object) -> Bend:
    def bend(topic: Topic, payload: bytes) -> list[bytes]:
        return [json.dumps(json.loads(payload) | fields).encode() if topic.name is name else payload]

    return bend


@pytest.mark.parametrize(
    ("bend", "fails"),
    [
        (changed(TopicName.STATE, refusals=[]), "What is no message is refused in the state"),
        (changed(TopicName.STATE, jobs=[]), "A job is acknowledged and done"),
        (changed(TopicName.STATE, headerId=7), "Every message keeps to its schema and its number"),
        (changed(TopicName.STATE, acknowledged=0), "What was acknowledged is not told again"),
        (changed(TopicName.CONNECTION, connectionState="OFFLINE"), "It says that it is ONLINE, retained"),
        (changed(TopicName.FACTSHEET, heartbeatMs=100), "It tells its state as often as its heartbeat says"),
        (
            lambda topic, payload: [] if topic.name is TopicName.FACTSHEET else [payload],
            "It tells its factsheet, retained or when asked",
        ),
    ],
    ids=["refusals", "jobs", "numbers", "acknowledged", "connection", "heartbeat", "factsheet"],
)
def test_a_crane_that_does_something_else_fails_the_check_of_it(bend: Bend, fails: str) -> None:
    assert Bench(bend).tried()[fails].outcome is Outcome.FAILED


class Watched(Quay):
    """Our terminal, watched by one of its cranes; `bend` changes what the terminal says."""

    def __init__(self, bend: Bend = lambda topic, payload: [payload]) -> None:
        self.watch: TerminalWatch | None = None
        self._bend = bend
        super().__init__()
        self.watch = TerminalWatch(self.cranes["QC1"])

    def work(self) -> dict[str, Result]:
        assert self.watch is not None
        self.order(discharge("QC1/1"))
        self.bus.truck_stands("T01")
        self.run(10_000)
        self.order(make_way("QC1/2", 60_000, "QC1"))
        self.run(3_000)
        self.order(take_back("QC1/2", "QC1"))
        self.run(15_000)
        return {result.title: result for result in self.watch.results()}

    def _deliver(self) -> None:
        watch = self.watch
        for _ in range(len(self._wire)):
            topic, payload = self._wire.pop(0)
            if watch is not None and topic.name in TO_CRANES and topic.crane == "QC1":
                for bent in self._bend(topic, payload):
                    watch.hear(topic, bent, self.now_ms)
                watch.advance(self.now_ms)
            elif topic.name in TO_CRANES:
                self.cranes[topic.crane].hear(topic.name, payload, self.now_ms)
            else:
                self.bus.receive(str(topic), payload)


def test_our_terminal_passes_every_check() -> None:
    results = Watched().work()
    assert [result for result in results.values() if result.outcome is Outcome.FAILED] == []
    assert sum(result.outcome is Outcome.PASSED for result in results.values()) >= 10


@pytest.mark.parametrize(
    ("bend", "fails"),
    [
        (changed(TopicName.JOB, plannedDurationMs=-1), "Every message keeps to its schema"),
        (changed(TopicName.JOB, gantryMm=19_000_000), "Jobs are of the kinds and within the limits"),
        (changed(TopicName.HANDOVER, truckId="T77"), "Permits are for jobs that were offered, and name their truck"),
        (changed(TopicName.ACKNOWLEDGE, through=999), "Only reports that were made are acknowledged"),
        (changed(TopicName.ACKNOWLEDGE, headerId=7), "headerId goes up by one on each topic"),
    ],
    ids=["schema", "limits", "permits", "made", "numbers"],
)
def test_a_terminal_that_does_something_else_fails_the_check_of_it(bend: Bend, fails: str) -> None:
    results = Watched(bend).work()
    found = [result for title, result in results.items() if title.startswith(fails)]
    assert [result.outcome for result in found] == [Outcome.FAILED]
