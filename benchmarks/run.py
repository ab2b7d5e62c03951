"""Every claim about speed, beside a named peer, in one run on one machine: `make bench`.

Ratios count, not seconds. Exit code 1 where a line does not hold its bound. It takes about ten minutes; names of
parts (`imports check thousand noop registrations page building sending calendars google caldav`) run those alone.
"""

import sys
from time import perf_counter

from caldav_sync import caldav_lines
from calendars import calendar_lines
from google_calendar import google_lines
from lines import Line, show
from mailing_build import building_lines
from mailing_send import sending_lines
from noop import noop_lines
from processes import check_lines, import_lines
from registration_page import page_lines
from registrations import registration_lines
from thousand import thousand_lines

PARTS = {
    "imports": ("Importing, whole processes", import_lines),
    "check": ("Checking one briefing, whole processes", check_lines),
    "thousand": ("A thousand briefings", thousand_lines),
    "noop": ("A plan with nothing to do", noop_lines),
    "registrations": ("A hundred thousand registrations", registration_lines),
    "page": ("Registering on the page", page_lines),
    "building": ("Building messages, in processor time", building_lines),
    "sending": ("Sending messages, from the ledger to the wire", sending_lines),
    "calendars": ("Calendar entries", calendar_lines),
    "google": ("A thousand events at Google Calendar, 50 ms a request", google_lines),
    "caldav": ("A thousand events at a CalDAV server, whole processes", caldav_lines),
}


def main(names: list[str]) -> int:
    """Print the table, and give the exit code."""
    if unknown := [name for name in names if name not in PARTS]:
        print(f"there is no part {unknown[0]}; there are: {', '.join(PARTS)}", file=sys.stderr)
        return 2
    start, lines = perf_counter(), list[Line]()
    for name in names or PARTS:
        title, measure = PARTS[name]
        lines += show(title, measure())
    broken = [line for line in lines if not line.kept]
    bounds = sum(line.bound is not None or line.holds is not None for line in lines)
    print(f"\n{bounds - len(broken)} of {bounds} bounds hold; {perf_counter() - start:.0f} s")
    for line in broken:
        print(f"BROKEN: {line.what}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
