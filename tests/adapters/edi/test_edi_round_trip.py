"""What is written strictly is read back as it was, as far as the message can carry it."""

from __future__ import annotations

import warnings
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydifact.segmentcollection import Interchange
from tests.adapters.edi.samples import number, rules

from cabria.adapters.edi import (
    Dialect,
    carried,
    losses,
    read_bay_plan,
    read_instruction,
    read_load_list,
    read_move_report,
    read_verified_masses,
    write_bay_plan,
    write_instruction,
    write_load_list,
    write_move_report,
    write_verified_masses,
)
from cabria.domain.calls import SlotInstruction
from cabria.domain.containers import Container, ContainerId, DangerousGoods, Kind, OutOfGauge, Port, SizeType
from cabria.domain.errors import DataError
from cabria.domain.messages import Direction, MessageEntry, MessageHeader, VerifiedMass
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import BayPlan

HEADER = MessageHeader(
    "BAPLIE",
    reference="BAY1",
    sender="TERMINAL",
    recipient="CARRIER",
    prepared_at="2026-02-01T09:00",
    vessel_name="QUIPU EXPRESS",
    call_sign="9V1234",
    imo="9074729",
    voyage="001W",
    carrier="XYZ",
    port=Port("PECHY"),
    next_port=Port("CNSHA"),
    eta="2026-02-20T06:00",
    etd="2026-02-03T21:30",
)
ENVELOPE = {"EDI-UNT-COUNT", "EDI-UNZ-COUNT", "EDI-CNT-COUNT", "EDI-ENVELOPE", "EDI-DIALECT", "EDI-SEGMENT", "EDI-TIME"}

texts = st.sampled_from(
    ["", "PAINT", "?", "A+B:C'D??", "  two  blanks ", "Ñandú\r\nłódź", "X" * 71, "+" * 300, "\x1b[31m"]
)
ports = st.from_regex(r"[A-Z]{2}[A-Z2-9]{3}", fullmatch=True).map(Port)
goods = st.builds(
    DangerousGoods,
    st.sampled_from(["3", "2.1", "1.4S", "6.1", "9"]),
    st.integers(1, 3500),
    st.sampled_from(["", "I", "II", "III"]),
    st.sampled_from([(), ("8",), ("6.1", "8")]),
    st.none() | st.integers(-500, 1000),
    st.booleans(),
    st.booleans(),
    texts,
)
gauges = st.builds(OutOfGauge, *[st.integers(0, 3000)] * 5)
sizes = st.sampled_from(["22G1", "42G1", "45G1", "45R1", "L5G1", "4500", "2230", "22T1", "42P3", "40HC"]).map(
    lambda code: SizeType(code, 40, 2896, Kind.DRY) if code == "40HC" else SizeType.parse(code)
)


@st.composite
def containers(draw: st.DrawFn, serial: int) -> Container:
    return Container(
        ContainerId(number(serial)),
        draw(sizes),
        draw(st.integers(0, 99_999)),
        draw(ports),
        draw(ports),
        draw(st.booleans()),
        draw(st.booleans()),
        draw(st.none() | ports),
        draw(texts),
        draw(st.none() | st.integers(-400, 400)),
        tuple(draw(st.lists(goods, max_size=3))),
        draw(st.none() | gauges),
        draw(st.sampled_from([(), ("customs",)])),
        draw(texts),
        tuple(draw(st.lists(texts, max_size=3))),
        draw(texts),
    )


@st.composite
def bay_plans(draw: st.DrawFn) -> BayPlan:
    slots = draw(
        st.lists(st.tuples(st.integers(1, 99), st.integers(0, 24), st.integers(1, 49)), max_size=4, unique=True)
    )
    return BayPlan.of(
        (draw(containers(serial)), StowPosition(bay, row, 2 * tier)) for serial, (bay, row, tier) in enumerate(slots)
    )


@settings(max_examples=60)
@given(bay_plans(), st.sampled_from(Dialect))
def test_a_bay_plan_comes_back_as_its_dialect_carries_it(plan: BayPlan, dialect: Dialect) -> None:
    read = read_bay_plan(write_bay_plan(HEADER, plan, dialect), file="written")
    assert [(e.container, e.position) for e in read.entries] == [(carried(c, dialect), p) for c, p in plan]
    assert not ENVELOPE & set(rules(read.findings))


