"""The online rooms that the target makes: the briefing's, and those of interpretation languages that ask for one.

The event of the first language carries the briefing's room, and all the others show its address; an interpreters' room
has an event of its own, for an event at Google has one room at most.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from briefingkit.model import Access, FromTarget
from briefingkit.publish.views import ROOM, room_of
from briefingkit.rendering.values import Availability, OnlineView
from briefingkit.text.language import best_match

if TYPE_CHECKING:
    from briefingkit.model import Briefing
    from briefingkit.publish import Context
    from briefingkit.rendering.values import View

__all__ = ["Rooms", "rooms_of", "with_room", "without_room"]


@frozen
class Rooms:
    """What a target is asked to make for a briefing whose events are in `languages`; the first one's has the room."""

    main: bool
    into: tuple[str, ...]
    access: Access
    languages: tuple[str, ...]

    @property
    def any(self) -> bool:
        """Whether a room is asked for."""
        return self.main or bool(self.into)

    def carried_by(self, language: str) -> bool:
        """Whether the event of this language, or the stack that it leads, carries the briefing's room."""
        return self.main and language == self.languages[0]

    def language_for(self, channel: str) -> str:
        """Choose the language, and so the calendar, of an interpreters' room: its own where there is one."""
        return best_match((channel,), self.languages) or self.languages[0]

    def addresses(
        self, identifier: str, language: str, audience: Access, context: "Context"
    ) -> Mapping[str, str]:
        """Give the addresses of the rooms by their path in a view, as far as the audience may see them.

        The event that carries a room does not wait for its own address: Google shows it there.
        """
        return dict(self._addresses(identifier, language, audience, context)) if self.any else {}

    def _addresses(
        self, identifier: str, language: str, audience: Access, context: "Context"
    ) -> Iterator[tuple[str, str]]:
        if not self.access.visible_to(audience):
            return
        if self.main and not self.carried_by(language):
            yield "online.url", context.output(context.target, ROOM, owner=identifier)
        for channel in self.into:
            made = context.output(context.target, room_of(channel), owner=identifier)
            yield f"interpretation.into.{channel}.url", made


def rooms_of(briefing: "Briefing", target: str, languages: Sequence[str]) -> Rooms:
    """Find the rooms that a briefing has from a target: `place.online.url: {from: <target>}` and the like."""
    wanted = FromTarget(target) if target else None
    online = briefing.place.online if briefing.place is not None else None
    into = briefing.interpretation.into if briefing.interpretation is not None else ()
    return Rooms(
        main=online is not None and wanted is not None and online.url == wanted,
        into=tuple(channel.language for channel in into if wanted is not None and channel.url == wanted),
        access=online.access if online is not None else Access.REGISTERED,
        languages=tuple(languages),
    )


def without_room(view: "View") -> "View":
    """Tell nothing of the room, in an event that carries it: Google shows it by itself."""
    return evolve(view, online=None)


def with_room(view: "View", address: str) -> "View":
    """Tell the address of the room, in an event beside the one that carries it."""
    return evolve(view, online=OnlineView(address, Availability.GIVEN))
