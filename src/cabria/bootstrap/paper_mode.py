"""Paper mode: sets of papers written beside a running terminal, or from a journal when nothing runs any more."""

from __future__ import annotations

import logging
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from cabria.domain.errors import DataError, TerminalError
from cabria.domain.layout import Layout
from cabria.operations.running import Picture, RunningTerminal

if TYPE_CHECKING:
    from cabria.operations.replay import Replayed

log = logging.getLogger(__name__)
LATEST = "latest"
SET = re.compile(r"papers-(\d{8}-\d{6})(-\d+)?\Z")
_FORM = "%Y%m%d-%H%M%S"


class PaperTable(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`[paper_mode]` of a terminal's settings. Every set is kept for `keep_h` hours, then the first of each hour for
    `keep_hourly_days`, then the first of each day for `keep_daily_days`."""

    folder: Annotated[str, Meta(max_length=500)] = "papers"
    every_min: Annotated[float, Meta(ge=0.1, le=1_440)] = 5.0
    keep_h: Annotated[float, Meta(ge=0, le=10_000)] = 3.0
    keep_hourly_days: Annotated[float, Meta(ge=0, le=3_650)] = 2.0
    keep_daily_days: Annotated[float, Meta(ge=0, le=3_650)] = 30.0


@dataclass(frozen=True, slots=True)
class PaperSettings:
    folder: Path
    every_min: float = 5.0
    keep_h: float = 3.0
    keep_hourly_days: float = 2.0
    keep_daily_days: float = 30.0


def paper_settings(table: object, base: Path, *, file: str) -> PaperSettings:
    """Raises DataError with the place in the file."""
    from cabria.adapters.files.documents import converted

    said = converted(table, PaperTable, file, table="paper_mode")
    return PaperSettings(base / said.folder, said.every_min, said.keep_h, said.keep_hourly_days, said.keep_daily_days)


def write_set(picture: Picture, layout: Layout, zero_utc_ms: int, folder: Path) -> Path:
    """A set of papers in a folder of its own below `folder`, whole or not at all, named after its moment; `latest`
    leads to it. Raises DataError where nothing can be written."""
    from cabria.adapters.files.whole_folder import whole_folder
    from cabria.reports.paper_mode import Moment, write_papers

    name = f"papers-{Moment.of(picture, zero_utc_ms).utc.strftime(_FORM)}"
    target, number = folder / name, 1
    while target.exists():
        number += 1
        target = folder / f"{name}-{number}"
    with whole_folder(target) as draft:
        write_papers(picture, layout, zero_utc_ms, draft)
    _point(folder / LATEST, target)
    return target


def _point(link: Path, target: Path) -> None:
    """In one step, so that it always leads to a whole set; where there are no links, go by the names."""
    beside = link.with_name(".cabria-latest")
    try:
        beside.unlink(missing_ok=True)
        beside.symlink_to(target.name)
        beside.replace(link)
    except OSError:
        log.warning("%s: no link could be made.", link)


def thin(settings: PaperSettings, now_utc: datetime) -> int:
    """Take away old sets, never the newest one nor anything that is no set; how many."""
    found = sorted((at, path) for path in settings.folder.iterdir() if (at := _moment(path)) is not None)
    gone = 0
    for path in _too_many(found[:-1], settings, now_utc):
        shutil.rmtree(path, ignore_errors=True)
        gone += 1
    return gone


def _moment(path: Path) -> datetime | None:
    named = SET.fullmatch(path.name)
    if named is None or path.is_symlink() or not path.is_dir():
        return None
    try:
        return datetime.strptime(named[1], _FORM).replace(tzinfo=UTC)
    except ValueError:
        return None


def _too_many(found: Iterable[tuple[datetime, Path]], settings: PaperSettings, now_utc: datetime) -> Iterable[Path]:
    hours: set[str] = set()
    days: set[str] = set()
    for at, path in found:
        age, hour, day = now_utc - at, f"{at:%Y%m%d%H}", f"{at:%Y%m%d}"
        is_first_of_hour, is_first_of_day = hour not in hours, day not in days
        hours.add(hour)
        days.add(day)
        if age <= timedelta(hours=settings.keep_h):
            continue
        if is_first_of_hour and age <= timedelta(days=settings.keep_hourly_days):
            continue
        if not (is_first_of_day and age <= timedelta(days=settings.keep_daily_days)):
            yield path


class PaperMode:
    """Writes a set at once and then every few minutes, in a thread of its own; a set that cannot be written is logged
    and tried again the next time."""

    def __init__(self, settings: PaperSettings, terminal: RunningTerminal) -> None:
        self._settings, self._terminal = settings, terminal
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="papers", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def write(self) -> Path:
        """A set now."""
        terminal = self._terminal
        path = write_set(terminal.standing(), terminal.layout, terminal.zero_utc_ms, self._settings.folder)
        thin(self._settings, datetime.now(UTC))
        return path

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self.write()
            except (TerminalError, OSError, ValueError, LookupError):
                log.exception("No papers could be written; the next set is tried in %g min.", self._settings.every_min)
            self._ended.wait(60 * self._settings.every_min)

    def end(self) -> None:
        """With a last set."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(60)
        try:
            self.write()
        except (TerminalError, OSError, ValueError, LookupError):
            log.exception("The last set of papers could not be written.")


def papers_of_journal(journal: Path | str, folder: Path, *, say: Callable[[str], None] = lambda text: None) -> Path:
    """The papers of how a journal ends, without a running terminal. Raises DataError."""
    from contextlib import closing

    from cabria.adapters.journal.opening import open_store
    from cabria.adapters.journal.recovery import replayed
    from cabria.operations.pictures import picture_of

    say("Reading the journal")
    started = time.monotonic()
    with closing(open_store(str(journal))) as store:
        done: Replayed = replayed(store)
    if done.number == 0:
        raise DataError("The journal is empty.", file=str(journal))
    picture = picture_of(done.control, done.number, {}, {})
    zero_utc_ms = done.control.opened.zero_utc_ms
    say(f"{done.number:,} entries in {time.monotonic() - started:.1f} s")
    return write_set(picture, done.control.opened.layout, zero_utc_ms, folder)
