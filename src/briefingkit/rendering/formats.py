"""The formats that a publication can be rendered in, by the name that a user types, and one call for them all."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches

from attrs import frozen

from briefingkit.errors import RenderError
from briefingkit.model import Access, Programme, Publication
from briefingkit.rendering.templates import Templates
from briefingkit.rendering.view import View, view
from briefingkit.text.fallback import Fallback

__all__ = ["FORMATS", "Format", "render"]


@frozen
class Format:
    """A format: its file extension and media type, and whether one file holds every language."""

    name: str
    extension: str
    media_type: str
    multilingual: bool = False


FORMATS: Mapping[str, Format] = {
    one.name: one
    for one in (
        Format("html", "html", "text/html; charset=utf-8"),
        Format("txt", "txt", "text/plain; charset=utf-8"),
        Format("md", "md", "text/markdown; charset=utf-8"),
        Format("ics", "ics", "text/calendar; charset=utf-8"),
        Format("jsonld", "jsonld", "application/ld+json"),
        Format("jscalendar", "jscalendar.json", "application/jscalendar+json;type=event", multilingual=True),
    )
}
"""Every format by its name."""


def render(  # noqa: PLR0913 - what a view and a page take, with defaults for all of it
    publication: Publication,
    format: str,  # noqa: A002 - the word that a caller would look for
    language: str | None = None,
    *,
    programme: Programme | None = None,
    audience: Access = Access.PUBLIC,
    fallback: Fallback = Fallback.MARK,
    addresses: Mapping[str, str] | None = None,
    templates: Templates | None = None,
) -> bytes:
    """Render a publication in a format and a language (its source language by default), as one audience sees it.

    The same publication gives the same bytes, on any machine. `addresses` are by path, as `view` takes them.
    RenderError for an unknown format and for an output that cannot be made; Unpublishable for a language that is not
    complete, where `fallback` refuses that.
    """
    form = _format(format)
    if form.multilingual:
        from briefingkit.rendering.jscalendar import jscalendar

        return jscalendar(
            publication, programme=programme, audience=audience, fallback=fallback, addresses=addresses
        )
    seen = view(
        publication,
        language or publication.briefing.source_language,
        programme=programme,
        audience=audience,
        fallback=fallback,
        addresses=addresses,
    )
    return _writers(templates)[form.name](seen)


def _format(name: str) -> Format:
    if name in FORMATS:
        return FORMATS[name]
    close = get_close_matches(name.lower(), FORMATS, n=1)
    hint = f"did you mean {close[0]}? There are" if close else "there are"
    raise RenderError(f"{name[:40]!r} is no format: {hint} {', '.join(FORMATS)}")


def _writers(templates: Templates | None) -> Mapping[str, Callable[[View], bytes]]:
    """Import a format's writer when it is asked for: a calendar costs no template engine, and a page no calendar."""

    def html(seen: View) -> bytes:
        from briefingkit.rendering.html import html

        return html(seen, templates=templates)

    def text(seen: View) -> bytes:
        from briefingkit.rendering.plain import text

        return text(seen)

    def markdown(seen: View) -> bytes:
        from briefingkit.rendering.markdown import markdown

        return markdown(seen)

    def ics(seen: View) -> bytes:
        from briefingkit.rendering.ics import ics

        return ics(seen)

    def jsonld(seen: View) -> bytes:
        from briefingkit.rendering.jsonld import jsonld

        return jsonld(seen)

    return {"html": html, "txt": text, "md": markdown, "ics": ics, "jsonld": jsonld}
