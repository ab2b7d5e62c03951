"""Lists that come in pages, of whatever API."""

from collections.abc import Iterator
from typing import Any

from briefingkit.errors import IntegrationError
from briefingkit_google.client import Session
from briefingkit_google.faults import Fault

__all__ = ["Unreadable", "pages"]


def pages(
    session: Session, request: Any, following: Any, *, calendar: str | None = None
) -> Iterator[dict[str, Any]]:
    """Give the pages of a list, one after the other; `following` makes the request for the next.

    Raises IntegrationError where it cannot be read.
    """
    seen = set[str]()
    while request is not None:
        page = session.ask(request, calendar=calendar)
        if isinstance(page, Fault):
            raise Unreadable(page)
        yield page
        token = str(page.get("nextPageToken", ""))
        if token and token in seen:
            raise IntegrationError("Google gives the same page of a list again and again: try again later")
        seen.add(token)
        request = following(request, page)


class Unreadable(IntegrationError):
    """A list that Google did not give; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.words)
        self.fault = fault
