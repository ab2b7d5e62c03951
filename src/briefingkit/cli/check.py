"""`briefingkit check`: what is wrong, what is missing, and how ready each language is."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from briefingkit.cli.here import project_near, project_option
from briefingkit.cli.terminal import counted, emit_json, finding_json, json_option, progress, say, say_finding
from briefingkit.errors import Finding, ProjectError
from briefingkit.project import Project, find_briefings
from briefingkit.source.briefing_file import Loaded
from briefingkit.source.check_languages import Readiness, readiness
from briefingkit.source.project_file import load_project_file
from briefingkit.source.tree import PROJECT_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["check_command"]


_EXAMPLES = """\b
Examples:
  briefingkit check
  briefingkit check briefing.yaml programme/
  briefingkit check --strict --json > findings.json"""


@click.command("check", epilog=_EXAMPLES)
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings too.")
@project_option
@json_option
@click.pass_context
def check_command(
    context: click.Context, paths: tuple[Path, ...], project_file: Path | None, *, strict: bool, as_json: bool
) -> None:
    """Say what is wrong with briefings: files, folders, or all of the project.

    Each finding has its place and a code (docs/reference/findings.md); a warning that is meant can be allowed in the
    file with `allow: [CODE]`. Exit code 1 when there is an error.
    """
    project = _project(project_file, paths)
    files = find_briefings(paths) if paths else project.paths
    loaded = list(progress(project.load(files), "Reading", length=len(files)))
    findings = project.check(loaded, whole=not paths)
    ready = {
        one.path: readiness(one.briefing, one.translations) for one in loaded if one.briefing is not None
    }
    if as_json:
        emit_json(_as_json(loaded, findings, ready))
    else:
        _tell(loaded, findings, ready)
    errors = any(finding.severity == "error" for finding in findings)
    context.exit(1 if errors or (strict and (findings or not loaded)) else 0)


def _project(given: Path | None, paths: Sequence[Path]) -> Project:
    """Open the project that the briefings belong to, as far as its file can be read; one alone may have none.

    What is wrong with a project is no reason to keep quiet about its briefings.
    """
    start = paths[0] if paths else Path()
    file = project_near(given, start if start.is_dir() else start.parent)
    if file is None:
        if not paths:
            what = f"there is no {PROJECT_FILE} here or above"
            raise ProjectError(f"{what}: name a briefing or a folder, or run `briefingkit init`")
        return Project.without_file(start.parent)
    read = load_project_file(file)
    return Project(file.parent, read.legible, read)


def _tell(
    loaded: Sequence[Loaded], findings: Sequence[Finding], ready: dict[str, tuple[Readiness, ...]]
) -> None:
    for finding in findings:
        say_finding(finding)
    if not loaded:
        say("No briefing was found: its file is called briefing.yaml, or ends in .briefing.yaml.", "warning")
    for one in loaded:
        if one.path in ready and one.briefing is not None:
            languages = " · ".join(str(language) for language in ready[one.path])
            say(f"{one.path}: {one.briefing.identifier}: {languages}")
    errors = sum(1 for finding in findings if finding.severity == "error")
    warnings = len(findings) - errors
    style = "error" if errors else "warning" if warnings else "good"
    found = f"{counted(errors, 'error')}, {counted(warnings, 'warning')}"
    say(f"{counted(len(loaded), 'briefing')}: {found}", style, bold=True)


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
