"""Mails to send by mail services: an invitation with its event, and whatever a text may hold."""

import email
import hashlib
from email import policy
from email.message import EmailMessage
from functools import cache

import attrs

from briefingkit.errors import MailingError
from briefingkit.mailing.messages.headers import unstructured, with_address
from briefingkit.mailing.messages.message import Message, Parts
from briefingkit.testing.transport import message_for

ICS = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//city.example//EN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n"
    "UID:night-buses@city.example\r\nDTSTAMP:20220301T090000Z\r\nDTSTART:20220321T140000Z\r\n"
    "SUMMARY:Les bus de nuit\\, un an après\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


@cache
def invitation(number: int = 1, *, reply_to: str = "desk@ghent.example") -> Message:
    """Make a mail with text, HTML and an event, laid out as mail programs want it."""
    plain = message_for(number)
    given_ = email.message_from_bytes(plain.content, policy=policy.SMTP)
    body = EmailMessage(policy=policy.SMTP.clone(max_line_length=900))
    for name in ("From", "Subject", "Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post"):
        body[name] = str(given_[name])
    body["To"] = f"Zoë <{plain.recipient}>"
    body["Reply-To"] = reply_to
    body.set_content("Bonjour,\n\nvoici l’invitation.\n")
    body.add_alternative("<p>Bonjour, voici l’invitation {{ x }}.</p>\n", subtype="html")
    body.add_alternative(ICS, subtype="calendar", params={"method": "REQUEST"}, cte="base64")
    body.make_mixed()
    body.add_attachment(ICS.encode(), maintype="application", subtype="ics", filename="invite.ics")
    return Message(plain.key, plain.sender, plain.recipient, body.as_bytes())


def is_writable(parts: Parts) -> bool:
    """Tell whether the mail can be written at all."""
    try:
        _content(parts)
    except (MailingError, UnicodeError):
        return False
    return True


def told(parts: Parts) -> Message:
    try:
        content = _content(parts)
    except (MailingError, UnicodeError):
        content = b"From: x@ghent.example\r\nTo: person.1@city.example\r\n\r\n"
    key = hashlib.sha256(repr(attrs.astuple(parts)).encode("utf-8", "replace")).hexdigest()[:40]
    return Message(key, "bounces@ghent.example", parts.recipient.address, content, tell=lambda: parts)


def _content(parts: Parts) -> bytes:
    return b"".join(
        (
            with_address("From", parts.sender.name, parts.sender.address),
            with_address("To", parts.recipient.name, parts.recipient.address),
            unstructured("Subject", parts.subject),
            b"\r\n",
            parts.text.encode().replace(b"\r", b"").replace(b"\n", b"\r\n"),
            b"\r\n",
        )
    )
