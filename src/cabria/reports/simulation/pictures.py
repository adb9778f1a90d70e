"""Pictures of a sweep: a measure of every variant with its confidence, shares as stacked bars, and hours as lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cabria.referee.run_record import MEASURES, RunRecord, Value, Variant, told
from cabria.reports import svg
from cabria.reports.chart import Axis
from cabria.reports.simulation.intervals import interval_of, values_of
from cabria.reports.simulation.text import of_variant

WIDTH, HEIGHT = 460, 250
LEFT, RIGHT, TOP, BOTTOM = 56, 14, 16, 44
COLOURS = 8
"""Classes `c0` to `c7` of the page's style."""
MOST_LINES = 8
LETTER = 6.2
MOST_LABELS = 12


@dataclass(frozen=True, slots=True)
class Series:
    """Values hour by hour with their range over replications; None where there is none."""

    name: str
    means: Sequence[float | None]
    lows: Sequence[float | None]
    highs: Sequence[float | None]


def measure_picture(variants: Sequence[Variant], records: Sequence[RunRecord], name: str) -> str:
    """Each run a dot, each variant's mean with its 95 % interval; "" when no run has the measure."""
    measure = MEASURES[name]
    scale = 100 if measure.unit == "%" else 1
    values = [[scale * v for v in values_of(of_variant(variant, records), name).values()] for variant in variants]
    known = [value for each in values for value in each]
    if not known:
        return ""
    intervals = [interval_of(each) for each in values]
    ends = [i.mean + sign * (i.half or 0.0) for i in intervals if i is not None for sign in (-1, 1)]
    low, high = min(*known, *ends), max(*known, *ends)
    margin = 0.08 * (high - low) or 0.05 * abs(high) or 1.0
    y = Axis(low - margin, high + margin, HEIGHT - BOTTOM, TOP)
    places = _places(variants)
    parts = [*_frame(y), *_labels(variants, places)]
    means = [(place, y(i.mean)) for place, i in zip(places, intervals, strict=True) if i is not None]
    if len(means) > 1 and _number_varied(variants):
        parts.append(svg.polyline(means, class_="trend"))
    for variant, place, each, interval in zip(variants, places, values, intervals, strict=True):
        parts += [svg.element("circle", cx=place + 7, cy=y(value), r=2.2, class_="run") for value in each]
        if interval is not None:
            words = f"{variant}: {interval.mean:,.2f}"
            words += "" if interval.half is None else f" ± {interval.half:,.2f} (95 %, {interval.count} runs)"
            parts.append(_mark(place, y, interval.mean, interval.half or 0.0, words))
    label = f"{measure.words}{', %' if measure.unit == '%' else ''} by variant"
    return svg.picture(WIDTH, HEIGHT, parts, label=label, class_="chart simulation")


def _mark(x: float, y: Axis, mean: float, half: float, words: str) -> str:
    top, bottom, at = y(mean + half), y(mean - half), y(mean)
    path = f"M{x:.1f} {top:.1f}V{bottom:.1f}M{x - 5:.1f} {top:.1f}h10M{x - 5:.1f} {bottom:.1f}h10"
    whiskers = svg.element("path", d=path, class_="whisker") if half else ""
    dot = svg.element("circle", cx=x, cy=at, r=4.2, class_="mean")
    return svg.group([svg.title(words), whiskers, dot])


def _number_varied(variants: Sequence[Variant]) -> bool:
    """Whether variants differ by one number only, so that a line between them means something."""
    return len(variants) > 1 and len(variants[0].settings) == 1 and not isinstance(_only(variants[0]), (str, bool))


def _only(variant: Variant) -> Value:
    return next(iter(variant.settings.values()))


def _places(variants: Sequence[Variant]) -> list[float]:
    """Along the axis by the number that is varied, or evenly."""
    left, right = LEFT + 24.0, WIDTH - RIGHT - 24.0
    if _number_varied(variants):
        numbers = [float(_only(variant)) for variant in variants]
        x = Axis(min(numbers), max(numbers), left, right)
        return [x(number) for number in numbers]
    step = (right - left) / max(1, len(variants))
    return [left + step * (n + 0.5) for n in range(len(variants))]


