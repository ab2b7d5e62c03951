"""The form: shown, handed in, refused with what is wrong, taken in."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from attrs import frozen

from briefingkit.errors import StoreError
from briefingkit.registrations.answers import Problem, review
from briefingkit.registrations.form import SEGMENTS
from briefingkit.registrations.links import REGISTRATION, BadLink, link_end, read_link, sign
from briefingkit.registrations.response import ConsentGiven, Response
from briefingkit.rendering.moments import moment_in_words
from briefingkit.rendering.words import MODES, STATUSES, status_notice
from briefingkit.text.phrases import msgid, phrase
from briefingkit_web.entry import Subject
from briefingkit_web.fields import Shown, answers_of, conditions, shown_fields
from briefingkit_web.handing_in import WEB, Handed, Result, Verdict
from briefingkit_web.offer import Offer, Standing, room_of
from briefingkit_web.receiving import posted
from briefingkit_web.rendering import error_page, page, root_of, see_other
from briefingkit_web.words import Words, label_words, said

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.requests import Request
    from starlette.responses import Response as Answer

    from briefingkit.registrations.capacity import Room
    from briefingkit.rendering.values import View
    from briefingkit_web.queue import Desk
    from briefingkit_web.settings import Settings
    from briefingkit_web.site import Edition, Site

__all__ = ["Visit", "ask", "event_values", "hand_in", "link_path", "list_key", "room_now", "switch"]

FORM = "form"
"""The purpose of a token in a form."""

_FORM_HOLDS = timedelta(hours=12)
_TOKEN, _TRAP, _CONSENT = "_token", "_website", "consent"

_STALE = msgid(
    "The form was open for too long, or was not sent from here. Look through it and send it again."
)
_TRAPPED = msgid("The form looked as if a program had filled it in. Look through it and send it again.")
_SPENT = msgid(
    "This form was sent before, with another address. To register somebody else, send it once more."
)


@frozen
class Visit:
    """A request for one briefing in one language: what it is answered from."""

    request: "Request"
    site: "Site"
    desk: "Desk"
    settings: "Settings"
    edition: "Edition"
    offer: Offer
    language: str

    @property
    def now(self) -> "datetime":
        """The present."""
        return self.site.now

    @property
    def home(self) -> str:
        """The path of the form."""
        return f"{root_of(self.request)}/{self.offer.identifier}/{self.language}"

    async def key(self) -> bytes:
        """Give the ledger's key, with which links and forms are signed."""
        return await list_key(self.edition, self.offer)


async def list_key(edition: "Edition", offer: Offer) -> bytes:
    """Give the key of the ledger that holds a briefing's list."""
    roll = edition.opened(offer.identifier)
    if roll is None:
        roll = await asyncio.to_thread(edition.list_of, offer.identifier)
    return roll.key


async def room_now(visit: Visit) -> "Room":
    """Look at how many places are taken."""
    edition, offer = visit.edition, visit.offer

    def look() -> "Room":
        with edition.list_of(offer.identifier).store.reading(offer.identifier) as reader:
            return room_of(offer, reader.held())

    return await edition.look_at(offer.identifier, look)


async def ask(visit: Visit) -> "Answer":
    """Show the form, or why there is none."""
    shut = visit.offer.shut(visit.now)
    return await _form_page(visit) if shut is None else closed_page(visit, shut)


async def hand_in(visit: Visit) -> "Answer":
    """Take a form in: a redirect to the registration, or the form again with everything that is wrong with it."""
    given = await posted(visit.request, seconds=visit.settings.seconds)
    if (shut := visit.offer.shut(visit.now)) is not None:
        return closed_page(visit, shut, status=_STATUS[shut])
    answers = answers_of(visit.offer.form, given)
    name = _name_of_form(await visit.key(), given, visit)
    if name is None or any(given.get(_TRAP, ())):
        notice, status = (_STALE, 403) if name is None else (_TRAPPED, 422)
        return await _form_page(visit, answers, given=given, notice=notice, status=status)
    read, refused = review(visit.offer.form, answers, language=visit.language)
    if wrong := [*refused, *await crowded(visit, answers, ()), *_disagreed(visit, given)]:
        return await _form_page(visit, answers, wrong, given=given, name=name, status=422)
    response = Response(
        name,
        visit.offer.identifier,
        WEB,
        visit.now,
        visit.language,
        read,
        _consent(visit),
    )
    # Whether there is a place is decided as it is written: what was seen before could be out of date.
    result = await deliver(visit, Handed(response))
    return await _told(visit, result, answers, given)


