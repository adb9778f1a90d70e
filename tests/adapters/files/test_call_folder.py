"""A call folder reads back as it was written, and every contradiction in it gets one sentence with file and place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.adapters import edi
from cabria.adapters.files.call_folder import read_call, write_call
from cabria.adapters.files.profile_json import write_profile
from cabria.domain.calls import PRESETS, CallSettings, SlotInstruction, VesselCall
from cabria.domain.containers import Container, ContainerId, DangerousGoods, OutOfGauge, Port, SizeType
from cabria.domain.errors import DataError
from cabria.domain.findings import Cause, Severity
from cabria.domain.messages import Direction, MessageHeader, VerifiedMass
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import BayPlan
from cabria.domain.yard import YardInventory
from cabria.experiments.calls import make_call
from cabria.experiments.tiny import tiny_call

REEFER = "TINU0000080"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the tiny call, ready to be spoilt."""
    write_call(tiny_call(), tmp_path / "tiny")
    return tmp_path / "tiny"


def spoil(path: Path, old: str, new: str, *, times: int = 1) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, times))


def refusal(folder: Path) -> DataError:
    with pytest.raises(DataError) as caught:
        read_call(folder)
    return caught.value


def rules(call: VesselCall) -> list[str]:
    return [finding.rule for finding in call.findings]


def test_the_tiny_call_in_the_repository_is_the_one_that_is_made(repository: Path, folder: Path) -> None:
    kept = repository / "scenarios" / "tiny"
    for made in folder.iterdir():
        assert (kept / made.name).read_text() == made.read_text(), "write it again: cabria scenario make tiny"


def test_a_call_reads_back_as_it_was_written(folder: Path) -> None:
    assert read_call(folder) == tiny_call()


def test_a_call_may_be_named_by_its_call_toml(folder: Path) -> None:
    assert read_call(folder / "call.toml") == tiny_call()


def test_a_made_call_with_instruction_reads_back(tmp_path: Path) -> None:
    call = make_call(moves=300, teu=1_500, seed=3, blocks=1, has_instructions=True)
    write_call(call, tmp_path / "call")
    again = read_call(tmp_path / "call")
    assert replace(again, findings=()) == call
    assert rules(again) == ["EDI-VGM-MISSING"]
    assert {finding.cause for finding in again.findings} == {Cause.ARRIVAL}


texts = st.text(st.characters(codec="latin-1", exclude_categories=("Cc", "Zs")), min_size=1, max_size=30)
numbers = st.from_regex(r"[A-Z]{4}[0-9]{7}", fullmatch=True)
goods = st.builds(
    DangerousGoods,
    imdg_class=st.sampled_from(["3", "2.1", "1.4S", "8", "9"]),
    un_number=st.integers(1, 3600),
    packing_group=st.sampled_from(["", "I", "II", "III"]),
)
loads = st.lists(
    st.builds(
        Container,
        id=numbers.map(ContainerId),
        size_type=st.sampled_from(["22G1", "42G1", "45R1", "L5G1", "2230", "42P3"]).map(SizeType.parse),
        gross_mass_kg=st.integers(1_000, 40_000),
        pol=st.just(Port("PECHY")),
        pod=st.sampled_from(["ECPSJ", "CNSHA", "JPYOK"]).map(Port),
        mass_is_verified=st.booleans(),
        is_full=st.booleans(),
        onward_port=st.none() | st.just(Port("CNNGB")),
        operator=st.sampled_from(["", "ANP"]),
        set_point_tenth_c=st.none() | st.integers(-300, 300),
        dangerous=st.lists(goods, max_size=2).map(tuple),
        out_of_gauge=st.none() | st.builds(OutOfGauge, over_height_mm=st.integers(1, 90).map(lambda cm: cm * 10)),
        holds=st.lists(texts.filter(lambda text: text == text.strip()), max_size=2, unique=True).map(tuple),
        booking=st.sampled_from(["", "BK1"]),
    ),
    max_size=6,
    unique_by=lambda box: box.id,
)


