"""The report page: everything the template shows, gathered once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from cabria.domain.containers import ContainerId, Port
from cabria.domain.findings import Cause, Finding, Severity
from cabria.domain.plan import Reason
from cabria.domain.positions import StowPosition
from cabria.domain.work import LID_STEPS, StepKind
from cabria.planning.loading.result import PlannedCall
from cabria.referee.judgement import NOT_JUDGED
from cabria.reports import figures
from cabria.reports.aboard import Aboard, BoxesAboard, Part, boxes_aboard
from cabria.reports.bay_layout import bay_layout
from cabria.reports.bay_picture import bay_picture
from cabria.reports.cell_marks import box_in_words
from cabria.reports.changes import change_in_words
from cabria.reports.crane_picture import bay_time_picture, crane_time_picture
from cabria.reports.curve_picture import stability_pictures
from cabria.reports.findings_list import FindingGroup, bay_of, findings_by_rule, positions
from cabria.reports.languages import texts
from cabria.reports.needs_person import Matter, matters
from cabria.reports.palette import PortMark, port_marks
from cabria.reports.ship_picture import ship_picture
from cabria.reports.wording import Clock
from cabria.reports.work_blocks import WorkBlock, work_blocks
from cabria.reports.yard_picture import crane_capacity, yard_load, yard_picture

MOST_LISTED = 100
"""Findings of one rule that the page lists; all of them stand in plan.json."""
FIRST_NEEDED = 5
"""Findings of one rule that are shown at the top, under what needs a person."""


class RuleRow(NamedTuple):
    rule: str
    sentence: str
    not_judged: str
    by_plan: int
    by_arrival: int


def page(planned: PlannedCall, language: str = "en") -> str:
    """The whole report as one HTML document that asks for nothing from outside."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("cabria.reports", "templates")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.lstrip_blocks = True
    return environment.get_template("page.html").render(page_content(planned, language))


def page_content(planned: PlannedCall, language: str = "en") -> Mapping[str, Any]:
    from markupsafe import Markup

    call, judgement = planned.call, planned.judgement
    marks = port_marks(call)
    boxes = boxes_aboard(planned)
    clock = Clock(call.start)
    rules = rule_rows(planned)
    blocks = [block for queue in planned.plan.queues for block in work_blocks(queue, call.vessel)]
    return {
        "t": texts(language),
        "language": language,
        "planned": planned,
        "call": call,
        "verdict": figures.verdict(planned),
        "key_figures": figures.key_figures(planned),
        "refused": figures.refused_by_reason(planned),
        "asked": _asked(planned, texts(language)),
        "matters": needed(planned, boxes),
        "ports": port_counts(boxes, marks),
        "ship": Markup(ship_picture(call.vessel, boxes, marks)),
        "bays": [bay | {"picture": Markup(bay["picture"])} for bay in bays(planned, boxes, marks)],
        "outside": boxes.outside,
        "departure_curves": [(name, Markup(p)) for name, p in stability_pictures(call.vessel, judgement.departure)],
        "not_judged": [reason.text for reason in judgement.departure.not_judged],
        "stability": stability_rows(planned),
        "crane_pictures": [(name, Markup(p)) for name, p in crane_pictures(planned, blocks, clock)],
        "crane_rows": crane_rows(planned, clock),
        "yard": Markup(yard_chart(planned, clock)),
        "findings": listed(planned, findings_by_rule(judgement.findings)),
        "waivers": planned.plan.waivers,
        "readers": listed(planned, findings_by_rule(call.findings)),
        "rules": rules,
        "sentences": {row.rule: row.sentence for row in rules},
        "costs": cost_rows(planned),
        "bounds": planned.bounds,
        "gap": figures.gap,
        "baselines": baseline_rows(planned),
        "phases": planned.phases,
    }


def positions_in(planned: PlannedCall) -> Mapping[ContainerId, StowPosition]:
    """Where each box stands on departure, or stood on arrival if it leaves here."""
    return {**positions(planned.call.arrival), **planned.plan.restows, **planned.plan.loads}


