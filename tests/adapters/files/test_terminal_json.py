"""A terminal reads back as it was written; a key or value that cannot be is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.adapters.files.terminal_json import read_terminal, write_terminal
from cabria.domain.errors import DataError
from cabria.domain.terminal import Outage, QuayCrane, Terminal, YardCrane
from cabria.domain.yard import YardBlock
from cabria.experiments.terminals import make_terminal

counts = st.integers(1, 60)
lengths = st.integers(0, 2_000_000)
seconds = st.integers(1, 500)


@st.composite
def terminals(draw: st.DrawFn) -> Terminal:
    blocks = tuple(
        YardBlock(
            id=f"B{number}",
            bays=draw(counts),
            rows=draw(counts),
            tiers=draw(st.integers(1, 6)),
            x_mm=draw(lengths),
            y_mm=draw(lengths),
            bays_along_quay=draw(st.booleans()),
            plug_bays=tuple(draw(st.lists(counts, max_size=3))),
        )
        for number in range(draw(st.integers(0, 3)))
    )
    return Terminal(
        name=draw(st.text(min_size=1, max_size=20)),
        port="PECHY",
        quay_length_mm=draw(counts) * 1000,
        blocks=blocks,
        quay_cranes=tuple(
            QuayCrane(
                f"Q{number}",
                draw(lengths),
                draw(seconds),
                may_twin=draw(st.booleans()),
                ready_s=draw(lengths),
                outages=tuple(Outage(n * 1_000, n * 1_000 + draw(st.integers(1, 1_000))) for n in range(number)),
                rail_until_mm=draw(st.none() | lengths),
                travels_from_x=draw(st.booleans()),
            )
            for number in range(draw(st.integers(1, 3)))
        ),
        yard_cranes=tuple(YardCrane(f"Y{block.id}", block.id, draw(seconds)) for block in blocks),
        trucks=draw(counts),
        crane_gap_bays=draw(st.integers(0, 3)),
    )


@given(terminals())
def test_a_terminal_reads_back_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, terminal: Terminal) -> None:
    path = tmp_path_factory.mktemp("terminals") / "terminal.json"
    write_terminal(terminal, path)
    assert read_terminal(path) == terminal


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"trucks": 13', '"trucks": -1', r"\$\.trucks"),
        ('"trucks"', '"lorries"', "no key 'lorries'"),
        ('"id": "B02"', '"id": "B01"', "has a block twice"),
        ('"block": "B02"', '"block": "B77"', "Yard crane YC02 stands in block B77"),
        ('"tiers": 5', '"tiers": 1e9', r"\$\.blocks\[0\]\.tiers"),
        ('"port": "PECHY"', '"port": "Chancay"', r"\$\.port"),
        ('"outages": []', '"outages": [{"from_s": 9, "until_s": 5}]', "An outage from 9 to 5 s is no span"),
        ('"dual_cycle_s": 0', '"dual_cycle_s": 1', "dual cycle of quay crane QC1 is shorter"),
        ("cabria.terminal/1", "cabria.terminal/9", r"\$\.format"),
        ('"port"', "port", "not JSON"),
    ],
)
def test_a_wrong_terminal_is_told_by_its_place(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    path = tmp_path / "terminal.json"
    write_terminal(make_terminal(blocks=2, quay_cranes=2), path)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(DataError, match=sentence) as caught:
        read_terminal(path)
    assert caught.value.file == str(path)
