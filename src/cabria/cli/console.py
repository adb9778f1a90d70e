"""`cabria console`, `cabria users ...`, `cabria audit`: the control room's server, who may come in, what was done."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cabria.cli.options import PortOption, TimeZoneOption
from cabria.cli.screen import say
from cabria.domain.errors import DataError

if TYPE_CHECKING:
    from cabria.console.past.keeper import FinishedLog
    from cabria.console.people.store import PeopleStore

app = typer.Typer()
users_app = typer.Typer(
    help="Who may come into the control room, and what each may do.",
    epilog="Example: cabria users add ana --role planner",
    no_args_is_help=True,
)

STORE = Path("out/console.sqlite")
StoreOption = Annotated[Path, typer.Option(help="The file of users, tokens and audit trail.")]
NameArgument = Annotated[str, typer.Argument(help="A user's name.")]


@app.command(epilog="Example: cabria console --plans out --no-login")
def console(
    plans: Annotated[Path, typer.Option(help="The folder of call folders and their plans.")] = Path("out"),
    port: PortOption = 8765,
    host: Annotated[str, typer.Option(help="Address to listen on; the default is this machine only.")] = "127.0.0.1",
    store: StoreOption = STORE,
    login: Annotated[bool, typer.Option(help="Whether people must log in; only on this machine they need not.")] = True,
    certificate: Annotated[Path | None, typer.Option(help="TLS certificate, a PEM file.")] = None,
    key: Annotated[Path | None, typer.Option(help="Its key, a PEM file.")] = None,
    name: Annotated[list[str] | None, typer.Option(help="A further name by which browsers reach it.")] = None,
    log: Annotated[str, typer.Option(help="How much to log: error, warning or info.")] = "warning",
    run_log: Annotated[Path | None, typer.Option(help="A run log to look back at: figures and replay.")] = None,
    time_zone: TimeZoneOption = "",
) -> None:
    """Serve the control room for planning, without a terminal.

    Plans are opened, edited, compared and made; `cabria run` serves it beside a terminal.
    """
    from dataclasses import replace

    from cabria.console.app import app as application
    from cabria.console.logs import set_up
    from cabria.console.server import free_port
    from cabria.console.serving import address, serve
    from cabria.console.settings import ConsoleSettings

    if log not in ("error", "warning", "info"):
        raise DataError(f"There is no log level {log[:20]!r}.", place="--log", remedy="Choose error, warning or info.")
    settings = ConsoleSettings(
        host=host,
        port=port,
        store=store,
        needs_login=login,
        tls_certificate=certificate,
        tls_key=key,
        names=tuple(name or ()),
        time_zone=time_zone,
    )
    set_up(log)
    settings = replace(settings, port=free_port(host, port))
    made = application(None, plans, settings, log=None if run_log is None else _finished(run_log))
    if login and not made.state.office.store.users():
        say("Nobody can log in yet: make the first user with `cabria users add NAME --role administrator`.")
    say(f"The control room is at {address(settings)}  (Ctrl-C ends)")
    serve(made, settings)


def _finished(path: Path) -> FinishedLog:
    """Raises DataError for a log that does not say on which ground its run was."""
    from cabria.cli.run_log import ground_of
    from cabria.console.past.keeper import FinishedLog

    ground = ground_of(path, None, None, None)
    return FinishedLog(str(path.resolve()), ground.layout, tuple(ground.calls))


@app.command(epilog="Example: cabria audit --user ana --limit 20")
def audit(
    store: StoreOption = STORE,
    limit: Annotated[int, typer.Option(help="The last so many acts.", min=1)] = 50,
    user: Annotated[str, typer.Option(help="Only those of this user.")] = "",
    action: Annotated[str, typer.Option(help="Only this action, as plan.edit.")] = "",
    time_zone: TimeZoneOption = "",
) -> None:
    """Tell who did what, when, and how it ended.

    The trail is chained row by row, and checked before it is told. Times are
    the terminal's where its zone is named, else those of this machine's clock.
    """
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from cabria.console.people.acts import in_english

    zone = ZoneInfo(time_zone) if time_zone else None
    trail = _store(store)
    count = trail.verify_trail()
    for row in reversed(trail.traces(limit=limit, user=user, action=action)):
        at = f"{datetime.fromisoformat(row.at).astimezone(zone):%Y-%m-%d %H:%M:%S}"
        did = in_english(row.deed.act, row.deed.values, zone) or f"{row.action} {row.target}"
        outcome = "" if row.outcome == "done" else f" - {row.outcome}"
        reason = f": {row.reason}" if row.reason else ""
        entry = f" (entry {row.entry})" if row.entry else ""
        say(f"{at}  {row.user} ({row.way})  {did}{outcome}{reason}{entry}")
    say(f"{count:,} acts in all; the trail is whole.")


@users_app.command("add", epilog="Example: cabria users add ana --role planner")
def add(
    name: NameArgument,
    role: Annotated[str, typer.Option(help="viewer, planner, dispatcher, supervisor or administrator.")] = "viewer",
    oidc: Annotated[str, typer.Option(help="Comes in by another's login, as this subject.")] = "",
    store: StoreOption = STORE,
) -> None:
    """Let somebody in.

    The password is asked for, or read from standard input where nobody types.
    """
    from cabria.console.people.passwords import hashed
    from cabria.console.people.roles import role_named

    its_role, people = role_named(role), _store(store)
    if people.user(name) is not None:
        raise DataError(f"There is a user {name} already.", place="name")
    people.add_user(name, its_role, None if oidc else hashed(_password(f"Password of {name}: ")), oidc or None)
    _trace(people, "users.add", "user-added", name=name, role=its_role)
    say(f"{name} may come in as {its_role}.")


@users_app.command("list", epilog="Example: cabria users list")
def list_users(store: StoreOption = STORE) -> None:
    """Tell who may come in, with which role, and who has which tokens."""
    people = _store(store)
    users = people.users()
    for user in users:
        seen = f"last here {user.last_login}" if user.last_login else "never here yet"
        way = "by another's login" if user.is_oidc else "by password"
        say(f"{user.name}  {user.role}  {way}, {seen}")
        for token in people.tokens(user.name):
            say(f"    token {token.id} {token.name}, until {token.expires}, for {', '.join(token.only) or 'all'}")
    say(f"{len(users)} users.")


@users_app.command("role", epilog="Example: cabria users role ana supervisor")
def role(
    name: NameArgument,
    role: Annotated[str, typer.Argument(help="viewer, planner, dispatcher, supervisor or administrator.")],
    store: StoreOption = STORE,
) -> None:
    """Give somebody another role; it counts at once."""
    from cabria.console.people.roles import role_named

    people, its_role = _store(store), role_named(role)
    people.set_role(name, its_role)
    _trace(people, "users.role", "role-given", user=name, role=its_role)
    say(f"{name} is {its_role} now.")


@users_app.command("password", epilog="Example: cabria users password ana")
def password(name: NameArgument, store: StoreOption = STORE) -> None:
    """Give somebody a new password; all sessions of that person end."""
    from cabria.console.people.passwords import hashed

    people = _store(store)
    if people.user(name) is None:
        raise DataError(f"There is no user {name[:60]}.", place="name")
    people.set_password(name, hashed(_password(f"New password of {name}: ")))
    _trace(people, "users.password", "password-given", user=name)
    say(f"{name} has a new password; all sessions have ended.")


@users_app.command("remove", epilog="Example: cabria users remove ana")
def remove(name: NameArgument, store: StoreOption = STORE) -> None:
    """Let somebody in no more; sessions and tokens end at once."""
    people = _store(store)
    people.remove_user(name)
    _trace(people, "users.remove", "user-removed", user=name)
    say(f"{name} comes in no more.")


@users_app.command("token", epilog="Example: cabria users token ana reports --days 30 --only see")
def token(
    user: NameArgument,
    name: Annotated[str, typer.Argument(help="What the token is for.")],
    days: Annotated[int, typer.Option(help="How long it counts.", min=1, max=730)] = 90,
    only: Annotated[list[str] | None, typer.Option(help="An action it may be used for; none is all.")] = None,
    end: Annotated[bool, typer.Option("--end", help="End the token of this name instead.")] = False,
    store: StoreOption = STORE,
) -> None:
    """Make an API token of a user, or end one.

    What it says is printed once and kept nowhere.
    """
    from cabria.console.people.roles import actions_named

    people = _store(store)
    if end:
        found = [token for token in people.tokens(user) if token.name == name]
        if not found:
            raise DataError(f"{user[:60]} has no token {name[:60]}.", place="name")
        people.end_token(found[0].id)
        _trace(people, "users.token", "token-ended", token=name, user=user)
        say(f"The token {name} has ended.")
        return
    made, text = people.make_token(user, name, days, actions_named(only or []))
    _trace(people, "users.token", "token-made", name=made.name, user=user, days=days)
    say(text)


def _store(path: Path) -> PeopleStore:
    from cabria.console.people.store import PeopleStore

    return PeopleStore(path)


def _trace(people: PeopleStore, action: str, act: str, **values: str | int) -> None:
    from cabria.console.people.acts import Deed

    people.trace(_who(), "", "command line", "", action, "", "done", deed=Deed(act, values))


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody on this machine"


def _password(prompt: str) -> str:
    if sys.stdin.isatty():
        first = getpass.getpass(prompt)
        if first != getpass.getpass("Once more: "):
            raise DataError("The two passwords differ.", place="password")
        return first
    return sys.stdin.readline().rstrip("\n")
