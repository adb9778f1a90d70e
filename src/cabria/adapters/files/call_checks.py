"""What the files of a call say about each other: contradictions are refused, oddities become findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from cabria.adapters.files.load_tables import ListedBox
from cabria.domain.containers import Container, ContainerId, Port
from cabria.domain.errors import DataError
from cabria.domain.findings import Finding, Severity
from cabria.domain.messages import MessageHeader
from cabria.domain.stowage import BayPlan
from cabria.domain.vessel import VesselProfile
from cabria.domain.yard import YardInventory


def refuse_other_ship(header: MessageHeader, vessel: VesselProfile, file: str) -> None:
    """Raise DataError for a message about another ship: by IMO number, else call sign, else name, as far as known."""
    for what, theirs, ours in (
        ("IMO number", header.imo, vessel.imo),
        ("call sign", header.call_sign, vessel.call_sign),
        ("name", header.vessel_name, vessel.name),
    ):
        if not theirs or not ours:
            continue
        if _bare(theirs) == _bare(ours):
            return
        raise DataError(
            f"The message is for {header.vessel}; the call's ship is {vessel.name}, {what} {ours}.",
            file=file,
            place=f"segment {header.first_segment}",
            remedy="If it is the same ship, give her name, imo or call_sign in call.toml as the messages do.",
        )


def _bare(text: str) -> str:
    """Names without case, blanks and prefixes such as MV."""
    words = text.upper().replace(".", " ").split()
    return "".join(words[1:] if len(words) > 1 and words[0] in ("MV", "MS", "M/V", "M/S") else words)


def voyage_differs(header: MessageHeader, voyage: str) -> list[Finding]:
    if not header.voyage or not voyage or _bare(header.voyage) == _bare(voyage):
        return []
    text = f"The message is of voyage {header.voyage}, the call of voyage {voyage}."
    return [Finding("CALL-VOYAGE", Severity.NOTE, text, f"segment {header.first_segment}")]


def refuse_bad_slots(plan: BayPlan, vessel: VesselProfile, file: str, segments: Mapping[ContainerId, int]) -> None:
    """Raise DataError for a box outside the ship, in a bay of another length, or sharing its cell with another."""

    def refusal(problem: str, container: Container, remedy: str = "") -> DataError:
        segment = segments.get(container.id)
        place = f"segment {segment}" if segment else f"container {container.id}"
        return DataError(problem, file=file, place=place, remedy=remedy)

    ends: dict[tuple[int, int, int], Container] = {}
    for box, at in plan:
        if vessel.place(at) is None:
            outside = sum(vessel.place(stowed.position) is None for stowed in plan)
            more = f" (and {outside - 1:,} more boxes stand outside)" if outside > 1 else ""
            problem = f"Container {box.id} stands in slot {at}, which {vessel.name} does not have{more}."
            raise refusal(problem, box, "Check that profile and bay plan are of the same ship.")
        if box.is_20 is at.is_40:
            kind = "even" if at.is_40 else "odd"
            raise refusal(f"Container {box.id} of {box.length_ft} ft stands in slot {at}, in an {kind} bay.", box)
        for bay in (at.bay - 1, at.bay + 1) if at.is_40 else (at.bay,):
            other = ends.setdefault((bay, at.row, at.tier), box)
            if other is not box:
                where = plan.by_container[other.id].position
                raise refusal(
                    f"Container {box.id} of {box.length_ft} ft in slot {at} and container {other.id} of "
                    f"{other.length_ft} ft in slot {where} share a cell.",
                    box,
                )


def against_rotation(
    port: str, rotation: Sequence[str], arrival: BayPlan, loads: Iterable[Container]
) -> Iterator[Finding]:
    """Ports of discharge that the ship will not call at: their boxes are taken to leave last."""
    coming = {port, *rotation}
    for what, boxes in (("aboard", (stowed.container for stowed in arrival)), ("to be loaded", loads)):
        for pod, count in sorted(Counter(box.pod for box in boxes if box.pod not in coming).items()):
            bound = f"are bound for {pod}, which is not in the rotation" if pod else "have no port of discharge"
            text = f"{count:,} boxes {what} {bound}; they are taken to leave the ship last."
            yield Finding("CALL-ROTATION", Severity.COMMERCIAL, text, f"port {pod}" if pod else "")


def enough_plugs(
    vessel: VesselProfile, port: str, arrival: BayPlan, loads: Sequence[ListedBox], file: str
) -> list[Finding]:
    """Raise DataError when live reefers are to be loaded on a ship without plugs; a finding when plugs are too few."""
    live = [listed for listed in loads if listed.container.needs_plug]
    staying = sum(stowed.container.needs_plug and stowed.container.pod != port for stowed in arrival)
    if live and not vessel.plugs:
        raise DataError(
            f"{len(live):,} live reefers are to be loaded, the first is {live[0].container.id}, but the profile of "
            f"{vessel.name} has no reefer plugs.",
            file=file,
            place=live[0].place,
            remedy="Add the plugs to the profile, or take the set points off boxes that travel unplugged.",
        )
    if len(live) + staying > vessel.plugs:
        text = (
            f"{vessel.name} has {vessel.plugs:,} plugs for {len(live) + staying:,} live reefers "
            f"({len(live):,} to be loaded, {staying:,} staying aboard)."
        )
        return [Finding("CALL-PLUGS", Severity.COMMERCIAL, text)]
    return []


def against_yard(loads: Iterable[Container], yard: YardInventory) -> Iterator[Finding]:
    """Loads that the yard does not have, and those whose length it knows otherwise."""
    for box in loads:
        known = yard.by_container.get(box.id)
        if known is None:
            text = "The box is on the load list but not in the yard."
            yield Finding("CALL-NOT-IN-YARD", Severity.COMMERCIAL, text, "", box.id)
        elif (known.length_ft > 20) is box.is_20:
            text = f"The load list says {box.length_ft} ft, the yard {known.length_ft} ft."
            yield Finding("CALL-YARD-LENGTH", Severity.SAFETY, text, str(known.position), box.id)


def against_discharge_list(
    listed: Iterable[tuple[ContainerId, str]], arrival: BayPlan, port: Port
) -> Iterator[Finding]:
    """Where the list and the bay plan disagree about what leaves the ship here; the bay plan is followed."""
    rule, numbers = "CALL-DISCHARGE", set()
    for number, place in listed:
        numbers.add(number)
        aboard = arrival.by_container.get(number)
        if aboard is None:
            yield Finding(rule, Severity.COMMERCIAL, "The box is to be discharged but is not aboard.", place, number)
        elif aboard.container.pod != port:
            text = f"The box is to be discharged here, the bay plan says {aboard.container.pod}; it stays aboard."
            yield Finding(rule, Severity.COMMERCIAL, text, place, number)
    for box, at in arrival:
        if box.pod == port and box.id not in numbers:
            text = "The bay plan says the box leaves here, the discharge list does not name it; it is discharged."
            yield Finding(rule, Severity.COMMERCIAL, text, f"slot {at}", box.id)
