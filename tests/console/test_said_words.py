"""What operations say has a word that is said somewhere, as it is written, and the page that lists them is true."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from cabria.domain.said import ALERTS, NAMES, REASONS, SENTENCES, TURNED_AWAY, Said

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/reference/said.md"
ROW = re.compile(r"^\| `([a-z-]+)` \| (.*?) \| (.*) \|$", re.MULTILINE)


def _codes(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from (*_codes(node.body), *_codes(node.orelse))
    elif isinstance(node, ast.Constant):
        yield str(node.value)


@cache
def _places() -> list[tuple[str, frozenset[str], str]]:
    """Each word with the values that are said with it, and where."""
    found = []
    for file in sorted((ROOT / "src/cabria").rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        for call in ast.walk(ast.parse(text)) if "domain.said import" in text else ():
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "said":
                names = frozenset(keyword.arg for keyword in call.keywords if keyword.arg)
                found += [(code, names, f"{file.name}:{call.lineno}") for code in _codes(call.args[0])]
    return found


def test_each_word_is_said_with_what_it_names() -> None:
    for code, names, where in _places():
        assert NAMES.get(code) == names, where


def test_no_word_is_written_down_that_nobody_says() -> None:
    assert {code for code, _, _ in _places()} == ALERTS.keys() | REASONS.keys()
    assert len(SENTENCES) == len(ALERTS) + len(REASONS) + len(TURNED_AWAY)


def test_the_page_lists_each_word_with_its_values_and_sentence() -> None:
    listed = {code: (names, text) for code, names, text in ROW.findall(PAGE.read_text(encoding="utf-8"))}
    assert {code: text for code, (_, text) in listed.items()} == SENTENCES
    assert {code: frozenset(re.findall(r"`(\w+)`", names)) for code, (names, _) in listed.items()} == NAMES


@pytest.mark.parametrize("code", TURNED_AWAY)
def test_a_road_truck_is_turned_away_by_words_of_refusals(code: str) -> None:
    refusals = (ROOT / "docs/reference/refusals.md").read_text(encoding="utf-8")
    row = re.search(rf"^\| `{code}` \| (.*?) \| ", refusals, re.MULTILINE)
    assert row is not None
    assert frozenset(re.findall(r"`(\w+)`", row.group(1))) == NAMES[code]
    assert str(Said(code, dict.fromkeys(NAMES[code], 7)))
