"""`kills`: everything that runs a terminal is killed (SIGKILL) at random moments of a running call, one part at a time.

Instances: `SITE:CALL:N`, as `embedded:small:10`. SITE is `embedded` (SQLite, the embedded broker) or `servers`
(PostgreSQL, mosquitto); CALL is `small` (10 steps of one quay crane, four trucks) or `made` (60 moves, two quay cranes,
eight trucks), worked again, with a new journal, until N kills have fallen. Killed are the terminal's program, the
broker, PostgreSQL, the emulated trucks and the emulated cranes, each with the same chance, and started again at once.
`cost` is the longest time in seconds until the terminal answered a question durably again, was linked to every machine
and had heard each since; PART_cpu_s the most CPU seconds that a part used until then, where other programs have the
cores too.

Valid: every entry that was told as durable is in the journal as it was told, the journal's chain is whole; by what the
emulated machines wrote down themselves no job was begun, lifted, set down or ended twice; no box is twice or lost; and
yard and ship are where the referee's replay of the log has them, the ship as planned.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Protocol

import msgspec

from benchmarks.kills_terminal import digest
from benchmarks.postgres_server import NoPostgresError, PostgresServer
from cabria.adapters.journal.copying import verify
from cabria.adapters.journal.entries import record_of
from cabria.adapters.journal.opening import open_store
from cabria.adapters.journal.recovery import replayed
from cabria.adapters.mqtt.address import free_port
from cabria.adapters.mqtt.mosquitto import start_mosquitto
from cabria.bootstrap.judging import Judged, judged
from cabria.bootstrap.parts import Parts
from cabria.domain.calls import VesselCall
from cabria.domain.errors import DataError
from cabria.domain.layout import Layout
from cabria.domain.plan import LoadingPlan
from cabria.operations.berthing import standing_ready
from cabria.operations.pictures import picture_of
from cabria.operations.running import Told

ANCHORS = """
Nothing told as durable is lost, no order is carried out twice, no box is lost or twice, and the terminal is back in
less than 5 s after any part of it was killed (goals of ours; back means a new Python, the journal done again, and every
machine heard).
"""
DEFAULT_SECONDS = 600.0
SITES = ("embedded", "servers")
TRUCKS = {"small": 4, "made": 8}
"""Of each call."""
SPEED = 30.0
PATIENCE_S = 300.0
"""After which a terminal that does not come back, or does no more work, has failed."""
LONGEST_S = 2.0
"""Between being back and the next kill, at most."""
ONCE = ("begun", "lifted", "landed", "lid lifted", "lid landed", "done", "arrived")
"""What a machine may write down once a job."""
Row = dict[str, object]
Given = tuple[VesselCall, LoadingPlan, Layout]


def default_paths() -> list[str]:
    return ["embedded:made:50", "servers:made:50"]


def run(paths: Sequence[str | Path], *, seconds: float, seed: int, jobs: int, solutions: Path | None) -> Iterator[Row]:
    """One row an instance. `seconds` is how long kills go on at most."""
    for path in map(str, paths):
        site, _, rest = path.partition(":")
        call, _, number = rest.partition(":")
        if site not in SITES or call not in TRUCKS or not number.isdigit() or not 0 < int(number) <= 10_000:
            yield {"instance": path, "error": "write SITE:CALL:N, as embedded:small:10 or servers:made:50."}
            continue
        try:
            found = kill_parts(given(call), int(number), seed, has_servers=site == "servers", seconds=seconds)
        except (NoPostgresError, DataError, RuntimeError) as error:
            yield {"instance": path, "error": str(error)}
            continue
        yield {"instance": path, **found.row}


def given(name: str) -> Given:
    """A planned call and the ground it is worked on."""
    from cabria.experiments.calls import make_call
    from cabria.experiments.ground_plan import lay_out
    from cabria.experiments.tiny import small_call
    from cabria.planning.loading.problem import LoadingProblem, Params
    from cabria.planning.loading.solve import solve

    call = small_call() if name == "small" else make_call(
        moves=60, teu=1_200, seed=3, blocks=3, quay_cranes=2, yard_fill=0.3
    )  # fmt: skip
    params = Params(
        stowage_iterations_a_load=200, crane_iterations=2_000, yard_iterations_a_load=50, with_baselines=False
    )
    plan = solve(LoadingProblem(call), params=params, wall=lambda: 0.0, cpu=lambda: 0.0).plan
    layout = standing_ready(lay_out(call.terminal), call, plan)
    return call, plan, replace(layout, terminal=replace(layout.terminal, trucks=TRUCKS[name]))


@dataclass
class Kills:
    """What came of them. `back_s` are the seconds from each kill until the terminal was back, by what was killed."""

    back_s: dict[str, list[float]] = field(default_factory=dict)
    cpu_s: dict[str, list[float]] = field(default_factory=dict)
    """What the part that was started again used until then."""
    acknowledged: int = 0
    lost: int = 0
    changed: int = 0
    twice: list[str] = field(default_factory=list)
    rounds: int = 0
    entries: int = 0
    judgements: list[Judged] = field(default_factory=list)
    wall_s: float = 0.0

    @property
    def number(self) -> int:
        return sum(map(len, self.back_s.values()))

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.changed or self.twice) and all(one.is_good for one in self.judgements)

    @property
    def row(self) -> Row:
        times = [s for found in self.back_s.values() for s in found]
        return {
            "cost": round(max(times, default=0.0), 2),
            "wall_s": round(self.wall_s, 1),
            "valid": self.is_good,
            "kills": self.number,
            "rounds": self.rounds,
            "entries": self.entries,
            "acknowledged": self.acknowledged,
            "lost": self.lost,
            "changed": self.changed,
            "carried_out_twice": len(self.twice),
            "boxes_elsewhere": sum(len(one.elsewhere) for one in self.judgements),
            "not_as_planned": sum(len(one.not_as_planned) for one in self.judgements),
            "rules_broken": "; ".join(
                f"{times} {rule}"
                for rule, times in sum((Counter(one.findings) for one in self.judgements), Counter[str]()).items()
            ),
            "back_mean_s": round(sum(times) / max(1, len(times)), 2),
            "over_5_s": sum(s > 5 for s in times),
            **{f"{name}_worst_s": round(max(found), 2) for name, found in sorted(self.back_s.items())},
            **{f"{name}_cpu_s": round(max(found), 2) for name, found in sorted(self.cpu_s.items())},
        }


class Part(Protocol):
    """Something that can be killed and started again."""

    @property
    def pid(self) -> int: ...

    def kill(self) -> None: ...

    def start(self) -> object: ...


class Terminal:
    """The program of the terminal, and what it tells."""

    def __init__(self, folder: Path, journal: str, broker: str, speed: float) -> None:
        program = "benchmarks.kills_terminal"
        self._command = [sys.executable, "-m", program, str(folder), journal, broker, f"{speed:g}"]
        self._log = folder / "server.log"
        self.acknowledged: dict[int, str] = {}
        self.is_done = False
        self.changed = 0
        self.told_s = 0.0
        self._links = "nothing was said"
        self._answered = self._asked = 0
        self._heard_s = 0.0

    @property
    def pid(self) -> int:
        return self._process.pid

    def start(self) -> None:
        self._answered = self._asked = 0
        self._heard_s = 0.0
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def kill(self) -> None:
        """And hear what it had still told."""
        self._process.kill()
        self._ended()

    def _ended(self) -> None:
        self._process.wait(PATIENCE_S)
        self._listener.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._ended()

    def wait_until_back(self) -> None:
        """Until a question that is asked now is answered, and all machines are linked and were heard since."""
        began_s = time.monotonic()
        until_s = began_s + PATIENCE_S
        wanted = self._ask()
        while self._answered < wanted or self._heard_s < began_s:
            if self._process.poll() is not None or time.monotonic() > until_s:
                state = f"{self._links}; answered {self._answered} of {self._asked}; exit code {self._process.poll()}"
                self.kill()
                raise RuntimeError(f"The terminal does not come back: {state}")
            time.sleep(0.01)

    def _ask(self) -> int:
        assert self._process.stdin is not None
        self._asked += 1
        self._process.stdin.write(b"?\n")
        self._process.stdin.flush()
        return self._asked

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if not line.endswith(b"\n"):
                break
            word, *rest = line.decode().split()
            if word == "entry":
                number, said = int(rest[0]), rest[1]
                self.changed += self.acknowledged.get(number, said) != said
                self.acknowledged[number] = said
                self.told_s = time.monotonic()
            elif word == "answered":
                self._answered = int(rest[0])
            elif word == "links":
                self._links = f"{rest[0]} of {rest[1]} links, one not heard for {rest[2]} s"
                self._heard_s = time.monotonic() - float(rest[2]) if rest[0] == rest[1] else 0.0
            elif word == "done":
                self.is_done = True


class Emulators:
    """Machines of one kind."""

    def __init__(self, parts: Parts, name: str) -> None:
        self._parts, self._name = parts, name

    @property
    def pid(self) -> int:
        return self._parts.processes[self._name].pid

    def kill(self) -> None:
        self._parts.kill(self._name)

    def start(self) -> None:
        self._parts.start_again(self._name)


class Mosquitto:
    """On one port, started as often as it is killed."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port = folder, free_port()
        folder.mkdir()
        self.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def start(self) -> None:
        self._process, address = start_mosquitto(self._folder, self._port)
        self.address = str(address)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


