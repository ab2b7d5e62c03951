"""The line to a service's web API: one request, one answer, nothing repeated and no key told to anybody else.

What goes wrong is told apart by one question: can the service have acted on it? Whoever was never reached has not;
whoever was, and gave no answer, may have.
"""

import json
import ssl
import time
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from threading import Lock
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from briefingkit._version import __version__
from briefingkit.errors import IntegrationError, MissingExtra, Transient

if TYPE_CHECKING:
    import requests

__all__ = ["Call", "Garbled", "Line", "Lost", "Reply", "Unreached"]

_CHUNK = 64 << 10
_CONNECT = 15.0
"""Seconds to connect; a name server and a handshake may take some."""


class Unreached(Transient):
    """Nobody was there, so nothing was done."""


class Lost(Transient):
    """The request was let go, and what came back is no answer: nobody knows."""


class Garbled(ValueError):
    """An answer that cannot be read as what it should be."""


@frozen
class Call:
    """One request. Its headers hold a key, and its body people's data: neither is shown."""

    method: str
    url: str
    headers: Mapping[str, str] = field(factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    query: Mapping[str, str] = field(factory=dict, repr=False)

    @classmethod
    def of_json(
        cls,
        method: str,
        url: str,
        headers: Mapping[str, str],
        value: Any,
        query: Mapping[str, str] | None = None,
    ) -> "Call":
        """Write a value as JSON (RFC 8259)."""
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        told = {**headers, "Content-Type": "application/json", "Accept": "application/json"}
        return cls(method, url, told, body, query or {})


@frozen
class Reply:
    """An answer; the names of its headers are in small letters."""

    status: int
    headers: Mapping[str, str] = field(factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    @property
    def succeeded(self) -> bool:
        """Whether the status is one of success (RFC 9110 section 15.3)."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    def json(self) -> Any:
        """Read the body. Garbled for a page to sign in to a network, a part of an answer, nothing at all."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise Garbled("no JSON") from error

    def fields(self) -> Mapping[str, Any]:
        """Read the body as an object; an empty one for anything else."""
        try:
            value = self.json()
        except Garbled:
            return {}
        return value if isinstance(value, dict) else {}


class Line:
    """Connections to one service, opened when they are needed; up to `connections` calls may be made at once.

    `timeout` is the seconds for one call, `largest` how many octets of an answer are read. `reached` says that the
    service was there when it was last asked.
    """

    def __init__(self, *, connections: int, timeout: float, largest: int = 4 << 20) -> None:
        self.connections = connections
        self.timeout = timeout
        self.largest = largest
        self.reached = False
        self._session: requests.Session | None = None
        self._lock = Lock()

    def knock(self, url: str) -> None:
        """Find out whether the service is there at all, unless that is known; whatever it answers will do.

        Raises Transient where it cannot be reached, IntegrationError where it is not who it says.
        """
        if not self.reached:
            self.ask(Call("GET", url))
            self.reached = True

    def ask(self, call: Call) -> Reply:
        """Make a call, once. Raises Unreached, Lost, and IntegrationError for a certificate that nobody signed."""
        session = self._opened()
        import requests
        from urllib3.exceptions import HTTPError

        try:
            with session.request(
                call.method,
                call.url,
                params=dict(call.query) or None,
                data=call.body or None,
                headers=dict(call.headers),
                timeout=(min(self.timeout, _CONNECT), self.timeout),
                allow_redirects=False,
                stream=True,
            ) as answer:
                body = self._read(answer.raw)
                headers = {name.lower(): value for name, value in answer.headers.items()}
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            # Not `from` the error: its words hold the address, and that may hold a recipient.
            self.reached = False
            raise _told(error) from None
        self.reached = True
        return Reply(answer.status_code, headers, body)

    def _read(self, raw: Any) -> bytes:
        """Read a body, neither without end nor for ever: each octet may come just in time for the time-out."""
        end, octets = time.monotonic() + self.timeout, bytearray()
        while chunk := raw.read1(_CHUNK, decode_content=True):
            octets += chunk
            if len(octets) > self.largest or time.monotonic() > end:
                raise OSError("an answer without end")
        return bytes(octets)

    def close(self) -> None:
        """Give connections back."""
        with self._lock:
            if self._session is not None:
                self._session.close()
            self._session, self.reached = None, False

    def _opened(self) -> "requests.Session":
        with self._lock:
            if self._session is None:
                self._session = _session(self.connections)
            return self._session


def _session(connections: int) -> "requests.Session":
    try:
        import requests
        from requests.adapters import HTTPAdapter
    except ModuleNotFoundError as error:
        raise MissingExtra(
            "web APIs need the package requests, which is not installed: pip install requests"
        ) from error

    session = requests.Session()
    # Proxies come from the environment, but no name and password from ~/.netrc in place of our key.
    session.auth = _as_it_is
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    session.headers["User-Agent"] = f"briefingkit/{__version__}"
    adapter = HTTPAdapter(pool_connections=2, pool_maxsize=connections, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _as_it_is(request: "requests.PreparedRequest") -> "requests.PreparedRequest":
    return request


def _told(error: Exception) -> IntegrationError:
    """Say what an error of the library means for us."""
    import requests
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

    causes = list(_causes(error))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return IntegrationError(
            "the service's certificate is not to be trusted: look at base_url, the clock of this machine, and whether "
            "a proxy stands between (REQUESTS_CA_BUNDLE names authorities to trust)"
        )
    unreached = (
        requests.exceptions.ConnectTimeout,
        requests.exceptions.ProxyError,
        NewConnectionError,
        ConnectTimeoutError,
    )
    if any(isinstance(cause, unreached) for cause in causes):
        return Unreached("the service cannot be reached")
    invalid = (
        requests.exceptions.InvalidURL,
        requests.exceptions.InvalidHeader,
        requests.exceptions.MissingSchema,
    )
    if isinstance(error, invalid):
        return IntegrationError("a request cannot be written: look at base_url and the key")
    return Lost("no answer came")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Give an error, and what it was raised for; not what was being dealt with then, which may be an earlier call."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [one.__cause__, getattr(one, "reason", None), *one.args]
