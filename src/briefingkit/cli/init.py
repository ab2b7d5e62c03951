"""`briefingkit init`: a folder with a project and a first briefing to fill in."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import click

from briefingkit.cli.terminal import emit_json, json_option, say
from briefingkit.cli.writing import write_whole
from briefingkit.errors import ModelError, ProjectError
from briefingkit.model import Briefing

__all__ = ["init_command"]


def _checked(_context: click.Context, _option: click.Parameter, namespace: str) -> str:
    """Give the namespace back if a briefing could stand in it."""
    try:
        Briefing(identifier="first-briefing", languages=("en",), namespace=namespace)
    except ModelError as error:
        raise click.BadParameter(str(error)) from None
    return namespace


_EXAMPLES = """\b
Example:
  briefingkit init talks --namespace talks.example.org"""


@click.command("init", epilog=_EXAMPLES)
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--namespace",
    default="example.org",
    show_default=True,
    callback=_checked,
    help="A domain name of yours: identifiers derive from it.",
)
@json_option
def init_command(folder: Path, namespace: str, *, as_json: bool) -> None:
    """Start a project in FOLDER: briefingkit.yaml, a first briefing, and a .gitignore. Nothing is written over."""
    wanted = {
        "briefingkit.yaml": _template("briefingkit.yaml").replace("example.org", namespace),
        "briefing.yaml": _template("briefing.yaml"),
        ".gitignore": "# briefingkit's ledger, and what it publishes here\n.briefingkit/\nsite/\n",
    }
    there = [name for name in ("briefingkit.yaml", "briefing.yaml") if (folder / name).exists()]
    if there:
        raise ProjectError(f"{folder / there[0]} is there already: nothing was written")
    written = [name for name in wanted if not (folder / name).exists()]
    _write_all({folder / name: wanted[name] for name in written})
    if as_json:
        emit_json({"folder": str(folder), "written": written})
        return
    for name in written:
        say(f"Wrote {folder / name}", "good")
    say("Next: fill in briefing.yaml, then `briefingkit check` and `briefingkit plan`.")


def _write_all(files: Mapping[Path, str]) -> None:
    """Write every file, or leave none: a second try would take the first half for somebody's project."""
    written = []
    try:
        for file, text in files.items():
            write_whole(file, text)
            written.append(file)
    except OSError:
        for file in written:
            file.unlink(missing_ok=True)
        raise


def _template(name: str) -> str:
    return (files("briefingkit.cli") / "init_files" / name).read_text(encoding="utf-8")
