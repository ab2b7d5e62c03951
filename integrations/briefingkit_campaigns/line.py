"""Asking a service of campaigns: what is asked is answered, tried again where that is safe, or told in words.

What goes wrong is told apart by whether the service can have acted on it, and by whether another try can help.
"""

import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final, Self

from attrs import Factory, field, frozen

from briefingkit.errors import IntegrationError, MissingExtra, Transient
from briefingkit.mailing.outgoing.answers import clean
from briefingkit.retry import retrying
from briefingkit.web_api.line import Call, Garbled, Lost, Reply, Unreached
from briefingkit.web_api.line import Line as Wire
from briefingkit.web_api.waits import asked_in

__all__ = ["Busy", "Denied", "Line", "Missing", "Wrong"]

_LARGEST: Final = 64 << 20
_WORDS: Final = ("detail", "message", "title")
"""Where Mailchimp (RFC 9457) and Brevo put their words, in this order."""


class Busy(Transient):
    """Nothing was done now; later it may be."""


class Denied(IntegrationError):
    """Nothing will be done until a person has done something: a key, an address, a plan."""


class Missing(IntegrationError):
    """There is no such thing."""


class Wrong(IntegrationError):
    """This request is refused, and none of it was done."""


@frozen
class Line:
    """Asks one service. `headers` hold its key, `hidden` is what must stand in no words; neither is shown."""

    name: str
    root: str
    headers: Mapping[str, str] = field(repr=False)
    hidden: tuple[str, ...] = field(repr=False)
    advice: str
    timeout: float
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)
    _wire: Wire = field(
        default=Factory(
            lambda self: Wire(connections=1, timeout=self.timeout, largest=_LARGEST), takes_self=True
        ),
        repr=False,
        init=False,
    )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._wire.close()

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
        once: bool = False,
    ) -> Any:
        """Ask, patiently, and give the JSON that is answered (None for an empty answer).

        `once`: what would be done twice, if it was asked twice, is not asked again when its answer is lost. Raises
        Busy, Lost, Denied, Missing and Wrong.
        """
        lost: list[Lost] = []

        def attempt() -> Any:
            try:
                return self._ask(method, path, query or {}, body)
            except Lost as error:
                if not once:
                    raise
                lost.append(error)
                return None

        answer = retrying(attempt, sleep=self.sleep)
        if lost:
            raise lost[0]
        return answer

    def _ask(
        self, method: str, path: str, query: Mapping[str, str | int], body: Mapping[str, Any] | None
    ) -> Any:
        url, asked = f"{self.root}{path}", {name: str(value) for name, value in query.items()}
        if body is None:
            call = Call(method, url, {**self.headers, "Accept": "application/json"}, query=asked)
        else:
            call = Call.of_json(method, url, self.headers, body, asked)
        try:
            reply = self._wire.ask(call)
        except Unreached:
            raise Busy(f"{self.name} cannot be reached") from None
        except Lost:
            raise Lost(f"{self.name} gives no answer") from None
        except MissingExtra:
            raise
        except IntegrationError as error:
            raise Denied(f"{self.name}: {error}") from None
        return self._told(reply)

    def _told(self, reply: Reply) -> Any:
        """Tell by the status what an answer means (RFC 9110 section 15)."""
        status = reply.status
        try:
            value, is_json = reply.json() if reply.body else None, bool(reply.body)
        except Garbled:
            value, is_json = None, False
        if reply.succeeded:
            if reply.body and not is_json:
                raise Lost(f"{self.name} gives an answer that cannot be read: is a proxy between?")
            return value
        words = f"{self.name}: HTTP {status}: {clean(_words(value, reply), self.hidden)}"
        wait = asked_in(reply.headers)
        after = None if wait is None else wait.total_seconds()
        if status == HTTPStatus.FORBIDDEN and not is_json:
            # Mailchimp's way to say that it is asked too much (mailchimp.com/developer/marketing/docs/fundamentals).
            raise Busy(words, retry_after=after)
        if status in {
            HTTPStatus.TOO_MANY_REQUESTS,
            HTTPStatus.SERVICE_UNAVAILABLE,
            HTTPStatus.REQUEST_TIMEOUT,
        }:
            raise Busy(words, retry_after=after)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Lost(words, retry_after=after)
        if status == HTTPStatus.NOT_FOUND and is_json:
            raise Missing(words)
        if status < HTTPStatus.BAD_REQUEST or not is_json or status in {401, 402, 403, 405, 407}:
            raise Denied(f"{words}. {self.advice}")
        raise Wrong(words)


def _words(value: Any, reply: Reply) -> str:
    if not isinstance(value, dict):
        kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
        return f"an answer of {kind}" if kind else "an answer without words"
    said = next((value[name] for name in _WORDS if isinstance(value.get(name), str)), "no words")
    found = value.get("errors")
    listed = found if isinstance(found, list) else []
    errors = [f"{one.get('field')}: {one.get('message')}" for one in listed[:5] if isinstance(one, dict)]
    return "; ".join([said, *errors])
