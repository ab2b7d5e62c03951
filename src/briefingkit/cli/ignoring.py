"""Keeping secrets out of a Git repository: what stands in one, and is not ignored there, is written into .gitignore."""

import os
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

__all__ = ["ignore_in_git"]


def ignore_in_git(files: Iterable[Path]) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Have Git ignore files that stand in a repository and are not ignored there yet.

    Returns those that were added to a .gitignore beside them, and those that could not be.
    """
    added, left = [], []
    for file in files:
        if not _is_exposed(file):
            continue
        try:
            _add(file.parent / ".gitignore", f"/{file.name}")
        except OSError:
            left.append(file)
        else:
            added.append(file)
    return tuple(added), tuple(left)


def _add(rules: Path, rule: str) -> None:
    with rules.open("a+b") as file:  # octets: whatever encoding the rest is in stays
        file.seek(0)
        before = file.read()
        gap = "" if not before or before.endswith(b"\n") else "\n"
        file.write(f"{gap}{rule}\n".encode())


def _is_exposed(file: Path) -> bool:
    """Say whether a file stands in a repository in which no rule names it; rules about folders are not looked at."""
    folder = file.absolute().parent
    exposed = True
    for each in (folder, *folder.parents):
        exposed = exposed and not _ignores(each / ".gitignore", file.name, beside=each == folder)
        if os.path.lexists(each / ".git"):  # a folder; in a worktree, a file
            return exposed
    return False


def _ignores(rules: Path, name: str, *, beside: bool) -> bool:
    """Say whether a .gitignore names a file (gitignore(5)): a rule that begins with a slash is for its own folder."""
    try:
        lines = [line.strip() for line in rules.read_text(encoding="utf-8", errors="replace").splitlines()]
    except OSError:
        return False
    ignored = False
    for line in lines:  # the last rule that fits decides
        pattern = line.removeprefix("!")
        own = pattern.startswith("/")
        if (
            pattern
            and not line.startswith("#")
            and (beside or not own)
            and fnmatchcase(name, pattern.removeprefix("/"))
        ):
            ignored = not line.startswith("!")
    return ignored
