"""How far each quay crane was, hour by hour, by its plan and in fact; from the log and the plans alone."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from cabria.domain.calls import VesselCall
from cabria.domain.plan import LoadingPlan
from cabria.domain.run_events import (
    Aboard,
    BoxesLanded,
    BoxesLifted,
    MachineResumed,
    MachineStopped,
    Place,
    RunEvent,
    ShipBerthed,
    Waited,
)

HOUR_MS = 3_600_000
GAP_MS = 1_800_000
"""So long without any event is told; what cranes did meanwhile nobody knows."""
OUT, WIND = "out of service", "wind"
STANDS_STILL = "crane out of service"
"""What the log says a crane out of service waits for. Its stops say the same, and from when until when."""
OWN_WORK = "its own work took longer than planned"


@dataclass(frozen=True, slots=True)
class CraneHour:
    """One hour of a crane at a call. `done` and `planned` are containers between ship and shore by its end since the
    ship berthed; `late_ms` is by how much more the crane is late at its end than at its beginning, `why` what that
    went into: causes of waiting, `WIND`, `OUT` for other reasons, and what is left as `OWN_WORK`."""

    crane: str
    call: str
    begins_ms: int
    done: int
    planned: int
    behind_ms: int
    late_ms: int
    why: Mapping[str, int]


@dataclass(slots=True)
class _Crane:
    """Times, since the log began, at which its plan and the crane itself had handled one more container."""

    planned_ms: list[int] = field(default_factory=list)
    done_ms: list[int] = field(default_factory=list)
    known_until_ms: int | None = None
    """From when on nobody knows how far it is, as something was not recorded."""

    def behind_ms(self, at_ms: int) -> int:
        """How long ago the plan had no more done than is done now; less than nothing when it is ahead. Of one that is
        through, how late it was then."""
        done = bisect_right(self.done_ms, at_ms)
        if done >= len(self.planned_ms):
            return self.done_ms[len(self.planned_ms) - 1] - self.planned_ms[-1] if self.planned_ms else 0
        return at_ms - self.planned_ms[done]


class Progress:
    """Hears the events of a log one by one, then tells hours of any span."""

    def __init__(self) -> None:
        self._plans: dict[str, tuple[VesselCall, LoadingPlan]] = {}
        self._cranes: dict[tuple[str, str], _Crane] = {}
        self._call_of: dict[str, str] = {}
        self._from: dict[str, Place] = {}
        self._lost: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        self._stopped: dict[str, tuple[int, str]] = {}
        self._quay: set[str] = set()
        self.now_ms = 0

    def expect(self, call: VesselCall, plan: LoadingPlan) -> None:
        """A call and its plan, before the ship berths."""
        self._plans[call.id] = (call, plan)

    def hear(self, event: RunEvent) -> None:
        if event.at_ms - self.now_ms >= GAP_MS:
            self._lose_sight()
        self.now_ms = max(self.now_ms, event.at_ms)
        if isinstance(event, ShipBerthed):
            self._berths(event)
        elif isinstance(event, BoxesLifted):
            self._from.update(zip(event.containers, event.places, strict=True))
        elif isinstance(event, BoxesLanded):
            self._landed(event)
        elif isinstance(event, Waited) and event.cause != STANDS_STILL:
            self._lost[event.crane].append((event.since_ms, event.at_ms, event.cause))
        elif isinstance(event, MachineStopped):
            self._stopped.setdefault(event.machine, (event.at_ms, WIND if event.cause == WIND else OUT))
        elif isinstance(event, MachineResumed):
            since_ms, cause = self._stopped.pop(event.machine, (event.at_ms, OUT))
            self._lost[event.machine].append((since_ms, event.at_ms, cause))

    def _lose_sight(self) -> None:
        """What cranes in service with work left did meanwhile is not known."""
        for (_, name), crane in self._cranes.items():
            if len(crane.done_ms) < len(crane.planned_ms) and name not in self._stopped and not crane.known_until_ms:
                crane.known_until_ms = self.now_ms

    def _berths(self, event: ShipBerthed) -> None:
        if event.call not in self._plans:
            return
        for queue in self._plans[event.call][1].queues:
            due: list[int] = []
            for step in queue.steps:
                due += [event.at_ms + 1_000 * step.end_s] * len(step.containers)
            self._cranes[event.call, queue.crane] = _Crane(sorted(due))
            self._call_of[queue.crane] = event.call
            self._quay.add(queue.crane)

    def _landed(self, event: BoxesLanded) -> None:
        for container, place in zip(event.containers, event.places, strict=True):
            origin = self._from.pop(container, place)
            call = next((each.call for each in (place, origin) if isinstance(each, Aboard)), "")
            crane = self._cranes.get((call, event.crane))
            if crane is not None:
                crane.done_ms.append(event.at_ms)

    def hours(self, from_ms: int, until_ms: int) -> list[CraneHour]:
        """Hours that begin in the span, crane by crane, while a crane has work of a call left and all of it was
        recorded."""
        found = []
        for (call, name), crane in sorted(self._cranes.items()):
            if not crane.planned_ms:
                continue
            over_ms = max(crane.planned_ms[-1], crane.done_ms[-1] if crane.done_ms else 0)
            over_ms = min(over_ms, crane.known_until_ms or over_ms)
            for begins_ms in range(from_ms, min(until_ms, over_ms), HOUR_MS):
                ends_ms = min(begins_ms + HOUR_MS, until_ms, crane.known_until_ms or until_ms)
                if ends_ms > crane.planned_ms[0] - HOUR_MS:
                    found.append(self._hour(call, name, crane, begins_ms, ends_ms))
        return found

    def _hour(self, call: str, name: str, crane: _Crane, begins_ms: int, ends_ms: int) -> CraneHour:
        behind_ms = crane.behind_ms(ends_ms)
        late_ms = max(0, behind_ms) - max(0, crane.behind_ms(begins_ms))
        return CraneHour(
            name,
            call,
            begins_ms,
            bisect_right(crane.done_ms, ends_ms),
            bisect_right(crane.planned_ms, ends_ms),
            behind_ms,
            late_ms,
            self._why(name, begins_ms, ends_ms, late_ms),
        )

    def _why(self, crane: str, begins_ms: int, ends_ms: int, late_ms: int) -> Mapping[str, int]:
        spans = list(self._lost[crane])
        if crane in self._stopped:
            since_ms, cause = self._stopped[crane]
            spans.append((since_ms, self.now_ms, cause))
        why: Counter[str] = Counter()
        for since_ms, until_ms, cause in spans:
            overlap_ms = min(until_ms, ends_ms) - max(since_ms, begins_ms)
            if overlap_ms > 0:
                why[cause] += overlap_ms
        rest_ms = late_ms - sum(why.values())
        if rest_ms > 0:
            why[OWN_WORK] = rest_ms
        return dict(why.most_common())
