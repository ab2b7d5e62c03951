"""The proxy between a client and a real server: what it passes on, what it loses, and what it says of both."""

import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException, IncompleteRead
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from briefingkit.testing.proxy import FaultyProxy, Instead, Mishap


class _Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    heard: list[tuple[str, bytes]]

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append((self.path, body))
        self.send_response(201)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as above
        pass


@pytest.fixture
def heard() -> list[tuple[str, bytes]]:
    return []


@pytest.fixture
def proxy(heard: list[tuple[str, bytes]]) -> Iterator[FaultyProxy]:
    handler = type("Echo", (_Echo,), {"heard": heard})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    with FaultyProxy(f"http://127.0.0.1:{server.server_address[1]}") as made:
        yield made
    server.shutdown()
    server.server_close()
    thread.join()


def _put(proxy: FaultyProxy, path: str = "/a") -> tuple[int, str | None, bytes]:
    connection = HTTPConnection(proxy.url.removeprefix("http://"), timeout=5)
    try:
        connection.request("PUT", path, b"words", {"X-Told": "yes"})
        answer = connection.getresponse()
        return answer.status, answer.headers["ETag"], answer.read()
    finally:
        connection.close()


def test_what_goes_well_passes_through_both_ways(proxy: FaultyProxy, heard: list[tuple[str, bytes]]) -> None:
    assert _put(proxy) == (201, '"1"', b"words")
    assert heard == [("/a", b"words")]
    (seen,) = proxy.requests
    assert (seen.method, seen.path, seen.body, seen.status) == ("PUT", "/a", b"words", 201)
    assert seen.headers["x-told"] == "yes"


@pytest.mark.parametrize(("mishap", "acts"), [(Mishap.LOST_REQUEST, False), (Mishap.LOST_ANSWER, True)])
def test_a_loss_is_a_reset_before_or_after_the_server_acts(
    proxy: FaultyProxy, heard: list[tuple[str, bytes]], mishap: Mishap, *, acts: bool
) -> None:
    proxy.fail(mishap, times=1)
    with pytest.raises((HTTPException, ConnectionError)):
        _put(proxy)
    assert bool(heard) is acts
    assert proxy.requests[0].status == 0
    assert _put(proxy)[0] == 201


def test_half_of_an_answer_is_half(proxy: FaultyProxy, heard: list[tuple[str, bytes]]) -> None:
    proxy.fail(Mishap.CUT_ANSWER, times=1)
    with pytest.raises((IncompleteRead, ConnectionError)):
        _put(proxy)
    assert len(heard) == 1


@pytest.mark.parametrize(("mishap", "acts"), [(Mishap.ANSWER, False), (Mishap.REPLACED, True)])
def test_it_may_answer_itself(
    proxy: FaultyProxy, heard: list[tuple[str, bytes]], mishap: Mishap, *, acts: bool
) -> None:
    proxy.fail(mishap, instead=Instead(507, {"ETag": "none"}, b"full"))
    assert _put(proxy) == (507, "none", b"full")
    assert bool(heard) is acts
    proxy.heal()
    assert _put(proxy)[0] == 201


def test_only_what_is_named_goes_wrong_and_so_often(proxy: FaultyProxy) -> None:
    proxy.fail(Mishap.ANSWER, method="DELETE")
    proxy.fail(Mishap.ANSWER, path="/b", times=2)
    with proxy.counted() as requests:
        assert [_put(proxy, path)[0] for path in ("/a", "/b", "/b", "/b")] == [201, 503, 503, 201]
    assert [each.path for each in requests] == ["/a", "/b", "/b", "/b"]


def test_an_answer_may_take_its_time(proxy: FaultyProxy) -> None:
    proxy.fail(Mishap.DELAY, seconds=0.1)
    started = time.monotonic()
    assert _put(proxy)[0] == 201
    assert time.monotonic() - started >= 0.1
