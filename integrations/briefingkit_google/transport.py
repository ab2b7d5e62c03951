"""The wire to Google: one connection to each host, nothing repeated behind our back, nothing read after a fault.

httplib2 sends a request again by itself when a connection ends before an answer comes; Google may have acted on the
first one by then. And after a time-out it keeps a connection on which the late answer to the last request would be
taken for the answer to the next. Neither happens here. Imports httplib2, and so is imported when it is used.
"""

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from http.client import BadStatusLine, HTTPException, ResponseNotReady
from typing import Any

import httplib2
from google.auth.exceptions import TransportError
from google_auth_httplib2 import AuthorizedHttp, Request

__all__ = ["Transport", "skew_in"]


class _Once:
    """A connection on which an answer that does not come is an error of the network, which httplib2 raises at once."""

    def getresponse(self) -> Any:
        """Read the answer."""
        try:
            return super().getresponse()  # type: ignore[misc] # of the class that it stands before
        except (BadStatusLine, ResponseNotReady) as error:
            raise ConnectionAbortedError("the connection ended before an answer came") from error


class _Http(_Once, httplib2.HTTPConnectionWithTimeout):  # type: ignore[misc] # httplib2 has no types
    pass


class _Https(_Once, httplib2.HTTPSConnectionWithTimeout):  # type: ignore[misc] # httplib2 has no types
    pass


_LARGEST = 256 << 20
"""Bytes of one answer that are unpacked whatever they were packed into: a page of like events packs very well."""


class _Wire(httplib2.Http):  # type: ignore[misc] # httplib2 has no types
    """httplib2 with those connections, all of which end with a fault; `skew` is the clock's last known error."""

    skew: float | None = None
    clock: Callable[[], float] = staticmethod(time.time)  # noqa: TID251 - it is held against the server's

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: Any = None,
        headers: Any = None,
        redirections: int = httplib2.DEFAULT_MAX_REDIRECTS,
        connection_type: Any = None,
    ) -> Any:
        """Send a request, once."""
        chosen = connection_type or (_Https if uri.lower().startswith("https:") else _Http)
        try:
            response, content = super().request(uri, method, body, headers, redirections, chosen)
        except (OSError, HTTPException, httplib2.HttpLib2Error):
            self.close()
            raise
        self.skew = skew_in(response.get("date"), self.clock())
        return response, content


class Transport:
    """Sends requests in the name of `credentials`; stands where Google's client expects an httplib2.Http.

    Unlike google-auth's own it shows no credentials to that client, which would write the token into each part of a
    batch and fetch new ones over a connection without a time-out.
    """

    def __init__(self, credentials: Any, *, timeout: float, agent: str) -> None:
        self._credentials = credentials
        self._wire = _Wire(timeout=timeout)
        self._wire.limit_kwargs = {"safe_limit": _LARGEST}
        self._authorized = AuthorizedHttp(credentials, http=self._wire)
        self._agent = agent

    @property
    def skew(self) -> float | None:
        """Seconds that this machine's clock is ahead of the server's, by the last answer; None while none said."""
        return self._wire.skew

    def request(
        self, uri: str, method: str = "GET", body: Any = None, headers: Any = None, **more: Any
    ) -> Any:
        """Send a request; where its token is no longer taken, with a new one."""
        if not self._credentials.valid:
            self.renew()
        # Google compresses only for agents that call themselves gzip.
        named = {**(headers or {}), "user-agent": f"{self._agent} (gzip)"}
        return self._authorized.request(uri, method=method, body=body, headers=named, **more)

    def renew(self) -> None:
        """Get a new access token. TransportError where that is not reached: then nothing was sent to the API."""
        try:
            self._credentials.refresh(Request(self._wire))
        except OSError as error:
            raise TransportError("the token endpoint cannot be reached") from error

    def close(self) -> None:
        """End all connections."""
        self._wire.close()


def skew_in(date: str | None, now: float) -> float | None:
    """Return by how many seconds `now` is ahead of a Date header (RFC 9110, section 6.6.1)."""
    try:
        return now - parsedate_to_datetime(date).timestamp() if date else None
    except ValueError:
        return None
