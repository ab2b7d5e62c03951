"""A run may die at any request, before or after Google acted: the next one ends where an unhurt one would."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest

from briefingkit.publish import Progress
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.testing.google import GoogleDouble
from briefingkit.text import Name
from briefingkit_google.calendar import GoogleCalendar
from briefingkit_google.calendar.choices import AccessRole, AccessRule, MakeCalendars

from .conftest import CITY, TARGET
from .dying import Death

Make = Callable[..., GoogleCalendar]
BEFORE = [sample_briefing("kept"), sample_briefing("dropped")]
AFTER = [sample_briefing("kept", hour=17), sample_briefing("new")]


def state(google: GoogleDouble) -> list[tuple[str, list[Mapping[str, Any]], dict[str, str]]]:
    """All that a user of the web page would see, whatever Google calls it; a lost ledger raises revisions."""
    told = ("id", "summary", "description", "start", "end", "status")
    return sorted(
        (
            google.calendar(name)["summary"],
            sorted(({key: each.get(key) for key in told} for each in google.events(name).values()), key=repr),
            google.acl(name),
        )
        for name in google.calendars
    )


@pytest.mark.parametrize("after", [False, True], ids=["before it is sent", "once it is answered"])
@pytest.mark.parametrize("lost", [False, True], ids=["ledger kept", "ledger lost"])
@pytest.mark.parametrize("made", [False, True], ids=["a calendar that is there", "calendars that are made"])
def test_wherever_a_run_dies_the_next_one_ends_as_if_it_had_not(
    calendar: Make, death: Death, *, after: bool, lost: bool, made: bool
) -> None:
    settings: dict[str, Any] = {}
    if made:
        settings["make"] = MakeCalendars(summary=Name({"en": "City", "fr": "Ville"}))
        settings["access"] = (AccessRule(AccessRole.READER, "domain:cities.example"),)
    expected = None
    at, died = 0, True
    while died:
        with GoogleDouble() as google:
            google.make_calendar(CITY)
            google.share(CITY, "writer", "user:briefingkit@double.iam.gserviceaccount.com")
            integration = calendar(**settings, google=google)
            bench = Workbench(integration, TARGET)
            written = partial(_assert_that_the_journal_knows, google, bench, death)
            died = death.live(
                bench, BEFORE, AFTER, at=at, after=after, lost=lost, found_dead=None if lost else written
            )
            seen = state(google)
        expected = expected or seen
        assert seen == expected, at
        at += 1
    assert at > 4


def _assert_that_the_journal_knows(google: GoogleDouble, bench: Workbench, death: Death) -> None:
    """Whatever was asked of Google last was written down before, unless nothing was to be written."""
    progress = {applied.progress for applied in bench.journal.load(TARGET).applied.values()}
    assert google.requests[-1].verb == "GET" or progress >= {Progress.STARTED} or death.at == 1
