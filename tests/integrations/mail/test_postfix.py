"""Messages through real Postfix into a Maildir, and read back by Dovecot over IMAP."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from attrs import evolve

from briefingkit.mailing.incoming.feedback import Kind, Reason
from briefingkit.mailing.incoming.hearing import hear
from briefingkit.mailing.incoming.returned import read_returned
from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.messages.names import Names
from briefingkit.mailing.outgoing.deliveries import Addressed, failures, mailing_id, plan_deliveries
from briefingkit.mailing.outgoing.keys import message_key
from briefingkit.mailing.outgoing.outbox import Outbox
from briefingkit.mailing.outgoing.sending import Progress
from briefingkit.mailing.outgoing.transport import Status, Transport
from briefingkit.registrations.registration_list import key_of
from briefingkit.store import open_ledger
from briefingkit.store.deliveries import Deliveries
from briefingkit.store.delivery_rows import DeliveryRow
from briefingkit.store.registrations import Registrations
from briefingkit.testing.transport import TransportContract, message_for
from briefingkit_mail import SMTP
from briefingkit_mail.smtp_settings import Encryption

from ...servers import Authority
from .real_postfix import Postfix, started
from .test_dkim import ED25519, RSA, signer, verifies

pytestmark = pytest.mark.peer


@pytest.fixture(scope="module")
def postfix(authority: Authority) -> Iterator[Postfix]:
    with started(authority) as server:
        yield server


@pytest.fixture
def transport(postfix: Postfix, authority: Authority) -> Iterator[SMTP]:
    postfix.clear()
    transport = SMTP(
        "localhost",
        postfix.port,
        encryption=Encryption.STARTTLS,
        ca_file=str(authority.file),
        hello="client.example",
        connections=4,
        timeout=20,
    )
    yield transport
    transport.close()


class TestPostfix(TransportContract):
    @pytest.fixture
    def transport(self, postfix: Postfix, transport: SMTP) -> Transport:
        self.postfix = postfix
        return transport

    def arrived(self) -> Sequence[bytes]:
        return self.postfix.fetch()


def calendar_message(row: DeliveryRow) -> Message:
    """Write a mail with an event and an attachment, as the standard library does."""
    from email.message import EmailMessage

    mail = EmailMessage(policy.SMTP)
    mail["From"] = "Stad Gent <events@ghent.example>"
    mail["To"] = row.address
    mail["Subject"] = "Élections, łódź, Ελλάδα, مدينة, 北京"
    mail["Message-ID"] = f"<{row.id}@ghent.example>"
    mail["Date"] = datetime.fromisoformat(row.begun_at or "")
    mail.set_content("Grüße, مرحبا\n.\n", cte="quoted-printable")
    mail.add_alternative("<p>Grüße, مرحبا</p>", subtype="html", cte="base64")
    ics = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:\xe5\x8c\x97\xe4\xba\xac\r\nEND:VCALENDAR\r\n"
    mail.add_alternative(ics, "text", "calendar", params={"method": "REQUEST", "charset": "utf-8"})
    mail.add_attachment(ics, "application", "ics", filename="invite.ics")
    return Message(row.id, "events@ghent.example", row.address, mail.as_bytes())


def test_a_mailing_arrives_part_by_part(postfix: Postfix, transport: SMTP) -> None:
    with open_ledger("sqlite://") as ledger:
        store = Deliveries(ledger)
        people = [Addressed(f"p{number}@city.example", f"p{number}@city.example") for number in range(30)]
        people.append(Addressed("full@city.example", "full@city.example"))
        people.append(Addressed("x@elsewhere.example", "x@elsewhere.example"))
        plan_deliveries(store, "b", "m", people, now=datetime.now(UTC))
        report = Outbox(store, transport, lambda: datetime.now(UTC)).run("b", "m", calendar_message)
        assert report.progress == Progress(sent=30, failed=1, deferred=1)
        (row,) = failures(store, "b", "m")
        assert row.code == 554
        assert "x@" not in (row.words or "")
        (later,) = store.rows(mailing_id("b", "m"), ("planned",))
        assert (later.id, later.code, later.attempts) == (
            message_key("b", "m", "full@city.example"),
            452,
            1,
        )
        sent = {row.id: row for row in store.rows(mailing_id("b", "m"), ("sent",))}
    mails = [message_from_bytes(mail, policy=policy.SMTP) for mail in postfix.fetch()]
    assert {mail["Message-ID"] for mail in mails} == {f"<{key}@ghent.example>" for key in sent}
    assert all(row.remote_id and row.remote_id in postfix.log for row in sent.values())
    for mail in mails:
        whole = calendar_message(sent[mail["Message-ID"][1:41]]).content
        own = message_from_bytes(whole, policy=policy.SMTP)
        assert mail["Subject"] == own["Subject"]
        parts = [(part.get_content_type(), part.get_payload(decode=True)) for part in mail.walk()]
        assert parts == [(part.get_content_type(), part.get_payload(decode=True)) for part in own.walk()]


@pytest.mark.parametrize("key", [RSA, ED25519], ids=["rsa", "ed25519"])
def test_signatures_hold_after_the_journey(postfix: Postfix, authority: Authority, key: object) -> None:
    postfix.clear()
    transport = SMTP(
        "localhost", postfix.port, ca_file=str(authority.file), hello="client.example", dkim=signer(key)
    )
    with closing(transport):
        staged = transport.stage([message_for(1, "Dear all,\r\n.\r\n..hidden \t here\r\n\r\n")])
        assert [each.status for each in staged.commit()] == [Status.SENT]
    (mail,) = postfix.fetch()
    assert verifies(mail, key)


def test_addresses_of_every_alphabet_arrive(postfix: Postfix, transport: SMTP) -> None:
    message = message_for(1, "Grüße", to="jörg@bücher.example")
    assert [each.status for each in transport.stage([message]).commit()] == [Status.SENT]
    (mail,) = postfix.fetch()
    assert "To: jörg@bücher.example".encode() in mail


def test_a_server_that_is_stopped_and_started_again_has_lost_nothing(
    postfix: Postfix, transport: SMTP
) -> None:
    def message_of(row: DeliveryRow) -> Message:
        nonlocal written
        written += 1
        if written == 20:
            postfix.run("stop")
        elif written == 21:
            postfix.run("start")
            postfix.wait()
        return message_for(int(row.address[1:].partition("@")[0]), to=row.address)

    written = 0
    with open_ledger("sqlite://") as ledger:
        store = Deliveries(ledger)
        keys = {f"p{number}@city.example": message_for(number).key for number in range(40)}
        people = (Addressed(address, address) for address in keys)
        plan_deliveries(store, "b", "m", people, now=datetime.now(UTC))

        def keyed(row: DeliveryRow) -> Message:
            return evolve(message_of(row), key=row.id)

        report = Outbox(store, transport, lambda: datetime.now(UTC)).run("b", "m", keyed)
        held = {
            state: {keys[row.address] for row in store.rows(mailing_id("b", "m"), (state,))}
            for state in ("sent", "planned", "uncertain")
        }
    # The next messages are written while these wait for their answers, which the stop may have cut off.
    assert report.progress.uncertain == len(held["uncertain"]) <= transport.connections
    assert sum(map(len, held.values())) == len(keys)
    arrived = [mail.partition(b"Message-ID: <")[2][:40].decode() for mail in postfix.fetch()]
    assert len(arrived) == len(set(arrived))
    assert held["sent"] <= set(arrived) <= held["sent"] | held["uncertain"]


@pytest.mark.parametrize("dsn", [False, True])
def test_a_mail_that_it_took_and_could_not_deliver_comes_back_and_is_read(
    postfix: Postfix, transport: SMTP, *, dsn: bool
) -> None:
    def from_the_bounces(row: DeliveryRow) -> Message:
        plain, name = calendar_message(row), names.name(row.id, row.begun_at)
        content = plain.content.replace(f"<{row.id}@".encode(), f"<{name}@".encode())
        return evolve(plain, sender="bounces@city.example", content=content, name=name)

    now, address = datetime.now(UTC), "ada@gone.example"
    with open_ledger("sqlite://") as ledger:
        store, names = Deliveries(ledger), Names.of(ledger, key_of(Registrations(ledger)))
        plan_deliveries(store, "b", "m", [Addressed(address, address)], now=now)
        with closing(evolve(transport, dsn=dsn)) as asking:
            report = Outbox(store, asking, lambda: datetime.now(UTC)).run("b", "m", from_the_bounces)
        assert report.progress == Progress(sent=1)
        (mail,) = postfix.fetch()
        now = datetime.now(UTC)
        assert (b"Original-Envelope-Id: " in mail) is dsn
        (event,) = read_returned(mail, domain="ghent.example", names=names, now=now)
        assert (event.kind, event.reason, event.permanent) == (Kind.BOUNCED, Reason.BOUNCED, True)
        assert (event.key, event.recipient) == (message_key("b", "m", address), address)
        assert event.proven
        assert event.words == "no such user"
        heard = hear([event], ledger, now=now, source="returned mail", ours_only=True)
        assert (heard.kinds, heard.suppressed, heard.strange) == ({"bounced": 1}, 1, 0)
