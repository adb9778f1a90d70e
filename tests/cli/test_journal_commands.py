"""`cabria journal`: a run written down, checked, copied, done again and read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.cli.conftest import Run

from cabria.bootstrap import plan_call, read_call, write_plan_so_far
from cabria.experiments.calls import make_call, write_made_call
from cabria.planning.loading.problem import Params
from cabria.planning.loading.solve import never
from cabria.planning.search.result import silent

PARAMS = Params(stowage_iterations_a_load=200, crane_iterations=2_000, yard_iterations_a_load=50, with_baselines=False)


@pytest.fixture
def journal(cabria: Run, tmp_path: Path) -> Path:
    """Of a small call, worked in the twin for a while."""
    call, plan, path = tmp_path / "call", tmp_path / "plan", tmp_path / "run.journal"
    write_made_call(make_call(moves=60, teu=1_200, seed=3, blocks=3, quay_cranes=2, yard_fill=0.3), call)
    planned = plan_call(read_call(call), seed=0, params=PARAMS, listen=silent, stop=never)
    write_plan_so_far(planned, plan)
    done = cabria("journal", "record", call, plan, path, "--trucks", 2, "--hours", 0.3, "--snapshots", 10)
    assert done.code == 0, done.err
    return path


def test_a_run_is_written_checked_copied_and_done_again(cabria: Run, journal: Path, tmp_path: Path) -> None:
    verified = cabria("journal", "verify", journal)
    assert verified.code == 0
    seal = re.search(r"Seal: (\d+:[0-9a-f]{64})", verified.out)
    assert seal is not None
    backed_up = cabria("journal", "backup", journal, tmp_path / "backup.journal")
    assert seal[1] in backed_up.out
    restored = cabria("journal", "restore", tmp_path / "backup.journal", tmp_path / "again.journal", "--seal", seal[1])
    assert restored.code == 0
    assert seal[1] in restored.out
    assert cabria("journal", "verify", tmp_path / "again.journal", "--seal", seal[1][:20]).code == 0
    boxes = tmp_path / "boxes.csv"
    replayed = cabria("journal", "replay", tmp_path / "again.journal", "--csv", boxes)
    assert replayed.code == 0, replayed.err
    assert "the same followed" in replayed.out
    assert "truck T01" in replayed.out
    assert len(boxes.read_text().splitlines()) > 10
    assert cabria("journal", "replay", journal, "--whole").out == replayed.out
    earlier = cabria("journal", "replay", journal, "--until", 20)
    assert "Entries up to 20 done again" in earlier.out
    shown = cabria("journal", "show", journal, "--kind", "order", "--about", "T01")
    assert shown.out
    assert all(" order " in line for line in shown.out.splitlines())
    # What is refused.
    assert "already" in cabria("journal", "record", tmp_path / "call", tmp_path / "plan", journal).complaint
    assert "stands there already" in cabria("journal", "restore", tmp_path / "backup.journal", journal).complaint
    assert "does not hold the sealed entry" in cabria("journal", "verify", journal, "--seal", "7:" + "0" * 64).complaint
    assert "is no seal" in cabria("journal", "verify", journal, "--seal", "seven").complaint
    assert "no kind 'wish'" in cabria("journal", "show", journal, "--kind", "wish").complaint


@pytest.mark.parametrize("command", ["verify", "replay", "show"])
def test_what_is_no_journal_is_refused_in_one_sentence(cabria: Run, tmp_path: Path, command: str) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Sirs")
    for name, said in ((letter, "no journal of ours"), (tmp_path / "absent", "no such file")):
        refused = cabria("journal", command, name)
        assert refused.code == 1
        assert said in refused.complaint
        assert "Traceback" not in refused.err
