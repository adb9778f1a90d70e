"""Pictures and papers of a planned call: one page to read, sheets to print."""

from __future__ import annotations

from pathlib import Path

from cabria.planning.loading.result import PlannedCall
from cabria.reports.bay_sheets import write_bay_sheets
from cabria.reports.page import page
from cabria.reports.sequence_sheets import write_crane_sequence, write_discharge_sequence, write_load_sequence

BAY_SHEETS = "bay-sheets.pdf"


def write_report(planned: PlannedCall, folder: Path, *, language: str = "en") -> None:
    """Write index.html and the PDF sheets into `folder`, which is made if need be. Same plan, same bytes."""
    write_short_papers(planned, folder, language=language)
    write_bay_sheets(planned, folder / BAY_SHEETS)


def write_short_papers(planned: PlannedCall, folder: Path, *, language: str = "en") -> None:
    """All of the report but the bay sheets, which take as long to draw as the rest together."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(page(planned, language), encoding="utf-8", newline="\n")
    write_discharge_sequence(planned, folder / "discharge-sequence.pdf")
    write_load_sequence(planned, folder / "load-sequence.pdf")
    write_crane_sequence(planned, folder / "crane-sequence.pdf")
