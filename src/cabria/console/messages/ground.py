"""The ground a terminal stands on, and what stands in its yard."""

from __future__ import annotations

from cabria.console.messages.parts import Message, Mm, Ms


class Block(Message):
    """A yard block; `x_mm` and `y_mm` are the corner of bay 1, row 1. Bays are odd: 1, 3, 5 ..."""

    id: str
    bays: int
    rows: int
    tiers: int
    x_mm: Mm
    y_mm: Mm
    bay_pitch_mm: Mm
    row_pitch_mm: Mm
    bays_along_quay: bool
    plug_bays: list[int]


class RunwayRow(Message):
    """The rails of a block's cranes, from the outer edge of bay 1."""

    block: str
    from_mm: Mm
    until_mm: Mm
    crane_length_mm: Mm
    reach_mm: Mm
    cranes: list[str]


class Lanes(Message):
    """Segments in columns. `points` is how each runs over the ground: x, y, x, y ... in mm.

    `kind` is that of `domain.layout.LaneKind`, `stand` that of `domain.stands.StandKind`, "" for none.
    """

    id: list[str]
    kind: list[str]
    stand: list[str]
    points: list[list[int]]


class Berth(Message):
    id: str
    from_mm: Mm
    until_mm: Mm


class QuayRails(Message):
    from_mm: Mm
    until_mm: Mm
    waterside_mm: Mm
    gauge_mm: Mm
    crane_width_mm: Mm
    back_reach_mm: Mm


class QuayCranePlace(Message):
    id: str
    x_mm: Mm
    outreach_rows: int


class Ground(Message):
    """x runs along the quay, y inland from its edge. `digest` names this state of it."""

    digest: str
    name: str
    terminal: str
    port: str
    source: str
    quay_length_mm: Mm
    rails: QuayRails
    berths: list[Berth]
    blocks: list[Block]
    runways: list[RunwayRow]
    lanes: Lanes
    quay_cranes: list[QuayCranePlace]
    truck_length_mm: Mm


class Yard(Message):
    """Every box in the yard in columns; `block` indexes `blocks`. True after the stream's message `number`;
    of a call's own yard that is 0.

    `flags`: 1 needs a plug, 2 wanted by a move under way, 4 bound for a ship at the quay, 8 came off one,
    16 dangerous goods.
    `pod` indexes `ports`, `call` indexes `calls`; 0 is not known, and their first is "".
    """

    number: int
    now_ms: Ms
    blocks: list[Block]
    ports: list[str]
    calls: list[str]
    id: list[str]
    block: list[int]
    bay: list[int]
    row: list[int]
    tier: list[int]
    length_ft: list[int]
    mass_kg: list[int]
    pod: list[int]
    call: list[int]
    flags: list[int]


class LiveShip(Message):
    """What is aboard a ship at the quay now: box and slot in columns. The plan's page has the rest."""

    number: int
    now_ms: Ms
    call: str
    plan: str
    """Its id among the plans, or "" where it is not among them."""
    berth_x_mm: Mm
    bow_towards_x: bool
    id: list[str]
    slot: list[int]


class BoxPage(Message):
    """One box: where it is, what is to happen to it, and what has, newest last, in sentences with times."""

    id: str
    place: str
    """As in the stream: "B03-5-2-1", "CALL/0020482", "T07/fore", or "" for not on the terminal."""
    length_ft: int
    mass_kg: int
    move: str
    over: list[str]
    """Boxes that stand on it."""
    plan: str
    slot: int
