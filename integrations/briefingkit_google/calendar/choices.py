"""What the settings of a calendar target can say, value by value, with Google's own limits."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.model.addresses import check_email
from briefingkit.model.schedule import check_zone
from briefingkit.publish import Value
from briefingkit.text import Name
from briefingkit.text.language import by_canonical_tag

__all__ = [
    "ACCESS_EVERYBODY",
    "COLORS",
    "AccessRole",
    "AccessRule",
    "Agenda",
    "Calendars",
    "GuestsCan",
    "Layout",
    "MakeCalendars",
    "Reminder",
    "ReminderMethod",
    "Reminders",
    "SendUpdates",
    "Visibility",
    "color_id",
]

ACCESS_EVERYBODY: Final = "default"
"""The scope of a rule that holds for everybody, without an account too (AclRule.scope.type)."""

COLORS: Final[Mapping[str, str]] = {
    "lavender": "1",
    "sage": "2",
    "grape": "3",
    "flamingo": "4",
    "banana": "5",
    "tangerine": "6",
    "peacock": "7",
    "graphite": "8",
    "blueberry": "9",
    "basil": "10",
    "tomato": "11",
}
"""The colours of events as Google Calendar names them, with their ids (the API's colors.get)."""

_MOST_REMINDERS: Final = 5
_LONGEST_REMINDER: Final = 40_320
_CALENDAR_ID: Final = re.compile(r"[^\s/?#<>\"]{1,250}")
_DOMAIN: Final = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


class Layout(StrEnum):
    """One event for each language, or one whose description stacks all languages."""

    BY_LANGUAGE = "by-language"
    STACKED = "stacked"


class Agenda(StrEnum):
    """Agenda items inside the event, or each as an event of its own."""

    WITHIN = "within"
    EVENTS = "events"


class SendUpdates(StrEnum):
    """Whom Google writes to when an event with guests changes (events.insert, sendUpdates)."""

    NONE = "none"
    EXTERNAL_ONLY = "externalOnly"
    ALL = "all"


class Visibility(StrEnum):
    """Who sees what an event is about (Event.visibility): as in the calendar, all its readers, or its guests alone."""

    DEFAULT = "default"
    PUBLIC = "public"
    PRIVATE = "private"


class AccessRole(StrEnum):
    """What a rule of access allows (AclRule.role); ownership is not given away by a file."""

    FREE_BUSY_READER = "freeBusyReader"
    READER = "reader"
    WRITER = "writer"


class ReminderMethod(StrEnum):
    """How Google reminds (EventReminder.method)."""

    POPUP = "popup"
    EMAIL = "email"


def _check_calendar_id(value: str) -> None:
    if not _CALENDAR_ID.fullmatch(value) or not value.isprintable():
        raise ModelError(
            f"{value[:80]!r} is no calendar: give the id that stands in its settings at Google, "
            "such as abc@group.calendar.google.com"
        )


@frozen
class Calendars:
    """The calendars to publish in, by id: one for all languages, or one for each."""

    one: str | None = None
    by_language: Mapping[str, str] = field(factory=dict, converter=by_canonical_tag, hash=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what is no id, and one calendar for two languages."""
        if (self.one is None) == (not self.by_language):
            raise ModelError("give the id of a calendar, or one for each language: {en: …, fr: …}")
        for calendar in (self.one, *self.by_language.values()):
            if calendar is not None:
                _check_calendar_id(calendar)
        if len(set(self.by_language.values())) < len(self.by_language):
            raise ModelError("two languages name the same calendar: one id alone holds all languages")

    @staticmethod
    def short_form(value: object) -> object:
        """Read an id, or a mapping of languages to ids."""
        return {"one": value} if isinstance(value, str) else {"by_language": value}


@frozen
class MakeCalendars:
    """Calendars that the target makes: what they are called and about, by language, and their zone."""

    summary: Name
    description: Name | None = None
    timezone: str | None = field(default=None, validator=check_zone)


def _lower(scope: str) -> str:
    return scope.lower()


@frozen
class AccessRule:
    """Who may do what in the calendar. `scope` is `default` (everybody), or a `user:`, `group:` or `domain:`."""

    role: AccessRole
    scope: str = field(converter=_lower)

    @scope.validator
    def _check_scope(self, attribute: Any, value: str) -> None:
        kind, _, of = value.partition(":")
        if kind == ACCESS_EVERYBODY and not of:
            return
        if kind == "domain" and _DOMAIN.fullmatch(of):
            return
        if kind in ("user", "group"):
            check_email(self, attribute, of)
            return
        raise ModelError(
            f"{value[:80]!r} is nobody: write default (everybody), user:name@example.org, "
            "group:name@example.org or domain:example.org",
            field=attribute.name,
        )

    @property
    def is_for_everybody(self) -> bool:
        """Whether the rule lets anybody read what events are about."""
        return self.scope == ACCESS_EVERYBODY and self.role is not AccessRole.FREE_BUSY_READER


@frozen
class Reminder:
    """A reminder, in minutes before the start: at most four weeks (EventReminder.minutes)."""

    method: ReminderMethod
    minutes: int

    def __attrs_post_init__(self) -> None:
        """Refuse what Google does not take."""
        if not 0 <= self.minutes <= _LONGEST_REMINDER:
            raise ModelError(f"a reminder comes 0 to {_LONGEST_REMINDER} minutes before", field="minutes")


@frozen
class Reminders:
    """The reminders of an event, at most five; None: those that the calendar has for all its events."""

    own: tuple[Reminder, ...] | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse more than Google takes."""
        if self.own is not None and len(self.own) > _MOST_REMINDERS:
            raise ModelError(f"Google takes {_MOST_REMINDERS} reminders at most")
        if self.own is not None and len(set(self.own)) < len(self.own):
            raise ModelError("a reminder stands twice")

    @property
    def as_field(self) -> Mapping[str, Value]:
        """Write them in Google's shape (Event.reminders), in one order."""
        if self.own is None:
            return {"useDefault": True}
        pairs = sorted((each.method.value, each.minutes) for each in self.own)
        overrides: tuple[Value, ...] = tuple({"method": how, "minutes": minutes} for how, minutes in pairs)
        return {"useDefault": False, "overrides": overrides}

    @staticmethod
    def short_form(value: object) -> object:
        """Read `default`, or a list of reminders. ModelError for another word."""
        if value == "default":
            return {}
        if isinstance(value, list | tuple):
            return {"own": value}
        raise ModelError("reminders are `default` or a list such as [{method: popup, minutes: 30}]")


@frozen
class GuestsCan:
    """What guests may do; nothing unless it is said."""

    invite_others: bool = False
    modify: bool = False
    see_other_guests: bool = False


def color_id(value: str | None) -> str | None:
    """Read a colour, by the name that Google Calendar shows or by its id. ModelError for any other."""
    if value is None or value in COLORS.values():
        return value
    found = COLORS.get(value.strip().lower())
    if found is None:
        raise ModelError(f"{value[:40]!r} is no colour of an event: there are {', '.join(COLORS)}")
    return found
