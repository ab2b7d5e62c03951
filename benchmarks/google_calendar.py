"""A thousand events to Google Calendar over a line of 50 ms, beside gcsa; requests and memory of a plan."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

import briefingkit as bk
from corpus import write_simple
from google_server import AGAIN, CALENDAR, PEER, google
from lines import Line, timed
from servers import in_memory

__all__ = ["google_lines"]

_NUMBER, _STRANGERS = 1000, 10_000
_DELAY = 0.05
_MEMORY = 150.0  # MB
_PROJECT = """\
format: 1
namespace: example.org
targets:
  calendar:
    use: google.calendar
    calendar: {calendar}
    languages: [en]
    auth: {{service_account: "${{GOOGLE_KEY_FILE}}"}}
    base_url: {url}
"""

_PLAN = """
import json, resource, sys
import briefingkit as bk
plan = bk.open(sys.argv[1]).plan()
print(json.dumps([plan.is_empty, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def google_lines() -> Iterator[Line]:
    """Measure creating, then what a plan with nothing to do asks for and holds in memory."""
    with in_memory() as folder:
        with google(folder, delay=_DELAY) as url:
            yield from _created(folder, url)
        yield from _memory(folder)
    yield from _requests()


def _created(folder: Path, url: str) -> Iterator[Line]:
    """Measure ours before and after the peer, and take the better: of two so unlike, a busy machine slows one."""
    first = _ours(folder, url, CALENDAR)
    theirs = _gcsa(folder, url)
    planning, applying = min(first, _ours(folder, url, AGAIN), key=sum)
    mine = planning + applying
    told = f"{mine:.2f} s (plan {planning:.2f}, apply {applying:.2f})"
    if theirs is None:
        yield Line(f"{_NUMBER} events created", told, "gcsa: not here, make bench installs it")
        return
    yield Line(f"{_NUMBER} events created", told, f"gcsa: {theirs:.1f} s", applying / theirs, 1 / 20)
    yield Line("… with reading and planning", f"{mine:.2f} s", f"gcsa: {theirs:.1f} s", mine / theirs)


def _ours(folder: Path, url: str, calendar: str) -> tuple[float, float]:
    """Create the events in a calendar that is empty; how long the plan took, and the rest."""
    project = _project(folder / calendar, url, folder, _NUMBER, calendar)
    planning, plan = timed(project.plan)
    applying, report = timed(lambda: project.apply(plan))
    report.raise_for_failed()
    return planning, applying


def _gcsa(folder: Path, url: str) -> float | None:
    """Create as many events with gcsa, one after the other, as it does; its client is led to the double."""
    try:
        from gcsa.event import Event
        from gcsa.google_calendar import GoogleCalendar
    except ImportError:
        return None
    from google.oauth2.service_account import Credentials
    from googleapiclient.discovery import build_from_document
    from googleapiclient.discovery_cache import DISCOVERY_DOC_DIR

    document = json.loads((Path(DISCOVERY_DOC_DIR) / "calendar.v3.json").read_text(encoding="utf-8"))
    scopes = ["https://www.googleapis.com/auth/calendar"]
    credentials = Credentials.from_service_account_file(str(folder / "key.json"), scopes=scopes)
    calendar = GoogleCalendar(PEER, credentials=credentials)
    calendar.service = build_from_document({**document, "rootUrl": url}, credentials=credentials)
    start = datetime(2026, 1, 5, 9)  # noqa: DTZ001 - gcsa takes the zone beside it
    begun = perf_counter()
    for index in range(_NUMBER):
        at = start + timedelta(hours=2 * index)
        calendar.add_event(
            Event(
                f"Event {index}",
                start=at,
                end=at + timedelta(hours=1),
                timezone="Europe/Brussels",
                description="What an event of this size usually says of itself, in a line or two.",
            )
        )
    return perf_counter() - begun


def _memory(folder: Path) -> Iterator[Line]:
    """Measure the first plan and a later one, in a process of their own, where many strangers are in the calendar."""
    alone = _peak(folder / "alone", 0)
    crowded = _peak(folder / "crowded", _STRANGERS)
    beside = f"with no strangers: {alone:.0f} MB"
    yield Line(
        f"memory, plan of 100 among {_STRANGERS} strangers", f"{crowded:.0f} MB", beside, crowded / alone, 1.2
    )
    yield Line(f"… and below {_MEMORY:.0f} MB", f"{crowded:.0f} MB", holds=crowded < _MEMORY)


def _peak(folder: Path, strangers: int) -> float:
    folder.mkdir()
    with google(folder, strangers=strangers) as url:
        project = _project(folder / "project", url, folder, 100)
        empty, first = _plan(project)
        assert not empty
        project.apply(project.plan()).raise_for_failed()
        empty, later = _plan(project)
        assert empty
    return max(first, later)


def _plan(project: bk.Project) -> tuple[bool, float]:
    command = [sys.executable, "-c", _PLAN, str(project.folder)]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    empty, peak = json.loads(done.stdout)
    return empty, peak


def _requests() -> Iterator[Line]:
    """Count the requests of a plan with nothing to do over a calendar of ten thousand events, tokens apart."""
    from briefingkit.testing.google import GoogleDouble

    with in_memory() as folder, GoogleDouble() as double:
        account = double.service_account(folder / "key.json")["client_email"]
        double.make_calendar(CALENDAR, owner=account)
        double.fill(CALENDAR, _STRANGERS)
        project = _project(folder / "ours", double.base_url, folder, 100)
        project.apply(project.plan()).raise_for_failed()
        project.plan()
        double.requests.clear()
        empty = project.plan().is_empty
        asked = [each.method for each in double.requests if each.method != "token"]
    told = ", ".join(asked)
    yield Line(
        "requests of a plan with nothing to do", told, holds=empty and asked == ["calendar.events.list"]
    )


def _project(folder: Path, url: str, keys: Path, number: int, calendar: str = CALENDAR) -> bk.Project:
    os.environ["GOOGLE_KEY_FILE"] = str(keys / "key.json")
    folder.mkdir()
    (folder / "briefingkit.yaml").write_text(_PROJECT.format(url=url, calendar=calendar), encoding="utf-8")
    for index in range(number):
        write_simple(folder / f"event-{index:04}" / "briefing.yaml", index, f"Event {index}")
    return bk.open(folder / "briefingkit.yaml")
