"""Any stretch of the past as the stream would have told it: a snapshot, and after it what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field

from cabria.console.live.feed import Feed
from cabria.console.live.ground_picture import yard_picture
from cabria.console.live.tally import Tally
from cabria.console.messages import past as m
from cabria.console.messages.ground import Yard
from cabria.console.messages.live import Changes, Event
from cabria.console.past.reel import Keyframes, Reel
from cabria.console.past.scene import Scene
from cabria.domain.layout import Layout
from cabria.domain.run_events import RunEvent
from cabria.domain.verdict import Verdict, refuse
from cabria.operations.gateways import EntryKind, Record
from cabria.operations.records import Command
from cabria.operations.running import Accepted, Batch, Mode, Picture, Refused, Told, Whereabouts

MOST_EVENTS = 200
"""Sentences that go along with a film, the latest."""


@dataclass
class Watched:
    """How everything stands, and what it added up to."""

    scene: Scene
    tally: Tally
    number: int = 0

    @classmethod
    def of(cls, reel: Reel) -> Watched:
        return cls(Scene(reel.layout, reel.calls, reel.segments), Tally.at(reel.layout))

    def hear(self, event: RunEvent) -> None:
        self.scene.hear(event)
        self.tally.hear((self.told(event),))

    def told(self, event: RunEvent) -> Told:
        """The event with its number in the run log."""
        self.number += 1
        return Told(self.number, Record(EntryKind.REPORT, event.at_ms, "", event))


class PastTerminal:
    """A `RunningTerminal` that has run already: it goes where it is told to, and does nothing else."""

    mode, speed, problem, journal = Mode.TWIN, 0.0, "", ""

    def __init__(self, reel: Reel, watched: Watched, heard: int, now_ms: int, zero_utc_ms: int) -> None:
        self._reel, self._watched = reel, watched
        self._coming = reel.events(heard)
        self._next: RunEvent | None = next(self._coming, None)
        self._hear: Callable[[Batch], None] = lambda batch: None
        self.now_ms, self.zero_utc_ms = now_ms, zero_utc_ms

    @property
    def layout(self) -> Layout:
        return self._reel.layout

    def go_to(self, at_ms: int) -> None:
        """On in time; who subscribed is told what happened."""
        entries: list[Told] = []
        while self._next is not None and self._next.at_ms <= at_ms:
            self._watched.scene.hear(self._next)
            entries.append(self._watched.told(self._next))
            self._next = next(self._coming, None)
        self.now_ms = at_ms
        self._hear(Batch(self._watched.number, at_ms, tuple(entries)))

    def standing(self) -> Picture:
        return self._watched.scene.picture(self._watched.number, self.now_ms, self._reel.waits)

    def whereabouts(self) -> Mapping[str, Whereabouts]:
        return self._watched.scene.whereabouts(self.now_ms)

    def subscribe(self, hear: Callable[[Batch], None]) -> Callable[[], None]:
        self._hear = hear
        return lambda: None

    def entries(self, after: int, until: int | None = None) -> Iterator[Told]:
        return iter(())

    def go_at(self, speed: float) -> Verdict:
        return refuse("what has been cannot be changed")

    def ask(self, command: Command, *, by: str, correlation: str = "") -> Future[Accepted | Refused]:
        future: Future[Accepted | Refused] = Future()
        future.set_result(Refused("what has been cannot be changed"))
        return future

    def end(self) -> None: ...


@dataclass
class Archive:
    """Over one reel. `keep_up` after events were added, then ask."""

    reel: Reel
    zero_utc_ms: int
    _watched: Keyframes[Watched] = field(init=False)

    def __post_init__(self) -> None:
        reel = self.reel
        self._watched = Keyframes(reel, lambda: Watched.of(reel))

    def keep_up(self) -> None:
        self._watched.keep_up()

    def film(self, from_ms: int, until_ms: int, every_ms: int) -> m.Film:
        terminal, watched = self._at(from_ms)
        feed = Feed(terminal, tally=watched.tally)
        before, changes = feed.snapshot, list[Changes]()
        number = watched.number
        for at_ms in range(from_ms + every_ms, until_ms + 1, every_ms):
            terminal.go_to(at_ms)
            changes.append(feed.look())
        return m.Film(from_ms, until_ms, every_ms, before, changes, _latest(watched.tally, number))

    def yard(self, at_ms: int) -> Yard:
        terminal, _ = self._at(at_ms)
        return yard_picture(self.reel.layout, terminal.standing(), 0)

    def calls(self) -> list[m.PastCall]:
        """Those that have berthed."""
        berthed = self._watched.front.scene.berthed
        found = []
        for name, (from_ms, until_ms) in berthed.items():
            call, _ = self.reel.calls.get(name, (None, None))
            vessel, voyage = ("", "") if call is None else (call.vessel.name, call.voyage)
            found.append(m.PastCall(name, vessel, voyage, from_ms, until_ms))
        return found

    def _at(self, at_ms: int) -> tuple[PastTerminal, Watched]:
        watched, heard = self._watched.at(at_ms)
        return PastTerminal(self.reel, watched, heard, at_ms, self.zero_utc_ms), watched


def _latest(tally: Tally, number: int) -> list[Event]:
    return [event for event in tally.last if event.number > number][-MOST_EVENTS:]
