"""Whoever gives an address that is on the list neither learns that it is there nor changes what stands under it."""

import re
from collections.abc import Callable
from typing import Any

from briefingkit.project import Project
from briefingkit.registrations.links import REGISTRATION, sign, subject_of


def held(project: Project) -> list[Any]:
    with project.registrations("road-2027") as roll:
        return list(roll.list())


def blind(text: str) -> str:
    """Take out what differs between any two visits: links, tokens, names."""
    text = re.sub(r"/r/[A-Za-z0-9_-]+", "/r/LINK", text)
    text = re.sub(r'name="_token" value="[^"]+"', "TOKEN", text)
    return re.sub(r"(known|unknown)@example\.org", "WHO", text)


def test_a_known_address_is_answered_as_an_unknown_one(browser: Any) -> None:
    browser.register("known@example.org", organization="Hers")
    first = browser.post("/road-2027/en", browser.form("unknown@example.org"))
    second = browser.post("/road-2027/en", browser.form("known@example.org"))
    assert first.status == second.status == 303
    assert first.headers.keys() == second.headers.keys()
    assert len(first.location) == len(second.location)
    for below in ("", "/change", "/cancel", "/event.ics"):
        one, other = browser.get(f"{first.location}{below}"), browser.get(f"{second.location}{below}")
        assert one.status == other.status
        assert blind(one.text) == blind(other.text), below


def test_nothing_that_stands_under_the_address_is_changed_or_shown(browser: Any, project: Project) -> None:
    browser.register("known@example.org", name="Herself", organization="Hers", accessibility="a quiet room")
    other = browser.register("known@example.org", name="Somebody", organization="Theirs")
    page = browser.get(other)
    assert "Herself" not in page.text
    assert "quiet room" not in browser.get(f"{other}/change").text
    (registration,) = held(project)
    assert registration.answers["name"] == "Herself"
    assert registration.answers["organization"] == "Hers"


def test_changing_and_cancelling_what_was_set_aside_leaves_the_registration_alone(
    browser: Any, project: Project
) -> None:
    browser.register("known@example.org", name="Herself")
    other = browser.register("known@example.org", name="Somebody")
    changed = browser.post(f"{other}/change", {"name": "Somebody else", "attend": "online"}).location
    assert "Somebody else" in browser.get(changed).text
    later = changed.partition("?")[0]
    browser.post(f"{later}/cancel", {"_do": "cancel"})
    assert "You have cancelled" in browser.get(later).words
    returned = browser.post(f"{later}/cancel", {"_do": "return"}).location
    assert "You are registered" in browser.get(returned).words
    (registration,) = held(project)
    assert (registration.answers["name"], registration.status) == ("Herself", "confirmed")


def test_what_was_told_at_first_is_told_later_too(browser: Any) -> None:
    browser.register("known@example.org")
    aside = browser.register("known@example.org", segments=["talk"])
    true = browser.register("unknown@example.org", segments=["talk"])
    for number in range(6):
        browser.register(f"person.{number}@example.org", segments=["talk"])
    assert blind(browser.get(aside).text) == blind(browser.get(true).text)
    assert "You are registered" in browser.get(aside).words
    changes = {"name": "Ana", "attend": "online", "segments": ["talk", "floor"]}
    one, other = (browser.post(f"{path}/change", changes).location for path in (aside, true))
    assert blind(browser.get(one).text) == blind(browser.get(other).text)


def test_in_a_full_event_a_known_address_waits_as_any(browser: Any, edit: Callable[..., None]) -> None:
    browser.register("known@example.org")
    for number in range(3):
        browser.register(f"person.{number}@example.org")
    forms = [browser.form("known@example.org"), browser.form("nobody@example.org")]
    aside, true = browser.register("known@example.org"), browser.register("unknown@example.org")
    assert blind(browser.get(aside).text) == blind(browser.get(true).text)
    assert "You are on the waiting list" in browser.get(aside).words
    edit("waitlist: true", "waitlist: false")
    refused = [browser.post("/road-2027/en", form) for form in forms]
    assert {answer.status for answer in refused} == {409}
    assert blind(refused[0].text) == blind(refused[1].text)


def test_two_who_come_at_once_with_one_address_are_one_registration(browser: Any, project: Project) -> None:
    first, second = browser.form("known@example.org"), browser.form("known@example.org", name="Somebody")
    paths = [browser.post("/road-2027/en", form).location for form in (first, second)]
    assert blind(browser.get(paths[0]).words).replace("Ana", "") == blind(
        browser.get(paths[1]).words
    ).replace("Somebody", "")
    assert len(held(project)) == 1


def test_organisers_see_what_was_set_aside_and_take_it_over_once(browser: Any, project: Project) -> None:
    browser.register("known@example.org", name="Herself", accessibility="a quiet room")
    browser.register("known@example.org", name="Herself", accessibility="captions and a quiet room")
    organizer = browser.organizer()
    assert "#1" in organizer.get("/_organizer/road-2027").words
    person = organizer.get("/_organizer/road-2027/1")
    assert "captions and a quiet room" in person.text
    take = re.search(r'name="take" value="([^"]+)"', person.text)
    assert take is not None
    for _ in range(2):
        assert organizer.post("/_organizer/road-2027/1", {"take": take[1]}).status == 303
    (registration,) = held(project)
    assert registration.answers["accessibility"] == "captions and a quiet room"
    assert 'name="take"' not in organizer.get("/_organizer/road-2027/1").text
    assert "#1," not in organizer.get("/_organizer/road-2027").words


def test_the_newest_of_what_was_set_aside_is_taken_over_and_what_was_cancelled_is_not(
    browser: Any, project: Project
) -> None:
    browser.register("known@example.org", organization="First")
    aside = browser.register("known@example.org", organization="Second")
    later = browser.post(f"{aside}/change", {"name": "Ana", "attend": "online", "organization": "Third"})
    organizer = browser.organizer()
    person = organizer.get("/_organizer/road-2027/1").text
    (take,) = re.findall(r'name="take" value="([^"]+)"', person)
    organizer.post("/_organizer/road-2027/1", {"take": take})
    assert held(project)[0].answers["organization"] == "Third"
    other = browser.register("known@example.org", organization="Fourth")
    browser.post(f"{other}/cancel", {"_do": "cancel"})
    assert 'name="take"' not in organizer.get("/_organizer/road-2027/1").text
    assert later.status == 303


def test_erasing_a_person_erases_what_was_set_aside_for_them(browser: Any, project: Project) -> None:
    mine = browser.register("known@example.org", name="Herself")
    aside = browser.register("known@example.org", name="Somebody")
    with project.registrations("road-2027") as roll:
        assert roll.erase("known@example.org").copies == ()  # there is none anywhere else
    for path in (mine, aside):
        answer = browser.get(path)
        assert answer.status == 410
        assert "have been erased" in answer.words


def test_a_link_that_was_sent_to_the_person_is_proof(browser: Any, project: Project, clock: Any) -> None:
    browser.register("known@example.org", name="Herself")
    with project.registrations("road-2027") as roll:
        key, number = roll.desk().key, roll.person("known@example.org").number
    token = sign(
        key,
        subject_of(number),
        purpose=REGISTRATION,
        briefing="road-2027",
        expires=clock.now.replace(year=2028),
    )
    own = f"/road-2027/fr/r/{token}"
    assert "Votre inscription est confirmée" in browser.get(own).words
    assert browser.post(f"{own}/change", {"name": "Elle-même", "attend": "online"}).status == 303
    assert held(project)[0].answers["name"] == "Elle-même"
