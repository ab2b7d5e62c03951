"""A view as an outline: headings, facts, prose and lists, in the order in which one reads them.

Plain text and Markdown are two ways of writing the same outline.
"""

from collections.abc import Iterator
from typing import TypeAlias

from attrs import frozen

from briefingkit.model import PlaceMode, Status
from briefingkit.rendering.moments import (
    clock_in_words,
    day_in_words,
    moment_in_words,
    span_in_words,
    times_in_words,
)
from briefingkit.rendering.values import AgendaItemView, LinkView, ParticipantView, RegistrationView, View
from briefingkit.rendering.words import (
    KINDS,
    MODES,
    STATUSES,
    WITHHELD,
    comma,
    labelled,
    languages_in_words,
    role_in_words,
    status_notice,
)
from briefingkit.text.language import display_name
from briefingkit.text.lists import format_list
from briefingkit.text.phrases import msgid, phrase, plural

__all__ = ["Block", "Fact", "Heading", "Note", "Point", "Prose", "Span", "outline"]


@frozen
class Span:
    """A run of plain text, with its address where it is a link."""

    text: str
    url: str | None = None


@frozen
class Heading:
    """A heading; level 1 is the title."""

    level: int
    text: str


@frozen
class Fact:
    """A label, with its colon, and what stands beside it."""

    label: str
    values: tuple[Span, ...]


@frozen
class Note:
    """A sentence that stands by itself."""

    text: str


@frozen
class Prose:
    """Markdown of the briefing's own, `depth` levels in."""

    source: str
    depth: int = 0


@frozen
class Point:
    """A line of a list, `depth` levels in."""

    spans: tuple[Span, ...]
    depth: int = 0


Block: TypeAlias = Heading | Fact | Note | Prose | Point


def outline(view: View) -> Iterator[Block]:
    """Go through all that a page says, in order."""
    yield Heading(1, view.title)
    yield from _notices(view)
    yield from _facts(view)
    for label, name in ((msgid("Background"), "background"), (msgid("Objectives"), "objectives")):
        source = getattr(view, name)
        if source:
            yield Heading(2, phrase(label, view.language))
            yield from _fallback(view, name)
            yield Prose(source)
    yield from _programme(view)
    yield from _agenda(view)
    yield from _links(msgid("Materials"), view.materials, view)
    yield from _links(msgid("Links"), view.links, view)
    yield from _leads_to(view)
    yield from _supporters(view)


def _notices(view: View) -> Iterator[Block]:
    notice = status_notice(view.status, view.language)
    if notice is not None:
        yield Note(f"{phrase(STATUSES[view.status], view.language)}. {notice}.")
    yield from _fallback(view, "title")


def _fallback(view: View, path: str) -> Iterator[Block]:
    other = view.marks.get(path)
    if other is not None:
        yield Note(
            phrase(
                "This text is not available in {language}; it is shown in {other}",
                view.language,
                language=display_name(view.language, view.language),
                other=display_name(other, view.language),
            )
        )


def _fact(label: str, view: View, *values: Span | str | None) -> Iterator[Fact]:
    spans = tuple(Span(value) if isinstance(value, str) else value for value in values if value is not None)
    if spans:
        yield Fact(labelled(phrase(label, view.language), view.language), spans)


def _facts(view: View) -> Iterator[Fact]:
    times = None if view.all_day else times_in_words(view.start, view.end, view.timezone, view.language)
    if times is None:
        yield from _fact(
            "Date and time", view, span_in_words(view.start, view.end, view.timezone, view.language)
        )
    else:
        day = day_in_words(view.start, view.language)
        yield from _fact(
            msgid("Date and time"), view, phrase("{date}, {time}", view.language, date=day, time=times)
        )
    yield from _fact(msgid("Track"), view, view.track)
    yield from _place(view)
    if view.interpretation:
        channels = (
            Span(display_name(channel.language, view.language), channel.url)
            for channel in view.interpretation.into
            if channel.url
        )
        spoken = languages_in_words(view.interpretation.languages, view.language)
        yield from _fact(msgid("Interpretation"), view, spoken, *channels)
    yield from _access(view)
    if view.registration and view.status is not Status.CANCELLED:
        yield from _registration(view.registration, view)
    if view.part_of:
        parent = view.part_of
        days = (
            span_in_words(parent.start, parent.end, parent.timezone, view.language)
            if parent.start and parent.end
            else None
        )
        alone = phrase("You can join this segment alone", view.language) if parent.joinable else None
        yield from _fact(msgid("Part of"), view, Span(parent.title, parent.url), days, alone)


def _place(view: View) -> Iterator[Fact]:
    if view.online:
        room = view.online
        where = (
            Span(phrase("Join online", view.language), room.url)
            if room.url
            else Span(phrase(WITHHELD[room.availability], view.language))
        )
        yield from _fact(MODES[PlaceMode.ONLINE], view, where)
    if view.venue:
        if view.venue.name is None:
            yield from _fact(msgid("Venue"), view, phrase(WITHHELD[view.venue.availability], view.language))
        else:
            yield from _fact(msgid("Venue"), view, view.venue.name, view.venue.address)


