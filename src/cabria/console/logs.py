"""Logs of the server: one JSON object a line in a file or on stderr, or lines for a person where a person looks. No
secrets in them.

What carries a secret is never given to a log; what is named like one is struck out all the same.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import structlog

SECRET_WORDS = ("password", "secret", "token", "cookie", "authorization", "csrf", "session")
STRUCK_OUT = "***"
MOST_BYTES, KEPT = 20_000_000, 5
"""Of a log's file, and how many full ones are kept."""


def set_up(level: str = "warning", *, as_json: bool | None = None, file: Path | None = None) -> None:
    """Once a program. The library's logs and ours come out alike; with a file they stand in it, as JSON, and it is set
    aside when it is full."""
    as_json = (file is not None or not sys.stderr.isatty()) if as_json is None else as_json
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        strike_out_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    last: list[Any] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if as_json
        else [structlog.dev.ConsoleRenderer(colors=False)]
    )
    handler = _handler(file)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
        )
    )
    root = logging.getLogger("cabria")
    root.handlers[:] = [handler]
    root.propagate = False
    root.setLevel(level.upper())


def _handler(file: Path | None) -> logging.Handler:
    if file is None:
        return logging.StreamHandler(sys.stderr)
    file.parent.mkdir(parents=True, exist_ok=True)
    return RotatingFileHandler(file, maxBytes=MOST_BYTES, backupCount=KEPT, encoding="utf-8", delay=True)


def strike_out_secrets(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name in event:
        if any(word in name.lower() for word in SECRET_WORDS):
            event[name] = STRUCK_OUT
    return event
