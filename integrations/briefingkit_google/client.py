"""A session with one of Google's APIs: the real client, on a wire that repeats nothing by itself.

The service is built from the discovery document that Google's client ships, so no request is made to find out what the
API can do. `rootUrl` is rewritten in that document, because batches go there whatever endpoint is asked for.
"""

import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from attrs import define, field, frozen

from briefingkit import __version__
from briefingkit.errors import IntegrationError
from briefingkit.retry import Patience, retrying
from briefingkit_google.auth import Auth, credentials, library_missing
from briefingkit_google.faults import Fault, classify, garbled, raise_for_target

if TYPE_CHECKING:
    from briefingkit_google.transport import Transport

__all__ = ["TIMEOUT", "Api", "Session", "Settings", "checked", "session_of"]

TIMEOUT = 60.0
"""Seconds to wait for an answer; a batch of fifty may take some."""


class Settings(Protocol):
    """What a target's settings have that a session needs."""

    @property
    def auth(self) -> Auth: ...  # noqa: D102 - the field of the settings
    @property
    def base(self) -> Path: ...  # noqa: D102 - as above
    @property
    def base_url(self) -> str | None: ...  # noqa: D102 - as above
    @property
    def sleep(self) -> Callable[[float], None]: ...  # noqa: D102 - as above


@frozen
class Api:
    """One of Google's APIs by its discovery document, and what we need to be allowed to do there."""

    name: str
    version: str
    scopes: tuple[str, ...]


@define(eq=False)
class Session:
    """One thread's connection to an API: the service whose methods make requests, and what sends them.

    `known` is for what was found out on the way and need not be asked twice in a run.
    """

    service: Any
    transport: "Transport"
    credentials: Any
    sleep: Callable[[float], None]
    patience: Patience = field(factory=Patience)
    known: dict[str, str] = field(factory=dict)

    def ask(self, request: Any, *, calendar: str | None = None) -> Any:
        """Send one request that may be sent again, until it is answered; the answer, or the Fault of this one thing.

        `calendar` is the one that it is about, for the words where that may not be seen. Raises Transient once patience
        ends, IntegrationError for what no other request would get past.
        """

        def once() -> Any:
            answer = self.try_once(request, calendar=calendar)
            if isinstance(answer, Fault):
                raise_for_target(answer)
            return answer

        return retrying(once, patience=self.patience, sleep=self.sleep)

    def try_once(self, request: Any, *, calendar: str | None = None) -> Any:
        """Send a request once; the answer, or the Fault."""
        try:
            answer = request.execute(http=self.transport)
        except Exception as error:  # noqa: BLE001 - what is unknown is raised again
            return self.fault_of(error, calendar=calendar)
        return checked(answer)

    def fault_of(self, error: Exception, *, calendar: str | None = None) -> Fault:
        """Classify what went wrong with a request; raises it again where nothing is known of it."""
        fault = classify(error, self.credentials, calendar=calendar, skew=self.transport.skew)
        if fault is None:
            raise error
        return fault

    @property
    def account(self) -> str:
        """Say who we are at Google, for whoever has to share something with us."""
        who = getattr(self.credentials, "who", None)
        return str(who) if who is not None else "this account"


def checked(answer: Any) -> Any:
    """Hold what the client read to what it is to be: JSON, or nothing for a deletion; else the Fault.

    A page to sign in to a network comes with 200 as well.
    """
    return answer if isinstance(answer, dict) else {} if not answer else garbled()


def session_of(settings: Settings, api: Api) -> Session:
    """Return this thread's session for these settings: one token, one connection, one service for a whole run.

    Raises IntegrationError where there are no credentials, MissingExtra where Google's client is not installed.
    """
    return _SESSIONS.of(settings, api)


class _Sessions(threading.local):
    """Connections of httplib2 are not to be shared between threads, and a run makes several calls."""

    def __init__(self) -> None:
        self._open: dict[tuple[int, Api], tuple[weakref.ref[Any], Session]] = {}

    def of(self, settings: Settings, api: Api) -> Session:
        key = (id(settings), api)
        owner, session = self._open.get(key, (None, None))
        if session is None or owner is None or owner() is not settings:
            session = _open_session(settings, api)
            self._open[key] = (weakref.ref(settings, _closing(self._open, key)), session)
        return session


def _closing(opened: dict[Any, tuple[Any, Session]], key: Any) -> Callable[[Any], None]:
    """Give what ends a session whose settings are gone, in whatever thread they go."""

    def close(_: Any) -> None:
        with suppress(KeyError):
            opened.pop(key)[1].transport.close()

    return close


_SESSIONS = _Sessions()


def _open_session(settings: Settings, api: Api) -> Session:
    found = credentials(settings.auth, api.scopes, settings.base)
    with library_missing():
        from googleapiclient.discovery import build_from_document

        from briefingkit_google.transport import Transport
    transport = Transport(found, timeout=TIMEOUT, agent=f"briefingkit/{__version__}")
    document = {**_document(api.name, api.version)}
    if settings.base_url is not None:
        document.pop("mtlsRootUrl", None)
        document |= {"rootUrl": settings.base_url, "baseUrl": settings.base_url + document["servicePath"]}
    service = build_from_document(document, http=transport)
    return Session(service, transport, found, settings.sleep)


@cache
def _document(name: str, version: str) -> Any:
    """Read a discovery document that Google's client ships."""
    import json
    from importlib.resources import files

    path = files("googleapiclient") / "discovery_cache" / "documents" / f"{name}.{version}.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise IntegrationError(
            f"the installed google-api-python-client does not know {name} {version}: upgrade it"
        ) from None
