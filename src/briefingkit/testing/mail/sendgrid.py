"""A double of SendGrid (www.twilio.com/docs/sendgrid/api-reference): mail/send and Email Logs."""

import base64
import re
from typing import Any

from briefingkit.testing.mail.service import (
    Asked,
    MailService,
    Refused,
    Reply,
    check_header,
    check_mailbox,
    check_names,
    json_reply,
    written,
)

__all__ = ["SendGridDouble"]

_FIELDS = [
    "personalizations",
    "from",
    "reply_to",
    "subject",
    "content",
    "attachments",
    "headers",
    "custom_args",
    "categories",
    "tracking_settings",
    "mail_settings",
    "asm",
]
_RESERVED = [
    "x-sg-id",
    "x-sg-eid",
    "received",
    "dkim-signature",
    "content-type",
    "content-transfer-encoding",
    "to",
    "from",
    "subject",
    "reply-to",
    "cc",
    "bcc",
]
"""Headers that may not be written over (mail/send, "headers")."""
_MOST = 1000
_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+(; method=[A-Z]+)?")
"""A method passes in a type and a charset does not: sendgrid-java issue 552, sendgrid-ruby issue 298."""
_QUERY = re.compile(r'to_email = "([^"]+)"')
_ARGUMENTS = 10_000


class SendGridDouble(MailService):
    """Takes mails, and logs them."""

    def __init__(self) -> None:
        self.logs: list[dict[str, Any]] = []
        super().__init__("SG.made-up-key.0123456789abcdefghijklmnopqrstuvwxyz")

    def is_send(self, asked: Asked) -> bool:
        """Tell whether mails are given."""
        return asked.path == "/v3/mail/send"

    def handle(self, asked: Asked) -> Reply:
        """Answer as the reference does."""
        if asked.path == "/":
            return json_reply(404, {"errors": [{"message": "Not Found"}]})
        if asked.headers.get("authorization") != f"Bearer {self.secret}":
            words = "The provided authorization grant is invalid, expired, or revoked"
            raise Refused(401, {"errors": [{"message": words, "field": None, "help": None}]})
        if asked.path == "/v3/mail/send":
            return self._take(asked.json())
        if asked.path == "/v3/logs":
            return self._search(asked.json())
        for log in self.logs:
            if asked.path == f"/v3/logs/{log['sg_message_id']}":
                return json_reply(200, log)
        raise Refused(404, {"errors": [{"message": "not found"}]})

    def _take(self, value: Any) -> Reply:
        problems = list(_problems(value))
        if problems:
            raise Refused(400, {"errors": [{"message": each, "field": None} for each in problems]})
        named = f"{len(self.sends):022d}"
        for number, person in enumerate(value["personalizations"]):
            self._write(value, person)
            self.logs.append(
                {
                    "sg_message_id": f"{named}.recvd-{number}",
                    "to_email": person["to"][0]["email"],
                    "status": "processed",
                    "unique_args": person.get("custom_args", {}),
                }
            )
        return Reply(202, {"X-Message-Id": named})

    def _write(self, value: Any, person: Any) -> None:
        content = {each["type"].partition(";")[0]: each["value"] for each in value["content"]}
        headers = [
            ("From", value["from"]["email"]),
            ("To", person["to"][0]["email"]),
            *person.get("headers", {}).items(),
        ]
        self.mails.append(
            written(
                headers,
                content["text/plain"],
                content.get("text/html"),
                calendar=content.get("text/calendar"),
                attachments=[
                    (each["filename"], each["type"], base64.b64decode(each["content"], validate=True))
                    for each in value.get("attachments", ())
                ],
            )
        )

    def _search(self, value: Any) -> Reply:
        found = _QUERY.fullmatch(value.get("query", ""))
        if found is None:
            raise Refused(400, {"errors": [{"message": "invalid query"}]})
        known = [
            {name: log[name] for name in ("sg_message_id", "to_email", "status")}
            for log in self.logs
            if log["to_email"] == found[1]
        ]
        return json_reply(200, {"messages": known[: value.get("limit", 10)]})


def _problems(value: Any) -> Any:
    """Say what the reference forbids (mail/send: "Request body" and "Limitations")."""
    if unknown := check_names(value, _FIELDS):
        yield unknown
        return
    people = value.get("personalizations")
    if not isinstance(people, list) or not 1 <= len(people) <= _MOST:
        yield "The personalizations field is required and must have at least one personalization."
        return
    if check_mailbox(value.get("from", {}).get("email")) is None:
        yield "The from email does not contain a valid address."
    if not value.get("subject") or any(not person.get("subject", "x") for person in people):
        yield "The subject is required."
    addresses = [check_mailbox(to.get("email")) for person in people for to in person.get("to") or [{}]]
    if None in addresses:
        yield "Does not contain a valid address."
    if len({(address or "").lower() for address in addresses}) < len(addresses):
        yield "Each email address in the personalization block should be unique between to, cc, and bcc."
    for person in people:
        yield from _person_problems(person)
    yield from _content_problems(value)


def _person_problems(person: Any) -> Any:
    for name, header in (person.get("headers") or {}).items():
        if name.lower() in _RESERVED:
            yield f"The header {name} is reserved."
        elif wrong := check_header(name, header):
            yield wrong
    if sum(len(name) + len(one) for name, one in (person.get("custom_args") or {}).items()) > _ARGUMENTS:
        yield "The custom_args are too large."


def _content_problems(value: Any) -> Any:
    kinds = [each.get("type", "") for each in value.get("content") or ()]
    if not kinds or any(not each.get("value") for each in value["content"]):
        yield "The content value must be a string at least one character in length."
    plain = [kind for kind in kinds if kind in {"text/plain", "text/html"}]
    if plain != sorted(plain, reverse=True) or kinds[: len(plain)] != plain:
        yield "text/plain is first, then text/html, followed by any other type"
    for kind in [*kinds, *(each.get("type", "") for each in value.get("attachments") or ())]:
        if not _TYPE.fullmatch(kind):
            yield "The content type cannot contain ';', or CRLF characters."
    for each in value.get("attachments") or ():
        if not each.get("content") or not each.get("filename"):
            yield "The attachment content is required."
