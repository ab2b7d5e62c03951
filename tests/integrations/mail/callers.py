"""Calls as mail services make them, signed with keys of our own."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from attrs import frozen

from briefingkit.mailing.incoming.feedback import Feedback
from briefingkit_mail.feedback.brevo import BrevoFeedback
from briefingkit_mail.feedback.mailgun import MailgunFeedback
from briefingkit_mail.feedback.mandrill import MailchimpTransactionalFeedback
from briefingkit_mail.feedback.postmark import PostmarkFeedback
from briefingkit_mail.feedback.resend import ResendFeedback
from briefingkit_mail.feedback.sendgrid import SendGridFeedback
from briefingkit_mail.feedback.ses import SESFeedback

serialization = pytest.importorskip("cryptography.hazmat.primitives.serialization")

from cryptography import x509  # noqa: E402 - where it is not, all of this is skipped
from cryptography.hazmat.primitives import hashes  # noqa: E402 - as above
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa  # noqa: E402 - as above

NOW = datetime(2026, 11, 28, 7, 0, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
KEY = "ab12" * 10
TO = "person.1@city.example"
SECRET = "a-made-up-secret"
URL = "https://register.city.example/feedback/mandrill"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:mail-events"
CERTIFICATE_URL = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
CURVE = ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(65537, 2048)

Call = tuple[Mapping[str, str], bytes]


def certificate() -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = x509.CertificateBuilder(name, name, RSA.public_key(), x509.random_serial_number())
    made = made.not_valid_before(NOW.replace(tzinfo=None)).not_valid_after(
        NOW.replace(tzinfo=None, year=2030)
    )
    return made.sign(RSA, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


CERTIFICATE = certificate()


def mailgun(value: Any, *, at: datetime = NOW, secret: str = SECRET) -> Call:
    stamp, token = str(int(at.timestamp())), hashlib.sha256(repr(value).encode()).hexdigest()[:50]
    made = hmac.new(secret.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    signature = {"timestamp": stamp, "token": token, "signature": made}
    return {"Content-Type": "application/json"}, json.dumps(
        {"signature": signature, "event-data": value}
    ).encode()


def sendgrid(value: Any, *, at: datetime = NOW, secret: str = SECRET) -> Call:
    body, stamp = (
        value if isinstance(value, bytes) else json.dumps([value]).encode(),
        str(int(at.timestamp())),
    )
    key = CURVE if secret == SECRET else ec.generate_private_key(ec.SECP256R1())
    signature = base64.b64encode(key.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))).decode()
    prefix = "x-twilio-email-event-webhook-"
    return {f"{prefix}signature": signature, f"{prefix}timestamp": stamp}, body


def postmark(value: Any, *, at: datetime = NOW, secret: str = SECRET) -> Call:
    told = base64.b64encode(f"postmark:{secret}".encode()).decode()
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return {"AUTHORIZATION": f"Basic {told}", "X-At": at.isoformat()}, body


def brevo(value: Any, *, at: datetime = NOW, secret: str = SECRET) -> Call:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return {"Authorization": f"Bearer {secret}", "X-At": at.isoformat()}, body


def resend(value: Any, *, at: datetime = NOW, secret: str = SECRET) -> Call:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    stamp, named = str(int(at.timestamp())), "msg_" + hashlib.sha256(body).hexdigest()[:20]
    signed = f"{named}.{stamp}.".encode() + body
    made = base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()
    return {"Svix-Id": named, "Svix-Timestamp": stamp, "Svix-Signature": f"v1,bm90IGl0 v1,{made}"}, body


def mandrill(value: Any, *, at: datetime = NOW, secret: str = SECRET) -> Call:
    text = value.decode("latin-1") if isinstance(value, bytes) else json.dumps([value])
    made = hmac.new(secret.encode(), f"{URL}mandrill_events{text}".encode(), hashlib.sha1).digest()
    signature = base64.b64encode(made).decode()
    return {"X-Mandrill-Signature": signature, "X-At": at.isoformat()}, urlencode(
        {"mandrill_events": text}
    ).encode()


def ses(value: Any, *, at: datetime = NOW, secret: str = SECRET, **more: Any) -> Call:
    text = value.decode("latin-1") if isinstance(value, bytes) else json.dumps(value)
    note = {
        "Type": "Notification",
        "MessageId": hashlib.sha256(text.encode()).hexdigest()[:32],
        "TopicArn": TOPIC,
        "Message": text,
        "Timestamp": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "SignatureVersion": "2",
        "SigningCertURL": CERTIFICATE_URL,
        **more,
    }
    names = ["Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    signed = "".join(f"{name}\n{note[name]}\n" for name in names if name in note)
    key = RSA if secret == SECRET else rsa.generate_private_key(65537, 2048)
    hashed = hashes.SHA256() if note["SignatureVersion"] == "2" else hashes.SHA1()  # noqa: S303 - version 1 is what SNS begins with
    note["Signature"] = base64.b64encode(key.sign(signed.encode(), padding.PKCS1v15(), hashed)).decode()
    return {"x-amz-sns-message-type": str(note["Type"])}, json.dumps(note).encode()


@frozen
class Service:
    name: str
    receiver: Feedback
    call: Callable[..., Call]
    bounce: Any
    soft: Any
    complaint: Any
    unsubscribed: Any
    unknown: Any
    signs_body: bool = True
    signs_time: bool = True


def _public() -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return base64.b64encode(CURVE.public_key().public_bytes(serialization.Encoding.DER, form)).decode()


def sendgrid_event(event: str, **more: Any) -> dict[str, Any]:
    return {
        "event": event,
        "email": TO,
        "timestamp": int(STAMP),
        "sg_event_id": hashlib.sha256(f"{event}{more}".encode()).hexdigest(),
        "sg_message_id": "m1.recvd",
        "briefingkit": KEY,
        **more,
    }


def _mg(event: str, **more: Any) -> dict[str, Any]:
    return {
        "event": event,
        "recipient": TO,
        "timestamp": NOW.timestamp(),
        "user-variables": {"briefingkit": KEY},
        "message": {"headers": {"message-id": "m1"}},
        **more,
    }


def _pm(record: str, **more: Any) -> dict[str, Any]:
    return {"RecordType": record, "Email": TO, "MessageID": "m1", "Metadata": {"briefingkit": KEY}, **more}


def _bv(event: str, **more: Any) -> dict[str, Any]:
    return {
        "event": event,
        "email": TO,
        "message-id": "m1",
        "ts_epoch": int(STAMP) * 1000,
        "X-Mailin-custom": KEY,
        **more,
    }


def _rs(event: str, **more: Any) -> dict[str, Any]:
    data = {"email_id": "m1", "to": [TO], "tags": {"briefingkit": KEY}, **more}
    return {"type": event, "created_at": "2026-11-28T07:00:00.000Z", "data": data}


def _md(event: str, **more: Any) -> dict[str, Any]:
    message = {"email": TO, "_id": "m1", "metadata": {"briefingkit": KEY}, **more}
    return {"event": event, "_id": "m1", "ts": int(STAMP), "msg": message}


def ses_event(event: str, **more: Any) -> dict[str, Any]:
    mail = {"messageId": "m1", "destination": [TO], "tags": {"briefingkit": [KEY]}}
    return {"eventType": event, "mail": mail, **more}


REFUSAL = f"550 5.1.1 <{TO}> unknown"
SERVICES = [
    Service(
        "mailgun",
        MailgunFeedback(SECRET),
        mailgun,
        _mg("failed", severity="permanent", reason="bounce", **{"delivery-status": {"message": REFUSAL}}),
        _mg("failed", severity="temporary", reason="generic"),
        _mg("complained"),
        _mg("unsubscribed"),
        _mg("stored"),
        signs_body=False,
    ),
    Service(
        "sendgrid",
        SendGridFeedback(_public()),
        sendgrid,
        sendgrid_event("bounce", type="bounce", reason=REFUSAL),
        sendgrid_event("deferred", response="421 later"),
        sendgrid_event("spamreport"),
        sendgrid_event("group_unsubscribe"),
        sendgrid_event("group_resubscribe"),
    ),
    Service(
        "postmark",
        PostmarkFeedback("postmark", SECRET),
        postmark,
        _pm("Bounce", Type="HardBounce", ID=42, Details=REFUSAL, BouncedAt="2026-11-28T07:00:00Z"),
        _pm("Bounce", Type="Transient", ID=43),
        _pm("SpamComplaint", Type="SpamComplaint", ID=44),
        _pm("SubscriptionChange", SuppressSending=True, SuppressionReason="ManualSuppression"),
        _pm("SubscriptionChange", SuppressSending=False),
        signs_body=False,
        signs_time=False,
    ),
    Service(
        "brevo",
        BrevoFeedback(SECRET),
        brevo,
        _bv("hard_bounce", reason=REFUSAL),
        _bv("deferred"),
        _bv("spam"),
        _bv("unsubscribed"),
        _bv("list_addition"),
        signs_body=False,
        signs_time=False,
    ),
    Service(
        "resend",
        ResendFeedback("whsec_" + base64.b64encode(SECRET.encode()).decode()),
        resend,
        _rs("email.bounced", bounce={"type": "Permanent", "message": REFUSAL}),
        _rs("email.delivery_delayed"),
        _rs("email.complained"),
        None,
        _rs("contact.created"),
    ),
    Service(
        "mandrill",
        MailchimpTransactionalFeedback(SECRET, URL),
        mandrill,
        _md("hard_bounce", diag=REFUSAL),
        _md("deferral"),
        _md("spam"),
        _md("unsub"),
        _md("whitelist"),
        signs_time=False,
    ),
    Service(
        "ses",
        SESFeedback(TOPIC, lambda _url: CERTIFICATE),
        ses,
        ses_event(
            "Bounce",
            bounce={
                "bounceType": "Permanent",
                "bouncedRecipients": [{"emailAddress": TO, "diagnosticCode": REFUSAL}],
            },
        ),
        ses_event("DeliveryDelay", deliveryDelay={"delayedRecipients": [{"emailAddress": TO}]}),
        ses_event("Complaint", complaint={"complainedRecipients": [{"emailAddress": TO}]}),
        ses_event("Subscription", subscription={"newTopicPreferences": {"unsubscribeAll": True}}),
        ses_event("Subscription", subscription={"newTopicPreferences": {"unsubscribeAll": False}}),
    ),
]
