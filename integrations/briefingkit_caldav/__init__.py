"""Publish into the calendars of any CalDAV server: Nextcloud, Radicale, Xandikos, SOGo, Baïkal and others.

docs/reference/caldav.md has the settings, docs/how-to/nextcloud.md a walk.
"""

from briefingkit_caldav.settings import CalDAV

__all__ = ["CalDAV"]
