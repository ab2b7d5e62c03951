"""Agenda items that have events of their own, and those that stay in the briefing's event."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from briefingkit.text.zones import instant

if TYPE_CHECKING:
    from briefingkit.rendering.values import AgendaItemView, View

__all__ = ["TimedItem", "timed_items", "without_items"]

_LONGEST: Final = timedelta(hours=12)
"""An item without an end lasts to the end of the briefing, unless that is on another day."""


@frozen
class TimedItem:
    """An agenda item with the instants between which it takes place, in UTC."""

    item: "AgendaItemView"
    start: datetime
    end: datetime


def timed_items(view: "View") -> Iterator[TimedItem]:
    """Give the items whose start and end are known, in order."""
    for item in view.agenda:
        if item.start is None:
            continue
        start = _instant(item.start, view.timezone)
        end = _end(item.end, start, view)
        if end is not None and start < end:
            yield TimedItem(item, start, end)


def without_items(view: "View", keys: frozenset[str]) -> "View":
    """Leave out of the agenda the items that have events of their own."""
    return evolve(view, agenda=tuple(item for item in view.agenda if item.key not in keys))


def _end(local: str | None, start: datetime, view: "View") -> datetime | None:
    if local is not None:
        end = _instant(local, view.timezone)
        # In the hour that comes twice the second one is meant where the first would be before the start.
        return end if start < end else _instant(local, view.timezone, fold=1)
    last = datetime.fromisoformat(view.utc_end)
    return last if not view.all_day and last - start <= _LONGEST else None


def _instant(local: str, zone: str, *, fold: int = 0) -> datetime:
    return instant(datetime.fromisoformat(local).replace(fold=fold), zone).astimezone(UTC)
