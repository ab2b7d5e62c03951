"""What mail services tell: only the service is believed, and each says the same in the same words."""

import json
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from briefingkit.errors import IntegrationError, MailingError, ModelError
from briefingkit.mailing.incoming.feedback import Event, Kind, Reason, suppresses
from briefingkit.mailing.people import suppression
from briefingkit_mail.feedback.brevo import BrevoFeedback
from briefingkit_mail.feedback.resend import ResendFeedback
from briefingkit_mail.feedback.sendgrid import SendGridFeedback
from briefingkit_mail.feedback.ses import SESFeedback

from .callers import (
    CERTIFICATE,
    CERTIFICATE_URL,
    KEY,
    NOW,
    SECRET,
    SERVICES,
    TO,
    TOPIC,
    URL,
    Call,
    Service,
    brevo,
    sendgrid,
    sendgrid_event,
    ses,
    ses_event,
)


def each(those: Iterable[Service]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("service", list(those), ids=lambda service: service.name)


services = each(SERVICES)


def receive(service: Service, call: Call, now: datetime = NOW) -> list[Event]:
    return list(service.receiver.receive(*call, now=now))


@services
def test_a_hard_bounce_suppresses(service: Service) -> None:
    (event,) = receive(service, service.call(service.bounce))
    assert (event.kind, event.reason, event.permanent) == (Kind.BOUNCED, Reason.BOUNCED, True)
    assert (event.recipient, event.key) == (TO, KEY)
    assert event.remote_id in {"m1", "m1.recvd"}
    assert abs(event.at - NOW) < timedelta(seconds=1)
    assert suppresses(event) is suppression.Reason.BOUNCED
    assert "550 5.1.1" in event.words
    assert "person.1" not in event.words + repr(event)


@services
def test_what_may_pass_suppresses_nobody(service: Service) -> None:
    (event,) = receive(service, service.call(service.soft))
    assert (event.kind, event.permanent, suppresses(event)) == (Kind.DEFERRED, False, None)


@services
def test_a_complaint_suppresses(service: Service) -> None:
    (event,) = receive(service, service.call(service.complaint))
    assert (event.kind, suppresses(event)) == (Kind.COMPLAINED, suppression.Reason.COMPLAINED)


@each(service for service in SERVICES if service.unsubscribed is not None)
def test_who_unsubscribes_is_suppressed_for_that(service: Service) -> None:
    (event,) = receive(service, service.call(service.unsubscribed))
    assert (event.kind, suppresses(event)) == (Kind.UNSUBSCRIBED, suppression.Reason.UNSUBSCRIBED)


@services
def test_kinds_that_nobody_knows_are_left_out(service: Service) -> None:
    assert receive(service, service.call(service.unknown)) == []


@services
def test_another_secret_is_another_service(service: Service) -> None:
    with pytest.raises(MailingError):
        receive(service, service.call(service.bounce, secret="another-secret"))


@services
def test_a_call_without_headers_is_not_believed(service: Service) -> None:
    _, body = service.call(service.bounce)
    if service.name in {"mailgun", "ses"}:
        value = json.loads(body)
        value.pop("signature", None)
        value.pop("Signature", None)
        body = json.dumps(value).encode()
    with pytest.raises(MailingError):
        receive(service, ({}, body))


@each(service for service in SERVICES if service.signs_body)
def test_a_changed_call_is_not_believed(service: Service) -> None:
    headers, body = service.call(service.bounce)
    with pytest.raises(MailingError):
        receive(service, (headers, body.replace(b"person.1", b"person.2")))


@each(service for service in SERVICES if service.signs_time)
@pytest.mark.parametrize("off", [timedelta(days=2), -timedelta(hours=1)], ids=["old", "early"])
def test_a_call_of_another_time_is_not_believed(service: Service, off: timedelta) -> None:
    with pytest.raises(MailingError):
        receive(service, service.call(service.bounce), now=NOW + off)


@services
def test_the_same_call_again_has_the_same_id_and_another_has_another(service: Service) -> None:
    first, again = (
        receive(service, service.call(service.bounce)),
        receive(service, service.call(service.bounce)),
    )
    other = receive(service, service.call(service.complaint))
    assert [event.id for event in first] == [event.id for event in again]
    assert first[0].id != other[0].id


@services
def test_no_error_and_no_repr_shows_a_secret_or_what_came(service: Service) -> None:
    headers, body = service.call(service.bounce, secret="another-secret")
    with pytest.raises(MailingError) as caught:
        receive(service, (headers, body))
    said = f"{service.receiver!r} {caught.value}"
    assert SECRET not in said
    assert TO not in said
    assert URL not in said


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=15,
)


