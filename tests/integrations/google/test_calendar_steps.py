"""What a change asks for, answer by answer: each ends in an outcome that is true, whatever the answers are."""

from collections.abc import Callable, Generator
from contextlib import suppress
from http import HTTPStatus
from itertools import islice
from typing import Any

import pytest
from attrs import evolve

from briefingkit.publish import Change, Outcome, Remote, Resource, Status
from briefingkit.publish.guests import Guests
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.testing.google import GoogleDouble
from briefingkit_google.auth import Auth
from briefingkit_google.batch import Ask, Reply
from briefingkit_google.calendar import GoogleCalendar
from briefingkit_google.calendar.calendar_steps import AccessWriter, CalendarWriter
from briefingkit_google.calendar.calendars import CalendarMark, calendar_remote, rule_remote
from briefingkit_google.calendar.calls import Calls
from briefingkit_google.calendar.event import Governed, insert_body, remote_of
from briefingkit_google.calendar.event_steps import EventWriter
from briefingkit_google.calendar.reading import open_session
from briefingkit_google.faults import Fault, Reach
from briefingkit_google.stepping import Steps

from .conftest import CITY, TARGET


def refused(status: int, *, unsure: bool = False) -> Reply:
    words = "plan again" if status == HTTPStatus.PRECONDITION_FAILED else f"refused with {status}"
    return Reply(fault=Fault(Reach.RESOURCE, words, certain=True, status=status), unsure=unsure)


def in_trouble(*, certain: bool = False) -> Reply:
    fault = Fault(Reach.PASSING, "in trouble", certain=certain, status=503)
    return Reply(fault=fault, unsure=not certain)


CONFLICT, MOVED, GONE, FORBIDDEN = (
    refused(status) for status in (HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED, 404, 403)
)


@pytest.fixture
def calls(google: GoogleDouble, calendar: Callable[..., GoogleCalendar]) -> Calls:  # noqa: ARG001 - nothing is sent
    return Calls(open_session(calendar()).service)


@pytest.fixture
def integration(calendar: Callable[..., GoogleCalendar]) -> GoogleCalendar:
    return calendar(languages=("en",))


@pytest.fixture
def writer(calls: Calls, integration: GoogleCalendar) -> EventWriter:
    return EventWriter(integration, calls, lambda _: CITY)


def desired(integration: GoogleCalendar, **more: Any) -> Resource:
    return Workbench(integration, TARGET).desired(sample_briefing(**more))[0]


def raw_of(resource: Resource, **more: Any) -> dict[str, Any]:
    return {**insert_body(resource), "status": "confirmed", "etag": '"1"', **more}


def held(resource: Resource, **more: Any) -> Remote:
    return remote_of(raw_of(resource, **more), CITY, Governed(guests=False, color=False))


def play(steps: Steps, *replies: Reply) -> Outcome:
    """Answer what is asked, one after the other; there has to be an outcome at the last."""
    outcomes: list[object] = []

    def run() -> Generator[Ask, Reply, None]:
        outcomes.append((yield from steps))

    driven = run()
    asked = [each.request.methodId for each in islice(driven, 1)]
    for reply in replies:
        with suppress(StopIteration):
            asked.append(driven.send(reply).request.methodId)
    assert len(outcomes) == 1, f"no outcome after {asked}"
    (outcome,) = outcomes
    assert isinstance(outcome, Outcome)
    return outcome


# Making an event

TAKEN = Reply(fault=CONFLICT.fault)
UNANSWERED = evolve(CONFLICT, unsure=True)


