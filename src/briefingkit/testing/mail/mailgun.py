"""A double of Mailgun (documentation.mailgun.com): messages.mime and events of one domain."""

import base64
import re
from email import message_from_bytes, policy

from briefingkit.testing.mail.service import Asked, MailService, Refused, Reply, check_mailbox, json_reply

__all__ = ["MailgunDouble"]

_DOMAIN = "mg.city.example"
_OPTIONS = {"o:tracking": {"yes", "no", "true", "false", "htmlonly"}}
_LARGEST_OPTIONS = 16 << 10  # POST /v3/{domain}/messages.mime: "Send options … are limited to 16KB total"


class MailgunDouble(MailService):
    """Takes mails for a domain, and tells of them in its events."""

    domain = _DOMAIN

    def __init__(self) -> None:
        self.events: list[dict[str, object]] = []
        super().__init__("key-0123456789abcdef0123456789abcdef")

    def is_send(self, asked: Asked) -> bool:
        """Tell whether a mail is given."""
        return asked.verb == "POST"

    def handle(self, asked: Asked) -> Reply:
        """Answer as the reference does."""
        if asked.path == "/":
            return json_reply(404, {"message": "Not Found"})
        told = base64.b64encode(f"api:{self.secret}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {told}":
            return Reply(401, {"Content-Type": "text/plain"}, b"Forbidden")
        if asked.path == f"/v3/{_DOMAIN}/messages.mime" and asked.verb == "POST":
            return self._take(asked)
        if asked.path == f"/v3/{_DOMAIN}/events" and asked.verb == "GET":
            if not {"end", "ascending"} & set(asked.query):  # "Must be provided if the range end time is not"
                raise Refused(400, {"message": "'ascending' parameter should be provided"})
            wanted = asked.query.get("recipient")
            items = [event for event in self.events if wanted in {None, event["recipient"]}]
            return json_reply(200, {"items": items, "paging": {"next": "", "previous": ""}})
        raise Refused(404, {"message": "Domain not found: mg.elsewhere.example"})

    def _take(self, asked: Asked) -> Reply:
        form = _form(asked)
        options = sum(
            len(name) + len(value) for name, value in form.items() if name[:2] in {"o:", "v:", "h:"}
        )
        if options > _LARGEST_OPTIONS:
            raise Refused(400, {"message": "Send options are limited to 16KB total"})
        for name, known in _OPTIONS.items():
            if name in form and form[name].decode() not in known:
                raise Refused(400, {"message": f"{name} is invalid"})
        to = check_mailbox(form.get("to", b"").decode("utf-8", "replace"))
        if to is None:
            raise Refused(400, {"message": "to parameter is not a valid address. please check documentation"})
        mail = form.get("message")
        if mail is None or b"\r\n\r\n" not in mail:
            raise Refused(400, {"message": "message parameter is missing"})
        self.mails.append(mail)
        number = len(self.mails)
        key = form.get("v:briefingkit", b"").decode()
        named = f"{number}.A1B2C3@{_DOMAIN}"
        self.events.append(
            {
                "event": "accepted",
                "recipient": to,
                "user-variables": {"briefingkit": key},
                "message": {"headers": {"message-id": named}},
            }
        )
        return json_reply(200, {"id": f"<{named}>", "message": "Queued. Thank you."})


def _form(asked: Asked) -> dict[str, bytes]:
    """Read a form (RFC 7578), which has to be one."""
    kind = asked.headers.get("content-type", "")
    found = re.fullmatch(r'multipart/form-data; boundary="?([A-Za-z0-9\'()+_,./:=? -]{1,70})"?', kind)
    if found is None:
        raise Refused(400, {"message": "use multipart/form-data"})
    fields = dict[str, bytes]()
    for part in asked.body.split(f"--{found[1]}".encode())[1:-1]:
        head, _, value = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        disposition = message_from_bytes(head + b"\r\n\r\n", policy=policy.HTTP)["Content-Disposition"]
        fields[str(disposition.params["name"])] = value.removesuffix(b"\r\n")
    return fields
