"""The log of weeks as `cabria simulate` writes it: done again bit for bit, judged with its ships' plans, found out when
it was changed."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import Run

from cabria.cli import main

WORDS = ("simulate", "week", "--days", "1", "--teu", "10000", "--vary", "aboard=0", "--trucks", "4", "--seed", "3")


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a day with one small ship."""
    path = tmp_path_factory.mktemp("week") / "week.jsonl.gz"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["cabria", *WORDS, "--log", str(path)])
        with pytest.raises(SystemExit) as end:
            main()
        assert not end.value.code
    return path


def test_the_same_seed_gives_the_same_file(log: Path, cabria: Run, tmp_path: Path) -> None:
    assert cabria(*WORDS, "--log", tmp_path / "again.jsonl.gz").code == 0
    assert (tmp_path / "again.jsonl.gz").read_bytes() == log.read_bytes()


def test_a_week_is_done_again_from_its_log_and_drawn(log: Path, cabria: Run, tmp_path: Path) -> None:
    told = cabria("replay", log, "--no-show", "--out", tmp_path / "map.html", "--hours", "2")
    assert told.code == 0
    assert "done again with seed 3" in told.out
    assert "the same, bit for bit" in told.out
    assert "replay-map" in (tmp_path / "map.html").read_text("utf-8")


def test_a_week_is_judged_with_the_plans_of_its_ships(log: Path, cabria: Run) -> None:
    told = cabria("run-log", "check", log)
    assert told.code == 0
    assert "no rule broken" in told.out
    assert "gross moves per crane hour" in told.out


def test_a_week_whose_log_was_changed_is_found_out(log: Path, cabria: Run, tmp_path: Path) -> None:
    lines = gzip.decompress(log.read_bytes()).splitlines(keepends=True)
    number, line = next((n, line) for n, line in enumerate(lines, 1) if line.startswith(b'["BoxesLanded"'))
    lines[number - 1] = line.replace(b'"YC', b'"YX').replace(b'"QC', b'"QX')
    changed = tmp_path / "changed.jsonl.gz"
    changed.write_bytes(gzip.compress(b"".join(lines)))
    told = cabria("replay", changed, "--no-show", "--out", tmp_path / "map.html", "--hours", "1")
    assert told.code == 2
    assert f"line {number} differs" in told.out
