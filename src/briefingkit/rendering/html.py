"""A view as a web page: one file, complete in itself, in one language, and readable without a script or a network."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from briefingkit.rendering.jsonld import script_safe
from briefingkit.rendering.markup import Writer, policy
from briefingkit.rendering.moments import moment_in_words
from briefingkit.rendering.prose_text import prose_plain
from briefingkit.rendering.templates import Templates, fill
from briefingkit.rendering.values import AgendaItemView, OrganizerView, View
from briefingkit.rendering.words import KINDS, MODES, STATUSES, WITHHELD, comma, role_in_words, status_notice
from briefingkit.text.language import direction
from briefingkit.text.phrases import msgid
from briefingkit.text.spaces import one_line

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["html"]

_NOT_PROSE = frozenset(("url", "name", "organization", "address", "track"))
_DESCRIPTION = 200  # characters: what search engines show


def html(
    view: View,
    *,
    alternates: Mapping[str, str] | None = None,
    calendar_href: str | None = None,
    index_href: str | None = None,
    pages: Mapping[str, str] | None = None,
    logos: Mapping[str, str] | None = None,
    templates: Templates | None = None,
) -> bytes:
    """Write a view as a page, UTF-8.

    Addresses are as the page should hold them, relative ones too: `alternates` the pages in other languages by tag,
    `calendar_href` the ICS file, `index_href` the listing, `pages` those of other briefings by identifier, and
    `logos` pictures by their path in the briefing (an address beside the page, or a data: URI).
    RenderError for a template that fails and for an address that no link may have.
    """
    writer = Writer(view.language, view.marks)
    values = {
        **writer.vocabulary(),
        "view": view,
        "direction": direction(view.language),
        "alternates": writer.switch(alternates or {}, view.language),
        "calendar_href": calendar_href,
        "index_href": index_href,
        "pages": pages or {},
        "logos": logos or {},
        "notice": _notice(view, writer),
        "fallback_notice": _fallback_notice(view, writer),
        "description": _description(view),
        "jsonld": writer.raw(script_safe(view)),
        "policy": policy,
        "kinds": KINDS,
        "modes": MODES,
        "withheld": WITHHELD,
        "statuses": STATUSES,
        "comma": comma(view.language),
        "role": lambda participant: role_in_words(participant, view.language),
        "agenda_days": _agenda_days(view),
        "supporters": _supporters(view),
        "updated": _updated(view),
    }
    return fill(templates, "page.html.j2", values).encode()


def _notice(view: View, writer: Writer) -> "dict[str, Markup] | None":
    said = status_notice(view.status, view.language)
    if said is None:
        return None
    return {"heading": writer.say(STATUSES[view.status]), "text": writer.own(said)}


def _fallback_notice(view: View, writer: Writer) -> "Markup | None":
    """Say once, before everything, that a page holds texts in another language: readers know what to expect."""
    languages = {tag for path, tag in view.marks.items() if path.rpartition(".")[2] not in _NOT_PROSE}
    if not languages:
        return None
    return writer.say(
        msgid("Parts of this page are not available in {language} and are shown in {other}"),
        language=writer.languages((view.language,)),
        other=writer.languages(tuple(sorted(languages))),
    )


def _description(view: View) -> str:
    about = view.objectives or view.background
    text = one_line(prose_plain(about)) if about else view.title
    if len(text) <= _DESCRIPTION:
        return text
    return f"{text[:_DESCRIPTION].rpartition(' ')[0] or text[:_DESCRIPTION]}…"


def _agenda_days(view: View) -> list[tuple[str | None, list[AgendaItemView]]]:
    """Group the agenda by day where there are several; an item without a time stays with the one before it."""
    days: list[tuple[str | None, list[AgendaItemView]]] = []
    for item in view.agenda:
        if not days or (item.day is not None and item.day != days[-1][0]):
            if days and days[-1][0] is None:
                days[-1] = (item.day, days[-1][1])
            else:
                days.append((item.day, []))
        days[-1][1].append(item)
    return days


def _supporters(view: View) -> list[tuple[str, str, list[Any]]]:
    """Tell who stands behind the briefing, by what they do, as (message id, list's name in the view, organisations)."""
    steering: list[OrganizerView] = [one for one in view.co_organizers if one.steers is not None]
    others = [one for one in view.co_organizers if one.steers is None]
    groups: list[tuple[str, str, list[Any]]] = [
        (msgid("Hosted by"), "organizers", list(view.hosts)),
        (msgid("Co-steered by"), "organizers", steering),
        (msgid("Co-organised by"), "organizers", others),
        (msgid("In partnership with"), "partners", list(view.partners)),
    ]
    return [group for group in groups if group[2]]


def _updated(view: View) -> str | None:
    """Write the day of the publication, unless it is a preview that has none."""
    day = view.at[:10]
    return None if day == "1970-01-01" else moment_in_words(day, view.timezone, view.language)
