"""Made-up cargo of a trade: what is shipped, in which boxes, how heavy, and to where.

The shares are those of no carrier. They are chosen so that a ship's cargo looks as on the transpacific trade of South
America: general cargo in high cubes and empty reefers southbound; fruit in reefers, ores and fishmeal northbound;
empties back to Asia. Container numbers have right check digits and invented owners.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from cabria.domain.containers import Container, ContainerId, DangerousGoods, OutOfGauge, Port, SizeType, check_digit

T = TypeVar("T")

OPERATORS = {"ANP": 0.45, "PAC": 0.25, "SUR": 0.18, "LIM": 0.12}
OWNERS = ("ANPU", "PACU", "SURU", "LIMU", "XQLU", "QRVU")


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of shipment: its share of the boxes, the boxes it comes in and how heavy they are."""

    cargo: str
    share: float
    codes: Mapping[str, float]
    mean_kg: int
    spread_kg: int = 0
    low_kg: int = 0
    high_kg: int = 30_480
    is_full: bool = True
    set_points_tenth_c: tuple[int, ...] = ()
    dangerous: tuple[DangerousGoods, ...] = ()
    is_out_of_gauge: bool = False


def _goods(imdg_class: str, un_number: int, packing_group: str = "", *subsidiary: str) -> DangerousGoods:
    return DangerousGoods(imdg_class, un_number, packing_group, subsidiary)


# Common goods of the trade; classes and packing groups as in the Dangerous Goods List of the IMDG Code.
MILD_GOODS = (
    _goods("3", 1263, "III"),
    _goods("3", 1993, "III"),
    _goods("8", 1824, "II"),
    _goods("8", 1760, "III"),
    _goods("9", 3077, "III"),
    _goods("9", 3082, "III"),
)
VARIED_GOODS = (
    *MILD_GOODS,
    _goods("2.1", 1950),
    _goods("2.2", 1044),
    _goods("3", 1170, "II"),
    _goods("4.1", 1350, "III"),
    _goods("5.1", 1498, "III"),
    _goods("6.1", 2810, "III"),
    _goods("8", 1789, "II"),
    _goods("9", 2216, "III"),
    _goods("9", 3480),
)

EXPORTS = (
    Line("fruit", 0.13, {"45R1": 1}, 27_800, 1_500, 22_000, 31_500, set_points_tenth_c=(-5, 0, 0, 55, 70, 90)),
    Line("frozen squid", 0.015, {"45R1": 1}, 29_000, 1_200, 25_000, 32_000, set_points_tenth_c=(-200,)),
    Line("concentrates", 0.11, {"22G1": 1}, 24_500, 1_800, 19_000, 28_500),
    Line("fishmeal", 0.04, {"42G1": 1}, 26_200, 900, 23_000, 28_500),
    Line("general in 20 ft", 0.076, {"22G1": 1}, 16_500, 5_500, 5_000, 28_000),
    Line("general in 40 ft", 0.215, {"42G1": 1}, 17_500, 5_500, 6_500, 29_000),
    Line("general in high cubes", 0.145, {"45G1": 1}, 17_000, 5_000, 6_800, 29_500),
    Line("general in 45 ft", 0.02, {"L5G1": 1}, 15_000, 4_000, 7_500, 27_000),
    Line("liquids", 0.015, {"22T1": 0.5, "22T6": 0.5}, 22_500, 2_500, 15_000, 28_000),
    Line("dangerous goods", 0.025, {"22G1": 0.5, "42G1": 0.2, "45G1": 0.3}, 17_000, 4_500, 6_000, 27_500,
         dangerous=VARIED_GOODS),
    Line("machines", 0.004, {"42P3": 0.6, "42U1": 0.4}, 21_000, 4_500, 9_000, 30_000, is_out_of_gauge=True),
    Line("empty 20 ft", 0.05, {"22G1": 1}, 2_250, 60, is_full=False),
    Line("empty 40 ft", 0.055, {"42G1": 1}, 3_750, 80, is_full=False),
    Line("empty high cubes", 0.10, {"45G1": 1}, 3_900, 80, is_full=False),
)  # fmt: skip

