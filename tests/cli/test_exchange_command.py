"""`cabria exchange` as its user meets it."""

from __future__ import annotations

from pathlib import Path

from tests.adapters.exchange.exchanges_by_hand import CALL, box, load_list

from cabria.adapters.files.call_folder import read_call, write_call

from .conftest import Run

SETTINGS = """
[exchange]
settle_s = 0.1

[[exchange.partners]]
name = "LINE"
folder = "line"
"""


def test_what_lies_there_is_worked_on_and_answered(cabria: Run, tmp_path: Path) -> None:
    (tmp_path / "terminal.toml").write_text(SETTINGS)
    write_call(CALL, tmp_path / "exchange" / "calls" / "TINY" / "v0001")
    (tmp_path / "line" / "in").mkdir(parents=True)
    (tmp_path / "line" / "in" / "list.edi").write_bytes(load_list([*CALL.loads, box("TINU000021")]))
    outcome = cabria("exchange", tmp_path / "terminal.toml", "--once")
    assert outcome.code == 0, outcome.err
    assert "1 files taken, 1 worked on, 2 written" in outcome.out
    assert outcome.out.strip().endswith("In all: 1 done.")
    assert len(read_call(tmp_path / "exchange" / "calls" / "TINY" / "v0002").loads) == len(CALL.loads) + 1
    assert len(list((tmp_path / "line" / "out").iterdir())) == 2


def test_settings_without_partners_are_refused_with_what_to_write(cabria: Run, tmp_path: Path) -> None:
    path = tmp_path / "terminal.toml"
    for text, remedy in (("x = 1\n", "exchange-messages.md"), ("[exchange]\n", "[[exchange.partners]]")):
        path.write_text(text)
        outcome = cabria("exchange", path, "--once")
        assert outcome.code == 1
        assert remedy in outcome.complaint
