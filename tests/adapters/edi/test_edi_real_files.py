"""Real messages: every file is read, or refused for the right reason; the file names say what is in them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.adapters.edi.samples import rules

from cabria.adapters.edi import (
    Dialect,
    carried,
    load,
    read_any,
    read_bay_plan,
    read_instruction,
    read_load_list,
    read_move_report,
    write_bay_plan,
)
from cabria.domain.errors import DataError
from cabria.domain.messages import BayPlanMessage

READERS = {
    "baplie": read_bay_plan,
    "coprar": read_load_list,
    "coarri": read_move_report,
}


def files(folder: Path) -> list[Path]:
    found = sorted(path for path in (folder / "edi").rglob("*") if path.name.endswith((".edi", ".edi.xz")))
    assert len(found) == 22
    return found


def test_every_file_but_the_headless_one_is_read(shared_data: Path) -> None:
    refused = {}
    for path in files(shared_data):
        try:
            messages = read_any(load(path), file=path.name)
        except DataError as error:
            refused[path.name] = str(error)
        else:
            assert len(messages) == 1
            assert messages[0].header.kind.lower() == re.split(r"[_.\d]", path.name)[0]
    assert list(refused) == ["movins_95b_truncated_head.edi"]
    assert "its head was cut off" in refused["movins_95b_truncated_head.edi"]


def test_each_file_has_the_boxes_its_name_promises(shared_data: Path) -> None:
    counted = 0
    for path in files(shared_data):
        promised = re.search(r"_(\d+)_boxes", path.name)
        if promised:
            message = READERS[path.name.split("_")[0]](load(path), file=path.name)
            assert len(message.entries) == int(promised[1]), path.name
            counted += 1
    assert counted == 7


def test_the_instruction_has_449_slots_for_reefers_and_names_no_box(shared_data: Path) -> None:
    message = read_instruction(load(shared_data / "edi/movins_95b_smdg20_449_slots.edi"), file="f")
    assert len(message.instructions) == 449
    assert all(slot.pod and slot.gross_mass_kg for slot in message.instructions)
    assert sum(slot.is_reefer for slot in message.instructions) >= 440
    assert not any(order.container for order in message.orders)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("baplie_95b_smdg22_609_boxes_wrong_unt.edi", {"EDI-UNT-COUNT": 1, "EDI-CHECK-DIGIT": 2, "EDI-TIME": 4}),
        (
            "coprar_95b_tiny_wrong_unt.edi",
            {"EDI-UNT-COUNT": 1, "EDI-CNT-COUNT": 1, "EDI-DUPLICATE": 1, "EDI-CHECK-DIGIT": 2, "EDI-DIALECT": 1},
        ),
        ("synthetic/baplie22.edi", {}),
        ("synthetic/coprar21_load.edi", {}),
        ("synthetic/movins21_load.edi", {}),
        ("synthetic/vermas10.edi", {}),
    ],
)
def test_what_is_odd_is_found_and_no_more(shared_data: Path, name: str, expected: dict[str, int]) -> None:
    (message,) = read_any(load(shared_data / "edi" / name), file=name)
    assert rules(message.findings) == expected


def test_the_full_ship_is_whole(shared_data: Path) -> None:
    message = read_bay_plan(load(shared_data / "edi/baplie_95b_smdg20_2799_boxes.edi"), file="f")
    boxes = [entry.container for entry in message.entries]
    assert len(message.bay_plan()) == 2799
    assert all(box.pol and box.pod and box.gross_mass_kg and box.operator for box in boxes)
    assert sum(box.needs_plug for box in boxes) == 51
    assert sum(len(box.dangerous) for box in boxes) == 182
    assert sum(box.out_of_gauge is not None for box in boxes) == 2
    assert not {"EDI-POSITION", "EDI-SLOT-TWICE", "EDI-DUPLICATE", "EDI-BAY-LENGTH"} & set(rules(message.findings))


@pytest.mark.parametrize("dialect", Dialect)
def test_real_bay_plans_survive_writing_and_reading(shared_data: Path, dialect: Dialect) -> None:
    seen = 0
    for path in files(shared_data):
        if path.name.startswith("baplie") and "synthetic_9995" not in path.name:
            message = read_bay_plan(load(path), file=path.name)
            assert isinstance(message, BayPlanMessage)
            plan = message.bay_plan()
            back = read_bay_plan(write_bay_plan(message.header, plan, dialect), file="back").bay_plan()
            assert list(back) == [(carried(box, dialect), position) for box, position in plan]
            seen += len(plan)
    assert seen == 1 + 2799 + 465 + 609 + 8 + 8
