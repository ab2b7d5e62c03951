"""`briefingkit serve`: the registration pages, until it is told to end."""

import os
from pathlib import Path

import click

from briefingkit import registry
from briefingkit.cli.here import project_here, project_option
from briefingkit.cli.terminal import emit_json, json_option, say

__all__ = ["serve_command"]

_EXAMPLES = """\b
Examples:
  briefingkit serve
  BRIEFINGKIT_ORGANIZER_TOKEN=... briefingkit serve --port 8080
  briefingkit serve --root-path /register     behind a proxy that shows it there"""


def _path(_context: click.Context, _option: click.Parameter, path: str) -> str:
    if path and (not path.startswith("/") or any(one in path for one in "?#\\ ") or not path.isprintable()):
        raise click.BadParameter("a path begins with a slash, such as /register")
    return path.rstrip("/")


@click.command("serve", epilog=_EXAMPLES)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="The port to listen at; 0 takes any that is free.",
)
@click.option("--root-path", default="", callback=_path, help="Where a proxy in front shows the pages.")
@click.option(
    "--trust",
    "trusted",
    default="127.0.0.1",
    show_default=True,
    help="Proxies whose X-Forwarded headers are believed, separated by commas.",
)
@click.option(
    "--per-minute",
    type=click.FloatRange(0),
    default=60.0,
    show_default=True,
    help="Forms that one address may hand in; 0 is no limit.",
)
@click.option(
    "--no-send",
    "silent",
    is_flag=True,
    help="Send no mail. Without it what is due goes by itself, and confirmations at once.",
)
@project_option
@json_option
def serve_command(
    *,
    host: str,
    port: int,
    root_path: str,
    trusted: str,
    per_minute: float,
    silent: bool,
    project_file: Path | None,
    as_json: bool,
) -> None:
    """Serve the registration pages of the project.

    BRIEFINGKIT_ORGANIZER_TOKEN in the environment opens the organisers' list at /_organizer/. Who comes is not logged.
    Where the project says how mail is sent, what `briefingkit mail send` would send goes by itself meanwhile.
    """
    project = project_here(project_file)
    sends = not silent and project.settings.mail is not None
    server = registry.get("web", registry.APPS)(project, host, port, root_path, trusted, per_minute, sends)

    def ready(address: str) -> None:
        if as_json:
            emit_json({"address": address, "pid": os.getpid(), "sends": sends})
            return
        mail = ", and sending mail" if sends else ""
        say(f"Serving at {address}{mail}  (Ctrl-C ends it)")

    server.run(ready)
