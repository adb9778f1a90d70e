"""The tables of a journal and how each version of them came out of the one before, in SQLite and PostgreSQL.

A migration is never changed once it has been released; the next one is appended. They run in order, each with its
number in one transaction. Entries themselves are never rewritten: that would break their chain.
"""

from __future__ import annotations

from typing import NamedTuple


class Migration(NamedTuple):
    """Statements that lead from the version before to this one, in both dialects."""

    what: str
    sqlite: tuple[str, ...]
    postgresql: tuple[str, ...]


APPLICATION_ID = 0x43414252
"""By which SQLite files of ours are known: "CABR"."""
SCHEMA = "cabria_journal"
"""Of PostgreSQL, in which the tables are."""

_NEVER = "'the journal is append-only'"

MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        "name, entries, snapshots; entries are only appended",
        sqlite=(
            "CREATE TABLE journal (name TEXT NOT NULL)",
            "CREATE TABLE entries (number INTEGER PRIMARY KEY, kind TEXT NOT NULL, version INTEGER NOT NULL,"
            " at_ms INTEGER NOT NULL, correlation TEXT NOT NULL, body BLOB NOT NULL, hash BLOB NOT NULL) STRICT",
            "CREATE TABLE snapshots (number INTEGER PRIMARY KEY, version INTEGER NOT NULL, body BLOB NOT NULL,"
            " hash BLOB NOT NULL) STRICT",
            f"CREATE TRIGGER no_change BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, {_NEVER}); END",
            f"CREATE TRIGGER no_removal BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, {_NEVER}); END",
        ),
        postgresql=(
            f"CREATE TABLE {SCHEMA}.journal (name TEXT NOT NULL)",
            f"CREATE TABLE {SCHEMA}.entries (number BIGINT PRIMARY KEY, kind TEXT NOT NULL, version INTEGER NOT NULL,"
            " at_ms BIGINT NOT NULL, correlation TEXT NOT NULL, body BYTEA NOT NULL, hash BYTEA NOT NULL)",
            f"CREATE TABLE {SCHEMA}.snapshots (number BIGINT PRIMARY KEY, version INTEGER NOT NULL,"
            " body BYTEA NOT NULL, hash BYTEA NOT NULL)",
            f"CREATE FUNCTION {SCHEMA}.never() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION USING MESSAGE = {_NEVER}; END $$",
            f"CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON {SCHEMA}.entries"
            f" FOR EACH ROW EXECUTE FUNCTION {SCHEMA}.never()",
            f"CREATE TRIGGER no_emptying BEFORE TRUNCATE ON {SCHEMA}.entries"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {SCHEMA}.never()",
        ),
    ),
)
