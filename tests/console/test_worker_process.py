"""A worker process is gone when its server is, whatever happens to the task that asked it."""

from __future__ import annotations

import asyncio
import os

import pytest

from cabria.console.desks.process import WorkerProcess


def test_a_task_that_is_cancelled_again_and_again_leaves_no_process() -> None:
    async def cancelled() -> int:
        worker = WorkerProcess()
        job = asyncio.create_task(worker.ask("be_ready", limit_s=60))
        while not (pid := worker.pid):
            await asyncio.sleep(0.001)
        while not job.done():
            job.cancel()
            await asyncio.sleep(0)
        assert job.cancelled()
        return pid

    pid = asyncio.run(cancelled())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
