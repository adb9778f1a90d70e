"""The papers that rule the quay, made of a plan as it is on the desk."""

from __future__ import annotations

import tempfile
from pathlib import Path

from cabria.domain.errors import DataError
from cabria.planning.loading.result import PlannedCall

PAPERS = ("bay-sheets.pdf", "crane-sequence.pdf", "discharge-sequence.pdf", "load-sequence.pdf")


def paper_of(planned: PlannedCall, name: str) -> bytes:
    """One of `PAPERS`. Raises DataError for any other name."""
    from cabria.reports.bay_sheets import write_bay_sheets
    from cabria.reports.sequence_sheets import write_crane_sequence, write_discharge_sequence, write_load_sequence

    writers = (write_bay_sheets, write_crane_sequence, write_discharge_sequence, write_load_sequence)
    write = dict(zip(PAPERS, writers, strict=True)).get(name)
    if write is None:
        raise DataError(
            f"There is no paper {name[:60]!r}.",
            place="paper",
            remedy=f"There are {', '.join(PAPERS)}.",
            code="no-such-paper",
            values={"paper": name[:60]},
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(planned, path)
        return path.read_bytes()
