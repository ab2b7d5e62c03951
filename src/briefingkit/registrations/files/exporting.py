"""Exporting a list: CSV, XLSX and JSON, streamed, with what a spreadsheet would run disarmed."""

import csv
import io
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from attrs import frozen

from briefingkit.errors import MissingExtra, RegistrationError
from briefingkit.model import RegistrationField
from briefingkit.registrations.attendance.marking import attended_json
from briefingkit.registrations.codec import iso, registration_json
from briefingkit.registrations.files.columns import asked_by
from briefingkit.registrations.files.formulas import disarmed
from briefingkit.registrations.registration import Registration
from briefingkit.registrations.response import Answer

if TYPE_CHECKING:
    from briefingkit.registrations.attendance.marking import Attended
    from briefingkit.registrations.registration_list import RegistrationList

__all__ = ["FORMATS", "Exported", "export_file", "export_to"]

FORMATS = ("csv", "xlsx", "json")
_OWN = ("number", "status", "created_at", "changed_at")
_WAITS_FOR = "waits_for"
_ATTENDANCE = ("attended", "minutes_attended")
_LANGUAGE = RegistrationField.LANGUAGE.value
_LONGEST = 32_767  # characters of a cell: Excel's own limit, which openpyxl keeps by cutting
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@frozen
class Exported:
    """How many registrations went out, and how many texts were cut because a cell does not hold more."""

    rows: int
    cut: int = 0


def export_file(roll: "RegistrationList", path: Path, format_: str | None = None) -> Exported:
    """Write a file that its owner alone may read, whole or not at all; its folder is made as needed.

    What is no plain file (`/dev/stdout`, a pipe) is written straight.
    """
    kind = format_ or path.suffix.removeprefix(".").lower()
    _check(kind)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not path.is_file():
        with path.open("wb") as straight:
            return export_to(roll, straight, kind)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with os.fdopen(handle, "w+b") as file:
            exported = export_to(roll, file, kind)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    return exported


def export_to(roll: "RegistrationList", file: IO[bytes], kind: str) -> Exported:
    """Write the list to a binary stream; RegistrationError for another format than csv, xlsx and json."""
    _check(kind)
    return {"csv": _csv, "xlsx": _xlsx, "json": _json}[kind](roll, file)


def _check(kind: str) -> None:
    if kind not in FORMATS:
        raise RegistrationError(f"a list is exported as {', '.join(FORMATS)}, not as {kind[:20]!r}")


@frozen
class _Columns:
    """Which columns a list has: the answers by their keys, and what only some lists have something to say in."""

    keys: tuple[str, ...]
    waits: bool
    present: "Mapping[int, Attended]"

    @property
    def names(self) -> tuple[str, ...]:
        return (
            *_OWN,
            *((_WAITS_FOR,) if self.waits else ()),
            *self.keys,
            *(_ATTENDANCE if self.present else ()),
        )


def _columns(roll: "RegistrationList") -> _Columns:
    """Look through a list once for what it has; keys stand in the form's order, and others after those."""
    found, waits = dict[str, None](), False
    for registration in roll.list():
        found.update(dict.fromkeys(registration.answers))
        if registration.language is not None:
            found[_LANGUAGE] = None
        waits = waits or bool(registration.waits_for)
    asked = [each.key for each in asked_by(roll.briefing, roll.programme) if each.key in found]
    # Once somebody was marked as present; before that nobody was absent.
    present = {attended.number: attended for attended in roll.attendance()}
    return _Columns((*asked, *(key for key in found if key not in asked)), waits, present)


def _cells(registration: Registration, columns: _Columns) -> Iterator[str]:
    yield str(registration.number)
    yield registration.status.value
    yield iso(registration.created_at)
    yield iso(registration.changed_at)
    if columns.waits:
        yield disarmed(_shown(registration.waits_for))
    for key in columns.keys:
        answer = registration.answers.get(key)
        # Who does not say it is written to in the language of the page or form that they used.
        yield disarmed(_shown(registration.language if key == _LANGUAGE and not answer else answer))
    if columns.present:
        attended = columns.present.get(registration.number)
        yield "no" if attended is None else "yes"
        yield "" if attended is None or attended.minutes is None else str(attended.minutes)


def _shown(answer: Answer) -> str:
    if answer is None:
        return ""
    if isinstance(answer, tuple):
        return "; ".join(answer)
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return str(answer)


def _table(roll: "RegistrationList", write: Callable[[Sequence[str]], object]) -> int:
    columns, rows = _columns(roll), 0
    write(list(map(disarmed, columns.names)))
    for registration in roll.list():
        write(list(_cells(registration, columns)))
        rows += 1
    return rows


def _csv(roll: "RegistrationList", file: IO[bytes]) -> Exported:
    # The mark at the beginning is how Excel knows UTF-8.
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="", write_through=True)
    try:
        return Exported(_table(roll, csv.writer(text).writerow))
    finally:
        text.detach()


def _xlsx(roll: "RegistrationList", file: IO[bytes]) -> Exported:
    try:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
    except ModuleNotFoundError as error:
        raise MissingExtra('XLSX files need openpyxl: pip install "briefingkit[xlsx]"') from error
    book = Workbook(write_only=True)
    sheet, cut = book.create_sheet(roll.briefing.identifier[:31]), 0

    def write(texts: Sequence[str]) -> None:
        nonlocal cut
        cells = []
        for text in texts:
            cell = WriteOnlyCell(sheet, _NOT_IN_XML.sub("\ufffd", text)[:_LONGEST])
            cell.data_type = "s"  # openpyxl would make a formula of what begins like one
            cells.append(cell)
            cut += len(text) > _LONGEST
        sheet.append(cells)

    rows = _table(roll, write)
    book.save(file)
    return Exported(rows, cut)


def _json(roll: "RegistrationList", file: IO[bytes]) -> Exported:
    rows, present = 0, {attended.number: attended for attended in roll.attendance()}
    file.write(b"[")
    for registration in roll.list():
        told = {
            **registration_json(registration),
            "attendance": attended_json(present.get(registration.number)),
        }
        text = json.dumps(told, ensure_ascii=True)
        file.write(f"{',' if rows else ''}\n{text}".encode())
        rows += 1
    file.write(b"\n]\n")
    return Exported(rows)
