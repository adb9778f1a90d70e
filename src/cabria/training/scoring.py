"""The score of a session: each measure beside our policy's, with the same seed and faults, and beside a bound.

Everything is read from the journal and the acts. Where more is better a measure is worth `AT_POLICY` of its weight at
the policy's value, all of it at the bound, in proportion between and below; where less is better the other way round.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from cabria.domain.containers import ContainerId
from cabria.domain.positions import YardPosition
from cabria.domain.run_events import Aboard, BoxesLanded, RunEvent, ShipBerthed
from cabria.domain.verdict import Values
from cabria.operations.records import Command
from cabria.operations.running import OF_THE_LOG, Told
from cabria.referee.run import RunReferee
from cabria.referee.run_figures import RunCounter, RunFigures
from cabria.training.run import Act, TrainingRun
from cabria.training.scenario import Measure, Scenario
from cabria.training.script import SCRIPT, Alarm, Script
from cabria.training.start import Prepared, Ship
from cabria.twin.going_on import ways_of

AT_POLICY = 0.8
HOUR_MS = 3_600_000
TO_MACHINES = frozenset({"take_out", "put_back"})
"""Verbs that mean nothing while no machine hears them."""
BROKEN: Mapping[str, str] = {
    "loaded": "{box}: it was not to be loaded any more.",
    "too-heavy": "{box}: with what it weighs it breaks {rule}, and it was loaded.",
    "put-back": "{machine}: it was put back before it was repaired.",
    "not-heard": "{machine}: it was told something ({verb}) while no machine was heard.",
    "left": "{box}: it is on the load list and stands ashore.",
}
"""Rules of the training room, by code."""
TAKEN_BACK: Mapping[str, str] = {"put_back": "take_out", "release_queue": "hold_queue"}
"""By verb: that which it takes back when the same person had done it to the same machine."""
MOST_SENTENCES = 50
LEAST_DONE = 0.01


@dataclass(frozen=True, slots=True)
class Answered:
    """An alarm and when it was answered; None is never."""

    alarm: Alarm
    answered_ms: int | None

    @property
    def in_time(self) -> bool:
        return self.answered_ms is not None and self.answered_ms <= self.alarm.until_ms


class Sentence(NamedTuple):
    """What can be said in every language by `code` and `values`; `text` says it in English. The code of a rule that the
    referee knows is the rule's."""

    code: str
    values: Values
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Measured:
    """What a session came to."""

    values: Mapping[Measure, float]
    answers: tuple[Answered, ...]
    undone: tuple[Sentence, ...]
    broken: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One measure of a score. `share` is of its weight, `points` are of 100."""

    measure: Measure
    trainee: float
    policy: float
    bound: float
    weight: float
    share: float
    points: float


@dataclass(frozen=True, slots=True)
class Score:
    """`total` is 0 to 100; `policy` is what our policy's own session is worth."""

    lines: tuple[Line, ...]
    total: float
    policy: float
    session: Measured
    reference: Measured


def scored(scenario: Scenario, session: Measured, reference: Measured, start: Prepared) -> Score:
    """A session beside the policy's; `start` is where both began."""
    bound = bounds(start)
    lines = tuple(_lines(scenario, session, reference, bound))
    policy = sum(line.points for line in _lines(scenario, reference, reference, bound))
    return Score(lines, sum(line.points for line in lines), policy, session, reference)


def _lines(scenario: Scenario, mine: Measured, ours: Measured, bound: Mapping[Measure, float]) -> Iterator[Line]:
    whole = sum(scenario.weights.values())
    for measure in Measure:
        value, policy, best = mine.values[measure], ours.values[measure], bound[measure]
        worth = share_of(measure, value, policy, best)
        weight = scenario.weights[measure]
        yield Line(measure, value, policy, best, weight, worth, 100 * weight * worth / whole)


def share_of(measure: Measure, value: float, policy: float, best: float) -> float:
    """Of the weight, 0 to 1."""
    if measure in COUNTED:
        return 1.0 / (1.0 + value)
    if measure is Measure.ALARMS:
        return value
    if measure is Measure.MOVES:
        return _share_of_more(value, policy, best)
    return _share_of_more(1 / (EASE[measure] + value), 1 / (EASE[measure] + policy), 1 / (EASE[measure] + best))


COUNTED = frozenset({Measure.UNDONE, Measure.RULES})
"""None is all of the weight, one is half of it, two a third."""
EASE: Mapping[Measure, float] = {Measure.BERTH: 0.1, Measure.REHANDLES: 5.0, Measure.TRUCKS: 0.5}
"""Added to both sides, so that one rehandle beside none is no catastrophe."""


