"""From whatever address a user has to the calendars there, and the making of new ones, by the caldav library.

The library knows how servers say where a user's calendars are; its requests go over our own connection, so that
redirects, patience and secrets are dealt with in one place. It is loaded for this alone.
"""

import logging
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

from briefingkit.errors import IntegrationError, MissingExtra
from briefingkit_caldav.faults import Gone, Unreadable, in_words
from briefingkit_caldav.hrefs import child, path_of
from briefingkit_caldav.quirks import quirks_of
from briefingkit_caldav.server import Server

if TYPE_CHECKING:
    from caldav.davclient import DAVClient
    from niquests import Session

__all__ = ["calendar_home", "make_collection"]

_WELL_KNOWN: Final = "/.well-known/caldav"
_MULTISTATUS: Final = 207
_NOT_MADE: Final = frozenset({405, 409})


def calendar_home(server: Server, kind: str) -> str:
    """Find the path of the collection that holds the user's calendars. IntegrationError where there is none.

    RFC 6764 section 6: the address as it is given, and where that leads to nobody, the well-known one.
    """
    refusals = []
    for start in _starts(server):
        try:
            return _home(server, start, kind)
        except (Gone, Unreadable, _NothingThere) as error:
            refusals.append(str(error))
    raise IntegrationError(f"no calendars are found from {server.settings.url}: {refusals[0]}")


def make_collection(server: Server, kind: str, home: str, name: str, title: str) -> str:
    """Make a calendar for events (MKCALENDAR, or MKCOL where the server wants that), and return its path.

    IntegrationError, with the server's answer, where it makes none.
    """
    from caldav.collection import Calendar, CalendarSet
    from caldav.lib.error import DAVError

    client = _client(server, home, kind)
    try:
        made: Any = CalendarSet(client, url=f"{server.connection.origin}{home}").make_calendar(
            name=title, cal_id=name, supported_calendar_component_set=["VEVENT"]
        )
    except DAVError as error:
        raise IntegrationError(_why_not_made(server, error, child(home, name))) from None
    assert isinstance(made, Calendar)  # noqa: S101 - what a client that waits is given
    return f"{path_of(str(made.url)).rstrip('/')}/"


class _NothingThere(IntegrationError):
    """An address that leads to no calendars."""


def _starts(server: Server) -> Iterator[str]:
    path = path_of(urlsplit(server.settings.url).path or "/")
    if path != "/":
        yield path
    yield _WELL_KNOWN
    if path == "/":
        yield path


def _home(server: Server, start: str, kind: str) -> str:
    from caldav.lib.error import DAVError

    if start == _WELL_KNOWN:
        start = _redirected(server)
    client = _client(server, start, kind)
    try:
        home = client.get_principal().calendar_home_set
    except DAVError as error:
        raise _NothingThere(f"{start} leads to no calendars ({type(error).__name__})") from None
    if home is None or home.url is None:
        raise _NothingThere(f"{start} names no calendar home")
    address = str(home.url)
    if urlsplit(address).hostname not in {None, urlsplit(server.connection.origin).hostname}:
        raise IntegrationError(
            f"the calendars of this account are at {address[:200]}, another server: give that address as `url`"
        )
    return f"{path_of(address).rstrip('/')}/"


def _redirected(server: Server) -> str:
    """Follow the well-known address (RFC 6764 section 5) to where it leads."""
    headers = {"Depth": "0"}
    answer = server.call("PROPFIND", _WELL_KNOWN, headers)
    if answer.path == _WELL_KNOWN and not answer.succeeded:
        raise _NothingThere(f"{_WELL_KNOWN}: {in_words(answer.status)}")
    return answer.path


def _client(server: Server, path: str, kind: str) -> "DAVClient":
    """Give the library a client that speaks over our connection, and knows what is known of the server."""
    try:
        from caldav.davclient import DAVClient
    except ImportError as error:
        raise MissingExtra(
            f'caldav needs the package {error.name}, which is not installed: pip install "briefingkit[caldav]"'
        ) from error
    client = DAVClient(
        f"{server.connection.origin}{path}", features=quirks_of(kind).profile or {}, enable_rfc6764=False
    )
    # What it would print about a server's deviations is said in our own words where it matters.
    logging.getLogger("caldav").addHandler(logging.NullHandler())
    client.session.close()
    client.session = cast("Session", _Bridge(server))
    return client


class _Bridge:
    """What the library takes for its session."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def request(
        self, method: str, url: str, *, data: bytes | None = None, headers: Mapping[str, str], **_: object
    ) -> SimpleNamespace:
        """Send a request that the library has written; it may name our own server only."""
        parts = urlsplit(url)
        if parts.hostname != urlsplit(self._server.connection.origin).hostname:
            raise IntegrationError(
                f"the server names calendars at {parts.hostname}: give that address as `url`"
            )
        given = {name: value for name, value in headers.items() if name.lower() != "user-agent"}
        found, received = self._server.ask(
            method, path_of(url), headers=given, body=data or b"", receive=b"".join
        )
        if method == "PROPFIND" and received is not None and found.status != _MULTISTATUS:
            raise _NothingThere(f"{found.path} is no address of a CalDAV server")
        body = found.body if received is None else received
        titled = {name.title(): value for name, value in found.headers.items()}
        return SimpleNamespace(
            status_code=found.status,
            headers=titled,
            content=body,
            text=body.decode("utf-8", "replace"),
            reason="",
            url=url,
        )

    def close(self) -> None:
        """Leave the connection open: it is ours."""


def _why_not_made(server: Server, error: Any, path: str) -> str:
    status = getattr(error, "status", None)
    said = in_words(status) if isinstance(status, int) else type(error).__name__
    hint = (
        ": if a calendar was deleted there before, it may still be in the trash bin"
        if status in _NOT_MADE
        else ""
    )
    return f"{server.connection.origin}{path} cannot be made: {said}{hint}"