@services
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_comes_is_read_or_refused(service: Service, data: st.DataObject) -> None:
    """Rightly signed, with any value in the place of any of its own."""
    value = data.draw(st.sampled_from([service.bounce, service.soft, service.complaint]))
    changed = {name: data.draw(JSON) if data.draw(st.booleans()) else old for name, old in value.items()}
    try:
        call = service.call(changed)
    except (ValueError, TypeError):
        return
    try:
        events = receive(service, call)
    except MailingError:
        return
    assert all(isinstance(event, Event) and event.at.tzinfo is not None for event in events)


@services
@given(body=st.binary(max_size=60))
@settings(max_examples=30, deadline=None)
def test_a_body_that_is_anything_is_refused_or_says_nothing(service: Service, body: bytes) -> None:
    call = service.call(body if service.name != "mailgun" else body.decode("latin-1"))
    with suppress(MailingError):
        assert receive(service, call) == []


@pytest.mark.parametrize("size", [5 << 20, (5 << 20) + 1])
def test_a_call_that_is_too_large_is_not_read(size: int) -> None:
    headers, _ = brevo({})
    body = b'{"a":"' + b"x" * (size - 8) + b'"}'
    if size > 5 << 20:
        with pytest.raises(MailingError, match="too large"):
            BrevoFeedback(SECRET).receive(headers, body, now=NOW)
    else:
        assert BrevoFeedback(SECRET).receive(headers, body, now=NOW) == []


def test_sendgrids_own_example_of_a_signature_holds() -> None:
    """The one of its libraries (sendgrid-python, test_event_webhook.py)."""
    key = (
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNN"
        "RaINXvVpiglSI8eNEc6wEA3F+g=="
    )
    signature = (
        "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM="
    )
    event = {
        "email": "hello@world.com",
        "event": "dropped",
        "reason": "Bounced Address",
        "sg_event_id": "ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA",
        "sg_message_id": "LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0",
        "smtp-id": "<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>",
        "timestamp": 1600112492,
    }
    headers = {
        "X-Twilio-Email-Event-Webhook-Signature": signature,
        "X-Twilio-Email-Event-Webhook-Timestamp": "1600112502",
    }
    body = json.dumps([event], separators=(",", ":")).encode() + b"\r\n"
    now = datetime.fromtimestamp(1600112502, UTC)
    (done,) = SendGridFeedback(key).receive(headers, body, now=now)
    assert (done.kind, suppresses(done)) == (Kind.REJECTED, suppression.Reason.BOUNCED)