@settings(max_examples=60)
@given(
    loads=loads,
    costs=st.builds(CallSettings, dig_min=st.floats(0, 1e5), may_twin=st.booleans(), may_dual_cycle=st.booleans()),
    tank_kg=st.integers(0, 10**6),
)
def test_nothing_of_a_load_list_and_its_settings_is_lost(
    tmp_path_factory: pytest.TempPathFactory, loads: list[Container], costs: CallSettings, tank_kg: int
) -> None:
    call = replace(
        tiny_call(), loads=tuple(loads), yard=YardInventory(), settings=costs, rotation=(Port("ECPSJ"), Port("CNSHA"))
    )
    folder = tmp_path_factory.mktemp("calls") / "call"
    write_call(call, folder)
    if any(box.needs_plug and box.size_type.kind for box in loads):
        assert call.vessel.plugs
    assert replace(read_call(folder), findings=()) == call


def test_an_instruction_of_the_carrier_is_kept_slot_by_slot(tmp_path: Path) -> None:
    slot = SlotInstruction(
        StowPosition.parse("0060282"), SizeType.parse("45R1"), Port("CNSHA"), 28_000, True, is_full=True, operator="ANP"
    )
    call = replace(tiny_call(), instructions=(slot,))
    write_call(call, tmp_path / "call")
    assert read_call(tmp_path / "call").instructions == (slot,)


def test_a_folder_that_exists_is_left_alone(folder: Path) -> None:
    before = (folder / "call.toml").read_bytes()
    with pytest.raises(DataError, match="left alone"):
        write_call(make_call(moves=20, teu=1_000, seed=1, blocks=1), folder)
    assert (folder / "call.toml").read_bytes() == before


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    box = replace(tiny_call().loads[0], size_type=replace(SizeType.parse("22G1"), code="\N{SNOWMAN}2G1"))
    call = replace(tiny_call(), loads=(box,), voyage="001W")
    broken = replace(call, instructions=(SlotInstruction(StowPosition.parse("0060282"), pod=None),))
    object.__setattr__(broken, "port", None)  # a caller's mistake: the writers cannot work without a port
    with pytest.raises((DataError, AttributeError, TypeError)):
        write_call(broken, tmp_path / "call")
    assert list(tmp_path.iterdir()) == []


# --- call.toml ---


def test_no_folder(tmp_path: Path) -> None:
    assert "no such folder" in str(refusal(tmp_path / "nowhere"))


def test_a_file_instead_of_a_folder(folder: Path) -> None:
    assert "A call is a folder" in str(refusal(folder / "loads.edi"))


def test_a_folder_without_call_toml(folder: Path) -> None:
    (folder / "call.toml").unlink()
    error = refusal(folder)
    assert error.file.endswith("call.toml")
    assert "no such file" in str(error)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('port = "PECHY"', "port = ", "not TOML"),
        ('format = "cabria.call/1"', 'format = "cabria.call/9"', "A call begins with format"),
        ("berth_x_mm", "berth_mm", "Do you mean berth_x_mm?"),
        ("arrival =", "arival =", "Do you mean arrival?"),
        ('id = "TINY"', "id = 7", "should be a text, not a whole number"),
        ('port = "PECHY"', 'port = "Chancay"', "should be a port as UN/LOCODE"),
        ('id = "TINY"', 'id = "TINY\\n"', "should be 1 to 35 letters"),
        ("berth_x_mm = 100000", f"berth_x_mm = {'9' * 5000}", "thousands of digits"),
        ("2026-03-02T06:00", "2026-02-30T06:00", "should be a time such as 2026-03-02T06:00"),
        ('"ECPSJ",', '"PECHY",', "visits PECHY again"),
        ('"ECPSJ",', '"CNSHA",', "names a port twice"),
        ('"loads.edi"', '"../loads.edi"', "outside the call folder"),
        ('"loads.edi"', '"/etc/hostname"', "outside the call folder"),
        ('"loads.edi"', '"lods.edi"', "There is no file lods.edi"),
        ("[files]", "[tanks_kg]\nFP = 3\n[files]", "has no tank 'FP'"),
        ("[files]", "[settings]\ndig_min = nan\n[files]", "settings.dig_min"),
        ("[files]", "[settings]\ndig_min = -1\n[files]", "at least 0"),
        ("[files]", "[settings]\ndigmin = 1\n[files]", "Do you mean dig_min?"),
        ("[files]", '[settings]\npreset = "fast"\n[files]', "Do you mean fast-ship?"),
        ("[files]", "[settings]\npreset = 7\n[files]", "settings.preset"),
    ],
)
def test_a_wrong_call_toml_is_told_by_its_key(folder: Path, old: str, new: str, sentence: str) -> None:
    spoil(folder / "call.toml", old, new)
    error = refusal(folder)
    assert sentence in str(error)
    assert error.file.endswith("call.toml")


