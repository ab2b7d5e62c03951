"""A run may die at any request, before or after Google acted: the next one ends where an unhurt one would."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from briefingkit.publish import Progress
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.testing.google import GoogleDouble
from briefingkit.testing.memory import Crash
from briefingkit.text import Name
from briefingkit_google.calendar import GoogleCalendar
from briefingkit_google.calendar.choices import AccessRole, AccessRule, MakeCalendars
from briefingkit_google.transport import Transport

from .conftest import CITY, TARGET

Make = Callable[..., GoogleCalendar]
BEFORE = [sample_briefing("kept"), sample_briefing("dropped")]
AFTER = [sample_briefing("kept", hour=17), sample_briefing("new")]


class Death:
    """Counts requests, and kills the run at one of them: before it is sent, or once it is answered."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at, self.after, self.count = 0, False, 0
        request = Transport.request

        def die_at_last(transport: Transport, uri: str, *args: Any, **more: Any) -> Any:
            self.count += 1
            if self.count == self.at and not self.after:
                raise Crash
            answer = request(transport, uri, *args, **more)
            if self.count == self.at:
                raise Crash
            return answer

        monkeypatch.setattr(Transport, "request", die_at_last)

    def set(self, at: int, *, after: bool) -> None:
        self.at, self.after, self.count = at, after, 0


@pytest.fixture
def death(monkeypatch: pytest.MonkeyPatch) -> Death:
    return Death(monkeypatch)


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
            died = _live(google, integration, death, at=at, after=after, lost=lost)
            seen = state(google)
        expected = expected or seen
        assert seen == expected, at
        at += 1
    assert at > 4


def _live(
    google: GoogleDouble, integration: GoogleCalendar, death: Death, *, at: int, after: bool, lost: bool
) -> bool:
    """Publish twice, dying at the second; the first time of all, nobody dies. Gives whether to go on."""
    bench = Workbench(integration, TARGET)
    death.set(0, after=False)
    bench.publish(*BEFORE)
    death.set(at, after=after)
    try:
        bench.publish(*AFTER)
        died = False
    except Crash:
        died = True
        if not lost and google.requests[-1].verb != "GET":
            assert _progress(bench) >= {Progress.STARTED} or death.at == 1
    death.set(0, after=False)
    if died and lost:
        bench.lose_ledger()
    if died:
        bench.publish(*AFTER)
    assert bench.plan(*AFTER).is_empty
    return died or at == 0


def _progress(bench: Workbench) -> set[Progress]:
    return {applied.progress for applied in bench.journal.load(TARGET).applied.values()}
