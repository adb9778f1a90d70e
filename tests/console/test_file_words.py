"""What the files of a call lack or contradict has a word that stays, and the page that lists them tells the truth."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from cabria.adapters.files import documents
from cabria.adapters.files.documents import decoded
from cabria.console.http.problems import of_data
from cabria.domain.errors import DataError
from cabria.domain.vessel import VesselProfile

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/reference/call-errors.md"
ROW = re.compile(r"^\| `([a-z-]+)` \| (.*?) \| (.*) \|$", re.MULTILINE)
PARTS = {
    "Tables and documents": (
        "adapters/files",
        "call_checks call_folder documents later_ports load_tables profile_json profiles source_file tables "
        "wishes_toml yard_csv",
    ),
    "Folders": ("console/desks", "folders"),
    "Messages": ("adapters/edi", "boxes check facts files header masses reading syntax"),
    "What they say": (
        "domain",
        "calls containers machines messages positions stowage terminal vessel wishes yard",
    ),
}
FILES = [ROOT / "src/cabria" / room / f"{name}.py" for room, names in PARTS.values() for name in names.split()]
COMPOSED = {
    *("aboard", "to be loaded", "odd", "even", "IMO number", "call sign", "name", "verified before", "declared"),
    *("Terminal", "The terminal", "The yard", "block", "quay crane", "yard crane", "deck", "hold", "or"),
    *("at least", "at most", "more than", "less than", "exactly", "characters", "entries"),
}
SENTENCES = {"DataError": 0, "refusal": 0, "_refusal": 0, "find": 3, "note": 2, "Problem": 2, "of": 2, "Finding": 2}
"""What takes a sentence for a page, and where it takes it."""


def _calls(file: Path) -> Iterator[tuple[str, ast.Call]]:
    for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call):
            yield getattr(call.func, "id", "") or getattr(call.func, "attr", ""), call


def words(file: Path) -> Iterator[tuple[str, tuple[str, ...], str]]:
    for name, call in _calls(file):
        if name == "told" and len(call.args) == 2:
            text, code = (ast.literal_eval(one) for one in call.args)
            named = sorted(set(re.findall(r"{(\w+)", text)))
            assert {one.arg for one in call.keywords} == set(named), f"{file.name}:{call.lineno}"
            yield code, tuple(named), re.sub(r"{(\w+):[^}]*}", r"{\1}", text)


@cache
def all_words() -> dict[str, tuple[tuple[str, ...], str]]:
    found: dict[str, tuple[tuple[str, ...], str]] = {}
    for file in FILES:
        for code, *word in words(file):
            assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code), code
            assert found.setdefault(code, (word[0], word[1])) == tuple(word), code
    return found


def test_the_page_lists_each_word_with_its_values_and_no_other() -> None:
    listed = {
        code: (tuple(sorted(re.findall(r"`(\w+)`", values))), sentence)
        for code, values, sentence in ROW.findall(PAGE.read_text(encoding="utf-8"))
    }
    assert listed == all_words()


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_nothing_is_said_of_a_file_without_a_word(file: Path) -> None:
    for name, call in _calls(file):
        at = SENTENCES.get(name, len(call.args))
        if at < len(call.args) and all(one.arg != "code" for one in call.keywords):
            assert not isinstance(call.args[at], ast.Constant | ast.JoinedStr), f"{file.name}:{call.lineno}"
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and any(getattr(one, "id", "") in ("text", "problem") for one in node.targets):
            assert not isinstance(node.value, ast.JoinedStr), f"{file.name}:{node.lineno}"


def test_the_page_lists_the_words_within_values() -> None:
    listed = set(re.findall(r"^- `(.*)`$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    forms = {*documents._WORDS.values(), "a fraction"}
    for file in [*FILES, ROOT / "src/cabria/adapters/files/terminal_json.py"]:
        names = {
            getattr(node.targets[0], "id", ""): node.value.value
            for node in ast.parse(file.read_text(encoding="utf-8")).body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        }
        for name, call in _calls(file):
            if name == "text_like":
                words = call.args[1]
                forms.add(words.value if isinstance(words, ast.Constant) else names[words.id])  # type: ignore[attr-defined]
            if name in ("decoded", "from_toml"):
                forms |= {one.value.value for one in call.keywords if one.arg == "what"}  # type: ignore[attr-defined]
    assert forms <= listed
    assert listed >= COMPOSED


def test_an_error_keeps_its_word_on_the_way_to_the_page() -> None:
    with pytest.raises(DataError) as caught:
        VesselProfile("Sol", "", "", "", (), ())
    told = of_data(caught.value.inside("ship.json"))
    assert (told.code, told.values, told.place) == ("profile-without-bays", {"vessel": "'Sol'"}, "ship.json")


def test_a_document_that_does_not_fit_is_told_with_a_word() -> None:
    with pytest.raises(DataError) as caught:
        decoded(b'["a"]', list[int], file="a.json", what="A list")
    assert caught.value.code == "of-other-kind"
    assert caught.value.values == {"wanted": "a whole number", "there": "a text"}
