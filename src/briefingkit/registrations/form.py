"""The form: what a briefing asks of those who register, in order, whatever shows it and in whatever language.

A form holds no words of its own. Its labels are texts of the briefing, phrases that ship with briefingkit, or names
that CLDR knows; `words` says them in the registrant's language. What is handed in is looked at in `answers`.
"""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from briefingkit.model import Choosable, RegistrationField, ShownIf, Status
from briefingkit.model.question import OTHER
from briefingkit.registrations.labels import Label, Named, Said, countries, timezones
from briefingkit.text.phrases import msgid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from briefingkit.model import AgendaItem, Briefing, Consent, Programme, Registration, RegistrationQuestion

__all__ = [
    "NO_INTERPRETATION",
    "SEGMENTS",
    "FieldType",
    "Form",
    "FormField",
    "FormOption",
    "form_of",
    "other_of",
]

SEGMENTS = "segments"
"""The key under which the chosen parts of the programme stand."""

NO_INTERPRETATION = "none"
"""The option of who follows what is spoken in the room."""

_LINE, _PARAGRAPH = 500, 5000  # characters, where the organiser sets no other limit
_NAME, _EMAIL = 200, 254  # RFC 5321 section 4.5.3.1.3 for the address


class FieldType(StrEnum):
    """How a field is answered: as a question is, or by an e-mail address."""

    TEXT = "text"
    EMAIL = "email"
    PARAGRAPH = "paragraph"
    CHOICE = "choice"
    CHOICES = "choices"
    SCALE = "scale"
    RATING = "rating"
    DATE = "date"
    TIME = "time"
    YES_NO = "yes-no"


@frozen
class FormOption:
    """An answer to choose. `capacity` counts people, where no more than that can choose it."""

    key: str
    label: Label
    capacity: int | None = None


@frozen
class FormField:
    """Something that is asked, under the key that its answer has.

    `longest` counts characters, `least` and `most` count options or are the ends of a scale; days are inclusive. With
    `shown_if` it is asked only of those who gave one of those answers before.
    """

    key: str
    type: FieldType
    label: Label
    help: Label | None = None
    required: bool = False
    options: tuple[FormOption, ...] = field(default=(), repr=False)
    shown_if: ShownIf | None = None
    longest: int | None = None
    pattern: str | None = None
    least: int | None = None
    most: int | None = None
    least_label: Label | None = None
    most_label: Label | None = None
    earliest: date | None = None
    latest: date | None = None

    @cached_property
    def option_keys(self) -> tuple[str, ...]:
        """The keys of the options, in order."""
        return tuple(option.key for option in self.options)


@frozen
class Form:
    """What a briefing asks, in order, and what is consented to."""

    fields: tuple[FormField, ...] = ()
    consent: "Consent | None" = None

    @cached_property
    def by_key(self) -> "Mapping[str, FormField]":
        """The fields by key, in order."""
        return MappingProxyType({each.key: each for each in self.fields})


def form_of(briefing: "Briefing", programme: "Programme | None" = None) -> Form:
    """Give the form of a briefing; its segments are those of the programme that are part of it and may go out.

    A briefing without a registration asks nothing.
    """
    asked = briefing.registration
    if asked is None:
        return Form()
    fields = (
        *_built_in(asked, briefing),
        *_segments(asked, briefing, programme),
        *(each for question in asked.questions for each in _question(question)),
        *_guiding(briefing),
    )
    return Form(fields, asked.consent)


def other_of(form: Form, key: str) -> Label | None:
    """Give the question whose other answer is written under a key; None for a question that stands by itself."""
    question, _, last = key.rpartition(".")
    return form.by_key[question].label if last == OTHER and question in form.by_key else None


def _built_in(asked: "Registration", briefing: "Briefing") -> Iterator[FormField]:
    required = {RegistrationField.NAME, RegistrationField.EMAIL, *asked.required_fields}
    for name in asked.fields:
        made = _BUILT_IN[name]
        if name is RegistrationField.LANGUAGE:
            made = evolve(made, options=_languages(briefing.languages))
        elif name is RegistrationField.INTERPRETATION:
            made = evolve(made, options=_channels(briefing))
        elif name is RegistrationField.COUNTRY:
            made = evolve(made, options=tuple(FormOption(c, Named.territory(c)) for c in countries()))
        elif name is RegistrationField.TIMEZONE:
            made = evolve(made, options=tuple(FormOption(z, Named.zone(z)) for z in timezones()))
        yield evolve(made, required=name in required)


