"""The berth plan as planners draw it: the quay from left to right as seen from land, time downwards, ships as boxes.

In a box, a bar stands for each crane at her over the time it works. Beside the quay: the tide, how many cranes are in
use of those available, and each crane's outages. Ships that share quay are marked red however little they share, and
so are ships with an offence in the findings that are handed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import combinations
from math import ceil

from cabria.domain.berthing import BerthCase, BerthKind, BerthPlan, ShipCall, ShipId, Stay
from cabria.domain.findings import Cause, Finding, Severity
from cabria.reports import svg
from cabria.reports.berth_columns import LANE, TIDE_WIDTH, USE_WIDTH, crane_lanes, crane_use_column, tide_column
from cabria.reports.berth_frame import DAY_MIN, LEFT, Frame, clock, frame_of, moment, span

GUTTER = 16
CRANE_BAR = 5
LEAST_CONFLICT = 4
"""Pixels: a metre of shared quay must be seen from across the room."""
MOST_LINES = 12
"""Findings and unserved ships that are written out below the chart."""
CALENDAR_HOURS = (6, 24, 7 * 24, 28 * 24, 364 * 24)
LETTER, BOLD_LETTER = 0.6, 0.7
"""Width of a letter of the widest font in use, in its size."""


def berth_chart(case: BerthCase, plan: BerthPlan, findings: Iterable[Finding] = ()) -> str:
    """The plan as SVG. Ships that the referee's `findings` name get a red border; the first are written out below."""
    hard = [f for f in findings if f.severity is Severity.HARD and f.cause is Cause.PLAN]
    frame = frame_of(case, plan)
    right = frame.quay.end + GUTTER
    bottom = frame.time.end
    flagged = _flagged(case, hard) | {ship for pair in _conflicts(case, plan) for ship in pair[:2]}
    parts = [
        *_sections(case, frame),
        *_calendar(case, frame),
        *_storms(case, plan, frame),
        *_frozen(case, frame),
        *_windows(case, frame),
        *_ships(case, plan, frame, flagged),
        *_shared_quay(case, plan, frame),
        *tide_column(case, frame, right),
        *crane_use_column(case, plan, frame, right + TIDE_WIDTH + GUTTER),
        *crane_lanes(case, plan, frame, right + TIDE_WIDTH + USE_WIDTH + 2 * GUTTER),
    ]
    width = right + TIDE_WIDTH + USE_WIDTH + 3 * GUTTER + LANE * len(case.quay.cranes)
    parts.append(svg.text(LEFT, 20, _headline(case, plan, hard), class_="headline"))
    notes = list(_notes(case, plan, hard))
    parts += _legend(case, bottom + 26)
    parts += [svg.text(LEFT, bottom + 56 + 16 * n, words, class_=look) for n, (words, look) in enumerate(notes)]
    height = bottom + 50 + 16 * len(notes)
    label = "Berth plan: quay from left to right, time downwards"
    return svg.picture(ceil(width), ceil(height), parts, label=label, class_="berth-chart")


def _headline(case: BerthCase, plan: BerthPlan, hard: Sequence[Finding]) -> str:
    said = f"{len(plan.stays)} ships berthed"
    if plan.unserved:
        said += f", {len(plan.unserved)} not served"
    if hard:
        said += f", {len({finding.rule for finding in hard})} of the rules broken"
    return f"{case.name or case.quay.name}: {said}"


def _sections(case: BerthCase, frame: Frame) -> Iterator[str]:
    top, bottom = frame.time.start, frame.time.end
    for section in case.quay.sections:
        x, y, width, height = frame.box(section.start_mm, section.end_mm, frame.time.low, frame.time.high)
        if section.kind is BerthKind.MULTIPURPOSE:
            yield svg.element("rect", x=x, y=y, width=width, height=height, class_="multipurpose")
        words = f"{section.name}, {section.kind}, {section.depth_mm / 1000:.1f} m deep"
        fitting = _fitting(width, 11, LETTER, words, f"{section.name}, {section.depth_mm / 1000:.1f} m", section.name)
        yield svg.text(x + width / 2, top - 34, fitting, class_="mid")
        yield svg.element("path", d=f"M{svg.number(x)} {top - 44}V{svg.number(bottom)}", class_="section")
    for metre in frame.quay.ticks(max(6, round((frame.quay.end - frame.quay.start) / 110))):
        x = frame.quay(metre)
        yield svg.text(x, top - 10, f"{metre:g} m", class_="mid soft")
        yield svg.element("path", d=f"M{svg.number(x)} {top - 6}v6", class_="frame")
    x, y, width, height = frame.box(0, case.quay.length_mm, frame.time.low, frame.time.high)
    yield svg.element("rect", x=x, y=y, width=width, height=height, class_="frame")


