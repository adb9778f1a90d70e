"""Fuzzing of the message exchange: broken files in every way, put into a partner's folder beside honest ones.

Honest messages of a call that waits are broken: bytes, segments, elements, counts, charsets, archives, names. Every
file must be answered or set aside, honest ones be read, honest port calls taken over, and no file may break our own
program (one that is set aside because it could not be worked on counts as a crash). An honest list may be refused: a
broken one that could still be read has changed the call.
"""

from __future__ import annotations

import gzip
import io
import json
import lzma
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from uuid import UUID

from benchmarks.fuzz import Row, memory_mb
from cabria.adapters import edi
from cabria.adapters.exchange.call_folders import CallFolders
from cabria.adapters.exchange.exchange import Exchange, Partner, Rules
from cabria.adapters.exchange.intake import CallFolderIntake
from cabria.adapters.exchange.ledger import Ledger, State
from cabria.adapters.exchange.mailboxes import FolderMailbox, digest_of
from cabria.adapters.exchange.port_call_file import PortCallFile
from cabria.adapters.files.call_folder import write_call
from cabria.domain.containers import ContainerId, check_digit
from cabria.domain.messages import Direction, MessageHeader, VerifiedMass
from cabria.experiments.tiny import tiny_call

AT_A_TIME = 20
"""Broken files between two honest ones."""
ANEW = 15
"""Rounds after which the exchange begins in a new folder: versions of the call and answers add up."""
CALL = tiny_call()
PIECES = (
    b"'", b"+", b":", b"?", b"UNA:+.? '", b"UNB+UNOC:3+A+B+260101:0000+1'", b"UNZ+1+1'", b"UNT+1+1'",
    b"UNH+1+BAPLIE:D:95B:UN'",
    b"LOC+147+0020182::5'", b"EQD+CN+TINU0000031+42G1+++5'", b"MEA+VGM++KGM:99999999999999999999'", b"\x00",
    b"\xff\xfe",
    "船".encode(), b"\r\n", b"DGS+IMD+" + b"9" * 500 + b"'", b"'" * 500, b"+" * 2_000, b"EQD+CN'" * 50, b"-1", b"1e308",
)  # fmt: skip
READ = (State.DONE, State.AGAIN, State.REFUSED, State.WAITING)
SURE_END = b"UNZ+1+X'\n"


def honest(number: int) -> dict[str, bytes]:
    """One of each kind, with a reference of its own."""
    head = MessageHeader(
        "COPRAR",
        sender="LINE",
        recipient="CABRIA",
        reference=f"L{number}",
        function="9",
        prepared_at="2026-03-01T10:00",
        vessel_name=CALL.vessel.name,
        imo=CALL.vessel.imo,
        call_sign=CALL.vessel.call_sign,
        voyage=CALL.voyage,
        port=CALL.port,
    )

    def of(kind: str) -> MessageHeader:
        return replace(head, kind=kind, interchange_reference=f"{kind[:3]}{number}")

    stem = f"HNST{number % 1_000_000:06}"
    more = replace(CALL.loads[3], id=ContainerId(f"{stem}{check_digit(stem)}"), holds=())
    came_from = replace(of("BAPLIE"), port=CALL.arrival.stowed[0].container.pol, next_port=CALL.port)
    mass = VerifiedMass(CALL.loads[0].id, 20_000 + number % 1_000, "SM1")
    calls = {
        "portCalls": [{"portCallID": str(UUID(int=number + 1, version=4)), "UNLocationCode": "PECHY",
                       "vessel": {"vesselIMONumber": "9811000"}}],
        "terminalCalls": [], "portCallServices": [], "timestamps": [],
    }  # fmt: skip
    return {
        "coprar.edi": edi.write_load_list(of("COPRAR"), [*CALL.loads, more], Direction.LOAD),
        "baplie.edi": edi.write_bay_plan(came_from, CALL.arrival),
        "vermas.edi": edi.write_verified_masses(of("VERMAS"), [mass]),
        "calls.json": json.dumps(calls).encode(),
    }


def broken(content: bytes, chance: Random) -> bytes:
    """The content with one to six things wrong."""
    for _ in range(chance.randint(1, 6)):
        content = chance.choice(WAYS)(content, chance)[:400_000]
    return content


def _at(content: bytes, chance: Random) -> int:
    return chance.randrange(len(content) + 1)


def _cut(content: bytes, chance: Random) -> bytes:
    return content[: _at(content, chance)]


def _without(content: bytes, chance: Random) -> bytes:
    at = _at(content, chance)
    return content[:at] + content[at + chance.randint(1, 60) :]


def _put(content: bytes, chance: Random) -> bytes:
    at = _at(content, chance)
    return content[:at] + chance.choice(PIECES) + content[at:]


def _flip(content: bytes, chance: Random) -> bytes:
    flipped = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        if flipped:
            flipped[chance.randrange(len(flipped))] = chance.randrange(256)
    return bytes(flipped)


def _segments(content: bytes, chance: Random) -> bytes:
    """In another order, doubled or left out."""
    parts = content.split(b"'")
    way = chance.randrange(3)
    if way == 0:
        chance.shuffle(parts)
    elif way == 1:
        parts.insert(chance.randrange(len(parts)), chance.choice(parts) * chance.choice((1, 3, 200)))
    elif len(parts) > 1:
        del parts[chance.randrange(len(parts))]
    return b"'".join(parts)


