"""What can go wrong while changes are made: each change has a true outcome, and nothing is ever there twice."""

import math
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from briefingkit.model import Briefing
from briefingkit.publish import Action, Change, Drift, Outcome, Status
from briefingkit.publish.outcome import Report
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.testing.google import GoogleDouble
from briefingkit_google.calendar import GoogleCalendar
from briefingkit_google.calendar.choices import SendUpdates

from .conftest import CITY, TARGET, asked, event_of, http_requests

Make = Callable[..., GoogleCalendar]
PATIENCE = timedelta(minutes=2).total_seconds()


def many(number: int, **more: Any) -> list[Briefing]:
    return [sample_briefing(f"b-{each}", **more) for each in range(number)]


def converges(google: GoogleDouble, bench: Workbench, *briefings: Briefing) -> None:
    """Once all is well again, one more run brings everything in step, with one event of each."""
    google.heal()
    bench.apply(bench.plan(*briefings)).raise_for_failed()
    assert bench.plan(*briefings).is_empty
    events = google.events(CITY)
    keys = [each["extendedProperties"]["private"]["briefingkit-key"] for each in events.values()]
    assert sorted(keys) == sorted(each.key for each in bench.desired(*briefings))


def statuses(report: Report) -> set[Status]:
    return {outcome.status for outcome in report.outcomes}


# What passes is waited for

