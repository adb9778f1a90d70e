"""Edits as the pages ask for them, turned into those of the domain, and wishes as the pages show them."""

from __future__ import annotations

from cabria.console.messages import ship as m
from cabria.domain import edits as e
from cabria.domain import wishes as w
from cabria.domain.containers import ContainerId, Port
from cabria.domain.errors import DataError
from cabria.domain.plan import Waiver
from cabria.domain.positions import StowPosition
from cabria.planning.loading.editing.desk import Desk
from cabria.planning.loading.editing.wished import kept_as_it_is


def edit_of(asked: m.Edit, desk: Desk, by: str) -> e.Edit:
    """What a message asks for, on this desk and by that person. Raises DataError."""
    match asked:
        case m.MoveEdit() | m.ExchangeEdit() | m.AshoreEdit() | m.StayEdit():
            return _slot_edit_of(asked)
        case m.SeveralEdit():
            return e.Several(tuple(map(_slot_edit_of, asked.edits)))
        case m.HandOverEdit():
            return e.HandOver(asked.crane, asked.block, asked.to)
        case m.ReorderEdit():
            return e.Reorder(asked.crane, asked.block, asked.before)
        case m.WaiveEdit():
            box = box_named(asked.container) if asked.container else None
            return e.Waive(Waiver(asked.rule.strip().upper(), asked.reason, by, asked.place, box))
        case m.WithdrawEdit():
            standing = desk.call.wishes.standing
            if asked.at >= len(standing):
                raise DataError(
                    f"There are {len(standing)} wishes; there is no wish {asked.at}.", place="at", code="no-such-wish"
                )
            return e.Withdraw(standing[asked.at])
        case _:
            return e.Ask(_wish_of(asked, desk, by))


def _slot_edit_of(asked: m.SlotEdit) -> e.SlotEdit:
    match asked:
        case m.MoveEdit():
            return e.MoveTo(box_named(asked.container), StowPosition.parse(asked.to))
        case m.ExchangeEdit():
            return e.Exchange(box_named(asked.one), box_named(asked.other))
        case m.AshoreEdit():
            return e.LeaveAshore(box_named(asked.container), asked.reason)
        case m.StayEdit():
            return e.StayPut(box_named(asked.container))


WishEdit = m.PinEdit | m.ForbidEdit | m.KeepEdit | m.CraneEdit | m.OrderEdit


def _wish_of(asked: WishEdit, desk: Desk, by: str) -> w.StandingWish:
    match asked:
        case m.PinEdit():
            return w.Pin(box_named(asked.container), w.ShipPart.parse(asked.to), asked.reason, by)
        case m.ForbidEdit():
            cargo = w.Cargo(
                box_named(asked.container) if asked.container else None,
                Port(asked.pod) if asked.pod else None,
                asked.operator,
                asked.length_ft,
                asked.reefers,
                asked.dangerous,
            )
            return w.Forbid(w.ShipPart.parse(asked.place), cargo, asked.reason, by)
        case m.KeepEdit():
            return kept_as_it_is(desk.call, desk.plan, w.ShipPart.parse(asked.place), asked.reason, by)
        case m.CraneEdit():
            return w.CraneWish(asked.crane, w.Worked.parse(asked.work), asked.only, asked.reason, by)
        case m.OrderEdit():
            return w.OrderWish(w.Worked.parse(asked.first), w.Worked.parse(asked.then), asked.reason, by)


def pin_row(at: int, wish: w.Wish) -> m.Pin:
    """A wish, and its place among all of them."""
    kind, container, place = _about(wish)
    return m.Pin(at=at, kind=kind, text=str(wish), container=container, place=place, reason=wish.reason, by=wish.by)


def _about(wish: w.Wish) -> tuple[str, str, str]:
    """Its kind, and the box and place that it is about, where it is about one."""
    match wish:
        case w.Pin():
            return "pin", wish.container, str(wish.to)
        case w.Forbid():
            return "forbid", wish.cargo.container or "", str(wish.part)
        case w.Keep():
            return "keep", "", str(wish.part)
        case w.CraneWish():
            return "crane", wish.work.container or "", str(wish.work.part or "")
        case w.OrderWish():
            return "order", wish.first.container or "", str(wish.first.part or "")
        case w.ChangeBudget():
            return "budget", "", ""


def box_named(number: str) -> ContainerId:
    """However it was typed."""
    return ContainerId(number.strip().upper())
