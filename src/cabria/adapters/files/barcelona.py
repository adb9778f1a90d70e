"""Disrupted weeks at a quay of Barcelona, JSON (PortSimEnv; made from the port's open data).

The file names its rules and numbers; how they are meant was read from the set's published description: hours alongside
are the crane-hours divided by the cranes, rounded up, and a ship whose work ends while ships may not move waits
alongside, without cranes, until they may; berthing in such hours is forbidden. At most `max_moves_per_hour` ships berth
or leave in an hour, the leaving of those already `alongside` included. Cost is sections x weight x hours of departure
after `due`, the deadline penalty for each hour of berthing after the deadline, and `move_penalty` for each planned ship
in another section. `crane_rate` and the hour of the old plan have no part in the cost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from cabria.adapters.files.documents import misfit
from cabria.adapters.files.source_file import read_bytes
from cabria.domain.berth_replanning import BerthWeek, BlockKind, CraneOutage, NoMoves, QuayBlock, QuayShip
from cabria.domain.errors import DataError

_LIMIT_BYTES = 20_000_000


class _Ship(msgspec.Struct):
    id: int
    length_m: float
    sections: int
    arrival: int
    due: int
    workload: int
    min_cranes: int
    max_cranes: int
    std_cranes: int
    planned_hour: int | None = None
    planned_section: int | None = None
    weight: int = 1
    berth_deadline: int | None = None
    deadline_penalty: int = 0


class _Block(msgspec.Struct):
    first: int
    last: int
    start: int
    end: int
    kind: BlockKind
    cranes: int = 0


class _Outage(msgspec.Struct):
    start: int
    end: int
    cranes: int


class _NoMoves(msgspec.Struct):
    start: int
    end: int
    min_length: float = 0


class _Rules(msgspec.Struct):
    crane_pool: int
    max_moves_per_hour: int
    move_penalty: int
    crane_outages: list[_Outage] = []
    no_moves: list[_NoMoves] = []


class _Week(msgspec.Struct):
    first_section: int
    last_section: int
    ships: list[_Ship]
    rules: _Rules
    blocks: list[_Block] = []
    optimal_cost: int | None = None


@dataclass(frozen=True, slots=True)
class PublishedWeek:
    """The week and the cost that was published as its optimum, None when none was."""

    week: BerthWeek
    optimal_cost: int | None


def read_barcelona(path: Path | str) -> PublishedWeek:
    """Raises DataError with the place in the document, for what is no such week or makes no sense."""
    file = str(path)
    try:
        document = msgspec.json.decode(read_bytes(path, limit_bytes=_LIMIT_BYTES), type=_Week)
    except msgspec.ValidationError as error:
        raise misfit(error, file) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(f"The file is not JSON: {error}.", file=file) from None
    try:
        return PublishedWeek(_week(document), document.optimal_cost)
    except DataError as error:
        raise error.inside(file) from None


def _week(document: _Week) -> BerthWeek:
    rules = document.rules
    return BerthWeek(
        document.first_section,
        document.last_section,
        _each(document.ships, "$.ships", _ship),
        _each(document.blocks, "$.blocks", lambda b: QuayBlock(b.first, b.last, b.start, b.end, b.kind, b.cranes)),
        rules.crane_pool,
        rules.max_moves_per_hour,
        rules.move_penalty,
        _each(rules.crane_outages, "$.rules.crane_outages", lambda o: CraneOutage(o.start, o.end, o.cranes)),
        _each(rules.no_moves, "$.rules.no_moves", lambda w: NoMoves(w.start, w.end, _centimetres(w.min_length))),
    )


def _ship(ship: _Ship) -> QuayShip:
    return QuayShip(
        ship.id, _centimetres(ship.length_m), ship.sections, ship.arrival, ship.planned_hour, ship.planned_section,
        ship.due, ship.workload, ship.min_cranes, ship.max_cranes, ship.std_cranes, ship.weight, ship.berth_deadline,
        ship.deadline_penalty,
    )  # fmt: skip


def _centimetres(metres: float) -> int:
    if not 0 <= metres <= 1_000:
        raise DataError(f"{metres:g} m is no length of a ship.")
    return round(metres * 100)


_Given = TypeVar("_Given")
_Noun = TypeVar("_Noun")


def _each(given: list[_Given], place: str, made: Callable[[_Given], _Noun]) -> tuple[_Noun, ...]:
    nouns = []
    for number, entry in enumerate(given):
        try:
            nouns.append(made(entry))
        except DataError as error:
            raise DataError(error.problem, place=f"{place}[{number}]", remedy=error.remedy) from None
    return tuple(nouns)
