"""What is handed in, decided in batches as it would be one by one, whatever comes in which order."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.model import Programme, Registration
from briefingkit.registrations.registration_list import RegistrationList
from briefingkit.registrations.response import Response
from briefingkit.store import open_ledger
from briefingkit.testing.contract import sample_briefing
from briefingkit_web.handing_in import ASIDE, WEB, Handed, Kind, Result
from briefingkit_web.handing_in import take as take_in

START = datetime(2022, 3, 1, tzinfo=UTC)
EMAILS = st.sampled_from(["a@example.org", "b@example.org", "c@example.org", "d@example.org"])


@cache
def ledger() -> Any:
    """Give one ledger for all that is drawn: to make one takes longer than to fill it."""
    return open_ledger("sqlite://")


NUMBERS = count()


def opened(capacity: int, *, waitlist: bool) -> RegistrationList:
    """Open the list of a briefing that nobody has seen before."""
    new = sample_briefing(f"contract-{next(NUMBERS)}")
    briefing = evolve(new, registration=Registration(capacity=capacity, waitlist=waitlist))
    return RegistrationList(briefing, Programme([briefing]), ledger(), clock=lambda: START)


def take(roll: RegistrationList, handed: Sequence[Handed]) -> list[Result]:
    here = roll.briefing.identifier
    return take_in(roll, [evolve(each, response=evolve(each.response, briefing=here)) for each in handed])


@st.composite
def steps(draw: st.DrawFn) -> list[Handed]:
    """People who register with whatever address, change, cancel and come back by the links that they have."""
    made, forms = (
        list[Handed](),
        draw(st.lists(st.tuples(EMAILS, st.integers(0, 3)), min_size=1, max_size=12)),
    )
    for number, (email, name) in enumerate(forms):
        answers = {"email": email, "name": f"N{name}"}
        made.append(Handed(response(f"r{number}", len(made), answers)))
        if draw(st.booleans()):
            kind = draw(st.sampled_from(list(Kind)))
            known = f"r{draw(st.integers(0, number))}"
            said = {} if kind is Kind.CANCEL else {"email": email, "name": "again"}
            made.append(Handed(response(known, len(made), said, cancels=kind is Kind.CANCEL), kind))
    return made


def response(name: str, number: int, answers: dict[str, Any], *, cancels: bool = False) -> Response:
    at = START + timedelta(seconds=number)
    return Response(name, "contract-2022", WEB, at, "en", answers, cancels=cancels)


def told(results: Sequence[Result]) -> list[tuple[str, str | None]]:
    return [(each.verdict.value, each.response.id if each.response else None) for each in results]


def held(roll: RegistrationList) -> list[Any]:
    return [(each.person, each.status, each.answers.get("name"), each.places) for each in roll.list()]


@given(steps(), st.integers(1, 3), st.booleans())
def test_no_place_is_given_twice_and_no_address_has_two(
    handed: list[Handed],
    capacity: int,
    waitlist: bool,
) -> None:
    roll = opened(capacity, waitlist=waitlist)
    for one in handed:
        take(roll, [one])
    people = list(roll.list())
    assert sum(each.status == "confirmed" for each in people) <= capacity
    assert len({each.person for each in people}) == len(people)
    assert waitlist or not any(each.status == "waitlisted" for each in people)


@given(steps())
def test_a_stranger_never_changes_who_is_there(handed: list[Handed]) -> None:
    roll = opened(2, waitlist=True)
    before, owners = dict[str, Any](), dict[str, str]()
    for one in handed:
        take(roll, [one])
        now = {each.person: each for each in roll.list()}
        for person, was in before.items():
            if was.status != "cancelled" and owners.get(one.response.id) != person:
                assert now[person].answers == was.answers
        before, owners = now, _owners(roll)


@given(st.lists(st.tuples(EMAILS, st.integers(0, 3)), min_size=1, max_size=16), st.booleans())
def test_together_they_become_what_they_become_one_by_one(
    forms: list[tuple[str, int]],
    waitlist: bool,
) -> None:
    handed = [
        Handed(response(f"r{number}", number, {"email": email, "name": f"N{name}"}))
        for number, (email, name) in enumerate(forms)
    ]
    one_by_one, together = opened(2, waitlist=waitlist), opened(2, waitlist=waitlist)
    first = [result for one in handed for result in take(one_by_one, [one])]
    second = take(together, handed)
    assert told(first) == told(second)
    assert held(one_by_one) == held(together)
    assert _aside(one_by_one) == _aside(together)


def _owners(roll: RegistrationList) -> dict[str, str]:
    with roll.store.reading(roll.briefing.identifier) as reader:
        return {row.id: row.person for row in reader.handed_in(WEB)}


def _aside(roll: RegistrationList) -> list[tuple[str, str]]:
    with roll.store.reading(roll.briefing.identifier) as reader:
        return [(row.id, row.person) for row in reader.handed_in(ASIDE)]
