"""Certificates of attendance: for those who were there, each in their own language, and how one is verified."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import field, frozen

from briefingkit.errors import RegistrationError
from briefingkit.registrations.attendance.marking import Attended, attended_of
from briefingkit.registrations.certificates.number import (
    certificate_number,
    is_genuine,
    registration_number,
)
from briefingkit.registrations.certificates.pdf import CertificateText, certificate_pdf
from briefingkit.registrations.codec import registration_of
from briefingkit.registrations.files.cells import language_tag
from briefingkit.registrations.private_files import write_private
from briefingkit.registrations.registration_list import key_of
from briefingkit.rendering.words import labelled
from briefingkit.text.bidi import isolate_against
from briefingkit.text.dates import format_span
from briefingkit.text.durations import format_duration
from briefingkit.text.language import direction
from briefingkit.text.lists import format_list
from briefingkit.text.phrases import language_for, phrase

if TYPE_CHECKING:
    from briefingkit.model import Briefing
    from briefingkit.registrations.registration import Registration
    from briefingkit.registrations.registration_list import RegistrationList

__all__ = ["Certificate", "certificate_text", "issue_certificates", "verify_certificate"]

_SLUG = 40
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


@frozen
class Certificate:
    """What became of one person's certificate: the file that it was written to, or why there is none.

    `short` says that they were not there for long enough, or that it is not known for how long.
    """

    number: int
    path: Path | None = field(repr=False)
    problem: str | None = None
    short: bool = False


def issue_certificates(
    registration_list: "RegistrationList",
    folder: Path | str,
    *,
    at_least: int | None = None,
    language: str | None = None,
    fonts: Sequence[Path] = (),
) -> Iterator[Certificate]:
    """Write a certificate for each person on a list who was there, one with each step of the iterator.

    `at_least` is for how many minutes; somebody whose time is not known has none by it. Each is in the person's own
    language, or in `language`. `fonts` are files or folders that come before the system's. The same certificate has the
    same octets. Raises RegistrationError where the briefing has no time or nobody is marked as present, MissingExtra
    where fpdf2 is not installed, OSError where a file cannot be written.
    """
    briefing = registration_list.briefing
    if briefing.when is None:
        raise RegistrationError(f"{briefing.identifier} has no start, end and time zone yet: say when it was")
    present = registration_list.attendance()
    if not present:
        raise RegistrationError(
            f"nobody is marked as present at {briefing.identifier}: `briefingkit registrations attend` does that"
        )
    return _issued(registration_list, present, Path(folder), at_least, language, tuple(fonts))


def verify_certificate(registration_list: "RegistrationList", number: str) -> Attended | None:
    """Tell whom a certificate's number is of, and how long the list says that they were there.

    None for a number that was not made by this ledger for this list, and for one of somebody who was erased since or
    is no more marked as present.
    """
    held = registration_number(number)
    if held is None:
        return None
    briefing = registration_list.briefing.identifier
    with registration_list.store.reading(briefing) as reader:
        row = reader.numbered(held)
        rows = () if row is None else reader.attendance(row.person)
    if (
        row is None
        or not rows
        or not is_genuine(number, key_of(registration_list.store), briefing, row.person)
    ):
        return None
    return attended_of(registration_of(row), rows)


def certificate_text(
    briefing: "Briefing", registration: "Registration", attended: Attended, number: str, language: str
) -> CertificateText:
    """Put the words of a certificate together in a language (BCP 47); RegistrationError for a person without a name."""
    name, when = registration.answers.get("name"), briefing.when
    if not isinstance(name, str) or not any(each.isprintable() and not each.isspace() for each in name):
        raise RegistrationError("there is no name to make a certificate out to")
    if when is None:
        raise RegistrationError("there is no time to say that somebody was there")
    spoken = language_for(language)
    time = None
    if attended.minutes:
        length = format_duration(timedelta(minutes=attended.minutes), spoken)
        time = phrase("Time attended: {duration}", spoken, duration=length)
    return CertificateText(
        language=spoken,
        heading=phrase("Certificate of attendance", spoken),
        given_to=phrase("This certificate is given to", spoken),
        name=name,
        attending=phrase("for attending", spoken),
        title=briefing.title.lookup(language).text if briefing.title else briefing.identifier,
        when=format_span(when.start, when.end, when.timezone, spoken),
        time=time,
        organizers=_organizers(briefing, language, spoken),
        number_label=phrase("Verification number", spoken),
        number=number,
        at=when.utc_end.astimezone(UTC),
    )


def _issued(
    roll: "RegistrationList",
    present: Sequence[Attended],
    folder: Path,
    at_least: int | None,
    language: str | None,
    fonts: tuple[Path, ...],
) -> Iterator[Certificate]:
    key, briefing = key_of(roll.store), roll.briefing
    for attended in present:
        if at_least is not None and (attended.minutes is None or attended.minutes < at_least):
            yield Certificate(attended.number, None, short=True)
            continue
        registration = roll.person(f"#{attended.number}")
        number = certificate_number(key, briefing.identifier, attended.number, attended.person)
        try:
            spoken = language or _language(registration) or briefing.source_language
            text = certificate_text(briefing, registration, attended, number, spoken)
            path = folder / _file_name(attended.number, text.name)
            write_private(path, certificate_pdf(text, fonts))
        except RegistrationError as error:
            yield Certificate(attended.number, None, str(error))
        else:
            yield Certificate(attended.number, path)


def _language(registration: "Registration") -> str | None:
    said = registration.answers.get("language")
    return (language_tag(said) if isinstance(said, str) else None) or (
        language_tag(registration.language) if registration.language else None
    )


def _organizers(briefing: "Briefing", language: str, spoken: str) -> str:
    names = [organizer.name.lookup(language).text for organizer in briefing.organizers]
    if not names:
        return ""
    towards = direction(spoken)
    said = format_list([isolate_against(name, towards) for name in names], spoken)
    return f"{labelled(phrase('Organised by', spoken), spoken)} {said}"


def _file_name(number: int, name: str) -> str:
    """Name a file by number, and by as much of the name as any system can hold."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = _NOT_IN_NAMES.sub("-", plain)[:_SLUG].strip("-")
    return f"{number:05}{f'-{slug}' if slug else ''}.pdf"
