"""A part of a plan made anew: some loads change places among their own slots, and everything else stays bit for bit."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from cabria.domain.containers import ContainerId, Port
from cabria.domain.errors import DataError
from cabria.domain.plan import LoadingPlan
from cabria.domain.vessel import VesselProfile
from cabria.domain.wishes import ShipPart
from cabria.planning.loading.editing.desk import Desk
from cabria.planning.loading.replanning.choice import held_by_wishes
from cabria.planning.loading.replanning.problem import ReplanProblem
from cabria.planning.loading.replanning.solve import Proposal, never, proposed
from cabria.planning.loading.replanning.standing import as_known
from cabria.planning.search.stopping import FirstOf, MaxIterations, StoppingCriterion
from cabria.planning.yard.problem import YardProblem

ITERATIONS_A_LOAD = 3_000
FEWEST = 100


@dataclass(frozen=True)
class Selection:
    """Loads for which one of these holds: they stand in a part of the ship, are bound for a port, are lifted by a
    crane, or are named."""

    parts: tuple[ShipPart, ...] = ()
    pods: tuple[Port, ...] = ()
    cranes: tuple[str, ...] = ()
    boxes: tuple[ContainerId, ...] = ()

    def __str__(self) -> str:
        named = f"{len(self.boxes):,} boxes by name" if self.boxes else ""
        return ", ".join(part for part in (*map(str, self.parts), *self.pods, *self.cranes, named) if part)

    def loads(self, desk: Desk) -> frozenset[ContainerId]:
        """Those of a plan that are not under way. Raises DataError where nothing is selected."""
        profile, plan = desk.call.vessel, desk.plan
        unknown = next((part for part in self.parts if not part.is_of(profile)), None)
        if unknown is not None:
            raise DataError(f"{profile.name} has no {unknown}.", place=str(unknown))
        by_crane = {box for q in plan.queues if q.crane in self.cranes for step in q.steps for box in step.containers}
        found = {
            box
            for box in plan.loads
            if box in self.boxes
            or box in by_crane
            or desk.call.load_by_id[box].pod in self.pods
            or self._stands_in(profile, plan, box)
        }
        if found <= desk.done.fixed(plan):
            raise DataError(f"No load that is still to come is selected by {str(self) or 'nothing'}.")
        return frozenset(found - desk.done.fixed(plan))

    def _stands_in(self, profile: VesselProfile, plan: LoadingPlan, box: ContainerId) -> bool:
        place = profile.place(plan.loads[box])
        return place is not None and any(part.touches(profile, place) for part in self.parts)


def replan_selection(desk: Desk, selection: Selection, stop: StoppingCriterion = never, *, seed: int = 0) -> Proposal:
    """The selected loads chosen anew for their slots: few digs in the yard, few heavy boxes above light ones.

    Boxes change places only within their class, as the carrier would have it; when each slot is worked, and by which
    crane, stays. Deterministic for a seed as long as `stop` does not look at a clock.
    """
    from cabria.planning.yard.solve import solve as choose_boxes

    loads = selection.loads(desk)
    problem = ReplanProblem(desk, (), as_known(desk.plan, desk.done), title=f"{selection}: boxes chosen anew")
    iterations = ITERATIONS_A_LOAD * max(FEWEST, len(loads))
    until = FirstOf((stop, MaxIterations(iterations)))
    choice = YardProblem.of(desk.call, desk.plan.loads, desk.plan.queues, _all_but(desk, loads))
    chosen = choose_boxes(choice, until, seed=seed).plan
    order = {box: slot for box, slot in desk.plan.loads.items() if chosen.loads[box] == slot}
    better = replace(desk.plan, loads={**order, **chosen.loads}, queues=chosen.queues)
    proposal = proposed(problem, desk.call, Desk.of(desk.call, better, desk.done))
    return proposal if proposal.price.minutes < 0 and not proposal.wrong else proposed(problem, desk.call, desk)


def _all_but(desk: Desk, loads: Collection[ContainerId]) -> frozenset[ContainerId]:
    """What stays where it is: all that is not selected, and what wishes hold."""
    return frozenset(box for box in desk.plan.loads if box not in loads) | held_by_wishes(desk)
