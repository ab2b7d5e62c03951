"""The number by which a certificate is verified: made with the ledger's key, so that nobody else can make one.

It is the registration's number and 60 bits of an HMAC over briefing and person (RFC 2104, SHA-256), in Crockford's
base 32, which has no letters that are taken for digits. Nothing is stored: whoever holds the ledger can make it again.
"""

import hashlib
import hmac
import re

__all__ = ["certificate_number", "is_genuine", "registration_number"]

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("OIL", "011")
_LENGTH, _GROUP = 12, 4
_FORM = re.compile(r"#?(\d{1,9})-([0-9A-Z]{12})", re.ASCII)
_SPARE = re.compile(r"[\s\u2010-\u2015\u2212-]+")


def certificate_number(key: bytes, briefing: str, number: int, person: str) -> str:
    """Make the number of a certificate: `17-4K7Q-9XZT-M2PV`."""
    code = _code(key, briefing, number, person)
    return "-".join((str(number), *(code[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))))


def registration_number(text: str) -> int | None:
    """Read which registration a number is of; None for what is no such number."""
    found = _FORM.fullmatch(_plain(text))
    return int(found[1]) if found else None


def is_genuine(text: str, key: bytes, briefing: str, person: str) -> bool:
    """Tell whether a number, as somebody typed it, was made with this key for this person."""
    found = _FORM.fullmatch(_plain(text))
    return found is not None and hmac.compare_digest(found[2], _code(key, briefing, int(found[1]), person))


def _code(key: bytes, briefing: str, number: int, person: str) -> str:
    said = f"certificate\n{briefing}\n{number}\n{person}".encode("utf-8", "replace")
    value = int.from_bytes(hmac.new(key, said, hashlib.sha256).digest()[:8], "big") >> 4
    return "".join(_DIGITS[value >> 5 * place & 31] for place in reversed(range(_LENGTH)))


def _plain(text: str) -> str:
    """Put the hyphens where they belong and letters in their one case, whatever was typed."""
    first, _, rest = _SPARE.sub("-", text.strip().upper()).partition("-")
    return f"{first}-{rest.replace('-', '').translate(_READ_AS)}"
