"""What is given: a plan under way, what has become known since, where work stands, and how much may change."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from cabria.domain.call_changes import CallChange, CraneDown
from cabria.domain.errors import DataError
from cabria.planning.loading.editing.desk import Desk
from cabria.planning.loading.replanning.standing import Standing
from cabria.referee.replanning import Budget


@dataclass(frozen=True)
class ReplanProblem:
    """The desk has the call as it was known and the plan as it was agreed. Boxes under way keep their slots, and steps
    that are begun are ended."""

    desk: Desk
    changes: tuple[CallChange, ...] = ()
    standing: Standing = field(default_factory=Standing)
    budget: Budget = field(default_factory=Budget)
    title: str = ""

    def __post_init__(self) -> None:
        if self.standing.now_s < self.desk.done.now_s:
            raise DataError(
                f"The plan was made anew at {self.desk.done.now_s} s; work does not stand at {self.standing.now_s} s.",
                remedy="Say a later --now.",
            )

    @property
    def known(self) -> tuple[CallChange, ...]:
        """The changes; a crane that goes out of service ends the step it has begun."""
        return tuple(self._after_its_step(c) if isinstance(c, CraneDown) else c for c in self.changes)

    def _after_its_step(self, down: CraneDown) -> CraneDown:
        ends_s = max([down.from_s, *(step.end_s for step in self.standing.begun.get(down.crane, ()))])
        return down if down.until_s is not None and down.until_s <= ends_s else replace(down, from_s=ends_s)

    @property
    def words(self) -> str:
        """What it is about, in one line of at most 300 characters."""
        told = self.title or "; ".join(map(str, self.changes)) or f"from {self.standing.now_s} s on"
        return told if len(told) <= 300 else f"{told[:290]} ..."


@dataclass(frozen=True, slots=True)
class Params:
    """`iterations` are those of the search for another division of the cranes' work, `yard_iterations` those of the
    choice of boxes after it; `priced` is how many ways out are priced for a box that cannot stay; `rounds` how often
    what is still wrong is mended."""

    iterations: int = 40_000
    yard_iterations: int = 600_000
    priced: int = 2
    rounds: int = 6
