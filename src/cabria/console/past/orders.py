"""What the worker process over a terminal's past can be told to do."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Any

import msgspec

from cabria.adapters.time_zones import zone_named
from cabria.console.desks.made import SILENT, Hear, Made
from cabria.console.http.answers import Encoded, encode_whole
from cabria.console.messages import past as m
from cabria.console.messages.parts import Message
from cabria.console.past.film import Archive
from cabria.console.past.ledger import Ledger
from cabria.console.past.morning import Mornings, paper_of, report_of
from cabria.console.past.reel import Reel
from cabria.console.past.sources import begun_from, journal_entries, log_events
from cabria.domain.errors import DataError
from cabria.operations.records import Command, OpenTerminal
from cabria.operations.running import OF_THE_LOG, Told
from cabria.reports.morning.content import Shift

LONGEST_FILM_MS = 6 * 3_600_000
MOST_FRAMES = 1_200
NOTHING = "Nothing has happened yet."


@dataclass
class _Past:
    """A reel, and what hears it."""

    reel: Reel
    zero_utc_ms: int
    ledger: Ledger = field(init=False)
    archive: Archive = field(init=False)
    mornings: Mornings = field(init=False)

    def __post_init__(self) -> None:
        self.ledger, self.archive = Ledger(self.reel), Archive(self.reel, self.zero_utc_ms)
        self.mornings = Mornings(self.reel, self.zero_utc_ms)


@dataclass
class PastDesk:
    """One past. `begin` says where it comes from; with a journal every order reads on first."""

    is_stopped: Event = field(default_factory=Event)
    _journal: str = ""
    _source: str = ""
    _zero_utc_ms: int = 0
    _number: int = 0
    """The last entry that was taken."""
    _past: _Past | None = None
    _handed: list[Told] = field(default_factory=list)
    """Of a journal in memory, all of it, for a try."""

    def do(self, verb: str, arguments: Mapping[str, Any], hear: Hear) -> Made:
        """Raises DataError, and whatever else goes wrong."""
        return VERBS[verb](self, hear, **arguments)

    def look_up(self) -> None:
        """Nothing is to be done ahead."""

    def begin(self, hear: Hear, *, journal: str = "", zero_utc_ms: int = 0) -> Made:
        """The past of a running terminal: of a journal that can be read, or of entries that are handed over."""
        self._journal, self._zero_utc_ms = journal, zero_utc_ms
        self._source, self._number, self._past = "", 0, None
        return _nothing()

    def begin_log(self, hear: Hear, *, path: str, ground: bytes) -> Made:
        """The past that a run log tells of; `ground` is its layout, and its calls with their plans, pickled by us."""
        layout, calls = pickle.loads(ground)
        self._source, past = path, _Past(Reel(layout, calls), 0)
        for event in log_events(path):
            past.reel.add(event)
        self._past = past
        self._keep_up()
        return _nothing()

    def take(self, hear: Hear, *, entries: bytes) -> Made:
        """Entries of the journal that follow those taken before, pickled by us."""
        self._take(pickle.loads(entries))
        return _nothing()

    def span(self, hear: Hear, *, msgpack: bool) -> Made:
        past = self._past
        found = m.Past(
            source=self._source,
            until_ms=0 if past is None else past.reel.last_ms,
            zero_utc_ms=self._zero_utc_ms,
            events=0 if past is None else past.reel.count,
            calls=[] if past is None else past.archive.calls(),
        )
        return _told(found, msgpack)

    def report(self, hear: Hear, *, msgpack: bool, from_ms: int, until_ms: int) -> Made:
        return _told(self._known().ledger.report(from_ms, until_ms, self._zero_utc_ms), msgpack)

    def film(self, hear: Hear, *, msgpack: bool, from_ms: int, until_ms: int, every_ms: int) -> Made:
        if not 0 < until_ms - from_ms <= min(LONGEST_FILM_MS, MOST_FRAMES * every_ms):
            raise DataError(
                f"A film of {(until_ms - from_ms) / 1_000:g} s in pictures of {every_ms / 1_000:g} s cannot be.",
                place="query.until_ms",
                remedy=f"Ask for up to {MOST_FRAMES} pictures and {LONGEST_FILM_MS // 3_600_000} hours.",
                code="no-such-film",
            )
        return _told(self._known().archive.film(from_ms, until_ms, every_ms), msgpack)

    def yard(self, hear: Hear, *, msgpack: bool, at_ms: int) -> Made:
        return _told(self._known().archive.yard(at_ms), msgpack)

    def morning(self, hear: Hear, *, msgpack: bool, language: str, **asked: Any) -> Made:
        return _told(report_of(self._shift(**asked), language), msgpack)

    def morning_paper(self, hear: Hear, *, language: str, **asked: Any) -> Made:
        return _told(m.MorningPaper(content=paper_of(self._shift(**asked), language)), msgpack=True)

    def _shift(self, *, from_ms: int, until_ms: int, has_shadow: bool, time_zone: str) -> Shift:
        shift = self._known().mornings.shift(from_ms, until_ms, has_shadow=has_shadow)
        return replace(shift, zone=zone_named(time_zone)) if time_zone else shift

    def hand(self, hear: Hear, *, entries: bytes) -> Made:
        """All entries of a journal in memory for a try, a part at a time, pickled by us."""
        self._handed += pickle.loads(entries)
        return _nothing()

    def attempt(self, hear: Hear, *, journal: str, asked: bytes, ship: bytes) -> Made:
        """Two runs from how operations stand now."""
        from cabria.console.past.attempt import tried

        hear("reading", None, SILENT)
        begun = begun_from(journal, self._handed)
        wish = msgspec.msgpack.decode(asked, type=m.AskTry)
        return Made(encode_whole(tried(begun, wish, pickle.loads(ship) if ship else None, hear), msgpack=True))

    def read_on(self) -> None:
        """What of a journal has become durable since."""
        if self._journal:
            self._take(journal_entries(self._journal, self._number))

    def _known(self) -> _Past:
        if self._past is None:
            raise DataError(NOTHING, remedy="Wait until the terminal has begun.", code="nothing-yet")
        return self._past

    def _take(self, entries: Iterable[Told]) -> None:
        for told in entries:
            self._number, content = told.number, told.record.content
            if isinstance(content, OpenTerminal):
                self._past = _Past(Reel(content.layout), self._zero_utc_ms)
            elif self._past is None:
                raise DataError(
                    f"The journal goes back to entry {told.number:,} only; what was before is forgotten.",
                    remedy="Run the terminal with a journal in a file or a database.",
                    code="journal-begins-later",
                    values={"entry": told.number},
                )
            elif told.record.kind in OF_THE_LOG:
                self._past.reel.add(content)
            elif isinstance(content, Command) and content.verb == "berth":
                self._past.reel.expect(*content.arguments[:2])
        self._keep_up()

    def _keep_up(self) -> None:
        if self._past is not None:
            self._past.ledger.keep_up()
            self._past.archive.keep_up()


def _reading_on(do: Callable[..., Made]) -> Callable[..., Made]:
    def done(desk: PastDesk, hear: Hear, **arguments: Any) -> Made:
        desk.read_on()
        return do(desk, hear, **arguments)

    return done


def _told(message: Message, msgpack: bool) -> Made:
    return Made(encode_whole(message, msgpack=msgpack))


def _nothing() -> Made:
    return Made(Encoded(b"", False, False))


VERBS: Mapping[str, Callable[..., Made]] = {
    "begin": PastDesk.begin,
    "begin_log": PastDesk.begin_log,
    "take": PastDesk.take,
    "hand": PastDesk.hand,
    "attempt": PastDesk.attempt,
    "span": _reading_on(PastDesk.span),
    "report": _reading_on(PastDesk.report),
    "morning": _reading_on(PastDesk.morning),
    "morning_paper": _reading_on(PastDesk.morning_paper),
    "film": _reading_on(PastDesk.film),
    "yard": _reading_on(PastDesk.yard),
}
