"""A mailing goes when it is due, late if it has to, and never about what is not so any more."""

from datetime import UTC, datetime
from typing import Any

import pytest

from briefingkit.mailing.scheduling import Schedule, Standing, schedule_of
from briefingkit.model import Publication, structure

NOON = datetime(2027, 3, 9, 12, tzinfo=UTC)


def scheduled(
    kind: str = "reminder", *, now: datetime = NOON, at: str | None = "-1d", **told: Any
) -> Schedule:
    revision = told.pop("revision", 3)
    mailing = {"key": "m", "kind": kind, "audience": ["registered"], **({"at": at} if at else {})}
    data = {
        "briefing": "night-buses",
        "languages": ["en"],
        "title": "Night buses",
        "status": "confirmed",
        "start": "2027-03-10T15:00",
        "end": "2027-03-10T16:00",
        "timezone": "Europe/Brussels",
        "mailing": [mailing],
        **told,
    }
    briefing = structure(data)
    return schedule_of(briefing.mailing[0], Publication(briefing, revision=revision, at=NOON), now)


def test_a_reminder_is_due_by_the_clocks_of_the_briefing() -> None:
    found = scheduled()
    assert found.due == datetime(2027, 3, 9, 14, tzinfo=UTC)
    assert str(found.due) == "2027-03-09 14:00:00+00:00"
    assert found.expires == datetime(2027, 3, 10, 14, tzinfo=UTC)
    assert found.standing is Standing.LATER
    assert scheduled(now=datetime(2027, 3, 9, 14, tzinfo=UTC)).standing is Standing.READY


def test_what_could_not_go_in_time_goes_late_but_not_after_it_has_begun() -> None:
    assert scheduled(now=datetime(2027, 3, 10, 13, 59, tzinfo=UTC)).standing is Standing.READY
    assert scheduled(now=datetime(2027, 3, 10, 14, tzinfo=UTC)).standing is Standing.OVER


def test_what_is_to_be_known_on_the_day_does_not_go_when_it_is_over() -> None:
    assert (
        scheduled("custom", at="-2h", now=datetime(2027, 3, 10, 14, 59, tzinfo=UTC)).standing
        is Standing.READY
    )
    assert scheduled("custom", at="-2h", now=datetime(2027, 3, 10, 15, tzinfo=UTC)).standing is Standing.OVER


@pytest.mark.parametrize(("kind", "at"), [("follow-up", "end+1d"), ("custom", None), ("custom", "end+1d")])
def test_what_is_of_use_afterwards_goes_then(kind: str, at: str | None) -> None:
    assert scheduled(kind, at=at, now=datetime(2027, 3, 20, tzinfo=UTC)).standing is Standing.READY


def test_a_moved_start_is_another_occasion_and_a_corrected_title_is_not() -> None:
    first = scheduled().occasion
    assert scheduled(title="Night buses!", revision=4).occasion == first
    assert scheduled(start="2027-03-10T14:00").occasion != first
    # The same instant told in another zone is the same.
    moved = scheduled(start="2027-03-10T14:00", end="2027-03-10T15:00", timezone="Europe/London")
    assert moved.occasion == first


def test_an_invitation_goes_once_whatever_changes_and_an_update_once_a_revision() -> None:
    assert scheduled("invitation").occasion == scheduled("invitation", revision=9).occasion == ""
    assert scheduled("update").occasion != scheduled("update", revision=4).occasion


@pytest.mark.parametrize(
    ("kind", "status", "standing"),
    [
        ("reminder", "postponed", Standing.SUSPENDED),
        ("invitation", "cancelled", Standing.DROPPED),
        ("cancellation", "cancelled", Standing.READY),
        ("cancellation", "confirmed", Standing.UNFIT),
        ("postponement", "postponed", Standing.READY),
        ("postponement", "cancelled", Standing.UNFIT),
        ("reminder", "draft", Standing.UNDATED),
    ],
)
def test_a_mailing_follows_the_status_of_its_briefing(kind: str, status: str, standing: Standing) -> None:
    assert scheduled(kind, at=None, status=status).standing is standing


def test_a_cancellation_may_be_told_after_the_day() -> None:
    late = datetime(2027, 4, 1, tzinfo=UTC)
    assert scheduled("cancellation", at=None, status="cancelled", now=late).standing is Standing.READY
