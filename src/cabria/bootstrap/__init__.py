"""The only place that chooses which outside a planner or a run of the terminal is connected to."""

from cabria.bootstrap.plans import (
    AS_MADE,
    EDITS,
    LOG,
    MARK,
    OUTPUT,
    plan_call,
    read_call,
    read_call_to_plan,
    read_earlier,
    refuse_output,
    write_edited,
    write_output,
    write_papers,
    write_plan_so_far,
)

__all__ = [
    "AS_MADE",
    "EDITS",
    "LOG",
    "MARK",
    "OUTPUT",
    "plan_call",
    "read_call",
    "read_call_to_plan",
    "read_earlier",
    "refuse_output",
    "write_edited",
    "write_output",
    "write_papers",
    "write_plan_so_far",
]
