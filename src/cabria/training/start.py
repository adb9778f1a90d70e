"""Starting states: a call that is made and planned, one from a folder, or an hour of a terminal's journal."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from cabria.domain.calls import VesselCall
from cabria.domain.errors import DataError
from cabria.domain.layout import Layout
from cabria.domain.plan import LoadingPlan
from cabria.operations.running import OF_THE_LOG, Told
from cabria.training.scenario import MINUTE_MS, FolderStart, JournalStart, MadeStart, Start

if TYPE_CHECKING:
    from cabria.operations.standing import Standing
    from cabria.planning.loading.result import PlannedCall
    from cabria.twin.going_on import Strokes

Ship = tuple[VesselCall, LoadingPlan]
HOUR_MS = 3_600_000
PLANNED_BY = {
    "stowage_iterations_a_load": 200,
    "crane_iterations": 2_000,
    "yard_iterations_a_load": 50,
    "with_baselines": False,
}
"""Counts, not seconds: the same start on every machine, planned in a second."""


@dataclass(frozen=True, slots=True)
class Coming:
    """A ship that berths so long after the start, when her cranes are free."""

    ship: Ship
    at_ms: int


@dataclass(frozen=True)
class Prepared:
    """Where sessions begin. `standing` is how a journal's operations stood, with the entries up to there; it is None
    where ships berth as the session begins."""

    layout: Layout
    ships: tuple[Ship, ...]
    coming: tuple[Coming, ...] = ()
    standing: Standing | None = None
    strokes: Strokes | None = None
    entries: tuple[Told, ...] = field(default=(), repr=False)
    planned: PlannedCall | None = field(default=None, repr=False)
    """Of a made start, to be written as a plan's folder."""

    @property
    def begins_ms(self) -> int:
        return self.standing.at_ms if self.standing is not None else 0


def prepared(start: Start) -> Prepared:
    """Raises DataError for a call, plan or journal that cannot be used."""
    if isinstance(start, MadeStart):
        return _made(start)
    if isinstance(start, FolderStart):
        return _from_folder(start)
    return _from_journal(start)


@lru_cache(maxsize=8)
def _made(start: MadeStart) -> Prepared:
    from cabria.experiments.calls import make_call
    from cabria.experiments.ground_plan import lay_out
    from cabria.operations.berthing import standing_ready

    call = make_call(
        moves=start.moves,
        teu=start.teu,
        seed=start.seed,
        blocks=start.blocks,
        quay_cranes=start.quay_cranes,
        yard_fill=start.yard_fill,
    )
    planned = _planned(call)
    plan = planned.plan
    layout = standing_ready(lay_out(call.terminal), call, plan)
    coming: tuple[Coming, ...] = ()
    if start.second_moves:
        coming = (Coming(_second(start, call), round(start.second_min * MINUTE_MS)),)
    return Prepared(layout, ((call, plan),), coming, planned=planned)


def _second(start: MadeStart, first: VesselCall) -> Ship:
    """A ship that only brings boxes, so that her loads need not stand in the yard of the first."""
    from cabria.experiments.calls import make_call

    other = make_call(
        moves=2 * start.second_moves,
        teu=start.teu,
        seed=start.seed + 1,
        blocks=start.blocks,
        quay_cranes=start.quay_cranes,
        yard_fill=start.yard_fill,
    )
    call = replace(
        other, loads=(), yard=first.yard, terminal=first.terminal, berth_x_mm=first.berth_x_mm, instructions=()
    )
    return call, _planned(call).plan


def _planned(call: VesselCall) -> PlannedCall:
    from cabria.planning.loading.problem import LoadingProblem, Params
    from cabria.planning.loading.solve import solve

    params = Params(**PLANNED_BY)  # type: ignore[arg-type]
    return solve(LoadingProblem(call), params=params, wall=lambda: 0.0, cpu=lambda: 0.0)


def _from_folder(start: FolderStart) -> Prepared:
    from cabria.adapters.files.plan_json import read_plan
    from cabria.bootstrap import read_call
    from cabria.experiments.ground_plan import lay_out
    from cabria.experiments.sound_runs import refuse_nonsense
    from cabria.operations.berthing import standing_ready

    call = read_call(start.call)
    plan = read_plan(start.plan / "plan.json", call)
    layout = lay_out(call.terminal)
    refuse_nonsense(call, plan, layout)
    return Prepared(standing_ready(layout, call, plan), ((call, plan),))


def _from_journal(start: JournalStart) -> Prepared:
    from cabria.adapters.journal.opening import open_store
    from cabria.adapters.journal.recovery import replayed, whole_run
    from cabria.operations.records import Command
    from cabria.operations.replay import ReplayDivergedError
    from cabria.operations.standing import standing_of
    from cabria.twin.going_on import Strokes

    entries: list[Told] = []
    with closing(open_store(start.journal)) as store:
        for number, record in whole_run(store):
            if record.at_ms > start.at_h * HOUR_MS:
                break
            entries.append(Told(number, record))
        if not entries:
            raise DataError("The journal is empty.", file=start.journal, place="start.journal")
        try:
            done = replayed(store, entries[-1].number)
        except ReplayDivergedError as error:
            raise DataError(
                str(error),
                file=start.journal,
                place=f"entry {error.number}",
                remedy="Another version of Cabria wrote it, and decides otherwise: begin from a journal of this one.",
            ) from None
    strokes, ships = Strokes(), []
    for told in entries:
        content = told.record.content
        if told.record.kind in OF_THE_LOG:
            strokes.hear(content)
        elif isinstance(content, Command) and content.verb == "berth":
            ships.append(content.arguments[:2])
    standing = standing_of(done.control)
    return Prepared(standing.opened.layout, tuple(ships), (), standing, strokes, tuple(entries))
