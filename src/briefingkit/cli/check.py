"""`briefingkit check`: what is wrong, what is missing, and how ready each language is."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from briefingkit.cli.terminal import (
    emit_json,
    finding_json,
    json_option,
    progress,
    project_option,
    say,
    say_finding,
)
from briefingkit.errors import Finding
from briefingkit.source.briefing_file import Loaded
from briefingkit.source.check import check_all
from briefingkit.source.check_languages import Readiness, readiness
from briefingkit.source.project_file import LoadedProject, load_project_file
from briefingkit.source.tree import find, load_tree

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["check_command"]


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings too.")
@project_option
@json_option
@click.pass_context
def check_command(
    context: click.Context, paths: tuple[Path, ...], project_file: str | None, *, strict: bool, as_json: bool
) -> None:
    """Say what is wrong with briefings: files, folders, or all of the project.

    Each finding has its place and a code (docs/reference/findings.md); a warning that is meant can be allowed in the
    file with `allow: [CODE]`. Exit code 1 when there is an error.
    """
    project = _project(project_file, paths)
    settings = project.project if project is not None else None
    files = _files(paths, project)
    namespace = settings.namespace if settings is not None else None
    reading = load_tree(files, namespace=namespace)
    loaded = list(progress(reading, "Reading", length=len(files), show=len(files) > 1 and not as_json))
    targets = settings.targets if settings is not None else ()
    own = project.findings if project is not None else ()
    findings = (*own, *check_all(loaded, targets=targets, whole=not paths))
    ready = {
        one.path: readiness(one.briefing, one.translations) for one in loaded if one.briefing is not None
    }
    if as_json:
        emit_json(_as_json(loaded, findings, ready))
    else:
        _tell(loaded, findings, ready)
    errors = any(finding.severity == "error" for finding in findings)
    context.exit(1 if errors or (strict and findings) else 0)


def _project(given: str | None, paths: Sequence[Path]) -> LoadedProject | None:
    """Find the project that the briefings belong to; one alone may have none."""
    from briefingkit.project import FILE_NAME, find_project

    if given is not None:
        file: Path | None = Path(given, FILE_NAME) if Path(given).is_dir() else Path(given)
    else:
        start = paths[0] if paths else Path.cwd()
        file = find_project((start if start.is_dir() else start.parent).absolute())
    if file is None:
        if not paths:
            raise click.UsageError(
                f"there is no {FILE_NAME} here or above: name a briefing, or run `briefingkit init`"
            )
        return None
    return load_project_file(_shown(file))


def _shown(file: Path) -> Path:
    """Name a file as a person here would: relative to this folder where it is below it."""
    try:
        return file.relative_to(Path.cwd())
    except ValueError:
        return file


def _files(paths: Sequence[Path], project: LoadedProject | None) -> tuple[Path, ...]:
    if paths:
        return tuple(file for path in paths for file in (find(path) if path.is_dir() else (path,)))
    if project is None or project.project is None:
        return ()
    return find(Path(project.path).parent, project.project.briefings)


def _tell(
    loaded: Sequence[Loaded], findings: Sequence[Finding], ready: dict[str, tuple[Readiness, ...]]
) -> None:
    for finding in findings:
        say_finding(finding)
    for one in loaded:
        if one.path in ready and one.briefing is not None:
            languages = " · ".join(str(language) for language in ready[one.path])
            say(f"{one.path}: {one.briefing.identifier}: {languages}")
    errors = sum(1 for finding in findings if finding.severity == "error")
    warnings = len(findings) - errors
    style = "error" if errors else "warning" if warnings else "good"
    counted = (_count(len(loaded), "briefing"), _count(errors, "error"), _count(warnings, "warning"))
    say(f"{counted[0]}: {counted[1]}, {counted[2]}", style, bold=True)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _as_json(
    loaded: "Iterable[Loaded]", findings: Sequence[Finding], ready: dict[str, tuple[Readiness, ...]]
) -> dict[str, Any]:
    return {
        "findings": [finding_json(finding) for finding in findings],
        "briefings": [
            {
                "file": one.path,
                "briefing": one.briefing.identifier if one.briefing is not None else None,
                "readiness": [
                    {
                        "language": language.language,
                        "percent": language.percent,
                        "texts": language.total,
                        "missing": list(language.missing),
                        "stale": list(language.stale),
                    }
                    for language in ready.get(one.path, ())
                ],
            }
            for one in loaded
        ],
    }
