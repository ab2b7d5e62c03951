"""The organisers' pages: there with a token alone, and never a word of the token anywhere."""

import io
import json
import sys
from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from briefingkit.errors import ProjectError
from briefingkit.project import Project
from briefingkit.registrations.response import OwnIntake, Response

PATHS = (
    "/_organizer",
    "/_organizer/road-2027",
    "/_organizer/road-2027/1",
    "/_organizer/road-2027/list.csv",
    "/_organizer/road-2027/report",
)
TOKEN = "a token for organisers"


def test_without_the_token_nothing_is_shown(browser: Any) -> None:
    browser.register("secret.person@example.org")
    for path in PATHS:
        for asking in (
            browser,
            browser.organizer("not the right token"),
            browser.organizer(""),
            browser.organizer(TOKEN + "x"),
        ):
            answer = asking.get(path)
            assert answer.status in {401, 429}
            assert "secret.person" not in answer.text
    assert browser.get("/_organizer").headers["www-authenticate"].startswith("Basic ")


@pytest.mark.parametrize(
    "header", ["Basic", "Basic !!!", "Basic w7/Dvw==", "Bearer", "Digest x", "Basic " + "A" * 10_000]
)
def test_a_header_that_is_none_is_no_token(browser: Any, header: str) -> None:
    assert browser.get("/_organizer", authorization=header).status == 401


def test_a_bearer_of_the_token_is_let_in(browser: Any) -> None:
    assert browser.get("/_organizer", authorization=f"Bearer {TOKEN}").status == 200


def test_without_a_token_in_the_settings_there_are_no_such_pages(
    project: Project, serve: Callable[..., Any]
) -> None:
    browser = serve(evolve(project, environment={}))
    assert browser.organizer("").get("/_organizer").status == 404
    assert browser.get("/_organizer", authorization="Bearer ").status == 404


def test_a_token_that_is_too_short_is_refused_at_the_start(
    project: Project, serve: Callable[..., Any]
) -> None:
    with pytest.raises(ProjectError, match="BRIEFINGKIT_ORGANIZER_TOKEN is too short") as refused:
        serve(evolve(project, environment={"BRIEFINGKIT_ORGANIZER_TOKEN": "s3cret"}))
    assert "s3cret" not in str(refused.value)


def test_guessing_the_token_is_slowed_down(browser: Any, clock: Any) -> None:
    statuses = [
        browser.organizer(f"a guess of mine {number}").get("/_organizer").status for number in range(7)
    ]
    assert statuses == [401] * 5 + [429] * 2
    assert browser.organizer().get("/_organizer").status == 429  # not even the right one is looked at
    clock.seconds += 12
    assert browser.organizer().get("/_organizer").status == 200
    assert browser.organizer("one more guess of mine").get("/_organizer").status == 401


def test_the_list_counts_and_shows_everybody(browser: Any) -> None:
    for number in range(5):
        browser.register(f"person.{number}@example.org", segments=["talk"])
    page = browser.organizer().get("/_organizer/road-2027")
    assert "Confirmed 4 On the waiting list 1" in page.words
    assert "Places taken 4 / 4 A talk 2 / 2" in page.words
    assert page.text.count("@example.org") == 5


def test_the_list_is_searched_by_words_and_status_and_not_by_address(browser: Any) -> None:
    browser.register("ana@example.org", name="Ana Lovelace", organization="Porto")
    browser.register("ben@example.org", name="Ben Ngô", organization="Porto")
    organizer = browser.organizer()

    def found(**asked: str) -> str:
        return organizer.post("/_organizer/road-2027", asked).text

    assert "ben@example.org" not in found(q="porto LOVELACE")
    assert "ana@example.org" in found(q="porto LOVELACE")
    assert "ana@example.org" not in found(status="waitlisted")
    assert "Nobody is found" in found(q="nobody at all")
    assert "ana@example.org" in found(q="", status="no such status", page="-1")
    assert 'method="post"' in organizer.get("/_organizer/road-2027").text


def test_a_long_list_comes_in_pages(browser: Any, project: Project) -> None:
    with project.registrations("road-2027") as roll:
        at = roll.desk().now
        roll.receive_all(
            Response(
                name, "road-2027", OwnIntake.HAND, at, None, {"name": name, "email": f"{name}@example.org"}
            )
            for name in (f"n{number:03}" for number in range(120))
        )
    organizer = browser.organizer()
    first = organizer.get("/_organizer/road-2027").text
    second = organizer.post("/_organizer/road-2027", {"page": "2"}).text
    assert ("n000@" in first, "n119@" in first) == (True, False)
    assert ("n000@" in second, "n119@" in second) == (False, True)
    assert organizer.post("/_organizer/road-2027", {"page": "9" * 50}).status == 200


def test_one_registration_is_shown_with_its_history(browser: Any) -> None:
    own = browser.register(accessibility="captions")
    browser.post(f"{own}/change", {"name": "Ana María", "attend": "online", "accessibility": "none"})
    page = browser.organizer().get("/_organizer/road-2027/1").words
    assert "captions" in page
    assert "Ana María" in page
    assert " UTC " in page
    assert browser.organizer().get("/_organizer/road-2027/99").status == 404
    assert browser.organizer().get("/_organizer/nobody-2027").status == 404


def test_the_list_is_there_as_files(browser: Any) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    browser.register()
    organizer = browser.organizer()
    shown = organizer.get("/_organizer/road-2027").text
    assert all(f'href="/_organizer/road-2027/list.{kind}"' in shown for kind in ("csv", "xlsx", "json"))
    csv = organizer.get("/_organizer/road-2027/list.csv")
    assert csv.headers["content-disposition"] == 'attachment; filename="road-2027.csv"'
    assert "ana@example.org" in csv.body.decode("utf-8-sig")
    book = openpyxl.load_workbook(io.BytesIO(organizer.get("/_organizer/road-2027/list.xlsx").body))
    assert any(cell.value == "ana@example.org" for row in book.active.rows for cell in row)
    (one,) = json.loads(organizer.get("/_organizer/road-2027/list.json").body)
    assert one["answers"]["email"] == "ana@example.org"
    assert organizer.get("/_organizer/road-2027/list.exe").status == 404


def test_what_cannot_be_made_here_is_said_in_words(browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    browser.register()
    for name in ("pygal", "openpyxl"):
        monkeypatch.setitem(sys.modules, name, None)
    organizer = browser.organizer()
    for address, words in (
        ("report", "Charts cannot be drawn here"),
        ("list.xlsx", "Spreadsheets cannot be made"),
    ):
        answer = organizer.get(f"/_organizer/road-2027/{address}")
        assert answer.status == 404
        assert words in answer.words


def test_the_statistics_are_pictures_that_need_nothing_from_elsewhere(browser: Any) -> None:
    browser.register()
    report = browser.organizer().get("/_organizer/road-2027/report")
    assert report.status == 200
    assert "<svg" in report.text
    assert "default-src 'none'" in report.headers["content-security-policy"]
    assert "report" in browser.organizer().get("/_organizer/road-2027").text
