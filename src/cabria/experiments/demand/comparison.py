"""How far two years of demand lie apart, distribution by distribution: with the public ConFlowGen sample, say.

Distances are total variation between shares (0 alike, 1 nothing in common) and Kolmogorov-Smirnov between times (the
greatest difference of the two cumulative distributions).
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from cabria.domain.errors import DataError
from cabria.experiments.demand.profile import HOURS_A_WEEK, Stream
from cabria.experiments.demand.tables import NONE, Demand

HOUR_S = 3_600
FILES = ("containers.csv.gz", "deep_sea_vessels.csv.gz", "feeders.csv.gz", "trucks.csv.gz")


@dataclass(frozen=True)
class Figures:
    """What is compared: shares by name, and samples of hours by name."""

    shares: Mapping[str, np.ndarray]
    """`length` 20, 40, 45, other; `special` plain, reefer, dangerous, empty; `modes` import, export, transhipment;
    `mass` of full boxes in classes of 2 t up to 32; `hour` of road trucks in the day; `weekday` from Monday."""
    stays_h: Mapping[str, np.ndarray]
    """Full and empty boxes of each stream."""


@dataclass(frozen=True, slots=True)
class Distance:
    """Of one distribution: `measure` is "total variation" or "Kolmogorov-Smirnov"; means where there are any."""

    name: str
    measure: str
    distance: float
    first_mean: float | None = None
    second_mean: float | None = None


def distances(first: Figures, second: Figures) -> tuple[Distance, ...]:
    """For all that both know."""
    found = [
        Distance(name, "total variation", total_variation(mine, second.shares[name]))
        for name, mine in first.shares.items()
    ]
    for name, mine in first.stays_h.items():
        other = second.stays_h.get(name, np.empty(0))
        if len(mine) and len(other):
            measured = kolmogorov_smirnov(mine, other)
            found.append(Distance(name, "Kolmogorov-Smirnov", measured, float(mine.mean()), float(other.mean())))
    return tuple(found)


def total_variation(one: np.ndarray, other: np.ndarray) -> float:
    """Half the sum of the differences of two rows of counts or shares."""
    return float(np.abs(one / one.sum() - other / other.sum()).sum() / 2)


def kolmogorov_smirnov(one: np.ndarray, other: np.ndarray) -> float:
    """The greatest difference of two samples' cumulative distributions."""
    everything = np.sort(np.concatenate((one, other)))
    cumulative = [np.searchsorted(np.sort(sample), everything, side="right") / len(sample) for sample in (one, other)]
    return float(np.abs(cumulative[0] - cumulative[1]).max())


def report(first: Figures, second: Figures) -> str:
    """A Markdown table of all distances."""
    rows = ["| distribution | measure | distance | mean | mean of the other |", "|---|---|---|---|---|"]
    for each in distances(first, second):
        means = ["" if mean is None else f"{mean:.1f} h" for mean in (each.first_mean, each.second_mean)]
        rows.append(f"| {each.name} | {each.measure} | {each.distance:.3f} | {means[0]} | {means[1]} |")
    return "\n".join(rows)


def figures_of(demand: Demand) -> Figures:
    """Of the boxes that come within the year."""
    boxes = demand.boxes
    mine = (boxes.arrives_s >= 0) & (boxes.arrives_s < demand.end_s)
    is_full = demand.of_variants("is_full")[mine]
    special = np.where(demand.of_variants("needs_plug"), 1, np.where(demand.of_variants("is_dangerous"), 2, 0))[mine]
    trucks_s = demand.visits.arrives_s
    # From and to the ship's arrival, as the sample knows no time of a box's discharge or loading.
    ata_s = demand.ships.ata_s
    comes_s = np.where(boxes.inbound == NONE, boxes.arrives_s, ata_s[boxes.inbound])
    goes_s = np.where(boxes.outbound == NONE, boxes.departs_s, ata_s[boxes.outbound])
    # A truck that brings one box and fetches another counts twice, as two in data that know no such trucks.
    both = (demand.visits.brings != NONE) & (demand.visits.takes != NONE)
    return _figures(
        length_ft=demand.of_variants("length_ft")[mine],
        special=np.where(is_full, special, 3),
        stream=boxes.stream[mine],
        mass_t=boxes.gross_mass_kg[mine] / 1_000,
        stay_h=(goes_s - comes_s)[mine] / HOUR_S,
        trucks_h=np.concatenate((trucks_s, trucks_s[both])) / HOUR_S,
    )


