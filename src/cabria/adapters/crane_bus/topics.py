"""Topics: `interfaceName/majorVersion/cheId/topic`."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple, Self

from cabria.domain.errors import DataError

INTERFACE = "crane"
MAJOR = 1
LONGEST = 200
_LEVEL = re.compile(r"[A-Za-z0-9_.:-]{1,60}")


class TopicName(StrEnum):
    """The last level of a topic, and so the kind of message."""

    JOB = "job"
    CANCEL = "cancel"
    HANDOVER = "handover"
    ACKNOWLEDGE = "acknowledge"
    QUERY = "query"
    CONNECTION = "connection"
    FACTSHEET = "factsheet"
    STATE = "state"
    REPORTS = "reports"
    TELEMETRY = "telemetry"

    @property
    def qos(self) -> int:
        """At most once, as everything is told until it is answered; but `connection`, which is told once."""
        return 1 if self is TopicName.CONNECTION else 0

    @property
    def is_retained(self) -> bool:
        return self in (TopicName.CONNECTION, TopicName.FACTSHEET)


TO_CRANES = (TopicName.JOB, TopicName.CANCEL, TopicName.HANDOVER, TopicName.ACKNOWLEDGE, TopicName.QUERY)
FROM_CRANES = (TopicName.CONNECTION, TopicName.FACTSHEET, TopicName.STATE, TopicName.REPORTS, TopicName.TELEMETRY)


class Topic(NamedTuple):
    """`parse` and `str` are inverse."""

    interface: str
    crane: str
    name: TopicName

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises DataError for a topic that is none of this protocol."""
        levels = text.split("/")
        if len(levels) != 4:
            raise DataError(f"{text[:LONGEST]!r} has {len(levels)} levels instead of four.", file=text[:LONGEST])
        interface, version, crane, name = levels
        if version != f"v{MAJOR}":
            raise DataError(f"The version level {version[:20]!r} is not v{MAJOR}.", file=text[:LONGEST])
        if name not in set(TopicName):
            raise DataError(f"There is no topic {name[:40]!r}.", file=text[:LONGEST])
        topic = cls(interface, crane, TopicName(name))
        topic.refuse_strange_levels()
        return topic

    def refuse_strange_levels(self) -> None:
        """Raises DataError for levels that are no names."""
        for level in (self.interface, self.crane):
            if not _LEVEL.fullmatch(level):
                raise DataError(
                    f"{level[:60]!r} cannot be a level of a topic.", remedy="Use 1 to 60 of A-Z a-z 0-9 _ . : and -."
                )

    def named(self, name: TopicName) -> Topic:
        """Another topic of the same crane."""
        return self._replace(name=name)

    def __str__(self) -> str:
        return f"{self.interface}/v{MAJOR}/{self.crane}/{self.name}"
