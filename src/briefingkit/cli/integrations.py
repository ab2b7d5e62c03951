"""`briefingkit integrations`: what one can publish to here."""

import click

from briefingkit.cli.terminal import emit_json, json_option, say

__all__ = ["integrations_command"]


@click.command("integrations")
@json_option
def integrations_command(*, as_json: bool) -> None:
    """List the integrations that are installed, where each comes from, and what is missing to use it."""
    from briefingkit import registry

    found = registry.available()
    if as_json:
        emit_json(
            [
                {"name": one.name, "class": one.value, "from": one.source, "missing": one.missing}
                for one in found
            ]
        )
        return
    width = max((len(one.name) for one in found), default=0)
    for one in found:
        state = "ready" if one.missing is None else one.missing
        say(f"{one.name:<{width}}  {one.source}  {state}", "good" if one.missing is None else "warning")
    if not found:
        say("No integration is installed.", "warning")
