"""Header fields as octets: encoded (RFC 2047), folded (RFC 5322 section 2.2.3), and never two where one was meant.

A line has at most 78 octets where it can be broken at all, and at most 76 where it holds an encoded word. Addresses of
the web and of mail are never encoded: an encoded List-Unsubscribe is one that no button is shown for.
"""

import re
from binascii import b2a_base64
from collections.abc import Sequence
from functools import lru_cache

from briefingkit.errors import MailingError

__all__ = ["addresses", "fits_angles", "plain", "unstructured", "wire_address", "with_address"]

_LINE = 78
_HARD = 998  # octets of a line, RFC 5322 section 2.1.1
_WORD = 75  # characters of an encoded word, RFC 2047 section 2
_ENCODED_LINE = 76
_FRAME = len("=?utf-8?q??=")
_PAYLOAD = 36  # octets whose encoded word fits the first line behind a name such as "Reply-To"
_SHORT = 60  # characters of a name or an address that stand on a line with the field's own name
_LOCAL_OCTETS = 64  # RFC 5321 section 4.5.3.1.1
_PATH_OCTETS = 254  # section 4.5.3.1.3, less the angle brackets
_BROKEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOT_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
_DOMAIN = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*", re.ASCII)
_COMMON = re.compile(
    r"(?=[^@]{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*",
    re.ASCII,
)
_SCHEME = "mailto:"
_QUOTABLE = re.compile(r"[\x20-\x7e\u00a0-\U0010ffff]+")
_Q_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_NEXT = ">,\r\n <"


def _whole(text: str) -> str:
    if _BROKEN.search(text):
        raise MailingError("a header cannot hold a line end or another control character")
    return text


def plain(name: str, value: str) -> bytes:
    """Write a field whose value is ASCII and short, as most of those for machines are. MailingError for another."""
    line = f"{name}: {_whole(value)}\r\n".encode("ascii")
    if len(line) > _HARD:
        raise MailingError(f"{name} is too long for a header")
    return line


def unstructured(name: str, text: str) -> bytes:
    """Write a field of free text, such as Subject."""
    _whole(text)
    tokens = text.split(" ")
    short = all(len(token) < _LINE - len(name) - 2 for token in tokens)
    if text.isascii() and short and "=?" not in text and all(tokens):
        return _folded(f"{name}:", tokens)
    return b"%s:%s\r\n" % (name.encode(), _encoded_words(text, len(name) + 1)[0])


def _folded(begin: str, tokens: Sequence[str]) -> bytes:
    lines, line = [], begin
    for token in tokens:
        if len(line) + 1 + len(token) > _LINE and line != begin:
            lines.append(line)
            line = ""
        line += f" {token}"
    return "\r\n".join((*lines, line)).encode("ascii") + b"\r\n"


def with_address(name: str, display: str, address: str) -> bytes:
    """Write a field of one mailbox, as From and To are. `address` is as `wire_address` gives it.

    An address beyond ASCII makes it a field of internationalised mail (RFC 6532); the name is written as ever.
    """
    begin = f"{name}:".encode("ascii")
    wire = address.encode()
    if not display:
        return b"%s %s\r\n" % (begin, wire) if len(wire) < _SHORT else b"%s\r\n %s\r\n" % (begin, wire)
    if display.isascii() and len(display) < _SHORT and "=?" not in display:
        shown = display if _ATOMS.fullmatch(display) else _quoted(_whole(display))
        words, last = f" {shown}".encode("ascii"), len(begin) + 1 + len(shown)
    else:
        words, last = _words(display, len(begin))
    fits = last + len(wire) + 3 <= (_ENCODED_LINE if b"=?" in words else _LINE)
    return b"%s%s%s<%s>\r\n" % (begin, words, b" " if fits else b"\r\n ", wire)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _words(text: str, column: int) -> tuple[bytes, int]:
    octets = text.encode("utf-8", "surrogatepass")
    if len(octets) <= _PAYLOAD and not text.isascii() and not _BROKEN.search(text):
        word = b" =?utf-8?b?%s?=" % b2a_base64(octets, newline=False)
        return word, column + len(word)
    return _encoded_words(_whole(text), column)


