"""Who asks to be erased is erased from what was written to them too, and is told of it when they ask what is held."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from briefingkit.mailing.outgoing.deliveries import Addressed, mailing_id, plan_deliveries
from briefingkit.model import Programme, structure
from briefingkit.registrations.personal_data import PersonalData
from briefingkit.registrations.registration_list import RegistrationList
from briefingkit.store import open_ledger
from briefingkit.store.deliveries import Deliveries
from briefingkit.store.ledger import Ledger

AT = datetime(2027, 3, 1, 9, tzinfo=UTC)
BRIEFING = structure(
    {
        "briefing": "b",
        "languages": ["en"],
        "title": "B",
        "status": "confirmed",
        "start": "2027-03-10T15:00",
        "end": "2027-03-10T16:00",
        "timezone": "UTC",
        "registration": {"consent": {"key": "gdpr", "text": "Yes", "retention": "90d"}},
    }
)


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with open_ledger("sqlite://") as ledger:
        for briefing in ("b", "one-that-is-no-more"):
            people = (
                Addressed(f"{each}@x.example", f"{each}@x.example", data={"language": "fr"}) for each in "ab"
            )
            plan_deliveries(Deliveries(ledger), briefing, "invite", people, now=AT)
        yield ledger


def data(ledger: Ledger, at: datetime = AT) -> PersonalData:
    return PersonalData(Programme([BRIEFING]), ledger, clock=lambda: at)


def test_what_was_written_to_a_person_is_told(ledger: Ledger) -> None:
    messages = data(ledger).person("A@x.example")["messages"]
    assert sorted((each["briefing"], each["mailing"], each["state"]) for each in messages) == [
        ("b", "invite", "planned"),
        ("one-that-is-no-more", "invite", "planned"),
    ]
    assert all(each["data"] == {"language": "fr"} for each in messages)


def test_an_erased_person_is_not_written_to_any_more(ledger: Ledger) -> None:
    data(ledger).erase("a@x.example")
    store = Deliveries(ledger)
    for briefing in ("b", "one-that-is-no-more"):
        (row,) = store.rows(mailing_id(briefing, "invite"), ("planned",))
        assert row.person == "b@x.example"
    assert data(ledger).person("a@x.example")["messages"] == []


def test_messages_go_when_the_list_has_to_go(ledger: Ledger) -> None:
    roll = RegistrationList(BRIEFING, Programme([BRIEFING]), ledger, clock=lambda: AT)
    roll.add({"email": "a@x.example", "name": "A"})
    data(ledger, AT + timedelta(days=200)).expire()
    assert Deliveries(ledger).counts(mailing_id("b", "invite")) == {}
