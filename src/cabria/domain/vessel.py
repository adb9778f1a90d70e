"""A vessel profile: which slots exist, what each takes, and how the ship answers to weight.

Lengths are millimetres, masses kilograms, moments kilogram-metres. `lcg` grows forward and `tcg` to starboard
from the profile's own origin (any, but one), `vcg` grows up from the keel. Every part that a source may not
know is optional and says None; the referee then says what it could not judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from cabria.domain.errors import DataError
from cabria.domain.positions import StowPosition
from cabria.domain.told import told


class Level(StrEnum):
    HOLD = "hold"
    DECK = "deck"


class End(StrEnum):
    """Which part of a cell a container takes: a 20 ft one end, anything longer both."""

    FORE = "fore"
    AFT = "aft"
    BOTH = "both"

    @property
    def halves(self) -> tuple[End, ...]:
        """The ends, one by one."""
        return (End.FORE, End.AFT) if self is End.BOTH else (self,)


class StackId(NamedTuple):
    """Names a vessel stack: the number of its bay (see `VesselBay`), its row and its level."""

    bay: int
    row: int
    level: Level


@dataclass(frozen=True, slots=True)
class Cell:
    """One tier of a stack: room for one 40 ft, or for a 20 ft at each end.

    `vcg_mm` is the height of a container's centre above the keel.
    """

    tier: int
    takes_20_fore: bool = True
    takes_20_aft: bool = True
    takes_40: bool = True
    takes_45: bool = False
    has_plug_fore: bool = False
    has_plug_aft: bool = False
    vcg_mm: int | None = None

    @property
    def plugs(self) -> int:
        return self.has_plug_fore + self.has_plug_aft


@dataclass(frozen=True, slots=True)
class VesselStack:
    """All tiers of one bay and row, in the hold or on deck, bottom first.

    `max_weight_20_kg` limits what stands at each end (20 ft boxes there + half of each 40 ft);
    `max_weight_40_kg` limits half of all 20 ft + all 40 ft. `max_height_mm` limits the sum of heights at each end.
    """

    row: int
    level: Level
    cells: tuple[Cell, ...]
    max_weight_20_kg: int | None = None
    max_weight_40_kg: int | None = None
    max_height_mm: int | None = None
    tcg_mm: int | None = None
    lcg_fore_mm: int | None = None
    lcg_mm: int | None = None
    lcg_aft_mm: int | None = None

    def __post_init__(self) -> None:
        tiers = [cell.tier for cell in self.cells]
        if not tiers:
            raise DataError(
                told("{level} row {row:02} has no cells.", "row-without-cells", level=self.level, row=self.row)
            )
        if tiers != sorted(set(tiers)):
            raise DataError(
                told(
                    "Tiers of {level} row {row:02} do not rise: {tiers}.",
                    "tiers-not-rising",
                    level=self.level,
                    row=self.row,
                    tiers=tiers,
                )
            )

    def lcg_at_mm(self, end: End) -> int | None:
        return {End.FORE: self.lcg_fore_mm, End.AFT: self.lcg_aft_mm, End.BOTH: self.lcg_mm}[end]


@dataclass(frozen=True, slots=True)
class VesselBay:
    """A transverse slice: two odd 20 ft bays and the even 40 ft bay over them, or one 20 ft bay alone.

    `fore` and `aft` are the numbers of the 20 ft bays, None where there is none. `number` is the even number of
    the pair, or the odd number of a single bay. Bays are numbered from the bow, so fore < aft.
    """

    number: int
    fore: int | None
    aft: int | None
    stacks: tuple[VesselStack, ...]

    def __post_init__(self) -> None:
        pair = (self.fore, self.aft)
        if self.number % 2:
            if self.number not in pair or None not in pair:
                raise DataError(
                    told("Single bay {bay:02} must be its own fore or aft bay.", "single-bay-ends", bay=self.number)
                )
        elif pair != (self.number - 1, self.number + 1):
            raise DataError(
                told(
                    "Bay {bay:02} must lie over bays {fore} and {aft}.",
                    "bay-ends",
                    bay=self.number,
                    fore=self.number - 1,
                    aft=self.number + 1,
                )
            )
        keys = [(stack.row, stack.level) for stack in self.stacks]
        if len(keys) != len(set(keys)):
            raise DataError(told("Bay {bay:02} has a stack twice.", "stack-twice", bay=self.number))

    def ends(self) -> Iterator[tuple[int, End]]:
        """Bay numbers a container's position may carry here, and the end each means."""
        if self.fore is not None:
            yield self.fore, End.FORE
        if self.aft is not None:
            yield self.aft, End.AFT
        if self.number % 2 == 0:
            yield self.number, End.BOTH


