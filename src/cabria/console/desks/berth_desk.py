"""A berth plan, opened: told, tried otherwise with the consequences at once, changed, taken back and done again."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from cabria.adapters.files.berth_json import read_case, read_certificate, read_plan, write_case
from cabria.adapters.files.berth_log import BerthLog, BerthState, read_log
from cabria.adapters.files.whole_folder import whole_folder
from cabria.bootstrap.berth_folders import CASE, LOG, PLAN, PORT_CALLS, refuse_output, write_output, write_week
from cabria.console.desks import berth_picture as tell
from cabria.console.desks.plan_picture import finding_rows
from cabria.console.http.answers import mark_of
from cabria.console.http.problems import refusal
from cabria.console.messages import berths as m
from cabria.console.people.acts import in_english
from cabria.domain.berthing import BerthCase, BerthPlan, ShipId
from cabria.domain.told import Told
from cabria.planning.berth.options import Pin
from cabria.planning.berth.problem import EFFORTS, BerthProblem
from cabria.planning.berth.solve import solve
from cabria.planning.berth.what_if import on_the_grid, replanned_around, with_ships_moved
from cabria.planning.search.result import Listener
from cabria.planning.search.stopping import FirstOf, Interrupted, MaxSeconds, StoppingCriterion
from cabria.referee.berthing import judge_berthing

AS_PLANNED = "as planned"
MOST_TRIALS = 50
"""Trials that are kept for who may want to commit them."""


class Trial(NamedTuple):
    plan: BerthPlan
    revision: str
    what: Told


@dataclass
class OpenBerths:
    """`log` is the plan and what people did to it; its `at` is the state that counts."""

    folder: Path
    case: BerthCase
    log: BerthLog
    mark: str
    bound: float | None
    stopped: str
    _trials: OrderedDict[str, Trial] = field(default_factory=OrderedDict)

    @classmethod
    def of(cls, folder: Path) -> OpenBerths:
        """Raises DataError with file and place."""
        case, plan = read_case(folder / CASE), read_plan(folder / PLAN)
        bound, stopped = read_certificate(folder / PLAN)
        has_log = (folder / LOG).is_file()
        log = read_log(folder / LOG) if has_log else BerthLog((BerthState(plan, "", "", AS_PLANNED),))
        return cls(folder, case, log, _mark(folder), bound, stopped)

    @property
    def plan(self) -> BerthPlan:
        return self.log.plan

    @property
    def revision(self) -> str:
        return self.mark[:12]

    @property
    def has_changed(self) -> bool:
        """Whether its files are others than when they were read or written here."""
        return _mark(self.folder) != self.mark

    def page(self) -> m.BerthPlanPage:
        return m.BerthPlanPage(
            id=self.folder.name,
            revision=self.revision,
            ground=tell.ground(self.case),
            choice=tell.choice(self.plan, judge_berthing(self.case, self.plan)),
            bound=None if self.log.at else self.bound,
            stopped="" if self.log.at else self.stopped,
            log=[
                m.BerthLogRow(
                    by=state.by,
                    at=state.at,
                    what=state.what,
                    counts=number <= self.log.at,
                    code=state.code,
                    values=dict(state.values),
                )
                for number, state in enumerate(self.log.states)
                if number
            ],
            can_undo=self.log.at > 0,
            can_redo=self.log.at + 1 < len(self.log.states),
        )

    def attempt(self, asked: m.TryBerths, stop: StoppingCriterion, listen: Listener) -> m.BerthTrial:
        """Nothing is changed. Raises DataError for a ship that cannot be moved, ProblemError for another revision."""
        self.refuse_other(asked.revision)
        pins = {
            ShipId(move.ship): on_the_grid(self.case, Pin(move.position_mm, move.start_min)) for move in asked.moves
        }
        stopped = ""
        if asked.replans:
            result = replanned_around(self.case, self.plan, pins, stop, listen=listen)
            plan, stopped = result.plan, result.stopped
        else:
            plan = with_ships_moved(self.case, self.plan, pins)
        compared = replace(self.case, last_plan=self.plan)
        judged, before = judge_berthing(compared, plan), judge_berthing(compared, self.plan)
        name = mark_of(f"{self.revision} {plan}".encode())
        self._keep(name, Trial(plan, self.revision, _what(asked)))
        hard = judged.hard_by_plan
        return m.BerthTrial(
            trial=name,
            revision=self.revision,
            choice=tell.choice(plan, judged),
            costs_before=dict(before.costs),
            changes=tell.changes(self.plan, plan),
            forbidden=hard[0].text if hard else "",
            stopped=stopped,
            broken=next(iter(finding_rows(hard[:1])), None),
        )

    def take(self, asked: m.TakeBerthTrial, by: str) -> BerthState:
        """The trial is the plan from now on; returns how it stands now. Raises ProblemError where it cannot be."""
        self.refuse_other(asked.revision)
        trial = self._trials.get(asked.trial)
        if trial is None or trial.revision != self.revision:
            raise refusal(409, "no-such-trial", "This trial is not kept any more.", remedy="Try it once more.")
        hard = judge_berthing(self.case, trial.plan).hard_by_plan
        if hard:
            refused = refusal(
                409,
                "forbidden",
                f"The plan would break {hard[0].rule}: {hard[0].text}",
                code="berth-rule-broken",
                values={"rule": hard[0].rule, "text": hard[0].text},
            )
            refused.problem.findings = finding_rows(hard[:1])
            raise refused
        at = datetime.now(UTC).isoformat(timespec="seconds")
        state = BerthState(trial.plan, by, at, *trial.what)
        self._write(self.log.then(state))
        return state

    def undo(self, revision: str) -> None:
        self.refuse_other(revision)
        self._write(self.log.undone())

    def redo(self, revision: str) -> None:
        self.refuse_other(revision)
        self._write(self.log.redone())

    def refuse_other(self, revision: str) -> None:
        """Raises ProblemError 409 where somebody else has changed the plan since."""
        if revision and revision != self.revision:
            raise refusal(
                409,
                "other-revision",
                "The berth plan was changed since it was read.",
                code="berth-plan-changed",
                place="revision",
                remedy="Read it again.",
            )

    def _keep(self, name: str, trial: Trial) -> None:
        self._trials[name] = trial
        while len(self._trials) > MOST_TRIALS:
            self._trials.popitem(last=False)

    def _write(self, log: BerthLog) -> None:
        from cabria.adapters.files.port_calls import read_port_calls

        book = read_port_calls(self.folder / PORT_CALLS) if (self.folder / PORT_CALLS).is_file() else None
        write_output(self.folder, self.case, log.plan, judge_berthing(self.case, log.plan), book=book, log=log)
        self.log, self.mark = log, _mark(self.folder)


def plan_case(folder: Path, out: Path, asked: m.PlanBerths, is_stopped: Callable[[], bool], listen: Listener) -> str:
    """Plan a case that has no plan into a folder of its own; a line about it. Raises DataError."""
    refuse_output(out)
    case = replace(read_case(folder / CASE), last_plan=None, now_min=0, frozen_until_min=0)
    result = solve(
        BerthProblem.of(case),
        within(asked.seconds, is_stopped),
        seed=asked.seed,
        params=EFFORTS["normal"],
        listen=listen,
    )
    write_output(out, case, result.plan, judge_berthing(case, result.plan), result=result)
    return f"{out.name}: {len(result.plan.stays)} ships, cost {result.cost:,.0f}, {result.stopped}"


def made_week(folder: Path, asked: m.MakeBerths) -> str:
    """Write a made week; a line about it. Raises DataError where the folder is taken."""
    from cabria.experiments.berth_weeks import make_berth_week, make_news, make_port_calls

    late = min(asked.late_ships, asked.ships)
    case = make_berth_week(calls=asked.ships, berths=asked.berths, seed=asked.seed, late_ships=late)
    book = make_port_calls(case)
    write_week(folder, case, book, make_news(case, book, seed=asked.seed))
    return f"{folder.name}: {case.name}"


def taken_case(file: Path, folder: Path) -> str:
    """Take over a case that has just come; a line about it. Raises DataError with the place."""
    case = read_case(file)
    with whole_folder(folder) as draft:
        write_case(case, draft / CASE)
    return f"{folder.name}: {case.name or 'a case'} of {len(case.ships)} ships"


def within(seconds: float, is_stopped: Callable[[], bool]) -> StoppingCriterion:
    return FirstOf((Interrupted(is_stopped), MaxSeconds(seconds, time.perf_counter, time.perf_counter())))


def _what(asked: m.TryBerths) -> Told:
    """What a trial does, by a word of the audit trail's."""
    around = "-around" if asked.replans else ""
    match asked.moves:
        case []:
            act, values = "berths-planned-again", {}
        case [move]:
            act = "berth-ship-moved" + around
            values = {"ship": move.ship, "at_m": f"{move.position_mm / 1_000:g}", "at_h": f"{move.start_min / 60:g}"}
        case moves:
            act, values = "berth-ships-moved" + around, {"count": str(len(moves))}
    return Told(in_english(act, values), act, values)


def _mark(folder: Path) -> str:
    parts: Sequence[Path] = [folder / name for name in (CASE, PLAN, LOG)]
    return mark_of(b"\0".join(path.read_bytes() for path in parts if path.is_file()))
