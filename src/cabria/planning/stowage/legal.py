"""What a stack may not hold, in slow plain Python: the referee's own rules asked of one stack."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.findings import Severity
from cabria.domain.stowage import Stowed
from cabria.referee import overstows, plugs, positions, stack_limits
from cabria.referee.condition import Condition
from cabria.referee.rule import Offence

Check = Callable[[Condition], Iterator[Offence]]

STACK_CHECKS: tuple[Check, ...] = (
    positions.slot_exists,
    positions.length_fits_bay,
    positions.cell_takes_length,
    positions.one_box_per_place,
    positions.nothing_hangs,
    positions.stands_level,
    positions.no_short_on_long,
    stack_limits.end_weight_within_limit,
    stack_limits.stack_weight_within_limit,
    stack_limits.height_within_limit,
    stack_limits.lashing_surrogate_within_cap,
    plugs.reefers_have_power,
    overstows.no_overstow_in_stack,
)


def offences(call: VesselCall, stowed: Iterable[Stowed], new: Collection[ContainerId] = ()) -> list[Offence]:
    """Rules that boxes standing in one stack break among themselves; `new` are those the plan puts there."""
    condition = Condition.of(call.vessel, stowed, call.order_of, new)
    found = [offence for check in STACK_CHECKS for offence in check(condition)]
    return [*found, *stack_limits.heavy_below_light(condition, call.settings.max_inversion_kg)]


def forbidden(call: VesselCall, stowed: Collection[Stowed], new: Collection[ContainerId]) -> list[Offence]:
    """Offences that no plan may commit (HARD or SAFETY) and that were not there without the new boxes."""
    staying = [entry for entry in stowed if entry.container.id not in new]
    before = {offence.key: offence.amount for offence in offences(call, staying)}
    return [
        offence
        for offence in offences(call, stowed, new)
        if offence.rule.severity in (Severity.HARD, Severity.SAFETY) and offence.amount > before.get(offence.key, -1)
    ]