PASSING = {
    "trouble of its own": {"status": 503},
    "an internal error": {"status": 500, "reason": "internalError"},
    "too many requests": {"status": 429},
    "a rate limit": {"status": 403, "reason": "rateLimitExceeded"},
    "a user's rate limit": {"status": 403, "reason": "userRateLimitExceeded"},
    "a reset before": {"reset": True},
    "a reset after": {"reset": True, "after": True},
    "half an answer": {"truncate": True},
    "a page of the front end": {"html": True},
    "a failure after it was done": {"status": 500, "after": True},
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
@pytest.mark.parametrize("method", ["batch", "calendar.events.*"])
def test_what_passes_is_waited_for_and_made_good_in_the_same_run(
    google: GoogleDouble, bench: Workbench, slept: list[float], fault: dict[str, Any], method: str
) -> None:
    bench.publish(*many(3))
    for briefings, waits in ((many(3, hour=17), 1), (many(2, hour=17), 2)):
        if method == "batch":
            google.fail("batch", **fault)
        else:
            google.fail("calendar.events.[!l]*", **fault)
        bench.publish(*briefings)
        assert len(slept) == waits or "truncate" in fault  # of an answer that is empty there is no half
    converges(google, bench, *many(2, hour=17))


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
@pytest.mark.parametrize("change", ["create", "update", "delete"])
def test_a_change_that_goes_alone_is_made_good_too(
    google: GoogleDouble, calendar: Make, slept: list[float], fault: dict[str, Any], change: str
) -> None:
    bench = Workbench(calendar(languages=("en",)), TARGET)
    after = [sample_briefing("kept")]
    bench.publish(sample_briefing("kept"), *([sample_briefing("dropped")] if change == "delete" else []))
    if change == "create":
        after.append(sample_briefing("new"))
    if change == "update":
        after = [sample_briefing("kept", hour=18)]
    google.fail("calendar.events.[!l]*", **fault)
    bench.publish(*after)
    assert len(slept) == 1 or (fault, change) == ({"truncate": True}, "delete")  # its answer is empty
    converges(google, bench, *after)


def test_as_long_as_the_server_asks_is_waited(
    google: GoogleDouble, bench: Workbench, slept: list[float]
) -> None:
    google.fail("calendar.events.insert", status=429, retry_after=17, part=3)
    google.fail("batch", status=503, retry_after=11, skip=1)
    bench.publish(*many(5))
    assert [seconds // 1 for seconds in slept] == [17, 11] or slept[0] >= 17
    assert slept[0] >= 17


def test_only_what_failed_is_sent_again(google: GoogleDouble, bench: Workbench) -> None:
    plan = bench.plan(*many(20))
    google.requests.clear()
    google.fail("calendar.events.insert", status=503, part=7)
    google.fail("calendar.events.insert", status=429, part=9)
    bench.apply(plan).raise_for_failed()
    by_request: dict[int, int] = {}
    for each in asked(google):
        by_request[each.http] = by_request.get(each.http, 0) + 1
    assert list(by_request.values()) == [40, 2]


# What does not pass


def test_a_failure_in_one_resource_stops_no_other(
    google: GoogleDouble, bench: Workbench, slept: list[float]
) -> None:
    plan = bench.plan(*many(30))
    google.fail("calendar.events.insert", status=400, reason="invalid", message="Invalid color.", part=4)
    google.fail("calendar.events.insert", status=403, reason="forbiddenForServiceAccounts", part=5)
    report = bench.apply(plan)
    assert report.counts["done"] == 58
    errors = sorted(outcome.error or "" for outcome in report.failures)
    assert "subject" in errors[1]
    assert "Invalid color." in errors[0]
    assert statuses(report) == {Status.DONE, Status.FAILED}
    assert slept == []
    converges(google, bench, *many(30))


def test_resources_that_always_fail_do_not_hold_up_the_others_for_long(
    google: GoogleDouble, calendar: Make, slept: list[float]
) -> None:
    bench = Workbench(calendar(languages=("en",)), TARGET)
    bench.publish(*many(60))
    plan = bench.plan(*many(60, hour=18))
    for part in (0, 1):  # the first two of whatever is sent together, again and again
        google.fail("calendar.events.patch", status=503, times=math.inf, part=part)
    assert bench.apply(plan).counts == {"done": 56, "unknown": 4, "failed": 0, "refused": 0}
    assert sum(slept) < PATIENCE
    converges(google, bench, *many(60, hour=18))


@pytest.mark.parametrize(
    ("reason", "word"), [("quotaExceeded", "months"), ("dailyLimitExceeded", "tomorrow")]
)
def test_an_exhausted_quota_ends_the_run_at_once_and_says_for_how_long(
    google: GoogleDouble, bench: Workbench, slept: list[float], reason: str, word: str
) -> None:
    plan = bench.plan(*many(60))
    google.fail("calendar.events.insert", status=403, reason=reason, skip=10, times=math.inf)
    google.requests.clear()
    report = bench.apply(plan)
    assert report.counts == {"done": 10, "failed": 40, "refused": 70, "unknown": 0}
    assert all(word in (outcome.error or "") for outcome in report.failures)
    assert http_requests(google) == 1
    assert slept == []
    converges(google, bench, *many(60))


@pytest.mark.parametrize("status", [400, 404, 410, 413])
def test_a_batch_that_is_not_taken_says_nothing_of_its_parts(
    google: GoogleDouble, bench: Workbench, status: int
) -> None:
    bench.publish(*many(3))
    plan = bench.plan(*many(1))
    google.fail("batch", status=status, times=math.inf)
    report = bench.apply(plan)
    assert report.counts == {"done": 0, "failed": 4, "refused": 0, "unknown": 0}
    assert "batches" in str(report.failures[0].error)
    assert len(google.events(CITY)) == 6
    converges(google, bench, *many(1))


@pytest.mark.parametrize(
    ("fault", "certain"),
    [
        ({"status": 503}, False),
        ({"reset": True}, False),
        ({"reset": True, "after": True}, False),
        ({"status": 429}, True),
    ],
)
def test_when_nothing_gets_through_the_others_do_not_wait_as_long_again(
    google: GoogleDouble, bench: Workbench, slept: list[float], fault: dict[str, Any], *, certain: bool
) -> None:
    plan = bench.plan(*many(60))
    google.fail("batch", times=math.inf, **fault)
    report = bench.apply(plan)
    assert sum(slept) <= PATIENCE
    assert report.counts["failed" if certain else "unknown"] == 50
    assert report.counts["refused"] == 70
    converges(google, bench, *many(60))


def test_where_no_server_is_nothing_was_written(
    google: GoogleDouble, bench: Workbench, calendar: Make
) -> None:
    plan = bench.plan(*many(2))
    bench.target = evolve(bench.target, integration=calendar())
    google.close()
    report = bench.apply(plan)
    assert statuses(report) == {Status.FAILED}
    assert "cannot be reached" in str(report.failures[0].error)


def test_where_a_connection_ended_nobody_knows(google: GoogleDouble, bench: Workbench) -> None:
    plan = bench.plan(*many(2))
    google.close()
    report = bench.apply(plan)
    assert statuses(report) == {Status.UNKNOWN}
    assert "takes no connection" in str(report.failures[0].error)


def test_googles_own_quota_a_minute_is_waited_for(google: GoogleDouble, calendar: Make) -> None:
    def wait(seconds: float) -> None:
        slept.append(seconds)
        google.advance(timedelta(seconds=seconds))

    slept: list[float] = []
    bench = Workbench(evolve(calendar(languages=("en",)), sleep=wait), TARGET)
    google.limit(per_user=60)
    bench.publish(*many(150))
    assert 60 <= sum(slept) <= 300
    google.limit()
    assert bench.plan(*many(150)).is_empty


# Tokens


@pytest.mark.parametrize("number", [1, 30])
def test_a_token_that_expires_in_mid_run_is_renewed_once(
    google: GoogleDouble, calendar: Make, slept: list[float], number: int
) -> None:
    bench = Workbench(calendar(languages=("en",)), TARGET)
    plan = bench.plan(*many(number))
    google.expire_tokens()
    google.requests.clear()
    bench.apply(plan).raise_for_failed()
    assert [each.method for each in google.requests].count("token") == 1
    assert slept == []
    assert bench.plan(*many(number)).is_empty


def test_a_key_that_is_taken_away_in_mid_run_ends_it_with_what_to_do(
    google: GoogleDouble, bench: Workbench
) -> None:
    plan = bench.plan(*many(2))
    google.expire_tokens()
    google.fail("token", status=400, times=math.inf)
    report = bench.apply(plan)
    assert statuses(report) == {Status.FAILED}
    assert report.failures[0].stop


def test_a_clock_that_is_wrong_is_said_with_how_wrong(google: GoogleDouble, bench: Workbench) -> None:
    plan = bench.plan(*many(1))
    google.expire_tokens()
    google.advance(timedelta(hours=-2))
    report = bench.apply(plan)
    assert "120 minutes ahead" in str(report.failures[0].error)
    google.advance(timedelta(hours=2))
    converges(google, bench, *many(1))


# Who was there meanwhile


def seen_and_wanted(bench: Workbench, hour: int = 18) -> Iterator[Change]:
    held = bench.read(sample_briefing()).remotes
    for wanted in bench.desired(sample_briefing(hour=hour)):
        yield Change(wanted, held[wanted.identity])


def one(bench: Workbench, change: Change) -> Outcome:
    (outcome,) = bench.target.integration.apply([change])
    return outcome


@pytest.mark.parametrize("deleting", [False, True])
def test_a_guest_who_answers_meanwhile_is_in_nobodys_way(
    google: GoogleDouble, bench: Workbench, *, deleting: bool
) -> None:
    bench.publish(sample_briefing())
    change = next(seen_and_wanted(bench))
    assert change.held is not None
    place = event_of(change.held)
    google.edit(*place, attendees=[{"email": "guest@cities.example"}])
    google.answer(*place, "guest@cities.example", "accepted")
    assert one(bench, evolve(change, wanted=None) if deleting else change).status is Status.DONE
    if not deleting:
        (guest,) = google.event(*place)["attendees"]
        assert guest["responseStatus"] == "accepted"


@pytest.mark.parametrize("deleting", [False, True])
@pytest.mark.parametrize("lost", [False, True])
def test_an_edit_between_plan_and_apply_is_not_overwritten(
    google: GoogleDouble, bench: Workbench, *, deleting: bool, lost: bool
) -> None:
    bench.publish(sample_briefing())
    change = next(seen_and_wanted(bench))
    assert change.held is not None
    google.edit(*event_of(change.held), summary="By hand")
    edited = google.event(*event_of(change.held))
    if lost:
        google.fail("calendar.events.[pd]*", reset=True)
    outcome = one(bench, evolve(change, wanted=None) if deleting else change)
    assert outcome.status in {Status.FAILED, Status.UNKNOWN} if lost else outcome.status is Status.FAILED
    assert google.event(*event_of(change.held)) == edited


def test_guests_are_told_what_is_news_to_them_and_nothing_else(google: GoogleDouble, calendar: Make) -> None:
    telling = calendar(languages=("en",), send_updates=SendUpdates.ALL)
    bench = Workbench(telling, TARGET)
    told = []
    for integration, hour in ((telling, 15), (telling, 17), (evolve(telling, color="2"), 17)):
        bench.target = evolve(bench.target, integration=integration)
        plan = bench.plan(sample_briefing(hour=hour))
        google.requests.clear()
        bench.apply(plan).raise_for_failed()
        told += [each.query["sendUpdates"] for each in asked(google)]
    assert told == ["all", "all", "none"]


def test_a_patch_whose_answer_was_lost_is_known_to_be_ours(google: GoogleDouble, bench: Workbench) -> None:
    bench.publish(sample_briefing())
    change = next(seen_and_wanted(bench))
    google.fail("calendar.events.patch", reset=True, after=True)
    google.requests.clear()
    assert one(bench, change).status is Status.DONE
    assert [(each.method.rpartition(".")[2], each.status) for each in asked(google)] == [
        ("patch", 0),
        ("patch", 412),
        ("get", 200),
    ]


def test_a_removal_between_plan_and_apply_is_said(google: GoogleDouble, bench: Workbench) -> None:
    bench.publish(sample_briefing())
    change = next(seen_and_wanted(bench))
    assert change.held is not None
    google.remove(*event_of(change.held))
    outcome = one(bench, change)
    assert outcome.status is Status.FAILED
    assert "removed" in str(outcome.error)


def test_what_was_deleted_comes_back_under_its_id(google: GoogleDouble, bench: Workbench) -> None:
    bench.publish(sample_briefing(), sample_briefing("other"))
    before = google.events(CITY).keys()
    bench.publish(sample_briefing("other"))
    assert len(google.events(CITY)) == 2
    bench.publish(sample_briefing(hour=9), sample_briefing("other"))
    assert google.events(CITY).keys() == before
    assert all(each["status"] == "confirmed" for each in google.events(CITY).values())
    assert bench.plan(sample_briefing(hour=9), sample_briefing("other")).is_empty


def test_a_stranger_under_our_id_is_refused_and_left_alone(google: GoogleDouble, bench: Workbench) -> None:
    wanted = bench.desired(sample_briefing())[0]
    google.add(CITY, id=str(wanted.fields["id"]), summary="Not yours")
    stranger = google.event(CITY, str(wanted.fields["id"]))
    outcome = one(bench, Change(wanted))
    assert outcome.status is Status.REFUSED
    assert "did not make it" in str(outcome.error)
    report = bench.apply(bench.plan(sample_briefing()))
    assert report.counts == {"done": 1, "refused": 1, "failed": 0, "unknown": 0}
    assert google.event(CITY, str(wanted.fields["id"])) == stranger


def test_an_event_of_ours_that_nobody_remembers_becomes_what_is_wanted(
    google: GoogleDouble, bench: Workbench
) -> None:
    bench.publish(sample_briefing(hour=9))
    for wanted in bench.desired(sample_briefing(hour=15)):
        outcome = one(bench, Change(wanted))
        assert (outcome.change.action, outcome.status) == (Action.CREATE, Status.DONE)
        assert outcome.remote is not None
        assert outcome.remote.resource == wanted
    assert len(google.events(CITY)) == 2


def test_a_calendar_that_may_only_be_read_is_said_with_the_permission_that_is_missing(
    google: GoogleDouble, bench: Workbench
) -> None:
    plan = bench.plan(sample_briefing())
    google.share(CITY, "reader", "user:briefingkit@double.iam.gserviceaccount.com")
    report = bench.apply(plan)
    assert statuses(report) == {Status.FAILED}
    assert all("Make changes to events" in str(outcome.error) for outcome in report.failures)


def test_restoring_a_hand_edit_survives_a_lost_answer(google: GoogleDouble, bench: Workbench) -> None:
    bench.publish(sample_briefing())
    name = next(iter(google.events(CITY)))
    google.edit(CITY, name, summary="By hand", location="Nowhere")
    plan = bench.plan(sample_briefing(), drift=Drift.RESTORE)
    google.fail("calendar.events.patch", reset=True, after=True)
    bench.apply(plan).raise_for_failed()
    assert bench.plan(sample_briefing()).is_empty
    assert google.event(CITY, name)["summary"] != "By hand"
