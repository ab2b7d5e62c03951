"""The HTTP server: threads, HTTP/1.1 with connections kept, no Nagle, and connections that can be broken on purpose."""

import socket
import socketserver
import struct
import sys
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any

from attrs import field, frozen

__all__ = ["Broken", "Reply", "Server"]

_LONGEST = 32 * 1024 * 1024
_NO_LINGER = struct.pack("ii", 1, 0)


class Broken(Exception):
    """No answer: the connection is reset."""


@frozen
class Reply:
    """What goes back over the wire. `keep` is how many bytes of the body are sent before the connection ends."""

    status: int
    headers: Mapping[str, str] = field(factory=dict)
    body: bytes = b""
    keep: int | None = None


Answering = Callable[[str, str, dict[str, str], bytes], Reply]
"""Answer a verb, a target, headers (names in small letters) and a body. Raises Broken to answer nothing."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "Server"

    def _answer(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self._read_body(headers)
        try:
            reply = self.server.answering(self.command, self.path, headers, body)
        except Broken:
            self._reset()
            return
        kept = reply.body if reply.keep is None else reply.body[: reply.keep]
        self.close_connection = self.close_connection or reply.keep is not None
        head = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
        head += [f"{name}: {value}" for name, value in reply.headers.items()]
        if reply.status not in {204, 304}:
            head.append(f"Content-Length: {len(reply.body)}")
        self.wfile.write("\r\n".join([*head, "", ""]).encode("latin-1") + kept)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - names of the standard library

    def _read_body(self, headers: Mapping[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return self._read_chunks()
        length = int(headers.get("content-length") or 0)
        return self.rfile.read(min(length, _LONGEST)) if length else b""

    def _read_chunks(self) -> bytes:
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(chunks)

    def _reset(self) -> None:
        """End the connection so that the client sees a reset and no orderly close."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self.server.forget(self.connection)
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the standard library's name
        """Say nothing: the double keeps its own record."""


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Listens on a free port of the loopback address until it is closed; each connection has a thread."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, answering: Answering) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answering = answering
        self.faults: list[BaseException] = []
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._closing = False
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The port it listens on."""
        port: int = self.socket.getsockname()[1]
        return port

    def _accept(self) -> None:
        """Take connections until closed; unlike `serve_forever` without polling, so that tests end at once."""
        while True:
            try:
                connection, address = self.get_request()
            except OSError:
                continue  # the client was gone before it was taken
            if self._closing:
                self.shutdown_request(connection)
                return
            self.process_request(connection, address)

    def get_request(self) -> tuple[socket.socket, Any]:
        """Take a connection, and remember it so that it can be ended."""
        connection, address = super().get_request()
        with self._lock:
            self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        """Close a connection, as long as it is open."""
        self.forget(request)
        super().shutdown_request(request)

    def forget(self, connection: socket.socket) -> None:
        """Stop watching over a connection."""
        with self._lock:
            self._open.discard(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the standard library's names
        """Keep an error that is the server's own; a client that went away is none."""
        fault = sys.exception()
        if fault is not None and not isinstance(fault, OSError):
            self.faults.append(fault)

    def close(self) -> None:
        """Stop, and end every connection that is open; a second time nothing is left to do."""
        if self._closing:
            return
        self._closing = True
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._thread.join()
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the client was quicker
        self.server_close()
