"""All that an integration implements; `briefingkit.testing.IntegrationContract` tests these promises."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from attrs import field, frozen

from briefingkit.publish.change import Change
from briefingkit.publish.context import Context
from briefingkit.publish.outcome import Outcome
from briefingkit.publish.resource import Resource, Snapshot

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Publication

__all__ = ["Integration", "Registrar", "Target", "Watchful"]


class Integration(Protocol):
    """A way to publish: a frozen attrs class whose fields are its configuration; no secret is in its repr."""

    @property
    def batch(self) -> int:
        """At most so many changes in one call of `apply`; asked again for each kind."""

    @property
    def order(self) -> tuple[str, ...]:
        """The kinds, those first that others need; deletions go the other way round."""

    def desired(self, publications: "Sequence[Publication]", context: Context) -> Iterable[Resource]:
        """Project publications into the target's own canonical form, the one that `read` gives back.

        Pure: the same arguments give the same resources. Each one names every field that it governs, and says
        in its notices what the target cannot hold. Addresses of other targets come from `context.output`.
        """

    def read(self, wanted: Sequence[Resource], last: Snapshot) -> Snapshot:
        """Read all that is ours at the target, and whatever stands where `wanted` would go.

        With `last.cursor` only what changed since need be fetched, and is laid over `last`; the answer is
        whole. Raises IntegrationError when the target cannot be read; a cursor that is no longer good is a
        full read.
        """

    def apply(self, changes: Sequence[Change]) -> Iterable[Outcome]:
        """Bring the target in step: one outcome a change, in any order, each as soon as it is known.

        - CREATE is idempotent under the derived identity: repeated after a lost answer, it finds what it
          had made (by id or mark) and ends as an update; what is there and not ours is refused.
        - UPDATE and DELETE act only on what `held` says was seen (its etag): if it moved since, FAILED.
        - A failure in one resource is its outcome, never an exception, and never stops the others. FAILED
          is only for what certainly changed nothing; where that is not certain, UNKNOWN.
        Raises IntegrationError when the whole target is out of reach: what had no outcome yet is read again.
        """


@runtime_checkable
class Watchful(Protocol):
    """What an integration may have besides the three verbs, so that nothing is read where nothing is new.

    It may also name a `lookout`, "module:function": called with the target's settings as they stand in the file
    (variables filled in), the project's folder and the cursor, before the project is opened, it answers the same.
    """

    def unchanged(self, cursor: str) -> bool:
        """Whether nothing at all has changed at the target since `read` gave this cursor.

        False wherever that is not certain, such as for a cursor of other settings or one that has expired. Raises
        IntegrationError when the target is out of reach.
        """


@runtime_checkable
class Registrar(Protocol):
    """What an integration has besides where people can register at it.

    It makes the outputs `registration` and, if there is an address for each language, `registration.fr` (see `views`).
    """

    def registers(self, briefing: "Briefing") -> bool:
        """Whether people can register for a briefing there."""


@frozen
class Target:
    """An integration under the name that it has in the project; the name is part of the ledger's keys."""

    name: str
    integration: Integration = field(repr=False)
