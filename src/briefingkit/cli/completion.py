"""`briefingkit completion`: the line that a shell needs."""

import click

__all__ = ["completion_command"]

_LINES = {
    "bash": 'eval "$(_BRIEFINGKIT_COMPLETE=bash_source briefingkit)"',
    "zsh": 'eval "$(_BRIEFINGKIT_COMPLETE=zsh_source briefingkit)"',
    "fish": "_BRIEFINGKIT_COMPLETE=fish_source briefingkit | source",
}


@click.command("completion")
@click.argument("shell", type=click.Choice(tuple(_LINES)))
def completion_command(shell: str) -> None:
    """Print the line that completes briefingkit's commands and options in SHELL; put it into its start-up file."""
    click.echo(_LINES[shell])
