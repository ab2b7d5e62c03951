"""`briefingkit render`: a briefing in one form and one language, as a preview or for a tool of one's own."""

import os
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from briefingkit.cli.here import complete_briefing, project_here, project_near, project_option
from briefingkit.cli.terminal import emit_json, json_option, say
from briefingkit.cli.writing import write_whole
from briefingkit.errors import ProjectError
from briefingkit.model import Access, Programme, Publication
from briefingkit.project import Project, open_project, preview_moment
from briefingkit.rendering import FORMATS, render
from briefingkit.text.fallback import Fallback

__all__ = ["render_command"]


def _moment(_context: click.Context, _option: click.Parameter, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text[:40]!r} is no time: write 2022-03-21T09:00+01:00") from None
    if moment.tzinfo is None:
        raise click.BadParameter("a moment has its zone: write 2022-03-21T09:00+01:00, or end it with Z")
    return moment


_EXAMPLES = """\b
Examples:
  briefingkit render briefing.yaml > preview.html
  briefingkit render night-buses --format ics --language fr --out night-buses.ics
  briefingkit render night-buses --out preview/"""


def _complete_form(_context: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in FORMATS if name.startswith(incomplete)]


def _complete_briefing(
    context: click.Context, option: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    names = complete_briefing(context, option, incomplete)
    return [CompletionItem(name) for name in names] or [CompletionItem(incomplete, type="file")]


@click.command("render", epilog=_EXAMPLES)
@click.argument("briefing", shell_complete=_complete_briefing)
@click.option(
    "-f",
    "--format",
    "form",
    default="html",
    show_default=True,
    shell_complete=_complete_form,
    help=f"One of {', '.join(FORMATS)}.",
)
@click.option("-l", "--language", "languages", multiple=True, help="A BCP 47 tag; may be repeated.")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="A file, or a folder for several languages."
)
@click.option(
    "--audience",
    type=click.Choice([each.value for each in Access]),
    default=Access.PUBLIC.value,
    show_default=True,
    help="Who reads.",
)
@click.option(
    "--fallback",
    type=click.Choice([each.value for each in Fallback]),
    default=Fallback.MARK.value,
    show_default=True,
    help="What becomes of a text that is not translated.",
)
@click.option(
    "--at", callback=_moment, metavar="TIME", help="The publication's moment: 2022-03-21T09:00+01:00."
)
@project_option
@json_option
def render_command(
    briefing: str,
    form: str,
    languages: tuple[str, ...],
    out: Path | None,
    audience: str,
    fallback: str,
    at: datetime | None,
    project_file: Path | None,
    *,
    as_json: bool,
) -> None:
    """Write BRIEFING (a file, or an identifier of the project) as a page, text, calendar or data.

    To standard output in its source language, unless --language says otherwise; with --out in all of its languages. The
    revision is 0: only a plan counts publications. The same briefing, moment and release give the same octets.
    """
    publication, programme = _publication(briefing, at or preview_moment(), project_file)
    wanted = _languages(publication, form, languages, several=out is not None)
    # All of them before the first is written: a language that cannot go out leaves nothing half done.
    contents = {
        language: render(
            publication,
            form,
            language,
            programme=programme,
            audience=Access(audience),
            fallback=Fallback(fallback),
        )
        for language in wanted
    }
    said = {"briefing": publication.briefing.identifier, "format": form}
    if out is not None:
        written = _write(out, publication, form, contents, quiet=as_json)
        if as_json:
            emit_json({**said, "written": written})
        return
    for language, content in contents.items():
        if as_json:
            emit_json({**said, "language": language, "content": content.decode()})
        else:
            sys.stdout.buffer.write(content)


def _write(
    out: Path, publication: Publication, form: str, contents: Mapping[str, bytes], *, quiet: bool
) -> list[dict[str, Any]]:
    one_file = out.suffix == f".{FORMATS[form].extension}" or (out.exists() and not out.is_dir())
    if one_file and len(contents) > 1:
        raise click.UsageError(f"{out} is one file, for one language: add --language, or give --out FOLDER")
    written = []
    for language, content in contents.items():
        alone = len(contents) == 1 and (out.exists() or out.suffix) and not out.is_dir()
        file = out if alone else _below(out, publication, form, language)
        write_whole(file, content)
        written.append({"file": str(file), "language": language, "octets": len(content)})
        if not quiet:
            say(f"Wrote {file}", "good", err=True)
    return written


def _languages(
    publication: Publication, form: str, asked: tuple[str, ...], *, several: bool
) -> tuple[str, ...]:
    announced = publication.briefing.languages
    if form in FORMATS and FORMATS[form].multilingual:
        return announced[:1]
    asked = tuple(dict.fromkeys(asked))
    if several:
        return asked or announced
    if len(asked) > 1:
        raise click.UsageError("standard output takes one language: give --out FOLDER for several")
    return asked or announced[:1]


def _below(folder: Path, publication: Publication, form: str, language: str) -> Path:
    kind = FORMATS[form]
    parts = (publication.briefing.identifier, *(() if kind.multilingual else (language,)), kind.extension)
    return folder / ".".join(parts)


def _publication(named: str, moment: datetime, project_file: Path | None) -> tuple[Publication, Programme]:
    path = Path(named)
    if os.path.isfile(path):  # noqa: PTH113 - unlike Path's, it takes a name that is too long for a file
        home = project_near(project_file, path.parent)
        project = open_project(home) if home is not None else Project.without_file(path.parent)
        held = next(project.load([path])).require()
        return Publication(held, at=moment), Programme((held,))
    if project_near(project_file) is None:
        what = "no briefingkit.yaml here or above to find a briefing in"
        raise ProjectError(f"there is no file {named[:80]!r}, and {what}")
    project = project_here(project_file)
    programme = project.programme()
    return Publication(project.briefing(named, programme), at=moment), programme