def _share_of_more(value: float, policy: float, best: float) -> float:
    if policy <= 0:
        return 1.0
    if value <= policy:
        return AT_POLICY * max(0.0, value) / policy
    if best <= policy:
        return 1.0
    return min(1.0, AT_POLICY + (1 - AT_POLICY) * (value - policy) / (best - policy))


def bounds(start: Prepared) -> Mapping[Measure, float]:
    """What nobody can beat, steps taking what is planned for them: cranes that never wait, ships worked by all their
    cranes to the last minute, digs of boxes that stand on loads and are none themselves, and no fault of one's own."""
    ships = [*start.ships, *(one.ship for one in start.coming)]
    work_s = {call.id: _work_s((call, plan)) for call, plan in ships}
    moves = sum(len(step.containers) for _, plan in ships for queue in plan.queues for step in queue.steps)
    crane_s = sum(sum(each) for each in work_s.values())
    return {
        Measure.MOVES: 3_600 * moves / crane_s if crane_s else 0.0,
        Measure.BERTH: sum(sum(each) / len(each) for each in work_s.values() if each) / 3_600,
        Measure.REHANDLES: float(_least_digs(start)),
        Measure.TRUCKS: 0.0,
        Measure.ALARMS: 1.0,
        Measure.UNDONE: 0.0,
        Measure.RULES: 0.0,
    }


def _work_s(ship: Ship) -> list[int]:
    """Of each crane."""
    return [sum(step.end_s - step.start_s for step in queue.steps) for queue in ship[1].queues if queue.steps]


def _least_digs(start: Prepared) -> int:
    if not start.ships:
        return 0
    loads = {box for _, plan in start.ships for box in plan.loads}
    lowest: dict[tuple[str, int, int], int] = {}
    yard = start.ships[0][0].yard
    for box in yard:
        if box.id in loads:
            at = box.position
            key = (at.block, at.bay, at.row)
            lowest[key] = min(lowest.get(key, at.tier), at.tier)
    return sum(
        box.id not in loads
        and lowest.get((box.position.block, box.position.bay, box.position.row), box.position.tier) < box.position.tier
        for box in yard
    )


def measured(run: TrainingRun, start: Prepared) -> Measured:
    """A session up to now. Who ends before the work is done gains nothing: moves count by the share that is done,
    rehandles and waiting are taken to go on at the same rate, ships to stay to the scenario's end, and alarms that did
    not come as not answered."""
    ear = _Ear(start, run.begins_ms)
    for told in (*start.entries, *run.kept.read(len(start.entries), run.kept.durable)):
        ear.hear(told)
    figures = ear.counter.figures()
    answers = answered(run.alarms, run.acts)
    undone, broken = tuple(taken_back(run.acts)), tuple(_broken(ear, run))
    done = ear.share_done(figures, run)
    staying_ms = len(run.control.desk.board.calls) * (run.ends_ms - run.now_ms)
    berth_ms = sum(call.berth_ms for call in figures.calls) + staying_ms
    asked = max(len(answers), len(run.scenario.injections))
    values = {
        Measure.MOVES: done * (figures.gross_moves_per_hour or 0.0),
        Measure.BERTH: berth_ms / HOUR_MS + ear.never_berthed(run),
        Measure.REHANDLES: figures.rehandles / max(done, LEAST_DONE),
        Measure.TRUCKS: figures.trucks.waiting_ms / HOUR_MS / max(done, LEAST_DONE),
        Measure.ALARMS: sum(one.in_time for one in answers) / asked if asked else 1.0,
        Measure.UNDONE: float(len(undone)),
        Measure.RULES: float(len(broken)),
    }
    return Measured(values, answers, undone[:MOST_SENTENCES], broken[:MOST_SENTENCES])