def _calendar(case: BerthCase, frame: Frame) -> Iterator[str]:
    """A line for each quarter of a day, or so many days apart that the words beside them have room."""
    px_per_hour = (frame.time.end - frame.time.start) / (frame.time.high - frame.time.low) * 60
    every = next((hours for hours in CALENDAR_HOURS if hours * px_per_hour >= 12), CALENDAR_HOURS[-1])
    for hour in range(round(frame.time.low / 60), round(frame.time.high / 60) + 1, every):
        y = svg.number(frame.time(hour * 60))
        whole_day = hour % 24 == 0
        yield svg.element("path", d=f"M{LEFT} {y}H{svg.number(frame.quay.end)}", class_="day" if whole_day else "hour")
        if whole_day and hour * 60 < frame.time.high:
            yield svg.text(LEFT - 8, frame.time(hour * 60) + 5, _day(case, hour * 60), class_="end strong")
        elif not whole_day:
            yield svg.text(LEFT - 8, frame.time(hour * 60) + 4, f"{hour % 24:02}:00", class_="end soft small")


def _day(case: BerthCase, at_min: int) -> str:
    date = moment(case, at_min)
    return f"{date:%a %d %b}" if date else f"day {at_min // DAY_MIN + 1}"


def _storms(case: BerthCase, plan: BerthPlan, frame: Frame) -> Iterator[str]:
    """Gusts that stop the cranes, or else some ship from berthing."""
    limits = [ship.wind_limit_kn for ship in case.ships if ship.wind_limit_kn is not None]
    crane_limit = case.rules.crane_wind_limit_kn
    for wind in case.wind:
        stops_cranes = crane_limit is not None and wind.gust_kn > crane_limit
        if not frame.shows(wind.spell.start_min, wind.spell.end_min):
            continue
        if not stops_cranes and not any(wind.gust_kn > limit for limit in limits):
            continue
        x, y, width, height = frame.box(0, case.quay.length_mm, wind.spell.start_min, wind.spell.end_min)
        what = "no crane works" if stops_cranes else "some ships stay out"
        words = svg.title(f"gusts of {wind.gust_kn} kn: {what}, {span(case, wind.spell.start_min, wind.spell.end_min)}")
        yield svg.element("rect", words, x=x, y=y, width=width, height=height, class_="storm")
        yield svg.element("path", d=f"M{svg.number(x)} {svg.number(y)}h{svg.number(width)}", class_="storm-edge")
        label = f"{wind.gust_kn} kn, {what}"
        label_width = 9 * LETTER * len(label) + 4
        yield svg.text(_free_x(case, plan, frame, y, label_width), y + 11, label, class_="small")


def _free_x(case: BerthCase, plan: BerthPlan, frame: Frame, y: float, width: float) -> float:
    """Where words of a width show beside the ships at that height: as far right as there is room, else at the left."""
    berthed = [
        (left, right)
        for stay in plan.stays
        if (ship := case.ship_of.get(stay.ship)) and frame.time(stay.start_min) < y + 14 < frame.time(stay.end_min) + 14
        for left, _, across, _ in [frame.box(stay.position_mm, stay.position_mm + ship.length_mm, 0, 0)]
        for right in [left + across]
    ]
    x = frame.quay.end - width
    while x > frame.quay.start:
        in_the_way = [left for left, right in berthed if left < x + width and x < right]
        if not in_the_way:
            return x
        x = min(in_the_way) - width
    return frame.quay.start + 4


def _frozen(case: BerthCase, frame: Frame) -> Iterator[str]:
    if case.last_plan is None:
        return
    until = max(case.frozen_until_min, case.now_min)
    x, y, width, height = frame.box(0, case.quay.length_mm, frame.time.low, until)
    if height > 0:
        words = svg.title(f"frozen until {clock(case, until)}")
        yield svg.element("rect", words, x=x, y=y, width=width, height=height, class_="frozen")
        yield svg.element("path", d=f"M{LEFT} {svg.number(y + height)}h{svg.number(width)}", class_="frozen-edge")
    now_y = frame.box(0, 1, frame.time.low, case.now_min)[3] + frame.time.start
    yield svg.element("path", d=f"M{LEFT - 6} {svg.number(now_y)}H{svg.number(frame.quay.end)}", class_="now")


