"""A person registers, is refused, corrects, looks again, changes, cancels and comes back: all of it over HTTP."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from briefingkit.project import Project


def test_whoever_registers_is_on_the_list_with_what_they_said(browser: Any, project: Project) -> None:
    own = browser.register(country="BE", timezone="America/New_York", segments=["talk", "floor"])
    assert "You are registered" in browser.get(own).words
    with project.registrations("road-2027") as roll:
        (held,) = roll.list()
    assert held.status == "confirmed"
    assert held.answers["email"] == "ana@example.org"
    assert held.answers["segments"] == ("talk", "floor")
    assert held.consent is not None
    assert (held.consent.key, held.language) == ("gdpr", "en")


def test_everything_that_is_wrong_is_told_at_once_and_nothing_typed_is_lost(
    browser: Any, project: Project
) -> None:
    wrong = browser.form(
        "no address", name="", attend="room", arrive="31/12/2027", consent=None, country="BE"
    )
    answer = browser.post("/road-2027/en", wrong)
    assert answer.status == 422
    places = re.findall(r'<li><a href="#([^"]+)">', answer.text)
    assert len(places) == 5  # name, address, diet, day, consent
    assert all(f'id="{place}"' in answer.text for place in places)
    assert 'value="no address"' in answer.text
    assert re.search(r'<option selected [^>]*value="BE"', answer.text)
    assert re.search(r'value="room" checked', answer.text)
    assert not list_of(project)


def test_the_form_that_was_corrected_is_taken(browser: Any, project: Project) -> None:
    form = browser.form("no address")
    refused = browser.post("/road-2027/en", form)
    token = re.search(r'name="_token" value="([^"]+)"', refused.text)
    assert token is not None
    form.update(email="ana@example.org", _token=token[1])
    assert browser.post("/road-2027/en", form).status == 303
    assert len(list_of(project)) == 1


def test_a_question_that_is_not_asked_of_them_is_neither_missed_nor_kept(
    browser: Any, project: Project
) -> None:
    browser.register(attend="online", diet="nuts")
    (held,) = list_of(project)
    assert "diet" not in held.answers


def test_what_is_chosen_besides_the_options_has_to_be_named(browser: Any, project: Project) -> None:
    assert browser.post("/road-2027/en", browser.form(attend="other")).status == 422
    browser.register(attend="other", **{"attend.other": "by telephone"})
    (held,) = list_of(project)
    assert held.answers["attend.other"] == "by telephone"


def test_a_form_sent_twice_makes_one_registration(browser: Any, project: Project) -> None:
    form = browser.form()
    first, second = (browser.post("/road-2027/en", form) for _ in range(2))
    assert first.status == second.status == 303
    assert len(list_of(project)) == 1
    assert "You are registered" in browser.get(second.location).words


def test_a_double_click_makes_one_registration(browser: Any, project: Project) -> None:
    forms = [browser.form(f"person.{number}@example.org") for number in range(4)]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda form: browser.post("/road-2027/en", form), [*forms, *forms, *forms]))
    assert {answer.status for answer in answers} == {303}
    assert len(list_of(project)) == 4


def test_the_same_form_for_another_person_is_asked_for_again(browser: Any, project: Project) -> None:
    form = browser.form("ana@example.org")
    browser.post("/road-2027/en", form)
    again = browser.post("/road-2027/en", {**form, "email": "ben@example.org"})
    assert again.status == 409
    token = re.search(r'name="_token" value="([^"]+)"', again.text)
    assert token is not None
    assert 'value="ben@example.org"' in again.text
    assert (
        browser.post("/road-2027/en", {**form, "email": "ben@example.org", "_token": token[1]}).status == 303
    )
    assert [held.answers["email"] for held in list_of(project)] == ["ana@example.org", "ben@example.org"]


def test_going_back_to_mend_a_word_changes_ones_own_registration(browser: Any, project: Project) -> None:
    form = browser.form(organization="Ctiy")
    browser.post("/road-2027/en", form)
    assert browser.post("/road-2027/en", {**form, "organization": "City"}).status == 303
    (held,) = list_of(project)
    assert held.answers["organization"] == "City"


def test_the_room_is_for_those_who_have_a_place(browser: Any) -> None:
    assert "secret-room" not in browser.get("/road-2027/en").text
    pages = [browser.get(browser.register(f"person.{number}@example.org")) for number in range(5)]
    assert ["secret-room" in page.text for page in pages] == [True, True, True, True, False]
    assert "You are on the waiting list" in pages[4].words


def test_the_room_that_is_for_participants_is_not_shown(browser: Any, edit: Callable[..., None]) -> None:
    edit("access: registered", "access: participants")
    own = browser.register()
    assert "secret-room" not in browser.get(own).text
    assert "secret-room" not in browser.get(f"{own}/event.ics").text


def test_the_calendar_file_has_the_room_for_who_has_a_place_alone(browser: Any) -> None:
    with_place = browser.get(f"{browser.register()}/event.ics")
    assert with_place.headers["content-type"] == "text/calendar; charset=utf-8"
    assert with_place.headers["content-disposition"] == 'attachment; filename="road-2027.ics"'
    assert "BEGIN:VEVENT" in with_place.text
    assert "secret-room" in with_place.text.replace("\r\n ", "")
    for number in range(3):
        browser.register(f"person.{number}@example.org")
    waits = browser.get(f"{browser.register('late@example.org')}/event.ics")
    assert "BEGIN:VEVENT" in waits.text
    assert "secret-room" not in waits.text.replace("\r\n ", "")


def test_ones_own_time_stands_beside_that_of_the_event(browser: Any) -> None:
    own = browser.register(timezone="America/New_York")
    assert "Your time Tuesday, 13 April 2027, 09:00–10:30 EDT (UTC-4)" in browser.get(own).words
    assert "19:00–20:30 GMT+6" not in browser.get(own).words
    asked = browser.get(f"{own}?timezone=Asia/Tokyo").words
    assert "22:00–23:30 JST (UTC+9)" in asked
    assert "Your time" not in browser.get(f"{own}?timezone=Nowhere/Land%0d%0a").words.replace(
        "Your time Tuesday, 13 April 2027, 09:00–10:30 EDT", ""
    )


def test_who_has_cancelled_is_asked_for_no_time_zone(browser: Any) -> None:
    own = browser.register()
    assert "Show the time in another time zone" in browser.get(own).words
    browser.post(f"{own}/cancel", {"_do": "cancel"})
    assert "Show the time in another time zone" not in browser.get(own).words


def test_answers_are_changed_behind_ones_own_link(browser: Any, project: Project) -> None:
    own = browser.register(country="BE", accessibility="step-free access")
    form = browser.get(f"{own}/change")
    assert 'value="Ana"' in form.text
    assert "step-free access" in form.text
    assert 'name="email"' not in form.text
    refused = browser.post(f"{own}/change", {"name": "", "attend": "online"})
    assert refused.status == 422
    changed = browser.post(f"{own}/change", {"name": "Ana María", "attend": "room", "diet": "nuts"})
    assert changed.status == 303
    assert "Your changes are saved" in browser.get(changed.location).words
    (held,) = list_of(project)
    assert (held.answers["name"], held.answers["diet"]) == ("Ana María", "nuts")
    assert held.answers["email"] == "ana@example.org"
    assert held.answers["accessibility"] is None


def test_who_cancels_can_come_back_and_the_place_goes_to_who_waits(browser: Any, project: Project) -> None:
    own = [browser.register(f"person.{number}@example.org") for number in range(5)]
    assert browser.get(f"{own[0]}/cancel").status == 200
    assert browser.post(f"{own[0]}/cancel", {"_do": "cancel"}).status == 303
    assert "You have cancelled" in browser.get(own[0]).words
    assert "secret-room" not in browser.get(own[0]).text
    assert "You are registered" in browser.get(own[4]).words
    browser.post(f"{own[0]}/cancel", {"_do": "return"})
    assert "You are on the waiting list" in browser.get(own[0]).words
    assert [held.status for held in list_of(project)] == ["waitlisted", *["confirmed"] * 4]


def test_who_cancelled_can_register_again_by_the_form_and_brings_nothing_old_along(
    browser: Any, project: Project
) -> None:
    own = browser.register(accessibility="a sign language interpreter", attend="room", diet="nuts")
    browser.post(f"{own}/cancel", {"_do": "cancel"})
    again = browser.register(name="Ana again")
    assert "You are registered" in browser.get(again).words
    assert "interpreter" not in browser.get(again).text
    (held,) = list_of(project)
    assert (held.answers["accessibility"], held.answers["diet"]) == (None, None)


def test_the_form_once_more_after_cancelling_undoes_nothing(browser: Any, project: Project) -> None:
    form = browser.form()
    own = browser.post("/road-2027/en", form).location
    browser.post(f"{own}/cancel", {"_do": "cancel"})
    assert "You have cancelled" in browser.get(browser.post("/road-2027/en", form).location).words
    assert [held.status for held in list_of(project)] == ["cancelled"]


def test_a_part_of_the_programme_that_is_full_is_shown_so_and_waited_for(browser: Any) -> None:
    for number in range(2):
        browser.register(f"person.{number}@example.org", segments=["talk"])
    assert "full, you would wait for a place" in browser.get("/road-2027/en").words
    own = browser.register("late@example.org", segments=["talk", "floor"])
    assert "You wait for a place in: A talk" in browser.get(own).words


def test_without_a_waiting_list_a_full_part_cannot_be_chosen(browser: Any, edit: Callable[..., None]) -> None:
    edit("waitlist: true", "waitlist: false")
    for number in range(2):
        browser.register(f"person.{number}@example.org", segments=["talk"])
    page = browser.get("/road-2027/en")
    assert re.search(r'value="talk" disabled', page.text)
    refused = browser.post("/road-2027/en", browser.form("late@example.org", segments=["talk"]))
    assert refused.status == 422
    assert "A part that you chose is full" in refused.words


def test_capacity_is_kept_by_many_at_the_same_moment(browser: Any, project: Project) -> None:
    forms = [browser.form(f"person.{number}@example.org") for number in range(24)]
    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(lambda form: browser.post("/road-2027/en", form), forms))
    assert {answer.status for answer in answers} == {303}
    statuses = [held.status for held in list_of(project)]
    assert statuses.count("confirmed") == 4
    assert statuses.count("waitlisted") == 20


def list_of(project: Project) -> list[Any]:
    with project.registrations("road-2027") as roll:
        return list(roll.list())
