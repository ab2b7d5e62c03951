"""The words of an output around a briefing's own: what a role, a kind, a status or a place is called."""

from briefingkit.model import ItemKind, ParticipantRole, ParticipantStatus, PlaceMode, Status
from briefingkit.rendering.values import Availability, ParticipantView
from briefingkit.text.language import display_name
from briefingkit.text.lists import format_list
from briefingkit.text.phrases import msgid, phrase

__all__ = [
    "KINDS",
    "MODES",
    "ROLES",
    "STATUSES",
    "WITHHELD",
    "comma",
    "labelled",
    "languages_in_words",
    "name_of_language",
    "role_in_words",
    "status_notice",
]

KINDS = {
    ItemKind.OPENING: msgid("Opening"),
    ItemKind.PRESENTATION: msgid("Presentation"),
    ItemKind.PANEL: msgid("Panel"),
    ItemKind.DISCUSSION: msgid("Discussion"),
    ItemKind.BREAK: msgid("Break"),
    ItemKind.CLOSING: msgid("Closing"),
}
"""Kinds of agenda items that are worth a word; the others are left to their titles."""

ROLES = {
    ParticipantRole.SPEAKER: msgid("Speaker"),
    ParticipantRole.MODERATOR: msgid("Moderator"),
    ParticipantRole.PANELLIST: msgid("Panellist"),
    ParticipantRole.INTERPRETER: msgid("Interpreter"),
    ParticipantRole.HOST: msgid("Host"),
}

MODES = {
    PlaceMode.ONLINE: msgid("Online"),
    PlaceMode.ON_SITE: msgid("On site"),
    PlaceMode.HYBRID: msgid("Online and on site"),
}

STATUSES = {
    Status.DRAFT: msgid("Draft"),
    Status.TENTATIVE: msgid("Tentative"),
    Status.POSTPONED: msgid("Postponed"),
    Status.CANCELLED: msgid("Cancelled"),
}
"""Statuses that a reader has to be told; confirmed goes without saying."""

_NOTICES = {
    Status.DRAFT: msgid("This is a draft and may still change"),
    Status.TENTATIVE: msgid("This event is not confirmed yet"),
    Status.POSTPONED: msgid("This event has been postponed; a new date will be announced"),
    Status.CANCELLED: msgid("This event has been cancelled"),
}

WITHHELD = {
    Availability.TO_COME: msgid("The address will be announced"),
    Availability.REGISTERED: msgid("The address is sent to those who register"),
    Availability.PARTICIPANTS: msgid("The address is sent to participants"),
}
"""Why an address is not given here."""

_COLONS = {"fr": "\u00a0:", "zh": "：", "ja": "："}
_COMMAS = {"ar": "، ", "fa": "، ", "ur": "، ", "ps": "، ", "zh": "，", "ja": "、"}
_AGREED = {
    ParticipantStatus.INVITED: msgid("invited"),
    ParticipantStatus.TBC: msgid("to be confirmed"),
}


def status_notice(status: Status, language: str) -> str | None:
    """Say in a sentence what a reader has to know of the status; None where it is confirmed."""
    notice = _NOTICES.get(status)
    return None if notice is None else phrase(notice, language)


def role_in_words(participant: ParticipantView, language: str) -> str:
    """Say the part, with what is not certain about it: "Moderator (to be confirmed)"; empty for a certain speaker."""
    said = "" if participant.role is ParticipantRole.SPEAKER else phrase(ROLES[participant.role], language)
    agreed = _AGREED.get(participant.status)
    if agreed is None:
        return said
    doubt = phrase(agreed, language)
    role = said or phrase(ROLES[participant.role], language)
    return f"{role} ({doubt})"


def comma(language: str) -> str:
    """Give the comma, with its space where it has one, between a person's position and organisation."""
    return _COMMAS.get(language.partition("-")[0], ", ")


def labelled(label: str, language: str) -> str:
    """Put a colon after a label, as the language does: with a no-break space before it in French."""
    return label + _COLONS.get(language.partition("-")[0], ":")


def name_of_language(tag: str, language: str) -> str:
    """Name a language as a heading or a list does, with a capital where the script has one."""
    name = display_name(tag, language)
    return name[:1].upper() + name[1:]


def languages_in_words(tags: tuple[str, ...], language: str) -> str:
    """List languages in a sentence: "English, French and Spanish"."""
    return format_list([display_name(tag, language) for tag in tags], language)
