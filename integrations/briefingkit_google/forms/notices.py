"""What the plan has to say of a form: what Google Forms cannot hold, and what is therefore left to people."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from briefingkit.registrations.form import FieldType, Form, FormField
from briefingkit_google.forms.choices import EmailCollection
from briefingkit_google.forms.routing import Asked, Route

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Registration
    from briefingkit.registrations.capacity import Terms

__all__ = ["notices", "untranslated_notices"]

_MOST_NAMED: Final = 5
_USUAL: Final = {FieldType.TEXT: 500, FieldType.PARAGRAPH: 5000}
"""What a form asks for where the organiser sets no limit; that Google has another one is nobody's loss."""
_OWN: Final = {"name", "organization", "position", "email", "accessibility"}


def notices(
    briefing: "Briefing",
    form: Form,
    route: Route,
    emails: EmailCollection,
    terms: "Terms",
    now: datetime,
) -> Iterator[str]:
    """Say what a form of these questions cannot do from now on; it is the same in all languages."""
    registration = briefing.registration
    if registration is None:
        return
    yield from _conditions(route)
    yield from _bounds(form)
    if "email" in form.by_key and emails is EmailCollection.QUESTION:
        yield "Google does not look whether what is written as an e-mail address is one"
    yield from _room(registration, form)
    yield from _times(terms, now)
    yield from _consent(form)
    yield (
        "Google's own words confirm a registration, and its page says when the form is closed: the API knows "
        "neither these, nor whether somebody may answer twice or change an answer"
    )


def untranslated_notices(untranslated: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Say what a form shows in another language than its own."""
    for language, texts in untranslated.items():
        yield f"in {language} these are not translated: {_named(texts)}"


def _named(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _conditions(route: Route) -> Iterator[str]:
    asked = [each for each in route if isinstance(each, Asked)]
    open_ = [each.field.key for each in asked if each.hint is not None]
    if open_:
        yield (
            f"asked of everybody, not only of those whom it is meant for: {_named(open_)}. A form jumps from one "
            "choice to the section right behind it, and not otherwise"
        )
    loose = [each.field.key for each in asked if each.field.required and not each.required and not each.hint]
    if loose:
        yield (
            f"not required: {_named(loose)}. Whoever leaves out the choice before it comes through its section too"
        )
    strict = [each.field.key for each in asked if each.field.required and each.hint is not None]
    if strict:
        yield f"not required, for everybody is asked: {_named(strict)}"


def _bounds(form: Form) -> Iterator[str]:
    kinds = (
        ("the form of what is written", [each.key for each in form.fields if each.pattern is not None]),
        ("how long an answer may be", [each.key for each in form.fields if _limits_length(each)]),
        (
            "how many options are chosen",
            [
                each.key
                for each in form.fields
                if each.type is FieldType.CHOICES and (each.least is not None or each.most is not None)
            ],
        ),
        ("which days can be given", [each.key for each in form.fields if each.earliest or each.latest]),
    )
    for what, keys in kinds:
        if keys:
            yield f"Google does not look at {what}: {_named(keys)}"


def _limits_length(field: FormField) -> bool:
    return (
        field.longest is not None
        and field.key not in _OWN
        and "." not in field.key
        and field.longest != _USUAL.get(field.type)
    )


def _room(registration: "Registration", form: Form) -> Iterator[str]:
    if registration.capacity is not None:
        kept = " and the waiting list are" if registration.waitlist else " is"
        yield (
            f"the limit of {registration.capacity} people{kept} kept on the list and not by the form: it goes on "
            "taking answers when all places are taken"
        )
    limited = [option.key for field in form.fields for option in field.options if option.capacity is not None]
    if limited:
        yield f"the form offers these also when they are full: {_named(limited)}"


def _times(terms: "Terms", now: datetime) -> Iterator[str]:
    for what, moment in (("opens", terms.opens), ("closes", terms.closes)):
        if moment is not None and now < moment:
            shown = f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
            yield f"the form {what} with the first apply after {shown}, and not by itself"


def _consent(form: Form) -> Iterator[str]:
    if form.consent is not None and form.consent.retention is not None:
        yield (
            f"Google keeps what was answered for ever, not for {form.consent.retention.days} days: only people can "
            "delete responses of a form"
        )
