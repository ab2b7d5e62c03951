"""Importing a file into a list: columns are recognised, rows become responses, some thousand in a transaction."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import field, frozen

from briefingkit.errors import RegistrationError
from briefingkit.model import RegistrationField
from briefingkit.registrations.files.cells import CellFault, Reader, readers
from briefingkit.registrations.files.columns import (
    AT,
    STATUS,
    Asked,
    Column,
    asked_by,
    find_columns,
    recognised,
)
from briefingkit.registrations.files.tables import Row, read_table
from briefingkit.registrations.intake import Outcome, Sitting
from briefingkit.registrations.person import normalised_email
from briefingkit.registrations.registration import RegistrationStatus
from briefingkit.registrations.response import Answer, OwnIntake, Response

if TYPE_CHECKING:
    from briefingkit.registrations.registration_list import RegistrationList

__all__ = [
    "Imported",
    "OpenedTable",
    "Preview",
    "RowFault",
    "answers_in",
    "import_file",
    "open_table",
    "preview",
    "table_in",
]

_AT_ONCE = 4000  # rows of a transaction
_HEADER_WITHIN = 20  # rows: titles and logos stand above
_SHOWN = 5
_HEADERS_SHOWN = 30
_FAULTS = 1000  # kept; the rest are counted


@frozen
class RowFault:
    """A row that was not taken, the column at fault if it was one, and why. What the cell holds is not in it.

    `source` is the file or target that it stands in, where several are read.
    """

    row: int
    column: str | None
    message: str
    source: str | None = None


@frozen
class Preview:
    """What an import would read: each column and what it is taken for, and the first rows as answers."""

    header_row: int
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Answer], ...] = field(repr=False)
    faults: tuple[RowFault, ...]


@frozen
class Imported:
    """What became of the rows, by what they did (`new`, `changed`, `unchanged`, …) or why they were refused.

    `faulty` is how many rows could not be read; `faults` says all that is wrong with them.
    """

    columns: tuple[Column, ...]
    rows: int
    outcomes: Mapping[str, int]
    faulty: int
    faults: tuple[RowFault, ...]
    """The first thousand."""


@frozen
class OpenedTable:
    """A file whose header was found: its columns, how each is read, and the rows below."""

    header_row: int
    columns: tuple[Column, ...]
    readers: tuple[Reader, ...]
    rows: Iterator[Row]


@frozen
class _Part:
    """What was read of a file for one transaction: responses, and how many rows say anything."""

    responses: Sequence[Response]
    rows: int


def preview(
    roll: "RegistrationList",
    path: Path,
    *,
    columns: Mapping[str, str],
    sheet: str | None = None,
    encoding: str | None = None,
) -> Preview:
    """Read the columns and the first rows; nothing is written."""
    asked = asked_by(roll.briefing, roll.programme)
    table = open_table(path, asked, columns, sheet, encoding=encoding)
    rows, faults, now = list[Mapping[str, Answer]](), list[RowFault](), roll.desk().now
    for row in islice(table.rows, _SHOWN):
        answers = answers_in(row, table, faults)
        if answers and (response := _response(row, answers, roll.briefing.identifier, now, faults)):
            rows.append(response.answers)
    return Preview(table.header_row, table.columns, tuple(rows), tuple(faults))


def import_file(
    roll: "RegistrationList",
    path: Path,
    *,
    columns: Mapping[str, str],
    sheet: str | None,
    encoding: str | None,
    at: datetime,
) -> Imported:
    """Merge a file's rows into a list; each transaction that was committed stays, whatever comes after it."""
    asked = asked_by(roll.briefing, roll.programme)
    table = open_table(path, asked, columns, sheet, encoding=encoding)
    faults, counted, read, briefing = list[RowFault](), Counter[str](), 0, roll.briefing.identifier
    with ThreadPoolExecutor(1, "briefingkit-reader") as beside:
        next_part = partial(_next_part, table, briefing, at, faults)
        ahead = beside.submit(next_part)
        while (part := ahead.result()) is not None:
            read += part.rows
            if not part.responses:
                ahead = beside.submit(next_part)
                continue
            with roll.store.writing(briefing) as writer:
                outcomes = Sitting(writer, roll.desk()).take(part.responses)
                # Read while the disk is at work on the commit, and not before: two that compute only wait in turn.
                ahead = beside.submit(next_part)
            counted.update(map(_word, outcomes))
    faulty = len({fault.row for fault in faults})
    return Imported(table.columns, read, dict(sorted(counted.items())), faulty, tuple(faults[:_FAULTS]))


def _next_part(table: OpenedTable, briefing: str, at: datetime, faults: list[RowFault]) -> _Part | None:
    """Read the rows of the next transaction; None where there are no more. What is wrong with them goes to `faults`."""
    rows = list(islice(table.rows, _AT_ONCE))
    if not rows:
        return None
    responses = list[Response]()
    for row in rows:
        answers = answers_in(row, table, faults)
        if answers and (response := _response(row, answers, briefing, at, faults)):
            responses.append(response)
    return _Part(responses, sum(map(_says_anything, rows)))


