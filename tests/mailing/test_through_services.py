"""Mails as they are made here, through the doubles of mail services: taken, found again, and in doubt at most once."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from briefingkit.errors import IntegrationError
from briefingkit.mailing.messages.composer import Composer
from briefingkit.mailing.messages.edition import Edition
from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.deliveries import Addressed, mailing_id, plan_deliveries
from briefingkit.mailing.outgoing.outbox import Outbox
from briefingkit.mailing.outgoing.transport import Status
from briefingkit.mailing.people.recipient import Recipient
from briefingkit.store import open_ledger
from briefingkit.store.deliveries import Deliveries
from briefingkit.store.delivery_rows import DeliveryRow
from briefingkit.testing.mail.brevo import BrevoDouble
from briefingkit.testing.mail.mailgun import MailgunDouble
from briefingkit.testing.mail.mandrill import MandrillDouble
from briefingkit.testing.mail.postmark import PostmarkDouble
from briefingkit.testing.mail.resend import ResendDouble
from briefingkit.testing.mail.sendgrid import SendGridDouble
from briefingkit.testing.mail.service import Broken, MailService, Mishap, Reply, json_reply
from briefingkit_mail.brevo import Brevo
from briefingkit_mail.mailgun import Mailgun
from briefingkit_mail.mandrill import MailchimpTransactional
from briefingkit_mail.postmark import Postmark
from briefingkit_mail.resend import Resend
from briefingkit_mail.sendgrid import SendGrid

from ..clock import NOW, Clock

OPENERS: Mapping[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
    "brevo": (BrevoDouble, lambda double: Brevo(double.secret, base_url=f"{double.url}/v3")),
    "mailgun": (MailgunDouble, lambda double: Mailgun(double.domain, double.secret, base_url=double.url)),
    "mandrill": (
        MandrillDouble,
        lambda double: MailchimpTransactional(double.secret, base_url=f"{double.url}/api/1.0"),
    ),
    "postmark": (PostmarkDouble, lambda double: Postmark(double.secret, base_url=double.url)),
    "resend": (ResendDouble, lambda double: Resend(double.secret, base_url=double.url, rate=None)),
    "sendgrid": (SendGridDouble, lambda double: SendGrid(double.secret, base_url=double.url)),
}
PEOPLE = [
    Recipient("ann@example.org", "Ann"),
    Recipient("o'neill+x@example.org", 'O"Neill, Jr. <chair>'),
    Recipient("sara@bücher.example", "سارة ناصر", language="ar"),
    Recipient("li@example.org", "李娜", language="zh"),
    Recipient("olga@example.org", "Ольга {{ name }} {% if %}", language="ru", timezone="Europe/Moscow"),
    Recipient("eve@example.org", "Eve\r\nBcc: spy@evil.example", language="fr"),
]


@pytest.fixture(params=sorted(OPENERS))
def service(request: pytest.FixtureRequest) -> Iterator[tuple[MailService, Any]]:
    make, open_it = OPENERS[request.param]
    with make() as double:
        transport = open_it(double)
        transport._line.sleep = lambda _seconds: None
        yield double, transport
        transport.close()
        assert double.faults == []


@pytest.mark.parametrize("letter", ["confirmation", "invitation", "reminder", "cancellation", "waitlist"])
def test_every_service_takes_our_mails(
    service: tuple[MailService, Any],
    make_edition: Callable[..., Edition],
    letter: str,
    links: Mapping[str, str],
) -> None:
    double, transport = service
    composer = Composer(make_edition(letter))
    messages = [composer.message(Recipient(**_fields(each), links=links)) for each in PEOPLE]
    staged = transport.stage(messages)
    done = [*staged.settled, *staged.commit()]
    assert {each.status for each in done} == {Status.SENT}, done
    assert len(double.mails) == len(PEOPLE)
    unsubscribing = {_header(mail, "List-Unsubscribe") for mail in map(_head, double.mails)}
    assert unsubscribing == {_header(_head(message.content), "List-Unsubscribe") for message in messages}
    assert not any("\nBcc:" in mail.decode().partition("\r\n\r\n")[0] for mail in double.mails)


def _fields(person: Recipient) -> dict[str, Any]:
    return {name: getattr(person, name) for name in ("address", "name", "language", "timezone")}


def _head(mail: bytes) -> Any:
    return message_from_bytes(mail, policy=policy.compat32)


def _header(mail: Any, name: str) -> str:
    return " ".join(str(mail[name] or "").split())


class TestOutbox:
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Deliveries]:
        with open_ledger(str(tmp_path / "ledger.sqlite3")) as ledger:
            store = Deliveries(ledger)
            people = (Addressed(f"p{number}@x.example", f"p{number}@x.example") for number in range(12))
            plan_deliveries(store, "imrf", "reminder", people, now=NOW)
            yield store

    @pytest.fixture
    def double(self) -> Iterator[PostmarkDouble]:
        with PostmarkDouble() as double:
            yield double

    @pytest.fixture
    def run(self, store: Deliveries, double: PostmarkDouble) -> Iterator[Callable[[], Any]]:
        clock = Clock(tick=timedelta(0))
        transport = Postmark(double.secret, base_url=double.url, batch=5, connections=1)
        yield lambda: Outbox(store, transport, clock, sleep=clock.sleep).run("imrf", "reminder", _message)
        transport.close()

    def test_what_was_in_doubt_is_found_and_nothing_goes_twice(
        self, store: Deliveries, double: PostmarkDouble, run: Callable[[], Any]
    ) -> None:
        def lose(_reply: Reply) -> Reply:
            raise Broken

        double.script.extend([Mishap(), Mishap(after=lose)])
        report = run()
        assert (report.progress.sent, report.progress.uncertain) == (7, 5)
        assert len(double.mails) == 12
        assert run().found == 5
        assert dict(store.counts(mailing_id("imrf", "reminder"))) == {"sent": 12}
        assert len(double.mails) == len(set(double.mails)) == 12

    def test_a_key_that_is_not_taken_ends_the_run_and_costs_nobody_a_mail(
        self, store: Deliveries, double: PostmarkDouble, run: Callable[[], Any]
    ) -> None:
        denied = json_reply(401, {"ErrorCode": 10, "Message": "the token is not known"})
        double.script.append(Mishap(instead=lambda _asked: denied))
        with pytest.raises(IntegrationError, match=r"Postmark refuses everything.*not known.*server_token"):
            run()
        assert dict(store.counts(mailing_id("imrf", "reminder"))) == {"planned": 12}
        assert run().progress.sent == 12
        assert len(double.mails) == 12


def _message(row: DeliveryRow) -> Message:
    head = f"From: events@ghent.example\r\nTo: {row.address}\r\nSubject: Soon\r\nDate: {row.begun_at}\r\n"
    content = f"{head}Message-ID: <{row.id}@ghent.example>\r\n\r\nWelcome.\r\n"
    return Message(row.id, "events@ghent.example", row.address, content.encode())
