"""The page of a sweep, one HTML file that asks for nothing from outside: all that its template shows, gathered once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from cabria.referee.run_hours import HOUR_MS
from cabria.referee.run_record import MEASURES, Measure, RunRecord, Value, Variant, told
from cabria.reports.simulation.intervals import interval_of, paired, values_of
from cabria.reports.simulation.pictures import COLOURS, MOST_LINES, Series, hour_lines, measure_picture, share_bars
from cabria.reports.simulation.text import interval_words, mean_waiting, named, of_variant

MOST_LISTED = 200
PICTURED = (
    "gmph", "of_plan", "truck_use", "empty_drive", "rehandle_ratio", "kwh_per_move", "berth_productivity", "turn_min",
)  # fmt: skip
TRUCK_STATES = ("driving", "waiting for a crane or a stand", "without a move")
Hour = tuple[float | None, ...]


@dataclass(frozen=True)
class Told:
    """What a page is about: its heading, settings that were the same in all runs, who wrote it, and whether a referee
    judged the runs."""

    title: str
    settings: Mapping[str, Value]
    version: str
    is_judged: bool = True


class Cell(NamedTuple):
    """A variant's measure, and how it differs from the first variant's: "better", "worse", "other" or "chance"."""

    mean: str
    difference: str
    grade: str


def simulation_page(told_of: Told, variants: Sequence[Variant], records: Sequence[RunRecord], replay: str = "") -> str:
    """`replay` is the markup of a run to be looked at, as `replay.replay_section` makes it."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    loader = PackageLoader("cabria.reports", "templates")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.lstrip_blocks = True
    content = page_content(told_of, variants, records)
    return environment.get_template("simulation.html").render({**content, "replay": Markup(replay)})


def page_content(told_of: Told, variants: Sequence[Variant], records: Sequence[RunRecord]) -> Mapping[str, Any]:
    """Without records only the heading, for a page that shows a run on a map and nothing else."""
    heading = {"ports": (), "title": told_of.title, "version": told_of.version, "runs": len(records)}
    return {**heading, **(_figures(told_of, variants, records) if records else {"rows": ()})}


def _figures(told_of: Told, variants: Sequence[Variant], records: Sequence[RunRecord]) -> Mapping[str, Any]:
    from markupsafe import Markup

    failed = [record for record in records if not record.is_good]
    causes = [cause for cause, _ in mean_waiting(records)]
    return {
        "is_judged": told_of.is_judged,
        "settings": [(name, told(value)) for name, value in told_of.settings.items()],
        "variants": variants,
        "seeds": sorted({record.seed for record in records}),
        "failed": [(variants[record.variant - 1], record) for record in failed[:MOST_LISTED]],
        "failures": len(failed),
        "rows": list(_rows(variants, records)),
        "pictures": [(name, Markup(picture)) for name, picture in _pictures(variants, records)],
        "waiting": Markup(share_bars(variants, _waiting(variants, records, causes), "crane waiting by cause")),
        "causes": [(cause, n % COLOURS) for n, cause in enumerate(causes)],
        "trucks": Markup(share_bars(variants, _trucks(variants, records), "what trucks were at")),
        "truck_states": list(enumerate(TRUCK_STATES)),
        "occupancy": Markup(hour_lines([*_occupancy(variants, records)], "yard occupancy over time", " %")),
        "busy": Markup(hour_lines([*_busy(variants, records)], "trucks with a move over time")),
        "lines": list(enumerate(variants[:MOST_LINES])),
        "more_lines": max(0, len(variants) - MOST_LINES),
        "definitions": [(named(measure), measure.definition) for measure in MEASURES.values()],
    }


def _rows(variants: Sequence[Variant], records: Sequence[RunRecord]) -> Iterator[tuple[str, list[Cell]]]:
    for name, measure in MEASURES.items():
        values = [values_of(of_variant(variant, records), name) for variant in variants]
        if any(values):
            yield named(measure), [_cell(measure, each, values[0], is_first=n == 0) for n, each in enumerate(values)]


def _cell(measure: Measure, ours: Mapping[int, float], first: Mapping[int, float], *, is_first: bool) -> Cell:
    mean = interval_words(interval_of([*ours.values()]), measure.unit)
    difference = None if is_first else paired(ours, first)
    if difference is None:
        return Cell(mean, "", "")
    words = interval_words(difference, measure.unit, signed=True)
    if not difference.is_clear:
        return Cell(mean, words, "chance")
    if measure.more_is_better is None:
        return Cell(mean, words, "other")
    return Cell(mean, words, "better" if (difference.mean > 0) is measure.more_is_better else "worse")


def _pictures(variants: Sequence[Variant], records: Sequence[RunRecord]) -> Iterator[tuple[str, str]]:
    for name in PICTURED:
        picture = measure_picture(variants, records, name)
        if picture:
            yield named(MEASURES[name]), picture


def _waiting(
    variants: Sequence[Variant], records: Sequence[RunRecord], causes: Sequence[str]
) -> Mapping[str, Sequence[float]]:
    means = [dict(mean_waiting(of_variant(variant, records))) for variant in variants]
    return {cause: [mean.get(cause, 0.0) for mean in means] for cause in causes}


def _trucks(variants: Sequence[Variant], records: Sequence[RunRecord]) -> Mapping[str, Sequence[float]]:
    shares: list[tuple[float, ...]] = []
    for variant in variants:
        hours = [hour for record in of_variant(variant, records) for hour in record.truck_hours]
        present = sum(hour.present_ms for hour in hours) or 1
        driving, waiting = sum(hour.driving_ms for hour in hours), sum(hour.waiting_ms for hour in hours)
        shares.append((driving / present, waiting / present, (present - driving - waiting) / present))
    return {state: [share[n] for share in shares] for n, state in enumerate(TRUCK_STATES)}


def _occupancy(variants: Sequence[Variant], records: Sequence[RunRecord]) -> Iterator[Series]:
    for variant in variants[:MOST_LINES]:
        yield _series(
            str(variant),
            [
                tuple(None if hour.occupancy is None else 100 * hour.occupancy for hour in record.yard_hours)
                for record in of_variant(variant, records)
            ],
        )


def _busy(variants: Sequence[Variant], records: Sequence[RunRecord]) -> Iterator[Series]:
    for variant in variants[:MOST_LINES]:
        yield _series(
            str(variant),
            [
                tuple((hour.driving_ms + hour.waiting_ms) / HOUR_MS for hour in record.truck_hours[:-1])
                for record in of_variant(variant, records)
            ],
        )


def _series(name: str, runs: Sequence[Hour]) -> Series:
    """Mean, lowest and highest of the runs that lasted so long, hour by hour."""
    hours = max((len(run) for run in runs), default=0)
    columns = [[v for run in runs if n < len(run) and (v := run[n]) is not None] for n in range(hours)]
    return Series(
        name,
        [sum(column) / len(column) if column else None for column in columns],
        [min(column, default=None) for column in columns],
        [max(column, default=None) for column in columns],
    )
