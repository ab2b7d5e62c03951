"""Fetching responses from where the last pull ended: from form after form, and then given in the order of their time.

How far a form was read is noted once all of its pages are; Google does not promise an order. The next pull begins a
little before that, because a response may be told later than others that came after it. What comes twice is known.
"""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from attrs import define, evolve, field, frozen

from briefingkit.errors import IntegrationError, ModelError, Unpublishable
from briefingkit.model import Publication
from briefingkit.publish import Context, Identity, Remote, Resource, Snapshot
from briefingkit.registrations.form import form_of
from briefingkit.registrations.pulling import Page
from briefingkit.registrations.response import Response
from briefingkit.text.fallback import Fallback
from briefingkit_google.forms.answers import Reader, moment
from briefingkit_google.forms.body import Names
from briefingkit_google.forms.choices import Style
from briefingkit_google.forms.history import past_of_remote
from briefingkit_google.forms.identity import FORM, FormName
from briefingkit_google.forms.projection import project
from briefingkit_google.forms.reading import open_desk, read_forms
from briefingkit_google.listing import Unreadable, pages
from briefingkit_google.unchecked import list_in, mapping_in

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Programme
    from briefingkit_google.forms.settings import GoogleForms

__all__ = ["pull_forms"]

_OVERLAP: Final = timedelta(minutes=10)
_PAGE: Final = 5000  # responses that are kept together
_log = logging.getLogger(__name__)


@frozen
class _Source:
    """A form to read: its id, its language (or `all`), what is known of it. `held`: the ledger knows it to be there."""

    form: str
    language: str
    remote: Remote | None = None

    @property
    def past(self) -> Names:
        return past_of_remote(self.remote).names


@frozen
class _Cursor:
    """Until when each form was read, as Google wrote it, and in which language it is: a form may be gone by then."""

    until: Mapping[str, str] = field(factory=dict)
    languages: Mapping[str, str] = field(factory=dict)

    @classmethod
    def parse(cls, text: str | None) -> "_Cursor":
        """Read a cursor back; one that cannot be read is none, and all is read again."""
        try:
            data = mapping_in(json.loads(text or "{}"))
        except ValueError:
            return cls()
        forms = {str(form): list_in(each) for form, each in data.items()}
        good = {form: each for form, each in forms.items() if len(each) == 2 and moment(each[0])}  # noqa: PLR2004 - until when, and its language
        return cls(
            {form: str(each[0]) for form, each in good.items()},
            {form: str(each[1]) for form, each in good.items()},
        )

    def write(self) -> str | None:
        """Write it down; None where nothing was read yet."""
        data = {form: [until, self.languages[form]] for form, until in sorted(self.until.items())}
        return json.dumps(data, separators=(",", ":")) if data else None

    def since(self, form: str) -> str | None:
        """Say from when on a form is to be read, in RFC 3339; None for all of it."""
        until = moment(self.until.get(form))
        return None if until is None else f"{until - _OVERLAP:%Y-%m-%dT%H:%M:%S.%f}Z"

    def with_(self, source: _Source, until: datetime | None) -> "_Cursor":
        """Note that a form was read to its end."""
        before = moment(self.until.get(source.form))
        if until is None or (before is not None and before >= until):
            return self
        return _Cursor(
            {**self.until, source.form: f"{until:%Y-%m-%dT%H:%M:%S.%f}Z"},
            {**self.languages, source.form: source.language},
        )

    def without(self, source: _Source) -> "_Cursor":
        """Forget a form that is gone."""
        until = {form: each for form, each in self.until.items() if form != source.form}
        return _Cursor(until, {form: self.languages[form] for form in until})


@define
class _Reading:
    """What was read, and how far: a form is noted in the cursor once all of its pages are there."""

    cursor: _Cursor
    found: list[Response] = field(factory=list, repr=False)


def pull_forms(
    settings: "GoogleForms",
    briefing: "Briefing",
    programme: "Programme",
    held: Mapping[Identity, Remote],
    since: str | None,
) -> Iterator[Page]:
    """Give the responses to all forms of a briefing since a cursor, oldest first: no language has places before others.

    Raises IntegrationError where a form cannot be read, after what was read, and for one that is not there any more.
    """
    reading, gone = _Reading(_Cursor.parse(since)), list[str]()
    fault: IntegrationError | None = None
    try:
        gone += _read_all(settings, briefing, programme, held, reading)
    except IntegrationError as error:
        fault = error
    yield from _in_order(reading, since)
    if fault is not None:
        raise fault
    if gone:
        raise IntegrationError(f"not there any more: {', '.join(gone)}. Plan again, and it is made anew")


