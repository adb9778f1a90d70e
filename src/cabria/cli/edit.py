"""`cabria edit ...`: change a finished plan by hand; each edit is priced, judged and written down."""

from __future__ import annotations

import getpass
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cabria.cli.options import SeedOption
from cabria.cli.screen import say
from cabria.domain.errors import DataError

if TYPE_CHECKING:
    from cabria.bootstrap.plans import OpenPlan
    from cabria.domain.containers import ContainerId
    from cabria.domain.edits import Edit, PlanLogEntry, Redo, SlotEdit, Undo
    from cabria.domain.wishes import StandingWish
    from cabria.planning.loading.editing.desk import Desk
    from cabria.planning.loading.replanning.solve import Proposal

app = typer.Typer(
    help="Change a finished plan by hand; each edit has its price.",
    epilog="Example: cabria edit exchange my-call my-call-plan BOLU1234567 BOLU7654321 --try",
    no_args_is_help=True,
)

CallArgument = Annotated[Path, typer.Argument(help="The call folder.")]
PlanArgument = Annotated[Path, typer.Argument(help="The folder that `cabria plan` wrote.")]
BoxArgument = Annotated[str, typer.Argument(help="A container number.")]
CraneArgument = Annotated[str, typer.Argument(help="A quay crane.")]
BlockArgument = Annotated[int, typer.Argument(help="Its block, as `cabria edit blocks` tells.", min=1)]
ByOption = Annotated[str, typer.Option(help="Who does it; the default is who is logged in.")]
WhyOption = Annotated[str, typer.Option(help="The reason, as it will be told.")]
TryOption = Annotated[bool, typer.Option("--try", help="Only tell the price.")]


@app.command(epilog="Example: cabria edit exchange my-call my-call-plan BOLU1234567 BOLU7654321 --try")
def exchange(
    call: CallArgument,
    plan: PlanArgument,
    one: BoxArgument,
    other: BoxArgument,
    by: ByOption = "",
    only_try: TryOption = False,
) -> None:
    """Let two loads change places; one of them may be ashore."""
    from cabria.domain.edits import Exchange

    _edit(call, plan, Exchange(box_of(one), box_of(other)), by, only_try)


@app.command(epilog="Example: cabria edit move my-call my-call-plan BOLU1234567 0060284")
def move(
    call: CallArgument,
    plan: PlanArgument,
    box: BoxArgument,
    slot: Annotated[str, typer.Argument(help="Where to, as BBBRRTT.")],
    by: ByOption = "",
    only_try: TryOption = False,
) -> None:
    """Give a load or a restow another slot.

    A load left ashore comes aboard; a box that was to stay is restowed.
    """
    from cabria.domain.edits import MoveTo
    from cabria.domain.positions import StowPosition

    _edit(call, plan, MoveTo(box_of(box), StowPosition.parse(slot)), by, only_try)


@app.command(epilog="Example: cabria edit ashore my-call my-call-plan BOLU1234567 --why 'customs hold'")
def ashore(
    call: CallArgument,
    plan: PlanArgument,
    box: BoxArgument,
    why: Annotated[str, typer.Option(help="The reason, as it will be told.")] = "the planner left it",
    by: ByOption = "",
    only_try: TryOption = False,
) -> None:
    """Leave a load ashore."""
    from cabria.domain.edits import LeaveAshore

    _edit(call, plan, LeaveAshore(box_of(box), _words(why, "--why")), by, only_try)


@app.command(epilog="Example: cabria edit stay my-call my-call-plan BOLU1234567 --try")
def stay(
    call: CallArgument, plan: PlanArgument, box: BoxArgument, by: ByOption = "", only_try: TryOption = False
) -> None:
    """Leave a box aboard where it stands, not restowed."""
    from cabria.domain.edits import StayPut

    _edit(call, plan, StayPut(box_of(box)), by, only_try)