def _figures(
    *,
    length_ft: np.ndarray,
    special: np.ndarray,
    stream: np.ndarray,
    mass_t: np.ndarray,
    stay_h: np.ndarray,
    trucks_h: np.ndarray,
) -> Figures:
    """`trucks_h` counts hours from a Monday midnight; a stay that is not known is NaN."""
    hour = np.floor(trucks_h).astype(np.int64) % HOURS_A_WEEK
    lengths = [(length_ft == length).sum() for length in (20, 40, 45)]
    full = special != 3
    stays = {
        f"stay of {'full' if is_full else 'empty'} {each.name.lower()} boxes": stay_h[
            (stream == each) & (full == is_full) & ~np.isnan(stay_h)
        ]
        for each in Stream
        for is_full in (True, False)
    }
    shares = {
        "length": np.array([*lengths, len(length_ft) - sum(lengths)]),
        "special": np.bincount(special, minlength=4),
        "modes": np.bincount(stream, minlength=3),
        "mass": np.bincount(np.clip(mass_t[full] / 2, 0, 16).astype(np.int64), minlength=17),
        "hour": np.bincount(hour % 24, minlength=24),
        "weekday": np.bincount(hour // 24, minlength=7),
    }
    return Figures({name: row.astype(float) for name, row in shares.items()}, stays)


def read_conflowgen(folder: Path) -> Figures:
    """Of a folder with ConFlowGen's exported tables. Raises DataError with file and line."""
    containers, *vessels, trucks = (list(_rows(folder / name)) for name in FILES)
    called = {row.get("id", ""): _hour(row, "realized_arrival") for rows in vessels for row in rows}
    came = {row.get("id", ""): _hour(row, "realized_container_delivery_time") for row in trucks}
    went = {row.get("id", ""): _hour(row, "realized_container_pickup_time") for row in trucks}
    lengths, special, stream, mass_t, stay_h = [], [], [], [], []
    kinds = {"standard": 0, "reefer": 1, "dangerous_goods": 2, "empty": 3}
    for line, row in enumerate(containers, 2):
        try:
            lengths.append(int(row["length"]))
            special.append(kinds[row["storage_requirement"]])
            # Whole even tonnes there: the middle of a class of ours.
            mass_t.append(float(row["weight"]) + 0.5)
            by_truck = row["delivered_by"] == "truck", row["picked_up_by"] == "truck"
            stream.append(Stream.EXPORT if by_truck[0] else Stream.IMPORT if by_truck[1] else Stream.TRANSHIPMENT)
            begins = came[row["delivered_by_truck"]] if by_truck[0] else called[row["delivered_by_vehicle"]]
            ends = went if by_truck[1] else called
            stay_h.append(
                ends.get(row["picked_up_by_truck" if by_truck[1] else "picked_up_by_vehicle"], np.nan) - begins
            )
        except (KeyError, ValueError, TypeError) as error:
            raise DataError(
                f"This is no container of ConFlowGen's: {error}.", file=str(folder / FILES[0]), place=f"line {line}"
            ) from error
    return _figures(
        length_ft=np.array(lengths),
        special=np.array(special),
        stream=np.array(stream, np.int64),
        mass_t=np.array(mass_t),
        stay_h=np.array(stay_h),
        trucks_h=np.array([at for times in (came, went) for at in times.values() if not np.isnan(at)]),
    )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(
            f"Cannot be read: {error}.", file=str(path), remedy="Give the folder with ConFlowGen's four tables."
        ) from error


def _hour(row: Mapping[str, str], column: str) -> float:
    """Hours since a Monday midnight; NaN for nothing."""
    text = row.get(column) or ""
    if not text:
        return float("nan")
    try:
        return (datetime.fromisoformat(text) - datetime.fromisoformat("2026-01-05")).total_seconds() / HOUR_S
    except (ValueError, TypeError) as error:
        raise DataError(f"{text!r:.40} is no time.", place=f"row {row.get('id', '')}") from error
