"""Folders of berth cases and berth plans: written whole or not at all, and how one finds one's way about in them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cabria.domain.errors import DataError

if TYPE_CHECKING:
    from cabria.adapters.files.berth_log import BerthLog
    from cabria.domain.berthing import BerthCase, BerthPlan
    from cabria.domain.port_calls import PortCallBook
    from cabria.planning.search.result import Result
    from cabria.referee.berthing import BerthJudgement

CASE, PLAN, PORT_CALLS, NEWS = "berth-case.json", "berth-plan.json", "port-calls.json", "news.json"
SHIPS, CRANES, CHANGES = "ships.csv", "cranes.csv", "changes.csv"
CHART, CHART_PNG, CHART_DARK = "chart.svg", "chart.png", "chart-dark.svg"
LOG = "berth-log.json"
"""What people have changed since the plan was made. A folder with it is changed by hand only, never planned over."""
OUTPUT = (CASE, PLAN, PORT_CALLS, SHIPS, CRANES, CHANGES, CHART, CHART_PNG, CHART_DARK)
"""All that an output folder holds. One with anything else in it is never replaced."""


def case_file(path: Path) -> Path:
    """A case is named by its file or by the folder it lies in."""
    return path / CASE if path.is_dir() else path


def plan_file(path: Path) -> Path:
    return path / PLAN if path.is_dir() else path


def case_beside(plan: Path, case: Path | None) -> Path:
    """The case that was named, or the one that lies beside the plan. Raises DataError when there is none."""
    if case is not None:
        return case_file(case)
    beside = plan_file(plan).parent / CASE
    if not beside.is_file():
        raise DataError(
            f"There is no {CASE} beside the plan.",
            file=str(plan),
            remedy="Name the case it was made from: --case FILE.",
        )
    return beside


def folder_for(case: Path, ending: str) -> Path:
    """`week-plan` beside `week`, or beside `week.json`."""
    named = case.parent if case.name == CASE else case
    if named.name in ("", ".."):
        named = named.resolve()
    stem = named.name if named.is_dir() else named.stem
    return named.parent / f"{stem}{ending}"


def refuse_output(folder: Path) -> None:
    """Raise DataError before any planning for a folder that `write_output` could not write."""
    from cabria.adapters.files.whole_folder import refuse_taken

    refuse_taken(folder, mark=PLAN, parts=OUTPUT)


def write_output(
    folder: Path,
    case: BerthCase,
    plan: BerthPlan,
    judgement: BerthJudgement,
    *,
    result: Result[BerthPlan] | None = None,
    book: PortCallBook | None = None,
    log: BerthLog | None = None,
) -> None:
    """The case that was planned, the plan as JSON, tables and pictures, the answers to the port calls and the log.

    With a log a person waits for it, so that the bitmap, which takes nearly all of the time, is left out.
    """
    from cabria.adapters.files.berth_json import write_case, write_plan
    from cabria.adapters.files.berth_log import write_log
    from cabria.adapters.files.berth_tables import write_changes, write_cranes, write_ships
    from cabria.adapters.files.port_calls import write_port_calls
    from cabria.adapters.files.whole_folder import whole_folder
    from cabria.reports.berth_chart import berth_chart
    from cabria.reports.png import png, standalone
    from cabria.reports.stylesheet import Scheme

    chart = berth_chart(case, plan, judgement.findings)
    parts = (*OUTPUT, LOG) if log is not None else OUTPUT
    with whole_folder(folder, mark=PLAN, parts=parts) as draft:
        write_case(case, draft / CASE)
        write_plan(plan, draft / PLAN, case=case.name, result=result, findings=judgement.findings)
        write_ships(case, plan, draft / SHIPS)
        write_cranes(case, plan, draft / CRANES)
        if case.last_plan is not None:
            write_changes(case, plan, draft / CHANGES)
        if book is not None:
            write_port_calls(book, draft / PORT_CALLS)
        if log is not None:
            write_log(log, draft / LOG)
        (draft / CHART).write_text(standalone(chart), encoding="utf-8")
        (draft / CHART_DARK).write_text(standalone(chart, Scheme.DARK), encoding="utf-8")
        if log is None:
            (draft / CHART_PNG).write_bytes(png(chart))


def write_week(folder: Path, case: BerthCase, book: PortCallBook, news: PortCallBook) -> None:
    """The case, the carriers' first estimates and what they write later."""
    from cabria.adapters.files.berth_json import write_case
    from cabria.adapters.files.port_calls import write_port_calls
    from cabria.adapters.files.whole_folder import whole_folder

    with whole_folder(folder) as draft:  # never over an older week: somebody may have written into its case
        write_case(case, draft / CASE)
        write_port_calls(book, draft / PORT_CALLS)
        write_port_calls(news, draft / NEWS)
