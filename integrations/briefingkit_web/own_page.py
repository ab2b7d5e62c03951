"""Somebody's own page, behind their link: what is held of them, the room, the calendar, changing and cancelling."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from attrs import evolve, frozen
from starlette.responses import Response as Plain

from briefingkit.model import Access, RegistrationField, Status
from briefingkit.registrations.answers import Problem, review
from briefingkit.registrations.form import SEGMENTS, FieldType, Form, FormField, FormOption
from briefingkit.registrations.labels import Named, timezones
from briefingkit.registrations.links import REGISTRATION, BadLink, Fault, link_end, read_link
from briefingkit.registrations.registration import RegistrationStatus
from briefingkit.registrations.response import Answer as Given
from briefingkit.registrations.response import Response
from briefingkit.rendering.moments import local
from briefingkit.rendering.words import WITHHELD
from briefingkit.text.dates import format_span
from briefingkit.text.phrases import msgid, phrase
from briefingkit.text.zones import in_zone, instant, zone_names
from briefingkit_web.entry import Entry, Subject, entry_of
from briefingkit_web.fields import answers_of, conditions, shown_fields
from briefingkit_web.handing_in import WEB, Handed, Kind, Result, Verdict
from briefingkit_web.mail_links import organizers_address
from briefingkit_web.menus import Menus
from briefingkit_web.offer import Standing
from briefingkit_web.receiving import posted
from briefingkit_web.rendering import error_page, page, see_other
from briefingkit_web.visitor import (
    Visit,
    closed_page,
    crowded,
    deliver,
    event_values,
    link_path,
    room_now,
    summary,
    switch,
)
from briefingkit_web.words import Words, answer_in_words, label_words, said

if TYPE_CHECKING:
    from starlette.responses import Response as Answer

    from briefingkit.rendering.values import View

__all__ = ["calendar_file", "cancel", "change", "look"]

_FORGED = (
    msgid("This link does not lead to a registration"),
    msgid("It may not have been copied to its end. If it stays so, write to the organisers."),
)
_EXPIRED = (
    msgid("This link has expired"),
    msgid("Write to the organisers if you want to change your registration."),
)
_GONE = (
    msgid("There is nothing under this link any more"),
    msgid("The registration and all that you wrote in it have been erased."),
)
_OVER = frozenset((Standing.OVER, Standing.CANCELLED))
_HEADINGS = {
    RegistrationStatus.CONFIRMED: msgid("You are registered"),
    RegistrationStatus.WAITLISTED: msgid("You are on the waiting list"),
    RegistrationStatus.PENDING: msgid("Your registration waits for the organisers"),
    RegistrationStatus.CANCELLED: msgid("You have cancelled your registration"),
}


@frozen
class _Own:
    """A link that holds, and what stands under it."""

    visit: Visit
    token: str
    subject: str
    entry: Entry
    standing: Standing

    @property
    def path(self) -> str:
        return f"{self.visit.home}/r/{self.token}"

    @property
    def is_over(self) -> bool:
        """Whether nothing can be changed any more."""
        return self.standing in _OVER

    @property
    def audience(self) -> Access:
        """What they may see: who has a place sees what is for the registered, while there is something to come to."""
        has = self.entry.status is RegistrationStatus.CONFIRMED and self.standing is not Standing.CANCELLED
        return Access.REGISTERED if has else Access.PUBLIC

    @property
    def view(self) -> "View":
        return self.visit.offer.view(self.visit.language, self.audience)

    @property
    def form(self) -> Form:
        """What can be changed: all but the address, by which the registration is known."""
        whole = self.visit.offer.form
        return evolve(
            whole,
            fields=tuple(each for each in whole.fields if each.key != RegistrationField.EMAIL),
            consent=None,
        )


async def _open(visit: Visit, token: str) -> "_Own | Answer":
    """Follow a link, or say kindly why it leads nowhere."""
    try:
        link = read_link(
            await visit.key(), token, purpose=REGISTRATION, briefing=visit.offer.identifier, now=visit.now
        )
    except BadLink as error:
        expired = error.fault is Fault.EXPIRED
        status, reason = (410, _EXPIRED) if expired else (404, _FORGED)
        return _nothing(visit, status, reason)
    roll = await asyncio.to_thread(visit.edition.list_of, visit.offer.identifier)
    entry = await asyncio.to_thread(entry_of, roll, link.subject, visit.offer.form)
    if entry is None:
        return _nothing(visit, 410, _GONE)
    standing = visit.offer.standing(visit.now, await room_now(visit))
    return _Own(visit, token, link.subject, entry, standing)


def _nothing(visit: Visit, status: int, reason: tuple[str, str]) -> "Answer":
    """Say why a link leads nowhere, and whom to write to."""
    language = visit.language
    mail = organizers_address(visit.offer.briefing, phrase(reason[0], language), language)
    return error_page(
        visit.edition, visit.request, status, language=language, reason=reason, more={"mail": mail}
    )


async def look(visit: Visit, token: str) -> "Answer":
    """Show what is held, and what belongs to it."""
    own = await _open(visit, token)
    if not isinstance(own, _Own):
        return own
    view, language = own.view, visit.language
    zone = _zone(own)
    values = {
        **event_values(visit, view),
        "alternates": switch(visit, f"/r/{token}"),
        "path": own.path,
        "heading": said(_HEADINGS[own.entry.status], language),
        "status": own.entry.status.value,
        "over": own.is_over,
        "off": view.status in {Status.CANCELLED, Status.POSTPONED},
        "returns": own.entry.is_cancelled and own.standing.takes,
        "done": visit.request.query_params.get("done") == "changed",
        "zone": zone,
        "own_time": _own_time(view, zone, language),
        "zones": _MENUS.menu(_zone_field(), "z", language, zone or "").options,
        "withheld": WITHHELD,
        "answers": _answers(own),
        "waits_for": _waits_for(own),
        "email": own.entry.answers.get("email"),
        "until": link_end(visit.offer.briefing, visit.now).date().isoformat(),
    }
    return page(visit.edition, "registered.html.j2", language, values, marks=view.marks)


async def calendar_file(visit: Visit, token: str) -> "Answer":
    """Give the calendar file, with the room for those who may have it."""
    from briefingkit.rendering.ics import ics

    own = await _open(visit, token)
    if not isinstance(own, _Own):
        return own
    body = await asyncio.to_thread(ics, own.view)
    name = f"{visit.offer.identifier}.ics"
    headers = {"content-disposition": f'attachment; filename="{name}"', "content-language": visit.language}
    return Plain(body, 200, headers, media_type="text/calendar; charset=utf-8")


async def change(visit: Visit, token: str) -> "Answer":
    """Show the answers to be changed, and take the changed ones in."""
    own = await _open(visit, token)
    if not isinstance(own, _Own):
        return own
    if own.is_over or own.entry.is_cancelled:
        return (
            see_other(own.path)
            if visit.request.method != "POST"
            else closed_page(visit, own.standing, status=409)
        )
    if visit.request.method != "POST":
        return await _change_form(own, own.entry.answers)
    answers = answers_of(own.form, await posted(visit.request, seconds=visit.settings.seconds))
    held = own.entry.answers.get(SEGMENTS)
    kept = held if isinstance(held, tuple) else ()
    read, refused = review(own.form, answers, language=visit.language)
    if wrong := [*refused, *await crowded(visit, answers, kept)]:
        return await _change_form(own, answers, wrong, status=422)
    result = await _send(own, Kind.CHANGE, read)
    if not result.kept:
        return _refused(own, result)
    return see_other(f"{await _path_after(own, result, Kind.CHANGE)}?done=changed")


async def cancel(visit: Visit, token: str) -> "Answer":
    """Ask whether it is meant, and cancel; or, for who has cancelled, register them again."""
    own = await _open(visit, token)
    if not isinstance(own, _Own):
        return own
    if own.is_over:
        return see_other(own.path)
    if visit.request.method == "POST":
        given = await posted(visit.request, seconds=visit.settings.seconds)
        kind = Kind.RETURN if list(given.get("_do", ())) == ["return"] else Kind.CANCEL
        if own.entry.is_cancelled != (kind is Kind.RETURN):
            return see_other(own.path)  # it is so already
        result = await _send(own, kind, own.entry.answers if kind is Kind.RETURN else {})
        return see_other(await _path_after(own, result, kind)) if result.kept else _refused(own, result)
    values = {
        **event_values(visit, own.view),
        "alternates": switch(visit, f"/r/{token}/cancel"),
        "path": own.path,
    }
    return page(visit.edition, "cancel.html.j2", visit.language, values, marks=own.view.marks)


async def _send(own: _Own, kind: Kind, answers: Mapping[str, Given]) -> Result:
    visit, entry = own.visit, own.entry
    response = Response(
        entry.response or secrets.token_hex(16),
        visit.offer.identifier,
        WEB,
        visit.now,
        visit.language,
        {**_email(entry), **answers} if entry.aside and kind is Kind.CHANGE else answers,
        cancels=kind is Kind.CANCEL,
    )
    has_place = kind is Kind.CHANGE and entry.status is RegistrationStatus.CONFIRMED
    return await deliver(visit, Handed(response, kind, None if entry.aside else entry.person, has_place))


def _email(entry: Entry) -> dict[str, Given]:
    return {"email": entry.answers["email"]} if "email" in entry.answers else {}


async def _path_after(own: _Own, result: Result, kind: Kind) -> str:
    """Go on under the same link; one to what was set aside says from now on what was told now."""
    if not own.entry.aside:
        return own.path
    told = Subject.of(result, own.visit.offer.form)
    if kind is Kind.RETURN:
        return await link_path(own.visit, told)
    return await link_path(own.visit, _still(own, told))


def _still(own: _Own, told: Subject) -> Subject:
    """Keep what was told before: who had a place has it still, and only what was chosen now can be full."""
    asked = own.form.by_key.get(SEGMENTS)
    keys = asked.option_keys if asked is not None else ()
    held = own.entry.answers.get(SEGMENTS)
    had = {keys.index(each) for each in (held if isinstance(held, tuple) else ()) if each in keys}
    waited = {keys.index(each) for each in own.entry.waits_for if each in keys}
    parts = tuple(each for each in told.waits_for if each in waited or each not in had)
    return Subject(told.response, own.entry.status is RegistrationStatus.WAITLISTED, parts)


def _refused(own: _Own, result: Result) -> "Answer":
    if result.verdict is Verdict.GONE:
        return _nothing(own.visit, 410, _GONE)
    why = Standing.FULL if result.verdict is Verdict.FULL else Standing.CLOSED
    return closed_page(own.visit, why, status=409)


async def _change_form(
    own: _Own, answers: Mapping[str, object], wrong: Sequence[Problem] = (), *, status: int = 200
) -> "Answer":
    visit = own.visit
    held = own.entry.answers.get(SEGMENTS)
    kept = frozenset(held if isinstance(held, tuple) else ())
    fields = shown_fields(
        own.form,
        visit.language,
        answers,
        visit.offer.own_menus,
        errors={each.key: each.message for each in reversed(wrong)},
        full=visit.offer.full(await room_now(visit)) - kept,
        waitlist=visit.offer.terms.capacity.waitlist,
    )
    values = {
        **event_values(visit),
        "alternates": switch(visit, f"/r/{own.token}/change"),
        "path": own.path,
        "action": f"{own.path}/change",
        "fields": fields,
        "conditions": conditions(own.form, fields),
        "notice": None,
        "errors": summary(fields, wrong, visit.language),
        "email": own.entry.answers.get("email"),
    }
    return page(
        visit.edition,
        "change.html.j2",
        visit.language,
        values,
        status=status,
        marks=visit.offer.view(visit.language).marks,
    )


def _zone(own: _Own) -> str | None:
    """Choose the reader's zone: the one that they ask for now, or the one that they gave."""
    asked = own.visit.request.query_params.get("timezone")
    for zone in (asked, own.entry.answers.get("timezone")):
        if isinstance(zone, str) and zone in zone_names():
            return zone
    return None


