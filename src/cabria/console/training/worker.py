"""The program of training's worker process."""

from __future__ import annotations

from cabria.console.desks.worker import work
from cabria.console.training.orders import TrainingDesk

if __name__ == "__main__":
    work(TrainingDesk)
