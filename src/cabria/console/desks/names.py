"""What the folders of calls, berths and their plans may be called: they lie side by side in one folder."""

from __future__ import annotations

import re
from pathlib import Path

from cabria.domain.errors import DataError

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def free_folder(root: Path, name: str) -> Path:
    """The folder of that name, which is not there yet. Raises DataError when it is."""
    if (root / name).exists():
        raise DataError(
            f"There is a folder {name} already.",
            place="name",
            remedy="Choose another name.",
            code="folder-taken",
            values={"name": name},
        )
    return root / name
