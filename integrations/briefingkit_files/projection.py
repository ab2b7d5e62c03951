"""What the folder should hold, as values: pages, an index and a feed by language, and the manifest."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from briefingkit.publish import Context, Resource, Value
from briefingkit.publish.views import Views
from briefingkit.text.fallback import Fallback
from briefingkit_files.layout import (
    INDEX,
    SITE,
    SITE_IDENTITY,
    Place,
    href,
    index_identity,
    page_identity,
    place_of,
)
from briefingkit_files.record import fields_digest

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Organizer, Partner, Publication
    from briefingkit.rendering.index import Index, IndexEntry
    from briefingkit.rendering.values import View

__all__ = ["Projection"]


@frozen
class Projection:
    """What a target is told of how to project. `renderings` says, by format, what files are rendered by."""

    formats: tuple[str, ...]
    languages: tuple[str, ...]
    fallback: Fallback
    fallbacks: Mapping[str, Fallback]
    base_url: str | None
    renderings: Mapping[str, str]

    def resources(self, publications: "Sequence[Publication]", context: Context) -> Iterator[Resource]:
        """Project. No publication: nothing at all, so that a source that went missing is told from an empty site.

        Raises Unpublishable, with every page that is not complete, where a language is refused for that.
        """
        if publications:
            yield from _Site(self, publications, context).resources()


class _Site:
    """One projection: what is published in which language, and who is part of whom."""

    def __init__(self, told: Projection, publications: "Sequence[Publication]", context: Context) -> None:
        from briefingkit.model import Programme

        self._told = told
        self._context = context
        self._publications = publications
        self._programme: Programme = Programme(each.briefing for each in publications)
        self._languages = {
            each.briefing.identifier: told.languages or each.briefing.languages for each in publications
        }
        self._segments: dict[str, list[str]] = {}
        for briefing in self._programme:
            parent = self._programme.parent(briefing)
            if parent is not None:
                self._segments.setdefault(parent.identifier, []).append(briefing.identifier)

    def resources(self) -> Iterator[Resource]:
        told = Views(self._told.languages, self._told.fallback, self._told.fallbacks)
        made = told.of(self._publications, self._context, own=self._own_addresses)
        views: dict[str, list[View]] = {}
        pages: dict[str, dict[str, str]] = {}
        for publication in self._publications:
            identifier = publication.briefing.identifier
            for language, view in made[identifier].items():
                page = self._page(publication, view)
                views.setdefault(language, []).append(view)
                pages.setdefault(identifier, {})[language] = fields_digest(page.fields)
                yield page
        yield from self._indexes(views, pages)

    # Pages

    def _page(self, publication: "Publication", view: "View") -> Resource:
        from briefingkit.rendering.fields import view_fields

        briefing = publication.briefing
        kind, key = page_identity(briefing.identifier, view.language)
        here = self._place(briefing.identifier, view.language)
        beside = (
            (each, self._place(each, self._language_of(each, view.language)))
            for each in self._related(briefing)
        )
        fields: dict[str, Value] = {
            **view_fields(view),
            "translations": self._translations(briefing.identifier, here),
            "pages": {each: href(here, there, there.files["html"]) for each, there in beside},
            "files": {name: self._told.renderings[name] for name in self._told.formats},
        }
        return Resource(kind, key, briefing.identifier, fields, self._notices(briefing, view))

    def _notices(self, briefing: "Briefing", view: "View") -> tuple[str, ...]:
        shown: tuple[Organizer | Partner, ...] = (*briefing.organizers, *briefing.partners)
        pictured = [each.key for each in shown if each.logo]
        if not pictured or view.language != self._languages[briefing.identifier][0]:
            return ()
        return (f"pages show no pictures: the logos of {', '.join(pictured)} stay out",)

    def _related(self, briefing: "Briefing") -> Iterator[str]:
        parent = self._programme.parent(briefing)
        if parent is not None:
            yield parent.identifier
        yield from self._segments.get(briefing.identifier, ())

    def _translations(self, identifier: str, here: Place) -> dict[str, str]:
        there = ((each, self._place(identifier, each)) for each in self._languages[identifier])
        return {each: href(here, place, place.files["html"]) for each, place in there}

    def _language_of(self, identifier: str, language: str) -> str:
        """Choose the language in which another briefing's page is linked: the same one, or else its first."""
        there = self._languages[identifier]
        return language if language in there else there[0]

    def _place(self, identifier: str, language: str) -> Place:
        return place_of(page_identity(identifier, language))

    # Addresses

    def _own_addresses(self, briefing: "Briefing", language: str) -> Mapping[str, str]:
        """Give the addresses of these very pages."""
        if self._told.base_url is None:
            return {}
        own = {"url": self._page_address(briefing.identifier, language)}
        parent = self._programme.parent(briefing)
        if parent is not None:
            own["part_of.url"] = self._page_address(parent.identifier, language)
        for segment in self._segments.get(briefing.identifier, ()):
            own[f"children.{segment}.url"] = self._page_address(segment, language)
        return own

    def _page_address(self, identifier: str, language: str) -> str:
        place = self._place(identifier, self._language_of(identifier, language))
        return f"{self._told.base_url}{place.path}"

    # Indexes

    def _indexes(
        self, views: "Mapping[str, Sequence[View]]", pages: Mapping[str, Mapping[str, str]]
    ) -> Iterator[Resource]:
        from briefingkit.rendering.index import index_fields

        indexes: dict[str, str] = {}
        for language, shown in views.items():
            here = place_of(index_identity(language))
            index = self._index(language, shown, here)
            fields: dict[str, Value] = {
                **index_fields(index),
                "feed_url": self._absolute(here, "ics"),
                "translations": self._index_addresses(views, here),
                "pages": {each.identifier: pages[each.identifier][language] for each in shown},
                "files": self._rendered("html", "ics"),
            }
            indexes[language] = fields_digest(fields)
            yield Resource(INDEX, language, self._context.target, fields)
        yield self._manifest(views, pages, indexes)

    def _manifest(
        self,
        views: "Mapping[str, Sequence[View]]",
        pages: Mapping[str, Mapping[str, str]],
        indexes: Mapping[str, str],
    ) -> Resource:
        from briefingkit.rendering.index import index_fields

        source, here = next(iter(views)), place_of(SITE_IDENTITY)
        index = self._index(source, views[source], here)
        told = {each.briefing.identifier: each for each in self._publications}
        fields: dict[str, Value] = {
            "namespace": self._context.namespace,
            "target": self._context.target,
            "url": self._told.base_url,
            "languages": tuple(views),
            **index_fields(index),
            "translations": self._index_addresses(views, here),
            "briefings": {
                identifier: {
                    "uid": told[identifier].uid,
                    "revision": told[identifier].revision,
                    "pages": dict(shown),
                }
                for identifier, shown in pages.items()
            },
            "indexes": indexes,
            "files": self._rendered("html"),
        }
        return Resource(SITE, SITE_IDENTITY.key, self._context.target, fields)

    def _index(self, language: str, views: "Iterable[View]", here: Place) -> "Index":
        from briefingkit.rendering.index import Index

        shown = tuple(views)
        feed = place_of(index_identity(language))
        calendar = href(here, feed, feed.files["ics"]) if "ics" in self._told.formats else None
        entries = tuple(self._entry(view, here) for view in shown)
        return Index(self._title(language, shown), language, entries, calendar_href=calendar)

    def _entry(self, view: "View", here: Place) -> "IndexEntry":
        from briefingkit.rendering.index import entry

        there = self._place(view.identifier, view.language)
        return entry(view, href(here, there, there.files["html"]))

    def _title(self, language: str, views: "Sequence[View]") -> str:
        """Name a listing: a folder of one programme is called as that is."""
        from briefingkit.text.phrases import phrase

        tops = [
            view for view in views if view.part_of is None or view.part_of.identifier not in self._languages
        ]
        return tops[0].title if len(tops) == 1 else phrase("All briefings", language)

    def _index_addresses(self, languages: Iterable[str], here: Place) -> dict[str, str]:
        there = ((each, place_of(index_identity(each))) for each in languages)
        return {each: href(here, place, place.files["html"]) for each, place in there}

    def _absolute(self, place: Place, name: str) -> str | None:
        return None if self._told.base_url is None else self._told.base_url + place.path_of(place.files[name])

    def _rendered(self, *names: str) -> dict[str, str]:
        return {name: self._told.renderings[name] for name in names if name in self._told.formats}
