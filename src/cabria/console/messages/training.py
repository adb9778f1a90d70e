"""Training: scenarios, sessions, what an instructor does, and the report."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from cabria.console.messages.parts import Message, Ms, Name, Utc, Words

Minutes = Annotated[float, Meta(ge=1, le=24 * 60)]


class Texts(Message):
    """One text in every language."""

    es: str
    en: str
    zh: str


class TrainingScenario(Message):
    """`role` and `faults` are words of the scenario's format."""

    id: str
    level: int
    role: str
    minutes: float
    title: Texts
    teaches: Texts
    goals: list[Texts]
    faults: list[str]


class Course(Message):
    """From first steps to a bad night."""

    scenarios: list[TrainingScenario]


class BeginTraining(Message):
    """Without a `seed` the scenario's own counts. `from_h` begins it not from its own start but from how this server's
    terminal stood so many hours after its journal began."""

    scenario: Name
    from_h: Annotated[float, Meta(ge=0, le=24 * 366)] | None = None
    seed: Annotated[int, Meta(ge=0, le=2**32 - 1)] | None = None


class TrainingSession(Message):
    """`state`: preparing, open, failed. Its pages are at `address`, seen from the server's own; `parent` is the session
    that it branched from; `is_back` says that it goes on from how it stood when the server went away."""

    id: str
    scenario: str
    title: Texts
    by: str
    since: Utc
    state: str
    text: str
    address: str
    parent: str = ""
    is_back: bool = False


class TrainingSessions(Message):
    """The latest first."""

    sessions: list[TrainingSession]


class TrainingAlarm(Message):
    """To be answered until `until_ms`, by one of the commands of `answers`; `number` is the alert's. `text` is what
    `code` and `values` say in English. `answered_ms` is None while it is not."""

    number: int
    fault: str
    code: str
    values: dict[str, str | int]
    text: str
    answers: list[str]
    at_ms: Ms
    until_ms: Ms
    answered_ms: Ms | None


class TrainingAct(Message):
    """What somebody asked of the terminal. `refused` says why not, "" where it was done, and `code` and `values` say it
    for other languages; `alert` is the number of the alert that was seen, 0 for other acts."""

    at_ms: Ms
    by: str
    verb: str
    text: str
    refused: str
    code: str
    values: dict[str, str | int]
    alert: int


class TrainingNote(Message):
    at_ms: Ms
    by: str
    text: str


class TrainingSnapshot(Message):
    name: str
    at_ms: Ms
    by: str


class TrainingInjection(Message):
    """By the script `at_ms`; `minutes` is how long it lasts."""

    fault: str
    at_ms: Ms
    machine: str
    minutes: float
    count: int


class TrainingView(Message):
    """One session as it stands. `coming` is for instructors, and empty for others; `report`: none, making, ready,
    failed."""

    id: str
    scenario: TrainingScenario
    seed: int
    now_ms: Ms
    begins_ms: Ms
    ends_ms: Ms
    is_over: bool
    alarms: list[TrainingAlarm]
    acts: list[TrainingAct]
    notes: list[TrainingNote]
    snapshots: list[TrainingSnapshot]
    coming: list[TrainingInjection]
    faults: list[str]
    report: str
    text: str = ""


class InjectFault(Message):
    """`machine` "" is one that is at work; `count` are boxes or road trucks."""

    fault: Name
    machine: Annotated[str, Meta(max_length=60)] = ""
    minutes: Minutes = 15.0
    count: Annotated[int, Meta(ge=1, le=60)] = 1
    answer_min: Minutes = 5.0


class AddNote(Message):
    text: Words


class KeepSnapshot(Message):
    name: Name


class BranchOff(Message):
    """Another session goes on from a snapshot."""

    snapshot: Name


class ReportLine(Message):
    """One measure: the trainee's value, the policy's and the bound; `share` of its weight, and points of 100."""

    measure: str
    trainee: float
    policy: float
    bound: float
    weight: float
    share: float
    points: float


class TrainingSentence(Message):
    """`text` is what `code` and `values` say in English. Rules that the referee knows have its word as their code."""

    code: str
    values: dict[str, str | int]
    text: str


class TrainingReport(Message):
    """`total` and `policy` are of 100; `mine` and `theirs` are where both runs can be replayed. `moved` and
    `policy_moved` are boxes set down by quay cranes at the end of each step since the start."""

    scenario: TrainingScenario
    seed: int
    by: str
    minutes: float
    total: float
    policy: float
    lines: list[ReportLine]
    alarms: list[TrainingAlarm]
    policy_alarms: list[TrainingAlarm]
    undone: list[TrainingSentence]
    broken: list[TrainingSentence]
    notes: list[TrainingNote] = field(default_factory=list)
    step_min: float = 5.0
    moved: list[int] = field(default_factory=list)
    policy_moved: list[int] = field(default_factory=list)
    mine: str = ""
    theirs: str = ""