@settings(max_examples=60)
@given(bay_plans(), st.sampled_from(Dialect))
def test_what_was_carried_once_is_carried_for_good(plan: BayPlan, dialect: Dialect) -> None:
    kept = [carried(stowed.container, dialect) for stowed in plan]
    assert not losses(kept, dialect)
    assert [carried(box, dialect) for box in kept] == kept


@given(st.text(st.characters(max_codepoint=0x2FF), max_size=400), st.sampled_from(Dialect))
def test_any_free_text_comes_back_as_it_is_carried(text: str, dialect: Dialect) -> None:
    box = plain_box(remark=text, handling=(text,), booking=text, operator=text)
    (entry,) = read_bay_plan(write_bay_plan(HEADER, plan_of(box), dialect), file="").entries
    assert entry.container == carried(box, dialect)


def plain_box(**changes: object) -> Container:
    box = Container(ContainerId(number(1)), SizeType.parse("45G1"), 20_000, Port("PECHY"), Port("CNSHA"), True)
    return replace(box, **changes)  # type: ignore[arg-type]


def plan_of(*boxes: Container) -> BayPlan:
    return BayPlan.of((box, StowPosition(2, 0, 82 + 2 * index)) for index, box in enumerate(boxes))


@pytest.mark.parametrize("dialect", Dialect)
def test_pydifact_reads_what_is_written(dialect: Dialect) -> None:
    goods = DangerousGoods("3", 1263, "II", ("8",), 230, True, True, "PAINT: 'RED' + ?")
    gauge = OutOfGauge(10, 20, 30, 40, 50)
    box = plain_box(
        remark="CORUÑA " * 20, set_point_tenth_c=-185, dangerous=(goods,), out_of_gauge=gauge, booking="B+1"
    )
    written = write_bay_plan(HEADER, plan_of(box), dialect)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (message,) = Interchange.from_str(written.decode("latin-1")).get_messages()
        segments = {s.tag + str(s.elements[0]): s.elements for s in message.segments}
    assert segments["LOC147"][1][0] == "0020082"
    assert segments["EQDCN"][1] in (box.id, [box.id, "6346", "5"])
    assert segments["DGSIMD"][1:3] == ["3", "1263"]
    assert segments["FTXAAA"][3] == [("CORUÑA " * 20)[:70], ("CORUÑA " * 20)[70:].strip()]
    name = segments["FTXAAD"][3] if "FTXAAD" in segments else segments["ATT26"][2][3]
    assert name == "PAINT: 'RED' + ?"


@pytest.mark.parametrize("dialect", Dialect)
def test_the_header_comes_back(dialect: Dialect) -> None:
    read = read_bay_plan(write_bay_plan(HEADER, plan_of(plain_box()), dialect), file="").header
    assert read.dialect == dialect
    assert (read.reference, read.voyage, read.carrier, read.port) == ("BAY1", "001W", "XYZ", "PECHY")
    assert (read.vessel_name, read.prepared_at, read.sender) == ("QUIPU EXPRESS", "2026-02-01T09:00", "TERMINAL")
    assert (read.eta, read.etd) == ("2026-02-20T06:00", "2026-02-03T21:30")
    assert read.next_port == (None if dialect is Dialect.SMDG15 else "CNSHA")
    assert (read.imo, read.call_sign) == (("9074729", "") if dialect is Dialect.SMDG31 else ("", "9V1234"))


@pytest.mark.parametrize("dialect", Dialect)
def test_the_same_plan_gives_the_same_bytes_and_true_counts(dialect: Dialect) -> None:
    written = write_bay_plan(HEADER, plan_of(plain_box()), dialect)
    assert written == write_bay_plan(HEADER, plan_of(plain_box()), dialect)
    lines = written.decode().split("'\n")
    inside = lines[2:-2]
    assert inside[0].startswith("UNH")
    assert inside[-1] == f"UNT+{len(inside)}+1"
    assert lines[-2] == "UNZ+1+1"


def test_small_letters_and_accents_raise_the_level_of_the_character_set() -> None:
    assert b"UNOA:2" in write_bay_plan(HEADER, plan_of(plain_box()))
    assert b"UNOC:3" in write_bay_plan(HEADER, plan_of(plain_box(remark="Coruña")))


