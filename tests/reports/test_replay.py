"""A run on a map: where its machines are is where the log says, unpacked as the page unpacks it."""

from __future__ import annotations

import base64
import json
import zlib
from functools import cache
from itertools import accumulate, pairwise
from typing import Any

import pytest
from tests.runs_by_hand import layout
from tests.twin.test_twin import its_layout, run_to_end, twin_at_work

from cabria.domain.containers import ContainerId
from cabria.domain.layout import SegmentId
from cabria.domain.positions import YardPosition
from cabria.domain.run_events import (
    BoxesLanded,
    BoxesLifted,
    CraneTravelled,
    JobDone,
    JobGiven,
    OnTruck,
    RunEvent,
    Stock,
    StockTaken,
    TripBooked,
    TruckStood,
)
from cabria.reports.simulation.replay import IS_AT, RESTS, ReplayRecorder, bay_cells, replay_section

BOX = ContainerId("BOX")


@cache
def log() -> tuple[RunEvent, ...]:
    return tuple(run_to_end(twin_at_work(trucks=4, spread=0.1)))


def unpacked(data: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(data)))
    return content


def packed(events: tuple[RunEvent, ...], from_ms: int = 0, until_ms: int | None = None) -> dict[str, Any]:
    recorder = ReplayRecorder(its_layout())
    for event in events:
        recorder.hear(event)
    return unpacked(recorder.packed(from_ms, until_ms))


def way_of(truck: dict[str, Any], ground: dict[str, Any]) -> list[tuple[int, int]]:
    """When, in tenths of a second, a truck enters which segment."""
    places, here, way = iter(truck["p"]), -1, []
    for at, step in zip(accumulate(truck["t"]), truck["w"], strict=True):
        if step == IS_AT:
            here, _ = next(places), next(places)
        elif step != RESTS:
            here = ground["segments"][here]["n"][step]
        way.append((at, here))
    return way


def test_every_truck_enters_the_segments_of_its_trips_when_the_log_says() -> None:
    run = packed(log())
    numbers = {segment.id: number for number, segment in enumerate(its_layout().segments)}
    booked: dict[str, dict[int, str]] = {}
    for event in log():
        if isinstance(event, TripBooked):
            mine = booked.setdefault(event.truck, {})
            for at_ms in [at_ms for at_ms in mine if at_ms > event.at_ms]:
                del mine[at_ms]
            mine.update({enter_ms: name for name, enter_ms, _ in event.windows[1:] if enter_ms > event.at_ms})
    assert set(booked) == {truck["name"] for truck in run["trucks"]}
    for truck in run["trucks"]:
        entered = set(way_of(truck, run["ground"]))
        for at_ms, name in booked[truck["name"]].items():
            assert (at_ms // 100, numbers[SegmentId(name)]) in entered


def test_lanes_join_along_every_way() -> None:
    run = packed(log())
    for truck in run["trucks"]:
        way = [segment for _, segment in way_of(truck, run["ground"])]
        for before, after in pairwise(way):
            assert after == before or after in run["ground"]["segments"][before]["n"]


def test_bays_hold_at_the_end_what_the_log_says_stands_there() -> None:
    run = packed(log())
    places: dict[ContainerId, YardPosition] = {}
    for event in log():
        if isinstance(event, StockTaken):
            places |= {box.container: box.place for box in event.boxes if isinstance(box.place, YardPosition)}
        elif isinstance(event, (BoxesLifted, BoxesLanded)):
            for box, place in zip(event.containers, event.places, strict=True):
                if isinstance(place, YardPosition):
                    if isinstance(event, BoxesLanded):
                        places[box] = place
                    else:
                        del places[box]
    blocks = its_layout().terminal.blocks
    expected = [[0] * block.bays for block in blocks]
    for place in places.values():
        number = next(n for n, block in enumerate(blocks) if block.id == place.block)
        for cell in bay_cells(place.bay):
            expected[number][cell] += 1
    stock = run["blocks"]["stock"]
    for block, signed in zip(run["blocks"]["b"], run["blocks"]["s"], strict=True):
        for cell in bay_cells(abs(signed)):
            stock[block][cell] += 1 if signed > 0 else -1
    assert stock == expected


@pytest.mark.parametrize("from_ms", [0, 1_234_500, 3_600_000])
def test_a_part_of_a_run_shows_what_the_whole_shows_then(from_ms: int) -> None:
    whole, part = packed(log()), packed(log(), from_ms, from_ms + 1_800_000)
    assert part["from"] == from_ms // 100
    assert part["length"] <= 18_000
    for truck, mine in zip(whole["trucks"], part["trucks"], strict=True):
        ways = [(at - from_ms // 100, segment) for at, segment in way_of(truck, whole["ground"])]
        shown = [(at, segment) for at, segment in ways if 0 < at <= part["length"]]
        drawn = [key for key in way_of(mine, part["ground"]) if key[0] > 0]
        assert [segment for _, segment in drawn] == [segment for _, segment in shown]
        assert all(abs(at - there) <= 1 for (at, _), (there, _) in zip(drawn, shown, strict=True))
        last = [segment for at, segment in ways if at <= 0][-1:]
        assert last == [way_of(mine, part["ground"])[0][1]]


def test_it_is_small() -> None:
    section = replay_section(log(), its_layout(), "a <run>")
    assert "a &lt;run&gt;" in section
    assert len(section) < 120_000


def test_a_trip_told_again_while_under_way_goes_on_from_where_the_truck_is() -> None:
    recorder = ReplayRecorder(layout())
    for event in (
        TruckStood(0, "T1", "quay", is_visitor=False),
        JobGiven(0, "J1", "M1", "T1", ""),
        TripBooked(0, "T1", (("quay", 0, 20_000), ("inland", 12_000, 30_000), ("yard", 24_000, None)), ""),
        TripBooked(18_000, "T1", (("inland", 12_000, 60_000), ("yard", 48_000, None)), "T2 stands still"),
        JobDone(60_000, "J1"),
        CraneTravelled(60_000, "QC1", 7_320, 20_000, 70_000),
        StockTaken(60_000, (Stock(BOX, 40, 1, OnTruck("T1")),)),
        BoxesLifted(60_000, "QC9", (BOX,), (OnTruck("T9"),)),
    ):
        recorder.hear(event)
    run = unpacked(recorder.packed())
    (truck,) = run["trucks"]
    ids = [segment.id for segment in layout().segments]
    way = [(at, str(ids[segment])) for at, segment in way_of(truck, run["ground"])]
    assert way[-4:] == [(120, "inland"), (180, "inland"), (480, "yard"), (600, "yard")]
    assert truck["p"][-1] == 500  # half of the twelve seconds before it was held up
    assert truck["ln"] == [1]
    assert run["quay"][0]["t"] == [[600, 700, 7_320, 20_000]]


def test_a_log_of_another_ground_is_drawn_as_far_as_it_goes() -> None:
    section = replay_section(log(), layout(), "elsewhere")
    assert "replay-map" in section