def test_svixs_own_example_of_a_signature_holds() -> None:
    """The one of its libraries (svix-webhooks, TestWebhookSign)."""
    headers = {
        "svix-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "svix-timestamp": "1614265330",
        "svix-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    receiver = ResendFeedback("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    now = datetime.fromtimestamp(1614265330, UTC)
    assert receiver.receive(headers, b'{"test": 2432232314}', now=now) == ()
    with pytest.raises(MailingError):
        receiver.receive(headers, b'{"test": 2432232315}', now=now)


def test_a_key_that_is_none_is_said_to_be() -> None:
    with pytest.raises(IntegrationError, match="public_key"):
        list(SendGridFeedback("bm8=").receive(*sendgrid(sendgrid_event("open")), now=NOW))
    with pytest.raises(ModelError, match="whsec_"):
        ResendFeedback("no secret")


class TestSNS:
    @pytest.fixture
    def fetched(self) -> list[str]:
        return []

    @pytest.fixture
    def receiver(self, fetched: list[str]) -> SESFeedback:
        def fetch(url: str) -> bytes:
            fetched.append(url)
            return CERTIFICATE

        return SESFeedback(TOPIC, fetch)

    @pytest.mark.parametrize(
        "url",
        [
            "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
            "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-0123456789abcdef.pem",
            "https://evil.example/SimpleNotificationService-0123456789abcdef.pem",
            "https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-0123456789abcdef.pem",
            "https://sns.eu-west-1.amazonaws.com:444/SimpleNotificationService-0123456789abcdef.pem",
            "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
            "https://sns.eu-west-1.amazonaws.com/bucket/mine.pem",
            "https://sns.eu-west-1.amazonaws.com/?x=/SimpleNotificationService-0123456789abcdef.pem",
            "https://[",
            "",
            None,
        ],
    )
    def test_no_other_address_is_asked_for_a_certificate(
        self, receiver: SESFeedback, fetched: list[str], url: str | None
    ) -> None:
        with pytest.raises(MailingError, match="names"):
            receiver.receive(*ses(ses_event("Send"), SigningCertURL=url), now=NOW)
        assert fetched == []

    def test_a_certificate_is_asked_for_once(self, receiver: SESFeedback, fetched: list[str]) -> None:
        for _ in range(3):
            receiver.receive(*ses(ses_event("Send")), now=NOW)
        assert fetched == [CERTIFICATE_URL]

    def test_another_topic_is_not_heard(self, receiver: SESFeedback, fetched: list[str]) -> None:
        with pytest.raises(MailingError, match="topic"):
            receiver.receive(*ses(ses_event("Send"), TopicArn=TOPIC.replace("mail", "spy")), now=NOW)
        assert fetched == []

    def test_a_subscription_is_confirmed_once_it_is_known_to_be_ours(
        self, receiver: SESFeedback, fetched: list[str]
    ) -> None:
        url = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336412f"
        more = {"Type": "SubscriptionConfirmation", "SubscribeURL": url, "Token": "2336412f"}
        with pytest.raises(MailingError):
            receiver.receive(*ses(b"hello", secret="another", **more), now=NOW)
        assert url not in fetched
        assert receiver.receive(*ses(b"hello", **more), now=NOW) == ()
        assert fetched[-1] == url

    def test_a_subscription_elsewhere_is_not_confirmed(
        self, receiver: SESFeedback, fetched: list[str]
    ) -> None:
        more = {"Type": "SubscriptionConfirmation", "SubscribeURL": "https://evil.example/", "Token": "2"}
        with pytest.raises(MailingError, match="not SNS's"):
            receiver.receive(*ses(b"hello", **more), now=NOW)
        assert "https://evil.example/" not in fetched

    def test_the_older_signature_is_known_too(self, receiver: SESFeedback) -> None:
        (event,) = receiver.receive(*ses(ses_event("Send"), SignatureVersion="1"), now=NOW)
        assert event.kind is Kind.SENT

    def test_a_signature_of_a_kind_that_nobody_knows_is_refused(self, receiver: SESFeedback) -> None:
        with pytest.raises(MailingError, match="nobody knows"):
            receiver.receive(*ses(ses_event("Send"), SignatureVersion="3"), now=NOW)

    def test_each_recipient_has_an_event(self, receiver: SESFeedback) -> None:
        gone = [{"emailAddress": f"p{number}@city.example"} for number in range(3)]
        value = ses_event("Bounce", bounce={"bounceType": "Transient", "bouncedRecipients": gone})
        events = list(receiver.receive(*ses(value), now=NOW))
        assert len({event.id for event in events}) == 3
        assert {suppresses(event) for event in events} == {None}


@pytest.mark.parametrize(
    ("kind", "reason", "permanent", "wanted"),
    [
        (Kind.DELIVERED, None, False, None),
        (Kind.BOUNCED, Reason.BLOCKED, False, None),
        (Kind.BOUNCED, Reason.BOUNCED, False, None),
        (Kind.REJECTED, Reason.SPAM, False, suppression.Reason.COMPLAINED),
        (Kind.REJECTED, Reason.UNSUBSCRIBED, True, suppression.Reason.UNSUBSCRIBED),
        (Kind.REJECTED, Reason.INVALID, True, suppression.Reason.BOUNCED),
        (Kind.FAILED, Reason.OTHER, True, None),
    ],
)
def test_only_what_will_not_change_suppresses(
    kind: Kind,
    reason: Reason | None,
    permanent: bool,
    wanted: suppression.Reason | None,
) -> None:
    assert suppresses(Event(kind, "x", NOW, TO, reason=reason, permanent=permanent)) is wanted
