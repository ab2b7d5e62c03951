"""Asking a mail service what became of a message."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from briefingkit.errors import IntegrationError, Transient
from briefingkit.web_api.line import Call, Garbled, Line
from briefingkit_mail.http_posting import Service
from briefingkit_mail.http_verdicts import Verdict, judged, said, waited

__all__ = ["asked", "named", "objects", "within"]


def asked(service: Service, line: Line, call: Call) -> Any:
    """Ask, and give the JSON that is answered; None where there is no such thing.

    Raises Transient where there is no answer now, and IntegrationError where none will come.
    """
    reply = line.ask(service.sign(call))
    if reply.status == HTTPStatus.NOT_FOUND:
        return None
    words = said(reply, service.secrets)
    match judged(reply):
        case Verdict.TAKEN:
            try:
                return reply.json()
            except Garbled:
                raise Transient(f"{service.name} gives an answer that cannot be read") from None
        case Verdict.BUSY | Verdict.UNSURE:
            wait = waited(reply, words)
            after = None if wait is None else wait.total_seconds()
            raise Transient(f"{service.name}: {words}", retry_after=after)
        case _:
            raise IntegrationError(f"{service.name} does not say what was sent: {words}. {service.advice}")


def within(value: Any, name: str) -> Any:
    """Give a field of what should be an object; None where there is none."""
    return value.get(name) if isinstance(value, dict) else None


def objects(value: Any) -> Sequence[Mapping[str, Any]]:
    """Give the objects of what should be a list of them."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def named(value: Any) -> str | None:
    """Give a service's name for a message."""
    return value if isinstance(value, str) and value else None
