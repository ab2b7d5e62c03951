"""What has changed between two publications, as far as readers of one view are told."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from briefingkit.rendering.values import View
from briefingkit.text.phrases import msgid

__all__ = ["CHANGES", "Changed", "what_changed"]


class Changed(StrEnum):
    """A part of a briefing that those who know it have to be told of when it changes."""

    TIME = "time"
    STATUS = "status"
    TITLE = "title"
    PLACE = "place"
    ROOM = "room"
    SPEAKERS = "speakers"
    AGENDA = "agenda"
    LANGUAGES = "languages"
    MATERIALS = "materials"


CHANGES: Mapping[Changed, str] = {
    Changed.TIME: msgid("The date or the time has changed."),
    Changed.STATUS: msgid("The status of the event has changed."),
    Changed.TITLE: msgid("The title has changed."),
    Changed.PLACE: msgid("The place has changed."),
    Changed.ROOM: msgid("The address of the online room has changed."),
    Changed.SPEAKERS: msgid("The people in the programme have changed."),
    Changed.AGENDA: msgid("The agenda has changed."),
    Changed.LANGUAGES: msgid("The languages or the arrangements for accessibility have changed."),
    Changed.MATERIALS: msgid("There are other documents."),
}
"""Each change as a sentence."""

_SEEN: Mapping[Changed, Callable[[View], Any]] = {
    Changed.TIME: lambda view: (view.utc_start, view.utc_end, view.all_day, view.timezone),
    Changed.STATUS: lambda view: view.status,
    Changed.TITLE: lambda view: view.title,
    Changed.PLACE: lambda view: (view.venue, view.mode),
    Changed.ROOM: lambda view: (view.online, view.interpretation and view.interpretation.into),
    Changed.SPEAKERS: lambda view: [(item.key, item.participants) for item in view.agenda],
    Changed.AGENDA: lambda view: [
        (item.key, item.title, item.start, item.end, item.description) for item in view.agenda
    ],
    Changed.LANGUAGES: lambda view: (
        view.interpretation and view.interpretation.languages,
        view.accessibility,
    ),
    Changed.MATERIALS: lambda view: (view.materials, view.links),
}


def what_changed(before: View, after: View) -> tuple[Changed, ...]:
    """Tell what differs between two views of one briefing in one language, for one audience."""
    return tuple(change for change, seen in _SEEN.items() if seen(before) != seen(after))
