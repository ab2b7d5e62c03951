"""What a template of a mail is given: the view, its parts in the order in which one reads them, and words.

Plain text and HTML get the same things, each in its own way of writing. No private data is in reach: a view holds none.
"""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from briefingkit.errors import Unpublishable
from briefingkit.mailing.changes import CHANGES, Changed, what_changed
from briefingkit.mailing.messages.calendar_file import method_of
from briefingkit.mailing.messages.edition import Edition
from briefingkit.mailing.messages.kinds import Letter
from briefingkit.mailing.messages.outlining import Outlining
from briefingkit.mailing.messages.slots import Marks
from briefingkit.mailing.messages.variant import Variant
from briefingkit.mailing.people.recipient import LinkName
from briefingkit.model import Access
from briefingkit.rendering.markup import Writer
from briefingkit.rendering.outline import Prose
from briefingkit.rendering.plain import plain_blocks
from briefingkit.rendering.prose import safe_address
from briefingkit.rendering.values import View
from briefingkit.rendering.words import comma, labelled, languages_in_words, role_in_words
from briefingkit.rendering.wrapping import wrap
from briefingkit.text.bidi import isolate_against, strip_controls, strip_isolates
from briefingkit.text.fallback import Fallback
from briefingkit.text.language import direction
from briefingkit.text.lists import format_list
from briefingkit.text.phrases import msgid, phrase
from briefingkit.text.spaces import one_line

__all__ = ["Wording"]

_ACTIONS = {
    LinkName.CONFIRM: msgid("I will take part"),
    LinkName.DECLINE: msgid("I cannot take part"),
    LinkName.EDIT: msgid("Change my registration"),
    LinkName.CANCEL: msgid("Cancel my registration"),
}
_REGISTERED = frozenset((Letter.WAITLIST, Letter.WITHDRAWN))
_NOT_PROSE = frozenset(("url", "name", "organization", "address", "track"))


@frozen
class Action:
    """A button or link: its words, and where it leads (a slot's mark, or an address)."""

    label: str
    url: Any
    primary: bool = True


