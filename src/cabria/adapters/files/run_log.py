"""Run logs on disk, version 2: JSON lines in gzip. `docs/reference/run-log.md` explains every event.

The first line names the format and may tell how the run came about. Line n + 1 is event n: an array of the event's type
and its fields, in the order of `cabria.domain.run_events`. Places are arrays, told apart by their length: in the yard
block, bay, row, tier; aboard the word "aboard", call, bay, row, tier; on a truck the word "truck", its name, the end of
its bed. Events are written as they happen and read one at a time; reading gives back what was written.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple, Self, get_args

import msgspec

from cabria.adapters.files.source_file import resolved
from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError
from cabria.domain.positions import StowPosition, YardPosition
from cabria.domain.run_events import (
    Aboard,
    BoxesLanded,
    BoxesLifted,
    DeckEnd,
    OnTruck,
    Place,
    RunEvent,
    Stock,
    StockTaken,
)

FORMAT, BEFORE = "cabria.run-log/2", "cabria.run-log/1"
"""Before, what operations say of themselves was a sentence, as what a person says is now."""
MAX_LINE_BYTES = 50_000_000
"""Of one event; a stock of a hundred thousand boxes takes a sixth of it."""
EVENT_TYPES: tuple[type[RunEvent], ...] = get_args(RunEvent)
_TYPE_BY_NAME: dict[str, type[RunEvent]] = {kind.__name__: kind for kind in EVENT_TYPES}
Head = Mapping[str, Any]
"""How a run came about, so that it can be done again; empty when nobody said."""


def line_of(event: RunEvent) -> bytes:
    """One event as one line."""
    name = type(event).__name__
    if isinstance(event, StockTaken):
        return _encode([name, event.at_ms, [_stock_out(box) for box in event.boxes]])
    if isinstance(event, (BoxesLifted, BoxesLanded)):
        return _encode([name, event.at_ms, event.crane, event.containers, [_out(place) for place in event.places]])
    return _encode([name, *event])


def _stock_out(box: Stock) -> list[Any]:
    """What most boxes do not need is left out."""
    row = [box.container, box.length_ft, box.gross_mass_kg, _out(box.place)]
    return [*row, True] if box.needs_plug else row


def _encode(row: list[Any]) -> bytes:
    return msgspec.json.encode(row) + b"\n"


def _out(place: Place) -> Any:
    if isinstance(place, YardPosition):
        return [place.block, place.bay, place.row, place.tier]
    if isinstance(place, Aboard):
        return ["aboard", place.call, place.position.bay, place.position.row, place.position.tier]
    return ["truck", place.truck, place.end.value]


class RunLogWriter:
    """A journal that writes each event as it is recorded, to a file that it closes or to a stream that it leaves open.

    A run that is cut off leaves a file without gzip's end, which readers say. Raises DataError when it cannot write.
    """

    def __init__(self, target: Path | str | IO[bytes], head: Head | None = None) -> None:
        self.path = str(target) if isinstance(target, (Path, str)) else "the log"
        self.events = 0
        self._raw = self._opened(target) if isinstance(target, (Path, str)) else target
        self._is_ours = self._raw is not target
        # No time of day and no name inside: the same events give the same bytes.
        self._file = gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=self._raw, mtime=0)
        self._write(_encode([FORMAT, head] if head else [FORMAT]))

    def _opened(self, path: Path | str) -> IO[bytes]:
        try:
            target = resolved(path)
            if target.exists() and not target.is_file():
                raise DataError("This is not a file, so it is left alone.", file=self.path, remedy="Name another.")
            return target.open("wb")
        except OSError as error:
            raise self._refused(error) from None

    def record(self, event: RunEvent) -> None:
        """Write the next event."""
        self._write(line_of(event))
        self.events += 1

    def close(self) -> None:
        """Write what is left; the log is whole then."""
        try:
            self._file.close()
            if self._is_ours:
                self._raw.close()
        except OSError as error:
            raise self._refused(error) from None

    def _write(self, line: bytes) -> None:
        try:
            self._file.write(line)
        except OSError as error:
            raise self._refused(error) from None

    def _refused(self, error: OSError) -> DataError:
        return DataError(f"The log cannot be written: {error.strerror or error}.", file=self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def write_run_log(path: Path | str, events: Iterable[RunEvent], head: Head | None = None) -> None:
    """Write a whole log. Raises DataError."""
    with RunLogWriter(path, head) as log:
        for event in events:
            log.record(event)


def read_run_log(path: Path | str) -> Iterator[RunEvent]:
    """The events of a log, one at a time. Raises DataError, with the line, for what is no log or was cut off."""
    name = str(path)
    lines = _lines(name)
    _head_of(name, next(lines, b""))
    for number, line in enumerate(lines, 2):
        try:
            yield event_of(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            text = f"This is no event of a run log: {error}".rstrip(".") + "."
            raise DataError(text, file=name, place=f"line {number}") from None
        except DataError as error:
            raise DataError(error.problem, file=name, place=f"line {number}", remedy=error.remedy) from None


def read_head(path: Path | str) -> Head:
    """What the first line of a log tells of how the run came about. Raises DataError for what is no log."""
    return _head_of(str(path), next(_lines(str(path)), b""))


def _head_of(name: str, line: bytes) -> Head:
    try:
        header = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        header = None
    match header:
        case [str(said)] if said in (FORMAT, BEFORE):
            return {}
        case [str(said), dict(head)] if said in (FORMAT, BEFORE):
            return head
        case [said, *_] if said not in (FORMAT, BEFORE):
            told = f" but {said!r:.60}"
        case _:
            told = ""
    raise DataError(f'The first line does not say ["{FORMAT}"]{told}.', file=name, place="line 1")


def _lines(name: str) -> Iterator[bytes]:
    """Lines of a gzip file, each with its end. Raises DataError for a damaged or cut-off file and an endless line."""
    number = 1
    try:
        with Path(name).open("rb") as raw:
            if raw.read(2) != b"\x1f\x8b":
                raise DataError(
                    "The file is empty or no gzip archive.", file=name, remedy="Name a run log (.jsonl.gz)."
                )
            raw.seek(0)
            with gzip.GzipFile(fileobj=raw) as file:
                while line := file.readline(MAX_LINE_BYTES + 1):
                    if not line.endswith(b"\n"):
                        said = "is cut off" if len(line) <= MAX_LINE_BYTES else "is longer than any event"
                        raise DataError(f"The line {said}.", file=name, place=f"line {number}")
                    yield line
                    number += 1
    except FileNotFoundError:
        raise DataError("There is no such file.", file=name) from None
    except EOFError:
        place = f"line {number}"
        raise DataError("The log was cut off here.", file=name, place=place, remedy="Run it again.") from None
    except (gzip.BadGzipFile, zlib.error):
        raise DataError("The archive is damaged here.", file=name, place=f"line {number}") from None
    except OSError as error:
        raise DataError(f"The file cannot be read: {error.strerror or error}.", file=name) from None


_RawPlace = list[str | int]


class _RawStock(NamedTuple):
    container: ContainerId
    length_ft: int
    gross_mass_kg: int
    place: _RawPlace
    needs_plug: bool = False


_STOCK = tuple[int, list[_RawStock]]
_LIFT = tuple[int, str, tuple[ContainerId, ...], list[_RawPlace]]


def event_of(line: bytes) -> RunEvent:
    """The event a line holds. Raises DataError and msgspec.DecodeError for what is none."""
    row = msgspec.json.decode(line, type=list)
    kind = _TYPE_BY_NAME.get(row[0]) if row and isinstance(row[0], str) else None
    if kind is None:
        raise DataError(f"There is no event of type {row[0] if row else None!r:.60}.")
    fields = row[1:]
    if len(fields) != len(kind._fields):
        raise DataError(f"{kind.__name__} has {len(kind._fields)} fields; here are {len(fields)}.")
    if kind is StockTaken:
        at_ms, boxes = msgspec.convert(fields, _STOCK)
        return StockTaken(at_ms, tuple(_stock(box) for box in boxes))
    if kind is BoxesLifted or kind is BoxesLanded:
        at_ms, crane, names, places = msgspec.convert(fields, _LIFT)
        return kind(at_ms, crane, names, tuple(_place(there) for there in places))
    event: RunEvent = msgspec.convert(fields, kind)
    return event


def _stock(box: _RawStock) -> Stock:
    return Stock(box.container, box.length_ft, box.gross_mass_kg, _place(box.place), box.needs_plug)


def _place(parts: list[str | int]) -> Place:
    match parts:
        case [str(block), int(bay), int(row), int(tier)]:
            return YardPosition(block, bay, row, tier)
        case ["aboard", str(call), int(bay), int(row), int(tier)]:
            return Aboard(call, StowPosition(bay, row, tier))
        case ["truck", str(truck), str(end)] if end in set(DeckEnd):
            return OnTruck(truck, DeckEnd(end))
    raise DataError(f"{parts!r:.80} is no place.")
