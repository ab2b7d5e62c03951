"""A table of addresses as an audience, read row by row, where a bad row stops no other."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from briefingkit.errors import MailingError
from briefingkit.mailing.people.audience import Member
from briefingkit.mailing.people.known_people import UNREADABLE, Heard, Omitted
from briefingkit.registrations.files.columns import built_in
from briefingkit.registrations.files.importing import OpenedTable, RowFault, answers_in, table_in
from briefingkit.registrations.files.tables import read_table
from briefingkit.registrations.person import normalised_email
from briefingkit.text.language import language_called, registered
from briefingkit.text.zones import zone_names

if TYPE_CHECKING:
    from briefingkit.registrations.response import Answer

__all__ = ["contacts", "people_in"]

_HEADER = "let its first row name the columns, such as email,name,language"


def contacts(path: Path, sheet: str | None = None) -> Iterator[Heard]:
    """Read the people of a CSV or XLSX file; columns are recognised by what they are called in any language that ships.

    MailingError for a file that is not there, RegistrationError for one that is no table or has no known column.
    """
    if not path.is_file():
        raise MailingError(f"{path} is not there, and it is to say who is written to")
    yield from people_in(table_in(read_table(path, sheet), tuple(built_in()), {}, str(path), hint=_HEADER))


def people_in(table: OpenedTable) -> Iterator[Heard]:
    """Give the people of a table whose columns are known, and between them what is wrong with its rows."""
    for row in table.rows:
        faults: list[RowFault] = []
        answers = answers_in(row, table, faults)
        if answers:
            yield _member(row.number, answers, faults)
        elif faults:
            yield Omitted(UNREADABLE)
        yield from faults


def _member(row: int, answers: "dict[str, Answer]", faults: list[RowFault]) -> Member:
    said = {name: value for name, value in answers.items() if isinstance(value, str)}
    if said.get("email") and normalised_email(said["email"]) is None:
        faults.append(RowFault(row, "email", "this is no e-mail address that can be written to"))
    reads, zone = said.get("language", ""), said.get("timezone")
    language = registered(reads) or language_called(reads)
    if language is None and reads:
        message = (
            "this is no language, by its tag such as fr or its name; what is assumed of the audience is taken"
        )
        faults.append(RowFault(row, "language", message))
    if zone and zone not in zone_names():
        faults.append(
            RowFault(row, "timezone", "this is no IANA zone such as Africa/Dakar; what is assumed is taken")
        )
        zone = None
    return Member(said.get("email"), said.get("name", ""), language, zone, said.get("organization", ""))