@dataclass(frozen=True, slots=True)
class HatchCover:
    """A lid: the hold stacks it closes and the deck stacks that stand on it (a stack may rest on two lids)."""

    id: str
    closes: tuple[StackId, ...]
    carries: tuple[StackId, ...]


@dataclass(frozen=True, slots=True)
class HydrostaticPoint:
    """The hull at one displacement; rows of a profile rise in displacement and are interpolated between."""

    displacement_kg: int
    km_mm: int | None = None
    """Transverse metacentre above the keel."""
    draught_mm: int | None = None
    lcb_mm: int | None = None
    """Longitudinal centre of buoyancy."""
    lcf_mm: int | None = None
    """Centre of flotation, about which the ship trims."""
    trim_moment_kg_m_per_cm: int | None = None
    min_lcg_mm: int | None = None
    max_lcg_mm: int | None = None


@dataclass(frozen=True, slots=True)
class Station:
    """A length of hull with its own weight, buoyancy and strength, listed from the bow.

    `buoyancy_kg` has one value per hydrostatic point. Shear at a station is the sum of weight minus buoyancy from
    the first station to this one, bending the sum of those differences times their distance (Larsen & Pacino 2021).
    `max_bending_kg_m` limits hogging or sagging, whichever the source states; None is no limit stated.
    """

    lcg_mm: int
    lightship_kg: int
    lightship_vcg_mm: int
    buoyancy_kg: tuple[int, ...] = ()
    min_shear_kg: int | None = None
    max_shear_kg: int | None = None
    min_bending_kg_m: int | None = None
    max_bending_kg_m: int | None = None


@dataclass(frozen=True, slots=True)
class Tank:
    """A tank of ballast water or fuel; what is in it belongs to the call, not to the profile."""

    id: str
    capacity_kg: int
    lcg_mm: int
    tcg_mm: int
    vcg_empty_mm: int
    vcg_full_mm: int

    def vcg_mm(self, content_kg: int) -> int:
        """Height of the content's centre, between the empty and the full value."""
        return self.vcg_empty_mm + (self.vcg_full_mm - self.vcg_empty_mm) * content_kg // max(1, self.capacity_kg)


@dataclass(frozen=True, slots=True)
class VesselLimits:
    """What the loading computer must find; None is no limit stated."""

    min_gm_mm: int | None = None
    max_trim_by_stern_mm: int | None = None
    max_trim_by_head_mm: int | None = None
    max_list_mdeg: int | None = None
    max_tcg_mm: int | None = None
    max_draught_mm: int | None = None
    max_displacement_kg: int | None = None
    max_lashing_kg_m: int | None = None
    """Cap of the surrogate lashing moment of a deck stack: sum of mass times height over the stack's base."""


@dataclass(frozen=True, slots=True)
class Bridge:
    """From where the sea ahead must be seen (SOLAS V/22), and the foremost point of the ship."""

    lcg_mm: int
    eye_vcg_mm: int
    bow_lcg_mm: int

    def __post_init__(self) -> None:
        if self.bow_lcg_mm <= self.lcg_mm:
            raise DataError(told("The bridge must lie abaft the bow.", "bridge-before-bow"))


class Place(NamedTuple):
    """Where a stow position lies in a profile."""

    bay: VesselBay
    stack: VesselStack
    level_index: int
    """Index of the cell in the stack, 0 at the bottom."""
    end: End

    @property
    def cell(self) -> Cell:
        return self.stack.cells[self.level_index]

    @property
    def stack_id(self) -> StackId:
        return StackId(self.bay.number, self.stack.row, self.stack.level)


