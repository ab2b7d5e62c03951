"""A double of Resend (resend.com/docs/api-reference): emails and emails/batch."""

import base64
import hashlib
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

__all__ = ["ResendDouble"]

_FIELDS = ["from", "to", "subject", "text", "html", "reply_to", "headers", "tags", "attachments"]
_MOST = 100
_TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")
_LONGEST_KEY = 256


class ResendDouble(MailService):
    """Takes mails; a key that comes again gives the first answer (docs/dashboard/emails/idempotency-keys)."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[str, Any]] = {}
        super().__init__("re_made_up_0123456789abcdef")

    def is_send(self, asked: Asked) -> bool:
        """Tell whether mails are given."""
        return asked.path in {"/emails", "/emails/batch"}

    def handle(self, asked: Asked) -> Reply:
        """Answer as the reference does."""
        if asked.path == "/":
            return json_reply(200, {})
        if asked.headers.get("authorization") != f"Bearer {self.secret}":
            raise Refused(
                403, {"statusCode": 403, "name": "invalid_api_key", "message": "API key is invalid"}
            )
        if not self.is_send(asked):
            raise Refused(404, {"statusCode": 404, "name": "not_found", "message": "no such endpoint"})
        key, imprint = asked.headers.get("idempotency-key"), hashlib.sha256(asked.body).hexdigest()
        if key is not None and not 1 <= len(key) <= _LONGEST_KEY:
            raise Refused(400, {"name": "invalid_idempotency_key", "message": "1-256 characters"})
        if key in self.known:
            held, answer = self.known[key]
            if held != imprint:
                raise Refused(409, {"name": "invalid_idempotent_request", "message": "another payload"})
            return json_reply(200, answer)
        answer = self._take(asked)
        if key is not None:
            self.known[key] = (imprint, answer)
        return json_reply(200, answer)

    def _take(self, asked: Asked) -> Any:
        value = asked.json()
        batch = asked.path == "/emails/batch"
        mails = value if batch else [value]
        if not isinstance(mails, list) or not 1 <= len(mails) <= _MOST:
            raise _invalid("1 to 100 emails")
        for mail in mails:
            if wrong := _problem(mail, batch=batch):
                raise _invalid(wrong)
        named = [{"id": self._write(mail)} for mail in mails]
        return {"data": named} if batch else named[0]

    def _write(self, mail: Any) -> str:
        named = f"49a3999c-0ce1-4ea6-ab68-{len(self.mails):012d}"
        headers = [
            ("From", check_mailbox(mail["from"]) or ""),
            ("To", check_mailbox(mail["to"][0]) or ""),
            ("Message-ID", f"<{named}@email.ses.example>"),
            *(mail.get("headers") or {}).items(),
        ]
        files = [
            (each["filename"], each["content_type"], base64.b64decode(each["content"], validate=True))
            for each in mail.get("attachments") or ()
        ]
        self.mails.append(written(headers, mail.get("text", ""), mail.get("html"), attachments=files))
        return named


def _invalid(words: str) -> Refused:
    return Refused(422, {"statusCode": 422, "name": "validation_error", "message": words})


def _problem(mail: Any, *, batch: bool) -> str:
    if unknown := check_names(mail, _FIELDS):
        return unknown
    if check_mailbox(mail.get("from")) is None:
        return "Invalid `from` field."
    if not mail.get("to") or any(check_mailbox(each) is None for each in mail["to"]):
        return "Invalid `to` field."
    if not mail.get("subject") or not (mail.get("text") or mail.get("html")):
        return "Missing `subject`, `html` or `text` field."
    if batch and mail.get("attachments"):
        return "`attachments` is not supported in a batch"  # docs/api-reference/emails/send-batch-emails
    for each in mail.get("attachments") or ():
        # What does not match is dropped without a word (django-anymail's notes on Resend).
        if each["content_type"].startswith("text/calendar") is not each["filename"].endswith(".ics"):
            return "the extension is that of another type"
    for tag in mail.get("tags") or ():
        if not _TAG.fullmatch(tag["name"]) or not _TAG.fullmatch(tag["value"]):
            return "Tags should only contain ASCII letters, numbers, underscores, or dashes."
    headers = mail.get("headers") or {}
    return next((wrong for name in headers if (wrong := check_header(name, headers[name]))), "")