@pytest.mark.parametrize(
    ("replies", "status", "word"),
    [
        ((FORBIDDEN,), Status.FAILED, "403"),
        ((in_trouble(),), Status.UNKNOWN, "trouble"),
        ((in_trouble(certain=True),), Status.FAILED, "trouble"),
        ((TAKEN, GONE), Status.FAILED, "404"),
        ((TAKEN, in_trouble(certain=True)), Status.FAILED, "trouble"),
        ((UNANSWERED, in_trouble(certain=True)), Status.UNKNOWN, "trouble"),
        ((TAKEN, "tombstone", FORBIDDEN), Status.FAILED, "403"),
        ((TAKEN, "tombstone", MOVED, "tombstone", MOVED), Status.FAILED, "plan again"),
        ((TAKEN, "tombstone", in_trouble()), Status.UNKNOWN, "trouble"),
        ((UNANSWERED, "tombstone", MOVED, "tombstone", MOVED), Status.UNKNOWN, "plan again"),
        ((TAKEN, "tombstone", MOVED, "as wanted"), Status.DONE, ""),
        ((TAKEN, "stranger"), Status.REFUSED, "did not make it"),
        ((UNANSWERED, "as wanted"), Status.DONE, ""),
        ((TAKEN, "tombstone", "as wanted"), Status.DONE, ""),
    ],
)
def test_making_an_event_ends_well_or_truly(
    integration: GoogleCalendar, writer: EventWriter, replies: tuple[Any, ...], status: Status, word: str
) -> None:
    wanted = desired(integration)
    answers = {
        "as wanted": Reply(raw_of(wanted)),
        "tombstone": Reply(raw_of(wanted, status="cancelled")),
        "stranger": Reply(raw_of(wanted, extendedProperties={})),
    }
    outcome = play(
        writer.steps(Change(wanted)), *(answers[each] if isinstance(each, str) else each for each in replies)
    )
    assert outcome.status is status
    assert word in (outcome.error or "")


def test_an_event_whose_calendar_is_not_there_is_not_tried(integration: GoogleCalendar, calls: Calls) -> None:
    writer = EventWriter(integration, calls, lambda _: None)
    assert play(writer.steps(Change(desired(integration)))).status is Status.REFUSED


# Changing and deleting one


@pytest.mark.parametrize(
    ("replies", "status", "word"),
    [
        ((FORBIDDEN,), Status.FAILED, "403"),
        ((in_trouble(),), Status.UNKNOWN, "trouble"),
        ((GONE,), Status.FAILED, "removed"),
        ((MOVED, GONE), Status.FAILED, "removed"),
        ((MOVED, in_trouble(certain=True)), Status.FAILED, "trouble"),
        ((MOVED, "tombstone"), Status.FAILED, "removed"),
        ((MOVED, "edited"), Status.FAILED, "plan again"),
        ((MOVED, "as seen", "as wanted"), Status.DONE, ""),
        ((MOVED, "as seen", MOVED), Status.FAILED, "plan again"),
        ((MOVED, "as seen", evolve(MOVED, unsure=True), "as wanted"), Status.DONE, ""),
        ((MOVED, "as seen", evolve(MOVED, unsure=True), "as seen"), Status.FAILED, "plan again"),
        ((MOVED, "as seen", evolve(MOVED, unsure=True), "edited"), Status.UNKNOWN, "plan again"),
        ((evolve(MOVED, unsure=True), "as wanted"), Status.DONE, ""),
        ((evolve(MOVED, unsure=True), "edited"), Status.UNKNOWN, "plan again"),
        ((evolve(MOVED, unsure=True), in_trouble(certain=True)), Status.UNKNOWN, "trouble"),
    ],
)
def test_changing_an_event_ends_well_or_truly(
    integration: GoogleCalendar, writer: EventWriter, replies: tuple[Any, ...], status: Status, word: str
) -> None:
    seen, wanted = desired(integration), desired(integration, hour=18)
    answers = {
        "as seen": Reply(raw_of(seen, etag='"2"', attendees=[{"email": "guest@cities.example"}])),
        "as wanted": Reply(raw_of(wanted, etag='"3"')),
        "edited": Reply(raw_of(seen, etag='"2"', summary="By hand")),
        "tombstone": Reply(raw_of(seen, status="cancelled")),
    }
    change = Change(wanted, held(seen))
    outcome = play(
        writer.steps(change), *(answers[each] if isinstance(each, str) else each for each in replies)
    )
    assert outcome.status is status
    assert word in (outcome.error or "")


