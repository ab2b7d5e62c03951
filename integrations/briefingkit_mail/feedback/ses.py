"""What Amazon SES tells by way of SNS (docs.aws.amazon.com/ses, "Event publishing", and docs.aws.amazon.com/sns).

A call names the certificate that it is signed with. Only SNS's own address is asked for it, and only the topic that was
named is listened to.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from attrs import Factory, field, frozen, validators

from briefingkit.errors import MailingError, MissingExtra
from briefingkit.mailing.incoming.feedback import Event, Kind, Reason
from briefingkit.web_api.line import Call, Line
from briefingkit_mail.feedback.calls import check_time, decoded, each, mapping, moment, text, told, words
from briefingkit_mail.http_fields import TAG

__all__ = ["SESFeedback", "certificate_of", "check_signature"]

_OLDEST = timedelta(days=1)
_CERTIFICATE = re.compile(r"/SimpleNotificationService-[0-9a-f]{8,64}\.pem")
_MOST_CERTIFICATES = 8
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        "Message",
        "MessageId",
        "SubscribeURL",
        "Timestamp",
        "Token",
        "TopicArn",
        "Type",
    ),
}
"""What is signed, in order ("Verifying the signatures of Amazon SNS messages")."""
_KINDS = {
    "Send": Kind.SENT,
    "Delivery": Kind.DELIVERED,
    "DeliveryDelay": Kind.DEFERRED,
    "Bounce": Kind.BOUNCED,
    "Complaint": Kind.COMPLAINED,
    "Reject": Kind.REJECTED,
    "Rendering Failure": Kind.FAILED,
    "Subscription": Kind.UNSUBSCRIBED,
    "Open": Kind.OPENED,
    "Click": Kind.CLICKED,
}
_CONCERNED = {
    "Bounce": ("bounce", "bouncedRecipients"),
    "Complaint": ("complaint", "complainedRecipients"),
    "DeliveryDelay": ("deliveryDelay", "delayedRecipients"),
}


def _fetch(url: str) -> bytes:
    """Ask SNS, and nobody else, which the caller has seen to."""
    line = Line(connections=1, timeout=10.0)
    try:
        return line.ask(Call("GET", url)).body
    finally:
        line.close()


@frozen
class SESFeedback:
    """Receive what Amazon SES tells; `topic` is the ARN of the SNS topic that it publishes to.

    `fetch` takes an address of SNS's and gives the octets there: its certificate, and what confirms that we listen.
    """

    topic: str = field(
        validator=validators.matches_re(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_.-]+")
    )
    fetch: Any = field(default=_fetch, validator=validators.is_callable(), repr=False, eq=False)
    _certificates: dict[str, bytes] = field(init=False, repr=False, eq=False, default=Factory(dict))

    def receive(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Iterable[Event]:  # noqa: ARG002 - the protocol's
        """Read a call; one that asks whether we listen to the topic is answered, once it is known to be SNS's."""
        value = mapping(told(body))
        if value.get("TopicArn") != self.topic or value.get("Type") not in _SIGNED:
            raise MailingError("a call about mails is not of the topic that we listen to")
        url = certificate_of(value)
        known = self._certificates.get(url)
        certificate = self.fetch(url) if known is None else known
        check_signature(value, certificate)
        if len(self._certificates) < _MOST_CERTIFICATES:
            self._certificates[url] = certificate
        check_time(moment(value.get("Timestamp")), now, _OLDEST)
        if value["Type"] == "SubscriptionConfirmation":
            self.fetch(_of_sns(value.get("SubscribeURL"), self.topic))
            return ()
        try:
            said = json.loads(str(value.get("Message")))
        except (ValueError, RecursionError):
            return ()  # the greeting of a topic
        return list(_events(mapping(said), str(value.get("MessageId")), now))


def certificate_of(value: Mapping[str, Any]) -> str:
    """Give the address of the certificate that a call is signed with. MailingError where that is not SNS's."""
    url = _of_sns(value.get("SigningCertURL"), str(value.get("TopicArn")))
    if _CERTIFICATE.fullmatch(urlsplit(url).path) is None:
        raise MailingError("a call about mails names a certificate that is none")
    return url


