from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.adapters.files.yard_bays import each_yard_bay, read_yard_bays
from cabria.domain.errors import DataError


def file_of(folder: Path, *lines: object, name: str = "bays.jsonl") -> Path:
    path = folder / name
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines).encode()
    path.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    return path


def refusal(folder: Path, line: object) -> DataError:
    with pytest.raises(DataError) as caught:
        read_yard_bays(file_of(folder, line))
    return caught.value


def test_further_keys_are_kept_and_known_ones_are_read(tmp_path: Path) -> None:
    line = {"set": "X", "group": "g", "name": "a", "S": 2, "T": 3, "N": 2, "W": 2, "opt": 5, "stacks": [[2, 1], []]}
    (read,) = read_yard_bays(file_of(tmp_path, line | {"tt_seconds": 1.5}, name="bays.jsonl.gz"))
    assert (read.collection, read.group, read.name, read.windows, read.optimum) == ("X", "g", "a", 2, 5)
    assert read.bay.stacks == ((2, 1), ())
    assert read.further == {"tt_seconds": 1.5}


def test_a_line_without_a_name_is_named_after_its_place(tmp_path: Path) -> None:
    (read,) = read_yard_bays(file_of(tmp_path, "", {"T": 1, "stacks": [[1]], "opt": None}))
    assert (read.name, read.line, read.optimum) == ("bays_2", 2, None)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ({"T": 3, "stacks": [[2, None, 1]]}, "line 1, stack 1, tier 2: There is no box here, and the one above floats"),
        ({"T": 3, "stacks": [[2, 0]]}, "line 1, stack 1, tier 2: The priority of a box is missing"),
        ({"T": 1, "stacks": [[2, 1]]}, "line 1, stack 1: 2 boxes exceed tier 1"),
        ({"T": 1, "stacks": [[1]], "N": 2}, "line 1, N: N says 2 boxes, the stacks hold 1"),
        ({"T": 1, "stacks": [[1]], "S": 2}, "line 1, S: S says 2 stacks, the stacks hold 1"),
        ({"T": 1, "stacks": [["a"]]}, "line 1, stack 1, tier 1: The priority"),
        ({"T": 1, "stacks": [[-1]]}, "line 1, stack 1, tier 1: The priority"),
        ({"T": 1, "stacks": [[1e9]]}, "line 1, stack 1, tier 1: The priority"),
        ({"stacks": [[1]]}, "T is missing"),
        ({"T": 10**9, "stacks": [[1]]}, "T must be a whole number"),
        ({"T": 1, "stacks": 3}, "list of lists"),
        ({"T": 1}, "list of lists"),
        ({"T": 1, "stacks": []}, "1 to 1000 stacks"),
        ({"T": 1, "stacks": [[1]], "name": "../x"}, "fit for the name of a file"),
        ([1, 2], "no JSON object"),
        ("{cut off", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ('{"T": NaN, "stacks": [[1]]}', "no JSON"),
    ],
    ids=[
        "floating", "missing", "overfull", "boxes", "stacks", "word", "negative", "fraction", "no tier", "huge tier",
        "no lists", "no stacks key", "no stacks", "name", "list", "cut off", "deep", "no number",
    ],
)  # fmt: skip
def test_a_bad_line_is_refused_with_its_place(tmp_path: Path, line: object, told: str) -> None:
    assert told in str(refusal(tmp_path, line))


def test_bad_lines_do_not_stop_the_good_ones(tmp_path: Path) -> None:
    good = {"T": 1, "stacks": [[1]]}
    entries = list(each_yard_bay(file_of(tmp_path, good, "{", good)))
    assert [isinstance(entry, DataError) for entry in entries] == [False, True, False]


def test_a_name_used_twice_is_refused(tmp_path: Path) -> None:
    line = {"name": "a", "T": 1, "stacks": [[1]]}
    with pytest.raises(DataError, match=r"used twice, first in line 1"):
        read_yard_bays(file_of(tmp_path, line, line))


def test_files_that_are_no_files_are_refused(tmp_path: Path) -> None:
    whole = file_of(tmp_path, *({"T": 1, "stacks": [[1]], "name": str(n)} for n in range(200)), name="a.jsonl.gz")
    cut = tmp_path / "cut.jsonl.gz"
    cut.write_bytes(whole.read_bytes()[:-20])
    binary = tmp_path / "binary.jsonl"
    binary.write_bytes(b"\xff\xfe\x00")
    empty = tmp_path / "empty.jsonl"
    empty.write_bytes(b"")
    blank = tmp_path / "blank.jsonl.gz"
    blank.write_bytes(gzip.compress(b"\n\n"))
    for path, told in [
        (cut, "cut off"),
        (binary, "not text"),
        (empty, "empty"),
        (blank, "no bay"),
        (tmp_path / "none.jsonl", "no such file"),
    ]:
        with pytest.raises(DataError, match=told):
            read_yard_bays(path)


@given(st.binary(max_size=200))
def test_whatever_the_bytes_only_refusals_come_out(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "x.jsonl"
    path.write_bytes(content)
    told: list[object] = []
    try:
        told += each_yard_bay(path)
    except DataError as error:
        told.append(error)
    assert all(entry.file == str(path) for entry in told if isinstance(entry, DataError))


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("cvs", 420),
        ("zhu", 2500),
        ("firmino_crane_time", 600),
        ("cpmp_bf", 320),
        ("cpmp_emm", 351),
        ("crptw_stochastic", 720),
    ],
    ids=["cvs", "zhu", "firmino", "cpmp_bf", "cpmp_emm", "crptw"],
)
def test_the_public_collections_are_read_whole(shared_data: Path, name: str, lines: int) -> None:
    assert len(read_yard_bays(shared_data / "yard" / f"{name}.jsonl.gz")) == lines
