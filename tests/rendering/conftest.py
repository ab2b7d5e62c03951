import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import TZPATH, ZoneInfo, reset_tzpath

import pytest
import yaml

from briefingkit.model import Publication, structure

DATA = Path(__file__).with_name("imrf.yaml")
AT = datetime(2022, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def imrf() -> Publication:
    """Give the briefing of imrf.yaml, published twice before."""
    return _published(_data())


@pytest.fixture
def make() -> Callable[..., Publication]:
    """Make the same with some of its fields changed; one that is None is left out."""

    def made(**fields: object) -> Publication:
        return _published({name: value for name, value in {**_data(), **fields}.items() if value is not None})

    return made


def _data() -> dict[str, Any]:
    data: dict[str, Any] = yaml.load(DATA.read_text(encoding="utf-8"), yaml.BaseLoader)
    return data


def _published(data: dict[str, Any]) -> Publication:
    return Publication(structure(data), 2, AT)


@pytest.fixture(scope="module")
def packaged_zones() -> Iterator[None]:
    """Let other parsers read the zones of the tzdata package, as briefingkit does, and not this machine's own."""
    before = TZPATH
    reset_tzpath(to=())
    ZoneInfo.clear_cache()
    yield
    reset_tzpath(to=before)
    ZoneInfo.clear_cache()


@pytest.fixture(scope="session")
def consumer() -> SimpleNamespace:
    """Read VTIMEZONEs with nothing of briefingkit's, as a calendar would: `onsets` and `offset_at`."""
    return SimpleNamespace(onsets=onsets, offset_at=offset_at)


@lru_cache(maxsize=4096)
def onsets(text: bytes) -> list[tuple[datetime, timedelta, timedelta]]:
    """Read a VTIMEZONE with nothing of briefingkit's: (wall-clock onset, offset before, offset after), in order."""
    from dateutil.rrule import rrulestr

    found = []
    for part in text.decode("ascii").replace("\r\n ", "").split("BEGIN:")[2:]:
        lines = dict(line.split(":", 1) for line in part.split("\r\n")[1:] if ":" in line)
        before, after = offset(lines["TZOFFSETFROM"]), offset(lines["TZOFFSETTO"])
        start = datetime.strptime(lines["DTSTART"], "%Y%m%dT%H%M%S")  # noqa: DTZ007 - a wall clock
        starts = [start]
        if "RRULE" in lines:
            rule = rrulestr(f"RRULE:{utc_until_to_wall(lines['RRULE'], before)}", dtstart=start)
            starts = [start, *rule.between(start, datetime(2040, 1, 1))]
        for value in re.findall(r"^RDATE:(\d{8}T\d{6})\r$", part, re.MULTILINE):
            starts.append(datetime.strptime(value, "%Y%m%dT%H%M%S"))  # noqa: DTZ007 - a wall clock
        found += [(one, before, after) for one in starts]
    return sorted(found, key=lambda one: one[0] - one[1])


def utc_until_to_wall(rule: str, before: timedelta) -> str:
    head, until, tail = rule.partition("UNTIL=")
    if not until:
        return rule
    at, semicolon, rest = tail.partition(";")
    wall = datetime.strptime(at, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) + before
    return f"{head}{until}{wall:%Y%m%dT%H%M%S}{semicolon}{rest}"


def offset(text: str) -> timedelta:
    sign = -1 if text[0] == "-" else 1
    hours, minutes, seconds = int(text[1:3]), int(text[3:5]), int(text[5:7] or 0)
    return sign * timedelta(hours=hours, minutes=minutes, seconds=seconds)


def offset_at(text: bytes, instant: datetime) -> timedelta:
    """Give the offset that a consumer applies at an instant (naive, in UTC): the last onset's."""
    known = onsets(text)
    return known[bisect_right(known, instant, key=lambda one: one[0] - one[1]) - 1][2]
