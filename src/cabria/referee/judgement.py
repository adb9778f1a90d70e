"""What the referee says of a plan: findings, figures and how the ship sails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cabria.domain.findings import Cause, Finding, Severity
from cabria.domain.told import Told

NOT_JUDGED = " Not judged: "
"""Between what a rule says and why it could not be judged."""


@dataclass(frozen=True, slots=True)
class Stability:
    """The ship afloat with her cargo; None where the profile does not say enough. Units as in `domain.vessel`.

    `shear_kg` and `bending_kg_m` have one value per station. `not_judged` says what was missing.
    """

    cargo_kg: int
    displacement_kg: int
    lcg_mm: int | None = None
    tcg_mm: int | None = None
    vcg_mm: int | None = None
    gm_mm: int | None = None
    draught_mm: int | None = None
    trim_mm: int | None = None
    """Positive by the stern."""
    list_mdeg: int | None = None
    """Thousandths of a degree, positive to starboard."""
    shear_kg: tuple[int, ...] = ()
    bending_kg_m: tuple[int, ...] = ()
    not_judged: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """Key figures of a plan, all recomputed by the referee."""

    loads: int = 0
    """Containers on the load list."""
    loaded: int = 0
    refused: int = 0
    discharged: int = 0
    remaining: int = 0
    restows: int = 0
    overstows: int = 0
    """Containers that stand above one that leaves earlier, both in one stack, caused by the plan."""
    lid_overstows: int = 0
    """Containers on deck that leave later than some box under their lid, caused by the plan."""
    overstows_on_arrival: int = 0
    digs: int = 0
    digs_per_load: float = 0.0
    crane_makespan_s: int = 0
    crane_moves: int = 0
    """Containers lifted by quay cranes: a twin lift is two, a restow two, a lid none."""
    twin_lifts: int = 0
    crane_idle_s: int = 0
    """Waiting between a crane's first and last step, travel not counted, summed over cranes."""
    peak_block_moves_15_min: int = 0
    """Most yard moves due in one block in one quarter of an hour, counted from the call's start."""
    plugs_used: int = 0
    teu_departing: int = 0
    later_teu_expected: int = 0
    """TEU that later ports are expected to load."""
    later_teu_without_room: int = 0
    """Those of them for which no room is left without a restow or an overstow."""


@dataclass(frozen=True, slots=True)
class Judgement:
    findings: tuple[Finding, ...]
    figures: Figures
    arrival: Stability
    departure: Stability
    rules: Mapping[str, str] = field(default_factory=dict)
    """Every rule that was checked: its id and what it says; rules that could not be judged say why."""
    not_judged: Mapping[str, tuple[Told, ...]] = field(default_factory=dict)
    """Why rules could not be judged, by id, in the order of `rules`."""

    @property
    def hard_by_plan(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.severity is Severity.HARD and f.cause is Cause.PLAN)

    @property
    def broken_wishes(self) -> tuple[Finding, ...]:
        """Where the plan is not as the planner wished."""
        return tuple(f for f in self.findings if f.rule.startswith("WISH-"))

    @property
    def unjudged(self) -> dict[str, list[str]]:
        """Why rules were not judged: each reason with its rules, in the order of `rules`."""
        rules: dict[str, list[str]] = {}
        for rule, reasons in self.not_judged.items():
            rules.setdefault(sentence(reasons), []).append(rule)
        return rules


def sentence(reasons: Iterable[Told]) -> str:
    """Why something was not judged, as the English sentences have it."""
    return " ".join(reason.text for reason in reasons)