async def deliver(visit: Visit, handed: Handed) -> Result:
    """Hand something in, and wait until it is durable. StoreError where it cannot be, or too many wait."""
    identifier = visit.offer.identifier
    try:
        return await visit.desk.hand_in(identifier, lambda: visit.edition.list_of(identifier), handed)
    except asyncio.QueueFull:
        raise StoreError("too many wait to be written") from None


async def _told(
    visit: Visit, result: Result, answers: Mapping[str, object], given: Mapping[str, Sequence[str]]
) -> "Answer":
    if result.kept:
        return see_other(await link_path(visit, Subject.of(result, visit.offer.form)))
    if result.verdict is Verdict.SPENT:
        return await _form_page(visit, answers, given=given, notice=_SPENT, status=409)
    full = result.verdict is Verdict.FULL
    return closed_page(visit, Standing.FULL if full else Standing.CLOSED, status=409)


async def link_path(visit: Visit, subject: Subject) -> str:
    """Make the path of somebody's own page."""
    expires = link_end(visit.offer.briefing, visit.now)
    key = await visit.key()
    token = sign(key, str(subject), purpose=REGISTRATION, briefing=visit.offer.identifier, expires=expires)
    return f"{visit.home}/r/{token}"


def _name_of_form(key: bytes, given: Mapping[str, Sequence[str]], visit: Visit) -> str | None:
    tokens = given.get(_TOKEN, ())
    if len(tokens) != 1:
        return None
    try:
        return read_link(key, tokens[0], purpose=FORM, briefing=visit.offer.identifier, now=visit.now).subject
    except BadLink:
        return None


def _disagreed(visit: Visit, given: Mapping[str, Sequence[str]]) -> list[Problem]:
    if visit.offer.form.consent is None or list(given.get(_CONSENT, ())) == ["yes"]:
        return []
    return [Problem(_CONSENT, phrase("This has to be answered", visit.language))]


async def crowded(visit: Visit, answers: Mapping[str, object], held: Sequence[str]) -> list[Problem]:
    """Find chosen parts of the programme that are full, where nobody can wait for a place."""
    chosen = answers.get(SEGMENTS)
    if visit.offer.terms.capacity.waitlist or not isinstance(chosen, tuple) or set(chosen) <= set(held):
        return []
    full = visit.offer.full(await room_now(visit))
    if any(each in full and each not in held for each in chosen):
        return [Problem(SEGMENTS, phrase("A part that you chose is full", visit.language))]
    return []


def _consent(visit: Visit) -> ConsentGiven | None:
    consent = visit.offer.form.consent
    return None if consent is None else ConsentGiven(consent.key, visit.now, visit.language)


async def _form_page(
    visit: Visit,
    answers: Mapping[str, object] | None = None,
    wrong: Sequence[Problem] = (),
    *,
    given: Mapping[str, Sequence[str]] | None = None,
    name: str | None = None,
    notice: str | None = None,
    status: int = 200,
) -> "Answer":
    """Show the form, empty or as it was typed; where all is full, say so. Its token names the response to come."""
    room = await room_now(visit)
    standing = visit.offer.standing(visit.now, room)
    if not standing.takes:
        return closed_page(visit, standing, status=200 if given is None else _STATUS[standing])
    offer, language = visit.offer, visit.language
    first = {each.key: each.message for each in reversed(wrong)}
    fields = shown_fields(
        offer.form,
        language,
        answers or {},
        offer.menus,
        errors=first,
        full=offer.full(room),
        waitlist=offer.terms.capacity.waitlist,
    )
    expires = visit.now + _FORM_HOLDS
    fresh = name or secrets.token_hex(16)
    token = sign(await visit.key(), fresh, purpose=FORM, briefing=offer.identifier, expires=expires)
    values = {
        **event_values(visit),
        "alternates": switch(visit, ""),
        "action": visit.home,
        "token": token,
        "fields": fields,
        "conditions": conditions(offer.form, fields),
        "waits": standing is not Standing.OPEN,
        "notice": said(notice, language) if notice else None,
        "consent": consent_values(visit, given, first),
        "errors": summary(fields, wrong, language),
    }
    return page(
        visit.edition, "form.html.j2", language, values, status=status, marks=offer.view(language).marks
    )


