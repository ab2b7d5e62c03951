"""`briefingkit integrations`: what one can publish to here."""

import click

from briefingkit import registry
from briefingkit.cli.terminal import emit_json, json_option, say
from briefingkit.errors import IntegrationError

__all__ = ["integrations_command"]


@click.command("integrations")
@json_option
def integrations_command(*, as_json: bool) -> None:
    """List the integrations that are installed, and what is missing to use one."""
    found = {name: _missing(name) for name in registry.available()}
    if as_json:
        emit_json(
            [{"name": name, "ready": not missing, "missing": missing} for name, missing in found.items()]
        )
        return
    width = max(map(len, found), default=0)
    for name, missing in found.items():
        say(f"{name:<{width}}  {missing or 'ready'}", "warning" if missing else "good")
    if not found:
        say("No integration is installed.", "warning")


def _missing(name: str) -> str | None:
    """Say why an integration cannot be used here, and what to do; None where it can."""
    try:
        registry.get(name)
    except IntegrationError as error:
        return str(error)
    if missing := registry.missing(name):
        return f"needs {', '.join(missing)}, which is not installed: {registry.install_command(name)}"
    return None
