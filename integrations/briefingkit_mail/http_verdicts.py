"""What an answer of a mail service means for the messages that were in the request (RFC 9110 section 15)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from enum import Enum, auto
from http import HTTPStatus
from typing import Any

from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.answers import asked_wait, clean
from briefingkit.mailing.outgoing.transport import Delivery, Status
from briefingkit.web_api.line import Garbled, Reply
from briefingkit.web_api.waits import asked_in

__all__ = ["Verdict", "hidden_in", "judged", "said", "same_for", "taken", "waited"]

_MESSAGES = ("message", "Message", "error", "errors", "detail", "title", "reject_reason")
"""Where services put their words, in this order."""


class Verdict(Enum):
    """What an answer means."""

    TAKEN = auto()
    """It was acted on; what became of each message stands in it."""
    REFUSED = auto()
    """This request is wrong as it is, and none of it was done."""
    BUSY = auto()
    """Nothing was done now; later it may be."""
    DENIED = auto()
    """Nothing will be done until a person has done something: a key, a domain, a plan."""
    STRANGE = auto()
    """Somebody between us and the service has answered, and nothing was done."""
    UNSURE = auto()
    """It may have been done."""


_VERDICTS: Mapping[int, Verdict] = {
    HTTPStatus.UNAUTHORIZED: Verdict.DENIED,
    HTTPStatus.PAYMENT_REQUIRED: Verdict.DENIED,
    HTTPStatus.FORBIDDEN: Verdict.DENIED,
    HTTPStatus.NOT_FOUND: Verdict.DENIED,
    HTTPStatus.METHOD_NOT_ALLOWED: Verdict.DENIED,
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED: Verdict.DENIED,
    HTTPStatus.REQUEST_TIMEOUT: Verdict.BUSY,
    HTTPStatus.CONFLICT: Verdict.UNSURE,
    HTTPStatus.TOO_EARLY: Verdict.BUSY,
    HTTPStatus.TOO_MANY_REQUESTS: Verdict.BUSY,
    HTTPStatus.SERVICE_UNAVAILABLE: Verdict.BUSY,
}


def judged(reply: Reply) -> Verdict:
    """Judge by the status.

    A redirect is an address that is wrong: it is not followed, for the key is nobody else's. 500, 502 and 504 may come
    after the message was taken; 503 says that it was not. All services say in JSON why they refuse a message; a page
    that does is a proxy's.
    """
    status = reply.status
    if reply.succeeded:
        return Verdict.TAKEN
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return Verdict.DENIED
    known = _VERDICTS.get(status)
    if known is None and HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return (
            Verdict.REFUSED
            if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE or _is_json(reply)
            else Verdict.STRANGE
        )
    return known or Verdict.UNSURE


def _is_json(reply: Reply) -> bool:
    try:
        reply.json()
    except Garbled:
        return False
    return True


def waited(reply: Reply, words: str) -> timedelta | None:
    """Read how long a service asks to wait, from its headers or in its words; None where it does not say."""
    wait = asked_in(reply.headers)
    return asked_wait(words) if wait is None else wait


def said(reply: Reply, hidden: Iterable[str] = ()) -> str:
    """Give what a service says, without addresses and without `hidden`; of a page of HTML only that it is one."""
    try:
        words = "; ".join(_words(reply.json()))
    except Garbled:
        kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
        plain = reply.body.decode("utf-8", "replace") if kind == "text/plain" else ""
        words = plain or (f"an answer of {kind or 'no kind'}" if reply.body else "an empty answer")
    return f"HTTP {reply.status}: {clean(words, hidden)}"


def _words(value: Any, depth: int = 0) -> list[str]:
    if depth > 3:  # noqa: PLR2004 - services nest less
        return []
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [word for one in value[:5] for word in _words(one, depth + 1)]
    if isinstance(value, dict):
        name = value.get("name") or value.get("code")
        found = next((words for key in _MESSAGES if (words := _words(value.get(key), depth + 1))), [])
        return [f"{name}: {found[0]}", *found[1:]] if isinstance(name, str) and found else found
    return []


def hidden_in(messages: Iterable[Message], secrets: Sequence[str] = ()) -> list[str]:
    """Name what must not stand in words that are kept: keys, and who a message is for."""
    return [
        *secrets,
        *(text for message in messages for text in (message.recipient, message.recipient.rpartition("@")[0])),
    ]


def taken(reply: Reply, messages: Sequence[Message], names: Any, words: str) -> Sequence[Delivery]:
    """Say that messages were taken, each under the name that the service gave it, in the order of the request.

    Raises TypeError for what is no list of names. Where there are more or fewer than messages, each is nobody's.
    """
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise TypeError("no names")
    if len(names) != len(messages):
        return [Delivery("", Status.UNKNOWN) for _ in names]
    return [
        Delivery(message.key, Status.SENT, reply.status, words, remote_id=name)
        for message, name in zip(messages, names, strict=True)
    ]


def same_for(messages: Sequence[Message], status: Status, **more: Any) -> list[Delivery]:
    """Say the same of each message."""
    return [Delivery(message.key, status, **more) for message in messages]
