"""The verbs of a target that publishes nothing: it is there for the people whom it knows."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from briefingkit.publish import Change, Context, Outcome, Resource, Snapshot

if TYPE_CHECKING:
    from briefingkit.model import Publication

__all__ = ["NothingPublished"]

_ALWAYS: Final = "nothing"


class NothingPublished:
    """What a plan asks of any target; Google is asked for nothing, and there is never anything to do."""

    __slots__ = ()
    batch: ClassVar[int] = 1
    order: ClassVar[tuple[str, ...]] = ()

    def desired(self, publications: "Sequence[Publication]", context: Context) -> Iterator[Resource]:  # noqa: ARG002 - a target's
        """Want nothing."""
        return iter(())

    def read(self, wanted: Sequence[Resource], last: Snapshot) -> Snapshot:  # noqa: ARG002 - a target's
        """Hold nothing, now and later."""
        return Snapshot(cursor=_ALWAYS)

    def apply(self, changes: Sequence[Change]) -> Iterator[Outcome]:  # noqa: ARG002 - a target's
        """Do nothing, for nothing is ever to be done."""
        return iter(())

    def unchanged(self, cursor: str) -> bool:
        """Whether nothing is new: of people a plan says nothing."""
        return cursor == _ALWAYS
