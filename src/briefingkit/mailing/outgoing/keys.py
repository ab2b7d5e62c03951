"""The key of a message: by it the ledger plans it once, and mail programs see that two copies are the same."""

import hashlib
import json
from collections.abc import Callable
from json.encoder import encode_basestring_ascii as quoted

__all__ = ["message_key", "message_keys"]


def message_key(briefing: str, mailing: str, person: str, occasion: str = "") -> str:
    """Give the idempotency key of one message, hexadecimal: the same for the same four, and for no others.

    `person` is the normalised address. Beside the namespace's domain, in a Message-ID, it is unique in the world.
    """
    words = json.dumps([briefing, mailing, person, occasion], ensure_ascii=True)
    return hashlib.sha256(words.encode()).hexdigest()[:40]


def message_keys(briefing: str, mailing: str) -> Callable[[str, str], str]:
    """Give what tells the keys of one mailing, by person and occasion: the same as `message_key`, for a million."""
    begin = json.dumps([briefing, mailing], ensure_ascii=True)[:-1]

    def key(person: str, occasion: str) -> str:
        words = f"{begin}, {quoted(person)}, {quoted(occasion)}]"
        return hashlib.sha256(words.encode()).hexdigest()[:40]

    return key
