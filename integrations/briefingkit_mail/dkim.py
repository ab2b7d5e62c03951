"""Signing mail, so that receivers see that it is the domain's own: DKIM (RFC 6376), with RSA or Ed25519 (RFC 8463)."""

import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

from attrs import field, frozen

from briefingkit.errors import IntegrationError, MissingExtra, ModelError

__all__ = ["DKIM"]

_SIGNED = (
    "from",
    "to",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-language",
    "auto-submitted",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
)
"""What is signed where it is there: RFC 6376 section 5.4.1, and what one-click needs (RFC 8058 section 4)."""
_ONCE_MORE = ("from", "to", "subject", "date", "list-unsubscribe", "list-unsubscribe-post")
"""Named once more than they are there, so that none can be added (RFC 6376 section 8.15)."""
_BLANKS = re.compile(rb"[ \t]+")
_LINES = re.compile(rb"\r\n(?![ \t])")
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")


def _check_name(_instance: object, attribute: object, value: str) -> None:
    if _NAME.fullmatch(value) is None:
        name = getattr(attribute, "name", "")
        raise ModelError(f"{name} is a name of the DNS, in lower case and ASCII", field=name)


@frozen(slots=False)
class DKIM:
    """Sign with a domain's key: `selector` says under which name of the DNS its public half stands.

    The private key is PEM (PKCS 8 or PKCS 1), RSA or Ed25519: `private_key` from the environment, or `key_file`.
    `relaxed/relaxed` is how a mail is read before it is signed, so that relays may fold lines anew.
    """

    domain: str = field(validator=_check_name)
    selector: str = field(validator=_check_name)
    private_key: str | None = field(default=None, repr=False)
    key_file: str | None = None
    base: Path = Path()

    def __attrs_post_init__(self) -> None:
        """Refuse no key and two."""
        if (self.private_key is None) is (self.key_file is None):
            raise ModelError("give `private_key` or `key_file`: one of the two", field="private_key")

    def sign(self, content: bytes) -> bytes:
        """Give a mail with its signature before it. IntegrationError for a key that cannot be used."""
        header, _, body = content.partition(b"\r\n\r\n")
        algorithm, make = self._signer
        names, lines = _chosen(header)
        digest = base64.b64encode(hashlib.sha256(_relaxed_body(body)).digest()).decode()
        head = (
            f"DKIM-Signature: v=1; a={algorithm}; c=relaxed/relaxed; d={self.domain};\r\n"
            f"\ts={self.selector};\r\n\th={_folded(names)};\r\n\tbh={digest};\r\n\tb="
        ).encode()
        covered = b"".join((*lines, _relaxed(head)))
        signature = base64.b64encode(make(covered)).decode()
        parts = [signature[start : start + 70] for start in range(0, len(signature), 70)]
        return head + "\r\n\t ".join(parts).encode() + b"\r\n" + content

    @cached_property
    def _signer(self) -> tuple[str, Callable[[bytes], bytes]]:
        """Read the key, once, and give the algorithm's name and what signs with it."""
        try:
            from cryptography.hazmat.primitives import hashes
            from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
            from cryptography.hazmat.primitives.serialization import load_pem_private_key
        except ModuleNotFoundError as error:
            raise MissingExtra(
                'DKIM needs the package cryptography, which is not installed: pip install "briefingkit[dkim]"'
            ) from error
        try:
            key = load_pem_private_key(self._pem(), None)
        except (ValueError, TypeError) as error:
            # Not `from` the cause, which may tell more of the key than anybody should read.
            raise IntegrationError(
                f"the DKIM key cannot be read ({type(error).__name__}): it is PEM, without a password"
            ) from None
        if isinstance(key, ed25519.Ed25519PrivateKey):
            edwards = key
            # RFC 8463 section 3: what is signed is the digest.
            return "ed25519-sha256", lambda covered: edwards.sign(hashlib.sha256(covered).digest())
        if isinstance(key, rsa.RSAPrivateKey):
            modulus = key
            return "rsa-sha256", lambda covered: modulus.sign(covered, padding.PKCS1v15(), hashes.SHA256())
        raise IntegrationError("a DKIM key is RSA, of 2048 bits or more, or Ed25519")

    def _pem(self) -> bytes:
        if self.private_key is not None:
            return self.private_key.encode()
        path = self.base / (self.key_file or "")
        try:
            return path.read_bytes()
        except OSError as error:
            raise IntegrationError(f"the DKIM key {path} cannot be read: {error.strerror}") from error


def _chosen(header: bytes) -> tuple[list[str], list[bytes]]:
    """Name the fields to sign, and give each as it is read; of several of one name the last first (section 5.4.2)."""
    held: dict[str, list[bytes]] = {}
    for line in _LINES.split(header):
        held.setdefault(line.partition(b":")[0].strip().lower().decode("ascii", "replace"), []).append(line)
    names, lines = [], []
    for name in _SIGNED:
        for line in reversed(held.get(name, [])):
            names.append(name)
            lines.append(_relaxed(line) + b"\r\n")
        if name in _ONCE_MORE:
            names.append(name)
    return names, lines


def _relaxed(line: bytes) -> bytes:
    """Read a field as section 3.4.2 says: unfolded, its name in lower case, blanks one space and none at the ends."""
    name, _, value = line.partition(b":")
    return name.strip().lower() + b":" + _BLANKS.sub(b" ", value.replace(b"\r\n", b"")).strip(b" ")


def _relaxed_body(body: bytes) -> bytes:
    """Read a body as section 3.4.4 says: blanks one space and none at a line's end, and no empty lines at its end."""
    text = _BLANKS.sub(b" ", body).replace(b" \r\n", b"\r\n")
    text = text.rstrip(b"\r\n")
    return text + b"\r\n" if text else b""


def _folded(names: list[str]) -> str:
    return "".join(_foldings(names))


def _foldings(names: list[str]) -> Iterator[str]:
    width = 0
    for number, name in enumerate(names):
        if number:
            yield ":"
            if width > 45:  # noqa: PLR2004 - so that the longest name still ends before RFC 5322's 78
                yield "\r\n\t "
                width = 0
        yield name
        width += len(name) + 1
