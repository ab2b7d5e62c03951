"""Whether anything has changed, asked before the project is opened: of the settings as they stand in its file.

Only what it takes to send one request a calendar is loaded. What is not plain here (a setting of another form, a cursor
of another release) is an exception, after which the project is opened and everything is looked at as ever.
"""

import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from attrs import field, frozen

from briefingkit.retry import Patience
from briefingkit_caldav.cursor import Cursor
from briefingkit_caldav.quirks import AUTO
from briefingkit_caldav.watching import is_all_unchanged

if TYPE_CHECKING:
    from briefingkit_caldav.settings import CalDAV

__all__ = ["Reach", "nothing_has_changed"]

_HASTE = Patience(timedelta(0))
"""Whoever only glances does not wait: the plan that follows does."""


@frozen
class Reach:
    """How to reach a server: the few settings that a request needs, named as in CalDAV."""

    url: str
    make: object = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    verify: bool = True
    ca_file: str | None = None
    quirks: str = AUTO
    timeout: int = field(default=30, converter=int)
    base: Path = Path()
    waits = _HASTE
    sleep = staticmethod(time.sleep)


_TOLD = ("url", "make", "username", "password", "token", "ca_file", "quirks", "timeout")


def nothing_has_changed(settings: Mapping[str, Any], folder: Path, cursor: str) -> bool:
    """Ask the server of a target's settings; `folder` is the project's. False wherever it is not certain.

    Raises IntegrationError where the server is out of reach.
    """
    if settings.get("verify", "true") != "true" or "://" not in settings["url"]:
        return False
    told = {name: settings[name] for name in _TOLD if name in settings}
    # One request is sent by what stands in Reach; to all that asks for more, a project is opened.
    return is_all_unchanged(cast("CalDAV", Reach(**told, base=folder)), Cursor.read(cursor))
