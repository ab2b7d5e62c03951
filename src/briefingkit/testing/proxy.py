"""A proxy on loopback that stands before a real HTTP server and makes its network as bad as a test wants it.

with FaultyProxy("http://127.0.0.1:5232") as proxy:
    proxy.fail(Mishap.LOST_ANSWER, method="PUT", times=1)
    ...                                    # talk to proxy.url
    assert [each.method for each in proxy.requests] == ["PUT", "PUT"]
"""

import struct
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import Enum, auto
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SO_LINGER, SOL_SOCKET
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from attrs import define, field, frozen

if TYPE_CHECKING:
    from ssl import SSLContext

__all__ = ["FaultyProxy", "Instead", "Mishap", "Seen"]

_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "host"})
_FOR_EVER = 10**9


class Mishap(Enum):
    """What may happen to a request."""

    LOST_REQUEST = auto()
    """The connection is reset before the server hears of it."""
    LOST_ANSWER = auto()
    """The server acts, and the connection is reset before its answer arrives."""
    CUT_ANSWER = auto()
    """The server acts, and half of its answer arrives."""
    ANSWER = auto()
    """The server does not hear of it; the proxy answers instead."""
    REPLACED = auto()
    """The server acts, and the proxy answers instead."""
    DELAY = auto()
    """The server acts, and its answer takes its time."""


@frozen
class Seen:
    """A request that came, with its headers in lower case, and the status that it was answered with, 0 for none."""

    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    status: int = 0


@frozen
class Instead:
    """An answer of the proxy's own."""

    status: int = 503
    headers: Mapping[str, str] = field(factory=dict)
    body: bytes = b""


@define
class _Plan:
    mishap: Mishap
    method: str | None
    path: str
    containing: bytes
    times: int
    instead: "Instead"
    seconds: float


class FaultyProxy:
    """Forwards what comes to `upstream`, an address without a path; tells what came in `requests`."""

    def __init__(self, upstream: str) -> None:
        parts = urlsplit(upstream)
        self.upstream = (parts.hostname or "127.0.0.1", parts.port or 80)
        self.requests: list[Seen] = []
        self.connections = 0
        self._scheme = "http"
        self._plans: list[_Plan] = []
        self._lock = threading.Lock()
        proxy = self

        class Handler(_Handler):
            owner = proxy

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """The address to talk to."""
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def secure(self, context: "SSLContext") -> None:
        """Speak TLS from now on, with the certificate in `context`."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._scheme = "https"

    def fail(
        self,
        mishap: Mishap,
        *,
        method: str | None = None,
        path: str = "",
        containing: bytes = b"",
        times: int = _FOR_EVER,
        instead: Instead | None = None,
        seconds: float = 0.0,
    ) -> None:
        """Let the next `times` requests go wrong, all of them or those that are named.

        They are named by their method, by a part of their path and by what their body contains.
        `instead` is what the proxy answers itself, 503 if nothing is said; `seconds` is how long a delay is.
        """
        plan = _Plan(mishap, method, path, containing, times, instead or Instead(), seconds)
        with self._lock:
            self._plans.append(plan)

    def heal(self) -> None:
        """Let everything go well again."""
        with self._lock:
            self._plans.clear()

    @contextmanager
    def counted(self) -> Iterator[list[Seen]]:
        """Gather the requests that come meanwhile."""
        start = len(self.requests)
        gathered: list[Seen] = []
        yield gathered
        gathered += self.requests[start:]

    def _mishap(self, method: str, path: str, body: bytes) -> _Plan | None:
        with self._lock:
            for plan in self._plans:
                named = plan.method in {None, method} and plan.path in path and plan.containing in body
                if named and plan.times > 0:
                    plan.times -= 1
                    return plan
        return None


class _Handler(BaseHTTPRequestHandler):
    """One connection of a client, with one of its own to the server."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    owner: FaultyProxy

    def setup(self) -> None:
        super().setup()
        self.owner.connections += 1
        self._upstream: HTTPConnection | None = None

    def finish(self) -> None:
        if self._upstream is not None:
            self._upstream.close()
        super().finish()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the standard library
        """Be quiet."""

    def handle_one_request(self) -> None:
        """Read a request, whatever its method, and forward it."""
        try:
            self.raw_requestline = self.rfile.readline(65_537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            self._forward(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
            self.wfile.flush()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def _forward(self, body: bytes) -> None:
        plan = self.owner._mishap(self.command, self.path, body)  # noqa: SLF001 - its own server
        mishap = plan.mishap if plan is not None else None
        headers = {name.lower(): value for name, value in self.headers.items()}

        def note(status: int) -> None:
            self.owner.requests.append(Seen(self.command, self.path, headers, body, status))

        if plan is None or mishap not in {Mishap.LOST_REQUEST, Mishap.ANSWER}:
            status, answered, content = self._ask_server(headers, body)
        else:
            status, answered, content = plan.instead.status, dict(plan.instead.headers), plan.instead.body
        if plan is not None and mishap is Mishap.REPLACED:
            status, answered, content = plan.instead.status, dict(plan.instead.headers), plan.instead.body
        if mishap in {Mishap.LOST_REQUEST, Mishap.LOST_ANSWER}:
            note(0)
            self._reset()
            return
        if plan is not None and mishap is Mishap.DELAY:
            time.sleep(plan.seconds)
        note(status)
        self._answer(status, answered, content, cut=mishap is Mishap.CUT_ANSWER)

    def _ask_server(self, headers: Mapping[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        passed = {name: value for name, value in headers.items() if name not in _HOP_BY_HOP}
        passed["host"] = headers.get("host", "127.0.0.1")
        for attempt in (1, 2):
            if self._upstream is None:
                self._upstream = HTTPConnection(*self.owner.upstream, timeout=30)
            try:
                self._upstream.request(self.command, self.path, body=body or None, headers=passed)
                answer = self._upstream.getresponse()
                content = answer.read()
            except (HTTPException, OSError):
                self._upstream.close()
                self._upstream = None
                if attempt == 2:  # noqa: PLR2004 - a server may hang up once, between two requests
                    raise
                continue
            found = {name: value for name, value in answer.getheaders() if name.lower() not in _HOP_BY_HOP}
            return answer.status, found, content
        raise ConnectionError

    def _answer(self, status: int, headers: Mapping[str, str], content: bytes, *, cut: bool) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status not in {204, 304}:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if cut else content)
        if cut:
            self.wfile.flush()
            self._reset()

    def _reset(self) -> None:
        """Hang up as a network does that breaks: with a reset, not in good order."""
        self.close_connection = True
        self.connection.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
