"""A program of its own that is killed after each step of a look in turn, started again, and says what was left.

`python kill_at_each_step.py FOLDER`: for n = 1, 2, 3 ... a child looks and is killed (SIGKILL) after its n-th step,
then others look until nothing is to be done. Prints one JSON line for each n.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[3]))

from exchanges_by_hand import CALL, Place, box, load_list

LONG_S = 700
"""So that what is cut off is not waited for any more."""
FIRST = load_list([*CALL.loads, box("TINU000021")], "R1")
FILES = {"list.edi": FIRST, "poison.edi": b"UNA:+.? 'no message"}


def killed_after(place: Place, step: int) -> bool:
    """Whether the child lived to be killed; otherwise it did all there was to do."""
    child = os.fork()
    if child == 0:
        left = step

        def tell(step: str, name: str) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        place.settle(place.exchange(tell), LONG_S)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def main(root: Path) -> None:
    step = 0
    while True:
        step += 1
        place = Place(root / str(step))
        for name, content in FILES.items():
            place.put(name, content)
        was_killed = killed_after(place, step)
        for _ in range(2):
            place.run(LONG_S)
        told = {
            "step": step,
            "left_in": place.files("in"),
            "out": [name for name in place.files("out") if not name.startswith(".")],
            "aside": [name for name in place.files("aside") if not name.startswith(".")],
            "versions": place.versions,
            "loads": sorted([load.id, load.gross_mass_kg] for load in place.call.loads),
        }
        print(json.dumps(told), flush=True)
        if not was_killed:
            return


main(Path(sys.argv[1]))
