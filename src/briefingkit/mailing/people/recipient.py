"""One to whom a message goes: their address, language and zone, what they may see, and their own links."""

import re
from collections.abc import Mapping
from enum import StrEnum

from attrs import field, frozen

from briefingkit.errors import MailingError
from briefingkit.mailing.messages.headers import fits_angles
from briefingkit.model import Access, AudienceGroup
from briefingkit.text.bidi import strip_controls
from briefingkit.text.spaces import one_line

__all__ = ["LinkName", "Recipient", "access_of"]

_SCHEMES = ("https", "http")
_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_TAKEN = frozenset(
    name for name in dir(dict) if not name.startswith("_")
)  # what a template would get instead
_SURROGATES = re.compile("[\ud800-\udfff]")
_ACCESS = {
    AudienceGroup.REGISTERED: Access.REGISTERED,
    AudienceGroup.ATTENDED: Access.REGISTERED,
    AudienceGroup.ABSENT: Access.REGISTERED,
    AudienceGroup.PARTICIPANTS: Access.PARTICIPANTS,
}


class LinkName(StrEnum):
    """The links that are one person's own, and that only their mail holds."""

    EDIT = "edit"
    CANCEL = "cancel"
    CONFIRM = "confirm"
    DECLINE = "decline"
    UNSUBSCRIBE = "unsubscribe"


_LINKS = frozenset(name.value for name in LinkName)


def access_of(group: AudienceGroup | None) -> Access:
    """Tell what those of a group may see; those of a file, and those who wait for a place, no more than the public."""
    return Access.PUBLIC if group is None else _ACCESS.get(group, Access.PUBLIC)


def _one_line(text: str) -> str:
    """Keep a text on one line and without controls: whatever somebody typed as their name."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    return one_line(_SURROGATES.sub("\ufffd", strip_controls(text)))


def _lines(texts: Mapping[str, str]) -> Mapping[str, str]:
    return {name: _one_line(text) for name, text in texts.items()}


def _is_web_address(url: str) -> bool:
    scheme, _, rest = url.partition("://")
    return scheme.lower() in _SCHEMES and fits_angles(rest)


def _check_links(_instance: object, _attribute: object, links: Mapping[str, str]) -> None:
    for name, url in links.items():
        if name not in _LINKS or not _is_web_address(url):
            raise MailingError(f"the link {name!r} of a recipient is no web address, or none that a mail has")


def _check_fields(_instance: object, _attribute: object, fields: Mapping[str, str]) -> None:
    for name in fields:
        if not _NAME.fullmatch(name):
            raise MailingError(
                f"{name[:40]!r} is no name for a template: use letters, digits and underscores"
            )


@frozen
class Recipient:
    """Somebody to write to. MailingError for a link that is no web address.

    `language` is a BCP 47 tag, `timezone` an IANA zone, and None where it is not known; `person` is the key of one in
    the programme, who is told their own part. `links` are web addresses in
    ASCII by their `LinkName`; `fields` are texts for templates of one's own, by names in lower case. Names are kept on
    one line. The address is looked at when a message is made.
    """

    address: str = field(repr=False)
    name: str = field(default="", converter=_one_line, repr=False)
    language: str = "en"
    timezone: str | None = None
    access: Access = Access.PUBLIC
    person: str | None = None
    organization: str = field(default="", converter=_one_line, repr=False)
    links: Mapping[str, str] = field(factory=dict, validator=_check_links, repr=False, hash=False)
    fields: Mapping[str, str] = field(
        factory=dict, converter=_lines, validator=_check_fields, repr=False, hash=False
    )
