"""A loading plan: the whole answer to a vessel call, before anybody has judged it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from cabria.domain.calls import VesselCall
from cabria.domain.containers import Container, ContainerId
from cabria.domain.findings import Finding, Severity
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import BayPlan
from cabria.domain.work import WorkQueue, YardMove


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a box stands where it stands: its cost terms in minutes, and the best other slots with theirs."""

    terms: Mapping[str, float]
    alternatives: tuple[tuple[StowPosition, float, str], ...] = ()
    """Other slots, what each would cost more in minutes, and what forbids it ("" when nothing does)."""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A box that an earlier plan had elsewhere: where it was, where it is now (None: ashore), and why."""

    container: ContainerId
    was: StowPosition
    now: StowPosition | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A person answers for findings that stay: those of a rule, at one place or for one box where that is said."""

    rule: str
    reason: str
    by: str
    place: str = ""
    container: ContainerId | None = None

    def covers(self, finding: Finding) -> bool:
        """Never a HARD one: what is illegal or impossible nobody can answer for."""
        return (
            finding.severity is not Severity.HARD
            and finding.rule == self.rule
            and self.place in ("", finding.place)
            and self.container in (None, finding.container)
        )

    def __str__(self) -> str:
        about = " ".join(part for part in (self.rule, self.place, self.container) if part)
        return f"{about} ({self.reason}, {self.by})"


@dataclass(frozen=True)
class LoadingPlan:
    """Which load stands in which slot, which box aboard is restowed where, what is refused and why, and the work.

    `yard_moves` are in the order in which they must be done. `queues` may be empty while only stowage is known.
    """

    call_id: str
    loads: Mapping[ContainerId, StowPosition]
    refused: Mapping[ContainerId, str] = field(default_factory=dict)
    restows: Mapping[ContainerId, StowPosition] = field(default_factory=dict)
    """New slot of each box that is lifted and stays aboard (it may be the old one)."""
    queues: tuple[WorkQueue, ...] = ()
    yard_moves: tuple[YardMove, ...] = ()
    tank_contents_kg: Mapping[str, int] | None = None
    """Ballast proposed for departure, by tank id; None keeps what the call says."""
    reasons: Mapping[ContainerId, Reason] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    """Against the earlier plan of the call's change budget, if it has one."""
    waivers: tuple[Waiver, ...] = ()

    @cached_property
    def makespan_s(self) -> int:
        return max((queue.end_s for queue in self.queues), default=0)


def departure(call: VesselCall, plan: LoadingPlan) -> BayPlan:
    """The ship as she sails if the plan is carried out. Raises DataError for two boxes in one slot."""
    stays = [(s.container, plan.restows.get(s.container.id, s.position)) for s in call.remaining]
    loaded: list[tuple[Container, StowPosition]] = [
        (call.load_by_id[container], position) for container, position in plan.loads.items()
    ]
    return BayPlan.of([*stays, *loaded])
