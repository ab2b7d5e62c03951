"""A thousand events to one CalDAV server, whole processes: beside vdirsyncer, and beside bare PUTs."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import briefingkit as bk
from briefingkit.model import Publication
from corpus import write_simple
from lines import Line, best_interleaved, timed
from servers import in_memory, radicale

__all__ = ["caldav_lines"]

_NUMBER, _ROUNDS = 1000, 7
_AT = datetime(2026, 1, 1, tzinfo=UTC)
_PROJECT = """\
format: 1
namespace: example.org
targets:
  calendar: {{use: caldav, url: "{url}", username: ours, password: "${{CALDAV_PASSWORD}}", make: {{name: Events}}}}
"""
_PEER = """\
[general]
status_path = "{folder}/status/"
[pair both]
a = "here"
b = "there"
collections = ["events"]
[storage here]
type = "filesystem"
path = "{folder}/"
fileext = ".ics"
[storage there]
type = "caldav"
url = "{url}theirs/"
username = "theirs"
password = "any"
"""


def caldav_lines() -> Iterator[Line]:
    """Measure a first sync, one that finds nothing to do, and one with a single change."""
    if find_spec("vdirsyncer") is None:
        yield Line("beside vdirsyncer", "skipped, it is not here: make bench installs it")
        return
    with in_memory() as folder, radicale(folder / "server") as url:
        ours, peer = _Ours(folder / "ours", url), _Peer(folder / "theirs", url)
        entries = ours.entries()
        bare, _ = timed(lambda: _put(url, entries))
        peer.take(entries)
        theirs, mine = peer.sync(), ours.apply()
        yield Line(
            f"first sync of {_NUMBER} events", _s(mine), f"vdirsyncer: {_s(theirs)}", mine / theirs, 1.0
        )
        yield Line("… beside bare PUTs", _s(mine), f"bare, one connection: {_s(bare)}", mine / bare)
        ours.settle()
        peer.sync()
        mine, theirs = best_interleaved(_ROUNDS, ours.apply, peer.sync)
        yield Line("nothing to do", _s(mine), f"vdirsyncer: {_s(theirs)}", mine / theirs, 0.5)
        mine, theirs = best_interleaved(_ROUNDS, ours.change, peer.change)
        yield Line("one event changed", _s(mine), f"vdirsyncer: {_s(theirs)}", mine / theirs, 0.5)


class _Ours:
    """A project of briefings with the server as its target."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.changes = 0
        folder.mkdir()
        (folder / "briefingkit.yaml").write_text(_PROJECT.format(url=url), encoding="utf-8")
        for index in range(_NUMBER):
            write_simple(self._path(index), index, f"Event {index}")

    def entries(self) -> list[bytes]:
        """Write each as a calendar file, for those who take files."""
        briefings = bk.open(self.folder / "briefingkit.yaml").programme()
        return [bk.render(Publication(each, at=_AT), "ics", "en") for each in briefings]

    def apply(self) -> float:
        return _run([str(Path(sys.executable).with_name("briefingkit")), "apply", "--yes"], self.folder)

    def settle(self) -> None:
        """Read on until what was written is known to be there."""
        self.apply()
        self.apply()

    def change(self) -> float:
        self.changes += 1
        write_simple(self._path(7), 7, f"Changed {self.changes} times")
        seconds = self.apply()
        self.settle()
        return seconds

    def _path(self, index: int) -> Path:
        return self.folder / f"event-{index:04}" / "briefing.yaml"


class _Peer:
    """A folder of the same entries, which vdirsyncer keeps in step with the same server."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.changes = 0
        (folder / "events").mkdir(parents=True)
        self.config = folder / "config"
        self.config.write_text(_PEER.format(folder=folder, url=url), encoding="utf-8")
        self.command = [str(Path(sys.executable).with_name("vdirsyncer")), "-c", str(self.config)]
        _run([*self.command, "discover", "both"], folder, answers="y\n" * 10)

    def take(self, entries: list[bytes]) -> None:
        for index, entry in enumerate(entries):
            (self.folder / "events" / f"{index}.ics").write_bytes(entry)

    def sync(self) -> float:
        return _run([*self.command, "sync"], self.folder)

    def change(self) -> float:
        self.changes += 1
        path = self.folder / "events" / "7.ics"
        path.write_bytes(
            path.read_bytes().replace(b"SUMMARY", f"COMMENT:{self.changes}\r\nSUMMARY".encode(), 1)
        )
        return self.sync()


def _put(url: str, entries: list[bytes]) -> None:
    """Put every entry into a collection of its own, by one connection, and wait for each answer."""
    connection = HTTPConnection(urlsplit(url).netloc)
    headers = {"Content-Type": "text/calendar; charset=utf-8", "If-None-Match": "*"}
    requests = [("MKCALENDAR", "/bare/events/", b"")]
    requests += [("PUT", f"/bare/events/{index}.ics", entry) for index, entry in enumerate(entries)]
    for method, path, body in requests:
        connection.request(method, path, body, {**headers, "Authorization": "Basic YmFyZTphbnk="})
        response = connection.getresponse()
        response.read()
        if response.status >= 400:
            raise SystemExit(f"{method} {path}: {response.status}")


def _run(command: list[str], folder: Path, answers: str = "") -> float:
    environment = {**os.environ, "CALDAV_PASSWORD": "any"}
    seconds, done = timed(
        lambda: subprocess.run(
            command, cwd=folder, env=environment, input=answers.encode(), capture_output=True, check=False
        )
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout.decode()}{done.stderr.decode()}")
    return seconds


def _s(seconds: float) -> str:
    return f"{seconds:.2f} s"
