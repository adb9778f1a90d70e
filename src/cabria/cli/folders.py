"""Where a command finds its input and puts its output when nobody says so."""

from __future__ import annotations

from pathlib import Path


def folder_beside(call: Path, what: str) -> Path:
    """`my-call-plan` beside `my-call`, however the call was named: by a path, as `.` or by its call.toml."""
    folder = call.parent if call.name == "call.toml" else call
    if folder.name in ("", ".."):
        folder = folder.resolve()
    return folder.parent / f"{folder.name}-{what}"


def plan_file(path: Path) -> Path:
    """The plan.json that is named, or that lies in the folder that is named."""
    return path / "plan.json" if path.is_dir() else path
