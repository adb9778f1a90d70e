"""`python -m benchmarks.kills_terminal FOLDER JOURNAL BROKER SPEED`: the terminal that is killed; it tells on stdout.

FOLDER holds a pickle `given` of call, plan and layout. Lines, each in one write: `entry NUMBER DIGEST` for every entry
as soon as it is durable; `answered N` when the Nth line of stdin, a question, was answered durably; `links N OF
AGE` with how many machines are linked, and seconds since the one was heard that is silent longest; `done` when all work
is. It ends when stdin does.
"""

from __future__ import annotations

import os
import pickle
import sys
import threading
import time
from pathlib import Path

from cabria.adapters.journal.entries import draft
from cabria.bootstrap.live import Site, live
from cabria.operations.records import Command
from cabria.operations.running import Batch, Picture, RunningTerminal

LOOK_S = 0.1


def digest(kind: str, at_ms: int, body: bytes) -> str:
    """Of what an entry says, to be looked for in the journal."""
    from hashlib import sha256

    return sha256(f"{kind} {at_ms} ".encode() + body).hexdigest()[:16]


def tell(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def tell_entries(batch: Batch) -> None:
    lines = []
    for number, record in batch.entries:
        made = draft(number, record)
        lines.append(f"entry {number} {digest(made.kind, made.at_ms, made.body)}\n")
    os.write(1, "".join(lines).encode())


def is_done(picture: Picture) -> bool:
    cranes = picture.quay_cranes.values()
    return (
        bool(picture.calls)
        and all(crane.done == crane.steps for crane in cranes)
        and not any(move.queue for move in picture.moves.values())
    )


def answer(terminal: RunningTerminal, ended: threading.Event) -> None:
    """Each line is a question whose answer must be durable."""
    for number, _ in enumerate(sys.stdin, 1):
        terminal.ask(Command("acknowledge_alert", (0, "probe")), by="probe").result()
        tell(f"answered {number}")
    ended.set()


def main(folder: Path, journal: str, broker: str, speed: float) -> None:
    call, plan, layout = pickle.loads((folder / "given").read_bytes())
    terminal = live(Site(layout, journal, broker, layout.terminal.trucks, speed))
    terminal.subscribe(tell_entries)
    if call.id not in terminal.standing().calls:
        if not terminal.standing().boxes:
            terminal.ask(Command("take_stock", (call.yard,)), by="kills").result()
        terminal.ask(Command("berth", (call, plan)), by="kills").result()
    ended = threading.Event()
    threading.Thread(target=answer, args=(terminal, ended), daemon=True).start()
    while not ended.is_set() and not terminal.problem:
        picture = terminal.standing()
        linked = [link for link in picture.links.values() if link.is_connected]
        heard_ms = min((link.seen_ms for link in linked), default=0)
        tell(f"links {len(linked)} {len(picture.links)} {(terminal.now_ms - heard_ms) / 1_000 / speed:.3f}")
        if is_done(picture):
            tell("done")
        time.sleep(LOOK_S)
    terminal.end()
    if terminal.problem:
        sys.exit(terminal.problem)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4]))
