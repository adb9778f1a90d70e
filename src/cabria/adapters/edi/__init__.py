"""Messages of the trade as UN/EDIFACT: lenient in, strict out, and a list of everything that was odd."""

from cabria.adapters.edi.carried import Dialect, carried, losses
from cabria.adapters.edi.check import CheckedFile, against_profile, check_file
from cabria.adapters.edi.code_tables import CodeTables, load_tables
from cabria.adapters.edi.files import load
from cabria.adapters.edi.letter import letter
from cabria.adapters.edi.masses import apply_verified_masses
from cabria.adapters.edi.reading import (
    read_any,
    read_bay_plan,
    read_instruction,
    read_load_list,
    read_move_report,
    read_verified_masses,
)
from cabria.adapters.edi.writing import (
    GateEntry,
    write_bay_plan,
    write_gate_report,
    write_instruction,
    write_load_list,
    write_move_report,
    write_verified_masses,
)

__all__ = [
    "CheckedFile",
    "CodeTables",
    "Dialect",
    "GateEntry",
    "against_profile",
    "apply_verified_masses",
    "carried",
    "check_file",
    "letter",
    "load",
    "load_tables",
    "losses",
    "read_any",
    "read_bay_plan",
    "read_instruction",
    "read_load_list",
    "read_move_report",
    "read_verified_masses",
    "write_bay_plan",
    "write_gate_report",
    "write_instruction",
    "write_load_list",
    "write_move_report",
    "write_verified_masses",
]
