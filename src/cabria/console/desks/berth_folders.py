"""The folders of berth cases and plans among the others: `NAME` with a case, `NAME-plan` with its plan."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from cabria.bootstrap.berth_folders import CASE, PLAN
from cabria.console.desks.names import NAME, free_folder
from cabria.console.messages.berths import BerthRow
from cabria.domain.errors import DataError

PLAN_OF = "-plan"
MOST_BYTES = 32 * 1024 * 1024


class _Ship(msgspec.Struct):
    id: str


class _Case(msgspec.Struct):
    """What a row tells; the rest is read when the plan is opened."""

    ships: list[_Ship]
    name: str = ""
    beginning: str = ""


class BerthFolders:
    """The berth cases and plans in a folder. One that was looked at is looked at again when its file has changed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._seen: dict[Path, tuple[tuple[int, int], BerthRow]] = {}

    def rows(self) -> list[BerthRow]:
        """The latest change first."""
        try:
            names = sorted(path.name for path in self.root.iterdir() if NAME.fullmatch(path.name))
        except OSError:
            return []
        found = [self._row(name) for name in names if (self.root / name / CASE).is_file()]
        return sorted(found, key=lambda row: row.changed_at, reverse=True)

    def folder(self, name: str) -> Path:
        """Raises DataError for a name that is none of ours."""
        if NAME.fullmatch(name) and (self.root / name / CASE).is_file():
            return self.root / name
        raise DataError(
            f"There are no berths {name[:60]}.",
            place="berth",
            remedy="GET /api/v1/berths tells which.",
            code="no-such-berths",
            values={"berths": name[:60]},
        )

    def new_folder(self, name: str) -> Path:
        """Raises DataError for a name that is none or is taken."""
        if not NAME.fullmatch(name):
            raise DataError(
                "A folder has letters, digits, dots and dashes in its name.", place="name", code="no-folder-name"
            )
        return free_folder(self.root, name)

    def plan_folder(self, name: str) -> Path:
        """Where the plan of a case goes: its own folder where that has one, else the one beside it."""
        folder = self.folder(name)
        return folder if (folder / PLAN).is_file() else folder.with_name(folder.name + PLAN_OF)

    def _row(self, name: str) -> BerthRow:
        file = self.root / name / CASE
        plan = self.plan_folder(name)
        has_plan = plan.name == name
        try:
            newest = max(path.stat().st_mtime_ns for path in (file, plan / PLAN if has_plan else file))
            stamp = newest, file.stat().st_size
            kept = self._seen.get(file)
            if kept is None or kept[0] != stamp:
                kept = self._seen[file] = stamp, _read(name, file)
        except OSError as error:
            return BerthRow(id=name, problem=(error.strerror or "cannot be read")[:300])
        row = msgspec.structs.replace(kept[1], has_plan=has_plan, plan=plan.name)
        row.changed_at = datetime.fromtimestamp(newest / 1e9, UTC).isoformat(timespec="seconds")
        return row


def _read(name: str, file: Path) -> BerthRow:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise ValueError(f"larger than {MOST_BYTES:,} bytes")
        case = msgspec.json.decode(file.read_bytes(), type=_Case)
    except (ValueError, msgspec.MsgspecError) as error:
        return BerthRow(id=name, problem=str(error)[:300])
    return BerthRow(id=name, name=case.name, beginning=case.beginning, ships=len(case.ships))
