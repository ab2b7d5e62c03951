"""Calendars that the target makes are there once, are found again, and are never taken away with others' events."""

from collections.abc import Callable

import pytest
from attrs import evolve

from briefingkit.publish import Action, Change, Outcome, Snapshot, Status
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.testing.google import GoogleDouble
from briefingkit.text import Name
from briefingkit_google.calendar import GoogleCalendar
from briefingkit_google.calendar.calendars import CalendarMark, calendar_fields, calendar_mark_of
from briefingkit_google.calendar.choices import AccessRole, AccessRule, Calendars, MakeCalendars

from .conftest import CITY, SERVICE, TARGET, asked

Make = Callable[..., GoogleCalendar]
CITIES = MakeCalendars(
    summary=Name({"en": "City", "fr": "Ville"}), description=Name({"en": "What is on", "fr": "À venir"})
)
READERS = AccessRule(AccessRole.READER, "domain:cities.example")
EVERYBODY = AccessRule(AccessRole.READER, "default")


@pytest.fixture
def bench(calendar: Make) -> Workbench:
    return Workbench(calendar(make=CITIES, access=(READERS,)), TARGET)


def made(google: GoogleDouble) -> dict[str, str]:
    """The calendars that were made, by title."""
    return {
        google.calendar(name)["summary"]: name for name in google.calendars if name not in {CITY, SERVICE}
    }


def one(bench: Workbench, change: Change) -> Outcome:
    (outcome,) = bench.target.integration.apply([change])
    return outcome


def wanted(bench: Workbench, kind: str = "calendar") -> list[Change]:
    return [Change(each) for each in bench.desired(sample_briefing()) if each.kind == kind]


def test_a_calendar_for_each_language_is_made_shared_and_filled(
    google: GoogleDouble, bench: Workbench
) -> None:
    bench.publish(sample_briefing())
    assert made(google).keys() == {"City", "Ville"}
    for name in made(google).values():
        assert len(google.events(name)) == 1
        assert google.acl(name)["domain:cities.example"] == "reader"
    assert google.calendar(made(google)["Ville"])["description"].startswith("À venir")
    assert not google.events(CITY)
    assert not google.invitations


@pytest.mark.parametrize(
    "fault", [{"reset": True, "after": True}, {"status": 500, "after": True}, {"truncate": True}]
)
def test_a_calendar_whose_answer_was_lost_is_found_and_not_made_again(
    google: GoogleDouble, bench: Workbench, fault: dict[str, object]
) -> None:
    google.fail("calendar.calendars.insert", **fault)
    bench.publish(sample_briefing())
    assert len(made(google)) == len(google.calendars) - 2 == 2


def test_a_calendar_that_may_have_been_made_and_is_not_found_is_not_made_again_in_that_run(
    google: GoogleDouble, bench: Workbench
) -> None:
    first = wanted(bench)[0]
    google.fail("calendar.calendars.insert", reset=True)
    outcome = one(bench, first)
    assert outcome.status is Status.UNKNOWN
    assert "plan again in a while" in str(outcome.error)
    assert not made(google)
    assert one(bench, first).status is Status.DONE
    assert len(made(google)) == 1


def test_a_rate_limit_is_waited_for_before_a_calendar_is_made(
    google: GoogleDouble, bench: Workbench, slept: list[float]
) -> None:
    google.fail("calendar.calendars.insert", status=403, reason="rateLimitExceeded", times=2)
    assert one(bench, wanted(bench)[0]).status is Status.DONE
    assert len(slept) == 2
    assert len(made(google)) == 1


def test_two_calendars_with_one_mark_are_refused(google: GoogleDouble, bench: Workbench) -> None:
    bench.publish(sample_briefing())
    name = made(google)["City"]
    service = google.service(user=SERVICE)
    copy = {each: google.calendar(name)[each] for each in ("summary", "description", "timeZone")}
    service.calendars().insert(body=copy).execute()
    assert one(bench, wanted(bench)[0]).status is Status.REFUSED
    report = bench.apply(bench.plan(sample_briefing(), sample_briefing("new")))
    assert report.counts == {"done": 1, "refused": 2, "failed": 0, "unknown": 0}
    assert "more than once" in str(report.failures[0].error)


