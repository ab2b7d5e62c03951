"""`briefingkit render`: a briefing in one form and one language, as a preview or for a tool of one's own."""

from datetime import datetime
from pathlib import Path

import click

from briefingkit.cli.terminal import project_option, say
from briefingkit.errors import ProjectError
from briefingkit.model import Access, Programme, Publication
from briefingkit.project import find_project, load, open_project, preview_moment
from briefingkit.text.fallback import Fallback

__all__ = ["render_command"]


@click.command("render")
@click.argument("briefing")
@click.option(
    "-f",
    "--format",
    "form",
    default="html",
    show_default=True,
    help="html, txt, md, ics, jsonld, jscalendar.",
)
@click.option(
    "-l", "--language", "languages", multiple=True, help="A BCP 47 tag; may be repeated. Default: all."
)
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="A file, or a folder for several languages."
)
@click.option(
    "--audience", type=click.Choice(list(Access)), default=Access.PUBLIC, show_default=True, help="Who reads."
)
@click.option("--fallback", type=click.Choice(list(Fallback)), default=Fallback.MARK, show_default=True,
              help="What becomes of a text that is not translated.")  # fmt: skip
@click.option("--at", metavar="TIME", help="The publication's moment, with its zone: 2022-03-21T09:00+01:00.")
@project_option
def render_command(
    briefing: str,
    form: str,
    languages: tuple[str, ...],
    out: Path | None,
    audience: str,
    fallback: str,
    at: str | None,
    project_file: str | None,
) -> None:
    """Write BRIEFING (a file, or an identifier of the project) as a page, text, ICS or structured data.

    The revision is 0: only a plan counts publications. The same briefing, moment and release give the same octets.
    """
    from briefingkit.rendering import render

    moment = _moment(at) if at else preview_moment()
    publication, programme = _publication(briefing, moment, project_file)
    wanted = languages or publication.briefing.languages
    if out is None and len(wanted) > 1:
        wanted = wanted[:1]
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
            click.get_binary_stream("stdout").write(content)
            continue
        file = (
            out
            if len(wanted) == 1 and not out.is_dir()
            else out / f"{publication.briefing.identifier}.{language}.{form}"
        )
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        say(f"Wrote {file}", "good", err=True)


def _publication(named: str, moment: datetime, project_file: str | None) -> tuple[Publication, Programme]:
    path = Path(named)
    if path.is_file():
        home = find_project(path.parent.absolute())
        namespace = open_project(home).settings.namespace if home is not None else None
        held = load(path, namespace=namespace).require()
        return Publication(held, at=moment), Programme((held,))
    home = Path(project_file) if project_file is not None else find_project(Path.cwd())
    if home is None:
        raise ProjectError(
            f"there is no file {named!r}, and no briefingkit.yaml here or above to find a briefing in"
        )
    project = open_project(home)
    programme = project.programme()
    return Publication(project.briefing(named, programme), at=moment), programme


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(
            f"{text[:40]!r} is no time: write 2022-03-21T09:00+01:00", param_hint="--at"
        ) from None
    if moment.tzinfo is None:
        raise click.BadParameter(
            "a moment has its zone: write 2022-03-21T09:00+01:00, or end it with Z", param_hint="--at"
        )
    return moment
