"""A double of Postmark (postmarkapp.com/developer/api): email/batch and the search of outbound messages."""

import base64
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

__all__ = ["PostmarkDouble"]

_FIELDS = [
    "From",
    "To",
    "Cc",
    "Bcc",
    "Subject",
    "Tag",
    "HtmlBody",
    "TextBody",
    "ReplyTo",
    "Headers",
    "TrackOpens",
    "TrackLinks",
    "Metadata",
    "Attachments",
    "MessageStream",
]
_MOST = 500
_LARGEST = 50 << 20
_STREAMS = {"outbound", "broadcast"}
_NOT_ALLOWED = {"content-type", "to", "from", "subject", "reply-to", "cc", "bcc", "date"}
"""`Header 'Content-Type' not allowed` (postmark.js issue 57); the others have fields of their own."""
_NAME, _VALUE = 20, 80  # of metadata, "Custom metadata"


class PostmarkDouble(MailService):
    """Takes mails for one server of an account; `inactive` are addresses that bounced."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.inactive: set[str] = set()
        super().__init__("4b1c7c9e-0000-4000-8000-0123456789ab")

    def is_send(self, asked: Asked) -> bool:
        """Tell whether mails are given."""
        return asked.path == "/email/batch"

    def handle(self, asked: Asked) -> Reply:
        """Answer as the reference does."""
        if asked.path == "/":
            return json_reply(404, {})
        if asked.headers.get("x-postmark-server-token") != self.secret:
            raise Refused(401, {"ErrorCode": 10, "Message": "No Account or Server API tokens were supplied."})
        if asked.path == "/email/batch":
            if len(asked.body) > _LARGEST:
                raise Refused(413, {"ErrorCode": 300, "Message": "The request is too large."})
            mails = asked.json()
            if not isinstance(mails, list):
                raise Refused(422, {"ErrorCode": 403, "Message": "Incompatible JSON"})
            if len(mails) > _MOST:
                raise Refused(422, {"ErrorCode": 410, "Message": "You may send up to 500 messages."})
            return json_reply(200, [self._take(mail) for mail in mails])
        if asked.path == "/messages/outbound" and {"count", "offset"} <= set(asked.query):
            return self._search(asked)
        raise Refused(404, {"ErrorCode": 701, "Message": "This is not the page you are looking for."})

    def _take(self, mail: Any) -> dict[str, Any]:
        wrong = _problem(mail)
        if wrong:
            return {"ErrorCode": 300, "Message": wrong}
        to = check_mailbox(mail["To"]) or ""
        if to in self.inactive:
            words = "You tried to send to a recipient that has been marked as inactive."
            return {"ErrorCode": 406, "Message": f"{words} Found inactive addresses: {to}."}
        self.mails.append(_written(mail))
        named = f"0a129aee-e1cd-480d-b08d-{len(self.mails):012d}"
        self.messages.append(
            {"MessageID": named, "Status": "Sent", "Recipients": [to], "Metadata": mail.get("Metadata", {})}
        )
        return {
            "To": mail["To"],
            "SubmittedAt": "2026-11-28T07:00:00.0000000+00:00",
            "MessageID": named,
            "ErrorCode": 0,
            "Message": "OK",
        }

    def _search(self, asked: Asked) -> Reply:
        wanted = {
            name.removeprefix("metadata_"): value
            for name, value in asked.query.items()
            if name.startswith("metadata_")
        }
        found = [
            each
            for each in self.messages
            if asked.query.get("recipient") in {None, *each["Recipients"]}
            and wanted.items() <= each["Metadata"].items()
        ]
        return json_reply(200, {"TotalCount": len(found), "Messages": found[: int(asked.query["count"])]})


def _problem(mail: Any) -> str:
    if unknown := check_names(mail, _FIELDS):
        return unknown
    if check_mailbox(mail.get("From")) is None:
        return "Invalid 'From' address."
    if check_mailbox(mail.get("To")) is None:
        return "Invalid 'To' address."
    if not (mail.get("TextBody") or mail.get("HtmlBody")):
        return "Provide either email TextBody or HtmlBody or both."
    if mail.get("MessageStream", "outbound") not in _STREAMS:
        return "The 'MessageStream' provided does not exist on this server."
    for each in mail.get("Headers") or ():
        if each["Name"].lower() in _NOT_ALLOWED:
            return f"Header '{each['Name']}' not allowed."
        if wrong := check_header(each["Name"], each["Value"]):
            return wrong
    metadata = mail.get("Metadata") or {}
    if any(len(name) > _NAME or len(value) > _VALUE for name, value in metadata.items()):
        return "Invalid metadata content."
    return ""


def _written(mail: Any) -> bytes:
    headers = {each["Name"]: each["Value"] for each in mail.get("Headers") or ()}
    if headers.pop("X-PM-KeepID", "") != "true":
        headers["Message-ID"] = "<replaced@mtasv.example>"
    return written(
        [
            ("From", check_mailbox(mail["From"]) or ""),
            ("To", check_mailbox(mail["To"]) or ""),
            *headers.items(),
        ],
        mail.get("TextBody") or "",
        mail.get("HtmlBody"),
        attachments=[
            (each["Name"], each["ContentType"], base64.b64decode(each["Content"], validate=True))
            for each in mail.get("Attachments") or ()
        ],
    )