def fits_angles(text: str) -> bool:
    """Tell whether a text can stand in angle brackets as it is: of ASCII, without spaces, controls and brackets."""
    # In the words of text itself: no pattern is as fast, and each link of each recipient is asked for.
    return (
        text != ""
        and text.isascii()
        and text.isprintable()
        and " " not in text
        and "<" not in text
        and ">" not in text
    )


def addresses(name: str, urls: Sequence[str]) -> bytes:
    """Write a field of addresses in angle brackets, a line each, none of them encoded (RFC 2369 section 2).

    MailingError for one that is no ASCII, or too long for a line: it cannot be folded.
    """
    most = _HARD - len(name) - 5
    for url in urls:
        if len(url) > most or not fits_angles(url):
            raise MailingError(f"an address for {name} is not ASCII, or too long for a header")
    return f"{name}: <{_NEXT.join(urls)}>\r\n".encode("ascii")


def _encoded_words(text: str, column: int) -> tuple[bytes, int]:
    """Write text as encoded words, each with its space before it, and tell the column behind the last.

    None splits a character (RFC 2047 section 5). `column` is how much of the first line is taken.
    """
    octets = text.encode()
    quoted = sum(1 if octet in _Q_SAFE or octet == 0x20 else 3 for octet in octets)  # noqa: PLR2004 - a space
    base64 = quoted > (len(octets) + 2) // 3 * 4
    room = _ENCODED_LINE - column - 1
    words: list[bytes] = []
    taken: list[bytes] = []
    used = 0
    for character in text:
        piece = character.encode() if base64 else _q(character)
        limit = _payload(min(room, _WORD), base64=base64)
        if taken and used + len(piece) > limit:
            words.append(_word(b"".join(taken), base64=base64))
            taken, used, room = [], 0, _WORD
        taken.append(piece)
        used += len(piece)
    words.append(_word(b"".join(taken), base64=base64))
    begin = column if len(words) == 1 else 0
    return b" " + b"\r\n ".join(words), begin + 1 + len(words[-1])


def _payload(room: int, *, base64: bool) -> int:
    return (room - _FRAME) // 4 * 3 if base64 else room - _FRAME


def _word(payload: bytes, *, base64: bool) -> bytes:
    if base64:
        return b"=?utf-8?b?%s?=" % b2a_base64(payload, newline=False)
    return b"=?utf-8?q?%s?=" % payload


@lru_cache(maxsize=4096)
def _q(character: str) -> bytes:
    if character == " ":
        return b"_"
    return b"".join(b"%c" % octet if octet in _Q_SAFE else b"=%02X" % octet for octet in character.encode())


def wire_address(address: str) -> tuple[str, bool]:
    """Give an address as mail servers take it, and whether they need SMTPUTF8 for it (RFC 6531).

    The domain becomes ASCII (RFC 5890). A local part that is no dot-atom is quoted; one beyond ASCII stays as it is,
    which few servers take. What lists write around an address is taken off: spaces, `mailto:` and the dot that ends a
    name of the DNS. MailingError for what is no address.
    """
    if len(address) <= _PATH_OCTETS and _COMMON.fullmatch(address):
        return address, False
    address = address.strip(" ").rstrip(".")
    if address[: len(_SCHEME)].lower() == _SCHEME:
        address = address[len(_SCHEME) :]
    local, _, domain = address.rpartition("@")
    return _unusual(local, domain)


def _unusual(local: str, domain: str) -> tuple[str, bool]:
    if not local or _BROKEN.search(local) or not _QUOTABLE.fullmatch(local) or local[:1] == '"':
        raise MailingError("an address is none that can be written to")
    domain = _ascii(domain)
    utf8 = not local.isascii()
    ascii_part = "".join(character for character in local if character.isascii()) or "a"
    if not _DOT_ATOM.fullmatch(ascii_part) or local[0] == "." or local[-1] == ".":
        local = _quoted(local)
    whole = f"{local}@{domain}"
    if len(local.encode()) > _LOCAL_OCTETS or len(whole.encode()) > _PATH_OCTETS:
        raise MailingError("an address is too long to be written to")
    return whole, utf8


@lru_cache(maxsize=4096)
def _ascii(domain: str) -> str:
    try:
        made = domain.encode("idna").decode("ascii")
    except UnicodeError:
        made = ""
    if not _DOMAIN.fullmatch(made):
        raise MailingError("an address has a domain that cannot be written to")
    return made
