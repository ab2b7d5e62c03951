"""From values to bytes: a page from its own fields, a feed from the calendar files beside it.

Whatever is composed comes from the change and from what stands in the folder; no briefing is needed for it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from briefingkit.errors import RenderError
from briefingkit.publish import Fields, Identity, Resource, Value
from briefingkit_files.folder import Folder
from briefingkit_files.layout import INDEX, PAGE, Place, href, index_identity, page_identity, place_of
from briefingkit_files.record import Record, fields_digest
from briefingkit_files.standing import record_at

if TYPE_CHECKING:
    from briefingkit.rendering.templates import Templates
    from briefingkit.rendering.values import View

__all__ = ["Composed", "compose"]

_REFRESH: Final = timedelta(hours=6)
"""How often a subscribed calendar should look again."""

_LARGEST_CALENDAR: Final = 16 << 20


@frozen
class Composed:
    """What a resource is made of: its values as they came out, and in `behind` what it could not show yet."""

    files: Mapping[str, bytes]
    fields: Fields
    contents: Mapping[str, str] = field(factory=dict)
    behind: tuple[str, ...] = ()


def compose(wanted: Resource, folder: Folder, templates: "Templates") -> Composed:
    """Render the files of a resource. RenderError where that cannot be done."""
    place = place_of(wanted.identity)
    if wanted.kind == PAGE:
        return Composed(_page(wanted.fields, place, templates), wanted.fields)
    if wanted.kind == INDEX:
        return _index(wanted.fields, folder, templates)
    return _manifest(wanted.fields, folder, templates)


def _page(fields: Fields, place: Place, templates: "Templates") -> dict[str, bytes]:
    from briefingkit.rendering.fields import view_from_fields

    view = view_from_fields(fields)
    return {
        name: _html(view, fields, place, templates) if name == "html" else _WRITERS[name](view)
        for name in _formats(fields)
    }


def _html(view: "View", fields: Fields, place: Place, templates: "Templates") -> bytes:
    from briefingkit.rendering.html import html

    index = place_of(index_identity(view.language))
    return html(
        view,
        alternates=_texts(fields["translations"]),
        calendar_href=place.files["ics"] if "ics" in _formats(fields) else None,
        index_href=href(place, index, index.files["html"]),
        pages=_texts(fields["pages"]),
        templates=templates,
    )


def _ics(view: "View") -> bytes:
    from briefingkit.rendering.ics import ics

    return ics(view)


def _jsonld(view: "View") -> bytes:
    from briefingkit.rendering.jsonld import jsonld

    return jsonld(view)


def _txt(view: "View") -> bytes:
    from briefingkit.rendering.plain import text

    return text(view)


def _md(view: "View") -> bytes:
    from briefingkit.rendering.markdown import markdown

    return markdown(view)


_WRITERS: "Mapping[str, Callable[[View], bytes]]" = {"ics": _ics, "jsonld": _jsonld, "txt": _txt, "md": _md}


def _index(fields: Fields, folder: Folder, templates: "Templates") -> Composed:
    wanted = _texts(fields["pages"])
    made = {each: _look(folder, page_identity(each, str(fields["language"]))) for each in wanted}
    shown = {each: page.digest for each, page in made.items()}
    files = {"html": _index_html(fields, templates)}
    if "ics" in _formats(fields):
        files["ics"] = _feed(fields, folder, made.values())
    behind = tuple(each for each in wanted if shown[each] != wanted[each])
    return Composed(files, {**fields, "pages": shown}, behind=behind)


def _index_html(fields: Fields, templates: "Templates") -> bytes:
    from briefingkit.rendering.index import index_from_fields, index_html

    return index_html(
        index_from_fields(fields), alternates=_texts(fields["translations"]), templates=templates
    )


def _feed(fields: Fields, folder: Folder, pages: "Iterable[_Made]") -> bytes:
    """Assemble the calendar files as they stand; those of pages that are not there yet are left out."""
    from briefingkit.rendering.ics_feed import assemble

    return assemble(
        (_calendar(folder, page, page.record) for page in pages if page.record is not None),
        language=str(fields["language"]),
        name=str(fields["title"]),
        source_url=str(fields["feed_url"]) if fields["feed_url"] is not None else None,
        refresh=_REFRESH,
    )


def _manifest(fields: Fields, folder: Folder, templates: "Templates") -> Composed:
    """List all files with their digests, as their records say."""
    contents: dict[str, str] = {}
    behind: list[str] = []
    briefings: dict[str, Value] = {}
    for identifier, wanted in _mapping(fields["briefings"]).items():
        pages: dict[str, Value] = {}
        for language, digest in _texts(_mapping(wanted)["pages"]).items():
            page = _look(folder, page_identity(identifier, language))
            contents.update(page.contents())
            pages[language] = page.digest
            if page.digest != digest:
                behind.append(f"{identifier}/{language}")
        briefings[identifier] = {**_mapping(wanted), "pages": pages}
    indexes: dict[str, Value] = {}
    for language, digest in _texts(fields["indexes"]).items():
        index = _look(folder, index_identity(language))
        contents.update(index.contents())
        indexes[language] = index.digest
        if index.digest != digest:
            behind.append(language)
    files = {"html": _index_html(fields, templates)}
    composed = {**fields, "briefings": briefings, "indexes": indexes}
    return Composed(files, composed, contents, tuple(behind))


@frozen
class _Made:
    """What stands in the folder of a page or an index, as far as its record can be believed."""

    place: Place
    record: Record | None
    record_digest: str | None

    @property
    def digest(self) -> str | None:
        """The digest of the values that it was made from."""
        return None if self.record is None else fields_digest(self.record.fields)

    def contents(self) -> Iterator[tuple[str, str]]:
        """Give the path and digest of each file, the record too."""
        if self.record is not None and self.record_digest is not None:
            for name, digest in self.record.digests.items():
                yield self.place.path_of(self.place.files[name]), digest
            yield self.place.path_of(self.place.record), self.record_digest


def _look(folder: Folder, identity: Identity) -> _Made:
    place = place_of(identity)
    if folder.problem_with(place.folder) is not None:
        return _Made(place, None, None)
    found, record = record_at(folder, place)
    return _Made(place, record, found.digest)


def _calendar(folder: Folder, made: _Made, record: Record) -> bytes:
    """Take a page's calendar file as it was written; one that is not there as such is made again from the record."""
    from briefingkit.rendering.fields import view_from_fields

    found = folder.look(made.place.folder, made.place.files["ics"], keep=_LARGEST_CALENDAR)
    if found.content is not None and found.digest == record.digests.get("ics"):
        return found.content
    return _ics(view_from_fields(record.fields))


def _formats(fields: Fields) -> tuple[str, ...]:
    return tuple(_mapping(fields["files"]))


def _mapping(value: Value) -> Mapping[str, Value]:
    if not isinstance(value, Mapping):
        raise RenderError("these are not the fields of this target: plan again with this release")
    return value


def _texts(value: Value) -> dict[str, str]:
    return {name: str(each) for name, each in _mapping(value).items()}