def _windows(case: BerthCase, frame: Frame) -> Iterator[str]:
    for ship in case.ships:
        if ship.window is None or not frame.shows(ship.window.start_min, ship.window.end_min):
            continue
        left = ship.wanted_position_mm or 0
        right = left + ship.length_mm if ship.wanted_position_mm is not None else case.quay.length_mm
        x, y, width, height = frame.box(left, right, ship.window.start_min, ship.window.end_min)
        open_from_to = span(case, ship.window.start_min, ship.window.end_min)
        words = svg.title(
            f"pro-forma window of {ship.name or ship.id} ({ship.service or 'no service'}): {open_from_to}"
        )
        yield svg.element("rect", words, x=x, y=y, width=width, height=height, rx=2, class_="pro-forma")
        if height >= 12:
            yield svg.text(x + 3, y + height - 3, _fitting(width, 8, LETTER, ship.id), class_="window-name")


def _ships(case: BerthCase, plan: BerthPlan, frame: Frame, flagged: Set[ShipId]) -> Iterator[str]:
    for stay in plan.stays:
        ship = case.ship_of.get(stay.ship)
        if ship is None:
            continue
        before = case.last_plan.stay_of.get(stay.ship) if case.last_plan else None
        if before and (before.position_mm, before.start_min) != (stay.position_mm, stay.start_min):
            x, y, width, height = frame.box(
                before.position_mm, before.position_mm + ship.length_mm, before.start_min, before.end_min
            )
            words = svg.title(f"{ship.name or ship.id} in the last plan")
            yield svg.element("rect", words, x=x, y=y, width=width, height=height, class_="moved-from")
    for stay in plan.stays:
        if (ship := case.ship_of.get(stay.ship)) is not None:
            yield svg.group(_ship(case, ship, stay, frame, is_bad=stay.ship in flagged))


def _ship(case: BerthCase, ship: ShipCall, stay: Stay, frame: Frame, *, is_bad: bool) -> Iterator[str]:
    yield svg.title(_in_words(case, ship, stay))
    x, y, width, height = frame.box(stay.position_mm, stay.position_mm + ship.length_mm, stay.start_min, stay.end_min)
    look = "ship-bad" if is_bad else "ship-begun" if case.is_begun(ship.id) else "ship"
    yield svg.element("rect", x=x, y=y, width=width, height=height, rx=3, class_=look)
    yield from _cranes(ship, stay, frame, name_at=y + height / 2)
    eta_y = max(frame.time.start, min(frame.time.end, frame.time(ship.eta.planned_min)))
    yield svg.polyline([(x + 12, eta_y), (x + 4, eta_y), (x + 4, y)], class_="eta")
    name, most = ship.name or str(ship.id), max((part.cranes for part in stay.work), default=0)
    facts = f"{ship.length_mm / 1000:g} m, {most} cranes" if most != 1 else f"{ship.length_mm / 1000:g} m, 1 crane"
    middle = x + width / 2
    if height >= 26:
        shown = _fitting(width, 11, BOLD_LETTER, name, ship.id)
        also = facts if shown == ship.id else f"{ship.id}, {facts}"
        yield svg.text(middle, y + height / 2 - 1, shown, class_="name")
        yield svg.text(middle, y + height / 2 + 11, _fitting(width, 9, LETTER, also, facts), class_="facts")
    elif height >= 12:
        yield svg.text(middle, y + height / 2 + 4, _fitting(width, 11, BOLD_LETTER, name, ship.id), class_="name")
    else:
        yield svg.text(middle, y + height / 2 + 3, _fitting(width, 8, BOLD_LETTER, name, ship.id), class_="name tight")


def _cranes(ship: ShipCall, stay: Stay, frame: Frame, *, name_at: float) -> Iterator[str]:
    """A bar for each crane of each spell, evenly along her side; above it the crane's name, but not over the ship's."""
    for part in stay.work:
        x, y, width, height = frame.box(
            stay.position_mm, stay.position_mm + ship.length_mm, part.spell.start_min, part.spell.end_min
        )
        pitch = width / part.cranes if part.cranes else 0
        for number in range(part.cranes):
            at = x + (number + 0.5) * pitch
            yield svg.element("rect", x=at - CRANE_BAR / 2, y=y, width=CRANE_BAR, height=height, class_="crane")
            name = part.crane_ids[number] if part.crane_ids else ""
            is_free = y + 9 < name_at - 11 or y > name_at + 12
            if name and is_free and height >= 12 and pitch >= 8 * LETTER * len(name) + 2:
                yield svg.text(at, y + 8, name, class_="crane-name")


def _in_words(case: BerthCase, ship: ShipCall, stay: Stay) -> str:
    """What hovering over a ship says."""
    left, right = stay.position_mm / 1000, (stay.position_mm + ship.length_mm) / 1000
    lines = [
        f"{ship.name or ship.id} ({ship.id}{f', {ship.service}' if ship.service else ''})",
        f"{left:g} to {right:g} m, {span(case, stay.start_min, stay.end_min)}",
        f"expected {clock(case, ship.eta.planned_min)}",
    ]
    for part in stay.work:
        cranes = ", ".join(part.crane_ids) or f"{part.cranes} cranes"
        lines.append(f"{cranes}: {span(case, part.spell.start_min, part.spell.end_min)}")
    return "\n".join(lines)


