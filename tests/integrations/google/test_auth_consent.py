"""The local-server flow, with a person who consents, denies, hesitates, or comes by with somebody else's answer."""

import json
import logging
import os
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from attrs import evolve

from briefingkit.errors import IntegrationError
from briefingkit.mailing.people.audience import Member
from briefingkit.model.structure import converter
from briefingkit.publish.account import SignIn
from briefingkit.testing.contract import sample_briefing
from briefingkit.testing.google import GoogleDouble
from briefingkit_google.account import GoogleAccount
from briefingkit_google.auth import calendar_scopes, group_scopes
from briefingkit_google.calendar import GoogleCalendar
from briefingkit_google.consent import read_client
from briefingkit_google.people import GoogleGroup

CALENDAR = "abc@group.calendar.google.com"
Visit = Callable[[str], None]


class Browser:
    """A browser that goes where it is sent, in a thread as browsers do, and keeps what it was shown."""

    def __init__(self) -> None:
        self.pages: list[tuple[int, str]] = []
        self.address = ""
        self._threads: list[threading.Thread] = []

    def show(self, address: str) -> None:
        self.address = address
        self.visit(address)

    def visit(self, *addresses: str) -> None:
        thread = threading.Thread(target=self._go, args=(addresses,))
        self._threads.append(thread)
        thread.start()

    def _go(self, addresses: tuple[str, ...]) -> None:
        for each in addresses:
            self.get(each)

    def get(self, address: str) -> None:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                self.pages.append((answer.status, answer.read().decode()))
        except urllib.error.HTTPError as error:
            with error:
                self.pages.append((error.code, error.read().decode()))

    def close(self) -> None:
        for thread in self._threads:
            thread.join()

    @property
    def redirect(self) -> str:
        return parse_qs(urlsplit(self.address).query)["redirect_uri"][0]

    @property
    def state(self) -> str:
        return parse_qs(urlsplit(self.address).query)["state"][0]


@pytest.fixture
def browser() -> Iterator[Browser]:
    used = Browser()
    yield used
    used.close()


def _asked(google: GoogleDouble, folder: Path, show: Visit, **more: Any) -> SignIn:
    google.client_secrets(folder / "client.json")
    data = {"calendar": CALENDAR, "auth": {"user": "token.json"}, "base_url": google.base_url}
    target = evolve(converter().structure(data, GoogleCalendar), base=folder)
    settings = {"scopes": calendar_scopes(), "patience": timedelta(seconds=20), "targets": (target,), **more}
    return SignIn(folder / "client.json", folder / "token.json", show=show, **settings)


@pytest.fixture
def google(briefingkit_google: GoogleDouble) -> GoogleDouble:
    briefingkit_google.make_calendar(CALENDAR, summary="City briefings")
    return briefingkit_google


def test_who_consents_gets_a_token_file_of_their_own(
    google: GoogleDouble, browser: Browser, tmp_path: Path
) -> None:
    done = GoogleAccount().sign_in(_asked(google, tmp_path, browser.show))
    assert done.scopes == calendar_scopes()
    assert done.who == "person@cities.example"
    assert done.setting == "auth: {user: token.json}"
    held = json.loads((tmp_path / "token.json").read_text())
    assert held["type"] == "authorized_user"
    assert held["token_uri"] == google.token_uri
    assert held["account"] == "person@cities.example"
    if os.name == "posix":
        assert (tmp_path / "token.json").stat().st_mode & 0o777 == 0o600


def test_the_token_opens_what_the_target_needs(
    google: GoogleDouble, browser: Browser, tmp_path: Path
) -> None:
    asked = _asked(google, tmp_path, browser.show)
    GoogleAccount().sign_in(asked)
    standing = GoogleAccount().check(asked.targets[0])
    assert standing.problems == ()
    assert standing.sees == ("City briefings (owner)",)
    assert standing.who == "person@cities.example"


def test_the_page_asks_for_pkce_a_state_and_a_lasting_token(
    google: GoogleDouble, browser: Browser, tmp_path: Path
) -> None:
    GoogleAccount().sign_in(_asked(google, tmp_path, browser.show))
    query = {name: values[0] for name, values in parse_qs(urlsplit(browser.address).query).items()}
    assert query["code_challenge_method"] == "S256"
    assert len(query["code_challenge"]) == 43
    assert query["access_type"] == "offline"
    assert urlsplit(query["redirect_uri"]).hostname == "127.0.0.1"
    assert len(query["state"]) >= 32


def test_the_page_sends_the_person_back_to_the_terminal(
    google: GoogleDouble, browser: Browser, tmp_path: Path
) -> None:
    GoogleAccount().sign_in(_asked(google, tmp_path, browser.show))
    browser.close()
    assert "You have consented" in browser.pages[-1][1]


