"""What servers do otherwise than the standards say, as data with the source of each word of it.

What can be noticed in an answer is not in the table: an ETag that is not given, sync-collection that is not offered, a
calendar that cannot be made. The table of the caldav library is looked into where calendars are made.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen

from briefingkit.errors import ModelError

__all__ = [
    "AUTO",
    "QUIRKS",
    "STANDARD",
    "Quirks",
    "check_server",
    "quirks_of",
    "server_of",
    "server_of_token",
]

AUTO: Final = "auto"
STANDARD: Final = "standard"


@frozen
class Quirks:
    """How a server differs. `profile` is its name in the caldav library's compatibility hints.

    `looks_first`: it does not know If-None-Match, so that what stands there is looked at before it is written.
    `is_exact`: what it gives a strong ETag for comes back with the fields that it was sent with (RFC 4791 section
    5.3.4), unless something in it is known to be changed, which `changes` finds. What others have written is read back.
    `merges_answers`: it keeps answers of guests that came since (RFC 6638 section 3.2.10) under If-Schedule-Tag-Match.
    Others give the tag and lose them, so that they are read and written again.
    `sows`: it takes a whole calendar at once, and names its events by their UIDs; at each new event that comes alone it
    looks through all that are there (briefingkit_caldav.sowing).
    """

    profile: str | None = None
    looks_first: bool = False
    is_exact: bool = False
    changes: re.Pattern[bytes] | None = None
    merges_answers: bool = False
    sows: bool = False

    def keeps(self, content: bytes) -> bool:
        """Whether what was sent is stored as it is, where its ETag says so."""
        return self.is_exact and (self.changes is None or self.changes.search(content) is None)


QUIRKS: Final[Mapping[str, Quirks]] = {
    STANDARD: Quirks(),
    # sabre/dav, which both are built on, gives no ETag for what it changes (https://sabre.io/dav/building-a-caldav-client/).
    "nextcloud": Quirks(profile="nextcloud", is_exact=True),
    "baikal": Quirks(profile="baikal", is_exact=True),
    # radicale/app/put.py: the ETag is that of the item as vobject has written it anew, which changes addresses in
    # properties that it does not know, and circumflexes (RFC 6868). A test holds it to the rest. The same file
    # takes whole calendars, and looks through all for the UID of what is new (has_uid).
    "radicale": Quirks(
        profile="radicale",
        is_exact=True,
        changes=re.compile(rb"^CONFERENCE|^LINK|\^", re.MULTILINE),
        sows=True,
    ),
    # The same by icalendar, which takes a backslash and an N for a line end. Its Schedule-Tag lets an answer be lost.
    "xandikos": Quirks(profile="xandikos"),
    # For whoever knows that theirs does as RFC 6638 says; caldav.compatibility_hints finds few that do.
    "rfc6638": Quirks(merges_answers=True),
    "sogo": Quirks(profile="sogo"),
    # https://developers.google.com/workspace/calendar/caldav/v2/guide: no MKCALENDAR, If-Match alone.
    "google": Quirks(looks_first=True),
    "icloud": Quirks(profile="icloud"),
    "zimbra": Quirks(profile="zimbra"),
}
"""By the name that `quirks:` takes."""

_HOSTS: Final = {
    "apidata.googleusercontent.com": "google",
    "caldav.icloud.com": "icloud",
}


_TOKENS: Final = {
    "http://radicale.org/ns/sync/": "radicale",  # radicale/storage/multifilesystem/sync.py
    "http://sabre.io/ns/sync/": "baikal",  # sabre/dav, lib/DAV/Sync/Plugin.php
}


def check_server(_instance: object, attribute: Any, value: str) -> None:
    """Refuse, as an attrs validator, a server that the table does not hold."""
    if value != AUTO and value not in QUIRKS:
        names = ", ".join((AUTO, *QUIRKS))
        raise ModelError(
            f"{value[:40]!r} is no server that is known: there are {names}", field=attribute.name
        )


def quirks_of(server: str) -> Quirks:
    """Return how a server differs; one of another release, that is known no more, as the standard has it."""
    return QUIRKS.get(server, QUIRKS[STANDARD])


def server_of_token(token: str | None) -> str | None:
    """Tell which server gave a sync token, as far as its form gives it away; None where it does not."""
    return next((name for form, name in _TOKENS.items() if (token or "").startswith(form)), None)


def server_of(url: str, headers: Mapping[str, str]) -> str:
    """Tell which server answered, as far as its address and its headers (in lower case) give it away."""
    host = url.partition("://")[2].partition("/")[0].partition(":")[0].lower()
    if host in _HOSTS:
        return _HOSTS[host]
    if "/remote.php/" in url or "x-nextcloud" in " ".join(headers):
        return "nextcloud"
    announced = headers.get("server", "").lower()
    return next((name for name in ("radicale", "xandikos", "zimbra") if name in announced), STANDARD)
