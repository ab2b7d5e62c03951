"""The ledger's schema as numbered steps: each is run once, in order, in one transaction, and never changed again.

A step is literal SQL that SQLite and PostgreSQL both take, so that what it does cannot change with the
tables of today.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from briefingkit.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["STEPS", "migrate", "version_of"]

_JOURNAL = (
    """CREATE TABLE publications (
        namespace TEXT NOT NULL, briefing TEXT NOT NULL, revision INTEGER NOT NULL,
        at TEXT NOT NULL, digest TEXT NOT NULL,
        PRIMARY KEY (namespace, briefing, revision))""",
    """CREATE TABLE resources (
        target TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, owner TEXT NOT NULL,
        sent TEXT NOT NULL, held TEXT, remote_id TEXT, etag TEXT, server TEXT NOT NULL,
        progress TEXT NOT NULL, kept TEXT NOT NULL, started_at TEXT,
        PRIMARY KEY (target, kind, key))""",
    """CREATE TABLE outputs (
        target TEXT NOT NULL, owner TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
        kind TEXT NOT NULL, key TEXT NOT NULL,
        PRIMARY KEY (target, owner, name))""",
)

_READ_ON = (
    "CREATE TABLE targets (target TEXT NOT NULL PRIMARY KEY, cursor TEXT, generation INTEGER NOT NULL)",
    """CREATE TABLE seen (
        target TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, remote_id TEXT NOT NULL,
        owner TEXT NOT NULL, fields TEXT, etag TEXT, server TEXT NOT NULL, ours BOOLEAN NOT NULL,
        outputs TEXT NOT NULL,
        PRIMARY KEY (target, kind, key, remote_id))""",
    "INSERT INTO targets (target, cursor, generation) SELECT DISTINCT target, NULL, 0 FROM resources",
)

_REGISTRATIONS = (
    """CREATE TABLE registration_lists (
        briefing TEXT NOT NULL PRIMARY KEY, taken TEXT NOT NULL, arrivals INTEGER NOT NULL,
        events INTEGER NOT NULL, waiting INTEGER NOT NULL, marks INTEGER NOT NULL,
        due TEXT, expired_at TEXT, erased TEXT NOT NULL)""",
    """CREATE TABLE registrations (
        briefing TEXT NOT NULL, person TEXT NOT NULL, number INTEGER NOT NULL, position INTEGER NOT NULL,
        status TEXT NOT NULL, waits BOOLEAN NOT NULL, language TEXT, answers TEXT NOT NULL,
        stamps TEXT NOT NULL, places TEXT NOT NULL, consent TEXT,
        created_at TEXT NOT NULL, changed_at TEXT NOT NULL,
        PRIMARY KEY (briefing, person))""",
    # Of those that wait alone, so that a list without a queue pays nothing for it.
    "CREATE INDEX registrations_waiting ON registrations (briefing, position) WHERE waits",
    """CREATE TABLE responses (
        briefing TEXT NOT NULL, intake TEXT NOT NULL, id TEXT NOT NULL, at TEXT NOT NULL,
        person TEXT NOT NULL, cancels BOOLEAN NOT NULL, language TEXT, answers TEXT NOT NULL,
        consent TEXT, before TEXT,
        PRIMARY KEY (briefing, intake, id, at))""",
    "CREATE TABLE subscribers (subscriber TEXT NOT NULL PRIMARY KEY)",
    """CREATE TABLE registration_events (
        subscriber TEXT NOT NULL, id TEXT NOT NULL, briefing TEXT NOT NULL, sequence INTEGER NOT NULL,
        person TEXT, data TEXT NOT NULL,
        PRIMARY KEY (subscriber, id))""",
    """CREATE TABLE suppressions (
        briefing TEXT NOT NULL, mark TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (briefing, mark))""",
    "CREATE TABLE ledger_keys (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)",
)

_INTAKES = (
    """CREATE TABLE intake_cursors (
        briefing TEXT NOT NULL, intake TEXT NOT NULL, cursor TEXT, PRIMARY KEY (briefing, intake))""",
)

_DELIVERIES = (
    """CREATE TABLE mailings (
        id BIGINT NOT NULL PRIMARY KEY, briefing TEXT NOT NULL, key TEXT NOT NULL, chunks INTEGER NOT NULL,
        planned_at TEXT NOT NULL, erased TEXT NOT NULL)""",
    """CREATE TABLE deliveries (
        mailing BIGINT NOT NULL, chunk INTEGER NOT NULL, seq INTEGER NOT NULL,
        id TEXT NOT NULL, occasion TEXT NOT NULL, person TEXT NOT NULL, address TEXT NOT NULL, data TEXT NOT NULL,
        state TEXT NOT NULL, due TEXT NOT NULL, expires TEXT, attempts INTEGER NOT NULL,
        owner TEXT, lease TEXT, begun_at TEXT, imprint TEXT,
        code INTEGER, words TEXT, remote_id TEXT, changed_at TEXT NOT NULL,
        PRIMARY KEY (mailing, chunk, seq), UNIQUE (id))""",
    # It ends with the rest of the primary key: else a planner that is asked for the first few walks the whole table.
    "CREATE INDEX deliveries_due ON deliveries (mailing, state, due, chunk, seq)",
    """CREATE TABLE mail_rates (
        transport TEXT NOT NULL PRIMARY KEY, tokens DOUBLE PRECISION NOT NULL, at TEXT NOT NULL)""",
)

_ATTENDANCE = (
    """CREATE TABLE attendance (
        briefing TEXT NOT NULL, person TEXT NOT NULL, source TEXT NOT NULL, entry TEXT NOT NULL,
        since TEXT, seconds INTEGER, marked_at TEXT NOT NULL,
        PRIMARY KEY (briefing, person, source, entry))""",
)

_MAIL_SUPPRESSIONS = (
    """CREATE TABLE mail_suppressions (
        mark TEXT NOT NULL, scope TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL, source TEXT NOT NULL,
        PRIMARY KEY (mark, scope, reason))""",
)

_ANNOUNCEMENTS = (
    """CREATE TABLE announcements (
        briefing TEXT NOT NULL, revision INTEGER NOT NULL, at TEXT NOT NULL, content TEXT NOT NULL,
        PRIMARY KEY (briefing, revision))""",
)

_FEEDBACK = (
    "CREATE TABLE mail_events (id TEXT NOT NULL PRIMARY KEY, at TEXT NOT NULL)",
    """CREATE TABLE mail_fates (
        id TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, reason TEXT, at TEXT NOT NULL, words TEXT NOT NULL)""",
    # For services that tell of a mail by their own name alone: without it, each such call reads a whole mailing.
    "CREATE INDEX deliveries_remote ON deliveries (remote_id) WHERE remote_id IS NOT NULL",
    """CREATE TABLE part_answers (
        briefing TEXT NOT NULL, person TEXT NOT NULL, answer TEXT NOT NULL, at TEXT NOT NULL,
        PRIMARY KEY (briefing, person))""",
)

_MAIL_RETENTION = (
    # Marks of messages of which nothing else is kept.
    "CREATE TABLE mail_written (mailing BIGINT NOT NULL, mark TEXT NOT NULL, PRIMARY KEY (mailing, mark))",
    # "" is for ever: of what was heard before, nobody knows how long it may be told again.
    "ALTER TABLE mail_events ADD COLUMN until TEXT NOT NULL DEFAULT ''",
    # What was begun until now was called by its key alone, and a message that is sent again has the same octets.
    "INSERT INTO ledger_keys (name, value) SELECT 'mail.bare_until', COALESCE(MAX(begun_at), '') FROM deliveries",
)

_UNFINISHED_PLANNING = (
    # The occasions, a JSON list, for which not all who are to be written to were planned.
    "ALTER TABLE mailings ADD COLUMN unfinished TEXT NOT NULL DEFAULT '[]'",
)

_ANNOUNCED_ROOMS = ("ALTER TABLE announcements ADD COLUMN rooms TEXT",)

STEPS: tuple[tuple[str, ...], ...] = (
    _JOURNAL,
    _READ_ON,
    _REGISTRATIONS,
    _INTAKES,
    _DELIVERIES,
    _ATTENDANCE,
    _MAIL_SUPPRESSIONS,
    _ANNOUNCEMENTS,
    _FEEDBACK,
    _MAIL_RETENTION,
    _UNFINISHED_PLANNING,
    _ANNOUNCED_ROOMS,
)
"""Step n (counted from 1) brings a ledger of version n - 1 to version n."""


def version_of(connection: "Connection") -> int:
    """Return the version of the ledger's schema; 0 for a database that holds no ledger yet."""
    if not inspect(connection).has_table("briefingkit_schema"):
        return 0
    return int(connection.exec_driver_sql("SELECT version FROM briefingkit_schema").scalar() or 0)


def migrate(connection: "Connection", steps: Sequence[Sequence[str]] = STEPS) -> int:
    """Bring the ledger to the newest version within the connection's transaction; return the version it had.

    Raises StoreError for a ledger that a newer release has written.
    """
    connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS briefingkit_schema (version INTEGER NOT NULL)")
    found = connection.exec_driver_sql("SELECT version FROM briefingkit_schema").scalar()
    version = int(found or 0)
    if version > len(steps):
        raise StoreError(
            f"the ledger has schema version {version}, and this release of briefingkit knows {len(steps)}: "
            "update briefingkit, or use the ledger that belongs to this release"
        )
    for statements in steps[version:]:
        for statement in statements:
            connection.exec_driver_sql(statement)
    write = "INSERT INTO briefingkit_schema VALUES (:version)"
    if found is not None:
        write = "UPDATE briefingkit_schema SET version = :version"
    connection.execute(text(write), {"version": len(steps)})
    return version
