"""`briefingkit render`: a briefing in one form and one language, as a preview or for a tool of one's own."""

import sys
from datetime import datetime
from pathlib import Path

import click

from briefingkit.cli.terminal import emit_json, json_option, project_option, say
from briefingkit.errors import ProjectError
from briefingkit.model import Access, Programme, Publication
from briefingkit.project import find_project, load, open_project, preview_moment
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


@click.command("render")
@click.argument("briefing")
@click.option(
    "-f", "--format", "form", default="html", show_default=True, help=f"One of {', '.join(FORMATS)}."
)
@click.option("-l", "--language", "languages", multiple=True, help="A BCP 47 tag; may be repeated.")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="A file, or a folder for several languages."
)
@click.option(
    "--audience", type=click.Choice(list(Access)), default=Access.PUBLIC, show_default=True, help="Who reads."
)
@click.option(
    "--fallback",
    type=click.Choice(list(Fallback)),
    default=Fallback.MARK,
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
    audience: Access,
    fallback: Fallback,
    at: datetime | None,
    project_file: str | None,
    *,
    as_json: bool,
) -> None:
    """Write BRIEFING (a file, or an identifier of the project) as a page, text, calendar or data.

    To standard output in its source language, unless --language says otherwise; with --out in all of its languages. The
    revision is 0: only a plan counts publications. The same briefing, moment and release give the same octets.
    """
    publication, programme = _publication(briefing, at or preview_moment(), project_file)
    written = []
    wanted = _languages(publication, form, languages, several=out is not None)
    for language in wanted:
        content = render(
            publication,
            form,
            language,
            programme=programme,
            audience=Access(audience),
            fallback=Fallback(fallback),
        )
        if out is None:
            sys.stdout.buffer.write(content)
            continue
        file = out if len(wanted) == 1 and out.suffix else _below(out, publication, form, language)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        written.append({"file": str(file), "language": language, "octets": len(content)})
        if not as_json:
            say(f"Wrote {file}", "good", err=True)
    if as_json:
        emit_json({"briefing": publication.briefing.identifier, "format": form, "written": written})


def _languages(
    publication: Publication, form: str, asked: tuple[str, ...], *, several: bool
) -> tuple[str, ...]:
    announced = publication.briefing.languages
    if form in FORMATS and FORMATS[form].multilingual:
        return announced[:1]
    if several:
        return asked or announced
    if len(asked) > 1:
        raise click.UsageError("standard output takes one language: give --out FOLDER for several")
    return asked or announced[:1]


def _below(folder: Path, publication: Publication, form: str, language: str) -> Path:
    kind = FORMATS[form]
    parts = (publication.briefing.identifier, *(() if kind.multilingual else (language,)), kind.extension)
    return folder / ".".join(parts)


def _publication(named: str, moment: datetime, project_file: str | None) -> tuple[Publication, Programme]:
    path = Path(named)
    if path.is_file():
        home = find_project(path.parent.absolute())
        namespace = open_project(home).settings.namespace if home is not None else None
        held = load(path, namespace=namespace).require()
        return Publication(held, at=moment), Programme((held,))
    project_path = Path(project_file) if project_file is not None else find_project(Path.cwd())
    if project_path is None:
        what = "no briefingkit.yaml here or above to find a briefing in"
        raise ProjectError(f"there is no file {named!r}, and {what}")
    project = open_project(project_path)
    programme = project.programme()
    return Publication(project.briefing(named, programme), at=moment), programme
