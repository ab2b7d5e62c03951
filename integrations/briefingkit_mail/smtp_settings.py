"""Which mail server, and how it is spoken to."""

import re
import socket
import ssl
from enum import StrEnum
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from attrs import field, frozen

from briefingkit.errors import IntegrationError, ModelError

__all__ = ["Encryption", "Server"]

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._:-]{0,251}[A-Za-z0-9])?")
_PRINTABLE = re.compile(r"[^\x00-\x1f\x7f]+")
_LONGEST = 3600


class Encryption(StrEnum):
    """How the connection is encrypted."""

    STARTTLS = "starttls"
    """Required, after a greeting in the open (RFC 3207); port 587."""
    TLS = "tls"
    """From the first octet (RFC 8314); port 465."""
    NONE = "none"
    """Not at all: for a server on this machine."""


_PORTS = {Encryption.STARTTLS: 587, Encryption.TLS: 465, Encryption.NONE: 25}


def _check_host(_instance: object, attribute: Any, value: Any) -> None:
    if value is not None and _HOST.fullmatch(value) is None:
        raise ModelError("this is the name of a host, or its address", field=attribute.name)


def _check_seconds(_instance: object, attribute: Any, value: float) -> None:
    if not 1 <= value <= _LONGEST:
        raise ModelError(f"a time-out is 1 to {_LONGEST} seconds", field=attribute.name)


def _check_word(_instance: object, attribute: Any, value: Any) -> None:
    if value is not None and _PRINTABLE.fullmatch(value) is None:
        raise ModelError("this is empty, or holds characters that cannot be sent", field=attribute.name)


@frozen(slots=False)
class Server:
    """A mail server: see SMTP for what each field is."""

    host: str = field(validator=_check_host)
    port: int | None = None
    encryption: Encryption = Encryption.STARTTLS
    username: str | None = field(default=None, repr=False, validator=_check_word)
    password: str | None = field(default=None, repr=False, validator=_check_word)
    ca_file: str | None = None
    hello: str | None = field(default=None, validator=_check_host)
    envelope_from: str | None = None
    dsn: bool = False
    timeout: float = field(default=60, validator=_check_seconds)
    answer_timeout: float = field(default=600, validator=_check_seconds)
    base: Path = Path()

    def __attrs_post_init__(self) -> None:
        """Refuse half a sign-in, and one that anybody on the way could read."""
        if (self.username is None) is not (self.password is None):
            raise ModelError("`username` and `password` go together", field="password")
        if self.port is not None and not 1 <= self.port <= 65535:  # noqa: PLR2004 - what a port is
            raise ModelError("a port is 1 to 65535", field="port")
        if self.encryption is Encryption.NONE and self.username is not None and not self._is_here:
            raise ModelError(
                "a password is not sent in the open: `encryption` is starttls or tls", field="encryption"
            )

    @property
    def port_number(self) -> int:
        """The port, or the usual one."""
        return self.port or _PORTS[self.encryption]

    @cached_property
    def context(self) -> ssl.SSLContext:
        """How a certificate is checked: against the system's authorities, or those of `ca_file`.

        IntegrationError for a file that cannot be read.
        """
        if self.ca_file is None:
            return ssl.create_default_context()
        path = self.base / self.ca_file
        try:
            return ssl.create_default_context(cafile=str(path))
        except (OSError, ssl.SSLError) as error:
            raise IntegrationError(f"the authorities in {path} cannot be read: {error.strerror}") from error

    @cached_property
    def hello_name(self) -> str:
        """What we call ourselves: a full name, or an address in brackets (RFC 5321 section 4.1.4)."""
        if self.hello is not None:
            return self.hello
        name = socket.getfqdn()
        return name if "." in name and name.isascii() else "[127.0.0.1]"

    @property
    def _is_here(self) -> bool:
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False
