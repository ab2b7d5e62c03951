"""The calendars of a target: those that the settings name, or those that it made, found again by a mark they carry.

Google names a calendar that is made, so nothing can be derived. The mark is the last line of its description, where
people see it too; the list of calendars of this account is looked through for it before another one is made.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote, unquote

from attrs import frozen

from briefingkit.errors import IntegrationError
from briefingkit.publish import Fields, Identity, Remote, Resource, Snapshot
from briefingkit_google.calendar.calls import Calls
from briefingkit_google.calendar.identity import ACCESS, CALENDAR, access_identity, calendar_identity
from briefingkit_google.calendar.settings import GoogleCalendar
from briefingkit_google.client import Session
from briefingkit_google.faults import Fault
from briefingkit_google.listing import Unreadable, pages

__all__ = [
    "CalendarMark",
    "Managed",
    "calendar_body",
    "calendar_fields",
    "calendar_mark_of",
    "calendar_remote",
    "managed_calendars",
    "places",
    "rule_remote",
]

_MARK: Final = re.compile(r"(?:\A|\n\s*)\[briefingkit (\S+) (\S+) (\S+)\]\s*\Z")
_OWNER: Final = "owner"


@frozen
class CalendarMark:
    """What a calendar of ours says of itself: whose it is, and its key (a language, or `all`)."""

    namespace: str
    target: str
    key: str

    def __str__(self) -> str:
        """Write it as it stands in the description."""
        return f"[briefingkit {quote(self.namespace)} {quote(self.target)} {quote(self.key)}]"


@frozen
class Managed:
    """The calendars that there are, by key, and the remotes that calendars and rules of access are."""

    ids: Mapping[str, str]
    remotes: tuple[Remote, ...] = ()

    @property
    def digest(self) -> str:
        """Digest what was read of calendars and rules, for they have no token that says whether they changed."""
        seen = sorted(
            (each.id, each.identity, sorted(each.resource.fields.items(), key=str), each.ours)
            for each in self.remotes
        )
        return sha256(repr(seen).encode()).hexdigest()[:16] if seen else ""


# Between Google's JSON and canonical fields


def calendar_mark_of(raw: Mapping[str, Any]) -> CalendarMark | None:
    """Read the mark of a calendar, or of its entry in the list of calendars."""
    found = _MARK.search(raw.get("description") or "")
    return CalendarMark(*map(unquote, found.groups())) if found else None


def calendar_fields(raw: Mapping[str, Any]) -> Fields:
    """Read a calendar's canonical fields."""
    mark = calendar_mark_of(raw)
    return {
        "summary": raw.get("summary"),
        "description": _MARK.sub("", raw.get("description") or "").strip() or None,
        "timeZone": raw.get("timeZone"),
        "mark": {"namespace": mark.namespace, "target": mark.target} if mark is not None else None,
    }


def calendar_body(wanted: Resource) -> dict[str, Any]:
    """Write a calendar, with its mark."""
    mark = wanted.fields["mark"]
    if not isinstance(mark, Mapping):
        raise TypeError("a calendar that we make has a mark")
    line = str(CalendarMark(str(mark["namespace"]), str(mark["target"]), wanted.key))
    about = wanted.fields["description"]
    return {
        "summary": wanted.fields["summary"],
        "description": f"{about}\n\n{line}" if about else line,
        "timeZone": wanted.fields["timeZone"],
    }


def calendar_remote(raw: Mapping[str, Any], mark: CalendarMark, *, ours: bool = True) -> Remote:
    """Make the remote of a calendar. It has no etag: the list of calendars has others than the calendars themselves."""
    resource = Resource(CALENDAR, calendar_identity(mark.key).key, mark.target, calendar_fields(raw))
    return Remote(resource, str(raw["id"]), ours=ours)


def rule_remote(
    raw: Mapping[str, Any], calendar_key: str, calendar: str, owner: str, *, ours: bool = True
) -> Remote:
    """Make the remote of a rule of access; Google's id for it is its scope."""
    rule = str(raw["id"])
    resource = Resource(ACCESS, access_identity(calendar_key, rule).key, owner, {"role": raw["role"]})
    server = {"calendar": calendar, "rule": rule}
    return Remote(resource, f"{calendar}/acl/{rule}", raw.get("etag"), server, ours=ours)


# Finding them


