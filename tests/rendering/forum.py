"""A publication of few words, to be changed field by field."""

from datetime import UTC, datetime
from typing import Any

from briefingkit.model import Publication, structure

AT = datetime(2022, 3, 1, 9, 30, tzinfo=UTC)


def publication(**fields: object) -> Publication:
    data: dict[str, Any] = {
        "briefing": "imrf-2022",
        "namespace": "example.org",
        "languages": ["en", "fr"],
        "title": {"en": "The road to the forum", "fr": "En route vers le forum"},
        "status": "confirmed",
        "start": "2022-04-13T15:00",
        "end": "2022-04-13T16:00",
        "timezone": "Europe/Brussels",
    }
    return Publication(structure({**data, **fields}), revision=3, at=AT)
