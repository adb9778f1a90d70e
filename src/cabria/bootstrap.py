"""The only place that chooses which outside a planner or a run of the terminal is connected to."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cabria.domain.calls import VesselCall
    from cabria.planning.loading.problem import Params
    from cabria.planning.loading.result import PlannedCall
    from cabria.planning.search.result import Listener
    from cabria.planning.search.stopping import StoppingCriterion

MARK = "plan.json"
"""The file by which an output folder of ours is known."""
OUTPUT = (
    MARK,
    "departure-baplie22.edi",
    "departure-baplie31.edi",
    "work-queues.csv",
    "yard-retrieval.csv",
    "refused.csv",
    "index.html",
    "bay-sheets.pdf",
    "crane-sequence.pdf",
    "discharge-sequence.pdf",
    "load-sequence.pdf",
)
"""All that an output folder holds. One with anything else in it is never replaced: that would be somebody's loss."""


def read_call(folder: Path) -> VesselCall:
    from cabria.adapters.files.call_folder import read_call as read

    return read(folder)


def plan_call(call: VesselCall, *, seed: int, params: Params, listen: Listener, stop: StoppingCriterion) -> PlannedCall:
    """Plan in this process, on this machine's clocks."""
    from cabria.planning.loading.problem import LoadingProblem
    from cabria.planning.loading.solve import solve

    return solve(
        LoadingProblem(call),
        stop,
        seed=seed,
        params=params,
        listen=listen,
        wall=time.perf_counter,
        cpu=time.process_time,
    )


def write_output(planned: PlannedCall, folder: Path) -> None:
    """Everything a terminal would send out and a person would look at, all of it or nothing."""
    from cabria.adapters.edi.departure import write_departure
    from cabria.adapters.files.plan_json import write_plan
    from cabria.adapters.files.plan_tables import write_tables
    from cabria.adapters.files.whole_folder import whole_folder
    from cabria.reports.report import write_report

    with whole_folder(folder, mark=MARK, parts=OUTPUT) as draft:
        write_plan(planned, draft / MARK)
        write_departure(planned.call, planned.plan, draft)
        write_tables(planned, draft)
        write_report(planned, draft)


def refuse_output(folder: Path) -> None:
    """Raise DataError before any planning for a folder that `write_output` could not write."""
    from cabria.adapters.files.whole_folder import refuse_taken

    refuse_taken(folder, mark=MARK, parts=OUTPUT)
