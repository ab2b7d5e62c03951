"""What goes wrong between us and a server, by what it means for a change, in words that repeat nothing secret."""

from typing import Final

from briefingkit.errors import IntegrationError, Transient

__all__ = [
    "GONE",
    "Busy",
    "Gone",
    "Halfway",
    "Lost",
    "NoEntry",
    "Unreachable",
    "Unreadable",
    "in_words",
    "retry_after",
]


class Busy(Transient):
    """The server answered that it has not done it, and may later (429, 503)."""


class Unreachable(Transient):
    """Nothing was sent: there was no connection."""


class Lost(Transient):
    """It was sent, and no answer says what became of it."""


class Halfway(IntegrationError):
    """Many things were sent at once, and it is not known which of them are there: they are read before going on."""


class NoEntry(IntegrationError):
    """The server does not know us, or the credentials are no longer good: nothing at all will work."""


class Gone(IntegrationError):
    """The calendar is not there."""


class Unreadable(IntegrationError):
    """The server's answer is not what the protocol says."""


GONE: Final = frozenset({404, 410})
"""What a server says of what is not there."""

_WORDS: Final = {
    400: "the server finds the request malformed",
    403: "the server does not allow it: look at what this account may do in the calendar",
    404: "it is not there",
    405: "the server does not do this here",
    409: "it collides with something that is there",
    410: "it is not there any more",
    412: "it has changed meanwhile",
    413: "it is larger than the server takes",
    415: "the server does not take this kind of event",
    423: "it is locked by another program",
    507: "the account is full: make room at the server, or have its quota raised",
}


def in_words(status: int, precondition: str | None = None) -> str:
    """Say what a status means (RFC 4791 section 1.3), with the precondition that a server names."""
    said = _WORDS.get(status, "the server refused it")
    return f"{said} ({status}{f', {precondition}' if precondition else ''})"


def retry_after(value: str | None) -> float | None:
    """Read how many seconds a server asks to wait; a date is not read, for whose clock is right is not known."""
    return float(value) if value is not None and value.strip().isdecimal() else None
