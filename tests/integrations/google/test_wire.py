"""The wire to Google: nothing is sent twice behind our back, and no late answer is taken for another's."""

import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from google.auth.credentials import AnonymousCredentials

from briefingkit_google.transport import Transport


class Wall:
    """A server of one's own: each connection is answered by what stands in `script`, request by request."""

    def __init__(self, *script: Callable[[socket.socket], None]) -> None:
        self.script = list(script)
        self.requests: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/"
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while self.script:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                while self.script:
                    request = _received(connection)
                    if not request:
                        break
                    self.requests.append(request)
                    self.script.pop(0)(connection)

    def close(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self.thread.join(5)


def _received(peer: socket.socket) -> bytes:
    """Read a request; nothing where the client is gone, whichever way it went."""
    try:
        return peer.recv(65536)
    except OSError:
        return b""


def says(text: str) -> Callable[[socket.socket], None]:
    content = text.encode()
    return lambda peer: peer.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(content), content)
    )


def hangs_up(peer: socket.socket) -> None:
    peer.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def wall() -> Iterator[Callable[..., Wall]]:
    walls: list[Wall] = []

    def build(*script: Callable[[socket.socket], None]) -> Wall:
        walls.append(Wall(*script))
        return walls[-1]

    yield build
    for each in walls:
        each.close()


@pytest.fixture
def wire() -> Iterator[Transport]:
    made = Transport(AnonymousCredentials(), timeout=10, agent="briefingkit/test")
    yield made
    made.close()


def test_a_request_whose_connection_ends_is_not_sent_again(
    wall: Callable[..., Wall], wire: Transport
) -> None:
    server = wall(hangs_up, says("again"))
    with pytest.raises(OSError, match="before an answer came"):
        wire.request(server.url, method="POST", body="make a calendar")
    assert len(server.requests) == 1


def test_a_connection_that_ended_while_idle_is_an_error_and_the_next_request_has_a_new_one(
    wall: Callable[..., Wall], wire: Transport
) -> None:
    server = wall(says("first"), hangs_up, says("third"))
    assert wire.request(server.url)[1] == b"first"
    with pytest.raises(OSError, match="before an answer came"):
        wire.request(server.url, method="POST", body="x")
    assert wire.request(server.url)[1] == b"third"
    assert len(server.requests) == 3


def test_an_answer_that_comes_too_late_is_nobodys(wall: Callable[..., Wall]) -> None:
    release = threading.Event()

    def late(peer: socket.socket) -> None:
        release.wait(5)
        says("to the first")(peer)

    server = wall(late, says("to the second"))
    hasty = Transport(AnonymousCredentials(), timeout=0.5, agent="briefingkit/test")
    with pytest.raises(TimeoutError):
        hasty.request(server.url)
    release.set()
    assert hasty.request(server.url)[1] == b"to the second"
    hasty.close()


def test_a_page_of_like_events_may_be_packed_very_well(wall: Callable[..., Wall], wire: Transport) -> None:
    page = b" " * (16 << 20)
    packed = gzip.compress(page)

    def sends(peer: socket.socket) -> None:
        peer.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed
        )

    assert wire.request(wall(sends).url)[1] == page


def test_connections_are_kept(wall: Callable[..., Wall], wire: Transport) -> None:
    server = wall(says("one"), says("two"), says("three"))
    assert [wire.request(server.url)[1] for _ in range(3)] == [b"one", b"two", b"three"]


def test_the_clock_is_held_against_each_answer(wall: Callable[..., Wall], wire: Transport) -> None:
    def dated(peer: socket.socket) -> None:
        peer.sendall(b"HTTP/1.1 200 OK\r\nDate: Tue, 24 Nov 1998 03:00:00 GMT\r\nContent-Length: 0\r\n\r\n")

    assert wire.skew is None
    wire.request(wall(dated).url)
    assert wire.skew is not None
    assert wire.skew > 60
