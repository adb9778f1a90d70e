"""What operations alert to has a word with values, and the pages' other languages say it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from cabria.console.live.alert_words import NUMBERS, PROBLEMS, said
from cabria.training.script import NOT_ACKNOWLEDGED

ROOT = Path(__file__).resolve().parents[2]
TOLD_BY = {
    "operations/order_desk.py": ("_tell", 2),
    "operations/journaling.py": ("_alert", 2),
    "adapters/running/machines.py": ("_look", 2),
}


def _sentences() -> Iterator[str]:
    """Each sentence that an alert is made of, its values as `*`; those handed on by another are not written there."""
    for file, (method, at) in TOLD_BY.items():
        for call in ast.walk(ast.parse((ROOT / "src/cabria" / file).read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == method:
                text = call.args[at]
                if isinstance(text, ast.JoinedStr):
                    yield _text(text)
                elif isinstance(text, ast.Constant):
                    yield str(text.value)


def _watched() -> Iterator[str]:
    """The same of what is seen to stand still, which is yielded with its machine and order."""
    watch = ROOT / "src/cabria/adapters/running/watch.py"
    for node in ast.walk(ast.parse(watch.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple) and len(node.value.elts) == 4:
            yield _text(node.value.elts[3])


def _text(node: ast.expr) -> str:
    assert isinstance(node, ast.JoinedStr)
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values)


def test_what_operations_alert_to_has_a_word() -> None:
    found = {*_sentences(), *_watched()}
    assert len(found) > 15
    for sentence in found:
        assert any(fnmatchcase(known, sentence) for known in PROBLEMS.values()), sentence
    assert NOT_ACKNOWLEDGED in PROBLEMS.values()


@pytest.mark.parametrize("code", PROBLEMS)
def test_a_sentence_is_told_by_its_word_and_values(code: str) -> None:
    names = re.findall(r"{(\w+)}", PROBLEMS[code])
    values = {name: 7 if name in NUMBERS else f"<{name}>" for name in names}
    assert said(PROBLEMS[code].format(**values)) == (code, values)


def test_what_has_no_word_has_none() -> None:
    assert said("smells of smoke") == ("", {})


@pytest.mark.parametrize("language", ["es", "zh"])
def test_each_word_is_said_in_the_other_languages(language: str) -> None:
    text = (ROOT / f"frontend/src/words/said_{language}.ts").read_text(encoding="utf-8")
    part = text[text.index("alerted: {") :].partition("\n  },")[0]
    told = {code: set(re.findall(r"{(\w+)}", words)) for code, words in re.findall(r"'([\w-]+)':\s+'(.*)'", part)}
    assert told == {code: set(re.findall(r"{(\w+)}", sentence)) for code, sentence in PROBLEMS.items()}
