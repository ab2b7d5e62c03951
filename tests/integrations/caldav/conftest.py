"""Two CalDAV servers as processes of their own, each behind a proxy that can lose what passes through it."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote

import pytest
from attrs import define, field

from briefingkit.testing.proxy import FaultyProxy
from briefingkit_caldav import CalDAV

_SECONDS = 20
USER, PASSWORD = "anna", "s3cr3t:pässword"
_COLLECTION = (
    '<?xml version="1.0"?><D:mkcol xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>'
    "<D:resourcetype><D:collection/><C:calendar/></D:resourcetype><D:displayname>{name}</D:displayname>"
    "</D:prop></D:set></D:mkcol>"
)


@define
class Peer:
    """A real server, seen through the proxy, and what a person does there with another program."""

    kind: str
    proxy: FaultyProxy
    home: str
    user: str | None = None
    password: str | None = None
    waits: list[float] = field(factory=list)

    def settings(self, **more: object) -> CalDAV:
        """Give the target, which waits without waiting."""
        told = {
            "url": self.proxy.url,
            "username": self.user,
            "password": self.password,
            "target": "under-test",
            "sleep": self.waits.append,
            "timeout": 10,
        }
        if not {"calendar", "make", "url"} & more.keys():
            told["url"] = f"{self.proxy.url}{self.calendar('contract')}"
        return CalDAV(**{**told, **more})

    def calendar(self, name: str) -> str:
        """Make a calendar as a person would, empty, and return its path."""
        path = f"{self.home}{name}/"
        self.by_hand("DELETE", path)
        status, _, said = self.by_hand(
            "MKCOL", path, _COLLECTION.format(name=unquote(name)).encode(), "application/xml"
        )
        assert status == 201, (status, said)
        return path

    def by_hand(
        self, method: str, path: str, body: bytes = b"", kind: str = "text/calendar", **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Do something at the server itself, past the proxy."""
        from http.client import HTTPConnection

        connection = HTTPConnection(*self.proxy.upstream, timeout=10)
        told = {"Content-Type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if self.user is not None:
            from base64 import b64encode

            told["Authorization"] = f"Basic {b64encode(f'{self.user}:{self.password}'.encode()).decode()}"
        try:
            connection.request(method, path, body=body or None, headers=told)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def rewrite(self, path: str, change: Callable[[str], str]) -> None:
        """Change an event as another program would."""
        _, headers, body = self.by_hand("GET", path)
        text = body.decode().replace("\r\n ", "")
        changed = change(text)
        assert changed != text
        status, _, said = self.by_hand("PUT", path, changed.encode(), If_Match=headers["etag"])
        assert status in {200, 201, 204}, (status, said)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _serve(command: list[str], port: int, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.03)
        else:
            return process
    process.kill()
    process.wait()
    raise AssertionError(log.read_text(errors="replace"))


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(_SECONDS)


def radicale_command(folder: Path, port: int) -> list[str]:
    users = folder / "users"
    users.write_text(f"{USER}:{PASSWORD}\n", encoding="utf-8")
    return [
        sys.executable, "-m", "radicale", "--config", "", "--server-hosts", f"127.0.0.1:{port}",
        "--storage-filesystem-folder", str(folder / "store"),
        "--auth-type", "htpasswd", "--auth-htpasswd-filename", str(users),
        "--auth-htpasswd-encryption", "plain", "--auth-delay", "0",
    ]  # fmt: skip


@pytest.fixture(scope="session")
def radicale_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Run Radicale."""
    if find_spec("radicale") is None:
        pytest.skip("radicale is not installed")
    folder, port = tmp_path_factory.mktemp("radicale"), _free_port()
    process = _serve(radicale_command(folder, port), port, folder / "log")
    yield port
    _stop(process)


@pytest.fixture(scope="session")
def xandikos_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Run Xandikos."""
    if find_spec("xandikos") is None:
        pytest.skip("xandikos is not installed")
    folder, port = tmp_path_factory.mktemp("xandikos"), _free_port()
    command = [
        sys.executable, "-m", "xandikos", "serve", "-d", str(folder / "store"), "--defaults",
        "--state-dir", str(folder / "state"), "-l", "127.0.0.1", "-p", str(port), "--no-detect-systemd",
    ]  # fmt: skip
    process = _serve(command, port, folder / "log")
    yield port
    _stop(process)


@pytest.fixture
def radicale(radicale_port: int) -> Iterator[Peer]:
    with FaultyProxy(f"http://127.0.0.1:{radicale_port}") as proxy:
        yield Peer("radicale", proxy, f"/{USER}/", USER, PASSWORD)


@pytest.fixture
def xandikos(xandikos_port: int) -> Iterator[Peer]:
    with FaultyProxy(f"http://127.0.0.1:{xandikos_port}") as proxy:
        yield Peer("xandikos", proxy, "/user/calendars/")


@pytest.fixture(params=["radicale", "xandikos"])
def peer(request: pytest.FixtureRequest) -> Peer:
    """Each server in turn."""
    found: Peer = request.getfixturevalue(request.param)
    return found
