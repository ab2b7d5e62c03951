"""`briefingkit init`: a folder with a project and a first briefing to fill in."""

from importlib.resources import files
from pathlib import Path

import click

from briefingkit.cli.terminal import emit_json, json_option, say
from briefingkit.errors import ProjectError
from briefingkit.model import Briefing

__all__ = ["init_command"]


@click.command("init")
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--namespace",
    default="example.org",
    show_default=True,
    help="A domain name of yours: identifiers derive from it.",
)
@json_option
def init_command(folder: Path, namespace: str, *, as_json: bool) -> None:
    """Start a project in FOLDER: briefingkit.yaml, a first briefing, and a .gitignore. Nothing is written over."""
    wanted = {
        "briefingkit.yaml": _template("briefingkit.yaml").replace("example.org", _checked(namespace)),
        "briefing.yaml": _template("briefing.yaml"),
        ".gitignore": "# briefingkit's ledger, and what it publishes here\n.briefingkit/\nsite/\n",
    }
    there = [name for name in ("briefingkit.yaml", "briefing.yaml") if (folder / name).exists()]
    if there:
        raise ProjectError(f"{folder / there[0]} is there already: nothing was written")
    folder.mkdir(parents=True, exist_ok=True)
    written = [name for name in wanted if not (folder / name).exists()]
    for name in written:
        (folder / name).write_text(wanted[name], encoding="utf-8")
    if as_json:
        emit_json({"folder": str(folder), "written": written})
        return
    for name in written:
        say(f"Wrote {folder / name}", "good")
    say("Next: fill in briefing.yaml, then `briefingkit check` and `briefingkit plan`.")


def _checked(namespace: str) -> str:
    """Give the namespace back if a briefing could stand in it; ModelError says why not."""
    Briefing(identifier="first-briefing", languages=("en",), namespace=namespace)
    return namespace


def _template(name: str) -> str:
    return (files("briefingkit.cli") / "init_files" / name).read_text(encoding="utf-8")
