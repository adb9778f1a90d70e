"""What chargers can have given to trucks in a run: no more than their power in the time a truck stood there.

A truck that tells its way is not always heard. What its battery took in may be told late, and in one with what it drove
since; so all that is told of a stay is held against the whole stay, and of one that has driven on, until it has told of
its battery where it came to rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from cabria.domain.layout import Layout, SegmentId
from cabria.domain.run_events import EnergyUsed
from cabria.domain.stands import StandKind
from cabria.referee.run_trucks import Trucks, Window


@dataclass
class Charging:
    """Hears every `EnergyUsed` three times: `left_wh` judges it, `took` counts it, `told` closes what is over."""

    layout: Layout
    trucks: Trucks
    _taken: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    """Of each truck when it told of what it took in, and how much."""

    def left_wh(self, truck: str, at_ms: int) -> int | None:
        """What chargers can have given it and it has not told yet; None where it was at none."""
        stays = [(power_kw, window) for window in self._rests(truck, at_ms) if (power_kw := self._power_kw(window))]
        if not stays:
            return None
        most_wh = sum(-(-power_kw * _there_ms(window, at_ms) // 3_600) for power_kw, window in stays)
        since_ms = min(window.enter_ms for _, window in stays)
        self._taken[truck] = [(told_ms, wh) for told_ms, wh in self._taken.get(truck, ()) if told_ms >= since_ms]
        return most_wh - sum(wh for _, wh in self._taken[truck])

    def took(self, event: EnergyUsed) -> None:
        self._taken.setdefault(event.machine, []).append((event.at_ms, -event.wh))

    def told(self, event: EnergyUsed) -> None:
        """A truck at rest has told of its battery: what it did where it was before is over."""
        if self.trucks.stand_of(event.machine, event.at_ms) is not None:
            self.trucks.rested.pop(event.machine, None)

    def _rests(self, truck: str, at_ms: int) -> Iterator[Window]:
        """Where it stands, or stood last and is not known to have told all of."""
        if self.trucks.tells_way(truck):
            yield from (window for window in [self.trucks.rested.get(truck)] if window is not None)
            yield from self.trucks.windows[truck][-1:]
        elif self.trucks.stand_of(truck, at_ms) is not None:
            yield self.trucks.windows[truck][-1]

    def _power_kw(self, window: Window) -> int:
        segment = self.layout.segment_by_id.get(SegmentId(window.segment))
        stand = None if segment is None else segment.stand
        return stand.power_kw if stand is not None and stand.kind is StandKind.CHARGER else 0


def _there_ms(window: Window, at_ms: int) -> int:
    until_ms = at_ms if window.left_ms is None else min(at_ms, window.left_ms)
    return max(0, until_ms - window.enter_ms)
