from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from cabria.domain.containers import Container, ContainerId, Port, SizeType
from cabria.domain.plan import LoadingPlan
from cabria.domain.positions import StowPosition
from cabria.planning.loading.result import PlannedCall
from cabria.reports.bay_sheets import write_bay_sheets
from cabria.reports.paper import Column, Paper, Row, printable
from cabria.reports.sequence_sheets import write_crane_sequence, write_discharge_sequence, write_load_sequence

Writer = Callable[[PlannedCall, Path], None]


def words_of(write: Writer, planned: PlannedCall, folder: Path) -> str:
    path = folder / f"{write.__name__}.pdf"
    write(planned, path)
    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


def test_every_load_stands_once_on_the_load_sheet(small_planned: PlannedCall, tmp_path: Path) -> None:
    words = words_of(write_load_sequence, small_planned, tmp_path)
    for container in small_planned.plan.loads:
        assert words.count(container) == 1
    assert "LATE0000001" not in words


def test_every_load_stands_once_even_when_no_crane_has_it(small_planned: PlannedCall, tmp_path: Path) -> None:
    half = replace(small_planned, plan=replace(small_planned.plan, queues=small_planned.plan.queues[1:]))
    words = words_of(write_load_sequence, half, tmp_path)
    for container in half.plan.loads:
        assert words.count(container) == 1
    assert "no crane assigned" in words


def test_the_load_sheet_says_where_a_box_comes_from_and_what_is_special(
    small_planned: PlannedCall, tmp_path: Path
) -> None:
    words = words_of(write_load_sequence, small_planned, tmp_path)
    for needed in ("0020082", "Y1-04-01-1", "-18.0 °C", "IMO 3 UN 1263", "lid L-S", "22 06:16", "crane QC2", "restow"):
        assert needed in words


def test_the_discharge_sheet_has_every_discharge_once_and_its_twin(small_planned: PlannedCall, tmp_path: Path) -> None:
    words = words_of(write_discharge_sequence, small_planned, tmp_path)
    for stowed in small_planned.call.discharges:
        assert words.count(stowed.container.id) == 1
    assert words.count("twin") == 2
    assert "PECLL" in words
    assert words.count("SHIF0000001") == 1


def test_the_crane_sheet_gives_each_block_its_time(small_planned: PlannedCall, tmp_path: Path) -> None:
    words = words_of(write_crane_sequence, small_planned, tmp_path)
    assert "Crane QC1" in words
    assert "Crane QC2" in words
    for needed in ("discharge", "restow off", "lid off", "lid on", "restow on", "22 06:04"):
        assert needed in words


def test_each_bay_has_a_sheet(small_planned: PlannedCall, tmp_path: Path) -> None:
    path = tmp_path / "bays.pdf"
    write_bay_sheets(small_planned, path)
    first, second = (page.extract_text() for page in PdfReader(path).pages)
    assert "Bay 02 (01 + 03)" in first
    assert "discharge 3, load 3, restow 1" in first
    for row in ("00", "01", "02", "03", "04"):
        assert row in first
    assert "Bay 05" in second


@pytest.mark.parametrize(
    "write", [write_bay_sheets, write_discharge_sequence, write_load_sequence, write_crane_sequence]
)
def test_a_plan_without_work_still_prints(write: Writer, small_planned: PlannedCall, tmp_path: Path) -> None:
    assert words_of(write, replace(small_planned, plan=LoadingPlan("TINY-001", {})), tmp_path)


def test_a_long_table_runs_over_pages_with_its_titles_on_each(tmp_path: Path) -> None:
    paper = Paper(tmp_path / "long.pdf", "Long", "test")
    paper.table("Heading", "", [Column("number", 50, is_number=True)], [Row((f"n{n}",)) for n in range(150)])
    paper.save()
    pages = [page.extract_text() for page in PdfReader(tmp_path / "long.pdf").pages]
    assert len(pages) == 3
    assert all("number" in page and "of 3" in page for page in pages)
    numbers = [word for page in pages for word in page.split() if word.startswith("n") and word[1:].isdigit()]
    assert numbers == [f"n{n}" for n in range(150)]


def test_words_a_paper_cannot_show_become_question_marks() -> None:
    assert printable("上海 \x00 → Ñ é") == "?? ? > Ñ é"


def test_a_hostile_number_is_printed_as_it_is(
    small_planned: PlannedCall,
    with_load: Callable[[PlannedCall, Container, StowPosition], PlannedCall],
    tmp_path: Path,
) -> None:
    box = Container(ContainerId("(]\\)<b>x"), SizeType.parse("45G1"), 1, Port("PECHY"), Port("CNSHA"))
    assert "(]\\)<b>x" in words_of(write_load_sequence, with_load(small_planned, box, StowPosition(2, 4, 84)), tmp_path)