def kill_parts(what: Given, times: int, seed: int, *, has_servers: bool, seconds: float, speed: float = SPEED) -> Kills:
    """Work the call, killing, until so many kills have fallen or the time is over."""
    kills, chance, began_s = Kills(), Random(seed), time.monotonic()
    with ExitStack() as stack:
        stack.enter_context(_byte_code_kept())
        server = stack.enter_context(PostgresServer()) if has_servers else None
        while kills.number < times and (not kills.rounds or time.monotonic() - began_s < seconds):
            with tempfile.TemporaryDirectory(prefix="cabria-kills-", dir="/tmp") as name:
                _Round(Path(name), what, kills, chance, server, speed).work(times, began_s + seconds)
    kills.wall_s = time.monotonic() - began_s
    return kills


@contextmanager
def _byte_code_kept() -> Iterator[None]:
    """Programs that are started again find their byte code, as installed ones do."""
    before = {name: os.environ.pop(name, None) for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")}
    try:
        yield
    finally:
        os.environ.update({name: value for name, value in before.items() if value is not None})


class _Round:
    """One call from its beginning to its end, in a folder of its own."""

    def __init__(
        self, folder: Path, what: Given, kills: Kills, chance: Random, server: PostgresServer | None, speed: float
    ) -> None:
        self._folder, self._what, self._kills, self._chance = folder, what, kills, chance
        self._server, self._speed = server, speed
        folder.chmod(0o755)
        (folder / "given").write_bytes(pickle.dumps(what))

    def work(self, times: int, until_s: float) -> None:
        """Kill until there are so many kills in all, or it is too late, or the work is done; and count."""
        with Parts(self._folder / "machines") as parts, ExitStack() as stack:
            targets, broker, journal = self._site(parts, stack)
            layout = self._what[2]
            parts.emulators(("trucks", "cranes"), broker, layout, layout.terminal.trucks, self._speed)
            terminal = Terminal(self._folder, journal, broker, self._speed)
            targets |= {"server": terminal, "trucks": Emulators(parts, "trucks"), "cranes": Emulators(parts, "cranes")}
            terminal.start()
            stack.callback(terminal.kill)
            terminal.wait_until_back()
            while not terminal.is_done and self._kills.number < times and time.monotonic() < until_s:
                self._kill(targets, terminal)
            _until_done(terminal)
            terminal.stop()
            _count(self._kills, terminal, journal, self._folder / "machines")

    def _site(self, parts: Parts, stack: ExitStack) -> tuple[dict[str, Part], str, str]:
        """Broker and database: what of them can be killed, and their addresses."""
        if self._server is None:
            broker = parts.broker()
            return {"broker": Emulators(parts, "broker")}, broker, str(self._folder / "terminal.journal")
        mosquitto = Mosquitto(self._folder / "mosquitto")
        stack.callback(mosquitto.kill)
        return {"broker": mosquitto, "database": self._server}, mosquitto.address, self._server.new_database()

    def _kill(self, targets: dict[str, Part], terminal: Terminal) -> None:
        time.sleep(self._chance.uniform(0, LONGEST_S))
        name = self._chance.choice(sorted(targets))
        targets[name].kill()
        killed_s = time.monotonic()
        targets[name].start()
        try:
            terminal.wait_until_back()
        except RuntimeError as error:
            raise RuntimeError(f"{name} was killed as number {self._kills.number + 1}. {error}") from None
        self._kills.back_s.setdefault(name, []).append(time.monotonic() - killed_s)
        self._kills.cpu_s.setdefault(name, []).append(_cpu_s(targets[name].pid))


def _cpu_s(pid: int) -> float:
    """CPU seconds of a process with all its threads since it was started."""
    of_state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    return (int(of_state[11]) + int(of_state[12])) / os.sysconf("SC_CLK_TCK")


def _until_done(terminal: Terminal) -> None:
    while not terminal.is_done:
        if time.monotonic() - terminal.told_s > PATIENCE_S:
            terminal.kill()
            raise RuntimeError(f"Nothing is written any more after entry {max(terminal.acknowledged)}.")
        time.sleep(0.1)


def _count(kills: Kills, terminal: Terminal, journal: str, machines: Path) -> None:
    """Look for everything that was told as durable, judge the log, and read what machines did."""
    kills.rounds += 1
    kills.changed += terminal.changed
    kills.acknowledged += len(terminal.acknowledged)
    store = open_store(journal)
    try:
        head = verify(store).head.number
        entries = list(store.entries(0, head))
        control = replayed(store).control
    finally:
        store.close()
    there = {entry.number: digest(entry.kind, entry.at_ms, entry.body) for entry in entries}
    kills.entries += head
    kills.lost += sum(there.get(number) != said for number, said in terminal.acknowledged.items())
    told = (Told(entry.number, record_of(entry)) for entry in entries)
    kills.judgements.append(judged(told, picture_of(control, head, {}, {}), control.opened.layout))
    kills.twice += list(carried_out_twice(machines))


def carried_out_twice(folder: Path) -> Iterator[str]:
    """What machines wrote down that they did more than once for one job."""
    for path in sorted(folder.glob("executed-*.jsonl")):
        facts = [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]
        counted = Counter((f["machine"], f.get("job", ""), f["what"]) for f in facts if f["what"] in ONCE)
        yield from (f"{' '.join(key)}: {times} times" for key, times in counted.items() if times > 1)
