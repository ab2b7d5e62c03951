"""What holds for whatever people and clients do."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from briefingkit.testing.google import GoogleDouble
from briefingkit.testing.google.calendar.content import merge

KEYS = st.sampled_from("abc")
VALUES = st.integers(0, 3) | st.lists(st.integers(0, 3), max_size=2)
OBJECTS = st.recursive(st.dictionaries(KEYS, VALUES), lambda inner: st.dictionaries(KEYS, VALUES | inner))
PATCHES = st.recursive(
    st.dictionaries(KEYS, VALUES | st.none()), lambda inner: st.dictionaries(KEYS, VALUES | st.none() | inner)
)
STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "edit", "remove", "expire", "sync"]), st.integers(0, 5)), max_size=12
)


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[GoogleDouble, Any]]:
    """Give one double for all examples: each has a calendar of its own in it."""
    with GoogleDouble() as google:
        yield google, google.service().events()


class Follower:
    """A client that keeps a copy of a calendar, by sync tokens."""

    def __init__(self, events: Any, calendar: str) -> None:
        self.events, self.calendar = events, calendar
        self.token: str | None = None
        self.copy: dict[str, dict[str, Any]] = {}

    def sync(self, size: int) -> None:
        from googleapiclient.errors import HttpError

        try:
            self._read(size)
        except HttpError as error:
            if error.resp.status != 410:  # a full read is what 410 asks for, and nothing else
                raise
            self.token, self.copy = None, {}
            self._read(size)

    def _read(self, size: int) -> None:
        given = {"syncToken": self.token} if self.token else {}
        request = self.events.list(calendarId=self.calendar, maxResults=size, **given)
        while request is not None:
            page = request.execute()
            for item in page["items"]:
                self.copy.pop(item["id"], None)
                if item["status"] != "cancelled":
                    self.copy[item["id"]] = item
            request = self.events.list_next(request, page)
        self.token = page["nextSyncToken"]


@given(steps=STEPS, size=st.integers(1, 4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_who_follows_the_tokens_has_what_is_there(
    shared: tuple[GoogleDouble, Any], steps: list[tuple[str, int]], size: int
) -> None:
    google, events = shared
    calendar = google.make_calendar(f"calendar-{len(google.calendars)}")
    follower = Follower(events, calendar)
    for number, (step, which) in enumerate(steps):
        names = list(google.events(calendar))
        name = names[which % len(names)] if names else google.add(calendar)
        match step:
            case "add":
                google.add(calendar)
            case "edit":
                google.edit(calendar, name, summary=f"Edit {number}")
            case "remove":
                google.remove(calendar, name)
            case "expire":
                google.expire_sync_tokens()
            case _:
                follower.sync(size)
    follower.sync(size)
    assert follower.copy == google.events(calendar)


@given(OBJECTS, PATCHES)
def test_a_patch_done_twice_is_done_once(old: dict[str, Any], patch: dict[str, Any]) -> None:
    once = merge(old, patch)
    assert merge(once, patch) == once


@given(OBJECTS)
def test_an_empty_patch_changes_nothing(old: dict[str, Any]) -> None:
    assert merge(old, {}) == old


@given(OBJECTS, PATCHES)
def test_no_null_is_ever_kept(old: dict[str, Any], patch: dict[str, Any]) -> None:
    def values(node: dict[str, Any]) -> Iterator[Any]:
        for value in node.values():
            yield value
            if isinstance(value, dict):
                yield from values(value)

    assert None not in list(values(merge(old, patch)))
