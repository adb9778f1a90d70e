"""The only place that chooses which outside a planner or a run of the terminal is connected to."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cabria.domain.calls import VesselCall
    from cabria.domain.edits import PlanLog
    from cabria.domain.plan import LoadingPlan
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

LOG, AS_MADE = "plan-log.jsonl", "plan-as-made.json"
EDITS = (LOG, AS_MADE)
"""What a folder holds besides when the plan was changed by hand. `cabria plan` does not write over such a folder."""


def read_call(folder: Path, *, wishes: Path | None = None, keep: Path | None = None, changes: int = 0) -> VesselCall:
    """The call in a folder, with the wishes of one more file and the slots of an earlier plan to be kept."""
    from dataclasses import replace

    from cabria.adapters.files.call_folder import read_call as read
    from cabria.adapters.files.wishes_toml import keep_plan, read_wishes

    call = read(folder)
    if wishes is not None:
        call = replace(call, wishes=call.wishes.and_also(read_wishes(wishes, call_id=call.id)))
    if keep is not None:
        call = replace(call, wishes=replace(call.wishes, budget=keep_plan(keep, changes, call_id=call.id)))
    return call


def read_call_to_plan(
    folder: Path, *, wishes: Path | None = None, keep: Path | None = None, changes: int = 0
) -> VesselCall:
    """The same for somebody who plans next: the planner is loaded while the call is read."""
    from functools import partial
    from importlib import import_module

    from cabria.adapters.files.aside import read_aside

    read = partial(read_call, folder, wishes=wishes, keep=keep, changes=changes)
    return read_aside(read, folder, lambda: import_module("cabria.planning.loading.solve"))


def read_earlier(path: Path, call: VesselCall) -> LoadingPlan | None:
    """The whole earlier plan, where the call still has every box of it."""
    from cabria.adapters.files.plan_json import read_plan
    from cabria.domain.errors import DataError

    try:
        return read_plan(path, call)
    except DataError:
        return None


def plan_call(
    call: VesselCall,
    *,
    seed: int,
    params: Params,
    listen: Listener,
    stop: StoppingCriterion,
    earlier: LoadingPlan | None = None,
    keep: Callable[[PlannedCall], None] | None = None,
) -> PlannedCall:
    """Plan in this process, on this machine's clocks; `keep` gets every better plan on the way."""
    from cabria.planning.loading.problem import LoadingProblem
    from cabria.planning.loading.solve import solve

    return solve(
        LoadingProblem(call, earlier),
        stop,
        seed=seed,
        params=params,
        listen=listen,
        keep=keep,
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


def write_plan_so_far(planned: PlannedCall, folder: Path) -> None:
    """The plan alone, in place of whatever output stood there; papers and report follow with the last one."""
    from cabria.adapters.files.plan_json import write_plan
    from cabria.adapters.files.whole_folder import whole_folder

    with whole_folder(folder, mark=MARK, parts=OUTPUT) as draft:
        write_plan(planned, draft / MARK)


def write_edited(planned: PlannedCall, log: PlanLog, folder: Path) -> None:
    """The plan as it is now with its log and the plan as it was made, in place of what stood there, papers included:
    those are of another plan."""
    from cabria.adapters.files.plan_json import write_plan
    from cabria.adapters.files.plan_log import write_plan_log
    from cabria.adapters.files.whole_folder import whole_folder

    as_made = (folder / AS_MADE if (folder / AS_MADE).exists() else folder / MARK).read_bytes()
    with whole_folder(folder, mark=MARK, parts=(*OUTPUT, *EDITS)) as draft:
        (draft / AS_MADE).write_bytes(as_made)
        write_plan_log(log, draft / LOG, call_id=planned.call.id)
        write_plan(planned, draft / MARK)


def write_papers(planned: PlannedCall, folder: Path) -> None:
    """Tables, messages and report of the plan.json that stands in a folder, beside it."""
    from cabria.adapters.edi.departure import write_departure
    from cabria.adapters.files.plan_tables import write_tables
    from cabria.adapters.files.whole_folder import whole_folder
    from cabria.reports.report import write_report

    kept = {name: (folder / name).read_bytes() for name in (MARK, *EDITS) if (folder / name).exists()}
    with whole_folder(folder, mark=MARK, parts=(*OUTPUT, *EDITS)) as draft:
        for name, content in kept.items():
            (draft / name).write_bytes(content)
        write_departure(planned.call, planned.plan, draft)
        write_tables(planned, draft)
        write_report(planned, draft)


def _names_in(folder: Path) -> set[str]:
    """Nothing for what is no folder or cannot be looked into."""
    try:
        return {path.name for path in folder.iterdir()}
    except OSError:
        return set()


def refuse_output(folder: Path) -> None:
    """Raise DataError before any planning for a folder that `write_output` could not write."""
    from cabria.adapters.files.whole_folder import refuse_taken
    from cabria.domain.errors import DataError

    if LOG in _names_in(folder):
        remedy = "Name another folder with --out; with --keep its slots are kept."
        raise DataError("This plan was changed by hand, so it is left alone.", file=str(folder), remedy=remedy)
    refuse_taken(folder, mark=MARK, parts=OUTPUT)
