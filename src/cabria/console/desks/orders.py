"""What a worker process can be told to do. Arguments come from the server, which has let the person in."""

from __future__ import annotations

import pickle
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import isfinite
from pathlib import Path
from threading import Event
from typing import Any

import msgspec
from msgspec.msgpack import decode

from cabria.bootstrap import (
    LOG,
    MARK,
    plan_call,
    read_call,
    read_earlier,
    refuse_output,
    write_output,
    write_plan_so_far,
)
from cabria.console.desks import berth_desk, replanning
from cabria.console.desks.berth_desk import OpenBerths
from cabria.console.desks.made import SILENT, Hear, Made
from cabria.console.desks.open_plan import OpenPlan, compare
from cabria.console.desks.papers import paper_of
from cabria.console.desks.plan_picture import finding_rows
from cabria.console.desks.plan_yard import planned_outlook, planned_tasks, planned_yard
from cabria.console.http.answers import Encoded, encode_whole
from cabria.console.messages import ship as m
from cabria.console.messages.berths import MakeBerths, PlanBerths, StepBerths, TakeBerthTrial, TryBerths
from cabria.console.messages.replanning import AskReplan
from cabria.domain.calls import preset_named
from cabria.domain.edits import Redo, Undo
from cabria.domain.errors import DataError
from cabria.domain.told import told
from cabria.planning.search.result import Progress

MOST_OPEN = 3
"""Plans kept warm; one of the reference call takes some 150 MB."""
Stamp = tuple[tuple[int, int], ...]