class Wording:
    """All that the templates of one variant are given. `marks` stand for what is each recipient's own."""

    def __init__(self, edition: Edition, view: View, before: View | None, variant: Variant) -> None:
        self.edition, self.view, self.variant = edition, view, variant
        self.language = variant.language
        self.changes = () if before is None else what_changed(before, view)
        moved = before if Changed.TIME in self.changes else None
        self.outlining = Outlining(edition, view, variant, moved)
        self.method = method_of(
            edition.calendar, takes_back=edition.letter in {Letter.CANCELLATION, Letter.WITHDRAWN}
        )

    def subject(self) -> str:
        """Say the subject, on one line."""
        own = self.edition.mailing.subject
        if own is not None:
            said = own.lookup(self.language).text
        elif self.edition.letter is Letter.CUSTOM:
            said = self.view.title
        else:
            said = phrase(self.edition.kind.subject, self.language, title=self.view.title)
        return one_line(strip_isolates(strip_controls(said)))

    def sentences(self) -> tuple[str, ...]:
        """Say the first sentences, where the mailing has no text of its own."""
        return tuple(phrase(each, self.language) for each in self.edition.kind.opening)

    def prose(self) -> tuple[str, str | None] | None:
        """Give the mailing's own text (Markdown), and its language where it is another one."""
        own = self.edition.mailing.text
        if own is None:
            return None
        found = own.lookup(self.language)
        if found.fallback and self.edition.mailing.fallback is Fallback.OMIT:
            return None
        return found.text, found.language if found.fallback else None

    def refuse_missing(self) -> None:
        """Raise Unpublishable where the mailing's own words are not there in the language, and it refuses that."""
        if self.edition.mailing.fallback is Fallback.REFUSE and (missing := self._own_missing()):
            raise Unpublishable(
                f"the mailing {self.edition.mailing.key} is not complete in {self.language}: {', '.join(missing)} "
                f"{'is' if len(missing) == 1 else 'are'} not translated. Translate, or let the mailing mark it"
            )

    def _own_missing(self) -> dict[str, str]:
        """Tell which of the mailing's own words are in another language, and in which."""
        mailing = self.edition.mailing
        found = {
            name: words.lookup(self.language)
            for name, words in (("subject", mailing.subject), ("text", mailing.text))
            if words is not None
        }
        return {name: lookup.language for name, lookup in found.items() if lookup.fallback}

    def actions(self) -> tuple[Action, ...]:
        """List the buttons: those of the kind, and to register or to join."""
        kind, view = self.edition.kind, self.view
        found = [
            Action(_ACTIONS[name], name, name is not LinkName.DECLINE)
            for name in kind.actions
            if name in self.variant.links
        ]
        if kind.registers and view.registration is not None and view.registration.url is not None:
            found.append(Action(msgid("Register"), view.registration.url))
        if kind.joins and view.online is not None and view.online.url is not None:
            found.append(Action(msgid("Join online"), view.online.url))
        return tuple(found)

    def own_links(self) -> tuple[Action, ...]:
        """List the links to one's registration."""
        names = (name for name in self.edition.kind.links if name in self.variant.links)
        return tuple(Action(_ACTIONS[name], name) for name in names)

    def reason(self) -> tuple[str, Mapping[str, str]]:
        """Tell why somebody gets this, as a phrase and its values."""
        if self.edition.letter is Letter.REQUEST:
            return msgid("You receive this message because you are asked to take part in this event."), {}
        if self.variant.access is Access.PARTICIPANTS:
            return msgid("You receive this message because you take part in the programme of this event."), {}
        if self.variant.access is Access.REGISTERED or self.edition.letter in _REGISTERED:
            return msgid("You receive this message because you have registered for this event."), {}
        named = msgid(
            "You receive this message because your address is on a list of contacts of {organizer}."
        )
        return named, {"organizer": self.organizers()}

    def organizers(self) -> str:
        """Name those in whose name it goes out, on one line, for it stands in a header too."""
        letterhead = self.edition.letterhead
        if letterhead.name is not None:
            named = letterhead.name.lookup(self.language).text
        else:
            named = format_list([host.name for host in self.view.hosts], self.language)
        return one_line(strip_controls(named)) or letterhead.address

    def calendar_note(self) -> str | None:
        """Say what the attached file is for."""
        if self.method is None:
            return None
        if self.method == "CANCEL":
            return msgid("The attached file removes the event from your calendar.")
        return msgid("The event is attached as a calendar file.")

    def other_languages(self) -> tuple[str, ...]:
        """Tell the languages that stand in for this mail's own in some of its texts."""
        marks = {tag for path, tag in self.view.marks.items() if path.rpartition(".")[2] not in _NOT_PROSE}
        own = self._own_missing()
        if self.edition.mailing.fallback is Fallback.OMIT:
            own.pop("text", None)
        return tuple(sorted(marks | {*own.values()}))

    def values(self, marks: Marks, *, html: bool) -> dict[str, Any]:
        """Give what a template is given; in plain text everything is a string without markup."""
        told = _common(self, marks)
        return told | (_for_html(self, told) if html else _for_text(self, told))


def _common(wording: Wording, marks: Marks) -> dict[str, Any]:
    variant = wording.variant
    return {
        "view": wording.view,
        "letter": str(wording.edition.letter),
        "mailing": wording.edition.mailing.key,
        "language": wording.language,
        "direction": direction(wording.language),
        "time": variant.time,
        "bulk": wording.edition.kind.bulk,
        "subject": wording.subject(),
        "recipient": {
            "name": marks.mark("name") if variant.named else None,
            "email": marks.mark("email"),
            "organization": marks.mark("organization") if variant.organized else None,
            "links": {
                name.value: marks.mark(f"links.{name}") if name in variant.links else None
                for name in LinkName
            },
            "fields": {name: marks.mark(f"fields.{name}") for name in sorted(variant.fields)},
        },
    }


