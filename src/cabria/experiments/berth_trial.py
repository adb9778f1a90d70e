"""What a berth plan is worth when something happens: every event of a week, one by one, through re-planning.

`python -m cabria.experiments.berth_trial --calls 14 --seed 3` takes a made week, carried out for a day and a half, and
tries: each ship that has not begun eight hours late, each crane out for twelve hours, half the cranes out, and an
emergency ship. A plan is asked for in 1 and in 10 CPU seconds and compared with a long search of the same method; the
referee says whether it is legal.
"""

from __future__ import annotations

import argparse
import importlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from cabria.domain.berth_events import later, with_delay, with_outage, with_ship
from cabria.domain.berthing import (
    BerthCase,
    BerthPlan,
    ChangeKind,
    CostRates,
    Eta,
    ShipCall,
    ShipId,
    Spell,
    berth_changes,
)
from cabria.experiments.berth_weeks import make_berth_week
from cabria.planning.berth.problem import EFFORTS, BerthProblem
from cabria.planning.berth.solve import solve
from cabria.planning.search.result import Result
from cabria.planning.search.stopping import MaxSeconds
from cabria.referee.berthing import judge_berthing

NOW_MIN, FROZEN_MIN = 36 * 60, 6 * 60
LATE_MIN, OUT_MIN = 8 * 60, 12 * 60


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, in words, and the case as it then is."""

    name: str
    case: BerthCase


@dataclass(frozen=True, slots=True)
class Trial:
    """What a plan in a budget of CPU seconds was worth: its cost, offences, ships moved and time really used."""

    cost: float
    offences: int
    unserved: int
    moved: int
    cpu_s: float


def events(case: BerthCase, plan: BerthPlan) -> Iterator[Event]:
    """Every event by itself, a day and a half into the plan."""
    begun = later(case, plan, NOW_MIN, FROZEN_MIN)
    for ship in case.ships:
        if not begun.is_begun(ship.id):
            yield Event(f"{ship.id} {LATE_MIN // 60} h late", with_delay(begun, ship.id, LATE_MIN))
    for crane in case.quay.cranes:
        spell = Spell(NOW_MIN, NOW_MIN + OUT_MIN)
        yield Event(f"{crane.id} out {OUT_MIN // 60} h", with_outage(begun, crane.id, spell))
    half = begun
    for crane in case.quay.cranes[::2]:
        half = with_outage(half, crane.id, Spell(NOW_MIN, NOW_MIN + OUT_MIN))
    yield Event(f"half the cranes out {OUT_MIN // 60} h", half)
    yield Event("emergency ship", with_ship(begun, emergency()))


def emergency() -> ShipCall:
    """A damaged feeder that must be alongside now: four hours' notice, two cranes for five hours."""
    arrival = Eta(NOW_MIN + 4 * 60, NOW_MIN + 4 * 60)
    rates = CostRates(waiting_per_h=5_000, late_per_h=5_000, overrun=50_000, unserved=2_000_000)
    return ShipCall(
        ShipId("SOS"), 160_000, arrival, 600, 2, name="EMERGENCY", arrival_draught_mm=9_000,
        departure_draught_mm=8_000, priority=3, wanted_finish_min=NOW_MIN + 14 * 60,
        last_finish_min=NOW_MIN + 24 * 60, rates=rates,
    )  # fmt: skip


def planned(case: BerthCase, seconds: float, seed: int) -> Result[BerthPlan]:
    """The best plan of so many CPU seconds of this process."""
    stop = MaxSeconds(seconds, time.process_time, time.process_time())
    params = replace(EFFORTS["thorough"], rounds=10_000)
    return solve(BerthProblem.of(case), stop, seed=seed, params=params)


def tried(case: BerthCase, seconds: float, seed: int) -> Trial:
    """Plan once in a budget of CPU seconds and let the referee judge."""
    started = time.process_time()
    plan = planned(case, seconds, seed).plan
    cpu_s = time.process_time() - started
    judgement = judge_berthing(case, plan)
    changes = berth_changes(case.last_plan, plan) if case.last_plan else ()
    moved = sum(change.kind is ChangeKind.MOVED for change in changes)
    return Trial(judgement.cost, len(judgement.hard_by_plan), len(plan.unserved), moved, cpu_s)


def main() -> None:
    """Print a table row for every event of the week that is asked for."""
    parser = argparse.ArgumentParser(description="Every event of a made week through re-planning.")
    parser.add_argument("--calls", type=int, default=14)
    parser.add_argument("--berths", type=int, default=4)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--long", type=float, default=60.0, help="CPU seconds of the long search")
    asked = parser.parse_args()
    importlib.import_module("cabria.planning.berth.model")  # a terminal has the exact solver loaded already
    week = make_berth_week(calls=asked.calls, berths=asked.berths, seed=asked.seed)
    plan = planned(week, asked.long, asked.seed).plan
    print("| event | 1 s: legal | CPU s | above the best | 10 s: above the best | ships moved | best cost |")
    print("|---|---|---|---|---|---|---|")
    for event in events(week, plan):
        trials = [tried(event.case, seconds, asked.seed) for seconds in (1.0, 10.0, asked.long)]
        print(_row(event.name, *trials), flush=True)


def _row(name: str, quick: Trial, ten: Trial, long: Trial) -> str:
    best = min(quick.cost, ten.cost, long.cost) or 1.0
    legal = "yes" if not quick.offences else f"{quick.offences} offences"
    above = [f"{100 * (trial.cost - best) / best:.2f} %" for trial in (quick, ten)]
    return f"| {name} | {legal} | {quick.cpu_s:.1f} | {above[0]} | {above[1]} | {ten.moved} | {best:,.0f} |"


if __name__ == "__main__":
    main()
