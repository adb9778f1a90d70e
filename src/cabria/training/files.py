"""Scenario files: TOML, described in docs/reference/training.md; and the course that comes with the program."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from cabria.adapters.files.documents import from_toml, read_toml, text_like
from cabria.domain.errors import DataError
from cabria.training.scenario import (
    LONGEST_MIN,
    WEIGHTS,
    Fault,
    FolderStart,
    Injection,
    JournalStart,
    MadeStart,
    Measure,
    Role,
    Scenario,
    Start,
    Text,
)

FORMAT: Literal["cabria.training/1"] = "cabria.training/1"
MAX_BYTES = 256 * 1024
COURSE = Path(__file__).parent / "course"
OF_A_SITE = frozenset(
    {"broker", "site", "terminal", "folder", "journal", "emulate", "http", "exchange", "login", "speed"}
)
"""What a terminal.toml says, and a scenario never may."""

Line = Annotated[str, Meta(min_length=1, max_length=200)]
Paragraph = Annotated[str, Meta(min_length=1, max_length=2_000)]
Name = Annotated[str, text_like(r"^[a-z0-9][a-z0-9-]{0,39}$", "small letters, digits and dashes, at most 40")]
PathText = Annotated[str, Meta(min_length=1, max_length=500)]
Minute = Annotated[float, Meta(ge=0, le=LONGEST_MIN)]


class LineTable(msgspec.Struct, forbid_unknown_fields=True):
    es: Line
    en: Line
    zh: Line


class ParagraphTable(msgspec.Struct, forbid_unknown_fields=True):
    es: Paragraph
    en: Paragraph
    zh: Paragraph


class MadeTable(msgspec.Struct, forbid_unknown_fields=True):
    moves: Annotated[int, Meta(ge=10, le=9_000)] = 60
    teu: Annotated[int, Meta(ge=1_000, le=24_000)] = 1_200
    seed: Annotated[int, Meta(ge=0, le=2**32 - 1)] = 3
    blocks: Annotated[int, Meta(ge=1, le=15)] = 3
    quay_cranes: Annotated[int, Meta(ge=1, le=6)] = 2
    yard_fill: Annotated[float, Meta(ge=0.05, le=0.9)] = 0.3
    second_moves: Annotated[int, Meta(ge=0, le=2_000)] = 0
    second_min: Minute = 0.0


class StartTable(msgspec.Struct, forbid_unknown_fields=True):
    made: MadeTable | None = None
    call: PathText | None = None
    plan: PathText | None = None
    journal: PathText | None = None
    at_h: Annotated[float, Meta(ge=0, le=24 * 366)] = 0.0


class InjectTable(msgspec.Struct, forbid_unknown_fields=True):
    fault: Fault
    at_min: Minute
    machine: Annotated[str, Meta(max_length=60)] = ""
    minutes: Annotated[float, Meta(ge=1, le=LONGEST_MIN)] = 20.0
    count: Annotated[int, Meta(ge=1, le=60)] = 1
    answer_min: Annotated[float, Meta(gt=0, le=LONGEST_MIN)] = 5.0
    kg: Annotated[int, Meta(ge=1, le=20_000)] = 4_000
    breaks: bool = True


class WeightsTable(msgspec.Struct, forbid_unknown_fields=True):
    moves: Annotated[float, Meta(ge=0, le=1_000)] = WEIGHTS[Measure.MOVES]
    berth: Annotated[float, Meta(ge=0, le=1_000)] = WEIGHTS[Measure.BERTH]
    rehandles: Annotated[float, Meta(ge=0, le=1_000)] = WEIGHTS[Measure.REHANDLES]
    trucks: Annotated[float, Meta(ge=0, le=1_000)] = WEIGHTS[Measure.TRUCKS]
    alarms: Annotated[float, Meta(ge=0, le=1_000)] = WEIGHTS[Measure.ALARMS]
    undone: Annotated[float, Meta(ge=0, le=1_000)] = WEIGHTS[Measure.UNDONE]
    rules: Annotated[float, Meta(ge=0, le=1_000)] = WEIGHTS[Measure.RULES]


class ScenarioDocument(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The file."""

    format: str
    id: Name
    role: Role
    level: Annotated[int, Meta(ge=1, le=12)] = 1
    seed: Annotated[int, Meta(ge=0, le=2**32 - 1)] = 0
    trucks: Annotated[int, Meta(ge=1, le=200)] = 6
    lasts_min: Annotated[float, Meta(ge=5, le=LONGEST_MIN)]
    title: LineTable
    teaches: ParagraphTable
    goals: Annotated[list[LineTable], Meta(min_length=1, max_length=10)]
    start: StartTable
    inject: Annotated[list[InjectTable], Meta(max_length=50)] = []
    weights: WeightsTable = msgspec.field(default_factory=WeightsTable)


def read_scenario(path: Path) -> Scenario:
    """Raises DataError with place and remedy."""
    file = str(path)
    for key in read_toml(path, limit_bytes=MAX_BYTES):
        if key in OF_A_SITE:
            raise DataError(
                f"Training reaches no machine and no partner: {key!r} has no place here.",
                file=file,
                place=key,
                remedy="Leave it out; what runs live is written in a terminal.toml.",
            )
    document = from_toml(path, ScenarioDocument, what="A training scenario", form=FORMAT, limit_bytes=MAX_BYTES)
    return Scenario(
        id=document.id,
        role=document.role,
        title=_text(document.title),
        teaches=_text(document.teaches),
        goals=tuple(map(_text, document.goals)),
        start=_start(document.start, path),
        lasts_min=document.lasts_min,
        level=document.level,
        seed=document.seed,
        trucks=document.trucks,
        injections=tuple(
            sorted(
                (Injection(**msgspec.structs.asdict(one)) for one in document.inject),
                key=lambda injection: injection.at_min,
            )
        ),
        weights={Measure(name): weight for name, weight in msgspec.structs.asdict(document.weights).items()},
        file=file,
    )


def course() -> tuple[Scenario, ...]:
    """The scenarios that come with the program, from first steps to a bad night."""
    return tuple(sorted(map(read_scenario, COURSE.glob("*.toml")), key=lambda scenario: scenario.level))


def scenario_named(name: str) -> Scenario:
    """One of the course by its id, or a file by its path. Raises DataError."""
    path = Path(name)
    if path.suffix == ".toml":
        return read_scenario(path)
    known = {scenario.id: scenario for scenario in course()}
    if name not in known:
        raise DataError(
            f"There is no scenario {name[:40]!r}.", place="scenario", remedy=f"There are {', '.join(known)}."
        )
    return known[name]


def _text(table: LineTable | ParagraphTable) -> Text:
    return Text(table.es.strip(), table.en.strip(), table.zh.strip())


def _start(table: StartTable, path: Path) -> Start:
    base = path.resolve().parent
    said = [name for name in ("made", "call", "journal") if getattr(table, name) is not None]
    if len(said) != 1:
        raise DataError(
            f"A start is one of made, call and journal; this names {' and '.join(said) or 'none'}.",
            file=str(path),
            place="start",
            remedy="Leave one.",
        )
    if table.made is not None:
        return MadeStart(**msgspec.structs.asdict(table.made))
    if table.call is not None:
        call = base / table.call
        return FolderStart(call, base / table.plan if table.plan else call.parent / f"{call.name}-plan")
    assert table.journal is not None
    if "://" in table.journal:
        raise DataError(
            "A training start reads no database: it could be a live terminal's.",
            file=str(path),
            place="start.journal",
            remedy="Make a copy with `cabria journal backup`, and name that file.",
        )
    return JournalStart(str(base / table.journal), table.at_h)
