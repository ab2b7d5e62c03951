"""What is around the user: the project of the folder in which they stand, and the names that a shell can complete."""

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefingkit.errors import ProjectError

if TYPE_CHECKING:
    from briefingkit.project import Project

__all__ = ["complete_briefing", "complete_target", "project_here", "project_near", "project_option"]

_ENOUGH = 0.3  # seconds: whoever presses a key does not wait for longer
_HEAD = 4096
_IDENTIFIER = re.compile(rb"^briefing:[ \t]*[\"']?([a-z0-9][a-z0-9-]*)", re.MULTILINE)

project_option = click.option(
    "--project",
    "project_file",
    type=click.Path(exists=True, path_type=Path),
    default=None,
    metavar="FILE",
    help="briefingkit.yaml, or its folder. Default: the one in this folder or the nearest above.",
)


def project_near(given: Path | None, folder: Path | None = None) -> Path | None:
    """Find the project file that was given, or that of a folder (this one) or the nearest above.

    It is named as a person here would name it, and so are the files that findings tell of.
    """
    from briefingkit.source.tree import PROJECT_FILE, find_project

    if given is not None:
        return given / PROJECT_FILE if given.is_dir() else given
    found = find_project((folder or Path()).absolute())
    return None if found is None else _shown(found)


def project_here(given: Path | None) -> "Project":
    """Open the project that was given, or the one of this folder or the nearest above; ProjectError for none."""
    from briefingkit.project import open_project
    from briefingkit.source.tree import PROJECT_FILE

    file = project_near(given)
    if file is None:
        raise ProjectError(
            f"there is no {PROJECT_FILE} here or above: run `briefingkit init`, or give --project"
        )
    return open_project(file)


def _shown(file: Path) -> Path:
    try:
        relative = os.path.relpath(file)
    except ValueError:  # another drive
        return file
    return Path(relative) if len(relative) < len(str(file)) else file


def complete_target(context: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    """Give the names of the targets that begin so."""
    return _quietly(_targets(context), incomplete)


def complete_briefing(context: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    """Give the identifiers of the briefings that begin so, as many as are found at once."""
    return _quietly(_identifiers(context), incomplete)


def _quietly(names: Iterator[str], incomplete: str) -> list[str]:
    """Gather what can be told: a key that is pressed is no place for an error."""
    found = []
    try:
        for name in names:
            found.append(name)  # noqa: PERF402 - what came before an error counts
    except Exception:  # noqa: BLE001, S110 - as above
        pass
    return sorted({name for name in found if name.startswith(incomplete)})


def _targets(context: click.Context) -> Iterator[str]:
    yield from project_here(context.params.get("project_file")).target_names


def _identifiers(context: click.Context) -> Iterator[str]:
    """Look for identifiers in the heads of the files, without reading the files as YAML: there may be thousands."""
    until = time.monotonic() + _ENOUGH
    for path in project_here(context.params.get("project_file")).paths:
        with path.open("rb") as file:
            match = _IDENTIFIER.search(file.read(_HEAD))
        if match is not None:
            yield match[1].decode()
        if time.monotonic() > until:
            return