def test_a_calendar_that_left_the_list_is_still_known(google: GoogleDouble, bench: Workbench) -> None:
    bench.publish(sample_briefing())
    google.service(user=SERVICE).calendarList().delete(calendarId=made(google)["City"]).execute()
    assert bench.plan(sample_briefing()).is_empty


def test_a_calendar_that_was_removed_by_hand_is_made_again_with_its_events(
    google: GoogleDouble, bench: Workbench
) -> None:
    bench.publish(sample_briefing())
    google.remove_calendar(made(google)["Ville"])
    report = bench.publish(sample_briefing())
    assert {each.change.action for each in report.outcomes} == {Action.CREATE}
    assert len(google.events(made(google)["Ville"])) == 1
    assert bench.plan(sample_briefing()).is_empty


def test_a_new_title_is_written_and_a_hand_edit_is_seen(
    google: GoogleDouble, bench: Workbench, calendar: Make
) -> None:
    bench.publish(sample_briefing())
    renamed = evolve(CITIES, summary=Name({"en": "Town", "fr": "Ville"}))
    bench.target = evolve(bench.target, integration=calendar(make=renamed, access=(READERS,)))
    bench.publish(sample_briefing())
    assert made(google).keys() == {"Town", "Ville"}
    service = google.service(user=SERVICE)
    service.calendars().patch(calendarId=made(google)["Town"], body={"summary": "By hand"}).execute()
    assert bench.apply(bench.plan(sample_briefing())).counts["refused"] == 1
    assert "By hand" in made(google)


def test_a_title_that_was_edited_between_plan_and_apply_is_not_overwritten(
    google: GoogleDouble, bench: Workbench
) -> None:
    bench.publish(sample_briefing())
    held = bench.read(sample_briefing()).remotes
    first = wanted(bench)[0].wanted
    assert first is not None
    change = Change(evolve(first, fields={**first.fields, "summary": "Town"}), held[first.identity])
    service = google.service(user=SERVICE)
    service.calendars().patch(calendarId=made(google)["City"], body={"summary": "By hand"}).execute()
    assert one(bench, change).status is Status.FAILED
    assert "By hand" in made(google)


def test_a_calendar_that_is_wanted_no_more_goes_with_its_own_events(
    google: GoogleDouble, bench: Workbench, calendar: Make
) -> None:
    bench.publish(sample_briefing())
    english = evolve(CITIES, summary=Name({"en": "City"}))
    bench.target = evolve(bench.target, integration=calendar(make=english, access=(READERS,)))
    bench.publish(sample_briefing())
    assert made(google).keys() == {"City"}


def test_a_calendar_in_which_others_put_events_stays(
    google: GoogleDouble, bench: Workbench, calendar: Make
) -> None:
    bench.publish(sample_briefing())
    google.add(made(google)["Ville"], summary="Somebody's own")
    english = evolve(CITIES, summary=Name({"en": "City"}))
    bench.target = evolve(bench.target, integration=calendar(make=english, access=(READERS,)))
    report = bench.apply(bench.plan(sample_briefing()))
    assert [str(each.error) for each in report.failures] == [
        "events stand in it, and would be deleted with it: move or delete them first"
    ]
    assert [each["summary"] for each in google.events(made(google)["Ville"]).values()] == ["Somebody's own"]


def test_a_calendar_of_another_target_is_not_ours(
    google: GoogleDouble, bench: Workbench, calendar: Make
) -> None:
    bench.publish(sample_briefing())
    other = Workbench(evolve(calendar(make=CITIES), target="other"), "other")
    assert not other.target.integration.read((), Snapshot()).remotes
    other.publish(sample_briefing())
    assert len(google.calendars) == 6


def test_a_calendar_that_somebody_shared_with_us_under_our_mark_is_not_written_to(
    google: GoogleDouble, bench: Workbench
) -> None:
    mark = CalendarMark("contract.example", TARGET, "en")
    name = google.make_calendar("theirs@group.calendar.google.com", summary="Theirs")
    service = google.service(user=google.person)
    service.calendars().patch(calendarId=name, body={"description": str(mark)}).execute()
    google.share(name, "writer", f"user:{SERVICE}")
    google.service(user=SERVICE).calendarList().insert(body={"id": name}).execute()
    report = bench.apply(bench.plan(sample_briefing()))
    assert "briefingkit did not make it" in str(report.failures[0].error)
    assert not google.events(name)