@dataclass(frozen=True)
class VesselProfile:
    """A ship as stowage sees it. Bays from the bow; see the module for units."""

    name: str
    bays: tuple[VesselBay, ...]
    hatch_covers: tuple[HatchCover, ...] = ()
    hydrostatics: tuple[HydrostaticPoint, ...] = ()
    stations: tuple[Station, ...] = ()
    tanks: tuple[Tank, ...] = ()
    limits: VesselLimits = field(default_factory=VesselLimits)
    imo: str = ""
    call_sign: str = ""
    length_mm: int | None = None
    """Between perpendiculars."""
    beam_mm: int | None = None
    bridge: Bridge | None = None
    source: str = ""
    """Where the profile comes from, in a sentence."""

    def __post_init__(self) -> None:
        if not self.bays:
            raise DataError(
                told("Vessel profile {vessel} has no bays.", "profile-without-bays", vessel=repr(self.name))
            )
        _refuse_overlapping_bays(self.bays)
        stacks = self.stack_by_id
        for lid in self.hatch_covers:
            for stack_id in (*lid.closes, *lid.carries):
                if stack_id not in stacks:
                    bay, row, level = stack_id
                    raise DataError(
                        told(
                            "Hatch cover {lid} names row {row:02} of bay {bay:02}, {level}, which is not there.",
                            "lid-of-no-row",
                            lid=lid.id,
                            row=row,
                            bay=bay,
                            level=level,
                        )
                    )
        displacements = [point.displacement_kg for point in self.hydrostatics]
        if displacements != sorted(set(displacements)):
            raise DataError(told("Hydrostatic points do not rise in displacement.", "hydrostatics-not-rising"))
        for number, station in enumerate(self.stations, 1):
            if station.buoyancy_kg and len(station.buoyancy_kg) != len(self.hydrostatics):
                raise DataError(
                    told(
                        "Station {station} has {count} buoyancies for {points} hydrostatic points.",
                        "buoyancies-differ",
                        station=number,
                        count=len(station.buoyancy_kg),
                        points=len(self.hydrostatics),
                    )
                )

    @cached_property
    def stack_by_id(self) -> Mapping[StackId, VesselStack]:
        return {StackId(bay.number, s.row, s.level): s for bay in self.bays for s in bay.stacks}

    @cached_property
    def _places(self) -> Mapping[tuple[int, int, int], Place]:
        return {
            (number, stack.row, cell.tier): Place(bay, stack, index, end)
            for bay in self.bays
            for stack in bay.stacks
            for index, cell in enumerate(stack.cells)
            for number, end in bay.ends()
        }

    def place(self, position: StowPosition) -> Place | None:
        """Where the position lies, or None outside the profile; whether the cell takes the box is asked of the cell."""
        return self._places.get((position.bay, position.row, position.tier))

    def has_cell_for(self, length_ft: int, *, with_plug: bool) -> bool:
        """Whether any cell takes a container of this length, at a plug if need be."""
        taken = 20 if length_ft <= 20 else 45 if length_ft > 40 else 40
        return (taken, with_plug) in self._taken

    @cached_property
    def _taken(self) -> frozenset[tuple[int, bool]]:
        """Lengths that some cell takes, and those that some cell takes at a plug."""
        taken = {
            (length_ft, with_plug)
            for bay in self.bays
            for stack in bay.stacks
            for cell in stack.cells
            for length_ft, takes, has_plug in (
                (20, bay.fore is not None and cell.takes_20_fore, cell.has_plug_fore),
                (20, bay.aft is not None and cell.takes_20_aft, cell.has_plug_aft),
                (40, bay.number % 2 == 0 and cell.takes_40, cell.plugs > 0),
                (45, bay.number % 2 == 0 and cell.takes_45, cell.plugs > 0),
            )
            if takes
            for with_plug in ((False, True) if has_plug else (False,))
        }
        return frozenset(taken)

    @cached_property
    def lids_over(self) -> Mapping[StackId, tuple[HatchCover, ...]]:
        """For each hold stack the lids that close it."""
        return _lids_by_stack(self.hatch_covers, lambda lid: lid.closes)

    @cached_property
    def lids_under(self) -> Mapping[StackId, tuple[HatchCover, ...]]:
        """For each deck stack the lids it stands on."""
        return _lids_by_stack(self.hatch_covers, lambda lid: lid.carries)

    @property
    def lightship_kg(self) -> int:
        return sum(station.lightship_kg for station in self.stations)

    @cached_property
    def capacity_teu(self) -> int:
        """Largest number of TEU the cells take: two for a 40 ft cell, else one for each 20 ft end."""
        return sum(
            max(2 * cell.takes_40, cell.takes_20_fore + cell.takes_20_aft)
            for bay in self.bays
            for stack in bay.stacks
            for cell in stack.cells
        )

    @cached_property
    def plugs(self) -> int:
        return sum(cell.plugs for bay in self.bays for stack in bay.stacks for cell in stack.cells)


def _lids_by_stack(
    lids: tuple[HatchCover, ...], side: Callable[[HatchCover], tuple[StackId, ...]]
) -> Mapping[StackId, tuple[HatchCover, ...]]:
    found: dict[StackId, tuple[HatchCover, ...]] = {}
    for lid in lids:
        for stack_id in side(lid):
            found[stack_id] = (*found.get(stack_id, ()), lid)
    return found


def _refuse_overlapping_bays(bays: tuple[VesselBay, ...]) -> None:
    """A slot may belong to one bay only; deck and hold of a number may be paired differently."""
    seen: set[tuple[int, int, int]] = set()
    for bay in bays:
        for stack in bay.stacks:
            for cell in stack.cells:
                for number, _ in bay.ends():
                    slot = (number, stack.row, cell.tier)
                    if slot in seen:
                        raise DataError(
                            told(
                                "Slot {slot} occurs twice in the profile.",
                                "profile-slot-twice",
                                slot=StowPosition(*slot),
                            )
                        )
                    seen.add(slot)
