"""What the referee finds against a plan has a word that stays, and the page that lists them tells the truth."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from cabria.console.desks.plan_picture import finding_rows
from cabria.domain.findings import Severity
from cabria.domain.positions import StowPosition
from cabria.domain.told import told
from cabria.referee import berthing, replanning
from cabria.referee.judge import FAMILIES
from cabria.referee.rule import Rule

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/reference/findings.md"
ROW = re.compile(r"^\| `([a-z-]+)` \| (.*?) \| (.*) \|$", re.MULTILINE)
BOUNDS = ("cranes/bound.py", "loading/certificates.py")
ON_PAGES = [Path(str(room.__file__)) for room in (*FAMILIES, berthing, replanning)]


class Word(NamedTuple):
    values: tuple[str, ...]
    sentence: str


def _calls(file: Path, name: str) -> Iterator[ast.Call]:
    for call in ast.walk(ast.parse(file.read_text())):
        if isinstance(call, ast.Call) and name in (
            getattr(call.func, "id", ""),
            getattr(call.func, "attr", ""),
        ):
            yield call


def _words(file: Path) -> Iterator[tuple[str, Word]]:
    if "domain.told import" not in file.read_text():
        return
    for call in _calls(file, "told"):
        text, code = (ast.literal_eval(one) for one in call.args)
        named = set(re.findall(r"{(\w+)", text))
        assert {one.arg for one in call.keywords if one.arg} <= named, f"{file.name}:{call.lineno}"
        yield code, Word(tuple(sorted(named)), re.sub(r"{(\w+):[^}]*}", r"{\1}", text))


@cache
def _all_words() -> dict[str, Word]:
    found: dict[str, Word] = {}
    rooms = [ROOT / "src/cabria/referee", ROOT / "src/cabria/planning/berth"]
    files = sorted(file for room in rooms for file in room.glob("*.py"))
    for file in (*files, *(ROOT / "src/cabria/planning" / name for name in BOUNDS)):
        for code, word in _words(file):
            assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code), code
            assert found.setdefault(code, word) == word, code
    return found


def test_the_page_of_findings_lists_each_word_with_its_values_and_no_other() -> None:
    listed = {
        code: Word(tuple(sorted(re.findall(r"`(\w+)`", values))), sentence)
        for code, values, sentence in ROW.findall(PAGE.read_text())
    }
    assert listed == _all_words()


@pytest.mark.parametrize("file", ON_PAGES, ids=lambda file: file.stem)
def test_what_pages_show_is_found_with_a_word(file: Path) -> None:
    for name, at in (("finding", 0), ("Offence", 1)):
        for call in _calls(file, name):
            if len(call.args) > at:
                assert not isinstance(call.args[at], ast.Constant | ast.JoinedStr), f"{file.name}:{call.lineno}"
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Assign) and any(getattr(one, "id", "") == "text" for one in node.targets):
            assert not isinstance(node.value, ast.Constant | ast.JoinedStr), f"{file.name}:{node.lineno}"


def test_a_finding_is_told_to_the_pages_with_its_word_and_plain_values() -> None:
    said = told("{mass_kg:,} kg in {slot}.", "too-heavy", mass_kg=30_500, slot=StowPosition.parse("0010482"))
    rule = Rule("STACK-WEIGHT-20", Severity.HARD, "No stack is too heavy.")
    (row,) = finding_rows([rule.finding(said)])
    assert (row.text, row.code) == ("30,500 kg in 0010482.", "too-heavy")
    assert row.values == {"mass_kg": 30_500, "slot": "0010482"}
