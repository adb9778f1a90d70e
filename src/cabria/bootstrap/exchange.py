"""The message exchange of a site, alone or beside a running terminal."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from cabria.operations.gateways import JournalStoppedError
from cabria.operations.running import RunningTerminal

if TYPE_CHECKING:
    from cabria.adapters.exchange.exchange import Exchange, Look
    from cabria.adapters.exchange.port_call_file import PortCallFile
    from cabria.adapters.exchange.settings import ExchangeSettings

log = logging.getLogger(__name__)
LEDGER, CALLS, PORT_CALLS = "exchange.sqlite", "calls", "port-calls.json"
ENDING_S = 60.0


class RunningExchange:
    """An exchange in a thread of its own; `end` waits until the step it is at is done."""

    def __init__(self, settings: ExchangeSettings, terminal: RunningTerminal | None = None) -> None:
        """Raises DataError for what of the settings cannot be used."""
        self.port_calls = port_call_file(settings)
        self.exchange = made_exchange(settings, self.port_calls, terminal)
        self._follow = _nothing if terminal is None else _follower(self.exchange, settings, self.port_calls, terminal)
        self._every_s = settings.every_s
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="exchange", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def _run(self) -> None:
        from cabria.adapters.exchange.exchange import FAILURES

        while not self._ended.is_set():
            try:
                self._follow()
                _tell(self.exchange.look())
            except (*FAILURES, JournalStoppedError):
                log.exception("A look of the exchange failed; it goes on.")
            self._ended.wait(self._every_s)
        self.exchange.close()

    def end(self) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(ENDING_S)


def port_call_file(settings: ExchangeSettings) -> PortCallFile:
    from cabria.adapters.exchange.port_call_file import PortCallFile

    return PortCallFile(settings.folder / PORT_CALLS)


def made_exchange(
    settings: ExchangeSettings, port_calls: PortCallFile, terminal: RunningTerminal | None = None
) -> Exchange:
    """What comes in keeps call folders up to date and, where there is one, is noted by the terminal."""
    from cabria.adapters.edi.code_tables import load_tables
    from cabria.adapters.exchange.call_folders import CallFolders
    from cabria.adapters.exchange.exchange import Exchange, Intake, Partner
    from cabria.adapters.exchange.intake import CallFolderIntake, TerminalIntake
    from cabria.adapters.exchange.ledger import Ledger
    from cabria.adapters.exchange.mailboxes import FolderMailbox, Mailbox
    from cabria.adapters.exchange.sftp import SftpMailbox

    ledger = Ledger(settings.folder / LEDGER)
    folders = CallFolderIntake(CallFolders(settings.folder / CALLS), port_calls)
    intake: Intake = folders if terminal is None else TerminalIntake(folders, terminal)
    partners = []
    for one in settings.partners:
        mailbox: Mailbox
        if one.address is not None and one.keys is not None:
            mailbox = SftpMailbox(one.address, one.keys)
        else:
            assert one.folder is not None
            mailbox = FolderMailbox(one.folder)
        partners.append(Partner(one.name, mailbox, one.senders))
    tables = load_tables(settings.tables) if settings.tables else None
    return Exchange(partners, ledger, intake, rules=settings.rules, tables=tables)


def _nothing() -> None: ...


def _follower(
    exchange: Exchange, settings: ExchangeSettings, port_calls: PortCallFile, terminal: RunningTerminal
) -> Callable[[], None]:
    from cabria.adapters.exchange.reports_owed import ReportsOwed

    wanted = {partner.name: partner.reports for partner in settings.partners}
    owed = ReportsOwed(terminal.zero_utc_ms, wanted, terminal.layout.terminal.name)

    def follow() -> None:
        if parcels := owed.hear(terminal.entries(owed.heard), port_calls.read()):
            exchange.put(parcels)

    return follow


def _tell(look: Look) -> None:
    if look.taken or look.finished or look.sent:
        log.info("%d files taken, %d worked on, %d sent.", look.taken, look.finished, look.sent)
    for reason in look.lost:
        log.warning("%s", reason)
