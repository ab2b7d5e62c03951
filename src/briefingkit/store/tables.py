"""The tables as they are today, for queries. They are made and changed by `migrations` alone."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, MetaData, Table, Text

__all__ = [
    "announcements",
    "attendance",
    "deliveries",
    "intake_cursors",
    "ledger_keys",
    "mail_events",
    "mail_fates",
    "mail_rates",
    "mail_suppressions",
    "mail_written",
    "mailings",
    "metadata",
    "outputs",
    "part_answers",
    "publications",
    "registration_events",
    "registration_lists",
    "registrations",
    "resources",
    "responses",
    "seen",
    "subscribers",
    "suppressions",
    "targets",
]

metadata = MetaData()

publications = Table(
    "publications",
    metadata,
    Column("namespace", Text, primary_key=True),
    Column("briefing", Text, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("digest", Text, nullable=False),
)

resources = Table(
    "resources",
    metadata,
    Column("target", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("sent", Text, nullable=False),
    Column("held", Text),
    Column("remote_id", Text),
    Column("etag", Text),
    Column("server", Text, nullable=False),
    Column("progress", Text, nullable=False),
    Column("kept", Text, nullable=False),
    Column("started_at", Text),
)

outputs = Table(
    "outputs",
    metadata,
    Column("target", Text, primary_key=True),
    Column("owner", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
)

targets = Table(
    "targets",
    metadata,
    Column("target", Text, primary_key=True),
    Column("cursor", Text),
    Column("generation", Integer, nullable=False),
)

seen = Table(
    "seen",
    metadata,
    Column("target", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("remote_id", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("fields", Text),
    Column("etag", Text),
    Column("server", Text, nullable=False),
    Column("ours", Boolean, nullable=False),
    Column("outputs", Text, nullable=False),
)

registration_lists = Table(
    "registration_lists",
    metadata,
    Column("briefing", Text, primary_key=True),
    Column("taken", Text, nullable=False),
    Column("arrivals", Integer, nullable=False),
    Column("events", Integer, nullable=False),
    Column("waiting", Integer, nullable=False),
    Column("marks", Integer, nullable=False),
    Column("due", Text),
    Column("expired_at", Text),
    Column("erased", Text, nullable=False),
)

registrations = Table(
    "registrations",
    metadata,
    Column("briefing", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("waits", Boolean, nullable=False),
    Column("language", Text),
    Column("answers", Text, nullable=False),
    Column("stamps", Text, nullable=False),
    Column("places", Text, nullable=False),
    Column("consent", Text),
    Column("created_at", Text, nullable=False),
    Column("changed_at", Text, nullable=False),
)

responses = Table(
    "responses",
    metadata,
    Column("briefing", Text, primary_key=True),
    Column("intake", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("at", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("cancels", Boolean, nullable=False),
    Column("language", Text),
    Column("answers", Text, nullable=False),
    Column("consent", Text),
    Column("before", Text),
)

subscribers = Table("subscribers", metadata, Column("subscriber", Text, primary_key=True))

registration_events = Table(
    "registration_events",
    metadata,
    Column("subscriber", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("briefing", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("person", Text),
    Column("data", Text, nullable=False),
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("briefing", Text, primary_key=True),
    Column("mark", Text, primary_key=True),
    Column("at", Text, nullable=False),
)

intake_cursors = Table(
    "intake_cursors",
    metadata,
    Column("briefing", Text, primary_key=True),
    Column("intake", Text, primary_key=True),
    Column("cursor", Text),
)

attendance = Table(
    "attendance",
    metadata,
    Column("briefing", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("entry", Text, primary_key=True),
    Column("since", Text),
    Column("seconds", Integer),
    Column("marked_at", Text, nullable=False),
)

ledger_keys = Table(
    "ledger_keys",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

mailings = Table(
    "mailings",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("briefing", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("chunks", Integer, nullable=False),
    Column("planned_at", Text, nullable=False),
    Column("erased", Text, nullable=False),
    Column("unfinished", Text, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("mailing", BigInteger, primary_key=True),
    Column("chunk", Integer, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False),
    Column("occasion", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("due", Text, nullable=False),
    Column("expires", Text),
    Column("attempts", Integer, nullable=False),
    Column("owner", Text),
    Column("lease", Text),
    Column("begun_at", Text),
    Column("imprint", Text),
    Column("code", Integer),
    Column("words", Text),
    Column("remote_id", Text),
    Column("changed_at", Text, nullable=False),
)

mail_rates = Table(
    "mail_rates",
    metadata,
    Column("transport", Text, primary_key=True),
    Column("tokens", Float, nullable=False),
    Column("at", Text, nullable=False),
)

mail_suppressions = Table(
    "mail_suppressions",
    metadata,
    Column("mark", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("reason", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("source", Text, nullable=False),
)

announcements = Table(
    "announcements",
    metadata,
    Column("briefing", Text, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("rooms", Text),
)

mail_events = Table(
    "mail_events",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("until", Text, nullable=False),
)

mail_written = Table(
    "mail_written",
    metadata,
    Column("mailing", BigInteger, primary_key=True),
    Column("mark", Text, primary_key=True),
)

mail_fates = Table(
    "mail_fates",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("reason", Text),
    Column("at", Text, nullable=False),
    Column("words", Text, nullable=False),
)

part_answers = Table(
    "part_answers",
    metadata,
    Column("briefing", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("answer", Text, nullable=False),
    Column("at", Text, nullable=False),
)
