"""The tables as they are today, for queries. They are made and changed by `migrations` alone."""

from sqlalchemy import Boolean, Column, Integer, MetaData, Table, Text

__all__ = ["metadata", "outputs", "publications", "resources", "seen", "targets"]

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

# The registrations and the deliveries of mailings stand in this ledger too: their tables go below, and their
# steps at the end of `migrations.STEPS`.
