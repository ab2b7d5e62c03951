"""A double of Gmail (developers.google.com/workspace/gmail/api): send, search, and what gives tokens for them."""

import re
from email import message_from_bytes, policy
from typing import Any

from briefingkit.testing.mail.service import Asked, MailService, Refused, Reply, check_mailbox, json_reply

__all__ = ["GmailDouble"]

_QUERY = re.compile(r"in:sent rfc822msgid:(\S+)")


class GmailDouble(MailService):
    """One mailbox, and tokens for it; `tokens` are those that were given out."""

    def __init__(self) -> None:
        self.tokens: list[str] = []
        super().__init__("1//made-up-refresh-token")

    @property
    def key(self) -> dict[str, Any]:
        """A person's token file."""
        return {
            "type": "authorized_user",
            "client_id": "made-up.apps.googleusercontent.example",
            "client_secret": "GOCSPX-made-up",
            "refresh_token": self.secret,
        }

    def is_send(self, asked: Asked) -> bool:
        """Tell whether a mail is given."""
        return asked.path == "/upload/gmail/v1/users/me/messages/send"

    def handle(self, asked: Asked) -> Reply:
        """Answer as the reference does."""
        if asked.path == "/":
            return json_reply(404, {})
        if asked.path == "/token":
            return self._give_token(asked)
        if asked.headers.get("authorization") not in {f"Bearer {token}" for token in self.tokens}:
            raise _error(401, "authError", "Request had invalid authentication credentials.")
        if self.is_send(asked):
            return self._take(asked)
        if asked.path == "/gmail/v1/users/me/messages":
            found = _QUERY.fullmatch(asked.query.get("q", ""))
            held = [
                {"id": f"{number:016x}", "threadId": f"{number:016x}"}
                for number, mail in enumerate(self.mails)
                if found is not None and f"<{found[1]}>".encode() in mail
            ]
            return json_reply(200, {"messages": held, "resultSizeEstimate": len(held)} if held else {})
        raise _error(404, "notFound", "Requested entity was not found.")

    def _give_token(self, asked: Asked) -> Reply:
        if self.secret.replace("/", "%2F") not in asked.body.decode():
            return json_reply(400, {"error": "invalid_grant", "error_description": "Bad Request"})
        self.tokens.append(f"ya29.made-up-{len(self.tokens)}")
        return json_reply(200, {"access_token": self.tokens[-1], "expires_in": 3599, "token_type": "Bearer"})

    def _take(self, asked: Asked) -> Reply:
        if asked.headers.get("content-type") != "message/rfc822" or asked.query.get("uploadType") != "media":
            raise _error(400, "badRequest", "Media type is not supported.")
        mail = message_from_bytes(asked.body, policy=policy.SMTPUTF8)
        to = mail.get_all("To") or []
        addresses = [each.addr_spec for header in to for each in header.addresses]
        if len(addresses) != 1 or check_mailbox(addresses[0]) is None:
            raise _error(400, "invalidArgument", "Recipient address required")
        self.mails.append(asked.body)
        named = f"{len(self.mails) - 1:016x}"
        return json_reply(200, {"id": named, "threadId": named, "labelIds": ["SENT"]})


def _error(status: int, reason: str, words: str) -> Refused:
    listed = [{"message": words, "domain": "global", "reason": reason}]
    return Refused(status, {"error": {"code": status, "message": words, "errors": listed}})
