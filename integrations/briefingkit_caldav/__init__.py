"""Publish into the calendars of any CalDAV server: Nextcloud, Radicale, Xandikos, SOGo, Baïkal and others.

docs/reference/caldav.md has the settings, docs/how-to/nextcloud.md a walk. The settings load when they are asked for:
a glance at a server needs none of them.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from briefingkit_caldav.settings import CalDAV

__all__ = ["CalDAV"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from briefingkit_caldav.settings import CalDAV

        return CalDAV
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
