"""A list in a file, on a clock that a test turns."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from briefingkit.model import Programme, structure
from briefingkit.registrations.registration_list import RegistrationList
from briefingkit.store import open_ledger

from ..clock import Clock

Opened = Callable[..., RegistrationList]


@pytest.fixture
def clock() -> Clock:
    return Clock()


def briefing_data(**registration: Any) -> dict[str, Any]:
    return {
        "briefing": "night-buses",
        "namespace": "talks.example.org",
        "languages": ["en", "fr"],
        "title": {"en": "Night buses", "fr": "Bus de nuit"},
        "status": "confirmed",
        "start": "2027-03-10T15:00",
        "end": "2027-03-10T16:00",
        "timezone": "Europe/Brussels",
        "registration": {
            "questions": [
                {
                    "key": "meal",
                    "text": {"en": "Your meal", "fr": "Votre repas"},
                    "type": "choice",
                    "options": [
                        {"key": "veg", "text": {"en": "Vegetarian", "fr": "Végétarien"}},
                        {"key": "fish", "text": {"en": "Fish", "fr": "Poisson"}},
                    ],
                },
                {
                    "key": "days",
                    "text": {"en": "Days"},
                    "type": "choices",
                    "options": [
                        {"key": "mon", "text": {"en": "Monday"}},
                        {"key": "tue", "text": {"en": "Tuesday"}},
                    ],
                },
            ],
            **registration,
        },
    }


@pytest.fixture
def opened(tmp_path: Path, clock: Clock) -> Iterator[Opened]:
    """Open the list of one briefing with a registration's settings; the ledger is the same file each time."""
    lists: list[RegistrationList] = []

    def open_list(hooks: Any = None, url: str | None = None, **registration: Any) -> RegistrationList:
        briefing = structure(briefing_data(**registration))
        ledger = open_ledger(url or str(tmp_path / "ledger.db"))
        lists.append(RegistrationList(briefing, Programme([briefing]), ledger, clock=clock, hooks=hooks))
        return lists[-1]

    yield open_list
    for each in lists:
        each.close()


@pytest.fixture
def ledger_octets(tmp_path: Path) -> Callable[[], bytes]:
    """Read every octet of the ledger: the file, its log and its shared memory."""
    return lambda: b"".join(path.read_bytes() for path in sorted(tmp_path.glob("ledger.db*")))
