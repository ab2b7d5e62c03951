"""In whose name mails go out."""

from typing import Any

from attrs import field, frozen

from briefingkit.model.addresses import check_email
from briefingkit.text import Name

__all__ = ["Letterhead"]


def _check_address(instance: object, attribute: Any, value: str) -> None:
    check_email(instance, attribute, value)


@frozen
class Letterhead:
    """In whose name mails go out.

    `name` is the hosts' where it is None. `bounces` is the envelope's sender, which gets what cannot be delivered, and
    `unsubscribe` an address that takes such requests by mail. Each is one bare address.
    """

    address: str = field(validator=_check_address)
    name: Name | None = None
    reply_to: str | None = field(default=None, validator=check_email)
    bounces: str | None = field(default=None, validator=check_email)
    unsubscribe: str | None = field(default=None, validator=check_email)
