"""The benchmarks `dispatch` and `wsc2025`, the latter without the simulator: its files, its hooks, its errors."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from benchmarks import dispatch, wsc2025
from benchmarks.wsc2025_decisions import PARAMS, Decisions
from cabria.domain.errors import DataError

ARRIVALS = "vessel 0,2025/05/04 00:14:00\nvessel 1,2025/05/06 12:00:00\n"
BOXES = ",vessel 0,vessel 1\nvessel 0,0,3\nvessel 1,2,0\n"


def _rows(module: Any, *paths: str, **more: Any) -> list[dict[str, object]]:
    return list(module.run(list(paths), seconds=0.05, seed=3, jobs=1, solutions=None, **more))


@pytest.mark.parametrize("kind", ["", "-crowded", "-rolling"], ids=["fresh", "crowded", "rolling"])
def test_every_tick_is_proved_and_costs_what_the_peer_says(kind: str) -> None:
    (row,) = _rows(dispatch, f"made:6x9{kind}")
    assert row["valid"]
    assert row["proven"]
    assert row["cost"] == row["bound"]


def test_a_made_name_that_says_nothing_is_an_error_row() -> None:
    assert "VEHICLESxJOBS" in str(_rows(dispatch, "made:many")[0]["error"])


@pytest.mark.parametrize("checkout", [None, Path("nowhere")], ids=["none", "not there"])
def test_without_the_simulator_it_says_what_to_fetch(checkout: Path | None) -> None:
    assert "o2des/WSCSimulationChallenge2025" in str(_rows(wsc2025, "0", checkout=checkout)[0]["error"])


def _scenario(folder: Path, boxes: str = BOXES, arrivals: str = ARRIVALS) -> str:
    (folder / "transhipment7.csv").write_text(boxes, encoding="utf-8")
    (folder / "vessel_arrival_time7.csv").write_text(arrivals, encoding="utf-8")
    return str(folder / "transhipment7.csv")


def test_a_scenario_is_two_files(tmp_path: Path) -> None:
    scenario = wsc2025.read_scenario(_scenario(tmp_path), tmp_path)
    assert scenario.name == "7"
    assert scenario.days["vessel 1"] == 3.5


@pytest.mark.parametrize(
    ("boxes", "arrivals", "words"),
    [
        (BOXES, "vessel 0,tomorrow\n", "Line 1 is no arrival"),
        (BOXES, "vessel 0,2025/05/04 00:14:00\n", "not those of the arrivals"),
        (BOXES.replace("3", "-3"), ARRIVALS, "Line 2 is not a ship"),
        (BOXES.replace(",3", ""), ARRIVALS, "Line 2 is not a ship"),
        (BOXES.replace("3", "9" * 40), ARRIVALS, "Line 2 is not a ship"),
        ("", "", "not those of the arrivals"),
    ],
    ids=["no time", "a ship missing", "negative", "cut off", "huge", "empty"],
)
def test_a_broken_scenario_names_file_and_line(tmp_path: Path, boxes: str, arrivals: str, words: str) -> None:
    with pytest.raises(DataError, match=words) as told:
        wsc2025.read_scenario(_scenario(tmp_path, boxes, arrivals), tmp_path)
    assert told.value.file.endswith("7.csv")


NOON = datetime(2025, 5, 4, 12)  # noqa: DTZ001 - the simulator's clock has no zone


class _Place(NamedTuple):
    x: float


def _port() -> Any:
    """Two berths with a block each, as far as the hooks look at it."""
    berths = [SimpleNamespace(equipped_qcs=[SimpleNamespace(cp=_Place(x))], berthed_vessel=None) for x in (0, 900)]
    blocks = [SimpleNamespace(cp=_Place(x), capacity=10, stacked_containers=[], reserved_slots=0) for x in (100, 800)]
    return SimpleNamespace(
        clock_time=NOON,
        berths=berths,
        yard_blocks=blocks,
        agvs=[],
        berth_being_idle=SimpleNamespace(completed_list=berths),
        agv_being_idle=SimpleNamespace(completed_list=[], containers_pending=[]),
        container_being_unstacked=SimpleNamespace(pending_list=[]),
        yc_repositioning=SimpleNamespace(completed_list=[], container_pending_list=[]),
    )


def _decisions(port: Any, orders_boxes: bool = False) -> Decisions:
    days = {"vessel 0": 1.0, "vessel 1": 3.5}
    distance = lambda place, other: abs(place.x - other.x)  # noqa: E731
    return Decisions(port, distance, 4.5, days, orders_boxes=orders_boxes, params=PARAMS)


def _box(x: float, in_discharging: bool) -> Any:
    return SimpleNamespace(
        current_location=_Place(x),
        block_stacked=None,
        in_discharging=in_discharging,
        loading_vessel_id="vessel 1",
        discharging_vessel_id="vessel 0",
        discharging_vessel=SimpleNamespace(discharging_containers_information={"vessel 1": 3}),
        week=0,
    )


def test_a_box_is_set_down_where_there_is_room() -> None:
    port = _port()
    port.yard_blocks[0].reserved_slots = 10
    truck = SimpleNamespace(loaded_container=_box(0, True), current_location=_Place(0))
    port.berths[0].berthed_vessel = truck.loaded_container.discharging_vessel
    assert _decisions(port).customeized_determine_yard_block(truck) is port.yard_blocks[1]
    port.yard_blocks[1].reserved_slots = 10
    assert _decisions(port).customeized_determine_yard_block(truck) is None


def test_a_ship_gets_a_free_berth_and_none_when_all_are_taken() -> None:
    port = _port()
    vessel = SimpleNamespace(
        id="vessel 0",
        week=0,
        arrival_time=NOON - timedelta(hours=1),
        discharging_containers_information={"vessel 1": 3},
        loading_containers_information=None,
    )
    assert _decisions(port).customeized_allocated_berth([vessel]) == (port.berths[0], vessel)
    port.berth_being_idle.completed_list = []
    assert _decisions(port).customeized_allocated_berth([vessel]) == (None, None)


def test_the_nearest_truck_comes_and_the_simulators_list_is_left_alone() -> None:
    port = _port()
    port.agv_being_idle.completed_list = [SimpleNamespace(current_location=_Place(x)) for x in (500, 50)]
    waiting = [_box(900, False), _box(0, True)]
    port.agv_being_idle.containers_pending = list(waiting)
    assert _decisions(port).customeized_allocated_agvs(waiting[0]).current_location.x == 500
    assert port.agv_being_idle.containers_pending == waiting


def test_a_box_on_a_hook_is_put_first_where_boxes_are_ordered() -> None:
    port = _port()
    port.agv_being_idle.completed_list = [SimpleNamespace(current_location=_Place(x)) for x in (500, 50)]
    waiting = [_box(900, False), _box(0, True)]
    port.agv_being_idle.containers_pending = list(waiting)
    assert _decisions(port, True).customeized_allocated_agvs(waiting[0]).current_location.x == 50
    assert port.agv_being_idle.containers_pending == waiting[::-1]


@pytest.mark.parametrize("name", ["traffic:0", "traffic:many", "traffic:401"])
def test_traffic_of_no_fleet_or_too_large_a_one_is_refused(name: str) -> None:
    (row,) = dispatch.run([name], seconds=1, seed=0, jobs=1, solutions=None)
    assert "1 to 400 trucks" in str(row["error"])
