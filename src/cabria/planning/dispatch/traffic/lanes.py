"""The lanes as flat arrays: what follows which segment, how long a truck takes, and how far it is to a stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from cabria.domain.layout import Layout, NodeId, Segment
from cabria.domain.machines import TruckModel
from cabria.planning.dispatch.traffic import kernels as k

Array = np.ndarray[Any, np.dtype[Any]]

NO_WAY = -1


def _pass_ms(segment: Segment, truck: TruckModel) -> int:
    """A truck stops on a stand or starts from it."""
    drive = replace(truck.drive, speed_mm_per_s=min(truck.drive.speed_mm_per_s, segment.speed_mm_per_s))
    at_speed_ms = -(-1_000 * segment.length_mm // drive.speed_mm_per_s)
    return at_speed_ms + (drive.start_ms if segment.stand else 0)


def _tail_ms(layout: Layout, segment: Segment, truck: TruckModel) -> int:
    """From the front's leaving a segment until the tail has, on the slowest way on."""

    def slowest_ms(node: NodeId, left_mm: int) -> int:
        return max((on_ms(after, left_mm) for after in layout.leaving[node]), default=0)

    def on_ms(after: Segment, left_mm: int) -> int:
        speed = min(truck.drive.speed_mm_per_s, after.speed_mm_per_s)
        here_mm = min(left_mm, after.length_mm)
        rest_ms = slowest_ms(after.end, left_mm - here_mm) if left_mm > here_mm else 0
        return -(-1_000 * here_mm // speed) + rest_ms

    return slowest_ms(segment.end, truck.length_mm + truck.air_mm)


@dataclass(frozen=True)
class Lanes:
    """Segments by number. The segments that follow s are `exits[first_exit[s]:first_exit[s + 1]]`.

    `pass_ms` is from the truck's front entering a segment to its front entering the next, `clear_ms` how much longer
    its tail is in it. `junctions[s]` is the junction of which s is a part, -1 for none: a truck in one part keeps
    others out of all. On a stand (`is_stand`) a truck may rest; no other is driven through. Where `may_wait` is false,
    in junctions and where it does not `fit`, being longer than the segment, it drives on as it came.
    """

    first_exit: Array
    exits: Array
    pass_ms: Array
    clear_ms: Array
    junctions: Array
    is_stand: Array
    may_wait: Array
    fits: Array
    _togo: dict[int, Array] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def of(
        cls,
        exits: Sequence[Sequence[int]],
        pass_ms: Sequence[int],
        clear_ms: Sequence[int],
        *,
        stands: Sequence[int],
        junctions: Sequence[int] | None = None,
        too_short: Sequence[int] = (),
    ) -> Lanes:
        """From lists by segment; `stands` are the numbers of those where a truck may rest."""
        parts = np.full(len(exits), -1, np.int64) if junctions is None else np.array(junctions, np.int64)
        fits = np.ones(len(exits), np.bool_)
        fits[list(too_short)] = False
        is_stand = np.zeros(len(exits), np.bool_)
        is_stand[list(stands)] = True
        return cls(
            first_exit=np.cumsum([0, *map(len, exits)]).astype(np.int64),
            exits=np.array([there for after in exits for there in after], np.int32),
            pass_ms=np.array(pass_ms, np.int64),
            clear_ms=np.array(clear_ms, np.int64),
            junctions=parts,
            is_stand=is_stand,
            may_wait=fits & (parts < 0),
            fits=fits,
        )

    @classmethod
    def of_layout(cls, layout: Layout, truck: TruckModel) -> Lanes:
        """As one model of truck drives it. Segments and junctions are numbered as the layout lists them.

        A truck starts from rest on its stand and stops on the next; what it loses by a halt in between is not counted.
        """
        number = {segment.id: n for n, segment in enumerate(layout.segments)}
        junction = {junction.id: n for n, junction in enumerate(layout.junctions)}
        parts = [layout.junction_of.get(segment.id) for segment in layout.segments]
        return cls.of(
            exits=[[number[after.id] for after in layout.leaving[segment.end]] for segment in layout.segments],
            pass_ms=[_pass_ms(segment, truck) for segment in layout.segments],
            clear_ms=[_tail_ms(layout, segment, truck) for segment in layout.segments],
            stands=[number[stand.id] for stand in layout.stands],
            junctions=[-1 if part is None else junction[part.id] for part in parts],
            too_short=[n for n, segment in enumerate(layout.segments) if segment.length_mm < truck.length_mm],
        )

    def __len__(self) -> int:
        return len(self.pass_ms)

    @property
    def resources(self) -> int:
        """How many things can be owned: the segments, then the junctions."""
        return len(self) + int(self.junctions.max(initial=-1)) + 1

    def togo_ms(self, target: int) -> Array:
        """Least time from entering each segment to entering a stand on empty lanes; `NO_WAY` where none leads there."""
        known = self._togo.get(target)
        if known is None:
            known = self._togo[target] = k.least_times(*self._entries, self.pass_ms, self.is_stand, target)
        return known

    def way(self, start: int, target: int) -> tuple[int, ...]:
        """Segments of the shortest way on empty lanes from one stand to another, both included; () where none is.

        Of exits that lead there in the same time the last is taken.
        """
        togo = self.togo_ms(target)
        if togo[start] == NO_WAY:
            return ()
        way = [start]
        while way[-1] != target:
            here = way[-1]
            exits = self.exits[self.first_exit[here] : self.first_exit[here + 1]].tolist()[::-1]
            left_ms = togo[here] - self.pass_ms[here]
            way.append(next(s for s in exits if togo[s] == left_ms and (s == target or not self.is_stand[s])))
        return tuple(way)

    @cached_property
    def _entries(self) -> tuple[Array, Array]:
        """What leads into each segment, as `first_exit` and `exits` say what follows."""
        before = np.repeat(np.arange(len(self)), np.diff(self.first_exit))
        order = np.argsort(self.exits, kind="stable")
        first = np.searchsorted(self.exits[order], np.arange(len(self) + 1))
        return first.astype(np.int64), before[order].astype(np.int32)
