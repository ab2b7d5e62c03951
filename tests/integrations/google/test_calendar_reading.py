"""What is read, in how few requests, and what makes it necessary to read everything."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from attrs import evolve

from briefingkit.errors import IntegrationError
from briefingkit.publish import Drift, Remote, Snapshot
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.testing.google import GoogleDouble
from briefingkit.text import Name
from briefingkit_google.calendar import GoogleCalendar
from briefingkit_google.calendar.choices import (
    AccessRole,
    AccessRule,
    Calendars,
    MakeCalendars,
    Reminder,
    ReminderMethod,
    Reminders,
)
from briefingkit_google.calendar.cursor import Cursor
from briefingkit_google.calendar.identity import Mark, mark_properties

from .conftest import CITY, SERVICE, TARGET, asked, event_of, http_requests

FRENCH = "ville@group.calendar.google.com"
SHARED = (AccessRule(AccessRole.READER, "domain:cities.example"),)
Make = Callable[..., GoogleCalendar]


@pytest.fixture
def both(google: GoogleDouble, calendar: Make) -> GoogleCalendar:
    """A calendar for each of two languages."""
    google.make_calendar(FRENCH)
    google.share(FRENCH, "writer", f"user:{SERVICE}")
    return calendar(calendar=Calendars(by_language={"en": CITY, "fr": FRENCH}))


def in_step(integration: GoogleCalendar) -> Workbench:
    bench = Workbench(integration, TARGET)
    bench.publish(sample_briefing())
    assert bench.plan(sample_briefing()).is_empty
    return bench


def read_on(bench: Workbench) -> Snapshot:
    last = bench.journal.load(TARGET).snapshot
    return bench.target.integration.read(bench.desired(sample_briefing()), last)


# How many requests


def test_a_plan_that_finds_nothing_to_do_makes_one_request(google: GoogleDouble, bench: Workbench) -> None:
    bench.publish(sample_briefing())
    bench.plan(sample_briefing())
    google.requests.clear()
    assert bench.plan(sample_briefing()).is_empty
    assert [each.method for each in asked(google)] == ["calendar.events.list"]
    assert asked(google)[0].query["syncToken"]


def test_each_calendar_is_one_request(google: GoogleDouble, both: GoogleCalendar) -> None:
    bench = in_step(both)
    google.requests.clear()
    assert bench.plan(sample_briefing()).is_empty
    assert [each.method for each in asked(google)] == ["calendar.events.list"] * 2


def test_the_list_of_calendars_and_of_who_sees_each_is_one_request_more(
    google: GoogleDouble, calendar: Make
) -> None:
    bench = in_step(calendar(make=MakeCalendars(summary=Name({"en": "City"})), access=SHARED))
    google.requests.clear()
    assert bench.plan(sample_briefing()).is_empty
    assert sorted(each.method for each in asked(google)) == [
        "calendar.acl.list",
        "calendar.calendarList.list",
        "calendar.events.list",
    ]


def test_a_whole_run_takes_one_token(google: GoogleDouble, bench: Workbench) -> None:
    bench.publish(*(sample_briefing(f"b-{number}") for number in range(60)))
    assert [each.method for each in google.requests].count("token") == 1


def test_strangers_are_read_in_few_pages_and_forgotten(google: GoogleDouble, bench: Workbench) -> None:
    google.fill(CITY, 6000, description="Not ours to read")
    bench.publish(sample_briefing())
    first = [each for each in asked(google) if each.method == "calendar.events.list"]
    assert len(first) == 3
    assert all("description" in each.query["fields"] for each in first)
    assert len(bench.read(sample_briefing()).remotes) == 2


# What makes everything to be read again


def test_an_expired_token_is_a_full_read_of_that_calendar(google: GoogleDouble, bench: Workbench) -> None:
    bench.publish(sample_briefing())
    bench.plan(sample_briefing())
    google.expire_sync_tokens()
    google.requests.clear()
    assert bench.plan(sample_briefing()).is_empty
    assert ["syncToken" in each.query for each in asked(google)] == [True, False]


@pytest.mark.parametrize(
    "cursor", ["", "{}", "not a cursor", "[1]", '{"for": {}, "tokens": [], "lists": ""}']
)
def test_a_cursor_of_something_else_is_a_full_read(
    google: GoogleDouble, bench: Workbench, cursor: str
) -> None:
    bench.publish(sample_briefing())
    last = evolve(bench.journal.load(TARGET).snapshot, cursor=cursor, remotes={})
    google.requests.clear()
    assert len(bench.target.integration.read(bench.desired(sample_briefing()), last).remotes) == 2
    assert "syncToken" not in asked(google)[0].query


@pytest.mark.parametrize(
    "other",
    [{"base_url": "http://127.0.0.1:9/"}, {"base_url": None}, {"target": "renamed"}, {"color": "sage"}],
)
def test_a_cursor_holds_for_the_settings_that_it_was_made_for(
    calendar: Make, other: dict[str, str | None]
) -> None:
    integration = calendar()
    cursor = Cursor({("all", CITY): "token"}, "lists")
    assert Cursor.parse(cursor.write(integration), integration) == cursor
    assert Cursor.parse(cursor.write(integration), evolve(integration, **other)) == Cursor()


def test_settings_that_speak_of_other_fields_are_a_full_read(
    google: GoogleDouble, bench: Workbench, calendar: Make
) -> None:
    bench.publish(sample_briefing())
    bench.plan(sample_briefing())
    last = bench.journal.load(TARGET).snapshot
    google.requests.clear()
    calendar(color="sage").read(bench.desired(sample_briefing()), last)
    assert "syncToken" not in asked(google)[0].query


def test_a_calendar_that_is_new_in_the_settings_is_read_in_full_and_the_other_is_not(
    google: GoogleDouble, calendar: Make, both: GoogleCalendar
) -> None:
    bench = in_step(calendar(calendar=Calendars(by_language={"en": CITY})))
    last = bench.journal.load(TARGET).snapshot
    google.requests.clear()
    both.read((), last)
    assert ["syncToken" in each.query for each in asked(google)] == [True, False]


# What is seen


def test_a_removal_is_seen_without_reading_everything(google: GoogleDouble, bench: Workbench) -> None:
    bench.publish(sample_briefing())
    bench.plan(sample_briefing())
    first, second = read_on(bench).remotes.values()
    google.remove(*event_of(first))
    assert list(read_on(bench).remotes.values()) == [second]


def test_an_event_that_lost_its_mark_is_a_strangers(google: GoogleDouble, bench: Workbench) -> None:
    bench.publish(sample_briefing())
    bench.plan(sample_briefing())
    remote = next(iter(read_on(bench).remotes.values()))
    marks = google.event(*event_of(remote))["extendedProperties"]["private"]
    google.edit(*event_of(remote), extendedProperties={"private": dict.fromkeys(marks)})
    held = read_on(bench).remotes[remote.identity]
    assert not held.ours
    assert bench.apply(bench.plan(sample_briefing())).counts["refused"] == 1
    assert google.event(*event_of(remote))["status"] == "confirmed"


def test_a_target_that_was_renamed_takes_its_events_over(google: GoogleDouble, calendar: Make) -> None:
    in_step(calendar())
    renamed = Workbench(evolve(calendar(), target="renamed"), "renamed")
    before = google.events(CITY).keys()
    report = renamed.publish(sample_briefing())
    assert {each.change.action.value for each in report.outcomes} == {"update"}
    assert google.events(CITY).keys() == before
    assert renamed.plan(sample_briefing()).is_empty


def test_another_targets_events_are_left_alone_and_not_spoken_of(
    google: GoogleDouble, calendar: Make
) -> None:
    in_step(calendar())
    other = Workbench(evolve(calendar(), target="other"), "other")
    other.publish(sample_briefing("elsewhere"))
    assert {each.owner for each in (r.resource for r in other.read().remotes.values())} == {"elsewhere"}
    assert len(google.events(CITY)) == 4


def test_another_projects_events_under_the_same_names_are_left_alone(
    google: GoogleDouble, bench: Workbench
) -> None:
    bench.publish(sample_briefing())
    bench.plan(sample_briefing())
    name, event = next(iter(google.events(CITY).items()))
    theirs = Mark("other.example", TARGET, "theirs", "theirs.en")
    kept = {key: event[key] for key in ("summary", "start", "end")}
    google.add(CITY, id=theirs.id, extendedProperties={"private": mark_properties(theirs)}, **kept)
    assert bench.plan(sample_briefing()).is_empty
    last = bench.journal.load(TARGET).snapshot
    assert len(bench.target.integration.read((), evolve(last, cursor=None)).remotes) == 2
    assert name in google.events(CITY)


def test_languages_that_swap_calendars_swap_their_events(
    google: GoogleDouble, both: GoogleCalendar, calendar: Make
) -> None:
    bench = in_step(both)
    swapped = Calendars(by_language={"en": FRENCH, "fr": CITY})
    bench.target = evolve(bench.target, integration=calendar(calendar=swapped))
    report = bench.publish(sample_briefing())
    assert sorted(each.change.action.value for each in report.outcomes) == [
        "create",
        "create",
        "delete",
        "delete",
    ]
    titles = {name: [each["summary"] for each in google.events(name).values()] for name in (CITY, FRENCH)}
    assert titles == {CITY: ["On the road, en français"], FRENCH: ["On the road"]}
    assert bench.plan(sample_briefing()).is_empty


def test_a_guests_answer_is_no_drift(google: GoogleDouble, bench: Workbench) -> None:
    bench.publish(sample_briefing())
    remote = next(iter(bench.read(sample_briefing()).remotes.values()))
    google.edit(*event_of(remote), attendees=[{"email": "guest@cities.example"}])
    google.answer(*event_of(remote), "guest@cities.example", "accepted")
    assert bench.plan(sample_briefing()).is_empty


def test_nothing_is_new_only_where_nothing_at_all_changed(google: GoogleDouble, bench: Workbench) -> None:
    bench.publish(sample_briefing())
    cursor = bench.plan(sample_briefing()).targets[0].cursor
    assert isinstance(bench.target.integration, GoogleCalendar)
    assert cursor is not None
    assert bench.target.integration.unchanged(cursor)
    google.add(CITY)
    assert not bench.target.integration.unchanged(cursor)
    google.expire_sync_tokens()
    assert not bench.target.integration.unchanged(cursor)


# What cannot be read


def test_a_calendar_that_is_not_shared_with_us_is_said_with_whom_to_share_it(
    google: GoogleDouble, bench: Workbench
) -> None:
    google.share(CITY, "none", f"user:{SERVICE}")
    with pytest.raises(IntegrationError, match="Shared with") as caught:
        bench.read(sample_briefing())
    assert CITY in str(caught.value)
    assert SERVICE in str(caught.value)


def test_rules_that_we_may_not_read_are_said_with_the_permission_that_is_missing(
    google: GoogleDouble, calendar: Make
) -> None:
    google.share(CITY, "reader", f"user:{SERVICE}")
    with pytest.raises(IntegrationError, match="Make changes and manage sharing"):
        calendar(access=SHARED).read((), Snapshot())


def test_a_read_waits_for_a_server_in_trouble_and_no_longer_than_its_patience(
    google: GoogleDouble, bench: Workbench, slept: list[float]
) -> None:
    google.fail("calendar.events.list", status=503, times=3)
    assert bench.read(sample_briefing()).remotes == {}
    assert len(slept) == 3
    google.fail("calendar.events.list", status=429, times=100, retry_after=30)
    with pytest.raises(IntegrationError, match="quota a minute"):
        bench.read(sample_briefing())
    assert 90 <= sum(slept[3:]) <= timedelta(minutes=2).total_seconds()


def test_a_page_that_is_lost_on_the_way_is_asked_for_again(google: GoogleDouble, bench: Workbench) -> None:
    google.fill(CITY, 2600)
    bench.publish(sample_briefing())
    for fault in ({"reset": True}, {"truncate": True}, {"html": True}, {"reset": True, "after": True}):
        google.fail("calendar.events.list", skip=1, **fault)
        assert len(bench.read(sample_briefing()).remotes) == 2


def test_drift_that_came_while_a_token_was_old_is_still_seen(google: GoogleDouble, bench: Workbench) -> None:
    bench.publish(sample_briefing())
    bench.plan(sample_briefing())
    remote: Remote = next(iter(read_on(bench).remotes.values()))
    google.edit(*event_of(remote), location="Somewhere else")
    google.expire_sync_tokens()
    plan = bench.plan(sample_briefing(), drift=Drift.RESTORE)
    assert [change.drifted for each in plan.targets for change in each.pending] == [("location",)]


def test_a_reminder_that_was_changed_is_drift_though_the_event_says_that_it_was_not_updated(
    google: GoogleDouble, calendar: Make
) -> None:
    bench = in_step(calendar(reminders=Reminders((Reminder(ReminderMethod.POPUP, 30),))))
    remote: Remote = next(iter(read_on(bench).remotes.values()))
    before = google.event(*event_of(remote))
    google.edit(*event_of(remote), reminders={"useDefault": True, "overrides": None})
    assert google.event(*event_of(remote))["updated"] == before["updated"]
    plan = bench.plan(sample_briefing(), drift=Drift.RESTORE)
    assert [change.drifted for each in plan.targets for change in each.pending] == [("reminders",)]
    bench.apply(plan).raise_for_failed()
    assert google.event(*event_of(remote))["reminders"] == before["reminders"]


def test_a_first_run_is_two_requests_by_an_agent_with_a_name(google: GoogleDouble, bench: Workbench) -> None:
    bench.publish(sample_briefing())
    agents = {
        each.headers["user-agent"] for each in google.requests if each.part is None and each.method != "token"
    }
    assert all(agent.startswith("briefingkit/") and "gzip" in agent for agent in agents)
    assert http_requests(google) == 2
