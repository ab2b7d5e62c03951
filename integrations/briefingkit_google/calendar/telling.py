"""What an event tells, language by language: calendar text, with what Google has no field for."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from briefingkit.rendering.calendar_text import NOT_THEN, Block, blocks, item_blocks
from briefingkit.rendering.words import labelled, name_of_language, status_notice
from briefingkit.text.phrases import phrase
from briefingkit_google.calendar.description import Section

if TYPE_CHECKING:
    from briefingkit.rendering.values import View

__all__ = ["tell", "tell_item", "tell_room"]


def tell(views: "Sequence[View]") -> tuple[Section, ...]:
    """Tell of a briefing in each of the languages that are read in one event."""
    return tuple(_section(views, view, _briefing(view), view.title) for view in views)


def tell_item(views: "Sequence[View]", key: str) -> tuple[Section, ...]:
    """Tell of an agenda item that has an event of its own; a language that lacks it is left out."""
    return tuple(
        _section(views, view, item_blocks(view, item), item.title)
        for view in views
        for item in view.agenda
        if item.key == key
    )


def tell_room(views: "Sequence[View]") -> tuple[Section, ...]:
    """Tell of an interpreters' room: whose it is."""
    return tuple(_section(views, view, tuple(_room(view)), view.title) for view in views)


def _section(views: "Sequence[View]", view: "View", told: tuple[Block, ...], title: str) -> Section:
    """Put a heading over a language where there are several, with its title, unless the event is called by it."""
    if len(views) == 1:
        return Section(view.language, told)
    autonym = name_of_language(view.language, view.language)
    heading = autonym if view is views[0] else f"{labelled(autonym, view.language)} {title}"
    return Section(view.language, told or (Block(None, ("",)),), heading)


def _briefing(view: "View") -> tuple[Block, ...]:
    """Tell of a briefing, and of interpreters' rooms, for which Google has no field, before the page's address."""
    told = blocks(view)
    channels = tuple(_channels(view))
    if not channels:
        return told
    at = len(told) - (view.url is not None)
    return (*told[:at], Block(phrase("Interpretation", view.language), channels), *told[at:])


def _channels(view: "View") -> Iterator[str]:
    if view.interpretation is None or view.status in NOT_THEN:
        return
    for channel in view.interpretation.into:
        if channel.url is not None:
            name = name_of_language(channel.language, view.language)
            yield f"{labelled(name, view.language)} {channel.url}"


def _room(view: "View") -> Iterator[Block]:
    if notice := status_notice(view.status, view.language):
        yield Block(None, (notice,))
    yield Block(phrase("Part of", view.language), (view.title,))
    if view.url is not None:
        yield Block(None, (view.url,))
