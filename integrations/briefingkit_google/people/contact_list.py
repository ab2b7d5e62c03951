"""A Google spreadsheet of contacts as an audience: the settings of the target."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.model import RegistrationField
from briefingkit.publish.account import Standing
from briefingkit_google.auth import contact_list_scopes
from briefingkit_google.people.nothing_published import NothingPublished
from briefingkit_google.target import GoogleTarget

if TYPE_CHECKING:
    from briefingkit.mailing.people.known_people import Heard
    from briefingkit.model import Briefing
    from briefingkit_google.client import Session

__all__ = ["GoogleContactList"]

_DRIVE_ID: Final = re.compile(r"[A-Za-z0-9_-]{10,128}")
_KEYS: Final = tuple(each.value for each in RegistrationField)


def _check_spreadsheet(_instance: object, attribute: Any, value: str) -> None:
    if not _DRIVE_ID.fullmatch(value):
        raise ModelError(
            f"{value[:80]!r} is no Google spreadsheet: take the long word in its address, after /d/",
            field=attribute.name,
        )


def _check_sheet(_instance: object, attribute: Any, value: str | None) -> None:
    if value is not None and not value.strip():
        raise ModelError("a sheet is named as on its tab", field=attribute.name)


def _check_columns(_instance: object, attribute: Any, value: Mapping[str, str]) -> None:
    for key in value.values():
        if key not in _KEYS:
            raise ModelError(f"a column is one of {', '.join(_KEYS)}, not {key[:80]!r}", field=attribute.name)


@frozen
class GoogleContactList(NothingPublished, GoogleTarget):
    """The people of a spreadsheet with a row for each, and a header. docs/reference/google-people.md has more.

    `spreadsheet` is its id, `sheet` what its tab says, by default the first that is not hidden. `columns` say by their
    header what columns are (`{Mail privé: email}`); others are known by what they are called in any language that
    ships.
    """

    spreadsheet: str = field(validator=_check_spreadsheet)
    sheet: str | None = field(default=None, validator=_check_sheet)
    columns: Mapping[str, str] = field(factory=dict, validator=_check_columns)

    @property
    def scopes(self) -> tuple[str, ...]:
        """The least that Google must let us do."""
        return contact_list_scopes()

    def people(self, briefing: "Briefing") -> "Iterator[Heard]":  # noqa: ARG002 - a list is the same for all
        """Give the people, page by page, and what is wrong with rows, which stops no others.

        Raises IntegrationError where the spreadsheet cannot be read, or has no header.
        """
        from briefingkit_google.people.rows import people_of

        yield from people_of(self)

    def open_session(self) -> "Session":
        """Return this thread's session with Sheets. IntegrationError where there are no credentials."""
        from briefingkit_google.client import Api, session_of

        return session_of(self, Api("sheets", "v4", self.scopes))

    def look(self, session: "Session") -> Standing:
        """Tell which sheet is read, and how large it is; nobody is read. Raises IntegrationError."""
        from briefingkit_google.people.rows import find_sheet

        found = find_sheet(session, self)
        return Standing(sees=(f"the sheet {found.title} ({found.rows} rows)",))
