"""What questions and options were called before: answers keep the words that somebody read when they answered.

It is kept beside the form in the ledger, for Google keeps none of it.
"""

import json
from collections.abc import Mapping, Sequence

from attrs import field, frozen

from briefingkit.publish import Change, Remote
from briefingkit_google.forms.body import Names
from briefingkit_google.unchecked import mapping_in

__all__ = ["HISTORY", "Past", "past_of", "past_of_remote"]

HISTORY = "history"
"""The name under which a remote keeps it."""
_MOST = 2000


@frozen
class Past:
    """The keys of items by id, and of options by item and text, as they were when the form was written before."""

    names: Names = field(factory=Names)

    @classmethod
    def parse(cls, text: str) -> "Past":
        """Read it back; what is not readable is nothing."""
        try:
            data = json.loads(text or "{}")
        except ValueError:
            return cls()
        items, options = (
            mapping_in(mapping_in(data).get("items")),
            mapping_in(mapping_in(data).get("options")),
        )
        return cls(
            Names(
                {str(name): str(key) for name, key in items.items()},
                {
                    str(name): {str(text): str(key) for text, key in mapping_in(texts).items()}
                    for name, texts in options.items()
                },
            )
        )

    def write(self) -> str:
        """Write it down; empty where there is nothing to remember."""
        if not self.names.items and not self.names.options:
            return ""
        data = {"items": self.names.items, "options": self.names.options}
        return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def with_(self, then: Names, now: Names) -> "Past":
        """Add what was then and is no more."""
        items = {
            **self.names.items,
            **{name: key for name, key in then.items.items() if name not in now.items},
        }
        options = {name: dict(texts) for name, texts in self.names.options.items()}
        for name, texts in then.options.items():
            gone = {text: key for text, key in texts.items() if text not in now.options.get(name, {})}
            if gone:
                options[name] = {**options.get(name, {}), **gone}
        return Past(Names(items, _newest(options)))


def _newest(options: Mapping[str, Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    """Keep so many texts of each question, those that were displayed last: lists of countries change in silence."""
    return {name: dict([*texts.items()][-_MOST:]) for name, texts in options.items()}


def past_of_remote(remote: Remote | None) -> Past:
    """Read what a remote remembers."""
    return Past.parse(remote.server.get(HISTORY, "")) if remote is not None else Past()


def past_of(change: Change, now: Names) -> Past:
    """Give what is past once a change is made."""
    held = change.held
    past = past_of_remote(held)
    if held is None and change.last is not None:
        past = Past.parse(change.last.server.get(HISTORY, ""))
    sent = change.last.sent if change.last is not None else None
    then: Sequence[Names] = (Names.of(held.resource if held is not None else None), Names.of(sent))
    for names in then:
        past = past.with_(names, now)
    return past
