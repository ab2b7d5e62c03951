"""The Google Calendar target: its settings, and the three verbs of an integration."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.model import Access, FromTarget
from briefingkit.model.keys import duplicates
from briefingkit.publish import Change, Context, Outcome, Resource, Snapshot
from briefingkit.publish.guests import Guests
from briefingkit.text import LocalizedUrl
from briefingkit.text.fallback import Fallback
from briefingkit.text.language import canonical_tags
from briefingkit_google.calendar.choices import (
    AccessRule,
    Agenda,
    Calendars,
    GuestsCan,
    Layout,
    MakeCalendars,
    Reminders,
    SendUpdates,
    Visibility,
    color_id,
)
from briefingkit_google.calendar.identity import ONE_FOR_ALL, ORDER
from briefingkit_google.target import GoogleTarget

if TYPE_CHECKING:
    from briefingkit.model import Briefing, Publication

__all__ = ["GoogleCalendar"]

_BATCH = 50
"""Parts of one batch request that Google takes without complaint; it allows 1,000 and advises fewer."""


def _check_access(_instance: object, attribute: Any, value: tuple[AccessRule, ...]) -> None:
    if twice := duplicates(rule.scope for rule in value):
        raise ModelError(f"{twice[0]} has two rules: a scope has one role", field=attribute.name)


@frozen
class GoogleCalendar(GoogleTarget):
    """Publish into Google calendars, one for all languages or one for each. docs/reference/google-calendar.md has more.

    `calendar` names calendars that are there, `make` describes those that the target makes; one of the two is given.
    `languages` are those to publish in, none: those of the calendars, else each briefing's own. `page` is the page
    that an event links to: the target that makes it, or an address in which {briefing} and {language} are filled in.
    """

    calendar: Calendars | None = None
    make: MakeCalendars | None = None
    layout: Layout = Layout.BY_LANGUAGE
    languages: tuple[str, ...] = field(default=(), converter=canonical_tags)
    fallback: Fallback = Fallback.MARK
    fallbacks: Mapping[str, Fallback] = field(factory=dict, hash=False)
    access: tuple[AccessRule, ...] = field(default=(), validator=_check_access)
    audience: Access = Access.PUBLIC
    agenda: Agenda = Agenda.WITHIN
    guests: Guests = field(factory=Guests)
    send_updates: SendUpdates = SendUpdates.NONE
    visibility: Visibility = Visibility.DEFAULT
    color: str | None = field(default=None, converter=color_id)
    reminders: Reminders = field(factory=Reminders)
    guests_can: GuestsCan = field(factory=GuestsCan)
    page: LocalizedUrl | FromTarget | None = None

    batch = _BATCH
    order = ORDER

    def __attrs_post_init__(self) -> None:
        """Refuse settings that contradict each other."""
        if (self.calendar is None) == (self.make is None):
            raise ModelError(
                "say which calendar to publish in: `calendar` with its id, or `make` for a new one"
            )
        if self.layout is Layout.STACKED and self.calendar is not None and self.calendar.by_language:
            raise ModelError(
                "stacked puts all languages into one event: give one calendar, not one for each language",
                field="calendar",
            )
        missing = [language for language in self.languages if self._lacks_calendar(language)]
        if missing:
            raise ModelError(f"there is no calendar for {', '.join(missing)}", field="calendar")
        if self.is_by_language and not self.calendar_keys:
            raise ModelError(
                "say in which languages to make calendars: under `languages`, or by a summary in each",
                field="make",
            )
        if self.is_public and self.audience is not Access.PUBLIC:
            raise ModelError(
                f"what only {self.audience.value} may see cannot go into a calendar that anybody may read: "
                "set visibility to private, or take the rule for everybody away",
                field="audience",
            )
        if self.guests.any and self.auth.service_account is not None and self.auth.subject is None:
            raise ModelError(
                "a service account can invite nobody by itself: give `subject`, whom it acts for",
                field="auth",
            )

    # What follows from the settings

    @property
    def is_by_language(self) -> bool:
        """Whether each language has a calendar of its own."""
        if self.calendar is not None:
            return bool(self.calendar.by_language)
        return self.layout is Layout.BY_LANGUAGE

    @property
    def calendar_keys(self) -> tuple[str, ...]:
        """The calendars by key: languages, in order, or `all`."""
        if not self.is_by_language:
            return (ONE_FOR_ALL,)
        return self.published_languages

    @property
    def published_languages(self) -> tuple[str, ...]:
        """The languages that every briefing is published in; none: each briefing's own."""
        if self.languages:
            return self.languages
        if self.calendar is not None:
            return tuple(self.calendar.by_language)
        if self.make is not None and self.layout is Layout.BY_LANGUAGE:
            return tuple(language for language in self.make.summary.languages if language != "und")
        return ()

    @property
    def calendar_ids(self) -> Mapping[str, str]:
        """The ids of the calendars that the settings name, by key; empty where they are made."""
        if self.calendar is None:
            return {}
        if self.calendar.one is not None:
            return {ONE_FOR_ALL: self.calendar.one}
        return {key: self.calendar.by_language[key] for key in self.calendar_keys}

    @property
    def is_public(self) -> bool:
        """Whether these settings themselves let anybody read what events are about."""
        shared = any(rule.is_for_everybody for rule in self.access)
        return self.visibility is Visibility.PUBLIC or (shared and self.visibility is not Visibility.PRIVATE)

    def invited(self, briefing: "Briefing") -> frozenset[str]:
        """Give the addresses, in lower case, that Google invites to a briefing: they need no invitation by mail too."""
        from briefingkit_google.calendar.guests import invited

        return invited(briefing, self.guests)

    def _lacks_calendar(self, language: str) -> bool:
        named = self.calendar.by_language if self.calendar is not None else {}
        return bool(named) and language not in named

    # The three verbs

    def desired(self, publications: "Sequence[Publication]", context: Context) -> Iterator[Resource]:
        """Project publications into calendars, rules of access and events.

        Raises Unpublishable, with everything that is missing, for an incomplete language that is to be refused.
        """
        from briefingkit_google.calendar.projection import project

        return project(self, publications, context)

    def read(self, wanted: Sequence[Resource], last: Snapshot) -> Snapshot:
        """Read what is ours in the calendars and what stands in our way. IntegrationError where that cannot be done."""
        from briefingkit_google.calendar.reading import read_calendar

        return read_calendar(self, wanted, last)

    def unchanged(self, cursor: str) -> bool:
        """Whether nothing has changed in the calendars since a cursor; False where that is not certain."""
        from briefingkit_google.calendar.reading import is_unchanged

        return is_unchanged(self, cursor)

    def apply(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        """Make changes, up to fifty in a request; what goes wrong with one is its outcome."""
        from briefingkit_google.calendar.writing import apply_changes

        return apply_changes(self, changes)
