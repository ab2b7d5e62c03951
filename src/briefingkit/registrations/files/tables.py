"""Reading a table from a CSV or XLSX file, row by row: never the whole of it, and never a formula."""

import codecs
import csv
import zipfile
from collections.abc import Iterator, Sequence
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

from attrs import frozen

from briefingkit.errors import MissingExtra, RegistrationError

__all__ = ["Row", "read_table"]

_BLOCK = 1 << 16
_SEPARATORS = ",;\t|"
_LARGEST = 1 << 31  # octets unpacked: what is larger was made to fill a disk
_STRINGS = 1 << 28  # octets of the texts of a workbook, which have to be held together


@frozen
class Row:
    """A row as it stands in its file: numbered from 1, header and all; no cells where it could not be read."""

    number: int
    cells: Sequence[object] | None


def read_table(path: Path, sheet: str | None = None, encoding: str | None = None) -> Iterator[Row]:
    """Read a table; what it is, and by default in which encoding a CSV is, is told by its octets, not by its name.

    Raises RegistrationError for a file that is neither and for an encoding that Python does not know, and MissingExtra
    where openpyxl is not installed for an XLSX.
    """
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"PK"):
        return _xlsx_rows(path, sheet)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise RegistrationError(f"{path} is of an old or encrypted format: save it as .xlsx or .csv")
    return _csv_rows(path, _encoding(path) if encoding is None else _known(encoding))


def _known(encoding: str) -> str:
    try:
        # Python has encodings that are none of text, and some that decode nothing.
        TextIOWrapper(BytesIO(b"email"), encoding=encoding, errors="replace").read()
    except (LookupError, ValueError):
        raise RegistrationError(
            f"no encoding of text is called {encoding[:80]!r}: say one such as cp1251, or leave it out"
        ) from None
    return encoding


def _csv_rows(path: Path, encoding: str) -> Iterator[Row]:
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        head = file.read(_BLOCK)
        file.seek(0)
        first = head.partition("\n")[0].strip().removeprefix("\ufeff")
        separator, skip = _separator(head), False
        if first[:4].lower() == "sep=" and len(first) == 5:  # noqa: PLR2004 - how Excel says it: sep=;
            separator, skip = first[4], True
        reader = csv.reader(file, delimiter=separator)
        number = 0
        while True:
            number += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield Row(number, None)
                continue
            if not (skip and number == 1):
                yield Row(number, cells)


def _encoding(path: Path) -> str:
    """Tell the encoding by its mark, else by whether the file is UTF-8, else it is Windows-1252, as Excel writes."""
    with path.open("rb") as file:
        block = file.read(_BLOCK)
        if block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if zeros := block.count(0):
            odd = block[1::2].count(0)
            if zeros > len(block) // 4:
                return "utf-16-le" if odd * 2 > zeros else "utf-16-be"
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while block:
                decoder.decode(block)
                block = file.read(_BLOCK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _separator(head: str) -> str:
    """Choose the separator that most rows of the beginning have equally often."""
    best = (0, 0, ",")
    for order, separator in enumerate(_SEPARATORS):
        try:
            widths = [
                len(cells) for cells in csv.reader(head.splitlines(keepends=True)[:50], delimiter=separator)
            ]
        except csv.Error:
            continue
        wide = [width for width in widths if width > 1]
        if wide:
            usual = max(set(wide), key=wide.count)
            best = max(best, (wide.count(usual) * usual, -order, separator))
    return best[2]


def _xlsx_rows(path: Path, sheet: str | None) -> Iterator[Row]:
    try:
        from openpyxl import load_workbook
        from openpyxl.utils.exceptions import InvalidFileException
    except ModuleNotFoundError as error:
        raise MissingExtra('XLSX files need openpyxl: pip install "briefingkit[xlsx]"') from error
    _refuse_bomb(path)
    try:
        # Values as they were last computed: a formula is never run, and one that never was is empty.
        with path.open("rb") as file:
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            found = _sheet(book, path, sheet)
            found.reset_dimensions()  # what the file says of them may be wrong
            for number, cells in enumerate(found.iter_rows(values_only=True), 1):
                yield Row(number, cells)
    except RegistrationError:
        raise
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        IndexError,
        SyntaxError,
        EOFError,
        OSError,
    ) as error:
        raise RegistrationError(f"{path} cannot be read as a workbook: {type(error).__name__}") from error


def _sheet(book: Any, path: Path, name: str | None) -> Any:
    if name is None:
        return book.worksheets[0]
    if name not in book.sheetnames:
        there = ", ".join(map(repr, book.sheetnames))
        raise RegistrationError(f"{path} has no sheet called {name[:80]!r}; there are: {there}")
    return book[name]


def _refuse_bomb(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {member.filename: member.file_size for member in archive.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise RegistrationError(f"{path} cannot be read as a workbook: {type(error).__name__}") from error
    texts = max((size for name, size in sizes.items() if name.endswith("sharedStrings.xml")), default=0)
    if sum(sizes.values()) > _LARGEST or texts > _STRINGS:
        raise RegistrationError(f"{path} unpacks to more than can be held: save it as .csv")
