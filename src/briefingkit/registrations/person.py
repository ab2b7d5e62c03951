"""Who a response is from: the normalised e-mail address, within one briefing."""

import re
import unicodedata
from functools import lru_cache

from briefingkit.registrations.response import Response

__all__ = ["normalised_email", "person_of"]

_LONGEST = 254  # octets of an address, RFC 5321 section 4.5.3.1.3
_PLAIN = re.compile(r"[a-z0-9.!#$%&*+/=?^_{|}~-]+@[a-z0-9-]+(\.[a-z0-9-]+)*\.?", re.ASCII)
# White space, controls and what would end an address or begin another one.
_REFUSED = re.compile(r"[\s\x00-\x1f\x7f-\x9f<>()\[\],;:\\\"]")


def normalised_email(text: object) -> str | None:
    """Bring an address into the one form that people are told apart by; None for what is none.

    Case is folded in all of it: RFC 5321 leaves the local part's case to its host, and no host in use tells people
    apart by it. The domain is in ASCII (RFC 5890). Dots and +tags stay: they are different mailboxes at some hosts.
    """
    if not isinstance(text, str):
        return None
    address = text.strip().lower()
    if _PLAIN.fullmatch(address):
        return address.rstrip(".") if len(address) <= _LONGEST else None
    return _unusual(address)


def _unusual(address: str) -> str | None:
    address = unicodedata.normalize("NFKC", address.removeprefix("mailto:")).casefold().strip()
    local, at, domain = address.rpartition("@")
    if not (at and local and domain) or "@" in local or _REFUSED.search(address):
        return None
    ascii_domain = _ascii(domain)
    if ascii_domain is None:
        return None
    whole = f"{local}@{ascii_domain}"
    try:
        return whole if len(whole.encode()) <= _LONGEST else None
    except UnicodeEncodeError:  # half of a surrogate pair
        return None


@lru_cache(maxsize=1024)
def _ascii(domain: str) -> str | None:
    try:
        return domain.rstrip(".").encode("idna").decode("ascii").lower() or None
    except UnicodeError:
        return None


def person_of(response: Response) -> str:
    """Name the person of a response; one without an e-mail is a person of its own, whom no address can name."""
    return normalised_email(response.answers.get("email")) or f"{response.intake}: {response.id}"
