"""ConFlowGen's tables are read as they are, and what cannot be read is named."""

from __future__ import annotations

import gzip
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabria.adapters.files.conflowgen import read_visits
from cabria.domain.errors import DataError

TABLES = {
    "deep_sea_vessels": "id,realized_arrival\n1,2026-01-07 02:00:00\n",
    "feeders": "id,realized_arrival\n17,2026-01-10 18:00:00\n",
    "trucks": "id,realized_container_pickup_time,realized_container_delivery_time\n5,2026-01-09 07:15:07.160696,\n",
    "containers": "id,weight,length,storage_requirement,delivered_by,picked_up_by_initial,delivered_by_vehicle,"
    "delivered_by_truck,picked_up_by_vehicle,picked_up_by_truck,destination_name\n"
    "1,24,40,standard,deep_sea_vessel,truck,1,,,5,\n2,4,-1,reefer,deep_sea_vessel,feeder,1,,17,,CNSHA\n",
}


def written(folder: Path, **changed: str) -> Path:
    for name, text in (TABLES | changed).items():
        (folder / f"{name}.csv").write_text(text)
    return folder


def test_visits_count_seconds_from_a_monday(tmp_path: Path) -> None:
    first, second = read_visits(written(tmp_path))
    assert first.arrived_s == 2 * 86_400 + 2 * 3_600
    assert first.stay_s == 2 * 86_400 + 5 * 3_600 + 15 * 60 + 7
    assert (first.length_ft, first.mass_kg, first.kind, first.leaves_by) == (40, 24_000, "standard", "truck")
    assert (second.length_ft, second.port) == (40, "CNSHA")


@pytest.mark.parametrize(
    ("table", "text", "said"),
    [
        ("feeders", "id,realized_arrival\n17,soon\n", "no local time"),
        ("feeders", "id\n17\n", "realized_arrival is missing"),
        ("feeders", "id,realized_arrival\n", "Nothing says when"),
        ("feeders", "id,realized_arrival\n17,2026-01-01 18:00:00\n", "leaves before it comes"),
        ("containers", TABLES["containers"].replace("2,4,-1", "2,much,-1"), "no whole number"),
        ("containers", "id\n", "no container"),
    ],
    ids=["time", "column", "vehicle", "order", "number", "empty"],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, table: str, text: str, said: str) -> None:
    with pytest.raises(DataError) as caught:
        read_visits(written(tmp_path, **{table: text}))
    assert said in str(caught.value)
    assert ".csv" in str(caught.value)


def test_a_cut_archive_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    folder = written(tmp_path)
    packed = gzip.compress(TABLES["trucks"].encode())
    (folder / "trucks.csv.gz").write_bytes(packed[:-9])
    with pytest.raises(DataError, match="cut off"):
        read_visits(folder)
    (folder / "trucks.csv.gz").unlink()
    (folder / "feeders.csv").unlink()
    with pytest.raises(DataError, match="feeders"):
        read_visits(folder)


@settings(max_examples=30)
@given(table=st.sampled_from(sorted(TABLES)), text=st.text(max_size=60))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, table: str, text: str) -> None:
    folder = written(tmp_path_factory.mktemp("any"))
    (folder / f"{table}.csv").write_bytes(text.encode("utf-8", "replace"))
    with suppress(DataError):
        assert read_visits(folder)


def test_the_month_at_chancay_is_read_whole(shared_data: Path) -> None:
    visits = read_visits(shared_data / "terminal" / "conflowgen-chancay-35d")
    assert len(visits) == 47_536
    assert visits[0].arrived_s < visits[-1].arrived_s