def listed(
    planned: PlannedCall, groups: list[FindingGroup]
) -> list[tuple[FindingGroup, list[tuple[Finding, int | None]]]]:
    """The groups with their first findings, each with the bay to jump to."""
    call = planned.call
    aboard = positions_in(planned)
    return [
        (group, [(finding, bay_of(finding, call.vessel, aboard)) for finding in group.findings[:MOST_LISTED]])
        for group in groups
    ]


def needed(
    planned: PlannedCall, boxes: BoxesAboard
) -> list[tuple[Matter, list[tuple[Finding, int | None]], tuple[tuple[str, int], ...]]]:
    """What needs a person, each with its first findings and first boxes and the bays to jump to."""
    aboard = positions_in(planned)
    return [
        (
            matter,
            [(finding, bay_of(finding, planned.call.vessel, aboard)) for finding in matter.findings[:FIRST_NEEDED]],
            matter.boxes[:MOST_LISTED],
        )
        for matter in matters(planned, boxes)
    ]


def port_counts(boxes: BoxesAboard, marks: Mapping[Port, PortMark]) -> list[tuple[PortMark, int, int]]:
    """Each port with boxes loaded for it here and boxes for it on departure."""
    loaded: Counter[Port] = Counter()
    sailing: Counter[Port] = Counter()
    for bay in boxes.by_bay.values():
        for box in bay:
            loaded[box.container.pod] += box.part is Part.LOADED
            sailing[box.container.pod] += box.part in (Part.LOADED, Part.PUT_BACK, Part.STAYS)
    return [(mark, loaded[port], sailing[port]) for port, mark in marks.items()]


def bays(planned: PlannedCall, boxes: BoxesAboard, marks: Mapping[Port, PortMark]) -> Iterator[dict[str, Any]]:
    words = box_words(planned)
    flagged = {
        f.container
        for f in planned.judgement.findings
        if f.container and f.cause is Cause.PLAN and f.severity in (Severity.HARD, Severity.SAFETY)
    }
    for bay in planned.call.vessel.bays:
        inside = boxes.of(bay.number)
        yield {
            "number": bay.number,
            "odd": " + ".join(f"{number:02}" for number in (bay.fore, bay.aft) if number and bay.number % 2 == 0),
            "counts": Counter(box.part.value for box in inside),
            "picture": bay_picture(bay_layout(planned.call.vessel, bay), inside, marks, words, flagged),
        }


def box_words(planned: PlannedCall) -> Callable[[Aboard], str]:
    """What hovering over a box says: what it is, where it goes and comes from, and why it stands here."""
    yard, plan, arrival = planned.call.yard.by_container, planned.plan, planned.call.arrival.by_container

    def words(box: Aboard) -> str:
        name = box.container.id
        lines = [box_in_words(box.container), f"slot {box.position}, {_part_in_words(box, plan.restows)}"]
        if box.part is Part.PUT_BACK:
            lines.append(f"was in slot {arrival[name].position}")
        if box.part is Part.LOADED:
            if (stored := yard.get(name)) is not None:
                lines.append(f"yard {stored.position}")
            if (reason := plan.reasons.get(name)) is not None:
                lines += reason_in_words(reason)
        return "\n".join(lines)

    return words


def _part_in_words(box: Aboard, restows: Mapping[ContainerId, Any]) -> str:
    if box.part is Part.LIFTED:
        return f"restowed to slot {restows[box.container.id]}"
    return {Part.STAYS: "stays aboard", Part.DISCHARGED: "discharged", Part.PUT_BACK: "restowed"}.get(
        box.part, "loaded"
    )


def reason_in_words(reason: Reason) -> Iterator[str]:
    """Why here, and why not there: costs in minutes."""
    terms = ", ".join(f"{name} {minutes:.1f}" for name, minutes in reason.terms.items() if minutes)
    if reason.text or terms:
        yield f"why here: {'; '.join(part for part in (reason.text, terms and f'{terms} min') if part)}"
    for position, more, forbidden in reason.alternatives:
        yield f"not {position}: {forbidden or f'{more:+.1f} min'}"


def stability_rows(planned: PlannedCall) -> list[tuple[str, str, str, str]]:
    """Name, on arrival, on departure, limit."""
    arrival = figures.stability_figures(planned.judgement.arrival, planned)
    departing = figures.stability_figures(planned.judgement.departure, planned)
    return [
        (name, before, after, limit) for (name, before, _), (_, after, limit) in zip(arrival, departing, strict=True)
    ]


