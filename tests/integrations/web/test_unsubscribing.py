"""The link in a mail that ends mail works always, by one click too, and for nobody else's address."""

from datetime import timedelta
from typing import Any

from briefingkit.mailing.addressing import PART, UNSUBSCRIBE
from briefingkit.mailing.suppression import Reason, Suppressions
from briefingkit.project import Project
from briefingkit.registrations.links import sign
from briefingkit.registrations.registration_list import key_of
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


def test_it_works_when_the_briefing_is_gone(browser: Any, project: Project, clock: Any) -> None:
    assert browser.post(link(project, clock, briefing="long-gone-2020"), "").status == 200
    assert reasons(project) == [Reason.UNSUBSCRIBED]


def test_a_link_that_is_none_or_has_expired_says_so(browser: Any, project: Project, clock: Any) -> None:
    path = link(project, clock)
    assert browser.post(f"{path[:-2]}AA", "").status == 404
    assert browser.post(path.replace("road-2027", "other-2027"), "").status == 404
    assert browser.post(path, "", sec_fetch_site="cross-site").status == 403
    clock.now += timedelta(days=31)
    assert browser.post(path, "").status == 410
    assert reasons(project) == []


def test_who_is_asked_to_take_part_is_led_to_the_organisers_and_told_that_nothing_is_sent(
    browser: Any, project: Project, clock: Any, edit: Any
) -> None:
    edit("agenda:\n", "contact: {name: Office, email: office@example.org}\nagenda:\n")
    with project.ledger() as ledger:
        key = key_of(Registrations(ledger))
    expires = clock.now + timedelta(days=30)
    token = sign(key, "maulik", purpose=PART, briefing="road-2027", expires=expires)
    page = browser.get(f"/road-2027/en/p/{token}/no")
    assert "I cannot take part" in page.words
    assert "Nothing is sent yet" in page.words
    assert (
        'href="mailto:office@example.org?subject=I%20cannot%20take%20part%3A%20On%20the%20road"' in page.text
    )
    assert browser.get(f"/road-2027/en/p/{token}/perhaps").status == 404
    assert browser.get(f"/road-2027/en/p/{token[:-2]}AA/yes").status == 404
    clock.now += timedelta(days=31)
    assert browser.get(f"/road-2027/en/p/{token}/yes").status == 410