def test_denied_consent_is_said_in_the_browser_and_in_the_terminal(
    google: GoogleDouble, browser: Browser, tmp_path: Path
) -> None:
    google.denies = True
    with pytest.raises(IntegrationError, match="consent was denied, and nothing was written"):
        GoogleAccount().sign_in(_asked(google, tmp_path, browser.show))
    browser.close()
    assert "There was no consent" in browser.pages[-1][1]
    assert not (tmp_path / "token.json").exists()


def test_a_box_that_was_not_ticked_is_named(google: GoogleDouble, browser: Browser, tmp_path: Path) -> None:
    scopes = calendar_scopes(access=True)
    google.withholds = frozenset(scopes[1:])
    with pytest.raises(IntegrationError, match=r"you left out .*calendar\.acls.* tick every box"):
        GoogleAccount().sign_in(_asked(google, tmp_path, browser.show, scopes=scopes))
    assert not (tmp_path / "token.json").exists()


def test_nobody_is_waited_for_for_ever(google: GoogleDouble, tmp_path: Path) -> None:
    asked = _asked(google, tmp_path, lambda _: None, patience=timedelta(seconds=0.05))
    with pytest.raises(IntegrationError, match="nobody answered within"):
        GoogleAccount().sign_in(asked)


def test_the_answer_to_another_sign_in_is_not_taken(
    google: GoogleDouble, browser: Browser, tmp_path: Path
) -> None:
    def visit(address: str) -> None:
        browser.address = address
        browser.visit(
            f"{browser.redirect}?code=4/forged&state=wrong", f"{browser.redirect}?code=4/forged", address
        )

    done = GoogleAccount().sign_in(_asked(google, tmp_path, visit))
    browser.close()
    assert done.who == "person@cities.example"
    assert [status for status, _ in browser.pages] == [400, 400, 200]
    assert "does not belong" in browser.pages[0][1]


def test_a_browser_that_looks_for_an_icon_first_disturbs_nobody(
    google: GoogleDouble, browser: Browser, tmp_path: Path
) -> None:
    def visit(address: str) -> None:
        browser.address = address
        browser.visit(f"{browser.redirect}favicon.ico", address)

    assert GoogleAccount().sign_in(_asked(google, tmp_path, visit)).scopes


def test_a_connection_that_says_nothing_holds_up_nobody(
    google: GoogleDouble, browser: Browser, tmp_path: Path
) -> None:
    idle: list[socket.socket] = []

    def visit(address: str) -> None:
        browser.address = address
        parts = urlsplit(browser.redirect)
        idle.append(socket.create_connection((parts.hostname or "", parts.port or 0)))
        browser.visit(address)

    try:
        assert GoogleAccount().sign_in(_asked(google, tmp_path, visit)).scopes
    finally:
        for each in idle:
            each.close()


def test_a_code_that_google_does_not_take_is_told(
    google: GoogleDouble, browser: Browser, tmp_path: Path
) -> None:
    def visit(address: str) -> None:
        browser.address = address
        browser.visit(f"{browser.redirect}?code=4/forged&state={browser.state}")

    with pytest.raises(IntegrationError, match="did not take the answer of the browser"):
        GoogleAccount().sign_in(_asked(google, tmp_path, visit))


@pytest.mark.parametrize("fault", [{"status": 503}, {"html": True}, {"reset": True}])
def test_trouble_at_the_token_endpoint_is_told(
    google: GoogleDouble, browser: Browser, tmp_path: Path, fault: dict[str, Any]
) -> None:
    google.fail("token", times=100, **fault)
    with pytest.raises(IntegrationError):
        GoogleAccount().sign_in(_asked(google, tmp_path, browser.show))
    assert not (tmp_path / "token.json").exists()


