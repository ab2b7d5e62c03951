"""An agenda that does not fit its event, and people who do not fit the agenda: W201 to W207."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from briefingkit.errors import Finding
from briefingkit.model import Briefing, ParticipantRole, Slot, When, timetable
from briefingkit.source.briefing_file import Loaded

__all__ = ["check_agenda"]

_SPEAKING = frozenset((ParticipantRole.SPEAKER, ParticipantRole.PANELLIST))
_NIGHT = timedelta(hours=6)  # a gap that is longer, or over midnight, is no mistake


def check_agenda(loaded: Loaded, briefing: Briefing) -> Iterator[Finding]:
    """Look at the agenda against the event, item against item, and at the people in it."""
    slots = timetable(briefing.agenda, briefing.when)
    if briefing.when is not None:
        yield from _outside(loaded, slots, briefing.when)
    yield from _neighbours(loaded, slots)
    yield from _untimed(loaded, slots)
    yield from _people(loaded, briefing)


def _outside(loaded: Loaded, slots: tuple[Slot, ...], when: When) -> Iterator[Finding]:
    for slot in slots:
        path = ("agenda", slot.item.key)
        if slot.start is not None and not when.local_start <= slot.start < when.local_end:
            field = "day" if slot.item.day is not None else "start"
            message = (
                f"{slot.item.key} starts at {_shown(slot.start, when)}, outside the event ({_span(when)})"
            )
            yield loaded.finding("W204", (*path, field), message, "Mend its start, or the event's")
        elif slot.end is not None and slot.end > when.local_end:
            message = f"{slot.item.key} ends at {_shown(slot.end, when)}, after the event ({_span(when)})"
            yield loaded.finding("W201", path, message, "Shorten an item, or move the end of the event")


def _neighbours(loaded: Loaded, slots: tuple[Slot, ...]) -> Iterator[Finding]:
    """Compare each timed item with the one before it; an item without a time between them may fill a gap."""
    numbered = [(index, slot) for index, slot in enumerate(slots) if slot.start is not None]
    for (before_index, before), (index, slot) in pairwise(numbered):
        path = ("agenda", slot.item.key)
        start, end = slot.start, before.end or before.start
        if start is None or end is None:
            continue
        if start < end or (before.start is not None and start < before.start):
            message = (
                f"{slot.item.key} starts at {start:%H:%M}, before {before.item.key} is over at {end:%H:%M}"
            )
            yield loaded.finding("W202", path, message, "Mend a start or a duration")
        elif (
            before.end is not None
            and start > end
            and index == before_index + 1
            and not _overnight(end, start)
        ):
            message = f"nothing is said of {end:%H:%M} to {start:%H:%M}, before {slot.item.key}"
            yield loaded.finding("W203", path, message, "Add a break, or mend the times")


def _overnight(end: datetime, start: datetime) -> bool:
    return start.date() != end.date() or start - end > _NIGHT


def _untimed(loaded: Loaded, slots: tuple[Slot, ...]) -> Iterator[Finding]:
    timed = [index for index, slot in enumerate(slots) if slot.item.start or slot.item.duration]
    for index, slot in enumerate(slots):
        if timed and index not in timed:
            message = f"{slot.item.key} has neither a start nor a duration, and other items have"
            yield loaded.finding("W207", ("agenda", slot.item.key), message, "Give it one of the two")


def _people(loaded: Loaded, briefing: Briefing) -> Iterator[Finding]:
    parts = [participant for item in briefing.agenda for participant in item.participants]
    speaking = {participant.person for participant in parts if participant.role in _SPEAKING}
    named = {participant.person for participant in parts}
    for person in briefing.people:
        path = ("people", person.key)
        if person.key in speaking and person.organization is None:
            message = f"{person.key} speaks, and for whom is not said"
            yield loaded.finding("W205", path, message, "Give `organization`")
        if person.key not in named and briefing.agenda:
            yield loaded.finding(
                "W206", path, f"{person.key} has no part in the agenda", "Give them one, or take them out"
            )


def _shown(at: datetime, when: When) -> str:
    return f"{at:%H:%M}" if when.first_day == when.last_day == at.date() else f"{at:%Y-%m-%d %H:%M}"


def _span(when: When) -> str:
    if when.all_day:
        return f"{when.first_day} to {when.last_day}"
    return f"{_shown(when.local_start, when)} to {_shown(when.local_end, when)}"
