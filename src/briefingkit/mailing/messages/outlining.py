"""The body of a mail as an outline: the facts, and the sections that its kind shows."""

from typing import Any

from attrs import evolve, frozen

from briefingkit.mailing.messages.edition import Edition
from briefingkit.mailing.messages.kinds import Letter, Section
from briefingkit.mailing.messages.variant import Variant
from briefingkit.rendering.moments import local, span_in_words
from briefingkit.rendering.outline import Block, Fact, Heading, Point, Span, outline
from briefingkit.rendering.values import AgendaItemView, Availability, LinkView, View
from briefingkit.rendering.words import ROLES, comma, labelled, role_in_words
from briefingkit.text.phrases import msgid, phrase
from briefingkit.text.zones import instant, zone_label

__all__ = ["Outlining", "Part"]


@frozen
class Part:
    """What somebody does in the programme: the item, when, and their role, in words; the last two may be empty."""

    title: str
    times: str
    role: str


class Outlining:
    """Takes from a view's outline what a letter shows. `moved` is the view before its time was another one."""

    def __init__(self, edition: Edition, view: View, variant: Variant, moved: View | None) -> None:
        self._edition, self._view, self._variant, self._moved = edition, view, variant, moved
        self._language = view.language
        shown = _to_somebody_asked(view) if edition.letter is Letter.REQUEST else view
        self._blocks = tuple(outline(shown))

    def facts(self) -> tuple[Fact, ...]:
        """Tell when, where and how; of an event that does not take place, or is over, only when."""
        facts = [block for block in self._blocks[: self._first_section()] if isinstance(block, Fact)]
        when, others = facts[:1], facts[1:]
        if self._edition.letter is Letter.POSTPONEMENT:
            # What people were told is what they strike out; no other date holds.
            was = self._label(msgid("Previously"))
            when = [] if self._moved is not None else [evolve(each, label=was) for each in when]
        elif self._variant.time is not None:
            when.append(self._fact(msgid("Your time"), Span(self._variant.time)))
        if self._moved is not None:
            told = span_in_words(self._moved.start, self._moved.end, self._moved.timezone, self._language)
            when.append(self._fact(msgid("Previously"), Span(told)))
        if not self._edition.kind.takes_place:
            others = []
        registration = self._label(msgid("Registration"))
        if not self._edition.kind.registers:
            others = [fact for fact in others if fact.label != registration]
        return (*when, *others, *self._contact())

    def about(self) -> list[tuple[str, str, str]]:
        """Give background and objectives, as (heading, path, Markdown)."""
        if Section.ABOUT not in self._edition.kind.sections:
            return []
        view = self._view
        found = (
            (msgid("Background"), "background", view.background),
            (msgid("Objectives"), "objectives", view.objectives),
        )
        return [(phrase(label, self._language), path, source) for label, path, source in found if source]

    def agenda_items(self) -> tuple[AgendaItemView, ...]:
        """Give the agenda, if the letter shows it."""
        return self._view.agenda if Section.AGENDA in self._edition.kind.sections else ()

    def agenda_heading(self) -> str:
        """Head the agenda, with the zone that its times are in."""
        show = msgid("Run of show") if self._edition.letter is Letter.LOGISTICS else msgid("Agenda")
        heading = phrase(show, self._language)
        start = next((item.start for item in self._view.agenda if item.start is not None), None)
        if start is None:
            return heading
        zone = self._view.timezone
        return f"{heading} – {zone_label(instant(_moment(start), zone), zone)}"

    def parts(self) -> tuple[Part, ...]:
        """Tell the reader's own part, where they are in the programme."""
        if self._variant.person is None or not self._edition.kind.takes_place:
            return ()
        found = []
        for item in self._view.agenda:
            roles = [
                role_in_words(one, self._language) or phrase(ROLES[one.role], self._language)
                for one in item.participants
                if one.person == self._variant.person
            ]
            if roles:
                zone = self._view.timezone
                times = (
                    span_in_words(item.start, item.end, zone, self._language)
                    if item.end and item.start
                    else ""
                )
                found.append(Part(item.title, times, comma(self._language).join(dict.fromkeys(roles))))
        return tuple(found)

    def materials(self) -> list[tuple[str, str, tuple[LinkView, ...]]]:
        """Give documents and links, as (heading, path, links)."""
        if Section.MATERIALS not in self._edition.kind.sections:
            return []
        found = (
            (msgid("Materials"), "materials", self._view.materials),
            (msgid("Links"), "links", self._view.links),
        )
        return [(phrase(label, self._language), path, links) for label, path, links in found if links]

    def sections(self) -> list[tuple[Block, ...]]:
        """Give each section for plain text, with its heading."""
        found: list[tuple[Block, ...]] = []
        if parts := self.parts():
            lines = (Point((Span(" – ".join(filter(None, (p.times, p.title, p.role)))),)) for p in parts)
            found.append((Heading(2, phrase("Your part", self._language)), *lines))
        found += [self._section(heading) for heading, _, _ in self.about()]
        if self.agenda_items():
            heading = phrase("Agenda", self._language)
            found.append((Heading(2, self.agenda_heading()), *self._section(heading)[1:]))
        found += [self._section(heading) for heading, _, _ in self.materials()]
        return found

    def _first_section(self) -> int:
        return next((i for i, one in enumerate(self._blocks) if _is_section(one)), len(self._blocks))

    def _section(self, heading: str) -> tuple[Block, ...]:
        """Take the blocks from a heading to the next one."""
        start = next(i for i, one in enumerate(self._blocks) if one == Heading(2, heading))
        after = self._blocks[start + 1 :]
        end = next((i for i, one in enumerate(after) if _is_section(one)), len(after))
        return (self._blocks[start], *after[:end])

    def _contact(self) -> tuple[Fact, ...]:
        label = self._label(msgid("Contact"))
        return tuple(block for block in self._blocks if isinstance(block, Fact) and block.label == label)

    def _label(self, label: str) -> str:
        return labelled(phrase(label, self._language), self._language)

    def _fact(self, label: str, *values: Span) -> Fact:
        return Fact(self._label(label), values)


def _is_section(block: Any) -> bool:
    return isinstance(block, Heading) and block.level == 2  # noqa: PLR2004 - below the title


def _to_somebody_asked(view: View) -> View:
    """Promise what is withheld to participants: who is asked to be one need not register for it."""
    online, venue = view.online, view.venue
    if online is not None and online.availability is Availability.REGISTERED:
        online = evolve(online, availability=Availability.PARTICIPANTS)
    if venue is not None and venue.availability is Availability.REGISTERED:
        venue = evolve(venue, availability=Availability.PARTICIPANTS)
    return evolve(view, online=online, venue=venue)


def _moment(text: str) -> Any:
    return local(text)
