"""Where each box may stand as far as the planner's pins and forbidden places are concerned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from cabria.domain.calls import VesselCall
from cabria.domain.containers import Container, ContainerId
from cabria.domain.positions import StowPosition
from cabria.domain.vessel import End, Place, StackId, VesselBay, VesselStack
from cabria.domain.wishes import Forbid, Pin

Kind = tuple[tuple[Pin, ...], tuple[Forbid, ...], bool]


@dataclass(frozen=True)
class Permitted:
    """What one call's wishes allow. Everything is empty where nobody wishes anything."""

    call: VesselCall

    def why_not(self, box: Container, position: StowPosition) -> str:
        """The wish that keeps a box out of a slot, as a sentence, or ""."""
        profile = self.call.vessel
        place = profile.place(position)
        for pin in self.pins.get(box.id, ()):
            if not pin.is_met(profile, position):
                return f"{pin}"
        for forbid in self.forbids:
            if place is not None and forbid.is_broken(profile, box, place):
                return f"{forbid}"
        return ""

    @property
    def forbids(self) -> tuple[Forbid, ...]:
        return self.call.wishes.forbids

    @cached_property
    def pins(self) -> Mapping[ContainerId, tuple[Pin, ...]]:
        found: dict[ContainerId, tuple[Pin, ...]] = {}
        for pin in self.call.wishes.pins:
            found[pin.container] = (*found.get(pin.container, ()), pin)
        return found

    @cached_property
    def closed_from(self) -> Mapping[StackId, tuple[int, int]]:
        """Stacks that nobody may fill to the top, and from which level on at the fore and aft end."""
        for_all = [forbid for forbid in self.forbids if forbid.cargo.is_all]
        found: dict[StackId, tuple[int, int]] = {}
        for bay, stack in self._stacks if for_all else ():
            levels = tuple(self._lowest(for_all, bay, stack, end) for end in (End.FORE, End.AFT))
            if min(levels) < len(stack.cells):
                found[StackId(bay.number, stack.row, stack.level)] = (levels[0], levels[1])
        return found

    def _lowest(self, forbids: Sequence[Forbid], bay: VesselBay, stack: VesselStack, end: End) -> int:
        profile = self.call.vessel
        return next(
            (
                level
                for level in range(len(stack.cells))
                if any(forbid.part.touches(profile, Place(bay, stack, level, end)) for forbid in forbids)
            ),
            len(stack.cells),
        )

    @cached_property
    def kinds(self) -> tuple[frozenset[StackId], ...]:
        """For each kind of box the stacks closed to it; kind 0 may go anywhere."""
        return (frozenset(), *(self._closed_to(kind) for kind in self._kinds))

    def kind_of(self, box: Container) -> int:
        kind = self._kind(box)
        return 0 if kind is None else self._kinds[kind]

    @cached_property
    def _kinds(self) -> Mapping[Kind, int]:
        wished = [*self.call.loads, *(stowed.container for stowed in self.call.remaining)] if self._are_any else []
        kinds = [kind for box in wished if (kind := self._kind(box)) is not None]
        return {kind: number for number, kind in enumerate(dict.fromkeys(kinds), 1)}

    @cached_property
    def _are_any(self) -> bool:
        return bool(self.pins) or any(not forbid.cargo.is_all for forbid in self.forbids)

    def _kind(self, box: Container) -> Kind | None:
        pins = self.pins.get(box.id, ())
        forbids = tuple(f for f in self.forbids if not f.cargo.is_all and f.cargo.includes(box))
        return (pins, forbids, box.is_20) if pins or forbids else None

    def _closed_to(self, kind: Kind) -> frozenset[StackId]:
        """Stacks in which a box of the kind could come to stand where it may not; all of them where it is pinned.

        The search decides stacks and not tiers, so that a slot forbidden for some boxes closes its stack to them.
        """
        pins, forbids, is_20 = kind
        profile = self.call.vessel
        closed = set()
        for bay, stack in self._stacks:
            ends = [end for _, end in bay.ends() if is_20 is (end is not End.BOTH)]
            places = [Place(bay, stack, level, end) for level in range(len(stack.cells)) for end in ends]
            if not all(pin.to.contains(profile, place) for pin in pins for place in places) or any(
                forbid.part.touches(profile, place) for forbid in forbids for place in places
            ):
                closed.add(StackId(bay.number, stack.row, stack.level))
        return frozenset(closed)

    @cached_property
    def _stacks(self) -> tuple[tuple[VesselBay, VesselStack], ...]:
        return tuple((bay, stack) for bay in self.call.vessel.bays for stack in bay.stacks)