def _own_time(view: "View", zone: str | None, language: str) -> str | None:
    """Write when it is for the reader; None where their clock shows the same, or there is no time of day."""
    if zone is None:
        return None
    start, end = local(view.start), local(view.end)
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        return None
    theirs = [in_zone(instant(each, view.timezone), zone).replace(tzinfo=None) for each in (start, end)]
    said_so = format_span(theirs[0], theirs[1], zone, language)
    return said_so if said_so != format_span(start, end, view.timezone, language) else None


_MENUS = Menus()


@lru_cache(maxsize=1)
def _zone_field() -> FormField:
    """Make a field of the zones of the world, so that its menu is written once for all pages."""
    zones = tuple(FormOption(name, Named.zone(name)) for name in timezones())
    return FormField("timezone", FieldType.CHOICE, Named.plain(""), options=zones)


def _answers(own: _Own) -> list[tuple[Words, str]]:
    language = own.visit.language
    said_so = (
        (label_words(each.label, language), answer_in_words(each, own.entry.answers.get(each.key), language))
        for each in own.visit.offer.form.fields
    )
    return [(label, answer) for label, answer in said_so if answer is not None]


def _waits_for(own: _Own) -> str | None:
    asked = own.visit.offer.form.by_key.get(SEGMENTS)
    if asked is None or not own.entry.waits_for or own.entry.status is not RegistrationStatus.CONFIRMED:
        return None
    return answer_in_words(asked, own.entry.waits_for, own.visit.language)
