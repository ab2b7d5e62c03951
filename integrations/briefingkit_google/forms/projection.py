"""What forms there should be, as values: for each briefing that takes registrations one a language, or one in all."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from briefingkit.errors import Unpublishable
from briefingkit.model import FromTarget, Programme
from briefingkit.publish import Context, Resource, Value
from briefingkit.publish.views import REGISTRATION
from briefingkit.registrations.capacity import terms_of
from briefingkit.registrations.form import form_of
from briefingkit.rendering.calendar_text import summary
from briefingkit.rendering.view import view
from briefingkit.text.fallback import Fallback
from briefingkit_google.forms.choices import EmailCollection, Style
from briefingkit_google.forms.identity import (
    FORM,
    ONE_FOR_ALL,
    FormName,
    mark_for,
    outputs_fitting,
)
from briefingkit_google.forms.layout import Layout, Page, branched, plain
from briefingkit_google.forms.notices import notices, untranslated_notices
from briefingkit_google.forms.wording import Wording, line
from briefingkit_google.masking import masked

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Publication
    from briefingkit.registrations.form import Form
    from briefingkit_google.forms.settings import GoogleForms

__all__ = ["asked_of", "languages_of", "project"]

_PLACE: Final = re.compile(r"\{([a-z]+)\}")


def project(
    settings: "GoogleForms",
    publications: "Sequence[Publication]",
    context: Context,
    programme: Programme | None = None,
) -> Iterator[Resource]:
    """Project publications, which are the whole programme unless it is given besides.

    Raises Unpublishable, with everything that is missing, for a language that is to be refused.
    """
    programme = programme or Programme(each.briefing for each in publications)
    refused: list[str] = []
    made: list[Resource] = []
    for publication in publications:
        if publication.briefing.registration is None:
            continue
        pages = _pages(settings, publication, programme, refused)
        if pages:
            made += _Forms(settings, context, publication.briefing, programme, tuple(pages)).resources()
    if refused:
        raise Unpublishable("\n".join(refused))
    yield from made


def languages_of(settings: "GoogleForms", briefing: "Briefing") -> tuple[str, ...]:
    """Give the languages in which people can register for a briefing, in order."""
    return settings.languages or briefing.languages


def asked_of(settings: "GoogleForms", briefing: "Briefing", programme: Programme) -> "Form":
    """Give what the items of a form ask: where Google itself asks for the address, no item does."""
    form = form_of(briefing, programme)
    if settings.email_collection is EmailCollection.QUESTION:
        return form
    return evolve(form, fields=tuple(each for each in form.fields if each.key != "email"))


def _pages(
    settings: "GoogleForms", publication: "Publication", programme: Programme, refused: list[str]
) -> list[Page]:
    briefing, pages = publication.briefing, list[Page]()
    form = asked_of(settings, briefing, programme)
    for language in languages_of(settings, briefing):
        fallback = settings.fallbacks.get(language, settings.fallback)
        try:
            # Addresses of other targets are not asked for: a form shows none, and what makes them may show the form's.
            seen = view(publication, language, programme=programme, fallback=fallback)
        except Unpublishable as error:
            refused.append(str(error))
            continue
        page = Page(seen, form, Wording(language, fallback))
        if fallback is Fallback.REFUSE:
            plain(page)
            if page.wording.untranslated:
                what = ", ".join(page.wording.untranslated)
                refused.append(f"the form of {briefing.identifier} is not complete in {language}: {what}")
        pages.append(page)
    return pages


@frozen
class _Forms:
    """One briefing's forms."""

    settings: "GoogleForms"
    context: Context
    briefing: "Briefing"
    programme: Programme
    pages: tuple[Page, ...]

    def resources(self) -> Iterator[Resource]:
        if self.settings.style is Style.BRANCHING:
            languages = tuple(page.wording.language for page in self.pages)
            outputs = (REGISTRATION, *(f"{REGISTRATION}.{language}" for language in languages))
            yield self._form(ONE_FOR_ALL, branched(self.pages), outputs, self.pages)
            return
        for number, page in enumerate(self.pages):
            own = f"{REGISTRATION}.{page.wording.language}"
            outputs = (REGISTRATION, own) if number == 0 else (own,)
            yield self._form(page.wording.language, plain(page), outputs, (page,))

    def _form(self, language: str, layout: Layout, outputs: Sequence[str], pages: Sequence[Page]) -> Resource:
        settings, briefing = self.settings, self.briefing
        name = FormName(briefing.identifier, language)
        mark = mark_for(self.context.namespace, self.context.target, name)
        terms, now = terms_of(briefing, self.programme), settings.clock()
        whole = form_of(briefing, self.programme)
        untranslated = {
            page.wording.language: page.wording.untranslated for page in pages if page.wording.untranslated
        }
        fields: Mapping[str, Value] = {
            "document": self._document(pages),
            "title": layout.title,
            "description": layout.description,
            "items": layout.by_key,
            "order": layout.order,
            "emails": self._emails(whole),
            "quiz": False,
            "published": True,
            "accepting": terms.is_open(now),
            "responders": tuple(sorted(map(masked, settings.responders.scopes))),
            "editors": tuple(sorted(map(masked, settings.editors))),
            "outputs": outputs_fitting(outputs),
            "mark": {"namespace": mark.namespace, "target": mark.target},
        }
        said = list(untranslated_notices(untranslated))
        if REGISTRATION in outputs:  # what holds of all is said of the first
            route = layout.routes[pages[0].wording.language]
            said = [*notices(briefing, whole, route, settings.email_collection, terms, now), *said]
            said += self._elsewhere()
        return Resource(FORM, name.key, briefing.identifier, fields, tuple(said))

    def _elsewhere(self) -> Iterator[str]:
        """Say that people are sent to register somewhere else."""
        registration, target = self.briefing.registration, self.context.target
        url = registration.url if registration is not None else None
        first = self.context.registrars.get(self.briefing.identifier, target)
        if isinstance(url, FromTarget) or url is None:
            there = first if url is None else url.target
            if there != target:
                yield f"pages, calendars and mails send people to register at {there}, and not to this form"
        else:
            yield "pages, calendars and mails send people to the address of `registration.url`, and not to this form"

    def _document(self, pages: Sequence[Page]) -> str:
        """Name the document in Drive; what is filled in is not looked at again."""
        values = {
            "title": line(summary(pages[0].view)),
            "briefing": self.briefing.identifier,
            "language": ", ".join(page.wording.language for page in pages),
        }
        parts = _PLACE.split(line(self.settings.document_title))
        return line(
            "".join(values.get(part, f"{{{part}}}") if at % 2 else part for at, part in enumerate(parts))
        )

    def _emails(self, whole: "Form") -> str:
        if "email" not in whole.by_key or self.settings.email_collection is EmailCollection.QUESTION:
            return "DO_NOT_COLLECT"
        return _EMAILS[self.settings.email_collection]


_EMAILS = {
    EmailCollection.RESPONDER_INPUT: "RESPONDER_INPUT",
    EmailCollection.VERIFIED: "VERIFIED",
}