IMPORTS = (
    Line("general in high cubes", 0.31, {"45G1": 1}, 16_500, 5_000, 6_800, 29_000),
    Line("general in 40 ft", 0.21, {"42G1": 1}, 16_500, 5_000, 6_500, 28_500),
    Line("general in 20 ft", 0.17, {"22G1": 1}, 16_000, 5_000, 5_000, 28_000),
    Line("steel and tiles", 0.08, {"22G1": 1}, 24_500, 1_800, 19_000, 28_500),
    Line("general in 45 ft", 0.02, {"L5G1": 1}, 14_500, 4_000, 7_500, 27_000),
    Line("liquids", 0.01, {"22T1": 1}, 22_500, 2_500, 15_000, 28_000),
    Line("chilled and frozen goods", 0.02, {"45R1": 1}, 27_000, 1_500, 22_000, 31_000,
         set_points_tenth_c=(-200, -180, 20)),
    Line("dangerous goods", 0.02, {"22G1": 0.5, "42G1": 0.2, "45G1": 0.3}, 16_500, 4_500, 6_000, 27_000,
         dangerous=MILD_GOODS),
    Line("machines", 0.002, {"42U1": 1}, 20_000, 4_000, 9_000, 29_000, is_out_of_gauge=True),
    Line("empty reefers", 0.128, {"45R1": 1}, 4_650, 90, is_full=False),
    Line("empty 20 ft", 0.03, {"22G1": 1}, 2_250, 60, is_full=False),
)  # fmt: skip


def apportion(shares: Mapping[T, float], count: int) -> dict[T, int]:
    """Whole numbers that sum to `count` and follow the shares (largest remainder)."""
    total = sum(shares.values())
    exact = {key: count * share / total for key, share in shares.items()}
    whole = {key: int(value) for key, value in exact.items()}
    by_remainder = sorted(exact, key=lambda key: whole[key] - exact[key])
    for key in by_remainder[: count - sum(whole.values())]:
        whole[key] += 1
    return whole


def spread(shares: Mapping[T, float], count: int, random: Random) -> list[T]:
    """`count` keys in random order, as often as their shares say."""
    keys = [key for key, times in apportion(shares, count).items() for _ in range(times)]
    random.shuffle(keys)
    return keys


def container_numbers(random: Random) -> Iterator[ContainerId]:
    """Container numbers without end and without repetition."""
    serial = random.randrange(1_000_000)
    while True:
        for owner in OWNERS:
            # 618033 has no factor in common with a million, so that every serial comes once.
            serial = (serial + 618_033) % 1_000_000
            stem = f"{owner}{serial:06}"
            yield ContainerId(f"{stem}{check_digit(stem)}")


def make_cargo(
    lines: Sequence[Line],
    count: int,
    *,
    pol: Mapping[Port, float],
    pod: Mapping[Port, float],
    cold_pod: Mapping[Port, float] | None = None,
    numbers: Iterator[ContainerId],
    random: Random,
) -> list[Container]:
    """`count` containers of a trade, in random order; shares of lines and ports are met to the box.

    Live reefers go to `cold_pod` where that is given.
    """
    kinds = spread({index: line.share for index, line in enumerate(lines)}, count, random)
    cold = sum(bool(lines[kind].set_points_tenth_c) for kind in kinds)
    cold_pods = iter(spread(cold_pod or pod, cold, random))
    dry_pods = iter(spread(pod, count - cold, random))
    pols = spread(pol, count, random)
    operators = spread(OPERATORS, count, random)
    boxes = []
    for kind, loaded_at, operator in zip(kinds, pols, operators, strict=True):
        leaves_at = next(cold_pods if lines[kind].set_points_tenth_c else dry_pods)
        boxes.append(_make_box(lines[kind], next(numbers), loaded_at, leaves_at, operator, random))
    return boxes


def _make_box(line: Line, number: ContainerId, pol: Port, pod: Port, operator: str, random: Random) -> Container:
    size_type = SizeType.parse(_pick(line.codes, random))
    mass = round(random.gauss(line.mean_kg, line.spread_kg))
    return Container(
        id=number,
        size_type=size_type,
        gross_mass_kg=min(max(mass, line.low_kg), line.high_kg) // 10 * 10,
        pol=pol,
        pod=pod,
        mass_is_verified=True,
        is_full=line.is_full,
        operator=operator,
        set_point_tenth_c=random.choice(line.set_points_tenth_c) if line.set_points_tenth_c else None,
        dangerous=(random.choice(line.dangerous),) if line.dangerous else (),
        out_of_gauge=_sticks_out(size_type, random) if line.is_out_of_gauge else None,
    )


def _sticks_out(size_type: SizeType, random: Random) -> OutOfGauge:
    over_height_mm = random.randrange(100, 900, 50)
    if size_type.code[2] == "U" or random.random() < 0.5:
        return OutOfGauge(over_height_mm=over_height_mm)
    side_mm = random.randrange(50, 350, 50)
    return OutOfGauge(port_mm=side_mm, starboard_mm=side_mm, over_height_mm=over_height_mm)


def _pick(shares: Mapping[str, float], random: Random) -> str:
    return random.choices(list(shares), list(shares.values()))[0]
