"""The folder of calls and plans: `NAME` is a call folder, `NAME-plan` and `NAME-plan-WORD` are its plans.

A plan is known by the name of its folder; a call without one by the name its plan will get.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePath

import msgspec

from cabria.adapters.files.call_folder import read_call_document
from cabria.adapters.files.documents import read_toml
from cabria.adapters.files.profiles import vessel_name
from cabria.bootstrap import MARK
from cabria.console.desks.names import NAME, free_folder
from cabria.console.messages.parts import Said
from cabria.console.messages.ship import PlanRow
from cabria.domain.errors import DataError
from cabria.domain.told import Told, told

CALL_FILE = "call.toml"
PLAN = "-plan"
MOST_CALL_BYTES = 1024 * 1024


class _Figures(msgspec.Struct):
    loads: int = 0
    loaded: int = 0
    refused: int = 0
    crane_makespan_s: int = 0


class _FindingFacts(msgspec.Struct):
    severity: str
    cause: str = ""


class _PlanFacts(msgspec.Struct):
    call: str
    vessel: str = ""
    figures: _Figures = msgspec.field(default_factory=_Figures)
    findings: list[_FindingFacts] = msgspec.field(default_factory=list)


class PlanFolders:
    """The calls and plans in a folder. A plan that was looked at is looked at again when its file has changed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._seen: dict[Path, tuple[tuple[int, int], PlanRow]] = {}

    def rows(self) -> list[PlanRow]:
        """Every plan, and every call without one; what cannot be used says why."""
        try:
            names = sorted(path.name for path in self.root.iterdir() if path.is_dir() and NAME.fullmatch(path.name))
        except OSError:
            return []
        calls = [name for name in names if (self.root / name / CALL_FILE).is_file()]
        found = []
        for name in calls:
            plans = [other for other in names if is_plan_of(other, name) and (self.root / other / MARK).is_file()]
            found += [self._row(plan, name) for plan in plans] or [self._row(name + PLAN, name)]
        return found

    def folders(self, plan_id: str) -> tuple[Path, Path]:
        """The call's folder and the plan's. Raises DataError for a name that is none of ours."""
        if NAME.fullmatch(plan_id):
            for length in [found.start() for found in re.finditer(PLAN, plan_id)]:
                call = plan_id[:length]
                if is_plan_of(plan_id, call) and (self.root / call / CALL_FILE).is_file():
                    return self.root / call, self.root / plan_id
        raise DataError(
            f"There is no plan {plan_id[:60]}.",
            place="plan",
            remedy="GET /api/v1/plans tells which.",
            code="no-such-plan",
            values={"plan": plan_id[:60]},
        )

    def call_folder(self, name: str) -> Path:
        """Where a new call goes. Raises DataError for a name that is none or is taken."""
        if not NAME.fullmatch(name) or PLAN in name:
            raise DataError(
                "A call's folder has letters, digits, dots and dashes in its name, and no -plan.",
                place="name",
                code="no-folder-name",
            )
        return free_folder(self.root, name)

    def _row(self, plan_id: str, name: str) -> PlanRow:
        file, call_file = self.root / plan_id / MARK, self.root / name / CALL_FILE
        try:
            stamp = _stamp(file) if file.is_file() else _stamp(call_file)
            kept = self._seen.get(file)
            if kept is None or kept[0] != stamp:
                kept = self._seen[file] = stamp, _read_row(plan_id, name, file, call_file)
            return kept[1]
        except OSError as error:
            return _unusable(
                plan_id, name, told("The file cannot be read: {error}.", "file-unreadable", error=error.strerror)
            )


def is_plan_of(name: str, call: str) -> bool:
    """Whether a folder's name is that of a plan of the call."""
    return name == call + PLAN or name.startswith(call + PLAN + "-")


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size


def _read_row(plan_id: str, name: str, file: Path, call_file: Path) -> PlanRow:
    try:
        said = dict(_said(call_file))
        row = PlanRow(
            id=plan_id,
            call_folder=name,
            call=said.get("id", name),
            vessel=said.get("vessel_name", ""),
            voyage=said.get("voyage", ""),
            port=said.get("port", ""),
            start=said.get("start", ""),
            has_plan=file.is_file(),
        )
        if not row.has_plan:
            row.vessel = row.vessel or _vessel_named(call_file)
            return row
        facts = msgspec.json.decode(file.read_bytes(), type=_PlanFacts)
    except DataError as error:
        return _unusable(plan_id, name, error.told)
    except msgspec.MsgspecError as error:
        return _unusable(plan_id, name, told("The file is not JSON: {error}.", "no-json", error=error))
    caused = [finding.severity for finding in facts.findings if not finding.cause.startswith("came")]
    row.vessel = facts.vessel
    row.loads, row.loaded, row.refused = facts.figures.loads, facts.figures.loaded, facts.figures.refused
    row.makespan_s = facts.figures.crane_makespan_s
    row.hard, row.safety, row.commercial = (caused.count(word) for word in ("hard", "safety", "commercial"))
    row.changed_at = datetime.fromtimestamp(file.stat().st_mtime, UTC).isoformat(timespec="seconds")
    return row


def _said(call_file: Path) -> Iterator[tuple[str, str]]:
    document = read_toml(call_file, limit_bytes=MOST_CALL_BYTES)
    yield from (
        (key, str(document[key])) for key in ("id", "voyage", "port", "start", "vessel_name") if key in document
    )


def _vessel_named(call_file: Path) -> str:
    """The ship's name as her profile gives it; nothing where that cannot be read, which planning will tell."""
    try:
        return vessel_name(call_file.parent / PurePath(read_call_document(call_file.parent).files.profile).name)
    except DataError:
        return ""


def _unusable(plan_id: str, name: str, problem: Told) -> PlanRow:
    return PlanRow(
        id=plan_id,
        call_folder=name,
        call=name,
        vessel="",
        voyage="",
        port="",
        start="",
        has_plan=False,
        problem=Said(text=problem.text[:300], code=problem.code, values=dict(problem.values)),
    )
