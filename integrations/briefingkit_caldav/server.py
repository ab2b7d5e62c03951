"""What is asked of a server, request by request, each with patience: RFC 4791, RFC 6578 and RFC 4918 in plain calls."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Final, TypeVar

from attrs import evolve, field, frozen

from briefingkit.errors import IntegrationError
from briefingkit.retry import retrying
from briefingkit_caldav.connection import Answer, Connection, read_all
from briefingkit_caldav.faults import GONE, Gone, Lost, Unreadable, in_words
from briefingkit_caldav.multistatus import CALDAV, DAV, Found, precondition_of, read_multistatus

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from briefingkit_caldav.settings import CalDAV

__all__ = ["Changes", "Server", "Stored"]

T = TypeVar("T")

_HEAD: Final = '<?xml version="1.0" encoding="utf-8"?>\n'
_SPACES: Final = (
    'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" '
    'xmlns:A="http://apple.com/ns/ical/" xmlns:S="http://calendarserver.org/ns/"'
)
_XML: Final = {"Content-Type": "application/xml; charset=utf-8"}
_ICS: Final = {"Content-Type": "text/calendar; charset=utf-8"}
_AT_ONCE: Final = 50
"""Events in one multiget: some servers refuse more than a hundred (Cyrus), and the answers stay small."""
_MOST_PAGES: Final = 10_000
_MULTISTATUS: Final = 207
_TRUNCATED: Final = 507
_BROKEN: Final = frozenset({500, 502, 504})
_OF_NO_USE: Final = frozenset({400, 403, 404, 409, 410, 412, 500})
"""What servers say of a token that they do not know any more: RFC 6578 section 3.2 says 403 or 409, Google 410,
Xandikos 412 for one that was and 500 for one that never was (caldav's compatibility hints)."""
_UNKNOWN_REPORT: Final = frozenset({400, 403, 405, 415, 501})


@frozen
class Changes:
    """What stands in a collection, or what has changed there since a token: ETags by path, None for what is gone."""

    etags: Mapping[str, str | None]
    token: str | None
    whole: bool


@frozen
class Stored:
    """A calendar object resource as it is stored."""

    path: str
    etag: str | None
    text: str = field(repr=False)
    schedule_tag: str | None = None


class Server:
    """A server, and the one connection to it. Use it in a `with` statement."""

    def __init__(self, settings: "CalDAV") -> None:
        self.settings = settings
        self.connection = Connection(settings)
        self.recognised: str | None = None

    def __enter__(self) -> "Self":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: "TracebackType | None"
    ) -> None:
        self.connection.close()

    # Any request

    def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        receive: Callable[[Iterator[bytes]], T],
        patient: bool = True,
    ) -> tuple[Answer, T | None]:
        """Send a request until it is answered; a server error is tried again too, unless not `patient`.

        Whatever is sent can be sent twice: it changes nothing, or carries a precondition. Raises what
        `Connection.send` raises; Lost where patience ends and any attempt may have been heard.
        """
        lost = False

        def attempt() -> tuple[Answer, T | None]:
            nonlocal lost
            try:
                answer, received = self.connection.send(
                    method, path, headers=headers, body=body, receive=receive
                )
            except Lost:
                lost = True
                raise
            if answer.status in _BROKEN and patient:
                lost = True
                raise Lost(f"{self.connection.origin}: the server failed ({answer.status})")
            return answer, received

        try:
            answer, received = retrying(attempt, patience=self.settings.waits, sleep=self.settings.sleep)
        except Lost:
            raise
        except IntegrationError as error:
            if lost:
                raise Lost(str(error)) from None
            raise
        return evolve(answer, in_doubt=lost), received

    def call(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """Send a request and read the answer whole, whatever its status."""
        answer, received = self.ask(method, path, headers=headers, body=body, receive=read_all)
        return answer if received is None else evolve(answer, body=received)

    # Properties

    def properties(self, path: str, names: Sequence[str], *, depth: int = 0) -> list[Found]:
        """Ask for properties by their prefixed names, `D:displayname`. Gone where there is nothing."""
        asked = "".join(f"<{name}/>" for name in names)
        body = f"{_HEAD}<D:propfind {_SPACES}><D:prop>{asked}</D:prop></D:propfind>".encode()
        headers = {**_XML, "Depth": str(depth)}
        answer, found = self.ask("PROPFIND", path, headers=headers, body=body, receive=_read_list)
        if found is None:
            raise self._failed(answer)
        return found

    # What stands in a collection

    def changes(self, collection: str, token: str | None) -> Changes | None:
        """Ask what changed since a token, or with None for all (RFC 6578); None where that cannot be answered.

        An answer that the server cuts short is asked for further on.
        """
        etags: dict[str, str | None] = {}
        going_on = token
        for _ in range(_MOST_PAGES):
            page = self._sync_page(collection, going_on, etags, first=going_on == token)
            if page is None:
                return None
            more, following = page
            if not more or following == going_on:
                return Changes(etags, following, whole=token is None)
            going_on = following
        raise Unreadable("the server never comes to an end of what has changed")

    def _sync_page(
        self, collection: str, token: str | None, etags: dict[str, str | None], *, first: bool
    ) -> tuple[bool, str | None] | None:
        body = (
            f"{_HEAD}<D:sync-collection {_SPACES}><D:sync-token>{escape(token or '')}</D:sync-token>"
            "<D:sync-level>1</D:sync-level><D:prop><D:getetag/></D:prop></D:sync-collection>"
        ).encode()
        following: str | None = None
        more = False

        def receive(chunks: Iterator[bytes]) -> bool:
            nonlocal following, more
            following, more = None, False
            for found in read_multistatus(chunks):
                if found.sync_token is not None:
                    following = found.sync_token
                elif found.path.rstrip("/") == collection.rstrip("/"):
                    more = more or found.status == _TRUNCATED
                elif found.status in GONE:
                    etags[found.path] = None
                else:
                    etags[found.path] = found.text(f"{DAV}getetag") or ""
            return True

        headers = {**_XML, "Depth": "0"}
        answer, received = self.ask(
            "REPORT", collection, headers=headers, body=body, receive=receive, patient=not first or not token
        )
        if received is not None:
            return more, following
        refused = _OF_NO_USE if token else _UNKNOWN_REPORT
        if answer.status in refused:
            return None
        raise self._failed(answer)

    def listing(self, collection: str) -> Changes:
        """Ask for the ETags of everything, where a server cannot tell what changed."""
        etags: dict[str, str | None] = {}

        def receive(chunks: Iterator[bytes]) -> bool:
            etags.clear()
            for found in read_multistatus(chunks):
                if found.path.rstrip("/") != collection.rstrip("/"):
                    etags[found.path] = found.text(f"{DAV}getetag") or ""
            return True

        body = f"{_HEAD}<D:propfind {_SPACES}><D:prop><D:getetag/></D:prop></D:propfind>".encode()
        answer, received = self.ask(
            "PROPFIND", collection, headers={**_XML, "Depth": "1"}, body=body, receive=receive
        )
        if received is None:
            raise self._failed(answer)
        return Changes(etags, None, whole=True)

    # Events

    def multiget(self, collection: str, paths: Sequence[str]) -> Iterator[Stored]:
        """Fetch events by their paths (RFC 4791 section 7.9), some at a time; what is not there is left out."""
        for start in range(0, len(paths), _AT_ONCE):
            some = paths[start : start + _AT_ONCE]
            try:
                yield from self._multiget(collection, some)
            except Unreadable:
                # One that XML cannot hold spoils the answer for all; alone, each is told as it is.
                yield from (stored for path in some if (stored := self.get(path)) is not None)

    def _multiget(self, collection: str, paths: Sequence[str]) -> list[Stored]:
        hrefs = "".join(f"<D:href>{escape(path)}</D:href>" for path in paths)
        body = (
            f"{_HEAD}<C:calendar-multiget {_SPACES}><D:prop><D:getetag/><C:schedule-tag/><C:calendar-data/></D:prop>"
            f"{hrefs}</C:calendar-multiget>"
        ).encode()

        def receive(chunks: Iterator[bytes]) -> list[Stored]:
            return [
                Stored(found.path, found.text(f"{DAV}getetag"), text, found.text(f"{CALDAV}schedule-tag"))
                for found in read_multistatus(chunks)
                if (text := found.text(f"{CALDAV}calendar-data"))
            ]

        answer, received = self.ask("REPORT", collection, headers=_XML, body=body, receive=receive)
        if received is None:
            raise self._failed(answer)
        return received

    def get(self, path: str) -> Stored | None:
        """Fetch one event; None where there is none."""
        answer = self.call("GET", path, {})
        if answer.status in GONE:
            return None
        if not answer.succeeded:
            raise self._failed(answer)
        text = answer.body.decode("utf-8", "replace")
        return Stored(path, answer.headers.get("etag"), text, answer.headers.get("schedule-tag"))

    def with_uid(self, collection: str, uid: str) -> list[str]:
        """Find where an event with this UID stands (RFC 4791 section 7.8.6)."""
        body = (
            f"{_HEAD}<C:calendar-query {_SPACES}><D:prop><D:getetag/></D:prop><C:filter>"
            '<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:prop-filter name="UID">'
            f'<C:text-match collation="i;octet">{escape(uid)}</C:text-match>'
            "</C:prop-filter></C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"
        ).encode()
        headers = {**_XML, "Depth": "1"}
        answer, found = self.ask("REPORT", collection, headers=headers, body=body, receive=_read_list)
        if found is None:
            raise self._failed(answer)
        return [each.path for each in found if each.path]

    def put(self, path: str, content: bytes, precondition: Mapping[str, str]) -> Answer:
        """Write an event under a precondition; the answer says what became of it."""
        return self.call("PUT", path, {**_ICS, **precondition}, content)

    def delete(self, path: str, precondition: Mapping[str, str]) -> Answer:
        """Take something away under a precondition."""
        return self.call("DELETE", path, precondition)

    def proppatch(
        self, path: str, values: Mapping[str, str | None], *, raw: Mapping[str, str] | None = None
    ) -> Answer:
        """Set properties, or remove those that are None (RFC 4918 section 9.2); `raw` are some whose values are XML."""
        given = "".join(
            f"<{name}>{escape(value)}</{name}>" for name, value in values.items() if value is not None
        ) + "".join(f"<{name}>{value}</{name}>" for name, value in (raw or {}).items())
        gone = "".join(f"<{name}/>" for name, value in values.items() if value is None)
        parts = (f"<D:set><D:prop>{given}</D:prop></D:set>" if given else "") + (
            f"<D:remove><D:prop>{gone}</D:prop></D:remove>" if gone else ""
        )
        body = f"{_HEAD}<D:propertyupdate {_SPACES}>{parts}</D:propertyupdate>".encode()
        return self.call("PROPPATCH", path, _XML, body)

    def _failed(self, answer: Answer) -> IntegrationError:
        """Make an error of an answer that leaves nothing to go on with."""
        where = f"{self.connection.origin}{answer.path}"
        if answer.status in GONE:
            return Gone(f"{where} is not there ({answer.status})")
        return IntegrationError(f"{where}: {in_words(answer.status, precondition_of(answer.body))}")


def _read_list(chunks: Iterator[bytes]) -> list[Found]:
    return [found for found in read_multistatus(chunks) if found.sync_token is None]
