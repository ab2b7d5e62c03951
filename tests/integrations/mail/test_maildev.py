"""MailDev takes a mailing in all seven languages, reads it with another parser, and shows it in a browser."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from attrs import frozen

from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.sending import Progress
from briefingkit.text.phrases import SHIPPED
from briefingkit.text.spaces import unbroken

from ...chromium import CHROMIUM, FLAGS
from ...clock import Clock
from .seven_languages import HOSTS, PEOPLE, TITLES, town

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.peer

ROOT = Path(__file__).parents[3]
MAILDEV = ROOT / ".cache" / "peers" / "node_modules" / "maildev" / "dist" / "bin" / "maildev.js"


@frozen
class MailDev:
    """MailDev on two ports of its own: one takes mail, the other shows it."""

    smtp: int
    web: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.web}"

    def get(self, path: str) -> bytes:
        connection = HTTPConnection("127.0.0.1", self.web, timeout=30)
        try:
            connection.request("GET", f"/api{path}")
            response = connection.getresponse()
            assert response.status == 200
            return response.read()
        finally:
            connection.close()

    def wait(self, serving: "subprocess.Popen[bytes]") -> None:
        for _ in range(600):
            if serving.poll() is not None:
                break
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.smtp), 1):
                self.get("/healthz")
                return
            time.sleep(0.1)
        pytest.fail("MailDev does not listen")


@frozen
class Shown:
    """What was meant, and what MailDev tells of what came, by language."""

    server: MailDev
    meant: Mapping[str, Message]
    told: Mapping[str, Any]


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def maildev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailDev]:
    node = shutil.which("node")
    if node is None or not MAILDEV.is_file():
        pytest.skip("MailDev is not here: node and tests/peers/install_maildev.sh bring it")
    server = MailDev(_free(), _free())
    folder = tmp_path_factory.mktemp("maildev")
    where = ["--ip", "127.0.0.1", "--web-ip", "127.0.0.1", "--mail-directory", str(folder / "mail")]
    command = [node, str(MAILDEV), "--smtp", str(server.smtp), "--web", str(server.web), *where, "--silent"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL) as serving:
        try:
            server.wait(serving)
            yield server
        finally:
            serving.terminate()


@pytest.fixture(scope="module")
def shown(maildev: MailDev, tmp_path_factory: pytest.TempPathFactory) -> Shown:
    folder = tmp_path_factory.mktemp("town")
    transport = f"host: 127.0.0.1, port: {maildev.smtp}, encryption: none, connections: 3"
    with town(folder, Clock(), transport).mailing("night-trams", "seats") as dispatch:
        meant = {each.recipient.partition("@")[0]: each for each in dispatch.preview()}
        report = dispatch.send()
    assert report is not None
    assert report.progress == Progress(sent=len(PEOPLE))
    told = {each["to"][0]["address"].partition("@")[0]: each for each in json.loads(maildev.get("/email"))}
    return Shown(maildev, meant, told)


@pytest.fixture(params=SHIPPED)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_another_parser_reads_what_was_meant(shown: Shown, language: str) -> None:
    meant, told = shown.meant[language], shown.told[language]
    assert told["subject"] == meant.parts.subject
    assert told["from"] == [{"address": "events@ghent.example", "name": HOSTS[language]}]
    assert told["to"] == [{"address": f"{language}@city.example", "name": PEOPLE[language]}]
    assert told["text"] == meant.parts.text
    assert told["headers"]["content-language"] == language
    assert told["headers"]["message-id"] == f"<{meant.name}@ghent.example>"
    assert told["headers"]["auto-submitted"] == "auto-generated"
    assert shown.server.get(f"/email/{told['id']}/source") == meant.content


def test_the_event_is_there_twice_and_both_are_the_same(shown: Shown, language: str) -> None:
    meant, told = shown.meant[language], shown.told[language]
    files = {each["contentType"]: each["generatedFileName"] for each in told["attachments"]}
    assert list(files) == ["text/calendar", "application/ics"]
    for name in files.values():
        assert shown.server.get(f"/email/{told['id']}/attachment/{name}") == meant.parts.calendar


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    if CHROMIUM is None:
        pytest.skip("Chromium is absent")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, "--no-proxy-server"])
        yield opened
        opened.close()


@pytest.fixture
def page(browser: "Browser") -> "Iterator[Page]":
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def test_it_is_shown_as_it_was_meant_and_asks_nobody_for_anything(
    shown: Shown, page: "Page", language: str, tmp_path: Path
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{shown.server.address}/#/email/{shown.told[language]['id']}")
    mail = page.frame_locator("iframe").locator(":root")
    mail.locator("h1").wait_for()
    # MailDev may put the mail into its frame once more, when it has read the list beside it.
    page.wait_for_load_state("networkidle")
    page.screenshot(path=tmp_path / f"{language}.png")  # to be looked at
    assert mail.locator("h1").inner_text() == unbroken(TITLES[language], language)
    card = mail.locator(".card")
    direction = "rtl" if language == "ar" else "ltr"
    assert card.evaluate("(card) => getComputedStyle(card).direction") == direction
    assert card.evaluate("(card) => card.getBoundingClientRect().width") == 600
    assert mail.evaluate("(root) => root.scrollWidth <= root.clientWidth")
    assert PEOPLE[language] in card.inner_text()
    where = ("data:", "blob:", "about:", shown.server.address, shown.server.address.replace("http", "ws"))
    assert [url for url in asked if not url.startswith(where)] == []
