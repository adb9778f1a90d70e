"""Why a box stands where it stands: the stowage planner's cost terms, told to a person."""

from __future__ import annotations

from collections.abc import Mapping

from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.plan import LoadingPlan, Reason


def reasons(call: VesselCall, plan: LoadingPlan) -> Mapping[ContainerId, Reason]:
    return {}


def explain_text(call: VesselCall, plan: LoadingPlan, container: str) -> str:
    return ""
