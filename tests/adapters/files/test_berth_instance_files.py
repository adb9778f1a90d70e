"""Public instances of berths: read as the sets mean them, refused with line and remedy."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.adapters.files.barcelona import read_barcelona
from cabria.adapters.files.berth_instances import read_berth_instance
from cabria.domain.berth_replanning import NoMoves
from cabria.domain.discrete_berths import DiscreteBerths
from cabria.domain.errors import DataError
from cabria.domain.tidal_quay import TidalQuay, Tide

DISCRETE = "2\n2\n0 4\n1 1\n5 99999\n3 0\n50 60\n40 41\n1 1 what follows is not looked at"
TIDAL = "Vessels,2\nBegin, 1,13\nEnd, 7,20\nProcessin, 3,4\nLength, 1.5,0.09329999999\nArrival, 0,2\n"
SHIP = {
    "id": 0, "length_m": 294.04, "sections": 7, "arrival": 29, "planned_hour": None, "planned_section": None, "due": 49,
    "workload": 60, "min_cranes": 1, "max_cranes": 5, "std_cranes": 3, "weight": 1, "berth_deadline": None,
}  # fmt: skip
WEEK = {
    "first_section": 2, "last_section": 22, "ships": [SHIP],
    "blocks": [{"first": 9, "last": 13, "start": 0, "end": 2, "kind": "alongside", "cranes": 2}],
    "rules": {"crane_pool": 9, "max_moves_per_hour": 3, "move_penalty": 5,
              "no_moves": [{"start": 40, "end": 59, "min_length": 300}]},
}  # fmt: skip


def written(folder: Path, text: str) -> Path:
    file = folder / "instance.txt"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_discrete_file_is_read_to_its_departures(tmp_path: Path) -> None:
    given = read_berth_instance(written(tmp_path, DISCRETE))
    assert given == DiscreteBerths((0, 4), (1, 1), ((5, 0), (3, 0)), (50, 60), (40, 41))


def test_a_tidal_file_is_read_with_whole_ten_thousandths(tmp_path: Path) -> None:
    given = read_berth_instance(written(tmp_path, TIDAL))
    assert given == TidalQuay(30_000, (0, 2), (3, 4), (15_000, 933), (Tide(1, 7), Tide(13, 20)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2\n2\n0 4\n1 1\n5 9", "ends before the handling times of ship 2"),
        (DISCRETE.replace("5 99999", "x 99999"), "line 5: 'x' stands among the handling times of ship 1"),
        (DISCRETE.replace("0 4", "0 -4"), "line 3: '-4'"),
        (DISCRETE.replace("0 4", "0 4.5"), "line 3: '4.5'"),
        (DISCRETE.replace("0 4", "0 99999999999999999"), "line 3"),
        ("999999 2", "line 1"),
        (DISCRETE.replace("3 0", "0 0"), "Ship 2 may lie at no berth"),
        (TIDAL.replace("Begin", "Beginning"), "line 2: 'Beginning' names no vector"),
        (TIDAL.replace(" 3,4", " 3"), "line 4: Processing has 1 numbers; 2 are due"),
        (TIDAL.replace(" 3,4", " 3,nan"), "line 4: 'nan' stands in Processing"),
        (TIDAL.replace("Arrival, 0,2\n", ""), "The vector Arrival is missing"),
        (TIDAL.replace(",13", ""), "line 3: End has 2 numbers; 1 are due"),
        (TIDAL.replace(" 7,20", " 17,20"), "line 3: The tide from 13 begins before"),
        (TIDAL.replace("1.5", "3.5"), "Ship 1 does not fit"),
        (TIDAL + "End,1,2", "line 7: End stands twice"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(DataError) as refusal:
        read_berth_instance(written(tmp_path, text))
    assert said in str(refusal.value)
    assert "instance.txt" in str(refusal.value)


@settings(max_examples=60)
@given(st.text(max_size=60), st.booleans())
def test_any_text_is_an_instance_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str, cut: bool) -> None:
    whole = DISCRETE[: len(text)] + text if cut else text
    with suppress(DataError):
        read_berth_instance(written(tmp_path_factory.getbasetemp(), whole))


def test_a_week_is_read(tmp_path: Path) -> None:
    published = read_barcelona(written(tmp_path, json.dumps(WEEK | {"optimal_cost": 3})))
    assert published.optimal_cost == 3
    assert published.week.no_moves == (NoMoves(40, 59, 30_000),)
    assert published.week.ships[0].length_cm == 29_404


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ships": []}, "1 to 500 ships"),
        ({"ships": [SHIP, SHIP]}, "an id of its own"),
        ({"ships": [{**SHIP, "sections": "7"}]}, "$.ships[0].sections"),
        ({"ships": [{**SHIP, "sections": 70}]}, "too long"),
        ({"ships": [{**SHIP, "arrival": 10**30}]}, "$.ships"),
        ({"ships": [{**SHIP, "max_cranes": 0}]}, "$.ships[0]"),
        ({"rules": {}}, "crane_pool"),
        ({"blocks": [{"first": 1, "last": 2, "start": 5, "end": 5, "kind": "closed"}]}, "$.blocks[0]"),
        ({"last_section": 1}, "The quay cannot have sections 2 to 1"),
    ],
)
def test_a_week_that_makes_no_sense_is_refused_with_its_place(
    tmp_path: Path, change: dict[str, object], said: str
) -> None:
    with pytest.raises(DataError) as refusal:
        read_barcelona(written(tmp_path, json.dumps(WEEK | change)))
    assert said in str(refusal.value)
    assert "instance.txt" in str(refusal.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "\0", '{"ships": 3}', "9" * 50])
def test_what_is_no_week_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataError, match=r"instance\.txt"):
        read_barcelona(written(tmp_path, text))


def test_every_public_instance_is_read(shared_data: Path) -> None:
    files = [
        file
        for folder in (
            "berth_discrete_cordeau",
            "berth_discrete_kramer",
            "berth_hybrid_lalla_ruiz",
            "berth_tidal_ernst",
        )
        for file in (shared_data / "quay" / folder).iterdir()
        if file.suffix in (".txt", ".csv")
    ]
    assert len(files) == 5 + 10 + 90 + 200
    for file in files:
        read_berth_instance(file)
