"""The link in a mail that ends mail works always, by one click too, and for nobody else's address."""

from datetime import timedelta
from typing import Any

import pytest

from briefingkit.mailing.people.addressing import PART, UNSUBSCRIBE
from briefingkit.mailing.people.suppression import Reason, Suppressions
from briefingkit.project import Project
from briefingkit.registrations.links import sign
from briefingkit.registrations.registration_list import key_of
from briefingkit.store.part_answers import PartAnswers
from briefingkit.store.registrations import Registrations


def link(project: Project, clock: Any, email: str = "ana@example.org", briefing: str = "road-2027") -> str:
    with project.ledger() as ledger:
        key = key_of(Registrations(ledger))
        mark = Suppressions.of(ledger, key).mark(email)
    expires = clock.now + timedelta(days=30)
    return f"/{briefing}/fr/u/{sign(key, mark, purpose=UNSUBSCRIBE, briefing=briefing, expires=expires)}"


def reasons(project: Project, email: str = "ana@example.org") -> list[Reason]:
    with project.ledger() as ledger:
        return [each.reason for each in Suppressions.of(ledger, key_of(Registrations(ledger))).held(email)]


def held(project: Project, email: str = "ana@example.org") -> list[tuple[Reason, str | None]]:
    with project.ledger() as ledger:
        found = Suppressions.of(ledger, key_of(Registrations(ledger))).held(email)
        return [(each.reason, each.scope) for each in found]


def test_looking_at_the_link_ends_nothing_and_the_button_does(
    browser: Any, project: Project, clock: Any
) -> None:
    path = link(project, clock)
    page = browser.get(path)
    assert "Ne voulez-vous plus recevoir" in page.words
    assert f'action="{path}"' in page.text
    assert reasons(project) == []
    assert "Vous ne recevrez plus" in browser.post(path, "", content_type="x").words
    assert reasons(project) == [Reason.UNSUBSCRIBED]
    assert reasons(project, "ben@example.org") == []


