"""Whatever comes in: a page in the reader's language, no traceback, nothing half-written, nobody's words as markup."""

import asyncio
import logging
import re
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import html5lib
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from briefingkit.project import Project
from briefingkit.registrations.form import form_of
from briefingkit_web.receiving import Unreadable, _parsed, posted

FORM = "application/x-www-form-urlencoded"
SCRIPT = "<script>alert(1)</script>\" onfocus='alert(2)' {{ 7 * 7 }}"


def held(project: Project) -> list[Any]:
    with project.registrations("road-2027") as roll:
        return list(roll.list())


def test_no_answer_of_anyone_becomes_markup(browser: Any) -> None:
    own = browser.register(name=SCRIPT, organization=SCRIPT, accessibility=f"</textarea>{SCRIPT}")
    organizer = browser.organizer()
    refused = browser.post(
        "/road-2027/en", browser.form(SCRIPT, name=SCRIPT, country=SCRIPT, timezone=SCRIPT, attend=SCRIPT)
    )
    pages = [
        browser.get(own),
        browser.get(f"{own}/change"),
        refused,
        organizer.get("/_organizer/road-2027"),
        organizer.get("/_organizer/road-2027/1"),
        organizer.post("/_organizer/road-2027", {"q": SCRIPT}),
    ]
    for page in pages:
        elements = list(html5lib.parse(page.text, namespaceHTMLElements=False).iter())
        assert not [each for each in elements if each.tag == "script"]
        assert not [each for each in elements if any(name.startswith("on") for name in each.attrib)]
        assert "{{ 49 }}" not in page.text
        assert "7 * 7" in page.text


def test_a_name_that_a_spreadsheet_would_run_is_disarmed_in_the_files(browser: Any) -> None:
    browser.register(name="=HYPERLINK(1)")
    assert ",'=HYPERLINK(1)," in browser.organizer().get("/_organizer/road-2027/list.csv").text


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"name=" + b"x" * 1_100_000, FORM, 413),
        (b"{}", "application/json", 415),
        (b"--x\r\n\r\n", "multipart/form-data; boundary=x", 415),
        (b"name=Ana", "", 415),
        (b"name=%ff%fe", FORM, 400),
        ("name=Añá".encode(), FORM, 400),
        (b"&".join(b"k%d=1" % number for number in range(10_000)), FORM, 400),
        (b"", FORM, 403),
        (b"%zz=%&=&&&_token=%00", FORM, 403),
    ],
)
def test_what_is_no_form_of_ours_is_refused_with_a_page(
    browser: Any, project: Project, body: bytes, kind: str, status: int
) -> None:
    answer = browser.post("/road-2027/fr", body, content_type=kind)
    assert answer.status == status
    assert 'lang="fr"' in answer.text
    assert "Traceback" not in answer.text
    assert not held(project)


def test_fields_that_stand_there_twice_are_not_guessed_at(browser: Any, project: Project) -> None:
    form = [*browser.form().items(), ("email", "other@example.org"), ("name", "Other")]
    answer = browser.post(
        "/road-2027/en", "&".join(f"{key}={value}" for key, value in form), content_type=FORM
    )
    assert answer.status == 422
    assert not held(project)
    twice = [*browser.form().items(), ("_token", "x")]
    assert (
        browser.post(
            "/road-2027/en", "&".join(f"{key}={value}" for key, value in twice), content_type=FORM
        ).status
        == 403
    )


def test_a_field_that_is_not_asked_is_refused(browser: Any, project: Project) -> None:
    answer = browser.post("/road-2027/en", browser.form(**{"is_admin<b>": "yes"}))
    assert answer.status == 422
    assert "This is not asked here" in answer.words
    assert "<b>" not in answer.text
    assert not held(project)


@pytest.mark.parametrize("token", ["", "x", "AAAA" * 20, "é", "a" * 5000, "../..", "%00"])
def test_a_forged_token_is_refused_and_nothing_typed_is_lost(
    browser: Any, project: Project, token: str
) -> None:
    answer = browser.post("/road-2027/en", browser.form(_token=token))
    assert answer.status == 403
    assert 'value="ana@example.org"' in answer.text
    assert not held(project)


