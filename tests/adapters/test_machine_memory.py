"""What machines remember: whole lines, whatever was cut off, for one program at a time."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.adapters.machine_memory import Fact, Memory
from cabria.domain.errors import DataError

facts = st.builds(
    Fact,
    machine=st.sampled_from(["QC1", "T01"]),
    what=st.sampled_from(["lifted", "landed"]),
    at_ms=st.integers(0, 2**53),
    job=st.text(max_size=20),
    boxes=st.lists(st.text(max_size=11), max_size=2).map(tuple),
    detail=st.one_of(st.none(), st.integers(-9, 9), st.lists(st.text(max_size=5), max_size=3)),
)


def written(path: Path) -> list[Fact]:
    with closing(Memory(path)) as memory:
        return list(memory.facts())


@given(told=st.lists(facts, min_size=1, max_size=6), cut=st.integers(0, 2_000))
def test_a_kill_leaves_whole_facts_in_their_order(
    tmp_path_factory: pytest.TempPathFactory, told: list[Fact], cut: int
) -> None:
    path = tmp_path_factory.mktemp("memory") / "executed.jsonl"
    with closing(Memory(path)) as memory:
        for fact in told:
            memory.write(fact)
    path.write_bytes(path.read_bytes()[:cut])
    left = written(path)
    assert left == told[: len(left)]
    with closing(Memory(path)) as memory:
        memory.write(told[-1])
    assert written(path) == [*left, told[-1]]


def test_only_what_is_to_be_kept_stays(tmp_path: Path) -> None:
    with closing(Memory(tmp_path / "poses")) as memory:
        for number in range(3):
            memory.write(Fact("T01", "stood", number))
        memory.keep_only([Fact("T01", "stood", 2)])
        memory.write(Fact("T02", "stood", 3))
    assert [fact.at_ms for fact in written(tmp_path / "poses")] == [2, 3]


def test_two_programs_do_not_share_a_memory(tmp_path: Path) -> None:
    with closing(Memory(tmp_path / "one")), pytest.raises(DataError, match="Other machines") as refused:
        Memory(tmp_path / "one")
    assert refused.value.remedy


def test_a_file_that_is_no_memory_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "one").write_text('{"machine":"T01","what":"stood","at_ms":1}\nhello\n', encoding="utf-8")
    with pytest.raises(DataError, match="line 2"):
        written(tmp_path / "one")


def test_without_a_file_nothing_is_remembered() -> None:
    memory = Memory()
    memory.write(Fact("T01", "stood", 1))
    assert list(memory.facts()) == []
