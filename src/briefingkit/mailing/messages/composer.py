"""Composing: an edition, and a recipient after the other, give messages; each variant is rendered once."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping

from attrs import evolve

from briefingkit.errors import RenderError
from briefingkit.mailing.messages.calendar_file import attendee_line, calendar_file
from briefingkit.mailing.messages.edition import Edition
from briefingkit.mailing.messages.encoding import Hole
from briefingkit.mailing.messages.filling import Addressee, Octets, as_html, as_text
from briefingkit.mailing.messages.headers import wire_address
from briefingkit.mailing.messages.inlining import inlined
from briefingkit.mailing.messages.joining import Skeleton
from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.messages.skeleton import Written, skeleton
from briefingkit.mailing.messages.slots import Marks, Text
from briefingkit.mailing.messages.templating import chosen, fill
from briefingkit.mailing.messages.variant import Variant, variant_of
from briefingkit.mailing.messages.wording import Wording
from briefingkit.mailing.people.recipient import Recipient
from briefingkit.model import Access, CalendarFile, Publication
from briefingkit.rendering.view import View, view
from briefingkit.text.fallback import Fallback
from briefingkit.text.language import display_name
from briefingkit.text.phrases import language_for

__all__ = ["Composer", "write"]

_KEPT = 512
"""Skeletons that are kept at once: languages times clocks, and each may take a hundred kilobytes."""
_KNOWN = 8192
"""Shapes of recipients whose skeleton is known at once: many zones show one clock."""


class Composer:
    """Makes the messages of one edition. The same recipient and occasion give the same octets.

    MailingError for a recipient who cannot be written to, RenderError for a template that is wrong, Unpublishable
    where a text is missing and the mailing's fallback refuses that. An error of one recipient harms no other.
    """

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self._skeletons: OrderedDict[Variant, Skeleton] = OrderedDict()
        self._known: dict[tuple[object, ...], Skeleton] = {}

    def message(self, recipient: Recipient, occasion: str = "", name: str | None = None) -> Message:
        """Compose the message to a recipient on an occasion (see `Edition.key`), called by its key or by a name."""
        wire, utf8 = wire_address(recipient.address)
        key = self.edition.key(recipient.address, occasion)
        shape = _shape(recipient)
        known = self._known.get(shape)
        if known is None:
            if len(self._known) >= _KNOWN:
                self._known.clear()
            known = self._known[shape] = self._skeleton(self.variant(recipient))
        return known.message(Addressee(recipient, wire, utf8, key, name or key))

    def messages(self, recipients: Iterable[Recipient], occasion: str = "") -> Iterator[Message]:
        """Compose the messages to many, one by one as they are asked for."""
        return (self.message(recipient, occasion) for recipient in recipients)

    def variant(self, recipient: Recipient) -> Variant:
        """Tell which variant a recipient gets."""
        language = self.edition.language_for(recipient.language)
        return variant_of(recipient, self.edition.publication, language, self.access(recipient))

    def access(self, recipient: Recipient) -> Access:
        """Tell what the mail to a recipient may show: what they may see, within what its kind may show."""
        most = self.edition.kind.most
        return recipient.access if recipient.access.visible_to(most) else most

    def notices(self, recipient: Recipient) -> tuple[str, ...]:
        """Tell, in words for the plan, what the mail to such a recipient lacks."""
        return tuple(_notices(self.edition, self.variant(recipient)))

    def _skeleton(self, variant: Variant) -> Skeleton:
        found = self._skeletons.get(variant)
        if found is None:
            found = self._skeletons[variant] = skeleton(self.edition, write(self.edition, variant))
            if len(self._skeletons) > _KEPT:
                self._skeletons.popitem(last=False)
                self._known.clear()
        return found


def _shape(recipient: Recipient) -> tuple[object, ...]:
    """Give all of a recipient that a variant is made from, without making it."""
    return (
        recipient.language,
        recipient.access,
        recipient.timezone,
        recipient.person,
        not recipient.name,
        not recipient.organization,
        *recipient.links,
        *recipient.fields,
    )


def write(edition: Edition, variant: Variant) -> Written:
    """Render a variant: each template once, with marks where recipients differ."""
    shown = _view(edition, edition.publication, variant)
    before = edition.before
    then = None if before is None else _view(edition, before, variant, edition.addresses_before)
    wording = Wording(edition, shown, then, variant)
    wording.refuse_missing()
    reply_to = edition.letterhead.reply_to or (shown.contact.email if shown.contact else None)
    return Written(
        language=variant.language,
        sender_name=wording.organizers(),
        subject=_subject(edition, wording),
        text=as_text(_rendered(edition, wording, "txt", _plain), variant.language),
        html=as_html(_rendered(edition, wording, "html", inlined)),
        calendar=_calendar(edition, wording, shown),
        method=wording.method,
        reply_to=reply_to,
    )


def _view(
    edition: Edition,
    publication: Publication,
    variant: Variant,
    addresses: Mapping[str, str] | None = None,
) -> View:
    return view(
        publication,
        variant.language,
        programme=edition.programme,
        audience=variant.access,
        fallback=edition.mailing.fallback,
        addresses=edition.addresses if addresses is None else addresses,
    )


def _rendered(
    edition: Edition, wording: Wording, part: str, take_apart: Callable[[str, Marks], Text]
) -> Text:
    name = chosen(edition.templates, part, *edition.template_names)
    marks = Marks(f"{edition.publication.digest}\n{edition.mailing!r}\n{edition.templates.sources!r}\n{part}")
    said = fill(edition.templates, name, wording.values(marks, html=part == "html"))
    try:
        return take_apart(said, marks)
    except RenderError as error:
        own = name in dict(edition.templates.sources) and edition.templates.folder
        raise RenderError(f"{own}/{name}: {error}" if own else f"{name}: {error}") from None


def _plain(text: str, marks: Marks) -> Text:
    return marks.split(text.strip("\n") + "\n")


def _subject(edition: Edition, wording: Wording) -> Text:
    def one_line(text: str, marks: Marks) -> Text:
        said = text.strip()
        if "\n" in said:
            raise RenderError("a subject is one line")
        return marks.split(said)

    return _rendered(edition, wording, "subject", one_line)


def _calendar(edition: Edition, wording: Wording, shown: View) -> Octets | None:
    method = wording.method
    if method is None:
        return None
    attended = edition.calendar is CalendarFile.REQUEST
    sender, _ = wire_address(edition.letterhead.address)
    name = wording.organizers()
    parts = calendar_file(shown, method, sender, name, attended=attended)
    if not attended:
        return list(parts)
    answers, language = method == "REQUEST", wording.language

    def attendee(addressee: Addressee) -> bytes:
        recipient = addressee.recipient
        return attendee_line(recipient.name, addressee.wire, language, answers=answers)

    return [parts[0], Hole(attendee), parts[1]]


def _notices(edition: Edition, variant: Variant) -> Iterator[str]:
    language = display_name(variant.language, "en")
    omits = edition.mailing.fallback is Fallback.OMIT
    shown = _view(edition, edition.publication, variant)
    others = Wording(edition, shown, None, variant).other_languages()
    if omits and (left := _left_out(edition, variant, shown)):
        yield f"in {language}, what is not translated is left out: {', '.join(left)}"
    for tag in others:
        yield f"in {language}, what is not translated is shown in {display_name(tag, 'en')}"
    if language_for(variant.language) != variant.language.partition("-")[0]:
        yield f"the words around the briefing's own are in English: there are none in {language}"
    if edition.kind.registers and shown.registration is not None and shown.registration.url is None:
        yield "it does not say where to register: give `registration.url`, or the project `mail.pages`"
    if edition.kind.bulk and "unsubscribe" not in variant.links and edition.letterhead.unsubscribe is None:
        yield "there is no way to unsubscribe: give recipients a link, or the letterhead an address"


def _left_out(edition: Edition, variant: Variant, shown: View) -> list[str]:
    """Name the texts that the mailing's fallback leaves out."""
    marking = evolve(edition, mailing=evolve(edition.mailing, fallback=Fallback.MARK))
    whole = _view(marking, edition.publication, variant)
    own = edition.mailing.text
    text = ["text"] if own is not None and own.lookup(variant.language).fallback else []
    return [*text, *(path for path in whole.marks if path not in shown.marks)]
