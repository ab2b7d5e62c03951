"""What an entry in a calendar says below its title: short, plain, and complete enough to attend without the page.

A calendar shows the event in its reader's own zone, so times in the text carry theirs.
"""

import re
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import escape

from attrs import frozen

from briefingkit.model import Status
from briefingkit.rendering.moments import clock_in_words, day_in_words, moment_in_words
from briefingkit.rendering.prose_text import prose_plain
from briefingkit.rendering.values import AgendaItemView, ParticipantView, View
from briefingkit.rendering.words import STATUSES, WITHHELD, languages_in_words, role_in_words, status_notice
from briefingkit.text.dates import instant, zone_label
from briefingkit.text.language import direction
from briefingkit.text.phrases import phrase
from briefingkit.text.spaces import one_line

__all__ = [
    "NOT_THEN",
    "Block",
    "blocks",
    "html_text",
    "is_free",
    "item_blocks",
    "linked",
    "location",
    "person_in_words",
    "plain_text",
    "summary",
]

NOT_THEN = frozenset({Status.CANCELLED, Status.POSTPONED})
"""The statuses of an event that does not take place at the time that it is entered at."""

_UNWRAPPED = sys.maxsize
_DAY = timedelta(days=1)
_ADDRESS = re.compile(r"https?://[^\s<>]*[^\s<>.,;:!?)\]]")


@frozen
class Block:
    """A heading, which may be absent, and the lines under it."""

    heading: str | None
    lines: tuple[str, ...]


def summary(view: View) -> str:
    """Give the title on one line, marked where the event does not take place then: many calendars show no STATUS."""
    title = one_line(view.title)
    if view.status not in NOT_THEN:
        return title
    return f"{phrase(STATUSES[view.status], view.language)} – {title}"


def is_free(view: View) -> bool:
    """Whether it leaves its time free in a calendar: a whole day, a parent, or what does not take place."""
    return view.all_day or bool(view.children) or view.status in NOT_THEN


def location(view: View) -> tuple[str, str] | None:
    """Say where, and in which language: the venue, else the room's address, of which phones make a button, else online.

    None where nothing is known, or nothing may be told.
    """
    if view.venue is not None and view.venue.name is not None:
        known = (view.venue.name, view.venue.address)
        place = ", ".join(one_line(part) for part in known if part)
        return place, view.language_of("venue.name")
    if view.online is not None:
        return view.online.url or phrase("Online", view.language), view.language
    return None


def plain_text(told: tuple[Block, ...]) -> str:
    """Write blocks as plain text, a blank line between them."""
    return "\n\n".join("\n".join((*((one.heading,) if one.heading else ()), *one.lines)) for one in told)


def html_text(told: tuple[Block, ...], language: str) -> str:
    """Write blocks as HTML on one line, as Outlook wants it; addresses become links."""
    parts = []
    for one in told:
        heading = f"<b>{escape(one.heading)}</b><br>" if one.heading else ""
        lines = "\n".join(one.lines).split("\n")
        parts.append(f"<p>{heading}{'<br>'.join(map(linked, lines))}</p>")
    return f'<html><body lang="{escape(language)}" dir="{direction(language)}">{"".join(parts)}</body></html>'


def linked(line: str) -> str:
    """Write a line as HTML: all of it escaped, its web addresses as links."""
    written, end = [], 0
    for found in _ADDRESS.finditer(line):
        address = escape(found[0])
        written += [escape(line[end : found.start()]), f'<a href="{address}">{address}</a>']
        end = found.end()
    return "".join((*written, escape(line[end:])))


def blocks(view: View) -> tuple[Block, ...]:
    """Tell what a calendar should say of an event, in the view's language."""
    return tuple(_blocks(view))


def item_blocks(view: View, item: AgendaItemView) -> tuple[Block, ...]:
    """Tell what a calendar should say of an agenda item that has an entry of its own."""
    return tuple(_item_blocks(view, item))


