"""The figures of a span of the past, by the referee's own counters, as messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cabria.console.messages import past as m
from cabria.console.past.reel import Keyframes, Reel
from cabria.domain.calls import VesselCall
from cabria.domain.errors import DataError
from cabria.domain.plan import LoadingPlan
from cabria.domain.run_events import RunEvent, ShipBerthed
from cabria.referee.run_figures import QuayCraneFigures, RunCounter, RunFigures
from cabria.referee.run_hours import HourCounter
from cabria.referee.run_record import measures_of

MINUTE_MS, HOUR_MS = 60_000, 3_600_000
FINEST_MS = 5 * MINUTE_MS
STEPS_MS = (FINEST_MS, 15 * MINUTE_MS, HOUR_MS, 4 * HOUR_MS, 24 * HOUR_MS)
"""Of a curve; the first by which a span has at most `MOST_STEPS`."""
MOST_STEPS = 60
Calls = Mapping[str, tuple[VesselCall, LoadingPlan]]


@dataclass
class Counting:
    """The referee's counter, told of each call when she berths."""

    calls: Calls
    counter: RunCounter

    def hear(self, event: RunEvent) -> None:
        if isinstance(event, ShipBerthed) and event.call in self.calls:
            self.counter.expect(*self.calls[event.call])
        self.counter.hear(event)


