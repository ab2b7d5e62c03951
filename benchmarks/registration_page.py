"""Registrations through the page, 32 people at a time, beside a bare Starlette route that inserts one row as durably.

Each server is a process of its own, and so are the people. The forms are fetched before the clock starts: what is
measured is from sending a form to being told that it is kept.
"""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

from lines import Line

__all__ = ["page_lines"]

_PEOPLE = 32
_EACH = 25  # forms that one of them hands in
_ROUNDS = 3
_BRIEFING = """\
format: 1
briefing: assembly
languages: [en, fr]
title: {en: Assembly, fr: Assemblée}
status: confirmed
start: 2037-03-10T15:00
duration: 1h
timezone: Europe/Brussels
place: {online: {url: "https://meet.example.org/room"}}
registration:
  capacity: 200000
  waitlist: true
  fields: [name, email, organization, position, country, language, interpretation]
  questions: [{key: join, text: {en: Do you join the call?, fr: Participez-vous à l’appel ?}, type: yes-no}]
  consent: {key: gdpr, text: {en: I agree, fr: J’accepte}, retention: 90d}
"""

_OURS = """
import gc, sys
gc.set_threshold(50_000, 20, 20)  # as the command line does
import briefingkit as bk
from briefingkit_web.serving import WebServer
WebServer(bk.open(sys.argv[1]), port=0, per_minute=0).run(lambda address: print(address, flush=True))
"""

# As short as such a route can be, with one connection, which is faster than a thread and a connection for each.
_BARE = """
import gc, socket, sqlite3, sys
gc.set_threshold(50_000, 20, 20)
from urllib.parse import parse_qs
import uvicorn
from starlette.applications import Starlette
from starlette.responses import RedirectResponse
from starlette.routing import Route
database = sqlite3.connect(sys.argv[1] + "/bare.db", isolation_level=None)
database.execute("PRAGMA journal_mode=WAL")
database.execute("PRAGMA synchronous=FULL")
database.execute("CREATE TABLE registrations (email TEXT PRIMARY KEY, body TEXT)")
async def register(request):
    body = (await request.body()).decode()
    database.execute("BEGIN IMMEDIATE")
    database.execute("INSERT INTO registrations VALUES (?, ?)", (parse_qs(body)["email"][0], body))
    database.execute("COMMIT")
    return RedirectResponse("/done", 303)
listening = socket.create_server(("127.0.0.1", 0), backlog=512)
print(f"http://127.0.0.1:{listening.getsockname()[1]}/", flush=True)
application = Starlette(routes=[Route("/assembly/en", register, methods=["POST"])])
uvicorn.Server(uvicorn.Config(application, access_log=False, log_level="warning")).run([listening])
"""


def page_lines() -> Iterator[Line]:
    """Measure both in turn, and take the best round of each."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "briefingkit.yaml").write_text(
            "format: 1\nnamespace: bench.example.org\n", encoding="utf-8"
        )
        (folder / "briefing.yaml").write_text(_BRIEFING, encoding="utf-8")
        with _server(_OURS, folder) as ours, _server(_BARE, folder) as bare:
            rounds = [
                (_people(ours, number, "forms"), _people(bare, number, "no")) for number in range(_ROUNDS)
            ]
        held = _held(folder)
    best = min((each for each, _ in rounds), key=lambda each: each["seconds"])
    peer = min(each["seconds"] for _, each in rounds)
    number = _PEOPLE * _EACH
    yield Line(
        "registrations through the page, 32 at a time",
        f"{number / best['seconds']:,.0f}/s",
        f"bare route, one row each: {number / peer:,.0f}/s",
        best["seconds"] / peer,
        2.0,
    )
    yield Line(
        "… answered within, 99 of 100", f"{best['p99'] * 1000:.0f} ms", f"half: {best['p50'] * 1000:.0f} ms"
    )
    right = held == number * _ROUNDS
    yield Line("… and each of them is on the list", "yes" if right else f"{held}", holds=right)


@contextmanager
def _server(script: str, folder: Path) -> Iterator[str]:
    process = subprocess.Popen([sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def _people(address: str, number: int, forms: str) -> dict[str, Any]:
    command = [sys.executable, __file__, address, str(number), forms]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _held(folder: Path) -> int:
    import briefingkit as bk

    with bk.open(folder).registrations("assembly") as roll:
        return roll.counts().statuses["confirmed"]


# The people, in a process of their own.


class _Person:
    """A connection that stays open, over which forms are fetched and handed in."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)

    async def ask(self, method: str, path: str, body: str = "") -> tuple[int, str]:
        head = f"{method} {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n"
        if body:
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        self._writer.write(f"{head}\r\n{body}".encode())
        said = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = re.search(r"(?i)^content-length: (\d+)", said, re.MULTILINE)
        content = await self._reader.readexactly(int(length[1]) if length else 0)
        return int(said[9:12]), content.decode()


async def _hand_in(address: str, number: int, *, forms: bool) -> dict[str, float]:
    host, port = address.removeprefix("http://").rstrip("/").split(":")
    people = [_Person(host, int(port)) for _ in range(_PEOPLE)]
    for person in people:
        await person.open()

    async def bodies(who: int) -> list[str]:
        made = []
        for each in range(_EACH):
            form = (await people[who].ask("GET", "/assembly/en"))[1] if forms else ""
            token = re.search(r'name="_token" value="([^"]+)"', form)
            made.append(urlencode(_answers(f"{number}.{who}.{each}", token[1] if token else "x" * 70)))
        return made

    ready = await asyncio.gather(*map(bodies, range(_PEOPLE)))
    waited: list[float] = []

    async def send(who: int) -> None:
        for body in ready[who]:
            start = perf_counter()
            status, said = await people[who].ask("POST", "/assembly/en", body)
            waited.append(perf_counter() - start)
            assert status == 303, (status, said)

    start = perf_counter()
    await asyncio.gather(*map(send, range(_PEOPLE)))
    seconds = perf_counter() - start
    waited.sort()
    return {"seconds": seconds, "p50": waited[len(waited) // 2], "p99": waited[len(waited) * 99 // 100]}


def _answers(name: str, token: str) -> dict[str, str]:
    return {
        "_token": token,
        "_website": "",
        "name": f"Élodie Ngô {name}",
        "email": f"person.{name}@example.org",
        "organization": "City of Somewhere",
        "position": "Adviser",
        "country": "BE",
        "language": "fr",
        "interpretation": "fr",
        "join": "yes",
        "consent": "yes",
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_hand_in(sys.argv[1], int(sys.argv[2]), forms=sys.argv[3] == "forms"))))
