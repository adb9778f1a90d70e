"""Exchange, paper mode and history beside a twin that runs: messages in its journal, papers in a folder, positions."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from tests.adapters.exchange.exchanges_by_hand import CALL, box, load_list

from cabria.adapters.files.call_folder import write_call
from cabria.adapters.history.asking import ask
from cabria.adapters.history.folder import HistoryFolder
from cabria.bootstrap.beside import Beside
from cabria.bootstrap.paper_mode import LATEST
from cabria.bootstrap.twin import twin_running
from cabria.domain.errors import DataError
from cabria.experiments.layouts import small_layout
from cabria.twin.twin import Fleet

TABLES = {
    "exchange": {"every_s": 0.1, "settle_s": 0, "partners": [{"name": "LINE", "folder": "line"}]},
    "paper_mode": {"every_min": 60},
    "history": {"every_min": 60},
}


def test_a_load_list_is_noted_by_the_terminal_and_papers_are_written(tmp_path: Path) -> None:
    write_call(CALL, tmp_path / "exchange" / "calls" / "TINY" / "v0001")
    (tmp_path / "line" / "in").mkdir(parents=True)
    (tmp_path / "line" / "in" / "list.edi").write_bytes(load_list([*CALL.loads, box("TINU000021")]))
    terminal = twin_running(small_layout(), fleet=Fleet(trucks=1), speed=1)
    try:
        with Beside(TABLES, tmp_path, terminal) as beside:
            until = time.monotonic() + 60
            while not terminal.standing().messages and time.monotonic() < until:
                time.sleep(0.02)
            assert beside.port_calls is not None
        [note] = terminal.standing().messages.values()
        commands = [told.record for told in terminal.entries(0) if told.record.correlation.startswith("exchange/")]
    finally:
        terminal.end()
    assert (note.kind, note.call) == ("COPRAR", "TINY")
    assert note.what == "Call TINY, v0002: 1 new, 0 gone, 0 changed."
    assert len(commands) == 1
    assert len(list((tmp_path / "line" / "out").iterdir())) == 2
    assert (tmp_path / "papers" / LATEST / "00-read-me-first.pdf").is_file()
    history = HistoryFolder(tmp_path / "history")
    assert ask(history, "SELECT DISTINCT machine FROM telemetry WHERE machine = 'T01'").rows == [("T01",)]
    assert {source.split(",")[0] for source in history.ledger.sources} >= {"positions"}


def test_settings_that_cannot_be_stop_nothing_half_way(tmp_path: Path) -> None:
    terminal = twin_running(small_layout(), fleet=Fleet(trucks=1), speed=1)
    try:
        with pytest.raises(DataError, match=r"terminal\.toml, exchange"):
            Beside({"exchange": {"partners": 3}}, tmp_path, terminal, file="terminal.toml")
        with pytest.raises(DataError, match=r"terminal\.toml, history\.every_min"):
            Beside({"history": {"every_min": -1}}, tmp_path, terminal, file="terminal.toml")
        with Beside({}, tmp_path, terminal) as beside:
            assert beside.port_calls is None
    finally:
        terminal.end()
