"""What the messages say of boxes, in all the ways in which they say it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.adapters.edi.samples import (
    BOX_22,
    HEAD_22,
    LIST_HEAD,
    baplie_22,
    baplie_31,
    box_22,
    coprar,
    interchange,
    message,
    number,
    rules,
)

from cabria.adapters.edi import (
    load_tables,
    read_any,
    read_bay_plan,
    read_instruction,
    read_load_list,
    read_move_report,
    read_verified_masses,
)
from cabria.adapters.edi.boxes import has_right_check_digit
from cabria.adapters.edi.facts import moment
from cabria.adapters.edi.header import imo_is_valid
from cabria.domain.containers import Container, DangerousGoods, Kind, OutOfGauge, has_valid_check_digit
from cabria.domain.errors import DataError
from cabria.domain.findings import Severity
from cabria.domain.messages import (
    BayPlanMessage,
    Direction,
    EquipmentMessage,
    MessageEntry,
    OrderKind,
    PerformanceReport,
    TankStatus,
)
from cabria.domain.positions import StowPosition


def read_22(*cells: list[str] | tuple[str, ...]) -> BayPlanMessage:
    return read_bay_plan(baplie_22(*cells), file="f.edi")


def box(*segments: str, **changes: str | None) -> Container:
    """The sample box with further segments and changes, read."""
    return read_22([*box_22(**changes), *segments]).entries[0].container


def found(*segments: str, **changes: str | None) -> set[str]:
    return set(rules(read_22([*box_22(**changes), *segments]).findings))


def test_a_box_of_2_x_is_read_whole() -> None:
    entry = read_22(BOX_22).entries[0]
    assert entry.position == StowPosition(35, 3, 84)
    assert str(entry.container.size_type) == "22G1"
    assert entry == MessageEntry(
        Container(
            id="CQSU0901220",
            size_type=entry.container.size_type,
            gross_mass_kg=19627,
            pol="CNSHA",
            pod="CNNGB",
            mass_is_verified=True,
            operator="XYZ",
            booking="BK1",
        ),
        entry.position,
        segment=9,
        references=(("BN", "BK1"),),
    )


def test_the_header_says_which_ship_where_and_when() -> None:
    header = read_22(BOX_22).header
    assert (header.kind, header.dialect, header.reference, header.function) == ("BAPLIE", "D.95B SMDG22", "BAY1", "9")
    assert (header.vessel_name, header.call_sign, header.imo) == ("QUIPU EXPRESS", "9V1234", "")
    assert (header.voyage, header.carrier, header.port, header.next_port) == ("001W", "XYZ", "CNSHA", "PECHY")
    assert (header.sender, header.recipient, header.prepared_at) == ("CARRIER", "TERMINAL", "2026-01-15T08:30")


def test_a_box_of_3_1_keeps_its_ports_though_the_next_cell_begins_with_the_same_tag() -> None:
    cells = [
        [
            f"LOC+147+{position}:9711:5",
            f"EQD+CN+{number(serial)}:6346:5+45R1:6346:5+++5",
            "NAD+CF+HSD:LINES:306",
            "MEA+AAE+VGM+KGM:19775",
            "TMP+2+-18:CEL",
            "LOC+9+CNSHA",
            f"LOC+11+{pod}",
            "CNT+8:1",
        ]
        for serial, (position, pod) in enumerate([("0441482", "JPYOK"), ("0441484", "ECGYE"), ("0441486", "CLSAI")])
    ]
    read = read_bay_plan(baplie_31(*cells), file="f")
    assert not read.findings
    assert [(str(e.position), e.container.pod, e.container.gross_mass_kg) for e in read.entries] == [
        ("0441482", "JPYOK", 19775),
        ("0441484", "ECGYE", 19775),
        ("0441486", "CLSAI", 19775),
    ]
    assert {e.container.set_point_tenth_c for e in read.entries} == {-180}
    assert read.header.imo == "9074729"


def test_a_box_of_1_5_has_its_ports_in_other_places() -> None:
    head = ("BGM++X+9", "TDT+20+AF123++ELXT8:103::EMMA:AF++9994:172:20", "LOC+5+CNSHA")
    cell = ("LOC+147+0420182::5", "MEA+WT++KGM:21670", "LOC+6+AUTSV", "LOC+12+CAHAL", "EQD+CN+CQSU0901220+4500+++4")
    read = read_bay_plan(interchange(message("BAPLIE:1:911:UN:SMDG15", *head, *cell)), file="f")
    assert not read.findings
    assert (read.header.call_sign, read.header.vessel_name, read.header.carrier) == ("ELXT8", "EMMA", "9994")
    assert (read.entries[0].container.pol, read.entries[0].container.pod) == ("AUTSV", "CAHAL")
    assert read.header.dialect == "D.911 SMDG15"


def test_the_box_may_be_named_before_its_slot() -> None:
    cells = [["EQD+CN+CQSU0901220+22G1+++4", *(s for s in BOX_22 if not s.startswith("EQD"))]] * 1
    cells.append([s.replace("CQSU0901220", number(2)).replace("0350384", "0350386") for s in cells[0]])
    read = read_22(*cells)
    assert [(e.container.id, str(e.position)) for e in read.entries] == [
        ("CQSU0901220", "0350384"),
        (number(2), "0350386"),
    ]


def test_a_cell_without_box_among_boxes_named_first_takes_no_box_away() -> None:
    named_first = ["EQD+CN+CQSU0901220+22G1+++5", *(s for s in BOX_22 if not s.startswith("EQD"))]
    read = read_22([*named_first, "LOC+147+0350386::5", "FTX+AGW++LOST:STOWLOC:306"])
    assert [str(e.position) for e in read.entries] == ["0350384"]
    assert [(str(slot.position), slot.why) for slot in read.empty_slots] == [("0350386", "LOST")]


@pytest.mark.parametrize("written", ["0350384::5", "0350384:9711:5", "350384::5", " 0350384 :139:6", "0350384"])
def test_positions_are_read_in_six_or_seven_digits_whatever_follows(written: str) -> None:
    assert read_22(box_22(LOC_147=f"LOC+147+{written}")).entries[0].position == StowPosition(35, 3, 84)


@pytest.mark.parametrize("written", ["", "0000000", "BAY1", "0350300", "0000384", "03503840", "٠٣٥٠٣٨٤"])
def test_an_unusable_position_is_a_hard_finding_and_the_box_is_kept(written: str) -> None:
    read = read_22(box_22(LOC_147=f"LOC+147+{written.replace('٠', '?٠')}".encode().decode("latin-1")))
    assert read.entries[0].position is None
    assert [f.severity for f in read.findings if f.rule == "EDI-POSITION"] == [Severity.HARD]
    with pytest.raises(DataError, match="no usable position") as caught:
        read.bay_plan()
    assert (caught.value.file, caught.value.place) == ("f.edi", "segment 9")


@pytest.mark.parametrize(
    ("segments", "kg", "verified"),
    [
        (["MEA+WT++KGM:20000"], 20000, False),
        (["MEA+VGM++KGM:20000"], 20000, True),
        (["MEA+AAE+VGM+KGM:20000"], 20000, True),
        (["MEA+AAE+G+KGM:20100", "MEA+AAE+VGM+KGM:20000"], 20000, True),
        (["MEA+AAE+VGM+KGM:20000", "MEA+AAE+G+KGM:20100"], 20000, True),
        (["MEA+AAE+AET+TNE:20.5"], 20500, False),
        (["MEA+WT++TNE:20,5"], 20500, False),
        (["MEA+WT++LBR:44092"], 20000, False),
        (["MEA+AAE+T+KGM:2200", "MEA+WT++KGM:20000"], 20000, False),
        (["MEA+WT++KGM:16733.08"], 16734, False),
        (["MEA+WT++ KGM : 20000"], 20000, False),
    ],
)
def test_masses_are_read_in_every_dialect_and_never_rounded_down(segments: list[str], kg: int, verified: bool) -> None:
    read = box(*segments, MEA=None)
    assert (read.gross_mass_kg, read.mass_is_verified) == (kg, verified)


@given(st.integers(10_000, 120_000))
def test_pounds_become_at_least_the_declared_kilograms(pounds: int) -> None:
    kg = box(MEA=f"MEA+WT++LBR:{pounds}").gross_mass_kg
    assert kg - 1 < pounds * 0.45359237 <= kg + 1e-6


@pytest.mark.parametrize(
    ("segment", "tenths"),
    [
        ("TMP+2+-18:CEL", -180),
        ("TMP+2+015:CEL", 150),
        ("TMP+2+0:FAH", -178),
        ("TMP+2+2.5:CEL", 25),
        ("RNG+5+CEL:13:15", 130),
    ],
)
def test_set_points_are_tenths_of_celsius(segment: str, tenths: int) -> None:
    assert box(segment).set_point_tenth_c == tenths


def test_out_of_gauge_dimensions_are_read_from_whatever_component_holds_them() -> None:
    assert box("DIM+5+CMT:122", "DIM+7+CMT::107", "DIM+8+CMT::10", "DIM+9+CMT:::351").out_of_gauge == OutOfGauge(
        1220, 0, 100, 1070, 3510
    )
    assert box("DIM+13+CMT:::92").out_of_gauge == OutOfGauge(over_height_mm=920)
    assert box("DIM+9+CMT:35").out_of_gauge == OutOfGauge(over_height_mm=350)
    assert box("DIM+6+INH:10").out_of_gauge == OutOfGauge(back_mm=254)


def test_dangerous_goods_keep_class_number_group_flash_point_and_what_is_said_of_them() -> None:
    goods = box(
        "DGS+IMD+3::40-20+1263+73:FAH+2+F-ES-E++++8",
        "FTX+AAC+++LTD QTY, MARINE POLLUTANT",
        "ATT+26+TNM:DGATT:306+:::PAINT",
        "DGS+IMD+1.4S+0012",
    ).dangerous
    assert goods == (
        DangerousGoods("3", 1263, "II", ("8",), 228, True, True, "PAINT"),
        DangerousGoods("1.4S", 12),
    )


def test_onward_and_original_ports_are_told_apart() -> None:
    read = read_22([*BOX_22, "LOC+13+SGSIN", "LOC+83+CNFOC", "LOC+76+PECLL"])
    assert read.entries[0].container.onward_port == "CNFOC"
    assert read.entries[0].original_port == "PECLL"


def test_texts_and_references_are_kept() -> None:
    read = box("FTX+AAA+++FISH:MEAL", "FTX+HAN+++AWAY FROM HEAT", "HAN+ZZZ:HANDLING:306:ON DECK", "RFF+BM:BL9")
    assert (read.remark, read.handling, read.booking) == ("FISH MEAL", ("AWAY FROM HEAT", "ON DECK"), "BK1")


def test_a_booking_is_else_the_bill_of_lading_and_a_lone_1_is_neither() -> None:
    assert box(RFF="RFF+BM:BL9").booking == "BL9"
    assert box(RFF="RFF+BM:1").booking == ""


def test_numbers_with_blanks_are_mended_and_missing_ones_get_a_placeholder() -> None:
    mended = read_22(box_22(EQD="EQD+CN+cqsu 090122-0+22G1+++5"))
    assert mended.entries[0].container.id == "CQSU0901220"
    assert rules(mended.findings) == {"EDI-NUMBER": 1}
    unnamed = read_22(box_22(EQD="EQD+CN++22G1+++5"), box_22(LOC_147="LOC+147+0350386", EQD="EQD+CN++22G1+++5"))
    assert [e.container.id for e in unnamed.entries] == ["?0001", "?0002"]
    assert not any(e.container.has_number for e in unnamed.entries)


@given(st.from_regex(r"[A-Z]{4}[0-9]{7}", fullmatch=True))
def test_the_quick_check_digit_agrees_with_the_domain(text: str) -> None:
    assert has_right_check_digit(text) == has_valid_check_digit(text)


def test_imo_numbers_are_checked() -> None:
    assert imo_is_valid("9074729")
    assert not imo_is_valid("9074728")
    assert not imo_is_valid("907472")


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"EQD": "EQD+CN+CQSU0901221+22G1+++5"}, "EDI-CHECK-DIGIT"),
        ({"EQD": "EQD+CN+CQSU090122+22G1+++5"}, "EDI-NUMBER"),
        ({"EQD": "EQD+CN+CQSU0901220+2ZZZ+++5"}, "EDI-SIZE-TYPE"),
        ({"EQD": "EQD+CN+CQSU0901220++++5"}, "EDI-SIZE-TYPE"),
        ({"EQD": "EQD+CN+CQSU0901220+45G1+++5"}, "EDI-BAY-LENGTH"),
        ({"LOC_147": "LOC+147+0340384"}, "EDI-BAY-LENGTH"),
        ({"LOC_147": "LOC+147+0350383"}, "EDI-TIER"),
        ({"MEA": "MEA+WT++KGM:19627"}, "EDI-VGM-MISSING"),
        ({"MEA": "MEA+VGM++:19627"}, "EDI-UNIT"),
        ({"MEA": "MEA+VGM++KGS:19627"}, "EDI-UNIT"),
        ({"MEA": "MEA+VGM++KGM:99000"}, "EDI-MASS"),
        ({"MEA": "MEA+VGM++KGM:0"}, "EDI-MASS"),
        ({"LOC_9": None}, "EDI-POL-MISSING"),
        ({"LOC_11": None}, "EDI-POD-MISSING"),
        ({"LOC_11": "LOC+11+**KHH"}, "EDI-PORT"),
        ({"TMP": "TMP+2+-18:CEL"}, "EDI-REEFER"),
        ({"EQD": "EQD+CN+CQSU0901220+22R1+++5"}, "EDI-REEFER"),
        ({"DIM": "DIM+9+XXX:::30"}, "EDI-DIMENSION"),
        ({"DGS": "DGS+IMD+XX+1263"}, "EDI-DANGEROUS"),
        ({"DGS": "DGS+IMD+3+"}, "EDI-DANGEROUS"),
        ({"MEA+AAE": "MEA+AAE+G+KGM:15000"}, "EDI-MASS-DIFFERS"),
    ],
)
def test_each_oddity_of_a_box_is_found_alone(changes: dict[str, str | None], rule: str) -> None:
    assert found(**changes) == {rule}


def test_an_empty_box_needs_no_verified_mass() -> None:
    assert not found(MEA="MEA+WT++KGM:2200", EQD="EQD+CN+CQSU0901220+22G1+++4")


def test_an_unknown_size_is_planned_for_as_the_larger_box_its_bay_can_hold() -> None:
    size = box(EQD="EQD+CN+CQSU0901220+++++5", LOC_147="LOC+147+0340384").size_type
    assert (size.length_ft, size.height_mm, size.kind) == (40, 2896, Kind.DRY)


def test_a_box_twice_or_two_in_one_slot_are_found_and_no_bay_plan_is_made_of_them() -> None:
    twice = read_22(BOX_22, box_22(LOC_147="LOC+147+0350386::5"))
    assert rules(twice.findings) == {"EDI-DUPLICATE": 1}
    with pytest.raises(DataError, match="CQSU0901220 stands in slot 0350386 and, in segment 9, in slot 0350384"):
        twice.bay_plan()
    shared = read_22(BOX_22, box_22(EQD=f"EQD+CN+{number(1)}+22G1+++5"))
    assert rules(shared.findings) == {"EDI-SLOT-TWICE": 1}
    with pytest.raises(DataError, match="both stand in slot 0350384") as caught:
        shared.bay_plan()
    assert caught.value.place == "segment 16"


def test_a_long_box_over_a_short_one_in_the_same_cell_is_found() -> None:
    over = box_22(EQD=f"EQD+CN+{number(1)}+42G1+++5", LOC_147="LOC+147+0340384::5")
    assert rules(read_22(BOX_22, over).findings) == {"EDI-SLOT-TWICE": 1}


def test_breakbulk_and_lost_slots_are_no_boxes() -> None:
    lost = ["LOC+147+0200690:9711:5", "FTX+AGW++LOST:STOWLOC:306", "RFF+EQ:SUDU1234569"]
    bulk = [
        "LOC+147+0100182:9711:5",
        "EQD+BB+DEHAM00002",
        "MEA+AAE+AET+KGM:30000",
        "DIM+1+CMT:520:705:165",
        "FTX+AAA+++YACHT",
        "RFF+AWN:0100082",
        "LOC+9+DEHAM",
        "LOC+11+CNSHA",
    ]
    read = read_bay_plan(baplie_31(lost, bulk), file="f")
    assert not read.entries
    assert [(str(s.position), s.why, s.because_of) for s in read.empty_slots] == [("0200690", "LOST", "SUDU1234569")]
    (item,) = read.breakbulk
    assert (item.id, item.description, item.gross_mass_kg, item.pod) == ("DEHAM00002", "YACHT", 30000, "CNSHA")
    assert (item.length_mm, item.width_mm, item.height_mm) == (5200, 7050, 1650)
    assert [str(position) for position in item.positions] == ["0100182", "0100082"]


def test_a_second_item_in_a_cell_stands_in_the_same_slot() -> None:
    cell = [*box_22(), "EQD+BB+X1", "MEA+WT++KGM:500", "LOC+9+CNSHA", "LOC+11+CNNGB"]
    read = read_22(cell)
    assert len(read.entries) == 1
    assert [str(p) for p in read.breakbulk[0].positions] == ["0350384"]


def test_a_bay_plan_without_boxes_is_said() -> None:
    assert rules(read_22().findings) == {"EDI-EMPTY": 1}


@pytest.mark.parametrize(
    ("tdt", "imo", "call_sign", "rules_found"),
    [
        ("TDT+20+1+++X:172:20+++9074729:103::NAME", "9074729", "", {"EDI-VESSEL": 1}),
        ("TDT+20+1+++X:172:20+++9V12:146:11:NAME", "", "9V12", {"EDI-VESSEL": 1}),
        ("TDT+20+1+++X:172:20+++9074728:146:11:NAME", "9074728", "", {"EDI-VESSEL": 1}),
        ("TDT+20+1+++:172:20+++:103:ZZZ:NAME", "", "", {"EDI-VESSEL": 1}),
        ("TDT+20+1+++HLC:LINES:306+++9074729:11:NAME", "9074729", "", {}),
        ("TDT+20+1+++HLC:LINES:306+++9074729::11:NAME", "9074729", "", {}),
    ],
)
def test_the_ship_is_known_by_what_its_number_looks_like(
    tdt: str, imo: str, call_sign: str, rules_found: dict[str, int]
) -> None:
    head = [tdt if s.startswith("TDT") else s for s in HEAD_22]
    read = read_bay_plan(baplie_22(BOX_22, head=head), file="f")
    assert (read.header.imo, read.header.call_sign, read.header.vessel_name) == (imo, call_sign, "NAME")
    assert rules(read.findings) == rules_found


@pytest.mark.parametrize(
    ("text", "form", "iso"),
    [
        ("2601150830", "201", "2026-01-15T08:30"),
        ("202601150830", "203", "2026-01-15T08:30"),
        ("202601150830", "201", "2026-01-15T08:30"),
        ("20260115083015", "203", "2026-01-15T08:30:15"),
        ("20260115", "203", "2026-01-15"),
        ("260115", "101", "2026-01-15"),
        ("202601150830UTC", "303", "2026-01-15T08:30Z"),
        ("1700200200", "201", ""),
        ("", "201", ""),
        ("soon", "203", ""),
        ("202601152530", "203", ""),
    ],
)
def test_times_are_read_by_what_they_are(text: str, form: str, iso: str) -> None:
    assert moment(text, form) == iso


def test_an_instruction_names_classes_for_slots() -> None:
    data = interchange(
        message(
            "MOVINS:D:95B:UN:SMDG21",
            *HEAD_22,
            "HAN+LOA:HANDLING:306",
            "LOC+147+0140382::5", "MEA+WT++KGM:24000", "LOC+11+CNSHA", "FTX+AAI+++OND", "EQD+CN++45R1+++5",
            "LOC+147+0140384::5", "EQD+CN+CQSU0901220+45G1+++4",
            "LOC+147+0140386::5",
            "HAN+DIS",
            "LOC+147+0180384::5", "EQD+CN++45G1+++5",
        )
    )  # fmt: skip
    read = read_instruction(data, file="f")
    assert not read.findings
    reefer, named, anything = read.instructions
    assert (str(reefer.position), reefer.pod, reefer.gross_mass_kg) == ("0140382", "CNSHA", 24000)
    assert reefer.is_reefer
    assert reefer.is_full is True
    assert read.orders[0].remarks == ("OND",)
    assert read.orders[0].container is None
    assert read.orders[1].container is not None
    assert (named.is_full, named.is_reefer, named.pod) == (False, False, None)
    assert (anything.size_type, anything.is_full) == (None, None)
    assert [order.kind for order in read.orders] == [OrderKind.LOAD] * 3 + [OrderKind.DISCHARGE]


def test_a_slot_instructed_twice_is_found_and_counts_once() -> None:
    cell = ("LOC+147+0140382::5", "EQD+CN++45G1+++5")
    read = read_instruction(interchange(message("MOVINS:D:95B:UN:SMDG21", *HEAD_22, *cell, *cell)), file="f")
    assert rules(read.findings) == {"EDI-SLOT-TWICE": 1}
    assert len(read.instructions) == 1


def test_a_load_list_takes_its_port_of_loading_from_the_header() -> None:
    read = read_load_list(
        coprar(
            "EQD+CN+CQSU0901220+45G1:102:5++2+5", "RFF+BN:BK1", "LOC+11+CNSHA", "LOC+7+CNWUH", "MEA+AAE+VGM+KGM:24000",
            "TDT+10+142E+1+13++++D5MG2", "NAD+CF+MSK:160:20", "CNT+16:1",
        ),
        file="f",
    )  # fmt: skip
    assert not read.findings
    assert read.header.direction is Direction.LOAD
    (box,) = read.containers
    assert (box.pol, box.pod, box.onward_port, box.operator) == ("PECHY", "CNSHA", "CNWUH", "MSK")


def test_a_load_list_counts_and_expands_lines_of_several_boxes() -> None:
    line = ("EQD+CN++42G1:102:5++2+4", "EQN+3", "LOC+11+CNSHA", "MEA+AAE+G+KGM:3900")
    read = read_load_list(coprar(*line, "CNT+16:1"), file="f")
    assert [box.id for box in read.containers] == ["?0001", "?0002", "?0003"]
    assert "EDI-CNT-COUNT" not in rules(read.findings)
    assert rules(read_load_list(coprar(*line, "CNT+16:7"), file="f").findings)["EDI-CNT-COUNT"] == 1


@pytest.mark.parametrize(
    ("document", "direction", "codes"),
    [("43", "discharge", 0), ("45", "load", 0), ("119", "load", 1), ("", "load", 1)],
)
def test_the_direction_of_a_list_is_its_document_code_or_else_its_port(
    document: str, direction: str, codes: int
) -> None:
    head = (f"BGM+{document}+1+9", *LIST_HEAD[1:])
    data = interchange(message("COPRAR:D:00B:UN:SMDG21", *head, "EQD+CN+CQSU0901220+45G1++2+4", "LOC+11+CNSHA"))
    read = read_load_list(data, file="f")
    assert read.header.direction == direction
    assert rules(read.findings)["EDI-CODE"] == codes


def test_a_move_report_says_when_and_where_and_under_which_seal() -> None:
    data = interchange(
        message(
            "COARRI:D:00B:UN:SMDG21", "BGM+46+1+9", *LIST_HEAD[1:],
            "EQD+CN+CQSU0901220+45G1:102:5++2+5", "DTM+203:202602030712:203", "LOC+147+0140382::5", "LOC+11+CNSHA",
            "MEA+AAE+VGM+KGM:24000", "SEL+S1+CA", "CNT+16:1",
        )
    )  # fmt: skip
    read = read_move_report(data, file="f")
    assert not read.findings
    (move,) = read.entries
    assert (move.at, str(move.position), move.seals) == ("2026-02-03T07:12", "0140382", ("S1",))


def test_verified_masses_are_read_with_method_and_responsible() -> None:
    data = interchange(
        message(
            "VERMAS:D:16A:UN:SMDG10", "BGM+749+1+9",
            "EQD+CN+CQSU0901220+42G1:6346:5", "RFF+BN:BK3", "MEA+AAE+VGM+KGM:19800", "DTM+WAT:202602010830UTC:303",
            "DOC+SM1:VGM:306", "NAD+SPC+++SHIPPER SAC",
            f"EQD+CN+{number(1)}",
            "EQD+CN+", "MEA+AAE+VGM+KGM:19800",
        )
    )  # fmt: skip
    read = read_verified_masses(data, file="f")
    (mass,) = read.entries
    assert (mass.gross_mass_kg, mass.method, mass.determined_at) == (19800, "SM1", "2026-02-01T08:30Z")
    assert (mass.responsible, mass.booking) == ("SHIPPER SAC", "BK3")
    assert rules(read.findings) == {"EDI-VGM-MISSING": 1, "EDI-NUMBER": 1}


def test_the_lighter_messages_are_read_for_what_they_are() -> None:
    tanks, report, release = read_any(
        interchange(
            message("TANSTA:D:00B:UN:SMDG20", "BGM++1+9", "LOC+5+PECHY", "LOC+ZZZ+DB1P", "MEA+WT++TNE:812"),
            message(
                "TPFREP:D:00B:UN:SMDG30", "BGM+++9", "LOC+6+PECHY", "DTM+178:202602030600:203",
                "EQD+CR+QC01", "CNT+16:812", "DTM+194:202602030655:203", "FTX+ACD+++RAIN", "EQD+CR+QC02",
            ),
            message(
                "COPARN:D:00B:UN:SMDG20", "BGM+126+1+9", "RFF+BN:BK3", "EQD+CN++42G1:102:5++2+4", "EQN+2"
            ),
        ),
        file="f",
    )  # fmt: skip
    assert isinstance(tanks, TankStatus)
    assert tanks.entries == (("DB1P", 812_000),)
    assert isinstance(report, PerformanceReport)
    assert [(c.crane, c.moves, c.remarks) for c in report.entries] == [("QC01", 812, ("RAIN",)), ("QC02", None, ())]
    assert report.times == (("178", "2026-02-03T06:00"),)
    assert isinstance(release, EquipmentMessage)
    assert release.references == (("BN", "BK3"),)
    assert len(release.entries) == 2


def test_a_site_replaces_the_tables_of_codes(tmp_path: Path) -> None:
    (tmp_path / "size_types.csv").write_text("# ours\ncode,length_ft,height_mm,kind\nBIG1,20,2896,dry\n")
    (tmp_path / "ports.csv").write_text("code\nCNSHA\n")
    tables = load_tables(tmp_path)
    data = baplie_22(box_22(EQD="EQD+CN+CQSU0901220+BIG1+++5"))
    read = read_bay_plan(data, file="f", tables=tables)
    assert read.entries[0].container.size_type.height_mm == 2896
    assert [(f.rule, f.severity) for f in read.findings] == [("EDI-PORT-UNKNOWN", Severity.NOTE)]
    assert rules(read_bay_plan(data, file="f").findings) == {"EDI-SIZE-TYPE": 1}


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("BIG1,20,many,dry", "invalid literal"),
        ("BIG1,20,2896,huge", "huge"),
        ("BIG1,900,2896,dry", "900 ft"),
        (",,,", "code"),
    ],
)
def test_a_broken_table_is_refused_with_its_line(tmp_path: Path, row: str, sentence: str) -> None:
    (tmp_path / "size_types.csv").write_text(f"# ours\n\ncode,length_ft,height_mm,kind\nOK01,20,2591,dry\n{row}\n")
    with pytest.raises(DataError, match=sentence) as caught:
        load_tables(tmp_path)
    assert caught.value.place == "line 5"


def test_the_spellings_of_carriers_are_known() -> None:
    high = box(EQD="EQD+CN+CQSU0901220+40HC+++5", LOC_147="LOC+147+0340384").size_type
    assert (high.length_ft, high.is_high_cube, high.kind) == (40, True, Kind.DRY)
