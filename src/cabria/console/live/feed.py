"""What is told of the running terminal: a whole, and after it only what is another than last time."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from threading import Lock
from typing import Any, TypeVar

from cabria.console.live import rows
from cabria.console.live.alerts import alert_rows
from cabria.console.live.memory import Memory
from cabria.console.live.tally import Tally
from cabria.console.messages import live as m
from cabria.console.messages.parts import Message
from cabria.console.messages.ship import Task
from cabria.domain.calls import VesselCall
from cabria.domain.run_events import BoxesLanded, RunEvent, ShipSailed, StockTaken, TruckLeft
from cabria.operations.running import Batch, CallPicture, Picture, RunningTerminal, Whereabouts

MANY_BOXES = 300
"""From here on the pages read the yard and the ships anew."""
Thing = TypeVar("Thing")
Row = TypeVar("Row", bound=Message)


class Feed:
    """Over one terminal. `look` is called every so often in one thread; `hear` in the thread of operations."""

    def __init__(
        self,
        terminal: RunningTerminal,
        plan_of: Callable[[VesselCall], str] = lambda call: "",
        tasks: Callable[[], list[Task]] = list,
        tally: Tally | None = None,
    ) -> None:
        """With a `tally` that has heard what was before, nothing is read back."""
        self.terminal, self.memory = terminal, Memory()
        self.tally = tally or Tally.at(terminal.layout)
        self._plan_of, self._tasks = plan_of, tasks
        self._yard_slots = sum(block.slots for block in terminal.layout.terminal.blocks)
        self._batches: list[Batch] = []
        self._lock = Lock()
        self._number = 0
        self._told = _Told()
        self._facts: dict[str, rows.PlanFacts] = {}
        self._promises: dict[str, rows.Promise] = {}
        self._end = terminal.subscribe(self._hear)
        if tally is None:
            self._read_back()
        self.snapshot = self._snapshot(0)

    def end(self) -> None:
        self._end()

    def _hear(self, batch: Batch) -> None:
        with self._lock:
            self._batches.append(batch)

    def _read_back(self) -> None:
        """What happened before there was anybody to hear it."""
        self.memory.hear(self.tally.hear(self.terminal.entries(0)))

    def look(self) -> m.Changes:
        """What is another than at the last look. Its snapshot stands from then on."""
        with self._lock:
            batches, self._batches = self._batches, []
        events = [event for batch in batches for event in self.tally.hear(batch.entries)]
        self.memory.hear(events)
        self._number += 1
        before, now = self.snapshot, self._snapshot(self._number)
        self.snapshot = now
        return _changes(before, now, events)

    def _known(self, picture: Picture) -> dict[str, rows.PlanFacts]:
        """Of the calls under way; a plan is added up when it is new."""
        before, self._facts = self._facts, {}
        for name, one in picture.calls.items():
            known = before.get(name)
            self._facts[name] = known if known and known.plan is one.plan else rows.PlanFacts.of(one.plan)
        return self._facts

    def _promise(self, one: CallPicture, facts: rows.PlanFacts) -> rows.Promise:
        division = self.tally.divisions.get(one.call.id)
        since_ms = division.at_ms if division else self.tally.began_ms.get(one.call.id, 0)
        boxes = division.boxes if division else facts.boxes
        made = rows.Promise(since_ms + 1_000 * one.plan.makespan_s, boxes)
        return self._promises.setdefault(one.call.id, made)

    def _snapshot(self, number: int) -> m.Snapshot:
        terminal, told = self.terminal, self._told
        picture = terminal.standing()
        facts = self._known(picture)
        calls = [
            rows.call_row(
                one,
                facts[one.call.id],
                self._plan_of(one.call),
                [crane for crane in picture.quay_cranes.values() if crane.call == one.call.id],
                self.tally,
                picture.now_ms,
                self._promise(one, facts[one.call.id]),
            )
            for one in picture.calls.values()
        ]
        return m.Snapshot(
            number=number,
            mode=terminal.mode,
            now_ms=terminal.now_ms,
            zero_utc_ms=terminal.zero_utc_ms,
            speed=terminal.speed,
            problem=terminal.problem,
            calls=calls,
            trucks=told.rows("truck", picture.trucks, rows.truck_row),
            quay_cranes=told.rows("quay crane", picture.quay_cranes, rows.quay_crane_row),
            yard_cranes=told.rows("yard crane", picture.yard_cranes, rows.yard_crane_row),
            moves=told.rows("move", picture.moves, rows.move_row),
            links=told.rows("link", picture.links, rows.link_row),
            alerts=list(alert_rows(picture, calls, terminal.problem)),
            positions=_positions(terminal.whereabouts()),
            figures=self.tally.figures(picture, self._yard_slots, _planned_gmph(facts.values())),
            at_gate=list(picture.at_gate),
            tasks=self._tasks(),
        )


class _Told:
    """Rows by what they were made from: what is the same is not made again."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[Hashable, tuple[Any, Any]]] = {}

    def rows(self, kind: str, things: Mapping[Any, Thing], make: Callable[[Thing], Row]) -> list[Row]:
        before, kept = self._kept.get(kind, {}), {}
        for name, thing in things.items():
            known = before.get(name)
            kept[name] = known if known is not None and known[0] == thing else (thing, make(thing))
        self._kept[kind] = kept
        return [row for _, row in kept.values()]


