"""The verdict in a sentence and the key figures in the order in which a planner asks for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields

from cabria.domain.containers import ContainerId
from cabria.domain.findings import Cause, Severity
from cabria.planning.loading.result import Bound, PlannedCall
from cabria.referee.judgement import Figures, Stability
from cabria.reports.wording import duration, thousands

NOT_JUDGED = "not judged"
UNITS_IN_S = {"s": 1, "min": 60, "h": 3600}


@dataclass(frozen=True, slots=True)
class Verdict:
    """`grade` is good, doubtful or bad: nothing illegal, work for the chief officer, illegal."""

    grade: str
    headline: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyFigure:
    name: str
    value: str
    note: str = ""
    baselines: Mapping[str, str] = field(default_factory=dict)
    """The same figure of each named simple method that has it."""


def verdict(planned: PlannedCall) -> Verdict:
    judgement, figures = planned.judgement, planned.judgement.figures
    hard = len(judgement.hard_by_plan)
    safety = sum(f.severity is Severity.SAFETY and f.cause is Cause.PLAN for f in judgement.findings)
    legal = "The plan is legal" if not hard else "The plan is NOT legal"
    grade = "bad" if hard else "doubtful" if safety or judgement.departure.not_judged else "good"
    details = [
        f"{thousands(figures.loaded)} of {thousands(figures.loads)} loaded, {_refused_in_words(planned)}",
        f"{counted(safety, 'safety finding')} caused by the plan" + (", for a person to settle" if safety else ""),
    ]
    return Verdict(grade, f"{legal}: {counted(hard, 'hard finding')} caused by the plan", tuple(details))


def _refused_in_words(planned: PlannedCall) -> str:
    if not planned.plan.refused:
        return "none refused"
    refused = f"{thousands(len(planned.plan.refused))} refused"
    groups = refused_by_reason(planned)
    if len(groups) == 1:
        return f"{refused}, {next(iter(groups))}"
    parts = [f"{thousands(sum(len(boxes) for _, boxes in reasons))} {whose}" for whose, reasons in groups.items()]
    return f"{refused} ({', '.join(parts)})"


def counted(number: int, noun: str) -> str:
    return f"{thousands(number)} {noun}{'' if number == 1 else 's'}"


def key_figures(planned: PlannedCall) -> list[KeyFigure]:
    return [
        KeyFigure(figure.name, figure.value, figure.note, _baselines_of(planned, name))
        for name, figure in _figures(planned)
    ]


def _figures(planned: PlannedCall) -> Iterator[tuple[str, KeyFigure]]:
    """Each figure with the name it has in `Figures`, by which baselines are found."""
    figures, call = planned.judgement.figures, planned.call
    yield "loaded", KeyFigure("loaded", f"{thousands(figures.loaded)} of {thousands(figures.loads)}")
    late = sum(_is_not_ready(planned, name) for name in planned.plan.refused)
    yield "refused", KeyFigure("refused", thousands(figures.refused), f"{thousands(late)} {NOT_READY}" if late else "")
    yield "discharged", KeyFigure("discharged", thousands(figures.discharged))
    yield "remaining", KeyFigure("staying aboard", thousands(figures.remaining))
    arrival = f"{thousands(figures.overstows_on_arrival)} on arrival"
    yield "overstows", KeyFigure("overstows by the plan", thousands(figures.overstows), arrival)
    yield "lid_overstows", KeyFigure("lid overstows by the plan", thousands(figures.lid_overstows))
    yield "restows", KeyFigure("restows", thousands(figures.restows))
    yield (
        "digs_per_load",
        KeyFigure("digs per load", f"{figures.digs_per_load:.3f}", counted(figures.digs, "dig")),
    )
    yield (
        "crane_makespan_s",
        KeyFigure("crane makespan", duration(figures.crane_makespan_s), makespan_note(planned)),
    )
    twins = counted(figures.twin_lifts, "twin lift")
    yield "crane_moves", KeyFigure("crane moves", thousands(figures.crane_moves), twins)
    yield "crane_idle_s", KeyFigure("crane waiting, all cranes", duration(figures.crane_idle_s))
    yield (
        "peak_block_moves_15_min",
        KeyFigure("busiest block", thousands(figures.peak_block_moves_15_min), "moves in 15 min"),
    )
    unknown = []
    for name, value, note in stability_figures(planned.judgement.departure, planned):
        if value == NOT_JUDGED:
            unknown.append(name)
        else:
            yield "", KeyFigure(name, value, note)
    if unknown:
        yield "", KeyFigure(", ".join(unknown), NOT_JUDGED)
    yield (
        "teu_departing",
        KeyFigure("TEU departing", thousands(figures.teu_departing), f"of {thousands(call.vessel.capacity_teu)}"),
    )
    if figures.later_teu_expected:
        yield (
            "later_teu_without_room",
            KeyFigure(
                "without room at later ports",
                f"{thousands(figures.later_teu_without_room)} TEU",
                f"of {thousands(figures.later_teu_expected)} expected there",
            ),
        )
    yield "plugs_used", KeyFigure("plugs used", thousands(figures.plugs_used), f"of {thousands(call.vessel.plugs)}")


def stability_figures(ship: Stability, planned: PlannedCall) -> Iterator[tuple[str, str, str]]:
    """Name, value and limit of each figure of the ship afloat."""
    limits = planned.call.vessel.limits
    unknown = NOT_JUDGED
    gm_limit = f"at least {limits.min_gm_mm / 1000:.2f} m" if limits.min_gm_mm is not None else ""
    yield "GM", unknown if ship.gm_mm is None else f"{ship.gm_mm / 1000:.2f} m", gm_limit
    yield "trim", unknown if ship.trim_mm is None else trim_in_words(ship.trim_mm), _trim_limit(planned)
    most = f"at most {limits.max_list_mdeg / 1000:.1f}°" if limits.max_list_mdeg is not None else ""
    yield "list", unknown if ship.list_mdeg is None else list_in_words(ship.list_mdeg), most
    most = f"at most {limits.max_draught_mm / 1000:.2f} m" if limits.max_draught_mm is not None else ""
    yield "draught", unknown if ship.draught_mm is None else f"{ship.draught_mm / 1000:.2f} m", most
    most = f"at most {thousands(limits.max_displacement_kg / 1000)} t" if limits.max_displacement_kg else ""
    stations = planned.call.vessel.stations
    for name, values, limits_of in (
        ("shear force", ship.shear_kg, [(s.min_shear_kg, s.max_shear_kg) for s in stations]),
        ("bending moment", ship.bending_kg_m, [(s.min_bending_kg_m, s.max_bending_kg_m) for s in stations]),
    ):
        if any(limit is not None for pair in limits_of for limit in pair):
            yield (
                name,
                f"{share_of_limit(values, limits_of):.0%}" if values else unknown,
                "of the limit where it is closest",
            )
    weighed = "displacement" if planned.call.vessel.stations else "cargo and tanks"
    yield weighed, f"{thousands(ship.displacement_kg / 1000)} t", most


def share_of_limit(values: Sequence[int], limits: Sequence[tuple[int | None, int | None]]) -> float:
    """The greatest value over its own limit, least or greatest by its sign; 1.0 is at the limit."""
    shares = [0.0]
    for value, (least, greatest) in zip(values, limits, strict=True):
        limit = greatest if value >= 0 else least
        if limit:
            shares.append(value / limit)
    return max(shares)


def trim_in_words(trim_mm: int) -> str:
    if round(trim_mm, -1) == 0:
        return "even keel"
    return f"{abs(trim_mm) / 1000:.2f} m {'by the stern' if trim_mm > 0 else 'by the head'}"


def list_in_words(list_mdeg: int) -> str:
    side = "" if round(list_mdeg, -1) == 0 else " to starboard" if list_mdeg > 0 else " to port"
    return f"{abs(list_mdeg) / 1000:.2f}°{side}"


def _trim_limit(planned: PlannedCall) -> str:
    limits = planned.call.vessel.limits
    stated = ((limits.max_trim_by_stern_mm, "stern"), (limits.max_trim_by_head_mm, "head"))
    known = [f"{limit / 1000:.2f} m by the {end}" for limit, end in stated if limit is not None]
    return f"at most {', '.join(known)}" if known else ""


def makespan_bound(planned: PlannedCall) -> tuple[float, Bound] | None:
    """The proven least makespan in seconds, where one is known."""
    for name, bound in planned.bounds.items():
        if "makespan" in name and bound.bound is not None and bound.unit in UNITS_IN_S:
            return bound.bound * UNITS_IN_S[bound.unit], bound
    return None


def makespan_note(planned: PlannedCall) -> str:
    found = makespan_bound(planned)
    if found is None:
        return "no bound known"
    bound_s, _ = found
    return f"bound {duration(bound_s)}, {gap(planned.judgement.figures.crane_makespan_s, bound_s)}"


def gap(reached: float, bound: float) -> str:
    """How far above the bound, in words that also cover a bound of 0."""
    if reached < bound - 1e-6 * abs(bound):
        return "below its bound, so one of the two is wrong"
    if bound > 0 and reached >= 3 * bound:
        return f"{reached / bound:.0f} times the bound"
    if bound > 0:
        return f"gap {100 * (reached / bound - 1):.1f} %"
    return "no gap" if reached <= bound else "the bound says nothing"


def _baselines_of(planned: PlannedCall, name: str) -> Mapping[str, str]:
    """Baselines may write a figure's name with blanks."""
    return {
        method: figure_in_words(name, value)
        for method, figures in planned.baselines.items()
        for figure, value in figures.items()
        if name and figure.replace(" ", "_") == name
    }


