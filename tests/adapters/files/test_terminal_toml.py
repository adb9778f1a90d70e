"""Settings of a site: what is there, what is refused and where."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.adapters.files.terminal_toml import FORMAT, read_terminal
from cabria.domain.errors import DataError

HEAD = f'format = "{FORMAT}"\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "terminal.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_with_servers_and_emulated_machines(tmp_path: Path) -> None:
    text = """
call = "out/small"
journal = "postgresql://cabria@db/terminal"
broker = "mqtts://bus:8883"
trucks = 4
speed = 30
[emulate]
faults = "silence"
[http]
port = 9000
[paper_mode]
every_min = 5
"""
    chosen = read_terminal(written(tmp_path, HEAD + text))
    assert chosen.journal == "postgresql://cabria@db/terminal"
    assert chosen.call == tmp_path / "out" / "small"
    assert (chosen.broker, chosen.trucks, chosen.speed) == ("mqtts://bus:8883", 4, 30.0)
    assert (chosen.emulates, chosen.faults) == (("trucks", "cranes"), "silence")
    assert chosen.tables == {"http": {"port": 9000}, "paper_mode": {"every_min": 5}}
    assert (chosen.folder, chosen.layout, chosen.plan) == (tmp_path / "run", None, None)


def test_a_journal_in_a_file_lies_beside_the_settings(tmp_path: Path) -> None:
    assert read_terminal(written(tmp_path, HEAD + 'journal = "j/a.journal"')).journal == str(tmp_path / "j/a.journal")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "terminal.toml"),
        ('format = "cabria.call/1"', "cabria.terminal/1"),
        (HEAD + "speed = 30", "speed"),
        (HEAD + "speed = 30\n[emulate]\ncranes = false", "speed"),
        (HEAD + "speed = 0\n[emulate]", "speed"),
        (HEAD + "trucks = 0", "trucks"),
        (HEAD + 'trucks = "four"', "trucks"),
        (HEAD + "brokers = 1", "brokers"),
        (HEAD + "[emulate]\nships = true", "ships"),
        (HEAD + "http = 1", "http"),
        (HEAD + "[[[", "not TOML"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(tmp_path: Path, text: str, place: str) -> None:
    with pytest.raises(DataError) as refused:
        read_terminal(written(tmp_path, text))
    assert place in str(refused.value)


@given(st.binary(max_size=200))
def test_no_file_whatever_is_in_it_is_more_than_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "terminal.toml"
    path.write_bytes(content)
    with pytest.raises(DataError):
        read_terminal(path)
