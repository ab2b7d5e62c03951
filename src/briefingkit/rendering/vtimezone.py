"""VTIMEZONE: what a calendar needs to know of a zone to place an event (RFC 5545 section 3.6.5).

icalendar's own generator lists dates, which Outlook mishandles; see `observances` for what is written instead. The
same zone and years give the same component, and within one era of rules so do all years.
"""

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from briefingkit.rendering.ics_lines import component_bytes
from briefingkit.rendering.observances import Observance, observances

if TYPE_CHECKING:
    from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

__all__ = ["vtimezone", "vtimezone_bytes"]


def vtimezone(zone: str, first: date, last: date) -> "Timezone":
    """Build the VTIMEZONE of an IANA zone, right for every local time from the day `first` to the day `last`.

    The component is a new one at each call. Raises TextError for a zone that tzdata does not know.
    """
    from icalendar import Timezone

    component = Timezone()
    component.add("tzid", zone)
    for observance in observances(zone, first.year, last.year):
        component.add_component(_subcomponent(observance))
    return component


@lru_cache(maxsize=1024)
def vtimezone_bytes(zone: str, first_year: int, last_year: int) -> bytes:
    """Give the same as bytes, which are made once for each zone and years."""
    return component_bytes(vtimezone(zone, date(first_year, 1, 1), date(last_year, 12, 31)))


def _subcomponent(observance: Observance) -> "TimezoneStandard | TimezoneDaylight":
    from icalendar import TimezoneDaylight, TimezoneStandard, vRecur

    component = TimezoneDaylight() if observance.daylight else TimezoneStandard()
    component.add("dtstart", observance.start)
    component.add("tzoffsetfrom", observance.offset_from)
    component.add("tzoffsetto", observance.offset_to)
    if observance.name is not None:
        component.add("tzname", observance.name)
    if observance.rule is not None:
        component.add("rrule", vRecur.from_ical(observance.rule))
    for onset in observance.dates:
        # A line each: ical.js reads the first date of a line and no other.
        component.add("rdate", [onset])
    return component
