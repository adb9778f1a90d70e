"""The only place that chooses which outside a planner or a run of the terminal is connected to."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cabria.domain.errors import DataError, TerminalError

if TYPE_CHECKING:
    from cabria.domain.calls import VesselCall
    from cabria.planning.loading.problem import Params
    from cabria.planning.loading.result import PlannedCall
    from cabria.planning.search.result import Listener
    from cabria.planning.search.stopping import StoppingCriterion

MARK = "plan.json"
"""The file by which a folder of ours is known; only such a folder is ever replaced."""


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
    from cabria.reports.report import write_report

    with whole_folder(folder) as draft:
        write_plan(planned, draft / MARK)
        write_departure(planned.call, planned.plan, draft)
        write_tables(planned, draft)
        write_report(planned, draft)


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A folder that appears under its name only when it is complete; an older one of ours gives way.

    Raises DataError when the name is taken by something Cabria did not make, TerminalError when nothing can be
    written there.
    """
    if folder.exists() and not _is_ours(folder):
        raise DataError(
            "This exists and is not a plan of Cabria's, so it is left alone.",
            file=str(folder),
            remedy="Name another folder with --out.",
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise TerminalError(f"{folder} cannot be written: {error.strerror}.") from error
    try:
        draft.chmod(0o755)
        yield draft
        if folder.exists():
            retired = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
            folder.rename(retired / folder.name)
            draft.rename(folder)
            shutil.rmtree(retired)
        else:
            draft.rename(folder)
    except OSError as error:
        raise TerminalError(f"{folder} cannot be written: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    return folder.is_dir() and ((folder / MARK).is_file() or not any(folder.iterdir()))