@app.command(
    epilog="Example: cabria edit several my-call my-call-plan --set BOLU1234567=0060284 --set BOLU7654321=ashore",
)
def several(
    call: CallArgument,
    plan: PlanArgument,
    boxes: Annotated[list[str], typer.Option("--set", help="BOX=SLOT, BOX=BOX to exchange, BOX=ashore or BOX=stay.")],
    why: Annotated[str, typer.Option(help="The reason for boxes left ashore.")] = "the planner left it",
    by: ByOption = "",
    only_try: TryOption = False,
) -> None:
    """Change the slots of several boxes together, as one edit.

    A box may go where another of them stood; all is undone together.
    """
    from cabria.domain.edits import Several

    edits = tuple(_slot_edit(*pair_of(text), _words(why, "--why")) for text in boxes)
    _edit(call, plan, Several(edits), by, only_try)


@app.command(epilog="Example: cabria edit pin my-call my-call-plan BOLU1234567 'bay 02 deck'")
def pin(
    call: CallArgument,
    plan: PlanArgument,
    box: BoxArgument,
    to: Annotated[str, typer.Argument(help="A slot, 'bay 02 row 04 hold', 'on lid 02P', and the like.")],
    why: WhyOption = "",
    by: ByOption = "",
) -> None:
    """Ask that a box stands in a slot or part of the ship."""
    from cabria.domain.wishes import Pin, ShipPart

    _ask(call, plan, Pin(box_of(box), ShipPart.parse(to), why[:300], _name(by)), by)


@app.command(epilog="Example: cabria edit keep my-call my-call-plan 'bay 02 row 04 deck'")
def keep(
    call: CallArgument,
    plan: PlanArgument,
    part: Annotated[str, typer.Argument(help="A slot, stack, bay or lid, as for `cabria edit pin`.")],
    why: WhyOption = "",
    by: ByOption = "",
) -> None:
    """Ask that a part of the ship stays stowed as it is."""
    from cabria.domain.wishes import ShipPart
    from cabria.planning.loading.editing.wished import kept_as_it_is

    opened = _open(call, plan)
    now = opened.desk
    wish = kept_as_it_is(now.call, now.plan, ShipPart.parse(part), why[:300], _name(by))
    _take_wish(opened, wish, by)


@app.command(epilog="Example: cabria edit forbid my-call my-call-plan 'bay 02 deck' --pod CNSHA")
def forbid(
    call: CallArgument,
    plan: PlanArgument,
    place: Annotated[str, typer.Argument(help="A slot, stack, bay or lid, as for `cabria edit pin`.")],
    box: Annotated[str, typer.Option(help="Only for this container.")] = "",
    pod: Annotated[str, typer.Option(help="Only for boxes of this port of discharge.")] = "",
    reefers: Annotated[bool, typer.Option("--reefers", help="Only for reefers under power.")] = False,
    dangerous: Annotated[bool, typer.Option("--dangerous", help="Only for dangerous goods.")] = False,
    why: WhyOption = "",
    by: ByOption = "",
) -> None:
    """Ask that no box, or none of a kind, is put somewhere."""
    from cabria.domain.containers import Port
    from cabria.domain.wishes import Cargo, Forbid, ShipPart

    cargo = Cargo(
        box_of(box) if box else None, Port(pod.upper()) if pod else None, reefers=reefers, dangerous=dangerous
    )
    _ask(call, plan, Forbid(ShipPart.parse(place), cargo, why[:300], _name(by)), by)


@app.command(epilog="Example: cabria edit crane my-call my-call-plan QC2 'bay 06' --not")
def crane(
    call: CallArgument,
    plan: PlanArgument,
    name: CraneArgument,
    work: Annotated[str, typer.Argument(help="A container, or a part of the ship.")],
    is_not: Annotated[bool, typer.Option("--not", help="By any other crane.")] = False,
    why: WhyOption = "",
    by: ByOption = "",
) -> None:
    """Ask that work is done by one crane only, or not by it."""
    from cabria.domain.wishes import CraneWish, Worked

    _ask(call, plan, CraneWish(name, Worked.parse(work), not is_not, why[:300], _name(by)), by)


@app.command(epilog="Example: cabria edit order my-call my-call-plan 'bay 02' 'bay 06'")
def order(
    call: CallArgument,
    plan: PlanArgument,
    first: Annotated[str, typer.Argument(help="A container, or a part of the ship.")],
    then: Annotated[str, typer.Argument(help="What is worked after it.")],
    why: WhyOption = "",
    by: ByOption = "",
) -> None:
    """Ask that one piece of work is over before another."""
    from cabria.domain.wishes import OrderWish, Worked

    _ask(call, plan, OrderWish(Worked.parse(first), Worked.parse(then), why[:300], _name(by)), by)


@app.command(epilog="Example: cabria edit wishes my-call my-call-plan")
def wishes(call: CallArgument, plan: PlanArgument) -> None:
    """List what is asked of the plan, with numbers."""
    asked = _open(call, plan).desk.call.wishes.standing
    say("\n".join(f"{number:>4}  {wish}" for number, wish in enumerate(asked, 1)) or "Nothing is asked.")


@app.command(epilog="Example: cabria edit withdraw my-call my-call-plan 1")
def withdraw(
    call: CallArgument,
    plan: PlanArgument,
    number: Annotated[int, typer.Argument(help="As `cabria edit wishes` tells it.", min=1)],
    by: ByOption = "",
) -> None:
    """Ask for something no more."""
    from cabria.domain.edits import Withdraw

    opened = _open(call, plan)
    asked = opened.desk.call.wishes.standing
    if number > len(asked):
        raise DataError(
            f"There is no wish {number}; {len(asked)} are asked.", remedy="`cabria edit wishes` tells them."
        )
    _take(opened, Withdraw(asked[number - 1]), by, only_try=False)


@app.command(epilog="Example: cabria edit blocks my-call my-call-plan")
def blocks(call: CallArgument, plan: PlanArgument) -> None:
    """List the cranes' work that is to come, in blocks.

    A block is what a crane does in one bay without going elsewhere.
    """
    from cabria.reports.edits import blocks_text

    say(blocks_text(_open(call, plan).desk.to_divide.told()))


@app.command(epilog="Example: cabria edit hand-over my-call my-call-plan QC2 3 QC1 --try")
def hand_over(
    call: CallArgument,
    plan: PlanArgument,
    crane: CraneArgument,
    block: BlockArgument,
    to: Annotated[str, typer.Argument(help="The crane that does it instead.")],
    by: ByOption = "",
    only_try: TryOption = False,
) -> None:
    """Give a block of a crane's work to another crane."""
    from cabria.domain.edits import HandOver

    _edit(call, plan, HandOver(crane, block, to), by, only_try)


@app.command(epilog="Example: cabria edit reorder my-call my-call-plan QC2 3 1 --try")
def reorder(
    call: CallArgument,
    plan: PlanArgument,
    crane: CraneArgument,
    block: BlockArgument,
    before: Annotated[int, typer.Argument(help="Before which of its blocks; one more is last.", min=1)],
    by: ByOption = "",
    only_try: TryOption = False,
) -> None:
    """Do a block of a crane's work earlier or later."""
    from cabria.domain.edits import Reorder

    _edit(call, plan, Reorder(crane, block, before), by, only_try)


@app.command(epilog="Example: cabria edit again my-call my-call-plan --part 'bay 02' --pod CNSHA")
def again(
    call: CallArgument,
    plan: PlanArgument,
    part: Annotated[list[str] | None, typer.Option(help="Loads in this part of the ship.")] = None,
    pod: Annotated[list[str] | None, typer.Option(help="Loads for this port of discharge.")] = None,
    crane: Annotated[list[str] | None, typer.Option(help="Loads that this crane lifts.")] = None,
    box: Annotated[list[str] | None, typer.Option(help="This load.")] = None,
    seed: SeedOption = 0,
    by: ByOption = "",
) -> None:
    """Choose the boxes of a selection anew; all else stays.

    What would change is told and kept as a proposal: `cabria edit accept` or
    `cabria edit drop`.
    """
    from cabria.domain.containers import Port
    from cabria.domain.wishes import ShipPart
    from cabria.planning.loading.replanning.selection import Selection, replan_selection

    selection = Selection(
        tuple(map(ShipPart.parse, part or ())),
        tuple(Port(each.upper()) for each in pod or ()),
        tuple(crane or ()),
        tuple(map(box_of, box or ())),
    )
    opened = _open(call, plan)
    propose(opened, replan_selection(opened.desk, selection, seed=seed), by)


@app.command(epilog="Example: cabria edit accept my-call my-call-plan --by 'M. Quispe'")
def accept(call: CallArgument, plan: PlanArgument, by: ByOption = "") -> None:
    """Sign what was proposed; it becomes the plan."""
    from cabria.adapters.files.plan_log import read_proposal
    from cabria.domain.edits import Redo, Undo

    opened = _open(call, plan)
    file = _proposed(opened)
    entry = read_proposal(file, call_id=opened.base.id, after=len(opened.log))
    if isinstance(entry.what, (Undo, Redo)):
        raise DataError("This proposes no change of the plan.", file=str(file))
    _write(opened, opened.desk.take(entry.what), entry.what, by, entry.minutes)


@app.command(epilog="Example: cabria edit drop my-call my-call-plan")
def drop(call: CallArgument, plan: PlanArgument) -> None:
    """Throw away what was proposed."""
    _proposed(_open(call, plan)).unlink()
    say("Dropped; the plan stays as it is.")


def _proposed(opened: OpenPlan) -> Path:
    """The file of what is proposed. Raises DataError when nothing is."""
    from cabria.bootstrap.plans import PROPOSAL

    file = opened.folder / PROPOSAL
    if not file.exists():
        raise DataError(
            "Nothing is proposed.", file=str(file), remedy="`cabria edit again` and `cabria replan` propose changes."
        )
    return file


@app.command(epilog="Example: cabria edit waive my-call my-call-plan STACK-LASHING --why 'twist locks checked'")
def waive(
    call: CallArgument,
    plan: PlanArgument,
    rule: Annotated[str, typer.Argument(help="A rule of the referee, as `cabria check` names it.")],
    why: Annotated[str, typer.Option(help="Why the findings may stay.")],
    place: Annotated[str, typer.Option(help="Only those at this place, as `cabria check` writes it.")] = "",
    box: Annotated[str, typer.Option(help="Only those about this container.")] = "",
    by: ByOption = "",
) -> None:
    """Answer for findings that stay; HARD ones cannot be waived."""
    from cabria.domain.edits import Waive
    from cabria.domain.plan import Waiver

    waiver = Waiver(rule.strip().upper(), _words(why, "--why"), _name(by), place, box_of(box) if box else None)
    _edit(call, plan, Waive(waiver), by, only_try=False)


@app.command(epilog="Example: cabria edit undo my-call my-call-plan")
def undo(call: CallArgument, plan: PlanArgument, by: ByOption = "") -> None:
    """Take back the last edit."""
    from cabria.domain.edits import Undo

    _step(call, plan, Undo(), by)


@app.command(epilog="Example: cabria edit redo my-call my-call-plan")
def redo(call: CallArgument, plan: PlanArgument, by: ByOption = "") -> None:
    """Do again what was taken back last."""
    from cabria.domain.edits import Redo

    _step(call, plan, Redo(), by)


@app.command(epilog="Example: cabria edit history my-call my-call-plan")
def history(
    call: CallArgument,
    plan: PlanArgument,
    after: Annotated[int | None, typer.Option(help="Write the plan as it was after so many entries.", min=0)] = None,
    out: Annotated[Path | None, typer.Option(help="The plan.json to write then.")] = None,
) -> None:
    """Tell who did what when, or make the plan again as it once was."""
    from cabria.adapters.files.plan_json import write_plan
    from cabria.planning.loading.editing.desk import edited_call

    opened = _open(call, plan)
    if after is not None:
        if out is None:
            raise DataError("A plan as it was needs a file.", place="--after", remedy="Name it with --out.")
        if after > len(opened.log):
            raise DataError(f"The log has {len(opened.log):,} entries.", place="--after")
        then = opened.rebuilt(opened.log.up_to(after))
        write_plan(replace(edited_call(opened.planned, then), call=then.call), out)
        say(f"Written to {out}.")
        return
    from cabria.reports.edits import history_text

    say(history_text(opened.log))