def _labels(variants: Sequence[Variant], places: Sequence[float]) -> Iterator[str]:
    """Short words under each variant: the value where one setting is varied, else the variant's number."""
    if len(variants) == 1:
        yield svg.text(places[0], HEIGHT - BOTTOM + 18, str(variants[0]), class_="mid")
        return
    is_single = len(variants[0].settings) == 1
    words = [told(_only(variant)) if is_single else str(variant.number) for variant in variants]
    room = (WIDTH - LEFT - RIGHT) / len(words)
    longest = max(2, int(room / LETTER))
    every = -(-len(words) // MOST_LABELS)
    for number, (word, place) in enumerate(zip(words, places, strict=True)):
        if number % every == 0:
            short = word if len(word) <= longest * every else word[: max(1, longest * every - 1)] + "…"
            yield svg.text(place, HEIGHT - BOTTOM + 18, short, class_="mid")
    axis = ", ".join(variants[0].settings) if is_single else "variant"
    yield svg.text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, axis, class_="mid soft")


def _frame(y: Axis, unit: str = "") -> Iterator[str]:
    for tick in y.ticks(5):
        at = y(tick)
        yield svg.element("path", d=f"M{LEFT} {at:.1f}H{WIDTH - RIGHT}", class_="grid")
        yield svg.text(LEFT - 5, at + 3.5, f"{tick:,.10g}{unit}", class_="end")


def share_bars(variants: Sequence[Variant], shares: Mapping[str, Sequence[float]], label: str) -> str:
    """Stacked shares of each variant, in the order of the mapping; its nth part has the colour `cn`."""
    totals = [sum(values[n] for values in shares.values()) for n in range(len(variants))]
    y = Axis(0.0, 100 * (max(totals, default=0.0) or 0.01) * 1.04, HEIGHT - BOTTOM, TOP)
    step = (WIDTH - LEFT - RIGHT - 48.0) / max(1, len(variants))
    places = [LEFT + 24.0 + step * (n + 0.5) for n in range(len(variants))]
    width = min(56.0, 0.7 * step)
    parts = [*_frame(y, " %"), *_labels(variants, places)]
    for n, (variant, place) in enumerate(zip(variants, places, strict=True)):
        below = 0.0
        for colour, (name, values) in enumerate(shares.items()):
            top = y(100 * (below + values[n]))
            words = svg.title(f"{variant}: {name} {100 * values[n]:.2f} %")
            height = y(100 * below) - top
            below += values[n]
            parts.append(
                svg.element(
                    "rect", words, x=place - width / 2, y=top, width=width, height=height, class_=f"c{colour % COLOURS}"
                )
            )
    return svg.picture(WIDTH, HEIGHT, parts, label=label, class_="chart simulation")


def hour_lines(series: Sequence[Series], label: str, unit: str = "") -> str:
    """A line a series over the hours of the run, and the range of its replications behind it."""
    shown = [each for each in series[:MOST_LINES] if any(value is not None for value in each.means)]
    if not shown:
        return ""
    hours = max(len(each.means) for each in shown)
    known = [value for each in shown for value in (*each.lows, *each.highs) if value is not None]
    low, high = min(known), max(known)
    margin = 0.06 * (high - low) or 0.05 * abs(high) or 1.0
    x = Axis(0.0, float(max(1, hours)), LEFT, WIDTH - RIGHT)
    y = Axis(max(0.0, low - margin) if low >= 0 else low - margin, high + margin, HEIGHT - BOTTOM, TOP)
    parts = [*_frame(y, unit), *_hours(x)]
    for colour, each in enumerate(shown):
        band = [(x(n + 1), y(v)) for n, v in enumerate(each.highs) if v is not None]
        band += [(x(n + 1), y(v)) for n, v in reversed(list(enumerate(each.lows))) if v is not None]
        parts.append(
            svg.element("path", d="M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in band) + "z", class_=f"band c{colour}")
        )
    for colour, each in enumerate(shown):
        line = [(x(n + 1), y(v)) for n, v in enumerate(each.means) if v is not None]
        parts.append(svg.group([svg.title(each.name), svg.polyline(line, class_=f"hours s{colour}")]))
    return svg.picture(WIDTH, HEIGHT, parts, label=label, class_="chart simulation")


def _hours(x: Axis) -> Iterator[str]:
    days = x.high > 72
    ticks = range(0, int(x.high) + 1, 24 * max(1, int(x.high) // 24 // 8)) if days else x.ticks(8)
    for tick in ticks:
        words = f"{tick / 24:g}" if days else f"{tick:g}"
        yield svg.text(x(tick), HEIGHT - BOTTOM + 18, words, class_="mid")
    middle = (LEFT + WIDTH - RIGHT) / 2
    yield svg.text(middle, HEIGHT - 8, "day of the run" if days else "hour of the run", class_="mid soft")
