"""A certificate as PDF: one page, with its fonts in it, and the same octets for the same words.

fpdf2 writes it, and HarfBuzz joins Arabic letters and puts marks in their places; text that runs from the right is put
in order by the bidirectional algorithm.
"""

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from attrs import field, frozen

from briefingkit.errors import MissingExtra, RegistrationError
from briefingkit.registrations.certificates.fonts import Font, fonts_for
from briefingkit.text.bidi import strip_controls
from briefingkit.text.language import direction

if TYPE_CHECKING:
    from fpdf import FPDF

__all__ = ["CertificateText", "certificate_pdf"]

_WIDTH, _HEIGHT, _MARGIN = 297, 210, 12  # millimetres, A4 across
_ROOM = 230  # millimetres for a line
_INK, _MUTED, _ACCENT = (21, 32, 43), (73, 88, 102), (10, 79, 134)
_LEADING = 0.52  # millimetres a point: lines of Arabic and Han need the room
_EVERYWHERE = "windows-1252"  # what Helvetica has at every reader (PDF 1.7, 9.6.2.2 and annex D)
_NAME, _TITLE, _LINE = 200, 300, 300  # characters

Direction = Literal["ltr", "rtl"]


@frozen
class CertificateText:
    """All the words of a certificate, in one language. `at` dates the file: aware, and the same for the same event."""

    language: str
    heading: str
    given_to: str
    name: str = field(repr=False)
    attending: str
    title: str
    when: str
    time: str | None
    organizers: str
    number_label: str
    number: str
    at: datetime

    @property
    def words(self) -> str:
        """Everything that the fonts have to have characters for."""
        parts = (
            self.heading, self.given_to, self.name, self.attending, self.title, self.when, self.time or "",
            self.organizers, self.number_label, self.number,
        )  # fmt: skip
        return "".join(map(_clean, parts))


def certificate_pdf(text: CertificateText, fonts: Sequence[Path] = ()) -> bytes:
    """Write a certificate; `fonts` are files or folders that come before the system's.

    Raises RegistrationError for a script that no font has and for a font that is broken, MissingExtra where fpdf2 is
    not installed.
    """
    pdf = _document(text)
    from fpdf.fonts import TTFFont

    found = _fonts(text, fonts)
    try:
        _draw(pdf, text, found)
        return bytes(pdf.output())
    except Exception as error:
        # A font may be whole enough to be looked at, and break where its outlines are read.
        names = ", ".join(font.path.name for font in found)
        raise RegistrationError(f"{names} cannot be put into a PDF: {type(error).__name__}") from error
    finally:
        for held in pdf.fonts.values():
            if isinstance(held, TTFFont):
                held.ttfont.close()


def _fonts(text: CertificateText, own: Sequence[Path]) -> tuple[Font, ...]:
    """Find the fonts; none where there is none here and the words can do with the one that every reader of PDF has."""
    try:
        return fonts_for(text.words, text.language, own=own)
    except RegistrationError:
        try:
            text.words.encode(_EVERYWHERE)
        except UnicodeEncodeError:
            pass
        else:
            return ()
        raise


def _draw(pdf: "FPDF", text: CertificateText, fonts: Sequence[Font]) -> None:
    families = [f"font{place}" for place in range(len(fonts))]
    for family, font in zip(families, fonts, strict=True):
        pdf.add_font(family, "", font.path, collection_font_number=font.face)
    pdf.set_fallback_fonts(families)
    pdf.core_fonts_encoding = _EVERYWHERE
    pdf.add_page()
    _frame(pdf)
    writer = _Writer(pdf, families[0] if families else "helvetica", direction(text.language))
    writer.block(38, text.heading, sizes=(30, 18), colour=_ACCENT)
    writer.block(64, text.given_to, sizes=(13,), colour=_MUTED)
    writer.block(74, text.name[:_NAME], sizes=(28, 24, 20, 16, 13, 10), lines=2, own=True)
    writer.block(100, text.attending, sizes=(13,), colour=_MUTED)
    writer.block(110, text.title[:_TITLE], sizes=(20, 17, 14, 12, 10), lines=3, own=True)
    writer.block(142, text.when, sizes=(12, 10, 8), lines=2)
    writer.block(152, text.time or "", sizes=(12, 10))
    writer.block(164, text.organizers[:_LINE], sizes=(11, 9, 7), lines=2, colour=_MUTED)
    writer.block(179, text.number_label, sizes=(8,), colour=_MUTED)
    writer.block(184, text.number, sizes=(10,), towards="ltr")


def _document(text: CertificateText) -> "FPDF":
    try:
        import uharfbuzz  # noqa: F401 - fpdf2 looks for it when it is needed
        from fpdf import FPDF
    except ModuleNotFoundError as error:
        raise MissingExtra('certificates need fpdf2: pip install "briefingkit[certificates]"') from error
    pdf = FPDF(orientation="landscape", unit="mm", format="A4")
    pdf.set_creation_date(text.at)
    pdf.set_auto_page_break(auto=False)
    pdf.set_margin(0)
    pdf.set_lang(text.language)
    pdf.set_title(f"{_clean(text.heading)}: {_clean(text.title)}")
    return pdf


def _frame(pdf: "FPDF") -> None:
    pdf.set_draw_color(*_ACCENT)
    pdf.set_line_width(1.2)
    pdf.rect(_MARGIN, _MARGIN, _WIDTH - 2 * _MARGIN, _HEIGHT - 2 * _MARGIN)
    pdf.set_line_width(0.3)
    inner = _MARGIN + 3
    pdf.rect(inner, inner, _WIDTH - 2 * inner, _HEIGHT - 2 * inner)


@frozen
class _Writer:
    """Writes centred lines in one language."""

    pdf: Any
    family: str
    towards: Direction

    def block(
        self,
        y: float,
        text: str,
        *,
        sizes: Sequence[int],
        lines: int = 1,
        colour: tuple[int, int, int] = _INK,
        own: bool = False,
        towards: Direction | None = None,
    ) -> None:
        """Write a text from `y` down, in the largest of some sizes in which it takes no more than some lines.

        `own` is for what has a direction of its own whatever the page's is, as a name has.
        """
        words = _clean(text)
        if not words:
            return
        chosen = _direction_of(words, self.towards) if own else towards or self.towards
        self.pdf.set_text_shaping(True, direction=chosen)
        self.pdf.set_text_color(*colour)
        for size in sizes:
            self.pdf.set_font(self.family, size=size)
            if len(self._cell(y, words, size, dry_run=True, output="LINES")) <= lines:
                break
        self._cell(y, words, size)

    def _cell(self, y: float, words: str, size: int, **how: Any) -> Any:
        self.pdf.set_xy((_WIDTH - _ROOM) / 2, y)
        return self.pdf.multi_cell(_ROOM, size * _LEADING, words, align="C", **how)


def _direction_of(text: str, otherwise: Direction) -> Direction:
    """Give the direction of a text by its first letter that has one (UAX 9, P2 and P3)."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in {"L", "R", "AL"}:
            return "ltr" if kind == "L" else "rtl"
    return otherwise


def _clean(text: str) -> str:
    """Keep what can be seen, on one line: no controls, no halves of surrogate pairs, no characters that are none."""
    line = " ".join(strip_controls(unicodedata.normalize("NFC", text)).split())
    return "".join(each for each in line if unicodedata.category(each) not in {"Cc", "Cs", "Co", "Cn"})
