"""What doubles of mail services share: a server, a script of mishaps, and what was taken."""

import json
import re
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from email.message import EmailMessage
from email.policy import SMTP
from threading import Lock
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from attrs import frozen

from briefingkit.testing.google.server import Broken, Reply, Server

__all__ = [
    "Asked",
    "Broken",
    "MailService",
    "Mishap",
    "Refused",
    "Reply",
    "check_header",
    "check_mailbox",
    "check_names",
    "json_reply",
    "written",
]

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_MAILBOX = re.compile(r'(?:(?:[^<>"@,;:\\\[\]()]*|"(?:[^"\\]|\\.)*") <(?P<named>[^<>]*)>|(?P<bare>[^<>\s]*))')


@frozen
class Asked:
    """A request: its path decoded, its headers' names in small letters."""

    verb: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Read the body, which has to say that it is JSON."""
        if self.headers.get("content-type", "").partition(";")[0] != "application/json":
            raise Refused(415, {"message": "Content-Type is application/json"})
        try:
            return json.loads(self.body)
        except ValueError:
            raise Refused(400, {"message": "that is no JSON"}) from None


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, value: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, value)
        self.status, self.value, self.headers = status, value, headers or {}


@frozen
class Mishap:
    """What happens to a request that sends: `instead` of being looked at, or `after` it was acted on."""

    instead: Callable[[Asked], Reply] | None = None
    after: Callable[[Reply], Reply] | None = None


def json_reply(status: int, value: Any, headers: Mapping[str, str] | None = None) -> Reply:
    """Write an answer."""
    return Reply(
        status, {"Content-Type": "application/json", **(headers or {})}, json.dumps(value).encode("utf-8")
    )


class MailService(ABC):
    """A double: `mails` are those that it took, whole; `sends` the requests that were to send.

    Put mishaps into `script`; each befalls the next request that sends.
    """

    def __init__(self, secret: str = "a-made-up-key-of-no-service") -> None:  # noqa: S107 - it opens nothing
        self.secret = secret
        self.mails: list[bytes] = []
        self.sends: list[Asked] = []
        self.script: deque[Mishap] = deque()
        self._lock = Lock()
        self._server = Server(self._answer)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def faults(self) -> list[BaseException]:
        """What went wrong in the double itself."""
        return self._server.faults

    def close(self) -> None:
        """Stop listening."""
        self._server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def is_send(self, asked: Asked) -> bool:
        """Tell whether a request is one to send."""

    @abstractmethod
    def handle(self, asked: Asked) -> Reply:
        """Act on a request, or raise Refused."""

    def _answer(self, verb: str, target: str, headers: dict[str, str], body: bytes) -> Reply:
        parts = urlsplit(target)
        asked = Asked(verb, unquote(parts.path), dict(parse_qsl(parts.query)), headers, body)
        with self._lock:
            sends = self.is_send(asked)
            if sends:
                self.sends.append(asked)
            mishap = self.script.popleft() if sends and self.script else Mishap()
            if mishap.instead is not None:
                return mishap.instead(asked)
            try:
                reply = self.handle(asked)
            except Refused as refused:
                reply = json_reply(refused.status, refused.value, refused.headers)
            return reply if mishap.after is None else mishap.after(reply)


def check_header(name: str, value: object) -> str:
    """Say what is wrong with a header, if anything: RFC 5322 section 2.2, in ASCII."""
    if not _TOKEN.fullmatch(name):
        return f"{name!r} is no name of a header"
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or not value:
        return f"{name} holds what no header can"
    return ""


def check_mailbox(text: object) -> str | None:
    """Give the address of a mailbox in one string, or None where it is none."""
    found = _MAILBOX.fullmatch(text) if isinstance(text, str) and not _BREAKS.search(text) else None
    address = (found["named"] or found["bare"] or "") if found else ""
    return address if _ADDRESS.fullmatch(address) else None


def check_names(value: object, known: Iterable[str]) -> str:
    """Say which fields of an object nobody knows."""
    if not isinstance(value, dict):
        return "an object is expected"
    return "".join(f"{name} is not known " for name in sorted(set(value) - set(known)))


def written(
    headers: Iterable[tuple[str, str]],
    text: str,
    markup: str | None = None,
    *,
    calendar: str | None = None,
    attachments: Iterable[tuple[str, str, bytes]] = (),
) -> bytes:
    """Write the mail that a service would, of its fields: the headers as they are, then the bodies."""
    mail = EmailMessage(policy=SMTP)
    mail.set_content(text.replace("\r\n", "\n"), cte="base64")
    if markup is not None:
        mail.add_alternative(markup, subtype="html", cte="base64")
    if calendar is not None:
        mail.add_alternative(calendar, subtype="calendar", cte="base64")
    for name, kind, octets in attachments:
        main, _, sub = kind.partition(";")[0].strip().partition("/")
        mail.add_attachment(octets, maintype=main, subtype=sub, filename=name)
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return head.encode() + mail.as_bytes()