@dataclass
class Desks:
    """The plans that are open in this process, the one used last at the end."""

    is_stopped: Event = field(default_factory=Event)
    """Set when planning shall end with the best plan it has."""
    _open_berths: OrderedDict[Path, OpenBerths] = field(default_factory=OrderedDict)
    _open: OrderedDict[Path, tuple[Stamp, OpenPlan]] = field(default_factory=OrderedDict)

    def do(self, verb: str, arguments: Mapping[str, Any], hear: Hear) -> Made:
        """Raises DataError, ProblemError and whatever else goes wrong."""
        return VERBS[verb](self, hear, **arguments)

    def opened(self, call: str, folder: str) -> OpenPlan:
        """The plan as its files say now: another program may have changed them."""
        path, stamp = Path(folder), _stamp(Path(call), Path(folder))
        kept = self._open.pop(path, None)
        if kept is None or kept[0] != stamp:
            kept = stamp, OpenPlan.of(Path(call), path)
        self._open[path] = kept
        while len(self._open) > MOST_OPEN:
            self._open.popitem(last=False)
        return kept[1]

    def keep(self, call: str, folder: str, plan: OpenPlan) -> None:
        """It has written its files itself."""
        self._open[Path(folder)] = _stamp(Path(call), Path(folder)), plan

    def look_up(self) -> None:
        """While nobody asks: what the next price of the plan used last will need."""
        if self._open:
            plan = next(reversed(self._open.values()))[1]
            if plan.has_plan:
                plan.desk.warm()

    def be_ready(self, hear: Hear) -> Made:
        """Nothing more than to have been started."""
        return Made(Encoded(b"", False, False))

    def vessel(self, hear: Hear, *, call: str, folder: str, msgpack: bool) -> Made:
        return Made(encode_whole(self.opened(call, folder).vessel, msgpack=msgpack))

    def plan(self, hear: Hear, *, call: str, folder: str, msgpack: bool) -> Made:
        return Made(encode_whole(self.opened(call, folder).picture(Path(folder).name), msgpack=msgpack))

    def price(self, hear: Hear, *, call: str, folder: str, msgpack: bool, edit: bytes, by: str) -> Made:
        return Made(encode_whole(self.opened(call, folder).price(_asked(edit), by), msgpack=msgpack))

    def edit(self, hear: Hear, *, call: str, folder: str, msgpack: bool, edit: bytes, by: str, revision: str) -> Made:
        plan = self.opened(call, folder)
        news = plan.take(Path(folder).name, _asked(edit), by, revision)
        self.keep(call, folder, plan)
        return Made(encode_whole(news, msgpack=msgpack), news.log[-1].what if news.log else "")

    def step(self, hear: Hear, *, call: str, folder: str, msgpack: bool, what: str, by: str, revision: str) -> Made:
        plan = self.opened(call, folder)
        news = plan.step(Path(folder).name, Undo() if what == "undo" else Redo(), by, revision)
        self.keep(call, folder, plan)
        return Made(encode_whole(news, msgpack=msgpack), what)

    def replan(self, hear: Hear, *, call: str, folder: str, asked: bytes, by: str, lifts: bytes) -> Made:
        """Another plan from where work stands, kept as a proposal; the note says it in a line."""
        stop = replanning.told(self.is_stopped.is_set, hear)
        done = pickle.loads(lifts) if lifts else ()  # by our own server
        note = replanning.propose(self.opened(call, folder), decode(asked, type=AskReplan), by, stop, done)
        return Made(Encoded(b"", False, False), note)

    def proposal(self, hear: Hear, *, call: str, folder: str, msgpack: bool) -> Made:
        return Made(encode_whole(replanning.proposal(self.opened(call, folder)), msgpack=msgpack))

    def take_proposal(self, hear: Hear, *, call: str, folder: str, msgpack: bool, by: str, revision: str) -> Made:
        plan = self.opened(call, folder)
        news = replanning.take(plan, by, revision)
        self.keep(call, folder, plan)
        return Made(encode_whole(news, msgpack=msgpack), news.log[-1].what if news.log else "")

    def drop_proposal(self, hear: Hear, *, call: str, folder: str) -> Made:
        replanning.drop(self.opened(call, folder))
        return Made(Encoded(b"", False, False))

    def why(self, hear: Hear, *, call: str, folder: str, msgpack: bool, box: str) -> Made:
        return Made(encode_whole(self.opened(call, folder).why(box), msgpack=msgpack))

    def compare(self, hear: Hear, *, call: str, one: str, other: str, msgpack: bool) -> Made:
        names = Path(one).name, Path(other).name
        return Made(encode_whole(compare(self.opened(call, one), self.opened(call, other), names), msgpack=msgpack))

    def work(self, hear: Hear, *, call: str, folder: str, revision: str) -> Made:
        """The call and the plan as Python's own bytes, for the terminal that is to work them."""
        plan = self.opened(call, folder)
        plan.refuse_other(revision)
        if not plan.now.plan.queues:
            raise DataError(
                "The plan has slots only, no work for cranes.",
                remedy="Let it be planned to its end.",
                code="plan-without-work",
            )
        hard = plan.now.judgement.hard_by_plan
        if hard:
            raise DataError(
                f"The plan breaks {len(hard)} HARD rules, so it is not given to the terminal. {hard[0]}",
                remedy="Mend it first.",
                code="plan-breaks-rules",
                values={"rules": len(hard)},
            )
        content = pickle.dumps((plan.planned.call, plan.now.plan), protocol=5)
        return Made(Encoded(content, True, False), plan.revision)

    def paper(self, hear: Hear, *, call: str, folder: str, name: str) -> Made:
        """A sheet of the plan as it is now, a PDF."""
        plan = self.opened(call, folder)
        plan.refuse_unplanned()
        return Made(Encoded(paper_of(plan.now, name), False, False))

    def yard(self, hear: Hear, *, call: str, folder: str, msgpack: bool) -> Made:
        return Made(encode_whole(planned_yard(self.opened(call, folder).now.call), msgpack=msgpack))

    def yard_outlook(self, hear: Hear, *, call: str, folder: str, msgpack: bool) -> Made:
        now = self.opened(call, folder).now
        return Made(encode_whole(planned_outlook(now.call, now.plan), msgpack=msgpack))

    def yard_tasks(self, hear: Hear, *, call: str, folder: str, msgpack: bool, block: str) -> Made:
        now = self.opened(call, folder).now
        return Made(encode_whole(planned_tasks(now.call, now.plan, block), msgpack=msgpack))

    def check_call(self, hear: Hear, *, folder: str, msgpack: bool) -> Made:
        """Read a call folder that has just come."""
        call = read_call(Path(folder))
        answer = m.Uploaded(id="", call=call.id, findings=finding_rows(call.findings))
        return Made(encode_whole(answer, msgpack=msgpack), call.id)

    def berths(self, hear: Hear, *, folder: str, msgpack: bool) -> Made:
        return Made(encode_whole(self._berths(folder).page(), msgpack=msgpack))

    def try_berths(self, hear: Hear, *, folder: str, msgpack: bool, said: bytes) -> Made:
        wish = decode(said, type=TryBerths)
        stop = berth_desk.within(wish.seconds, self.is_stopped.is_set)
        return Made(encode_whole(self._berths(folder).attempt(wish, stop, _Told(hear).listen), msgpack=msgpack))

    def take_berths(self, hear: Hear, *, folder: str, msgpack: bool, said: bytes, by: str) -> Made:
        berths = self._berths(folder)
        done = berths.take(decode(said, type=TakeBerthTrial), by)
        return Made(encode_whole(berths.page(), msgpack=msgpack), done.what, done.code, dict(done.values))

    def step_berths(self, hear: Hear, *, folder: str, msgpack: bool, said: bytes, what: str) -> Made:
        berths, revision = self._berths(folder), decode(said, type=StepBerths).revision
        berths.undo(revision) if what == "undo" else berths.redo(revision)
        return Made(encode_whole(berths.page(), msgpack=msgpack), what)

    def plan_berths(self, hear: Hear, *, folder: str, out: str, said: bytes) -> Made:
        wish = decode(said, type=PlanBerths)
        note = berth_desk.plan_case(Path(folder), Path(out), wish, self.is_stopped.is_set, _Told(hear).listen)
        return Made(Encoded(b"", False, False), note)

    def make_berths(self, hear: Hear, *, folder: str, said: bytes) -> Made:
        return Made(Encoded(b"", False, False), berth_desk.made_week(Path(folder), decode(said, type=MakeBerths)))

    def take_case(self, hear: Hear, *, file: str, folder: str) -> Made:
        return Made(Encoded(b"", False, False), berth_desk.taken_case(Path(file), Path(folder)))

    def _berths(self, folder: str) -> OpenBerths:
        """The berth plan as its files say now: another program may have changed them."""
        path = Path(folder)
        kept = self._open_berths.pop(path, None)
        if kept is None or kept.has_changed:
            kept = OpenBerths.of(path)
        self._open_berths[path] = kept
        while len(self._open_berths) > MOST_OPEN:
            self._open_berths.popitem(last=False)
        return kept

    def make(self, hear: Hear, *, call: str, folder: str, keep: str, asked: bytes) -> Made:
        """Plan the call; every better plan is written, so that the last one stays whatever happens to this process."""
        from cabria.planning.loading.problem import EFFORTS
        from cabria.planning.search.stopping import Interrupted
        from cabria.reports.text import summary

        wish, out = msgspec.msgpack.decode(asked, type=m.AskPlan), Path(folder)
        if wish.effort not in EFFORTS:
            hint = f"There are {', '.join(EFFORTS)}."
            raise DataError(f"There is no effort {wish.effort}.", place="effort", remedy=hint)
        earlier = Path(keep) / MARK if keep else None
        refuse_output(out)
        hear("reading the call", None, SILENT)
        the_call = read_call(Path(call), keep=earlier, changes=wish.changes)
        if wish.preset:
            the_call = replace(the_call, settings=preset_named(wish.preset))
        planned = plan_call(
            the_call,
            seed=wish.seed,
            params=replace(
                EFFORTS[wish.effort], seconds=wish.seconds, drops_impossible_wishes=wish.drop_impossible_wishes
            ),
            listen=_Told(hear).listen,
            stop=Interrupted(self.is_stopped.is_set),
            earlier=read_earlier(earlier, the_call) if earlier else None,
            keep=lambda better: write_plan_so_far(better, out),
        )
        hear("writing plan and report", None, SILENT)
        write_output(planned, out)
        text = summary(planned)
        return Made(Encoded(text.encode(), False, False), text.partition("\n")[0])


