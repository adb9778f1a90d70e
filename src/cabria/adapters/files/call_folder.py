"""A call folder: the files from which a loading plan is made, as a real terminal would deliver them.

`call.toml` says what the call is and names the other files; docs/reference/call-folder.md describes them all. What
contradicts itself is refused in a sentence that names file and place; what is only odd becomes a finding of the call.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from cabria.adapters import edi
from cabria.adapters.files.call_checks import (
    against_discharge_list,
    against_rotation,
    against_yard,
    enough_plugs,
    refuse_bad_slots,
    refuse_other_ship,
    voyage_differs,
)
from cabria.adapters.files.documents import converted, read_toml, text_like
from cabria.adapters.files.later_ports import read_later_loads, write_later_loads
from cabria.adapters.files.load_tables import (
    ListedBox,
    read_discharge_table,
    read_holds,
    read_late,
    read_load_table,
)
from cabria.adapters.files.profile_json import write_profile
from cabria.adapters.files.profiles import load_profile
from cabria.adapters.files.source_file import write_whole
from cabria.adapters.files.terminal_json import read_terminal, write_terminal
from cabria.adapters.files.whole_folder import whole_folder
from cabria.adapters.files.wishes_toml import read_wishes, write_wishes
from cabria.adapters.files.yard_csv import read_yard, write_yard
from cabria.adapters.no_collector import without_collector
from cabria.domain.calls import CallSettings, SlotInstruction, VesselCall, preset_named
from cabria.domain.containers import Container, ContainerId, Port, SizeType
from cabria.domain.errors import DataError
from cabria.domain.findings import Cause, Finding, Severity
from cabria.domain.messages import BayPlanMessage, Breakbulk, Direction, LoadListMessage, MessageHeader
from cabria.domain.stowage import BayPlan, Stowed
from cabria.domain.told import Told, told
from cabria.domain.vessel import VesselProfile
from cabria.domain.wishes import Wishes
from cabria.domain.yard import YardInventory

FORMAT = "cabria.call/1"
CALL_FILE = "call.toml"
MAX_BYTES = 1024 * 1024
NOT_IN_YARD = "not in the yard"
NO_POD = "no port of discharge"
FOR_THIS_PORT = "bound for this port"
A_TIME = "a time such as 2026-03-02T06:00"

PortCode = Annotated[str, text_like(r"^[A-Z]{2}[A-Z0-9]{3}\Z", "a port as UN/LOCODE, such as CNSHA")]
FileName = Annotated[str, Meta(min_length=1, max_length=200)]
Minutes = Annotated[float, Meta(ge=0, le=1e6)]
Kilograms = Annotated[int, Meta(ge=0, le=1_000_000)]


class FilesPart(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Names of files in the folder; "" for the optional ones means that there is none."""

    profile: FileName
    arrival: FileName
    loads: FileName
    terminal: FileName
    yard: str = ""
    verified_masses: str = ""
    instruction: str = ""
    discharges: str = ""
    holds: str = ""
    late: str = ""
    later_ports: str = ""
    wishes: str = ""


