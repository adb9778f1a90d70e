"""The run log of one terminal in memory, in packed pieces, and states of whatever hears it, kept every so often."""

from __future__ import annotations

import io
import pickle
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from cabria.domain.calls import VesselCall
from cabria.domain.layout import Layout
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import StowPosition, YardPosition
from cabria.domain.run_events import RunEvent, Waited

PIECE = 500
"""Events of a piece."""
EVERY = 5_000
"""Events from one kept state to the next: they are heard again in a tenth of a second."""
LEVEL = 1
"""Of zlib: a fifth of the size for little time."""


POSITIONS: Mapping[type, Callable[[Any], tuple[Any, ...]]] = {
    YardPosition: lambda at: (YardPosition, (at.block, at.bay, at.row, at.tier)),
    StowPosition: lambda at: (StowPosition, (at.bay, at.row, at.tier)),
}
"""How they are pickled: there are tens of thousands, and Python's own way with a frozen dataclass is slow."""


class Hears(Protocol):
    """Something that is told each event of a run in order, and can be pickled."""

    def hear(self, event: RunEvent) -> None: ...


State = TypeVar("State", bound=Hears)


class Reel:
    """Events in the order in which they became known, and the calls that they are about."""

    def __init__(self, layout: Layout, calls: Iterable[tuple[VesselCall, LoadingPlan]] = ()) -> None:
        self.layout = layout
        self.calls: dict[str, tuple[VesselCall, LoadingPlan]] = {}
        self.segments = {segment.id: number for number, segment in enumerate(layout.segments)}
        self.large: list[object] = [layout, self.calls, self.segments]
        """What every state shares and none keeps."""
        for call, plan in calls:
            self.expect(call, plan)
        self.count = 0
        self.last_ms = 0
        """Of the latest event; a log may tell one a little later than another that came after it."""
        self.waits: dict[str, list[Waited]] = defaultdict(list)
        """Of each quay crane, by when they ended."""
        self._pieces: list[bytes] = []
        self._open: list[RunEvent] = []

    def expect(self, call: VesselCall, plan: LoadingPlan) -> None:
        """A call that became known, before she berths."""
        self.calls[call.id] = call, plan
        self.large += (call, plan)

    def add(self, event: RunEvent) -> None:
        self.count += 1
        self.last_ms = max(self.last_ms, event.at_ms)
        if isinstance(event, Waited):
            self.waits[event.crane].append(event)
        self._open.append(event)
        if len(self._open) == PIECE:
            self._pieces.append(_packed(self._open))
            self._open = []

    def events(self, after: int) -> Iterator[RunEvent]:
        """All behind the first so many."""
        first, skipped = divmod(after, PIECE)
        for number in range(first, len(self._pieces)):
            yield from pickle.loads(zlib.decompress(self._pieces[number]))[skipped:]  # our own bytes
            skipped = 0
        yield from self._open[skipped if first >= len(self._pieces) else 0 :]


class _Kept(NamedTuple):
    heard: int
    at_ms: int
    state: bytes


class _Packer(pickle.Pickler):
    def __init__(self, stream: io.BytesIO, large: Iterable[object] = ()) -> None:
        super().__init__(stream, pickle.HIGHEST_PROTOCOL)
        self.dispatch_table = POSITIONS
        self._names = {id(thing): number for number, thing in enumerate(large)}

    def persistent_id(self, thing: object) -> int | None:
        return self._names.get(id(thing))


class _Unpacker(pickle.Unpickler):
    def __init__(self, stream: io.BytesIO, large: Sequence[object]) -> None:
        super().__init__(stream)
        self._large = large

    def persistent_load(self, number: Any) -> object:
        return self._large[number]


def _packed(thing: object, large: Iterable[object] = ()) -> bytes:
    stream = io.BytesIO()
    _Packer(stream, large).dump(thing)
    return zlib.compress(stream.getvalue(), LEVEL)


class Keyframes(Generic[State]):
    """A state that hears a reel to its end, and what it was every so many events, so that it can be had at any time."""

    def __init__(self, reel: Reel, begin: Callable[[], State], every: int = EVERY) -> None:
        self._reel, self._every = reel, every
        self._kept: list[_Kept] = []
        self.front, self._heard = begin(), 0
        self._keep(0)

    def keep_up(self) -> None:
        """Hear what is new; `front` is then the state at the reel's end."""
        last_ms = self._kept[-1].at_ms
        for event in self._reel.events(self._heard):
            if self._heard >= self._kept[-1].heard + self._every and event.at_ms > last_ms:
                self._keep(last_ms)
            last_ms = max(last_ms, event.at_ms)
            self.front.hear(event)
            self._heard += 1

    def at(self, at_ms: int) -> tuple[State, int]:
        """A copy that has heard all events up to that time, and how many they were."""
        kept = next(kept for kept in reversed(self._kept) if kept.at_ms <= at_ms or not kept.heard)
        state: State = _Unpacker(io.BytesIO(zlib.decompress(kept.state)), self._reel.large).load()
        heard = kept.heard
        for event in self._reel.events(heard):
            if event.at_ms > at_ms:
                break
            state.hear(event)
            heard += 1
        return state, heard

    def _keep(self, at_ms: int) -> None:
        self._kept.append(_Kept(self._heard, at_ms, _packed(self.front, self._reel.large)))
