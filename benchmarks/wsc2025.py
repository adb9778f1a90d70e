"""`wsc2025`: our rules in the public simulator of the Winter Simulation Conference 2025 challenge (BENCHMARKS.md, 9).

One row a scenario: share of ships that waited more than two hours, and hours of service and waiting a ship. The
simulator is imported from a checkout and runs as it is, but for its event list: one heap instead of one sorted list an
activity, with the same events in the same order (`--own-agenda` leaves it its own). How to get it:
`src/cabria/planning/dispatch/transhipment/README.md`.
"""

from __future__ import annotations

import contextlib
import csv
import heapq
import importlib
import io
import itertools
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import samples
from benchmarks.wsc2025_decisions import PARAMS, Decisions
from cabria.domain.errors import DataError

ANCHORS = """
Scenarios of the challenge, seed 95036 (what seed 0 stands for); `cost` is hours of service and waiting a ship. Scenario
0: the simulator's own rules 17.39 h and 30.95 % delayed, its trained agent 12.38 h and 14.29 %, the champions' rules
8.35 h and 3.74 %; scenario 1: champions 8.81 h and 5.70 %. Goal: at most 7.0 h and 2 % on scenario 0.
"""
DEFAULT_SECONDS = 600.0
FLAGS = {
    "order-boxes": "also say which waiting box is next, by putting it first in the simulator's list",
    "own-rules": "the simulator's own rules instead of ours",
    "own-agenda": "the simulator's own event list: the same result, three to five times as slow",
}
FOLDERS = {"checkout": "a checkout of o2des/WSCSimulationChallenge2025"}
Row = dict[str, object]
START = datetime(2025, 5, 3)  # noqa: DTZ001 the simulator knows no zones
USUAL_SEED = 95036
TRUCKS = 12
_DELAYED = timedelta(hours=2)
_REMEDY = "Give --checkout DIR: a checkout of o2des/WSCSimulationChallenge2025 on GitHub."


@dataclass(frozen=True, slots=True)
class Scenario:
    """The two files of a scenario, read and checked: boxes from ship to ship and scheduled arrivals in the week."""

    name: str
    boxes: Path
    arrivals: Path
    days: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Asked:
    checkout: Path
    seed: int
    order_boxes: bool
    own_rules: bool
    own_agenda: bool


def default_paths() -> list[str]:
    return ["0"]


def run(
    paths: Sequence[str | Path],
    *,
    seconds: float,
    seed: int,
    jobs: int,
    solutions: Path | None,
    checkout: Path | None = None,
    order_boxes: bool = False,
    own_rules: bool = False,
    own_agenda: bool = False,
) -> Iterator[Row]:
    """One row a scenario, named by its number or by its transhipment file; a run takes as long as it takes."""
    if checkout is None or not (checkout / "port_simulation").is_dir():
        where = "no checkout is named" if checkout is None else f"{checkout} holds no port_simulation"
        yield {"instance": "wsc2025", "error": f"The simulator is not here: {where}. {_REMEDY}"}
        return
    asked = _Asked(checkout.resolve(), seed or USUAL_SEED, order_boxes, own_rules, own_agenda)
    yield from samples.spread(partial(_row, asked), [str(path) for path in paths], jobs)


def _row(asked: _Asked, path: str) -> Row:
    try:
        scenario = read_scenario(path, asked.checkout)
    except DataError as error:
        return {"instance": path, "error": f"{error.file}: {error}"}
    wall, cpu = time.perf_counter(), time.process_time()
    with _inside(asked.checkout):
        figures = _simulated(asked, scenario)
    return {
        "instance": scenario.name,
        "seed": asked.seed,
        "cost": figures["service_h"] + figures["waiting_h"],
        "proven": False,
        "cpu_s": round(time.process_time() - cpu, 2),
        "wall_s": round(time.perf_counter() - wall, 2),
        **figures,
        "rules": "own" if asked.own_rules else "cabria, boxes ordered" if asked.order_boxes else "cabria",
    }


def read_scenario(path: str, checkout: Path) -> Scenario:
    """A scenario by its number in the checkout, or by its transhipment file beside its arrivals. Raises DataError."""
    boxes = checkout / "conf" / f"transhipment{path}.csv" if path.isdecimal() else Path(path).resolve()
    number = boxes.stem.removeprefix("transhipment")
    arrivals = boxes.with_name(f"vessel_arrival_time{number}.csv")
    ships = [row[0] for row in _rows_of(boxes)[1:] if row]
    days = {}
    for line, row in enumerate(_rows_of(arrivals), 1):
        try:
            day = datetime.strptime(row[1], "%Y/%m/%d %H:%M:%S")  # noqa: DTZ007
        except (IndexError, ValueError):
            remedy = "Write a ship and a time as 2025/05/04 00:14:00."
            raise DataError(f"Line {line} is no arrival. {remedy}", file=str(arrivals)) from None
        days[row[0]] = (day - START).total_seconds() / 86_400
    for line, row in enumerate(_rows_of(boxes)[1:], 2):
        if len(row) != len(ships) + 1 or not all(cell.isdecimal() and len(cell) < 5 for cell in row[1:]):
            raise DataError(f"Line {line} is not a ship and {len(ships)} numbers of boxes.", file=str(boxes))
    if not ships or set(ships) != set(days):
        raise DataError("The ships are not those of the arrivals.", file=str(boxes))
    return Scenario(number, boxes, arrivals, days)


