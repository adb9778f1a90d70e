"""Files of crane tasks: read as they are written, refused with the place where they are wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.adapters.files.qcsp import BestKnown, read_best_known, read_crane_tasks
from cabria.domain.errors import DataError

GOOD = {
    "name": "small", "n": 3, "b": 4, "q": 2, "t": 1, "s": 1, "p": [5, 6, 7], "l": [1, 1, 4], "l0": [1, 3], "r": [0, 2],
    "Phi": [[1, 2]],
}  # fmt: skip


def written(folder: Path, content: str) -> Path:
    path = folder / "tasks.json"
    path.write_text(content)
    return path


def test_an_instance_is_read(tmp_path: Path) -> None:
    tasks = read_crane_tasks(written(tmp_path, json.dumps(GOOD)))
    assert (tasks.times, tasks.task_bays, tasks.start_bays, tasks.ready_times) == ((5, 6, 7), (1, 1, 4), (1, 3), (0, 2))
    assert (tasks.bays, tasks.bay_travel, tasks.gap_bays, tasks.precedences) == (4, 1, 1, ((1, 2),))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"n": 4}, "n"), ({"q": 1}, "q"), ({"p": [5, 6, "x"]}, "p"), ({"p": [5, 6, 10**30]}, "p"), ({"t": None}, "t"),
        ({"Phi": [[1]]}, "Phi"), ({"Phi": [[1, 3]]}, "1, 3"), ({"l": [1, 1, 5]}, "bay"), ({"s": -1}, "bays between"),
        ({"r": [0]}, "cranes"), ({"p": [1.5, 6, 7]}, "p"),
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_instance_is_refused_with_its_file_and_place(
    tmp_path: Path, change: dict[str, object], place: str
) -> None:
    path = written(tmp_path, json.dumps(GOOD | change))
    with pytest.raises(DataError, match=place) as caught:
        read_crane_tasks(path)
    assert str(path) in str(caught.value)


@given(st.integers(0, len(json.dumps(GOOD)) - 1))
def test_a_file_cut_off_anywhere_is_refused(tmp_path_factory: pytest.TempPathFactory, length: int) -> None:
    path = written(tmp_path_factory.mktemp("cut"), json.dumps(GOOD)[:length])
    with pytest.raises(DataError, match=r"\w"):
        read_crane_tasks(path)


def test_best_known_values_are_read_and_empty_ones_are_unknown(tmp_path: Path) -> None:
    path = tmp_path / "best_known.csv"
    path.write_text("name,z_unidirectional,z_bidirectional,z_best\na,520,,519\nb,,,\n")
    assert read_best_known(path) == {"a": BestKnown(520, 519), "b": BestKnown(None, None)}


@pytest.mark.parametrize(
    ("content", "place"),
    [("name,z_best\na,1\n", "line 1"), ("name,z_unidirectional,z_best\na,1,many\n", "line 2"), ("", "empty")],
    ids=["no column", "no number", "nothing"],
)
def test_wrong_best_known_values_are_refused_with_the_line(tmp_path: Path, content: str, place: str) -> None:
    path = tmp_path / "best_known.csv"
    path.write_text(content)
    with pytest.raises(DataError, match=place):
        read_best_known(path)


def test_every_public_instance_is_read_and_has_a_best_known_value(shared_data: Path) -> None:
    folder = shared_data / "quay" / "qcsp"
    known = read_best_known(folder / "best_known.csv")
    for path in sorted(folder.glob("*.json")):
        assert read_crane_tasks(path).tasks
        assert known[path.stem].any_way
