"""The benchmark of whole-yard retrieval: rows that the judge confirms, solutions in the published form, refusals."""

from __future__ import annotations

from pathlib import Path

from benchmarks import yard_retrieval
from cabria.adapters.files.retrieval_json import read_retrieval_moves, write_retrieval_order
from cabria.experiments.retrieval_orders import make_retrieval_order
from cabria.referee.retrieval_order import judge_retrieval


def test_a_folder_of_orders_is_solved_and_its_solutions_are_judged(tmp_path: Path) -> None:
    order = make_retrieval_order(boxes=300, seed=2, blocks=1, tolerance=3)
    write_retrieval_order(order, tmp_path / "one.json")
    write_retrieval_order(order, tmp_path / "two.json.gz")
    rows = list(yard_retrieval.run([str(tmp_path)], seconds=0.5, seed=1, jobs=1, solutions=tmp_path / "moves"))
    assert [row["instance"] for row in rows] == ["one", "two"]
    for row in rows:
        verdict = judge_retrieval(order, read_retrieval_moves(tmp_path / "moves" / f"{row['instance']}.json"))
        assert verdict.ok
        assert row["valid"]
        assert verdict.digs == row["cost"]
        assert int(str(row["bound"])) <= verdict.digs <= int(str(row["greedy_digs"]))


def test_what_cannot_be_read_is_a_row_with_its_error(tmp_path: Path) -> None:
    paths = ["made:nonsense", str(tmp_path / "nothing.json")]
    rows = list(yard_retrieval.run(paths, seconds=0.5, seed=0, jobs=1, solutions=None))
    assert all("error" in row for row in rows)
    assert yard_retrieval.default_paths()
