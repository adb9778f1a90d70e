"""`python -m benchmarks.journal_writer ADDRESS WRITERS`: append until killed, and tell each acknowledgement on stdout.

First `ready N`, the last entry found; then `NUMBER JOB` for every entry as soon as it is durable, each in one write.
"""

from __future__ import annotations

import asyncio
import os
import sys

from cabria.adapters.journal.group_commit import Acknowledgements
from cabria.adapters.journal.opening import open_journal
from cabria.domain.run_events import JobDone
from cabria.operations.gateways import EntryKind, Record


async def write(address: str, writers: int) -> None:
    journal = open_journal(address)
    found = journal.written
    os.write(1, f"ready {found}\n".encode())
    with Acknowledgements(journal) as acknowledged:

        async def writer(name: int) -> None:
            count = 0
            while True:
                job = f"{found}/{name}/{count}"
                number = await acknowledged.append(Record(EntryKind.REPORT, count, "", JobDone(count, job)))
                os.write(1, f"{number} {job}\n".encode())
                count += 1

        await asyncio.gather(*(writer(name) for name in range(writers)))


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1], int(sys.argv[2])))
