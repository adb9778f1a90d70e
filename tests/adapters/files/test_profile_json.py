"""Vessel profiles in JSON: nothing is lost on the way, and nothing wrong comes in without a sentence about it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.adapters.files.profile_json import (
    MAX_BYTES,
    parse_profile,
    profile_bytes,
    profile_schema,
    read_profile,
    write_profile,
)
from cabria.domain.errors import DataError
from cabria.domain.vessel import (
    Cell,
    HatchCover,
    HydrostaticPoint,
    Level,
    StackId,
    Station,
    Tank,
    VesselBay,
    VesselLimits,
    VesselProfile,
    VesselStack,
)
from cabria.experiments.ships import make_ship

amounts = st.integers(-(10**12), 10**12)
masses = st.integers(0, 10**12)
maybe = st.none() | amounts
maybe_mass = st.none() | masses
names = st.text(max_size=20)


def stacks(level: Level, row: int) -> st.SearchStrategy[VesselStack]:
    first = 82 if level is Level.DECK else 2
    flags = st.booleans()

    def cells(count: int) -> st.SearchStrategy[tuple[Cell, ...]]:
        return st.tuples(
            *(
                st.builds(Cell, st.just(first + 2 * n), flags, flags, flags, flags, flags, flags, vcg_mm=maybe)
                for n in range(count)
            )
        )

    return st.builds(
        VesselStack,
        row=st.just(row),
        level=st.just(level),
        cells=st.integers(1, 4).flatmap(cells),
        max_weight_20_kg=maybe_mass,
        max_weight_40_kg=maybe_mass,
        max_height_mm=maybe_mass,
        tcg_mm=maybe,
        lcg_fore_mm=maybe,
        lcg_mm=maybe,
        lcg_aft_mm=maybe,
    )


@st.composite
def profiles(draw: st.DrawFn) -> VesselProfile:
    bays = []
    for index in range(draw(st.integers(1, 3))):
        number = 4 * index + 2
        rows = draw(st.lists(st.tuples(st.sampled_from(Level), st.integers(0, 30)), unique=True, max_size=4))
        made = tuple(draw(stacks(level, row)) for level, row in rows)
        is_single = draw(st.booleans())
        bays.append(VesselBay(number - 1, number - 1, None, made) if is_single
                    else VesselBay(number, number - 1, number + 1, made))  # fmt: skip
    ids = st.lists(
        st.sampled_from([StackId(bay.number, s.row, s.level) for bay in bays for s in bay.stacks]), max_size=3
    ) if any(bay.stacks for bay in bays) else st.just([])  # fmt: skip
    displacements = sorted(draw(st.sets(masses, max_size=3)))
    points = [draw(st.builds(HydrostaticPoint, st.just(d), maybe, maybe, maybe, maybe, maybe, maybe, maybe))
              for d in displacements]  # fmt: skip
    buoyancy = st.just(()) | st.tuples(*(amounts for _ in points))
    return VesselProfile(
        name=draw(names),
        bays=tuple(bays),
        hatch_covers=tuple(draw(st.lists(st.builds(HatchCover, names, ids.map(tuple), ids.map(tuple)), max_size=2))),
        hydrostatics=tuple(points),
        stations=tuple(
            draw(
                st.lists(st.builds(Station, amounts, masses, amounts, buoyancy, maybe, maybe, maybe, maybe), max_size=2)
            )
        ),
        tanks=tuple(draw(st.lists(st.builds(Tank, names, masses, amounts, amounts, amounts, amounts), max_size=2))),
        limits=draw(st.builds(VesselLimits, maybe, maybe, maybe, maybe, maybe, maybe, maybe_mass, maybe_mass)),
        imo=draw(names),
        call_sign=draw(names),
        length_mm=draw(maybe_mass),
        beam_mm=draw(maybe_mass),
        source=draw(names),
    )


@settings(max_examples=60)
@given(profiles())
def test_reading_what_was_written_gives_an_equal_profile(profile: VesselProfile) -> None:
    assert parse_profile(profile_bytes(profile), file="ship.json") == profile


@settings(max_examples=20)
@given(profiles())
def test_what_is_written_keeps_to_the_schema(profile: VesselProfile) -> None:
    jsonschema.validate(json.loads(profile_bytes(profile)), profile_schema())


def test_a_file_of_the_reference_ship_is_compact_and_loses_nothing(tmp_path: Path) -> None:
    ship = make_ship(18_000)
    write_profile(ship, tmp_path / "ship.json")
    assert read_profile(tmp_path / "ship.json") == ship
    assert (tmp_path / "ship.json").stat().st_size < 1_500_000
    assert [path.name for path in tmp_path.iterdir()] == ["ship.json"]


def test_the_schema_in_the_handbook_is_fresh(repository: Path) -> None:
    page = repository / "docs" / "reference" / "vessel-profile.schema.json"
    assert json.loads(page.read_text()) == profile_schema(), (
        "write it again: python -m cabria.adapters.files.profile_json > docs/reference/vessel-profile.schema.json"
    )


def test_the_example_in_the_handbook_is_a_profile(repository: Path) -> None:
    page = (repository / "docs" / "reference" / "vessel-profile.md").read_text(encoding="utf-8")
    example = page.partition("```json\n")[2].partition("```")[0]
    profile = parse_profile(example.encode(), file="vessel-profile.md")
    assert (profile.name, profile.capacity_teu, profile.plugs) == ("TINY", 7, 1)


def document(**changes: Any) -> bytes:
    """A profile of one stack, with top-level fields replaced."""
    stack = {"row": 0, "level": "deck", "cells": [[82, "20F 20A 40", 30_000]]}
    whole = {
        "format": "cabria.profile/1",
        "name": "TINY",
        "bays": [{"number": 2, "fore": 1, "aft": 3, "stacks": [stack]}],
    }
    return json.dumps(whole | changes).encode()


def refusal(content: bytes) -> str:
    with pytest.raises(DataError) as caught:
        parse_profile(content, file="ship.json")
    assert caught.value.file == "ship.json"
    return str(caught.value)


def test_the_smallest_document_is_a_profile() -> None:
    assert parse_profile(document(), file="ship.json").capacity_teu == 2


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{", "not JSON"),
        (b"\x00\x01\x02", "not JSON"),
        (b'{"format": "cabria.profile/1", "name": "\xff"', "not JSON"),
        (b"[1, 2]", "says no format"),
        (b"[" * 100_000, "says no format"),
        (b'{"format": ' + b"[" * 100_000, "no format"),
        (b'{"bays": ' + b"[" * 100_000, "not JSON"),
        (document(format="cabria.profile/99"), "says 'cabria.profile/99'"),
        (document(format=1), "says no format"),
        (document(name=7), "$.name"),
        (document(bays=[]), "$.bays"),
        (document(beam_mm=float("nan")), "not JSON"),
        (document(beam_mm=10**40), "$.beam_mm"),
        (document(beam_mm=1.5), "$.beam_mm"),
        (document(beam_mm=-1), "$.beam_mm"),
        (document(tonnage=1), "tonnage"),
        (document(limits={"min_gm": 1}), "$.limits"),
        (document(hatch_covers=[{"id": "1", "closes": [[2, 5, "hold"]], "carries": []}]), "Hatch cover 1"),
        (document(hydrostatics=[{"displacement_kg": 2}, {"displacement_kg": 1}]), "do not rise"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_place(content: bytes, says: str) -> None:
    assert says in refusal(content)


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ([82, "40 53"], "cells[0][1]"),
        ([82, "20f"], "cells[0][1]"),
        ([182, "40"], "cells[0][0]"),
        ([82, "40", "high"], "cells[0][2]"),
        ([82, "40", 1, 2], "at most 3 entries"),
        ([82], "cells[0]"),
    ],
)
def test_a_wrong_cell_is_told_with_its_place(cell: list[Any], says: str) -> None:
    stacks = [{"row": 0, "level": "hold", "cells": [cell]}]
    assert says in refusal(document(bays=[{"number": 2, "fore": 1, "aft": 3, "stacks": stacks}]))


def test_a_bay_that_contradicts_itself_is_told_by_number() -> None:
    assert "bay 06" in refusal(document(bays=[{"number": 6, "fore": 1, "aft": 3, "stacks": []}]))


def test_an_absent_an_empty_and_a_huge_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        read_profile(tmp_path / "absent.json")
    (tmp_path / "empty.json").write_bytes(b" \n")
    with pytest.raises(DataError, match="empty"):
        read_profile(tmp_path / "empty.json")
    with (tmp_path / "huge.json").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(DataError, match="larger than 10 MB"):
        read_profile(tmp_path / "huge.json")
    with pytest.raises(DataError, match="This is a folder"):
        read_profile(tmp_path)


def test_a_profile_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(DataError, match="not a file"):
        write_profile(make_ship(1_000), tmp_path / "taken")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