def _for_text(wording: Wording, told: Mapping[str, Any]) -> dict[str, Any]:
    language = wording.language
    outlining = wording.outlining

    def say(msgid: str, **values: object) -> str:
        return phrase(msgid, language, **values)

    hello = phrase("Dear {name},", language).replace("{name}", str(told["recipient"]["name"]))
    own = wording.prose()
    opening = plain_blocks([Prose(own[0])], language) if own else wrap("\n".join(wording.sentences()))
    return {
        "_": say,
        "labelled": lambda label: labelled(label, language),
        "wrap": wrap,
        "isolated": lambda text: isolate_against(str(text), direction(language)),
        "greeting": hello if told["recipient"]["name"] is not None else phrase("Hello,", language),
        "opening": opening,
        "notice": _fallback_notice(wording, say, languages_in_words),
        "changes": [say(CHANGES[change]) for change in wording.changes],
        "facts": plain_blocks(outlining.facts(), language),
        "sections": [plain_blocks(blocks, language) for blocks in outlining.sections()],
        # The facts name the other addresses already, each on a line of its own.
        "actions": [
            (say(each.label), _target(each, told))
            for each in wording.actions()
            if isinstance(each.url, LinkName)
        ],
        "own_links": [(say(each.label), _target(each, told)) for each in wording.own_links()],
        "calendar_note": _said(say, wording.calendar_note()),
        "reason": say(wording.reason()[0], **wording.reason()[1]),
        "organizers": wording.organizers(),
    }


def _for_html(wording: Wording, told: Mapping[str, Any]) -> dict[str, Any]:
    language, view = wording.language, wording.view
    writer = Writer(language, view.marks)
    outlining = wording.outlining
    own = wording.prose()
    hello = (
        writer.say(msgid("Hello,"))
        if told["recipient"]["name"] is None
        else writer.say(msgid("Dear {name},"), name=told["recipient"]["name"])
    )
    return {
        **writer.vocabulary(),
        "greeting": hello,
        "opening": [writer.own(each) for each in wording.sentences()],
        "own_text": None if own is None else _own_text(language, *own),
        "notice": _fallback_notice(wording, writer.say, lambda tags, _: writer.languages(tags)),
        "changes": [writer.say(CHANGES[change]) for change in wording.changes],
        "facts": outlining.facts(),
        "about": outlining.about(),
        "agenda": outlining.agenda_items(),
        "agenda_heading": outlining.agenda_heading(),
        "parts": outlining.parts(),
        "materials": outlining.materials(),
        "role": lambda participant: role_in_words(participant, language),
        "actions": [
            (writer.say(each.label), _target(each, told), each.primary) for each in wording.actions()
        ],
        "own_links": [(writer.say(each.label), _target(each, told)) for each in wording.own_links()],
        "calendar_note": _said(writer.say, wording.calendar_note()),
        "reason": writer.say(wording.reason()[0], **wording.reason()[1]),
        "organizers": wording.organizers(),
        "name_of": lambda name: writer.name("", name),
        "comma": comma(language),
        "several_days": len({item.day for item in view.agenda if item.day}) > 1,
        "start": "right" if direction(language) == "rtl" else "left",
    }


def _target(action: Action, told: Mapping[str, Any]) -> Any:
    if isinstance(action.url, LinkName):
        return told["recipient"]["links"][action.url.value]
    return safe_address(action.url)


def _said(say: Callable[..., Any], words: str | None) -> Any:
    return None if words is None else say(words)


def _own_text(page: str, source: str, language: str | None) -> Any:
    return Writer(page, {"text": language} if language else {}).prose("text", source)


def _fallback_notice(
    wording: Wording, say: Callable[..., Any], listed: Callable[[tuple[str, ...], str], str]
) -> Any:
    others = wording.other_languages()
    if not others:
        return None
    return say(
        msgid("Parts of this message are not available in {language} and are shown in {other}"),
        language=listed((wording.language,), wording.language),
        other=listed(others, wording.language),
    )
