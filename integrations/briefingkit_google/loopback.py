"""Where Google's page sends the browser back to: a port of this machine, which waits for one answer (RFC 8252).

It listens on the loopback address and not on the name `localhost`, which could lead elsewhere (section 8.3). An answer
is one that carries our state; whatever else comes by is told so, and waited past.
"""

import hmac
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from briefingkit.errors import IntegrationError

__all__ = ["Server", "waiting"]

_HOST = "127.0.0.1"


class Server(ThreadingHTTPServer):
    """Waits on the loopback for one answer; browsers open connections that they never use, hence the threads."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = os.name == "posix"  # elsewhere it would let two servers have one port

    def __init__(self, port: int, state: str) -> None:
        self.state = state
        self.answers: SimpleQueue[Mapping[str, str]] = SimpleQueue()
        super().__init__((_HOST, port), _Handler)

    @property
    def address(self) -> str:
        """Where the answer is waited for: the `redirect_uri`."""
        return f"http://{_HOST}:{self.server_port}/"

    def handle_error(self, request: object, client_address: object) -> None:
        """Write nothing: a browser that goes away is no error, and a traceback could hold the code."""


class _Handler(BaseHTTPRequestHandler):
    """Takes what carries our state for the answer, and says so to the person who looks at it."""

    server: Server
    timeout = 10

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path != "/":
            self._say(HTTPStatus.NOT_FOUND, "There is nothing here.")
        elif not hmac.compare_digest(query.get("state", "").encode(), self.server.state.encode()):
            self._say(
                HTTPStatus.BAD_REQUEST,
                "This does not belong to the sign-in that is waiting. Begin again there.",
            )
        else:
            try:
                self._say(HTTPStatus.OK, _CONSENTED if "code" in query else _NOT_CONSENTED)
            finally:  # whoever closes the page at once has answered all the same
                self.server.answers.put(query)

    def _say(self, status: HTTPStatus, words: str) -> None:
        page = _PAGE.format(words=words).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Length": str(len(page)),
            "Cache-Control": "no-store",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
            "Referrer-Policy": "no-referrer",
            "Connection": "close",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page)

    def version_string(self) -> str:
        """Say nothing of what answers."""
        return "briefingkit"

    def log_message(self, *_: object) -> None:
        """Write nothing: the address holds the code."""


_CONSENTED = "You have consented. The rest happens in the terminal: go back there, and close this page."
_NOT_CONSENTED = (
    "There was no consent, and nothing was written. Go back to the terminal, and close this page."
)
_PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>briefingkit</title>'
    '<body style="font:1.2rem/1.5 sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem"><p>{words}</p>'
)


@contextmanager
def waiting(port: int, state: str) -> Iterator[Server]:
    """Wait on a port of the loopback, 0 for any that is free, while the block runs; IntegrationError if it is taken."""
    try:
        server = Server(port, state)
    except OSError as error:
        raise IntegrationError(
            f"port {port} cannot be waited on ({error.strerror}): choose another, --port"
        ) from None
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
