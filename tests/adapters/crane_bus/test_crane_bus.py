"""Jobs to cranes and reports back: in order, once, whatever the wire loses and whoever is killed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.adapters.crane_bus.quay_in_memory import (
    Quay,
    discharge,
    lid_off,
    make_way,
    stack,
    take_back,
)

from cabria.adapters.crane_bus import events as e
from cabria.adapters.crane_bus import messages as m
from cabria.adapters.crane_bus.topics import Topic, TopicName
from cabria.adapters.crane_bus.wire import encode, parse
from cabria.adapters.timestamps import stamp
from cabria.domain.run_events import (
    BoxesLanded,
    BoxesLifted,
    CraneTravelled,
    JobDone,
    LidLanded,
    LidLifted,
    MachineResumed,
    MachineStopped,
    RunEvent,
    Waited,
)
from cabria.domain.said import said


@pytest.fixture
def quay() -> Quay:
    return Quay()


def truck_comes(quay: Quay, truck: str = "T01") -> None:
    quay.standing.add(truck)
    quay.bus.truck_stands(truck)


def all_reports_are_acknowledged(quay: Quay) -> bool:
    return all(crane.recalled.acknowledged == crane.recalled.last_report for crane in quay.cranes.values())


def test_a_box_is_carried_and_every_step_is_heard_in_order(quay: Quay) -> None:
    truck_comes(quay)
    quay.order(discharge("QC1/1"))
    quay.run(10_000)
    kinds = [type(event).__name__ for event, _ in quay.reports]
    assert kinds == ["CraneTravelled", "EnergyUsed", "BoxesLifted", "BoxesLanded", "EnergyUsed", "JobDone"]
    assert quay.desk.open == {}
    assert quay.alerts == []
    assert all_reports_are_acknowledged(quay)


def test_nothing_is_set_down_on_a_truck_that_is_not_there(quay: Quay) -> None:
    quay.order(discharge("QC1/1"))
    quay.run(20_000)
    assert quay.events(BoxesLifted)
    assert not quay.events(BoxesLanded)
    truck_comes(quay, "T02")
    quay.run(5_000)
    assert not quay.events(BoxesLanded)
    truck_comes(quay)
    quay.run(5_000)
    assert quay.events(BoxesLanded)
    waited = quay.events(Waited)[0]
    assert waited.at_ms - waited.since_ms > 15_000


def test_a_lid_is_lifted_and_laid_aside(quay: Quay) -> None:
    quay.order(lid_off("QC1/1"))
    quay.run(15_000)
    assert [event.lid for event in (*quay.events(LidLifted), *quay.events(LidLanded))] == ["L1", "L1"]


def test_a_crane_makes_way(quay: Quay) -> None:
    quay.order(make_way("YC01/1", 20_000))
    quay.run(5_000)
    assert quay.events(CraneTravelled)[0].to_mm == 20_000
    assert quay.events(JobDone) == [JobDone(quay.events(JobDone)[0].at_ms, "YC01/1")]


def test_a_crane_reports_nothing_else_before_its_travel_is_over(quay: Quay) -> None:
    for number, at_mm in enumerate((20_000, 39_000, 15_000, 30_000), 1):
        quay.order(make_way(f"YC01/{number}", at_mm))
    quay.run(20_000)
    travels = quay.events(CraneTravelled)
    assert len(travels) == 4
    assert all(one.until_ms <= other.at_ms and one.to_mm == other.from_mm for one, other in pairwise(travels))


def test_a_job_that_is_taken_back_before_the_lift_is_cancelled(quay: Quay) -> None:
    job = quay.order(stack("YC01/1"))
    quay.run(8_000)
    back = quay.order(take_back("YC01/1"))
    quay.run(3_000)
    assert not {job, back} & set(quay.desk.open)
    truck_comes(quay)
    quay.run(5_000)
    assert not quay.events(BoxesLifted)
    quay.order(make_way("YC01/2", 30_000))
    quay.run(5_000)
    assert [done.job for done in quay.events(JobDone)] == ["YC01/2"]


def test_a_job_that_was_lifted_is_not_taken_back(quay: Quay) -> None:
    quay.order(discharge("QC1/1"))
    quay.run(15_000)
    quay.order(take_back("QC1/1", "QC1"))
    truck_comes(quay)
    quay.run(8_000)
    assert "ALREADY_LIFTED" in " ".join(str(alert.problem) for alert in quay.alerts)
    assert [done.job for done in quay.events(JobDone)] == ["QC1/1"]


def test_a_job_that_comes_after_it_was_taken_back_is_not_begun(quay: Quay) -> None:
    quay.order(take_back("YC01/9"))
    quay.run(2_000)
    quay.order(make_way("YC01/9", 20_000))
    quay.run(4_000)
    assert not quay.events(CraneTravelled)


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (make_way("YC01/1", 900_000), m.FailureCode.OUT_OF_REACH),
        (discharge("QC1/1", x_mm=19_000_000), m.FailureCode.OUT_OF_REACH),
    ],
    ids=["yard", "quay"],
)
def test_what_a_crane_cannot_do_it_refuses_with_the_reason(quay: Quay, order: object, code: m.FailureCode) -> None:
    quay.order(order)  # type: ignore[arg-type]
    quay.run(3_000)
    (failed,) = quay.tells(e.JobFailed)
    assert failed.code is code
    assert "is not between" in failed.reason
    assert quay.desk.open == {}


def test_breakdowns_are_reported_after_what_was_done_before(quay: Quay) -> None:
    quay.order(stack("YC01/1"))
    truck_comes(quay)
    quay.run(1_000)
    quay.cranes["YC01"].stop("fuse")
    quay.run(20_000)
    assert quay.events(MachineStopped)[0].cause == "fuse"
    assert not quay.events(JobDone)
    quay.cranes["YC01"].resume()
    quay.run(10_000)
    assert quay.events(MachineResumed)
    assert quay.events(JobDone)


def test_silence_is_told_and_takes_nothing_from_the_crane(quay: Quay) -> None:
    quay.order(discharge("QC1/1"))
    truck_comes(quay)
    quay.run(200)
    quay._loses = lambda topic, count: topic.crane == "QC1"
    quay.run(30_000)
    assert e.CraneSilent("QC1", said("crane-not-heard", seconds=5)) in quay.told
    assert not quay.events(MachineStopped)
    quay._loses = lambda topic, count: False
    quay.run(5_000)
    assert [done.job for done in quay.events(JobDone)] == ["QC1/1"]


def test_jobs_and_reports_of_another_run_are_not_ours(tmp_path: Path) -> None:
    before = Quay(tmp_path, run="before")
    before.order(stack("YC01/1"))
    before.run(5_000)
    before.memory.close()
    after = Quay(tmp_path, run="after")
    after.run(3_000)
    assert e.NotOurs("YC01", "before/YC01/1") in after.told
    assert after.reports == []
    assert after.cranes["YC01"].recalled.jobs["before/YC01/1"].status is m.JobStatus.CANCELLED
    after.order(stack("YC01/1"))
    truck_comes(after)
    after.run(10_000)
    assert [done.job for done in after.events(JobDone)] == ["YC01/1"]
    after.memory.close()


def test_a_crane_whose_memory_is_gone_is_told_and_heard_anew(quay: Quay) -> None:
    quay.order(make_way("YC01/1", 20_000))
    quay.run(5_000)
    quay.kill_cranes()
    quay.run(1_000)
    assert quay.tells(e.Forgetful)
    quay.order(make_way("YC01/2", 30_000))
    quay.run(5_000)
    assert [done.job for done in quay.events(JobDone)] == ["YC01/1", "YC01/2"]


def at_two_things(quay: Quay) -> Iterator[RunEvent]:
    """What a crane is told to have done while it waited or travelled."""
    since_ms: Counter[str] = Counter()
    still_ms: Counter[str] = Counter()
    for event, _ in quay.reports:
        if isinstance(event, Waited) and event.since_ms < since_ms[event.crane]:
            yield event
        if isinstance(event, CraneTravelled):
            still_ms[event.crane] = event.until_ms
        if isinstance(event, BoxesLifted | BoxesLanded | Waited):
            since_ms[event.crane] = event.at_ms
            if event.at_ms < still_ms[event.crane]:
                yield event


def test_what_a_crane_waited_is_not_told_twice_though_it_says_so_after_a_kill(quay: Quay) -> None:
    quay.order(discharge("QC1/1"))
    quay.run(15_000)
    until_ms = quay.clock.now_ms
    quay.reports.append((Waited(until_ms, "QC1", until_ms - 1_000, "empty truck under way"), quay.reports[-1][1]))
    quay.kill_server()
    truck_comes(quay)
    quay.run(10_000)
    assert quay.events(BoxesLanded)
    assert [waited.since_ms for waited in quay.events(Waited)[1:]] == [until_ms]
    assert list(at_two_things(quay)) == []


@settings(max_examples=4)
@given(seed=st.integers(0, 10_000))
def test_nothing_is_lost_or_done_twice_whatever_is_lost_and_whoever_is_killed(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    chance = Random(seed)
    quay = Quay(
        tmp_path_factory.mktemp("state"),
        loses=lambda topic, count: chance.random() < 0.25,
        reorders=0.1,
        seed=seed,
    )
    jobs = []
    for number in range(4):
        truck_comes(quay)
        quay.order(discharge(f"QC1/{number}", f"Q{number}"))
        quay.order(stack(f"YC01/{number}", f"Y{number}", bay=2 + 2 * number))
        jobs += [f"QC1/{number}", f"YC01/{number}"]
        for _ in range(3):
            quay.run(chance.randrange(200, 5_000))
            chance.choice((quay.kill_cranes, quay.kill_server, lambda: None))()
    quay._loses = lambda topic, count: False
    quay.run(30_000)
    assert sorted(done.job for done in quay.events(JobDone)) == sorted(jobs)
    for kind in (BoxesLifted, BoxesLanded):
        assert set(Counter(box for event in quay.events(kind) for box in event.containers).values()) == {1}
    assert list(at_two_things(quay)) == []
    for what in ("begun", "lifted", "landed", "done"):
        assert sorted(quay.facts(what)) == sorted(f"run/{job}" for job in jobs)
    assert quay.desk.open == {}
    assert all_reports_are_acknowledged(quay)
    quay.memory.close()


# What keeps to the schema and cannot be


def state_of(quay: Quay, crane: str = "YC01", **changes: object) -> tuple[Topic, bytes]:
    """The last state of a crane, with other fields."""
    topic, payload = next((t, p) for t, p in reversed(quay.sent) if t.crane == crane and t.name is TopicName.STATE)
    return topic, json.dumps(json.loads(payload) | changes).encode()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"timestamp": "1999-12-31T23:59:59.000Z"}, "clock"),
        ({"gantryMm": 9_000_000}, "off its rail"),
        ({"acknowledged": 999}, "report 999"),
    ],
    ids=["time in the past", "outside the map", "reports that were not made"],
)
def test_senseless_states_are_told_answered_and_harmless(quay: Quay, changes: dict[str, object], reason: str) -> None:
    topic, payload = state_of(quay, **changes)
    believed = quay.bus._cranes["YC01"].state
    quay.bus.receive(str(topic), payload)
    assert reason in quay.tells(e.Nonsense)[0].reason
    assert quay.bus._cranes["YC01"].state is believed
    answer, query = quay.sent[-1]
    assert answer.name is TopicName.QUERY
    assert reason in json.loads(query)["reason"]
    assert quay.reports == []


def test_a_crane_whose_clock_is_off_is_told_once_until_it_makes_sense_again(quay: Quay) -> None:
    for second in range(5):
        topic, payload = state_of(quay, timestamp=f"1999-12-31T23:59:5{second}.000Z")
        quay.bus.receive(str(topic), payload)
    assert len(quay.tells(e.Nonsense)) == 1
    quay.run(5_000)
    quay.bus.receive(str(topic), payload)
    assert len(quay.tells(e.Nonsense)) == 2


def test_reports_of_jobs_that_nobody_gave_are_told_and_harmless(quay: Quay) -> None:
    report = m.Report(number=1, timestamp=stamp(quay.now_ms), happening=m.Done(), job_id="run9/YC01/77")
    header = {"header_id": 5, "timestamp": stamp(quay.now_ms), "version": "1.0", "che_id": "YC01"}
    log = quay.cranes["YC01"].recalled.log
    quay.bus.receive("crane/v1/YC01/reports", encode(m.Reports(**header, log=log, reports=(report,))))  # type: ignore[arg-type]
    assert quay.tells(e.NotOurs) == [e.NotOurs("YC01", "run9/YC01/77")]
    assert quay.reports == []


def test_a_travel_without_end_does_not_hold_what_comes_after_it(quay: Quay) -> None:
    until = stamp(quay.now_ms + 10**11)
    report = m.Report(
        number=1,
        timestamp=stamp(quay.now_ms),
        happening=m.Travelling(from_mm=0, to_mm=5, until=until),
        job_id="run/YC01/1",
    )
    header = {"header_id": 5, "timestamp": stamp(quay.now_ms), "version": "1.0", "che_id": "YC01"}
    log = quay.cranes["YC01"].recalled.log
    quay.bus.receive("crane/v1/YC01/reports", encode(m.Reports(**header, log=log, reports=(report,))))  # type: ignore[arg-type]
    assert "travel" in quay.tells(e.Nonsense)[0].reason
    quay.order(make_way("YC01/1", 20_000))
    quay.run(5_000)
    assert quay.events(JobDone)


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        (TopicName.JOB, {"timestamp": "1999-12-31T23:59:59.000Z"}, "clock"),
        (TopicName.JOB, {"gantryMm": 25_000}, "another content"),
        (TopicName.HANDOVER, {}, "there is no job"),
        (TopicName.ACKNOWLEDGE, {}, "there is no report"),
    ],
    ids=["time in the past", "same id, other content", "unknown job", "unknown report"],
)
def test_cranes_refuse_senseless_messages_in_their_state(
    quay: Quay, name: TopicName, change: dict[str, object], reason: str
) -> None:
    quay.order(make_way("YC01/1", 20_000))
    quay.run(3_000)
    header = {"headerId": 7, "timestamp": stamp(quay.now_ms), "version": "1.0", "cheId": "YC01"}
    fields: dict[TopicName, dict[str, object]] = {
        TopicName.JOB: {"jobId": "run/YC01/1", "orderNumber": 1, "kind": "REPOSITION", "gantryMm": 20_000},
        TopicName.HANDOVER: {"jobId": "run/YC01/55", "truckId": "T01"},
        TopicName.ACKNOWLEDGE: {"log": "none", "through": 12},
    }
    before = list(quay.reports)
    payload = json.dumps(header | fields[name] | change).encode()
    quay.put_on_wire(Topic("crane", "YC01", name), payload)
    quay.run(1_000)
    refused = quay.tells(e.RefusedByCrane)
    assert [event.topic for event in refused] == [str(name)]
    assert reason in refused[0].reason
    assert quay.reports == before


def test_a_crane_that_says_another_box_is_believed_and_told(quay: Quay) -> None:
    quay.order(discharge("QC1/1"))
    quay.run(3_000)
    for number, (topic, payload) in enumerate(quay._wire):
        quay._wire[number] = (topic, payload.replace(b"BOX1", b"BOX9"))
    quay._loses = lambda topic, count: topic.name is TopicName.REPORTS
    quay.run(4_000)
    quay._loses = lambda topic, count: False
    topic, payload = next((t, p) for t, p in reversed(quay.sent) if b'"LIFTED"' in p and t.name is TopicName.REPORTS)
    quay.bus.receive(str(topic), payload.replace(b"BOX1", b"BOX9"))
    assert quay.events(BoxesLifted)[0].containers == ("BOX9",)
    assert "BOX9" in quay.tells(e.Otherwise)[0].told


@given(payload=st.binary(max_size=300), name=st.sampled_from(list(TopicName)))
def test_bytes_that_are_no_message_are_refused_by_both(payload: bytes, name: TopicName) -> None:
    quay = BOTH
    before = len(quay.reports)
    quay.bus.receive(f"crane/v1/YC01/{name}", payload)
    quay.bus.receive("crane/v1/YC01", payload)
    quay.cranes["YC01"].hear(name, payload, quay.now_ms)
    assert len(quay.reports) == before


BOTH = Quay()


@pytest.mark.parametrize("log", ["a/b", "", "x" * 41, "é"])
def test_the_name_of_a_memory_is_a_part_of_correlations_and_refused_otherwise(quay: Quay, log: str) -> None:
    topic, payload = state_of(quay, log=log)
    quay.bus.receive(str(topic), payload)
    assert "log" in quay.tells(e.MessageRefused)[0].reason


def test_messages_are_read_with_fields_nobody_knows(quay: Quay) -> None:
    topic, payload = state_of(quay, colour="green", spreader={"isLocked": False, "oil": 3})
    assert isinstance(parse(topic, payload), m.State)


def test_the_schemas_in_the_handbook_are_fresh(repository: Path) -> None:
    from cabria.adapters.crane_bus.wire import message_schemas

    page = repository / "docs" / "reference" / "crane-bus.schema.json"
    assert json.loads(page.read_text(encoding="utf-8")) == message_schemas(), (
        "write it again: python -m cabria.adapters.crane_bus.wire > docs/reference/crane-bus.schema.json"
    )


def test_cranes_begin_where_they_stood(tmp_path: Path) -> None:
    quay = Quay(tmp_path)
    quay.order(make_way("YC01/1", 20_000))
    quay.run(5_000)
    quay.kill_cranes()
    quay.order(make_way("YC01/2", 30_000))
    quay.run(5_000)
    assert [(t.from_mm, t.to_mm) for t in quay.events(CraneTravelled)] == [(39_000, 20_000), (20_000, 30_000)]
    quay.memory.close()