def _rows_of(path: Path) -> list[list[str]]:
    try:
        return list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"The file cannot be read: {error}.", file=str(path)) from error


@contextlib.contextmanager
def _inside(checkout: Path) -> Iterator[None]:
    """The simulator imports from its folder, reads files relative to it and prints; all put back afterwards."""
    before = Path.cwd()
    sys.path.insert(0, str(checkout))
    os.chdir(checkout)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        os.chdir(before)
        sys.path.remove(str(checkout))


def _simulated(asked: _Asked, scenario: Scenario) -> Row:
    model = importlib.import_module("port_simulation.model.port_sim_model")
    truck = importlib.import_module("port_simulation.entity.agv").AGV
    default = importlib.import_module("strategy_making.default").Default
    own = importlib.import_module("strategy_making.decision_maker_heuristic").DecisionMaker
    if not asked.own_agenda:
        _one_heap(importlib.import_module("o2despy.sandbox").Sandbox)
    port = model.PortSimModel(
        number_of_agvs=TRUCKS,
        start_time=START,
        containers_info_file_url=str(scenario.boxes),
        vessel_arrival_times_url=str(scenario.arrivals),
    )
    port.initialize(asked.seed)
    ours = partial(Decisions, orders_boxes=asked.order_boxes, params=PARAMS)
    maker = own(port) if asked.own_rules else ours(port, truck.calculate_distance, truck.speed, scenario.days)
    for activity in (port.berth_being_idle, port.agv_being_idle, port.agv_delivering_to_yard):
        activity.strategy_maker = maker
        activity.default_maker = default(port)
    port.run(duration=timedelta(weeks=port.running_weeks))
    figures = _figures(port)
    port.run(duration=timedelta(days=300))
    return {"valid": _is_run_out(port)} | figures


def _figures(port: Any) -> dict[str, Any]:
    """As the simulator's own main program counts them when the last week ends."""
    arrived = [vessel for vessel in port.vessels if vessel.arrival_time]
    waited = [(vessel.start_berthing_time or port.clock_time) - vessel.arrival_time for vessel in arrived]
    return {
        "delayed_percent": 100 * sum(wait > _DELAYED for wait in waited) / len(arrived),
        "service_h": sum(vessel.service_time or 0.0 for vessel in port.vessels) / len(arrived),
        "waiting_h": sum(waited, timedelta()).total_seconds() / 3600 / len(arrived),
        "ships": len(arrived),
    }


def _is_run_out(port: Any) -> bool:
    """The simulator's own conditions: every box moved as it must and every machine at rest in the end."""
    discharged, loaded = port.container_being_discharged.discharging, port.container_being_loaded.loading
    standing = len(port.container_dwelling.completed_list)
    return (
        port.warm_up_weeks * discharged == standing * port.running_weeks
        and port.warm_up_weeks * loaded == standing * (port.running_weeks - port.warm_up_weeks)
        and discharged - loaded == standing
        and len(port.berth_being_idle.completed_list) == port.number_of_berths
        and not port.vessel_waiting.completed_list
        and len(port.qc_being_idle.completed_list) == port.number_of_qcs
        and len(port.agv_being_idle.completed_list) == port.number_of_agvs
        and len(port.yc_repositioning.completed_list) == port.number_of_ycs
    )


def _one_heap(sandbox: Any) -> None:
    """Events of all activities in one heap, by time and then in the order they were scheduled, as before."""
    agenda: list[tuple[datetime, int, Any, dict[str, Any]]] = []
    number = itertools.count()

    def schedule(self: Any, action: Any, clock_time: Any = None, tag: Any = None, **given: Any) -> None:
        now = self.clock_time
        at = now if clock_time is None else now + clock_time if isinstance(clock_time, timedelta) else clock_time
        heapq.heappush(agenda, (at, next(number), action, given))

    def run_until(self: Any, terminate: datetime) -> bool:
        while agenda and agenda[0][0] <= terminate:
            self._clock_time, _, action, given = heapq.heappop(agenda)
            action(**given)
        self._clock_time = terminate
        return bool(agenda)

    sandbox.schedule, sandbox.run_until = schedule, run_until
