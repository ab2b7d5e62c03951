"""A double of Mailchimp Transactional (mailchimp.com/developer/transactional/api): send-raw and search."""

import json
import re
from typing import Any

from briefingkit.testing.mail.service import (
    Asked,
    MailService,
    Refused,
    Reply,
    check_mailbox,
    check_names,
    json_reply,
)

__all__ = ["MandrillDouble"]

_FIELDS = [
    "key",
    "raw_message",
    "from_email",
    "from_name",
    "to",
    "async",
    "ip_pool",
    "send_at",
    "return_path_domain",
]
_SERVICE_HEADERS = re.compile(r"^(X-MC-[A-Za-z]+): (.*)\r\n", re.MULTILINE)
_QUERY = re.compile(r'full_email:"([^"]+)"')


class MandrillDouble(MailService):
    """Takes mails; `rejects` are addresses that it does not write to, each with its reason."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.rejects: dict[str, str] = {}
        super().__init__("md-made-up-key-0123456789")

    def is_send(self, asked: Asked) -> bool:
        """Tell whether a mail is given."""
        return asked.path == "/api/1.0/messages/send-raw"

    def handle(self, asked: Asked) -> Reply:
        """Answer as the reference does: errors come with 500, whatever they are."""
        if asked.verb == "GET":
            return json_reply(404, {})
        value = asked.json()
        if value.get("key") != self.secret:
            raise _error(-1, "Invalid_Key", "Invalid API key")
        if self.is_send(asked):
            return self._take(value)
        if asked.path == "/api/1.0/messages/search":
            found = _QUERY.fullmatch(value.get("query", ""))
            wanted = found[1] if found else None
            return json_reply(200, [each for each in self.messages if each["email"] == wanted])
        raise _error(-1, "Unknown_Method", "no such method")

    def _take(self, value: Any) -> Reply:
        if unknown := check_names(value, _FIELDS):
            raise _error(-2, "ValidationError", unknown)
        raw, to = value.get("raw_message"), value.get("to")
        if not isinstance(raw, str) or "\r\n\r\n" not in raw:
            raise _error(-2, "ValidationError", "You must specify a raw_message value")
        if not isinstance(to, list) or len(to) != 1 or check_mailbox(to[0]) is None:
            raise _error(-2, "ValidationError", "You must specify a to value")
        named = f"{len(self.messages):032x}"
        if to[0] in self.rejects:
            why = self.rejects[to[0]]
            return json_reply(
                200, [{"email": to[0], "status": "rejected", "reject_reason": why, "_id": named}]
            )
        head, _, body = raw.partition("\r\n\r\n")
        told = dict(_SERVICE_HEADERS.findall(head + "\r\n"))
        # What is for the service does not go out (docs: "Customize messages with SMTP headers").
        self.mails.append((_SERVICE_HEADERS.sub("", head + "\r\n") + "\r\n" + body).encode())
        metadata = json.loads(told.get("X-MC-Metadata", "{}"))
        self.messages.append({"email": to[0], "state": "sent", "_id": named, "metadata": metadata})
        return json_reply(200, [{"email": to[0], "status": "sent", "reject_reason": None, "_id": named}])


def _error(code: int, name: str, words: str) -> Refused:
    return Refused(500, {"status": "error", "code": code, "name": name, "message": words})