def _languages(tags: tuple[str, ...]) -> tuple[FormOption, ...]:
    return tuple(FormOption(tag, Named.language(tag)) for tag in tags)


def _channels(briefing: "Briefing") -> tuple[FormOption, ...]:
    """Offer the channels; where none is known yet, the briefing's languages, so that the demand for them is seen."""
    said = briefing.interpretation
    tags = tuple(channel.language for channel in said.into) if said else ()
    none = FormOption(NO_INTERPRETATION, Said(msgid("No interpretation")))
    return (none, *_languages(tags or briefing.languages))


def _segments(
    asked: "Registration", briefing: "Briefing", programme: "Programme | None"
) -> Iterator[FormField]:
    if asked.choose is Choosable.AGENDA:
        options = tuple(map(_item, (item for item in briefing.agenda if item.kind.is_chosen)))
    elif asked.choose is Choosable.SEGMENTS and programme is not None:
        held = programme.children(briefing.identifier)
        open_ = (child for child in held if child.status not in {Status.DRAFT, Status.CANCELLED})
        options = tuple(map(_child, open_))
    else:
        options = ()
    if options:
        label = Said(msgid("Parts of the programme that you come to"))
        yield FormField(SEGMENTS, FieldType.CHOICES, label, options=options)


def _item(item: "AgendaItem") -> FormOption:
    return FormOption(item.key, item.title, item.capacity)


def _child(child: "Briefing") -> FormOption:
    label = child.title or Named.plain(child.identifier)
    return FormOption(child.identifier, label, child.registration.capacity if child.registration else None)


def _question(question: "RegistrationQuestion") -> Iterator[FormField]:
    kind = FieldType(question.type)
    least, most = question.ends or (question.least, question.most)
    options = tuple(FormOption(option.key, option.text) for option in question.options)
    if question.other:
        options += (FormOption(OTHER, Said(msgid("Other"))),)
    yield FormField(
        question.key,
        kind,
        question.text,
        help=question.description,
        required=question.required,
        options=options,
        shown_if=question.shown_if,
        longest=question.longest or {FieldType.TEXT: _LINE, FieldType.PARAGRAPH: _PARAGRAPH}.get(kind),
        pattern=question.pattern,
        least=least,
        most=most,
        least_label=question.least_label,
        most_label=question.most_label,
        earliest=question.earliest,
        latest=question.latest,
    )
    if question.other:
        shown = ShownIf(question.key, (OTHER,))
        label = Said(msgid("Other, namely"))
        yield FormField(
            f"{question.key}.{OTHER}", FieldType.TEXT, label, required=True, shown_if=shown, longest=_LINE
        )


def _guiding(briefing: "Briefing") -> Iterator[FormField]:
    for item in briefing.agenda:
        for question in item.questions:
            if question.in_form:
                key = f"agenda.{item.key}.{question.key}"
                yield FormField(key, FieldType.PARAGRAPH, question.text, longest=_PARAGRAPH)


_BUILT_IN = {
    RegistrationField.NAME: FormField("name", FieldType.TEXT, Said(msgid("Name")), longest=_NAME),
    RegistrationField.EMAIL: FormField(
        "email", FieldType.EMAIL, Said(msgid("E-mail address")), longest=_EMAIL
    ),
    RegistrationField.ORGANIZATION: FormField(
        "organization", FieldType.TEXT, Said(msgid("Organisation")), longest=_NAME
    ),
    RegistrationField.POSITION: FormField("position", FieldType.TEXT, Said(msgid("Position")), longest=_NAME),
    RegistrationField.COUNTRY: FormField("country", FieldType.CHOICE, Said(msgid("Country or territory"))),
    RegistrationField.LANGUAGE: FormField(
        "language", FieldType.CHOICE, Said(msgid("Language in which we write to you"))
    ),
    RegistrationField.TIMEZONE: FormField("timezone", FieldType.CHOICE, Said(msgid("Time zone"))),
    RegistrationField.INTERPRETATION: FormField(
        "interpretation", FieldType.CHOICE, Said(msgid("Interpretation that you need"))
    ),
    RegistrationField.ACCESSIBILITY: FormField(
        "accessibility",
        FieldType.PARAGRAPH,
        Said(msgid("Accessibility needs")),
        help=Said(
            msgid("What you need in order to take part, such as captions, sign language or step-free access")
        ),
        longest=_PARAGRAPH,
    ),
}