class _Told:
    """A search's progress, told when a percent more is done."""

    def __init__(self, hear: Hear) -> None:
        self._hear = hear
        self._told: tuple[str, int] = ("", -1)

    def listen(self, progress: Progress) -> None:
        now = progress.phase, int(100 * progress.done)
        if now != self._told:
            self._told = now
            cost = progress.best_cost
            best = told("best {minutes} min", "best-so-far", minutes=f"{cost:,.1f}") if isfinite(cost) else SILENT
            self._hear(progress.phase, round(progress.done, 4), best)


VERBS: Mapping[str, Callable[..., Made]] = {
    "be_ready": Desks.be_ready,
    "vessel": Desks.vessel,
    "plan": Desks.plan,
    "price": Desks.price,
    "edit": Desks.edit,
    "step": Desks.step,
    "replan": Desks.replan,
    "proposal": Desks.proposal,
    "take_proposal": Desks.take_proposal,
    "drop_proposal": Desks.drop_proposal,
    "why": Desks.why,
    "compare": Desks.compare,
    "work": Desks.work,
    "paper": Desks.paper,
    "yard": Desks.yard,
    "yard_outlook": Desks.yard_outlook,
    "yard_tasks": Desks.yard_tasks,
    "check_call": Desks.check_call,
    "make": Desks.make,
    "berths": Desks.berths,
    "try_berths": Desks.try_berths,
    "take_berths": Desks.take_berths,
    "step_berths": Desks.step_berths,
    "plan_berths": Desks.plan_berths,
    "make_berths": Desks.make_berths,
    "take_case": Desks.take_case,
}


def _asked(edit: bytes) -> m.Edit:
    return msgspec.msgpack.decode(edit, type=m.AskPrice).edit


def _stamp(call: Path, folder: Path) -> Stamp:
    """Of the call's files and the plan's, for whether they have changed."""
    files = sorted(call.iterdir()) if call.is_dir() else []
    found = [path.stat() for path in (*files, folder / MARK, folder / LOG) if path.is_file()]
    return tuple((stat.st_mtime_ns, stat.st_size) for stat in found)
