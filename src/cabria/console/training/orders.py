"""What the worker process of training does: starts made ready, sessions scored beside the policy's."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

from cabria.console.desks.made import SILENT, Hear, Made
from cabria.console.http.answers import Encoded, encode_whole
from cabria.console.training.telling import report_row
from cabria.training.playing import events_of, play, reference_of
from cabria.training.run import TrainingRun
from cabria.training.scenario import FolderStart, Scenario
from cabria.training.scoring import measured, scored
from cabria.training.start import Prepared, prepared
from cabria.training.trainees import TraineeKind

SHIP = "ship"
"""The call's folder among the plans of a session."""
POLICY_LOG = "policy.jsonl.gz"


@dataclass
class TrainingDesk:
    """One order after the other."""

    is_stopped: Event = field(default_factory=Event)

    def do(self, verb: str, arguments: Mapping[str, Any], hear: Hear) -> Made:
        """Raises DataError, and whatever else goes wrong."""
        return VERBS[verb](self, hear, **arguments)

    def look_up(self) -> None:
        """Nothing is to be done ahead."""

    def prepare(self, hear: Hear, *, scenario: bytes, plans: str) -> Made:
        """A session at its beginning, pickled; its call and plan as folders in `plans`."""
        asked: Scenario = pickle.loads(scenario)
        hear("planning", None, SILENT)
        start = prepared(asked.start)
        _write_plans(asked, start, Path(plans))
        return Made(Encoded(TrainingRun(asked, start).snapshot(), False, False))

    def score(self, hear: Hear, *, session: bytes, folder: str) -> Made:
        """The report, and the policy's run log in `folder`."""
        from cabria.adapters.files.run_log import write_run_log

        run = TrainingRun.branch(session)
        start = prepared(run.scenario.start)
        reference = play(
            reference_of(run), TraineeKind.POLICY, start=start, listen=lambda share: hear("policy", share, SILENT)
        )
        write_run_log(Path(folder) / POLICY_LOG, events_of(reference, start))
        score = scored(run.scenario, measured(run, start), measured(reference, start), start)
        return Made(encode_whole(report_row(score, run, reference, start), msgpack=True))


def _write_plans(scenario: Scenario, start: Prepared, plans: Path) -> None:
    """What pages of plans show in a session, which may be changed there and nowhere else."""
    from cabria.bootstrap import write_plan_so_far

    call, plan = plans / SHIP, plans / f"{SHIP}-plan"
    if isinstance(scenario.start, FolderStart):
        shutil.copytree(scenario.start.call, call)
        shutil.copytree(scenario.start.plan, plan)
    elif start.standing is not None:
        _write_as_worked(start, plans)
    elif start.planned is not None:
        from cabria.adapters.files.call_folder import write_call

        write_call(start.planned.call, call)
        write_plan_so_far(start.planned, plan)


def _write_as_worked(start: Prepared, plans: Path) -> None:
    """Ships that lie at the quay in an hour of a journal, with the plans they were berthed with."""
    from cabria.adapters.files.call_folder import write_call
    from cabria.bootstrap import write_plan_so_far
    from cabria.planning.loading.result import PlannedCall
    from cabria.referee.judge import judge

    assert start.standing is not None
    there = [ship for ship in start.ships if ship[0].id in start.standing.board["calls"]]
    for number, (call, plan) in enumerate(there, 1):
        name = SHIP if number == 1 else f"{SHIP}-{number}"
        write_call(call, plans / name)
        write_plan_so_far(PlannedCall(call, plan, judge(call, plan), {}, {}, stopped=""), plans / f"{name}-plan")


VERBS: Mapping[str, Callable[..., Made]] = {"prepare": TrainingDesk.prepare, "score": TrainingDesk.score}
