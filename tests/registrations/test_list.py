import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from briefingkit.errors import ModelError, RegistrationError
from briefingkit.registrations.events import EventKind, RegistrationEvent
from briefingkit.registrations.intake import Refusal
from briefingkit.registrations.merge import Effect
from briefingkit.registrations.registration import RegistrationStatus
from briefingkit.registrations.registration_list import RegistrationList
from briefingkit.registrations.response import Response

Opened = Callable[..., RegistrationList]
AT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


def handed_in(name: str, *, minute: int = 0, intake: str = "form", **answers: Any) -> Response:
    given = {"email": f"{name}@example.org", "name": name, **answers}
    return Response(f"id-{name}", "night-buses", intake, AT + timedelta(minutes=minute), "en", given)


def statuses(roll: RegistrationList) -> dict[str, str]:
    return {str(each.answers.get("name")): each.status.value for each in roll.list()}


def test_the_same_response_twice_changes_nothing(opened: Opened) -> None:
    roll = opened()
    assert roll.receive(handed_in("ada")).effect is Effect.NEW
    before = list(roll.list())
    assert roll.receive(handed_in("ada")).effect is Effect.UNCHANGED
    assert list(roll.list()) == before
    assert len(roll.store.events("none", 5)) == 0


def test_a_later_version_of_a_response_is_an_edit_of_it(opened: Opened) -> None:
    roll = opened()
    roll.receive(handed_in("ada", country="BE"))
    assert roll.receive(handed_in("ada", minute=5, country="FR")).effect is Effect.CHANGED
    assert roll.person("ada@example.org").answers["country"] == "FR"
    with roll.store.reading("night-buses") as reader:
        assert [each.before for each in reader.responses("ada@example.org")] == [None, '{"country":"BE"}']


def test_people_of_several_intakes_are_one_by_their_address(opened: Opened) -> None:
    roll = opened()
    roll.receive(handed_in("ada", intake="form"))
    roll.receive(
        Response("7", "night-buses", "page", AT, None, {"email": "ADA@example.org", "country": "BE"})
    )
    (only,) = roll.list()
    assert only.answers == {"email": "ADA@example.org", "name": "ada", "country": "BE"}


def test_places_are_given_in_order_and_the_next_one_moves_up(opened: Opened) -> None:
    roll = opened(capacity=2, waitlist=True)
    for name in ("ada", "bo", "cy", "di"):
        roll.receive(handed_in(name))
    assert statuses(roll) == {"ada": "confirmed", "bo": "confirmed", "cy": "waitlisted", "di": "waitlisted"}
    roll.cancel("ada@example.org")
    assert statuses(roll) == {"ada": "cancelled", "bo": "confirmed", "cy": "confirmed", "di": "waitlisted"}
    assert roll.counts().taken == 2
    roll.add({"email": "ada@example.org", "name": "ada"})
    roll.cancel("#2")
    assert statuses(roll) == {"ada": "waitlisted", "bo": "cancelled", "cy": "confirmed", "di": "confirmed"}


def test_one_transaction_that_frees_a_place_gives_it_to_who_waited_first(opened: Opened) -> None:
    roll = opened(capacity=1, waitlist=True)
    roll.receive(handed_in("ada"))
    roll.receive(handed_in("bo"))
    leaves = Response(
        "x", "night-buses", "form", AT + timedelta(hours=1), None, {"email": "ada@example.org"}, cancels=True
    )
    roll.receive_all([leaves, handed_in("cy")])
    assert statuses(roll) == {"ada": "cancelled", "bo": "confirmed", "cy": "waitlisted"}


def test_who_is_given_a_place_within_a_transaction_keeps_it_when_they_answer_in_it(opened: Opened) -> None:
    roll = opened(capacity=1, waitlist=True)
    roll.receive_all([handed_in("ada"), handed_in("bo")])
    later, who = AT + timedelta(hours=1), {"email": "ada@example.org"}
    leaves = Response("x", "night-buses", "form", later, None, who, cancels=True)
    outcomes = roll.receive_all([leaves, handed_in("bo", minute=5, country="FR"), handed_in("cy")])
    assert [each.effect for each in outcomes] == [Effect.CANCELLED, Effect.CHANGED, Effect.NEW]
    assert statuses(roll) == {"ada": "cancelled", "bo": "confirmed", "cy": "waitlisted"}
    assert roll.person("bo@example.org").answers["country"] == "FR"
    assert roll.counts().taken == 1


def test_a_lower_capacity_takes_nobodys_place_and_a_higher_one_gives_some(opened: Opened) -> None:
    opened(capacity=2, waitlist=True).receive_all([handed_in("ada"), handed_in("bo"), handed_in("cy")])
    lower = opened(capacity=1, waitlist=True)
    lower.cancel("ada@example.org")
    assert statuses(lower) == {"ada": "cancelled", "bo": "confirmed", "cy": "waitlisted"}
    assert [each.number for each in opened(capacity=5, waitlist=True).promote()] == [3]


def test_who_is_there_is_told_that_it_is_full_and_nothing_is_kept(opened: Opened) -> None:
    roll = opened(capacity=1)
    roll.receive(handed_in("ada"))
    refused = roll.receive(handed_in("bo"), on_the_spot=True)
    assert (refused.refusal, refused.registration) == (Refusal.FULL, None)
    assert statuses(roll) == {"ada": "confirmed"}
    assert roll.receive(handed_in("bo"), on_the_spot=True).refusal is Refusal.FULL


