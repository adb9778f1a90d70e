"""The referee of the quay over days: a berth plan is judged from the case and the plan alone.

What a ship already did by the last plan (`BerthCase.is_begun`) is not the plan's fault: offences of a begun ship
against the rules of place and arrival came so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations

from cabria.domain.berthing import (
    BerthCase,
    BerthLayout,
    BerthPlan,
    CraneRhythm,
    RailCrane,
    ShipCall,
    ShipId,
    Stay,
)
from cabria.domain.findings import Cause, Finding, Severity
from cabria.domain.told import Told, told
from cabria.referee.berth_costs import berth_costs, berth_hours
from cabria.referee.rule import Rule

LISTED = Rule("BERTH-LISTED", Severity.HARD, "Every ship is either planned or listed as not served, and no other is.")
UNSERVED = Rule("BERTH-UNSERVED", Severity.COMMERCIAL, "Every ship is served.")
GRID = Rule("BERTH-GRID", Severity.HARD, "Places and times lie on the steps the rules state.")
QUAY = Rule("BERTH-QUAY", Severity.HARD, "A ship lies within the quay.")
SECTION = Rule("BERTH-SECTION", Severity.HARD, "Where berths are discrete or hybrid, a ship lies within one section.")
OVERLAP = Rule("BERTH-OVERLAP", Severity.HARD, "No two ships lie in one place at one time.")
GAP = Rule("BERTH-GAP", Severity.HARD, "Ships side by side keep the mooring gap.")
KIND = Rule("BERTH-KIND", Severity.HARD, "A ship lies only at the kinds of quay she may lie at.")
DEPTH = Rule("BERTH-DEPTH", Severity.HARD, "The lowest water of her stay carries the ship, with her clearance.")
TIDE = Rule("BERTH-TIDE", Severity.HARD, "The water in the channel carries the ship when she comes and when she goes.")
WIND = Rule("BERTH-WIND", Severity.HARD, "No ship berths or leaves in gusts above her limit.")
MOVEMENTS = Rule(
    "BERTH-MOVEMENTS", Severity.HARD, "Within 60 minutes no more ships come and go than the channel takes."
)
EARLY = Rule("BERTH-EARLY", Severity.HARD, "No ship starts before her earliest arrival.")
DEPARTURE = Rule("BERTH-DEPARTURE", Severity.HARD, "A ship leaves by her latest departure and within the horizon.")
FROZEN = Rule(
    "BERTH-FROZEN", Severity.HARD, "What the last plan froze keeps its place and start, unless it is blocked."
)
PAST = Rule("BERTH-PAST", Severity.HARD, "Nothing before now differs from the last plan.")
CRANES = Rule(
    "CRANE-COUNT",
    Severity.HARD,
    "From first to last lift a ship has at least her minimum of cranes, at most her maximum.",
)
MOORING = Rule("CRANE-MOORING", Severity.HARD, "Work begins when she is moored and ends before she unmoors.")
RHYTHM = Rule("CRANE-RHYTHM", Severity.HARD, "The number of cranes at a ship changes only when the rules let it.")
POOL = Rule(
    "CRANE-POOL",
    Severity.HARD,
    "No more cranes work than are in order, in reach and able to stand in their order on the rail.",
)
STOPPED = Rule("CRANE-WIND", Severity.HARD, "No crane works in gusts above the cranes' limit.")
NAMED = Rule(
    "CRANE-NAMED", Severity.HARD, "A named crane exists, is in order, reaches the ship and is at one ship at a time."
)
CROSS = Rule("CRANE-CROSS", Severity.HARD, "Named cranes never pass each other.")
WORK = Rule("BERTH-WORK", Severity.HARD, "The cranes at a ship do all her work.")

RULES = tuple(rule for rule in list(vars().values()) if isinstance(rule, Rule))

_OF_PLACE = frozenset({QUAY.id, SECTION.id, KIND.id, DEPTH.id, TIDE.id, WIND.id, EARLY.id, GRID.id})


@dataclass(frozen=True, slots=True)
class BerthJudgement:
    """Findings, cost in money and in hours by component, and how many ships moved against the last plan."""

    findings: tuple[Finding, ...]
    costs: Mapping[str, float]
    hours: Mapping[str, float]

    @property
    def cost(self) -> float:
        return sum(self.costs.values())

    @property
    def hard_by_plan(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.severity is Severity.HARD and f.cause is Cause.PLAN)

    @property
    def is_valid(self) -> bool:
        return not self.hard_by_plan


@dataclass(frozen=True, slots=True)
class _Berthed:
    """A ship of the case and her stay in the plan."""

    ship: ShipCall
    stay: Stay

    @property
    def end_mm(self) -> int:
        return self.stay.position_mm + self.ship.length_mm

    def is_there(self, at_min: int) -> bool:
        return self.stay.start_min <= at_min < self.stay.end_min


def judge_berthing(case: BerthCase, plan: BerthPlan) -> BerthJudgement:
    """Every broken rule, ship by ship and then between ships, and what the plan costs."""
    findings = list(_listing(case, plan))
    berthed = [_Berthed(case.ship_of[stay.ship], stay) for stay in plan.stays if stay.ship in case.ship_of]
    for one in berthed:
        for check in CHECKS_OF_ONE:
            findings += [_blamed(case, one.ship, finding) for finding in check(case, one)]
    for check_all in CHECKS_OF_ALL:
        findings += check_all(case, berthed)
    return BerthJudgement(tuple(findings), berth_costs(case, plan), berth_hours(case, plan))


def _blamed(case: BerthCase, ship: ShipCall, finding: Finding) -> Finding:
    if finding.rule in _OF_PLACE and case.is_begun(ship.id):
        return replace(finding, cause=Cause.ARRIVAL)
    return finding


def _listing(case: BerthCase, plan: BerthPlan) -> Iterator[Finding]:
    listed = {left.ship for left in plan.unserved}
    for ship in case.ships:
        if ship.id not in plan.stay_of and ship.id not in listed:
            yield LISTED.finding(told("The plan does not speak of this ship.", "ship-not-planned"), f"ship {ship.id}")
    for ship_id in (*plan.stay_of, *listed):
        if ship_id not in case.ship_of:
            yield LISTED.finding(
                told("The plan has a ship that is not expected.", "ship-not-expected"), f"ship {ship_id}"
            )
    for left in plan.unserved:
        why = told("{rule}: {why}", "ship-left-out", rule=left.rule, why=left.text)
        if left.code:  # the plan says it in words that other languages have
            why = Told(why.text, left.code, left.values)
        yield UNSERVED.finding(why, f"ship {left.ship}")


def on_the_grid(case: BerthCase, one: _Berthed) -> Iterator[Finding]:
    step, stay = case.rules.step_min, one.stay
    if stay.position_mm % case.rules.position_step_mm:
        text = told(
            "Place {at_mm} mm is not on the step of {step_mm} mm.",
            "place-off-grid",
            at_mm=stay.position_mm,
            step_mm=case.rules.position_step_mm,
        )
        yield GRID.finding(text, _at(one))
    times = [stay.start_min, stay.end_min]
    times += [time for part in stay.work for time in (part.spell.start_min, part.spell.end_min)]
    odd = next((time for time in times if time % step), None)
    if odd is not None:
        text = told("Minute {minute} is not on the step of {step} min.", "minute-off-grid", minute=odd, step=step)
        yield GRID.finding(text, _at(one))


def within_the_quay(case: BerthCase, one: _Berthed) -> Iterator[Finding]:
    if one.stay.position_mm < 0 or one.end_mm > case.quay.length_mm:
        yield QUAY.finding(
            told(
                "She lies from {from_m} to {to_m}; the quay is {quay_m} long.",
                "beyond-the-quay",
                from_m=_metres(one.stay.position_mm),
                to_m=_metres(one.end_mm),
                quay_m=_metres(case.quay.length_mm),
            ),
            _at(one),
        )


def within_one_section(case: BerthCase, one: _Berthed) -> Iterator[Finding]:
    under = case.quay.sections_under(one.stay.position_mm, one.end_mm)
    if case.quay.layout is not BerthLayout.CONTINUOUS and len(under) > 1:
        text = told(
            "She lies across {names}.", "across-sections", names=" and ".join(section.name for section in under)
        )
        yield SECTION.finding(text, _at(one))


def at_a_kind_she_may_use(case: BerthCase, one: _Berthed) -> Iterator[Finding]:
    for section in case.quay.sections_under(one.stay.position_mm, one.end_mm):
        if section.kind not in one.ship.kinds:
            text = told(
                "Section {section} is {quay_kind}.",
                "section-of-other-kind",
                section=section.name,
                quay_kind=section.kind,
            )
            yield KIND.finding(text, _at(one))


def afloat_all_the_time(case: BerthCase, one: _Berthed) -> Iterator[Finding]:
    needed = one.ship.draught_mm + case.rules.under_keel_clearance_mm
    if not one.ship.draught_mm:
        return
    tide = case.tide.lowest_mm(one.stay.start_min, one.stay.end_min)
    for section in case.quay.sections_under(one.stay.position_mm, one.end_mm):
        if section.depth_mm + tide < needed:
            yield DEPTH.finding(
                told(
                    "Section {section} has {water_m} of water at the lowest; she needs {needed_m}.",
                    "section-too-shallow",
                    section=section.name,
                    water_m=_metres(section.depth_mm + tide),
                    needed_m=_metres(needed),
                ),
                _at(one),
            )


def afloat_in_the_channel(case: BerthCase, one: _Berthed) -> Iterator[Finding]:
    depth = case.quay.channel_depth_mm
    if depth is None:
        return
    crossings = (
        ("comes", one.stay.start_min, one.ship.arrival_draught_mm),
        ("goes", one.stay.end_min, one.ship.departure_draught_mm),
    )
    for what, at_min, draught in crossings:
        needed, water = draught + case.rules.under_keel_clearance_mm, depth + case.tide.height_mm(at_min)
        if draught and water < needed:
            text = told(
                "The channel has {water_m} when she {does} at {at}; she needs {needed_m}.",
                "channel-too-shallow",
                water_m=_metres(water),
                does=what,
                at=_clock(at_min),
                needed_m=_metres(needed),
            )
            yield TIDE.finding(text, _at(one))


def no_berthing_in_wind(case: BerthCase, one: _Berthed) -> Iterator[Finding]:
    if one.ship.wind_limit_kn is None:
        return
    for what, at_min in (("berths", one.stay.start_min), ("leaves", one.stay.end_min)):
        gust = case.gust_kn(at_min, at_min + 1)
        if gust > one.ship.wind_limit_kn:
            text = told(
                "She {does} at {at} in gusts of {gust_kn} kn; her limit is {limit_kn} kn.",
                "too-windy",
                does=what,
                at=_clock(at_min),
                gust_kn=gust,
                limit_kn=one.ship.wind_limit_kn,
            )
            yield WIND.finding(text, _at(one))


def not_before_arrival(case: BerthCase, one: _Berthed) -> Iterator[Finding]:
    if one.stay.start_min < one.ship.eta.earliest_min:
        text = told(
            "She starts at {at} and can be there at {earliest}.",
            "before-she-comes",
            at=_clock(one.stay.start_min),
            earliest=_clock(one.ship.eta.earliest_min),
        )
        yield EARLY.finding(text, _at(one))


def gone_in_time(case: BerthCase, one: _Berthed) -> Iterator[Finding]:
    limits = [("the horizon", case.rules.horizon_min)]
    if one.ship.latest_departure_min is not None:
        limits.append(("her latest departure", one.ship.latest_departure_min))
    for what, limit in limits:
        if one.stay.end_min > limit:
            text = told(
                "She leaves at {at}, after {what}, {latest}.",
                "leaves-too-late",
                at=_clock(one.stay.end_min),
                what=what,
                latest=_clock(limit),
            )
            yield DEPARTURE.finding(text, _at(one))


def past_is_kept(case: BerthCase, one: _Berthed) -> Iterator[Finding]:
    if case.last_plan is None:
        return
    before, now, step = case.last_plan.stay_of.get(one.ship.id), case.now_min, case.rules.step_min
    if not case.is_begun(one.ship.id):
        if one.stay.start_min < now:
            text = told(
                "She starts at {at}; it is {now} now.",
                "starts-in-the-past",
                at=_clock(one.stay.start_min),
                now=_clock(now),
            )
            yield PAST.finding(text, _at(one))
        return
    assert before is not None  # begun by the last plan
    if (before.position_mm, before.start_min) != (one.stay.position_mm, one.stay.start_min):
        yield PAST.finding(told("She has begun, at another place or time.", "ship-begun-otherwise"), _at(one))
    if before.end_min <= now and one.stay != before:
        yield PAST.finding(told("She has left, and not so.", "ship-left-otherwise"), _at(one))
    for at_min in range(before.start_min, now, step):
        if before.cranes_at(at_min) != one.stay.cranes_at(at_min):
            had = before.cranes_at(at_min)
            yield PAST.finding(
                told("She had {cranes} cranes at {at}.", "past-cranes-differ", cranes=had, at=_clock(at_min)), _at(one)
            )
            return


def moored_before_work(case: BerthCase, one: _Berthed) -> Iterator[Finding]:
    rules, stay = case.rules, one.stay
    lifting = [part.spell for part in stay.work if part.cranes]
    if not lifting:
        return
    first = stay.start_min + rules.steps_up(rules.mooring_min) * rules.step_min
    last = stay.end_min - rules.steps_up(rules.unmooring_min) * rules.step_min
    if lifting[0].start_min < first:
        text = told(
            "Cranes work from {at}; moored at {moored}.",
            "work-before-mooring",
            at=_clock(lifting[0].start_min),
            moored=_clock(first),
        )
        yield MOORING.finding(text, _at(one))
    if lifting[-1].end_min > last:
        text = told(
            "Cranes work until {at}; unmooring at {unmooring}.",
            "work-after-unmooring",
            at=_clock(lifting[-1].end_min),
            unmooring=_clock(last),
        )
        yield MOORING.finding(text, _at(one))


def as_many_cranes_as_she_takes(case: BerthCase, one: _Berthed) -> Iterator[Finding]:
    for at_min, cranes in _work_steps(case, one):
        if _stands_idle(case, one.ship, at_min):
            if cranes:
                text = told("{cranes} cranes work at {at}.", "work-while-stopped", cranes=cranes, at=_clock(at_min))
                yield STOPPED.finding(text, _at(one))
        elif at_min >= case.now_min and not one.ship.min_cranes <= cranes <= one.ship.max_cranes:
            text = told(
                "{cranes} cranes at {at}; {least} to {most} are possible.",
                "cranes-out-of-range",
                cranes=cranes,
                at=_clock(at_min),
                least=one.ship.min_cranes,
                most=one.ship.max_cranes,
            )
            yield CRANES.finding(text, _at(one))


def steady_cranes(case: BerthCase, one: _Berthed) -> Iterator[Finding]:
    rhythm, shifts = case.rules.crane_rhythm, case.rules.shifts
    if rhythm is CraneRhythm.STEP:
        return
    known: dict[int, int] = {}
    for at_min, cranes in _work_steps(case, one):
        if at_min < case.now_min or _stands_idle(case, one.ship, at_min):
            continue
        group = shifts.number(at_min) if rhythm is CraneRhythm.SHIFT else 0
        if known.setdefault(group, cranes) != cranes:
            text = told(
                "{before} cranes become {cranes} at {at} within one {rhythm}.",
                "cranes-change-within",
                before=known[group],
                cranes=cranes,
                at=_clock(at_min),
                rhythm=rhythm,
            )
            yield RHYTHM.finding(text, _at(one))
            return


def work_is_done(case: BerthCase, one: _Berthed) -> Iterator[Finding]:
    rules = case.rules
    done = sum(rules.output_ppm(part.cranes) * (part.spell.end_min - part.spell.start_min) for part in one.stay.work)
    needed = rules.work_ppm(one.ship, one.stay.position_mm)
    if done < needed:
        text = told(
            "{done} of {needed} crane hours are done.",
            "work-not-done",
            done=f"{done / 60e6:.2f}",
            needed=f"{needed / 60e6:.2f}",
        )
        yield WORK.finding(text, _at(one))


def apart_at_the_quay(case: BerthCase, berthed: list[_Berthed]) -> Iterator[Finding]:
    for a, b in combinations(berthed, 2):
        if a.stay.start_min >= b.stay.end_min or b.stay.start_min >= a.stay.end_min:
            continue
        left, right = (a, b) if a.stay.position_mm <= b.stay.position_mm else (b, a)
        free = right.stay.position_mm - left.end_mm
        both = f"ships {left.ship.id} and {right.ship.id}"
        if free < 0:
            text = told(
                "They share {shared_m} of quay from {at} on.",
                "ships-overlap",
                shared_m=_metres(min(-free, right.ship.length_mm)),
                at=_clock(_meeting(a, b)),
            )
            yield _blame_both(case, a, b, OVERLAP.finding(text, both))
        elif free < case.rules.mooring_gap_mm:
            text = told(
                "{free_m} between them; the mooring gap is {gap_m}.",
                "ships-too-near",
                free_m=_metres(free),
                gap_m=_metres(case.rules.mooring_gap_mm),
            )
            yield _blame_both(case, a, b, GAP.finding(text, both))
        elif case.quay.layout is BerthLayout.DISCRETE and _share_a_section(case, a, b):
            text = told("They share a berth that takes one ship at a time.", "two-at-one-berth")
            yield _blame_both(case, a, b, OVERLAP.finding(text, both))


def channel_is_free(case: BerthCase, berthed: list[_Berthed]) -> Iterator[Finding]:
    limit = case.rules.movements_per_h
    if limit is None:
        return
    times = sorted(t for one in berthed for t in (one.stay.start_min, one.stay.end_min) if t >= case.now_min)
    for i, at_min in enumerate(times):
        within = [time for time in times[i:] if time < at_min + 60]
        if len(within) > limit:
            text = told(
                "{count} movements within 60 minutes of {at}; {most} are possible.",
                "too-many-movements",
                count=len(within),
                at=_clock(at_min),
                most=limit,
            )
            yield MOVEMENTS.finding(text, _clock(at_min))
            return


def cranes_are_enough(case: BerthCase, berthed: list[_Berthed]) -> Iterator[Finding]:
    for at_min in _steps_with_work(case, berthed):
        end_min = at_min + case.rules.step_min
        working = sorted((one for one in berthed if one.stay.cranes_at(at_min)), key=lambda one: one.stay.position_mm)
        in_order = [crane for crane in case.quay.cranes if not crane.is_out(at_min, end_min)]
        asked = sum(one.stay.cranes_at(at_min) for one in working)
        if asked > len(in_order):
            text = told(
                "{cranes} cranes work and {there} are in order.", "too-few-cranes", cranes=asked, there=len(in_order)
            )
            yield POOL.finding(text, _clock(at_min))
        elif (short := _first_without_cranes(working, in_order, at_min)) is not None:
            text = told(
                "{cranes} cranes are asked for; fewer are left, in reach and in their order.",
                "cranes-out-of-reach",
                cranes=short.stay.cranes_at(at_min),
            )
            yield POOL.finding(text, f"{_clock(at_min)}, {_at(short)}")


def named_cranes_can_be_there(case: BerthCase, berthed: list[_Berthed]) -> Iterator[Finding]:
    order = {crane.id: number for number, crane in enumerate(case.quay.cranes)}
    for at_min in _steps_with_work(case, berthed):
        end_min = at_min + case.rules.step_min
        working = sorted((one for one in berthed if one.stay.cranes_at(at_min)), key=lambda one: one.stay.position_mm)
        where: dict[str, ShipId] = {}
        last = -1
        for one in working:
            names = one.stay.crane_ids_at(at_min)
            place = f"{_clock(at_min)}, {_at(one)}"
            for name in names:
                if name not in order:
                    yield NAMED.finding(told("There is no crane {crane}.", "no-such-crane", crane=name), place)
                    continue
                if name in where:
                    text = told(
                        "Crane {crane} is also at ship {ship}.", "crane-at-two-ships", crane=name, ship=where[name]
                    )
                    yield NAMED.finding(text, place)
                where[name] = one.ship.id
                crane = case.quay.cranes[order[name]]
                if crane.is_out(at_min, end_min):
                    yield NAMED.finding(told("Crane {crane} is out of order.", "crane-out-of-order", crane=name), place)
                if not _reaches(crane, one):
                    yield NAMED.finding(
                        told("Crane {crane} does not reach her.", "crane-does-not-reach", crane=name), place
                    )
            known = [order[name] for name in names if name in order]
            if known and min(known) < last:
                text = told(
                    "Crane {crane} would stand right of {other}.",
                    "cranes-cross",
                    crane=case.quay.cranes[min(known)].id,
                    other=case.quay.cranes[last].id,
                )
                yield CROSS.finding(text, place)
            last = max((last, *known))


def frozen_stays_are_kept(case: BerthCase, berthed: list[_Berthed]) -> Iterator[Finding]:
    there = {one.ship.id: one for one in berthed}
    for before in case.last_plan.stays if case.last_plan else ():
        if not case.is_frozen(before.ship):
            continue
        one = there.get(before.ship)
        if one is None:
            text = told("Her stay is frozen and she is not served.", "frozen-not-served")
            yield FROZEN.finding(text, f"ship {before.ship}")
        elif before.position_mm != one.stay.position_mm:
            text = told("Her place is frozen at {at_m}.", "frozen-place", at_m=_metres(before.position_mm))
            yield FROZEN.finding(text, _at(one))
        elif one.stay.start_min < before.start_min:
            text = told("Her start is frozen at {at}.", "frozen-start", at=_clock(before.start_min))
            yield FROZEN.finding(text, _at(one))
        elif one.stay.start_min > before.start_min and not _is_blocked(case, one, before, berthed):
            text = told(
                "Her start is frozen at {at} and nothing is in her way.",
                "frozen-start-free",
                at=_clock(before.start_min),
            )
            yield FROZEN.finding(text, _at(one))


def _is_blocked(case: BerthCase, one: _Berthed, before: Stay, berthed: list[_Berthed]) -> bool:
    """Whether, at her old start, another begun or frozen ship lies in her place or water or wind forbid it, or a crane
    is broken during her old stay."""
    gap = case.rules.mooring_gap_mm
    for other in berthed:
        if other is one or not case.is_frozen(other.ship.id) or not other.is_there(before.start_min):
            continue
        if one.stay.position_mm < other.end_mm + gap and other.stay.position_mm < one.end_mm + gap:
            return True
    if any(crane.is_out(before.start_min, before.end_min) for crane in case.quay.cranes):
        return True
    as_before = _Berthed(one.ship, before)
    return any(
        list(check(case, as_before)) for check in (no_berthing_in_wind, afloat_in_the_channel, afloat_all_the_time)
    )


OneCheck = Callable[[BerthCase, _Berthed], Iterator[Finding]]
AllCheck = Callable[[BerthCase, list[_Berthed]], Iterator[Finding]]

CHECKS_OF_ONE: tuple[OneCheck, ...] = (
    on_the_grid,
    within_the_quay,
    within_one_section,
    at_a_kind_she_may_use,
    afloat_all_the_time,
    afloat_in_the_channel,
    no_berthing_in_wind,
    not_before_arrival,
    gone_in_time,
    past_is_kept,
    moored_before_work,
    as_many_cranes_as_she_takes,
    steady_cranes,
    work_is_done,
)
CHECKS_OF_ALL: tuple[AllCheck, ...] = (
    apart_at_the_quay,
    channel_is_free,
    cranes_are_enough,
    named_cranes_can_be_there,
    frozen_stays_are_kept,
)


def _work_steps(case: BerthCase, one: _Berthed) -> Iterator[tuple[int, int]]:
    """Every step from the first one after mooring to the last with cranes, and how many cranes it has."""
    rules, stay = case.rules, one.stay
    last = max((part.spell.end_min for part in stay.work if part.cranes), default=stay.start_min)
    first = stay.start_min + rules.steps_up(rules.mooring_min) * rules.step_min
    for at_min in range(first, last, rules.step_min):
        yield at_min, stay.cranes_at(at_min)


def _stands_idle(case: BerthCase, ship: ShipCall, at_min: int) -> bool:
    """Whether nobody can work her: too windy, or fewer cranes in order that reach across her than her minimum."""
    end_min = at_min + case.rules.step_min
    able = [c for c in case.quay.cranes if c.outreach_rows >= ship.reach_rows and not c.is_out(at_min, end_min)]
    return case.is_too_windy_for_cranes(at_min) or len(able) < ship.min_cranes


def _steps_with_work(case: BerthCase, berthed: list[_Berthed]) -> list[int]:
    step = case.rules.step_min
    return sorted(
        {
            at_min
            for one in berthed
            for part in one.stay.work
            if part.cranes
            for at_min in range(part.spell.start_min, part.spell.end_min, step)
            if at_min >= case.now_min
        }
    )


def _first_without_cranes(working: list[_Berthed], in_order: list[RailCrane], at_min: int) -> _Berthed | None:
    """Give each ship from the left the leftmost cranes that reach her; None when all get theirs.

    Leftmost first leaves most for the ships to the right, so nobody is refused who could be served.
    """
    free = 0
    for one in working:
        missing = one.stay.cranes_at(at_min)
        while missing and free < len(in_order):
            missing -= _reaches(in_order[free], one)
            free += 1
        if missing:
            return one
    return None


def _reaches(crane: RailCrane, one: _Berthed) -> bool:
    along = crane.rail_start_mm < one.end_mm and one.stay.position_mm < crane.rail_end_mm
    return along and crane.outreach_rows >= one.ship.reach_rows


def _share_a_section(case: BerthCase, a: _Berthed, b: _Berthed) -> bool:
    def names(one: _Berthed) -> set[str]:
        return {section.name for section in case.quay.sections_under(one.stay.position_mm, one.end_mm)}

    return bool(names(a) & names(b))


def _blame_both(case: BerthCase, a: _Berthed, b: _Berthed, finding: Finding) -> Finding:
    """Two ships that both lie there already are not in each other's way by this plan, until one should have left."""
    both_begun = case.is_begun(a.ship.id) and case.is_begun(b.ship.id) and _meeting(a, b) < case.now_min
    if both_begun:
        return replace(finding, cause=Cause.ARRIVAL)
    return finding


def _meeting(a: _Berthed, b: _Berthed) -> int:
    return max(a.stay.start_min, b.stay.start_min)


def _at(one: _Berthed) -> str:
    return f"ship {one.ship.id}"


def _metres(length_mm: int) -> str:
    return f"{length_mm / 1000:g} m"


def _clock(at_min: int) -> str:
    """Day, hour and minute of the plan, as on its chart: day 1 is the first."""
    return f"day {at_min // 1440 + 1} {at_min // 60 % 24:02}:{at_min % 60:02}"
