"""mosquitto, the broker of a real site: found on this machine, started on the loopback with a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from cabria.adapters.mqtt.address import LOOPBACK, Address
from cabria.domain.errors import DataError

PLACES = ("/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/opt/homebrew/sbin/mosquitto")
QUEUED = 100_000
"""For a client that reads slowly for a while; what is more is dropped."""
UNPRIVILEGED = "nobody"
REMEDY = "Run `make broker`, or name its program in the variable MOSQUITTO."


def mosquitto_program() -> Path:
    """Where it is. Raises DataError with the command that mends it."""
    named = os.environ.get("MOSQUITTO")
    for place in (named,) if named else (shutil.which("mosquitto"), *PLACES):
        if place and os.access(place, os.X_OK):
            return Path(place)
    raise DataError("The MQTT broker mosquitto was not found.", remedy=REMEDY)


def start_mosquitto(folder: Path, port: int) -> tuple[subprocess.Popen[bytes], Address]:
    """Start it as a process of the caller's, for the caller to end; what is retained is kept in `folder`.

    Never as root: then it becomes `nobody`, to whom the folder is given.
    """
    settings = folder / "mosquitto.conf"
    user = []
    if os.geteuid() == 0:
        shutil.chown(folder, UNPRIVILEGED)
        user = [f"user {UNPRIVILEGED}"]
    lines = [
        f"listener {port} {LOOPBACK}",
        "allow_anonymous true",
        "set_tcp_nodelay true",
        "persistence true",
        f"persistence_location {folder}/",
        "autosave_on_changes true",
        "autosave_interval 1",
        f"max_queued_messages {QUEUED}",
        "log_dest none",
        *user,
    ]
    settings.write_text("\n".join(lines) + "\n", encoding="utf-8")
    process = subprocess.Popen([mosquitto_program(), "-c", settings])
    return process, Address(LOOPBACK, port)
