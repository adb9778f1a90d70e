"""Weights of a plan's cost: a preset by its name, or a TOML file with the keys of a call's `[settings]`.

A file may begin with `preset = "calm-yard"` and then name single prices, as docs/reference/call-folder.md lists them.
"""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

import msgspec

from cabria.adapters.files.call_folder import SettingsPart
from cabria.adapters.files.documents import converted, read_toml
from cabria.domain.calls import CallSettings, preset_named
from cabria.domain.errors import DataError

MAX_BYTES = 100_000


def weights_of(text: str) -> CallSettings:
    """The settings behind what a planner writes. Raises DataError with the names there are."""
    if text.lower().endswith(".toml"):
        return read_weights(Path(text))
    try:
        return preset_named(text)
    except DataError as error:
        raise DataError(error.problem, place="--weights", remedy=f"{error.remedy} Or name a .toml file.") from None


def read_weights(path: Path) -> CallSettings:
    """Raises DataError that names the file and the key."""
    said = read_toml(path, limit_bytes=MAX_BYTES)
    known = [info.name for info in msgspec.structs.fields(SettingsPart)]
    for key in said:
        if key not in known:
            close = get_close_matches(key, known, n=1)
            remedy = f"Do you mean {close[0]}?" if close else f"Known are {', '.join(known)}."
            raise DataError(f"There is no weight {key[:60]!r}.", file=str(path), remedy=remedy)
    try:
        return converted(said, SettingsPart, str(path)).settings()
    except DataError as error:
        raise error.inside(str(path)) from None
