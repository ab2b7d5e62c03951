"""Many briefings: the demo's own, complete in three languages, with another identifier, title and time in each."""

import re
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path

__all__ = ["write_project", "write_simple"]

_PROJECT = """\
format: 1
namespace: example.org
targets:
  site:
    use: files
    folder: site
    formats: [html]
"""
_FIRST = datetime(2026, 1, 5, 9)  # noqa: DTZ001 - local


def write_project(folder: Path, number: int) -> tuple[Path, ...]:
    """Write a project of so many briefings, and give their files in order. Its target writes pages alone."""
    source = files("briefingkit.cli").joinpath("demo_files", "briefing.yaml").read_text(encoding="utf-8")
    (folder / "briefingkit.yaml").write_text(_PROJECT, encoding="utf-8")
    written = []
    for index in range(number):
        path = folder / f"event-{index:04}" / "briefing.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(_changed(source, index), encoding="utf-8")
        written.append(path)
    return tuple(written)


def write_simple(path: Path, index: int, title: str) -> None:
    """Write a briefing that says no more than an entry in a calendar does."""
    start = _FIRST + timedelta(hours=2 * index)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f"format: 1\nbriefing: event-{index:04}\nlanguages: [en]\ntitle: {title}\nstatus: confirmed\n"
        f"start: {start:%Y-%m-%dT%H:%M}\nduration: 1h\ntimezone: Europe/Brussels\n"
        "background: What an event of this size usually says of itself, in a line or two.\n",
        encoding="utf-8",
    )


def _changed(source: str, index: int) -> str:
    start = _FIRST + timedelta(hours=2 * index)
    end = start + timedelta(hours=1)
    text = re.sub(r"^briefing: .*$", f"briefing: event-{index:04}", source, count=1, flags=re.MULTILINE)
    text = re.sub(r"^start: .*$", f"start: {start:%Y-%m-%dT%H:%M}", text, count=1, flags=re.MULTILINE)
    text = re.sub(r"^end: .*$", f"end: {end:%Y-%m-%dT%H:%M}", text, count=1, flags=re.MULTILINE)
    return re.sub(r'^(  (?:en|fr|es): ")', rf"\g<1>{index}. ", text, count=3, flags=re.MULTILINE)
