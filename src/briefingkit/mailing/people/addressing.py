"""From somebody of an audience to a row of the ledger, and from the row back to the recipient of a message."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from briefingkit.mailing.messages.kinds import KINDS, Letter
from briefingkit.mailing.outgoing.deliveries import Addressed
from briefingkit.mailing.people.recipient import LinkName, Recipient, access_of
from briefingkit.model import AudienceGroup
from briefingkit.registrations.links import REGISTRATION, link_end, sign, subject_of

if TYPE_CHECKING:
    from briefingkit.mailing.office import Office
    from briefingkit.mailing.people.audience import Member
    from briefingkit.mailing.scheduling import Schedule
    from briefingkit.model import Briefing
    from briefingkit.store.delivery_rows import DeliveryRow

__all__ = ["PART", "UNSUBSCRIBE", "addressed", "letter_of", "number_of", "recipient_of", "takes_part"]

UNSUBSCRIBE = "unsubscribe"
"""The purpose of a link that ends mailings to an address; it names the address by its mark."""

PART = "part"
"""The purpose of a link by which somebody in the programme says whether they take part; it names them by their key."""

_KEPT = ("name", "language", "timezone", "organization", "number", "key")


def addressed(person: str, member: "Member", letter: Letter, schedule: "Schedule") -> Addressed:
    """Give what the ledger keeps of somebody to write to; what is empty is left out."""
    data: dict[str, Any] = {name: getattr(member, name) for name in _KEPT if getattr(member, name)}
    if member.group is not None:
        data["group"] = member.group.value
    data["letter"] = _for_group(letter, member.group).value
    return Addressed(
        person, member.address or person, schedule.occasion, data, schedule.due, schedule.expires
    )


def _for_group(letter: Letter, group: AudienceGroup | None) -> Letter:
    absent = letter is Letter.FOLLOW_UP and group is AudienceGroup.ABSENT
    return Letter.MISSED if absent else letter


def letter_of(row: "DeliveryRow") -> Letter:
    """Tell what letter a row is for."""
    return Letter(_data(row)["letter"])


def number_of(row: "DeliveryRow") -> int | None:
    """Give the number of the registration that a row is about, if it is about one."""
    number = _data(row).get("number")
    return number if isinstance(number, int) else None


def takes_part(row: "DeliveryRow") -> bool:
    """Tell whether a row is for somebody who has registered, or is in the programme."""
    data = _data(row)
    return "number" in data or "key" in data


def recipient_of(row: "DeliveryRow", briefing: "Briefing", office: "Office", at: datetime) -> Recipient:
    """Make the recipient of a row's message, with their own links, which hold from `at` on."""
    data = _data(row)
    group = data.get("group")
    return Recipient(
        row.address,
        name=data.get("name", ""),
        language=data.get("language") or briefing.languages[0],
        timezone=data.get("timezone"),
        access=access_of(None if group is None else AudienceGroup(group)),
        person=data.get("key"),
        organization=data.get("organization", ""),
        links=_links(row, data, briefing, office, at),
    )


def _links(
    row: "DeliveryRow", data: Mapping[str, Any], briefing: "Briefing", office: "Office", at: datetime
) -> Mapping[str, str]:
    if office.pages is None:
        return {}
    kind, name = KINDS[Letter(data["letter"])], briefing.identifier
    language = data.get("language") or briefing.languages[0]
    end, home = link_end(briefing, at), f"{office.pages}/{name}/{language}"
    links: dict[str, str] = {}
    if (number := data.get("number")) and kind.links:
        token = sign(office.key, subject_of(number), purpose=REGISTRATION, briefing=name, expires=end)
        links |= {LinkName.EDIT: f"{home}/r/{token}", LinkName.CANCEL: f"{home}/r/{token}/cancel"}
    if (key := data.get("key")) and kind.actions:
        token = sign(office.key, key, purpose=PART, briefing=name, expires=end)
        links |= {LinkName.CONFIRM: f"{home}/p/{token}/yes", LinkName.DECLINE: f"{home}/p/{token}/no"}
    if kind.bulk:
        mark = office.suppressions.mark(row.person)
        token = sign(office.key, mark, purpose=UNSUBSCRIBE, briefing=name, expires=end)
        links[LinkName.UNSUBSCRIBE] = f"{home}/u/{token}"
    return links


def _data(row: "DeliveryRow") -> dict[str, Any]:
    data: dict[str, Any] = json.loads(row.data)
    return data
