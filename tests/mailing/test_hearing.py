"""What comes back is heard once, in whatever order: it suppresses, says what became of a message, sends nothing."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from briefingkit.mailing.incoming.feedback import Event, Kind, Reason
from briefingkit.mailing.incoming.hearing import MEMORY, Heard, hear
from briefingkit.mailing.outgoing.deliveries import Addressed, mailing_id, plan_deliveries
from briefingkit.mailing.outgoing.keys import message_key
from briefingkit.mailing.people.part_answers import Taking, note_answer
from briefingkit.mailing.people.suppression import Reason as Why
from briefingkit.mailing.people.suppression import Suppressions
from briefingkit.mailing.people.wishes import Wish, note_wish, wish_of
from briefingkit.model import Programme
from briefingkit.registrations.codec import iso
from briefingkit.registrations.personal_data import PersonalData
from briefingkit.registrations.registration_list import key_of
from briefingkit.store import open_ledger, tables
from briefingkit.store.deliveries import Deliveries
from briefingkit.store.ledger import Ledger
from briefingkit.store.mail_feedback import MailFeedback
from briefingkit.store.registrations import Registrations

NOW = datetime(2027, 3, 2, 9, tzinfo=UTC)
MAILING = mailing_id("b", "invite")


def key(name: str) -> str:
    return message_key("b", "invite", f"{name}@x.example")


def url(request: pytest.FixtureRequest) -> str:
    return "sqlite://" if request.param == "sqlite" else str(request.getfixturevalue("postgresql"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.peer)])
def ledger(request: pytest.FixtureRequest) -> Iterator[Ledger]:
    with open_ledger(url(request)) as ledger:
        people = (
            Addressed(f"{each}@x.example", f"{each.upper()}@x.example", data={"key": each})
            for each in ("ana", "ben", "cy", "di")
        )
        plan_deliveries(Deliveries(ledger), "b", "invite", people, now=NOW)
        put(ledger, "sent", "ana", "ben", remote_id="batch-1")
        put(ledger, "uncertain", "cy")
        yield ledger


def put(ledger: Ledger, state: str, *names: str, **more: Any) -> None:
    table = tables.deliveries
    with ledger.writing() as connection:
        these = table.c.id.in_([key(name) for name in names])
        connection.execute(update(table).where(these).values(state=state, **more))


def event(kind: Kind, name: str = "ana", **more: Any) -> Event:
    told = {"id": f"{kind}-{name}", "at": NOW, "key": key(name), "recipient": f"{name}@x.example", **more}
    return Event(kind, **told)


def bounced(name: str = "ana", **more: Any) -> Event:
    told = {"reason": Reason.BOUNCED, "permanent": True, "words": "550 5.1.1 unknown", **more}
    return event(Kind.BOUNCED, name, **told)


def heard(ledger: Ledger, *events: Event, **more: Any) -> Heard:
    return hear(events, ledger, now=NOW, source="postmark", **more)


def suppressions(ledger: Ledger) -> Suppressions:
    return Suppressions.of(ledger, key_of(Registrations(ledger)))


def reasons(ledger: Ledger, name: str = "ana") -> list[Why]:
    return [each.reason for each in suppressions(ledger).held(f"{name}@x.example")]


def states(ledger: Ledger) -> dict[str, int]:
    return dict(Deliveries(ledger).counts(MAILING))


def fate(ledger: Ledger, name: str = "ana") -> str | None:
    with MailFeedback(ledger).writing() as writer:
        found = writer.fates([key(name)]).get(key(name))
    return None if found is None else found.kind


def test_a_hard_bounce_suppresses_and_the_message_stays_sent(ledger: Ledger) -> None:
    before = states(ledger)
    told = heard(ledger, bounced())
    assert (told.kinds, told.suppressed) == ({"bounced": 1}, 1)
    assert reasons(ledger) == [Why.BOUNCED]
    assert reasons(ledger, "ben") == []
    assert states(ledger) == before
    (row,) = MailFeedback(ledger).fates(MAILING, ["bounced"])
    assert (row.id, row.reason, row.words) == (key("ana"), "bounced", "550 5.1.1 unknown")
    assert MailFeedback(ledger).counts(MAILING) == {"bounced": 1}


def test_what_may_pass_is_told_and_suppresses_nobody(ledger: Ledger) -> None:
    heard(ledger, bounced(permanent=False, reason=Reason.OTHER))
    assert (fate(ledger), reasons(ledger)) == ("bounced", [])


def test_an_event_that_comes_again_brings_back_no_suppression_that_was_lifted(ledger: Ledger) -> None:
    heard(ledger, bounced())
    suppressions(ledger).lift("ana@x.example")
    told = heard(ledger, bounced(), bounced())
    assert (told.repeated, told.suppressed, told.kinds) == (2, 0, {})
    assert reasons(ledger) == []
    assert heard(ledger, bounced(id="another one")).suppressed == 1


def test_a_token_that_is_heard_once_is_good_for_nothing_else(ledger: Ledger) -> None:
    heard(ledger, event(Kind.DELIVERED, id="token"))
    assert heard(ledger, event(Kind.COMPLAINED, id="token")).repeated == 1
    assert reasons(ledger) == []


def test_the_order_in_which_events_arrive_makes_no_difference(ledger: Ledger) -> None:
    later = [NOW - timedelta(minutes=minutes) for minutes in (40, 30, 20, 10)]
    events = [
        event(Kind.DEFERRED, at=later[0]),
        event(Kind.DELIVERED, at=later[1]),
        event(Kind.COMPLAINED, at=later[2]),
        event(Kind.OPENED, at=later[3]),
    ]
    for seed in range(10):
        shuffled = [
            Event(each.kind, f"{each.id}-{seed}", each.at, each.recipient, each.key) for each in events
        ]
        random.Random(seed).shuffle(shuffled)
        heard(ledger, *shuffled)
        assert fate(ledger) == "complained"


def test_a_bounce_after_a_delivery_is_what_became_of_it(ledger: Ledger) -> None:
    heard(ledger, bounced(at=NOW - timedelta(minutes=1)))
    heard(ledger, event(Kind.DELIVERED, at=NOW - timedelta(minutes=2)))
    assert fate(ledger) == "bounced"


def test_a_message_in_doubt_of_which_something_is_told_went(ledger: Ledger) -> None:
    assert heard(ledger, event(Kind.DELIVERED, "cy")).settled == 1
    assert states(ledger) == {"sent": 3, "planned": 1}


def test_a_message_that_the_service_did_not_send_stays_in_doubt(ledger: Ledger) -> None:
    assert heard(ledger, event(Kind.FAILED, "cy")).settled == 0
    assert states(ledger)["uncertain"] == 1


def test_a_service_that_tells_faster_than_we_write_is_heard(ledger: Ledger) -> None:
    put(ledger, "committing", "di")
    heard(ledger, event(Kind.DELIVERED, "di"))
    assert fate(ledger, "di") == "delivered"
    assert states(ledger)["committing"] == 1, "what a sender holds is the sender's"


def test_what_has_not_gone_out_cannot_have_come_back(ledger: Ledger) -> None:
    told = heard(ledger, bounced("di"), ours_only=True)
    assert (told.strange, told.suppressed) == (1, 0)
    assert (fate(ledger, "di"), reasons(ledger, "di")) == (None, [])


@pytest.mark.parametrize(
    "more",
    [{"key": "00" * 20}, {"key": None}, {"recipient": "ben@x.example"}],
    ids=["another key", "no key", "another recipient"],
)
def test_of_what_anybody_can_write_only_what_fits_a_message_counts(
    ledger: Ledger, more: dict[str, Any]
) -> None:
    told = heard(ledger, bounced(**more), ours_only=True)
    assert (told.strange, told.suppressed) == (1, 0)
    assert reasons(ledger) == reasons(ledger, "ben") == []
    assert heard(ledger, bounced(), ours_only=True).suppressed == 1


def begun(ledger: Ledger, days: int, name: str = "ana") -> None:
    put(ledger, "sent", name, begun_at=iso(NOW - timedelta(days=days)))


def bare_until(ledger: Ledger, days: int) -> None:
    table = tables.ledger_keys
    with ledger.writing() as connection:
        these = update(table).where(table.c.name == "mail.bare_until")
        connection.execute(these.values(value=iso(NOW - timedelta(days=days))))


def test_a_name_that_anybody_could_make_up_counts_for_what_went_out_under_such_names(ledger: Ledger) -> None:
    begun(ledger, 1)
    told = heard(ledger, bounced(proven=False), ours_only=True)
    assert (told.strange, reasons(ledger)) == (1, [])
    bare_until(ledger, 5)
    assert heard(ledger, bounced(proven=False), ours_only=True).strange == 1
    begun(ledger, 5)
    assert heard(ledger, bounced(proven=False), ours_only=True).suppressed == 1


def test_what_went_out_under_such_names_bounces_for_two_months_and_may_be_left_always(ledger: Ledger) -> None:
    bare_until(ledger, 50)
    begun(ledger, 61)
    told = heard(ledger, bounced(proven=False), ours_only=True)
    assert (told.old, reasons(ledger)) == (1, [])
    assert heard(ledger, event(Kind.UNSUBSCRIBED, proven=False), ours_only=True).suppressed == 1


def test_a_mail_tells_of_a_message_for_a_year_and_who_wants_no_more_is_heard_always(ledger: Ledger) -> None:
    begun(ledger, 366)
    begun(ledger, 367, "ben")
    told = heard(ledger, bounced(), bounced("ben"), event(Kind.UNSUBSCRIBED, "ben"), ours_only=True)
    assert (told.old, told.suppressed) == (1, 2)
    assert reasons(ledger, "ben") == [Why.UNSUBSCRIBED]


def later(ledger: Ledger, days: float, *events: Event, **more: Any) -> Heard:
    now = NOW + timedelta(days=days)
    MailFeedback(ledger).forget_events(iso(now))
    return hear(events, ledger, now=now, source="postmark", **more)


def remembered(ledger: Ledger) -> int:
    with ledger.reading() as connection:
        return len(connection.execute(select(tables.mail_events)).all())


@pytest.mark.parametrize("ahead", [-30, 0, 400])
def test_a_call_is_forgotten_when_it_would_not_be_heard_again(ledger: Ledger, ahead: int) -> None:
    call = bounced(at=NOW + timedelta(days=ahead))
    assert heard(ledger, call, memory=MEMORY).suppressed == 1
    suppressions(ledger).lift("ana@x.example")
    for days in (0.5, 1, 30, 31, 31.5, 32, 33, 62, 430, 431, 432, 433, 500):
        told = later(ledger, days, call, memory=MEMORY)
        assert (told.repeated + told.old, told.suppressed) == (1, 0)
    assert remembered(ledger) == 0


@pytest.mark.parametrize("kind", [Kind.COMPLAINED, Kind.UNSUBSCRIBED])
@pytest.mark.parametrize("how", [{"memory": MEMORY}, {"ours_only": True}])
def test_who_complains_or_leaves_is_heard_however_late_and_once(
    ledger: Ledger, kind: Kind, how: dict[str, Any]
) -> None:
    begun(ledger, 4000)
    told = event(kind, at=NOW - timedelta(days=3000))
    assert heard(ledger, told, **how).suppressed == 1
    suppressions(ledger).lift("ana@x.example")
    for days in (30, 32, 366, 4000):
        again = later(ledger, days, told, **how)
        assert (again.repeated, again.suppressed) == (1, 0)


def test_a_complaint_that_anybody_could_make_up_is_not_heard_late(ledger: Ledger) -> None:
    bare_until(ledger, 50)
    begun(ledger, 61)
    assert heard(ledger, event(Kind.COMPLAINED, proven=False), ours_only=True).old == 1


def test_a_mail_is_forgotten_when_it_would_not_be_heard_again(ledger: Ledger) -> None:
    begun(ledger, 0)
    left = event(Kind.UNSUBSCRIBED)
    assert heard(ledger, bounced(), left, ours_only=True).suppressed == 2
    suppressions(ledger).lift("ana@x.example")
    for days in (1, 365, 366, 366.5, 367, 4000):
        told = later(ledger, days, bounced(), left, ours_only=True)
        assert (told.repeated + told.old, told.suppressed) == (2, 0)
    assert remembered(ledger) == 1, "of who wants no more it is remembered for ever"


def test_what_is_ones_own_is_heard_however_old_and_remembered_for_ever(ledger: Ledger) -> None:
    left = event(Kind.UNSUBSCRIBED, at=NOW - timedelta(days=3000))
    assert heard(ledger, left).suppressed == 1
    suppressions(ledger).lift("ana@x.example")
    assert later(ledger, 4000, left).repeated == 1


def test_the_address_as_it_was_written_is_the_recipient_s_too(ledger: Ledger) -> None:
    assert heard(ledger, bounced(recipient="ANA@X.example"), ours_only=True).suppressed == 1


def test_a_service_is_believed_of_an_address_that_nothing_was_sent_to(ledger: Ledger) -> None:
    told = heard(ledger, bounced("zoe"))
    assert (told.strange, told.suppressed) == (1, 1)
    assert reasons(ledger, "zoe") == [Why.BOUNCED]


def test_a_name_of_the_service_s_is_enough_where_it_shares_it_with_others(ledger: Ledger) -> None:
    heard(ledger, event(Kind.DELIVERED, "ben", key=None, remote_id="batch-1"))
    assert (fate(ledger, "ben"), fate(ledger)) == ("delivered", None)


def test_a_moment_to_come_is_now(ledger: Ledger) -> None:
    heard(ledger, event(Kind.DELIVERED, at=NOW + timedelta(days=300)))
    heard(ledger, bounced())
    assert fate(ledger) == "bounced"


def test_a_thousand_events_are_taken_in(ledger: Ledger) -> None:
    events = (event(Kind.OPENED, id=f"opened-{number}") for number in range(1200))
    assert hear(events, ledger, now=NOW, source="x").kinds == {"opened": 1200}


def test_who_is_erased_leaves_no_fate_and_no_answer(ledger: Ledger) -> None:
    heard(ledger, bounced(), event(Kind.DELIVERED, "ben"))
    for name in ("ana", "ben"):
        note_answer(ledger, "b", name, Taking.YES, at=NOW)
    data = PersonalData(Programme([]), ledger, clock=lambda: NOW)
    (told,) = data.person("ana@x.example")["answers"]
    assert (told["briefing"], told["answer"]) == ("b", "yes")
    data.erase("ana@x.example")
    assert (fate(ledger), fate(ledger, "ben")) == (None, "delivered")
    assert data.person("ana@x.example")["answers"] == []
    assert len(data.person("ben@x.example")["answers"]) == 1
    assert reasons(ledger) == [Why.BOUNCED], "it protects whom it is about"


def test_a_wish_is_for_one_briefing_or_for_all(ledger: Ledger) -> None:
    those = suppressions(ledger)
    mark = those.mark("ana@x.example")

    def left_out(briefing: str) -> bool:
        return bool(those.reasons(["ana@x.example"], briefing=briefing, bulk=True))

    for wish, here, elsewhere in (
        (Wish.OTHERS, True, False),
        (Wish.NOTHING, True, True),
        (Wish.OTHERS, True, False),
        (Wish.ALL, False, False),
    ):
        for _ in range(2):
            note_wish(those, mark, "b", wish, at=NOW, source="page")
            assert wish_of(those, mark, "b") is wish
            assert (left_out("b"), left_out("c")) == (here, elsewhere)