def test_one_click_of_a_mail_program_ends_it_in_both_forms(
    browser: Any, project: Project, clock: Any
) -> None:
    multipart = (
        b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    )
    for number, (body, kind) in enumerate(
        [
            (b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
            (multipart, "multipart/form-data; boundary=x"),
        ]
    ):
        email = f"person.{number}@example.org"
        assert browser.post(link(project, clock, email), body, content_type=kind).status == 200
        assert reasons(project, email) == [Reason.UNSUBSCRIBED]


def test_a_link_that_leads_nowhere_says_what_it_was_about_and_whom_to_write_to(
    browser: Any, project: Project, clock: Any, edit: Any
) -> None:
    edit("agenda:\n", "contact: {name: Desk, email: desk@example.org}\nagenda:\n")
    with project.ledger() as ledger:
        key = key_of(Registrations(ledger))
    expires = clock.now + timedelta(days=1)
    part = sign(key, "nobody", purpose=PART, briefing="road-2027", expires=expires)
    for path, about in (
        (f"{link(project, clock)[:-2]}AA", "Vos courriels"),
        (f"/road-2027/fr/p/{part[:-2]}AA/yes", "Votre place dans le programme"),
        (f"/road-2027/fr/p/{part}/yes", "Votre place dans le programme"),
    ):
        page = browser.get(path)
        assert page.status in {404, 410}
        assert about in page.words
        assert 'href="mailto:desk@example.org?subject=' in page.text
        assert "%3A%20En%20chemin" in page.text
    assert "mailto:" not in browser.get("/nothing/fr/u/x").text


def test_it_works_when_the_briefing_is_gone(browser: Any, project: Project, clock: Any) -> None:
    assert browser.post(link(project, clock, briefing="long-gone-2020"), "").status == 200
    assert reasons(project) == [Reason.UNSUBSCRIBED]


def test_a_link_that_is_none_or_has_expired_says_so(browser: Any, project: Project, clock: Any) -> None:
    path = link(project, clock)
    forged = browser.post(f"{path[:-2]}AA", "")
    assert forged.status == 404
    assert "Ce lien ne met fin à aucun envoi" in forged.words
    assert browser.post(path.replace("road-2027", "other-2027"), "").status == 404
    clock.now += timedelta(days=31)
    assert browser.get(path).status == 410
    assert browser.post(path, "").status == 410
    assert reasons(project) == []


def test_one_click_works_from_anywhere_without_a_redirect_and_as_often_as_one_likes(
    project: Project, clock: Any, serve: Any
) -> None:
    browser, path = serve(project, per_minute=1, burst=1), link(project, clock)
    for _ in range(3):
        answer = browser.post(
            path,
            {"List-Unsubscribe": "One-Click"},
            origin="https://mail.example.net",
            sec_fetch_site="cross-site",
        )
        assert answer.status == 200
        assert "set-cookie" not in answer.headers
    assert reasons(project) == [Reason.UNSUBSCRIBED]


def test_scanners_that_follow_every_link_change_nothing(browser: Any, project: Project, clock: Any) -> None:
    path = link(project, clock)
    for method in ("GET", "HEAD", "OPTIONS", "PUT"):
        browser.ask(method, path)
    assert reasons(project) == []


def test_one_may_end_what_is_about_one_event_and_come_back(
    browser: Any, project: Project, clock: Any
) -> None:
    path = link(project, clock)
    page = browser.post(path, {"wish": "others"})
    assert "Vous ne recevrez plus de courriels sur cet événement" in page.words
    assert held(project) == [(Reason.UNSUBSCRIBED, "road-2027")]
    assert "Vous ne recevrez plus ces courriels" in browser.post(path, {"wish": "nothing"}).words
    assert (Reason.UNSUBSCRIBED, None) in held(project)
    browser.post(path, {"wish": "others"})
    assert held(project) == [(Reason.UNSUBSCRIBED, "road-2027")]
    assert "Vous recevrez de nouveau" in browser.post(path, {"wish": "all"}).words
    assert held(project) == []
    assert "Ne voulez-vous plus recevoir" in browser.get(path).words


def test_a_wish_lifts_no_bounce_and_no_complaint(browser: Any, project: Project, clock: Any) -> None:
    with project.ledger() as ledger:
        suppressions = Suppressions.of(ledger, key_of(Registrations(ledger)))
        for reason in (Reason.BOUNCED, Reason.COMPLAINED):
            suppressions.add(["ana@example.org"], reason, at=clock.now, source="test")
    browser.post(link(project, clock), {"wish": "all"})
    assert reasons(project) == [Reason.BOUNCED, Reason.COMPLAINED]


def test_a_wish_that_there_is_not_changes_nothing(browser: Any, project: Project, clock: Any) -> None:
    assert browser.post(link(project, clock), {"wish": "everything"}).status == 400
    assert reasons(project) == []


def test_no_page_and_no_log_names_the_address(
    browser: Any, project: Project, clock: Any, caplog: Any
) -> None:
    path = link(project, clock)
    for page in (browser.get(path), browser.post(path, ""), browser.post(f"{path}x", "")):
        assert "ana@example.org" not in page.text
    assert "ana" not in caplog.text


def part_link(project: Project, clock: Any, answer: str, person: str = "maulik", language: str = "en") -> str:
    with project.ledger() as ledger:
        key = key_of(Registrations(ledger))
    expires = clock.now + timedelta(days=30)
    token = sign(key, person, purpose=PART, briefing="road-2027", expires=expires)
    return f"/road-2027/{language}/p/{token}/{answer}"


@pytest.fixture
def invited(edit: Any) -> None:
    """Put somebody into the programme, and an address to write to."""
    edit(
        "agenda:\n",
        "people: {maulik: {name: Monami Maulik}}\ncontact: {name: Office, email: office@example.org}\nagenda:\n",
    )
    edit(
        "duration: 45m, capacity: 2}",
        "duration: 45m, capacity: 2, participants: [{person: maulik, status: invited}]}",
    )


def answers(project: Project) -> list[tuple[str, str]]:
    with project.ledger() as ledger:
        return [(row.person, row.answer) for row in PartAnswers(ledger).of("road-2027")]


@pytest.mark.usefixtures("invited")
def test_somebody_of_the_programme_answers_and_the_last_answer_counts(
    browser: Any, project: Project, clock: Any
) -> None:
    yes, no = part_link(project, clock, "yes"), part_link(project, clock, "no")
    page = browser.get(yes)
    assert "I will take part" in page.words
    assert "Nothing is sent yet." in page.words
    assert answers(project) == []
    answer = browser.post(yes, "")
    assert (answer.status, answer.location) == (303, yes)
    assert "Your answer is noted" in browser.get(yes).words
    assert answers(project) == [("maulik", "yes")]
    changed = browser.get(no)
    assert "So far you have answered: I will take part" in changed.words
    assert (
        'href="mailto:office@example.org?subject=I%20cannot%20take%20part%3A%20On%20the%20road"'
        in changed.text
    )
    browser.post(no, "")
    assert answers(project) == [("maulik", "no")]


@pytest.mark.usefixtures("invited")
def test_a_link_to_a_part_that_is_none_or_has_expired_says_so_and_keeps_nothing(
    browser: Any, project: Project, clock: Any
) -> None:
    path = part_link(project, clock, "yes")
    assert browser.post(path.replace("/yes", "/perhaps"), "").status == 404
    assert browser.post(path.replace("/yes", "x/yes"), "").status == 404
    assert browser.post(path.replace("/p/", "/u/").removesuffix("/yes"), "").status == 404
    gone = browser.post(part_link(project, clock, "yes", person="somebody-else"), "")
    assert (gone.status, "The programme has changed" in gone.words) == (410, True)
    clock.now += timedelta(days=31)
    assert browser.post(path, "").status == 410
    assert answers(project) == []


@pytest.mark.parametrize(
    "token",
    [
        "a",
        "A" * 5000,
        "%00",
        "%F0%9F%92%8C",
        "%ff%fe",
        "..%2f..%2fetc",
        "=" * 40,
        "-_" * 30,
        "%20",
        "<script>",
    ],
)
@pytest.mark.parametrize(
    "form", ["/road-2027/en/u/{}", "/road-2027/xx/u/{}", "/road-2027/en/p/{}/yes", "/%00/en/u/{}"]
)
def test_whatever_is_put_in_the_place_of_a_link_is_answered_and_changes_nothing(
    browser: Any, project: Project, token: str, form: str
) -> None:
    for answer in (browser.get(form.format(token)), browser.post(form.format(token), b"\xff\x00")):
        assert answer.status in {400, 404, 405}
        assert "<script>" not in answer.text
    assert reasons(project) == []
    assert answers(project) == []