def test_the_token_of_another_briefing_does_not_hold(browser: Any, folder: Any, clock: Any) -> None:
    other = (folder / "briefing.yaml").read_text("utf-8").replace("road-2027", "other-2027")
    (folder / "other.briefing.yaml").write_text(other, encoding="utf-8")
    clock.seconds += 2
    form = browser.form(path="/other-2027/en")
    assert form["_token"]
    assert browser.post("/road-2027/en", form).status == 403
    own = browser.register(path="/other-2027/en")
    assert browser.get(own.replace("other-2027", "road-2027")).status == 404


def test_a_form_that_lay_open_for_a_day_is_asked_for_again(browser: Any, clock: Any) -> None:
    form = browser.form()
    clock.now = clock.now.replace(day=clock.now.day + 1)
    answer = browser.post("/road-2027/en", form)
    assert answer.status == 403
    token = re.search(r'name="_token" value="([^"]+)"', answer.text)
    assert token is not None
    assert browser.post("/road-2027/en", {**form, "_token": token[1]}).status == 303


def test_a_program_that_fills_in_every_field_is_asked_again(browser: Any, project: Project) -> None:
    form = browser.form(_website="https://buy.example.com")
    answer = browser.post("/road-2027/en", form)
    assert answer.status == 422
    assert not held(project)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ],
)
def test_another_site_cannot_hand_in_for_a_visitor(
    browser: Any, project: Project, headers: Mapping[str, str]
) -> None:
    own = browser.register()
    assert browser.post("/road-2027/en", browser.form("x@example.org"), **headers).status == 403
    assert browser.post(f"{own}/cancel", {"_do": "cancel"}, **headers).status == 403
    assert browser.organizer().post("/_organizer/road-2027/1", {"take": "x"}, **headers).status == 403
    assert [each.status for each in held(project)] == ["confirmed"]


def test_ones_own_page_posts_from_its_own_site(browser: Any) -> None:
    form = browser.form()
    origin = f"http://127.0.0.1:{browser.port}"
    assert browser.post("/road-2027/en", form, sec_fetch_site="same-origin", origin=origin).status == 303


def test_a_link_that_is_cut_or_altered_leads_nowhere_and_says_so(browser: Any) -> None:
    own = browser.register()
    token = own.rpartition("/")[2]
    broken = [
        token[:-1],
        token + "A",
        token[::-1],
        "x",
        token.swapcase(),
        token[:20] + "-" * 20,
        "%00",
        "%F0%9F%98%80",
    ]
    for each in broken:
        answer = browser.get(own.replace(token, each))
        assert answer.status == 404, each
        assert "does not lead to a registration" in answer.words


def test_a_link_that_leads_nowhere_says_whom_to_write_to(browser: Any, edit: Callable[..., None]) -> None:
    own = browser.register()
    assert "mailto:" not in browser.get(own[:-4]).text
    edit("organizers:", "contact: {name: Desk, email: desk+road@example.org}\norganizers:")
    page = browser.get(own[:-4])
    assert page.status == 404
    assert 'href="mailto:desk%2Broad@example.org?subject=This%20link%20does%20not' in page.text


def test_a_link_holds_until_a_month_after_the_event_and_then_says_so(browser: Any, clock: Any) -> None:
    own = browser.register()
    clock.now = clock.now.replace(month=5, day=12)
    assert browser.get(own).status == 200
    clock.now = clock.now.replace(day=14)
    answer = browser.get(own)
    assert answer.status == 410
    assert "This link has expired" in answer.words


def test_what_hides_behind_a_second_length_is_no_request(browser: Any) -> None:
    head = f"POST /road-2027/en HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\n"
    lengths = "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
    hidden = "0\r\n\r\nGET /_health HTTP/1.1\r\nHost: x\r\n\r\n"
    said = b""
    with socket.create_connection(("127.0.0.1", browser.port), timeout=30) as connection:
        connection.sendall(f"{head}{lengths}{hidden}".encode())
        while data := connection.recv(65536):
            said += data
    assert said.startswith(b"HTTP/1.1 400")
    assert said.count(b"HTTP/1.1") == 1


def test_a_client_that_breaks_off_is_no_error_of_ours() -> None:
    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", FORM.encode())]}
    with pytest.raises(Unreadable) as caught:
        asyncio.run(posted(Request(scope, receive)))
    assert caught.value.status == 400


