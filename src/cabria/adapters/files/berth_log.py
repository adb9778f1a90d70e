"""What people have changed in a berth plan, state by state: `berth-log.json` beside the plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from cabria.adapters.files.berth_json import MAX_BYTES, StaysPart, plain_plan, plan_of
from cabria.adapters.files.documents import decoded
from cabria.adapters.files.source_file import read_bytes, write_whole
from cabria.domain.berthing import BerthPlan
from cabria.domain.errors import DataError
from cabria.domain.verdict import Values

FORM = "cabria.berth-log/1"
MOST_STATES = 200
"""Of a log; the oldest are forgotten first, the plan as it was made never."""


@dataclass(frozen=True, slots=True)
class BerthState:
    """A berth plan, and who made it so, when and how: `what` in English, `code` and `values` for other languages."""

    plan: BerthPlan
    by: str
    at: str
    what: str
    code: str = ""
    values: Values = field(default_factory=dict)


@dataclass(frozen=True)
class BerthLog:
    """The states of a plan, the first as it was planned; the one that counts is number `at`, later ones can be redone.

    Raises DataError for a number that none of them has.
    """

    states: tuple[BerthState, ...]
    at: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.at < len(self.states):
            raise DataError(f"The log counts state {self.at} of {len(self.states)}.", place="at")

    @property
    def plan(self) -> BerthPlan:
        return self.states[self.at].plan

    def then(self, state: BerthState) -> BerthLog:
        """After one more change; what could be redone is gone."""
        kept = self.states[: self.at + 1]
        if len(kept) >= MOST_STATES:
            kept = (kept[0], *kept[2:])
        return BerthLog((*kept, state), len(kept))

    def undone(self) -> BerthLog:
        """Raises DataError where nothing is left to be taken back."""
        if self.at == 0:
            raise DataError("Nobody has changed this berth plan, so nothing can be taken back.", code="nothing-to-undo")
        return BerthLog(self.states, self.at - 1)

    def redone(self) -> BerthLog:
        """Raises DataError where nothing was taken back."""
        if self.at + 1 == len(self.states):
            raise DataError("Nothing was taken back that could be done again.", code="nothing-to-redo")
        return BerthLog(self.states, self.at + 1)


class StatePart(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    by: Annotated[str, Meta(max_length=100)]
    at: Annotated[str, Meta(max_length=40)]
    what: Annotated[str, Meta(max_length=1_000)]
    code: Annotated[str, Meta(max_length=60)] = ""
    values: Annotated[dict[str, Annotated[str, Meta(max_length=300)] | int], Meta(max_length=20)] = {}
    plan: StaysPart


class LogDocument(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    format: Literal["cabria.berth-log/1"]
    at: Annotated[int, Meta(ge=0)]
    states: Annotated[list[StatePart], Meta(min_length=1, max_length=MOST_STATES)]


def read_log(path: Path) -> BerthLog:
    """Raises DataError with the place for a file that is not in the form or does not fit together."""
    document = decoded(
        read_bytes(path, limit_bytes=MAX_BYTES), LogDocument, file=str(path), what="A berth log", form=FORM
    )
    try:
        states = tuple(
            BerthState(
                plan_of(part.plan.stays, part.plan.unserved, f"states[{at}].plan."),
                part.by,
                part.at,
                part.what,
                part.code,
                part.values,
            )
            for at, part in enumerate(document.states)
        )
        return BerthLog(states, document.at)
    except DataError as error:
        raise error.inside(str(path)) from None


def write_log(log: BerthLog, path: Path) -> None:
    """What `read_log` reads back."""
    content = {
        "format": FORM,
        "at": log.at,
        "states": [
            {
                **{name: getattr(state, name) for name in ("by", "at", "what", "code", "values")},
                "plan": plain_plan(state.plan),
            }
            for state in log.states
        ],
    }
    write_whole(path, msgspec.json.encode(msgspec.convert(content, LogDocument)) + b"\n")