def _access(view: View) -> Iterator[Fact]:
    given = view.accessibility
    if given is None:
        return
    for label, tags in ((msgid("Captions"), given.captions), (msgid("Sign language"), given.sign)):
        yield from _fact(label, view, languages_in_words(tags, view.language) or None)
    until = day_in_words(given.requests_until, view.language) if given.requests_until else None
    asked = phrase("Ask for arrangements by {when}", view.language, when=until) if until else None
    yield from _fact(msgid("Accessibility"), view, asked, _mail(given.requests_to))


def _mail(address: str | None) -> Span | None:
    return None if address is None else Span(address, f"mailto:{address}")


def _registration(given: RegistrationView, view: View) -> Iterator[Fact]:
    def when(msgid: str, moment: str | None) -> str | None:
        if moment is None:
            return None
        return phrase(msgid, view.language, when=moment_in_words(moment, view.timezone, view.language))

    capacity = given.capacity
    places = plural("{count} place", "{count} places", capacity, view.language) if capacity else None
    yield from _fact(
        msgid("Registration"),
        view,
        Span(phrase("Register", view.language), given.url) if given.url else None,
        when("Registration opens {when}", given.opens),
        when("Registration closes {when}", given.closes),
        places,
    )


def _programme(view: View) -> Iterator[Block]:
    if view.children:
        yield Heading(2, phrase("Programme", view.language))
    for child in view.children:
        status = STATUSES.get(child.status)
        notes = [child.track, phrase(status, view.language) if status else None]
        after = "".join(f" ({note})" for note in notes if note)
        when = span_in_words(child.start, child.end, child.timezone, view.language)
        yield Point((Span(f"{when}: "), Span(child.title, child.url), Span(after)))


def _agenda(view: View) -> Iterator[Block]:
    if view.agenda:
        yield Heading(2, phrase("Agenda", view.language))
    several = len({item.day for item in view.agenda if item.day}) > 1
    day = None
    for item in view.agenda:
        if several and item.day is not None and item.day != day:
            day = item.day
            yield Heading(3, day_in_words(day, view.language))
        yield from _item(item, view)


def _item(item: AgendaItemView, view: View) -> Iterator[Block]:
    hours = [clock_in_words(moment, view.language) for moment in (item.start, item.end) if moment]
    before = f"{'–'.join(hours)} " if hours else ""
    kind = KINDS.get(item.kind)
    said = phrase(kind, view.language) if kind else ""
    after = f" ({said})" if said and said.casefold() != item.title.casefold() else ""
    yield Point((Span(before + item.title + after),))
    if item.description:
        yield Prose(item.description, 1)
    for participant in item.participants:
        yield Point(_participant(participant, view.language), 1)
    if item.questions:
        yield Point((Span(labelled(phrase("Guiding questions", view.language), view.language)),), 1)
    for question in item.questions:
        yield Point((Span(question.text),), 2)


def _participant(participant: ParticipantView, language: str) -> tuple[Span, ...]:
    """Write name, part, position and organisation as runs of their own: each may have its own direction."""
    role = role_in_words(participant, language)
    if participant.name is None:
        return (Span(role),)
    spans = [Span(participant.name), Span(f" – {role}" if role else "")]
    for told in (participant.position, participant.organization):
        if told:
            spans += [Span(comma(language)), Span(told)]
    return tuple(spans)


def _links(label: str, links: tuple[LinkView, ...], view: View) -> Iterator[Block]:
    if links:
        yield Heading(2, phrase(label, view.language))
    for link in links:
        yield Point((Span(link.title, link.url),))


def _leads_to(view: View) -> Iterator[Block]:
    if view.leads_to:
        yield Heading(2, phrase("Leads to", view.language))
    for event in view.leads_to:
        days = (
            span_in_words(event.start, event.end or event.start, None, view.language) if event.start else ""
        )
        yield Point((Span(event.title, event.url), Span(f" – {days}" if days else "")))


def _supporters(view: View) -> Iterator[Block]:
    steering = tuple(one for one in view.co_organizers if one.steers)
    others = tuple(one for one in view.co_organizers if not one.steers)
    groups = (
        (msgid("Hosted by"), view.hosts),
        (msgid("Co-steered by"), steering),
        (msgid("Co-organised by"), others),
        (msgid("In partnership with"), view.partners),
    )
    if any(members for _, members in groups) or view.contact:
        yield Heading(2, phrase("Organised by", view.language))
    for label, members in groups:
        yield from _fact(label, view, format_list([one.name for one in members], view.language) or None)
    if view.contact:
        yield from _fact(
            msgid("Contact"), view, view.contact.name, _mail(view.contact.email), view.contact.phone
        )
