"""Programs beside the terminal."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.bootstrap.parts import EMULATED, Parts

SLEEP = ["-c", "import time; time.sleep(60)"]


def state_of(pid: int) -> str:
    """As the system has it: R and S go on, T stands still."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


@settings(max_examples=2, deadline=None)
@given(st.sets(st.sampled_from(["broker", *EMULATED]), min_size=1))
def test_emulated_machines_that_were_frozen_stand_still_until_they_are_ended(
    tmp_path_factory: pytest.TempPathFactory, names: set[str]
) -> None:
    folder = tmp_path_factory.mktemp("parts")
    with Parts(folder) as parts:
        for name in sorted(names):
            parts._start(name, SLEEP)
        parts.freeze()
        processes = dict(parts.processes)
        for name in names - {"broker"}:
            os.waitid(os.P_PID, processes[name].pid, os.WSTOPPED | os.WNOWAIT)  # until it stands still
        assert {name for name in names if state_of(processes[name].pid) == "T"} == names - {"broker"}
    assert all(process.poll() is not None for process in processes.values())
