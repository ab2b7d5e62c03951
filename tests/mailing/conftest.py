"""Editions to compose from: the real briefing of tests/rendering, and small ones."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from briefingkit.mailing.messages.edition import Edition
from briefingkit.mailing.messages.kinds import Letter
from briefingkit.model import Letterhead, Mailing, Publication, structure

DATA = Path(__file__).parents[1] / "rendering" / "imrf.yaml"
AT = datetime(2022, 3, 20, 10, tzinfo=UTC)
PLANNED = datetime(2022, 4, 1, 8, 30, tzinfo=UTC)
LETTERHEAD = Letterhead("events@example.org", bounces="bounces@example.org", unsubscribe="leave@example.org")
LINKS = {
    name: f"https://forms.example.org/{name}?t=abc_{name}&x=1"
    for name in ("edit", "cancel", "confirm", "decline", "unsubscribe")
}

IN_PLACE_OF = {
    "changed": "confirmation",
    "withdrawn": "confirmation",
    "promoted": "confirmation",
    "missed": "follow-up",
}


def briefing_data() -> dict[str, Any]:
    """Give the real briefing as data."""
    data: dict[str, Any] = yaml.load(DATA.read_text(encoding="utf-8"), yaml.BaseLoader)
    return data


def published(**changed: object) -> Publication:
    """Publish it with some fields changed; one that is None is left out."""
    data = {name: value for name, value in {**briefing_data(), **changed}.items() if value is not None}
    return Publication(structure(data), 3, AT)


@pytest.fixture
def publish() -> Callable[..., Publication]:
    """Give what publishes the real briefing with some fields changed."""
    return published


@pytest.fixture
def make_edition() -> Callable[..., Edition]:
    """Give what makes an edition of the real briefing: `letter`, fields of the mailing, and of the edition."""

    def made(
        letter: str = "reminder",
        *,
        publication: Publication | None = None,
        mailing: Mapping[str, object] | None = None,
        **fields: Any,
    ) -> Edition:
        kind = IN_PLACE_OF.get(letter, letter)
        data = {"key": "m", "kind": kind, "audience": ["registered"], **(mailing or {})}
        shown = publication or published()
        told: Mailing = structure({"briefing": "x", "languages": ["en"], "mailing": [data]}).mailing[0]
        given = {"letterhead": LETTERHEAD, "at": PLANNED, "letter": Letter(letter), **fields}
        return Edition(shown, told, **given)

    return made


@pytest.fixture
def links() -> Mapping[str, str]:
    """Give one person's own links."""
    return LINKS