def figure_in_words(name: str, value: float) -> str:
    """A figure by the unit in its name: durations as hours, whole numbers without decimals."""
    if name.endswith("_s"):
        return duration(value)
    if name.endswith("_min"):
        return f"{value:,.0f} min"
    return f"{value:,.0f}" if float(value).is_integer() and "per" not in name else f"{value:,.3f}"


def figure_name(name: str) -> str:
    """`digs_per_load` as a planner reads it."""
    words = name.removesuffix("_s").removesuffix("_min")
    return words.replace("_", " ")


def own_figure(planned: PlannedCall, name: str) -> float | None:
    """The plan's own value of a figure a baseline reports, None when the referee has no such figure."""
    field_name = name.replace(" ", "_")
    if field_name in {f.name for f in fields(Figures)}:
        return float(getattr(planned.judgement.figures, field_name))
    return None


NO_ROOM, NOT_READY = "for want of room", "not ready to load"


def refused_by_reason(planned: PlannedCall) -> Mapping[str, list[tuple[str, list[ContainerId]]]]:
    """Reasons and their boxes, most frequent first: those this plan found no room for, then those not ready to load."""
    by_reason: dict[str, dict[str, list[ContainerId]]] = {NO_ROOM: {}, NOT_READY: {}}
    for container, reason in sorted(planned.plan.refused.items()):
        whose = NOT_READY if _is_not_ready(planned, container) else NO_ROOM
        by_reason[whose].setdefault(reason, []).append(container)
    return {
        whose: sorted(reasons.items(), key=lambda item: (-len(item[1]), item[0]))
        for whose, reasons in by_reason.items()
        if reasons
    }


def _is_not_ready(planned: PlannedCall, name: ContainerId) -> bool:
    """Held, without verified mass or for a port she does not call at: the shipper's or carrier's matter, not ours."""
    call = planned.call
    box = call.load_by_id.get(name)
    if box is None:
        return False
    has_port = box.pod in call.port_order if call.rotation else box.pod != call.port
    return bool(box.holds) or (box.is_full and not box.mass_is_verified) or not has_port
