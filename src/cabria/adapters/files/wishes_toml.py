"""wishes.toml: what a planner asks of the plan of a call, in a form he can write by hand.

Described in docs/reference/call-folder.md. Whether a wish can be met is not the reader's matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from cabria.adapters.files.documents import from_toml, text_like
from cabria.adapters.files.plan_json import read_slots, slots_bytes
from cabria.adapters.files.source_file import write_whole
from cabria.domain.containers import ContainerId, Port, is_container_number
from cabria.domain.errors import DataError
from cabria.domain.told import told
from cabria.domain.wishes import Cargo, ChangeBudget, Forbid, Pin, ShipPart, Wishes

FORMAT: Literal["cabria.wishes/1"] = "cabria.wishes/1"
EARLIER_PLAN = "earlier-plan.json"
MAX_BYTES = 4 * 1024 * 1024

Number = Annotated[str, text_like(r"^\S{1,40}\Z", "a container number")]
Part = Annotated[str, Meta(min_length=1, max_length=80)]
Words = Annotated[str, Meta(max_length=300)]
PortCode = Annotated[str, text_like(r"^([A-Z]{2}[A-Z0-9]{3})?\Z", "a port as UN/LOCODE, such as CNSHA")]


class PinTable(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`[[pin]]`: one box or several, and where."""

    to: Part
    box: Number | None = None
    boxes: Annotated[list[Number], Meta(max_length=20_000)] = []
    why: Words = ""
    by: Words | None = None


class ForbidTable(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`[[forbid]]`: a place, and for whom; nothing said is everybody."""

    place: Part
    box: Number | None = None
    pod: PortCode = ""
    operator: Annotated[str, Meta(max_length=20)] = ""
    length_ft: Annotated[int, Meta(ge=10, le=60)] | None = None
    reefers: bool = False
    dangerous: bool = False
    why: Words = ""
    by: Words | None = None


class BudgetTable(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`[budget]`: an earlier plan.json and how many of its boxes may change."""

    plan: Annotated[str, Meta(min_length=1, max_length=200)]
    changes: Annotated[int, Meta(ge=0, le=1_000_000)]
    why: Words = ""
    by: Words | None = None


class WishesDocument(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What wishes.toml says; `by` is who asks where a wish names nobody else."""

    format: Literal["cabria.wishes/1"]
    by: Words = ""
    pin: Annotated[list[PinTable], Meta(max_length=20_000)] = []
    forbid: Annotated[list[ForbidTable], Meta(max_length=20_000)] = []
    budget: BudgetTable | None = None


def read_wishes(path: Path | str, *, call_id: str) -> Wishes:
    """The wishes in a file; the plan its budget names is one of the call `call_id`. Raises DataError."""
    file = str(path)
    document = from_toml(Path(path), WishesDocument, what="A file of wishes", form=FORMAT, limit_bytes=MAX_BYTES)
    try:
        return Wishes(
            tuple(pin for number, table in enumerate(document.pin, 1) for pin in _pins(table, number, document.by)),
            tuple(_forbid(table, number, document.by) for number, table in enumerate(document.forbid, 1)),
            _budget(document.budget, Path(path), call_id, document.by) if document.budget else None,
        )
    except DataError as error:
        raise error.inside(file) from None


def keep_plan(path: Path | str, changes: int, *, call_id: str) -> ChangeBudget:
    """The budget of a re-plan: the slots of an earlier plan.json, and how many may change. Raises DataError."""
    return ChangeBudget(read_slots(path, call_id=call_id), changes, f"against {path}")


def write_wishes(wishes: Wishes, folder: Path, name: str, *, call_id: str) -> None:
    """Write wishes that `read_wishes` reads back; a budget's slots go to a plan beside it."""
    tables = [f"format = {_value(FORMAT)}", *map(_pin_table, wishes.pins), *map(_forbid_table, wishes.forbids)]
    if budget := wishes.budget:
        write_whole(folder / EARLIER_PLAN, slots_bytes(call_id, budget.earlier))
        said = {"plan": EARLIER_PLAN, "changes": budget.at_most, "why": budget.reason, "by": budget.by}
        tables.append(_table("[budget]", said))
    write_whole(folder / name, "\n".join(tables).encode())


def _pins(table: PinTable, number: int, by: str) -> Iterator[Pin]:
    boxes = [*([table.box] if table.box else []), *table.boxes]
    if not boxes:
        raise DataError(
            told("The pin names no box.", "pin-without-box"), place=f"pin {number}", remedy="Give it a box or boxes."
        )
    to = _part(table.to, f"pin {number}, to")
    if to.slot is not None and len(set(boxes)) > 1:
        problem = told(
            "{count} boxes cannot stand in the one slot {slot}.", "pins-in-one-slot", count=len(boxes), slot=to
        )
        raise DataError(problem, place=f"pin {number}, to", remedy="Pin each to its own, or name a stack or a bay.")
    for box in dict.fromkeys(boxes):
        yield Pin(_number(box), to, table.why, by if table.by is None else table.by)


def _forbid(table: ForbidTable, number: int, by: str) -> Forbid:
    cargo = Cargo(
        _number(table.box) if table.box else None,
        Port(table.pod) if table.pod else None,
        table.operator,
        table.length_ft,
        table.reefers,
        table.dangerous,
    )
    part = _part(table.place, f"forbid {number}, place")
    return Forbid(part, cargo, table.why, by if table.by is None else table.by)


def _number(text: str) -> ContainerId:
    """A container number is one however it is typed; other names stay as they are."""
    return ContainerId(text.upper() if is_container_number(text.upper()) else text)


def _part(text: str, place: str) -> ShipPart:
    try:
        return ShipPart.parse(text)
    except DataError as error:
        raise DataError(error.told, place=place, remedy=error.remedy) from None


def _budget(table: BudgetTable, file: Path, call_id: str, by: str) -> ChangeBudget:
    if Path(table.plan).is_absolute() or ".." in Path(table.plan).parts:
        problem = told("{file} lies outside the folder of the wishes.", "plan-outside-folder", file=repr(table.plan))
        raise DataError(problem, place="budget, plan", remedy="Copy the plan, or name it with --keep.")
    earlier = read_slots(file.parent / table.plan, call_id=call_id)
    return ChangeBudget(earlier, table.changes, table.why, by if table.by is None else table.by)


def _pin_table(pin: Pin) -> str:
    return _table("[[pin]]", {"box": pin.container, "to": str(pin.to), "why": pin.reason, "by": pin.by})


def _forbid_table(forbid: Forbid) -> str:
    cargo = forbid.cargo
    said = {
        "place": str(forbid.part),
        "box": cargo.container,
        "pod": cargo.pod,
        "operator": cargo.operator,
        "length_ft": cargo.length_ft,
        "reefers": cargo.reefers,
        "dangerous": cargo.dangerous,
        "why": forbid.reason,
        "by": forbid.by,
    }
    return _table("[[forbid]]", said)


def _table(head: str, said: Mapping[str, object]) -> str:
    """What is nothing is left out; a budget of 0 is something."""
    lines = [f"{key} = {_value(value)}" for key, value in said.items() if value or (value == 0 and value is not False)]
    return "\n".join(["", head, *lines, ""])


def _value(value: object) -> str:
    """Strings, numbers and truth values are written in TOML as in JSON."""
    return msgspec.json.encode(value).decode().replace("\x7f", "\\u007F")