def _positions(where: Mapping[str, Whereabouts]) -> m.Positions:
    spots = where.items()
    return m.Positions(
        id=[name for name, _ in spots],
        x_mm=[spot.x_mm for _, spot in spots],
        y_mm=[spot.y_mm for _, spot in spots],
        heading_mrad=[spot.heading_mrad for _, spot in spots],
    )


def _changes(before: m.Snapshot, now: m.Snapshot, events: Iterable[RunEvent]) -> m.Changes:
    changes = m.Changes(number=now.number, now_ms=now.now_ms)
    gone: list[str] = []
    for part in ("calls", "trucks", "quay_cranes", "yard_cranes", "moves", "alerts"):
        changed, ended = _differing(getattr(before, part), getattr(now, part), lambda row: row.id)
        setattr(changes, part, changed or None)
        gone += ended
    links, lost = _differing(before.links, now.links, lambda row: row.name)
    changes.links, changes.gone = links or None, [*gone, *lost] or None
    for part in ("speed", "problem", "figures", "at_gate", "tasks"):
        if getattr(before, part) != getattr(now, part):
            setattr(changes, part, getattr(now, part))
    changes.positions = _moved(before.positions, now.positions)
    changes.boxes, changes.reload = _boxes(events)
    return changes


def _differing(before: list[Row], now: list[Row], name: Callable[[Row], str]) -> tuple[list[Row], list[str]]:
    """Rows that are new or other, and the names of those that are no more."""
    known = {name(row): row for row in before}
    changed = [row for row in now if (old := known.pop(name(row), None)) is not row and old != row]
    return changed, list(known)


def _moved(before: m.Positions, now: m.Positions) -> m.Positions | None:
    was = set(zip(before.id, before.x_mm, before.y_mm, before.heading_mrad, strict=True))
    moved = [spot for spot in zip(now.id, now.x_mm, now.y_mm, now.heading_mrad, strict=True) if spot not in was]
    if not moved:
        return None
    return m.Positions(
        id=[spot[0] for spot in moved],
        x_mm=[spot[1] for spot in moved],
        y_mm=[spot[2] for spot in moved],
        heading_mrad=[spot[3] for spot in moved],
    )


def _boxes(events: Iterable[RunEvent]) -> tuple[m.BoxPlaces | None, list[str] | None]:
    """Where boxes were set down, and what is to be read anew as too much has changed."""
    places: dict[str, str] = {}
    reload: list[str] = []
    for event in events:
        match event:
            case BoxesLanded():
                places.update(zip(event.containers, map(str, event.places), strict=True))
            case StockTaken():
                if len(event.boxes) > MANY_BOXES:
                    reload.append("yard")
                else:
                    places.update((stock.container, str(stock.place)) for stock in event.boxes)
            case ShipSailed() | TruckLeft():
                reload.append("yard")
    found = m.BoxPlaces(id=list(places), place=list(places.values())) if places else None
    return found, list(dict.fromkeys(reload)) or None


def _planned_gmph(facts: Iterable[rows.PlanFacts]) -> float | None:
    """Boxes an hour of crane work in the plans of the calls under way."""
    known = tuple(facts)
    work_s = sum(plan.work_s for plan in known)
    return round(3_600 * sum(plan.boxes for plan in known) / work_s, 2) if work_s else None