def test_single_prices_go_before_those_of_the_preset(folder: Path) -> None:
    spoil(folder / "call.toml", "[files]", '[settings]\npreset = "fast ship"\noverstow_min = 25\n[files]')
    assert read_call(folder).settings == replace(PRESETS["fast-ship"], overstow_min=25.0)


def test_a_nest_of_brackets_is_no_call(folder: Path) -> None:
    (folder / "call.toml").write_text("a = " + "[" * 100_000)
    assert "not TOML" in str(refusal(folder))


def test_a_tank_cannot_hold_more_than_it_can(tmp_path: Path) -> None:
    call = make_call(moves=20, teu=1_000, seed=1, blocks=1)
    write_call(call, tmp_path / "call")
    tank = call.vessel.tanks[0]
    text = (tmp_path / "call" / "call.toml").read_text()
    before = f'"{tank.id}" = {call.tank_contents_kg[tank.id]}\n'
    assert before in text
    (tmp_path / "call" / "call.toml").write_text(text.replace(before, f'"{tank.id}" = {tank.capacity_kg + 1}\n'))
    assert f"Tank {tank.id} holds" in str(refusal(tmp_path / "call"))


# --- what any file may do to us ---


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def binary(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 40)


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(200_000_000)


def gone(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("name", ["arrival.edi", "loads.edi", "profile.json", "terminal.json"])
@pytest.mark.parametrize("harm", [cut_off, emptied, binary, huge, gone])
def test_a_harmed_file_is_named(folder: Path, name: str, harm: Callable[[Path], None]) -> None:
    harm(folder / name)
    error = refusal(folder)
    assert name in str(error)
    assert "\n" not in str(error)


@pytest.mark.parametrize("harm", [emptied, binary, huge, gone])
def test_a_harmed_yard_is_named(folder: Path, harm: Callable[[Path], None]) -> None:
    harm(folder / "yard.csv")
    assert "yard.csv" in str(refusal(folder))


def test_files_in_each_others_place(folder: Path) -> None:
    spoil(folder / "call.toml", '"arrival.edi"', '"swap"')
    spoil(folder / "call.toml", '"loads.edi"', '"arrival.edi"')
    spoil(folder / "call.toml", '"swap"', '"loads.edi"')
    assert "This is COPRAR, a BAPLIE was expected" in str(refusal(folder))


# --- contradictions between files ---


def test_a_box_twice_on_the_load_list(folder: Path) -> None:
    spoil(folder / "loads.edi", "TINU0000049", "TINU0000033")
    error = refusal(folder)
    assert "TINU0000033 is on the load list twice, first in segment 8" in str(error)
    assert error.place == "segment 13"
    assert error.file.endswith("loads.edi")


def test_a_box_to_be_loaded_that_is_aboard(folder: Path) -> None:
    spoil(folder / "loads.edi", "TINU0000049", "TINU0000100")
    error = refusal(folder)
    assert "TINU0000100 is to be loaded but is aboard on arrival in slot 0020102" in str(error)
    assert error.place == "segment 13"


def test_two_boxes_in_one_slot(folder: Path) -> None:
    spoil(folder / "arrival.edi", "LOC+147+0020102", "LOC+147+0020002")
    error = refusal(folder)
    assert "both stand in slot 0020002" in str(error)
    assert error.file.endswith("arrival.edi")
    assert error.place.startswith("segment")


def test_a_box_twice_aboard(folder: Path) -> None:
    spoil(folder / "arrival.edi", "TINU0000100", "TINU0000012")
    assert "TINU0000012 stands in slot" in str(refusal(folder))


def test_a_slot_outside_the_ship(folder: Path) -> None:
    spoil(folder / "arrival.edi", "LOC+147+0020102", "LOC+147+0980102")
    error = refusal(folder)
    assert "TINU0000100 stands in slot 0980102, which CABRIA TINY does not have" in str(error)
    assert error.place == "segment 15"


def test_a_20_and_a_40_in_one_cell(folder: Path) -> None:
    extra = "LOC+147+0010102:9711:5'\nEQD+CN+TINU0000033:6346:5+22G1:6346:5+++5'\nLOC+11+CNSHA'\nCNT"
    spoil(folder / "arrival.edi", "CNT", extra)
    spoil(folder / "loads.edi", "TINU0000033", "TINU0000201")
    error = refusal(folder)
    assert "share a cell" in str(error)
    assert "of 20 ft in slot 0010102" in str(error)


def test_a_40_in_an_odd_bay(folder: Path) -> None:
    spoil(folder / "arrival.edi", "LOC+147+0020102", "LOC+147+0010102")
    assert "of 40 ft stands in slot 0010102, in an odd bay" in str(refusal(folder))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("CBTY:103::CABRIA TINY", "D5AB7:103::OTHER SHIP", "call sign CBTY"),
        (":103::CABRIA TINY", ":::OTHER SHIP", "name CABRIA TINY"),
        ("CBTY:103", "9454436:146", "IMO number 1000019"),
        ("TDT+20+001W", "TDT+20+77E", "is for voyage 77E"),
        ("LOC+9+PECHY", "LOC+9+CLSAI", "is for CLSAI, the call is at PECHY"),
        ("BGM+45", "BGM+43", "This is a discharge list"),
    ],
)
def test_a_load_list_of_another_call(folder: Path, old: str, new: str, sentence: str) -> None:
    spoil(folder / "loads.edi", old, new)
    if ":::" in new:
        spoil(folder / "loads.edi", "CBTY", "")
    error = refusal(folder)
    assert sentence in str(error)
    assert error.file.endswith("loads.edi")


