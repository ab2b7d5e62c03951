"""A thousand events to one CalDAV server, whole processes: beside vdirsyncer, and beside bare PUTs.

The server is Radicale, the one that takes a new calendar at once: our first sync is that request and one for each event
(docs/decisions/0057), while the others send one for each event alone. `quirks: standard` makes ours do as they do.
"""

import os
import resource
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
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

_NUMBER, _FIRST_ROUNDS, _ROUNDS = 1000, 2, 7
_AT = datetime(2026, 1, 1, tzinfo=UTC)
_PROJECT = """\
format: 1
namespace: example.org
targets:
  calendar: {{use: caldav, url: "{url}", username: {user}, password: "${{CALDAV_PASSWORD}}", make: {{name: Events}}}}
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
url = "{url}{user}/"
username = "{user}"
password = "any"
"""


def caldav_lines() -> Iterator[Line]:
    """Measure a first sync, one that finds nothing to do, and one with a single change."""
    if find_spec("vdirsyncer") is None:
        yield Line("beside vdirsyncer", "skipped, it is not here: make bench installs it")
        return
    with in_memory() as folder, radicale(folder / "server") as url:
        firsts = [_First(folder, url, str(number)) for number in range(_FIRST_ROUNDS)]
        rounds = [(each.bare(), each.peer.sync(), each.ours.apply()) for each in firsts]
        bare, theirs, mine = (
            min(column, key=lambda cost: cost.seconds) for column in zip(*rounds, strict=True)
        )
        yield Line(
            f"first sync of {_NUMBER} events",
            str(mine),
            f"vdirsyncer: {theirs}",
            mine.seconds / theirs.seconds,
            1.0,
        )
        yield Line(
            "… beside bare PUTs", str(mine), f"bare, one connection: {bare}", mine.seconds / bare.seconds
        )
        yield Line(
            "… of the processor alone",
            _s(mine.processor),
            f"vdirsyncer: {_s(theirs.processor)}",
            mine.processor / theirs.processor,
        )
        ours, peer = firsts[-1].ours, firsts[-1].peer
        ours.settle()
        peer.sync()
        mine, theirs = best_interleaved(_ROUNDS, lambda: ours.apply().seconds, lambda: peer.sync().seconds)
        yield Line("nothing to do", _s(mine), f"vdirsyncer: {_s(theirs)}", mine / theirs, 0.5)
        mine, theirs = best_interleaved(_ROUNDS, ours.change, peer.change)
        yield Line("one event changed", _s(mine), f"vdirsyncer: {_s(theirs)}", mine / theirs, 0.5)


@dataclass(frozen=True)
class _Cost:
    """Seconds that went by, and those in which a processor worked for it."""

    seconds: float
    processor: float = 0.0

    def __str__(self) -> str:
        return _s(self.seconds)


class _First:
    """Ours, theirs and bare PUTs, each with an account of its own in which nothing is yet."""

    def __init__(self, folder: Path, url: str, number: str) -> None:
        self.url, self.user = url, f"bare{number}"
        self.ours = _Ours(folder / f"ours{number}", url)
        self.peer = _Peer(folder / f"theirs{number}", url)
        self.entries = self.ours.entries()
        self.peer.take(self.entries)

    def bare(self) -> _Cost:
        return _Cost(timed(lambda: _put(self.url, self.user, self.entries))[0])


class _Ours:
    """A project of briefings with the server as its target."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.changes = 0
        folder.mkdir()
        (folder / "briefingkit.yaml").write_text(_PROJECT.format(url=url, user=folder.name), encoding="utf-8")
        for index in range(_NUMBER):
            write_simple(self._path(index), index, f"Event {index}")

    def entries(self) -> list[bytes]:
        """Write each as a calendar file, for those who take files."""
        briefings = bk.open(self.folder / "briefingkit.yaml").programme()
        return [bk.render(Publication(each, at=_AT), "ics", "en") for each in briefings]

    def apply(self) -> _Cost:
        return _run([str(Path(sys.executable).with_name("briefingkit")), "apply", "--yes"], self.folder)

    def settle(self) -> None:
        """Read on until what was written is known to be there."""
        self.apply()
        self.apply()

    def change(self) -> float:
        self.changes += 1
        write_simple(self._path(7), 7, f"Changed {self.changes} times")
        seconds = self.apply().seconds
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
        self.config.write_text(_PEER.format(folder=folder, url=url, user=folder.name), encoding="utf-8")
        self.command = [str(Path(sys.executable).with_name("vdirsyncer")), "-c", str(self.config)]
        _run([*self.command, "discover", "both"], folder, answers="y\n" * 10)

    def take(self, entries: list[bytes]) -> None:
        for index, entry in enumerate(entries):
            (self.folder / "events" / f"{index}.ics").write_bytes(entry)

    def sync(self) -> _Cost:
        return _run([*self.command, "sync"], self.folder)

    def change(self) -> float:
        self.changes += 1
        path = self.folder / "events" / "7.ics"
        path.write_bytes(
            path.read_bytes().replace(b"SUMMARY", f"COMMENT:{self.changes}\r\nSUMMARY".encode(), 1)
        )
        return self.sync().seconds


def _put(url: str, user: str, entries: list[bytes]) -> None:
    """Put every entry into a collection of its own, by one connection, and wait for each answer."""
    connection = HTTPConnection(urlsplit(url).netloc)
    headers = {"Content-Type": "text/calendar; charset=utf-8", "If-None-Match": "*"}
    account = b64encode(f"{user}:any".encode()).decode()
    requests = [("MKCALENDAR", f"/{user}/events/", b"")]
    requests += [("PUT", f"/{user}/events/{index}.ics", entry) for index, entry in enumerate(entries)]
    for method, path, body in requests:
        connection.request(method, path, body, {**headers, "Authorization": f"Basic {account}"})
        response = connection.getresponse()
        response.read()
        if response.status >= 400:
            raise SystemExit(f"{method} {path}: {response.status}")


def _run(command: list[str], folder: Path, answers: str = "") -> _Cost:
    """Run a program whose modules are compiled, as those of the peer are since it was installed."""
    environment = {**os.environ, "CALDAV_PASSWORD": "any", "PYTHONDONTWRITEBYTECODE": ""}
    before = _processor()
    seconds, done = timed(
        lambda: subprocess.run(
            command, cwd=folder, env=environment, input=answers.encode(), capture_output=True, check=False
        )
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout.decode()}{done.stderr.decode()}")
    return _Cost(seconds, _processor() - before)


def _processor() -> float:
    """Tell what processors have worked for processes that have ended; the server has not."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _s(seconds: float) -> str:
    return f"{seconds:.2f} s"
