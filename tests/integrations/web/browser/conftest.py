"""A town whose registration page is served for real, and a browser of the system's that visits it."""

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import briefingkit as bk
from briefingkit.mailing.people.addressing import PART, UNSUBSCRIBE
from briefingkit.mailing.people.suppression import Suppressions
from briefingkit.registrations.links import sign
from briefingkit.registrations.registration_list import key_of
from briefingkit.store.registrations import Registrations

from ....chromium import CHROMIUM, FLAGS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TOKEN = "a-token-for-tests-alone"
_FORUMS = 120
_used = itertools.count()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.peer)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="Chromium is absent"))


PROJECT = """\
format: 1
namespace: town.example.org
targets:
  web: {use: web, url: "http://127.0.0.1:8000"}
"""
BRIEFING = """\
format: 1
briefing: NAME
languages: [en, fr, ar]
title: {en: Briefing on the road to the forum, fr: Sur la route du forum, ar: على الطريق إلى المنتدى}
status: STATUS
start: START
duration: 1h
timezone: Europe/Brussels
place: {online: {url: "https://meet.example.org/NAME", access: registered}}
people: {maulik: {name: Monami Maulik}}
contact: {name: Desk, email: desk+forum@town.example}
organizers: [{key: mm, name: {en: Mayors Mechanism, fr: Mécanisme des maires, ar: آلية العمداء}, role: host}]
interpretation: [en, fr, ar]
agenda:
  - key: road
    title: {en: The road, fr: La route, ar: الطريق}
    kind: presentation
    duration: 30m
    participants: [{person: maulik, status: invited}]
  - key: floor
    title: {en: Open floor, fr: Débat, ar: نقاش مفتوح}
    kind: discussion
    duration: 30m
    questions:
      - {key: act, text: {en: What do you do?, fr: Que faites-vous ?, ar: ماذا تفعلون؟}, in_form: true}
registration:
  WHEN
  capacity: 1
  waitlist: true
  choose: agenda
  fields: [name, email, country, language, timezone, interpretation, accessibility]
  questions:
    - key: join
      text: {en: Do you join the call?, fr: Rejoignez-vous l’appel ?, ar: هل تنضم إلى النداء؟}
      type: yes-no
      required: true
    - key: meal
      text: {en: Your meal, fr: Votre repas, ar: وجبتك}
      type: choice
      required: true
      options:
        - {key: veg, text: {en: Vegetarian, fr: Végétarien, ar: نباتي}}
        - {key: fish, text: {en: Fish, fr: Poisson, ar: سمك}}
      shown_if: {question: join, answers: ["yes"]}
    - key: news
      text: {en: How new is this to you?, fr: Est-ce nouveau pour vous ?, ar: ما مدى جِدّة هذا لكم؟}
      type: scale
      least_label: {en: Not at all, fr: Pas du tout, ar: لا شيء}
      most_label: {en: Very, fr: Très, ar: جدًا}
  consent: {key: c, text: {en: I agree that my data is kept., fr: J’accepte., ar: أوافق.}, retention: 90d}
"""


def _briefing(name: str, *, status: str = "confirmed", when: str = "closes: -1h") -> str:
    start = (datetime.now(UTC) + timedelta(days=40)).strftime("%Y-%m-%dT15:00")
    said = {"NAME": name, "STATUS": status, "START": start, "WHEN": when}
    text = BRIEFING
    for word, value in said.items():
        text = text.replace(word, value)
    return text


class Town:
    """The town's pages: where they are. Each test has a forum of its own, for one server serves them all."""

    def __init__(self, address: str, forum: str, folder: Path) -> None:
        self.address, self.forum, self.folder = address, forum, folder

    def at(self, briefing: str, language: str = "en") -> str:
        return f"{self.address}{self.forum if briefing == 'forum' else briefing}/{language}"

    def wishes(self, language: str = "en", *, briefing: str = "forum", holds: bool = True) -> str:
        """Give the link in a mail by which somebody ends mails, each test somebody else."""
        with bk.open(self.folder).ledger() as ledger:
            mark = Suppressions.of(ledger, key_of(Registrations(ledger))).mark(f"ada@{self.forum}.example")
        return f"{self.at(briefing, language)}/u/{self._signed(mark, UNSUBSCRIBE, briefing, holds=holds)}"

    def part(self, language: str = "en", person: str = "maulik", *, holds: bool = True) -> str:
        """Give the link in a mail by which somebody in the programme answers, without the answer."""
        return f"{self.at('forum', language)}/p/{self._signed(person, PART, 'forum', holds=holds)}"

    def _signed(self, subject: str, purpose: str, briefing: str, *, holds: bool) -> str:
        name = self.forum if briefing == "forum" else briefing
        expires = datetime.now(UTC) + timedelta(days=1 if holds else -1)
        with bk.open(self.folder).ledger() as ledger:
            return sign(
                key_of(Registrations(ledger)), subject, purpose=purpose, briefing=name, expires=expires
            )


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("town")
    (folder / "briefingkit.yaml").write_text(PROJECT, "utf-8")
    told = {
        **{f"forum-{number}": {} for number in range(_FORUMS)},
        "postponed": {"status": "postponed"},
        "cancelled": {"status": "cancelled"},
        "over": {"when": "closes: -60d"},
        "early": {"when": "opens: -1d"},
    }
    for name, how in told.items():
        (folder / f"{name}.briefing.yaml").write_text(_briefing(name, **how), "utf-8")
    command = [sys.executable, "-m", "briefingkit", "serve", "--port", "0", "--json", "--per-minute", "0"]
    environment = {**os.environ, "BRIEFINGKIT_ORGANIZER_TOKEN": TOKEN}
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        said = ""
        for line in serving.stdout:
            said += line
            if line.startswith("}"):
                break
        try:
            yield json.loads(said)["address"], folder
        finally:
            serving.terminate()


@pytest.fixture
def town(served: tuple[str, Path]) -> Town:
    address, folder = served
    return Town(address, f"forum-{next(_used)}", folder)


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    # Not for the session: while it is open an event loop runs in this thread, and other tests run their own.
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


Visit = Callable[..., "Page"]


@pytest.fixture
def visit(browser: "Browser") -> Iterator[Visit]:
    """Open a page as somebody does: `phone`, `dark`, without `script`, with a token for the organisers' pages."""
    contexts: list[Any] = []

    def opened(
        address: str, *, phone: bool = False, dark: bool = False, script: bool = True, organizer: bool = False
    ) -> "Page":
        context = browser.new_context(
            viewport={"width": 375, "height": 812} if phone else {"width": 1100, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            http_credentials={"username": "organizer", "password": TOKEN} if organizer else None,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()
