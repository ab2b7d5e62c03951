"""A file of addresses as an audience: CSV or XLSX, read row by row, where a bad row stops no other."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import define, field

from briefingkit.errors import MailingError, TextError
from briefingkit.mailing.audience import Member
from briefingkit.registrations.columns import built_in
from briefingkit.registrations.importing import RowFault, answers_in, open_table
from briefingkit.text.language import canonical
from briefingkit.text.zones import zone_names

if TYPE_CHECKING:
    from briefingkit.model import Audience
    from briefingkit.registrations.response import Answer

__all__ = ["Contacts"]

_FAULTS = 1000


@define
class Contacts:
    """The people of a file, read anew each time; `faults` are the first thousand of its rows that could not be read.

    MailingError for a file that is not there, RegistrationError for one that is no table or has no known column.
    """

    path: Path
    audience: "Audience"
    faults: list[RowFault] = field(factory=list, init=False)

    def __iter__(self) -> Iterator[Member]:
        """Read the file; columns are recognised by what they are called in any language that ships."""
        self.faults.clear()
        faults: list[RowFault] = []
        if not self.path.is_file():
            raise MailingError(f"{self.path} is not there, and it is to say who is written to")
        table = open_table(self.path, tuple(built_in()), {}, self.audience.sheet)
        for row in table.rows:
            answers = answers_in(row, table, faults)
            if answers:
                yield self._member(row.number, answers)
            self.faults.extend(faults[: _FAULTS - len(self.faults)])
            faults.clear()

    def _member(self, row: int, answers: "dict[str, Answer]") -> Member:
        said = {name: value for name, value in answers.items() if isinstance(value, str)}
        language, zone = _tag(said.get("language")), said.get("timezone")
        if language is None and said.get("language"):
            self._note(row, "language", "this is no language tag such as fr; the file's default is taken")
        if zone and zone not in zone_names():
            self._note(row, "timezone", "this is no IANA zone such as Africa/Dakar; none is taken")
            zone = None
        return Member(said.get("email"), said.get("name", ""), language, zone, said.get("organization", ""))

    def _note(self, row: int, column: str, message: str) -> None:
        if len(self.faults) < _FAULTS:
            self.faults.append(RowFault(row, column, message))


def _tag(text: str | None) -> str | None:
    if not text:
        return None
    try:
        return canonical(text)
    except TextError:
        return None
