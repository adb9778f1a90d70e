from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.history import QUESTIONS as ASKED_OF_MANY
from cabria.adapters.history.asking import ask, export
from cabria.adapters.history.folder import HistoryFolder, connected, digest_of
from cabria.adapters.history.ledger import LEDGER, Source, read_ledger, write_ledger
from cabria.adapters.history.questions import QUESTIONS
from cabria.adapters.history.tables import TABLES, Columns
from cabria.adapters.history.telemetry import Positions
from cabria.domain.errors import DataError
from cabria.operations.running import Whereabouts

DAY_MS = 86_400_000
ZERO_MS = 20_000 * DAY_MS


def waits(*at_ms: int) -> Columns:
    times = np.array([ZERO_MS + at for at in at_ms], np.int64).view("datetime64[ms]")
    words = np.array(["QC1"] * len(at_ms), object)
    return {"at_utc": times, "since_utc": times, "crane": words, "cause": words}


def history(root: Path, *batches: Columns) -> HistoryFolder:
    folder = HistoryFolder.made(root)
    for number, batch in enumerate(batches, 1):
        with folder.writing():
            folder.append({"waits": batch}, "log", Source(number, ZERO_MS))
    return folder


def count(folder: HistoryFolder) -> int:
    ((rows,),) = ask(folder, "SELECT count(*) FROM waits").rows
    return int(rows)


@settings(max_examples=10)
@given(st.lists(st.lists(st.integers(0, 4 * DAY_MS), min_size=1, max_size=5), min_size=1, max_size=4))
def test_rows_are_the_same_before_and_after_files_are_joined(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[int]]
) -> None:
    folder = history(tmp_path_factory.mktemp("history"), *(waits(*batch) for batch in batches))
    question = "SELECT at_utc FROM waits ORDER BY at_utc"
    before = ask(folder, question).rows
    assert len(before) == sum(map(len, batches))
    with folder.writing():
        folder.compact()
    assert ask(HistoryFolder(folder.root), question).rows == before
    assert len(folder.ledger.parts) == len(folder.ledger.days("waits"))
    files = {file.relative_to(folder.root).as_posix() for file in folder.root.glob("*/day=*/*.parquet")}
    assert files == {part.path for part in folder.ledger.parts}


def test_a_file_that_the_ledger_does_not_name_counts_for_nothing_and_goes(tmp_path: Path) -> None:
    folder = history(tmp_path, waits(1, 2))
    part = tmp_path / folder.ledger.parts[0].path
    stranger = part.with_name("died-before-the-ledger.parquet")
    stranger.write_bytes(part.read_bytes())
    assert count(folder) == 2
    with folder.writing():
        folder.compact()
    assert not stranger.exists()


@pytest.mark.parametrize("harm", ["cut off", "changed", "gone", "emptied"])
def test_a_broken_partition_is_named_and_the_rest_answers(tmp_path: Path, harm: str) -> None:
    folder = history(tmp_path, waits(*range(0, 5_000, 7)), waits(*range(DAY_MS, DAY_MS + 5_000, 7)))
    part = next(part for part in folder.ledger.parts if part.day == "2024-10-05")
    file = tmp_path / part.path
    content = bytearray(file.read_bytes())
    if harm == "cut off":
        file.write_bytes(content[:-20])
    elif harm == "changed":
        file.write_bytes(bytes(len(content) - 8) + content[-8:])
    elif harm == "emptied":
        file.write_bytes(b"")
    else:
        file.unlink()
    answer = ask(folder, "SELECT count(*), min(crane) FROM waits")
    assert answer.rows == [(715, "QC1")]
    assert part.path in answer.notes[0]
    assert "715 rows of waits of 2024-10-05" in answer.notes[0]
    assert folder.trouble_with(part, is_thorough=True) is not None


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="no folder here in which nobody can make a file")
def test_rows_that_cannot_be_written_are_refused_and_can_be_written_later(tmp_path: Path) -> None:
    folder = history(tmp_path / "h", waits(0))
    (partition,) = (tmp_path / "h").glob("waits/day=*")
    partition.rename(tmp_path / "aside")
    partition.symlink_to("/proc/self/task")
    with pytest.raises(DataError, match="Rows cannot be written"), folder.writing():
        folder.append({"waits": waits(1)}, "b", Source(1, 0))
    partition.unlink()
    (tmp_path / "aside").rename(partition)
    with folder.writing():
        folder.append({"waits": waits(1)}, "b", Source(1, 0))
    assert count(folder) == 2


def test_days_without_a_row_are_named(tmp_path: Path) -> None:
    folder = history(tmp_path, waits(0, 3 * DAY_MS))
    assert folder.missing_days() == ["2024-10-05", "2024-10-06"]
    assert "Nothing was recorded on 2024-10-05, 2024-10-06." in ask(folder, "SELECT 1 FROM waits").notes


