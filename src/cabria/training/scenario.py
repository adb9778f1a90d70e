"""What is trained: a starting state, a role, what goes wrong when, and what counts how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from cabria.domain.errors import DataError

LANGUAGES = ("es", "en", "zh")
MINUTE_MS = 60_000
LONGEST_MIN = 24 * 60


class Role(StrEnum):
    """Whose work is trained."""

    VESSEL_PLANNER = "vessel planner"
    YARD_PLANNER = "yard planner"
    BERTH_PLANNER = "berth planner"
    SUPERVISOR = "supervisor"


class Fault(StrEnum):
    """What can be injected."""

    NOTICE = "notice"
    """Nothing goes wrong: somebody tells something that is to be seen."""
    TRUCK = "truck dies on a lane"
    SPREADER = "spreader fault"
    CRANE = "quay crane down"
    LATE_SHIP = "late ship"
    LOAD_LIST = "changed load list"
    ELSEWHERE = "box elsewhere"
    WEIGHT = "wrong weight"
    WIND = "wind stop"
    GATE = "gate surge"
    BROKER = "broker loss"


class Measure(StrEnum):
    """What a score is made of."""

    MOVES = "moves"
    """Quay crane moves an hour."""
    BERTH = "berth"
    """Hours of ships at the berth."""
    REHANDLES = "rehandles"
    TRUCKS = "trucks"
    """Hours in which trucks with a move wait."""
    ALARMS = "alarms"
    """Share of alarms answered in time."""
    UNDONE = "undone"
    """Acts that the trainee took back."""
    RULES = "rules"
    """Rules broken."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text in every language."""

    es: str
    en: str
    zh: str

    def in_(self, language: str) -> str:
        return str(getattr(self, language if language in LANGUAGES else "en"))


@dataclass(frozen=True, slots=True)
class Injection:
    """Something that goes wrong `at_min` after the start.

    `machine` is "" for one that is at work then; `minutes` is how long it lasts; `count` is how many boxes, or road
    trucks, it is about; an alarm is answered in time within `answer_min`. A wrong weight is `kg` more than declared;
    `breaks` says whether that is too much where the box is to stand.
    """

    fault: Fault
    at_min: float
    machine: str = ""
    minutes: float = 20.0
    count: int = 1
    answer_min: float = 5.0
    kg: int = 4_000
    breaks: bool = True


@dataclass(frozen=True, slots=True)
class MadeStart:
    """A made call with its ground and plan; a second ship, without loads, comes `second_min` after the start where
    `second_moves` is not 0."""

    moves: int = 60
    teu: int = 1_200
    seed: int = 3
    blocks: int = 3
    quay_cranes: int = 2
    yard_fill: float = 0.3
    second_moves: int = 0
    second_min: float = 0.0


@dataclass(frozen=True, slots=True)
class FolderStart:
    """A call's folder and its plan's; the ground is that of its terminal."""

    call: Path
    plan: Path


@dataclass(frozen=True, slots=True)
class JournalStart:
    """How a terminal stood `at_h` hours after its journal began."""

    journal: str
    at_h: float


Start = MadeStart | FolderStart | JournalStart

WEIGHTS: Mapping[Measure, float] = {
    Measure.MOVES: 25.0,
    Measure.BERTH: 20.0,
    Measure.REHANDLES: 5.0,
    Measure.TRUCKS: 5.0,
    Measure.ALARMS: 25.0,
    Measure.UNDONE: 8.0,
    Measure.RULES: 12.0,
}
"""Where a scenario says nothing else."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Raises DataError, with the place, for what cannot be."""

    id: str
    role: Role
    title: Text
    teaches: Text
    goals: tuple[Text, ...]
    start: Start
    lasts_min: float
    level: int = 1
    seed: int = 0
    trucks: int = 6
    injections: tuple[Injection, ...] = ()
    weights: Mapping[Measure, float] = field(default_factory=lambda: dict(WEIGHTS))
    file: str = ""

    def __post_init__(self) -> None:
        for number, injection in enumerate(self.injections):
            if injection.at_min >= self.lasts_min:
                raise DataError(
                    f"It comes after {injection.at_min:g} min, the scenario lasts {self.lasts_min:g}.",
                    file=self.file,
                    place=f"inject[{number}].at_min",
                    remedy="Let it come before, or the scenario last longer.",
                )
        if any(weight < 0 for weight in self.weights.values()) or sum(self.weights.values()) <= 0:
            raise DataError("Weights are 0 or more, and not all 0.", file=self.file, place="weights")

    @property
    def lasts_ms(self) -> int:
        return round(self.lasts_min * MINUTE_MS)
