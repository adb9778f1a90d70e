"""Several ships worked at once by the cranes of one rail: each plan is judged by itself, their cranes here together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from cabria.domain.calls import VesselCall
from cabria.domain.findings import Finding
from cabria.domain.work import WorkQueue
from cabria.referee.crane_travel import Stand, Track, keep_distance, stands, travels_in_time


class Worked(NamedTuple):
    """A call and the queues planned for it, counted in seconds from `offset_s` on the clock they all share."""

    call: VesselCall
    queues: Sequence[WorkQueue]
    offset_s: int = 0

    @property
    def on_shared_clock(self) -> tuple[WorkQueue, ...]:
        """The queues on the clock of the cranes, on which they are ready, out and somewhere."""
        return tuple(
            replace(
                queue,
                steps=tuple(
                    replace(step, start_s=step.start_s + self.offset_s, end_s=step.end_s + self.offset_s)
                    for step in queue.steps
                ),
            )
            for queue in self.queues
        )


def judge_side_by_side(ships: Sequence[Worked]) -> tuple[Finding, ...]:
    """Whether each crane can be at all its steps, at whichever ship, and all keep order and distance meanwhile.

    The ships must lie at one terminal.
    """
    return tuple(_findings(ships))


def _findings(ships: Sequence[Worked]) -> Iterator[Finding]:
    terminal = ships[0].call.terminal
    tracks: dict[str, Track] = {}
    for crane in terminal.quay_cranes:
        places: list[Stand] = []
        for ship in ships:
            for queue in ship.on_shared_clock:
                if queue.crane == crane.id:
                    places += stands(ship.call, queue.steps)
        places.sort(key=lambda stand: (stand.start_s, stand.end_s))
        wrong = list(travels_in_time(crane, places, _metres))
        yield from wrong
        if places and not wrong:
            tracks[crane.id] = Track(crane, tuple(places))
    yield from keep_distance(terminal, tracks, _metres)


def _metres(x_mm: float) -> str:
    return f"{x_mm / 1000:,.1f} m"
