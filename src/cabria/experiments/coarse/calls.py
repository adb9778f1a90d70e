"""One planned call at coarse fidelity, to be held against the fine twin's run of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cabria.domain.calls import VesselCall
from cabria.domain.layout import Layout
from cabria.domain.plan import LoadingPlan
from cabria.experiments.call_runs import RunSetting
from cabria.twin.coarse.ground import ground_of
from cabria.twin.coarse.problem import NONE, Boxes, CoarseProblem, Rates, RoadTrucks, Ships

DIGS = 0.1
"""Boxes in the way by boxes above, where a plan takes of a class those that stand free."""
SPARE = 2
"""A run is so many times as long as its plan at most."""


def call_problem(
    call: VesselCall, plan: LoadingPlan, layout: Layout, setting: RunSetting, rates: Rates | None = None
) -> CoarseProblem:
    """All boxes of a call, worked by the cranes of its plan from the first moment on; the yard holds its loads and
    all else that stands there."""
    terminal = layout.terminal
    block_of = {block.id: n for n, block in enumerate(terminal.blocks)}
    standing = {box.id: box for box in call.yard}
    loads = [box for box in call.loads if box.id in plan.loads and box.id in standing]
    others = [box for box in call.yard if box.id not in {load.id for load in loads}]
    off, on, stay = len(call.discharges), len(loads), len(others)
    teu = [stowed.container.size_type.teu for stowed in call.discharges]
    teu += [box.size_type.teu for box in loads] + [1 if box.length_ft == 20 else 2 for box in others]
    stands = [NONE] * off + [block_of[standing[box.id].position.block] for box in loads]
    stands += [block_of[box.position.block] for box in others]
    cranes = sum(1 for queue in plan.queues if queue.steps)
    hours = 1 + SPARE * max(queue.end_s for queue in plan.queues) // 3_600
    nobody = np.zeros(0, np.int64)
    return CoarseProblem(
        ground=ground_of(layout),
        room_teu=np.array([block.slots for block in terminal.blocks], np.int64),
        tiers=np.array([block.tiers for block in terminal.blocks], np.int64),
        quay_mm=terminal.quay_length_mm,
        quay_cranes=cranes,
        trucks=setting.trucks,
        look_ahead=setting.settings.look_ahead,
        most_visitors=1,
        hours=hours,
        ships=Ships(
            np.zeros(1, np.int64),
            np.array([call.vessel.length_mm or terminal.quay_length_mm // 4], np.int64),
            np.array([cranes], np.int64),
            np.array([NONE]),
        ),
        boxes=Boxes(
            np.array(teu, np.int64),
            np.repeat([0, NONE], (off, on + stay)),
            np.repeat([NONE, 0, NONE], (off, on, stay)),
        ),
        road=RoadTrucks(nobody, nobody, nobody),
        stands_in=np.array(stands),
        rates=replace(
            rates or Rates(),
            mooring=0,
            unmooring=0,
            digs_for_ships=DIGS,
            quay_cycle=1_000 * call.terminal.quay_cranes[0].cycle_s,
            beside_lifts=_beside_lifts(plan),
            variation=setting.variation,
            yard_ahead=setting.settings.yard_ahead_ms,
            busy_block=setting.settings.busy_block_ms,
            out_of_turn=setting.settings.out_of_turn,
        ),
    )


def _beside_lifts(plan: LoadingPlan) -> float:
    """Share of the planned time of all cranes in which they lift no box: lids, travel, waiting for each other."""
    lifting = sum(step.end_s - step.start_s for queue in plan.queues for step in queue.steps if step.containers)
    whole = sum(queue.end_s - queue.steps[0].start_s for queue in plan.queues if queue.steps)
    return 1 - lifting / whole