def managed_calendars(
    settings: GoogleCalendar, session: Session, calls: Calls, wanted: Sequence[Resource], last: Snapshot
) -> Managed:
    """Find the calendars, and read who may see them where the settings speak of that.

    Raises IntegrationError where one of the lists cannot be read.
    """
    remotes: list[Remote] = []
    ids = settings.calendar_ids
    if settings.make is not None:
        namespaces = {mark.namespace for resource in wanted if (mark := _wanted_mark(resource)) is not None}
        remotes = sorted(_made(settings, session, calls, namespaces, last), key=lambda each: each.id)
        ours = [remote for remote in remotes if remote.ours]
        ids = {remote.identity.key: remote.id for remote in reversed(ours)}
        _know(session, ours)
    return Managed(ids, (*remotes, *_rules(settings, session, calls, ids, last)))


def places(settings: GoogleCalendar, session: Session, calls: Calls) -> Mapping[str, str]:
    """Tell which calendars there are, by key, asking Google only if this run has not seen them all.

    One that is there twice is not told: nobody knows in which of them an event should stand.
    """
    if settings.make is None:
        return settings.calendar_ids
    if not session.known.keys() >= set(settings.calendar_keys):
        _know(session, [each for each in _made(settings, session, calls, set(), Snapshot()) if each.ours])
    return session.known


def _know(session: Session, calendars: Sequence[Remote]) -> None:
    keys = [each.identity.key for each in calendars]
    session.known.clear()
    session.known.update(
        {each.identity.key: each.id for each in calendars if keys.count(each.identity.key) == 1}
    )


def _made(
    settings: GoogleCalendar, session: Session, calls: Calls, namespaces: set[str], last: Snapshot
) -> Iterator[Remote]:
    """Find the calendars that we made; one that is not in the list any more, but known, is asked for by its id."""
    seen: set[str] = set()
    for page in pages(session, calls.list_calendars(), calls.next_calendars):
        for entry in page.get("items", ()):
            mark = calendar_mark_of(entry)
            if mark is not None and _is_of(settings, mark, namespaces) and not entry.get("deleted"):
                seen.add(entry["id"])
                yield calendar_remote(entry, mark, ours=entry.get("accessRole") == _OWNER)
    for known in last.remotes.values():
        if known.identity.kind == CALENDAR and known.id not in seen:
            raw = session.ask(calls.get_calendar(known.id).request)
            mark = None if isinstance(raw, Fault) else calendar_mark_of(raw)
            if mark is not None and _is_of(settings, mark, namespaces):
                yield calendar_remote(raw, mark)


def _is_of(settings: GoogleCalendar, mark: CalendarMark, namespaces: set[str]) -> bool:
    return mark.target == settings.target and (not namespaces or mark.namespace in namespaces)


def _wanted_mark(resource: Resource) -> CalendarMark | None:
    mark = resource.fields.get("mark")
    if not isinstance(mark, Mapping):
        return None
    return CalendarMark(str(mark.get("namespace")), str(mark.get("target")), resource.key)


# Who may see them


def _rules(
    settings: GoogleCalendar,
    session: Session,
    calls: Calls,
    ids: Mapping[str, str],
    last: Snapshot,
) -> Iterator[Remote]:
    """Read the rules that we made, and those that stand where we want one.

    A rule can carry no mark. In a calendar that we made all that is wanted is ours; in another, what was ours when it
    was last read, and what is just as it is wanted. The owner's own rule, and others', are not looked at.
    """
    wanted = ((key, rule) for key in ids for rule in settings.access)
    roles = {access_identity(key, rule.scope): rule.role.value for key, rule in wanted}
    known = {each.identity for each in last.remotes.values() if each.identity.kind == ACCESS and each.ours}
    if not roles and not known:
        return
    for key, calendar in ids.items():
        if not _any_in(key, (*roles, *known)):
            continue
        for raw in _listed_rules(session, calls, calendar):
            identity = access_identity(key, str(raw["id"]))
            if identity in roles or identity in known:
                ours = settings.make is not None or identity in known or roles[identity] == raw["role"]
                yield rule_remote(raw, key, calendar, settings.target, ours=ours)


def _any_in(calendar_key: str, identities: Iterable[Identity]) -> bool:
    return any(identity.key.partition(" ")[0] == calendar_key for identity in identities)


def _listed_rules(session: Session, calls: Calls, calendar: str) -> Iterator[Mapping[str, Any]]:
    try:
        for page in pages(session, calls.list_rules(calendar), calls.next_rules):
            yield from (raw for raw in page.get("items", ()) if raw.get("role") != "none")
    except Unreadable as error:
        raise IntegrationError(
            f"{session.account} may not say who sees calendar {calendar}: in its settings, under Shared with, give it "
            "the permission Make changes and manage sharing, or leave `access` out"
        ) from error
