"""Options that several commands share, and what the program's exit codes mean."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Effort(StrEnum):
    QUICK = "quick"
    NORMAL = "normal"
    THOROUGH = "thorough"


SeedOption = Annotated[int, typer.Option(help="Same seed, same result.", min=0, max=2**32 - 1)]
EffortOption = Annotated[Effort, typer.Option(help="How long to search.")]
PortOption = Annotated[int, typer.Option(help="Port of the report's server on this machine.", min=0, max=65535)]


def _zone(name: str) -> str:
    """Refused before anything is begun."""
    if name:
        from cabria.adapters.time_zones import zone_named

        zone_named(name, place="--time-zone")
    return name


TimeZoneOption = Annotated[str, typer.Option(help="The terminal's, as America/Lima.", callback=_zone)]

EXIT_FAULT = 1
"""Something is wrong with the input; one sentence on stderr says what."""
EXIT_NOT_LEGAL = 2
"""The plan was judged and breaks a HARD rule, or the message cannot be used as it is."""
EXIT_STOPPED = 130
