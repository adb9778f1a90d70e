"""Where else a load could stand, each place with its price as the referee will count it."""

from __future__ import annotations

from dataclasses import dataclass

from cabria.domain.containers import ContainerId
from cabria.domain.edits import Exchange, MoveTo
from cabria.domain.errors import DataError
from cabria.domain.positions import StowPosition
from cabria.planning.loading.editing.desk import Desk, Price
from cabria.planning.stowage.explain import other_places
from cabria.planning.stowage.problem import StowageProblem

LOOKED_AT = 24
"""Places priced for one box, those that look cheapest by the stowage alone."""


@dataclass(frozen=True, slots=True)
class Alternative:
    to: StowPosition
    edit: Exchange | MoveTo
    price: Price

    @property
    def rank(self) -> tuple[bool, float, StowPosition]:
        return (bool(self.price.forbidden), self.price.minutes, self.to)


def alternatives(desk: Desk, container: ContainerId, *, count: int = 3) -> tuple[Alternative, ...]:
    """The `count` best other places of a load that are legal, then the best one that is forbidden, if there is one.

    Raises KeyError for a container that is no load of the call.
    """
    found: list[Alternative] = []
    problem = StowageProblem.of(desk.call)
    for position, against in other_places(problem, desk.plan, container, LOOKED_AT):
        edit = MoveTo(container, position) if against is None else Exchange(container, against)
        try:
            found.append(Alternative(position, edit, desk.price(edit)))
        except DataError:
            continue  # A lid that stays on, for example: no work could be planned for it.
        if sum(not other.price.forbidden for other in found) == count and any(o.price.forbidden for o in found):
            break
    found.sort(key=lambda other: other.rank)
    legal = [other for other in found if not other.price.forbidden]
    return (*legal[:count], *[other for other in found if other.price.forbidden][:1])