def test_a_port_that_is_taken_is_told(google: GoogleDouble, browser: Browser, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        asked = _asked(google, tmp_path, browser.show, port=taken.getsockname()[1])
        with pytest.raises(IntegrationError, match="choose another, --port"):
            GoogleAccount().sign_in(asked)


def test_a_port_can_be_used_again_at_once(google: GoogleDouble, browser: Browser, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for _ in range(2):
        GoogleAccount().sign_in(_asked(google, tmp_path, browser.show, port=port))
    assert urlsplit(browser.redirect).port == port


def test_an_api_that_is_not_enabled_is_told_at_once(
    google: GoogleDouble, browser: Browser, tmp_path: Path
) -> None:
    google.disable_api("calendar")
    done = GoogleAccount().sign_in(_asked(google, tmp_path, browser.show))
    assert "press Enable" in done.notices[0]
    assert (tmp_path / "token.json").exists()


@pytest.mark.skipif(os.name != "posix", reason="links")
def test_nobody_is_asked_before_it_is_known_where_the_token_goes(
    google: GoogleDouble, browser: Browser, tmp_path: Path
) -> None:
    (tmp_path / "token.json").symlink_to(tmp_path / "elsewhere.json")
    with pytest.raises(IntegrationError, match="is a link"):
        GoogleAccount().sign_in(_asked(google, tmp_path, browser.show))
    assert browser.address == ""


def test_a_disk_that_does_not_take_the_token_is_told(
    google: GoogleDouble, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("briefingkit_google.token_file.write", fail)
    with pytest.raises(IntegrationError, match="cannot be written: No space left on device"):
        GoogleAccount().sign_in(_asked(google, tmp_path, browser.show))


@pytest.mark.parametrize(
    ("place", "words"), [("absent/token.json", "there is no folder"), (".", "is no file")]
)
def test_a_place_that_takes_no_token_is_told_first(
    google: GoogleDouble, browser: Browser, tmp_path: Path, place: str, words: str
) -> None:
    asked = evolve(_asked(google, tmp_path, browser.show), token=tmp_path / place)
    with pytest.raises(IntegrationError, match=words):
        GoogleAccount().sign_in(asked)
    assert browser.address == ""


def test_a_target_of_somebody_elses_integration_is_left_to_it() -> None:
    assert GoogleAccount().needs((object(),)).scopes == calendar_scopes()
    assert not GoogleAccount().check(object()).works


def test_long_lists_of_calendars_are_read_to_their_end(
    google: GoogleDouble, browser: Browser, tmp_path: Path
) -> None:
    for number in range(251):
        google.make_calendar(f"c{number}@group.calendar.google.com", summary=f"Calendar {number}")
    data = {"make": {"summary": {"en": "City"}}, "auth": {"user": "token.json"}, "base_url": google.base_url}
    target = evolve(converter().structure(data, GoogleCalendar), base=tmp_path)
    scopes = calendar_scopes(make=True)
    GoogleAccount().sign_in(_asked(google, tmp_path, browser.show, scopes=scopes, targets=(target,)))
    assert len([seen for seen in GoogleAccount().check(target).sees if seen.startswith("Calendar ")]) == 251


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"web": {"client_id": "x", "client_secret": "y"}}, "of the type Desktop app"),
        ({"type": "service_account"}, "the key of a service account"),
        ({"installed": {"client_id": "x"}}, "has no client_id and client_secret"),
        ({"installed": {"client_id": "x", "client_secret": 5}}, "has no client_id and client_secret"),
        (
            {"installed": {"client_id": "x", "client_secret": "y", "token_uri": "http://elsewhere.example/"}},
            "not https",
        ),
    ],
)
def test_what_is_no_client_of_a_desktop_app_is_told(tmp_path: Path, content: object, words: str) -> None:
    (tmp_path / "client.json").write_text(json.dumps(content))
    with pytest.raises(IntegrationError, match=words):
        read_client(tmp_path / "client.json")


def test_a_client_shows_no_secret(google: GoogleDouble, tmp_path: Path) -> None:
    google.client_secrets(tmp_path / "client.json")
    assert "GOCSPX" not in repr(read_client(tmp_path / "client.json"))


def test_no_secret_is_logged_or_printed_while_signing_in(
    google: GoogleDouble, browser: Browser, tmp_path: Path, caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    with caplog.at_level(logging.DEBUG):
        GoogleAccount().sign_in(_asked(google, tmp_path, browser.show))
    held = json.loads((tmp_path / "token.json").read_text())
    said = capfd.readouterr()
    for secret in (held["refresh_token"], held["token"], held["client_secret"], browser.state):
        assert secret not in caplog.text + said.out + said.err
    assert "4/" not in caplog.text


def test_a_person_who_administers_groups_signs_in_and_reads_one(
    google: GoogleDouble, browser: Browser, tmp_path: Path
) -> None:
    google.make_group("press@cities.example", "ann@cities.example")
    data = {"group": "press@cities.example", "auth": {"user": "token.json"}, "base_url": google.base_url}
    target = evolve(converter().structure(data, GoogleGroup), base=tmp_path)
    asked = evolve(
        _asked(google, tmp_path, browser.show),
        scopes=GoogleAccount().needs([target]).scopes,
        targets=(target,),
    )
    assert GoogleAccount().sign_in(asked).scopes == group_scopes()
    assert GoogleAccount().check(target).sees == ("the group press@cities.example",)
    assert list(target.people(sample_briefing())) == [Member("ann@cities.example")]
