"""A form as values: its title, its description, and its items in order, of one language or of several branches."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from attrs import frozen

from briefingkit.model.question import OTHER
from briefingkit.publish import Value
from briefingkit.registrations.form import Form, FormField
from briefingkit.rendering.calendar_text import summary
from briefingkit.rendering.moments import span_in_words
from briefingkit.rendering.words import labelled, name_of_language, status_notice
from briefingkit.text.phrases import phrase
from briefingkit_google.forms.identity import item_ids
from briefingkit_google.forms.questions import (
    consent_item,
    described,
    question_item,
    section_item,
    send_item,
    single_choice,
)
from briefingkit_google.forms.routing import Route, Section, route
from briefingkit_google.forms.wording import Wording, line

if TYPE_CHECKING:
    from briefingkit.rendering.values import View

__all__ = ["LANGUAGE", "Layout", "Page", "branched", "plain", "prefix_of"]

LANGUAGE: Final = "form.language"
"""The key of the question which language one wants."""
_BETWEEN: Final = " / "

Item = Mapping[str, Value]


@frozen
class Page:
    """What goes into a form of one language: the briefing as it is seen, what is asked, and the words for it."""

    view: "View"
    form: Form
    wording: Wording


@frozen
class Layout:
    """A form, its items in order; each has its key, and sections are named by theirs. `routes` are by language."""

    title: str
    description: str
    items: tuple[Item, ...]
    routes: Mapping[str, Route]

    @property
    def order(self) -> tuple[str, ...]:
        """The keys of the items."""
        return tuple(str(item["key"]) for item in self.items)

    @property
    def by_key(self) -> Mapping[str, Value]:
        """The items in the form in which they are compared: by key, under the ids that they have in the form."""
        ids = item_ids(self.order)
        return {str(item["key"]): _identified(item, ids) for item in self.items}


def plain(page: Page) -> Layout:
    """Lay out a form of one language."""
    items, laid = _items(page, "", ends=False)
    return Layout(summary(page.view), _description(page.view), tuple(items), {page.wording.language: laid})


def branched(pages: Sequence[Page]) -> Layout:
    """Lay out a form that asks for the language first, and has a branch for each."""
    names = {page.wording.language: _name(page) for page in pages}
    leads = {language: f"#{prefix_of(language)}start" for language in names}
    items: list[Item] = [
        {
            "key": LANGUAGE,
            "title": _joined(page.wording.phrase("Language") for page in pages),
            "description": "",
            "required": True,
            "question": single_choice(names, leads),
        }
    ]
    routes: dict[str, Route] = {}
    for page in pages:
        language = page.wording.language
        items.append(section_item(leads[language], line(summary(page.view)), _description(page.view)))
        own, routes[language] = _items(page, prefix_of(language), ends=True)
        items += own
    title = _joined(summary(page.view) for page in pages)
    return Layout(title, "\n\n".join(_description(page.view) for page in pages), tuple(items), routes)


def prefix_of(language: str) -> str:
    """Give what stands before the keys of a branch."""
    return f"{language}/"


def _name(page: Page) -> str:
    language = page.wording.language
    return line(name_of_language(language, language))


def _items(page: Page, prefix: str, *, ends: bool) -> tuple[list[Item], Route]:
    """Make the items of one language; `ends` says that the form is at its end after them."""
    wording, consent = page.wording, page.form.consent
    laid = route(
        [each for each in page.form.fields if not _is_other(each)], goes_on=consent is not None or ends
    )
    items: list[Item] = []
    for each in laid:
        if isinstance(each, Section):
            title = wording.titles[each.of.key] if each.of is not None else line(summary(page.view))
            items.append(section_item(f"#{prefix}{each.key[1:]}", title))
        else:
            items.append(question_item(each, wording, prefix))
    if consent is not None:
        items.append(consent_item(consent, wording, prefix, submits=ends))
    elif ends:
        items.append(send_item(wording, prefix))
    return items, laid


def _is_other(field: FormField) -> bool:
    """Whether it is what one writes beside the option other, for which Google's choices have a place of their own."""
    shown = field.shown_if
    return shown is not None and field.key == f"{shown.question}.{OTHER}"


def _joined(texts: "Iterator[str] | Sequence[str]") -> str:
    return _BETWEEN.join(dict.fromkeys(map(line, texts)))


def _description(view: "View") -> str:
    """Say what one registers for: when and where it is, and whom to ask."""
    language = view.language
    said = [
        status_notice(view.status, language) or "",
        span_in_words(view.start, view.end, view.timezone, language),
        *_places(view),
    ]
    if view.contact is not None:
        known = (view.contact.name, view.contact.email, view.contact.phone)
        contact = ", ".join(line(part) for part in known if part)
        said.append(f"{labelled(phrase('Contact', language), language)} {contact}")
    return described(said)


def _places(view: "View") -> Iterator[str]:
    if view.venue is not None and view.venue.name:
        yield ", ".join(line(part) for part in (view.venue.name, view.venue.address) if part)
    if view.online is not None:
        yield phrase("Online", view.language)


def _identified(item: Item, ids: Mapping[str, str]) -> Value:
    named = {name: _resolved(value, ids) for name, value in item.items() if name != "key"}
    return {"id": ids[str(item["key"])], **named}


def _resolved(value: Value, ids: Mapping[str, str]) -> Value:
    """Put the ids of sections in the place of their keys."""
    if isinstance(value, Mapping):
        return {
            name: ids[str(part)] if name == "goToSectionId" else _resolved(part, ids)
            for name, part in value.items()
        }
    return tuple(_resolved(part, ids) for part in value) if isinstance(value, tuple) else value
