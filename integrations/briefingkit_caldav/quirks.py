"""What servers do otherwise than the standards say, as data with the source of each word of it.

What can be noticed in an answer is not in the table: an ETag that is not given, sync-collection that is not offered, a
calendar that cannot be made. The table of the caldav library is looked into where calendars are made.
"""

from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen

from briefingkit.errors import ModelError

__all__ = ["AUTO", "QUIRKS", "Quirks", "check_server", "quirks_of", "server_of"]

AUTO: Final = "auto"


@frozen
class Quirks:
    """How a server differs. `profile` is its name in the caldav library's compatibility hints.

    `looks_first`: it does not know If-None-Match, so that what stands there is looked at before it is written.
    `rewrites`: it gives an ETag for what it has stored otherwise than it was sent, so that it is read back.
    `collides`: a UID stands once in an account, not once in a calendar.
    """

    profile: str | None = None
    looks_first: bool = False
    rewrites: bool = False


QUIRKS: Final[Mapping[str, Quirks]] = {
    "standard": Quirks(),
    # caldav.compatibility_hints.nextcloud: makes calendars, syncs, refuses a second UID; sabre/dav gives no ETag for
    # what it changes (https://sabre.io/dav/clients/caldav/, "ETags").
    "nextcloud": Quirks(profile="nextcloud"),
    # radicale/app/put.py: the ETag is that of the item as it was serialised anew by vobject. Fields come back the same.
    "radicale": Quirks(profile="radicale"),
    "xandikos": Quirks(profile="xandikos"),
    "baikal": Quirks(profile="baikal"),
    "sogo": Quirks(profile="sogo"),
    # https://developers.google.com/workspace/calendar/caldav/v2/guide: no MKCALENDAR, If-Match alone.
    "google": Quirks(looks_first=True, rewrites=True),
    # caldav.compatibility_hints.icloud; https://datatracker.ietf.org/doc/html/rfc4791#section-5.3.4
    "icloud": Quirks(profile="icloud", rewrites=True),
    "zimbra": Quirks(profile="zimbra", rewrites=True),
}
"""By the name that `quirks:` takes."""

_HOSTS: Final = {
    "apidata.googleusercontent.com": "google",
    "caldav.icloud.com": "icloud",
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
    return QUIRKS.get(server, QUIRKS["standard"])


def server_of(url: str, headers: Mapping[str, str]) -> str:
    """Tell which server answered, as far as its address and its headers (in lower case) give it away."""
    host = url.partition("://")[2].partition("/")[0].partition(":")[0].lower()
    if host in _HOSTS:
        return _HOSTS[host]
    if "/remote.php/" in url or "x-nextcloud" in " ".join(headers):
        return "nextcloud"
    announced = headers.get("server", "").lower()
    return next((name for name in ("radicale", "xandikos", "zimbra") if name in announced), "standard")
