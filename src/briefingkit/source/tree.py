"""A folder tree of briefings: which files there are, and reading them all.

To find files loads nothing else; what reads them is loaded when they are read.
"""

import os
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path as File
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from briefingkit.source.briefing_file import Loaded

__all__ = [
    "DEFAULT_LEDGER",
    "PROJECT_FILE",
    "TRANSLATIONS",
    "find",
    "find_project",
    "is_briefing_file",
    "load_tree",
    "source_files",
]

PROJECT_FILE = "briefingkit.yaml"
DEFAULT_LEDGER = ".briefingkit/ledger.sqlite3"
"""Where the ledger stands, below the folder of the project file, when that does not say."""

TRANSLATIONS = "translations"
"""The folder of PO files, beside the briefings that they translate."""

_SKIPPED = frozenset(("node_modules", "__pycache__", "venv", "site-packages"))
_CATALOGUES_KEPT = 64


def is_briefing_file(name: str) -> bool:
    """Say whether a file of this name holds a briefing: `briefing.yaml`, or anything that ends in `.briefing.yaml`."""
    return name == "briefing.yaml" or (name.endswith(".briefing.yaml") and not name.startswith("."))


def find_project(folder: File) -> File | None:
    """Find the briefingkit.yaml of a folder: the one in it, or the nearest above; None where there is none."""
    files = (candidate / PROJECT_FILE for candidate in (folder, *folder.parents))
    # A folder above that may not be looked into has no project for us, so not `Path.is_file`, which raises.
    return next((file for file in files if os.path.isfile(file)), None)  # noqa: PTH113 - as above


def find(root: str | File, patterns: Iterable[str] = (".",)) -> tuple[File, ...]:
    """Find the briefing files below `root`, sorted by their path.

    A pattern is a folder, which is searched with all below it, or names files with `*`, `?` and `**`, relative to
    `root`. Hidden folders, virtual environments and what is installed are skipped, and links to folders are followed
    once: a loop of links ends. Raises OSError for a folder that cannot be listed.
    """
    wanted = [_expression(pattern) for pattern in patterns]
    found = (below for below in _walk(str(root)) if any(one.match(below) for one in wanted))
    return tuple(File(root, *below) for below in sorted(each.split("/") for each in found))


def source_files(root: str | File, patterns: Iterable[str] = (".",)) -> Iterator[File]:
    """Name every file that briefings are read from: those that `find` finds, and the translations beside them."""
    briefings = find(root, patterns)
    yield from briefings
    for folder in dict.fromkeys(briefing.parent / TRANSLATIONS for briefing in briefings):
        yield from sorted(folder.glob("*.po")) if folder.is_dir() else ()


def load_tree(paths: Iterable[str | File], *, namespace: str | None = None) -> "Iterator[Loaded]":
    """Read many briefings, one after the other, in their order; translations that they share are read once."""
    from briefingkit.source.briefing_file import load
    from briefingkit.source.translations import read_catalogues

    catalogues = lru_cache(maxsize=_CATALOGUES_KEPT)(read_catalogues)
    for path in paths:
        yield load(path, namespace=namespace, catalogues=catalogues)


def _expression(pattern: str) -> re.Pattern[str]:
    """Turn a folder or a pattern into an expression for a whole relative path, or for a folder that it is below."""
    pattern = pattern.replace("\\", "/").removeprefix("./").rstrip("/")
    if pattern in ("", "."):
        return re.compile("")
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    meant = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(meant.get(part, re.escape(part)) for part in parts) + r"(?:/|\Z)")


def _walk(root: str) -> Iterator[str]:
    """Give the path of every briefing file from the root, with slashes. Raises OSError for an unlisted folder.

    Names and kinds come from the listings themselves, so that a thousand folders cost a few milliseconds.
    """
    seen = {_identity(os.stat(root))}  # noqa: PTH116 - as all of this, for its speed
    waiting = [("", root)]
    while waiting:
        below, folder = waiting.pop()
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
        if below and any(entry.name == "pyvenv.cfg" for entry in entries):
            continue
        folders = [entry for entry in entries if _is_searched(entry, seen)]
        waiting.extend((f"{below}{entry.name}/", entry.path) for entry in reversed(folders))
        yield from (f"{below}{each.name}" for each in entries if is_briefing_file(each.name) and _ends(each))


def _ends(entry: "os.DirEntry[str]") -> bool:
    """Leave out folders, and pipes and devices, reading which may never end; what else is wrong is told later."""
    try:
        return entry.is_file() or not os.path.exists(entry.path)  # noqa: PTH110 - as in _walk
    except OSError:
        return True


def _is_searched(entry: "os.DirEntry[str]", seen: set[tuple[int, int]]) -> bool:
    if entry.name.startswith(".") or entry.name in _SKIPPED:
        return False
    try:
        if not entry.is_dir():
            return False
        identity = _identity(entry.stat())
    except OSError:
        return False
    known = identity in seen
    seen.add(identity)
    return not known


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino
