"""`cabria edit ...`: change a finished plan by hand; each edit is priced, judged and written down."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cabria.cli.screen import say
from cabria.domain.errors import DataError

if TYPE_CHECKING:
    from cabria.domain.containers import ContainerId
    from cabria.domain.edits import Edit, PlanLog, PlanLogEntry, Redo, Undo
    from cabria.planning.loading.editing.desk import Desk
    from cabria.planning.loading.result import PlannedCall

app = typer.Typer(
    help="Change a finished plan by hand; each edit has its price.",
    epilog="Example: cabria edit exchange my-call my-call-plan BOLU1234567 BOLU7654321 --try",
    no_args_is_help=True,
)

CallArgument = Annotated[Path, typer.Argument(help="The call folder.")]
PlanArgument = Annotated[Path, typer.Argument(help="The folder that `cabria plan` wrote.")]
BoxArgument = Annotated[str, typer.Argument(help="A container number.")]
ByOption = Annotated[str, typer.Option(help="Who does it; the default is who is logged in.")]
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

    _edit(call, plan, Exchange(_box(one), _box(other)), by, only_try)


@app.command(epilog="Example: cabria edit move my-call my-call-plan BOLU1234567 0060284")
def move(
    call: CallArgument,
    plan: PlanArgument,
    box: BoxArgument,
    slot: Annotated[str, typer.Argument(help="Where to, as BBBRRTT.")],
    by: ByOption = "",
    only_try: TryOption = False,
) -> None:
    """Give a load another slot, or take it aboard after all."""
    from cabria.domain.edits import MoveTo
    from cabria.domain.positions import StowPosition

    _edit(call, plan, MoveTo(_box(box), StowPosition.parse(slot)), by, only_try)


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

    _edit(call, plan, LeaveAshore(_box(box), _words(why, "--why")), by, only_try)


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

    waiver = Waiver(rule.strip().upper(), _words(why, "--why"), _name(by), place, _box(box) if box else None)
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

    desk = _Desk.of(call, plan)
    if after is not None:
        if out is None:
            raise DataError("A plan as it was needs a file.", place="--after", remedy="Name it with --out.")
        if after > len(desk.log):
            raise DataError(f"The log has {len(desk.log):,} entries.", place="--after")
        write_plan(edited_call(desk.planned, desk.rebuilt(desk.log.up_to(after))), out)
        say(f"Written to {out}.")
        return
    from cabria.reports.edits import history_text

    say(history_text(desk.log))


def _edit(call: Path, plan: Path, edit: Edit, by: str, only_try: bool) -> None:
    from cabria.reports.edits import price_text

    desk = _Desk.of(call, plan)
    price = desk.now.price(edit)
    say(price_text(edit, price))
    if only_try:
        return
    desk.write(desk.now.take(edit), edit, by, price.minutes)


def _step(call: Path, plan: Path, what: Undo | Redo, by: str) -> None:
    desk = _Desk.of(call, plan)
    log = desk.log.and_then(desk.entry(what, by))
    edits = log.edits if len(log.edits) > len(desk.log.edits) else desk.log.edits
    desk.write(desk.rebuilt(log), what, by)
    say(f"{str(what).capitalize()}: {edits[-1]}.")


@dataclass(frozen=True)
class _Desk:
    """A folder of a plan, opened."""

    folder: Path
    planned: PlannedCall
    log: PlanLog
    now: Desk

    @classmethod
    def of(cls, call_folder: Path, folder: Path) -> _Desk:
        from cabria.adapters.files.plan_json import read_planned
        from cabria.adapters.files.plan_log import read_plan_log
        from cabria.bootstrap import LOG, MARK, read_call
        from cabria.domain.edits import PlanLog
        from cabria.planning.loading.editing.desk import Desk

        folder = folder.parent if folder.name == MARK else folder
        call = read_call(call_folder)
        planned = read_planned(folder / MARK, call)
        log = read_plan_log(folder / LOG, call_id=call.id) if (folder / LOG).exists() else PlanLog()
        return cls(folder, planned, log, Desk.of(call, planned.plan))

    def rebuilt(self, log: PlanLog) -> Desk:
        """The plan as it was made, with the edits of a log."""
        from cabria.adapters.files.plan_json import read_plan
        from cabria.bootstrap import AS_MADE, MARK
        from cabria.planning.loading.editing.desk import Desk

        made = self.folder / (AS_MADE if (self.folder / AS_MADE).exists() else MARK)
        call = self.planned.call
        return Desk.of(call, read_plan(made, call)).with_edits(log.edits)

    def entry(self, what: Edit | Undo | Redo, by: str, minutes: float | None = None) -> PlanLogEntry:
        from cabria.domain.edits import PlanLogEntry

        return PlanLogEntry(what, _name(by), datetime.now(UTC).replace(microsecond=0), minutes)

    def write(self, now: Desk, what: Edit | Undo | Redo, by: str, minutes: float | None = None) -> None:
        from cabria.bootstrap import write_edited
        from cabria.planning.loading.editing.desk import edited_call

        write_edited(edited_call(self.planned, now), self.log.and_then(self.entry(what, by, minutes)), self.folder)
        say(f"Written to {self.folder}; `cabria papers` makes its report anew.")


def _box(number: str) -> ContainerId:
    from cabria.domain.containers import ContainerId

    return ContainerId(number.strip().upper())


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
