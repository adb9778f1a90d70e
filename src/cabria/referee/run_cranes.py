"""Where cranes are in a run: on their rails, in their order, no faster than they can, and never too near each other.

A crane moves evenly from where and when its travel begins to where and when it ends. The distance of two cranes is
therefore least where a travel of one of them begins or ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cabria.domain.calls import BAY_NUMBER_MM
from cabria.domain.layout import Layout, Runway
from cabria.domain.machines import Axis, YardCraneModel
from cabria.domain.run_events import CraneTravelled
from cabria.domain.terminal import QuayCrane
from cabria.referee.run_rules import GAP, KNOWN, TIME, TRAVEL, Notebook
from cabria.referee.run_service import Service


@dataclass(slots=True)
class Travel:
    """A crane's last travel, or where it stood at the start."""

    from_mm: int
    to_mm: int
    from_ms: int
    until_ms: int
    event: int = 0

    def at_mm(self, at_ms: int) -> float:
        if at_ms >= self.until_ms:
            return self.to_mm
        if at_ms <= self.from_ms:
            return self.from_mm
        return self.from_mm + (self.to_mm - self.from_mm) * (at_ms - self.from_ms) / (self.until_ms - self.from_ms)


@dataclass(frozen=True, slots=True)
class Rail:
    """Cranes that share rails, in their order, and how far apart two neighbours stay, middle to middle."""

    cranes: tuple[str, ...]
    apart_mm: int
    from_mm: int
    until_mm: int
    """How far the middle of a crane comes."""


@dataclass(frozen=True, slots=True)
class YardDrive:
    """How a yard crane travels, and where it belongs."""

    block: str
    gantry: Axis

    def least_ms(self, distance_mm: int) -> int:
        return self.gantry.travel_ms(distance_mm)


@dataclass(frozen=True, slots=True)
class QuayDrive:
    """How a quay crane travels."""

    crane: QuayCrane

    def least_ms(self, distance_mm: int) -> int:
        return -(-1_000 * distance_mm * self.crane.bay_travel_s // (4 * BAY_NUMBER_MM))


class Cranes:
    """Where every crane of a layout is. `travels` has the last travel of each."""

    def __init__(self, book: Notebook, service: Service, layout: Layout, model: YardCraneModel) -> None:
        self._book, self._service = book, service
        self.drives: dict[str, QuayDrive | YardDrive] = {}
        self.travels: dict[str, Travel] = {}
        self._rails: dict[str, Rail] = {}
        quay = sorted(layout.terminal.quay_cranes, key=lambda crane: crane.x_mm)
        for crane in quay:
            self._add(crane.id, crane.x_mm, QuayDrive(crane))
        apart_mm = 4 * (layout.terminal.crane_gap_bays + 1) * BAY_NUMBER_MM
        self._lay(Rail(tuple(crane.id for crane in quay), apart_mm, layout.rail.from_mm, layout.rail.until_mm))
        for runway in layout.runways:
            for place in runway.cranes:
                self._add(place.crane, place.at_mm, YardDrive(runway.block, model.gantry))
            self._lay(_rail_of(runway))

    def _add(self, name: str, at_mm: int, drive: QuayDrive | YardDrive) -> None:
        self.drives[name], self.travels[name] = drive, Travel(at_mm, at_mm, 0, 0)

    def _lay(self, rail: Rail) -> None:
        self._rails.update(dict.fromkeys(rail.cranes, rail))

    def travelled(self, event: CraneTravelled) -> None:
        """Judge a travel and believe it."""
        drive = self.drives.get(event.crane)
        if drive is None:
            self._book.broken(KNOWN, "There is no such crane.", event.crane)
            return
        self._service.works(event.crane, "travels")
        before = self.travels[event.crane]
        if event.at_ms < before.until_ms:
            self._book.broken(TRAVEL, "It sets out before its last travel is over.", event.crane)
        if event.from_mm != before.to_mm:
            text = f"It sets out at {event.from_mm:,} mm but stands at {before.to_mm:,} mm."
            self._book.broken(TRAVEL, text, event.crane)
        if event.until_ms < event.at_ms:
            self._book.broken(TIME, "Its travel ends before it begins.", event.crane)
        elif event.until_ms - event.at_ms < (least := drive.least_ms(abs(event.to_mm - event.from_mm))):
            text = f"It travels {abs(event.to_mm - event.from_mm):,} mm in {event.until_ms - event.at_ms} ms, "
            self._book.broken(TRAVEL, f"{text}for which it needs {least} ms.", event.crane)
        self._on_rail(event, drive)
        self._apart(event.crane, event.at_ms)
        travel = Travel(event.from_mm, event.to_mm, event.at_ms, event.until_ms, self._book.event)
        self.travels[event.crane] = travel

    def _on_rail(self, event: CraneTravelled, drive: QuayDrive | YardDrive) -> None:
        rail = self._rails[event.crane]
        is_on = rail.from_mm <= event.to_mm <= rail.until_mm
        if not (is_on and (isinstance(drive, YardDrive) or drive.crane.reaches(event.to_mm))):
            text = f"It goes to {event.to_mm:,} mm, off its rail from {rail.from_mm:,} to {rail.until_mm:,} mm."
            self._book.broken(TRAVEL, text, event.crane)

    def _apart(self, crane: str, until_ms: int | None) -> None:
        """Judge the distance of a crane to the others of its rail since one of the two last set out, up to a time.

        What is still to come is not judged before it has happened, as the other may set out by then.
        """
        rail, travel = self._rails[crane], self.travels[crane]
        here = rail.cranes.index(crane)
        for there, other in enumerate(rail.cranes):
            if there == here:
                continue
            theirs = self.travels[other]
            least_mm = abs(there - here) * rail.apart_mm
            side = 1 if there > here else -1
            for at_ms in _moments(travel, theirs, until_ms):
                apart_mm = side * (theirs.at_mm(at_ms) - travel.at_mm(at_ms))
                if apart_mm < least_mm - 1:
                    text = (
                        f"{crane} and {other} are {apart_mm:,.0f} mm apart in their order; they keep {least_mm:,} mm."
                    )
                    self._book.broken_at(GAP, max(travel.event, theirs.event), at_ms, text, crane)
                    break

    def over(self) -> None:
        """Judge the travels that are under way when the log ends."""
        for crane in self.travels:
            if crane in self._rails and self.travels[crane].event:
                self._apart(crane, None)

    def stands_at_mm(self, crane: str, at_ms: int) -> int | None:
        """Where a crane stands still; None while it travels."""
        travel = self.travels[crane]
        return travel.to_mm if at_ms >= travel.until_ms else None


def _moments(one: Travel, other: Travel, until_ms: int | None) -> Iterator[int]:
    """When two cranes may be nearest, since the later of them set out and up to a time; None is until both stand."""
    since_ms = max(one.from_ms, other.from_ms)
    last_ms = max(one.until_ms, other.until_ms) if until_ms is None else until_ms
    if since_ms < last_ms or until_ms is None:
        yield since_ms
        for at_ms in sorted({one.until_ms, other.until_ms}):
            if since_ms < at_ms < last_ms:
                yield at_ms
        yield last_ms


def _rail_of(runway: Runway) -> Rail:
    along = sorted(runway.cranes, key=lambda place: place.at_mm)
    half_mm = runway.crane_length_mm // 2
    return Rail(
        tuple(place.crane for place in along),
        runway.crane_length_mm + runway.gap_mm,
        runway.from_mm + half_mm,
        runway.until_mm - half_mm,
    )