def test_rows_older_than_a_column_have_null_in_it(tmp_path: Path) -> None:
    folder = history(tmp_path, waits(0))
    part = folder.ledger.parts[0]
    with connected() as connection:
        source = f"SELECT * EXCLUDE (cause, since_utc) FROM '{tmp_path / part.path}'"
        connection.execute(f"COPY ({source}) TO '{tmp_path / 'old.parquet'}' (FORMAT parquet)")
    (tmp_path / "old.parquet").replace(tmp_path / part.path)
    size = (tmp_path / part.path).stat().st_size
    folder.ledger.parts = [msgspec.structs.replace(part, bytes=size, sha256=digest_of(tmp_path / part.path))]
    question = "SELECT crane, cause, since_utc FROM waits ORDER BY cause"
    assert ask(folder, question).rows == [("QC1", None, None)]
    write_ledger(tmp_path, folder.ledger)
    with folder.writing():
        folder.append({"waits": waits(1)}, "log", Source(9, ZERO_MS))
        folder.compact()
    assert [row[:2] for row in ask(folder, question).rows] == [("QC1", "QC1"), ("QC1", None)]


def test_old_partitions_go_and_the_others_stay(tmp_path: Path) -> None:
    folder = history(tmp_path, waits(0, DAY_MS, 2 * DAY_MS))
    with folder.writing():
        folder.ledger.keep_days["waits"] = 10
        assert folder.keep(date(2024, 10, 15)) == {"waits": 1}
    assert count(HistoryFolder(tmp_path)) == 2


def test_one_process_writes_at_a_time(tmp_path: Path) -> None:
    folder = history(tmp_path, waits(0))
    other = HistoryFolder(tmp_path)
    with folder.writing(), pytest.raises(DataError, match="Another process"), other.writing():
        pass


@pytest.mark.parametrize(
    "sql",
    [
        "COPY waits TO '{root}/x.csv'",
        "SELECT 1; SELECT 2",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('{root}/../secret')",
        "ATTACH '/tmp/x.db'",
        "SET memory_limit = '1TB'",
        "SELECT nothing FROM waits",
        "",
        "no sql at all",
    ],
)
def test_questions_change_nothing_and_read_nothing_else(tmp_path: Path, sql: str) -> None:
    folder = history(tmp_path / "history", waits(0))
    (tmp_path / "secret").write_text("secret")
    before = sorted(folder.root.rglob("*"))
    with pytest.raises(DataError):
        ask(folder, sql.format(root=folder.root))
    assert sorted(folder.root.rglob("*")) == before


def test_every_question_answers_an_empty_history(tmp_path: Path) -> None:
    folder = HistoryFolder.made(tmp_path / "history")
    for question in QUESTIONS:
        assert ask(folder, question.sql).rows == []


@pytest.mark.parametrize("ending", [".csv", ".json", ".parquet"])
def test_an_answer_is_written_as_its_ending_says_and_over_nothing(tmp_path: Path, ending: str) -> None:
    folder = history(tmp_path / "history", waits(0, 1))
    target = tmp_path / f"out{ending}"
    export(folder, "SELECT crane FROM waits", target)
    assert target.stat().st_size > 10
    with pytest.raises(DataError, match="there already"):
        export(folder, "SELECT crane FROM waits", target)
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == [target.name]


def test_a_ledger_that_names_a_file_elsewhere_is_refused(tmp_path: Path) -> None:
    folder = history(tmp_path, waits(0))
    ledger = tmp_path / LEDGER
    ledger.write_text(ledger.read_text().replace(folder.ledger.parts[0].path, "../../etc/passwd"))
    with pytest.raises(DataError, match="outside"):
        read_ledger(tmp_path)


def test_a_folder_with_other_things_becomes_no_history(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear")
    with pytest.raises(DataError, match="other things"):
        HistoryFolder.made(tmp_path)
    with pytest.raises(DataError, match="no history"):
        HistoryFolder(tmp_path)


def test_a_ledger_that_is_nonsense_is_refused_with_its_name(tmp_path: Path) -> None:
    folder = history(tmp_path, waits(0))
    words = (tmp_path / LEDGER).read_bytes()
    for number in range(30):
        ruined = random.Random(number).randbytes(20) + words[number * 7 :]
        (tmp_path / LEDGER).write_bytes(ruined)
        with pytest.raises(DataError, match=LEDGER):
            HistoryFolder(tmp_path)
    (tmp_path / LEDGER).write_bytes(b'{"format":"\xff"}')
    with pytest.raises(DataError, match=LEDGER):
        HistoryFolder(tmp_path)
    assert folder.ledger.parts


def test_positions_are_kept_once_a_second_and_a_clock_that_jumped_back_is_noted(tmp_path: Path) -> None:
    folder = HistoryFolder.made(tmp_path)
    positions = Positions(folder, "recorder", ZERO_MS)
    for now_ms in (0, 400, 1_000, 2_100, 60_000, 10_000, 11_000):
        positions.look(now_ms, {"T01": Whereabouts(1, 2, 0, -3_000, now_ms), "T02": Whereabouts(5, 6, 0, 0, now_ms)})
    positions.write()
    answer = ask(folder, "SELECT machine, count(*), max(speed_mm_per_s) FROM telemetry GROUP BY 1 ORDER BY 1")
    assert answer.rows == [("T01", 6, 3_000), ("T02", 6, 0)]
    assert any("back by 50 s" in note for note in answer.notes)


def test_the_page_names_every_column_and_every_question(repository: Path) -> None:
    page = (repository / "docs/reference/history.md").read_text()
    for name, sql in ASKED_OF_MANY.items():
        assert f"`{name}`" in page or sql in page
    for table in TABLES:
        assert f"## `{table.name}`" in page
        for column in table.columns:
            assert f"| `{column.name}` | {column.kind} | {column.meaning} |" in page
    for question in QUESTIONS:
        assert f"| `{question.name}` | {question.asks} |" in page
