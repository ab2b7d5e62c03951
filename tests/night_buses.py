"""The small project of many tests, as files: a briefing on night buses, and mail that goes into a folder.

What a test is about it writes below what is here: `BRIEFING + ONLINE + "registration: {capacity: 2}\\n"`.
"""

from pathlib import Path

PROJECT = """\
format: 1
namespace: talks.example.org
"""
SITE = """\
targets:
  site: {use: files, folder: site}
"""
MAIL = """\
mail:
  sender: {address: events@talks.example.org, name: City Talks}
  pages: https://register.example.org
  transport: {use: maildir, path: outbox}
"""
BRIEFING = """\
format: 1
briefing: night-buses
languages: [en, fr]
title: {en: Night buses, fr: Bus de nuit}
status: confirmed
start: 2027-03-10T15:00
duration: 1h
timezone: Europe/Brussels
organizers: [{key: transit, name: City Transit, role: host}]
"""
ONLINE = 'place: {online: {url: "https://meet.example.org/1", access: registered}}\n'


def write_project(folder: Path, project: str, briefing: str, contacts: str = "") -> Path:
    """Write the files of a project, and give its folder; contacts are the text of `contacts.csv`, if there is one."""
    files = {"briefingkit.yaml": project, "briefing.yaml": briefing, "contacts.csv": contacts}
    for name, text in files.items():
        if text:
            (folder / name).write_text(text, "utf-8")
    return folder


def append(path: Path, more: str) -> None:
    """Write more at the end of a file."""
    with path.open("a", encoding="utf-8") as file:
        file.write(more)


def edit(path: Path, old: str, new: str) -> None:
    """Put other words in a file for words that stand there."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
