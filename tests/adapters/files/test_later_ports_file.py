"""The table of what later ports are expected to load."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.adapters.files.call_folder import read_call, write_call
from cabria.adapters.files.later_ports import read_later_loads, write_later_loads
from cabria.domain.calls import ExpectedLoads
from cabria.domain.containers import Port
from cabria.domain.errors import DataError
from cabria.experiments.tiny import tiny_call

PORTS = st.sampled_from([Port("ECPSJ"), Port("CNSHA"), Port("CNSHK")])
EXPECTED = st.builds(
    lambda port, pod, length, count, mass, share: ExpectedLoads(port, pod, length, count, mass, round(share * count)),
    PORTS, PORTS, st.sampled_from([20, 40, 45]), st.integers(0, 5_000), st.integers(0, 30_000), st.floats(0, 1),
)  # fmt: skip


@settings(max_examples=30)
@given(st.lists(EXPECTED, min_size=1, max_size=5).map(tuple))
def test_what_is_written_reads_back(
    tmp_path_factory: pytest.TempPathFactory, expected: tuple[ExpectedLoads, ...]
) -> None:
    path = tmp_path_factory.mktemp("later") / "later_ports.csv"
    write_later_loads(expected, path)
    assert read_later_loads(path) == expected


def test_a_call_keeps_its_forecast(tmp_path: Path) -> None:
    made = tiny_call()
    first, last = made.rotation[0], made.rotation[-1]
    made = replace(made, later_loads=(ExpectedLoads(first, last, 40, 7, 12_000, 2),))
    write_call(made, tmp_path / "call")
    assert read_call(tmp_path / "call").later_loads == made.later_loads


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("Chancay,CNSHA,40,3", "is no port"),
        ("ECPSJ,CNSHA,30,3", "20, 40 or 45"),
        ("ECPSJ,CNSHA,40,", "missing"),
        ("ECPSJ,CNSHA,forty,3", "is not a number"),
        ("ECPSJ,CNSHA,40,200001", "is not between"),
    ],
)
def test_a_wrong_line_is_told_with_its_number(tmp_path: Path, line: str, sentence: str) -> None:
    path = tmp_path / "later_ports.csv"
    path.write_text(f"port,pod,length_ft,count\nECPSJ,CNSHA,40,1\n{line}\n")
    with pytest.raises(DataError, match=sentence) as refused:
        read_later_loads(path)
    assert "line 3" in str(refused.value)
