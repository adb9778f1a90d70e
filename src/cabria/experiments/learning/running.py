"""Tells a running terminal when boxes leave and how busy blocks are, while the last cards of its history say that this
is worth something.

What is told is a command of the terminal's journal, with its reason; the terminal chooses slots with it in mind
(`operations/learned.py`). Of boxes that ships bring it is known what they are and whether they go on by ship; of
those that road trucks bring, that they go by ship some day.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cabria.adapters.history.folder import HistoryFolder
from cabria.adapters.history.ledger import LEDGER
from cabria.adapters.history.reading import Facts, facts_of_discharges
from cabria.adapters.history.stays import MONDAY
from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.errors import TerminalError
from cabria.domain.gate_visits import OVER
from cabria.domain.positions import YardPosition
from cabria.domain.run_events import OnTruck
from cabria.experiments.learning import blocks, cards
from cabria.experiments.learning.departures import SUBJECT, Card, again
from cabria.operations.learned import Foretold
from cabria.operations.records import Command
from cabria.operations.running import Picture, Refused, RunningTerminal
from cabria.planning.yard.forecast.problem import YardVisit
from cabria.planning.yard.forecast.solve import USUAL, Forecaster, Params

log = logging.getLogger(__name__)
LOOK_S = 10.0
ASKED_S = 60.0
BY = "history"
_MONDAY_MS = (MONDAY - datetime(1970, 1, 1)) // timedelta(milliseconds=1)  # noqa: DTZ001 - UTC without saying so


class Foreteller:
    """A context manager with a thread of its own: it looks for new cards and new ships. What goes wrong is logged and
    tried again; the terminal goes on by the plain rules."""

    def __init__(self, history: Path, terminal: RunningTerminal, *, params: Params = USUAL) -> None:
        self._history, self._terminal, self._params = history, terminal, params
        self._card: Card | None = None
        self._forecaster: Forecaster | None = None
        self._foretold: set[str] = set()
        self._come: set[ContainerId] = set()
        self._weighed: tuple[Mapping[str, int], str] | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="foreteller", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join(ASKED_S)

    def _run(self) -> None:
        while True:
            try:
                self.look()
            except (TerminalError, OSError, ValueError, LookupError, TimeoutError):
                log.exception("What the history taught could not be told; it is tried again.")
            if self._ended.wait(LOOK_S):
                return

    def look(self) -> None:
        """Tell what is new, if anything is. Raises DataError for a history or a card that cannot be read."""
        self._look_at_blocks()
        self._look_at_departures()

    def _look_at_blocks(self) -> None:
        """At first also that all count alike, and why."""
        told, reason = blocks.in_force(self._history)
        terminal = self._terminal.layout.terminal
        found = {block: ms for block, ms in told.items() if terminal.block(block) is not None}, reason
        if found != self._weighed:
            self._ask("weigh_blocks", *found)
            log.info("Blocks: %s", reason)
            self._weighed = found

    def _look_at_departures(self) -> None:
        card = cards.last(self._history, SUBJECT, Card) if (self._history / LEDGER).exists() else None
        if card != self._card:
            self._take(card)
        if self._forecaster is None or card is None:
            return
        picture = self._terminal.standing()
        for name in sorted(picture.calls.keys() - self._foretold):
            if departures := self._departures(self._forecaster, picture.calls[name].call, picture):
                self._tell(departures, f"{len(departures):,} boxes of {name} by model {card.version}. {card.reason}")
            self._foretold.add(name)
        self._look_at_gate(self._forecaster, picture, card)

    def _look_at_gate(self, forecaster: Forecaster, picture: Picture, card: Card) -> None:
        """Boxes on road trucks that have come, or were booked, since the last time. A place is kept for a box as its
        truck comes in: of one that was not booked nothing is foretold by then, only while it stands."""
        now_ms = self._terminal.now_ms
        brought = {
            visit.brings.container: max(now_ms, visit.appointment.from_ms if visit.appointment else 0)
            for visit in picture.visits.values()
            if visit.brings is not None and visit.state not in OVER
        }
        if come := brought.keys() - self._come:
            told = self._distributions(
                forecaster, {box: self._visit(Facts(), brought[box], "truck") for box in sorted(come)}
            )
            self._tell(told, f"{len(told):,} boxes by road by model {card.version}. {card.reason}")
        self._come = set(brought)

    def _take(self, card: Card | None) -> None:
        """A new card: its model, or none and why."""
        has_told = bool(self._foretold or self._come)
        self._foretold.clear()
        self._come = set()
        self._forecaster = None
        if card is not None and card.is_used:
            self._forecaster = again(HistoryFolder(self._history), card, self._params)
        elif has_told and card is not None:
            self._tell({}, card.reason)
        if card is not None:
            log.info("Departures, model %s: %s", card.version, card.reason)
        self._card = card

    def _departures(self, forecaster: Forecaster, call: VesselCall, picture: Picture) -> dict[ContainerId, Foretold]:
        """Of the boxes that she brings and that are not ashore yet."""
        ashore = (YardPosition, OnTruck)
        visits = {
            ContainerId(box): self._visit(each, self._terminal.now_ms, "vessel")
            for box, each in facts_of_discharges(call).items()
            if not isinstance(picture.boxes.get(ContainerId(box)), ashore)
        }
        return self._distributions(forecaster, visits)

    def _distributions(
        self, forecaster: Forecaster, visits: Mapping[ContainerId, YardVisit]
    ) -> dict[ContainerId, Foretold]:
        """In milliseconds of the terminal."""
        zero_ms = self._terminal.zero_utc_ms
        return {
            box: tuple(round(1_000 * at_s) + _MONDAY_MS - zero_ms for at_s in departure.points_s[1::2])
            for box, departure in zip(visits, forecaster.distributions(list(visits.values())), strict=True)
        }

    def _visit(self, facts: Facts, at_ms: int, comes_by: str) -> YardVisit:
        """What comes by road goes by ship."""
        return YardVisit(
            (self._terminal.zero_utc_ms + at_ms - _MONDAY_MS) // 1_000,
            None,
            facts.length_ft,
            facts.mass_kg,
            facts.kind,
            comes_by,
            "vessel" if comes_by == "truck" or facts.goes_on else "truck",
            facts.line,
            facts.service,
            facts.port,
        )

    def _tell(self, departures: dict[ContainerId, Foretold], reason: str) -> None:
        self._ask("foretell", departures, reason)

    def _ask(self, verb: str, *told: Any) -> None:
        answer = self._terminal.ask(Command(verb, told), by=BY).result(ASKED_S)
        if isinstance(answer, Refused):
            raise TerminalError(f"What the history taught was refused: {answer.reason}")