# Who may see them


def test_a_rule_changes_and_goes_and_others_rules_stay(
    google: GoogleDouble, bench: Workbench, calendar: Make
) -> None:
    bench.publish(sample_briefing())
    name = made(google)["City"]
    google.share(name, "writer", "user:colleague@cities.example")
    for rules in ((AccessRule(AccessRole.FREE_BUSY_READER, READERS.scope),), (EVERYBODY,), ()):
        bench.target = evolve(bench.target, integration=calendar(make=CITIES, access=rules))
        bench.publish(sample_briefing())
        expected = {rule.scope: rule.role.value for rule in rules}
        theirs = {f"user:{SERVICE}": "owner", "user:colleague@cities.example": "writer"}
        assert google.acl(name) == {**theirs, **expected}
        assert bench.plan(sample_briefing()).is_empty


def test_a_rule_that_somebody_made_in_their_calendar_is_not_ours_to_change(
    google: GoogleDouble, calendar: Make
) -> None:
    google.share(CITY, "owner", f"user:{SERVICE}")
    google.share(CITY, "writer", READERS.scope)
    bench = Workbench(calendar(calendar=Calendars(one=CITY), access=(READERS,)), TARGET)
    report = bench.apply(bench.plan(sample_briefing()))
    assert report.counts["refused"] == 1
    assert google.acl(CITY)[READERS.scope] == "writer"
    assert one(bench, wanted(bench, "access")[0]).status is Status.REFUSED
    assert google.acl(CITY)[READERS.scope] == "writer"


@pytest.mark.parametrize("fault", [{"reset": True, "after": True}, {"reset": True}, {"status": 503}])
def test_a_rule_whose_answer_was_lost_is_there_once(
    google: GoogleDouble, bench: Workbench, calendar: Make, fault: dict[str, object]
) -> None:
    google.fail("calendar.acl.insert", **fault)
    bench.publish(sample_briefing())
    google.fail("calendar.acl.patch", **fault)
    google.fail("calendar.calendars.patch", **fault)
    other = evolve(CITIES, summary=Name({"en": "Town", "fr": "Ville"}))
    rule = AccessRule(AccessRole.WRITER, READERS.scope)
    bench.target = evolve(bench.target, integration=calendar(make=other, access=(rule,)))
    bench.publish(sample_briefing())
    assert google.acl(made(google)["Town"])[READERS.scope] == "writer"
    assert bench.plan(sample_briefing()).is_empty


def test_a_rule_is_known_by_the_ledger_in_a_calendar_of_somebody_elses(
    google: GoogleDouble, calendar: Make
) -> None:
    google.share(CITY, "owner", f"user:{SERVICE}")
    bench = Workbench(calendar(access=(READERS,)), TARGET)
    bench.publish(sample_briefing())
    google.share(CITY, "freeBusyReader", READERS.scope)
    plan = bench.plan(sample_briefing())
    assert [change.drifted for each in plan.targets for change in each.changes] == [("role",)]


# The mark


@pytest.mark.parametrize("about", ["", "What is on", "Two\n\nparagraphs", "[briefingkit a b]"])
def test_a_mark_is_read_back_and_is_no_part_of_what_is_said(about: str) -> None:
    mark = CalendarMark("uclg.org", "city calendar", "zh-Hant")
    raw = {"id": "x", "summary": "City", "description": f"{about}\n\n{mark}" if about else str(mark)}
    assert calendar_mark_of(raw) == mark
    assert calendar_fields(raw)["description"] == (about or None)


@pytest.mark.parametrize("text", [None, "", "What is on", "[briefingkit a b c] and more"])
def test_a_description_without_a_mark_is_nobodys(text: str | None) -> None:
    assert calendar_mark_of({"description": text}) is None


def test_the_list_of_calendars_is_asked_for_once_in_a_run(google: GoogleDouble, bench: Workbench) -> None:
    bench.publish(sample_briefing())
    plan = bench.plan(sample_briefing(hour=17), sample_briefing("new"))
    google.requests.clear()
    bench.apply(plan).raise_for_failed()
    assert {each.method for each in asked(google)} == {"calendar.events.insert", "calendar.events.patch"}
