"""The line to a web API against servers at their worst: what was certainly not done is told from what may have been."""

import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from briefingkit.errors import IntegrationError
from briefingkit.web_api.line import Call, Line, Lost, Unreached

from ..servers import Authority, Script
from ..servers import Line as Talk

Play = Callable[[Callable[[Talk], None]], Script]


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line(connections=2, timeout=60)
    yield made
    made.close()


@pytest.fixture
def hasty_line() -> Iterator[Line]:
    made = Line(connections=2, timeout=1)
    yield made
    made.close()


def ask(line: Line, server: Script, scheme: str = "http") -> object:
    body = b'{"to":"person.1@city.example"}'
    return line.ask(
        Call("POST", f"{scheme}://127.0.0.1:{server.port}/send", {"Authorization": "Bearer s3cr3t"}, body)
    )


def hear_request(talk: Talk) -> list[str]:
    heard = []
    while word := talk.hear():
        heard.append(word)
    length = next(int(word.split(":")[1]) for word in heard if word.lower().startswith("content-length"))
    talk.file.read(length)
    return heard


def answer(talk: Talk, *lines: str) -> None:
    hear_request(talk)
    talk.say(*lines)


@pytest.mark.parametrize(
    "lines",
    [
        ("HTTP/1.1 200 OK", "Content-Length: 100", "", "half of it"),
        ("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "", "ff", "half of it"),
        ("HTTP/1.1 200 OK", "Content-Encoding: gzip", "Content-Length: 9", "", "no gzip"),
        ("220 mail.example ESMTP",),
        ("HTTP/1.1 two OK", ""),
        (),
    ],
    ids=["short", "chunk", "gzip", "smtp", "status", "nothing"],
)
def test_an_answer_that_is_none_leaves_doubt(line: Line, script: Play, lines: tuple[str, ...]) -> None:
    server = script(lambda talk: answer(talk, *lines))
    with pytest.raises(Lost) as caught:
        ask(line, server)
    assert "person.1" not in str(caught.value)
    assert not line.reached


def test_a_server_that_hangs_up_over_a_request_leaves_doubt(line: Line, script: Play) -> None:
    """A part of the request may have been enough for it."""

    def hang_up(talk: Talk) -> None:
        # Not before a word has come: the connection itself would fail then, and leave no doubt.
        talk.hear()
        talk.reset()

    with pytest.raises(Lost):
        ask(line, script(hang_up))


def test_a_server_that_never_answers_is_waited_for_so_long(hasty_line: Line, script: Play) -> None:
    def wait(talk: Talk) -> None:
        hear_request(talk)
        talk.hear()

    began = time.monotonic()
    with pytest.raises(Lost):
        ask(hasty_line, script(wait))
    assert time.monotonic() - began > 0.9


def test_an_answer_that_drips_is_not_waited_for_for_ever(hasty_line: Line, script: Play) -> None:
    """Each drop comes in time, and they go on for a minute if somebody is there to hear them."""

    def drip(talk: Talk) -> None:
        answer(talk, "HTTP/1.1 200 OK", "Content-Length: 1000", "")
        for _ in range(600):
            talk.connection.sendall(b"x")
            time.sleep(0.1)

    began = time.monotonic()
    with pytest.raises(Lost):
        ask(hasty_line, script(drip))
    assert time.monotonic() - began < 30


def test_an_answer_without_end_is_not_kept(line: Line, script: Play) -> None:
    def pour(talk: Talk) -> None:
        answer(talk, "HTTP/1.1 200 OK", "")
        while True:
            talk.connection.sendall(b"x" * 65536)

    with pytest.raises(Lost):
        ask(line, script(pour))


def test_a_connection_is_kept_and_used_again(line: Line, script: Play) -> None:
    def serve(talk: Talk) -> None:
        while True:
            answer(talk, "HTTP/1.1 200 OK", "Content-Length: 4", "Set-Cookie: a=b", "", "{}")

    server = script(serve)
    for _ in range(3):
        ask(line, server)
    assert server.connections == 1
    assert line.reached


def test_no_cookie_is_kept_and_no_password_of_the_house_is_told(
    line: Line, script: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password of-the-house\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    heard = list[list[str]]()

    def serve(talk: Talk) -> None:
        while True:
            heard.append(hear_request(talk))
            talk.say("HTTP/1.1 200 OK", "Content-Length: 4", "Set-Cookie: a=b; Path=/", "", "{}")

    server = script(serve)
    ask(line, server)
    ask(line, server)
    told = [word for words in heard for word in words if word.lower().startswith(("cookie", "authorization"))]
    assert told == ["Authorization: Bearer s3cr3t"] * 2


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://nobody.invalid/"])
def test_nobody_there_is_no_doubt(line: Line, url: str) -> None:
    with pytest.raises(Unreached, match="cannot be reached"):
        line.ask(Call("POST", url, {}, b"x"))


def test_an_earlier_fault_is_not_taken_for_this_one(line: Line, script: Play) -> None:
    """Whoever tries again does so while dealing with the first one."""
    server = script(answer)
    try:
        line.ask(Call("POST", "http://127.0.0.1:9/", {}, b"x"))
    except Unreached:
        with pytest.raises(Lost):
            ask(line, server)


def test_a_proxy_that_is_not_there_is_no_doubt(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with pytest.raises(Unreached):
        line.ask(Call("POST", "https://api.city.example/", {}, b"x"))


def test_a_certificate_that_nobody_signed_is_said_to_be_one(
    line: Line, script: Play, authority: Authority
) -> None:
    def shake(talk: Talk) -> None:
        with authority.context.wrap_socket(talk.connection, server_side=True):
            pass

    def serve(talk: Talk) -> None:
        try:
            shake(talk)
        except ssl.SSLError:
            return

    with pytest.raises(IntegrationError, match="certificate") as caught:
        ask(line, script(serve), "https")
    assert not isinstance(caught.value, Lost | Unreached)


def test_a_server_that_speaks_no_tls_leaves_no_key_with_it(line: Line, script: Play) -> None:
    heard = list[bytes]()

    def serve(talk: Talk) -> None:
        heard.append(talk.connection.recv(65536))
        talk.say("HTTP/1.1 400 Bad Request", "Content-Length: 0", "")

    with pytest.raises(IntegrationError):
        ask(line, script(serve), "https")
    assert b"s3cr3t" not in b"".join(heard)
