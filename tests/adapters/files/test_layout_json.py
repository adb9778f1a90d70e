"""Layout files lose nothing, keep to their schema, and refuse what does not fit with the place of it."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.adapters.files.layout_json import (
    layout_bytes,
    layout_schema,
    parse_layout,
    read_layout,
    terminal_file,
    write_layout,
)
from cabria.domain.errors import DataError
from cabria.domain.layout import (
    BerthRange,
    CranePlace,
    Junction,
    JunctionId,
    LaneKind,
    Layout,
    Node,
    NodeId,
    QuayRail,
    Runway,
    Segment,
    SegmentId,
)
from cabria.domain.stands import Side, Stand, StandKind
from cabria.domain.terminal import QuayCrane, Terminal, YardCrane
from cabria.domain.yard import YardBlock
from cabria.experiments.layouts import LAYOUTS, small_layout
from cabria.referee.layout import judge_layout

TERMINAL = Terminal("T", "PECHY", 200_000, (YardBlock("B1", 4, 3, 3),), (QuayCrane("QC1", 70_000),),
                    (YardCrane("Y1", "B1"),))  # fmt: skip
places = st.integers(-20_000_000, 20_000_000)
lengths = st.integers(1, 10**6)
names = st.text(min_size=1, max_size=60)
stands = st.one_of(
    st.none(),
    st.just(Stand(StandKind.PARKING)),
    st.builds(Stand, st.just(StandKind.CHARGER), power_kw=st.integers(1, 10_000)),
    st.builds(lambda a, n, k: Stand(StandKind.QUAY, from_mm=a, until_mm=a + n, lane=k), st.integers(0, 10**6), lengths,
              st.integers(1, 9)),
    st.builds(lambda a, n, s: Stand(StandKind.YARD, "B1", 2 * a + 1, 2 * (a + n) + 1, s), st.integers(0, 400),
              st.integers(0, 400), st.sampled_from(Side)),
)  # fmt: skip


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    ids = draw(st.lists(names, min_size=2, max_size=5, unique=True))
    nodes = tuple(Node(NodeId(name), draw(places), draw(places)) for name in ids)
    segments = []
    for number in range(draw(st.integers(1, 4))):
        start, end = draw(st.permutations(ids))[:2]
        via = draw(st.lists(st.tuples(places, places), max_size=2).map(tuple))
        drawn = [next(n.point for n in nodes if n.id == start), *via, next(n.point for n in nodes if n.id == end)]
        length = sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(drawn)) + 1
        if length <= 50_000_000:
            segments.append(
                Segment(SegmentId(f"s{number}"), NodeId(start), NodeId(end), length, draw(st.integers(1, 9_999)),
                        draw(st.sampled_from(LaneKind)), draw(stands), via)
            )  # fmt: skip
    if not segments:
        segments = [Segment(SegmentId("s"), NodeId("x1"), NodeId("x2"), 9, 9)]
        nodes = (*nodes, Node(NodeId("x1"), 0, 0), Node(NodeId("x2"), 0, 1)) if not {"x1", "x2"} & {*ids} else nodes
    return Layout(
        draw(names),
        TERMINAL,
        nodes,
        tuple(segments),
        QuayRail(0, draw(lengths), draw(places)),
        (Junction(JunctionId("j"), (segments[0].id,)),),
        tuple(draw(st.lists(st.builds(BerthRange, names, st.just(-1), lengths), max_size=2, unique_by=lambda b: b.id))),
        (Runway("B1", -5, draw(lengths), (CranePlace("Y1", draw(places)),), draw(lengths), draw(lengths)),),
        draw(st.text(max_size=99)),
    )


@settings(max_examples=25)
@given(layouts())
def test_reading_what_was_written_gives_an_equal_layout_within_the_schema(layout: Layout) -> None:
    content = layout_bytes(layout, "terminal.json")
    assert parse_layout(content, TERMINAL, file="layout.json") == layout
    jsonschema.validate(json.loads(content), layout_schema())


@pytest.mark.parametrize("name", LAYOUTS)
def test_layouts_are_read_back_with_their_terminal(name: str, tmp_path: Path) -> None:
    layout = LAYOUTS[name]()
    beside = write_layout(layout, tmp_path / "layout.json")
    assert beside == tmp_path / "terminal.json"
    assert read_layout(tmp_path / "layout.json") == layout
    assert (tmp_path / "layout.json").stat().st_size < 1_000_000


@pytest.mark.parametrize(
    ("layout", "terminal"),
    [
        ("layout.json", "terminal.json"),
        ("port.json", "port-terminal.json"),
        ("port-layout.json", "port-terminal.json"),
    ],
)
def test_a_terminal_is_named_after_its_layout(layout: str, terminal: str) -> None:
    assert terminal_file(Path("folder") / layout) == Path("folder") / terminal


def test_the_schema_in_the_handbook_is_fresh(repository: Path) -> None:
    page = repository / "docs" / "reference" / "layout.schema.json"
    assert json.loads(page.read_text()) == layout_schema(), (
        "write it again: python -m cabria.adapters.files.layout_json > docs/reference/layout.schema.json"
    )


def test_the_example_in_the_handbook_is_a_layout_that_lacks_what_it_says(repository: Path) -> None:
    page = (repository / "docs" / "reference" / "layout.md").read_text(encoding="utf-8")
    example = page.partition("```json\n")[2].partition("```")[0]
    layout = parse_layout(example.encode(), TERMINAL, file="layout.md")
    assert {finding.rule for finding in judge_layout(layout)} == {
        "LAYOUT-RAIL",
        "LAYOUT-RAIL-GAP",
        "LAYOUT-BAY",
    }


def document(**changes: Any) -> bytes:
    whole = json.loads(layout_bytes(small_layout(), "terminal.json"))
    return json.dumps({key: value for key, value in (whole | changes).items() if value != "gone"}).encode()


def refusal(content: bytes) -> str:
    with pytest.raises(DataError) as caught:
        parse_layout(content, small_layout().terminal, file="layout.json")
    assert caught.value.file == "layout.json"
    return str(caught.value)


LANE = {"id": "s", "start": "P1:1", "end": "P1:2", "length_mm": 90_000, "speed_mm_per_s": 5_000}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not JSON"),
        (b"[]", "begins with format"),
        (b"{" * 5_000, "not JSON"),
        (gzip.compress(b"{}")[:10], "not JSON"),
        (document()[:9_000], "not JSON"),
        (document(format="cabria.layout/9"), "'cabria.layout/9'"),
        (document(rail="gone"), "key 'rail' is missing"),
        (document(lanes=[]), "no key 'lanes'"),
        (document(terminal="../../etc/passwd"), "the name of a file beside this one"),
        (document(terminal="/terminal.json"), "the name of a file beside this one"),
        (document(nodes=[]), "should not be empty"),
        (document(nodes=[{"id": "a", "x_mm": 10**12, "y_mm": 0}]), "$.nodes[0].x_mm: This should be at most"),
        (document(nodes=[{"id": "a", "x_mm": 10**400, "y_mm": 0}]), "$.nodes[0].x_mm"),
        (document(nodes=[{"id": "a", "x_mm": 1.5, "y_mm": 0}]), "whole number"),
        (document(segments=[{**LANE, "start": "nowhere"}]), "s: Segment s starts nowhere"),
        (document(segments=[{**LANE, "end": None}]), "$.segments[0].end: This should be a text, not null"),
        (document(segments=[{**LANE, "kind": "river"}]), "none of the words"),
        (document(segments=[{**LANE, "via": [[1, 2, 3]]}]), "$.segments[0].via"),
        (document(segments=[{**LANE, "stand": {"kind": "charger"}}]), "segment s: A stand of kind charger has 0 kW"),
        (document(segments=[{**LANE, "length_mm": 5}]), "said to be 5 mm"),
        (document(junctions=[{"id": "j", "segments": []}]), "$.junctions[0].segments: This should not be empty"),
        (document(junctions=[{"id": "j", "segments": ["s9"]}]), "'s9', which does not exist"),
        (document(runways=[{"block": "B77", "from_mm": 0, "until_mm": 9}]), "'B77', which does not exist"),
        (b'{"format": "cabria.layout/1", "name": "a", "name": "b"}', "missing"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_does_not_fit_is_refused_with_its_place(content: bytes, says: str) -> None:
    assert says in refusal(content)


def test_a_key_twice_is_refused() -> None:
    assert "'name' is named twice" in refusal(document().replace(b'"name"', b'"name": "x", "name"', 1))


def test_a_missing_terminal_is_told(tmp_path: Path) -> None:
    write_layout(small_layout(), tmp_path / "layout.json").unlink()
    with pytest.raises(DataError, match=r"layout.json, \$.terminal: The terminal's file terminal.json is not beside"):
        read_layout(tmp_path / "layout.json")


def test_a_terminal_of_somebody_else_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "layout.json"
    write_layout(small_layout(), path)
    write_layout(small_layout(), path)
    before = (tmp_path / "terminal.json").read_bytes(), path.read_bytes()
    other = replace(small_layout(), terminal=replace(small_layout().terminal, trucks=9))
    with pytest.raises(DataError, match=r"terminal.json: It would hold the terminal Small, and holds another one."):
        write_layout(other, path)
    assert before == ((tmp_path / "terminal.json").read_bytes(), path.read_bytes())


def test_a_layout_beyond_the_format_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="beyond what the format holds"):
        write_layout(replace(small_layout(), name="x" * 99), tmp_path / "layout.json")
    assert list(tmp_path.iterdir()) == []
