"""The organisers' pages: the list, one person, the files, the report. All of it behind a token."""

import asyncio
import base64
import binascii
import hmac
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any

from attrs import evolve, frozen
from starlette.responses import HTMLResponse, Response, StreamingResponse

from briefingkit.errors import MissingExtra
from briefingkit.registrations.codec import registration_of
from briefingkit.registrations.files.exporting import export_to
from briefingkit.registrations.form import SEGMENTS
from briefingkit.registrations.registration import WHOLE, Registration, RegistrationStatus
from briefingkit.registrations.response import Response as HandedIn
from briefingkit.text.phrases import msgid
from briefingkit_web.handing_in import ASIDE, WEB, Handed, Kind, answers_of_row
from briefingkit_web.receiving import posted
from briefingkit_web.rendering import error_page, page, root_of, see_other, spoken
from briefingkit_web.visitor import Visit, deliver
from briefingkit_web.words import Words, answer_in_words, label_words, said

if TYPE_CHECKING:
    from starlette.requests import Request

    from briefingkit.registrations.registration_list import RegistrationList
    from briefingkit.registrations.response import Answer
    from briefingkit_web.limits import Limiter
    from briefingkit_web.settings import Settings
    from briefingkit_web.site import Edition

__all__ = [
    "FOLDER",
    "is_organizer",
    "list_file",
    "list_page",
    "lists",
    "person_page",
    "report",
    "turned_away",
]

FOLDER = "_organizer"
"""Where the organisers' pages stand; no briefing has such an identifier."""

_PAGE = 100
_AT_ONCE = 1 << 16
_SHOWN = ("name", "email", "organization", "country", "language", "interpretation")
_STATUSES = {
    RegistrationStatus.CONFIRMED: msgid("Confirmed"),
    RegistrationStatus.WAITLISTED: msgid("On the waiting list"),
    RegistrationStatus.PENDING: msgid("Pending"),
    RegistrationStatus.CANCELLED: msgid("Cancelled"),
}
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
_REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
)