def _says_anything(row: Row) -> bool:
    """Tell a row from one that is left empty; one that cannot be read counts."""
    return row.cells is None or any(cell is not None and cell != "" for cell in row.cells)


def _word(outcome: Outcome) -> str:
    return str(outcome.refusal or outcome.effect or "")


def open_table(
    path: Path,
    asked: Sequence[Asked],
    columns: Mapping[str, str],
    sheet: str | None,
    *,
    encoding: str | None = None,
) -> OpenedTable:
    """Open a file and find its header: the row that names most of what is asked. RegistrationError where none does."""
    return table_in(read_table(path, sheet, encoding), asked, columns, str(path))


def table_in(
    rows: Iterator[Row],
    asked: Sequence[Asked],
    columns: Mapping[str, str],
    called: str,
    *,
    hint: str = 'name the columns, as in "Courriel=email"',
) -> OpenedTable:
    """Find the header among the first rows of a table, wherever it comes from.

    `called` is what the table is in words, `hint` what to do where no header is known.
    RegistrationError where there is none, or where it lacks one of the `columns` that were named.
    """
    known = {one.key: one for one in asked}
    for key in columns.values():
        if key not in known and key not in {STATUS, AT}:
            raise RegistrationError(
                f"the form asks nothing with the key {key[:80]!r}; it asks: {', '.join(known)}"
            )
    head = list(islice(rows, _HEADER_WITHIN))
    best = max(head, key=lambda row: recognised(row.cells or (), asked, columns), default=None)
    if best is None or not recognised(best.cells or (), asked, columns):
        # Not what stands there: without a header it is somebody's data.
        raise RegistrationError(f"{called} has no row with a header that is known: {hint}")
    found = find_columns(best.cells or (), asked, columns)
    _require(columns, found, called)
    below = chain((row for row in head if row.number > best.number), rows)
    return OpenedTable(best.number, found, readers(found, known), below)


def _require(columns: Mapping[str, str], found: Sequence[Column], called: str) -> None:
    missing = set(columns).difference(column.header for column in found if column.key)
    if missing:
        there = [repr(column.header[:80]) for column in found[:_HEADERS_SHOWN]]
        more = ", …" if len(found) > _HEADERS_SHOWN else ""
        raise RegistrationError(
            f"{called} has no column called {min(missing)[:80]!r}; there are: {', '.join(there)}{more}"
        )


def answers_in(row: Row, table: OpenedTable, faults: list[RowFault]) -> dict[str, Answer]:
    """Read a row's answers; nothing for an empty row, and for one with a fault, which is added to the others."""
    if row.cells is None:
        faults.append(RowFault(row.number, None, "the row cannot be read"))
        return {}
    answers, cells, width, before = dict[str, Answer](), row.cells, len(row.cells), len(faults)
    for reader in table.readers:
        value = cells[reader.index] if reader.index < width else None
        if value is None or value == "":
            continue
        try:
            answer = reader.read(value)
        except CellFault as fault:
            faults.append(RowFault(row.number, reader.header, str(fault)))
            continue
        if answer is None or answer == "":
            continue
        if reader.key not in answers:
            answers[reader.key] = answer
        elif reader.key == RegistrationField.NAME:
            # Of two columns for one key the first counts, but given and family names are one name.
            answers[reader.key] = f"{answers[reader.key]} {answer}"
    if len(faults) == before and answers and "email" not in answers and "name" not in answers:
        faults.append(RowFault(row.number, None, "the row has neither a name nor an e-mail address"))
    if len(faults) == before:
        return answers
    # The row is not taken in any case: what is wrong with its address too is told with the rest.
    _check_email(row, answers, faults)
    return {}


def _check_email(row: Row, answers: Mapping[str, Answer], faults: list[RowFault]) -> bool:
    email = answers.get("email")
    if email is None or normalised_email(email) is not None:
        return True
    faults.append(RowFault(row.number, "email", "this is no e-mail address"))
    return False


def _response(
    row: Row, answers: dict[str, Answer], briefing: str, at: datetime, faults: list[RowFault]
) -> Response | None:
    status, said_at = answers.pop(STATUS, None), answers.pop(AT, None)
    if not _check_email(row, answers, faults):
        return None
    if isinstance(said_at, str):
        try:
            read = datetime.fromisoformat(said_at)
        except ValueError:
            faults.append(RowFault(row.number, AT, "this is no time in ISO 8601"))
            return None
        at = read if read.tzinfo else read.replace(tzinfo=UTC)
    cancels = status == RegistrationStatus.CANCELLED
    # The same row is the same response, whenever and from whatever file it comes.
    digest = hashlib.sha256(f"{cancels}{answers!r}".encode(errors="surrogatepass")).hexdigest()[:32]
    language = answers.get("language")
    return Response(
        digest,
        briefing,
        OwnIntake.IMPORT,
        at,
        language if isinstance(language, str) else None,
        answers,
        cancels=cancels,
    )