def _open(call: Path, plan: Path) -> OpenPlan:
    from cabria.bootstrap.plans import open_plan

    return open_plan(call, plan)


def _edit(call: Path, plan: Path, edit: Edit, by: str, only_try: bool) -> None:
    _take(_open(call, plan), edit, by, only_try=only_try)


def _ask(call: Path, plan: Path, wish: StandingWish, by: str) -> None:
    _take_wish(_open(call, plan), wish, by)


def _take_wish(opened: OpenPlan, wish: StandingWish, by: str) -> None:
    from cabria.domain.edits import Ask

    _take(opened, Ask(wish), by, only_try=False)


def _take(opened: OpenPlan, edit: Edit, by: str, *, only_try: bool) -> None:
    from cabria.reports.edits import price_text

    price = opened.desk.price(edit)
    say(price_text(edit, price))
    if not only_try:
        _write(opened, opened.desk.take(edit), edit, by, price.minutes)


def propose(opened: OpenPlan, proposal: Proposal, by: str) -> None:
    """Tell what another plan changes and keep it to be signed, unless it changes nothing or must not be taken."""
    from cabria.adapters.files.plan_log import write_proposal
    from cabria.bootstrap.plans import PROPOSAL
    from cabria.reports.edits import proposal_text

    say(proposal_text(proposal))
    if proposal.is_empty:
        return
    if proposal.wrong:
        raise DataError(f"No plan was found that may be taken. {proposal.wrong[0]}")
    entry = _entry(proposal.edit, by, proposal.price.minutes)
    write_proposal(entry, opened.folder / PROPOSAL, call_id=opened.base.id, after=len(opened.log))
    say("Sign it with `cabria edit accept`, or throw it away with `cabria edit drop`.")


def _step(call: Path, plan: Path, what: Undo | Redo, by: str) -> None:
    opened = _open(call, plan)
    log = opened.log.and_then(_entry(what, by))
    edits = log.edits if len(log.edits) > len(opened.log.edits) else opened.log.edits
    _write(opened, opened.rebuilt(log), what, by)
    say(f"{str(what).capitalize()}: {edits[-1]}.")


def _entry(what: Edit | Undo | Redo, by: str, minutes: float | None = None) -> PlanLogEntry:
    from cabria.domain.edits import PlanLogEntry

    return PlanLogEntry(what, _name(by), datetime.now(UTC).replace(microsecond=0), minutes)


def _write(opened: OpenPlan, now: Desk, what: Edit | Undo | Redo, by: str, minutes: float | None = None) -> None:
    opened.write(now, opened.log.and_then(_entry(what, by, minutes)))
    say(f"Written to {opened.folder}; `cabria papers` makes its report anew.")


def box_of(number: str) -> ContainerId:
    """A container as people type its number."""
    from cabria.domain.containers import ContainerId

    return ContainerId(number.strip().upper())


def pair_of(text: str) -> tuple[str, str]:
    """What stands before and after the sign of equality. Raises DataError."""
    box, sign, place = text.partition("=")
    if not sign or not box.strip() or not place.strip():
        raise DataError(f"{text[:60]!r} is not written BOX=PLACE.")
    return box, place.strip()


def _slot_edit(box: str, place: str, why: str) -> SlotEdit:
    from cabria.domain.edits import Exchange, LeaveAshore, MoveTo, StayPut
    from cabria.domain.positions import StowPosition

    if place.lower() == "ashore":
        return LeaveAshore(box_of(box), why)
    if place.lower() == "stay":
        return StayPut(box_of(box))
    if place.isdigit():
        return MoveTo(box_of(box), StowPosition.parse(place))
    return Exchange(box_of(box), box_of(place))


def _words(text: str, option: str) -> str:
    if not 0 < len(text.strip()) <= 300:
        raise DataError("A reason has 1 to 300 characters.", place=option)
    return text.strip()


def _name(by: str) -> str:
    if by:
        return by[:100]
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise DataError("Nobody is logged in by name.", remedy="Say who you are with --by.") from None