@pytest.mark.parametrize(
    ("replies", "status"),
    [
        ((Reply({}),), Status.DONE),
        ((GONE,), Status.DONE),
        ((refused(410),), Status.DONE),
        ((FORBIDDEN,), Status.FAILED),
        ((in_trouble(),), Status.UNKNOWN),
        ((MOVED, GONE), Status.DONE),
        ((MOVED, in_trouble(certain=True)), Status.FAILED),
        ((MOVED, "tombstone"), Status.DONE),
        ((MOVED, "edited"), Status.FAILED),
        ((MOVED, "as seen", Reply({})), Status.DONE),
        ((MOVED, "as seen", MOVED), Status.FAILED),
        ((MOVED, "as seen", in_trouble()), Status.UNKNOWN),
    ],
)
def test_deleting_an_event_ends_well_or_truly(
    integration: GoogleCalendar, writer: EventWriter, replies: tuple[Any, ...], status: Status
) -> None:
    seen = desired(integration)
    answers = {
        "as seen": Reply(raw_of(seen, etag='"2"')),
        "edited": Reply(raw_of(seen, etag='"2"', summary="By hand")),
        "tombstone": Reply(raw_of(seen, status="cancelled")),
    }
    steps = writer.steps(Change(None, held(seen)))
    assert (
        play(steps, *(answers[each] if isinstance(each, str) else each for each in replies)).status is status
    )


def test_guests_whom_google_leaves_out_are_not_written_over(
    calls: Calls, calendar: Callable[..., GoogleCalendar]
) -> None:
    acting = Auth(service_account="key.json", subject="person@cities.example")
    inviting = calendar(languages=("en",), auth=acting, guests=Guests(addresses=("b@cities.example",)))
    wanted = desired(inviting)
    seen = evolve(wanted, fields={**wanted.fields, "attendees": ("a@cities.example",)})
    writer = EventWriter(inviting, calls, lambda _: CITY)
    some = Reply(raw_of(seen, attendeesOmitted=True))
    remote = remote_of(raw_of(seen), CITY, Governed(guests=True, color=False))
    assert play(writer.steps(Change(wanted, remote)), some).status is Status.REFUSED
    assert play(writer.steps(Change(wanted)), TAKEN, some).status is Status.REFUSED


# Calendars and rules

CALENDAR = Resource(
    "calendar",
    "en",
    TARGET,
    {
        "summary": "City",
        "description": None,
        "timeZone": "UTC",
        "mark": {"namespace": "n", "target": TARGET},
    },
)
MARK = CalendarMark("n", TARGET, "en")
AS_WANTED = {"id": "c1", "etag": '"1"', "summary": "City", "description": str(MARK), "timeZone": "UTC"}
AS_SEEN = {**AS_WANTED, "summary": "Town"}
BY_HAND = {**AS_WANTED, "summary": "By hand"}
NONE = Reply({"items": []})
LISTED = Reply({"items": [{**AS_WANTED, "accessRole": "owner"}]})
LOST = in_trouble()
RACED = Reply(fault=MOVED.fault)


@pytest.mark.parametrize(
    ("replies", "status"),
    [
        ((in_trouble(certain=True),), Status.FAILED),
        ((NONE, Reply(AS_WANTED)), Status.DONE),
        ((NONE, FORBIDDEN), Status.FAILED),
        ((NONE, LOST, NONE), Status.UNKNOWN),
        ((NONE, LOST, in_trouble(certain=True)), Status.UNKNOWN),
        ((NONE, LOST, LISTED, Reply(AS_WANTED)), Status.DONE),
        ((LISTED, GONE), Status.FAILED),
        ((LISTED, Reply(AS_SEEN), Reply(AS_WANTED)), Status.DONE),
        ((LISTED, Reply(AS_SEEN), FORBIDDEN), Status.FAILED),
        ((LISTED, Reply(AS_SEEN), LOST, Reply(AS_WANTED)), Status.DONE),
        ((LISTED, Reply(AS_SEEN), LOST, Reply(AS_SEEN)), Status.UNKNOWN),
        ((LISTED, Reply(AS_SEEN), LOST, GONE), Status.UNKNOWN),
        ((Reply({"items": [AS_WANTED, {**AS_WANTED, "id": "c2"}]}),), Status.REFUSED),
    ],
)
def test_making_a_calendar_ends_well_or_truly(
    calls: Calls, replies: tuple[Reply, ...], status: Status
) -> None:
    known: dict[str, str] = {}
    assert play(CalendarWriter(calls, known).steps(Change(CALENDAR)), *replies).status is status
    assert known == ({"en": "c1"} if status is Status.DONE else {})


