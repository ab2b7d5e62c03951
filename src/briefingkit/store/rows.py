"""The rows of the ledger as values. What stands in a text as JSON is the writer's: the store does not look inside."""

from attrs import frozen

__all__ = ["OutputRow", "PublicationRow", "ResourceRow", "SeenRow", "TargetRows"]


@frozen
class PublicationRow:
    """One revision of a briefing that went out; `at` is ISO 8601 in UTC."""

    namespace: str
    briefing: str
    revision: int
    at: str
    digest: str


@frozen
class ResourceRow:
    """What was last sent for a resource and what the target then held.

    `held` is None for nothing; where it equals `sent` the same text stands in both, which a reader need
    parse only once. `started_at` is ISO 8601 in UTC, None once the write was answered.
    """

    target: str
    kind: str
    key: str
    owner: str
    sent: str
    held: str | None
    remote_id: str | None
    etag: str | None
    server: str
    progress: str
    kept: str
    started_at: str | None = None


@frozen
class OutputRow:
    """An address that a resource (`kind`, `key`) of a target made for its owner."""

    target: str
    owner: str
    name: str
    value: str
    kind: str
    key: str


@frozen
class SeenRow:
    """Something read at a target that differs from what the resources' rows say: drift, a stranger, a duplicate.

    `fields` is None where a resource has gone; `remote_id` is then empty.
    """

    target: str
    kind: str
    key: str
    remote_id: str
    owner: str
    fields: str | None
    etag: str | None
    server: str
    ours: bool
    outputs: str


@frozen
class TargetRows:
    """All that the ledger holds of one target, as of one moment.

    `generation` rises with each write of resources; who remembers what was read has to name the one it
    started from.
    """

    resources: tuple[ResourceRow, ...]
    seen: tuple[SeenRow, ...]
    cursor: str | None
    generation: int
