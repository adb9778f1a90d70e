"""What happened as sentences: each kind that is told has words in the pages' other languages, with its values."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.console.live import sentences
from cabria.console.live.sentences import sentence
from cabria.domain.run_events import Waited

ROOT = Path(__file__).resolve().parents[2]


def kinds() -> dict[str, set[str]]:
    """Each kind of event that is told, with what its English sentence names."""
    module = ast.parse(Path(sentences.__file__).read_text(encoding="utf-8"))
    cases = [node for node in ast.walk(module) if isinstance(node, ast.match_case)]
    return {
        case.pattern.cls.attr: {
            name
            for node in ast.walk(case)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
            for name in re.findall(r"\{(\w+)\}", node.value)
        }
        for case in cases
        if isinstance(case.pattern, ast.MatchClass) and isinstance(case.pattern.cls, ast.Attribute)
    }


@pytest.mark.parametrize("language", ["es", "zh"])
def test_each_kind_has_words_that_name_the_same(language: str) -> None:
    text = (ROOT / f"frontend/src/words/{language}.ts").read_text(encoding="utf-8")
    part = text[text.index("happened: {") :].partition("\n  },")[0]
    said = {kind: set(re.findall(r"\{(\w+)\}", words)) for kind, words in re.findall(r"(\w+): '(.*)'", part)}
    assert said == kinds()


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.sampled_from(["truck", "crane in the way"]))
def test_a_sentence_says_its_values_as_they_are(since_ms: int, more_ms: int, cause: str) -> None:
    told = sentence(Waited(since_ms + more_ms, "QC1", since_ms, cause))
    assert told is not None
    assert told.values == {"crane": "QC1", "seconds": more_ms // 1_000, "cause": cause}
    assert told.text == f"QC1 waited {more_ms // 1_000} s for {cause}"
