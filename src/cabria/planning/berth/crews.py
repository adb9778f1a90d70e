"""Which cranes, by name: in their order along the rail, each ship keeping hers as far as that goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cabria.domain.berthing import BerthCase, CraneSpell, ShipId, Spell, Stay, joined_spells
from cabria.planning.berth.options import reaches

Crew = tuple[int, ...]
"""Cranes of one ship, by number along the rail, rising."""


@dataclass(frozen=True, slots=True)
class _AtWork:
    stay: Stay
    cranes: int
    before: Crew


def named(case: BerthCase, stays: Sequence[Stay]) -> tuple[Stay, ...]:
    """The stays with named cranes from now on, with few changes of crane; spells that find no row of neighbouring
    cranes stay unnamed."""
    step = case.rules.step_min
    last_crews: dict[ShipId, Crew] = {}
    spells: dict[ShipId, list[CraneSpell]] = {stay.ship: [] for stay in stays}
    times = sorted({t for stay in stays for part in stay.work for t in _steps(part.spell, step)})
    number = {crane.id: c for c, crane in enumerate(case.quay.cranes)}
    for at in times:
        working = sorted((stay for stay in stays if stay.cranes_at(at)), key=lambda stay: stay.position_mm)
        ships = [_AtWork(stay, stay.cranes_at(at), last_crews.get(stay.ship, ())) for stay in working]
        if at < case.now_min:
            crews = [tuple(number[name] for name in stay.crane_ids_at(at) if name in number) for stay in working]
        else:
            crews = _crews(case, ships, at) or [()] * len(ships)
        for one, crew in zip(ships, crews, strict=True):
            ids = tuple(case.quay.cranes[c].id for c in crew)
            spells[one.stay.ship].append(CraneSpell(Spell(at, at + step), one.cranes, ids))
            last_crews[one.stay.ship] = crew
    return tuple(
        Stay(stay.ship, stay.position_mm, stay.start_min, stay.end_min, joined_spells(spells[stay.ship]))
        for stay in stays
    )


def _steps(spell: Spell, step: int) -> range:
    return range(spell.start_min, spell.end_min, step)


def _crews(case: BerthCase, ships: list[_AtWork], at: int) -> list[Crew] | None:
    """For ships from left to right neighbouring cranes in order, with the fewest that were not there before, and of
    these the crews whose rank along the rail is nearest to the ships' place along the quay."""
    in_order = [c for c, crane in enumerate(case.quay.cranes) if not crane.is_out(at, at + case.rules.step_min)]
    best: dict[int, tuple[int, int, list[Crew]]] = {0: (0, 0, [])}
    """By how many of the cranes in order are used up: changes so far, distances in mm, and the crews."""
    for one in ships:
        following: dict[int, tuple[int, int, list[Crew]]] = {}
        for first, crew in _windows(case, one, in_order):
            so_far = min((state for used, state in best.items() if used <= first), default=None)
            if so_far is not None:
                state = (so_far[0] + _changes(one, crew), so_far[1] + _away_mm(case, one, crew), [*so_far[2], crew])
                used = first + one.cranes
                following[used] = min(state, following.get(used, state))
        best = following
    return min(best.values())[2] if best else None


def _windows(case: BerthCase, one: _AtWork, in_order: list[int]) -> Iterator[tuple[int, Crew]]:
    """Rows of neighbouring cranes that reach the ship, and how many cranes in order lie left of them."""
    ship = case.ship_of[one.stay.ship]
    end_mm = one.stay.position_mm + ship.length_mm
    able = [reaches(case.quay.cranes[c], ship, one.stay.position_mm, end_mm) for c in in_order]
    for first in range(len(in_order) - one.cranes + 1):
        if all(able[first : first + one.cranes]):
            yield first, tuple(in_order[first : first + one.cranes])


def _changes(one: _AtWork, crew: Crew) -> int:
    return len(set(crew) - set(one.before)) if one.before else 0


def _away_mm(case: BerthCase, one: _AtWork, crew: Crew) -> int:
    middle = one.stay.position_mm + case.ship_of[one.stay.ship].length_mm // 2
    rank = (crew[0] + crew[-1] + 1) * case.quay.length_mm // (2 * len(case.quay.cranes))
    return abs(middle - rank)
