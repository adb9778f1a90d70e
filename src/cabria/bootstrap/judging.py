"""What a terminal's journal comes to, done again by the referee from the events alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cabria.domain.layout import Layout
from cabria.operations.gateways import EntryKind
from cabria.operations.records import Command
from cabria.operations.running import OF_THE_LOG, Picture, Told

if TYPE_CHECKING:
    from cabria.domain.containers import ContainerId
    from cabria.domain.run_events import Place
    from cabria.referee.run import RunReferee
    from cabria.referee.run_rules import RunFinding


@dataclass(frozen=True)
class Judged:
    """`elsewhere` are boxes that the terminal believes elsewhere than the referee's replay has them, each a sentence;
    `findings` broken rules by name and how often, `first` the first of each; `moves` how many boxes cranes set down."""

    boxes: int
    elsewhere: tuple[str, ...]
    not_as_planned: tuple[str, ...]
    findings: Mapping[str, int]
    first: Mapping[str, RunFinding]
    moves: int

    @property
    def is_good(self) -> bool:
        """Whether yard and ship are as the referee has them, and the ship as planned."""
        return not self.elsewhere and not self.not_as_planned


def judged(entries: Iterable[Told], picture: Picture, layout: Layout) -> Judged:
    """Entries from the first on, and how everything stands after them. `layout` is that of the journal's beginning.

    A ship is judged by the plan with which she was berthed, where the entries have it, when she leaves or at the end.
    """
    from cabria.domain.run_events import BoxesLanded, ShipSailed
    from cabria.referee.run import RunReferee

    referee = RunReferee(layout, [(call.call, call.plan) for call in picture.calls.values()])
    not_as_planned: list[str] = []
    moves = 0
    for number, (kind, _, _, content) in entries:
        if number > picture.number:
            break
        if kind is EntryKind.COMMAND and isinstance(content, Command):
            if content.verb == "berth":
                referee.expect(*content.arguments)
            elif content.verb == "machine_says":
                _believe(referee, content.arguments[1])
            elif content.verb == "tow":
                _believe(referee, content.arguments[2])
        elif kind in OF_THE_LOG:
            if isinstance(content, ShipSailed):
                not_as_planned += _not_as_planned(referee, content.call)
            referee.hear(content)
            moves += len(content.containers) if isinstance(content, BoxesLanded) else 0
    where = dict(referee.where)
    elsewhere = [
        f"{box} is {where.get(box, 'nowhere')} by the log, and {picture.boxes.get(box, 'nowhere')} by the terminal"
        for box in sorted({*where, *picture.boxes})
        if where.get(box) != picture.boxes.get(box)
    ]
    for call in picture.calls:
        not_as_planned += _not_as_planned(referee, call)
    broken = referee.over().broken
    first: dict[str, RunFinding] = {}
    for finding in broken:
        first.setdefault(finding.rule.id, finding)
    counted = Counter(finding.rule.id for finding in broken)
    return Judged(len(where), tuple(elsewhere), tuple(not_as_planned), counted, first, moves)


def _believe(referee: RunReferee, boxes: Mapping[ContainerId, Place]) -> None:
    """A machine found boxes elsewhere. One that nobody knows of is only told."""
    for box, place in boxes.items():
        if box in referee.where:
            referee.found(box, place)


def _not_as_planned(referee: RunReferee, call: str) -> Iterator[str]:
    """Boxes that are not aboard where they are to be by now."""
    from cabria.domain.run_events import Aboard

    for box, position in sorted(referee.due_aboard(call).items()):
        if referee.where.get(box) != Aboard(call, position):
            yield f"{box} was to be at {position} aboard and is {referee.where.get(box, 'nowhere')}"
