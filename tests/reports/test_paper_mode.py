"""Papers to go on by hand: everything that stands in a picture stands on paper, whole, and old sets go."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from tests.fakes.journal import JournalInMemory
from tests.twin.test_twin import its_layout, planned

from cabria.bootstrap import paper_mode as mode
from cabria.bootstrap.paper_mode import LATEST, PaperSettings, paper_settings, thin, write_set
from cabria.domain.errors import DataError
from cabria.domain.positions import YardPosition
from cabria.domain.run_events import Aboard, OnTruck
from cabria.domain.work import ONTO_SHIP
from cabria.operations.journaling import JournaledControl
from cabria.operations.pictures import picture_of
from cabria.operations.running import Picture
from cabria.operations.settings import Settings
from cabria.reports.aboard import Part
from cabria.reports.paper_mode import READ_FIRST, _aboard
from cabria.twin.twin import Fleet, Twin

ZERO_UTC_MS = 1_772_431_200_000


@cache
def pictures() -> tuple[Picture, ...]:
    """Before, on the way, and when all is done."""
    call, plan = planned()
    twin = Twin(its_layout(), Settings(), Fleet(trucks=8), 1, journal=JournalInMemory())
    control = twin.control
    assert isinstance(control, JournaledControl)
    control.take_stock(call.yard)
    found = [picture_of(control, 1, {}, {})]
    control.berth(call, plan)
    for minutes in (15, 60, 600):
        twin.run(minutes * 60_000)
        found.append(picture_of(control, minutes, {}, {}))
    return tuple(found)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_set(pictures()[2], its_layout(), ZERO_UTC_MS, tmp_path_factory.mktemp("papers"))


def words(path: Path) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_first_sheet_says_as_of_when_and_how_to_go_on(made: Path) -> None:
    text = words(made / READ_FIRST)
    assert "AS OF 2026-03-02 07:00:00 UTC" in text
    assert "How to go on by hand" in text
    for path in made.iterdir():
        if path.name != READ_FIRST:
            assert path.stem in text
    carrying = [truck for truck in pictures()[2].trucks.values() if truck.boxes]
    assert carrying
    assert all(truck.id in text and truck.boxes[0] in text for truck in carrying)


def test_every_sheet_says_as_of_when(made: Path) -> None:
    for path in made.glob("*.pdf"):
        for page in PdfReader(path).pages:
            assert "AS OF 2026-03-02 07:00:00 UTC" in page.extract_text()


def test_every_box_of_the_yard_stands_on_three_papers(made: Path) -> None:
    picture = pictures()[2]
    stand = {box: place for box, place in picture.boxes.items() if isinstance(place, YardPosition)}
    table = rows(made / "yard.csv")
    assert {(r["container"], r["block"], int(r["bay"]), int(r["row"]), int(r["tier"])) for r in table} == {
        (box, at.block, at.bay, at.row, at.tier) for box, at in stand.items()
    }
    by_stack, by_number = words(made / "40-yard-by-stack.pdf"), words(made / "41-yard-by-number.pdf")
    assert all(box in by_stack and box in by_number for box in stand)


def test_queues_tell_what_is_done_and_what_comes_next(made: Path) -> None:
    picture = pictures()[2]
    [table] = made.glob("10-crane-queues-*.csv")
    for crane in picture.quay_cranes.values():
        mine = [row for row in rows(table) if row["crane"] == crane.id]
        assert sum(row["is_done"] == "True" for row in mine) == crane.done
        assert [row["containers"].split() for row in mine] == [list(step.containers) for step in crane.queue]
    text = words(table.with_suffix(".pdf"))
    for crane in picture.quay_cranes.values():
        assert f"{crane.done:,} of {crane.steps:,} done" in text
        assert all(box in text for step in crane.queue[crane.done :] for box in step.containers)


def test_moves_under_way_say_where_each_box_is(made: Path) -> None:
    picture = pictures()[2]
    told = {row["container"]: row for row in rows(made / "30-moves-under-way.csv")}
    assert told.keys() == {box for move in picture.moves.values() for box in move.containers}
    for box, row in told.items():
        place = picture.boxes[box]  # type: ignore[index]
        assert str(place.truck if isinstance(place, OnTruck) else getattr(place, "position", place)) in row["is_now"]


@settings(max_examples=4)
@given(st.sampled_from([1, 2, 3]))
def test_bay_sheets_show_the_ship_as_she_stands_and_as_she_will(moment: int) -> None:
    picture = pictures()[moment]
    for name, call in picture.calls.items():
        shown = _aboard(picture, name, call)
        boxes = [box for bay in shown.by_bay.values() for box in bay]
        now = {
            box.container.id: box.position for box in boxes if box.part in (Part.STAYS, Part.DISCHARGED, Part.LIFTED)
        }
        assert now == {b: p.position for b, p in picture.boxes.items() if isinstance(p, Aboard) and p.call == name}
        coming = {box.container.id for box in boxes if box.part in (Part.LOADED, Part.PUT_BACK)}
        left = {
            box
            for crane in picture.quay_cranes.values()
            for step in crane.queue[crane.done :]
            if step.kind in ONTO_SHIP
            for box, slot in zip(step.containers, step.positions, strict=True)
            if now.get(box) != slot
        }
        assert coming == left


def test_the_same_picture_gives_the_same_bytes(made: Path, tmp_path: Path) -> None:
    again = write_set(pictures()[2], its_layout(), ZERO_UTC_MS, tmp_path)
    assert {path.name: path.read_bytes() for path in again.iterdir()} == {
        p.name: p.read_bytes() for p in made.iterdir()
    }
    assert (tmp_path / LATEST).resolve() == again
    another = write_set(pictures()[2], its_layout(), ZERO_UTC_MS, tmp_path)
    assert another != again
    assert (tmp_path / LATEST).resolve() == another


@pytest.mark.parametrize("moment", [0, 3])
def test_an_empty_quay_and_a_finished_ship_have_papers_too(tmp_path: Path, moment: int) -> None:
    folder = write_set(pictures()[moment], its_layout(), ZERO_UTC_MS, tmp_path)
    assert (folder / READ_FIRST).stat().st_size > 1_000


def test_a_set_that_cannot_be_finished_is_not_there_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(picture: Picture, layout: object, zero: int, folder: Path) -> None:
        (folder / "half.pdf").write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cabria.reports.paper_mode.write_papers", full)
    with pytest.raises(DataError, match="No space left"):
        write_set(pictures()[0], its_layout(), ZERO_UTC_MS, tmp_path)
    assert list(tmp_path.iterdir()) == []


@given(st.lists(st.integers(0, 60 * 24 * 40), min_size=1, max_size=60, unique=True))
@settings(max_examples=10)
def test_of_old_sets_the_newest_and_one_an_hour_and_a_day_stay(minutes: list[int]) -> None:
    now = datetime(2026, 3, 2, 6, tzinfo=UTC)
    kept = PaperSettings(Path("x"))
    found = [(now - timedelta(minutes=age), Path(f"papers-{age}")) for age in sorted(minutes, reverse=True)]
    gone = set(mode._too_many(found[:-1], kept, now))
    stays = [(now - at, at) for at, path in found if path not in gone]
    assert all(path in gone for at, path in found[:-1] if now - at > timedelta(days=30))
    assert not [path for at, path in found if path in gone and now - at <= timedelta(hours=3)]
    old = [at for age, at in stays if timedelta(hours=3) < age <= timedelta(days=2)]
    assert len({at.strftime("%m%d%H") for at in old}) == len(old) or now - min(old) > timedelta(days=2)
    assert found[-1][1] not in gone


def test_thinning_takes_away_sets_alone(tmp_path: Path) -> None:
    for name in ("papers-20200101-000000", "papers-20260302-055900", "papers-20260302-060000", "notes", "papers-x"):
        (tmp_path / name).mkdir()
    assert thin(PaperSettings(tmp_path), datetime(2026, 3, 2, 6, tzinfo=UTC)) == 1
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["notes", "papers-20260302-055900", "papers-20260302-060000", "papers-x"]


@pytest.mark.parametrize("table", [{"every": 1}, {"every_min": 0}, {"folder": 3}, []])
def test_settings_that_cannot_be_are_refused(table: object) -> None:
    with pytest.raises(DataError, match="paper_mode"):
        paper_settings(table, Path(), file="terminal.toml")
    assert paper_settings({"every_min": 2}, Path("/a"), file="").every_min == 2
