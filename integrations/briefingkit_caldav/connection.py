"""One connection to one server, kept open: who we are is told to that server alone, whatever it says.

`http.client` is used for what happens at every run: it loads four times as fast as any other client, and sends no
header that was not asked for. docs/decisions/0022 has the measurements.
"""

import os
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urljoin, urlsplit

from attrs import evolve, field, frozen

from briefingkit import __version__
from briefingkit.errors import IntegrationError
from briefingkit_caldav.faults import Busy, Lost, NoEntry, Unreachable, retry_after
from briefingkit_caldav.hrefs import origin_of, path_of

if TYPE_CHECKING:
    from briefingkit_caldav.settings import CalDAV

__all__ = ["Answer", "Connection", "read_all"]

T = TypeVar("T")

_REDIRECTS: Final = frozenset({301, 302, 307, 308})
_MOST_REDIRECTS: Final = 5
_CHUNK: Final = 1 << 16
_MOST: Final = 64 << 20
"""Octets of an answer that is read as a whole."""
_BUSY: Final = frozenset({429, 503})
_BROKEN: Final = frozenset({500, 502, 504})


@frozen
class Answer:
    """What a server answered: its headers have names in lower case, `path` is where it was found in the end.

    `in_doubt`: an earlier attempt at the same was lost, so that what stands there now may be our own doing.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    path: str
    in_doubt: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether the status is one of success (RFC 9110 section 15.3)."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def etag(self) -> str | None:
        """The strong ETag, which says that what was sent was stored as it is (RFC 4791 section 5.3.4)."""
        etag = self.headers.get("etag")
        return etag if etag and not etag.startswith("W/") else None


def read_all(chunks: Iterator[bytes]) -> bytes:
    """Read an answer whole. IntegrationError for one that has no end."""
    read, size = [], 0
    for chunk in chunks:
        size += len(chunk)
        if size > _MOST:
            raise IntegrationError("the server's answer is larger than any calendar's")
        read.append(chunk)
    return b"".join(read)


class Connection:
    """Sends requests, one after the other. Not for several threads.

    `meanwhile` is called once a request is sent, while the server is at work on it; it must raise nothing.
    """

    def __init__(self, settings: "CalDAV") -> None:
        self._scheme, self._host, self._port = origin_of(settings.url)
        self._authorization = _authorization(settings)
        self._timeout = settings.timeout
        self._settings = settings
        self._http: HTTPConnection | None = None
        self.requests = 0
        self.headers: Mapping[str, str] = {}
        self.meanwhile: Callable[[], None] = lambda: None

    @property
    def origin(self) -> str:
        """The server as an address without a path."""
        return f"{self._scheme}://{self._host}{'' if self._port in (80, 443) else f':{self._port}'}"

    def close(self) -> None:
        """Hang up."""
        if self._http is not None:
            self._http.close()
            self._http = None

    def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        receive: Callable[[Iterator[bytes]], T],
    ) -> tuple[Answer, T | None]:
        """Send one request, follow it where the same server sends it, and read its answer.

        An answer of 2xx goes through `receive`, any other is the Answer's body. Raises Busy, Unreachable and Lost,
        after which it may be tried again, NoEntry for 401, and IntegrationError for a certificate that is not good
        and a redirect to another server.
        """
        for _ in range(_MOST_REDIRECTS):
            response = self._exchange(method, path, headers or {}, body)
            try:
                found = {name.lower(): value for name, value in response.getheaders()}
                if response.status in _REDIRECTS and "location" in found:
                    read_all(_chunks(response))
                    path = self._follow(path, found["location"])
                    continue
                return self._received(response, found, path, receive)
            except (HTTPException, OSError) as error:
                self.close()
                raise Lost(f"{self.origin}: the answer broke off ({_kind(error)})") from None
            finally:
                if response.will_close or not response.isclosed():
                    self.close()
        raise IntegrationError(f"{self.origin} sends us in a circle: give the address of the calendar itself")

    def _received(
        self,
        response: HTTPResponse,
        headers: dict[str, str],
        path: str,
        receive: Callable[[Iterator[bytes]], T],
    ) -> tuple[Answer, T | None]:
        self.headers = headers
        status = response.status
        answer = Answer(status, headers, b"", path)
        if answer.succeeded:
            return answer, receive(_chunks(response))
        body = read_all(_chunks(response))
        if status in _BUSY:
            wait = retry_after(headers.get("retry-after"))
            raise Busy(f"{self.origin} is busy ({status})", retry_after=wait)
        if status == HTTPStatus.UNAUTHORIZED:
            raise NoEntry(self._no_entry(headers.get("www-authenticate", "")))
        return evolve(answer, body=body), None

    def _exchange(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> HTTPResponse:
        fresh = self._http is None
        http = self._connected()
        self.requests += 1
        try:
            http.request(method, path, body=body or None, headers={**self._own_headers(), **headers})
            self.meanwhile()
            return http.getresponse()
        except (HTTPException, OSError) as error:
            self.close()
            if not fresh and isinstance(error, ConnectionError):
                # A server may hang up on a connection that was idle at any time; what was asked may have come too late
                # or just in time, so this is no more certain than any other silence.
                raise Lost(f"{self.origin} hung up", retry_after=0.0) from None
            raise Lost(f"{self.origin} did not answer ({_kind(error)})") from None

    def _connected(self) -> HTTPConnection:
        if self._http is not None:
            return self._http
        http = self._opened()
        try:
            http.connect()
        except ssl.SSLCertVerificationError as error:
            raise IntegrationError(
                f"{self.origin} has a certificate that is not good ({error.verify_message}): "
                "name its authority as `ca_file`, or renew it"
            ) from None
        except (HTTPException, OSError) as error:
            http.close()
            raise Unreachable(f"{self.origin} cannot be reached ({_kind(error)})") from None
        self._http = http
        return http

    def _opened(self) -> HTTPConnection:
        if self._scheme == "http":
            return HTTPConnection(self._host, self._port, timeout=self._timeout)
        proxy = _proxy(self._host)
        host, port = (self._host, self._port) if proxy is None else proxy
        http = HTTPSConnection(host, port, timeout=self._timeout, context=self._tls())
        if proxy is not None:
            http.set_tunnel(self._host, self._port)
        return http

    def _tls(self) -> ssl.SSLContext:
        settings = self._settings
        try:
            file = None if settings.ca_file is None else str(settings.base / settings.ca_file)
            context = ssl.create_default_context(cafile=file)
        except (OSError, ssl.SSLError) as error:
            raise IntegrationError(
                f"the authorities in {settings.ca_file} cannot be read: {_kind(error)}"
            ) from None
        if not settings.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def _own_headers(self) -> dict[str, str]:
        told = {"User-Agent": f"briefingkit/{__version__}", "Accept-Encoding": "identity"}
        return told if self._authorization is None else {**told, "Authorization": self._authorization}

    def _follow(self, path: str, location: str) -> str:
        """Go where the same server sends us; from http to https, and never the other way, nor to another."""
        target = urljoin(f"{self.origin}{path}", location)
        scheme, host, port = origin_of(target)
        if host.lower() != self._host.lower() or (scheme == "http" and self._scheme == "https"):
            shown = f"{scheme}://{host}{urlsplit(target).path}"
            raise IntegrationError(
                f"{self.origin} sends us to {shown[:200]}, another server, which is not told our password: "
                "if it is yours, give that address as `url`"
            )
        if (scheme, port) != (self._scheme, self._port):
            if (self._scheme, scheme) != ("http", "https"):
                raise IntegrationError(
                    f"{self.origin} sends us to its port {port}: give that address as `url`"
                )
            self.close()
            self._scheme, self._port = scheme, port
        return path_of(target)

    def _no_entry(self, asked: str) -> str:
        if asked.lower().startswith("digest") and "basic" not in asked.lower():
            return f"{self.origin} asks for digest authentication, which is not there: let it take basic, over https"
        if self._authorization is None:
            return f"{self.origin} asks who we are: give `username` and `password`, or `token`"
        if self._settings.token is not None:
            return f"{self.origin} does not take the token (401): get a new one"
        return (
            f"{self.origin} does not know this username and password (401): "
            "where there is a second factor, make an app password"
        )


def _authorization(settings: "CalDAV") -> str | None:
    if settings.token is not None:
        return f"Bearer {settings.token}"
    if settings.username is None:
        return None
    pair = f"{settings.username}:{settings.password}".encode()
    return f"Basic {b64encode(pair).decode()}"


def _chunks(response: HTTPResponse) -> Iterator[bytes]:
    while chunk := response.read(_CHUNK):
        yield chunk


def _kind(error: Exception) -> str:
    """Name a fault without its arguments, which may quote what was sent."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__


def _proxy(host: str) -> tuple[str, int] | None:
    """Read the usual variables for a proxy; names in `no_proxy` are reached directly, with all below them."""
    given = os.environ.get("https_proxy") or os.environ.get("HTTPS_PROXY")
    without = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    names = [name.strip().lstrip(".").lower() for name in without.split(",") if name.strip()]
    if not given or any(name == "*" or f".{host.lower()}".endswith(f".{name}") for name in names):
        return None
    _, proxy, port = origin_of(given if "://" in given else f"http://{given}")
    return (proxy, port) if proxy else None
