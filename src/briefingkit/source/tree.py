"""A folder tree of briefings: which files there are, and reading them all.

To find files loads nothing else; what reads them is loaded when they are read.
"""

import os
import re
import stat
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
    return next((file for file in files if os.path.isfile(file)), None)  # noqa: PTH113


def find(root: str | File, patterns: Iterable[str] = (".",)) -> tuple[File, ...]:
    """Find the briefing files below `root`, sorted by their path.

    A pattern is a folder, which is searched with all below it, or names files with `*`, `?` and `**`, relative to
    `root`. Hidden folders, virtual environments and what is installed are skipped, and links to folders are followed
    once: a loop of links ends. Raises OSError for a folder that cannot be listed.
    """
    root = File(root)
    wanted = [_expression(pattern) for pattern in patterns]
    named = ((path, path.relative_to(root)) for path in _walk(root))
    found = (
        (below.parts, path) for path, below in named if any(one.match(below.as_posix()) for one in wanted)
    )
    return tuple(path for _, path in sorted(found))


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


def _walk(root: File) -> Iterator[File]:
    seen: set[tuple[int, int]] = set()
    for folder, folders, names in os.walk(root, followlinks=True, onerror=_refuse):
        folders[:] = sorted(name for name in folders if _is_searched(File(folder, name), seen))
        files = (File(folder, name) for name in names if is_briefing_file(name))
        yield from (file for file in files if _ends(file))


def _ends(file: File) -> bool:
    """Leave out pipes, sockets and devices, reading which may never end; what is wrong with a file is told later."""
    try:
        return stat.S_ISREG(file.stat().st_mode)
    except OSError:
        return True


def _refuse(error: OSError) -> None:
    """Stop at a folder that cannot be listed: briefings that are not seen would be taken for deleted ones."""
    raise error


def _is_searched(folder: File, seen: set[tuple[int, int]]) -> bool:
    if folder.name.startswith(".") or folder.name in _SKIPPED or (folder / "pyvenv.cfg").exists():
        return False
    try:
        status = folder.stat()
    except OSError:
        return False
    identity = (status.st_dev, status.st_ino)
    known = identity in seen
    seen.add(identity)
    return not known
