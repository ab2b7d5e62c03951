"""The outbox against a transport in memory and a clock of its own: what goes, what waits, what is given up."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from attrs import evolve

from briefingkit.errors import IntegrationError, RenderError, StoreError, Transient
from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.deliveries import (
    Addressed,
    Resolution,
    cancel,
    failures,
    mailing_id,
    plan_deliveries,
    resolve,
    resume,
    supersede,
    suspend,
    uncertain,
)
from briefingkit.mailing.outgoing.keys import message_key
from briefingkit.mailing.outgoing.outbox import Outbox
from briefingkit.mailing.outgoing.pacing import Backoff
from briefingkit.mailing.outgoing.sending import Progress, Report, Sending
from briefingkit.mailing.outgoing.transport import Delivery, Status
from briefingkit.store import open_ledger
from briefingkit.store.claims import Claims
from briefingkit.store.deliveries import Deliveries
from briefingkit.store.delivery_rows import DeliveryRow
from briefingkit.testing.transport import MemoryTransport

from ..clock import NOW, Clock

B, M = "imrf", "day-before"


def message_of(row: DeliveryRow) -> Message:
    language = json.loads(row.data).get("language", "en")
    text = f"Subject: {language}\r\nDate: {row.begun_at}\r\n\r\n{row.address}\r\n"
    return Message(row.id, "events@ghent.example", row.address, text.encode())


def people(number: int, **more: object) -> Iterator[Addressed]:
    for each in range(number):
        yield Addressed(f"p{each}@x.example", f"p{each}@x.example", data={"language": "fr"}, **more)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Deliveries]:
    with open_ledger(str(tmp_path / "ledger.sqlite3")) as ledger:
        yield Deliveries(ledger)


@pytest.fixture
def clock() -> Clock:
    return Clock(tick=timedelta(0))


Send = Callable[..., Report]


@pytest.fixture
def send(store: Deliveries, clock: Clock) -> Send:
    def run(transport: MemoryTransport, **options: object) -> Report:
        of = options.pop("message_of", message_of)
        box = Outbox(store, transport, clock, sleep=clock.sleep, **options)
        return box.run(B, M, of)

    return run


def plan(store: Deliveries, number: int, **more: object) -> None:
    plan_deliveries(store, B, M, people(number, **more), now=NOW)


def counts(store: Deliveries) -> dict[str, int]:
    return dict(store.counts(mailing_id(B, M)))


def test_everybody_gets_one_message(store: Deliveries, send: Send) -> None:
    plan(store, 25)
    transport = MemoryTransport(batch=10)
    report = send(transport)
    assert report == Report(Progress(sent=25))
    assert sorted(each.recipient for each in transport.sent) == sorted(f"p{n}@x.example" for n in range(25))
    assert transport.staged == 3
    assert counts(store) == {"sent": 25}


def test_a_second_run_sends_nothing(store: Deliveries, send: Send) -> None:
    plan(store, 5)
    transport = MemoryTransport()
    send(transport)
    plan(store, 5)
    assert send(transport) == Report(Progress())
    assert len(transport.sent) == 5


def test_nobody_is_planned_twice_for_one_occasion(store: Deliveries) -> None:
    def once(occasion: str) -> tuple[int, int, int]:
        done = plan_deliveries(store, B, M, people(3, occasion=occasion), now=NOW)
        return done.new, done.renewed, done.kept

    assert once("2027-03-10") == (3, 0, 0)
    assert once("2027-03-10") == (0, 3, 0)
    assert once("2027-03-11") == (3, 0, 0)


def test_one_person_twice_in_an_audience_is_one_message(store: Deliveries) -> None:
    twice = [Addressed("a@x.example", "a@x.example"), Addressed("a@x.example", "A@x.example")]
    assert plan_deliveries(store, B, M, twice, now=NOW).new == 1


def test_more_people_than_a_chunk_are_planned_as_they_come(store: Deliveries) -> None:
    assert plan_deliveries(store, B, M, people(2500), now=NOW).new == 2500
    (mailing,) = store.mailings(B)
    assert mailing.chunks == 3
    assert store.mailing(B, M) == mailing


def test_planning_again_takes_newer_data_of_those_not_sent(store: Deliveries, send: Send) -> None:
    plan(store, 2)
    newer = Addressed("p1@x.example", "other@x.example", data={"language": "es"})
    plan_deliveries(store, B, M, [newer], now=NOW)
    transport = MemoryTransport()
    send(transport)
    assert sorted(each.recipient for each in transport.sent) == ["other@x.example", "p0@x.example"]
    assert any(b"Subject: es" in each.content for each in transport.sent)


def test_what_is_due_later_waits(store: Deliveries, send: Send, clock: Clock) -> None:
    plan(store, 2, due=NOW + timedelta(hours=1))
    transport = MemoryTransport()
    assert send(transport).next_due == NOW + timedelta(hours=1)
    assert transport.sent == []
    clock.now += timedelta(hours=2)
    assert send(transport).progress.sent == 2


def test_a_run_may_wait_for_what_is_due_soon(store: Deliveries, send: Send, clock: Clock) -> None:
    plan(store, 2, due=NOW + timedelta(minutes=5))
    assert send(MemoryTransport(), sending=Sending(wait=timedelta(minutes=6))).progress.sent == 2
    assert clock.now == NOW + timedelta(minutes=5)


def test_what_came_too_late_is_dropped(store: Deliveries, send: Send, clock: Clock) -> None:
    plan(store, 2, expires=NOW + timedelta(hours=1))
    clock.now += timedelta(hours=2)
    transport = MemoryTransport()
    assert send(transport) == Report(Progress(dropped=2))
    assert counts(store) == {"dropped": 2}
    assert transport.sent == []


def test_the_suppressed_are_left_out_at_the_last_moment(store: Deliveries, send: Send) -> None:
    plan(store, 3)
    out = message_key(B, M, "p1@x.example")
    transport = MemoryTransport()
    report = send(transport, suppressed=lambda _rows: {out: "unsubscribed"})
    assert report.progress == Progress(sent=2, dropped=1)
    (row,) = store.rows(mailing_id(B, M), ("dropped",))
    assert (row.id, row.words) == (out, "unsubscribed")


class TestRefusals:
    def test_a_refusal_for_good_is_kept_with_the_servers_words(self, store: Deliveries, send: Send) -> None:
        plan(store, 3)
        bad = message_key(B, M, "p1@x.example")

        def refuse(message: Message) -> Delivery | None:
            return Delivery(bad, Status.FAILED, 550, "no such user") if message.key == bad else None

        assert send(MemoryTransport(refuse=refuse)).progress == Progress(sent=2, failed=1)
        (row,) = failures(store, B, M)
        assert (row.id, row.code, row.words, row.owner) == (bad, 550, "no such user", None)

    def test_what_failed_can_be_tried_again_by_a_persons_word(self, store: Deliveries, send: Send) -> None:
        plan(store, 1)
        send(MemoryTransport(refuse=lambda m: Delivery(m.key, Status.FAILED, 550, "full")))
        assert store.retry(mailing_id(B, M), now="2027-03-01") == 1
        assert send(MemoryTransport()).progress.sent == 1

    def test_a_deferral_comes_again_later_and_later(
        self, store: Deliveries, send: Send, clock: Clock
    ) -> None:
        plan(store, 1)
        transport = MemoryTransport(answer=lambda m: Delivery(m.key, Status.DEFERRED, 450, "not now"))
        waits = []
        for _ in range(4):
            report = send(transport)
            assert report.progress == Progress(deferred=1)
            assert report.next_due is not None
            waits.append((report.next_due - clock.now).total_seconds())
            clock.now = report.next_due
        assert all(1.9 < later / sooner < 2.1 for sooner, later in pairwise(waits))
        assert 60 <= waits[0] <= 75

    def test_the_server_says_how_long(self, store: Deliveries, send: Send, clock: Clock) -> None:
        plan(store, 1)
        asked = timedelta(minutes=17)
        report = send(
            MemoryTransport(answer=lambda m: Delivery(m.key, Status.DEFERRED, 451, "grey", retry_after=asked))
        )
        assert report.next_due == clock.now + asked

    def test_patience_with_one_message_ends(self, store: Deliveries, send: Send, clock: Clock) -> None:
        plan(store, 1)
        transport = MemoryTransport(answer=lambda m: Delivery(m.key, Status.DEFERRED, 450, "not now"))
        sending = Sending(backoff=Backoff(attempts=3), wait=timedelta(days=1))
        assert send(transport, sending=sending).progress == Progress(deferred=2, failed=1)
        (row,) = failures(store, B, M)
        assert (row.attempts, row.words) == (3, "not now")
        assert clock.now > NOW

    def test_a_message_that_cannot_be_written_fails_alone(self, store: Deliveries, send: Send) -> None:
        plan(store, 3)

        def broken(row: DeliveryRow) -> Message:
            if row.address.startswith("p1"):
                raise RenderError(f"no template for {row.address}")
            return message_of(row)

        assert send(MemoryTransport(), message_of=broken).progress == Progress(sent=2, failed=1)
        (row,) = failures(store, B, M)
        assert row.words == "the message could not be written: no template for …"

    def test_a_fault_of_the_program_loses_nothing(self, store: Deliveries, send: Send) -> None:
        plan(store, 30)
        transport = MemoryTransport(batch=5)

        def broken(row: DeliveryRow) -> Message:
            if row.address == "p12@x.example":
                raise ZeroDivisionError
            return message_of(row)

        with pytest.raises(ZeroDivisionError):
            send(transport, message_of=broken)
        assert counts(store) == {"sent": 10, "planned": 20}
        assert send(transport).progress.sent == 20

    def test_a_message_under_anothers_key_is_not_sent(self, store: Deliveries, send: Send) -> None:
        plan(store, 2)
        transport = MemoryTransport()
        with pytest.raises(ValueError, match="key of another"):
            send(transport, message_of=lambda row: evolve(message_of(row), key="0"))
        assert transport.sent == []


class TestPace:
    def test_a_complaint_makes_it_rest_and_then_go_narrower(
        self, store: Deliveries, send: Send, clock: Clock
    ) -> None:
        plan(store, 40)
        complaints = iter([True, True])
        widths = []

        def refuse(message: Message) -> Delivery | None:
            if len(transport.sent) == 10 and next(complaints, False):
                return Delivery(message.key, Status.DEFERRED, 421, "too fast", throttled=True)
            return None

        transport = MemoryTransport(batch=10, refuse=refuse)
        report = send(transport, tell=lambda progress: widths.append(progress.sent))
        assert report.progress.sent == 40
        assert clock.now > NOW, "it has slept"
        steps = [later - sooner for sooner, later in pairwise(widths) if later > sooner]
        assert max(steps[1:]) <= 8

    def test_a_throttled_message_has_used_no_attempt(self, store: Deliveries, send: Send) -> None:
        plan(store, 1)
        answers = iter([True] * 5)

        def answer(message: Message) -> Delivery | None:
            busy = Delivery(message.key, Status.DEFERRED, 454, "rate", throttled=True)
            return busy if next(answers, False) else None

        sending = Sending(backoff=Backoff(attempts=2))
        assert send(MemoryTransport(answer=answer), sending=sending).progress.sent == 1

    def test_a_server_that_is_away_for_long_ends_the_run_and_loses_nothing(
        self, store: Deliveries, send: Send, clock: Clock
    ) -> None:
        plan(store, 20)

        class Away(MemoryTransport):
            def stage(self, _messages: object) -> object:
                raise Transient("mail.example cannot be found now")

        told = list[Progress]()
        report = send(Away(), tell=told.append)
        assert report.stopped == "mail.example cannot be found now"
        assert counts(store) == {"planned": 20}
        assert clock.now - NOW <= Sending().patience
        assert [(each.rest, each.complaint) for each in told[:2]] == [
            (timedelta(seconds=5), "mail.example cannot be found now"),
            (timedelta(seconds=10), "mail.example cannot be found now"),
        ]
        assert send(MemoryTransport()).progress.sent == 20

    def test_a_transport_that_cannot_be_used_is_said_at_once(self, store: Deliveries, send: Send) -> None:
        plan(store, 20)

        class Wrong(MemoryTransport):
            def stage(self, _messages: object) -> object:
                raise IntegrationError("wrong password")

        with pytest.raises(IntegrationError, match="wrong password"):
            send(Wrong())
        assert counts(store) == {"planned": 20}

    def test_a_rate_is_kept_by_all_senders_together(
        self, store: Deliveries, send: Send, clock: Clock
    ) -> None:
        plan(store, 100)
        send(MemoryTransport(rate=10.0))
        assert timedelta(seconds=8.5) <= clock.now - NOW <= timedelta(seconds=11)
        assert counts(store) == {"sent": 100}


class TestDoubt:
    def lose(self, store: Deliveries, send: Send, number: int = 3) -> MemoryTransport:
        plan(store, number)
        transport = MemoryTransport(answer=lambda m: Delivery(m.key, Status.UNKNOWN, words="hung up"))
        assert send(transport).progress == Progress(uncertain=number)
        return transport

    def test_what_nobody_knows_is_held(self, store: Deliveries, send: Send) -> None:
        self.lose(store, send)
        transport = MemoryTransport()
        assert send(transport) == Report(Progress())
        assert transport.sent == []
        assert [row.words for row in uncertain(store, B, M)] == ["hung up"] * 3

    @pytest.mark.parametrize(
        ("resolution", "state", "sent"),
        [
            (Resolution.HOLD, "uncertain", 0),
            (Resolution.RESEND, "planned", 3),
            (Resolution.SENT, "sent", 0),
            (Resolution.DROP, "dropped", 0),
        ],
    )
    def test_a_person_settles_it(
        self, store: Deliveries, send: Send, resolution: Resolution, state: str, sent: int
    ) -> None:
        self.lose(store, send)
        done = resolve(uncertain(store, B, M), resolution, store, now=NOW)
        assert done == (0 if resolution is Resolution.HOLD else 3)
        assert counts(store) == {state: 3}
        assert send(MemoryTransport()).progress.sent == sent

    def test_a_resend_has_the_same_octets(self, store: Deliveries, send: Send, clock: Clock) -> None:
        first = self.lose(store, send)
        begun = [row.begun_at for row in uncertain(store, B, M)]
        clock.now += timedelta(days=1)
        resolve(uncertain(store, B, M), Resolution.RESEND, store, now=clock.now)
        transport = MemoryTransport()
        send(transport)
        assert first.sent == []
        assert [row.begun_at for row in store.rows(mailing_id(B, M), ("sent",))] == begun
        assert all(f"Date: {begun[0]}".encode() in each.content for each in transport.sent)

    def test_what_would_not_be_the_same_is_not_sent_again(self, store: Deliveries, send: Send) -> None:
        self.lose(store, send)
        resolve(uncertain(store, B, M), Resolution.RESEND, store, now=NOW)
        transport = MemoryTransport()

        def corrected(row: DeliveryRow) -> Message:
            return evolve(message_of(row), content=message_of(row).content + b"PS\r\n")

        assert send(transport, message_of=corrected).progress == Progress(uncertain=3)
        assert transport.sent == []
        assert {row.words for row in uncertain(store, B, M)} == {
            "the message is not the same as the one that may have gone: settle it by hand"
        }

    def test_planning_again_does_not_touch_what_may_have_gone(self, store: Deliveries, send: Send) -> None:
        self.lose(store, send)
        resolve(uncertain(store, B, M), Resolution.RESEND, store, now=NOW)
        newer = [evolve(each, data={"language": "es"}) for each in people(3)]
        assert plan_deliveries(store, B, M, newer, now=NOW).kept == 3

    def test_what_was_refused_may_be_written_anew(self, store: Deliveries, send: Send, clock: Clock) -> None:
        plan(store, 1)
        send(MemoryTransport(answer=lambda m: Delivery(m.key, Status.DEFERRED, 450, "not now")))
        plan_deliveries(store, B, M, [evolve(each, data={"language": "es"}) for each in people(1)], now=NOW)
        transport = MemoryTransport()
        clock.now += timedelta(hours=1)
        assert send(transport).progress.sent == 1
        assert b"Subject: es" in transport.sent[0].content

    def test_a_transport_that_can_tell_is_asked(self, store: Deliveries, send: Send) -> None:
        self.lose(store, send)
        rows = list(uncertain(store, B, M))
        transport = MemoryTransport(finds=True, sent=[message_of(rows[0])])
        assert send(transport).found == 1
        assert counts(store) == {"sent": 1, "uncertain": 2}

    def test_a_transport_that_holds_a_message_once_is_given_it_again(
        self, store: Deliveries, send: Send
    ) -> None:
        self.lose(store, send)
        assert send(MemoryTransport(repeats=True)).progress.sent == 3

    def test_the_policy_may_be_to_send_again(self, store: Deliveries, send: Send) -> None:
        self.lose(store, send)
        sending = Sending(uncertain=Resolution.RESEND)
        assert send(MemoryTransport(), sending=sending).progress.sent == 3

    def test_an_answer_that_breaks_off_leaves_the_rest_in_doubt(self, store: Deliveries, send: Send) -> None:
        plan(store, 5)

        def answer(_message: Message) -> Delivery | None:
            if len(transport.sent) == 2:
                raise KeyboardInterrupt
            return None

        transport = MemoryTransport(answer=answer)
        with pytest.raises(KeyboardInterrupt):
            send(transport)
        assert counts(store) == {"sent": 2, "uncertain": 3}


class TestOwners:
    def claim(self, store: Deliveries, owner: str, clock: Clock, limit: int = 5) -> Claims:
        claims = Claims(store.ledger, owner)
        until = (clock.now + timedelta(minutes=2)).isoformat(timespec="microseconds")
        rows = claims.claim(
            mailing_id(B, M), now=clock.now.isoformat(timespec="microseconds"), lease=until, limit=limit
        )
        assert len(rows) == limit
        return claims

    def test_a_claim_takes_hold_of_what_is_due_alone_whatever_stands_in_between(
        self, store: Deliveries, clock: Clock
    ) -> None:
        mailing, late = mailing_id(B, M), NOW + timedelta(days=1)
        for each in range(3):  # each a chunk
            gaps = (
                evolve(person, due=late if place % 3 == each else None)
                for place, person in enumerate(people(9))
            )
            plan_deliveries(store, B, M, (evolve(one, occasion=str(each)) for one in gaps), now=NOW)
        self.claim(store, "me", clock, limit=18)
        assert counts(store) == {"claimed": 18, "planned": 9}
        assert {row.due for row in store.rows(mailing, ("planned",))} == {
            late.isoformat(timespec="microseconds")
        }
        assert {row.owner for row in store.rows(mailing, ("claimed",))} == {"me"}

    def test_what_a_dead_sender_held_is_taken_over_at_once(
        self, store: Deliveries, send: Send, clock: Clock
    ) -> None:
        plan(store, 10)
        self.claim(store, "dead-one", clock)
        assert send(MemoryTransport()) == Report(Progress(sent=10), orphaned=5)

    def test_what_a_living_sender_holds_is_left_to_it(
        self, store: Deliveries, send: Send, clock: Clock
    ) -> None:
        plan(store, 10)
        with store.ledger.present("living-one", at=NOW):
            self.claim(store, "living-one", clock)
            assert send(MemoryTransport()).progress.sent == 5
            assert counts(store) == {"sent": 5, "claimed": 5}
            clock.now += timedelta(minutes=3)
            assert send(MemoryTransport()).progress.sent == 5

    def test_what_somebody_leaves_who_dies_meanwhile_is_taken_over_too(
        self, store: Deliveries, clock: Clock
    ) -> None:
        plan(store, 10)
        other = store.ledger.present("other", at=NOW)
        other.__enter__()
        self.claim(store, "other", clock)
        died = []

        def tell(_progress: Progress) -> None:
            if not died:
                died.append(other.__exit__(None, None, None))

        report = Outbox(store, MemoryTransport(), clock, sleep=clock.sleep, tell=tell).run(B, M, message_of)
        assert (report.progress.sent, report.orphaned) == (10, 5)

    def test_one_who_slept_past_its_lease_finds_out_before_it_sends(
        self, store: Deliveries, send: Send, clock: Clock
    ) -> None:
        plan(store, 5)
        others = MemoryTransport()

        class Sleepy(MemoryTransport):
            def stage(self, messages: object) -> object:
                staged = super().stage(messages)
                if not others.sent:
                    clock.now += timedelta(minutes=30)
                    assert send(others).progress.sent == 5
                return staged

        sleepy = Sleepy()
        assert send(sleepy).progress == Progress()
        assert sleepy.sent == []
        assert sleepy.abandoned == 1
        assert counts(store) == {"sent": 5}

    def test_one_who_slept_between_the_note_and_the_dot_says_no_dot(
        self, store: Deliveries, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        plan(store, 5)
        usual, slept = Claims.commit, []

        def slow(self: Claims, *arguments: object, **more: object) -> bool:
            done = usual(self, *arguments, **more)
            if not slept:
                slept.append(True)
                clock.now += timedelta(minutes=5)
            return done

        monkeypatch.setattr(Claims, "commit", slow)
        transport = MemoryTransport()
        report = Outbox(store, transport, clock, sleep=clock.sleep).run(B, M, message_of)
        assert transport.abandoned == 1
        assert report.progress.sent == 5
        assert len(transport.sent) == 5
        assert counts(store) == {"sent": 5}

    def test_a_person_erased_in_the_middle_is_not_written_to(self, store: Deliveries, send: Send) -> None:
        plan(store, 5)
        erased = []

        class Between(MemoryTransport):
            def stage(self, messages: object) -> object:
                if not erased:
                    erased.append(store.erase(B, "p3@x.example"))
                return super().stage(messages)

        transport = Between()
        assert send(transport).progress.sent == 4
        assert "p3@x.example" not in {each.recipient for each in transport.sent}
        assert erased == [1]


class TestLedgerInTrouble:
    def test_a_ledger_that_cannot_be_written_before_the_dot_sends_nothing(
        self, store: Deliveries, send: Send, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        plan(store, 5)
        transport = MemoryTransport()

        def full(*_arguments: object, **_more: object) -> bool:
            raise StoreError("database or disk is full")

        with monkeypatch.context() as patched:
            patched.setattr(Claims, "commit", full)
            with pytest.raises(StoreError, match="full"):
                send(transport)
        assert (transport.sent, transport.abandoned) == ([], 1)
        assert send(transport).progress.sent == 5

    def test_answers_are_written_once_the_ledger_is_free_again(
        self, store: Deliveries, send: Send, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        plan(store, 5)
        usual, failures_left = Claims.record, [1, 2, 3]

        def locked(self: Claims, *arguments: object, **more: object) -> int:
            if failures_left:
                failures_left.pop()
                raise StoreError("database is locked")
            return usual(self, *arguments, **more)

        monkeypatch.setattr(Claims, "record", locked)
        transport = MemoryTransport()
        assert send(transport).progress.sent == 5
        assert counts(store) == {"sent": 5}

    def test_answers_that_cannot_be_written_leave_one_batch_in_doubt_and_send_no_more(
        self, store: Deliveries, send: Send, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        plan(store, 30)
        transport = MemoryTransport(batch=10)

        def full(*_arguments: object, **_more: object) -> int:
            raise StoreError("database or disk is full")

        with monkeypatch.context() as patched:
            patched.setattr(Claims, "record", full)
            with pytest.raises(StoreError, match="full"):
                send(transport)
        assert len(transport.sent) == 10
        assert send(MemoryTransport()).progress.sent == 20
        assert counts(store) == {"sent": 20, "uncertain": 10}


class TestChangesOfTheBriefing:
    def test_a_postponed_briefing_holds_back_what_was_not_sent(self, store: Deliveries, send: Send) -> None:
        plan(store, 4)
        assert suspend(store, B, M, now=NOW) == 4
        assert send(MemoryTransport()) == Report(Progress())
        assert resume(store, B, M, now=NOW) == 4
        assert send(MemoryTransport()).progress.sent == 4

    def test_a_cancelled_one_drops_it(self, store: Deliveries, send: Send) -> None:
        plan(store, 4)
        assert cancel(store, B, M, now=NOW) == 4
        assert send(MemoryTransport()) == Report(Progress())
        assert counts(store) == {"dropped": 4}

    def test_a_moved_start_reminds_again_and_nobody_twice_of_one_start(
        self, store: Deliveries, send: Send, clock: Clock
    ) -> None:
        tuesday, friday = "2027-03-02T15:00", "2027-03-05T15:00"
        plan(store, 4, occasion=tuesday)
        done = iter([True, True])
        transport = MemoryTransport(batch=1)
        send(transport, stop=lambda: len(transport.sent) == 2 and next(done, True))
        for occasion, unsent in ((friday, 2), (tuesday, 4)):
            assert supersede(store, B, M, occasion, now=clock.now) == unsent
            plan(store, 4, occasion=occasion)
        assert send(transport).progress.sent == 2
        assert counts(store) == {"sent": 4, "dropped": 4}

    def test_what_is_on_its_way_is_not_moved(self, store: Deliveries) -> None:
        with pytest.raises(ValueError, match="claimed, sent"):
            store.move(mailing_id(B, M), ("claimed", "sent"), "dropped", now="")


def test_a_run_that_is_asked_to_stop_ends_after_a_batch(store: Deliveries, send: Send) -> None:
    plan(store, 50)
    transport = MemoryTransport(batch=10)
    report = send(transport, stop=lambda: len(transport.sent) >= 20)
    assert report.stopped == "asked to stop"
    assert report.progress.sent == 20
    assert counts(store) == {"sent": 20, "planned": 30}


def test_progress_is_told_batch_by_batch(store: Deliveries, send: Send) -> None:
    plan(store, 25)
    told: list[int] = []
    send(MemoryTransport(batch=10), tell=lambda progress: told.append(progress.sent))
    assert sorted(set(told)) == [10, 20, 25]


def test_no_row_shows_a_person(store: Deliveries) -> None:
    plan(store, 1)
    (row,) = store.rows(mailing_id(B, M), ("planned",))
    assert "p0@x" not in f"{row!r} {next(people(1))!r}"
    assert "fr" not in f"{row!r} {next(people(1))!r}"


def test_erasing_deletes_rows_and_keeps_counts(store: Deliveries, send: Send) -> None:
    plan(store, 3)
    send(MemoryTransport())
    assert store.erase(B, "p1@x.example") == 1
    assert store.erase("another", "p2@x.example") == 0
    assert counts(store) == {"sent": 2}
    (mailing,) = store.mailings(B)
    assert json.loads(mailing.erased) == {"sent": 1}
