"""How long cranes and trucks take, out of a history: each with what was known before it began."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import numpy as np

from cabria.adapters.history.asking import ask
from cabria.adapters.history.folder import HistoryFolder
from cabria.experiments.learning.times import Seen, Subject

LONGEST_S, SHORTEST_S = 900.0, 5.0
"""What takes longer was something else: a break, a lid, a truck that was sent away."""
IN_A_ROW = 4
"""So many cycles ahead a truck is sent to a quay crane."""
Read = tuple[list[Seen], tuple[str, ...]]


def quay_cycles(folder: HistoryFolder, since: date, until: date) -> Read:
    """From one landing of a quay crane to its next, without what it waited or was out of service."""
    answer = ask(
        folder,
        "SELECT crane, at_utc, CASE WHEN to_kind = 'ship' THEN 'load' ELSE 'discharge' END, "
        "min(CASE WHEN to_kind = 'ship' THEN to_place ELSE from_place END), count(*) FROM lifts "
        f"WHERE (from_kind = 'ship' OR to_kind = 'ship') AND {_within(since, until)} "
        "GROUP BY ALL ORDER BY crane, at_utc",
    )
    still = _standing_still(folder, since, until)
    found = [
        seen
        for before, row in pairwise(answer.rows)
        if before[0] == row[0] and (seen := _cycle(before, row, still.get(row[0]))) is not None
    ]
    return sorted(found, key=lambda seen: (seen.day, seen.row)), answer.notes


def _cycle(before: tuple[Any, ...], row: tuple[Any, ...], still: _Still | None) -> Seen | None:
    crane, at, kind, place, boxes = row
    waited_s = 0.0 if still is None else still.between(before[1], at)
    took_s = (at - before[1]).total_seconds() - waited_s
    if not SHORTEST_S < took_s < LONGEST_S:
        return None
    slot, last = place.rpartition(" ")[2], before[3].rpartition(" ")[2]
    bay, last_bay = int(slot[:3]), int(last[:3])
    words = (kind, crane, "twin" if boxes > 1 else "one", before[2], f"tier {slot[-2:]}")
    return Seen(at.date().isoformat(), crane, words, (abs(bay - last_bay), at.hour, at.weekday()), took_s)


class _Still:
    """Time in which a machine stood still, by its spans, which may overlap."""

    def __init__(self, spans: Sequence[tuple[datetime, datetime]]) -> None:
        edges, reached = [0.0], [0.0]
        for since, until in sorted((s.timestamp(), u.timestamp()) for s, u in spans):
            begin = max(since, edges[-1])
            if until > begin:
                edges += [begin, until]
                reached += [reached[-1], reached[-1] + until - begin]
        self._edges, self._reached = edges, reached

    def between(self, since: datetime, until: datetime) -> float:
        """Seconds."""
        low, high = np.interp([since.timestamp(), until.timestamp()], self._edges, self._reached)
        return float(high - low)


def _standing_still(folder: HistoryFolder, since: date, until: date) -> dict[str, _Still]:
    spans: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    rows = ask(
        folder,
        f"SELECT crane, since_utc, at_utc FROM waits WHERE {_within(since, until)} UNION ALL "
        f"SELECT machine, since_utc, at_utc FROM stops WHERE {_within(since, until)}",
    ).rows
    for machine, begin, end in rows:
        spans[machine].append((begin, end))
    return {machine: _Still(found) for machine, found in spans.items()}


def yard_handovers(folder: HistoryFolder, since: date, until: date) -> Read:
    """From a truck's arrival at a block until it has its first box, or is rid of it."""
    answer = ask(
        folder,
        f"""
        WITH met AS (
            SELECT day, crane, from_kind = 'yard' AS gives, CASE WHEN gives THEN to_place ELSE from_place END AS truck,
                split_part(CASE WHEN gives THEN from_place ELSE to_place END, '-', 1) AS block,
                CASE WHEN gives THEN at_utc ELSE lifted_utc END AS met_utc
            FROM lifts WHERE {_within(since, until)}
                AND ((from_kind = 'yard' AND to_kind = 'truck') OR (from_kind = 'truck' AND to_kind = 'yard'))
        )
        SELECT met.day, block, gives, trips.arrives_utc, met_utc FROM met ASOF JOIN trips
            ON met.truck = trips.truck AND met.met_utc > trips.at_utc
        QUALIFY row_number() OVER (PARTITION BY met.truck, trips.at_utc ORDER BY met_utc) = 1
        ORDER BY trips.arrives_utc, block, met_utc
        """,
    )
    found: list[Seen] = []
    ends: dict[str, list[datetime]] = defaultdict(list)
    for day, block, gives, came, met in answer.rows:
        ends[block] = [end for end in ends[block] if end > came]
        took_s = (met - came).total_seconds()
        if SHORTEST_S < took_s < LONGEST_S:
            words = ("give" if gives else "take", block)
            found.append(Seen(day.isoformat(), block, words, (len(ends[block]), came.hour, came.weekday()), took_s))
        ends[block].append(met)
    return found, answer.notes


def truck_moves(folder: HistoryFolder, since: date, until: date) -> Read:
    """From when a truck is given a move until the move is done."""
    answer = ask(
        folder,
        "SELECT day, kind, queue, truck, containers, assigned_utc, at_utc FROM moves "
        f"WHERE assigned_utc IS NOT NULL AND {_within(since, until)} ORDER BY assigned_utc, move",
    )
    found: list[Seen] = []
    ends: list[datetime] = []
    for day, kind, queue, truck, containers, assigned, done in answer.rows:
        ends = [end for end in ends if end > assigned]
        took_s = (done - assigned).total_seconds()
        if SHORTEST_S < took_s < 4 * LONGEST_S:
            numbers = (containers, len(ends), assigned.hour, assigned.weekday())
            found.append(Seen(day.isoformat(), truck, (kind, queue), numbers, took_s))
        ends.append(done)
    return found, answer.notes


def _within(since: date, until: date) -> str:
    return f"day >= DATE '{since}' AND day < DATE '{until}'"


def _stays_over_its_bay(seen: Seen) -> bool:
    return not seen.numbers[0]


def _found_nobody_there(seen: Seen) -> bool:
    return not seen.numbers[0]


QUAY_CRANES = Subject(
    "quay-cranes",
    "a quay crane's cycle",
    quay_cycles,
    late_waits=False,
    steps=IN_A_ROW,
    may_tell=_stays_over_its_bay,
)
YARD_CRANES = Subject(
    "yard-cranes",
    "a yard crane's work with a truck at its block",
    yard_handovers,
    late_waits=True,
    may_tell=_found_nobody_there,
)
TRUCKS = Subject("trucks", "a truck's move, from its assignment to its end", truck_moves, late_waits=True)
