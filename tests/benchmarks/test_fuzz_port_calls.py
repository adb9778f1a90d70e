"""The short form of fuzzing port calls."""

from __future__ import annotations

import pytest

from benchmarks import fuzz
from cabria.adapters.exchange.port_call_file import PortCallFile


def test_broken_port_calls_break_nothing_and_honest_ones_are_kept() -> None:
    [row] = fuzz.run(["port-calls"], seconds=0.5, seed=2, jobs=1, solutions=None)
    assert row["valid"], row
    assert int(str(row["messages"])) >= 60
    assert int(str(row["told"])) >= 10


def test_a_door_that_loses_what_is_said_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PortCallFile, "add", lambda self, content, *, file: "")
    [row] = fuzz.run(["port-calls"], seconds=0.1, seed=2, jobs=1, solutions=None)
    assert not row["valid"]
    assert int(str(row["honest_lost"])) > 0
