"""The line to a service's web API: what is asked is answered, tried again where that is safe, or told in words.

What goes wrong is told apart by whether the service can have acted on it, and by whether another try can help.
"""

import json
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, Final, Self

from attrs import field, frozen

from briefingkit import __version__
from briefingkit.errors import IntegrationError, MissingExtra, Transient
from briefingkit.mailing.answers import clean
from briefingkit.retry import retrying

if TYPE_CHECKING:
    import requests

__all__ = ["Busy", "Denied", "Line", "Lost", "Missing", "Wrong"]

_LARGEST: Final = 64 << 20
_CHUNK: Final = 64 << 10
_WORDS: Final = ("detail", "message", "title")
"""Where Mailchimp (RFC 9457) and Brevo put their words, in this order."""
_WAITS: Final = ("retry-after", "x-sib-ratelimit-reset")
"""RFC 9110 section 10.2.3, and Brevo's own (developers.brevo.com/docs/limit-headers), in seconds."""
_LONGEST_WAIT: Final = 24 * 3600.0


class Busy(Transient):
    """Nothing was done now; later it may be."""


class Lost(Transient):
    """The request was let go, and what came back is no answer: nobody knows."""


class Denied(IntegrationError):
    """Nothing will be done until a person has done something: a key, an address, a plan."""


class Missing(IntegrationError):
    """There is no such thing."""


class Wrong(IntegrationError):
    """This request is refused, and none of it was done."""


def _as_it_is(request: "requests.PreparedRequest") -> "requests.PreparedRequest":
    return request


def _opened() -> "requests.Session":
    try:
        import requests
    except ModuleNotFoundError as error:
        raise MissingExtra(
            "campaigns need the package requests, which is not installed: pip install requests"
        ) from error
    session = requests.Session()
    # Proxies come from the environment, but no name and password from ~/.netrc in place of our key.
    session.auth = _as_it_is
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    session.headers["User-Agent"] = f"briefingkit/{__version__}"
    return session


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
    _session: "requests.Session" = field(factory=_opened, repr=False, init=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

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
        import requests
        from urllib3.exceptions import HTTPError

        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = {**self.headers, "Accept": "application/json"}
        if data is not None:
            headers["Content-Type"] = "application/json"
        try:
            with self._session.request(
                method,
                f"{self.root}{path}",
                params=dict(query),
                data=data,
                headers=headers,
                timeout=self.timeout,
                allow_redirects=False,
                stream=True,
            ) as reply:
                octets = self._read(reply)
        except requests.exceptions.SSLError:
            raise Denied(
                f"{self.name}: the certificate is not to be trusted: look at base_url, the clock of this machine, "
                "and whether a proxy stands between"
            ) from None
        except requests.exceptions.ConnectTimeout:
            raise Busy(f"{self.name} cannot be reached") from None
        except (requests.RequestException, HTTPError, OSError) as error:
            # Not `from` the error: its words may hold the address with all that was asked.
            never = "NewConnectionError" in repr(error)
            raise (Busy if never else Lost)(
                f"{self.name} {'cannot be reached' if never else 'gives no answer'}"
            ) from None
        return self._told(reply, octets)

    def _read(self, reply: "requests.Response") -> bytes:
        """Read a body, neither without end nor for ever."""
        end, octets = time.monotonic() + self.timeout, bytearray()
        for chunk in reply.iter_content(_CHUNK):
            octets += chunk
            if len(octets) > _LARGEST or time.monotonic() > end:
                raise OSError("an answer without end")
        return bytes(octets)

    def _told(self, reply: "requests.Response", octets: bytes) -> Any:
        """Tell by the status what an answer means (RFC 9110 section 15)."""
        status = reply.status_code
        try:
            value, is_json = json.loads(octets) if octets else None, bool(octets)
        except (ValueError, RecursionError):
            value, is_json = None, False
        if 200 <= status < 300:  # noqa: PLR2004 - the classes of statuses
            if octets and not is_json:
                raise Lost(f"{self.name} gives an answer that cannot be read: is a proxy between?")
            return value
        words = f"{self.name}: HTTP {status}: {clean(_words(value, reply), self.hidden)}"
        after = _wait(reply.headers)
        if status == HTTPStatus.FORBIDDEN and not is_json:
            # Mailchimp's way to say that it is asked too much (mailchimp.com/developer/marketing/docs/fundamentals).
            raise Busy(words, retry_after=after)
        if status in {
            HTTPStatus.TOO_MANY_REQUESTS,
            HTTPStatus.SERVICE_UNAVAILABLE,
            HTTPStatus.REQUEST_TIMEOUT,
        }:
            raise Busy(words, retry_after=after)
        if status >= 500:  # noqa: PLR2004
            raise Lost(words, retry_after=after)
        if status == HTTPStatus.NOT_FOUND and is_json:
            raise Missing(words)
        if status < 400 or not is_json or status in {401, 402, 403, 405, 407}:  # noqa: PLR2004
            raise Denied(f"{words}. {self.advice}")
        raise Wrong(words)


def _words(value: Any, reply: "requests.Response") -> str:
    if not isinstance(value, dict):
        kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
        return f"an answer of {kind}" if kind else "an answer without words"
    said = next((value[name] for name in _WORDS if isinstance(value.get(name), str)), "no words")
    found = value.get("errors")
    listed = found if isinstance(found, list) else []
    errors = [f"{one.get('field')}: {one.get('message')}" for one in listed[:5] if isinstance(one, dict)]
    return "; ".join([said, *errors])


def _wait(headers: Mapping[str, str]) -> float | None:
    """Read how many seconds a service asks to wait; a point in time is held against the answer's own Date."""
    told = next((headers[name] for name in _WAITS if headers.get(name)), None)
    if told is None:
        return None
    try:
        seconds = float(told)
    except ValueError:
        try:
            until, now = parsedate_to_datetime(told), parsedate_to_datetime(headers.get("date", ""))
            seconds = (until - now).total_seconds()
        except (ValueError, TypeError):
            return None
    return seconds if 0 <= seconds <= _LONGEST_WAIT else None
