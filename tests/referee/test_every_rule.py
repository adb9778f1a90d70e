"""Every rule of the referee: a plan broken in exactly that way is found out, and its sound twin is not."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace

import pytest
from tests.builders import (
    HERE,
    LAST,
    LATER,
    NEXT,
    box,
    box_20,
    call,
    dig,
    discharge,
    fetch,
    lid_off,
    lid_on,
    load,
    plan,
    queue,
    restow_off,
    restow_on,
    ship,
    slot,
    terminal,
    with_stack,
    yard,
)

from cabria.domain.calls import CallSettings, SlotInstruction, VesselCall
from cabria.domain.containers import Container, DangerousGoods, OutOfGauge, SizeType
from cabria.domain.findings import Cause, Finding
from cabria.domain.plan import LoadingPlan
from cabria.domain.terminal import Outage, QuayCrane
from cabria.domain.vessel import Bridge, Cell, Level
from cabria.domain.wishes import Cargo, ChangeBudget, CraneWish, Forbid, Keep, OrderWish, Pin, ShipPart, Wishes, Worked
from cabria.domain.work import CraneStep, StepKind, WorkQueue
from cabria.referee.judge import RULES, judge

NEVER_JUDGED = {"YARD-RUNWAY"}

Judged = tuple[VesselCall, LoadingPlan]


@dataclass(frozen=True)
class Twins:
    """Two cases that differ in one thing. `container` is whom the finding names, `also` what comes with it."""

    rule: str
    broken: Judged
    sound: Judged
    container: str | None = None
    also: frozenset[str] = frozenset()


def by_plan(judged: Judged) -> list[Finding]:
    return [finding for finding in judge(*judged).findings if finding.cause is Cause.PLAN]


def loading(*entries: tuple[Container, str], **changes: object) -> Judged:
    """A call whose loads are planned into the named slots; changes go to the call."""
    made = call(loads=[container for container, _ in entries], **changes)  # type: ignore[arg-type]
    return made, plan({container.id: position for container, position in entries})


def dangerous(imdg_class: str, un_number: int, **facts: object) -> tuple[DangerousGoods, ...]:
    return (DangerousGoods(imdg_class, un_number, **facts),)  # type: ignore[arg-type]


# --- load list ---

A, B, C = box("A"), box("B"), box("C")
REEFER = box("R", code="45R1", set_point_tenth_c=20)
ABOARD = box("OLD", pod=LAST)
ANY = Cargo()


def list_twins() -> list[Twins]:
    one = call(loads=[A])

    def set_at(start_s: int, *, ready_s: int) -> Judged:
        queues = (queue("QC1", load(("A", "0020082")), start_s=start_s),)
        return call(loads=[A], available_s={A.id: ready_s}), plan({"A": "0020082"}, queues=queues)

    return [
        Twins("LIST-CALL", (one, plan({"A": "0020082"}, call_id="CALL-2")), (one, plan({"A": "0020082"}))),
        Twins("LIST-UNKNOWN", (one, plan({"A": "0020082", "X": "0020084"})), (one, plan({"A": "0020082"})), "X"),
        Twins("LIST-UNKNOWN", (one, plan({"A": "0020082"}, refused={"X": "why"})), (one, plan({"A": "0020082"})), "X"),
        Twins("LIST-MISSING", (one, plan()), (one, plan(refused={"A": "no room"})), "A"),
        Twins(
            "LIST-TWICE", (one, plan({"A": "0020082"}, refused={"A": "no room"})), (one, plan({"A": "0020082"})), "A"
        ),
        Twins("LIST-REASON", (one, plan(refused={"A": " "})), (one, plan(refused={"A": "no room"})), "A"),
        Twins(
            "LIST-RESTOW",
            (one, plan(restows={"X": "0020082"}, refused={"A": "full"})),
            (one, plan(refused={"A": "full"})),
            "X",
        ),
        Twins(
            "LIST-RESTOW",
            (call(arrival=[(box("OUT", pod=HERE), "0020082")]), plan(restows={"OUT": "0020082"})),
            (call(arrival=[(ABOARD, "0020082")]), plan(restows={"OLD": "0020082"})),
            "OUT",
        ),
        Twins("LIST-STOPPED", loading((box("A", holds=("customs",)), "0020082")), loading((A, "0020082")), "A"),
        Twins("LIST-VGM", loading((box("A", mass_is_verified=False), "0020082")), loading((A, "0020082")), "A"),
        Twins(
            "LIST-VGM",
            loading((box("A", mass_is_verified=False), "0020082")),
            loading((box("A", mass_is_verified=False, is_full=False), "0020082")),
            "A",
        ),
        Twins("LIST-PORT", loading((box("A", pod="USNYC"), "0020082")), loading((A, "0020082")), "A"),
        Twins("LIST-LATE", set_at(120, ready_s=121), set_at(120, ready_s=120), "A"),
        Twins("LIST-MASS", loading((box("A", kg=0), "0020082")), loading((box("A", kg=1), "0020082")), "A"),
    ]


# --- positions ---


def position_twins() -> list[Twins]:
    twenty_only = with_stack(ship(), 2, 0, Level.DECK, cells=(Cell(82, takes_40=False),))
    forty_only = with_stack(ship(), 2, 0, Level.DECK, cells=(Cell(82, takes_20_fore=False, takes_20_aft=False),))
    takes_45 = with_stack(ship(), 2, 0, Level.DECK, cells=(Cell(82, takes_45=True),))
    step = with_stack(ship(), 2, 0, Level.HOLD, cells=(Cell(2, takes_20_aft=False, takes_40=False), Cell(4), Cell(6)))
    long, high = box("L", code="L5G1"), box_20("H", code="25G1")
    return [
        Twins("POS-SLOT", loading((A, "0101182")), loading((A, "0020082")), "A"),
        Twins("POS-SLOT", loading((A, "0020088")), loading((A, "0020082")), "A"),
        Twins("POS-LENGTH", loading((A, "0010082")), loading((A, "0020082")), "A"),
        Twins("POS-LENGTH", loading((box_20("A"), "0020082")), loading((box_20("A"), "0010082")), "A"),
        Twins("POS-CELL", loading((A, "0020082"), vessel=twenty_only), loading((A, "0020082"), vessel=forty_only), "A"),
        Twins(
            "POS-CELL",
            loading((box_20("A"), "0010082"), vessel=forty_only),
            loading((box_20("A"), "0010082"), vessel=twenty_only),
            "A",
        ),
        Twins("POS-CELL", loading((long, "0020082")), loading((long, "0020082"), vessel=takes_45), "L"),
        Twins("POS-CLASH", loading((A, "0020082"), (B, "0020082")), loading((A, "0020082"), (B, "0020084")), "B"),
        Twins(
            "POS-CLASH",
            loading((A, "0020082"), (box_20("T"), "0010082")),
            loading((A, "0020082"), (box_20("T"), "0050082")),
            "A",  # of two new boxes the one with the lower slot counts as there first
        ),
        Twins("POS-SUPPORT", loading((A, "0020084")), loading((A, "0020082")), "A"),
        Twins(
            "POS-SUPPORT",
            loading((box_20("T"), "0010082"), (A, "0020084")),
            loading((box_20("T"), "0010082"), (box_20("U"), "0030082"), (A, "0020084")),
            "A",
        ),
        Twins(
            "POS-SUPPORT",  # the hold floor steps up aft: there the ship carries the second tier
            loading((box_20("T"), "0010004"), (box_20("U"), "0030004"), vessel=step),
            loading((box_20("S"), "0010002"), (box_20("T"), "0010004"), (box_20("U"), "0030004"), vessel=step),
            "T",
        ),
        Twins(
            "POS-LEVEL",
            loading((high, "0010082"), (box_20("U"), "0030082"), (A, "0020084")),
            loading((box_20("T"), "0010082"), (box_20("U"), "0030082"), (A, "0020084")),
            "A",
        ),
        Twins(
            "POS-20-ON-40",
            loading((A, "0020082"), (box_20("T"), "0010084")),
            loading((box_20("U"), "0010082"), (box_20("T"), "0010084")),
            "T",
        ),
    ]


# --- stacks and plugs ---


def stack_twins() -> list[Twins]:
    def weak(**limits: int) -> VesselCall:
        return call(loads=[A, B, box_20("T"), box_20("U")], vessel=with_stack(ship(), 2, 0, Level.DECK, **limits))

    rest = {"A": "no", "B": "no", "T": "no", "U": "no"}

    def planned(**slots: str) -> LoadingPlan:
        return plan(slots, refused={name: why for name, why in rest.items() if name not in slots})

    reefer_20, reefer_40 = box_20("R", code="22R1", set_point_tenth_c=-180), box("R", code="45R1", set_point_tenth_c=20)
    lashed = with_stack(
        replace(ship(), limits=replace(ship().limits, max_lashing_kg_m=30_000)), 2, 0, Level.DECK
    )  # A on deck alone: 10 t x 1.3 m = 13 tm; above another 10 t x 3.9 m
    return [
        Twins(
            "STACK-WEIGHT-20",  # 10 t and half of 10 t fore
            (weak(max_weight_20_kg=14_999), planned(T="0010082", U="0030082", A="0020084")),
            (weak(max_weight_20_kg=15_000), planned(T="0010082", U="0030082", A="0020084")),
        ),
        Twins(
            "STACK-WEIGHT-40",  # half of two 10 t, and 10 t
            (weak(max_weight_40_kg=19_999), planned(T="0010082", U="0030082", A="0020084")),
            (weak(max_weight_40_kg=20_000), planned(T="0010082", U="0030082", A="0020084")),
        ),
        Twins(
            "STACK-HEIGHT",
            (weak(max_height_mm=5_181), planned(A="0020082", B="0020084")),
            (weak(max_height_mm=5_182), planned(A="0020082", B="0020084")),
        ),
        Twins(
            "STACK-HEIGHT",
            loading(
                (box("A", code="45G1"), "0020002"),
                (box("B", code="45G1"), "0020004"),
                (box("C", code="45G1", out_of_gauge=OutOfGauge(over_height_mm=100)), "0020006"),
            ),
            loading(
                (box("A", code="45G1"), "0020002"),
                (box("B", code="45G1"), "0020004"),
                (box("C", code="45G1"), "0020006"),
            ),
        ),
        Twins(
            "STACK-INVERSION",
            loading((A, "0020082"), (box("B", kg=13_001), "0020084")),
            loading((A, "0020082"), (box("B", kg=13_000), "0020084")),
            "B",
        ),
        Twins(
            "STACK-INVERSION",  # a 40 ft on two 20 ft is compared with both together
            loading((box_20("T"), "0010082"), (box_20("U", kg=5_000), "0030082"), (box("B", kg=18_001), "0020084")),
            loading((box_20("T"), "0010082"), (box_20("U", kg=5_000), "0030082"), (box("B", kg=18_000), "0020084")),
            "B",
        ),
        Twins(
            "STACK-LASHING",
            loading((A, "0020082"), (B, "0020084"), vessel=lashed),
            loading((A, "0020082"), (B, "0060082"), vessel=lashed),
        ),
        Twins("REEFER-PLUG", loading((reefer_40, "0020002")), loading((reefer_40, "0020082")), "R"),
        Twins("REEFER-PLUG", loading((reefer_20, "0030082")), loading((reefer_20, "0010082")), "R"),
        Twins(
            "REEFER-PLUG",
            loading((reefer_40, "0020002")),
            loading((box("R", code="45R1"), "0020002")),  # a reefer used dry
            "R",
        ),
    ]


# --- dangerous goods and out of gauge ---


def special_twins() -> list[Twins]:
    gas, oxidizer = box("G", dangerous=dangerous("2.1", 1978)), box("O", dangerous=dangerous("5.1", 1479))
    sample = box("O", dangerous=dangerous("5.1", 1479, is_limited_quantity=True))
    with_subsidiary = box("S", dangerous=dangerous("6.1", 2023, subsidiary_classes=("3",)))
    peroxide = box("P", dangerous=dangerous("5.2", 3105))
    flat, over_wide = box("W", code="42P1"), OutOfGauge(port_mm=300)
    category = frozenset({"DG-CATEGORY"})
    return [
        Twins(
            "DG-SEGREGATION",
            loading((gas, "0020082"), (oxidizer, "0020084")),
            loading((gas, "0020082"), (oxidizer, "0060382")),
            "G",
        ),
        Twins(
            "DG-SEGREGATION",  # a row between is a container space athwartships
            loading((gas, "0020082"), (oxidizer, "0020182")),
            loading((gas, "0020082"), (oxidizer, "0020382")),
            "G",
        ),
        Twins(
            "DG-SEGREGATION",
            loading((gas, "0020082"), (oxidizer, "0020182")),
            loading((gas, "0020082"), (sample, "0020182")),
            "G",
        ),
        Twins(
            "DG-SEGREGATION",
            loading((with_subsidiary, "0020082"), (oxidizer, "0020182")),
            loading((box("S", dangerous=dangerous("6.1", 2023)), "0020082"), (oxidizer, "0020182")),
            "O",
        ),
        Twins("DG-DECK", loading((peroxide, "0020002")), loading((peroxide, "0020082")), "P"),
        Twins(
            "DG-DECK",
            loading((box("X", dangerous=dangerous("1.3G", 335)), "0020002")),
            loading((box("X", dangerous=dangerous("1.3G", 335)), "0020082")),
            "X",
        ),
        Twins(
            "DG-UNKNOWN",
            loading((box("X", dangerous=dangerous("3.7", 1263)), "0020082")),
            loading((box("X", dangerous=dangerous("3", 1263)), "0020082")),
            "X",
        ),
        Twins(
            "DG-UNKNOWN",
            loading((box("X", dangerous=dangerous("3", 0)), "0020082")),
            loading((box("X", dangerous=dangerous("3", 1263)), "0020082")),
            "X",
        ),
        Twins(
            "DG-OPEN",
            loading((box("X", code="42U1", dangerous=dangerous("3", 1263)), "0020082")),
            loading((box("X", code="42G1", dangerous=dangerous("3", 1263)), "0020082")),
            "X",
        ),
        Twins("DG-CATEGORY", loading((gas, "0020002")), loading((gas, "0020082"))),
        Twins(
            "OOG-HEIGHT",
            loading((box("A", code="42P1", out_of_gauge=OutOfGauge(over_height_mm=400)), "0020082"), (B, "0020084")),
            loading((box("A", code="42P1"), "0020082"), (B, "0020084")),
            "B",
        ),
        Twins(
            "OOG-WIDTH",
            loading((replace(flat, out_of_gauge=over_wide), "0020082"), (B, "0020282")),
            loading((replace(flat, out_of_gauge=over_wide), "0020082"), (B, "0020182")),
            "B",
        ),
        Twins(
            "OOG-WIDTH",  # over-high too, it reaches into the next tier
            loading(
                (C, "0020282"),
                (A, "0020082"),
                (replace(flat, out_of_gauge=OutOfGauge(starboard_mm=9, over_height_mm=9)), "0020482"),
                (B, "0020284"),
            ),
            loading(
                (A, "0020082"),
                (replace(flat, out_of_gauge=OutOfGauge(port_mm=9, over_height_mm=9)), "0020482"),
                (C, "0020282"),
                (B, "0020284"),
            ),
            "B",
        ),
        Twins(
            "OOG-LENGTH",
            loading(
                (box_20("A", code="22P1", out_of_gauge=OutOfGauge(back_mm=500)), "0010082"), (box_20("T"), "0030082")
            ),
            loading(
                (box_20("A", code="22P1", out_of_gauge=OutOfGauge(back_mm=500)), "0030082"), (box_20("T"), "0010082")
            ),
            "T",
        ),
        Twins(
            "OOG-LENGTH",  # bays 02 and 06 lie 15 m apart, so 2.8 m are free between 40 ft containers
            loading((box("A", code="42P1", out_of_gauge=OutOfGauge(back_mm=2_900)), "0020082"), (B, "0060082")),
            loading((box("A", code="42P1", out_of_gauge=OutOfGauge(back_mm=2_700)), "0020082"), (B, "0060082")),
            "B",
        ),
        Twins(
            "OOG-PLATFORM",
            loading((box("A", code="42P0"), "0020082"), (B, "0020084")),
            loading((box("A", code="42P0", is_full=False), "0020082"), (B, "0020084")),
            "B",
        ),
        Twins(
            "DG-SEGREGATION",
            loading((gas, "0020002"), (oxidizer, "0020004")),
            loading((gas, "0020002"), (oxidizer, "0020082")),
            "G",
            category,
        ),
    ]


# --- overstows, clearing, instruction ---


def order_twins() -> list[Twins]:
    early, late = box("E", pod=NEXT), box("L", pod=LAST)
    out = box("OUT", pod=HERE)
    under = call(arrival=[(out, "0020082"), (ABOARD, "0020084")])
    on_lid = call(arrival=[(out, "0020002"), (ABOARD, "0020082")])
    asked = SlotInstruction(slot("0020082"), SizeType.parse("42G1"), LATER, 12_000, is_full=True, operator="AAA")

    def instructed(container: Container, position: str = "0020082") -> Judged:
        return loading((container, position), instructions=(asked,))

    reefers = SlotInstruction(slot("0020082"), is_reefer=True)
    return [
        Twins(
            "OVERSTOW-STACK",
            loading((early, "0020082"), (late, "0020084")),
            loading((late, "0020082"), (early, "0020084")),
            "L",
        ),
        Twins(
            "OVERSTOW-STACK",  # the box to leave need not be next below, nor under both ends
            loading(
                (box_20("E", pod=NEXT), "0010082"),
                (box_20("T", pod=LAST), "0030082"),
                (box("M", pod=NEXT), "0020084"),
                (late, "0020086"),
            ),
            loading(
                (box_20("E", pod=LAST), "0010082"),
                (box_20("T", pod=LAST), "0030082"),
                (box("M", pod=LAST), "0020084"),
                (late, "0020086"),
            ),
            "L",
        ),
        Twins(
            "OVERSTOW-STACK",
            loading((box_20("E", pod=NEXT), "0010082"), (box_20("L", pod=LAST), "0010084")),
            loading(
                (box_20("E", pod=NEXT), "0010082"),
                (box_20("T", pod=LAST), "0030082"),
                (box_20("L", pod=LAST), "0030084"),
            ),
            "L",
        ),
        Twins(
            "OVERSTOW-LID",
            loading((early, "0020002"), (late, "0020182")),
            loading((early, "0020002"), (late, "0020282")),
            "L",
        ),
        Twins(
            "CLEAR-STACK", (under, plan()), (under, plan(restows={"OLD": "0020082"})), "OLD", frozenset({"POS-SUPPORT"})
        ),
        Twins("CLEAR-LID", (on_lid, plan()), (on_lid, plan(restows={"OLD": "0020082"})), "OLD"),
        Twins("INSTRUCTION-CLASS", instructed(box("A", pod=NEXT)), instructed(A), "A"),
        Twins("INSTRUCTION-CLASS", instructed(box("A", code="45G1")), instructed(box("A", code="4200")), "A"),
        Twins("INSTRUCTION-CLASS", instructed(box("A", is_full=False)), instructed(A), "A"),
        Twins("INSTRUCTION-CLASS", instructed(box("A", operator="BBB")), instructed(box("A", operator="AAA")), "A"),
        Twins(
            "INSTRUCTION-CLASS",
            loading((A, "0020082"), instructions=(reefers,)),
            loading((box("A", code="42R1", set_point_tenth_c=0), "0020082"), instructions=(reefers,)),
            "A",
        ),
        Twins("INSTRUCTION-MASS", instructed(box("A", kg=15_001)), instructed(box("A", kg=15_000)), "A"),
        Twins("INSTRUCTION-OUTSIDE", instructed(A, "0060082"), instructed(A), "A"),
    ]


# --- the ship ---


def ship_twins() -> list[Twins]:
    def limited(**limits: int) -> Judged:
        return loading((A, "0020382"), vessel=replace(ship(), limits=replace(ship().limits, **limits)))

    afloat = judge(*limited()).departure
    assert afloat.gm_mm is not None
    assert afloat.draught_mm is not None
    assert afloat.trim_mm is not None
    assert afloat.list_mdeg is not None
    assert afloat.tcg_mm is not None
    assert afloat.lcg_mm is not None

    aft = loading((A, "0060282"), (B, "0060382"), (box_20("T", kg=20_000), "0090082"))

    def tabled(judged: Judged, **changes: int) -> Judged:
        points = tuple(replace(point, **changes) for point in ship().hydrostatics)
        return replace(judged[0], vessel=replace(ship(), hydrostatics=points)), judged[1]

    def strong(judged: Judged, **changes: int) -> Judged:
        stations = tuple(replace(station, **changes) for station in ship().stations)
        return replace(judged[0], vessel=replace(ship(), stations=stations)), judged[1]

    def tank(**contents: int) -> Judged:
        made, planned = loading((A, "0020382"))
        return made, replace(planned, tank_contents_kg=contents)

    def seen_from(eye_vcg_mm: int) -> Judged:
        bridge = Bridge(lcg_mm=-100_000, eye_vcg_mm=eye_vcg_mm, bow_lcg_mm=100_000)
        return replace(aft[0], vessel=replace(ship(), bridge=bridge)), aft[1]

    def is_seen_from(eye_vcg_mm: int) -> bool:
        return not any(finding.rule == "SHIP-VISIBILITY" for finding in judge(*seen_from(eye_vcg_mm)).findings)

    def trimmed(limit: int) -> Judged:
        vessel = replace(ship(), limits=replace(ship().limits, max_trim_by_stern_mm=limit))
        return replace(aft[0], vessel=vessel), aft[1]

    fore, afloat_aft = limited(), judge(*aft).departure
    by_stern, lcg_aft = afloat_aft.trim_mm, afloat_aft.lcg_mm
    assert by_stern is not None
    assert lcg_aft is not None
    assert by_stern > 0 > afloat.trim_mm
    shear, bending = max(afloat.shear_kg), max(afloat.bending_kg_m)
    shear_aft, bending_aft = min(afloat_aft.shear_kg), min(afloat_aft.bending_kg_m)
    eye = bisect_left(range(100_000), True, key=is_seen_from)
    return [
        Twins("SHIP-VISIBILITY", seen_from(eye - 1), seen_from(eye)),
        Twins("SHIP-DISPLACEMENT", limited(max_displacement_kg=909_999), limited(max_displacement_kg=910_000)),
        Twins("SHIP-DRAUGHT", limited(max_draught_mm=afloat.draught_mm - 1), limited(max_draught_mm=afloat.draught_mm)),
        Twins("SHIP-GM", limited(min_gm_mm=afloat.gm_mm + 1), limited(min_gm_mm=afloat.gm_mm)),
        Twins(
            "SHIP-TRIM",
            limited(max_trim_by_head_mm=-afloat.trim_mm - 1),
            limited(max_trim_by_head_mm=-afloat.trim_mm),
        ),
        Twins("SHIP-TRIM", trimmed(by_stern - 1), trimmed(by_stern)),
        Twins("SHIP-LIST", limited(max_list_mdeg=afloat.list_mdeg - 1), limited(max_list_mdeg=afloat.list_mdeg)),
        Twins("SHIP-TCG", limited(max_tcg_mm=afloat.tcg_mm - 1), limited(max_tcg_mm=afloat.tcg_mm)),
        Twins("SHIP-LCG", tabled(fore, max_lcg_mm=afloat.lcg_mm - 1), tabled(fore, max_lcg_mm=afloat.lcg_mm)),
        Twins("SHIP-LCG", tabled(aft, min_lcg_mm=lcg_aft + 1), tabled(aft, min_lcg_mm=lcg_aft)),
        Twins("SHIP-SHEAR", strong(fore, max_shear_kg=shear - 1), strong(fore, max_shear_kg=shear)),
        Twins("SHIP-SHEAR", strong(aft, min_shear_kg=shear_aft + 1), strong(aft, min_shear_kg=shear_aft)),
        Twins("SHIP-BENDING", strong(fore, max_bending_kg_m=bending - 1), strong(fore, max_bending_kg_m=bending)),
        Twins("SHIP-BENDING", strong(aft, min_bending_kg_m=bending_aft + 1), strong(aft, min_bending_kg_m=bending_aft)),
        Twins("SHIP-TANK", tank(PORT=500_001, STARBOARD=500_000), tank(PORT=500_000, STARBOARD=500_000)),
        Twins("SHIP-TANK", tank(KEEL=1), tank()),
    ]


# --- cranes' work ---


def work_twins() -> list[Twins]:
    loads = {"A": "0020082", "B": "0020084"}
    two = call(loads=[A, B])

    def worked(made: VesselCall, slots: dict[str, str], *lifts: object, **changes: object) -> Judged:
        return made, plan(slots, queues=(queue("QC1", *lifts),), **changes)  # type: ignore[arg-type]

    a, b = load(("A", "0020082")), load(("B", "0020084"))
    sound = worked(two, loads, a, b)
    pair = call(loads=[box_20("T"), box_20("U")])
    pair_slots = {"T": "0010082", "U": "0030082"}
    twin = worked(pair, pair_slots, load(("T", "0010082"), ("U", "0030082")))
    singles = worked(pair, pair_slots, load(("T", "0010082")), load(("U", "0030082")))
    out = call(arrival=[(box("OUT", pod=HERE), "0020082"), (box("TOP", pod=HERE), "0020084")])
    restow = call(arrival=[(ABOARD, "0020082")])
    hold = call(loads=[A])
    in_hold = {"A": "0020002"}
    into_hold = load(("A", "0020002"))
    from_hold = call(arrival=[(box("DEEP", pod=HERE), "0020002")])
    no_twins = replace(pair, settings=CallSettings(may_twin=False))
    poor = terminal(quay_cranes=(QuayCrane("QC1", 0, may_twin=False), QuayCrane("QC2", 100_000)))
    weak = terminal(quay_cranes=(QuayCrane("QC1", 0, twin_max_kg=19_999), QuayCrane("QC2", 100_000)))
    odd = CraneStep(StepKind.LOAD, 2, 0, 120)
    both = call(loads=[box("A"), box_20("T"), box_20("U")])
    mixed = {"T": "0010082", "U": "0050082", "A": "0020282"}
    restowed = worked(
        restow, {}, restow_off(("OLD", "0020082")), restow_on(("OLD", "0020082")), restows={"OLD": "0020082"}
    )
    return [
        Twins(
            "WORK-STEP",
            (
                two,
                plan(
                    loads, queues=(WorkQueue("QC1", (*sound[1].queues[0].steps, replace(odd, start_s=300, end_s=420))),)
                ),
            ),
            sound,
        ),
        Twins("WORK-STEP", worked(two, loads, a, b, lid_off("02X")), sound),
        Twins("WORK-ONCE", worked(two, loads, a), sound, "B"),
        Twins(
            "WORK-ONCE",
            worked(out, {}, discharge(("TOP", "0020084"))),
            worked(out, {}, discharge(("TOP", "0020084")), discharge(("OUT", "0020082"))),
            "OUT",
        ),
        Twins(
            "WORK-ONCE",
            worked(restow, {}, discharge(("OLD", "0020082"))),
            restowed,
            "OLD",
        ),
        Twins("WORK-SLOT", worked(two, loads, a, load(("B", "0060082"))), sound, "B"),
        Twins(
            "WORK-SLOT",
            worked(out, {}, discharge(("TOP", "0020086")), discharge(("OUT", "0020082"))),
            worked(out, {}, discharge(("TOP", "0020084")), discharge(("OUT", "0020082"))),
            "TOP",
        ),
        Twins(
            "WORK-SLOT",
            worked(
                restow, {}, restow_on(("OLD", "0020082")), restow_off(("OLD", "0020082")), restows={"OLD": "0020082"}
            ),
            restowed,
            "OLD",
        ),
        Twins(
            "WORK-FREE",
            worked(out, {}, discharge(("OUT", "0020082")), discharge(("TOP", "0020084"))),
            worked(out, {}, discharge(("TOP", "0020084")), discharge(("OUT", "0020082"))),
            "OUT",
        ),
        Twins("WORK-SUPPORT", worked(two, loads, b, a), sound),
        Twins(
            "WORK-SUPPORT",
            worked(
                call(arrival=[(box("OUT", pod=HERE), "0020082")], loads=[A]),
                {"A": "0020082"},
                a,
                discharge(("OUT", "0020082")),
            ),
            worked(
                call(arrival=[(box("OUT", pod=HERE), "0020082")], loads=[A]),
                {"A": "0020082"},
                discharge(("OUT", "0020082")),
                a,
            ),
            "A",
        ),
        Twins(
            "WORK-LIDS",
            worked(hold, in_hold, into_hold),
            worked(hold, in_hold, lid_off("02S"), into_hold, lid_on("02S")),
            "A",
        ),
        Twins(
            "WORK-LIDS",
            worked(from_hold, {}, lid_off("02S"), lid_on("02S"), discharge(("DEEP", "0020002"))),
            worked(from_hold, {}, lid_off("02S"), discharge(("DEEP", "0020002")), lid_on("02S")),
            "DEEP",
        ),
        Twins(
            "WORK-LIDS",
            worked(
                two, {"A": "0020002", "B": "0020182"}, lid_off("02S"), into_hold, load(("B", "0020182")), lid_on("02S")
            ),
            worked(
                two, {"A": "0020002", "B": "0020182"}, lid_off("02S"), into_hold, lid_on("02S"), load(("B", "0020182"))
            ),
            "B",
        ),
        Twins(
            "WORK-LID-LIFT",
            worked(
                replace(hold, arrival=call(arrival=[(box("OUT", pod=HERE), "0020082")]).arrival),
                in_hold,
                lid_off("02S"),
                discharge(("OUT", "0020082")),
                into_hold,
                lid_on("02S"),
            ),
            worked(
                replace(hold, arrival=call(arrival=[(box("OUT", pod=HERE), "0020082")]).arrival),
                in_hold,
                discharge(("OUT", "0020082")),
                lid_off("02S"),
                into_hold,
                lid_on("02S"),
            ),
            "OUT",
        ),
        Twins("WORK-LID-LIFT", worked(hold, {"A": "0020082"}, lid_on("02S"), a), worked(hold, {"A": "0020082"}, a)),
        Twins(
            "WORK-LID-LIFT",
            worked(hold, in_hold, lid_off("02S"), lid_off("02S"), into_hold, lid_on("02S")),
            worked(hold, in_hold, lid_off("02S"), into_hold, lid_on("02S")),
        ),
        Twins(
            "WORK-LIDS-CLOSED",
            worked(hold, in_hold, lid_off("02S"), into_hold),
            worked(hold, in_hold, lid_off("02S"), into_hold, lid_on("02S")),
        ),
        Twins(
            "WORK-LIDS-CLOSED",  # a lid that was off when the plan began must be put on as well
            worked(replace(hold, lids_off=("02S",)), in_hold, into_hold),
            worked(replace(hold, lids_off=("02S",)), in_hold, into_hold, lid_on("02S")),
        ),
        Twins("WORK-TWIN", (no_twins, twin[1]), (no_twins, singles[1]), "T"),
        Twins("WORK-TWIN", (replace(pair, terminal=poor), twin[1]), twin, "T"),
        Twins("WORK-TWIN", (replace(pair, terminal=weak), twin[1]), twin, "T"),
        Twins(
            "WORK-TWIN",
            worked(two, loads, load(("A", "0020082"), ("B", "0020084"))),
            sound,
            "A",
            frozenset({"WORK-SUPPORT"}),
        ),
        Twins(
            "WORK-TWIN",
            worked(both, mixed, load(("T", "0010082"), ("U", "0050082")), load(("A", "0020282"))),
            worked(both, mixed, load(("T", "0010082")), load(("U", "0050082")), load(("A", "0020282"))),
            "T",
            frozenset({"CRANE-BAY"}),
        ),
    ]


# --- cranes along the ship, and the yard ---


def crane_twins() -> list[Twins]:
    two, loads = call(loads=[A, B]), {"A": "0020082", "B": "0060082"}
    a, b = load(("A", "0020082")), load(("B", "0060082"))

    def worked(*queues: WorkQueue, made: VesselCall = two) -> Judged:
        return made, plan(loads, queues=queues)

    def timed(start_s: int, end_s: int, later_s: int = 200) -> Judged:
        first, second = queue("QC1", a, b).steps
        return worked(
            WorkQueue(
                "QC1",
                (replace(first, start_s=start_s, end_s=end_s), replace(second, start_s=later_s, end_s=later_s + 120)),
            )
        )

    alone = worked(queue("QC1", a, b))
    strange_bay = replace(queue("QC1", a).steps[0], bay=6)
    wide = terminal(crane_gap_bays=1)
    late = terminal(quay_cranes=(QuayCrane("QC1", 0, ready_s=1), QuayCrane("QC2", 100_000)))
    short = terminal(quay_cranes=(QuayCrane("QC1", 0, outreach_rows=4), QuayCrane("QC2", 100_000)))
    side_by_side = (queue("QC1", a), queue("QC2", b))

    def first_crane(**facts: object) -> VesselCall:
        changed = QuayCrane("QC1", 0, **facts)  # type: ignore[arg-type]
        return replace(two, terminal=terminal(quay_cranes=(changed, QuayCrane("QC2", 100_000))))

    out_at_120 = first_crane(outages=(Outage(120, 180),))
    far_off = first_crane(travels_from_x=True)  # bay 02 is half a bay from where it stands
    returns = call(
        arrival=[(box("OUT", pod=HERE), "0020282")], loads=[A], terminal=first_crane(dual_cycle_s=180).terminal
    )
    may = replace(returns, settings=CallSettings(may_dual_cycle=True))

    def dual(made: VesselCall, whole_s: int) -> Judged:
        set_down, taken = queue("QC1", a, discharge(("OUT", "0020282"))).steps
        steps = (replace(set_down, end_s=90), replace(taken, start_s=90, end_s=whole_s))
        return made, plan({"A": "0020082"}, queues=(WorkQueue("QC1", steps),))

    # QC1 works bay 02, then QC2 wants to be there; QC1 must first get out of the way, towards the bow.
    crossing = (queue("QC1", b), queue("QC2", a))
    return [
        Twins("CRANE-KNOWN", worked(queue("QC9", a, b)), alone),
        Twins("CRANE-KNOWN", worked(queue("QC1", a), queue("QC1", b, start_s=180)), alone),
        Twins(
            "CRANE-BAY",
            worked(WorkQueue("QC1", (strange_bay,)), queue("QC2", b, start_s=400)),
            worked(queue("QC1", a), queue("QC2", b, start_s=400)),
            "A",
        ),
        Twins("CRANE-REACH", worked(queue("QC1", a, b), made=replace(two, terminal=short)), alone, "A"),
        Twins("CRANE-REACH", worked(queue("QC1", a, b), made=first_crane(rail_until_mm=21_959)), alone, "B"),
        Twins("CRANE-REACH", worked(queue("QC1", a, b), made=first_crane(rail_from_mm=7_321)), alone, "A"),
        Twins(
            "CRANE-OUTAGE",
            worked(queue("QC1", a, b, start_s=1), made=out_at_120),
            worked(queue("QC1", a, b), made=out_at_120),
        ),
        Twins("CRANE-TIME", dual(may, 179), dual(may, 180)),
        Twins("CRANE-TIME", dual(returns, 180), dual(may, 180)),
        Twins("CRANE-TIME", worked(queue("QC1", a, b), made=replace(two, terminal=late)), alone),
        Twins("CRANE-TIME", timed(0, 119), timed(0, 120)),
        Twins("CRANE-TIME", timed(0, 120, later_s=119), timed(0, 120, later_s=180)),
        Twins("CRANE-TRAVEL", timed(0, 120, later_s=179), timed(0, 120, later_s=180)),
        Twins(
            "CRANE-TRAVEL",
            worked(queue("QC1", a, b, start_s=29), made=far_off),
            worked(queue("QC1", a, b, start_s=30), made=far_off),
        ),
        Twins("CRANE-GAP", worked(*side_by_side, made=replace(two, terminal=wide)), worked(*side_by_side)),
        Twins("CRANE-GAP", worked(*crossing), worked(*side_by_side)),
        Twins(
            "CRANE-GAP",  # the crane of larger x is nearer the bow when the bow points to growing x
            worked(*side_by_side, made=replace(two, bow_towards_x=True)),
            worked(*crossing, made=replace(two, bow_towards_x=True)),
        ),
        Twins(
            "CRANE-GAP",  # after bay 02 the first crane needs a minute to be a bay further forward
            worked(queue("QC1", b), queue("QC2", a, start_s=120)),
            worked(queue("QC1", a), queue("QC2", b, start_s=0)),
        ),
    ]


def wish_twins() -> list[Twins]:
    def pinned(where: str) -> Wishes:
        return Wishes(pins=(Pin(A.id, ShipPart.parse(where), "hot box"),))

    def forbidden(where: str, cargo: Cargo = ANY) -> Wishes:
        return Wishes(forbids=(Forbid(ShipPart.parse(where), cargo, "crew at work"),))

    def budget(at_most: int, earlier: str = "0020084") -> Wishes:
        return Wishes(budget=ChangeBudget({A.id: slot(earlier), B.id: slot("0060082")}, at_most))

    def one(wishes: Wishes) -> Judged:
        return loading((A, "0020082"), wishes=wishes)

    def kept_with(*slots: str) -> Wishes:
        stowed = tuple((A.id, slot(each)) for each in slots)
        return Wishes(keeps=(Keep(ShipPart.parse("bay 02 row 00 deck"), stowed, "agreed with the chief officer"),))

    def by_crane(crane: str, work: str = "A", *, is_only: bool = True) -> Wishes:
        return Wishes(cranes=(CraneWish(crane, Worked.parse(work), is_only),))

    def order(first: str, then: str) -> Wishes:
        return Wishes(orders=(OrderWish(Worked.parse(first), Worked.parse(then)),))

    def by_two(wishes: Wishes) -> Judged:
        """A by QC1 in bay 02, then B by QC2 in bay 06."""
        queues = (queue("QC1", load(("A", "0020082"))), queue("QC2", load(("B", "0060082")), start_s=120))
        return call(loads=[A, B], wishes=wishes), plan({"A": "0020082", "B": "0060082"}, queues=queues)

    kept = call(arrival=[(ABOARD, "0020082")], wishes=forbidden("bay 02"))
    ashore = call(loads=[A], wishes=budget(0))
    left = plan(refused={"A": "no room"})
    return [
        Twins("WISH-PIN", one(pinned("0020084")), one(pinned("0020082")), "A"),
        Twins("WISH-PIN", one(pinned("bay 02 hold")), one(pinned("bay 02 deck")), "A"),
        Twins("WISH-PIN", one(pinned("bay 01")), one(pinned("bay 02 row 00")), "A"),
        Twins("WISH-PIN", one(pinned("under lid 02S")), one(pinned("on lid 02S")), "A"),
        Twins("WISH-PIN", (call(wishes=pinned("bay 02")), plan()), one(pinned("bay 02")), "A"),
        Twins("WISH-FORBID", one(forbidden("bay 02")), one(forbidden("bay 06")), "A"),
        Twins("WISH-FORBID", one(forbidden("0010082")), one(forbidden("0010084")), "A"),
        Twins("WISH-FORBID", one(forbidden("lid 02S")), one(forbidden("lid 02P")), "A"),
        Twins("WISH-FORBID", one(forbidden("bay 02", Cargo(pod=LATER))), (kept, plan()), "A"),
        Twins(
            "WISH-FORBID", one(forbidden("bay 02", Cargo(length_ft=40))), one(forbidden("bay 02", Cargo(reefers=True)))
        ),
        Twins("WISH-KEEP", one(kept_with("0020084")), one(kept_with("0020082")), "A"),
        Twins("WISH-KEEP", one(kept_with()), (call(wishes=kept_with()), plan()), "A"),
        Twins("WISH-KEEP", (call(wishes=kept_with("0020082")), plan()), one(kept_with("0020082")), "A"),
        Twins("WISH-CRANE", by_two(by_crane("QC2")), by_two(by_crane("QC1"))),
        Twins("WISH-CRANE", by_two(by_crane("QC1", is_only=False)), by_two(by_crane("QC2", is_only=False))),
        Twins("WISH-CRANE", by_two(by_crane("QC2", "bay 02")), by_two(by_crane("QC2", "bay 06"))),
        Twins("WISH-ORDER", by_two(order("B", "A")), by_two(order("A", "B"))),
        Twins("WISH-ORDER", by_two(order("bay 06", "bay 02")), by_two(order("bay 02 deck", "bay 06"))),
        Twins("WISH-BUDGET", one(budget(0)), one(budget(1))),
        Twins("WISH-BUDGET", one(budget(0)), one(budget(0, "0020082"))),
        Twins("WISH-BUDGET", (ashore, left), (replace(ashore, loads=(box("A", holds=("customs",)),)), left)),
    ]


def yard_twins() -> list[Twins]:
    inventory = yard((A, "A1-02-1-1"), ("TOP", "A1-02-1-2"), (box_20("T"), "A1-05-1-1"), ("FOREIGN", "A1-10-1-1"))
    made = call(loads=[A], yard=inventory)
    slots = {"A": "0020082"}
    aside = dig("TOP", "A1-02-1-2", "A1-02-2-1", needed_for="A")

    def moved(*moves: object, of: VesselCall = made, **changes: object) -> Judged:
        return of, plan(slots, yard_moves=moves, **changes)  # type: ignore[arg-type]

    def to(target: str) -> Judged:
        return moved(
            replace(aside, target=dig("TOP", "A1-02-1-2", target, needed_for="A").target), fetch("A", "A1-02-1-1")
        )

    def cold(target: str, reefer: Container = REEFER) -> Judged:
        """Block A1 has racks in bays 01 and 03, where the reefer stands on A."""
        of = call(loads=[A, reefer], yard=yard((A, "A1-02-1-1"), (reefer, "A1-02-1-2")))
        moves = (dig("R", "A1-02-1-2", target, needed_for="A"), fetch("A", "A1-02-1-1"), fetch("R", target))
        return of, plan({"A": "0020282", "R": "0020082"}, yard_moves=moves)

    sound = moved(aside, fetch("A", "A1-02-1-1"))
    two = call(loads=[A, B], yard=yard((A, "A1-02-1-1"), (B, "A1-06-1-1")))
    both = {"A": "0020082", "B": "0020084"}
    steps = (queue("QC1", load(("A", "0020082")), load(("B", "0020084"))),)
    first, second = fetch("A", "A1-02-1-1", due_s=0), fetch("B", "A1-06-1-1", due_s=120)
    return [
        Twins("YARD-PLACE", moved(aside, fetch("A", "A1-02-1-2")), sound, "A"),
        Twins("YARD-PLACE", moved(aside, aside, fetch("A", "A1-02-1-1")), sound, "TOP"),
        Twins("YARD-TOP", moved(fetch("A", "A1-02-1-1")), sound, "A"),
        Twins("YARD-TARGET", to("Z9-02-2-1"), sound, "TOP"),
        Twins("YARD-TARGET", to("A1-02-9-1"), sound, "TOP"),
        Twins("YARD-TARGET", to("A1-03-2-1"), sound, "TOP"),
        Twins("YARD-TARGET", to("A1-10-1-1"), to("A1-10-1-2"), "TOP"),
        Twins("YARD-TARGET", to("A1-02-2-2"), sound, "TOP"),
        Twins("YARD-TARGET", to("A1-06-1-1"), sound, "TOP"),
        Twins("YARD-PLUG", cold("A1-06-1-1"), cold("A1-02-2-1"), "R"),
        Twins("YARD-PLUG", cold("A1-06-1-1"), cold("A1-06-1-1", box("R", code="45R1")), "R"),
        Twins("YARD-ONCE", moved(aside), sound, "A"),
        Twins(
            "YARD-ONCE",
            moved(aside, fetch("A", "A1-02-1-1"), fetch("FOREIGN", "A1-10-1-1")),
            sound,
            "FOREIGN",
            frozenset({"YARD-NEEDED"}),
        ),
        Twins("YARD-NEEDED", moved(replace(aside, needed_for="B"), fetch("A", "A1-02-1-1")), sound, "TOP"),
        Twins(
            "YARD-ABSENT",
            loading((A, "0020082"), yard=yard((B, "A1-02-1-1"))),
            loading((A, "0020082"), yard=yard((A, "A1-02-1-1"))),
            "A",
        ),
        Twins(
            "YARD-ORDER", (two, plan(both, yard_moves=(second, first))), (two, plan(both, yard_moves=(first, second)))
        ),
        Twins(
            "YARD-DUE",
            (two, plan(both, yard_moves=(first, replace(second, due_s=121)), queues=steps)),
            (two, plan(both, yard_moves=(first, second), queues=steps)),
            "B",
        ),
    ]


TWINS = [
    *list_twins(),
    *position_twins(),
    *stack_twins(),
    *special_twins(),
    *order_twins(),
    *ship_twins(),
    *work_twins(),
    *crane_twins(),
    *wish_twins(),
    *yard_twins(),
]


@pytest.mark.parametrize("twins", TWINS, ids=[f"{twins.rule}-{number}" for number, twins in enumerate(TWINS)])
def test_a_plan_broken_in_exactly_this_way_is_found_out_and_its_sound_twin_is_not(twins: Twins) -> None:
    broken, sound = by_plan(twins.broken), by_plan(twins.sound)
    assert {finding.rule for finding in broken} - {finding.rule for finding in sound} == {twins.rule} | (
        twins.also - {finding.rule for finding in sound}
    )
    assert twins.rule not in {finding.rule for finding in sound}
    if twins.container:
        assert twins.container in {finding.container for finding in broken if finding.rule == twins.rule}


def test_every_rule_has_its_twins_but_those_that_are_never_judged() -> None:
    assert {twins.rule for twins in TWINS} == {rule.id for rule in RULES} - NEVER_JUDGED


def test_rules_that_are_never_judged_say_why() -> None:
    said = judge(*loading((A, "0020082"))).rules
    assert all("Not judged:" in said[rule] for rule in NEVER_JUDGED)
