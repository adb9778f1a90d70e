"""Load lists as people send them: any separator, English or Spanish, and a wrong cell is named by line and column."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabria.adapters.files.load_tables import read_discharge_table, read_holds, read_late, read_load_table
from cabria.adapters.files.tables import MAX_EXCEL_BYTES
from cabria.domain.containers import Container, DangerousGoods, OutOfGauge, Port
from cabria.domain.errors import DataError
from cabria.experiments.tiny import tiny_call

HERE = Port("PECHY")
HEAD = "container,size_type,pod,gross_mass_kg,vgm_kg"
LINE = "TINU0000033,22G1,CNSHA,,20000"


def read(tmp_path: Path, text: str, name: str = "loads.csv") -> tuple[list[Container], list[str]]:
    path = tmp_path / name
    path.write_bytes(text.encode())
    boxes, findings = read_load_table(path, port=HERE)
    return [listed.container for listed in boxes], [finding.rule for finding in findings]


def refusal(tmp_path: Path, text: str) -> DataError:
    with pytest.raises(DataError) as caught:
        read(tmp_path, text)
    return caught.value


def test_the_smallest_list(tmp_path: Path) -> None:
    boxes, findings = read(tmp_path, f"{HEAD}\n{LINE}\n")
    assert [(box.id, box.pol, box.pod, box.gross_mass_kg, box.mass_is_verified, box.is_full) for box in boxes] == [
        ("TINU0000033", "PECHY", "CNSHA", 20_000, True, True)
    ]
    assert findings == []


def test_a_spanish_list_under_a_title(tmp_path: Path) -> None:
    text = (
        "Lista de embarque;;;;\n;;;;\n"
        "Contenedor;Tipo ISO;Puerto de descarga;Peso bruto;Masa bruta verificada;Estado;Temperatura;Línea;Bloqueos\n"
        "TINU 000 008-0;45R1;cnsha;;28.000;Lleno;-0,5;ANP;aduana; SENASA\n"
        "TINU0000033;22G1;CNSHA;2.250;;Vacío;;ANP;\n"
    )
    (first, second), findings = read(tmp_path, text)
    assert (first.id, first.gross_mass_kg, first.set_point_tenth_c, first.holds) == (
        "TINU0000080",
        28_000,
        -5,
        ("aduana",),
    )
    assert (second.is_full, second.gross_mass_kg, second.mass_is_verified) == (False, 2_250, False)
    assert findings == []


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_any_usual_separator(tmp_path: Path, separator: str) -> None:
    boxes, _ = read(tmp_path, f"{HEAD}\n{LINE}\n".replace(",", separator))
    assert len(boxes) == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1", "utf-16"])
def test_any_usual_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "loads.csv"
    path.write_bytes(f"{HEAD},observaciones\n{LINE},uva fresca, año 2026\n".encode(encoding))
    boxes, _ = read_load_table(path, port=HERE)
    assert boxes[0].container.remark == "uva fresca"


def test_dangerous_goods_in_one_cell(tmp_path: Path) -> None:
    boxes, _ = read(tmp_path, f"{HEAD},imdg\n{LINE},3/UN1263/III;8/1824/II/6.1\n")
    assert boxes[0].dangerous == (DangerousGoods("3", 1263, "III"), DangerousGoods("8", 1824, "II", ("6.1",)))


def test_dangerous_goods_in_two_columns(tmp_path: Path) -> None:
    boxes, _ = read(tmp_path, f"{HEAD},clase IMO,ONU\n{LINE},2.1,1950\n")
    assert boxes[0].dangerous == (DangerousGoods("2.1", 1950),)


def test_out_of_gauge_in_millimetres(tmp_path: Path) -> None:
    boxes, _ = read(tmp_path, f"{HEAD},over_height_mm,over_port_mm\n{LINE},450,\n")
    assert boxes[0].out_of_gauge == OutOfGauge(over_height_mm=450)


def test_a_mass_in_tonnes_that_somebody_verified(tmp_path: Path) -> None:
    boxes, findings = read(tmp_path, 'container,iso,pod,toneladas,vgm\nTINU0000033,22G1,CNSHA,"24,5",sí\n')
    assert (boxes[0].gross_mass_kg, boxes[0].mass_is_verified, findings) == (24_500, True, [])


def test_a_full_box_without_verified_mass_is_a_finding(tmp_path: Path) -> None:
    _, findings = read(tmp_path, "container,iso,pod,weight\nTINU0000033,22G1,CNSHA,24500\n")
    assert findings == ["LIST-VGM-MISSING"]


def test_a_wrong_check_digit_is_a_finding(tmp_path: Path) -> None:
    _, findings = read(tmp_path, f"{HEAD}\n{LINE.replace('033', '034')}\n")
    assert findings == ["LIST-CHECK-DIGIT"]


@pytest.mark.parametrize(
    ("text", "place", "sentence"),
    [
        (f"{HEAD}\n{LINE}\n{LINE}\n", "line 3, column A (container)", "on the list twice, first in line 2"),
        (f"{HEAD}\nTINU0000033,22X1,CNSHA,,20000\n", "line 2, column B (size_type)", "not in ISO 6346"),
        (f"{HEAD}\nTINU0000033,22G1,Shanghai,,20000\n", "line 2, column C (pod)", "no UN/LOCODE"),
        (f"{HEAD}\nTINU0000033,22G1,CNSHA,heavy,\n", "line 2, column D (gross_mass_kg)", "'heavy' is not a number"),
        (f"{HEAD}\nTINU0000033,22G1,CNSHA,,9e99\n", "line 2, column E (vgm_kg)", "not a number"),
        (f"{HEAD}\nTINU0000033,22G1,CNSHA,,nan\n", "line 2, column E (vgm_kg)", "not a number"),
        (f"{HEAD}\nTINU0000033,22G1,CNSHA,,{'9' * 14}\n", "line 2, column E (vgm_kg)", "not between 500 and 100,000"),
        (f"{HEAD}\nTINU0000033,22G1,CNSHA,,\n", "line 2, column D (gross_mass_kg)", "mass of container TINU0000033"),
        (f"{HEAD}\n,22G1,CNSHA,,20000\n", "line 2, column A (container)", "number is missing"),
        (f"{HEAD},status\n{LINE},half\n", "line 2, column F (status)", "neither full nor empty"),
        (f"{HEAD},imdg\n{LINE},paint\n", "line 2, column F (imdg)", "no class of dangerous goods"),
        (f"{HEAD},imdg\n{LINE},3\n", "line 2, column F (imdg)", "have no UN number"),
        (f"{HEAD},temp\n{LINE},400\n", "line 2, column F (temp)", "not between -90 and 60"),
        (f"{HEAD},Destination\n{LINE},x\n", "line 1", "Columns 'pod' and 'Destination' both mean pod"),
        ("container,size\nTINU0000033,20\n", "header", "no column size_type, pod"),
        (f"{HEAD}\n", "", "nothing under it"),
        (f'{HEAD}\n"TINU', "line 2", "cannot be read"),
        ("\0\1\2\3", "", "binary"),
        ("", "", "empty"),
        (",".join("x" * 300), "line 1", "300 columns"),
        ("PK\x03\x04", "", "zip archive"),
    ],
)
def test_a_wrong_cell_is_named(tmp_path: Path, text: str, place: str, sentence: str) -> None:
    error = refusal(tmp_path, text)
    assert sentence in str(error)
    assert (Path(error.file).name, error.place) == ("loads.csv", place)


def workbook(path: Path, rows: list[list[object]]) -> None:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)


def test_an_excel_list_is_read_as_the_same_list_in_csv(tmp_path: Path) -> None:
    rows: list[list[object]] = [["Load list", None], [], ["Contenedor", "ISO", "POD", "VGM", "Temp", "IMDG"]]
    for box in tiny_call().loads:
        imdg = "8/1824/II" if box.dangerous else None
        temperature = None if box.set_point_tenth_c is None else box.set_point_tenth_c / 10
        rows.append([box.id, box.size_type.code, box.pod, float(box.gross_mass_kg), temperature, imdg])
    workbook(tmp_path / "loads.xlsx", rows)
    boxes, findings = read_load_table(tmp_path / "loads.xlsx", port=HERE)
    assert [(b.container.id, b.container.gross_mass_kg, b.container.set_point_tenth_c) for b in boxes] == [
        (b.id, b.gross_mass_kg, b.set_point_tenth_c) for b in tiny_call().loads
    ]
    assert boxes[-1].container.dangerous == tiny_call().loads[-1].dangerous
    assert findings == ()


def test_a_wrong_excel_cell_is_named(tmp_path: Path) -> None:
    workbook(tmp_path / "loads.xlsx", [["container", "iso", "pod", "vgm"], ["TINU0000033", "22G1", 7, 20_000]])
    with pytest.raises(DataError, match=r"line 2, column C \(pod\): '7' is no UN/LOCODE"):
        read_load_table(tmp_path / "loads.xlsx", port=HERE)


def test_a_workbook_that_was_cut_off(tmp_path: Path) -> None:
    workbook(tmp_path / "loads.xlsx", [["container", "iso", "pod"]])
    (tmp_path / "loads.xlsx").write_bytes((tmp_path / "loads.xlsx").read_bytes()[:-300])
    with pytest.raises(DataError, match="no Excel workbook"):
        read_load_table(tmp_path / "loads.xlsx", port=HERE)


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("hello.txt", "no sheet")
    (tmp_path / "loads.xlsx").write_bytes(packed.getvalue())
    with pytest.raises(DataError, match="no Excel workbook"):
        read_load_table(tmp_path / "loads.xlsx", port=HERE)


def test_a_workbook_that_unpacks_to_gigabytes_is_not_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "loads.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(300_000_000))
    assert (tmp_path / "loads.xlsx").stat().st_size < MAX_EXCEL_BYTES
    with pytest.raises(DataError, match="Unpacked, the workbook has 300 MB"):
        read_load_table(tmp_path / "loads.xlsx", port=HERE)


def test_holds_of_one_box_add_up(tmp_path: Path) -> None:
    (tmp_path / "holds.csv").write_text("unit,reason\nTINU0000033,customs\nTINU0000033,fumigation\n")
    assert read_holds(tmp_path / "holds.csv") == {"TINU0000033": ("customs", "fumigation")}


@pytest.mark.parametrize("ready", ["soon", "7", "25:61", "2026-13-01T00:00", "", "2099-01-01T00:00", "99999:00"])
def test_a_late_box_needs_a_moment_of_the_call(tmp_path: Path, ready: str) -> None:
    (tmp_path / "late.csv").write_text(f"unit,ready\nTINU0000033,{ready}\n")
    with pytest.raises(DataError, match=r"line 2, column B \(ready\)"):
        read_late(tmp_path / "late.csv", "2026-03-02T06:00")


def test_a_hold_needs_a_reason(tmp_path: Path) -> None:
    (tmp_path / "holds.csv").write_text("unit,reason\nTINU0000033,\n")
    with pytest.raises(DataError, match=r"line 2, column B \(reason\): The reason of the hold is missing"):
        read_holds(tmp_path / "holds.csv")


def test_a_discharge_table_names_boxes_and_lines(tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("sigla\nTINU0000033\n\nTINU0000049\n")
    assert read_discharge_table(tmp_path / "out.csv") == (("TINU0000033", "line 2"), ("TINU0000049", "line 4"))


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12), max_size=8))
def test_no_cells_make_the_reader_fail_but_with_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("tables")
    with suppress(DataError):
        read(folder, f"{HEAD}\n" + ",".join(cells) + "\n")


@given(kg=st.integers(500, 99_999), mark=st.sampled_from(["", ",", "."]))
def test_a_mass_with_thousands_marks_is_read_as_it_is_meant(
    tmp_path_factory: pytest.TempPathFactory, kg: int, mark: str
) -> None:
    text = str(kg) if kg < 1_000 or not mark else f"{kg:,}".replace(",", mark)
    boxes, _ = read(tmp_path_factory.mktemp("tables"), f'{HEAD}\nTINU0000033,22G1,CNSHA,,"{text}"\n')
    assert boxes[0].gross_mass_kg == kg
