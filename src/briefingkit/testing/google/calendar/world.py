"""What the calendars hold: events, access rules and lists of calendars, each with the order of their changes."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from attrs import define, field

__all__ = ["Collection", "Held", "HeldCalendar", "Invitation", "World", "stamp"]

_FIRST_ETAG = 3_500_000_000_000_000


def stamp(at: datetime) -> str:
    """Write an instant as Google does, to the millisecond."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


@define
class Held:
    """A resource: its JSON, and the number of the change that made it so."""

    body: dict[str, Any]
    changed: int
    made: int


@define
class Collection:
    """Resources by id, in the order of their last change."""

    held: dict[str, Held] = field(factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in self.held

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (each.body for each in self.held.values())

    def get(self, name: str) -> dict[str, Any] | None:
        """Give the JSON of one."""
        held = self.held.get(name)
        return held.body if held is not None else None

    def put(self, name: str, body: dict[str, Any], change: int) -> None:
        """Write one; it is the last to have changed."""
        last = self.held.pop(name, None)
        self.held[name] = Held(body, change, last.made if last is not None else change)

    def since(self, change: int) -> list[Held]:
        """Give what has changed after a change, oldest change first; the cost is that of what is given."""
        found = []
        for held in reversed(self.held.values()):
            if held.changed <= change:
                break
            found.append(held)
        return found[::-1]

    def in_order(self) -> list[Held]:
        """Give all in the order in which they were made."""
        return sorted(self.held.values(), key=lambda held: held.made)


@define(eq=False)
class HeldCalendar:
    """A calendar; `body` is the Calendar resource. `primary` is the e-mail address of whose first calendar it is."""

    id: str
    body: dict[str, Any]
    events: Collection = field(factory=Collection, repr=False)
    acl: Collection = field(factory=Collection, repr=False)
    primary: str | None = None
    updated: str = ""

    @property
    def timezone(self) -> str:
        """The IANA zone that times are given in."""
        zone: str = self.body["timeZone"]
        return zone


@define
class Invitation:
    """A mail that Google would have sent: `kind` is invitation, update, cancellation or sharing."""

    kind: str
    calendar: str
    event: str
    to: tuple[str, ...]


@define(eq=False)
class World:
    """All calendars, and what tests can set.

    `normalise` is what the server makes of a description. `conference_reads` is how often an event is read before its
    conference is there; with `conference_fails` it never is. `workspace` are the domains whose people are on Google.
    """

    now: Callable[[], datetime]
    workspace: set[str]
    calendars: dict[str, HeldCalendar] = field(factory=dict)
    lists: dict[str, Collection] = field(factory=dict, repr=False)
    groups: dict[str, set[str]] = field(factory=dict)
    invitations: list[Invitation] = field(factory=list)
    normalise: Callable[[str], str] = str
    conference_reads: int = 0
    conference_fails: bool = False
    timezone: str = "UTC"
    changes: int = 0
    epoch: int = 0
    pages: dict[str, Any] = field(factory=dict, repr=False)
    pending: dict[tuple[str, str], int] = field(factory=dict)

    def change(self) -> tuple[int, str]:
        """Count a change; gives its number and the ETag that it makes."""
        self.changes += 1
        return self.changes, f'"{_FIRST_ETAG + 2 * self.changes}"'

    def name(self, kind: str) -> str:
        """Make an id that no other has."""
        self.changes += 1
        return sha256(f"{kind} {self.changes}".encode()).hexdigest()

    def of_whom(self, email: str) -> Collection:
        """Give somebody's list of calendars."""
        return self.lists.setdefault(email, Collection())

    def on_google(self, email: str) -> bool:
        """Say whether somebody has a Google calendar, so that `externalOnly` sends no mail."""
        return email.rpartition("@")[2].lower() in self.workspace
