"""Every refusal has a word that stays, and the page that lists them tells the truth."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import ClientDisconnect

from cabria.console.http.problems import problem_of, refused
from cabria.domain.errors import DataError
from cabria.domain.verdict import refuse
from cabria.operations.gateways import JournalStoppedError
from cabria.operations.replay import ReplayDivergedError
from cabria.operations.running import Refused

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/reference/refusals.md"
SAYS_ONE = re.compile(r"refus(e|al)\(|Refused\(|code=")
ROW = re.compile(r"^\| `([a-z-]+)` \| (.*?) \| ", re.MULTILINE)


class Word(NamedTuple):
    code: str
    values: tuple[str, ...]
    where: str


def _said(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _words(file: Path) -> Iterator[Word]:
    text = file.read_text()
    if not SAYS_ONE.search(text):
        return
    for call in ast.walk(ast.parse(text)):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        named = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        where = f"{file.name}:{call.lineno}"
        if call.func.id == "refuse" and len(call.args) == 2 and _said(call.args[1]):
            yield Word(_said(call.args[1]), tuple(sorted(named)), where)
        elif call.func.id == "Refused" and len(call.args) > 2:
            yield Word(_said(call.args[2]), _keys(call.args[3] if len(call.args) > 3 else None), where)
        elif call.func.id in ("refusal", "DataError"):
            code = _said(named.get("code")) or (_said(call.args[1]) if call.func.id == "refusal" else "")
            if code:
                yield Word(code, _keys(named.get("values")), where)


def _keys(values: ast.expr | None) -> tuple[str, ...]:
    return tuple(sorted(_said(key) for key in values.keys)) if isinstance(values, ast.Dict) else ()


@cache
def _all_words() -> list[Word]:
    return [word for file in sorted((ROOT / "src/cabria").rglob("*.py")) for word in _words(file)]


def test_one_word_names_the_same_values_wherever_it_is_said() -> None:
    found: dict[str, Word] = {}
    for word in _all_words():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", word.code), word
        first = found.setdefault(word.code, word)
        assert first.values == word.values, (first, word)


def test_the_page_of_refusals_lists_each_word_with_its_values_and_no_other() -> None:
    listed = {code: tuple(sorted(re.findall(r"`(\w+)`", values))) for code, values in ROW.findall(PAGE.read_text())}
    assert listed == {word.code: word.values for word in _all_words()}


def test_operations_refuse_nothing_without_a_word() -> None:
    for file in sorted((ROOT / "src/cabria/operations").glob("*.py")):
        for call in ast.walk(ast.parse(file.read_text())):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "refuse":
                assert [*map(_said, call.args)][1:] > [""], f"{file.name}:{call.lineno}"


@given(st.text(max_size=30), st.integers())
def test_a_sentence_says_its_values_as_they_are(why: str, number: int) -> None:
    said = refuse("bay {bay} is closed: {why}", "bay-closed", bay=number, why=why)
    assert said.reason == f"bay {number} is closed: {why}"
    told = refused(Refused.of(said, 7)).problem
    assert (told.code, told.values, told.entry) == ("bay-closed", {"bay": number, "why": why}, 7)
    assert told.type == "/problems/refused"


@pytest.mark.parametrize(
    ("error", "code", "values"),
    [
        (DataError("no", code="nothing-over-bay", values={"bay": 3}), "nothing-over-bay", {"bay": 3}),
        (DataError("no"), "unusable", {}),
        (TimeoutError(), "took-too-long", {}),
        (ReplayDivergedError(7, None, None), "replay-diverged", {}),
        (JournalStoppedError("disk full"), "journal-stopped", {}),
        (ClientDisconnect(), "unreadable", {}),
        (RuntimeError("secret"), "fault", {}),
    ],
)
def test_every_error_is_told_with_a_word(error: Exception, code: str, values: dict[str, str | int]) -> None:
    problem, _ = problem_of(error)
    assert (problem.code, problem.values) == (code, values)


def test_what_a_command_raises_keeps_its_word() -> None:
    assert Refused.of(KeyError("QC9"), 0)[2:] == ("no-such-thing", {"name": "QC9"})
    assert Refused.of(DataError("no", code="call-under-way", values={"call": "C1"}), 3).values == {"call": "C1"}
    assert Refused.of(ValueError("plain"), 0) == Refused("plain", 0)
