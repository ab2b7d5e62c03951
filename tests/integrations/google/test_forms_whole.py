"""Pages, calendars and forms in one project: one apply, and each language's form stands everywhere in that language."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import briefingkit as bk
from briefingkit.project import Project
from briefingkit.publish import Identity
from briefingkit.publish.context import OutputKey, pending_outputs
from briefingkit.testing.google import GoogleDouble

from ...clock import Clock
from ...night_buses import BRIEFING, PROJECT, edit, write_project
from .conftest import SERVICE
from .forming import form_ids, shared_folder, titles

TARGETS = """\
targets:
  site: {{use: files, folder: site}}
  english: {{use: google.calendar, calendar: en@group.calendar.google.com, languages: [en], {there}}}
  french: {{use: google.calendar, calendar: fr@group.calendar.google.com, languages: [fr], {there}}}
  forms: {{use: google.forms, folder: {folder}, {there}{more}}}
"""
REGISTRATION = """\
registration:
  closes: -1d
  capacity: 2
  fields: [name, email]
  questions:
    - {key: lunch, text: {en: Lunch, fr: Déjeuner}, type: yes-no}
  consent: {key: c, text: {en: I agree to this, fr: J'accepte cela}, retention: 90d}
"""


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2027, 1, 10, 9, tzinfo=UTC), tick=timedelta(0))


Make = Callable[..., Project]


@pytest.fixture
def make(google: GoogleDouble, tmp_path: Path, clock: Clock) -> Make:
    google.service_account(tmp_path / "key.json")
    folder = shared_folder(google)
    for language in ("en", "fr"):
        google.make_calendar(f"{language}@group.calendar.google.com")
        google.share(f"{language}@group.calendar.google.com", "writer", f"user:{SERVICE}")

    def opened(more: str = "", status: str = "confirmed") -> Project:
        there = f'auth: {{service_account: key.json}}, base_url: "{google.base_url}"'
        targets = TARGETS.format(there=there, folder=folder, more=more)
        briefing = BRIEFING.replace("status: confirmed", f"status: {status}")
        write_project(tmp_path, PROJECT + targets, briefing + REGISTRATION)
        return bk.open(tmp_path / "briefingkit.yaml", clock=clock)

    return opened


def addresses(google: GoogleDouble) -> dict[str, str]:
    return {
        google.form(form)["info"]["title"]: google.form(form)["responderUri"] for form in form_ids(google)
    }


def publish(project: Project, **more: Any) -> None:
    project.apply(project.plan(), **more).raise_for_failed()
    assert project.plan().is_empty


def test_after_one_apply_each_languages_form_stands_in_pages_and_calendars(
    google: GoogleDouble, make: Make, tmp_path: Path
) -> None:
    publish(make())
    forms = addresses(google)
    assert set(forms) == {"Night buses", "Bus de nuit"}
    for language, title, other in (
        ("en", "Night buses", "Bus de nuit"),
        ("fr", "Bus de nuit", "Night buses"),
    ):
        page = (tmp_path / "site" / language / "night-buses.html").read_text()
        assert forms[title] in page
        assert forms[other] not in page
        (event,) = google.events(f"{language}@group.calendar.google.com").values()
        assert forms[title] in event["description"]
        assert forms[other] not in event["description"]


def test_a_form_that_is_made_anew_stands_in_its_language_after_one_apply(
    google: GoogleDouble, make: Make, tmp_path: Path
) -> None:
    project = make()
    publish(project)
    first = addresses(google)
    google.trash_file(next(name for name in google.forms if "Bus" in google.form(name)["info"]["title"]))
    plan = project.plan()
    site = next(each for each in plan.targets if each.target == "site")
    page = next(each.wanted for each in site.changes if each.identity == Identity("page", "night-buses/fr"))
    assert page is not None
    assert list(pending_outputs(page.fields)) == [OutputKey("forms", "night-buses", "registration.fr")]
    assert project.freshen(plan) == plan
    publish(project)
    shown = (tmp_path / "site" / "fr" / "night-buses.html").read_text()
    assert addresses(google)["Bus de nuit"] in shown
    assert not [address for address in first.values() if address in shown]


def test_a_language_that_is_added_has_its_form_in_its_page_after_one_apply(
    google: GoogleDouble, make: Make, tmp_path: Path
) -> None:
    publish(make(", languages: [en]"))
    assert len(form_ids(google)) == 1
    publish(make())
    forms = addresses(google)
    page = (tmp_path / "site" / "fr" / "night-buses.html").read_text()
    assert forms["Bus de nuit"] in page
    assert forms["Night buses"] not in page


def test_one_form_for_all_stands_in_every_language(google: GoogleDouble, make: Make, tmp_path: Path) -> None:
    publish(make(", style: branching"))
    (address,) = addresses(google).values()
    for language in ("en", "fr"):
        assert address in (tmp_path / "site" / language / "night-buses.html").read_text()
        (event,) = google.events(f"{language}@group.calendar.google.com").values()
        assert address in event["description"]


def test_what_was_answered_is_pulled_into_the_list_once(
    google: GoogleDouble, make: Make, clock: Clock
) -> None:
    project = make()
    publish(project)
    english, french = sorted(form_ids(google), key=lambda form: "fr" in google.files[form].name)
    google.respond(
        english,
        {"Name": "Ann", "Lunch": "Yes", "I agree to this": "I agree"},
        email="ann@elsewhere.example",
        at=clock.now,
    )
    google.respond(
        french,
        {"Nom": "Bo", "Déjeuner": "Non", "J'accepte cela": "J’accepte"},
        email="bo@elsewhere.example",
        at=clock.now + timedelta(minutes=1),
    )
    roll = project.registrations("night-buses")
    for expected in (2, 0):
        pulled = roll.pull()
        assert [each.error for each in pulled] == [None]
        assert (
            sum(count for each in pulled for became, count in each.outcomes.items() if became == "new")
            == expected
        )
    found = {each.answers["name"]: each for each in roll.list()}
    assert {name: (each.language, each.answers["lunch"]) for name, each in found.items()} == {
        "Ann": ("en", True),
        "Bo": ("fr", False),
    }
    # The same person in the other language is the same person, and the later answer holds.
    google.respond(
        french,
        {"Nom": "Anne", "J'accepte cela": "J’accepte"},
        email="Ann@elsewhere.example",
        at=clock.now + timedelta(minutes=2),
    )
    roll.pull()
    assert {each.answers["name"]: each.answers["lunch"] for each in roll.list()} == {
        "Anne": True,
        "Bo": False,
    }


def test_who_is_erased_is_told_which_response_to_delete(
    google: GoogleDouble, make: Make, clock: Clock
) -> None:
    project = make()
    publish(project)
    (english, _) = sorted(form_ids(google), key=lambda form: "fr" in google.files[form].name)
    answers = {"Name": "Ann", "I agree to this": "I agree"}
    name = google.respond(english, answers, email="ann@elsewhere.example", at=clock.now)
    project.registrations("night-buses").pull()
    erased = project.personal_data().erase("ann@elsewhere.example")
    assert f"{english}/edit#response={name}" in str(erased)


def test_a_form_follows_the_hour_and_the_status(google: GoogleDouble, make: Make, clock: Clock) -> None:
    """No form opens or closes by itself: each apply sees to it."""

    def state() -> list[dict[str, bool]]:
        return [google.form(form)["publishSettings"]["publishState"] for form in form_ids(google)]

    publish(make())
    assert state() == [{"isPublished": True, "isAcceptingResponses": True}] * 2
    clock.now = datetime(2027, 3, 9, 14, 0, tzinfo=UTC)  # a day before the start
    publish(make())
    assert state() == [{"isPublished": True}] * 2
    clock.now = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
    publish(make(status="postponed"))
    assert state() == [{"isPublished": True, "isAcceptingResponses": True}] * 2
    publish(make(status="cancelled"))
    assert state() == [{"isPublished": True}] * 2


def test_a_change_by_hand_is_shown_and_waits_for_a_choice(google: GoogleDouble, make: Make) -> None:
    project = make()
    publish(project)
    (form, _) = form_ids(google)
    google.close_form(form)
    google.share_file(form, "writer", "anyone")
    plan = project.plan()
    (change,) = [each for planned in plan.targets for each in planned.pending]
    assert set(change.drifted) == {"accepting", "editors"}
    report = project.apply(project.plan(drift=bk.publish.Drift.RESTORE))
    report.raise_for_failed()
    assert google.form(form)["publishSettings"]["publishState"]["isAcceptingResponses"]
    assert not any(
        each["type"] == "anyone" and each["role"] == "writer"
        for each in google.files[form].permissions.values()
    )


def test_whom_people_share_a_form_with_is_their_own_affair(google: GoogleDouble, make: Make) -> None:
    more = ", editors: [anna@cities.example, bo@cities.example], responders: [domain:cities.example]"
    publish(make(more))
    (form, _) = form_ids(google)
    google.share_file(form, "writer", "user:carla@cities.example")
    google.share_file(form, "reader", "user:dan@cities.example")
    project = make(more)
    assert project.plan().is_empty
    publish(make(more.replace("anna@cities.example, ", "").replace("[domain:cities.example]", "anyone")))
    shared = {
        (each.get("emailAddress") or each.get("domain") or each["type"], each["role"], each.get("view", ""))
        for each in google.files[form].permissions.values()
    }
    assert shared == {
        ("bo@cities.example", "writer", ""),
        ("carla@cities.example", "writer", ""),
        ("dan@cities.example", "reader", ""),
        ("anyone", "reader", "published"),
    }
    assert google.notices == []


def test_the_organisations_own_form_is_the_template(google: GoogleDouble, make: Make) -> None:
    """What stands in it stays, before what the briefing asks; the template itself is not touched."""
    template = google.make_form("Our forms", {"title": "How we keep data", "textItem": {}})
    google.share_file(template, "reader", f"user:{SERVICE}")
    before = google.form(template)
    publish(make(f", template: {template}"))
    made = [form for form in form_ids(google) if form != template]
    assert len(made) == 2
    assert titles(google, made[0]) == ["How we keep data", "Name", "Lunch", "I agree to this"]
    assert google.form(template) == before


def test_another_projects_forms_under_the_same_name_are_not_ours(make: Make, tmp_path: Path) -> None:
    publish(make())
    project = make()
    file = tmp_path / "briefingkit.yaml"
    edit(file, "namespace: talks.example.org", "namespace: other.example")
    (tmp_path / ".briefingkit").rename(tmp_path / "elsewhere")
    other = bk.open(file, clock=project.clock)
    changes = [
        change for planned in other.plan().targets if planned.target == "forms" for change in planned.pending
    ]
    assert {change.action.value for change in changes} == {"create"}
