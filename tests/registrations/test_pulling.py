"""What was handed in elsewhere comes onto the list: all of it, once, whatever happens on the way."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import define, field

from briefingkit.errors import IntegrationError, MissingExtra
from briefingkit.model import Briefing, Programme
from briefingkit.publish import Identity, Remote
from briefingkit.registrations.connected import Connected
from briefingkit.registrations.pulling import Intake, Page
from briefingkit.registrations.registration_list import RegistrationList
from briefingkit.registrations.response import Response

Opened = Callable[..., RegistrationList]
AT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


class Died(BaseException):
    """The process dies here."""


@define
class Hall:
    """A form elsewhere, which gives two responses a page and reads on from the number of those that were given."""

    responses: list[Response] = field(factory=list)
    asked: list[str | None] = field(factory=list)
    breaks_after: int | None = None
    error: BaseException = field(factory=lambda: IntegrationError("hall is out of reach"))

    def pull(
        self, briefing: Briefing, programme: Programme, held: Mapping[Identity, Remote], since: str | None
    ) -> Iterator[Page]:
        del briefing, programme, held
        self.asked.append(since)
        for page, start in enumerate(range(int(since or 0), len(self.responses), 2)):
            if page == self.breaks_after:
                raise self.error
            some = self.responses[start : start + 2]
            yield Page(tuple(some), str(start + len(some)))

    def locate(self, response: str) -> str:
        return f"box {response} in the hall"


def handed_in(name: str, *, minute: int = 0, intake: str = "hall", briefing: str = "night-buses") -> Response:
    given = {"email": f"{name}@example.org", "name": name}
    return Response(f"id-{name}", briefing, intake, AT + timedelta(minutes=minute), "en", given)


@pytest.fixture
def hall() -> Hall:
    return Hall([handed_in(name) for name in ("ada", "bo", "cy", "di", "eve")])


@pytest.fixture
def roll(opened: Opened, hall: Hall) -> RegistrationList:
    return connected(opened(), hall)


def connected(roll: RegistrationList, *halls: Any) -> RegistrationList:
    names = ("hall", "other hall")
    sources = [Connected(name, each) for name, each in zip(names, halls, strict=False)]

    def those(protocol: type, _briefing: str | None = None, /) -> list[Connected]:
        return [each for each in sources if isinstance(each.integration, protocol)]

    roll._connections = those
    return roll


def names(roll: RegistrationList) -> list[Any]:
    return [each.answers["name"] for each in roll.list()]


def test_every_page_is_taken_in_and_the_next_pull_reads_on(roll: RegistrationList, hall: Hall) -> None:
    assert isinstance(hall, Intake)
    (pulled,) = roll.pull()
    assert (pulled.intake, pulled.responses, dict(pulled.outcomes)) == ("hall", 5, {"new": 5})
    hall.responses.append(handed_in("flo"))
    (again,) = roll.pull()
    assert dict(again.outcomes) == {"new": 1}
    assert hall.asked == [None, "5"]
    assert names(roll) == ["ada", "bo", "cy", "di", "eve", "flo"]


def test_what_was_read_before_a_target_failed_is_kept_and_read_on_from(
    roll: RegistrationList, hall: Hall
) -> None:
    hall.breaks_after = 1
    (pulled,) = roll.pull()
    assert (dict(pulled.outcomes), pulled.error) == ({"new": 2}, "hall is out of reach")
    hall.breaks_after = None
    (again,) = roll.pull()
    assert (dict(again.outcomes), again.error) == ({"new": 3}, None)
    assert hall.asked == [None, "2"]


def test_a_run_that_dies_between_pages_loses_nothing(opened: Opened, hall: Hall) -> None:
    hall.breaks_after, hall.error = 2, Died()
    with pytest.raises(Died):
        connected(opened(), hall).pull()
    hall.breaks_after = None
    roll = connected(opened(), hall)
    roll.pull()
    assert hall.asked == [None, "4"]
    assert names(roll) == ["ada", "bo", "cy", "di", "eve"]


def test_what_is_read_twice_is_taken_in_once(roll: RegistrationList, hall: Hall) -> None:
    roll.pull()
    hall.responses += [handed_in("eve"), handed_in("ada", minute=5)]
    (again,) = roll.pull()
    assert dict(again.outcomes) == {"unchanged": 2}
    assert len(names(roll)) == 5


def test_what_became_of_responses_is_told_in_one_order(roll: RegistrationList, hall: Hall) -> None:
    roll.pull()
    hall.responses += [handed_in("eve"), handed_in("gil")]
    (again,) = roll.pull()
    assert list(again.outcomes.items()) == [("new", 1), ("unchanged", 1)]


def test_one_target_that_fails_stops_no_other(opened: Opened, hall: Hall) -> None:
    other = Hall([handed_in("zoe", intake="other hall")])
    hall.breaks_after = 0
    first, second = connected(opened(), hall, other).pull()
    assert (first.error, second.error) == ("hall is out of reach", None)
    assert dict(second.outcomes) == {"new": 1}


def test_a_response_of_another_briefing_is_not_taken_in(roll: RegistrationList, hall: Hall) -> None:
    hall.responses = [handed_in("ada"), handed_in("bo", briefing="day-buses")]
    (pulled,) = roll.pull()
    assert pulled.error == "hall gave a response of another briefing or intake"
    assert names(roll) == []


def test_who_comes_after_it_was_full_is_kept_for_the_organiser(opened: Opened, hall: Hall) -> None:
    roll = connected(opened(capacity=3), hall)
    roll.pull()
    assert [each.status.value for each in roll.list()] == ["confirmed"] * 3 + ["pending"] * 2


def test_hooks_are_told_of_what_was_pulled(opened: Opened, hall: Hall) -> None:
    told: list[str] = []
    roll = connected(
        opened(hooks={"crm": lambda event: told.append(event.registration.answers["name"])}), hall
    )
    roll.pull()
    assert told == ["ada", "bo", "cy", "di", "eve"]


def test_erasing_says_where_the_response_stands_that_was_pulled(roll: RegistrationList) -> None:
    roll.pull()
    (copy,) = roll.erase("bo@example.org").copies
    assert copy.where == "box id-bo in the hall"


def test_erasing_does_not_fail_for_a_target_that_cannot_be_loaded(roll: RegistrationList) -> None:
    roll.pull()

    def broken(_protocol: type, _briefing: str | None = None, /) -> list[Connected]:
        raise MissingExtra("the hall needs a package")

    roll._connections = broken
    erased = roll.erase("bo@example.org")
    assert (erased.registrations, erased.copies[0].where) == (1, None)


def test_a_person_who_was_erased_is_not_pulled_again(
    opened: Opened, roll: RegistrationList, hall: Hall
) -> None:
    roll.pull()
    roll.erase("bo@example.org")
    hall.responses = hall.responses[1:2] * 6
    (again,) = connected(opened(), hall).pull()
    assert dict(again.outcomes) == {"erased": 1}
    assert "bo" not in names(roll)
