"""The program of a worker process over a terminal's past."""

from __future__ import annotations

from cabria.console.desks.worker import work
from cabria.console.past.orders import PastDesk

if __name__ == "__main__":
    work(PastDesk)
