"""A vessel profile as columns."""

from __future__ import annotations

from dataclasses import asdict

import msgspec

from cabria.console.http.answers import mark_of
from cabria.console.messages.ship import Bays, Cells, Lid, Limits, Stacks, Stations, Vessel
from cabria.domain.vessel import Cell, Level, StackId, VesselProfile


def vessel_picture(profile: VesselProfile) -> Vessel:
    stacks = [(index, bay, stack) for index, bay in enumerate(profile.bays) for stack in bay.stacks]
    number = {StackId(bay.number, stack.row, stack.level): n for n, (_, bay, stack) in enumerate(stacks)}
    cells = [(n, cell) for n, (_, _, stack) in enumerate(stacks) for cell in stack.cells]
    vessel = Vessel(
        digest="",
        name=profile.name,
        imo=profile.imo,
        call_sign=profile.call_sign,
        length_mm=profile.length_mm,
        beam_mm=profile.beam_mm,
        source=profile.source,
        bridge_lcg_mm=profile.bridge.lcg_mm if profile.bridge else None,
        limits=Limits(**asdict(profile.limits)),
        stations=Stations(
            lcg_mm=[station.lcg_mm for station in profile.stations],
            min_shear_kg=[station.min_shear_kg for station in profile.stations],
            max_shear_kg=[station.max_shear_kg for station in profile.stations],
            min_bending_kg_m=[station.min_bending_kg_m for station in profile.stations],
            max_bending_kg_m=[station.max_bending_kg_m for station in profile.stations],
        ),
        bays=Bays(
            number=[bay.number for bay in profile.bays],
            fore=[bay.fore or 0 for bay in profile.bays],
            aft=[bay.aft or 0 for bay in profile.bays],
        ),
        stacks=Stacks(
            bay=[index for index, _, _ in stacks],
            row=[stack.row for _, _, stack in stacks],
            is_deck=[stack.level is Level.DECK for _, _, stack in stacks],
            max_weight_20_kg=[stack.max_weight_20_kg for _, _, stack in stacks],
            max_weight_40_kg=[stack.max_weight_40_kg for _, _, stack in stacks],
            max_height_mm=[stack.max_height_mm for _, _, stack in stacks],
            tcg_mm=[stack.tcg_mm for _, _, stack in stacks],
            lcg_mm=[stack.lcg_mm for _, _, stack in stacks],
        ),
        cells=Cells(
            stack=[n for n, _ in cells],
            tier=[cell.tier for _, cell in cells],
            flags=[_flags(cell) for _, cell in cells],
        ),
        lids=[
            Lid(id=lid.id, closes=[number[one] for one in lid.closes], carries=[number[one] for one in lid.carries])
            for lid in profile.hatch_covers
        ],
    )
    vessel.digest = mark_of(msgspec.msgpack.encode(vessel))
    return vessel


def _flags(cell: Cell) -> int:
    return sum(
        1 << bit
        for bit, is_so in enumerate(
            (
                cell.takes_20_fore,
                cell.takes_20_aft,
                cell.takes_40,
                cell.takes_45,
                cell.has_plug_fore,
                cell.has_plug_aft,
            )
        )
        if is_so
    )