@pytest.mark.parametrize("path", ["/road-2027", "/road-2027/fr", "/_organizer/road-2027"])
def test_a_slash_too_many_leads_to_no_host_that_a_request_only_names(browser: Any, path: str) -> None:
    answer = browser.get(f"{path}/", host="evil.example")
    assert (answer.status, answer.location) == (307, path)


@pytest.mark.parametrize("path", ["//evil.example/", "//evil.example//", "/%5Cevil.example/"])
def test_an_address_that_a_browser_would_take_for_another_host_leads_to_none(browser: Any, path: str) -> None:
    location = browser.get(path).headers.get("location", "/nothing")
    assert location.startswith("/")
    assert location[1:2] not in {"/", "\\"}


def test_a_client_that_sends_slowly_is_given_up(project: Project, serve: Callable[..., Any]) -> None:
    from briefingkit_web import application

    pages = application._Pages(project, evolve(application.Settings(), seconds=0.3), time.monotonic)
    pages.site.open()
    served = serve(application.assembled(pages))
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as connection:
        head = f"POST /road-2027/en HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: 100\r\n\r\nname="
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 408")


def test_nothing_of_anyone_is_logged(
    browser: Any, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG, logger="briefingkit_web"):
        own = browser.register("secret.person@example.org")
        browser.get(own)
        browser.organizer().get("/_organizer/road-2027")
        browser.organizer("a wrong token, but long").get("/_organizer/road-2027")
    said = caplog.text + "".join(capfd.readouterr())
    for secret in ("secret.person", own.rpartition("/")[2], "127.0.0.1", "token"):
        assert secret not in said


def test_what_nobody_foresaw_is_a_page_and_a_line_in_the_log(
    browser: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("ana@example.org broke it")

    monkeypatch.setattr("briefingkit_web.visitor.review", breaks)
    answer = browser.post("/road-2027/en", browser.form())
    assert answer.status == 500
    assert "Something went wrong here" in answer.words
    until = time.monotonic() + 5
    while "RuntimeError" not in caplog.text and time.monotonic() < until:
        time.sleep(0.01)  # the line is written after the answer has gone
    assert "RuntimeError" in caplog.text
    assert "ana@example.org" not in caplog.text


def test_a_ledger_that_cannot_be_written_is_said_and_nothing_is_confirmed(
    browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from briefingkit.errors import StoreError
    from briefingkit.store.registrations import ListWriter

    def full(*_: object, **__: object) -> None:
        raise StoreError("the disk is full")

    form = browser.form()
    monkeypatch.setattr(ListWriter, "put", full)
    answer = browser.post("/road-2027/en", form)
    assert answer.status == 503
    assert "retry-after" in answer.headers
    assert "The list cannot be reached" in answer.words


def test_headers_that_keep_a_page_to_itself_stand_on_every_answer(browser: Any) -> None:
    own = browser.register()
    for path in (
        "/",
        "/road-2027",
        "/road-2027/ar",
        own,
        f"{own}/event.ics",
        "/nothing",
        "/_organizer",
        "/_health",
    ):
        headers = browser.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "same-origin"
        assert "set-cookie" not in headers
        assert "server" not in headers or "uvicorn" in headers["server"]


def test_nothing_is_fetched_from_elsewhere(browser: Any) -> None:
    own = browser.register()
    for path in ("/", "/road-2027/en", own, f"{own}/change", f"{own}/cancel"):
        text = browser.get(path).text
        assert "<script" not in text
        assert not re.search(r'<(?:img|link|iframe|source)[^>]*(?:src|href)="(?:https?:)?//', text)


@given(st.binary(max_size=300))
def test_any_octets_are_a_form_or_are_refused(body: bytes) -> None:
    with suppress(Unreadable):
        found = _parsed(body)
        assert all(isinstance(value, str) for values in found.values() for value in values)


@pytest.mark.parametrize(
    "text", ["\x00", "\ud800".encode("utf-8", "surrogatepass"), "\u202e", "𝒜" * 300, "\r\nSet-Cookie: x=1"]
)
def test_every_field_takes_anything_and_stays_itself(
    browser: Any, project: Project, text: str | bytes
) -> None:
    asked = [each.key for each in form_of(project.briefing("road-2027")).fields]
    for key in asked:
        answer = browser.post("/road-2027/en", browser.form("fine@example.org") | {key: text})
        assert answer.status in {303, 400, 422}, (key, answer.status)
        assert "set-cookie" not in answer.headers
