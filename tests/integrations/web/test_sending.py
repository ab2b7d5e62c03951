"""Whoever registers on the page is written to by the server itself, or by others where they say so."""

import email.policy
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from briefingkit.mailing.dispatch import Dispatch
from briefingkit.mailing.outgoing.sender import Sender
from briefingkit.mailing.outgoing.sending import Report
from briefingkit.project import Project, open_project
from briefingkit_web.sending import sender_of

from ...commands import started
from ...night_buses import edit

MAIL = """\
mail:
  sender: {address: events@example.org, name: City}
  pages: https://register.example.org
  every: 2h
  transport: {use: maildir, path: outbox}
"""


@pytest.fixture
def posting(folder: Path, project: Project) -> Project:
    """Give the project with mail."""
    file = folder / "briefingkit.yaml"
    file.write_text(file.read_text("utf-8") + MAIL, "utf-8")
    return evolve(open_project(folder, clock=project.clock), environment=project.environment)


def mails(folder: Path) -> list[EmailMessage]:
    found: list[Any] = [
        message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted((folder / "outbox" / "new").glob("*"))
    ]
    return found


def test_a_registration_on_the_page_is_confirmed_at_once_in_the_language_of_the_page(
    folder: Path, posting: Project, serve: Callable[..., Any]
) -> None:
    sent, counted = threading.Semaphore(0), 0

    def tell(_each: Dispatch, report: Report) -> None:
        nonlocal counted
        for _ in range(report.progress.sent):
            counted += 1
            sent.release()

    browser = serve(posting, sender=Sender(posting.office, timedelta(hours=2), tell=tell))
    own = browser.register("ana@example.org", "/road-2027/fr")
    assert sent.acquire(timeout=60)
    (mail,) = mails(folder)
    assert (str(mail["To"]), mail["Content-Language"]) == ("Ana <ana@example.org>", "fr")
    body = mail.get_body(("plain",))
    assert body is not None
    link = next(word for word in body.get_content().split() if "/r/" in word)
    page = browser.get(link.removeprefix("https://register.example.org").removesuffix("/cancel"))
    assert (page.status, "ana@example.org" in page.text) == (200, True)
    browser.post(f"{own}/cancel", {"_do": "cancel"})
    assert sent.acquire(timeout=60)
    assert len(mails(folder)) == counted == 2


def test_what_is_refused_or_only_looked_at_wakes_nobody(posting: Project, serve: Callable[..., Any]) -> None:
    woken = []

    class Listening(Sender):
        def start(self) -> None:
            """Do not begin: what is asked of it is looked at."""

        def wake(self) -> None:
            woken.append(1)

    browser = serve(posting, sender=Listening(posting.office))
    browser.get("/road-2027/en")
    browser.post("/road-2027/en", browser.form(email="nobody"))
    assert woken == []
    browser.register()
    assert woken == [1]


def test_without_a_sender_what_is_to_be_confirmed_waits_for_those_who_send(
    folder: Path, posting: Project, serve: Callable[..., Any]
) -> None:
    serve(posting).register()
    assert not (folder / "outbox").exists()
    with posting.mailing("road-2027", "confirmation") as confirmation:
        assert confirmation.plan().new == 1


def test_a_sender_goes_by_the_file_as_it_is_now(folder: Path, posting: Project) -> None:
    assert sender_of(evolve(posting, settings=evolve(posting.settings, mail=None))) is None
    sender = sender_of(posting)
    assert sender is not None
    edit(folder / "briefingkit.yaml", "path: outbox", "path: another")
    with posting.registrations("road-2027") as roll:
        roll.add({"name": "Ana", "email": "ana@example.org"})
    assert sender.step() == pytest.approx(7200, abs=60)
    assert len(list((folder / "another" / "new").iterdir())) == 1


@pytest.fixture
def years_ahead(folder: Path, posting: Project) -> Path:
    """Move the briefing to a day that the real clock has yet to see."""
    edit(folder / "briefing.yaml", "opens: 2027-01-10T09:00", "opens: 2020-01-10T09:00")
    edit(folder / "briefing.yaml", "2027-04-13", "2037-04-13")
    assert posting.settings.mail is not None
    return folder


def test_the_command_sends_and_ends_when_it_is_told(years_ahead: Path, browser: Any) -> None:
    process, said = started(years_ahead, "serve", "--port", "0")
    try:
        assert said["sends"] is True
        port = int(said["address"].rsplit(":", 1)[1].rstrip("/"))
        evolve(browser, port=port).register("real@example.org")
        until = time.monotonic() + 60
        while not (found := mails(years_ahead)) and time.monotonic() < until:
            time.sleep(0.05)
        assert [each["To"].addresses[0].addr_spec for each in found] == ["real@example.org"]
    finally:
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    assert process.returncode in {0, -signal.SIGTERM, 128 + signal.SIGTERM}
    assert "Traceback" not in out + err
    assert "real@example.org" not in out + err


def test_the_command_sends_nothing_where_it_is_told_so(years_ahead: Path) -> None:
    process, said = started(years_ahead, "serve", "--port", "0", "--no-send")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert said["sends"] is False


SERVING = """\
import briefingkit
from briefingkit_web import app
from briefingkit_web.sending import sender_of

project = briefingkit.open("briefingkit.yaml")
application = app(project, per_minute=0, sender=sender_of(project))
"""


def answers(browser: Any) -> bool:
    """Tell whether a server answers; one that is beginning is waited for as long as a connection waits."""
    try:
        return bool(browser.get("/_health").status == 200)
    except OSError:
        return False


def test_each_worker_of_a_server_sends_and_nobody_is_written_to_twice(
    years_ahead: Path, browser: Any
) -> None:
    (years_ahead / "serving.py").write_text(SERVING, "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        # Handed over while it listens, so that no other program can take the port in between.
        options = ["--fd", str(listening.fileno()), "--workers", "2", "--log-level", "warning"]
        process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "serving:application", *options],
            cwd=years_ahead,
            pass_fds=[listening.fileno()],
            stderr=subprocess.PIPE,
            text=True,
        )
        served = evolve(browser, port=listening.getsockname()[1])
        names = [f"p{number}" for number in range(6)]
        try:
            until = time.monotonic() + 300
            while not answers(served) and time.monotonic() < until:
                pass
            for name in names:
                served.register(f"{name}@example.org")
            until = time.monotonic() + 60
            while len(mails(years_ahead)) < len(names) and time.monotonic() < until:
                time.sleep(0.05)
        finally:
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=60)
    assert sorted(each["To"].addresses[0].username for each in mails(years_ahead)) == names
    assert "Traceback" not in err
