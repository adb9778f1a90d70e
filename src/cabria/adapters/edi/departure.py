"""The messages a terminal sends out when a plan is made: the ship's condition on departure."""

from __future__ import annotations

from pathlib import Path

from cabria.adapters.edi.carried import Dialect
from cabria.adapters.edi.writing import write_bay_plan
from cabria.domain.calls import VesselCall
from cabria.domain.messages import MessageHeader
from cabria.domain.plan import LoadingPlan, departure

FILES = {"departure-baplie31.edi": Dialect.SMDG31, "departure-baplie22.edi": Dialect.SMDG22}


def write_departure(call: VesselCall, plan: LoadingPlan, folder: Path) -> None:
    """Write the departure BAPLIE in the new and in the common older version."""
    header = departure_header(call)
    sails = departure(call, plan)
    for name, dialect in FILES.items():
        (folder / name).write_bytes(write_bay_plan(header, sails, dialect))


def departure_header(call: VesselCall) -> MessageHeader:
    """Prepared at the call's start, not now: the same plan gives the same file."""
    return MessageHeader(
        kind="BAPLIE",
        reference=call.id,
        function="9",
        sender=call.terminal.name,
        recipient="CARRIER",
        prepared_at=call.start,
        vessel_name=call.vessel.name,
        call_sign=call.vessel.call_sign,
        imo=call.vessel.imo,
        voyage=call.voyage,
        port=call.port,
        next_port=call.rotation[0] if call.rotation else None,
    )
