"""Which campaign is which: a mark in its internal title, which follows from the briefing and the language.

Services name campaigns themselves, so the mark is written when one is made, and searched for before another is. A title
is the one thing of a campaign that no recipient sees and that every listing tells.
"""

import re
from hashlib import sha256
from typing import Final

from attrs import frozen

from briefingkit.publish import Identity
from briefingkit.text.bidi import strip_controls
from briefingkit.text.spaces import one_line

__all__ = ["CAMPAIGN", "DRAFT", "FIELDS", "Mark", "state_output"]

CAMPAIGN: Final = "campaign"
"""The kind of the resources."""
DRAFT: Final = "draft"
"""The state of a campaign that nobody has scheduled or sent."""
FIELDS: Final = ("title", "subject", "sender", "address", "audience", "text", "html", "state")
"""The fields of a campaign; of one that is out of our hands all but the state are None."""

_LONGEST: Final = 100
"""Characters of a title that both services show whole."""
_MARK: Final = re.compile(
    r"\[bk (?P<owner>[a-z0-9]+(?:-[a-z0-9]+)*)\.(?P<language>[A-Za-z0-9-]+) (?P<digest>[0-9a-f]{12})\]\Z"
)


def state_output(language: str) -> str:
    """Name the output that tells how far a campaign has come."""
    return f"state.{language}"


@frozen
class Mark:
    """What a campaign of ours says of itself: of which project and target it is, and what it is of."""

    namespace: str
    target: str
    owner: str
    language: str

    @property
    def identity(self) -> Identity:
        """Return the identity of the campaign as a resource: `campaign imrf-2022.fr`."""
        return Identity(CAMPAIGN, f"{self.owner}.{self.language}")

    @property
    def text(self) -> str:
        """Write the mark. It holds a check of itself, so that no title has it by chance."""
        told = f"briefingkit campaign\n{self.namespace}\n{self.target}\n{self.owner}\n{self.language}"
        return f"[bk {self.identity.key} {sha256(told.encode()).hexdigest()[:12]}]"

    def title(self, words: str) -> str:
        """Write a campaign's title: words that people know it by, and the mark at its end."""
        room = max(_LONGEST - len(self.text) - 1, 0)
        said = one_line(strip_controls(words))
        said = said if len(said) <= room else f"{said[: max(room - 1, 0)].rstrip()}…"
        return f"{said} {self.text}"

    @classmethod
    def read(cls, title: str, namespace: str, target: str) -> "Mark | None":
        """Read a title; None for one that is not of this target. A copy that a service names after it is none."""
        found = _MARK.search(title)
        if found is None:
            return None
        mark = cls(namespace, target, found["owner"], found["language"])
        return mark if mark.text == found[0] else None
