"""Numbers and dates for what goes out: the revision rises by one when what participants see has changed."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from briefingkit.publish.journal import Published
from briefingkit.publish.resource import Snapshot

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Publication

__all__ = ["highest_revisions", "mint"]


def highest_revisions(snapshots: Iterable[Snapshot]) -> dict[str, int]:
    """Find the highest revision that targets hold of each owner, among what is ours there."""
    highest: dict[str, int] = {}
    for snapshot in snapshots:
        for remote in snapshot.remotes.values():
            revision = remote.resource.fields.get("revision")
            if remote.ours and isinstance(revision, int) and not isinstance(revision, bool):
                owner = remote.resource.owner
                highest[owner] = max(revision, highest.get(owner, revision))
    return highest


def mint(
    briefings: "Iterable[Briefing]",
    published: Mapping[str, Published],
    held: Mapping[str, int],
    *,
    at: datetime,
    digests: Mapping[str, str] | None = None,
) -> "tuple[Publication, ...]":
    """Give each briefing the publication that it goes out as. `digests` are those that were taken before.

    Unchanged since the last one: that one again. Changed: one more, dated `at`. Where a target holds a higher
    revision than the ledger knows (it was lost, or is an old copy), it goes on from there: a calendar ignores an
    update whose number is not higher.
    """
    from briefingkit.model import Publication, public_digest

    minted = []
    for briefing in briefings:
        digest = (digests or {}).get(briefing.identifier) or public_digest(briefing)
        last, floor = published.get(briefing.identifier), held.get(briefing.identifier, -1)
        if last is not None and last.digest == digest and floor <= last.revision:
            minted.append(Publication(briefing, last.revision, last.at, digest))
            continue
        before = max(floor, last.revision if last is not None else -1)
        minted.append(Publication(briefing, before + 1, at, digest))
    return tuple(minted)
