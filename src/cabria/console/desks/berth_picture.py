"""A berth case and a plan of it as messages."""

from __future__ import annotations

from collections.abc import Iterable

from cabria.console.desks.plan_picture import finding_rows
from cabria.console.messages import berths as m
from cabria.domain.berthing import BerthCase, BerthPlan, ShipCall, Spell, Stay, berth_changes
from cabria.referee.berthing import BerthJudgement


def ground(case: BerthCase) -> m.BerthGround:
    quay, rules = case.quay, case.rules
    return m.BerthGround(
        name=case.name,
        beginning=case.beginning,
        currency=case.currency,
        length_mm=quay.length_mm,
        layout=quay.layout,
        sections=[
            m.BerthStretch(
                name=one.name, from_mm=one.start_mm, until_mm=one.end_mm, depth_mm=one.depth_mm, kind=one.kind
            )
            for one in quay.sections
        ],
        cranes=[
            m.BerthCrane(
                id=crane.id, from_mm=crane.rail_start_mm, until_mm=crane.rail_end_mm, outages=_spells(crane.outages)
            )
            for crane in quay.cranes
        ],
        ships=[_ship(case, ship) for ship in case.ships],
        tide_min=list(case.tide.times_min),
        tide_mm=list(case.tide.heights_mm),
        gusts=[
            m.Gusts(from_min=wind.spell.start_min, until_min=wind.spell.end_min, gust_kn=wind.gust_kn)
            for wind in case.wind
        ],
        crane_wind_limit_kn=rules.crane_wind_limit_kn,
        channel_depth_mm=quay.channel_depth_mm,
        clearance_mm=rules.under_keel_clearance_mm,
        step_min=rules.step_min,
        position_step_mm=rules.position_step_mm,
        horizon_min=rules.horizon_min,
        now_min=case.now_min,
        frozen_until_min=case.frozen_until_min,
    )


def _ship(case: BerthCase, ship: ShipCall) -> m.BerthShip:
    return m.BerthShip(
        id=ship.id,
        name=ship.name,
        service=ship.service,
        length_mm=ship.length_mm,
        draught_mm=ship.draught_mm,
        planned_min=ship.eta.planned_min,
        earliest_min=ship.eta.earliest_min,
        spread_min=ship.eta.spread_min,
        window=_spell(ship.window) if ship.window else None,
        wanted_mm=ship.wanted_position_mm,
        wanted_finish_min=ship.wanted_finish_min,
        latest_departure_min=ship.latest_departure_min,
        min_cranes=ship.min_cranes,
        max_cranes=ship.max_cranes,
        priority=ship.priority,
        is_begun=case.is_begun(ship.id),
        is_frozen=case.is_frozen(ship.id),
    )


def choice(plan: BerthPlan, judgement: BerthJudgement) -> m.BerthChoice:
    return m.BerthChoice(
        stays=[_stay(stay) for stay in plan.stays],
        left_out=[
            m.BerthLeftOut(ship=left.ship, rule=left.rule, text=left.text, code=left.code, values=dict(left.values))
            for left in plan.unserved
        ],
        findings=finding_rows(judgement.findings),
        costs=dict(judgement.costs),
        hours=dict(judgement.hours),
    )


def _stay(stay: Stay) -> m.BerthStay:
    return m.BerthStay(
        ship=stay.ship,
        position_mm=stay.position_mm,
        start_min=stay.start_min,
        end_min=stay.end_min,
        work=[
            m.CraneWork(
                from_min=part.spell.start_min,
                until_min=part.spell.end_min,
                cranes=part.cranes,
                crane_ids=list(part.crane_ids),
            )
            for part in stay.work
        ],
    )


def changes(before: BerthPlan, after: BerthPlan) -> list[m.BerthChangeRow]:
    return [
        m.BerthChangeRow(
            ship=change.ship,
            kind=change.kind,
            start_shift_min=change.start_shift_min,
            end_shift_min=change.end_shift_min,
            position_shift_mm=change.position_shift_mm,
        )
        for change in berth_changes(before, after)
    ]


def _spells(spells: Iterable[Spell]) -> list[m.MinuteSpell]:
    return [_spell(spell) for spell in spells]


def _spell(spell: Spell) -> m.MinuteSpell:
    return m.MinuteSpell(from_min=spell.start_min, until_min=spell.end_min)
