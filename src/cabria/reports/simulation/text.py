"""What came of a sweep, on a screen of letters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cabria.referee.run_figures import RunFigures
from cabria.referee.run_record import COUNTS, MEASURES, Measure, RunRecord, Variant, measures_of
from cabria.reports.simulation.intervals import Interval, interval_of, paired, values_of

MOST_COLUMNS = 6
"""Variants side by side; more are shown one below the other."""
MOST_LISTED = 20
WIDTH = 16
SMALL = "each"
"""Unit of what is counted by the move, mostly less than one."""


def simulation_text(variants: Sequence[Variant], records: Sequence[RunRecord]) -> str:
    """Means with 95 % confidence and differences from the first variant, causes of waiting, and runs that failed."""
    lines: list[str] = []
    for start in range(0, len(variants), MOST_COLUMNS):
        lines += [*_measures(variants[start : start + MOST_COLUMNS], records), ""]
    if len(variants) > 1 and len({record.seed for record in records}) > 1:
        lines += [*_differences(variants, records), ""]
    lines += [*_causes(variants, records), *_failed(variants, records)]
    return "\n".join(lines).rstrip()


def _measures(variants: Sequence[Variant], records: Sequence[RunRecord]) -> Iterator[str]:
    width = max(WIDTH, *(len(str(variant)) + 2 for variant in variants))
    yield f"{'':32}" + "".join(f"{variant!s:>{width}}" for variant in variants)
    for name, measure in MEASURES.items():
        cells = [interval_of([*values_of(of_variant(variant, records), name).values()]) for variant in variants]
        if any(cells):
            yield f"{named(measure):32}" + "".join(f"{interval_words(cell, measure.unit):>{width}}" for cell in cells)


def interval_words(interval: Interval | None, unit: str, *, signed: bool = False) -> str:
    """A mean with its half width, shares in percent; small figures with three decimals."""
    if interval is None:
        return "-"
    scale, sign = 100 if unit == "%" else 1, "+" if signed else ""
    decimals = 3 if unit == SMALL else 2
    half = "" if interval.half is None else f" ± {scale * interval.half:.{decimals}f}"
    return f"{scale * interval.mean:{sign},.{decimals}f}{half}"


def named(measure: Measure) -> str:
    """A measure with its unit."""
    return f"{measure.words}, {measure.unit}" if measure.unit not in ("", SMALL) else measure.words


def _differences(variants: Sequence[Variant], records: Sequence[RunRecord]) -> Iterator[str]:
    yield f"Moves per crane hour more than with {variants[0]}, on the same seeds:"
    first = values_of(of_variant(variants[0], records), "gmph")
    for variant in variants[1:]:
        interval = paired(values_of(of_variant(variant, records), "gmph"), first)
        said = "" if interval is None or interval.is_clear else "  (may be chance)"
        yield f"  {variant!s:34}{interval_words(interval, '', signed=True):>{WIDTH}}{said}"


def _causes(variants: Sequence[Variant], records: Sequence[RunRecord]) -> Iterator[str]:
    causes = mean_waiting(of_variant(variants[0], records))
    if causes:
        yield "What the cranes waited for, share of their time" + (f" ({variants[0]}):" if len(variants) > 1 else ":")
        for cause, share in causes:
            yield f"  {cause:34}{100 * share:6.2f} %"


def mean_waiting(records: Sequence[RunRecord]) -> list[tuple[str, float]]:
    """Causes of waiting with their mean share, the largest first."""
    counted = [record for record in records if not record.fault]
    causes = {cause for record in counted for cause in record.waiting}
    means = [(cause, sum(r.waiting.get(cause, 0.0) for r in counted) / len(counted)) for cause in causes]
    return sorted(means, key=lambda pair: (-pair[1], pair[0]))


def _failed(variants: Sequence[Variant], records: Sequence[RunRecord]) -> Iterator[str]:
    failed = [record for record in records if not record.is_good]
    if not failed:
        return
    yield ""
    yield f"{len(failed):,} of {len(records):,} runs FAILED:"
    for record in failed[:MOST_LISTED]:
        yield f"  {variants[record.variant - 1]}, seed {record.seed}: {record.verdict}"
    if len(failed) > MOST_LISTED:
        yield f"  and {len(failed) - MOST_LISTED:,} more"


def of_variant(variant: Variant, records: Sequence[RunRecord]) -> list[RunRecord]:
    return [record for record in records if record.variant == variant.number]


def figures_text(figures: RunFigures) -> str:
    """What one run came to, and what its quay cranes waited for."""
    measures = measures_of(figures)
    lines = [
        f"{named(measure):32}{interval_words(Interval(value, None, 1), measure.unit):>{WIDTH}}"
        for name, measure in MEASURES.items()
        if (value := measures[name]) is not None
    ]
    lines += [f"{name.replace('_', ' '):32}{measures[name] or 0:>{WIDTH},.6g}" for name in COUNTS]
    waiting = figures.waiting_share_by_leg
    if waiting:
        lines += ["", "What the cranes waited for, share of their time:"]
        lines += [f"  {cause:34}{100 * share:6.2f} %" for cause, share in waiting.items()]
    return "\n".join(lines)