def _of_sns(url: Any, topic: str) -> str:
    """Give an address of SNS in the topic's own region, and no other."""
    region = (topic.split(":") + [""] * 4)[3]
    try:
        parts = urlsplit(url if isinstance(url, str) else "")
        place = (parts.scheme, parts.netloc)
    except ValueError:
        place = ("", "")
    if place not in {("https", f"sns.{region}.amazonaws.com{end}") for end in ("", ".cn")}:
        raise MailingError("a call about mails names an address that is not SNS's")
    return str(url)


def check_signature(value: Mapping[str, Any], certificate: bytes) -> None:
    """Hold a call to its signature, by a certificate in PEM. MailingError where it is another's."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric import padding, rsa
        from cryptography.hazmat.primitives.hashes import SHA1, SHA256
        from cryptography.x509 import load_pem_x509_certificate
    except ModuleNotFoundError as error:
        raise MissingExtra(
            "SNS's signatures need the package cryptography, which is not installed: "
            'pip install "briefingkit[ses]"'
        ) from error
    hashes: Mapping[str, SHA1 | SHA256] = {"1": SHA1(), "2": SHA256()}  # noqa: S303 - version 1 is what SNS begins with
    hashed = hashes.get(str(value.get("SignatureVersion")))
    names = [name for name in _SIGNED[value["Type"]] if name != "Subject" or value.get("Subject") is not None]
    signed = "".join(f"{name}\n{value.get(name)}\n" for name in names)
    try:
        key = load_pem_x509_certificate(certificate).public_key()
    except ValueError:
        key = None
    if hashed is None or not isinstance(key, rsa.RSAPublicKey):
        raise MailingError("a call about mails is signed in a way that nobody knows")
    try:
        key.verify(
            decoded(str(value.get("Signature"))),
            signed.encode("utf-8", "replace"),
            padding.PKCS1v15(),
            hashed,
        )
    except InvalidSignature:
        raise MailingError("a call about mails is not signed by SNS") from None


def _events(said: Mapping[str, Any], named: str, now: datetime) -> Iterable[Event]:
    """Give an event for each recipient that it is about."""
    sort = str(said.get("eventType") or said.get("notificationType"))
    kind, mail = _KINDS.get(sort), mapping(said.get("mail"))
    if kind is None:
        return
    if sort == "Subscription" and not _leaves(mapping(said.get("subscription"))):
        return
    place, listed = _CONCERNED.get(sort, (sort.lower(), ""))
    detail = mapping(said.get(place))
    recipients: list[Mapping[str, Any]] = each(detail.get(listed))
    if not recipients:
        sent_to = mail.get("destination")
        recipients = [{"emailAddress": one} for one in sent_to] if isinstance(sent_to, list) else []
    reason, permanent = _reason(kind, detail)
    tags = mapping(mail.get("tags")).get(TAG)
    for number, one in enumerate(recipients):
        recipient = text(one.get("emailAddress"))
        yield Event(
            kind,
            f"ses:{named}:{number}",
            moment(detail.get("timestamp")) or now,
            recipient,
            text(tags[0]) if isinstance(tags, list) and tags else None,
            text(mail.get("messageId")),
            reason,
            permanent=permanent,
            words=words(
                one.get("diagnosticCode"),
                detail.get("smtpResponse"),
                detail.get("reason"),
                recipient=recipient,
            ),
        )


def _leaves(detail: Mapping[str, Any]) -> bool:
    return mapping(detail.get("newTopicPreferences")).get("unsubscribeAll") is True


def _reason(kind: Kind, detail: Mapping[str, Any]) -> tuple[Reason | None, bool]:
    if kind is Kind.BOUNCED:
        permanent = detail.get("bounceType") == "Permanent"
        return (Reason.BOUNCED if permanent else Reason.OTHER), permanent
    if kind is Kind.COMPLAINED:
        return Reason.SPAM, False
    if kind is Kind.REJECTED:
        return Reason.OTHER, False
    return None, False