class _Ear:
    """Hears a journal: the referee's figures and rules, and which boxes were loaded when."""

    def __init__(self, start: Prepared, from_ms: int) -> None:
        self.counter, self.referee = RunCounter(start.layout), RunReferee(start.layout)
        self.loaded_ms: dict[ContainerId, int] = {}
        self.left_out: set[ContainerId] = set()
        self._calls: dict[str, Ship] = {}
        self._from_ms, self._counts, self._standing = from_ms, from_ms == 0, start.standing
        self.known = 0
        self._berthed: set[str] = set()
        self._coming = [one.ship[0].id for one in start.coming]

    def hear(self, told: Told) -> None:
        content = told.record.content
        if not self._counts and told.record.at_ms > self._from_ms:
            self._counts = True
            self.counter.count_from(self._from_ms)
            if self._standing is not None:
                self.referee.drive_as_booked(ways_of(self._standing), self._from_ms)
            self.known = len(self.referee.book.findings)
        if told.record.kind in OF_THE_LOG:
            self._event(content)
        elif isinstance(content, Command) and content.verb == "berth":
            self._calls[content.arguments[0].id] = content.arguments[:2]
        elif isinstance(content, Command) and content.verb == "machine_says":
            for box, place in content.arguments[1].items():
                self.referee.found(box, place)

    def _event(self, event: RunEvent) -> None:
        if isinstance(event, ShipBerthed) and event.call in self._calls:
            self.counter.expect(*self._calls[event.call])
            self.referee.expect(*self._calls[event.call])
            self._berthed.add(event.call)
        elif isinstance(event, BoxesLanded):
            for box, place in zip(event.containers, event.places, strict=True):
                if isinstance(place, Aboard):
                    self.loaded_ms.setdefault(box, event.at_ms)
        self.counter.hear(event)
        self.referee.hear(event)

    def never_berthed(self, run: TrainingRun) -> float:
        """Hours of ships that came and found no berth: all of the session counts for them."""
        waiting = [call for call in self._coming if call not in self._berthed]
        return len(waiting) * run.scenario.lasts_min / 60

    def share_done(self, figures: RunFigures, run: TrainingRun) -> float:
        """Of the moves of all ships that came or are to come, without boxes that must not be loaded."""
        planned = sum(call.planned_moves for call in figures.calls)
        waiting = [one.ship[1] for one in run.start.coming if one.ship[0].id not in self._berthed]
        planned += sum(len(step.containers) for plan in waiting for queue in plan.queues for step in queue.steps)
        needed = planned - len(_not_to_go(run.script))
        return min(1.0, figures.moves / needed) if needed > 0 else 1.0

    def left_behind(self) -> Iterator[ContainerId]:
        """Loads of ships that came which stand ashore."""
        for _, plan in self._calls.values():
            for box in plan.loads:
                if isinstance(self.referee.where.get(box), YardPosition):
                    yield box


def _not_to_go(script: Script) -> set[ContainerId]:
    """Boxes that are on a load list and must not go aboard."""
    return {*script.cancelled, *(box for box, weighed in script.weighed.items() if weighed.rules)}


def _broken(ear: _Ear, run: TrainingRun) -> Iterator[Sentence]:
    for finding in ear.referee.book.findings[ear.known :]:
        if finding.rule.id != "RUN-OPEN":
            about = str(finding.container or finding.place)
            yield Sentence(finding.rule.id, {"about": about}, f"{finding.rule.id} {about}: {finding.text}")
    for box, since_ms in sorted(run.script.cancelled.items()):
        if ear.loaded_ms.get(box, -1) >= since_ms:
            yield _sentence("loaded", box=box)
    for box, weighed in sorted(run.script.weighed.items()):
        if weighed.rules and ear.loaded_ms.get(box, -1) >= weighed.at_ms:
            yield _sentence("too-heavy", box=box, rule=", ".join(weighed.rules))
    for machine in run.script.too_soon:
        yield _sentence("put-back", machine=machine)
    for act in run.acts:
        if act.verb in TO_MACHINES and not act.refused and run.script.is_unheard(act.at_ms):
            yield _sentence("not-heard", machine=str(act.arguments[0]), verb=act.verb)
    if run.is_over:
        may_stay = _not_to_go(run.script)
        for box in sorted(ear.left_behind()):
            if box not in may_stay:
                yield _sentence("left", box=box)


def _sentence(code: str, **values: str | int) -> Sentence:
    return Sentence(code, values, BROKEN[code].format(**values))


def answered(alarms: Iterable[Alarm], acts: Iterable[Act]) -> tuple[Answered, ...]:
    """The first act of a person that answers each."""
    done = [act for act in acts if not act.refused and act.by != SCRIPT]
    return tuple(
        Answered(alarm, next((act.at_ms for act in done if act.at_ms >= alarm.at_ms and _answers(act, alarm)), None))
        for alarm in alarms
    )


def _answers(act: Act, alarm: Alarm) -> bool:
    if act.verb == "acknowledge_alerts":
        return "acknowledge_alert" in alarm.answers and alarm.number in act.arguments[0]
    if act.verb not in alarm.answers or not act.arguments:
        return False
    if act.verb == "acknowledge_alert":
        return bool(act.arguments[0] == alarm.number)
    if act.verb == "work_by":
        return not any(box in act.arguments[1].loads for box in alarm.about)
    return any(part in act.arguments for part in alarm.about)


def taken_back(acts: Iterable[Act]) -> Iterator[Sentence]:
    """Each act that the same person took back later."""
    standing: Counter[tuple[str, str, str]] = Counter()
    for act in acts:
        if act.refused or not act.arguments:
            continue
        undoes = TAKEN_BACK.get(act.verb)
        key = (act.by, undoes or act.verb, str(act.arguments[0]))
        if undoes is None:
            standing[key] += 1
        elif standing[key]:
            standing[key] -= 1
            about = str(act.arguments[0])
            yield Sentence(undoes, {"about": about}, f"{undoes} {about}")
