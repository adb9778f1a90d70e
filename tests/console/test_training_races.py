"""Two people at one training session at once, sessions closed before they are open, and ones that cannot be made."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from cabria.console.app import _of_training
from cabria.console.settings import ConsoleSettings
from cabria.console.training import academy, shelf
from cabria.console.training.academy import Academy
from cabria.training.files import scenario_named
from cabria.training.run import TrainingRun
from cabria.training.scenario import Text
from cabria.training.start import prepared

STEPS = scenario_named("first-steps")
PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def begun() -> bytes:
    return TrainingRun(STEPS, prepared(STEPS.start)).snapshot()


@pytest.fixture
def place(settings: ConsoleSettings, tmp_path: Path) -> Academy:
    return Academy(partial(_of_training, replace(settings, needs_login=False)), tmp_path / "training")


def test_two_snapshots_at_once_are_both_kept_and_a_session_ends_once(
    place: Academy, begun: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(academy, "PROGRAM", "no.such.program")

    async def at_once() -> None:
        place.open()
        room = place._new(STEPS, "ana")
        await room.open(TrainingRun.branch(begun))
        await asyncio.gather(room.keep("one", "ana"), room.keep("two", "ben"))
        kept = [shelf.snapshot_of(room.folder, number).read_bytes() for number in range(2)]
        assert kept == [snapshot.content for snapshot in room.snapshots.values()]
        await asyncio.gather(room.finish(), room.finish())
        assert room.job is not None
        assert [task for task in asyncio.all_tasks() if task.get_name().startswith("score of")] == [room.job]
        await room.job
        assert room.report_state == "failed"
        assert room.text.startswith("The process that does this has died")
        await place.end()

    asyncio.run(at_once())


def test_a_session_that_is_closed_before_it_is_open_leaves_nothing_running(place: Academy, begun: bytes) -> None:
    async def closed() -> None:
        place.open()
        room = place._new(STEPS, "ana")
        room.job = asyncio.create_task(room.open(TrainingRun.branch(begun)))
        while room.terminal is None and not room.job.done():
            await asyncio.sleep(0)
        await place.close(room.told.id)
        assert room.terminal is not None
        thread = room.terminal._thread
        if thread.ident is not None:
            thread.join(PATIENCE_S)
        assert not thread.is_alive()
        assert not room.folder.exists()
        await place.end()

    asyncio.run(closed())


def test_a_session_that_cannot_be_made_says_so_whatever_was_wrong(place: Academy) -> None:
    class Strange(Text):
        """No process can be handed this."""

    async def begun() -> None:
        place.open()
        told = place.begin_with(replace(STEPS, title=Strange("", "", "")), "ana")
        room = place.room(told.id)
        assert room.job is not None
        await room.job
        assert (room.told.state, room.told.text) == (
            "failed",
            "Something went wrong here; the server's log has it.",
        )
        await place.end()

    with capture_logs() as log:
        asyncio.run(begun())
    assert [line["event"] for line in log] == ["fault"]
