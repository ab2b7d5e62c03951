"""Where to read on: Google's sync token for each calendar, what else was seen, and what makes all that worthless.

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
    """Sync tokens by the key and the id of their calendar; `lists` is a digest of what has no token."""

    tokens: Mapping[tuple[str, str], str] = field(factory=dict)
    lists: str = ""

    @classmethod
    def parse(cls, text: str | None, settings: GoogleCalendar) -> "Cursor":
        """Read a cursor back; one that was made under other conditions has no tokens, so all is read."""
        try:
            data = json.loads(text or "{}")
            if data["for"] != _conditions(settings):
                return cls()
            return cls(
                {(str(key), str(calendar)): str(token) for key, calendar, token in data["tokens"]},
                data["lists"],
            )
        except (ValueError, TypeError, KeyError, AttributeError):
            return cls()

    def write(self, settings: GoogleCalendar) -> str:
        """Write it down for the ledger."""
        tokens = [(*calendar, token) for calendar, token in self.tokens.items()]
        return json.dumps(
            {"for": _conditions(settings), "tokens": tokens, "lists": self.lists}, sort_keys=True
        )


def _conditions(settings: GoogleCalendar) -> dict[str, object]:
    return {
        "release": __version__,
        "server": settings.base_url,
        "target": settings.target,
        "governed": asdict(Governed.by(settings)),
    }
