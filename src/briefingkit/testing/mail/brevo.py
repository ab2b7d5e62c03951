"""A double of Brevo's transactional mail (developers.brevo.com): POST /v3/smtp/email."""

import base64
import uuid
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

__all__ = ["BrevoDouble"]

_FIELDS = [
    "sender",
    "to",
    "subject",
    "htmlContent",
    "textContent",
    "replyTo",
    "headers",
    "tags",
    "attachment",
    "messageVersions",
]
_VERSION = ["to", "subject", "htmlContent", "textContent", "replyTo", "headers", "params"]
_EXTENSIONS = (".ics", ".pdf", ".txt", ".csv")  # of those that it takes, help.brevo.com 4402811730962
_MOST = 1000


class BrevoDouble(MailService):
    """Takes mails; a key that comes again is one request (docs/heterogenous-versions-batch-emails)."""

    def __init__(self) -> None:
        self.known: set[str] = set()
        super().__init__("xkeysib-0123456789abcdef-made-up")

    def is_send(self, asked: Asked) -> bool:
        """Tell whether mails are given."""
        return asked.path == "/v3/smtp/email"

    def handle(self, asked: Asked) -> Reply:
        """Answer as the reference does."""
        if asked.path in {"/", "/v3"}:
            return json_reply(404, {})
        if asked.headers.get("api-key") != self.secret:
            raise Refused(401, {"code": "unauthorized", "message": "Key not found"})
        if asked.path != "/v3/smtp/email":
            raise Refused(404, {"code": "document_not_found", "message": "no such page"})
        value = asked.json()
        if wrong := _problem(value):
            raise Refused(400, {"code": "invalid_parameter", "message": wrong})
        key = value["headers"].pop("idempotencyKey", None)
        if key is not None and key in self.known:
            raise Refused(400, {"code": "duplicate_request", "message": "Duplicate idempotencyKey"})
        if key is not None:
            self.known.add(key)
        versions = value.get("messageVersions")
        if versions is None:
            return json_reply(201, {"messageId": self._write(value, value)})
        return json_reply(201, {"messageIds": [self._write(value, version) for version in versions]})

    def _write(self, value: Any, version: Any) -> str:
        named = f"<2026112807.{len(self.mails):011d}@smtp-relay.mailin.example>"
        headers = [
            ("From", value["sender"]["email"]),
            ("To", version["to"][0]["email"]),
            ("Message-ID", named),
            *(version.get("headers") or {}).items(),
        ]
        files = [
            (each["name"], "application/octet-stream", base64.b64decode(each["content"], validate=True))
            for each in value.get("attachment") or ()
        ]
        text = version.get("textContent") or value.get("textContent") or ""
        self.mails.append(written(headers, text, version.get("htmlContent"), attachments=files))
        return named


def _problem(value: Any) -> str:
    if unknown := check_names(value, _FIELDS):
        return unknown
    versions = value.get("messageVersions") or [value]
    if len(versions) > _MOST:
        return "messageVersions has too many items"
    if value.get("messageVersions") and (value.get("attachment") or value.get("to")):
        return "a version has no attachment of its own"
    if check_mailbox(value.get("sender", {}).get("email")) is None:
        return "sender is not valid"
    if not value.get("htmlContent"):
        return "htmlContent is missing"
    try:
        uuid.UUID(value.get("headers", {}).get("idempotencyKey", str(uuid.NAMESPACE_DNS)))
    except ValueError:
        return "idempotencyKey is no UUID"
    for each in value.get("attachment") or ():
        if not each.get("name", "").endswith(_EXTENSIONS):
            return "Unsupported file format"
    return next((wrong for version in versions if (wrong := _version_problem(version, value))), "")


def _version_problem(version: Any, value: Any) -> str:
    if version is not value and (unknown := check_names(version, _VERSION)):
        return unknown
    if not (version.get("subject") or value.get("subject")):
        return "subject is missing"
    for to in version.get("to") or [{}]:
        if check_mailbox(to.get("email")) is None:
            return "email is not valid in to"
        if "name" in to and not to["name"]:
            return "name is missing in to"
    for text in (
        version.get("htmlContent") or "",
        version.get("textContent") or "",
        version.get("subject") or "",
    ):
        if "{{" in text or "{%" in text:
            return "the template language would be read here"
    headers = version.get("headers") or {}
    return next((wrong for name in headers if (wrong := check_header(name, headers[name]))), "")