def is_organizer(request: "Request", settings: "Settings") -> bool:
    """Tell whether a request carries the token: as a password (RFC 7617), or as a bearer's (RFC 6750).

    The comparison takes as long for a token that is nearly right as for any other.
    """
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            _, _, given = base64.b64decode(given.strip(), validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            given = ""
    elif scheme.lower() != "bearer":
        given = ""
    token = settings.organizer_token
    right = hmac.compare_digest(given.strip().encode(errors="replace"), (token or "").encode())
    return token is not None and right


def turned_away(
    edition: "Edition", request: "Request", settings: "Settings", limiter: "Limiter"
) -> Response | None:
    """Ask for the token; None for who has it. Who has guessed too often waits before any other is looked at."""
    address = request.client.host if request.client else None
    tried = "authorization" in request.headers
    if tried and (seconds := limiter.wait(address, take=False)):
        return error_page(edition, request, 429, headers={"retry-after": str(seconds)})
    if is_organizer(request, settings):
        return None
    if tried:
        limiter.wait(address)
    asking = {"www-authenticate": 'Basic realm="briefingkit", charset="UTF-8"'}
    return error_page(edition, request, 401, headers=asking)


async def lists(edition: "Edition", request: "Request") -> Response:
    """Name the lists, each with how many are on it."""
    language = spoken(request)

    def gathered() -> list[dict[str, Any]]:
        return [_entry(edition, name, language, root_of(request)) for name in edition.offers]

    values = {"lists": await asyncio.to_thread(gathered), "statuses": _status_words(language)}
    return page(edition, "lists.html.j2", language, values)


def _entry(edition: "Edition", identifier: str, language: str, root: str) -> dict[str, Any]:
    offer, counts = edition.offers[identifier], edition.list_of(identifier).counts()
    view = offer.view(language)
    return {
        "href": f"{root}/{FOLDER}/{identifier}",
        "title": Words(view.title, view.marks.get("title")),
        "view": view,
        "counts": counts.statuses,
        "taken": counts.taken,
        "capacity": counts.capacity,
    }


@frozen
class _Search:
    """What is looked for: words that stand in an answer, a status, a page of what is found."""

    words: str = ""
    status: RegistrationStatus | None = None
    page: int = 1

    def finds(self, registration: Registration) -> bool:
        """Tell whether every word stands somewhere in what is shown of a registration."""
        said_so = " ".join(str(registration.answers.get(key) or "") for key in _SHOWN).casefold()
        return all(word in said_so for word in self.words.casefold().split())


async def list_page(
    edition: "Edition", request: "Request", settings: "Settings", identifier: str
) -> Response:
    """Show the list. What is searched for is posted: a name that is looked for has no place in an address."""
    given = await posted(request, seconds=settings.seconds) if request.method == "POST" else {}
    asked = {name: values[0] for name, values in given.items() if values}
    asked = {**request.query_params, **asked}
    search = _search(asked)
    language, roll = spoken(request), await asyncio.to_thread(edition.list_of, identifier)
    found, total = await asyncio.to_thread(_found, roll, search)
    again = await asyncio.to_thread(_sent_again, roll)
    entry = await asyncio.to_thread(_entry, edition, identifier, language, root_of(request))
    values = {
        **entry,
        "home": f"{root_of(request)}/{FOLDER}",
        "statuses": _status_words(language),
        "search": search,
        "total": total,
        "pages": -(-total // _PAGE),
        "parts": _parts(edition, identifier, roll, language),
        "rows": [
            {**_row(edition, identifier, each, language), "again": each.number in again} for each in found
        ],
        "again": again,
        "columns": _columns(edition, identifier, language),
    }
    return page(edition, "list.html.j2", language, values)


def _search(asked: dict[str, str]) -> _Search:
    number = asked.get("page", "1")
    try:
        status = RegistrationStatus(asked.get("status", ""))
    except ValueError:
        status = None
    whole = number.isascii() and number.isdigit() and len(number) < len("1000000")
    return _Search(asked.get("q", "")[:200].strip(), status, max(1, int(number)) if whole else 1)


def _found(roll: "RegistrationList", search: _Search) -> tuple[list[Registration], int]:
    """Go through the list once; keep the page that is asked for, and count all that is found."""
    first, kept, total = (search.page - 1) * _PAGE, list[Registration](), 0
    for registration in roll.list(search.status):
        if search.words and not search.finds(registration):
            continue
        if first <= total < first + _PAGE:
            kept.append(registration)
        total += 1
    return kept, total


def _sent_again(roll: "RegistrationList") -> list[int]:
    """Give the numbers of those for whom something was set aside that differs, and was not taken over yet."""
    with roll.store.reading(roll.briefing.identifier) as reader:
        last = {row.id: row for row in reader.handed_in(ASIDE)}
        taken = {name for _, name in reader.newest([WEB], map(_taken_as, last))}
        open_ = [row for row in last.values() if _taken_as(row.id) not in taken and not row.cancels]
        people = reader.registrations({row.person for row in open_})
    held = {person: registration_of(row) for person, row in people.items()}
    return sorted(
        {
            held[row.person].number
            for row in open_
            if row.person in held and _differs(answers_of_row(row), held[row.person].answers)
        }
    )


def _taken_as(response: str) -> str:
    """Name the response as which one that was set aside is taken over, once."""
    return f"{response}.taken"


def _differs(said_so: "Mapping[str, Any]", held: "Mapping[str, Any]") -> bool:
    return any(
        (held.get(key) or None) != (answer or None) for key, answer in said_so.items() if key != "email"
    )


def _columns(edition: "Edition", identifier: str, language: str) -> list[Words]:
    form = edition.offers[identifier].form
    return [label_words(form.by_key[key].label, language) for key in _SHOWN if key in form.by_key]


def _row(edition: "Edition", identifier: str, held: Registration, language: str) -> dict[str, Any]:
    form = edition.offers[identifier].form
    cells = [
        answer_in_words(form.by_key[key], held.answers.get(key), language) or ""
        for key in _SHOWN
        if key in form.by_key
    ]
    return {"number": held.number, "status": held.status, "at": held.created_at, "cells": cells}


def _parts(
    edition: "Edition", identifier: str, roll: "RegistrationList", language: str
) -> list[tuple[Words, int, int | None]]:
    """Count the places taken in the parts of the programme."""
    offer, taken = edition.offers[identifier], roll.counts().segments
    asked = offer.form.by_key.get(SEGMENTS)
    return [
        (label_words(each.label, language), taken.get(each.key, 0), offer.terms.capacity.of(each.key))
        for each in (asked.options if asked else ())
        if each.key != WHOLE
    ]


def _status_words(language: str) -> dict[str, Words]:
    return {status.value: said(words, language) for status, words in _STATUSES.items()}


async def person_page(edition: "Edition", visit: Visit, number: int) -> Response:
    """Show one registration with all that was handed in for it; take over what was set aside, where that is asked."""
    identifier, request = visit.offer.identifier, visit.request
    roll = await asyncio.to_thread(edition.list_of, identifier)
    found = await asyncio.to_thread(_person, roll, number)
    if found is None:
        return error_page(edition, request, 404)
    held, responses = found
    here = f"{root_of(request)}/{FOLDER}/{identifier}"
    if request.method == "POST":
        given = await posted(request, seconds=visit.settings.seconds)
        await _take_over(visit, held, _open(responses).get("".join(given.get("take", ()))))
        return see_other(f"{here}/{number}")
    language = spoken(request)
    values = {
        "home": here,
        "number": number,
        "status": _status_words(language)[held.status.value],
        "answers": _told(visit, held.answers, language),
        "history": _history(visit, responses, language),
        "action": f"{here}/{number}",
    }
    return page(edition, "person.html.j2", language, values)


async def _take_over(visit: Visit, held: Registration, chosen: HandedIn | None) -> None:
    """Let what was set aside count from now on, as a newer response of the page's."""
    if chosen is not None:
        again = evolve(chosen, intake=WEB, id=_taken_as(chosen.id), at=visit.now)
        await deliver(visit, Handed(again, Kind.CHANGE, held.person))


def _open(responses: "Sequence[HandedIn]") -> dict[str, HandedIn]:
    """Find what was set aside and waits to be taken over: of each the newest version, if that does not cancel."""
    taken = {each.id for each in responses if each.intake == WEB}
    newest = {each.id: each for each in responses if each.intake == ASIDE}
    return {name: each for name, each in newest.items() if not each.cancels and _taken_as(name) not in taken}


def _history(visit: Visit, responses: "Sequence[HandedIn]", language: str) -> list[dict[str, Any]]:
    waiting = _open(responses)
    return [
        {
            "id": each.id,
            "at": each.at,
            "open": waiting.get(each.id) is each,
            "cancels": each.cancels,
            "answers": _told(visit, each.answers, language),
        }
        for each in responses
    ]


def _told(visit: Visit, answers: "Mapping[str, Answer]", language: str) -> list[tuple[Words, str]]:
    fields = visit.offer.form.fields
    pairs = ((each.label, answer_in_words(each, answers.get(each.key), language)) for each in fields)
    return [(label_words(label, language), answer) for label, answer in pairs if answer is not None]


def _person(roll: "RegistrationList", number: int) -> tuple[Registration, list[HandedIn]] | None:
    with roll.store.reading(roll.briefing.identifier) as reader:
        row = reader.numbered(number)
        if row is None:
            return None
        from datetime import datetime

        responses = [
            HandedIn(
                each.id,
                each.briefing,
                each.intake,
                datetime.fromisoformat(each.at),
                each.language,
                answers_of_row(each),
                cancels=each.cancels,
            )
            for each in reader.responses(row.person)
        ]
        return registration_of(row), responses


async def list_file(edition: "Edition", request: "Request", identifier: str, kind: str) -> Response:
    """Give the list as a file, with what a spreadsheet would run disarmed."""
    if kind not in _TYPES:
        return error_page(edition, request, 404)
    roll = await asyncio.to_thread(edition.list_of, identifier)

    def written() -> "IO[bytes]":
        file = tempfile.SpooledTemporaryFile(1 << 20)  # noqa: SIM115 - closed when it was sent
        try:
            export_to(roll, file, kind)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return file

    try:
        file = await asyncio.to_thread(written)
    except MissingExtra:
        return error_page(edition, request, 404, reason=_NO_XLSX)

    def chunks() -> Iterator[bytes]:
        with file:
            while chunk := file.read(_AT_ONCE):
                yield chunk

    headers = {"content-disposition": f'attachment; filename="{identifier}.{kind}"'}
    return StreamingResponse(chunks(), 200, headers, media_type=_TYPES[kind])


_NO_XLSX = (
    msgid("Spreadsheets cannot be made here"),
    msgid("Take the list as CSV, which every spreadsheet program opens."),
)


_NO_CHARTS = (msgid("Charts cannot be drawn here"), _NO_XLSX[1])


async def report(edition: "Edition", request: "Request", identifier: str) -> Response:
    """Give the statistics as pictures."""
    from briefingkit.registrations.statistics.report import report_html

    roll = await asyncio.to_thread(edition.list_of, identifier)
    try:
        body = await asyncio.to_thread(report_html, roll, spoken(request))
    except MissingExtra:
        return error_page(edition, request, 404, reason=_NO_CHARTS)
    return HTMLResponse(
        body, headers={"content-security-policy": f"{_REPORT_POLICY}; frame-ancestors 'none'"}
    )