def _elements(content: bytes, chance: Random) -> bytes:
    parts = content.split(b"+")
    parts[chance.randrange(len(parts))] = chance.choice((b"", b"9" * chance.randint(1, 400), b":::::", *PIECES))
    return b"+".join(parts)


def _again(content: bytes, chance: Random) -> bytes:
    return content * chance.choice((2, 3, 20))


def _charset(content: bytes, chance: Random) -> bytes:
    text = content.decode("latin-1")
    return text.encode(chance.choice(("utf-16", "utf-16-be", "utf-32", "utf-8-sig", "cp037")), "replace")


def _packed(content: bytes, chance: Random) -> bytes:
    way = chance.randrange(4)
    if way == 0:
        return gzip.compress(content)
    if way == 1:
        return lzma.compress(content)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("../../x.edi", "b.edi")[: way - 1]:
            archive.writestr(name, content)
    return target.getvalue()


def _ended(content: bytes, chance: Random) -> bytes:
    """So that it looks whole, and is not waited for."""
    return content + SURE_END


WAYS: tuple[Callable[[bytes, Random], bytes], ...] = (
    _cut, _without, _put, _put, _flip, _flip, _segments, _segments, _elements, _elements,
    _again, _charset, _packed, _ended,
)  # fmt: skip


class _Line:
    """A partner, and an exchange over its folder."""

    def __init__(self, root: Path) -> None:
        self._inbox = root / "line" / "in"
        self._now_ms = 1_000_000
        write_call(CALL, root / "calls" / "TINY" / "v0001")
        intake = CallFolderIntake(CallFolders(root / "calls"), PortCallFile(root / "port-calls.json"))
        self.exchange = Exchange(
            [Partner("LINE", FolderMailbox(root / "line"))],
            Ledger(root / "exchange.sqlite"),
            intake,
            rules=Rules(settle_s=0, patience_s=0, retry_s=1e9),
            now_ms=lambda: self._now_ms,
        )

    def put(self, name: str, content: bytes) -> None:
        (self._inbox / name).write_bytes(content)

    def work(self) -> None:
        """Until nothing lies there any more: a file that our own program cannot work on is tried again."""
        for _ in range(6):
            self.exchange.look()
            self._now_ms += 1_000

    @property
    def left(self) -> int:
        """Files that nothing became of; an empty one is waited for as long as it is empty."""
        return sum(path.stat().st_size > 0 for path in self._inbox.iterdir())

    def crashes(self) -> Counter[str]:
        """What was set aside because our own program could not work on it."""
        asides = self.exchange.ledger.to_do(State.ASIDE)
        return Counter(taken.what[-120:] for taken in asides if "could not be worked on" in taken.what)


def run_part(seconds: float, seed: int) -> Row:
    chance, crashes = Random(seed), Counter[str]()
    until, started = time.monotonic() + seconds, time.process_time()
    files = rounds = refused = honest_lost = left = number = 0
    half_mb = 0.0
    fast = Path("/dev/shm")
    while time.monotonic() < until:
        with tempfile.TemporaryDirectory(dir=fast if fast.is_dir() else None) as folder:
            line, sent = _Line(Path(folder)), dict[str, tuple[State, ...]]()
            try:
                for _ in range(ANEW):
                    rounds += 1
                    number += 1
                    good = honest(number)
                    texts = list(good.values())
                    for part in range(AT_A_TIME):
                        odd = chance.choice(("a", "é", " ", ";", "UNA", "%2e"))
                        line.put(f"{part}-{odd}{chance.choice(sorted(good))}", broken(chance.choice(texts), chance))
                    files += AT_A_TIME
                    for kind in (chance.choice(sorted(good)), "calls.json"):
                        line.put(f"honest-{number}-{kind}", good[kind])
                        sent[digest_of(good[kind])] = (State.DONE,) if kind.endswith(".json") else READ
                    line.work()
                    if time.monotonic() >= until:
                        break
            except Exception as error:  # noqa: BLE001 - whatever comes out of a look is what is looked for
                place = traceback.extract_tb(error.__traceback__)[-1]
                crashes[f"{type(error).__name__} in {Path(place.filename).name}:{place.lineno}"] += 1
            crashes += line.crashes()
            for digest, wanted in sent.items():
                known = line.exchange.ledger.known(digest)
                honest_lost += known is None or known.state not in wanted
            counts = line.exchange.ledger.counts()
            refused += counts["refused"] + counts["aside"] + counts["waiting"]
            left += line.left
            line.exchange.close()
        if not half_mb and time.monotonic() > until - seconds / 2:
            half_mb = memory_mb()
    return {
        "cost": sum(crashes.values()),
        "cpu_s": round(time.process_time() - started, 1),
        "wall_s": round(seconds, 1),
        "valid": not crashes and not honest_lost and not left,
        "files": files,
        "rounds": rounds,
        "not_taken_over": refused,
        "honest_lost": honest_lost,
        "left_in": left,
        "mb_half": round(half_mb, 1),
        "mb_end": round(memory_mb(), 1),
        "crashes": "; ".join(f"{times} x {what}" for what, times in crashes.most_common(5)),
    }
