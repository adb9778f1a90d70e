"""Checking a file, the letter to its sender, and verified masses that come later."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from tests.adapters.edi.samples import BOX_22, baplie_22, box_22, coprar, number, rules
from tests.builders import ship

from cabria.adapters import edi
from cabria.adapters.edi import (
    against_profile,
    apply_verified_masses,
    check_file,
    letter,
    read_bay_plan,
    read_load_list,
)
from cabria.adapters.edi.letter import WIDTH
from cabria.adapters.edi.rules import RULES
from cabria.domain.containers import Container, ContainerId, Port, SizeType
from cabria.domain.findings import Severity
from cabria.domain.messages import VerifiedMass

ODD = baplie_22(
    BOX_22,
    box_22(EQD=f"EQD+CN+{number(1)}+22G1+++5"),
    *(
        box_22(LOC_147=f"LOC+147+{bay:03}0384::5", EQD=f"EQD+CN+{number(bay)}+22G1+++5", MEA="MEA+WT++KGM:9000")
        for bay in range(101, 117, 2)
    ),
    box_22(LOC_147="LOC+147+0210384::5", EQD="EQD+CN+CQSU0901221+22G1+++5"),
)


def test_a_letter_tells_the_worst_first_with_counts_a_few_of_each_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "odd.edi"
    path.write_bytes(ODD)
    checked = check_file(path)
    text = letter(checked.messages[0], checked.findings, first=3)
    assert re.findall(r"\[(EDI-[A-Z-]+)\]: (\d+)", text) == [
        ("EDI-SLOT-TWICE", "1"),
        ("EDI-VGM-MISSING", "8"),
        ("EDI-CHECK-DIGIT", "1"),
    ]
    assert text.index("CANNOT BE USED") < text.index("SAFETY") < text.index("COSTS WORK")
    assert f"{number(101)} (segment" in text
    assert "slot 1010384" in text
    assert "and 5 more" in text
    assert "No verified mass, no loading." in text
    assert str(path) in text
    assert "We cannot use this message" in text
    assert not checked.is_usable
    assert all(len(line) <= WIDTH for line in text.splitlines() if line.startswith("  "))


def test_a_good_message_gets_thanks() -> None:
    message = read_bay_plan(baplie_22(BOX_22), file="f")
    text = letter(message, message.findings)
    assert "nothing to complain of" in text
    assert "BAPLIE D.95B SMDG22 no. BAY1" in text


def test_a_letter_quotes_no_control_characters() -> None:
    data = baplie_22(box_22(EQD="EQD+CN+\x1b[31mEVIL\x07+22G1+++5"), head=["BGM++B\x1b[2J+9", "LOC+5+CN\x07"])
    message = read_bay_plan(data, file="f\x1b.edi")
    text = letter(message, message.findings)
    assert all(char.isprintable() or char == "\n" for char in text)


def test_the_summary_counts_what_is_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "list.edi"
    path.write_bytes(coprar("EQD+CN+CQSU0901220+45G1:102:5++2+5", "LOC+11+CNSHA", "MEA+AAE+G+KGM:24000", "CNT+16:1"))
    assert check_file(path).summary == (
        "COPRAR D.00B SMDG21 COP1: 1 boxes; QUIPU EXPRESS, call sign 9V1234; findings: 1 safety"
    )


def test_every_rule_that_is_found_is_explained_and_the_other_way_round() -> None:
    source = "".join(path.read_text() for path in Path(edi.__file__).parent.glob("*.py") if path.name != "rules.py")
    assert set(re.findall(r'"(EDI-[A-Z-]+)"', source)) == set(RULES)


def test_every_rule_is_in_the_reference(repository: Path) -> None:
    page = (repository / "docs/reference/messages.md").read_text()
    assert set(re.findall(r"`(EDI-[A-Z-]+)`", page)) == set(RULES)


def test_positions_and_ship_are_judged_against_a_profile() -> None:
    profile = replace(ship(), call_sign="9V1234")
    inside = box_22(LOC_147="LOC+147+0010082::5")
    message = read_bay_plan(baplie_22(inside, BOX_22), file="f")
    assert [(f.rule, f.place) for f in against_profile(message, profile)] == [
        ("EDI-POSITION-SHIP", "segment 16, slot 0350384")
    ]
    other = replace(profile, call_sign="9V9999")
    assert [f.rule for f in against_profile(message, other)] == ["EDI-SHIP", "EDI-POSITION-SHIP"]


def box(serial: int, kg: int = 20_000, **changes: object) -> Container:
    made = Container(ContainerId(number(serial)), SizeType.parse("45G1"), kg, Port("PECHY"), Port("CNSHA"))
    return replace(made, **changes)  # type: ignore[arg-type]


def test_verified_masses_reach_their_boxes_and_lift_the_hold() -> None:
    waiting = box(1, holds=("vgm", "customs"))
    boxes, findings = apply_verified_masses([waiting, box(2, is_full=False)], [VerifiedMass(waiting.id, 20_500)])
    assert boxes == (
        replace(waiting, gross_mass_kg=20_500, mass_is_verified=True, holds=("customs",)),
        box(2, is_full=False),
    )
    assert not findings


def test_masses_that_do_not_fit_are_found() -> None:
    masses = [
        VerifiedMass(box(1).id, 25_000, segment=5),
        VerifiedMass(box(2).id, 90_000, segment=9),
        VerifiedMass(box(9).id, 20_000, segment=13),
        VerifiedMass(box(4).id, 25_000, segment=17),
    ]
    boxes, findings = apply_verified_masses([box(1), box(2), box(3), box(4, mass_is_verified=True)], masses)
    assert [b.gross_mass_kg for b in boxes] == [25_000, 20_000, 20_000, 25_000]
    assert [(f.rule, f.container, f.severity) for f in findings] == [
        ("EDI-MASS-DIFFERS", box(1).id, Severity.NOTE),
        ("EDI-MASS", box(2).id, Severity.SAFETY),
        ("EDI-VGM-MISSING", box(2).id, Severity.SAFETY),
        ("EDI-VGM-MISSING", box(3).id, Severity.SAFETY),
        ("EDI-MASS-DIFFERS", box(4).id, Severity.SAFETY),
        ("EDI-VGM-UNKNOWN", box(9).id, Severity.NOTE),
    ]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(2_000, 40_000)), max_size=8))
def test_the_last_mass_of_each_box_counts(masses: list[tuple[int, int]]) -> None:
    boxes, _ = apply_verified_masses(
        [box(serial) for serial in range(6)], [VerifiedMass(box(serial).id, kg) for serial, kg in masses]
    )
    last = dict(masses)
    assert [(b.gross_mass_kg, b.mass_is_verified) for b in boxes] == [
        (last.get(serial, 20_000), serial in last) for serial in range(6)
    ]


def test_a_load_list_without_verified_masses_says_so_for_each_full_box() -> None:
    lines = ("EQD+CN+{}+45G1:102:5++2+{}", "LOC+11+CNSHA", "MEA+AAE+G+KGM:24000")
    segments = [s.format(number(serial), status) for serial, status in ((1, 5), (2, 4)) for s in lines]
    assert rules(read_load_list(coprar(*segments), file="f").findings) == {"EDI-VGM-MISSING": 1}
