"""What is given: a bay as it stands now, where its crane is, when boxes are wanted, and what things cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cabria.domain.errors import DataError
from cabria.domain.yard_bay import BayMove, YardBay
from cabria.referee.yard_replay import FIRMINO, CraneTimes

MAX_BOXES = 32_000


@dataclass(frozen=True, slots=True)
class Prices:
    """Points for a relocation, for a second of the crane and for a second a box leaves later than it is due."""

    relocation: int = 1
    crane_s: int = 0
    late_s: int = 0

    def __post_init__(self) -> None:
        if min(self.relocation, self.crane_s, self.late_s) < 0 or not any((self.relocation, self.crane_s, self.late_s)):
            raise DataError("Prices are whole numbers from 0 on, and one of them is not 0.")
        if max(self.relocation, self.crane_s, self.late_s) > 1_000_000:
            raise DataError("A price is at most 1,000,000 points.")


RELOCATIONS = Prices()
CRANE_TIME = Prices(relocation=0, crane_s=1)
IN_TIME = Prices(relocation=30, crane_s=1, late_s=100)
"""First in time for the work queue, then few relocations, then little crane time."""


@dataclass(frozen=True)
class RelocationProblem:
    """All boxes leave in the order of their priorities, each as soon as nothing stands above it.

    `restricted`: only boxes above a target may be moved. `due_s` says when boxes of a priority are wanted out, in
    seconds from now; priorities without a due time are never late. `crane_stack` is the stack the crane stands over
    now, one past the last when it is outside. A plan under way is planned anew from the bay as it stands.
    Raises DataError for due times or a crane stack that do not belong to the bay, and for more than 32,000 boxes.
    """

    bay: YardBay
    restricted: bool = False
    prices: Prices = RELOCATIONS
    times: CraneTimes = FIRMINO
    crane_stack: int = 1
    due_s: Mapping[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.bay.boxes > MAX_BOXES:
            raise DataError(f"A bay of {self.bay.boxes:,} boxes is beyond {MAX_BOXES:,}.")
        if not 1 <= self.crane_stack <= len(self.bay.stacks) + 1:
            raise DataError(f"The crane cannot stand over stack {self.crane_stack} of {len(self.bay.stacks)}.")
        if not all(abs(due) < 10**9 for due in self.due_s.values()):
            raise DataError("Due times are whole seconds from now, less than 1,000,000,000.")

    @property
    def counts_time(self) -> bool:
        return self.prices.crane_s > 0 or self.prices.late_s > 0


@dataclass(frozen=True, slots=True)
class RelocationPlan:
    """Every move until the bay is empty, in its order."""

    moves: tuple[BayMove, ...]

    @property
    def relocations(self) -> int:
        return sum(not move.is_retrieval for move in self.moves)
