"""A room that Google makes a little later, or not at all: it is followed, said, and asked for again."""

from collections.abc import Callable

import pytest
from attrs import evolve

from briefingkit.model import Access, Briefing, FromTarget, Online, Place
from briefingkit.publish import OutputKey, Status
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.testing.google import GoogleDouble
from briefingkit_google.auth import Auth, calendar_scopes
from briefingkit_google.calendar import GoogleCalendar

from .conftest import CITY, TARGET, asked

Make = Callable[..., GoogleCalendar]


def with_a_room(identifier: str = "contract-2022") -> Briefing:
    return evolve(
        sample_briefing(identifier), place=Place(online=Online(FromTarget(TARGET), access=Access.PUBLIC))
    )


@pytest.fixture
def bench(google: GoogleDouble, calendar: Make) -> Workbench:
    """One language, so one event; the service account acts for a person, for by itself it makes no rooms."""
    google.share(CITY, "writer", f"user:{google.person}")
    integration = calendar(languages=("en",), auth=Auth(service_account="key.json", subject=google.person))
    google.service_account(integration.base / "key.json", delegated=calendar_scopes())
    return Workbench(integration, TARGET)


def room(bench: Workbench, identifier: str = "contract-2022") -> str | None:
    made = bench.journal.outputs().get(OutputKey(TARGET, identifier, "room"))
    return made.value if made else None


def requested(google: GoogleDouble) -> list[str]:
    """The ids of the requests for rooms, in the order in which they came."""
    bodies = [
        each.body["conferenceData"] for each in asked(google) if each.body and each.body.get("conferenceData")
    ]
    return [data["createRequest"]["requestId"] for data in bodies]


def test_a_room_that_is_there_at_once_takes_no_further_request(
    google: GoogleDouble, bench: Workbench
) -> None:
    google.conference_reads = 0
    plan = bench.plan(with_a_room())
    google.requests.clear()
    bench.apply(plan).raise_for_failed()
    assert [each.method for each in asked(google)] == ["calendar.events.insert"]
    assert str(room(bench)).startswith("https://meet.google.com/")


@pytest.mark.parametrize("reads", [1, 3])
def test_a_room_that_is_being_made_is_followed(
    google: GoogleDouble, bench: Workbench, slept: list[float], reads: int
) -> None:
    google.conference_reads = reads
    bench.publish(with_a_room())
    assert str(room(bench)).startswith("https://meet.google.com/")
    assert 0.5 <= sum(slept) < 10
    assert bench.plan(with_a_room()).is_empty


def test_many_rooms_are_followed_together(google: GoogleDouble, bench: Workbench, slept: list[float]) -> None:
    google.conference_reads = 2
    briefings = [with_a_room(f"b-{number}") for number in range(30)]
    bench.publish(*briefings)
    assert all(room(bench, each.identifier) for each in briefings)
    assert len(slept) <= 3


def test_a_room_that_does_not_come_is_said_and_found_by_the_next_run(
    google: GoogleDouble, bench: Workbench, slept: list[float]
) -> None:
    google.conference_reads = 12
    (outcome,) = bench.apply(bench.plan(with_a_room())).outcomes
    assert outcome.status is Status.UNKNOWN
    assert "still making its room" in str(outcome.error)
    assert sum(slept) < 60
    assert room(bench) is None
    (event,) = google.events(CITY)
    for _ in range(12):
        google.service(user=google.person).events().get(calendarId=CITY, eventId=event).execute()
    bench.publish(with_a_room())
    assert str(room(bench)).startswith("https://meet.google.com/")
    assert len(requested(google)) == 1


def test_a_room_that_failed_is_said_and_asked_for_again_under_another_id(
    google: GoogleDouble, bench: Workbench
) -> None:
    google.conference_fails = True
    for _ in range(2):
        (outcome,) = bench.apply(bench.plan(with_a_room())).outcomes
        assert outcome.status is Status.UNKNOWN
        assert "could not make its room" in str(outcome.error)
    google.conference_fails = False
    bench.publish(with_a_room())
    assert str(room(bench)).startswith("https://meet.google.com/")
    assert len(set(requested(google))) == len(requested(google)) == 3
    assert bench.plan(with_a_room()).is_empty
    assert len(google.events(CITY)) == 1


def test_asking_whose_answer_was_lost_makes_one_room(google: GoogleDouble, bench: Workbench) -> None:
    google.fail("calendar.events.insert", reset=True, after=True)
    bench.publish(with_a_room())
    assert len(set(requested(google))) == 1
    assert str(room(bench)).startswith("https://meet.google.com/")


def test_a_service_account_by_itself_is_told_what_a_room_takes(google: GoogleDouble, calendar: Make) -> None:
    bench = Workbench(calendar(languages=("en",)), TARGET)
    report = bench.apply(bench.plan(with_a_room(), sample_briefing("roomless")))
    assert report.counts == {"done": 1, "failed": 1, "refused": 0, "unknown": 0}
    assert "Google Meet" in str(report.failures[0].error)
    assert len(google.events(CITY)) == 1


def test_an_event_that_was_deleted_comes_back_with_a_room_of_its_own(bench: Workbench) -> None:
    bench.publish(with_a_room(), sample_briefing("other"))
    bench.publish(sample_briefing("other"))
    bench.publish(with_a_room(), sample_briefing("other"))
    assert str(room(bench)).startswith("https://meet.google.com/")
    assert bench.plan(with_a_room(), sample_briefing("other")).is_empty