def test_the_call_may_say_under_which_name_the_messages_know_the_ship(folder: Path) -> None:
    for name in ("loads.edi", "arrival.edi"):
        text = (folder / name).read_text()
        text = text.replace("CABRIA TINY", "VESSEL P01").replace("CBTY:103", ":").replace("1000019:146:11", "::")
        (folder / name).write_text(text)
    assert "name CABRIA TINY" in str(refusal(folder))
    spoil(folder / "call.toml", "[files]", 'vessel_name = "Vessel P01"\n[files]')
    assert read_call(folder).vessel.name == "Vessel P01"


def test_another_voyage_of_the_bay_plan_is_worth_a_note(folder: Path) -> None:
    spoil(folder / "arrival.edi", "TDT+20+001W", "TDT+20+001E")
    assert [(f.rule, f.severity) for f in read_call(folder).findings] == [("CALL-VOYAGE", Severity.NOTE)]


def test_reefers_for_a_ship_without_plugs(folder: Path) -> None:
    text = (folder / "profile.json").read_text()
    (folder / "profile.json").write_text(text.replace(" PA", ""))
    error = refusal(folder)
    assert f"1 live reefers are to be loaded, the first is {REEFER}" in str(error)
    assert "has no reefer plugs" in str(error)
    assert error.file.endswith("loads.edi")
    assert error.place == "segment 33"


