"""A briefing as it goes out: complete, numbered and dated."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any

from attrs import field, fields, frozen

from briefingkit.errors import ModelError, Unpublishable
from briefingkit.model.briefing import Briefing, Status, uid
from briefingkit.model.people import Person
from briefingkit.model.schedule import When
from briefingkit.text import MultilingualText
from briefingkit.text.multilingual import Localized

__all__ = ["Publication", "public_digest", "why_unpublishable"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PREVIEW_NAMESPACE = "preview.invalid"
_UNSEEN: Mapping[type, frozenset[str]] = {
    Briefing: frozenset({"allow", "mailing", "unconfirmed", "unplaced"}),
    Person: frozenset({"email", "phone", "language", "timezone"}),
}


def _whole_second(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ModelError("the moment of a publication carries its zone", field="at")
    return at.astimezone(UTC).replace(microsecond=0)


@frozen
class Publication:
    """A briefing with the number and the moment of its last published change (RFC 5545 SEQUENCE and DTSTAMP).

    `at` is aware, kept in UTC to the second. Unpublishable for a briefing without a title, a time or a zone. One that
    is a draft or unconfirmed can be rendered; only planning refuses it (`why_unpublishable`).
    """

    briefing: Briefing
    revision: int = 0
    at: datetime = field(default=_EPOCH, converter=_whole_second)
    digest: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse what has nothing to show, and fill in the digest."""
        if self.revision < 0:
            raise ModelError("a revision counts from 0", field="revision")
        missing = [
            name for name in ("title", "start", "end", "timezone") if getattr(self.briefing, name) is None
        ]
        if missing:
            raise Unpublishable(
                f"{self.briefing.identifier} has no {', no '.join(missing)} yet: fill it in first"
            )
        if not self.digest:
            object.__setattr__(self, "digest", public_digest(self.briefing))

    @property
    def title(self) -> MultilingualText:
        """The title, which a publication has."""
        assert self.briefing.title is not None  # noqa: S101 - narrowed by __attrs_post_init__
        return self.briefing.title

    @property
    def when(self) -> When:
        """The span, which a publication has."""
        when = self.briefing.when
        assert when is not None  # noqa: S101 - narrowed by __attrs_post_init__
        return when

    @property
    def uid(self) -> str:
        """The identifier in every calendar; a preview without a namespace stands under a reserved one (RFC 2606)."""
        return uid(self.briefing.namespace or _PREVIEW_NAMESPACE, self.briefing.identifier)


def why_unpublishable(briefing: Briefing) -> tuple[str, ...]:
    """Tell each reason for which a briefing may not go out yet, in words; none for one that may."""
    reasons = []
    if briefing.status is Status.DRAFT:
        reasons.append("it is a draft: set `status` to tentative or confirmed when it may go out")
    if briefing.unconfirmed:
        paths = ", ".join(briefing.unconfirmed)
        reasons.append(f"unconfirmed: {paths}. Look at each, then take it off the list")
    if briefing.namespace is None:
        reasons.append("it has no namespace: give one in briefingkit.yaml, such as a domain name of yours")
    return tuple(reasons)


def public_digest(briefing: Briefing) -> str:
    """Hash what participants can see of a briefing (SHA-256, hexadecimal); settings and private data are left out.

    Equal briefings have equal digests. A field that is empty or at its default adds nothing, so that a release which
    knows more fields gives the digests that the one before it gave.
    """
    text = json.dumps(_seen(briefing), ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def _seen(value: Any) -> Any:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, tuple):
        return [_seen(each) for each in value]
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value // timedelta(seconds=1)
    if isinstance(value, Localized):
        # The first language is the source, which readers fall back to; the order of the others means nothing.
        source, *others = value.texts.items()
        return [source, *sorted(others)]
    unseen = _UNSEEN.get(type(value), frozenset())
    pairs = ((each, getattr(value, each.name)) for each in fields(type(value)) if each.name not in unseen)
    return {each.name: _seen(held) for each, held in pairs if held != each.default}
