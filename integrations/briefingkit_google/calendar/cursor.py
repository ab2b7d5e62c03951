"""Where to read on: Google's sync token for each calendar, and what makes tokens worthless.

A token says what changed at Google since it was given. It does not say what changed here: with another server, another
release's canonical form, or settings that speak of other fields, what was read before cannot be laid under.
"""

import json
from collections.abc import Mapping

from attrs import asdict, field, frozen

from briefingkit import __version__
from briefingkit_google.calendar.event import Governed
from briefingkit_google.calendar.settings import GoogleCalendar

__all__ = ["Cursor"]


@frozen
class Cursor:
    """Sync tokens by the id of their calendar."""

    tokens: Mapping[str, str] = field(factory=dict)

    @classmethod
    def parse(cls, text: str | None, settings: GoogleCalendar) -> "Cursor":
        """Read a cursor back; one that was made under other conditions has no tokens, so all is read."""
        try:
            data = json.loads(text or "{}")
            tokens = data["tokens"] if data["for"] == _conditions(settings) else {}
            return cls({str(calendar): str(token) for calendar, token in tokens.items()})
        except (ValueError, TypeError, KeyError, AttributeError):
            return cls()

    def write(self, settings: GoogleCalendar) -> str:
        """Write it down for the ledger."""
        return json.dumps({"for": _conditions(settings), "tokens": dict(self.tokens)}, sort_keys=True)


def _conditions(settings: GoogleCalendar) -> dict[str, object]:
    return {
        "release": __version__,
        "server": settings.base_url,
        "target": settings.target,
        "governed": asdict(Governed.by(settings)),
    }
