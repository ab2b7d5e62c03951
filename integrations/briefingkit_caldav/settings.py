"""The CalDAV target: its settings, and the three verbs of an integration."""

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import field, frozen
from attrs.validators import is_callable

from briefingkit.errors import ModelError
from briefingkit.model import Access
from briefingkit.publish import Change, Context, Outcome, Resource, Snapshot
from briefingkit.publish.guests import Guests
from briefingkit.retry import Patience
from briefingkit.text.fallback import Fallback
from briefingkit.text.language import canonical_tags
from briefingkit_caldav.choices import Collections, MakeCollections, Scheduling, as_url
from briefingkit_caldav.identity import ONE_FOR_ALL, ORDER
from briefingkit_caldav.quirks import AUTO, check_server
from briefingkit_caldav.whereabouts import Whereabouts

if TYPE_CHECKING:
    from briefingkit.model import Publication

__all__ = ["CalDAV"]

_BATCH = 200
"""Changes in one call, at whose end what is written is read back where that is needed."""
_FILLED = 2000
"""The same, where a calendar is to be filled: what goes into it goes in one call."""
_EVERY_LANGUAGE = "und"
_LONGEST_TIMEOUT = 600


def _check_timeout(_instance: object, attribute: Any, value: int) -> None:
    if not 1 <= value <= _LONGEST_TIMEOUT:
        raise ModelError(f"a time-out is 1 to {_LONGEST_TIMEOUT} seconds", field=attribute.name)


def _check_header(_instance: object, attribute: Any, value: str | None) -> None:
    """Refuse what no header holds, without a word about what it is. A password is encoded, a token is not."""
    if value is None:
        return
    if not value or not value.isprintable() or (attribute.name == "token" and not value.isascii()):
        raise ModelError("this is empty, or holds characters that cannot be sent", field=attribute.name)


@frozen
class CalDAV:
    """Publish into the calendars of any CalDAV server, one for all languages or one for each. docs/reference/caldav.md.

    `url` is a server, a principal, a calendar home or a calendar. `calendar` names calendars that are there, `make`
    describes those that the target makes; with neither, `url` is the calendar. `username` and `password`, or `token`,
    say who we are. `verify` is false for a server whose certificate nobody has signed, `ca_file` a file of authorities
    from `base`. `quirks` names the server, where that cannot be told from its answers. `timeout` is in seconds, for one
    request; `patience` for its repetitions. `target` and `base`, the target's name and the project's folder, are filled
    in by the project; `sleep` takes seconds. `whereabouts` is what one call has found out for the next.
    """

    url: str = field(converter=as_url)
    username: str | None = field(default=None, validator=_check_header)
    password: str | None = field(default=None, repr=False, validator=_check_header)
    token: str | None = field(default=None, repr=False, validator=_check_header)
    calendar: Collections | None = None
    make: MakeCollections | None = None
    languages: tuple[str, ...] = field(default=(), converter=canonical_tags)
    fallback: Fallback = Fallback.MARK
    fallbacks: Mapping[str, Fallback] = field(factory=dict, hash=False)
    audience: Access = Access.PUBLIC
    scheduling: Scheduling = Scheduling.SILENT
    guests: Guests = field(factory=Guests)
    timeout: int = field(default=30, validator=_check_timeout)
    patience: int = 120
    verify: bool = True
    ca_file: str | None = None
    quirks: str = field(default=AUTO, validator=check_server)
    target: str = ""
    base: Path = Path()
    sleep: Any = field(default=time.sleep, validator=is_callable(), repr=False, eq=False)
    whereabouts: Whereabouts = field(factory=Whereabouts, init=False, repr=False, eq=False)

    order = ORDER
    lookout = "briefingkit_caldav.lookout:nothing_has_changed"

    def __attrs_post_init__(self) -> None:
        """Refuse settings that contradict each other."""
        if self.calendar is not None and self.make is not None:
            raise ModelError(
                "give `calendar`, which is there already, or `make`, which is to be made: one of the two"
            )
        if self.token is not None and (self.username is not None or self.password is not None):
            raise ModelError("give `token`, or `username` and `password`: one of the two", field="token")
        if (self.username is None) != (self.password is None):
            raise ModelError("`username` and `password` go together", field="password")
        missing = [language for language in self.languages if self._lacks_collection(language)]
        if missing:
            raise ModelError(
                f"there is no calendar for {', '.join(missing)}",
                field="calendar" if self.calendar else "make",
            )
        if self.make is not None and self.quirks == "google":
            raise ModelError(
                "Google's CalDAV makes no calendars: make it there, and give its address", field="make"
            )
        if self.guests.any and self.audience is Access.PUBLIC:
            raise ModelError(
                "everybody who may read the calendar reads the addresses of its guests: "
                "set audience to participants, and share the calendar with them alone",
                field="guests",
            )

    # What follows from the settings

    @property
    def batch(self) -> int:
        """At most so many changes in one call of `apply`."""
        return _FILLED if self.whereabouts.made else _BATCH

    @property
    def is_by_language(self) -> bool:
        """Whether each language has a calendar of its own."""
        if self.calendar is not None:
            return bool(self.calendar.by_language)
        return self.make is not None and _EVERY_LANGUAGE not in self.make.name.languages

    @property
    def keys(self) -> tuple[str, ...]:
        """The calendars by key: languages, in order, or `all`."""
        return self.published_languages if self.is_by_language else (ONE_FOR_ALL,)

    @property
    def published_languages(self) -> tuple[str, ...]:
        """The languages that every briefing is published in; none: each briefing's own."""
        if self.languages:
            return self.languages
        if self.calendar is not None:
            return tuple(self.calendar.by_language)
        if self.make is not None and self.is_by_language:
            return tuple(self.make.name.languages)
        return ()

    @property
    def addresses(self) -> Mapping[str, str]:
        """What the settings say where calendars are, by key: a name or an address. Empty where they are made."""
        if self.make is not None:
            return {}
        if self.calendar is None:
            return {ONE_FOR_ALL: self.url}
        if self.calendar.one is not None:
            return {ONE_FOR_ALL: self.calendar.one}
        return {key: self.calendar.by_language[key] for key in self.keys}

    @property
    def waits(self) -> Patience:
        """How long to go on with one request."""
        return Patience(budget=timedelta(seconds=self.patience))

    def _lacks_collection(self, language: str) -> bool:
        if self.make is not None:
            return self.is_by_language and not self.make.name.has(language)
        named = self.calendar.by_language if self.calendar is not None else {}
        return bool(named) and language not in named

    # The three verbs

    def desired(self, publications: "Sequence[Publication]", context: Context) -> Iterator[Resource]:
        """Project publications into collections and events.

        Raises Unpublishable, with everything that is missing, for an incomplete language that is to be refused.
        """
        from briefingkit_caldav.projection import project

        return project(self, publications, context)

    def read(self, wanted: Sequence[Resource], last: Snapshot) -> Snapshot:
        """Read what is ours in the calendars and what stands in our way. IntegrationError where that cannot be done."""
        from briefingkit_caldav.reading import read_calendars

        return read_calendars(self, wanted, last)

    def unchanged(self, cursor: str) -> bool:
        """Whether nothing has changed since `read` gave this cursor: one request a calendar."""
        from briefingkit_caldav.watching import nothing_has_changed

        return nothing_has_changed(self, cursor)

    def apply(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        """Make changes one by one over one connection; what goes wrong with one is its outcome."""
        from briefingkit_caldav.writing import apply_changes

        return apply_changes(self, changes)
