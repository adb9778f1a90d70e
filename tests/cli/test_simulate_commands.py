"""`cabria simulate`, `run-log` and `replay` as they are typed: sweeps that go on, logs judged, all that goes wrong."""

from __future__ import annotations

import gzip
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import Outcome, Run

from cabria.adapters.files.run_tables import TableForm, table_files
from cabria.bootstrap import plan_call, read_call, write_plan_so_far
from cabria.cli import main
from cabria.experiments.calls import make_call, write_made_call
from cabria.planning.loading.problem import Params
from cabria.planning.loading.solve import never
from cabria.planning.search.result import silent

PARAMS = Params(stowage_iterations_a_load=200, crane_iterations=2_000, yard_iterations_a_load=50, with_baselines=False)
SWEEP = ("--vary", "trucks=4,8")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small call and its plan beside it."""
    folder = tmp_path_factory.mktemp("made")
    write_made_call(make_call(moves=60, teu=1_200, seed=3, blocks=3, quay_cranes=2, yard_fill=0.3), folder / "call")
    planned = plan_call(read_call(folder / "call"), seed=0, params=PARAMS, listen=silent, stop=never)
    write_plan_so_far(planned, folder / "call-plan")
    return folder / "call"


@pytest.fixture(scope="module")
def kept_log(made: Path) -> Path:
    """The log of a run, in the folder of its sweep; see `logged`."""
    runs = made.with_name("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["cabria", "simulate", str(made), "--trucks", "4", "--out", str(runs)])
        with pytest.raises(SystemExit) as end:
            main()
        assert not end.value.code
    return runs / "run.jsonl.gz"


@pytest.fixture
def logged(kept_log: Path, tmp_path: Path) -> Path:
    """A log beside its call and plan, to be spoilt."""
    shutil.copytree(kept_log.parent.parent, tmp_path / "made")
    return tmp_path / "made/runs/run.jsonl.gz"


def assert_refused(outcome: Outcome, *words: str) -> None:
    assert outcome.code == 1
    assert "Traceback" not in outcome.err
    assert outcome.err.count("cabria: ") == 1
    for word in words:
        assert word in outcome.complaint


def test_a_sweep_leaves_tables_a_page_and_a_log(made: Path, cabria: Run, tmp_path: Path) -> None:
    out = tmp_path / "runs"
    told = cabria("simulate", made, *SWEEP, "--out", out, "--tables", "csv")
    assert told.code == 0
    assert "2 of 2" in told.out
    assert "trucks 4" in told.out
    expected = {*table_files(TableForm.CSV), "finished.jsonl", "index.html", "run.jsonl.gz"}
    assert {path.name for path in out.iterdir()} == expected
    assert "replay-map" in (out / "index.html").read_text("utf-8")
    assert_refused(cabria("simulate", made, *SWEEP, "--out", out), "runs here already", "--resume")
    again = cabria("simulate", made, *SWEEP, "--out", out, "--resume")
    assert again.code == 0
    assert "of 2:" not in again.out
    assert {path.name for path in out.iterdir()} == expected | set(table_files(TableForm.PARQUET))
    other = cabria("simulate", made, "--vary", "look_ahead=3", *SWEEP, "--out", out, "--resume")
    assert_refused(other, "done with look_ahead 9, and now it is 3")


def test_a_sweep_that_is_killed_keeps_its_runs_and_goes_on(made: Path, cabria: Run, tmp_path: Path) -> None:
    out = tmp_path / "runs"
    words = ["simulate", str(made), *SWEEP, "--out", str(out)]
    with subprocess.Popen(
        [sys.executable, "-c", "from cabria.cli import main; main()", *words], stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline().startswith("1 of 2")
        program.send_signal(signal.SIGKILL)
    assert not (out / "index.html").exists()
    told = cabria(*words, "--resume")
    assert told.code == 0
    assert "1 of 2" not in told.out
    assert "2 of 2" in told.out


def test_one_run_needs_no_folder(made: Path, cabria: Run, tmp_path: Path) -> None:
    told = cabria("simulate", made, made.with_name("call-plan"), "--trucks", "4", "--log", tmp_path / "log.jsonl.gz")
    assert told.code == 0
    assert "gross moves per crane hour" in told.out
    assert {path.name for path in tmp_path.iterdir()} == {"log.jsonl.gz"}


def test_settings_are_listed_with_what_they_do(made: Path, cabria: Run) -> None:
    for what in (made, "week"):
        told = cabria("simulate", what, "--settings")
        assert told.code == 0
        assert "look_ahead" in told.out
        assert "Driverless trucks." in told.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--vary", "truks=3"], "Do you mean trucks?"),
        (["--trucks", "0"], "0 is not between 1"),
        (["--trucks", "900"], "parking stands"),
        (["--vary", "trucks=3", "--trucks", "4"], "trucks is varied twice"),
        (["--vary", "variation=0.9"], "variation is 0.9"),
        (["--resume"], "Name the folder with --out"),
        (["--tables", "excel"], "Choose parquet or csv"),
        (["--policy", "fastest"], "Choose among nearest-now"),
        (["--policy", "nearest", "--fidelity", "coarse"], "Coarse trucks have no policy"),
        (["--fidelity", "rough"], "Choose fine or coarse"),
        (["--fidelity", "coarse"], "Only weeks"),
        (["--layout", "nowhere.json"], "nowhere.json"),
        (["--vary", "trucks=1..100:1", "--replications", "1000"], "100,000 runs"),
    ],
)
def test_what_cannot_be_simulated_is_refused(made: Path, cabria: Run, words: list[str], said: str) -> None:
    assert_refused(cabria("simulate", made, *words), said)


def test_a_policy_by_name_gives_its_settings_and_another_log(made: Path, cabria: Run, tmp_path: Path) -> None:
    logs = []
    for name in ("ours", "nearest"):
        told = cabria("simulate", made, "--policy", name, "--trucks", "4", "--log", tmp_path / f"{name}.jsonl.gz")
        assert told.code == 0
        logs.append(gzip.decompress((tmp_path / f"{name}.jsonl.gz").read_bytes()))
    assert b'"truck_choice":"in time"' in logs[0].splitlines()[0]
    assert b'"truck_choice":"nearest truck"' in logs[1].splitlines()[0]
    assert logs[0].splitlines()[1:] != logs[1].splitlines()[1:]


def test_a_scenario_on_unsound_ground_is_refused_before_it_is_planned(cabria: Run, tmp_path: Path) -> None:
    assert_refused(cabria("simulate", "tiny", "--out", tmp_path / "runs"), "B01 lies 44 m too near")
    assert not (tmp_path / "runs/plan").exists()


def test_coarse_weeks_are_run_from_one_end_to_the_other(cabria: Run, tmp_path: Path) -> None:
    words = ("simulate", "week", "--fidelity", "coarse", "--days", "1", "--teu", "400000", "--replications", "2")
    told = cabria(*words, "--tables", "csv", "--out", tmp_path / "runs")
    assert told.code == 0
    assert "2 of 2" in told.err + told.out
    assert (tmp_path / "runs/index.html").read_text().count("coarse") > 0


def test_nothing_that_is_not_of_a_sweep_is_touched(made: Path, cabria: Run, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    assert_refused(cabria("simulate", made, "--out", tmp_path), "letter.txt", "--out")
    assert_refused(cabria("simulate", made, "--out", tmp_path / "letter.txt"), "no folder")
    assert_refused(cabria("simulate", made, "--out", tmp_path / "none", "--resume"), "no runs to go on with")
    assert not (tmp_path / "none").exists()


def test_what_is_no_call_is_refused_with_what_there_is(made: Path, cabria: Run, tmp_path: Path) -> None:
    assert_refused(cabria("simulate", tmp_path / "none"), "no such call folder", "chancay", "week")
    assert_refused(cabria("simulate", "chancay"), "--out")
    assert_refused(cabria("simulate", "week", "plan.json"), "makes its plans itself")
    coarse = ["simulate", "week", "--fidelity", "coarse", "--vary", "dig_ahead=yes,no"]
    assert_refused(cabria(*coarse), "dig_ahead changes nothing at coarse fidelity")
    assert_refused(cabria("simulate", "week", "--days", "1", "--vary", "reefers=0.5"), "reefer racks", "Ask for fewer")
    lonely = Path(shutil.copytree(made, tmp_path / "lonely"))
    assert_refused(cabria("simulate", lonely), "There is no plan here", "cabria plan")
    assert cabria("simulate", made, "--replications", "0").code == 2


def test_a_log_is_judged_drawn_and_done_again(logged: Path, cabria: Run, tmp_path: Path) -> None:
    told = cabria("run-log", "check", logged)
    assert told.code == 0
    assert "no rule broken" in told.out
    assert "gross moves per crane hour" in told.out
    again = cabria("replay", logged, "--no-show", "--out", tmp_path / "map.html")
    assert again.code == 0
    assert "the same, bit for bit" in again.out
    assert "replay-map" in (tmp_path / "map.html").read_text("utf-8")
    part = cabria("run-log", "map", logged, "--from", "0.5", "--hours", "0.5", "--out", tmp_path / "part.html")
    assert part.code == 0
    assert (tmp_path / "part.html").stat().st_size < (tmp_path / "map.html").stat().st_size


def lines_of(log: Path) -> list[bytes]:
    return gzip.decompress(log.read_bytes()).splitlines(keepends=True)


def written(path: Path, lines: list[bytes]) -> Path:
    path.write_bytes(gzip.compress(b"".join(lines)))
    return path


def test_a_log_that_was_changed_is_found_out(logged: Path, cabria: Run) -> None:
    lines = lines_of(logged)
    number = next(n for n, line in enumerate(lines) if line.startswith(b'["BoxesLanded"'))
    changed = written(logged.with_name("changed.jsonl.gz"), [*lines[:number], *lines[number + 1 :]])
    judged = cabria("run-log", "check", changed, "--limit", "1")
    assert judged.code == 2
    assert "rules broken" in judged.out
    again = cabria("replay", changed, "--no-show")
    assert again.code == 2
    assert f"line {number + 1} differs" in again.out


def test_logs_from_elsewhere_are_judged_with_what_is_named(
    made: Path, logged: Path, cabria: Run, tmp_path: Path
) -> None:
    plain = written(tmp_path / "plain.jsonl.gz", [b'["cabria.run-log/1"]\n', *lines_of(logged)[1:]])
    assert_refused(cabria("run-log", "check", plain), "on which ground", "--call")
    assert_refused(cabria("replay", plain, "--no-show"), "how its run came about")
    assert_refused(cabria("run-log", "check", plain, "--plan", made), "Name its call")
    told = cabria("run-log", "check", plain, "--call", made)
    assert told.code == 0
    assert "no rule broken" in told.out


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (b'["cabria.run-log/1",{"kind":"call","settings":{},"seed":"x"}]\n', "how its run came about"),
        (b'["cabria.run-log/1",{"kind":"call","settings":{"trucks":"many"},"seed":1}]\n', "trucks cannot be 'many'"),
        (b'["cabria.run-log/1",{"kind":"call","settings":{"wings":2},"seed":1}]\n', "no setting 'wings'"),
        (b'["cabria.run-log/1",{"kind":"call","settings":{"truck_choice":"best"},"seed":1}]\n', "cannot be"),
        (b'["cabria.run-log/1",{"kind":"call","settings":{"trucks":-1},"seed":1}]\n', "trucks is -1"),
        (b'["cabria.run-log/1",{"kind":"call","call":"gone","settings":{},"seed":1}]\n', "call is gone"),
        (b'["cabria.run-log/1",{"kind":"week","settings":{"days":9999},"seed":1}]\n', "days is 9999"),
        (b'["cabria.run-log/1",3]\n', "The first line does not say"),
        (b'{"format":"else"}\n', "The first line does not say"),
    ],
)
def test_nonsense_in_the_first_line_is_refused(cabria: Run, tmp_path: Path, head: bytes, said: str) -> None:
    log = written(tmp_path / "log.jsonl.gz", [head])
    for words in (["replay", log, "--no-show"], ["run-log", "check", log]):
        assert_refused(cabria(*words), "log.jsonl.gz, line 1", said)


def test_a_log_whose_call_has_changed_is_not_done_again(logged: Path, cabria: Run) -> None:
    file = logged.parent.parent / "call/call.toml"
    file.write_text(file.read_text("utf-8") + "\n# a word more\n", "utf-8")
    assert_refused(cabria("replay", logged, "--no-show"), "no longer what it was")


def test_what_is_no_log_is_refused_with_file_and_line(logged: Path, cabria: Run, tmp_path: Path) -> None:
    assert_refused(cabria("run-log", "check", tmp_path / "none"), "There is no such file")
    (tmp_path / "text").write_text("hello")
    assert_refused(cabria("run-log", "check", tmp_path / "text"), "no gzip archive")
    cut = logged.with_name("cut.jsonl.gz")
    cut.write_bytes(logged.read_bytes()[:-400])
    assert_refused(cabria("run-log", "check", cut), "line", "Run it again")
    odd = written(logged.with_name("odd.jsonl.gz"), [*lines_of(logged)[:9], b'["TruckFlew",1]\n'])
    assert_refused(cabria("run-log", "check", odd), "line 10", "TruckFlew")
