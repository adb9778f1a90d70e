"""Tables of runs: the same rows in Parquet and in CSV, with the types the page of reference names."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from tests.simulated_by_hand import record

from cabria.adapters.files.run_tables import NAMES, TableForm, table_files, tables, write_tables
from cabria.operations.settings import TruckChoice
from cabria.referee.run_record import Variant

SETTINGS = {"trucks": 4, "variation": 0.25, "dig_ahead": False, "truck_choice": TruckChoice.IN_TIME}
RUNS = [
    (Variant(1, SETTINGS), record(1, 0, 24.5)),
    (Variant(2, {**SETTINGS, "trucks": 8}), record(2, 0, 26.0, broken=2)),
]


def rows_of(path: Path) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        return connection.execute("select * from read_parquet(?)", [str(path)]).fetchall()


def test_parquet_holds_every_row_with_its_types(tmp_path: Path) -> None:
    write_tables(RUNS, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(table_files(TableForm.PARQUET))
    expected = [[tuple(row) for row in table.rows] for table in tables(RUNS)]
    for name, rows in zip(NAMES, expected, strict=True):
        found = rows_of(tmp_path / f"{name}.parquet")
        assert [tuple(map(comparable, row)) for row in found] == [tuple(map(comparable, row)) for row in rows]
    with duckdb.connect() as connection:
        columns = connection.execute(f"describe from '{tmp_path / 'runs.parquet'}'").fetchall()
    types = {name: kind for name, kind, *_ in columns}
    assert types["trucks"] == "BIGINT"
    assert types["dig_ahead"] == "BOOLEAN"
    assert types["variation"] == types["gmph"] == "DOUBLE"
    assert types["truck_choice"] == "VARCHAR"


def comparable(value: object) -> object:
    return pytest.approx(value) if isinstance(value, float) else str(value) if isinstance(value, str) else value


def test_csv_says_the_same(tmp_path: Path) -> None:
    write_tables(RUNS, tmp_path, TableForm.CSV)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(table_files(TableForm.CSV))
    first, *rows = (tmp_path / "runs.csv").read_text("utf-8").splitlines()
    assert first.startswith(
        "run,variant,seed,trucks,variation,dig_ahead,truck_choice,is_good,verdict,broken,cpu_s,gmph"
    )
    assert rows[0].startswith("1,1,0,4,0.25,false,in time,true,no rule broken,0,1.25,24.5")
    assert '"2 rules broken: RUN-LANE at 0:10:00: a trip, over nothing."' in rows[1]


def test_tables_without_a_row_are_tables_all_the_same(tmp_path: Path) -> None:
    write_tables([(Variant(1, {}), record(hours=0))], tmp_path)
    assert rows_of(tmp_path / "crane-waiting.parquet") == []
    assert len(rows_of(tmp_path / "runs.parquet")) == 1


def test_the_page_of_reference_names_every_column(repository: Path) -> None:
    page = (repository / "docs/reference/simulation-tables.md").read_text("utf-8")
    for table in tables([(Variant(1, {}), record())]):
        assert [column for column in table.columns if f"`{column}`" not in page] == []
