"""Files of partners taken in, worked on and answered: each once, whatever happens between two steps.

A file goes through steps, each durable before the next: it is settled (nobody writes it any more), taken (its content
is in the ledger), removed from `in`, begun, applied (the call, the terminal), finished (with its answers), and the
answers are delivered and sent. A program that dies between any two goes on from the ledger. Applying twice changes
nothing, as whoever applies knows a file by its digest. Only a delivery cannot be told apart from one that was not: a
partner that took an answer out of `out` in the very moment in which we died gets it again, with the same name and
the same reference.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from cabria.adapters.edi.code_tables import CodeTables
from cabria.adapters.edi.syntax import MAX_BYTES
from cabria.adapters.exchange.answers import answers, sentence_of, set_aside
from cabria.adapters.exchange.call_folders import NoCallError
from cabria.adapters.exchange.contents import Letterbox, looks_whole, opened
from cabria.adapters.exchange.ledger import Interchange, Ledger, Parcel, State, Taken
from cabria.adapters.exchange.mailboxes import TAKEN, Mailbox, MailboxLostError, Seen, digest_of, safe_name
from cabria.domain.errors import DataError, TerminalError

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
FAILURES = (
    TerminalError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError,
    RecursionError, MemoryError, OSError,
)  # fmt: skip
"""What a file may bring about in our own programs; it is set aside after some tries."""
MOST_AT_ONCE = 500
"""Files taken from one partner in one look, so that no partner keeps the others waiting."""


class TerminalAwayError(TerminalError):
    """What is to be told the terminal cannot be told now; the file stays to be worked on."""


class Intake(Protocol):
    """Who makes something of a file."""

    def take_in(self, said: Letterbox, *, digest: str, file: str) -> str:
        """Returns a sentence for the sender; the same digest again changes nothing. Raises NoCallError where it must
        wait, TerminalAwayError to be asked again, and DataError where it is not taken over."""


class Partner(NamedTuple):
    """`senders` are the names in UNB under which it may send; without any every name is taken."""

    name: str
    mailbox: Mailbox
    senders: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rules:
    """How patient the exchange is."""

    settle_s: float = 5.0
    """A file is taken when its size and time have stayed so long as they are."""
    patience_s: float = 600.0
    """One that ends in the middle of a message is waited for so long."""
    tries: int = 3
    """After so many that did not end, a file is set aside."""
    retry_s: float = 60.0
    """How often messages that wait for a call are tried again."""
    wait_days: float = 14.0
    """After which they are refused."""
    keep_days: float = 90.0
    """After which contents are forgotten. That a file came is never forgotten."""
    takes_used_references: bool = False
    """Whether an interchange may come with the reference of another one of the same sender."""


@dataclass(slots=True)
class Look:
    """What one look found and did."""

    taken: int = 0
    finished: int = 0
    sent: int = 0
    lost: tuple[str, ...] = ()
    """Partners that were out of reach, with the reason."""


Tell = Callable[[str, str], None]
"""Hears of every step, with the file's name."""


def _say_nothing(step: str, name: str) -> None: ...


