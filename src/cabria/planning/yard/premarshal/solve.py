"""The door: the fewest moves after which no box of a bay stands above one that leaves earlier."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from cabria.planning.search.result import Listener, Progress, Result, silent
from cabria.planning.search.stopping import StoppingCriterion, horizon
from cabria.planning.yard.premarshal.bound import lower_bound
from cabria.planning.yard.premarshal.guide import LEARNED, Guide
from cabria.planning.yard.premarshal.operators import UNKNOWN, Beam, FlatBay, Moves, StepBeam
from cabria.planning.yard.premarshal.problem import PremarshalPlan, PremarshalProblem


@dataclass(frozen=True, slots=True)
class Params:
    """`evaluations` of a bay are shared out over passes, unless the stopping criterion counts them itself.

    First whole steps: a pass of `first_step_width` says what width costs, then one takes `step_share` of all
    evaluations, in bays of more than `few_stacks` `broad_step_share`. There the ends of the plan, from `cuts` of its
    length on, are then solved again by single moves for `tail_share` of all evaluations, `children` a state expected.
    Last single moves over the whole bay: the first pass is `first_width` wide and says what width costs; each later one
    takes its share of what is left. From `thorough_width` on every move is tried, before only each box's best
    `targets`: fewer, and half the first width, in broad bays.
    """

    evaluations: int = 200_000
    first_step_width: int = 4
    step_share: float = 0.04
    broad_step_share: float = 0.8
    cuts: tuple[float, ...] = (0.7, 0.5, 0.3)
    tail_share: float = 0.12
    children: int = 15
    first_width: int = 8
    shares: tuple[float, ...] = (0.2, 1.0)
    targets: int = 6
    few_targets: int = 3
    few_stacks: int = 12
    thorough_width: int = 1_000
    widest: int = 4_000
    guide: Guide = LEARNED


def solve(
    problem: PremarshalProblem,
    stop: StoppingCriterion,
    *,
    seed: int = 0,
    params: Params = Params(),
    listen: Listener = silent,
) -> Result[PremarshalPlan | None]:
    """Cost is the number of moves; the plan is None when none was found in time. Iterations are bays evaluated.

    Nothing is drawn, so the seed changes nothing.
    """
    began = time.process_time()
    search = _Search(problem, stop, params, listen)
    for search_so in (search.by_steps, search.ends_again, search.by_single_moves):
        if not search.stopped:
            search_so()
    moves = search.moves
    plan = None if moves is None else PremarshalPlan(moves, len(moves) == search.bound)
    costs = {} if moves is None else {"moves": float(len(moves))}
    cpu_s = time.process_time() - began
    return Result(plan, costs, float(search.bound), seed, cpu_s, search.spent, search.stopped)


@dataclass
class _Search:
    """The passes over one bay: what was found and spent so far; `stopped` says why there is nothing more to do."""

    problem: PremarshalProblem
    stop: StoppingCriterion
    params: Params
    listen: Listener
    flat: FlatBay = field(init=False)
    moves: Moves | None = field(init=False)
    bound: int = field(init=False)
    spent: int = 0
    stopped: str = ""

    def __post_init__(self) -> None:
        self.flat, self.bound = FlatBay.of(self.problem), lower_bound(self.problem.bay)
        self.moves = self.flat.completed()
        self.of = horizon(self.stop, self.params.evaluations)
        self.is_broad = len(self.problem.bay.stacks) > self.params.few_stacks
        self.targets = self.params.few_targets if self.is_broad else self.params.targets
        self._note()

    @property
    def length(self) -> int:
        return UNKNOWN if self.moves is None else len(self.moves)

    def by_steps(self) -> None:
        width = self.params.first_step_width
        first = StepBeam(self.flat, width, self.params.guide)
        self._pass(first)
        share = self.params.broad_step_share if self.is_broad else self.params.step_share
        wider = min(self.params.widest, int(share * self.of * width / max(1, first.evaluations)))
        if wider > width and not self.stopped:
            self._pass(StepBeam(self.flat, wider, self.params.guide))

    def ends_again(self) -> None:
        """The last boxes of a long plan are sorted again, with a width that the whole bay could not have."""
        if not self.is_broad or self.moves is None:
            return
        share = self.params.tail_share * self.of / len(self.params.cuts)
        children = float(self.params.children)
        for cut in self.params.cuts:
            kept = int(cut * self.length)
            if self.stopped or kept == self.length:
                return
            width = max(1, int(share / (children * (self.length - kept))))
            beam = Beam(self.flat.after(self.moves[:kept]), width, self.targets, True, self.params.guide)
            left = self.length - kept
            self._pass(beam, kept)
            children = max(1.0, beam.evaluations / (width * left))

    def by_single_moves(self) -> None:
        params = self.params
        width = max(1, params.first_width // 2) if self.is_broad else params.first_width
        passes = 0
        while not self.stopped:
            is_frugal = width < params.thorough_width
            targets = self.targets if is_frugal else self.flat.boxes.shape[0]
            beam = Beam(self.flat, width, targets, is_frugal, params.guide)
            self._pass(beam)
            passes += 1
            if not beam.left_out:
                self.stopped = "every plan was looked at" if self.moves else "it cannot be sorted"
                self.bound = self.length if self.moves else self.bound
                break
            affordable = int((self.of - self.spent) * width / max(1, beam.evaluations))
            if affordable <= width and not self.stopped:
                self.stopped = "a wider pass would cost too much"
            share = params.shares[min(passes, len(params.shares)) - 1]
            width = min(params.widest, affordable, max(2 * width, int(affordable * share)))

    def _pass(self, beam: Beam | StepBeam, kept: int = 0) -> None:
        """Run a beam from the bay as it is after the first `kept` moves of the plan."""
        before = self.spent

        def may_go_on(evaluations: int, best: int) -> bool:
            self.stopped = self.stop(before + evaluations, min(UNKNOWN, kept + best))
            return not self.stopped

        begun = () if self.moves is None else self.moves[:kept]
        rest = beam.run(None if self.moves is None else self.moves[kept:], may_go_on)
        self.moves = None if rest is None else begun + rest
        self.spent = before + beam.evaluations
        self._note()

    def _note(self) -> None:
        if self.length == self.bound:
            self.stopped = "the bound is met"
        self.listen(Progress("pre-marshalling", min(1.0, self.spent / max(1, self.of)), self.length, self.spent))
