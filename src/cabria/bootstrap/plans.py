"""Planning and its files: which reader, which clocks, which papers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cabria.domain.calls import VesselCall
    from cabria.domain.edits import Edit, PlanLog
    from cabria.domain.plan import LoadingPlan
    from cabria.planning.loading.editing.desk import Desk
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

LOG, AS_MADE, PROPOSAL = "plan-log.jsonl", "plan-as-made.json", "proposal.jsonl"
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


BOXES_WORTH_IT = 1_000
"""The bay sheets of so many boxes are drawn in a second process; those of fewer are done before it has begun."""


def write_output(planned: PlannedCall, folder: Path) -> None:
    """Everything a terminal would send out and a person would look at, all of it or nothing."""
    from cabria.adapters.files.plan_json import write_plan
    from cabria.adapters.files.whole_folder import whole_folder

    with whole_folder(folder, mark=MARK, parts=OUTPUT) as draft:
        write_plan(planned, draft / MARK)
        _write_papers(planned, draft)


def _write_papers(planned: PlannedCall, folder: Path) -> None:
    """Tables, messages and report."""
    from functools import partial

    from cabria.adapters.edi.departure import write_departure
    from cabria.adapters.files.aside import done_aside
    from cabria.adapters.files.plan_tables import write_tables
    from cabria.reports.bay_sheets import write_bay_sheets
    from cabria.reports.report import BAY_SHEETS, write_short_papers

    def write_the_others() -> None:
        write_departure(planned.call, planned.plan, folder)
        write_tables(planned, folder)
        write_short_papers(planned, folder)

    sheets = partial(write_bay_sheets, planned, folder / BAY_SHEETS)
    if len(planned.plan.loads) + len(planned.call.remaining) >= BOXES_WORTH_IT:
        done_aside(sheets, write_the_others)
    else:
        write_the_others()
        sheets()


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
    with whole_folder(folder, mark=MARK, parts=(*OUTPUT, *EDITS, PROPOSAL)) as draft:
        (draft / AS_MADE).write_bytes(as_made)
        write_plan_log(log, draft / LOG, call_id=planned.call.id)
        write_plan(planned, draft / MARK)


def write_papers(planned: PlannedCall, folder: Path) -> None:
    """Tables, messages and report of the plan.json that stands in a folder, beside it."""
    from cabria.adapters.files.whole_folder import whole_folder

    kept = {name: (folder / name).read_bytes() for name in (MARK, *EDITS) if (folder / name).exists()}
    with whole_folder(folder, mark=MARK, parts=(*OUTPUT, *EDITS, PROPOSAL)) as draft:
        for name, content in kept.items():
            (draft / name).write_bytes(content)
        _write_papers(planned, draft)


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


@dataclass(frozen=True)
class OpenPlan:
    """A folder of a plan, opened: the call and the plan as they are now by its log, and as they were made."""

    folder: Path
    base: VesselCall
    planned: PlannedCall
    log: PlanLog
    desk: Desk

    def rebuilt(self, log: PlanLog) -> Desk:
        """The plan as it was made, with the edits of a log."""
        from cabria.adapters.files.plan_json import read_plan
        from cabria.planning.loading.editing.desk import Desk

        made = self.folder / (AS_MADE if (self.folder / AS_MADE).exists() else MARK)
        return Desk.of(self.base, read_plan(made, self.base)).with_edits(log.edits)

    def write(self, desk: Desk, log: PlanLog) -> None:
        """The plan of a desk with its log, in place of what stood in the folder."""
        from dataclasses import replace

        from cabria.planning.loading.editing.desk import edited_call

        write_edited(replace(edited_call(self.planned, desk), call=desk.call), log, self.folder)


def open_plan(call_folder: Path, folder: Path) -> OpenPlan:
    """The plan in a folder, or beside a plan.json, with the call as its log knows it. Raises DataError."""
    from cabria.adapters.files.plan_json import read_plan, read_planned
    from cabria.adapters.files.plan_log import read_plan_log
    from cabria.domain.edits import PlanLog
    from cabria.planning.loading.editing.desk import Desk

    folder = folder.parent if folder.name == MARK else folder
    base = read_call(call_folder)
    log = read_plan_log(folder / LOG, call_id=base.id) if (folder / LOG).exists() else PlanLog()
    if any(_changes_the_call(edit) for edit in log.edits):
        desk = Desk.of(base, read_plan(folder / AS_MADE, base)).with_edits(log.edits)
        return OpenPlan(folder, base, read_planned(folder / MARK, desk.call), log, desk)
    planned = read_planned(folder / MARK, base)
    return OpenPlan(folder, base, planned, log, Desk.of(base, planned.plan))


def read_call_of_plan(folder: Path, plan: Path, *, wishes: Path | None = None) -> VesselCall:
    """The call in a folder as the log beside a plan.json knows it: its wishes, late boxes, another load list."""
    from cabria.adapters.files.plan_json import read_plan
    from cabria.adapters.files.plan_log import read_plan_log
    from cabria.planning.loading.editing.desk import Desk

    call = read_call(folder, wishes=wishes)
    log = plan.parent / LOG
    if plan.name != MARK or not log.exists():
        return call
    edits = read_plan_log(log, call_id=call.id).edits
    if not any(_changes_the_call(edit) for edit in edits):
        return call
    return Desk.of(call, read_plan(plan.parent / AS_MADE, call)).with_edits(edits).call


def _changes_the_call(edit: Edit) -> bool:
    from cabria.domain.edits import Ask, Replan, Withdraw

    return isinstance(edit, (Ask, Replan, Withdraw))