@pytest.mark.parametrize(
    ("replies", "status"),
    [
        ((GONE,), Status.FAILED),
        ((Reply(BY_HAND),), Status.FAILED),
        ((Reply(AS_SEEN), RACED), Status.FAILED),
        ((Reply(AS_SEEN), Reply(AS_WANTED)), Status.DONE),
        ((Reply(AS_SEEN), LOST, Reply(BY_HAND)), Status.UNKNOWN),
    ],
)
def test_changing_a_calendar_ends_well_or_truly(
    calls: Calls, replies: tuple[Reply, ...], status: Status
) -> None:
    change = Change(CALENDAR, calendar_remote(AS_SEEN, MARK))
    assert play(CalendarWriter(calls, {}).steps(change), *replies).status is status


@pytest.mark.parametrize(
    ("replies", "status"),
    [
        ((GONE,), Status.DONE),
        ((in_trouble(certain=True),), Status.FAILED),
        ((Reply(BY_HAND),), Status.FAILED),
        ((Reply(AS_SEEN), GONE, GONE), Status.DONE),
        ((Reply(AS_SEEN), in_trouble(certain=True)), Status.FAILED),
        ((Reply(AS_SEEN), Reply({"items": [{"id": "x"}]})), Status.REFUSED),
        ((Reply(AS_SEEN), NONE, Reply({})), Status.DONE),
        ((Reply(AS_SEEN), NONE, FORBIDDEN), Status.FAILED),
        ((Reply(AS_SEEN), NONE, LOST), Status.UNKNOWN),
    ],
)
def test_deleting_a_calendar_ends_well_or_truly(
    calls: Calls, replies: tuple[Reply, ...], status: Status
) -> None:
    change = Change(None, calendar_remote(AS_SEEN, MARK))
    assert play(CalendarWriter(calls, {"en": "c1"}).steps(change), *replies).status is status


RULE = {"id": "domain:cities.example", "etag": '"1"', "role": "reader"}
WRITER = {**RULE, "role": "writer"}
ACCESS = Resource("access", "en domain:cities.example", TARGET, {"role": "reader"})


@pytest.mark.parametrize(
    ("replies", "ours", "status"),
    [
        ((GONE, Reply(RULE)), False, Status.DONE),
        ((GONE, FORBIDDEN), False, Status.FAILED),
        ((GONE, LOST), False, Status.UNKNOWN),
        ((in_trouble(certain=True),), False, Status.FAILED),
        ((Reply(RULE),), False, Status.DONE),
        ((Reply({**RULE, "role": "none"}), Reply(RULE)), False, Status.DONE),
        ((Reply(WRITER),), False, Status.REFUSED),
        ((Reply(WRITER), Reply(RULE)), True, Status.DONE),
    ],
)
def test_making_a_rule_ends_well_or_truly(
    calls: Calls, replies: tuple[Reply, ...], status: Status, *, ours: bool
) -> None:
    writer = AccessWriter(calls, lambda _: CITY, ours=ours)
    assert play(writer.steps(Change(ACCESS)), *replies).status is status


def test_a_rule_for_a_calendar_that_is_not_there_is_not_tried(calls: Calls) -> None:
    writer = AccessWriter(calls, lambda _: None, ours=True)
    assert play(writer.steps(Change(ACCESS))).status is Status.REFUSED


@pytest.mark.parametrize(
    ("replies", "deleting", "status"),
    [
        ((Reply(RULE),), False, Status.DONE),
        ((GONE,), False, Status.FAILED),
        ((LOST,), False, Status.UNKNOWN),
        ((RACED, Reply(WRITER)), False, Status.FAILED),
        ((evolve(RACED, unsure=True), Reply(RULE)), False, Status.DONE),
        ((evolve(RACED, unsure=True), Reply(WRITER)), False, Status.UNKNOWN),
        ((Reply({}),), True, Status.DONE),
        ((GONE,), True, Status.DONE),
        ((RACED,), True, Status.FAILED),
        ((LOST,), True, Status.UNKNOWN),
    ],
)
def test_changing_and_deleting_a_rule_end_well_or_truly(
    calls: Calls, replies: tuple[Reply, ...], status: Status, *, deleting: bool
) -> None:
    held_rule = rule_remote(WRITER, "en", CITY, TARGET)
    writer = AccessWriter(calls, lambda _: CITY, ours=True)
    assert play(writer.steps(Change(None if deleting else ACCESS, held_rule)), *replies).status is status
