"""Forms that cannot do what they are for: W601 to W604."""

from collections.abc import Iterator

from briefingkit.errors import Finding
from briefingkit.model import Briefing, Choosable, ItemKind, Registration, RegistrationField
from briefingkit.source.briefing_file import Loaded

__all__ = ["check_registration"]

_FRAME = frozenset((ItemKind.OPENING, ItemKind.BREAK, ItemKind.CLOSING))


def check_registration(loaded: Loaded, briefing: Briefing) -> Iterator[Finding]:
    """Look at what a briefing asks of those who register."""
    registration = briefing.registration
    chosen = registration is not None and registration.choose is Choosable.AGENDA
    yield from _choice(loaded, briefing, chosen=chosen)
    if registration is None:
        yield from _nowhere_asked(loaded, briefing)
    else:
        yield from _people(loaded, registration)


def _nowhere_asked(loaded: Loaded, briefing: Briefing) -> Iterator[Finding]:
    for item in briefing.agenda:
        for question in item.questions:
            if question.in_form:
                message = f"{question.key} is to be asked in a form, and this briefing has no registration"
                path = ("agenda", item.key, "questions", question.key, "in_form")
                yield loaded.finding("W602", path, message, "Give it a `registration`, or take `in_form` out")


def _people(loaded: Loaded, registration: Registration) -> Iterator[Finding]:
    if RegistrationField.EMAIL not in registration.fields:
        message = "the form asks for no e-mail address"
        yield loaded.finding("W601", ("registration", "fields"), message, "Add email to the fields")
    consent = registration.consent
    if consent is not None and consent.retention is None:
        message = f"the consent {consent.key} says no end: the data would be kept for ever"
        yield loaded.finding("W604", ("registration", "consent"), message, "Give `retention`, such as 90d")


def _choice(loaded: Loaded, briefing: Briefing, *, chosen: bool) -> Iterator[Finding]:
    if chosen and all(item.kind in _FRAME for item in briefing.agenda):
        message = "there is no agenda item that anybody could choose"
        yield loaded.finding("W603", ("registration", "choose"), message, "Add items, or take `choose` out")
    for item in briefing.agenda:
        if item.capacity is not None and not (chosen and item.kind not in _FRAME):
            message = f"{item.key} has a capacity, and nobody chooses it in the form"
            advice = "Say `registration: {choose: agenda}`, or take the capacity out"
            yield loaded.finding("W603", ("agenda", item.key, "capacity"), message, advice)
