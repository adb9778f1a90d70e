"""`cabria run` works a call over real MQTT to its end: with embedded parts, and with PostgreSQL and mosquitto."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from benchmarks.postgres_server import PostgresServer
from cabria.adapters.files.call_folder import write_call
from cabria.adapters.files.plan_json import write_plan
from cabria.adapters.journal.copying import verify
from cabria.adapters.journal.opening import open_store
from cabria.adapters.mqtt.address import free_port
from cabria.adapters.mqtt.mosquitto import start_mosquitto
from cabria.bootstrap import plan_call
from cabria.experiments.tiny import small_call
from cabria.planning.loading.problem import Params
from cabria.planning.search.stopping import MaxIterations

from .conftest import Run

GOOD = "Yard and ship are as the referee's replay of the log has them, and the ship is as planned."


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The folder with the call `small` and its plan."""
    call = small_call()
    params = Params(
        stowage_iterations_a_load=200, crane_iterations=2_000, yard_iterations_a_load=50, with_baselines=False
    )
    planned = plan_call(call, seed=0, params=params, listen=lambda progress: None, stop=MaxIterations(10_000))
    write_call(call, tmp_path / "small")
    (tmp_path / "small-plan").mkdir()
    write_plan(planned, tmp_path / "small-plan" / "plan.json")
    return tmp_path


@pytest.fixture
def servers() -> Iterator[tuple[str, str]]:
    """The addresses of an empty database and of a broker, each a server of our own on a free port of the loopback.

    Their absence is a failure: `make database broker` installs them.
    """
    with ExitStack() as stack:
        memory = Path("/dev/shm")  # what is tested is who is asked, not how long a disk takes
        database = stack.enter_context(PostgresServer(memory if memory.is_dir() else None))
        folder = Path(tempfile.mkdtemp(prefix="cabria-mosquitto-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        process, address = start_mosquitto(folder, free_port())
        stack.callback(process.wait)
        stack.callback(process.kill)
        yield database.new_database(), str(address)


def test_a_call_is_worked_to_its_end_with_embedded_parts(cabria: Run, small: Path) -> None:
    outcome = cabria("run", "--scenario", "small", "--folder", small, "--speed", 100, "--no-serve")
    assert (outcome.code, outcome.err) == (0, "")
    assert GOOD in outcome.out
    assert (small / "small-run" / "terminal.journal").is_file()


def test_the_settings_file_of_the_guide_has_it_worked_with_postgresql_and_mosquitto(
    cabria: Run, small: Path, servers: tuple[str, str], repository: Path
) -> None:
    journal, broker = servers
    guide = (repository / "docs" / "how-to" / "run-a-terminal.md").read_text(encoding="utf-8")
    text = guide.partition("```toml\n")[2].partition("```")[0]
    for said, here in (
        ("out/small", "small"),
        ("postgresql://cabria@127.0.0.1/terminal", journal),
        ("mqtt://127.0.0.1:1883", broker),
        ("speed = 30", "speed = 100"),
    ):
        assert said in text
        text = text.replace(said, here)
    settings = small / "terminal.toml"
    settings.write_text(text, encoding="utf-8")
    outcome = cabria("run", "--settings", settings, "--no-serve")
    assert (outcome.code, outcome.err) == (0, "")
    assert f"Broker {broker}" in outcome.out
    assert GOOD in outcome.out
    assert not (small / "run" / "terminal.journal").exists()
    store = open_store(journal)
    assert verify(store).head.number > 100
    store.close()
