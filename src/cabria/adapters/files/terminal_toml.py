"""terminal.toml: what a site that runs live is made of. Described in docs/how-to/run-a-terminal.md.

Tables that belong to other rooms (`http`, `exchange`, `paper_mode`, `history`) are kept as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from cabria.adapters.files.documents import from_toml, read_toml
from cabria.domain.errors import DataError

FORMAT: Literal["cabria.terminal/1"] = "cabria.terminal/1"
MAX_BYTES = 1024 * 1024
OTHERS = ("http", "exchange", "paper_mode", "history", "login")
"""Tables that other readers read."""

Name = Annotated[str, Meta(max_length=500)]


class EmulateTable(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`[emulate]`: machines that are not there, started beside the terminal; none without the table."""

    trucks: bool = True
    cranes: bool = True
    faults: Name = ""


class TerminalDocument(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The file. Paths are seen from where it lies."""

    format: str
    folder: Name = "run"
    call: Name = ""
    plan: Name = ""
    layout: Name = ""
    journal: Name = ""
    broker: Name = ""
    trucks: Annotated[int, Meta(ge=1, le=1_000)] | None = None
    speed: Annotated[float, Meta(gt=0, le=100)] = 1.0
    emulate: EmulateTable | None = None
    http: dict[str, Any] = {}
    exchange: dict[str, Any] | None = None
    paper_mode: dict[str, Any] | None = None
    history: dict[str, Any] | None = None
    login: dict[str, Any] = {}


@dataclass(frozen=True)
class TerminalSettings:
    """`journal` and `broker` are "" for the embedded ones, `plan` and `layout` None for those that are made; `emulates`
    are kinds of machines, `tables` what is for others."""

    folder: Path
    call: Path | None = None
    plan: Path | None = None
    layout: Path | None = None
    journal: str = ""
    broker: str = ""
    trucks: int | None = None
    speed: float = 1.0
    emulates: tuple[str, ...] = ()
    faults: str = ""
    tables: Mapping[str, Any] | None = None
    file: str = ""

    def __post_init__(self) -> None:
        if self.speed != 1.0 and set(self.emulates) != {"trucks", "cranes"}:
            raise DataError(
                f"Real machines go at their own speed, not {self.speed:g} times as fast.",
                file=self.file,
                place="speed",
                remedy="Leave speed out, or emulate trucks and cranes.",
            )


def read_terminal(path: Path) -> TerminalSettings:
    """Raises DataError."""
    if "training" in read_toml(path, limit_bytes=MAX_BYTES):
        raise DataError(
            "A terminal that runs trains nobody: it has machines.",
            file=str(path),
            place="training",
            remedy="Train with `cabria train run`, which takes no settings of a site.",
        )
    document = from_toml(path, TerminalDocument, what="A terminal's settings", form=FORMAT, limit_bytes=MAX_BYTES)
    base = path.resolve().parent
    parsed = read_toml(path, limit_bytes=MAX_BYTES)
    emulate = document.emulate
    kinds = (("trucks", emulate.trucks), ("cranes", emulate.cranes)) if emulate else ()
    return TerminalSettings(
        folder=base / document.folder,
        call=_beside(base, document.call),
        plan=_beside(base, document.plan),
        layout=_beside(base, document.layout),
        journal=document.journal if "://" in document.journal else str(_beside(base, document.journal) or ""),
        broker=document.broker,
        trucks=document.trucks,
        speed=document.speed,
        emulates=tuple(name for name, is_wanted in kinds if is_wanted),
        faults=emulate.faults if emulate else "",
        tables={name: parsed[name] for name in OTHERS if name in parsed},
        file=str(path),
    )


def _beside(base: Path, name: str) -> Path | None:
    return base / name if name else None
