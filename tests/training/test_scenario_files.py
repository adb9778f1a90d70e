"""Scenario files: read as they are written, refused with place and remedy, and never a way to a site."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.adapters.files.terminal_toml import read_terminal
from cabria.domain.errors import DataError
from cabria.training.files import COURSE, read_scenario, scenario_named
from cabria.training.scenario import Fault, FolderStart, MadeStart, Measure, Role

TEXT = 'es = "uno"\nen = "one"\nzh = "一"\n'
WHOLE = f"""format = "cabria.training/1"
id = "mine"
role = "yard planner"
lasts_min = 60
goals = [{{ es = "meta", en = "goal", zh = "目标" }}]
[title]
{TEXT}[teaches]
{TEXT}[start]
made = {{ moves = 20 }}
[[inject]]
fault = "wind stop"
at_min = 30
[[inject]]
fault = "spreader fault"
at_min = 10
machine = "QC1"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_read_as_it_is_written_with_injections_by_time(tmp_path: Path) -> None:
    found = read_scenario(written(tmp_path, WHOLE))
    assert (found.id, found.role, found.lasts_min) == ("mine", Role.YARD_PLANNER, 60)
    assert found.start == MadeStart(moves=20)
    assert [one.fault for one in found.injections] == [Fault.SPREADER, Fault.WIND]
    assert found.injections[0].machine == "QC1"
    assert set(found.weights) == set(Measure)


def test_a_folder_is_seen_from_the_file(tmp_path: Path) -> None:
    found = read_scenario(written(tmp_path, WHOLE.replace("made = { moves = 20 }", 'call = "ship"')))
    assert found.start == FolderStart(tmp_path / "ship", tmp_path / "ship-plan")


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        (('id = "mine"', 'id = "mine"\nbroker = "mqtt://quay"'), "broker", "reaches no machine"),
        (('id = "mine"', 'id = "mine"\njournal = "postgresql://db/terminal"'), "journal", "reaches no machine"),
        (('id = "mine"', 'id = "mine"\nsite = "chancay"'), "site", "reaches no machine"),
        (("made = { moves = 20 }", 'journal = "postgresql://db/terminal"'), "start.journal", "reads no database"),
        (("made = { moves = 20 }", 'made = { moves = 20 }\ncall = "ship"'), "start", "made and call"),
        (("made = { moves = 20 }", ""), "start", "none"),
        (('id = "mine"', 'id = "../mine"'), "id", "small letters"),
        (('zh = "一"\n[start]', "[start]"), "teaches", "missing"),
        (("at_min = 30", "at_min = 61"), "inject[1].at_min", "comes after 61 min"),
        (("at_min = 30", "at_min = 1e300"), "inject[0].at_min", "at most"),
        (("at_min = 30", 'at_min = "soon"'), "inject[0].at_min", "a number"),
        (('fault = "wind stop"', 'fault = "earthquake"'), "inject[0].fault", "none of the words"),
        (('role = "yard planner"', 'role = "captain"'), "role", "none of the words"),
        (("lasts_min = 60", "lasts_min = 60\n[weights]\nmoves = -1"), "weights.moves", "at least 0"),
        (("lasts_min = 60", "lasts_min = 60\nwhat = 1"), "", "no key 'what'"),
        ((WHOLE, ""), "", "file is empty"),
        (("cabria.training/1", "cabria.terminal/1"), "", "begins with format"),
        ((WHOLE, WHOLE[: len(WHOLE) // 3]), "", "not TOML"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(
    tmp_path: Path, change: tuple[str, str], place: str, words: str
) -> None:
    text = WHOLE.replace(*change)
    if change[1].startswith("lasts_min = 60\n[weights]"):  # a table goes last
        text = WHOLE + "[weights]\nmoves = -1\n"
    with pytest.raises(DataError, match=words) as refused:
        read_scenario(written(tmp_path, text))
    assert refused.value.place == place
    assert refused.value.file.endswith("mine.toml")


def test_weights_that_are_all_nothing_are_refused(tmp_path: Path) -> None:
    nothing = "".join(f"{measure} = 0\n" for measure in Measure)
    with pytest.raises(DataError, match="not all 0"):
        read_scenario(written(tmp_path, f"{WHOLE}[weights]\n{nothing}"))


def test_a_name_that_is_none_is_told_which_there_are() -> None:
    with pytest.raises(DataError, match="There is no scenario") as refused:
        scenario_named("nothing")
    assert "first-steps" in refused.value.remedy


def test_settings_of_a_site_are_no_scenario_and_a_scenario_is_no_site(tmp_path: Path) -> None:
    site = tmp_path / "terminal.toml"
    site.write_text('format = "cabria.terminal/1"\nbroker = "mqtt://quay:1883"\n[training]\nid = "mine"\n')
    with pytest.raises(DataError, match="trains nobody") as refused:
        read_terminal(site)
    assert refused.value.place == "training"
    assert "cabria train run" in refused.value.remedy
    with pytest.raises(DataError):
        read_scenario(site)
    with pytest.raises(DataError):
        read_terminal(next(COURSE.glob("*.toml")))


@given(st.binary(max_size=300))
def test_nonsense_is_refused_and_nothing_else(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "nonsense.toml"
    path.write_bytes(content)
    with pytest.raises(DataError):
        read_scenario(path)