class SettingsPart(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """See `domain.calls.CallSettings`; what is left out is that of the preset."""

    preset: Annotated[str, Meta(max_length=60)] = "balanced"
    mass_class_kg: Annotated[int, Meta(ge=1, le=100_000)] | UnsetType = UNSET
    instruction_mass_tolerance_kg: Kilograms | UnsetType = UNSET
    overstow_min: Minutes | UnsetType = UNSET
    restow_min: Minutes | UnsetType = UNSET
    dig_min: Minutes | UnsetType = UNSET
    inversion_min: Minutes | UnsetType = UNSET
    refused_min: Minutes | UnsetType = UNSET
    port_mix_min: Minutes | UnsetType = UNSET
    lid_min: Minutes | UnsetType = UNSET
    long_crane_min: Minutes | UnsetType = UNSET
    crane_spread_min: Minutes | UnsetType = UNSET
    later_room_min: Minutes | UnsetType = UNSET
    waiting_min: Minutes | UnsetType = UNSET
    block_peak_min: Minutes | UnsetType = UNSET
    yard_crane_min: Minutes | UnsetType = UNSET
    truck_km_min: Minutes | UnsetType = UNSET
    kwh_min: Minutes | UnsetType = UNSET
    off_order_min: Minutes | UnsetType = UNSET
    off_order_lifts: Annotated[int, Meta(ge=0, le=1_000)] | UnsetType = UNSET
    max_inversion_kg: Kilograms | UnsetType = UNSET
    may_twin: bool | UnsetType = UNSET
    may_dual_cycle: bool | UnsetType = UNSET

    def settings(self) -> CallSettings:
        """The preset's settings with those given. Raises DataError for a preset that is none."""
        given = {name: value for name, value in msgspec.structs.asdict(self).items() if value is not UNSET}
        return replace(preset_named(given.pop("preset")), **given)


class CallDocument(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What call.toml says."""

    format: Literal["cabria.call/1"]
    id: Annotated[str, text_like(r"^[A-Za-z0-9._-]{1,35}\Z", "1 to 35 letters, digits, points and hyphens")]
    port: PortCode
    voyage: Annotated[str, Meta(max_length=17)]
    rotation: Annotated[list[PortCode], Meta(max_length=100)]
    start: Annotated[str, text_like(r"^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?)?\Z", A_TIME)] = ""
    berth_x_mm: Annotated[int, Meta(ge=-100_000_000, le=100_000_000)] = 0
    bow_towards_x: bool = False
    lids_off: Annotated[list[Annotated[str, Meta(min_length=1, max_length=60)]], Meta(max_length=1_000)] = []
    vessel_name: Annotated[str, Meta(max_length=60)] = ""
    imo: Annotated[str, text_like(r"^(\d{7})?\Z", "an IMO number of seven digits")] = ""
    call_sign: Annotated[str, Meta(max_length=17)] = ""
    files: FilesPart
    settings: SettingsPart = msgspec.field(default_factory=SettingsPart)
    tanks_kg: dict[str, Annotated[int, Meta(ge=0, le=1_000_000_000)]] = {}


def read_call(folder: Path | str, *, loads: Path | None = None) -> VesselCall:
    """The call in a folder (or in the folder of a call.toml), with another load list if one is named.

    Raises DataError with one sentence, file and place.
    """
    root = Path(folder)
    if root.name == CALL_FILE and not root.is_dir():
        root = root.parent
    if not root.exists():
        raise DataError(told("There is no such folder.", "no-such-folder"), file=str(folder))
    if not root.is_dir():
        raise DataError(
            told("A call is a folder with a call.toml in it; this is a file.", "call-is-a-folder"), file=str(folder)
        )
    with without_collector():
        return _Reading(root, _read_document(root / CALL_FILE), loads).call()


def write_call(call: VesselCall, folder: Path | str, *, previous_port: Port | None = None) -> None:
    """Write the call as a folder that appears whole or not at all, and reads back as the same call but for findings.

    The arrival is BAPLIE 3.1, the load list COPRAR, an instruction MOVINS. Raises DataError where a file of that name
    exists or the folder is not empty.
    """
    target = Path(folder)
    with whole_folder(target) as draft:
        _write_files(call, draft, previous_port)


def read_call_document(folder: Path) -> CallDocument:
    """What the call.toml of a folder says, whatever its files hold. Raises DataError."""
    return _read_document(folder / CALL_FILE)


def _read_document(path: Path) -> CallDocument:
    file = str(path)
    parsed = read_toml(path, limit_bytes=MAX_BYTES)
    if parsed.get("format") != FORMAT:
        said = parsed.get("format")
        raise DataError(
            told(
                "A call begins with format = {wanted}; this file says {there}.",
                "call-of-other-format",
                wanted=repr(FORMAT),
                there=f"{said!r:.60}",
            ),
            file=file,
        )
    _refuse_unknown_keys(parsed, file)
    document = converted(parsed, CallDocument, file)
    _refuse_no_time(document.start, file)
    return document


def _refuse_no_time(start: str, file: str) -> None:
    try:
        datetime.fromisoformat(start or "2000-01-01")
    except ValueError:
        raise DataError(
            told("This should be {wanted}; {start} never comes.", "moment-never-comes", wanted=A_TIME, start=start),
            file=file,
            place="start",
        ) from None


def _refuse_unknown_keys(parsed: Mapping[str, Any], file: str) -> None:
    for table, part in (("", CallDocument), ("files", FilesPart), ("settings", SettingsPart)):
        known = [info.name for info in msgspec.structs.fields(part)]
        found = parsed if not table else parsed.get(table, {})
        for key in found if isinstance(found, dict) else ():
            if key not in known:
                close = get_close_matches(key, known, n=1)
                given = repr(key[:60])
                problem = (
                    told("There is no key {given}. Do you mean {close}?", "key-near", given=given, close=close[0])
                    if close
                    else told(
                        "There is no key {given}. Known are {known}.",
                        "key-unknown",
                        given=given,
                        known=", ".join(known),
                    )
                )
                raise DataError(problem, file=file, place=f"table {table}" if table else "top level")


@dataclass
class _Reading:
    """One reading of a folder; findings add up on the way."""

    root: Path
    document: CallDocument
    loads: Path | None = None
    """A load list instead of the one that call.toml names."""
    findings: list[Finding] = field(default_factory=list)

    def call(self) -> VesselCall:
        said = self.document
        if said.port in said.rotation:
            problem = told(
                "The rotation visits {port} again; give the coming ports only.", "rotation-visits-again", port=said.port
            )
            raise DataError(problem, file=str(self.root / CALL_FILE), place="rotation")
        vessel = self._vessel()
        terminal = read_terminal(self._path("terminal"))
        if terminal.port != said.port:
            problem = told(
                "The terminal is in {port}, the call is at {call_port}.",
                "terminal-elsewhere",
                port=terminal.port,
                call_port=said.port,
            )
            raise DataError(problem, file=str(self._path("terminal")), place="port")
        arrival = self._arrival(vessel)
        loads = self._loads(vessel, arrival)
        yard = read_yard(self._path("yard"), terminal) if said.files.yard else YardInventory()
        boxes = self._with_holds(loads, yard)
        available_s = self._available_s(loads)
        instructions = self._instruction(vessel)
        self._compare_discharges(arrival)
        self.findings += against_rotation(said.port, said.rotation, arrival, boxes)
        self.findings += enough_plugs(vessel, said.port, arrival, loads, str(self._path("loads")))
        try:
            return VesselCall(
                id=said.id,
                vessel=vessel,
                voyage=said.voyage,
                port=Port(said.port),
                rotation=tuple(map(Port, said.rotation)),
                arrival=arrival,
                loads=tuple(boxes),
                terminal=terminal,
                yard=yard,
                instructions=instructions,
                settings=said.settings.settings(),
                tank_contents_kg=self._tanks(vessel),
                berth_x_mm=said.berth_x_mm,
                bow_towards_x=said.bow_towards_x,
                start=said.start,
                lids_off=tuple(said.lids_off),
                later_loads=read_later_loads(self._path("later_ports")) if said.files.later_ports else (),
                findings=tuple(replace(finding, cause=Cause.ARRIVAL) for finding in self.findings),
                wishes=read_wishes(self._path("wishes"), call_id=said.id) if said.files.wishes else Wishes(),
                available_s=available_s,
            )
        except DataError as error:
            raise error.inside(str(self.root / CALL_FILE)) from None

    def _path(self, name: str) -> Path:
        """The file of that name in call.toml; it lies in the folder or below it."""
        if name == "loads" and self.loads is not None:
            return self.loads
        written: str = getattr(self.document.files, name)
        path = self.root / written
        if Path(written).is_absolute() or ".." in Path(written).parts:
            problem = told("{file} lies outside the call folder.", "outside-folder", file=repr(written))
            raise DataError(problem, file=str(self.root / CALL_FILE), place=f"files.{name}")
        if not path.is_file():
            problem = told("There is no file {file} in the call folder.", "file-not-in-folder", file=written)
            raise DataError(problem, file=str(self.root / CALL_FILE), place=f"files.{name}")
        return path

    def _vessel(self) -> VesselProfile:
        said = self.document
        vessel = load_profile(self._path("profile"), name=said.vessel_name)
        return replace(
            vessel,
            name=said.vessel_name or vessel.name,
            imo=said.imo or vessel.imo,
            call_sign=said.call_sign or vessel.call_sign,
        )

    def _tanks(self, vessel: VesselProfile) -> dict[str, int]:
        capacity = {tank.id: tank.capacity_kg for tank in vessel.tanks}
        for tank, content_kg in self.document.tanks_kg.items():
            place, file = f"tanks_kg.{tank}", str(self.root / CALL_FILE)
            if tank not in capacity:
                close = get_close_matches(tank, capacity, n=1)
                given = repr(tank[:40])
                missing = told("{vessel} has no tank {given}.", "tank-unknown", vessel=vessel.name, given=given)
                if close:
                    missing = told(
                        "{vessel} has no tank {given}. Do you mean {close}?",
                        "tank-near",
                        vessel=vessel.name,
                        given=given,
                        close=close[0],
                    )
                raise DataError(missing, file=file, place=place)
            if content_kg > capacity[tank]:
                problem = told(
                    "Tank {tank} holds {capacity_kg:,} kg, not {content_kg:,} kg.",
                    "tank-too-small",
                    tank=tank,
                    capacity_kg=capacity[tank],
                    content_kg=content_kg,
                )
                raise DataError(problem, file=file, place=place)
        return dict(self.document.tanks_kg)

    def _take(self, path: Path, findings: Iterable[Finding]) -> None:
        """Findings of a file, told from outside it."""
        for finding in findings:
            place = f"{path.name}, {finding.place}" if finding.place else path.name
            self.findings.append(replace(finding, place=place))

    def _arrival(self, vessel: VesselProfile) -> BayPlan:
        path = self._path("arrival")
        file = str(path)
        message = edi.read_bay_plan(edi.load(path), file=file)
        refuse_other_ship(message.header, vessel, file)
        self._take(path, message.findings)
        self._take(path, voyage_differs(message.header, self.document.voyage))
        plan = _with_breakbulk(message)
        segments = {entry.container.id: entry.segment for entry in message.entries}
        refuse_bad_slots(plan, vessel, file, segments)
        return plan

    def _loads(self, vessel: VesselProfile, arrival: BayPlan) -> tuple[ListedBox, ...]:
        path = self._path("loads")
        file = str(path)
        if _is_table(path):
            boxes, findings = read_load_table(path, port=Port(self.document.port))
        else:
            message = edi.read_load_list(edi.load(path), file=file)
            self._refuse_other_list(message, vessel, file)
            boxes, findings = _listed_once(message, file), message.findings
        self._take(path, findings)
        for listed in boxes:
            aboard = arrival.by_container.get(listed.container.id)
            if aboard is not None:
                raise DataError(
                    told(
                        "Container {box} is to be loaded but is aboard on arrival in slot {slot}.",
                        "load-aboard-already",
                        box=listed.container.id,
                        slot=aboard.position,
                    ),
                    file=file,
                    place=listed.place,
                )
        boxes = tuple(self._with_ports(listed) for listed in boxes)
        if self.document.files.verified_masses:
            boxes = self._with_verified_masses(boxes)
        return boxes

    def _refuse_other_list(self, message: LoadListMessage, vessel: VesselProfile, file: str) -> None:
        header, said = message.header, self.document
        place = f"segment {header.first_segment}"
        refuse_other_ship(header, vessel, file)
        if header.direction is Direction.DISCHARGE:
            raise DataError(
                told("This is a discharge list, a load list was expected.", "discharge-list-given"),
                file=file,
                place=place,
            )
        if header.port and header.port != said.port:
            raise DataError(
                told(
                    "The load list is for {port}, the call is at {call_port}.",
                    "list-of-other-port",
                    port=header.port,
                    call_port=said.port,
                ),
                file=file,
                place=place,
            )
        if voyage_differs(header, said.voyage):
            raise DataError(
                told(
                    "The load list is for voyage {voyage}, the call is of voyage {call_voyage}.",
                    "list-of-other-voyage",
                    voyage=header.voyage,
                    call_voyage=said.voyage,
                ),
                file=file,
                place=place,
                remedy="If it is the right list, give its voyage in call.toml.",
            )

    def _with_ports(self, listed: ListedBox) -> ListedBox:
        """A box that cannot be loaded for what its ports say is held."""
        box, port = listed.container, Port(self.document.port)
        if not box.pod:
            box = replace(box, holds=(*box.holds, NO_POD))
        elif box.pod == port:
            text = told("The box is to be loaded at the port it is bound for.", "loaded-at-its-own-port")
            self._take(self._path("loads"), [Finding.of("CALL-POD", Severity.HARD, text, listed.place, box.id)])
            box = replace(box, holds=(*box.holds, FOR_THIS_PORT))
        if not box.pol:
            box = replace(box, pol=port)
        return ListedBox(box, listed.place)

    def _with_verified_masses(self, boxes: tuple[ListedBox, ...]) -> tuple[ListedBox, ...]:
        path = self._path("verified_masses")
        message = edi.read_verified_masses(edi.load(path), file=str(path))
        weighed, findings = edi.apply_verified_masses((listed.container for listed in boxes), message.entries)
        self._take(path, (*message.findings, *findings))
        # What the list did not know then is known now.
        known = {box.id for box in weighed if box.mass_is_verified}
        settled = ("EDI-VGM-MISSING", "LIST-VGM-MISSING")
        self.findings = [f for f in self.findings if not (f.rule in settled and f.container in known)]
        return tuple(ListedBox(box, listed.place) for box, listed in zip(weighed, boxes, strict=True))

    def _with_holds(self, loads: Sequence[ListedBox], yard: YardInventory) -> list[Container]:
        holds: dict[ContainerId, tuple[str, ...]] = {}
        if self.document.files.holds:
            path = self._path("holds")
            holds = read_holds(path)
            self._take_unlisted(
                path,
                holds,
                loads,
                "CALL-HOLD",
                told("A hold is for a box that is not on the load list.", "hold-not-listed"),
            )
        boxes = []
        for box in (listed.container for listed in loads):
            given = tuple(hold for hold in holds.get(box.id, ()) if hold not in box.holds)
            boxes.append(replace(box, holds=(*box.holds, *given)) if given else box)
        if not self.document.files.yard:
            text = told("No yard inventory was delivered; every load is taken to be at hand.", "yard-not-delivered")
            self.findings.append(Finding.of("CALL-YARD", Severity.NOTE, text, CALL_FILE))
            return boxes
        self.findings += against_yard(boxes, yard)
        return [
            box
            if box.id in yard.by_container or NOT_IN_YARD in box.holds
            else replace(box, holds=(*box.holds, NOT_IN_YARD))
            for box in boxes
        ]

    def _available_s(self, loads: Sequence[ListedBox]) -> dict[ContainerId, int]:
        if not self.document.files.late:
            return {}
        path = self._path("late")
        late = read_late(path, self.document.start)
        self._take_unlisted(
            path, late, loads, "CALL-LATE", told("A box that comes late is not on the load list.", "late-not-listed")
        )
        listed = {box.container.id for box in loads}
        return {box: at_s for box, at_s in late.items() if box in listed and at_s > 0}

    def _take_unlisted(
        self, path: Path, named: Iterable[ContainerId], loads: Sequence[ListedBox], rule: str, said: Told
    ) -> None:
        """A note for each box that a table names and the load list does not."""
        listed = {box.container.id for box in loads}
        unlisted = (number for number in named if number not in listed)
        self._take(path, (Finding.of(rule, Severity.NOTE, said, "", number) for number in unlisted))

    def _instruction(self, vessel: VesselProfile) -> tuple[SlotInstruction, ...]:
        if not self.document.files.instruction:
            return ()
        path = self._path("instruction")
        file = str(path)
        message = edi.read_instruction(edi.load(path), file=file)
        refuse_other_ship(message.header, vessel, file)
        self._take(path, message.findings)
        self._take(path, voyage_differs(message.header, self.document.voyage))
        for order in message.orders:
            if vessel.place(order.slot.position) is None:
                raise DataError(
                    told(
                        "{vessel} has no slot {slot}.", "slot-not-there", vessel=vessel.name, slot=order.slot.position
                    ),
                    file=file,
                    place=f"segment {order.segment}",
                )
        return message.instructions

    def _compare_discharges(self, arrival: BayPlan) -> None:
        if not self.document.files.discharges:
            return
        path = self._path("discharges")
        if _is_table(path):
            listed = read_discharge_table(path)
        else:
            message = edi.read_load_list(edi.load(path), file=str(path))
            if message.header.direction is Direction.LOAD:
                raise DataError(
                    told("This is a load list, a discharge list was expected.", "load-list-given"), file=str(path)
                )
            listed = tuple((entry.container.id, entry.place) for entry in message.entries)
        self._take(path, against_discharge_list(listed, arrival, Port(self.document.port)))


def _is_table(path: Path) -> bool:
    return path.name.lower().endswith((".csv", ".csv.gz", ".tsv", ".xlsx", ".xlsm", ".xls"))


def _listed_once(message: LoadListMessage, file: str) -> tuple[ListedBox, ...]:
    segments: dict[ContainerId, int] = {}
    for entry in message.entries:
        number = entry.container.id
        first = segments.setdefault(number, entry.segment)
        if first != entry.segment:
            raise DataError(
                told(
                    "Container {box} is on the load list twice, first in segment {first}.",
                    "listed-twice",
                    box=number,
                    first=first,
                ),
                file=file,
                place=f"segment {entry.segment}",
            )
    return tuple(ListedBox(entry.container, f"segment {entry.segment}") for entry in message.entries)


def _with_breakbulk(message: BayPlanMessage) -> BayPlan:
    """The bay plan, each slot that breakbulk takes held by a box without number, so that nothing is put there."""
    plan = message.bay_plan()
    if not message.breakbulk:
        return plan
    extra = [
        stowed
        for number, cargo in enumerate(message.breakbulk, 1)
        for stowed in _breakbulk_boxes(cargo, number)
        if stowed.position not in plan.by_position
    ]
    try:
        return BayPlan((*plan, *extra))
    except DataError as error:
        raise error.inside(message.header.file) from None


def _breakbulk_boxes(cargo: Breakbulk, number: int) -> Iterator[Stowed]:
    share_kg = cargo.gross_mass_kg // max(1, len(cargo.positions))
    for part, position in enumerate(cargo.positions, 1):
        yield Stowed(
            Container(
                id=ContainerId(f"?BREAKBULK{number:03}{part:02}"),
                size_type=SizeType.parse("42P1" if position.is_40 else "22P1"),
                gross_mass_kg=share_kg,
                pol=cargo.pol or Port(""),
                pod=cargo.pod or Port(""),
                operator=cargo.operator,
                dangerous=cargo.dangerous,
                remark=f"BREAKBULK {cargo.id} {cargo.description}".strip()[:100],
            ),
            position,
        )


def _write_files(call: VesselCall, folder: Path, previous_port: Port | None) -> None:
    files = {"profile": "profile.json", "arrival": "arrival.edi", "loads": "loads.edi", "terminal": "terminal.json"}
    write_profile(call.vessel, folder / files["profile"])
    write_terminal(call.terminal, folder / files["terminal"])
    came_from = previous_port or _came_from(call)
    arrival = replace(_header(call, "BAPLIE"), port=came_from, next_port=call.port)
    write_whole(folder / files["arrival"], edi.write_bay_plan(arrival, call.arrival))
    load_list = edi.write_load_list(_header(call, "COPRAR"), call.loads, Direction.LOAD)
    write_whole(folder / files["loads"], load_list)
    if call.instructions:
        files["instruction"] = "movins.edi"
        instruction = edi.write_instruction(_header(call, "MOVINS"), call.instructions)
        write_whole(folder / files["instruction"], instruction)
    if len(call.yard):
        files["yard"] = "yard.csv.gz" if len(call.yard) > 2_000 else "yard.csv"
        write_yard(call.yard, folder / files["yard"])
    holds = [(box.id, hold) for box in call.loads for hold in box.holds if hold not in _derived_holds(box, call)]
    if holds:
        files["holds"] = "holds.csv"
        rows = "".join(f"{number},{_csv_cell(hold)}\n" for number, hold in holds)
        write_whole(folder / files["holds"], f"container,hold\n{rows}".encode())
    if call.available_s:
        files["late"] = "late.csv"
        late = "".join(f"{number},{_after_start(at_s)}\n" for number, at_s in call.available_s.items())
        write_whole(folder / files["late"], f"container,ready\n{late}".encode())
    if call.later_loads:
        files["later_ports"] = "later_ports.csv"
        write_later_loads(call.later_loads, folder / files["later_ports"])
    if call.wishes.all:
        files["wishes"] = "wishes.toml"
        write_wishes(call.wishes, folder, files["wishes"], call_id=call.id)
    write_whole(folder / CALL_FILE, _toml(call, files).encode())


def _after_start(at_s: int) -> str:
    return f"{at_s // 3_600}:{at_s % 3_600 // 60:02}:{at_s % 60:02}"


def _derived_holds(box: Container, call: VesselCall) -> set[str]:
    """Holds that the reader will find by itself."""
    derived = set() if box.pod else {NO_POD}
    if box.pod == call.port:
        derived.add(FOR_THIS_PORT)
    if len(call.yard) and box.id not in call.yard.by_container:
        derived.add(NOT_IN_YARD)
    return derived


def _csv_cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if re.search(r'[",\n\r;]', text) else text


def _header(call: VesselCall, kind: str) -> MessageHeader:
    """Prepared at the call's start, not now: the same call gives the same file."""
    return MessageHeader(
        kind=kind,
        reference=call.id,
        function="9",
        sender="CARRIER",
        recipient=call.terminal.name,
        prepared_at=call.start,
        vessel_name=call.vessel.name,
        call_sign=call.vessel.call_sign,
        imo=call.vessel.imo,
        voyage=call.voyage,
        port=call.port,
        next_port=call.rotation[0] if call.rotation else None,
    )


def _came_from(call: VesselCall) -> Port:
    """The port of loading of most of what is aboard, for want of better knowledge."""
    pols = Counter(stowed.container.pol for stowed in call.arrival if stowed.container.pol)
    return max(pols, key=lambda pol: (pols[pol], pol), default=call.port)


def _toml(call: VesselCall, files: Mapping[str, str]) -> str:
    lines = [
        f"format = {_toml_value(FORMAT)}",
        f"id = {_toml_value(call.id)}",
        f"port = {_toml_value(call.port)}",
        f"voyage = {_toml_value(call.voyage)}",
        f"rotation = {_toml_value(list(call.rotation))}",
        f"start = {_toml_value(call.start)}",
        f"berth_x_mm = {call.berth_x_mm}",
        f"bow_towards_x = {_toml_value(call.bow_towards_x)}",
        *([f"lids_off = {_toml_value(list(call.lids_off))}"] if call.lids_off else []),
        "",
        "[files]",
        *(f"{name} = {_toml_value(file)}" for name, file in files.items()),
    ]
    if call.settings != CallSettings():
        lines += ["", "[settings]"]
        lines += [f"{part.name} = {_toml_value(getattr(call.settings, part.name))}" for part in fields(CallSettings)]
    if call.tank_contents_kg:
        lines += ["", "[tanks_kg]"]
        lines += [f"{_toml_value(tank)} = {kg}" for tank, kg in call.tank_contents_kg.items()]
    return "\n".join(lines) + "\n"


def _toml_value(value: object) -> str:
    """Strings, numbers, truth values and lists are written in TOML as in JSON."""
    return msgspec.json.encode(value).decode().replace("\x7f", "\\u007F")
