"""`edi`: messages to objects and back (BENCHMARKS.md, section 10).

One row a file: the CPU seconds of reading it, boxes, findings, how many boxes a written and re-read message lost, and,
when pydifact is installed, its CPU seconds for splitting the same bytes into segments in the same run.
"""

from __future__ import annotations

import json
import random
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from cabria import __version__
from cabria.adapters.edi import (
    Dialect,
    carried,
    load,
    read_any,
    read_bay_plan,
    read_instruction,
    read_load_list,
    read_move_report,
    read_verified_masses,
    write_bay_plan,
    write_instruction,
    write_load_list,
    write_move_report,
    write_verified_masses,
)
from cabria.domain.containers import Container, ContainerId, DangerousGoods, OutOfGauge, Port, SizeType, check_digit
from cabria.domain.errors import DataError
from cabria.domain.messages import (
    BayPlanMessage,
    Direction,
    InstructionMessage,
    LoadListMessage,
    Message,
    MessageHeader,
    MoveReport,
    VerifiedMasses,
)
from cabria.domain.positions import StowPosition
from cabria.domain.stowage import BayPlan, Stowed

ANCHORS = """
A BAPLIE read to objects; `cost` is CPU seconds. Goal: 11,000 boxes in 0.4 s. pydifact, measured in the same run, splits
the file into segments only.
"""
DEFAULT_SECONDS = 60.0
Row = dict[str, object]
_MAX_REPEATS = 9


def default_paths() -> list[str]:
    return ["made:11000"]


def run(paths: Sequence[str | Path], *, seconds: float, seed: int, jobs: int, solutions: Path | None) -> Iterator[Row]:
    """One row an instance; an instance that cannot be read has the key `error`.

    Paths are files (.edi, .edi.xz), folders of them, or `made:11000` for a bay plan of that many boxes made here from
    the seed. Reading is repeated while the budget of `seconds` lasts, at most nine times, and the median counts. `jobs`
    changes nothing: timings run one after another.
    """
    for name, data_of in _instances(paths, seed):
        row: Row = {"benchmark": "edi", "instance": name, "seed": seed}
        try:
            data = data_of()
            yield row | _measure(data, name, seconds, solutions)
        except DataError as error:
            yield row | {"error": str(error)}


def made_bay_plan(boxes: int, seed: int = 0) -> bytes:
    """A BAPLIE (2.2) with some reefers, dangerous goods and out-of-gauge boxes; about seven segments a box."""
    chance = random.Random(seed)
    sizes = [SizeType.parse(code) for code in ("22G1", "42G1", "45G1", "45G1", "45R1", "22T1", "42U1")]
    ports = [Port(code) for code in ("CNSHA", "CNNGB", "KRPUS", "JPYOK", "MXZLO", "ECGYE", "CLSAI", "HKHKG")]
    stowed = []
    for index in range(boxes):
        size = chance.choice(sizes)
        bay, rest = divmod(index, 360)
        row, level = divmod(rest, 18)
        prefix = f"CBRU{(index * 90_001 + seed) % 1_000_000:06}"
        box = Container(
            ContainerId(f"{prefix}{check_digit(prefix)}"),
            size,
            chance.randrange(4_000, 30_000),
            Port("PECHY"),
            chance.choice(ports),
            mass_is_verified=True,
            operator=chance.choice(("XYZ", "ABC", "QRS")),
            set_point_tenth_c=-180 if size.code == "45R1" else None,
            dangerous=(DangerousGoods("3", 1263, "II", (), 230),) if chance.random() < 0.04 else (),
            out_of_gauge=OutOfGauge(over_height_mm=400) if size.code == "42U1" else None,
            booking=f"BK{index:07}",
        )
        tier = 2 + 2 * level if level < 9 else 64 + 2 * level
        stowed.append(Stowed(box, StowPosition(4 * bay + (1 if size.length_ft == 20 else 2), row, tier)))
    header = MessageHeader(
        "BAPLIE", reference="MADE", prepared_at="2026-02-01T09:00", vessel_name="MADE", call_sign="9V0000",
        voyage="001", port=Port("PECHY"), next_port=ports[0],
    )  # fmt: skip
    return write_bay_plan(header, BayPlan(tuple(stowed)), Dialect.SMDG22)


def _instances(paths: Sequence[str | Path], seed: int) -> Iterator[tuple[str, Callable[[], bytes]]]:
    for given in paths:
        text, path = str(given), Path(given)
        if text.startswith("made:"):
            yield f"made_{text[5:]}", lambda text=text: made_bay_plan(_boxes(text), seed)  # type: ignore[misc]
            continue
        files = sorted(p for p in path.rglob("*") if p.name.endswith((".edi", ".edi.xz"))) if path.is_dir() else [path]
        for file in files:
            yield file.name.removesuffix(".xz").removesuffix(".edi"), lambda file=file: load(file)  # type: ignore[misc]


def _boxes(text: str) -> int:
    count = text.removeprefix("made:")
    if not (count.isdecimal() and len(count) < 7 and 0 < int(count) <= 100_000):
        raise DataError(f"{text!r} does not say how many boxes to make, 1 to 100000, such as made:11000.")
    return int(count)


