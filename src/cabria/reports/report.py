"""Pictures and papers of a planned call: one page to read, sheets to print."""

from __future__ import annotations

from pathlib import Path

from cabria.planning.loading.result import PlannedCall
from cabria.reports.bay_sheets import write_bay_sheets
from cabria.reports.page import page
from cabria.reports.sequence_sheets import write_crane_sequence, write_discharge_sequence, write_load_sequence


def write_report(planned: PlannedCall, folder: Path, *, language: str = "en") -> None:
    """Write index.html and the PDF sheets into `folder`, which is made if need be. Same plan, same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(page(planned, language), encoding="utf-8", newline="\n")
    write_bay_sheets(planned, folder / "bay-sheets.pdf")
    write_discharge_sequence(planned, folder / "discharge-sequence.pdf")
    write_load_sequence(planned, folder / "load-sequence.pdf")
    write_crane_sequence(planned, folder / "crane-sequence.pdf")
