"""Vessel profiles in Cabria's own JSON, version 1. `docs/reference/vessel-profile.md` explains every field.

The document follows `cabria.domain.vessel` field by field; a field that says nothing is left out. Only cells are
written short, as rows of tier, what they take, and the height of a container's centre:

    [82, "20F 20A 40 45 PA", 33871]

20F and 20A are a 20 ft at the fore and aft end, 40 and 45 the long boxes, PF and PA a plug at either end. Reading what
was written gives an equal profile. Unknown fields are refused, so that a misspelt limit is not silently no limit.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from cabria.adapters.files.documents import decoded, text_like
from cabria.adapters.files.source_file import read_bytes, write_whole
from cabria.domain.errors import DataError
from cabria.domain.vessel import (
    Bridge,
    Cell,
    HatchCover,
    HydrostaticPoint,
    Level,
    StackId,
    Station,
    Tank,
    VesselBay,
    VesselLimits,
    VesselProfile,
    VesselStack,
)

FORMAT = "cabria.profile/1"
MAX_BYTES = 10_000_000

Amount = Annotated[int, Meta(ge=-(10**15), le=10**15)]
Positive = Annotated[int, Meta(ge=0, le=10**15)]
Number = Annotated[int, Meta(ge=0, le=999)]
TwoDigits = Annotated[int, Meta(ge=0, le=99)]
Text = Annotated[str, Meta(max_length=2_000)]
Takes = Annotated[str, text_like(r"^((20F|20A|40|45|PF|PA)( |$))*$", "words among 20F 20A 40 45 PF PA", max_length=20)]


class _Part(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True):
    """What all parts of the document share."""


class CellRow(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """[tier, what the cell takes, height of a container's centre above the keel in mm or null]."""

    tier: TwoDigits
    takes: Takes
    vcg_mm: Amount | None = None


class StackPart(_Part):
    """One row of a bay, in the hold or on deck; cells bottom first."""

    row: TwoDigits
    level: Level
    cells: Annotated[list[CellRow], Meta(min_length=1, max_length=50)]
    max_weight_20_kg: Positive | None = None
    max_weight_40_kg: Positive | None = None
    max_height_mm: Positive | None = None
    tcg_mm: Amount | None = None
    lcg_fore_mm: Amount | None = None
    lcg_mm: Amount | None = None
    lcg_aft_mm: Amount | None = None


class BayPart(_Part, kw_only=True):
    """A pair of 20 ft bays with the 40 ft bay over them, or a 20 ft bay alone."""

    number: Number
    fore: Number | None = None
    aft: Number | None = None
    stacks: list[StackPart]


class HatchCoverPart(_Part):
    """A lid; stacks are named [bay, row, level]."""

    id: Text
    closes: list[StackId]
    carries: list[StackId]


class HydrostaticPart(_Part):
    """The hull at one displacement."""

    displacement_kg: Positive
    km_mm: Amount | None = None
    draught_mm: Amount | None = None
    lcb_mm: Amount | None = None
    lcf_mm: Amount | None = None
    trim_moment_kg_m_per_cm: Amount | None = None
    min_lcg_mm: Amount | None = None
    max_lcg_mm: Amount | None = None


class StationPart(_Part):
    """A length of hull, from the bow; one buoyancy for each hydrostatic point."""

    lcg_mm: Amount
    lightship_kg: Positive
    lightship_vcg_mm: Amount
    buoyancy_kg: list[Amount] = []
    min_shear_kg: Amount | None = None
    max_shear_kg: Amount | None = None
    min_bending_kg_m: Amount | None = None
    max_bending_kg_m: Amount | None = None


class TankPart(_Part):
    """A tank; what is in it belongs to the call."""

    id: Text
    capacity_kg: Positive
    lcg_mm: Amount
    tcg_mm: Amount
    vcg_empty_mm: Amount
    vcg_full_mm: Amount


class LimitsPart(_Part):
    """What the loading computer must find."""

    min_gm_mm: Amount | None = None
    max_trim_by_stern_mm: Amount | None = None
    max_trim_by_head_mm: Amount | None = None
    max_list_mdeg: Amount | None = None
    max_tcg_mm: Amount | None = None
    max_draught_mm: Amount | None = None
    max_displacement_kg: Positive | None = None
    max_lashing_kg_m: Positive | None = None


class BridgePart(_Part):
    """From where the sea ahead must be seen, and the foremost point of the ship."""

    lcg_mm: Amount
    eye_vcg_mm: Amount
    bow_lcg_mm: Amount


class VesselProfileDocument(_Part, kw_only=True):
    """A vessel profile. Lengths are millimetres, masses kilograms, moments kilogram-metres."""

    format: Literal["cabria.profile/1"]
    name: Text
    imo: Text = ""
    call_sign: Text = ""
    length_mm: Positive | None = None
    beam_mm: Positive | None = None
    bridge: BridgePart | None = None
    source: Text = ""
    limits: LimitsPart | None = None
    bays: Annotated[list[BayPart], Meta(min_length=1, max_length=200)]
    hatch_covers: list[HatchCoverPart] = []
    hydrostatics: list[HydrostaticPart] = []
    stations: list[StationPart] = []
    tanks: list[TankPart] = []


def read_profile(path: Path | str) -> VesselProfile:
    """The profile in a JSON file. Raises DataError that names the file and the place in it."""
    return parse_profile(read_bytes(path, limit_bytes=MAX_BYTES), file=str(path))


def parse_profile(content: bytes, *, file: str) -> VesselProfile:
    """The profile in the bytes of a JSON file. Raises DataError."""
    document = decoded(content, VesselProfileDocument, file=file, what="A vessel profile", form=FORMAT)
    try:
        return _profile(document)
    except DataError as error:
        raise error.inside(file) from None


def write_profile(profile: VesselProfile, path: Path | str) -> None:
    """Write the profile's JSON file whole or not at all. Raises DataError."""
    write_whole(path, profile_bytes(profile))


def profile_bytes(profile: VesselProfile) -> bytes:
    """The profile's JSON file, one stack, lid, point, station or tank a line; equal profiles give equal bytes."""
    return (_laid_out(msgspec.to_builtins(_document(profile)), "") + "\n").encode()


def profile_schema() -> dict[str, Any]:
    """The JSON schema of the format (2020-12), as kept in docs/reference/vessel-profile.schema.json."""
    schema = msgspec.json.schema(VesselProfileDocument)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Cabria vessel profile", **schema}


def _profile(document: VesselProfileDocument) -> VesselProfile:
    parts = msgspec.structs.asdict(document)
    del parts["format"]
    return VesselProfile(
        **{
            **parts,
            "bays": tuple(_bay(part) for part in document.bays),
            "hatch_covers": tuple(
                HatchCover(part.id, tuple(part.closes), tuple(part.carries)) for part in document.hatch_covers
            ),
            "hydrostatics": tuple(HydrostaticPoint(**msgspec.structs.asdict(part)) for part in document.hydrostatics),
            "stations": tuple(
                Station(**{**msgspec.structs.asdict(part), "buoyancy_kg": tuple(part.buoyancy_kg)})
                for part in document.stations
            ),
            "tanks": tuple(Tank(**msgspec.structs.asdict(part)) for part in document.tanks),
            "bridge": Bridge(**msgspec.structs.asdict(document.bridge)) if document.bridge else None,
            "limits": VesselLimits(**msgspec.structs.asdict(document.limits or LimitsPart())),
        }
    )


def _bay(part: BayPart) -> VesselBay:
    try:
        return VesselBay(part.number, part.fore, part.aft, tuple(_stack(stack) for stack in part.stacks))
    except DataError as error:
        raise DataError(error.told, place=f"bay {part.number:02}") from None


def _stack(part: StackPart) -> VesselStack:
    return VesselStack(**{**msgspec.structs.asdict(part), "cells": tuple(_cell(row) for row in part.cells)})


def _cell(row: CellRow) -> Cell:
    takes = row.takes.split()
    return Cell(row.tier, "20F" in takes, "20A" in takes, "40" in takes, "45" in takes, "PF" in takes, "PA" in takes,
                row.vcg_mm)  # fmt: skip


def _cell_row(cell: Cell) -> CellRow:
    takes = {
        "20F": cell.takes_20_fore,
        "20A": cell.takes_20_aft,
        "40": cell.takes_40,
        "45": cell.takes_45,
        "PF": cell.has_plug_fore,
        "PA": cell.has_plug_aft,
    }
    return CellRow(cell.tier, " ".join(word for word, is_true in takes.items() if is_true), cell.vcg_mm)


def _document(profile: VesselProfile) -> VesselProfileDocument:
    def part(kind: type[_Part], thing: object, **changed: object) -> Any:
        names = (name for name in kind.__struct_fields__ if name not in changed)
        return kind(**{name: getattr(thing, name) for name in names}, **changed)

    def stack_part(stack: VesselStack) -> StackPart:
        made: StackPart = part(StackPart, stack, cells=[_cell_row(cell) for cell in stack.cells])
        return made

    document: VesselProfileDocument = part(
        VesselProfileDocument,
        profile,
        format=FORMAT,
        bays=[part(BayPart, bay, stacks=[stack_part(stack) for stack in bay.stacks]) for bay in profile.bays],
        hatch_covers=[
            part(HatchCoverPart, lid, closes=list(lid.closes), carries=list(lid.carries))
            for lid in profile.hatch_covers
        ],
        hydrostatics=[part(HydrostaticPart, point) for point in profile.hydrostatics],
        stations=[part(StationPart, station, buoyancy_kg=list(station.buoyancy_kg)) for station in profile.stations],
        tanks=[part(TankPart, tank) for tank in profile.tanks],
        bridge=part(BridgePart, profile.bridge) if profile.bridge else None,
        limits=None if profile.limits == VesselLimits() else part(LimitsPart, profile.limits),
    )
    return document


def _laid_out(value: Any, margin: str) -> str:
    """JSON in which whatever holds a list of objects is spread over lines and everything else stands on one."""
    inner = margin + " "
    if isinstance(value, dict) and any(_is_table(item) for item in value.values()):
        fields = (f"{inner}{json.dumps(key)}: {_laid_out(item, inner)}" for key, item in value.items())
        return "{\n" + ",\n".join(fields) + f"\n{margin}}}"
    if _is_table(value):
        return "[\n" + ",\n".join(inner + _laid_out(item, inner) for item in value) + f"\n{margin}]"
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


if __name__ == "__main__":  # writes the handbook's schema
    print(json.dumps(profile_schema(), indent=1))