def _in_order(reading: _Reading, since: str | None) -> Iterator[Page]:
    """Divide what was read into pages; the cursor moves with the last, for only then is all of it kept."""
    found = sorted(reading.found, key=lambda each: each.at)
    while len(found) > _PAGE:
        yield Page(tuple(found[:_PAGE]), since)
        del found[:_PAGE]
    if found or reading.cursor.write() != since:
        yield Page(tuple(found), reading.cursor.write())


def _read_all(
    settings: "GoogleForms",
    briefing: "Briefing",
    programme: "Programme",
    held: Mapping[Identity, Remote],
    reading: _Reading,
) -> Iterator[str]:
    """Read each form to its end; give the keys of those that are gone although the ledger knows them to be there."""
    desk, wanted = open_desk(settings), _wanted(settings, briefing, programme)
    for source in _sources(settings, briefing, held, reading.cursor, wanted):
        reader, newest = _reader(settings, briefing, programme, source, wanted), None
        try:
            request = desk.calls.list_responses(source.form, reading.cursor.since(source.form))
            for page in pages(desk.session, request, desk.calls.next_responses):
                responses = _responses(reader, page)
                reading.found += responses
                newest = max(
                    (each.at for each in responses if newest is None or each.at > newest), default=newest
                )
            reading.cursor = reading.cursor.with_(source, newest)
        except Unreadable as error:
            if not error.fault.gone:
                raise
            if source.remote is None:
                _log.info("the form %s of %s is gone", source.form, briefing.identifier)
                reading.cursor = reading.cursor.without(source)
            else:
                yield source.remote.identity.key


def _responses(reader: Reader, page: Mapping[str, Any]) -> tuple[Response, ...]:
    try:
        read = [reader.response(mapping_in(raw)) for raw in list_in(page.get("responses"))]
    except ModelError as error:
        raise IntegrationError(f"a response of the form {reader.form} cannot be kept: {error}") from None
    return tuple(read)


def _sources(
    settings: "GoogleForms",
    briefing: "Briefing",
    held: Mapping[Identity, Remote],
    cursor: _Cursor,
    wanted: Sequence[Resource],
) -> Iterator[_Source]:
    """Name the forms: those that the ledger knows, or else those that are found; and those that were read before."""
    known = _of(briefing, held) or _of(briefing, read_forms(settings, wanted, Snapshot()).remotes)
    for remote in known:
        name = FormName.parse(remote.identity.key)
        if name is not None:
            yield _Source(remote.id, name.language, remote)
    ids = {remote.id for remote in known}
    for form, language in cursor.languages.items():
        if form not in ids:
            yield _Source(form, language)


def _of(briefing: "Briefing", remotes: Mapping[Identity, Remote]) -> list[Remote]:
    ours = [each for each in remotes.values() if each.identity.kind == FORM]
    return sorted(
        (each for each in ours if each.resource.owner == briefing.identifier),
        key=lambda each: each.identity,
    )


def _reader(
    settings: "GoogleForms",
    briefing: "Briefing",
    programme: "Programme",
    source: _Source,
    wanted: Sequence[Resource],
) -> Reader:
    key = FormName(briefing.identifier, source.language).key
    held = source.remote.resource if source.remote is not None else None
    resources = (held, *(each for each in wanted if each.key == key))
    return Reader.of(
        source.form,
        briefing.identifier,
        settings.target,
        source.language,
        form_of(briefing, programme),
        resources,
        source.past,
    )


def _wanted(settings: "GoogleForms", briefing: "Briefing", programme: "Programme") -> tuple[Resource, ...]:
    """Project the briefing as it is now, for the names that it gives to questions and options.

    In both styles: a form of the other one may have been taken away before all of it was read.
    """
    namespace = settings.namespace or briefing.namespace or ""
    try:
        publication = Publication(briefing)
    except Unpublishable:
        return ()
    context = Context(settings.target, namespace, briefings={briefing.identifier: briefing})
    named = (evolve(settings, style=style, fallback=Fallback.MARK, fallbacks={}) for style in Style)
    return tuple(each for one in named for each in project(one, [publication], context, programme))
