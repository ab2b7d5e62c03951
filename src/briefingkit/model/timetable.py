"""The timetable: when each agenda item starts and ends, given, run on from durations, or not known."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from attrs import frozen

from briefingkit.model.agenda import AgendaItem
from briefingkit.model.schedule import When, elapsed

__all__ = ["Slot", "timetable"]

_NIGHT = timedelta(hours=12)


@frozen
class Slot:
    """An agenda item with its naive local start and end, each None where it is not known."""

    item: AgendaItem
    start: datetime | None
    end: datetime | None

    @property
    def day(self) -> date | None:
        """The local day on which it starts."""
        return None if self.start is None else self.start.date()


def timetable(agenda: tuple[AgendaItem, ...], when: When | None) -> tuple[Slot, ...]:
    """Lay the agenda out in time, one slot an item, in order.

    The first item of an event with a time starts with it when it has a duration. An item with neither a start nor a
    duration breaks the run: what follows has no time until one gives its start. An item's end is its duration's, else
    the next item's given start on that day or over one midnight; the last one's is not guessed. Times on a day after
    the first need `day`, except that a start earlier on the clock than the item before, in an event over midnight, is
    on the next day.
    """
    slots = list(_run(agenda, when))
    for index, slot in enumerate(slots[:-1]):
        following = slots[index + 1].start
        if slot.end is None and slot.start is not None and following is not None:
            slots[index] = Slot(slot.item, slot.start, _end(slot.start, following))
    return tuple(slots)


def _end(start: datetime, following: datetime) -> datetime | None:
    """Tell when an item ends that lasts until the next one; not from one day of a programme to a later one."""
    on_the_same_day = following.date() == start.date()
    return following if start < following and (on_the_same_day or following - start < _NIGHT) else None


def _run(agenda: tuple[AgendaItem, ...], when: When | None) -> Iterator[Slot]:
    clock = when.start if when is not None and isinstance(when.start, datetime) else None
    zone = when.timezone if when is not None else None
    latest = clock
    for item in agenda:
        start = _start(item, clock, latest, when)
        end = None if start is None or item.duration is None else elapsed(start, item.duration, zone)
        clock, latest = end, end or start or latest
        yield Slot(item, start, end)


def _start(
    item: AgendaItem, clock: datetime | None, latest: datetime | None, when: When | None
) -> datetime | None:
    if item.start is None:
        return clock if item.duration is not None else None
    if item.day is not None:
        return datetime.combine(item.day, item.start)
    if when is None:
        return None
    day = latest.date() if latest is not None else when.first_day
    start = datetime.combine(day, item.start)
    if latest is not None and start < latest and start + timedelta(days=1) < when.local_end:
        start += timedelta(days=1)
    return start
