"""The benchmark of bounds: rows for lists that cannot be read and for plans that are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.whole_ship_bounds import _judged, run
from cabria.domain.errors import DataError
from cabria.domain.whole_ship import Afloat, Load, Section, Ship, StackPart, WholeShip


def one_cell() -> WholeShip:
    part = StackPart(0, 0, False, 2, 3_000, 60_000, 60_000, 1_000, 0, 0, (0,))
    section = Section(0, 10_000, -99_000, 99_000, 10**9, (10_000, 99_000))
    ship = Ship("one", (part,), (section,), (Afloat(10_000, -9, 9), Afloat(99_000, -9, 9)), 9)
    return WholeShip("one", ship, (Load(1, 40, 9_000, False, 2_591),), {})


def test_a_list_that_cannot_be_read_has_an_error_row(tmp_path: Path) -> None:
    (tmp_path / "VSBad.txt").write_text("nonsense", encoding="utf-8")
    (row,) = run([tmp_path], seconds=1.0, seed=0, jobs=1, solutions=None)
    assert row["instance"] == "VSBad"
    assert "error" in row


def test_a_plan_on_file_is_judged(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text('{"assign": [[0, 0, 0, 0, 1]]}', encoding="utf-8")
    cost, faults = _judged(one_cell(), tmp_path / "one.json")
    assert (cost, faults) == (pytest.approx(1 + 0.0001 * 9 + 20 - 0.5, abs=0.01), ())
    assert _judged(one_cell(), tmp_path / "missing.json") == (None, ())


@pytest.mark.parametrize("text", ["", "[]", '{"assign": [[0]]}', '{"assign": 3}', '{"assign": [["a", 1, 1, 1, 1]]}'])
def test_a_file_that_is_no_plan_is_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"bad\.json"):
        _judged(one_cell(), tmp_path / "bad.json")
