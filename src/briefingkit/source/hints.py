"""What was probably meant: the second half of a good error message."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any, get_args

__all__ = ["advice_on_value", "field_meant"]

# Words that people write for a field, in English and French; what is a field of the class at hand is suggested.
_WORDS = """
about: background description; address: url email; affiliation: organization; answers: options; begin: start;
begins: start; building: venue; channels: into; choices: options; closing: closes; company: organization;
contacts: contact; context: background; date: start day; deadline: closes until; description: background;
documents: materials; e-mail: email; emails: mailing; event: briefing title; finish: end; from: start floor;
goals: objectives; host: organizers role; hosts: organizers; href: url; id: briefing key;
identifier: briefing key; ignore: allow; image: logo; interpreters: interpretation participants; items: agenda;
job: position; label: text title; lang: languages language; language: languages floor; languages: language into;
lead: steers; length: duration; limit: capacity; link: url links; location: place venue address;
mail: email mailing; mailings: mailing; max: capacity; moderator: participants; moderators: participants;
name: title key; next: leads_to; opening: opens; org: organization; organisation: organization;
organisations: organizers; organiser: organizers; organisers: organizers; organization: organizers;
panelists: participants; panellists: participants; parent: part_of; participant: participants person;
program: agenda; programme: agenda part_of; question: questions text; recipients: audience; references: links;
resources: materials links; role: position kind; room: venue online; schedule: agenda; send: at;
sessions: agenda; sign_language: sign; speaker: participants person; speakers: participants people;
sponsors: partners; state: status; subject: title; tel: phone; telephone: phone; time: start;
time_zone: timezone; titre: title; to: audience into; translation: interpretation; type: kind; tz: timezone;
venue: place; video: online; website: url; when: at start; where: place; zone: timezone
"""
_SYNONYMS = {
    word.strip(): tuple(fields.split())
    for word, _, fields in (entry.partition(":") for entry in _WORDS.split(";"))
}
_NO_YEAR = re.compile(r"(\d{1,2})[-./](\d{1,2})(?:[T ](.*))?")
_OTHER_ORDER = re.compile(r"\d{1,2}[-./ ]\w{1,10}[-./ ]\d{4}(?:[T ,].*)?|\w{3,10}\.? \d{1,2},? \d{4}.*")
_TWELVE_HOURS = re.compile(r"(?i)\d{1,2}(?:[:.]\d{2})?\s*[ap]\.?m\.?|\d{1,2}\s?[hH]\s?\d{0,2}")


def field_meant(name: object, fields: Sequence[str]) -> str | None:
    """Guess which of the fields was meant by a name that none of them has; None for no idea."""
    if not isinstance(name, str):
        return None
    folded = name.strip().casefold().replace("-", "_").replace(" ", "_")
    if folded in fields:
        return folded
    for spelling in (folded, *get_close_matches(folded, _SYNONYMS, n=1, cutoff=0.84)):
        meant = next((one for one in _SYNONYMS.get(spelling, ()) if one in fields), None)
        close = get_close_matches(folded, fields, n=1, cutoff=0.84)
        if close or meant:
            return close[0] if close else meant
    return next(iter(get_close_matches(folded, fields, n=1, cutoff=0.66)), None)


def advice_on_value(value: object, kind: Any) -> str:
    """Say what to write in place of a date or time that is not in the file's form; nothing for other kinds."""
    if not isinstance(value, str) or not {date, datetime} & {kind, *get_args(kind)}:
        return ""
    written = value.strip()
    if _NO_YEAR.fullmatch(written):
        return "the year is missing: write it first, as in 2022-04-13T15:00"
    if _OTHER_ORDER.fullmatch(written):
        return "write the year, the month and the day as numbers: 2022-04-13"
    if _TWELVE_HOURS.search(written):
        return "write the time on the 24-hour clock after a T: 2022-04-13T15:00"
    return ""
