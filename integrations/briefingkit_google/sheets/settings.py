"""The Google Sheets target: its settings, the three verbs of an integration, and the keeping of the rows."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.model.addresses import check_email
from briefingkit.model.keys import duplicates
from briefingkit.publish import Change, Context, Identity, Outcome, Remote, Resource, Snapshot
from briefingkit.text import Name
from briefingkit.text.language import canonical
from briefingkit_google.sheets.identity import ORDER
from briefingkit_google.target import GoogleTarget

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Programme, Publication
    from briefingkit.registrations.mirroring import Mirrored
    from briefingkit.registrations.registration import Registration

__all__ = ["GoogleSheets"]

_BATCH: Final = 50
_DRIVE_ID: Final = re.compile(r"[A-Za-z0-9_-]{10,128}")
_DOMAIN: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_SCOPE: Final = "https://www.googleapis.com/auth/"
_KINDS: Final = ("user", "group")


def _scopes(given: Iterable[str]) -> tuple[str, ...]:
    """Bring those who may look or write into one form: `user:ann@example.org`; an address alone is a user's."""
    plain = (each.strip().lower() for each in given)
    return tuple(f"user:{each}" if "@" in each and ":" not in each else each for each in plain)


def _check_scopes(instance: object, attribute: Any, value: tuple[str, ...]) -> None:
    for scope in value:
        kind, _, of = scope.partition(":")
        if kind in _KINDS:
            check_email(instance, attribute, of)
        elif not (kind == "domain" and _DOMAIN.fullmatch(of)):
            raise ModelError(
                f"{scope[:80]!r} is nobody: write an address, group:name@example.org or domain:example.org. A list of "
                "people is not shared with anyone who has its address",
                field=attribute.name,
            )


def _check_folder(_instance: object, attribute: Any, value: str | None) -> None:
    if value is not None and not _DRIVE_ID.fullmatch(value):
        raise ModelError(
            f"{value[:80]!r} is no folder of Google Drive: take the long word in its address, after folders/",
            field=attribute.name,
        )


def _tag(language: str | None) -> str | None:
    return None if language is None else canonical(language)


@frozen
class GoogleSheets(GoogleTarget):
    """Keep the list of each briefing in a spreadsheet of its own. docs/reference/google-sheets.md has more.

    `folder` is the id of a folder or shared drive; none: the person's own Drive. `editors` and `readers` are addresses,
    `group:` and `domain:` (readers alone). `language` is that of titles and headers, by default the briefing's first;
    `title` is what the file is called, with {title} and {briefing} filled in. `columns` are the answers that stand
    there, by key, of all that the form asks; none: all of them.
    """

    folder: str | None = field(default=None, validator=_check_folder)
    editors: tuple[str, ...] = field(default=(), converter=_scopes, validator=_check_scopes, repr=False)
    readers: tuple[str, ...] = field(default=(), converter=_scopes, validator=_check_scopes, repr=False)
    language: str | None = field(default=None, converter=_tag)
    title: Name | None = None
    columns: tuple[str, ...] = ()

    batch = _BATCH
    order = ORDER

    def __attrs_post_init__(self) -> None:
        """Refuse settings that contradict each other."""
        if twice := duplicates((*self.editors, *self.readers)):
            raise ModelError(f"{twice[0]} stands twice: who edits reads as well", field="readers")
        if any(scope.startswith("domain:") for scope in self.editors):
            raise ModelError("a whole domain reads at most: name those who edit, or a group", field="editors")
        if twice := duplicates(self.columns):
            raise ModelError(f"{twice[0]} stands twice", field="columns")
        if self.auth.service_account is not None and self.auth.subject is None and self.folder is None:
            raise ModelError(
                "a service account has no room of its own in Drive: name a folder of a shared drive, or a person "
                "whom it acts for (auth's subject)",
                field="folder",
            )

    # What follows from the settings

    @property
    def access(self) -> Mapping[str, str]:
        """The roles that are given, by whom: `reader` or `writer` (Permission.role of drive v3)."""
        return {**dict.fromkeys(self.readers, "reader"), **dict.fromkeys(self.editors, "writer")}

    @property
    def scopes(self) -> tuple[str, ...]:
        """The least that Google must let us do: our own files, and all of Drive where they go into a folder.

        With `drive.file` a folder that was made by people is not to be seen.
        """
        return (f"{_SCOPE}drive.file" if self.folder is None else f"{_SCOPE}drive",)

    def language_of(self, briefing: "Briefing") -> str:
        """Give the language of the titles and headers for a briefing."""
        return self.language or briefing.languages[0]

    # The three verbs

    def desired(self, publications: "Sequence[Publication]", context: Context) -> Iterator[Resource]:
        """Project publications into spreadsheets: title, columns, and who may see them. Nobody's data are in them."""
        from briefingkit_google.sheets.projection import project

        return project(self, publications, context)

    def read(self, wanted: Sequence[Resource], last: Snapshot) -> Snapshot:
        """Read which spreadsheets are ours, and with whom they are shared. Raises IntegrationError if that fails."""
        from briefingkit_google.sheets.reading import read_target

        return read_target(self, wanted, last)

    def apply(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        """Make changes, many to a request; what goes wrong with one is its outcome."""
        from briefingkit_google.sheets.writing import apply_changes

        return apply_changes(self, changes)

    # The rows

    def mirror(
        self,
        briefing: "Briefing",
        programme: "Programme",
        held: Mapping[Identity, Remote],
        registrations: "Iterable[Registration]",
    ) -> "Mirrored":
        """Bring the rows of a briefing's spreadsheet in step with its list.

        Raises IntegrationError where there is no spreadsheet yet, or it cannot be reached.
        """
        from briefingkit_google.sheets.keeping import keep

        return keep(self, briefing, programme, held, registrations)