def summary(fields: Sequence[Shown], wrong: Sequence[Problem], language: str) -> list[dict[str, Any]]:
    """Gather what is wrong, each with where it is answered; what is asked nowhere has no such place."""
    places: dict[str, tuple[str, Words]] = {each.key: (each.target, each.label) for each in fields}
    places[_CONSENT] = (_CONSENT, said(msgid("Consent"), language))
    return [
        {
            "target": places.get(each.key, (None, None))[0],
            "label": places.get(each.key, (None, Words(each.key)))[1],
            "message": each.message,
        }
        for each in wrong
    ]


def consent_values(
    visit: Visit, given: Mapping[str, Sequence[str]] | None, errors: Mapping[str, str]
) -> dict[str, Any] | None:
    """Say what is agreed to."""
    consent = visit.offer.form.consent
    if consent is None:
        return None
    return {
        "text": label_words(consent.text, visit.language),
        "purpose": label_words(consent.purpose, visit.language) if consent.purpose is not None else None,
        "days": consent.retention.days if consent.retention is not None else None,
        "given": list((given or {}).get(_CONSENT, ())) == ["yes"],
        "error": errors.get(_CONSENT),
    }


_STATUS = {
    Standing.FULL: 409,
    Standing.EARLY: 409,
    Standing.CLOSED: 409,
    Standing.OVER: 409,
    Standing.POSTPONED: 409,
    Standing.CANCELLED: 410,
}
_CLOSED_WORDS = {
    Standing.FULL: msgid("All places are taken"),
    Standing.CLOSED: msgid("Registration is closed"),
    Standing.OVER: msgid("This event is over"),
}


def closed_page(visit: Visit, standing: Standing, *, status: int = 200) -> "Answer":
    """Say why nobody new is taken in. Whoever only looks gets that with 200: the page is there, and tells how it is."""
    offer, language = visit.offer, visit.language
    view = offer.view(language)
    if standing is Standing.EARLY and view.registration is not None and view.registration.opens:
        when = moment_in_words(view.registration.opens, view.timezone, language)
        told = Words(phrase("Registration opens {when}", language, when=when))
    elif standing in _CLOSED_WORDS:
        told = said(_CLOSED_WORDS[standing], language)
    else:
        told = Words(status_notice(offer.briefing.status, language) or "")
    values = {
        **event_values(visit),
        "alternates": switch(visit, ""),
        "standing": standing.value,
        "told": told,
    }
    return page(visit.edition, "closed.html.j2", language, values, status=status, marks=view.marks)


def event_values(visit: Visit, view: "View | None" = None) -> dict[str, Any]:
    """Give what every page tells of the event."""
    shown = view or visit.offer.view(visit.language)
    status = status_notice(shown.status, visit.language)
    return {
        "view": shown,
        "modes": MODES,
        "statuses": STATUSES,
        "status_notice": Words(status) if status else None,
        "all_day": shown.all_day,
        "home": visit.home,
    }


def switch(visit: Visit, below: str) -> list[dict[str, Any]]:
    """List the languages that a page is there in."""
    from briefingkit.rendering.markup import Writer

    base = f"{root_of(visit.request)}/{visit.offer.identifier}"
    pages = {tag: f"{base}/{tag}{below}" for tag in visit.offer.languages}
    return Writer(visit.language, {}).switch(pages, visit.language)


def too_many(visit: Visit, seconds: int) -> "Answer":
    """Turn somebody away for a while."""
    return error_page(
        visit.edition, visit.request, 429, language=visit.language, headers={"retry-after": str(seconds)}
    )