def test_more_reefers_than_plugs_is_a_finding(folder: Path) -> None:
    spoil(folder / "loads.edi", "42G1", "45R1", times=1)
    spoil(folder / "loads.edi", "MEA+AAE+VGM+KGM:12000'", "MEA+AAE+VGM+KGM:12000'\nTMP+2+-18:CEL'")
    call = read_call(folder)
    assert "has 1 plugs for 2 live reefers (2 to be loaded, 0 staying aboard)" in call.findings[-1].text


def test_a_load_that_is_not_in_the_yard_is_held(folder: Path) -> None:
    lines = (folder / "yard.csv").read_text().splitlines(keepends=True)
    (folder / "yard.csv").write_text(
        "".join(line for line in lines if "TINU0000075" not in line).replace("-01-2", "-01-1", 1)
    )
    call = read_call(folder)
    assert rules(call) == ["CALL-NOT-IN-YARD"]
    assert call.load_by_id[ContainerId("TINU0000075")].holds == ("not in the yard",)


def test_without_an_inventory_all_loads_are_at_hand(folder: Path) -> None:
    spoil(folder / "call.toml", 'yard = "yard.csv"\n', "")
    call = read_call(folder)
    assert rules(call) == ["CALL-YARD"]
    assert not any(box.holds for box in call.loads)


def test_a_port_outside_the_rotation_is_a_finding(folder: Path) -> None:
    spoil(folder / "call.toml", '"ECPSJ",', "")
    texts = [finding.text for finding in read_call(folder).findings]
    assert texts == [
        "1 boxes aboard are bound for ECPSJ, which is not in the rotation; they are taken to leave the ship last.",
        "2 boxes to be loaded are bound for ECPSJ, which is not in the rotation; "
        "they are taken to leave the ship last.",
    ]


def test_a_load_for_this_port_is_held(folder: Path) -> None:
    spoil(folder / "loads.edi", "LOC+11+ECPSJ", "LOC+11+PECHY")
    call = read_call(folder)
    assert rules(call) == ["CALL-POD"]
    assert call.load_by_id[ContainerId("TINU0000075")].holds == ("bound for this port",)


def test_holds_come_from_their_own_table(folder: Path) -> None:
    (folder / "holds.csv").write_text(
        "Contenedor;Motivo\nTINU 000003-3;aduana\nTINU0000033;fumigación\nXXXU1234567;x\n"
    )
    spoil(folder / "call.toml", 'yard = "yard.csv"', 'yard = "yard.csv"\nholds = "holds.csv"')
    call = read_call(folder)
    assert call.load_by_id[ContainerId("TINU0000033")].holds == ("aduana", "fumigación")
    assert rules(call) == ["CALL-HOLD"]


def test_boxes_that_come_late_have_their_own_table_and_read_back(folder: Path, tmp_path: Path) -> None:
    (folder / "late.csv").write_text(
        "unit,ready at\nTINU0000033,26:30\nTINU0000075,2020-01-01T00:00\nXXXU1234567,1:00\n"
    )
    spoil(folder / "call.toml", 'yard = "yard.csv"', 'yard = "yard.csv"\nlate = "late.csv"')
    call = read_call(folder)
    assert call.available_s == {"TINU0000033": 95_400}
    assert rules(call) == ["CALL-LATE"]
    odd = replace(call, available_s={ContainerId("TINU0000033"): 3_661}, findings=())
    write_call(odd, tmp_path / "again")
    assert read_call(tmp_path / "again").available_s == odd.available_s