def test_what_a_dialect_cannot_hold_is_told_before_sending() -> None:
    box = plain_box(holds=("customs",), remark="X" * 400)
    (finding,) = losses([box, plain_box(mass_is_verified=False)], Dialect.SMDG15)
    assert finding.rule == "EDI-LOSS"
    assert finding.container == box.id
    assert "mass is verified, holds, remark" in finding.text


def test_boxes_without_number_stay_without() -> None:
    boxes = [plain_box(id=ContainerId("?0007")), plain_box(id=ContainerId("?0003"))]
    read = read_bay_plan(write_bay_plan(HEADER, plan_of(*boxes)), file="")
    assert [e.container.id for e in read.entries] == ["?0001", "?0002"]


def test_a_bay_plan_or_instruction_without_a_port_is_refused() -> None:
    nowhere = replace(HEADER, port=None)
    with pytest.raises(DataError, match="LOC\\+5"):
        write_bay_plan(nowhere, BayPlan())
    with pytest.raises(DataError, match="LOC\\+5"):
        write_instruction(nowhere, [])
    with pytest.raises(DataError, match="not a time"):
        write_bay_plan(replace(HEADER, eta="tomorrow"), BayPlan())


instructions = st.builds(
    SlotInstruction,
    st.builds(StowPosition, st.integers(1, 99), st.integers(0, 24), st.integers(1, 49).map(lambda t: 2 * t)),
    st.none() | st.sampled_from(["22G1", "45R1", "L5G1"]).map(SizeType.parse),
    st.none() | ports,
    st.none() | st.integers(0, 40_000),
    is_full=st.none() | st.booleans(),
    operator=st.sampled_from(["", "XYZ"]),
).map(
    lambda slot: replace(
        slot,
        is_reefer=slot.size_type is not None and slot.size_type.kind is Kind.REEFER and slot.is_full is not False,
    )
)


@given(st.lists(instructions, max_size=5, unique_by=lambda slot: slot.position))
def test_an_instruction_comes_back(slots: list[SlotInstruction]) -> None:
    read = read_instruction(write_instruction(HEADER, slots), file="")
    assert list(read.instructions) == slots
    assert not ENVELOPE & set(rules(read.findings))


@settings(max_examples=60)
@given(st.lists(st.integers(0, 9), max_size=3, unique=True).flatmap(lambda s: st.tuples(*map(containers, s))))
def test_a_load_list_comes_back(boxes: tuple[Container, ...]) -> None:
    read = read_load_list(write_load_list(HEADER, boxes, Direction.DISCHARGE), file="")
    assert list(read.containers) == [carried(box, Dialect.SMDG31) for box in boxes]
    assert read.header.direction is Direction.DISCHARGE
    assert read.header.port == "PECHY"
    assert not ENVELOPE & set(rules(read.findings))


def test_a_move_report_comes_back() -> None:
    moves = [
        MessageEntry(
            plain_box(), StowPosition(2, 0, 82), 0, "2026-02-03T07:12", ("S1", "S2"), original_port=Port("CLSAI")
        ),
        MessageEntry(plain_box(id=ContainerId(number(2)), mass_is_verified=False)),
    ]
    read = read_move_report(write_move_report(HEADER, moves, Direction.LOAD), file="")
    assert [replace(entry, segment=0) for entry in read.entries] == moves
    assert not read.findings


@given(
    st.lists(
        st.builds(
            VerifiedMass,
            st.integers(0, 999_999).map(lambda serial: ContainerId(number(serial))),
            st.integers(1_000, 40_000),
            st.sampled_from(["", "SM1", "SM2"]),
            st.sampled_from(["", "2026-02-01T08:30", "2026-02-01T08:30Z"]),
            st.sampled_from(["", "SHIPPER SAC"]),
            st.sampled_from(["", "BK+1"]),
        ),
        max_size=4,
        unique_by=lambda mass: mass.container,
    )
)
def test_verified_masses_come_back(masses: list[VerifiedMass]) -> None:
    read = read_verified_masses(write_verified_masses(HEADER, masses), file="")
    assert [replace(mass, segment=0) for mass in read.entries] == masses
