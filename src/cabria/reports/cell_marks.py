"""What is special about a box, in the few signs that fit into a cell, and in the words behind them."""

from __future__ import annotations

from dataclasses import dataclass

from cabria.domain.containers import Container
from cabria.reports.aboard import Part
from cabria.reports.wording import tonnes

RESTOW_SIGN = "\u21bb"


@dataclass(frozen=True, slots=True)
class CellMarks:
    """`signs` are letters: R reefer on plug, O out of gauge, E empty, 45 long, and the arrow of a restow."""

    signs: str
    imdg_class: str
    """Main class number for the diamond, "" for none; the gravest, that is the lowest, of several."""
    is_high_cube: bool


def cell_marks(container: Container, part: Part, restow_sign: str = RESTOW_SIGN) -> CellMarks:
    signs = (
        ("R", container.needs_plug),
        ("O", container.out_of_gauge is not None),
        ("E", not container.is_full),
        ("45", container.length_ft == 45),
        (restow_sign, part in (Part.LIFTED, Part.PUT_BACK)),
    )
    classes = sorted(goods.imdg_class for goods in container.dangerous)
    return CellMarks(
        signs="".join(sign for sign, holds in signs if holds),
        imdg_class=classes[0][:1] if classes else "",
        is_high_cube=container.size_type.is_high_cube,
    )


def size_in_words(container: Container) -> str:
    size = container.size_type
    height = " high cube" if size.is_high_cube else ""
    return f"{size.code} ({size.length_ft}'{height} {size.kind})"


def special_in_words(container: Container) -> str:
    """Reefer temperature, dangerous goods, overhang and emptiness, as a sheet prints them; "" for none."""
    parts = []
    if container.set_point_tenth_c is not None:
        parts.append(f"reefer {container.set_point_tenth_c / 10:+.1f} °C")
    parts += [f"IMO {goods.imdg_class} UN {goods.un_number:04}" for goods in container.dangerous]
    if (out := container.out_of_gauge) is not None:
        sides = ("front", out.front_mm), ("back", out.back_mm), ("port", out.port_mm), ("starboard", out.starboard_mm)
        overhang = [f"{side} {mm // 10} cm" for side, mm in (*sides, ("height", out.over_height_mm)) if mm]
        parts.append(" ".join(["out of gauge", *overhang]))
    if not container.is_full:
        parts.append("empty")
    return ", ".join(parts)


def box_in_words(container: Container) -> str:
    """Number, size, journey and mass in one line."""
    onward = f" → {container.onward_port}" if container.onward_port else ""
    mass = f"{tonnes(container.gross_mass_kg)} t{'' if container.mass_is_verified else ' not verified'}"
    line = f"{container.id} {size_in_words(container)} {container.pol} → {container.pod}{onward}, {mass}"
    special = special_in_words(container)
    return f"{line}\n{special}" if special else line
