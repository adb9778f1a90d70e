"""What becomes of a message: the call it is for is kept up to date, and a running terminal is told."""

from __future__ import annotations

from concurrent.futures import TimeoutError as NotInTimeError

from cabria.adapters.exchange.call_folders import CallFolders, NewVersion
from cabria.adapters.exchange.contents import Content, Letterbox
from cabria.adapters.exchange.exchange import TerminalAwayError
from cabria.adapters.exchange.port_call_file import PortCallFile
from cabria.domain.errors import DataError
from cabria.domain.message_notes import MessageNote
from cabria.domain.messages import (
    BayPlanMessage,
    InstructionMessage,
    LoadListMessage,
    Message,
    VerifiedMasses,
)
from cabria.operations.gateways import JournalStoppedError
from cabria.operations.records import Command
from cabria.operations.running import Refused, RunningTerminal

TAKEN_IN = (BayPlanMessage, LoadListMessage, InstructionMessage, VerifiedMasses)
ANSWER_S = 30.0


class CallFolderIntake:
    """Without a running terminal: call folders and the file of port calls."""

    def __init__(self, calls: CallFolders, port_calls: PortCallFile) -> None:
        self._calls, self._port_calls = calls, port_calls

    def take_in(self, said: Letterbox, *, digest: str, file: str) -> str:
        return " ".join(note.what for note in self.notes(said, digest=digest, file=file))

    def notes(self, said: Letterbox, *, digest: str, file: str) -> tuple[MessageNote, ...]:
        """The same, and what a terminal would want to know of it, a note a message."""
        if said.content is Content.PORT_CALLS:
            what = self._port_calls.add(said.text, file=file)
            return (MessageNote(f"{digest}/0", "port calls", "", "", what),)
        for message in said.messages:
            if not isinstance(message, TAKEN_IN):
                raise DataError(
                    f"{message.header.kind} is read, but nothing is made of it here.",
                    remedy="Send BAPLIE, COPRAR, MOVINS, VERMAS, or DCSA port calls as JSON.",
                )
            self._calls.calls_of(message)  # all or none: whoever waits for a call waits with all
        raw = said.text if len(said.messages) == 1 else None
        return tuple(
            _note(message, f"{digest}/{number}", made)
            for number, message in enumerate(said.messages)
            for made in self._calls.receive(message, f"{digest}/{number}", raw)
        )


class TerminalIntake:
    """With a running terminal: the same, and its journal has what changed, so that its people see it."""

    def __init__(self, folders: CallFolderIntake, terminal: RunningTerminal) -> None:
        self._folders, self._terminal = folders, terminal

    def take_in(self, said: Letterbox, *, digest: str, file: str) -> str:
        notes = self._folders.notes(said, digest=digest, file=file)
        for note in notes:
            self._tell(note)
        return " ".join(note.what for note in notes)

    def _tell(self, note: MessageNote) -> None:
        asked = self._terminal.ask(Command("note_message", (note,)), by="exchange", correlation=note.id)
        try:
            answer = asked.result(ANSWER_S)
        except NotInTimeError:
            raise TerminalAwayError(f"The terminal did not answer in {ANSWER_S:.0f} s.") from None
        except JournalStoppedError as error:
            raise TerminalAwayError(f"The terminal has stopped: {error}") from None
        if isinstance(answer, Refused):
            raise DataError(f"The terminal does not take it: {answer.reason}.")


def _note(message: Message, id: str, made: NewVersion) -> MessageNote:  # noqa: A002 - the field's name
    folder = str(made.folder) if made.folder else ""
    return MessageNote(f"{id}/{made.call}", message.header.kind, made.call, folder, str(made))
