"""A project on disk, served by uvicorn in a thread of this process, and a browser without a script."""

import asyncio
import base64
import http.client
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from attrs import define, evolve, field

import briefingkit as bk
from briefingkit.project import Project

from ... import night_buses
from ...clock import Clock
from ...night_buses import write_project

pytest.importorskip("starlette")
uvicorn = pytest.importorskip("uvicorn")

PROJECT = """\
format: 1
namespace: example.org
targets:
  page: {use: web, url: "https://register.example.org/"}
"""
BRIEFING = """\
format: 1
briefing: road-2027
languages: [en, fr, ar]
title: {en: On the road, fr: En chemin, ar: على الطريق}
status: confirmed
start: 2027-04-13T15:00
end: 2027-04-13T16:30
timezone: Europe/Brussels
place: {online: {url: "https://meet.example.org/secret-room", access: registered}}
organizers: [{key: city, name: City, role: host}]
agenda:
  - {key: talk, title: {en: A talk, fr: Un exposé, ar: كلمة}, duration: 45m, capacity: 2}
  - {key: floor, title: {en: Open floor, fr: Discussion, ar: نقاش}, duration: 45m}
registration:
  opens: 2027-01-10T09:00
  closes: -1d
  capacity: 4
  waitlist: true
  choose: agenda
  fields: [name, email, organization, country, timezone, accessibility]
  questions:
    - key: attend
      text: {en: How do you attend?, fr: Comment participez-vous ?, ar: كيف ستشاركون؟}
      type: choice
      required: true
      other: true
      options:
        - {key: online, text: {en: Online, fr: En ligne, ar: عن بعد}}
        - {key: room, text: {en: In the room, fr: En salle, ar: في القاعة}}
    - key: diet
      text: {en: What do you not eat?, fr: Que ne mangez-vous pas ?, ar: ما الذي لا تأكلونه؟}
      shown_if: {question: attend, answers: [room]}
      required: true
    - {key: arrive, text: {en: When do you arrive?, fr: Quand arrivez-vous ?, ar: متى تصلون؟}, type: date}
  consent:
    key: gdpr
    text: {en: I agree, fr: J’accepte, ar: أوافق}
    purpose: {en: For this event, fr: Pour cet événement, ar: لهذه الفعالية}
    retention: 90d
"""
TOKEN = "a token for organisers"
NOW = datetime(2027, 2, 1, 12, 0, tzinfo=UTC)


@define
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def location(self) -> str:
        return self.headers["location"]

    @property
    def words(self) -> str:
        """What a reader sees, without the markup."""
        bare = re.sub(r"<style>.*?</style>|<option.*?</option>|<[^>]+>", " ", self.text, flags=re.DOTALL)
        return " ".join(bare.replace("&#34;", '"').replace("&#39;", "'").split())


@define
class Browser:
    port: int
    language: str = "en"
    headers: dict[str, str] = field(factory=dict)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        sent = {"accept-language": self.language, **self.headers}
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        if isinstance(body, Mapping):
            body = urlencode(body, doseq=True)
            sent.setdefault("content-type", "application/x-www-form-urlencoded")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            told = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, told, response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> Answer:
        return self.ask("POST", path, body, **headers)

    def form(
        self, email: str = "ana@example.org", path: str = "/road-2027/en", **more: Any
    ) -> dict[str, Any]:
        """Open the form and fill it in; None takes a field out."""
        found = re.search(r'name="_token" value="([^"]+)"', self.get(path).text)
        filled = {
            "_token": found[1] if found else "",
            "_website": "",
            "name": "Ana",
            "email": email,
            "organization": "City",
            "attend": "online",
            "consent": "yes",
            **more,
        }
        return {name: value for name, value in filled.items() if value is not None}

    def register(self, email: str = "ana@example.org", path: str = "/road-2027/en", **more: Any) -> str:
        """Register, and give the path of one's own page."""
        answer = self.post(path, self.form(email, path, **more))
        assert answer.status == 303, (answer.status, answer.words)
        return answer.location

    def organizer(self, token: str = TOKEN) -> "Browser":
        said = base64.b64encode(f"anybody:{token}".encode()).decode()
        return evolve(self, headers={**self.headers, "authorization": f"Basic {said}"})


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW, tick=timedelta(milliseconds=1))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_project(tmp_path, PROJECT, BRIEFING)


@pytest.fixture
def project(folder: Path, clock: Clock) -> Project:
    return evolve(bk.open(folder, clock=clock), environment={"BRIEFINGKIT_ORGANIZER_TOKEN": TOKEN})


@pytest.fixture
def serve(clock: Clock) -> Iterator[Callable[..., Browser]]:
    """Serve an application, or a project's, until the test ends."""
    with ExitStack() as stack:

        def begin(what: Any, **options: Any) -> Browser:
            from briefingkit_web import app

            options = {"per_minute": 0, "clock": clock.count, **options}
            application = app(what, **options) if isinstance(what, Project) else what
            listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            config = uvicorn.Config(application, access_log=False, log_level="warning")
            server = uvicorn.Server(config)
            thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])))
            thread.start()

            def end() -> None:
                server.should_exit = True
                thread.join(timeout=20)

            stack.callback(end)
            return Browser(listening.getsockname()[1])

        yield begin


@pytest.fixture
def browser(project: Project, serve: Callable[..., Browser]) -> Browser:
    return serve(project)


@pytest.fixture
def edit(folder: Path, clock: Clock) -> Callable[..., None]:
    """Change words of the briefing's file, and let the server look at it again."""

    def change(old: str, new: str) -> None:
        night_buses.edit(folder / "briefing.yaml", old, new)
        clock.seconds += 2

    return change