@dataclass
class Ledger:
    """Over one reel. `keep_up` after events were added, then ask."""

    reel: Reel
    _counted: Keyframes[Counting] = field(init=False)
    _steps: HourCounter = field(init=False)
    _stepped: int = 0

    def __post_init__(self) -> None:
        reel = self.reel
        self._counted = Keyframes(reel, lambda: Counting(reel.calls, RunCounter(reel.layout)))
        self._steps = HourCounter(reel.layout, FINEST_MS)

    def keep_up(self) -> None:
        self._counted.keep_up()
        for event in self.reel.events(self._stepped):
            self._steps.hear(event)
            self._stepped += 1

    def figures(self, from_ms: int, until_ms: int) -> RunFigures:
        """What happened after `from_ms` and up to `until_ms`; from 0 on everything counts."""
        if from_ms == 0 and until_ms >= self.reel.last_ms:
            return self._counted.front.counter.figures()
        counting, heard = self._counted.at(from_ms)
        if from_ms > 0:
            counting.counter.count_from(from_ms)
        for event in self.reel.events(heard):
            if event.at_ms > until_ms:
                break
            counting.hear(event)
        return counting.counter.figures()

    def report(self, from_ms: int, until_ms: int, zero_utc_ms: int) -> m.ShiftReport:
        """As far as the log goes. Raises DataError for a span that has no length or lies ahead."""
        asked_ms, until_ms = until_ms, min(until_ms, self.reel.last_ms)
        if from_ms >= until_ms:
            raise DataError(
                f"Nothing lies between {from_ms} and {asked_ms} ms: the log goes to {self.reel.last_ms} ms.",
                place="query.from_ms",
                remedy="Ask for a span that has begun and has a length.",
                code="nothing-in-span",
            )
        figures = self.figures(from_ms, until_ms)
        crane_ms = sum(1_000 * crane.run_s for crane in figures.quay_cranes)
        return m.ShiftReport(
            from_ms=from_ms,
            until_ms=until_ms,
            zero_utc_ms=zero_utc_ms,
            totals=totals_of(figures, self.reel.calls),
            calls=[self._call(call.call, figures) for call in figures.calls],
            cranes=[_crane(crane) for crane in figures.quay_cranes if crane.moves or crane.waiting_ms or crane.lids],
            yard_cranes=[
                m.YardCraneReport(crane.crane, crane.lifts, crane.rehandles, crane.utilisation)
                for crane in figures.yard_cranes
            ],
            waiting=waiting_of((crane.waiting_ms for crane in figures.quay_cranes), crane_ms),
            waiting_by_leg=waiting_of((crane.leg_ms for crane in figures.quay_cranes), crane_ms),
            steps=self._in_steps(from_ms, until_ms),
        )

    def _call(self, name: str, figures: RunFigures) -> m.CallReport:
        call = next(call for call in figures.calls if call.call == name)
        ship = self.reel.calls.get(name)
        return m.CallReport(
            call=name,
            vessel="" if ship is None else ship[0].vessel.name,
            voyage="" if ship is None else ship[0].voyage,
            moves=call.moves,
            planned_moves=call.planned_moves,
            berth_h=call.berth_ms / HOUR_MS,
            berth_productivity=call.berth_productivity_per_hour,
            makespan_h=call.makespan_s / 3_600,
            planned_makespan_h=call.planned_makespan_s / 3_600,
            is_done=call.is_done,
        )

    def _in_steps(self, from_ms: int, until_ms: int) -> m.Steps:
        """The referee's steps of five minutes, put together. One that the span only touches counts whole."""
        step_ms = next((ms for ms in STEPS_MS if until_ms - from_ms <= MOST_STEPS * ms), STEPS_MS[-1])
        self._steps.over()
        first = from_ms // step_ms
        count = -(-until_ms // step_ms) - first
        return _Columns(first, count, step_ms).of(self._steps)


def totals_of(figures: RunFigures, calls: Calls) -> m.Totals:
    """`calls` are those that the figures may be of, with their plans."""
    measures = measures_of(figures)
    turn_ms = figures.mean_turn_ms
    return m.Totals(
        moves=figures.moves,
        crane_h=sum(crane.last_ms - crane.first_ms for crane in figures.quay_cranes) / HOUR_MS,
        gmph=figures.gross_moves_per_hour,
        planned_gmph=_planned_gmph(figures, calls),
        berth_productivity=measures["berth_productivity"],
        crane_waiting=measures["crane_waiting"],
        productive_moves=figures.productive_moves,
        rehandles=figures.rehandles,
        rehandle_ratio=figures.rehandle_ratio,
        visits=len(figures.turn_ms),
        turn_ms=None if turn_ms is None else round(turn_ms),
        kwh=sum(figures.wh.values()) / 1_000,
        kwh_per_move=figures.kwh_per_move,
        truck_kwh_per_move=figures.truck_kwh_per_move,
        trucks=figures.trucks.trucks,
        truck_use=figures.trucks.utilisation,
        empty_drive=figures.trucks.empty_share,
    )


def _planned_gmph(figures: RunFigures, calls: Calls) -> float | None:
    """Boxes an hour of crane work in the plans of the span's calls."""
    queues = [
        queue for call in figures.calls if call.call in calls for queue in calls[call.call][1].queues if queue.steps
    ]
    work_s = sum(queue.end_s - queue.steps[0].start_s for queue in queues)
    return 3_600 * sum(len(step.containers) for queue in queues for step in queue.steps) / work_s if work_s else None


@dataclass
class _Columns:
    """Steps from number `first` on."""

    first: int
    count: int
    step_ms: int

    def of(self, steps: HourCounter) -> m.Steps:
        moves: Counter[tuple[str, int]] = Counter()
        waiting, stopped, wh, present, used = (Counter[int]() for _ in range(5))
        visitors: dict[int, int] = {}
        for hour in steps.crane_hours():
            if (at := self._number(hour.hour)) is not None:
                moves[hour.crane, at] += hour.moves
                waiting[at] += sum(hour.waiting_ms.values())
                stopped[at] += hour.stopped_ms
        for all_trucks in steps.truck_hours():
            if (at := self._number(all_trucks.hour)) is not None:
                wh[at] += all_trucks.wh
                present[at] += all_trucks.present_ms
                used[at] += all_trucks.driving_ms + all_trucks.waiting_ms
                visitors[at] = all_trucks.visitors
        numbers = range(self.count)
        cranes = sorted({crane for (crane, _), count in moves.items() if count})
        return m.Steps(
            step_ms=self.step_ms,
            at_ms=[(self.first + number + 1) * self.step_ms for number in numbers],
            cranes=cranes,
            moves=[[moves[crane, number] for number in numbers] for crane in cranes],
            waiting_ms=[waiting[number] for number in numbers],
            stopped_ms=[stopped[number] for number in numbers],
            kwh=[wh[number] / 1_000 for number in numbers],
            truck_use=[used[number] / present[number] if present[number] else None for number in numbers],
            visitors=[visitors.get(number, 0) for number in numbers],
        )

    def _number(self, hour: int) -> int | None:
        number = hour * FINEST_MS // self.step_ms - self.first
        return number if 0 <= number < self.count else None


def _crane(crane: QuayCraneFigures) -> m.CraneFigures:
    return m.CraneFigures(
        crane=crane.crane,
        call=crane.call,
        moves=crane.moves,
        lids=crane.lids,
        hours=(crane.last_ms - crane.first_ms) / HOUR_MS,
        gmph=crane.gross_moves_per_hour,
        waiting_share=crane.waiting_share,
        waiting=waiting_of([crane.waiting_ms], 1_000 * crane.run_s),
    )


def waiting_of(parts: Iterable[Mapping[str, int]], of_ms: int) -> list[m.Waiting]:
    """By cause, the longest first."""
    causes: Counter[str] = Counter()
    for part in parts:
        causes.update(part)
    return [m.Waiting(str(cause), ms, ms / of_ms if of_ms else 0.0) for cause, ms in causes.most_common() if ms]
