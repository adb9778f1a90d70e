"""Named ways to run the trucks, to compare on the same seeds. `now` is without any look-ahead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace

from cabria.domain.errors import DataError
from cabria.operations.settings import Settings, TruckChoice

_AHEAD = Settings()
_NOW = replace(
    _AHEAD, look_ahead=1, trucks_ahead_ms=0, quay_ahead_ms=0, yard_ahead_ms=0, yard_takes_ahead_ms=0, yard_along_ms=0,
    onward_moves=0, out_of_turn=0,
)  # fmt: skip
"""One step of each crane at a time, free trucks only, and cranes begin when their truck stands there."""

POLICIES: Mapping[str, Settings] = {
    "nearest-now": replace(_NOW, truck_choice=TruckChoice.NEAREST),
    "exact-now": replace(_NOW, truck_choice=TruckChoice.EXACT),
    "ours-now": _NOW,
    "nearest": replace(_AHEAD, truck_choice=TruckChoice.NEAREST, trucks_ahead_ms=0),
    "exact": replace(_AHEAD, truck_choice=TruckChoice.EXACT),
    "ours-in-turn": replace(_AHEAD, out_of_turn=0),
    "ours": _AHEAD,
}


VARIED = tuple(
    field.name
    for field in fields(Settings)
    if any(getattr(p, field.name) != getattr(_AHEAD, field.name) for p in POLICIES.values())
)
"""What policies differ in; all else stays a terminal's own."""


def run_by(settings: Settings, name: str) -> Settings:
    """The settings of a terminal that runs its trucks by a policy. Raises DataError for a name that is none."""
    chosen = policy(name)
    return replace(settings, **{part: getattr(chosen, part) for part in VARIED})


def policy(name: str) -> Settings:
    """The settings of a policy. Raises DataError for a name that is none."""
    if name not in POLICIES:
        raise DataError(f"There is no policy {name[:40]!r}.", remedy=f"Choose among {', '.join(POLICIES)}.")
    return POLICIES[name]