def _measure(data: bytes, name: str, seconds: float, solutions: Path | None) -> Row:
    times: list[tuple[float, float]] = []
    peer: list[float] = []
    spent = 0.0
    messages: tuple[Message, ...] = ()
    split = _pydifact_split()
    while not times or (spent < seconds / 2 and len(times) < _MAX_REPEATS):
        messages = ()  # letting go of the last reading is no part of this one
        wall, cpu = time.perf_counter(), time.process_time()
        messages = read_any(data, file=name)
        times.append((time.process_time() - cpu, time.perf_counter() - wall))
        spent += times[-1][0]
        if split is not None and spent + sum(peer) < seconds and len(peer) < 3:
            peer += _peer_time(split, data)
    times.sort()
    cpu_s, wall_s = times[len(times) // 2]
    lost = [count for message in messages if (count := _lost(message)) is not None]
    if solutions is not None:
        solutions.mkdir(parents=True, exist_ok=True)
        (solutions / f"{name}.json").write_text(json.dumps({"boxes": [_plain(m) for m in messages]}))
    return {
        "cost": round(cpu_s, 4),
        "bound": "",
        "proven": False,
        "cpu_s": round(cpu_s, 4),
        "wall_s": round(wall_s, 4),
        "valid": not any(lost),
        "version": __version__,
        "boxes": sum(len(_entries(message)) for message in messages),
        "findings": sum(len(message.findings) for message in messages),
        "roundtrip_lost": sum(lost) if lost else "",
        "pydifact_cpu_s": round(sorted(peer)[len(peer) // 2], 4) if peer else "",
    }


def _entries(message: Message) -> tuple[object, ...]:
    return message.orders if isinstance(message, InstructionMessage) else message.entries


def _lost(message: Message) -> int | None:
    """How many boxes or slots come back other than they went out, as far as carried; None: this kind is not written."""
    header = message.header
    if isinstance(message, BayPlanMessage):
        return sum(_bay_plan_lost(message, dialect) for dialect in Dialect)
    if isinstance(message, InstructionMessage):
        return _differences(
            message.instructions,
            read_instruction(write_instruction(header, message.instructions), file="").instructions,
        )
    direction = header.direction or Direction.LOAD
    if isinstance(message, LoadListMessage):
        written = write_load_list(header, message.containers, direction)
        return _differences(
            [carried(box, Dialect.SMDG31) for box in message.containers], read_load_list(written, file="").containers
        )
    if isinstance(message, MoveReport):
        back = read_move_report(write_move_report(header, message.entries, direction), file="")
        return _differences(
            [(carried(e.container, Dialect.SMDG31), e.position, e.at, e.seals) for e in message.entries],
            [(e.container, e.position, e.at, e.seals) for e in back.entries],
        )
    if isinstance(message, VerifiedMasses):
        masses = read_verified_masses(write_verified_masses(header, message.entries), file="").entries
        return _differences(
            [(m.container, m.gross_mass_kg, m.method, m.determined_at) for m in message.entries],
            [(m.container, m.gross_mass_kg, m.method, m.determined_at) for m in masses],
        )
    return None


def _bay_plan_lost(message: BayPlanMessage, dialect: Dialect) -> int:
    """Over the boxes with a slot of their own; the others are findings and stand in no bay plan."""
    taken: dict[StowPosition, Container] = {}
    numbers: set[ContainerId] = set()
    for entry in message.entries:
        if entry.position is not None and entry.position not in taken and entry.container.id not in numbers:
            taken[entry.position] = entry.container
            numbers.add(entry.container.id)
    if not taken or message.header.port is None:
        return 0
    plan = BayPlan.of((box, position) for position, box in taken.items())
    back = read_bay_plan(write_bay_plan(message.header, plan, dialect), file="")
    return _differences(
        [(carried(box, dialect), position) for position, box in taken.items()],
        [(entry.container, entry.position) for entry in back.entries],
    )


def _differences(sent: object, back: object) -> int:
    assert isinstance(sent, list | tuple)
    assert isinstance(back, list | tuple)
    return abs(len(sent) - len(back)) + sum(a != b for a, b in zip(sent, back, strict=False))


def _plain(message: Message) -> list[list[object]]:
    """Number, size-type, bay, row, tier, mass, verified, port of loading and of discharge of each box."""
    if isinstance(message, InstructionMessage):
        return [
            [
                "",
                str(s.size_type or ""),
                s.position.bay,
                s.position.row,
                s.position.tier,
                s.gross_mass_kg,
                False,
                "",
                s.pod or "",
            ]
            for s in message.instructions
        ]
    rows: list[list[object]] = []
    for entry in message.entries:
        box, position = getattr(entry, "container", None), getattr(entry, "position", None)
        if isinstance(box, Container):
            place = [position.bay, position.row, position.tier] if position else [None, None, None]
            rows.append([box.id, box.size_type.code, *place, box.gross_mass_kg, box.mass_is_verified, box.pol, box.pod])
    return rows


def _pydifact_split() -> Callable[[str], object] | None:
    """The peer's way from text to segments, or None where it is not installed."""
    try:
        from pydifact.segmentcollection import Interchange
    except ImportError:
        return None
    return lambda text: list(Interchange.from_str(text).get_messages())


def _peer_time(split: Callable[[str], object], data: bytes) -> list[float]:
    """Its CPU seconds, or nothing where it refuses the file."""
    text = data.decode("latin-1")
    start = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            split(text)
        except Exception:  # noqa: BLE001 - a peer may fail in any way; then there is no time to compare with
            return []
    return [time.process_time() - start]
