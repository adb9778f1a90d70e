"""Refusals and findings are sentences for a person."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cabria.domain.containers import ContainerId
from cabria.domain.errors import DataError, TerminalError
from cabria.domain.findings import Finding, Severity
from cabria.domain.verdict import YES, refuse

WORDS = st.text("abc ", max_size=8)


@given(WORDS, WORDS, WORDS, WORDS)
def test_an_error_tells_file_place_problem_and_remedy(file: str, place: str, problem: str, remedy: str) -> None:
    told = str(DataError(problem, file=file, place=place, remedy=remedy))
    assert all(part.strip() in told for part in (file, place, problem, remedy))


def test_an_error_told_from_outside_a_file_keeps_the_file_it_has() -> None:
    bare, known = DataError("Broken."), DataError("Broken.", file="a.edi", place="line 3")
    assert str(bare.inside("b.edi")) == "b.edi: Broken."
    assert str(known.inside("b.edi")) == "a.edi, line 3: Broken."
    assert isinstance(bare, TerminalError)


def test_a_finding_reads_as_a_line() -> None:
    assert str(Finding("POS-SLOT", Severity.HARD, "No such slot.", "0020082", ContainerId("A"))) == (
        "HARD POS-SLOT 0020082 A: No such slot."
    )
    assert str(Finding("LIST-CALL", Severity.NOTE, "Other call.")) == "NOTE LIST-CALL: Other call."


def test_a_refusal_is_false_and_says_why() -> None:
    assert YES
    assert not refuse("lane is full")
    assert refuse("lane is full").reason == "lane is full"