def _blocks(view: View) -> Iterator[Block]:
    language = view.language
    if notice := status_notice(view.status, language):
        yield Block(None, (notice,))
    if what := view.objectives or view.background:
        heading = phrase("Objectives" if view.objectives else "Background", language)
        yield Block(heading, (prose_plain(what, width=_UNWRAPPED),))
    if view.part_of is not None:
        alone = (phrase("You can join this segment alone", language),) if view.part_of.joinable else ()
        yield Block(phrase("Part of", language), (view.part_of.title, *alone))
    if view.status not in NOT_THEN:
        yield from _attending(view)
    if view.agenda:
        yield Block(_agenda_heading(view), tuple(_agenda(view)))
    if view.interpretation is not None:
        yield Block(phrase("Languages of the event", language), _languages(view))
    if view.contact is not None:
        known = (view.contact.name, view.contact.email, view.contact.phone)
        yield Block(phrase("Contact", language), (", ".join(part for part in known if part),))
    if view.url is not None:
        yield Block(None, (view.url,))


def _item_blocks(view: View, item: AgendaItemView) -> Iterator[Block]:
    language = view.language
    if notice := status_notice(view.status, language):
        yield Block(None, (notice,))
    if item.description:
        yield Block(None, (prose_plain(item.description, width=_UNWRAPPED),))
    people = tuple(_participant(each, language) for each in item.participants if each.name is not None)
    if people:
        yield Block(None, people)
    if item.questions:
        yield Block(phrase("Guiding questions", language), tuple(f"– {each.text}" for each in item.questions))
    yield Block(phrase("Part of", language), (view.title,))
    if view.status not in NOT_THEN:
        yield from _attending(view)
    if view.url is not None:
        yield Block(None, (view.url,))


def _attending(view: View) -> Iterator[Block]:
    """Tell how to get in: the room's address or who is sent it, and where to register until when."""
    language = view.language
    if view.online is not None:
        found = view.online.url or phrase(WITHHELD[view.online.availability], language)
        yield Block(phrase("Online", language), (found,))
    if view.registration is None:
        return
    lines = [view.registration.url] if view.registration.url else []
    if view.registration.closes is not None:
        closes = moment_in_words(view.registration.closes, view.timezone, language)
        lines.append(phrase("Registration closes {when}", language, when=closes))
    if lines:
        yield Block(phrase("Registration", language), tuple(lines))


def _languages(view: View) -> tuple[str, ...]:
    assert view.interpretation is not None  # noqa: S101 - asked by _blocks
    floor = languages_in_words(view.interpretation.floor, view.language)
    into = tuple(channel.language for channel in view.interpretation.into)
    lines = (f"{floor} ({phrase('Floor', view.language)})",)
    if not into:
        return lines
    spoken = languages_in_words(into, view.language)
    return (*lines, phrase("Interpretation into {languages}", view.language, languages=spoken))


def _agenda_heading(view: View) -> str:
    heading = phrase("Agenda", view.language)
    start = next((item.start for item in view.agenda if item.start is not None), None)
    if start is None:
        return heading
    return f"{heading}, {zone_label(instant(datetime.fromisoformat(start), view.timezone), view.timezone)}"


def _agenda(view: View) -> Iterator[str]:
    """Write an item a line, under its day where there are several, and the people in it below."""
    several = len({item.day for item in view.agenda if item.day}) > 1
    day = None
    for item in view.agenda:
        if several and item.day is not None and item.day != day:
            day = item.day
            yield day_in_words(day, view.language)
        yield f"{_times(item, view.language)} {item.title}"
        for participant in item.participants:
            if participant.name is not None:
                yield f"    {_participant(participant, view.language)}"


def _times(item: AgendaItemView, language: str) -> str:
    """Write when an item is; an end a day or more later, which a bare time of day would hide, is left out."""
    if item.start is None:
        return "–"
    begin = clock_in_words(item.start, language)
    if item.end is None or datetime.fromisoformat(item.end) - datetime.fromisoformat(item.start) >= _DAY:
        return begin
    return f"{begin}–{clock_in_words(item.end, language)}"


def _participant(participant: ParticipantView, language: str) -> str:
    role = role_in_words(participant, language)
    return person_in_words(participant) + (f" – {role}" if role else "")


def person_in_words(participant: ParticipantView) -> str:
    """Name a person with position and organisation, as far as they are known."""
    known = (participant.name, participant.position, participant.organization)
    return ", ".join(part for part in known if part)
