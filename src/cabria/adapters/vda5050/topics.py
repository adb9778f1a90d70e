"""Topics: `interfaceName/majorVersion/manufacturer/serialNumber/topic` (4.2)."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple, Self

from cabria.domain.errors import DataError

INTERFACE = "vda5050"
_REFUSED = re.compile(r"[/+#$\x00-\x1f]")
_SERIAL = re.compile(r"[A-Za-z0-9_.:-]+")
LONGEST = 200


class TopicName(StrEnum):
    """The last level of a topic, and so the kind of message (4.3)."""

    ORDER = "order"
    INSTANT_ACTIONS = "instantActions"
    STATE = "state"
    VISUALIZATION = "visualization"
    CONNECTION = "connection"
    FACTSHEET = "factsheet"
    ZONE_SET = "zoneSet"
    RESPONSES = "responses"

    @property
    def qos(self) -> int:
        """At most once, but for `connection` (4.1)."""
        return 1 if self is TopicName.CONNECTION else 0

    @property
    def is_retained(self) -> bool:
        """6.5 and 6.10."""
        return self in (TopicName.CONNECTION, TopicName.FACTSHEET)


FROM_VEHICLES = (TopicName.CONNECTION, TopicName.FACTSHEET, TopicName.STATE)
"""What fleet control listens to."""
TO_VEHICLES = (TopicName.ORDER, TopicName.INSTANT_ACTIONS, TopicName.ZONE_SET, TopicName.RESPONSES)


class RobotId(NamedTuple):
    """Which vehicle, in the whole world."""

    manufacturer: str
    serial: str

    def __str__(self) -> str:
        return f"{self.manufacturer}/{self.serial}"


class Topic(NamedTuple):
    """`parse` and `str` are inverse."""

    interface: str
    major: int
    manufacturer: str
    serial: str
    name: TopicName

    @property
    def robot(self) -> RobotId:
        return RobotId(self.manufacturer, self.serial)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises DataError for a topic that is none of VDA 5050."""
        levels = text.split("/")
        if len(levels) != 5:
            raise DataError(f"{text[:LONGEST]!r} has {len(levels)} levels instead of five.", file=text[:LONGEST])
        interface, version, manufacturer, serial, name = levels
        if not re.fullmatch(r"v[1-9][0-9]?", version):
            raise DataError(f"The version level {version[:20]!r} is not as v3.", file=text[:LONGEST])
        if name not in set(TopicName):
            raise DataError(f"There is no topic {name[:40]!r}.", file=text[:LONGEST])
        topic = cls(interface, int(version[1:]), manufacturer, serial, TopicName(name))
        topic.refuse_strange_levels()
        return topic

    def refuse_strange_levels(self) -> None:
        """Raises DataError for levels that would not be levels, or serial numbers of other characters than allowed."""
        for level in (self.interface, self.manufacturer):
            if not level or len(level) > LONGEST or _REFUSED.search(level):
                raise DataError(f"{level[:LONGEST]!r} cannot be a level of a topic.", remedy="Use no / + # or $.")
        if len(self.serial) > LONGEST or not _SERIAL.fullmatch(self.serial):
            raise DataError(
                f"The serial number {self.serial[:LONGEST]!r} has other characters than A-Z a-z 0-9 _ . : and -."
            )

    def named(self, name: TopicName) -> Topic:
        """Another topic of the same vehicle."""
        return self._replace(name=name)

    def __str__(self) -> str:
        return f"{self.interface}/v{self.major}/{self.manufacturer}/{self.serial}/{self.name}"