class Exchange:
    """One thread uses it. `now_ms` is milliseconds since 1970; `tell` hears of every step after it is durable."""

    def __init__(
        self,
        partners: Sequence[Partner],
        ledger: Ledger,
        intake: Intake,
        *,
        rules: Rules = Rules(),
        tables: CodeTables | None = None,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        tell: Tell = _say_nothing,
    ) -> None:
        self.partners: Mapping[str, Partner] = {partner.name: partner for partner in partners}
        self.ledger = ledger
        self._intake, self._rules, self._tables, self._now_ms, self._tell = intake, rules, tables, now_ms, tell
        self._since: dict[tuple[str, str], tuple[Seen, int]] = {}
        self._retried_ms = self._thinned_ms = 0

    def look(self) -> Look:
        """Take what is ready, work on it, send what is to be sent. A partner out of reach keeps nobody else waiting."""
        look, lost = Look(), []
        for partner in self.partners.values():
            try:
                look.taken += self._take_from(partner)
            except MailboxLostError as error:
                lost.append(str(error))
        look.finished = self._work()
        for partner in self.partners.values():
            try:
                look.sent += self._send_to(partner)
            except MailboxLostError as error:
                if str(error) not in lost:
                    lost.append(str(error))
        self._thin()
        look.lost = tuple(lost)
        return look

    def put(self, parcels: Iterable[Parcel], mark: tuple[str, int] | None = None) -> None:
        """Files of our own to be sent, each `key` once; `mark` is kept with them (`Ledger.mark`)."""
        self.ledger.put(parcels, self._now_ms(), mark)

    def _take_from(self, partner: Partner) -> int:
        seen = partner.mailbox.look()
        names = {(partner.name, one.name) for one in seen}
        for gone in [key for key in self._since if key[0] == partner.name and key not in names]:
            del self._since[gone]
        taken = 0
        for one in seen:
            if taken == MOST_AT_ONCE:
                break
            taken += self._take(partner, one)
        return taken

    def _take(self, partner: Partner, seen: Seen) -> bool:
        key, now_ms = (partner.name, seen.name), self._now_ms()
        before, since_ms = self._since.get(key, (None, now_ms))
        if before != seen:
            self._since[key] = (seen, now_ms)
            since_ms = now_ms
        still_ms = now_ms - since_ms
        if still_ms < 1_000 * self._rules.settle_s and not seen.name.startswith(TAKEN):
            return False
        if seen.size > MAX_BYTES:
            self._push_aside(partner, seen)
            return True
        content = partner.mailbox.fetch(seen)
        if content is None:
            return False
        if not looks_whole(content) and still_ms < 1_000 * self._rules.patience_s:
            return False
        self._tell("fetched", seen.name)
        name = seen.name.removeprefix(TAKEN)
        digest = digest_of(content)
        is_new = self.ledger.take(digest, partner.name, name, content, now_ms)
        if not is_new:
            self._came_before(partner, name, digest)
        self._tell("taken", name)
        partner.mailbox.remove(seen)
        self.ledger.removed(digest)
        self._since.pop(key, None)
        self._tell("removed", name)
        return is_new

    def _came_before(self, partner: Partner, name: str, digest: str) -> None:
        """Whoever sends what was done already is told so; what is still to be worked on gets its answer then."""
        known = self.ledger.known(digest)
        is_over = known is not None and known.state in (State.DONE, State.AGAIN, State.ASIDE)
        if known is not None and known.is_removed and is_over:
            what = f"The file came before, as {known.name}, and was {known.state}. {known.what}"
            again = known._replace(partner=partner.name, name=name, at_ms=self._now_ms())
            self.ledger.put(answers(again, State.AGAIN, what), self._now_ms())

    def _push_aside(self, partner: Partner, seen: Seen) -> None:
        """A file too large for any message is not even fetched."""
        name = seen.name.removeprefix(TAKEN)
        digest = digest_of(f"{partner.name}/{name}/{seen.size}/{seen.changed_ns}".encode())
        why = f"The file has {seen.size // 1_000_000:,} MB; a message has at most {MAX_BYTES // 1_000_000} MB."
        taken = Taken(digest, partner.name, name, self._now_ms(), State.ASIDE, 0, why)
        parcels = (*answers(taken, State.ASIDE, why), *set_aside(taken, why, None))
        self.ledger.note_aside(digest, partner.name, name, taken.at_ms, why, parcels)
        self._tell("finished", name)
        partner.mailbox.push_aside(seen, safe_name(name, digest, ".file"))
        self._since.pop((partner.name, seen.name), None)

    def _work(self) -> int:
        states = [State.TAKEN]
        now_ms = self._now_ms()
        if now_ms - self._retried_ms >= 1_000 * self._rules.retry_s:
            states.append(State.WAITING)
            self._retried_ms = now_ms
        return sum(self._work_on(taken) for taken in self.ledger.to_do(*states))

    def _work_on(self, taken: Taken) -> bool:
        content = self.ledger.content(taken.digest)
        tries = self.ledger.begin(taken.digest)
        self._tell("begun", taken.name)
        if tries > self._rules.tries:
            why = taken.what or "the program ended each time"
            self._aside(taken, content, f"It could not be worked on {self._rules.tries} times: {why}")
            return True
        try:
            said = opened(content, file=taken.name, tables=self._tables)
        except DataError as error:
            self._aside(taken, content, sentence_of(error))
            return True
        except FAILURES as error:
            self.ledger.finish(taken.digest, State.TAKEN, _words(error), self._now_ms())
            return False
        try:
            return self._apply(taken, said)
        except TerminalAwayError as error:
            self.ledger.give_back(taken.digest, str(error))
            return False
        except DataError as error:
            self._finish(taken, State.REFUSED, sentence_of(error), said)
            return True
        except FAILURES as error:
            self.ledger.finish(taken.digest, State.TAKEN, _words(error), self._now_ms())
            return False

    def _apply(self, taken: Taken, said: Letterbox) -> bool:
        state, what = self._refusal(taken, said)
        if state is None:
            try:
                state, what = State.DONE, self._intake.take_in(said, digest=taken.digest, file=taken.name)
            except NoCallError as error:
                return self._wait(taken, said, error.problem)
            self._tell("applied", taken.name)
        self._finish(taken, state, what, said)
        return True

    def _refusal(self, taken: Taken, said: Letterbox) -> tuple[State | None, str]:
        """Why a file that can be read is not taken over."""
        senders = self.partners[taken.partner].senders if taken.partner in self.partners else frozenset()
        if senders and said.messages and said.sender not in senders:
            told = f"It comes from {said.sender or 'nobody who is named'}; here {', '.join(sorted(senders))} may send."
            return State.REFUSED, told
        before = self.ledger.same_reference(said.sender, said.reference) if said.reference else None
        if before is not None and before[1] != taken.digest:
            if before[0] == said.saying:
                return State.AGAIN, f"The interchange {said.reference} of {said.sender} came before, and says the same."
            if not self._rules.takes_used_references:
                told = f"The reference {said.reference} of {said.sender} was used before, for something else."
                return State.REFUSED, f"{told} Send it again under a new one."
        if not said.is_usable:
            return State.REFUSED, "It cannot be used as it is; see what is found below."
        return None, ""

    def _wait(self, taken: Taken, said: Letterbox, why: str) -> bool:
        if self._now_ms() - taken.at_ms > self._rules.wait_days * DAY_MS:
            self._finish(taken, State.REFUSED, why, said)
            return True
        self._finish(taken, State.WAITING, f"{why} It is kept, and taken over when the call is known.", said)
        return taken.state is not State.WAITING

    def _finish(self, taken: Taken, state: State, what: str, said: Letterbox) -> None:
        interchange = None
        if said.reference and state in (State.DONE, State.WAITING):
            interchange = Interchange(said.sender, said.reference, said.saying)
        parcels = answers(taken, state, what, said)
        self.ledger.finish(taken.digest, state, what, self._now_ms(), interchange=interchange, parcels=parcels)
        self._tell("finished", taken.name)

    def _aside(self, taken: Taken, content: bytes, why: str) -> None:
        parcels = (*set_aside(taken, why, content), *answers(taken, State.ASIDE, why))
        self.ledger.finish(taken.digest, State.ASIDE, why, self._now_ms(), parcels=parcels)
        self._tell("finished", taken.name)

    def _send_to(self, partner: Partner) -> int:
        sent = 0
        for parcel in self.ledger.unsent(partner.name):
            partner.mailbox.deliver(parcel.folder, parcel.name, parcel.content)
            self._tell("delivered", parcel.name)
            self.ledger.sent(parcel.key)
            self._tell("sent", parcel.name)
            sent += 1
        return sent

    def _thin(self) -> None:
        now_ms = self._now_ms()
        if now_ms - self._thinned_ms >= HOUR_MS:
            self._thinned_ms = now_ms
            self.ledger.forget_contents(now_ms - round(self._rules.keep_days * DAY_MS))

    def close(self) -> None:
        for partner in self.partners.values():
            partner.mailbox.close()
        self.ledger.close()


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:500]


def keep_looking(
    exchange: Exchange,
    every_s: float,
    ended: threading.Event,
    *,
    between: Callable[[], None] = lambda: None,
    hear: Callable[[Look], None] = lambda look: None,
) -> None:
    """Look again and again until `ended` is set; `between` is called before each look."""
    while not ended.is_set():
        between()
        hear(exchange.look())
        ended.wait(every_s)