def test_what_a_form_took_beyond_the_capacity_is_pending_and_not_lost(opened: Opened) -> None:
    roll = opened(capacity=1)
    roll.receive_all([handed_in("ada"), handed_in("bo")])
    assert statuses(roll) == {"ada": "confirmed", "bo": "pending"}
    roll.cancel("ada@example.org")
    assert statuses(roll)["bo"] == "confirmed"


def test_registration_opens_and_closes(opened: Opened) -> None:
    roll = opened(opens="2027-03-01T12:00", closes="-1d")
    early, late = 60, 60 * 24 * 8 + 6 * 60
    assert roll.receive(handed_in("ada", minute=early), on_the_spot=True).refusal is Refusal.CLOSED
    assert roll.receive(handed_in("ada", minute=180), on_the_spot=True).taken
    assert roll.receive(handed_in("bo", minute=late), on_the_spot=True).refusal is Refusal.CLOSED
    assert roll.receive(handed_in("bo", minute=late)).registration is not None
    assert statuses(roll) == {"ada": "confirmed", "bo": "pending"}
    assert roll.receive(handed_in("ada", minute=late, country="BE"), on_the_spot=True).taken, "may correct"
    roll.add({"email": "bo@example.org"})
    assert statuses(roll)["bo"] == "confirmed", "an organiser may let people in"


def test_a_response_to_another_briefing_is_refused_outright(opened: Opened) -> None:
    with pytest.raises(RegistrationError, match="does not belong"):
        opened().receive(Response("1", "elsewhere", "form", AT))


def test_a_response_has_a_name_and_a_moment(opened: Opened) -> None:
    del opened
    with pytest.raises(ModelError, match="printable"):
        Response("", "b", "form", AT)
    with pytest.raises(ModelError, match="printable"):
        Response("a\nb", "b", "form", AT)
    with pytest.raises(ModelError, match="zone"):
        Response("a", "b", "form", datetime(2027, 3, 1))


def test_a_nobody_is_told_without_their_address(opened: Opened) -> None:
    with pytest.raises(RegistrationError) as caught:
        opened().cancel("secret@example.org")
    assert "secret" not in str(caught.value)


def test_an_answer_to_nothing_and_an_address_that_is_none_are_told_together(opened: Opened) -> None:
    with pytest.raises(RegistrationError) as caught:
        opened().add({"email": "hidden-thing", "shoe": "42", "meal": "beef"})
    assert "shoe" in str(caught.value)
    assert "meal: Choose one" in str(caught.value)
    assert "no e-mail" in str(caught.value)
    assert "hidden-thing" not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["\ud800", "\x00", "'; DROP TABLE registrations; --", "\u202eevil", "x" * 1_000_000]
)
def test_a_hostile_answer_comes_back_as_it_was(opened: Opened, text: str) -> None:
    roll = opened()
    roll.receive(handed_in("ada", organization=text))
    assert roll.person("ada@example.org").answers["organization"] == text
    assert text not in repr(roll.person("ada@example.org"))


def test_a_hook_is_told_after_the_commit_what_happened(opened: Opened) -> None:
    told: list[RegistrationEvent] = []
    seen: list[int] = []

    def hook(event: RegistrationEvent) -> None:
        told.append(event)
        seen.append(sum(opened(capacity=1, waitlist=True).counts().statuses.values()))

    roll = opened({"crm": hook}, capacity=1, waitlist=True)
    roll.receive(handed_in("ada"))
    roll.receive(handed_in("bo"))
    roll.cancel("ada@example.org")
    assert [each.kind for each in told] == ["new", "new", "cancelled", "promoted"]
    assert [each.registration.number for each in told if each.registration] == [1, 2, 1, 2]
    assert seen == [1, 2, 2, 2]
    assert len({each.id for each in told}) == 4


def test_a_hook_that_fails_is_called_again_with_the_same_id(
    opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    calls: list[str] = []

    def hook(event: RegistrationEvent) -> None:
        calls.append(event.id)
        if len(calls) < 3:
            raise RuntimeError("cannot reach ada@example.org")

    roll = opened({"crm": hook})
    with caplog.at_level(logging.WARNING):
        assert roll.receive(handed_in("ada")).registration is not None
        assert roll.deliver() == 1
        assert roll.deliver() == 0
    assert len(calls) == 3
    assert len(set(calls)) == 1
    assert "ada@" not in caplog.text


def test_what_happens_while_a_subscriber_is_away_is_told_later(opened: Opened) -> None:
    opened({"crm": lambda _: None})
    opened().receive(handed_in("ada"))
    told: list[EventKind] = []
    opened({"crm": lambda event: told.append(event.kind)}).deliver()
    assert told == [EventKind.NEW]


def test_whoever_wants_no_more_is_told_no_more(opened: Opened) -> None:
    roll = opened({"crm": lambda _: 1 / 0})
    roll.receive(handed_in("ada"))
    roll.store.unsubscribe("crm")
    assert roll.deliver() == 0


def test_nothing_is_kept_for_nobody(opened: Opened) -> None:
    roll = opened()
    roll.receive(handed_in("ada"))
    told: list[RegistrationEvent] = []
    opened({"crm": told.append}).deliver()
    assert told == []


def test_a_status_can_be_asked_for_alone(opened: Opened) -> None:
    roll = opened(capacity=1, waitlist=True)
    roll.receive_all([handed_in("ada"), handed_in("bo")])
    assert [each.number for each in roll.list(RegistrationStatus.WAITLISTED)] == [2]
