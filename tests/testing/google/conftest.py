"""The double, Google's own client for it, and a short way to say what was refused."""

from collections.abc import Callable
from typing import Any

import pytest

from briefingkit.testing.google import GoogleDouble

Refused = Callable[[Any], tuple[int, str]]
Event = Callable[..., dict[str, Any]]


@pytest.fixture
def google(briefingkit_google: GoogleDouble) -> GoogleDouble:
    """Give the double with one calendar, `city`, that its person owns."""
    briefingkit_google.make_calendar("city", timezone="Europe/Brussels", summary="City briefings")
    return briefingkit_google


@pytest.fixture
def service(google: GoogleDouble) -> Any:
    """Give Google's client, as the person who owns `city`."""
    return google.service()


@pytest.fixture
def refused() -> Refused:
    """Give what executes a request that must be refused, and says with which status and reason."""
    from googleapiclient.errors import HttpError

    def execute(request: Any) -> tuple[int, str]:
        with pytest.raises(HttpError) as caught:
            request.execute()
        return int(caught.value.resp.status), caught.value.error_details[0]["reason"]

    return execute


@pytest.fixture
def told() -> Refused:
    """Give what executes a request that must be refused, and says with which status and message."""
    from googleapiclient.errors import HttpError

    def execute(request: Any) -> tuple[int, str]:
        with pytest.raises(HttpError) as caught:
            request.execute()
        return int(caught.value.resp.status), str(caught.value.reason)

    return execute


@pytest.fixture
def forms(google: GoogleDouble) -> Any:
    """Give Google's client for forms."""
    return google.service("forms").forms()


@pytest.fixture
def drive(google: GoogleDouble) -> Any:
    """Give Google's client for Drive."""
    return google.service("drive")


@pytest.fixture
def event() -> Event:
    """Give what makes the body of an event of one hour; `None` leaves a field out."""

    def make(**fields: Any) -> dict[str, Any]:
        zone = "Europe/Brussels"
        body = {
            "summary": "Briefing",
            "start": {"dateTime": "2026-06-11T15:00:00", "timeZone": zone},
            "end": {"dateTime": "2026-06-11T16:00:00", "timeZone": zone},
            **fields,
        }
        return {name: value for name, value in body.items() if value is not None}

    return make
