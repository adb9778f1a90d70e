"""The header of the next message of a topic (7.2)."""

from __future__ import annotations

from typing import TypedDict

from cabria.adapters.timestamps import stamp
from cabria.adapters.vda5050.topics import RobotId, TopicName


class Header(TypedDict):
    """The fields every message begins with."""

    header_id: int
    timestamp: str
    version: str
    manufacturer: str
    serial_number: str


class Headers:
    """Counts the messages of one vehicle's topics, from 0, each sent one by itself."""

    def __init__(self, robot: RobotId, version: str) -> None:
        self.robot, self.version = robot, version
        self._next = dict.fromkeys(TopicName, 0)

    def next(self, name: TopicName, utc_ms: int) -> Header:
        number = self._next[name]
        self._next[name] = (number + 1) % 2**32
        return Header(
            header_id=number,
            timestamp=stamp(utc_ms),
            version=self.version,
            manufacturer=self.robot.manufacturer,
            serial_number=self.robot.serial,
        )

    def last(self, name: TopicName) -> int:
        """The number of the last message sent; 0 when there was none."""
        return max(0, self._next[name] - 1)