def test_verified_masses_are_taken_from_vermas(folder: Path) -> None:
    spoil(folder / "loads.edi", "MEA+AAE+VGM+KGM:20000", "MEA+AAE+G+KGM:20000")
    assert rules(read_call(folder)) == ["EDI-VGM-MISSING"]
    header = MessageHeader(kind="VERMAS", reference="1", prepared_at="2026-03-01T06:00")
    masses = [VerifiedMass(ContainerId("TINU0000033"), 20_400, "SM1")]
    (folder / "vermas.edi").write_bytes(edi.write_verified_masses(header, masses))
    spoil(folder / "call.toml", 'yard = "yard.csv"', 'yard = "yard.csv"\nverified_masses = "vermas.edi"')
    call = read_call(folder)
    weighed = call.load_by_id[ContainerId("TINU0000033")]
    assert (weighed.gross_mass_kg, weighed.mass_is_verified) == (20_400, True)
    assert rules(call) == []


@pytest.mark.parametrize("form", ["coprar", "csv"])
def test_a_discharge_list_is_compared_with_the_bay_plan(folder: Path, form: str) -> None:
    staying = next(stowed.container for stowed in tiny_call().remaining)
    stranger = replace(staying, id=ContainerId("TINU0000201"))
    name = "discharges.edi" if form == "coprar" else "discharges.csv"
    if form == "coprar":
        header = MessageHeader(kind="COPRAR", reference="1", port=Port("PECHY"), imo="1000019")
        data = edi.write_load_list(header, [staying, stranger], Direction.DISCHARGE)
    else:
        data = f"container\n{staying.id}\n{stranger.id}\n".encode()
    (folder / name).write_bytes(data)
    spoil(folder / "call.toml", 'yard = "yard.csv"', f'yard = "yard.csv"\ndischarges = "{name}"')
    texts = [finding.text for finding in read_call(folder).findings if finding.rule == "CALL-DISCHARGE"]
    assert texts[0] == f"The box is to be discharged here, the bay plan says {staying.pod}; it stays aboard."
    assert texts[1] == "The box is to be discharged but is not aboard."
    assert len(texts) == 2 + len(tiny_call().discharges)


def test_a_load_list_may_be_a_table(folder: Path) -> None:
    rows = ["container,size_type,pod,gross_mass_kg,verified,operator,temperature,imdg"]
    for box in tiny_call().loads:
        temperature = "" if box.set_point_tenth_c is None else box.set_point_tenth_c / 10
        imdg = "8/1824/II" if box.dangerous else ""
        rows.append(f"{box.id},{box.size_type},{box.pod},{box.gross_mass_kg},yes,ANP,{temperature},{imdg}")
    (folder / "loads.csv").write_text("\n".join(rows))
    spoil(folder / "call.toml", "loads.edi", "loads.csv")
    assert read_call(folder) == tiny_call()


def test_breakbulk_takes_its_slots(folder: Path) -> None:
    extra = "LOC+147+0060084:9711:5'\nEQD+BB+YACHT'\nMEA+AAE+AET+KGM:9000'\nLOC+11+CNSHA'\nCNT"
    spoil(folder / "arrival.edi", "CNT", extra)
    call = read_call(folder)
    box = call.arrival.by_position[StowPosition.parse("0060084")]
    assert (box.gross_mass_kg, box.pod, box.has_number) == (9_000, "CNSHA", False)


def test_a_profile_of_another_ship_does_not_have_the_slots(folder: Path) -> None:
    call = tiny_call()
    bare = replace(call.vessel, bays=call.vessel.bays[:1])
    (folder / "profile.json").unlink()
    write_profile(bare, folder / "profile.json")
    assert "slot 0060082, which CABRIA TINY does not have" in str(refusal(folder))


def test_an_arrival_without_boxes_is_an_empty_ship(tmp_path: Path) -> None:
    call = replace(tiny_call(), arrival=BayPlan())
    write_call(call, tmp_path / "call")
    again = read_call(tmp_path / "call")
    assert replace(again, findings=()) == call
    assert rules(again) == ["EDI-EMPTY"]