def crane_pictures(planned: PlannedCall, blocks: list[WorkBlock], clock: Clock) -> Iterator[tuple[str, str]]:
    if not blocks:
        return
    found = figures.makespan_bound(planned)
    bound_s = found[0] if found else None
    makespan_s = planned.plan.makespan_s
    worked = {block.bay for block in blocks}
    numbers = [bay.number for bay in planned.call.vessel.bays if bay.number in worked]
    cranes = [queue.crane for queue in planned.plan.queues]
    yield "by_bay", bay_time_picture(numbers, blocks, clock, makespan_s, bound_s)
    outages = {crane.id: crane.outages for crane in planned.call.terminal.quay_cranes}
    yield "by_crane", crane_time_picture(cranes, blocks, clock, makespan_s, bound_s, outages)


def crane_rows(planned: PlannedCall, clock: Clock) -> list[dict[str, Any]]:
    rows = []
    for queue in planned.plan.queues:
        steps = queue.steps
        moved = Counter(step.kind for step in steps for _ in step.containers)
        busy_s = sum(step.end_s - step.start_s for step in steps)
        rows.append(
            {
                "crane": queue.crane,
                "from": clock(steps[0].start_s) if steps else "",
                "to": clock(queue.end_s) if steps else "",
                "discharge": moved[StepKind.DISCHARGE],
                "load": moved[StepKind.LOAD],
                "restow": moved[StepKind.RESTOW_OFF] + moved[StepKind.RESTOW_ON],
                "lids": sum(step.kind in LID_STEPS for step in steps),
                "twins": sum(len(step.containers) == 2 for step in steps),
                "waiting_min": (queue.end_s - steps[0].start_s - busy_s) // 60 if steps else 0,
            }
        )
    return rows


def yard_chart(planned: PlannedCall, clock: Clock) -> str:
    if not planned.plan.yard_moves:
        return ""
    terminal = planned.call.terminal
    load = yard_load(planned.plan.yard_moves, [block.id for block in terminal.blocks])
    return yard_picture(load, crane_capacity(terminal), clock)


def rule_rows(planned: PlannedCall) -> list[RuleRow]:
    """Rules in the referee's order; one that could not be judged has the reason behind its sentence."""
    counts = Counter((finding.rule, finding.cause) for finding in planned.judgement.findings)
    rows = []
    for rule, says in planned.judgement.rules.items():
        sentence, _, reason = says.partition(NOT_JUDGED)
        rows.append(RuleRow(rule, sentence, reason, counts[rule, Cause.PLAN], counts[rule, Cause.ARRIVAL]))
    return rows


def cost_rows(planned: PlannedCall) -> list[tuple[str, float, float]]:
    """Component, minutes, and share of the largest."""
    largest = max((abs(minutes) for minutes in planned.costs_min.values()), default=0.0) or 1.0
    return [(figures.figure_name(name), minutes, abs(minutes) / largest) for name, minutes in planned.costs_min.items()]


def baseline_rows(planned: PlannedCall) -> list[tuple[str, str, list[str]]]:
    """Figure, our value, and each baseline's; figures in the order in which the baselines name them."""
    names = list(dict.fromkeys(name for method in planned.baselines.values() for name in method))
    rows = []
    for name in names:
        own = figures.own_figure(planned, name)
        theirs = [
            figures.figure_in_words(name, method[name]) if name in method else ""
            for method in planned.baselines.values()
        ]
        rows.append((figures.figure_name(name), "" if own is None else figures.figure_in_words(name, own), theirs))
    return rows


def _asked(planned: PlannedCall, words: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """What the planner asked and was kept, what was dropped, and what became of an earlier plan."""
    lists = (
        ("wishes_kept", planned.call.wishes.all),
        ("wishes_dropped", planned.dropped),
        ("changes", map(change_in_words, planned.plan.changes)),
    )
    told = [(words[name], [str(wish) for wish in wishes]) for name, wishes in lists]
    return [(heading, lines) for heading, lines in told if lines]
