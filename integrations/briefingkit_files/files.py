"""The folder target: its settings, and the three verbs of an integration."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import field, frozen
from attrs.validators import optional

from briefingkit import __version__
from briefingkit.errors import IntegrationError, ModelError, RenderError
from briefingkit.publish import Change, Context, Outcome, Resource, Snapshot
from briefingkit.text.fallback import Fallback
from briefingkit.text.language import canonical_tags
from briefingkit_files.folder import Folder
from briefingkit_files.layout import FORMATS, ORDER
from briefingkit_files.projection import Projection
from briefingkit_files.reading import read_folder
from briefingkit_files.writing import Writer

if TYPE_CHECKING:
    from briefingkit.model import Publication
    from briefingkit.rendering.templates import Templates

__all__ = ["Files"]

_BASE_URL = re.compile(r"https?://[^\s/?#@\\]+(/[^\s?#\\]*)?")
_BATCH = 100


def _check_folder(_instance: object, attribute: Any, value: str) -> None:
    if not value.strip() or not value.isprintable():
        raise ModelError(
            f"{value[:80]!r} is no folder: give its path from the project's folder", field=attribute.name
        )
    if value.startswith("~"):
        # Taken as it stands it would make a folder called ~, which nobody removes without fear.
        raise ModelError("~ is not read as a home folder here: write the path out", field=attribute.name)


def _check_formats(_instance: object, attribute: Any, value: tuple[str, ...]) -> None:
    unknown = [name for name in value if name not in FORMATS]
    if unknown:
        raise ModelError(
            f"{unknown[0][:40]!r} is no format: there are {', '.join(FORMATS)}", field=attribute.name
        )
    if "html" not in value:
        raise ModelError("html is needed: indexes link to pages", field=attribute.name)


def _check_base_url(_instance: object, attribute: Any, value: str | None) -> None:
    if value is not None and not (value.isprintable() and _BASE_URL.fullmatch(value)):
        message = f"{value[:80]!r} is no address of a folder: give one such as https://example.org/briefings/"
        raise ModelError(message, field=attribute.name)


def _ending_in_slash(url: str | None) -> str | None:
    return url if url is None or url.endswith("/") else f"{url}/"


def _once(formats: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(formats))


@frozen
class Files:
    """Publish into a folder; whoever may read the folder is the public, so nothing private ever stands in it.

    `folder` and `templates` (a folder of your own page templates) are paths from `base`, which is the project's folder;
    the project fills it in. `languages` are those to publish in, none: each briefing's own. `fallback` says what to do
    with texts that are missing, `fallbacks` the same by language. `base_url` is the address under which the folder is
    served: with it, pages know their own address, and other targets can show it. `formats` are what pages are written
    as: html, ics, jsonld, txt, md.
    """

    folder: str = field(validator=_check_folder)
    languages: tuple[str, ...] = field(default=(), converter=canonical_tags)
    fallback: Fallback = Fallback.MARK
    fallbacks: Mapping[str, Fallback] = field(factory=dict, hash=False)
    base_url: str | None = field(default=None, converter=_ending_in_slash, validator=_check_base_url)
    templates: str | None = field(default=None, validator=optional(_check_folder))
    formats: tuple[str, ...] = field(
        default=("html", "ics", "jsonld"), converter=_once, validator=_check_formats
    )
    base: Path = Path()

    batch = _BATCH
    order = ORDER

    def desired(self, publications: "Sequence[Publication]", context: Context) -> Iterator[Resource]:
        """Project publications into pages, indexes and a manifest. Raises Unpublishable for an incomplete language."""
        told = Projection(
            self.formats, self.languages, self.fallback, self.fallbacks, self.base_url, self._renderings
        )
        return told.resources(publications, context)

    def read(self, wanted: Sequence[Resource], last: Snapshot) -> Snapshot:
        """Read what is ours in the folder and what stands in our way, each file once.

        Raises IntegrationError where the folder cannot be read, or is another target's.
        """
        return read_folder(self._folder, wanted, last, self.base_url)

    def apply(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        """Write and delete whole files; what goes wrong with a resource is its outcome."""
        problem = self._folder.problem_with("")
        if problem is not None:
            raise IntegrationError(f"the folder {self._folder.root} {problem}")
        writer = Writer(self._folder, self._templates, self._renderings, self.base_url)
        return map(writer.apply, changes)

    @cached_property
    def _folder(self) -> Folder:
        return Folder(self.base / self.folder)

    @cached_property
    def _templates(self) -> "Templates":
        """Read the user's templates, once."""
        from briefingkit.rendering.templates import SUFFIX, Templates
        from briefingkit.source.template_folder import read_templates

        if self.templates is None:
            return Templates()
        folder = self.base / self.templates
        try:
            return Templates(read_templates(folder, SUFFIX), str(folder))
        except RenderError as error:
            raise IntegrationError(str(error)) from error

    @cached_property
    def _renderings(self) -> Mapping[str, str]:
        """Say what each format is rendered by: where that is another, files are to be made again."""
        from briefingkit.rendering.templates import template_digest

        templates = template_digest(self._templates)[:12]
        return {name: f"{__version__} {templates}" if name == "html" else __version__ for name in FORMATS}