def _fitting(width: float, size: float, letter: float, *choices: str) -> str:
    """The first of the choices that is not too wide, or as much of the last as has room."""
    letters = int((width - 4) / (size * letter))
    fitting = next((words for words in choices if len(words) <= letters), None)
    if fitting is not None:
        return fitting
    return choices[-1][: letters - 1] + "…" if letters >= 3 else ""


def _conflicts(case: BerthCase, plan: BerthPlan) -> Iterator[tuple[ShipId, ShipId, int, int, int, int]]:
    """Pairs of ships that share quay: both, then the stretch in mm and the time in min that they share."""
    berthed = [(stay, case.ship_of[stay.ship].length_mm) for stay in plan.stays if stay.ship in case.ship_of]
    for (a, a_mm), (b, b_mm) in combinations(berthed, 2):
        left, right = max(a.position_mm, b.position_mm), min(a.position_mm + a_mm, b.position_mm + b_mm)
        start, end = max(a.start_min, b.start_min), min(a.end_min, b.end_min)
        if left < right and start < end:
            yield a.ship, b.ship, left, right, start, end


def _shared_quay(case: BerthCase, plan: BerthPlan, frame: Frame) -> Iterator[str]:
    for a, b, left, right, start, end in _conflicts(case, plan):
        x, y, width, height = frame.box(left, right, start, end)
        wide, high = max(LEAST_CONFLICT, width), max(LEAST_CONFLICT, height)
        words = svg.title(f"{a} and {b} share {(right - left) / 1000:g} m of quay, {span(case, start, end)}")
        yield svg.element(
            "rect", words, x=x - (wide - width) / 2, y=y - (high - height) / 2, width=wide, height=high,
            class_="conflict",
        )  # fmt: skip


def _flagged(case: BerthCase, hard: Iterable[Finding]) -> Set[ShipId]:
    """Ships that a finding's place names, as `ship A` behind a time or as `ships A and B`."""
    places = [finding.place for finding in hard]
    return {
        ship
        for ship in case.ship_of
        if any(
            place == f"ship {ship}"
            or place.endswith((f", ship {ship}", f" and {ship}"))
            or place.startswith(f"ships {ship} and ")
            for place in places
        )
    }


def _legend(case: BerthCase, y: float) -> Iterator[str]:
    """Only what can be in this chart is explained."""
    entries = [("ship", "ship"), ("crane", "crane at work"), ("pro-forma", "pro-forma window")]
    if case.wind:
        entries.append(("storm", "wind stops work"))
    if any(crane.outages for crane in case.quay.cranes):
        entries.append(("outage", "crane out"))
    if case.last_plan is not None:
        entries += [("frozen", "frozen"), ("ship-begun", "begun"), ("moved-from", "place in the last plan")]
    entries.append(("conflict", "shared quay"))
    entries.append(("ship-bad", "breaks a rule"))
    x: float = LEFT
    for look, words in entries:
        width = CRANE_BAR if look == "crane" else 16
        yield svg.element("rect", x=x + (16 - width) / 2, y=y - 9, width=width, height=10, class_=look)
        yield svg.text(x + 22, y, words)
        x += 22 + 11 * LETTER * len(words) + 14
    yield svg.polyline([(x + 10, y - 8), (x + 2, y - 8), (x + 2, y + 1)], class_="eta")
    yield svg.text(x + 16, y, "ETA to berth")


def _notes(case: BerthCase, plan: BerthPlan, hard: Sequence[Finding]) -> Iterator[tuple[str, str]]:
    """What is wrong and who is not served: words, and the class of their look."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in hard:
        groups.setdefault((finding.rule, finding.place.split(", ")[-1]), []).append(finding)
    lines = [(_finding_in_words(group), "bad") for group in groups.values()]
    for left in plan.unserved:
        ship = case.ship_of.get(left.ship)
        name = ship.name if ship and ship.name else left.ship
        lines.append((f"Not served: {name} ({left.rule}): {left.text}", "strong"))
    yield from lines[:MOST_LINES]
    if len(lines) > MOST_LINES:
        yield f"and {len(lines) - MOST_LINES} more", "soft"


def _finding_in_words(group: Sequence[Finding]) -> str:
    """The first of several findings of one rule at one place, and how many there are."""
    first = group[0]
    more = f" ({len(group)} times)" if len(group) > 1 else ""
    return f"{first.rule} {first.place}: {first.text}{more}"
