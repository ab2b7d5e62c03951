"""The fields of delivery reports (RFC 3464, RFC 6533) and of complaints (RFC 5965), and what they mean."""

import re
from collections.abc import Mapping, Sequence

from attrs import frozen

from briefingkit.mailing.incoming.feedback import Kind, Reason
from briefingkit.mailing.outgoing.answers import clean
from briefingkit.registrations.person import normalised_email

__all__ = ["Fate", "Fields", "complaint_kind", "fate_of", "fields_of", "recipients_of", "words_of"]

Fields = Mapping[str, str]
"""Fields by their names in small letters; of those that stand twice, the first."""

_MOST_GROUPS, _MOST_LINES, _LONGEST = 50, 400, 2000
_CODE = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])", re.ASCII)
_ACTIONS = {
    "delayed": Kind.DEFERRED,
    "delivered": Kind.DELIVERED,
    "relayed": Kind.SENT,
    "expanded": Kind.SENT,
}
_GONE = frozenset(
    (
        "1.1",  # no such mailbox
        "1.2",  # no such system
        "1.3",  # not the form of an address
        "1.6",  # moved, and left no address
        "1.10",  # the domain takes no mail (RFC 7505)
        "2.1",  # mailbox disabled
    )
)
"""Details of a permanent failure that say that there is nobody (RFC 3463 section 3.2, 3.3)."""
_INVALID = "1.3"
_BLOCKED = "7"  # security or policy: section 3.8
_COMPLAINTS = {
    "abuse": (Kind.COMPLAINED, Reason.SPAM),
    "fraud": (Kind.COMPLAINED, Reason.SPAM),
    "opt-out": (Kind.UNSUBSCRIBED, Reason.UNSUBSCRIBED),
}
"""Types of feedback (RFC 5965 section 7.3); others are about no wish of a reader's."""


@frozen
class Fate:
    """What a notification says of one recipient's message."""

    kind: Kind
    reason: Reason | None = None
    permanent: bool = False


def fields_of(body: bytes) -> Sequence[Fields]:
    """Read groups of fields, an empty line between each (RFC 3464 section 2.1); what is no field is passed over."""
    groups: list[dict[str, str]] = [{}]
    last: str | None = None
    for line in body.decode("utf-8", "replace").splitlines()[:_MOST_LINES]:
        if not line.strip():
            if groups[-1] and len(groups) < _MOST_GROUPS:
                groups.append({})
            last = None
        elif line[0] in " \t":
            if last is not None:
                groups[-1][last] = f"{groups[-1][last]} {line.strip()}"[:_LONGEST]
        else:
            name, colon, value = line.partition(":")
            last = name.strip().lower() if colon else None
            if last is not None and last in groups[-1]:
                last = None
            elif last is not None:
                groups[-1][last] = value.strip()[:_LONGEST]
    return [group for group in groups if group]


def fate_of(told: Fields) -> Fate | None:
    """Tell what became of a message by the fields of one recipient; None for an action that nobody knows.

    Who is gone for good is told apart from who takes nothing now, or nothing of ours: a full mailbox and a policy are
    no reason never to write again.
    """
    action = told["action"].partition("(")[0].strip().lower()
    if action != "failed":
        kind = _ACTIONS.get(action)
        return None if kind is None else Fate(kind)
    family, detail = _status(told)
    if family != "5":
        return Fate(Kind.BOUNCED, Reason.TIMED_OUT)
    if detail in _GONE:
        return Fate(Kind.BOUNCED, Reason.INVALID if detail == _INVALID else Reason.BOUNCED, permanent=True)
    reason = Reason.BLOCKED if detail.partition(".")[0] == _BLOCKED else Reason.OTHER
    return Fate(Kind.BOUNCED, reason, permanent=True)


def _status(told: Fields) -> tuple[str, str]:
    """Give the class of a status and its detail; the server's own answer, where the status says nothing nearer."""
    codes = [_CODE.search(told.get(name, "")) for name in ("status", "diagnostic-code")]
    found = [(match[1], f"{int(match[2])}.{int(match[3])}") for match in codes if match]
    if not found:
        return "4", "0.0"
    return next((code for code in found if code[1] != "0.0"), found[0])


def recipients_of(told: Fields) -> Sequence[str]:
    """Give whom a message was for, as we wrote it and then as it arrived (RFC 3464 section 2.3.1, 2.3.2)."""
    found = []
    for name in ("original-recipient", "final-recipient"):
        kind, semicolon, address = told.get(name, "").partition(";")
        if not semicolon or kind.strip().lower() not in {"rfc822", "utf-8"}:
            continue
        bare = address.strip().removeprefix("<").removesuffix(">")
        if normalised_email(bare) is not None:
            found.append(bare)
    return found


def words_of(told: Fields, recipients: Sequence[str]) -> str:
    """Give the server's words, without anybody's address."""
    said = told.get("diagnostic-code", "").partition(";")[2].strip() or told.get("status", "")
    local = [each.rpartition("@")[0] for each in recipients]
    return clean(said, [*recipients, *local])


def complaint_kind(told: Fields) -> tuple[Kind, Reason] | None:
    """Tell what a reader wants who has complained; None for a report of another sort."""
    return _COMPLAINTS.get(told.get("feedback-type", "").strip().lower())
