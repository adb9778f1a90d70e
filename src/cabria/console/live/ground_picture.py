"""The ground plan and what stands in the yard, as columns."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from cabria.console.desks.plan_picture import slot_number
from cabria.console.http.answers import mark_of
from cabria.console.messages import ground as m
from cabria.console.yard.stock import BoxFacts, Standing, blocks, yard_message
from cabria.domain.calls import VesselCall
from cabria.domain.containers import ContainerId
from cabria.domain.layout import TRUCK_LENGTH_MM, Layout
from cabria.domain.positions import YardPosition
from cabria.domain.run_events import Aboard
from cabria.operations.running import Picture


def ground_picture(layout: Layout) -> m.Ground:
    terminal, rail = layout.terminal, layout.rail
    ground = m.Ground(
        digest="",
        name=layout.name,
        terminal=terminal.name,
        port=terminal.port,
        source=layout.source,
        quay_length_mm=terminal.quay_length_mm,
        rails=m.QuayRails(
            from_mm=rail.from_mm,
            until_mm=rail.until_mm,
            waterside_mm=rail.waterside_mm,
            gauge_mm=rail.gauge_mm,
            crane_width_mm=rail.crane_width_mm,
            back_reach_mm=rail.back_reach_mm,
        ),
        berths=[m.Berth(id=berth.id, from_mm=berth.from_mm, until_mm=berth.until_mm) for berth in layout.berths],
        blocks=blocks(terminal.blocks),
        runways=[
            m.RunwayRow(
                block=runway.block,
                from_mm=runway.from_mm,
                until_mm=runway.until_mm,
                crane_length_mm=runway.crane_length_mm,
                reach_mm=runway.reach_mm,
                cranes=[place.crane for place in runway.cranes],
            )
            for runway in layout.runways
        ],
        lanes=m.Lanes(
            id=[segment.id for segment in layout.segments],
            kind=[segment.kind for segment in layout.segments],
            stand=[segment.stand.kind if segment.stand else "" for segment in layout.segments],
            points=[[mm for point in layout.points(segment) for mm in point] for segment in layout.segments],
        ),
        quay_cranes=[
            m.QuayCranePlace(id=crane.id, x_mm=crane.x_mm, outreach_rows=crane.outreach_rows)
            for crane in terminal.quay_cranes
        ],
        truck_length_mm=TRUCK_LENGTH_MM,
    )
    ground.digest = mark_of(msgspec.msgpack.encode(ground))
    return ground


def yard_picture(layout: Layout, picture: Picture, number: int) -> m.Yard:
    """45,000 boxes in a fifth of a second."""
    facts = BoxFacts(one.call for one in picture.calls.values())
    facts.take_plugs(picture.needs_plug)
    facts.take_wanted(box for move in picture.moves.values() for box in move.containers)
    standing = [
        Standing(box, block, bay, row, tier, picture.length_ft[box], picture.mass_kg[box])
        for (block, bay, row), stack in picture.stacks.items()
        for tier, box in enumerate(stack, 1)
    ]
    return yard_message(layout.terminal.blocks, standing, facts, number=number, now_ms=picture.now_ms)


def ship_picture(call: VesselCall, plan_id: str, picture: Picture, number: int) -> m.LiveShip:
    """What is aboard now."""
    aboard = [
        (box, slot_number(place.position))
        for box, place in picture.boxes.items()
        if isinstance(place, Aboard) and place.call == call.id
    ]
    return m.LiveShip(
        number=number,
        now_ms=picture.now_ms,
        call=call.id,
        plan=plan_id,
        berth_x_mm=call.berth_x_mm,
        bow_towards_x=call.bow_towards_x,
        id=[box for box, _ in aboard],
        slot=[slot for _, slot in aboard],
    )


def box_page(box: ContainerId, picture: Picture, plans: Mapping[str, str]) -> m.BoxPage | None:
    """None for a box that is not on the terminal. `plans` names the plan of each call under way."""
    place = picture.boxes.get(box)
    if place is None:
        return None
    over: tuple[ContainerId, ...] = ()
    if isinstance(place, YardPosition):
        over = picture.stacks[place.block, place.bay, place.row][place.tier :]
    plan, slot = "", 0
    for name, one in picture.calls.items():
        planned = one.plan.loads.get(box) or one.plan.restows.get(box)
        if planned or box in one.call.arrival.by_container:
            plan, slot = plans.get(name, ""), slot_number(planned)
    move = next((move.id for move in picture.moves.values() if box in move.containers), "")
    return m.BoxPage(
        id=box,
        place=str(place),
        length_ft=picture.length_ft[box],
        mass_kg=picture.mass_kg[box],
        move=move,
        over=list(over),
        plan=plan,
        slot=slot,
    )
