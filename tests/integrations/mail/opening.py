"""Opening a transport to a mail server of these tests."""

from typing import Any

from briefingkit_mail import SMTP
from briefingkit_mail.smtp_settings import Encryption


def open_smtp(port: int, **settings: Any) -> SMTP:
    """Open one to a port of this machine, in the open and patiently, unless the settings say otherwise."""
    host = settings.pop("host", "127.0.0.1")
    settings.setdefault("encryption", Encryption.NONE)
    return SMTP(host, port, **{"hello": "client.example", "timeout": 60, "answer_timeout": 60, **settings})
