"""What a briefing belongs to, leads to, refers to and hands out."""

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.model.keys import check_key, check_optional_key
from briefingkit.model.place import Access
from briefingkit.model.schedule import LocalTime, check_local, check_span
from briefingkit.text import LocalizedUrl, MultilingualText

__all__ = ["Link", "Material", "PartOf", "RelatedEvent"]


def _check_dates(start: LocalTime | None, end: LocalTime | None) -> None:
    if start is None or end is None:
        return
    check_span(start, end)
    if end < start:
        raise ModelError(f"the end ({end}) is before the start ({start})", field="end")


@frozen
class PartOf:
    """The event that this one is a segment of (schema.org superEvent).

    `briefing` is its identifier where it is in the tree; title, start and end are given only where it is not.
    `joinable`: one may join this segment alone.
    """

    briefing: str | None = field(default=None, validator=check_optional_key)
    title: MultilingualText | None = None
    start: LocalTime | None = field(default=None, validator=check_local)
    end: LocalTime | None = field(default=None, validator=check_local)
    url: LocalizedUrl | None = None
    joinable: bool = False

    def __attrs_post_init__(self) -> None:
        """Refuse a parent that is not named."""
        if self.briefing is None and self.title is None:
            raise ModelError("part_of names a briefing of the tree, or gives a title")
        _check_dates(self.start, self.end)


@frozen
class RelatedEvent:
    """An event that this one leads to; dates are local to wherever it is held."""

    title: MultilingualText
    start: LocalTime | None = field(default=None, validator=check_local)
    end: LocalTime | None = field(default=None, validator=check_local)
    url: LocalizedUrl | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a span that cannot be."""
        _check_dates(self.start, self.end)


@frozen
class Link:
    """Something to read; the address may be to come."""

    key: str = field(validator=check_key)
    title: MultilingualText
    url: LocalizedUrl | None = None


@frozen
class Material:
    """Something handed out: slides, a recording, a report; the address may be to come."""

    key: str = field(validator=check_key)
    title: MultilingualText
    url: LocalizedUrl | None = None
    access: Access = Access.PUBLIC
