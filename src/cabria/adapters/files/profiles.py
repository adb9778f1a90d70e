"""Any vessel profile from a file, whatever its format, and a page of text about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from cabria.adapters.files.documents import decoded
from cabria.adapters.files.larsen_pacino import read_vessel
from cabria.adapters.files.profile_json import MAX_BYTES, read_profile
from cabria.adapters.files.source_file import read_bytes
from cabria.adapters.files.staf import read_staf
from cabria.domain.errors import DataError
from cabria.domain.told import told
from cabria.domain.vessel import Level, VesselProfile


def load_profile(path: Path | str, *, name: str = "") -> VesselProfile:
    """A profile in Cabria's JSON, in STAF text or of the Larsen-Pacino benchmark, told by how the file begins.

    `name` names a ship whose file does not. Raises DataError.
    """
    start = read_bytes(path, limit_bytes=MAX_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"{"):
        return read_profile(path)
    if start.startswith(b"# Ship:"):
        return read_vessel(path, name=name)
    if start.startswith(b"*"):
        return read_staf(path, name=name)
    raise DataError(
        told("This is no vessel profile that Cabria knows.", "no-profile-known"),
        file=str(path),
        remedy="It reads its own JSON, STAF text (*SHIP ...) and vessels of the Larsen-Pacino benchmark (# Ship: ...).",
    )


class _Named(msgspec.Struct):
    name: str


def vessel_name(path: Path) -> str:
    """The name in a profile; one in Cabria's JSON is not read beyond that. Raises DataError."""
    start = read_bytes(path, limit_bytes=MAX_BYTES)
    if not start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return load_profile(path).name
    return decoded(start, _Named, file=str(path), what="A vessel profile").name


def describe(profile: VesselProfile) -> str:
    """What the profile says, as a page of text: figures, what is missing, and the rows at each tier seen from
    starboard, bow to the right.
    """
    facts = [*_cells(profile), *_hull(profile), *_limits(profile)]
    width = max(len(label) for label, _ in facts)
    lines = [profile.name, *(f"  {label:<{width}}  {value}" for label, value in facts)]
    return "\n".join([*lines, "", "Rows at each tier, seen from starboard, bow to the right:", *_side_view(profile)])


Facts = Iterator[tuple[str, str]]


def _cells(profile: VesselProfile) -> Facts:
    stacks = [stack for bay in profile.bays for stack in bay.stacks]
    cells = [cell for stack in stacks for cell in stack.cells]
    plugs = Counter[Level]()
    for stack in stacks:
        plugs[stack.level] += sum(cell.plugs for cell in stack.cells)
    identity = [text for text in (profile.imo and f"IMO {profile.imo}", profile.call_sign) if text]
    yield "identity", ", ".join(identity) or "not given"
    yield "source", profile.source or "not given"
    yield "capacity", f"{profile.capacity_teu:,} TEU"
    yield (
        "cells",
        (
            f"{sum(cell.takes_40 for cell in cells):,} of 40 ft ({sum(cell.takes_45 for cell in cells):,} also 45 ft), "
            f"{sum(not cell.takes_40 for cell in cells):,} of 20 ft only, "
            f"{sum(not (cell.takes_20_fore or cell.takes_20_aft) for cell in cells):,} of 40 ft only"
        ),
    )
    yield "plugs", f"{profile.plugs:,}: {plugs[Level.DECK]:,} on deck, {plugs[Level.HOLD]:,} in the hold"
    deck_rows, hold_rows = (
        len({stack.row for stack in stacks if stack.level is level}) for level in (Level.DECK, Level.HOLD)
    )
    yield "bays", f"{len(profile.bays)}, with up to {deck_rows} rows on deck and {hold_rows} in the hold"
    yield "hatch covers", f"{len(profile.hatch_covers)}" if profile.hatch_covers else "not given"


def _hull(profile: VesselProfile) -> Facts:
    size = [
        f"{value / 1000:g} m {label}"
        for value, label in ((profile.length_mm, "between perpendiculars"), (profile.beam_mm, "beam"))
        if value is not None
    ]
    yield "hull", ", ".join(size) or "not given"
    points = profile.hydrostatics
    if points:
        said = [
            label
            for label, name in (("draught", "draught_mm"), ("KM", "km_mm"), ("LCB", "lcb_mm"), ("LCF", "lcf_mm"),
                                ("trim moment", "trim_moment_kg_m_per_cm"), ("LCG limits", "min_lcg_mm"))
            if all(getattr(point, name) is not None for point in points)
        ]  # fmt: skip
        low, high = (points[end].displacement_kg / 1000 for end in (0, -1))
        yield "hydrostatics", f"{len(points)} points from {low:,.0f} to {high:,.0f} t: {', '.join(said)}"
    else:
        yield "hydrostatics", "not given: GM, trim and draught will not be judged"
    if profile.stations:
        yield "stations", f"{len(profile.stations)}, lightship {profile.lightship_kg / 1000:,.0f} t"
    else:
        yield "stations", "not given: shear and bending will not be judged"
    tanks = sum(tank.capacity_kg for tank in profile.tanks) / 1000
    yield "tanks", f"{len(profile.tanks)} for {tanks:,.0f} t" if profile.tanks else "not given"


LIMITS = (
    ("smallest GM", "min_gm_mm", 1000, "m"),
    ("largest trim by the stern", "max_trim_by_stern_mm", 1000, "m"),
    ("largest trim by the head", "max_trim_by_head_mm", 1000, "m"),
    ("largest list", "max_list_mdeg", 1000, "degrees"),
    ("transverse centre within", "max_tcg_mm", 1000, "m"),
    ("largest draught", "max_draught_mm", 1000, "m"),
    ("largest displacement", "max_displacement_kg", 1000, "t"),
    ("lashing surrogate of a deck stack", "max_lashing_kg_m", 1000, "t m"),
)


def _limits(profile: VesselProfile) -> Facts:
    given = False
    for label, name, scale, unit in LIMITS:
        if (value := getattr(profile.limits, name)) is not None:
            given = True
            yield label, f"{value / scale:,.10g} {unit}"
    if not given:
        yield "limits", "not given"


def _side_view(profile: VesselProfile) -> Iterator[str]:
    """A line for each tier from the top and a column for each bay; the number says how many rows have a cell there."""
    bays = profile.bays[::-1]
    rows = Counter((stack.level, cell.tier, bay.number) for bay in bays for stack in bay.stacks for cell in stack.cells)
    for level in (Level.DECK, Level.HOLD):
        for tier in sorted({tier for found, tier, _ in rows if found is level}, reverse=True):
            counts = (rows[level, tier, bay.number] for bay in bays)
            yield f"  {tier:02} " + "".join(f"{count:>3}" if count else "  ." for count in counts)
        if level is Level.DECK:
            yield "     " + "---" * len(bays)
    yield " bay " + "".join(f"{bay.number:>3}" for bay in bays)
