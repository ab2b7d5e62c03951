"""Send mail: into a Maildir or a folder of .eml files, which need nothing else, or by SMTP.

docs/how-to/send-by-smtp.md has the settings, docs/explanation/deliveries.md what is promised. Each loads when it is
asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from briefingkit_mail.eml import EmlFolder
    from briefingkit_mail.maildir import Maildir
    from briefingkit_mail.smtp import SMTP

__all__ = ["SMTP", "EmlFolder", "Maildir"]

_HOMES = {"EmlFolder": "eml", "Maildir": "maildir", "SMTP": "smtp"}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
