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
from cabria.domain.told import Told, told
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
            told(
                "The message is for {message_vessel}; the call's ship is {vessel}, {what} {ours}.",
                "message-of-other-ship",
                message_vessel=header.vessel,
                vessel=vessel.name,
                what=what,
                ours=ours,
            ),
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
    text = told(
        "The message is of voyage {voyage}, the call of voyage {call_voyage}.",
        "voyage-differs",
        voyage=header.voyage,
        call_voyage=voyage,
    )
    return [Finding.of("CALL-VOYAGE", Severity.NOTE, text, f"segment {header.first_segment}")]


def refuse_bad_slots(plan: BayPlan, vessel: VesselProfile, file: str, segments: Mapping[ContainerId, int]) -> None:
    """Raise DataError for a box outside the ship, in a bay of another length, or sharing its cell with another."""

    def refusal(problem: Told, container: Container, remedy: str = "") -> DataError:
        segment = segments.get(container.id)
        place = f"segment {segment}" if segment else f"container {container.id}"
        return DataError(problem, file=file, place=place, remedy=remedy)

    ends: dict[tuple[int, int, int], Container] = {}
    for box, at in plan:
        if vessel.place(at) is None:
            outside = sum(vessel.place(stowed.position) is None for stowed in plan)
            problem = told(
                "Container {box} stands in slot {slot}, which {vessel} does not have.",
                "box-outside",
                box=box.id,
                slot=at,
                vessel=vessel.name,
            )
            if outside > 1:
                problem = told(
                    "Container {box} stands in slot {slot}, which {vessel} does not have (and {more:,} more boxes "
                    "stand outside).",
                    "boxes-outside",
                    box=box.id,
                    slot=at,
                    vessel=vessel.name,
                    more=outside - 1,
                )
            raise refusal(problem, box, "Check that profile and bay plan are of the same ship.")
        if box.is_20 is at.is_40:
            kind = "even" if at.is_40 else "odd"
            raise refusal(
                told(
                    "Container {box} of {length_ft} ft stands in slot {slot}, in an {what} bay.",
                    "box-in-other-bay",
                    box=box.id,
                    length_ft=box.length_ft,
                    slot=at,
                    what=kind,
                ),
                box,
            )
        for bay in (at.bay - 1, at.bay + 1) if at.is_40 else (at.bay,):
            other = ends.setdefault((bay, at.row, at.tier), box)
            if other is not box:
                where = plan.by_container[other.id].position
                raise refusal(
                    told(
                        "Container {box} of {length_ft} ft in slot {slot} and container {other} of {other_ft} ft "
                        "in slot {other_slot} share a cell.",
                        "cell-shared",
                        box=box.id,
                        length_ft=box.length_ft,
                        slot=at,
                        other=other.id,
                        other_ft=other.length_ft,
                        other_slot=where,
                    ),
                    box,
                )


def against_rotation(
    port: str, rotation: Sequence[str], arrival: BayPlan, loads: Iterable[Container]
) -> Iterator[Finding]:
    """Ports of discharge that the ship will not call at: their boxes are taken to leave last."""
    coming = {port, *rotation}
    for what, boxes in (("aboard", (stowed.container for stowed in arrival)), ("to be loaded", loads)):
        for pod, count in sorted(Counter(box.pod for box in boxes if box.pod not in coming).items()):
            text = told(
                "{count:,} boxes {what} have no port of discharge; they are taken to leave the ship last.",
                "boxes-without-pod",
                count=count,
                what=what,
            )
            if pod:
                text = told(
                    "{count:,} boxes {what} are bound for {pod}, which is not in the rotation; they are taken to leave "
                    "the ship last.",
                    "boxes-off-rotation",
                    count=count,
                    what=what,
                    pod=pod,
                )
            yield Finding.of("CALL-ROTATION", Severity.COMMERCIAL, text, f"port {pod}" if pod else "")


def enough_plugs(
    vessel: VesselProfile, port: str, arrival: BayPlan, loads: Sequence[ListedBox], file: str
) -> list[Finding]:
    """Raise DataError when live reefers are to be loaded on a ship without plugs; a finding when plugs are too few."""
    live = [listed for listed in loads if listed.container.needs_plug]
    staying = sum(stowed.container.needs_plug and stowed.container.pod != port for stowed in arrival)
    if live and not vessel.plugs:
        raise DataError(
            told(
                "{count:,} live reefers are to be loaded, the first is {box}, but the profile of {vessel} "
                "has no reefer plugs.",
                "ship-without-plugs",
                count=len(live),
                box=live[0].container.id,
                vessel=vessel.name,
            ),
            file=file,
            place=live[0].place,
            remedy="Add the plugs to the profile, or take the set points off boxes that travel unplugged.",
        )
    if len(live) + staying > vessel.plugs:
        text = told(
            "{vessel} has {plugs:,} plugs for {count:,} live reefers ({loads:,} to be loaded, "
            "{staying:,} staying aboard).",
            "plugs-too-few",
            vessel=vessel.name,
            plugs=vessel.plugs,
            count=len(live) + staying,
            loads=len(live),
            staying=staying,
        )
        return [Finding.of("CALL-PLUGS", Severity.COMMERCIAL, text)]
    return []


def against_yard(loads: Iterable[Container], yard: YardInventory) -> Iterator[Finding]:
    """Loads that the yard does not have, and those whose length it knows otherwise."""
    for box in loads:
        known = yard.by_container.get(box.id)
        if known is None:
            text = told("The box is on the load list but not in the yard.", "listed-not-in-yard")
            yield Finding.of("CALL-NOT-IN-YARD", Severity.COMMERCIAL, text, "", box.id)
        elif (known.length_ft > 20) is box.is_20:
            text = told(
                "The load list says {length_ft} ft, the yard {yard_ft} ft.",
                "lengths-differ",
                length_ft=box.length_ft,
                yard_ft=known.length_ft,
            )
            yield Finding.of("CALL-YARD-LENGTH", Severity.SAFETY, text, str(known.position), box.id)


def against_discharge_list(
    listed: Iterable[tuple[ContainerId, str]], arrival: BayPlan, port: Port
) -> Iterator[Finding]:
    """Where the list and the bay plan disagree about what leaves the ship here; the bay plan is followed."""
    rule, numbers = "CALL-DISCHARGE", set()
    for number, place in listed:
        numbers.add(number)
        aboard = arrival.by_container.get(number)
        if aboard is None:
            yield Finding.of(
                rule,
                Severity.COMMERCIAL,
                told("The box is to be discharged but is not aboard.", "discharged-not-aboard"),
                place,
                number,
            )
        elif aboard.container.pod != port:
            text = told(
                "The box is to be discharged here, the bay plan says {pod}; it stays aboard.",
                "discharged-elsewhere",
                pod=aboard.container.pod,
            )
            yield Finding.of(rule, Severity.COMMERCIAL, text, place, number)
    for box, at in arrival:
        if box.pod == port and box.id not in numbers:
            text = told(
                "The bay plan says the box leaves here, the discharge list does not name it; it is discharged.",
                "discharge-not-listed",
            )
            yield Finding.of(rule, Severity.COMMERCIAL, text, f"slot {at}", box.id)
